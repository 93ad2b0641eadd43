//! What holds for every route: who may ask, how refusals look, and that the document is whole.

mod access;
mod document;
mod front;
mod replay;
pub mod roles;
mod roster;
mod routes;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::server::fixture::{Fixture, ROOT};

#[tokio::test]
async fn a_token_opens_a_session_that_can_be_ended() {
    let world = Fixture::new().await;
    let body = json!({ "token": ROOT });
    let granted = world.send("POST", "/v1/sessions", "", body).await;
    assert_eq!(granted.status, StatusCode::CREATED);
    let session = granted.json["token"].as_str().unwrap().to_owned();
    let me = world.get("/v1/me", &session).await;
    assert_eq!(me.json["roles"][0]["role"], "backend_admin");
    assert_eq!(me.headers["cache-control"], "no-store");
    let out = world.send("DELETE", "/v1/sessions/current", &session, Value::Null).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    let after = world.get("/v1/me", &session).await;
    assert_eq!((after.status, after.code()), (StatusCode::UNAUTHORIZED, "not_signed_in"));
    assert_eq!(after.headers["www-authenticate"], "Bearer");
}

#[tokio::test]
async fn revoking_a_token_ends_the_sessions_it_opened() {
    let world = Fixture::new().await;
    world.small_world().await;
    let granted = world.send("POST", "/v1/sessions", "", json!({ "token": "fay" })).await;
    let session = granted.json["token"].as_str().unwrap().to_owned();
    assert_eq!(world.get("/v1/me", &session).await.status, StatusCode::OK);
    world.sql("UPDATE tokens SET revoked_at = 1 WHERE person = 'fay@acme.example'").await;
    assert_eq!(world.get("/v1/me", &session).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.get("/v1/me", "fay").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_unknown_person_and_a_wrong_password_get_the_same_answer() {
    let world = Fixture::new().await;
    world.small_world().await;
    let mut answers = Vec::new();
    for email in ["fay@acme.example", "nobody@acme.example", "not an address"] {
        let body = json!({ "email": email, "password": "wrong wrong wrong" });
        let mut answer = world.send("POST", "/v1/sessions", "", body).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        answer.json["request_id"] = Value::Null;
        answers.push(answer.json);
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
}

#[tokio::test]
async fn p5_too_many_failures_are_told_when_to_come_back() {
    let world = Fixture::new().await;
    let guess = async |n: usize| {
        let body = json!({ "token": format!("guess-{n}") });
        world.send("POST", "/v1/sessions", "", body).await
    };
    for n in 0..50 {
        assert_eq!(guess(n).await.code(), "sign_in_failed");
    }
    let last = guess(50).await;
    assert_eq!((last.status, last.code()), (StatusCode::TOO_MANY_REQUESTS, "too_many_requests"));
    assert!(last.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn p5_who_guesses_bearers_is_slowed_and_who_has_a_right_one_is_not() {
    let world = Fixture::new().await;
    let granted = world.send("POST", "/v1/sessions", "", json!({ "token": ROOT })).await;
    let session = granted.json["token"].as_str().unwrap().to_owned();
    world.send("DELETE", "/v1/sessions/current", &session, Value::Null).await;
    for _ in 0..60 {
        assert_eq!(world.get("/v1/me", &session).await.code(), "not_signed_in", "it has ended");
    }
    for n in 0..50 {
        assert_eq!(world.get("/v1/me", &format!("guess-{n}")).await.code(), "not_signed_in");
    }
    for method in ["GET", "POST"] {
        let last = world.send(method, "/v1/people", "guess-50", Value::Null).await;
        assert_eq!(last.code(), "too_many_requests");
        assert!(last.headers.contains_key("retry-after"));
    }
    assert_eq!(world.get("/v1/me", ROOT).await.status, StatusCode::OK);
    let cookie = [("cookie", "hublink_welcome=guess-51")];
    let page = world.send_with("GET", "/welcome", "", Value::Null, &cookie).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn refusals_are_problems_with_a_request_id() {
    let world = Fixture::new().await;
    let cases = [
        ("GET", "/v1/nothing", StatusCode::NOT_FOUND, "not_found"),
        ("PUT", "/v1/me", StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
        ("GET", "/v1/me", StatusCode::UNAUTHORIZED, "not_signed_in"),
    ];
    for (method, path, status, code) in cases {
        let answer = world.send(method, path, "", Value::Null).await;
        assert_eq!((answer.status, answer.code()), (status, code), "{path}");
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        assert_eq!(answer.json["request_id"].as_str().unwrap(), answer.headers["x-request-id"]);
    }
}

#[tokio::test]
async fn section_4_a_site_that_is_not_linked_does_not_answer_only_a_full_admin() {
    let world = Fixture::new().await;
    world.small_world().await;
    let site = "/v1/sites/new.webex.example";
    let read = world.get(&format!("{site}/licences"), "ned").await;
    let write = world.send("DELETE", &format!("{site}/cohorts/a"), "ned", Value::Null).await;
    assert_eq!((read.status, write.status), (StatusCode::FORBIDDEN, StatusCode::CONFLICT));
    for answer in [read, write] {
        let words = format!("{} {}", answer.json["detail"], answer.json["remedy"]);
        assert!(words.contains("is not linked to an organization yet"), "{words}");
        assert!(words.contains("Link the site first") && !words.contains("Your roles"), "{words}");
    }
}

#[tokio::test]
async fn bodies_are_read_strictly() {
    let world = Fixture::new().await;
    let post = |kind: &str, body: &'static str| {
        Request::post("/v1/sessions").header("content-type", kind).body(Body::from(body)).unwrap()
    };
    let cases = [
        ("text/plain", "{}", StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"),
        ("application/json", "{", StatusCode::BAD_REQUEST, "malformed"),
        ("application/json", "{\"token\":\"a\"} 1", StatusCode::BAD_REQUEST, "malformed"),
        (
            "application/json",
            "{\"token\":\"a\",\"x\":1}",
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
        ),
    ];
    for (kind, body, status, code) in cases {
        let answer = world.send_raw(post(kind, body)).await;
        assert_eq!((answer.status, answer.code()), (status, code), "{body}");
    }
}

#[tokio::test]
async fn the_document_and_its_page_are_served() {
    let world = Fixture::new().await;
    let document = world.get("/openapi.json", "").await;
    assert_eq!(document.json["openapi"], "3.1.0");
    let page = world.get("/docs", "").await;
    assert!(page.headers["content-type"].to_str().unwrap().starts_with("text/html"));
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
}

#[tokio::test]
async fn i17_a_changed_record_shows() {
    let world = Fixture::new().await;
    for name in ["a@acme.example", "b@acme.example", "c@acme.example"] {
        let body = json!({ "email": name, "name": "N" });
        world.send("POST", "/v1/people", ROOT, body).await;
    }
    let verified = world.get("/v1/audit/verify", ROOT).await.json;
    assert_eq!((&verified["ok"], &verified["entries"]), (&json!(true), &json!(4)));
    let tampering = [
        ("UPDATE audit SET actor = 'eve' WHERE seq = 2", 2),
        (
            "UPDATE audit SET seq = 9 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3;
          UPDATE audit SET seq = 3 WHERE seq = 9",
            2,
        ),
        ("DELETE FROM audit WHERE seq = 1", 1),
    ];
    for (statements, broken_at) in tampering {
        world.sql(statements).await;
        let verified = world.get("/v1/audit/verify", ROOT).await.json;
        assert_eq!((&verified["ok"], &verified["broken_at"]), (&json!(false), &json!(broken_at)));
    }
}

#[tokio::test]
async fn lists_page_by_cursor_in_a_stable_order() {
    let world = Fixture::new().await;
    for name in ["Zeta", "acme", "Beta", "acme"] {
        let body = json!({ "name": name, "kind": "customer" });
        world.send("POST", "/v1/organizations", ROOT, body).await;
    }
    let (mut path, mut seen) = ("/v1/organizations?limit=1".to_owned(), Vec::new());
    loop {
        let page = world.get(&path, ROOT).await.json;
        seen.push(page["items"][0]["id"].as_str().unwrap().to_owned());
        match page["next"].as_str() {
            Some(next) => path = format!("/v1/organizations?limit=1&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ["acme", "acme-2", "beta", "zeta"]);
    let bad = world.get("/v1/organizations?limit=501", ROOT).await;
    assert_eq!((bad.status.as_u16(), &bad.json["field"]), (422, &json!("limit")));
    let bad = world.get("/v1/organizations?color=red", ROOT).await;
    assert_eq!((bad.status.as_u16(), &bad.json["field"]), (422, &json!("color")));
}

#[tokio::test]
async fn a_password_signs_in_and_ends_other_sessions() {
    let world = Fixture::new().await;
    world.small_world().await;
    let granted = world.send("POST", "/v1/sessions", "", json!({ "token": "fay" })).await;
    let session = granted.json["token"].as_str().unwrap();
    let short = world.send("PUT", "/v1/me/password", "fay", json!({ "password": "short" })).await;
    assert_eq!(short.json["field"], "password");
    let body = json!({ "password": "correct horse battery" });
    assert_eq!(world.send("PUT", "/v1/me/password", "fay", body).await.status, 204);
    assert_eq!(world.get("/v1/me", session).await.status, 401);
    let body = json!({ "email": "Fay@ACME.example", "password": "correct horse battery" });
    let granted = world.send("POST", "/v1/sessions", "", body).await;
    assert_eq!(
        (granted.status.as_u16(), &granted.json["me"]["email"]),
        (201, &json!("fay@acme.example"))
    );
    let audit = world.get("/v1/audit", ROOT).await.json.to_string();
    assert!(!audit.contains("battery") && !audit.contains("argon2"));
}

#[tokio::test]
async fn the_clock_moves_only_where_it_may() {
    let world = Fixture::new().await;
    let body = json!({ "seconds": 86_400 });
    let refused = world.send("POST", "/v1/clock/advance", ROOT, body.clone()).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    let world = Fixture::with(|options| options.test_clock = true).await;
    let now = |json: &Value| json["now"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let before = now(&world.get("/v1/clock", ROOT).await.json);
    let after = now(&world.send("POST", "/v1/clock/advance", ROOT, body).await.json);
    assert!(after.duration_since(before).as_secs() >= 86_400);
    for seconds in [0, 400 * 366 * 86_400_u64] {
        let body = json!({ "seconds": seconds });
        let refused = world.send("POST", "/v1/clock/advance", ROOT, body).await;
        assert_eq!(refused.json["field"], "seconds");
    }
}

#[test]
fn the_document_names_each_operation_once() {
    let document = super::openapi();
    let mut ids: Vec<String> = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|path| path.as_object().unwrap().values())
        .filter_map(|operation| operation["operationId"].as_str().map(str::to_owned))
        .collect();
    ids.sort();
    let all = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), all);
    assert_eq!(document["openapi"], "3.1.0");
}
