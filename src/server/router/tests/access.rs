//! Rule P5 by the routes: access ends, and ends where it should.

use std::net::IpAddr;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::server::fixture::{Answer, Fixture, ROOT};
use crate::server::listen::Peer;

const PASSWORD: &str = "correct horse battery";
const LEE: &str = "/v1/people/lee@acme.example";

/// The small world, and Lee: read-only admin of Acme with the token `lee`.
async fn world() -> Fixture {
    let world = Fixture::new().await;
    world.small_world().await;
    world.person("lee@acme.example").await;
    world
        .sql(
            "INSERT INTO organization_roles (organization, email, role)
             VALUES ('acme', 'lee@acme.example', 'read_only_admin')",
        )
        .await;
    world
}

async fn post(world: &Fixture, path: &str, who: &str) -> Answer {
    world.send("POST", path, who, Value::Null).await
}

async fn act(world: &Fixture, who: &str, email: &str, act: &str) -> Answer {
    post(world, &format!("/v1/people/{email}/{act}"), who).await
}

async fn sign_in(world: &Fixture, body: Value) -> Answer {
    world.send("POST", "/v1/sessions", "", body).await
}

async fn session(world: &Fixture, token: &str) -> String {
    let granted = sign_in(world, json!({ "token": token })).await;
    granted.json["token"].as_str().unwrap().to_owned()
}

async fn works(world: &Fixture, secret: &str) -> bool {
    world.get("/v1/me", secret).await.status == StatusCode::OK
}

fn by_password(email: &str, password: &str) -> Value {
    json!({ "email": email, "password": password })
}

async fn set_password(world: &Fixture, who: &str, body: Value) -> Answer {
    world.send("PUT", "/v1/me/password", who, body).await
}

