//! What holds for every route: who may ask, how refusals look, and that the document is whole.

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
async fn too_many_failures_are_told_when_to_come_back() {
    let world = Fixture::new().await;
    let mut last = None;
    for _ in 0..61 {
        last = Some(world.send("POST", "/v1/sessions", "", json!({ "token": "guess" })).await);
    }
    let last = last.unwrap();
    assert_eq!((last.status, last.code()), (StatusCode::TOO_MANY_REQUESTS, "too_many_requests"));
    assert!(last.headers.contains_key("retry-after"));
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

#[test]
fn the_document_names_each_operation_once() {
    let document = serde_json::to_value(super::openapi()).unwrap();
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
