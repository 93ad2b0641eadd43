//! One effect for a key, whatever the client does.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::*;
use crate::server::engine::imports;
use crate::server::fixture::{Answer, Fixture, ROOT};

async fn add(world: &Fixture, who: &str, key: &str, name: &str) -> Answer {
    let body = json!({ "name": name, "kind": "customer" });
    world.send_with("POST", "/v1/organizations", who, body, &[("idempotency-key", key)]).await
}

async fn organizations(world: &Fixture) -> usize {
    world.get("/v1/organizations", ROOT).await.json["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn i5_the_same_key_and_body_get_the_same_answer_and_one_effect() {
    let world = Fixture::new().await;
    let first = add(&world, ROOT, "k1", "Acme").await;
    let second = add(&world, ROOT, "k1", "Acme").await;
    assert_eq!((first.status, &first.json), (second.status, &second.json));
    assert_eq!(organizations(&world).await, 1);
    assert_eq!(add(&world, ROOT, "k2", "Acme").await.json["id"], "acme-2");
}

#[tokio::test]
async fn i5_the_same_key_with_another_body_is_refused() {
    let world = Fixture::new().await;
    add(&world, ROOT, "k1", "Acme").await;
    let other = add(&world, ROOT, "k1", "Zeta").await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(other.code(), "idempotency_key_reused");
}

#[tokio::test]
async fn keys_are_each_persons_own_and_refusals_of_rights_are_not_kept() {
    let world = Fixture::new().await;
    world.small_world().await;
    assert_eq!(add(&world, "fay", "k1", "Umbra").await.status, StatusCode::FORBIDDEN);
    world.sql("UPDATE people SET backend_admin = 1 WHERE email = 'fay@acme.example'").await;
    assert_eq!(add(&world, "fay", "k1", "Umbra").await.status, StatusCode::CREATED);
    assert_eq!(add(&world, ROOT, "k1", "Penumbra").await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn an_unfinished_one_is_told_to_wait_and_forgotten_at_the_next_start() {
    let world = Fixture::new().await;
    add(&world, ROOT, "k1", "Acme").await;
    // As a kill leaves it before anything was done.
    world.sql("UPDATE idempotency SET status = NULL, carried_out_at = NULL").await;
    let busy = add(&world, ROOT, "k1", "Acme").await;
    assert_eq!((busy.status, busy.code()), (StatusCode::CONFLICT, "idempotency_key_in_use"));
    forget_unfinished(&world.backend.store).await.unwrap();
    assert_eq!(add(&world, ROOT, "k1", "Acme").await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn section_8_a_key_stands_in_its_acts_own_transaction_and_is_not_carried_out_again() {
    let world = Fixture::new().await;
    add(&world, ROOT, "k1", "Acme").await;
    // As a kill leaves it between the act and its answer.
    world.sql("UPDATE idempotency SET status = NULL, body = NULL, location = NULL").await;
    forget_unfinished(&world.backend.store).await.unwrap();
    for _ in 0..2 {
        let again = add(&world, ROOT, "k1", "Acme").await;
        assert_eq!(
            (again.status, again.code()),
            (StatusCode::CONFLICT, "idempotency_key_unanswered")
        );
        assert_eq!(again.json["request_id"], again.headers["x-request-id"].to_str().unwrap());
    }
    assert_eq!(organizations(&world).await, 1, "not done twice");
    assert_eq!(
        add(&world, ROOT, "k2", "Acme").await.json["id"],
        "acme-2",
        "another key is another act"
    );
}

#[tokio::test]
async fn section_8_what_was_rolled_back_is_not_noted() {
    let world = Fixture::new().await;
    let taken = || async {
        let body = json!({ "id": "acme", "name": "Acme", "kind": "customer" });
        let key = &[("idempotency-key", "k9")];
        world.send_with("POST", "/v1/organizations", ROOT, body, key).await
    };
    add(&world, ROOT, "k1", "Acme").await;
    assert_eq!(taken().await.status, StatusCode::CONFLICT);
    let noted: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM idempotency WHERE key = 'k9' AND carried_out_at IS NOT NULL",
    )
    .fetch_one(&mut *world.backend.store.read().await.unwrap())
    .await
    .unwrap();
    assert_eq!(noted, 0);
}

#[tokio::test]
async fn answers_are_kept_for_a_week_at_least() {
    let world = Fixture::new().await;
    add(&world, ROOT, "k1", "Acme").await;
    let days = |n: i64| format!("UPDATE idempotency SET created_at = created_at - {n} * 86400000");
    world.sql(&days(7)).await;
    forget_old(&world.backend.store).await.unwrap();
    assert_eq!(add(&world, ROOT, "k1", "Acme").await.json["id"], "acme");
    world.sql(&days(2)).await;
    forget_old(&world.backend.store).await.unwrap();
    assert_eq!(add(&world, ROOT, "k1", "Acme").await.json["id"], "acme-2");
}

#[tokio::test]
async fn i16_a_secret_is_shown_once_and_never_kept() {
    let world = Fixture::new().await;
    let make =
        || world.send_with("POST", "/v1/tokens", ROOT, json!({}), &[("idempotency-key", "k")]);
    let first = make().await;
    let secret = first.json["secret"].as_str().unwrap().to_owned();
    assert_eq!(world.get("/v1/me", &secret).await.status, StatusCode::OK);
    let second = make().await;
    assert_eq!((second.status, second.code()), (StatusCode::CONFLICT, "exists"));
    assert_eq!(second.json["request_id"], second.headers["x-request-id"].to_str().unwrap());
    let kept: Vec<(Vec<u8>,)> = sqlx::query_as("SELECT body FROM idempotency")
        .fetch_all(&mut *world.backend.store.read().await.unwrap())
        .await
        .unwrap();
    assert!(kept.iter().all(|(body,)| !String::from_utf8_lossy(body).contains(&secret)));
    assert_eq!(world.get("/v1/tokens", ROOT).await.json["items"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn i14_a_client_that_hangs_up_does_not_stop_a_write() {
    let world = Fixture::new().await;
    // The only writer's turn is taken, so that the request stands still inside the handler.
    let turn = world.backend.store.begin().await.unwrap();
    let request = Request::post("/v1/organizations")
        .header("authorization", format!("Bearer {ROOT}"))
        .header("content-type", "application/json")
        .body(Body::from(json!({ "name": "Acme", "kind": "customer" }).to_string()))
        .unwrap();
    let mut asking = Box::pin(world.app.clone().oneshot(request));
    let hung_up = tokio::time::timeout(Duration::from_millis(100), &mut asking).await;
    assert!(hung_up.is_err());
    drop(asking);
    drop(turn);
    // Whoever begins after it waits for it: the writer's turns are first come, first served.
    world.backend.store.begin().await.unwrap().commit().await.unwrap();
    assert_eq!(organizations(&world).await, 1);
}

#[tokio::test]
async fn bodies_have_limits() {
    let world = Fixture::new().await;
    let name = "x".repeat(route::JSON);
    let body = json!({ "name": name, "kind": "customer" });
    let large = world.send("POST", "/v1/organizations", ROOT, body.clone()).await;
    assert_eq!((large.status, large.code()), (StatusCode::PAYLOAD_TOO_LARGE, "too_large"));
    let stranger = world.send("POST", "/v1/sessions", "", body).await;
    assert_eq!(stranger.status, StatusCode::PAYLOAD_TOO_LARGE);
    let bad =
        world.send_with("POST", "/v1/tokens", ROOT, Value::Null, &[("idempotency-key", "")]).await;
    assert_eq!(bad.json["field"], "Idempotency-Key");
}

#[tokio::test]
async fn s8_a_killed_applys_own_key_is_answered_what_the_import_came_to() {
    let file = "UserID,Email\n71,kit@acme.example\n72,lu@acme.example\n";
    // Killed before it was done, and after.
    for done in [false, true] {
        let world = Fixture::new().await;
        world.small_world().await;
        let site = "/v1/sites/acme.webex.example";
        let upload = Request::post(format!("{site}/imports"))
            .header("authorization", "Bearer sam")
            .header("content-type", "application/octet-stream")
            .body(Body::from(file))
            .unwrap();
        let preview = world.send_raw(upload).await;
        let path = format!("{site}/imports/{}/apply", preview.json["id"].as_str().unwrap());
        let keyed = || {
            Request::post(&path)
                .header("authorization", "Bearer sam")
                .header("idempotency-key", "kill")
                .body(Body::empty())
                .unwrap()
        };
        if done {
            assert_eq!(world.send_raw(keyed()).await.status, StatusCode::OK);
            world.sql("UPDATE idempotency SET status = NULL, body = NULL").await;
        } else {
            world.sql("UPDATE imports SET begun_at = 1").await;
            let known = format!(
                "INSERT INTO idempotency (actor, route, key, body_hash, created_at, carried_out_at)
                 VALUES ('sam@acme.example', 'POST {path}', 'kill', '', 1, 1)"
            );
            world.sql(&known).await;
        }
        imports::RESUMED.recall_unanswered(&world.backend.store).await.unwrap();
        forget_unfinished(&world.backend.store).await.unwrap();
        let again = world.send_raw(keyed()).await;
        assert_eq!((again.status, &again.json["users"]), (StatusCode::OK, &Value::from(2)));
        let kept = world.send_raw(keyed()).await;
        assert_eq!(kept.json, again.json, "it is kept now");
    }
}