async fn actions(world: &Fixture) -> Vec<String> {
    let audit = world.get("/v1/audit", ROOT).await.json;
    let entries = audit["items"].as_array().unwrap().clone();
    entries.iter().map(|entry| entry["action"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn p5_disabling_ends_sessions_and_tokens_at_once_and_enabling_revives_none() {
    let world = world().await;
    assert_eq!(set_password(&world, "lee", json!({ "password": PASSWORD })).await.status, 204);
    let open = session(&world, "lee").await;
    let disabled = post(&world, &format!("{LEE}/disable"), "fay").await;
    assert!(disabled.json["disabled_at"].is_string(), "{disabled:?}");
    assert!(!works(&world, &open).await && !works(&world, "lee").await);
    assert_eq!(actions(&world).await[0], "person.disabled");
    post(&world, &format!("{LEE}/disable"), "fay").await;
    assert_eq!(actions(&world).await.iter().filter(|a| *a == "person.disabled").count(), 1);

    // Clear words for who shows that it is them; for all others the usual ones.
    let right = [by_password("lee@acme.example", PASSWORD), json!({ "token": "lee" })];
    for body in right {
        let refused = sign_in(&world, body).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (403, "person_disabled"));
    }
    let wrong = sign_in(&world, by_password("lee@acme.example", "wrong wrong wrong")).await;
    let nobody = sign_in(&world, by_password("no@acme.example", "wrong wrong wrong")).await;
    assert_eq!((wrong.code(), &wrong.json["detail"]), (nobody.code(), &nobody.json["detail"]));
    let body = json!({ "person": "lee@acme.example" });
    let token = world.send("POST", "/v1/tokens", ROOT, body).await;
    assert_eq!((token.status.as_u16(), token.code()), (409, "person_disabled"));

    let enabled = post(&world, &format!("{LEE}/enable"), "fay").await;
    assert!(enabled.json["disabled_at"].is_null(), "{enabled:?}");
    assert!(!works(&world, &open).await && !works(&world, "lee").await);
    let again = sign_in(&world, by_password("lee@acme.example", PASSWORD)).await;
    assert_eq!(again.status, 201);
}

#[tokio::test]
async fn p5_a_full_admin_disables_no_rights_of_others() {
    let world = world().await;
    world
        .sql(
            "INSERT INTO identities (email_key, organization) VALUES ('ned@new.example', 'acme');
             INSERT INTO people (email, name, backend_admin, created_at)
             VALUES ('ops@acme.example', 'Ops', 1, 0);
             INSERT INTO identities (email_key, organization) VALUES ('ops@acme.example', 'acme');",
        )
        .await;
    for email in ["ned@new.example", "ops@acme.example"] {
        let refused = act(&world, "fay", email, "disable").await;
        assert_eq!((refused.status.as_u16(), refused.code()), (409, "rights_elsewhere"), "{email}");
    }
    for email in ["zoe@zeta.example", "pat@meridian.example", "no@acme.example"] {
        assert_eq!(act(&world, "fay", email, "disable").await.status, 404, "{email}");
    }
    assert_eq!(act(&world, ROOT, "ned@new.example", "disable").await.status, 200);
    // Whom a backend admin has disabled, a full admin does not enable.
    act(&world, ROOT, "lee@acme.example", "disable").await;
    assert_eq!(act(&world, "fay", "lee@acme.example", "enable").await.status, 403);
    assert_eq!(act(&world, ROOT, "lee@acme.example", "enable").await.status, 200);
}

#[tokio::test]
async fn p5_the_last_of_a_kind_who_can_sign_in_stays() {
    let world = world().await;
    let root = "/v1/people/admin@hublink.example/disable";
    assert_eq!(post(&world, root, ROOT).await.code(), "last_backend_admin");
    let refused = act(&world, ROOT, "fay@acme.example", "disable").await;
    assert_eq!(refused.code(), "last_full_admin");
    let remedy = refused.json["remedy"].as_str().unwrap();
    assert!(remedy.starts_with("Offer full admin to somebody else first"), "{remedy}");
    let tokens = world.get("/v1/me/tokens", "fay").await.json;
    let token = format!("/v1/tokens/{}", tokens["items"][0]["id"].as_str().unwrap());
    let revoked = world.send("DELETE", &token, ROOT, Value::Null).await;
    assert_eq!((revoked.status.as_u16(), revoked.code()), (409, "last_full_admin"));
    assert!(works(&world, "fay").await, "refused, and nothing changed");
    // Another full admin counts only where they can sign in.
    world
        .sql(
            "INSERT INTO people (email, name, created_at) VALUES ('kim@acme.example', 'Kim', 0);
             INSERT INTO organization_roles (organization, email, role)
             VALUES ('acme', 'kim@acme.example', 'full_admin');
             INSERT INTO tokens (id, person, label, hash, created_at, expires_at)
             VALUES ('tok_kim', 'kim@acme.example', '', 'x', 0, 1);",
        )
        .await;
    let refused = world.send("DELETE", &token, ROOT, Value::Null).await;
    assert_eq!(refused.code(), "last_full_admin");
    let remedy = refused.json["remedy"].as_str().unwrap();
    assert!(remedy.starts_with("Let another full admin sign in first"), "{remedy}");
    world.sql("UPDATE tokens SET expires_at = 4102444800000 WHERE id = 'tok_kim'").await;
    assert_eq!(world.send("DELETE", &token, ROOT, Value::Null).await.status, 204);
}

#[tokio::test]
async fn p5_everyone_sees_and_ends_their_own_sessions_and_tokens() {
    let world = world().await;
    let (here, there) = (session(&world, "fay").await, session(&world, "fay").await);
    let listed = world.get("/v1/me/sessions", &here).await.json["items"].clone();
    let uses: Vec<_> = listed.as_array().unwrap().iter().map(|one| one["in_use"].clone()).collect();
    assert_eq!(uses, [json!(true), json!(false)]);
    assert!(listed[0]["used_at"].is_string() && listed[0]["token"].is_string(), "{listed}");
    assert_eq!(listed[1]["used_at"], Value::Null);
    let mine = world.get("/v1/me/tokens", &here).await.json["items"].clone();
    assert_eq!(mine.as_array().unwrap().len(), 1);
    assert_eq!((&mine[0]["in_use"], &mine[0]["expires_at"]), (&json!(true), &Value::Null));
    assert!(mine[0]["used_at"].is_string());

    let other = format!("/v1/me/sessions/{}", listed[1]["id"].as_str().unwrap());
    assert_eq!(world.send("DELETE", &other, "lee", Value::Null).await.status, 404);
    assert_eq!(world.send("DELETE", &other, &here, Value::Null).await.status, 204);
    assert!(works(&world, &here).await && !works(&world, &there).await);
    let third = session(&world, "fay").await;
    world.send("DELETE", "/v1/me/sessions", &here, Value::Null).await;
    assert!(works(&world, &here).await && !works(&world, &third).await);
}

#[tokio::test]
async fn p5_the_last_use_is_written_down_without_a_request_that_waits() {
    let world = world().await;
    let written = async || -> Option<i64> {
        let mut conn = world.backend.store.read().await.unwrap();
        sqlx::query_scalar("SELECT used_at FROM tokens WHERE person = 'fay@acme.example'")
            .fetch_one(&mut *conn)
            .await
            .unwrap()
    };
    world.get("/v1/me", "fay").await;
    assert_eq!(written().await, None);
    world.backend.uses.write(&world.backend.store).await.unwrap();
    assert!(written().await.is_some());
}

#[tokio::test]
async fn p5_a_token_expires_after_90_days_unless_said_otherwise() {
    let world = world().await;
    let made =
        async |who: &'static str, body: Value| world.send("POST", "/v1/tokens", who, body).await;
    let days = |granted: &Answer| {
        let at = |field: &str| -> jiff::Timestamp {
            granted.json[field].as_str().unwrap().parse().unwrap()
        };
        at("expires_at").duration_since(at("created_at")).as_hours() / 24
    };
    let usual = made("fay", json!({ "note": "laptop" })).await;
    assert_eq!((days(&usual), &usual.json["note"]), (90, &json!("laptop")));
    assert_eq!(days(&made("fay", json!({ "days": 7 })).await), 7);
    for wrong in [0, 367] {
        assert_eq!(made("fay", json!({ "days": wrong })).await.json["field"], "days");
    }
    assert_eq!(made("fay", json!({ "never_expires": true })).await.status, 403);
    let endless = made(ROOT, json!({ "never_expires": true })).await;
    assert_eq!((endless.status.as_u16(), &endless.json["expires_at"]), (201, &Value::Null));

    let secret = usual.json["secret"].as_str().unwrap();
    let open = session(&world, secret).await;
    assert!(works(&world, secret).await && works(&world, &open).await);
    let id = usual.json["id"].as_str().unwrap();
    world.sql(&format!("UPDATE tokens SET expires_at = 1000 WHERE id = '{id}'")).await;
    assert!(!works(&world, secret).await);
    let told = sign_in(&world, json!({ "token": secret })).await;
    assert_eq!((told.status.as_u16(), told.code()), (401, "token_expired"));
}

#[tokio::test]
async fn p5_a_session_ends_no_later_than_its_token() {
    let world = world().await;
    let soon = jiff::Timestamp::now().as_millisecond() + 3_600_000;
    world.sql(&format!("UPDATE tokens SET expires_at = {soon} WHERE label = 'test'")).await;
    let granted = sign_in(&world, json!({ "token": "fay" })).await;
    let ends: jiff::Timestamp = granted.json["expires_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(ends.as_millisecond(), soon);
}

#[tokio::test]
async fn p5_revoking_the_token_in_use_is_never_unknowing() {
    let world = world().await;
    let open = session(&world, "lee").await;
    let tokens = world.get("/v1/me/tokens", &open).await.json;
    let token = format!("/v1/tokens/{}", tokens["items"][0]["id"].as_str().unwrap());
    for who in ["lee", &open] {
        let refused = world.send("DELETE", &token, who, Value::Null).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (409, "token_in_use"));
    }
    let knowing = format!("{token}?in_use=true");
    assert_eq!(world.send("DELETE", &knowing, &open, Value::Null).await.status, 204);
    assert!(!works(&world, "lee").await && !works(&world, &open).await);
}

#[tokio::test]
async fn p5_a_new_password_asks_for_the_old_one_and_ends_the_other_sessions() {
    let world = world().await;
    let (here, there) = (session(&world, "fay").await, session(&world, "fay").await);
    let first = set_password(&world, &here, json!({ "password": PASSWORD })).await;
    assert_eq!(first.status, 204);
    assert!(works(&world, &here).await && !works(&world, &there).await);
    let next = "another long password";
    let none = set_password(&world, &here, json!({ "password": next })).await;
    assert_eq!((none.status.as_u16(), &none.json["field"]), (422, &json!("old")));
    let wrong = json!({ "password": next, "old": "not the password" });
    let wrong = set_password(&world, &here, wrong).await;
    assert_eq!((wrong.status.as_u16(), &wrong.json["field"]), (422, &json!("old")));
    let right = json!({ "password": next, "old": PASSWORD });
    assert_eq!(set_password(&world, &here, right).await.status, 204);
    assert_eq!(sign_in(&world, by_password("fay@acme.example", PASSWORD)).await.status, 401);
    assert_eq!(sign_in(&world, by_password("fay@acme.example", next)).await.status, 201);
}

#[tokio::test]
async fn p5_a_stranger_elsewhere_does_not_lock_the_owner_out() {
    let world = world().await;
    set_password(&world, "fay", json!({ "password": PASSWORD })).await;
    let from = async |peer: &str, password: &str| {
        let body = by_password("fay@acme.example", password).to_string();
        let mut request = Request::post("/v1/sessions").header("content-type", "application/json");
        let peer: IpAddr = peer.parse().unwrap();
        request.extensions_mut().unwrap().insert(Peer(peer));
        world.send_raw(request.body(Body::from(body)).unwrap()).await.status.as_u16()
    };
    for _ in 0..10 {
        assert_eq!(from("203.0.113.9", "wrong wrong wrong").await, 401);
    }
    assert_eq!(from("203.0.113.9", PASSWORD).await, 429, "the peer is slowed");
    assert_eq!(from("198.51.100.7", PASSWORD).await, 201, "the owner is not");
}
