//! The demo as a whole, asked over HTTP as any client asks.

use serde_json::{Value, json};

use super::*;
use crate::api::demo::KEY_HEADER;

fn small() -> DemoOptions {
    DemoOptions { world: WorldOptions { users: 60, seed: 1 }, data: None }
}

fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// A demo whose world is loaded: who asks before is told to ask again, which a busy machine sees.
async fn started(options: DemoOptions) -> Demo {
    let demo = start(options).await.unwrap();
    while get(&demo, "/v1/me", None).await.0 == 503 {}
    demo
}

async fn get(demo: &Demo, path: &str, token: Option<&str>) -> (u16, Value) {
    let mut request = client().get(format!("{}{path}", demo.url));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, response.json().await.unwrap_or(Value::Null))
}

async fn post(demo: &Demo, path: &str, body: Value) -> (u16, Value) {
    let request = client().post(format!("{}{path}", demo.url)).json(&body);
    let response = request.bearer_auth(demo.token.expose()).send().await.unwrap();
    let status = response.status().as_u16();
    (status, response.json().await.unwrap_or(Value::Null))
}

async fn people(demo: &Demo, key: &str) -> (u16, Vec<DemoPerson>) {
    let request = client().get(format!("{}/v1/demo/people", demo.url)).header(KEY_HEADER, key);
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, response.json().await.unwrap_or_default())
}

#[tokio::test]
async fn section_4_other_users_of_the_host_drive_nothing_of_the_demo() {
    let outer = tempfile::tempdir().unwrap();
    let kept = DemoOptions { data: Some(outer.path().join("demo")), ..small() };
    let first = started(kept.clone()).await;
    let (status, known) = people(&first, first.key.expose()).await;
    assert_eq!((status, known[0].email.raw()), (200, FIRST_PERSON));
    // Without the key nobody learns a token, signed in or not; the tokens of old are none.
    assert_eq!(get(&first, "/v1/demo/people", None).await.0, 401);
    assert_eq!(get(&first, "/v1/demo/people", Some(first.token.expose())).await.0, 401);
    assert_eq!(people(&first, "demo_0123").await.0, 401);
    for guess in ["dev-root", "dev-fay", "demo"] {
        assert_eq!(get(&first, "/v1/me", Some(guess)).await.0, 401, "{guess}");
        assert_eq!(get(&first, "/v1/demo/outbox", Some(guess)).await.0, 401, "{guess}");
    }
    for (path, body) in [
        ("/v1/clock/advance", json!({"seconds": 60})),
        ("/v1/demo/dns", json!({"name": "a.example", "value": "b"})),
        ("/v1/demo/outbox/1/answer", json!({"answer": "confirm"})),
    ] {
        let sent = client().post(format!("{}{path}", first.url)).json(&body).send().await.unwrap();
        assert_eq!(sent.status().as_u16(), 401, "{path}");
    }
    for file in std::fs::read_dir(outer.path().join("demo")).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap_or_default();
        let held = |secret: &Secret| memchr::memmem::find(&bytes, secret.expose().as_bytes());
        assert!(known.iter().all(|person| held(&person.token).is_none()), "in a file");
    }
    first.stop().await.unwrap();
    let again = started(kept).await;
    for person in &known {
        let (status, _) = get(&again, "/v1/demo/outbox", Some(person.token.expose())).await;
        assert_eq!(status, 401, "the tokens of the start before are revoked");
    }
    assert_eq!(get(&again, "/v1/demo/outbox", Some(again.token.expose())).await.0, 200);
    again.stop().await.unwrap();
}

#[tokio::test]
async fn the_demo_s_routes_are_for_who_is_signed_in() {
    let demo = started(small()).await;
    assert_eq!(get(&demo, "/v1/demo/outbox", None).await.0, 401);
    let (status, mails) = get(&demo, "/v1/demo/outbox", Some(demo.token.expose())).await;
    assert_eq!((status, mails), (200, json!([])));
    let (status, problem) =
        post(&demo, "/v1/demo/outbox/1/answer", json!({"answer": "confirm"})).await;
    assert_eq!((status, problem["code"].as_str()), (404, Some("not_found")));
    let record = json!({"name": "_hublink-challenge.a.example", "value": ""});
    let (status, problem) = post(&demo, "/v1/demo/dns", record).await;
    assert_eq!((status, problem["field"].as_str()), (422, Some("value")));
    demo.stop().await.unwrap();
}

#[tokio::test]
async fn a_fresh_demo_leaves_nothing_and_a_kept_one_goes_on() {
    let outer = tempfile::tempdir().unwrap();
    let kept = DemoOptions { data: Some(outer.path().join("demo")), ..small() };
    let first = started(kept.clone()).await;
    let advance = json!({"seconds": 86_400});
    assert_eq!(post(&first, "/v1/clock/advance", advance).await.0, 200);
    first.stop().await.unwrap();
    let again = started(kept).await;
    let (_, clock) = get(&again, "/v1/clock", Some(again.token.expose())).await;
    assert!(clock["now"].as_str().unwrap() > "2026-03-31T08:42", "{clock}");
    again.stop().await.unwrap();
    assert!(outer.path().join("demo/demo.db").exists());
}

#[tokio::test]
async fn a_world_that_cannot_be_written_is_told() {
    let outer = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(outer.path().join("acme.csv")).unwrap();
    let data = Some(outer.path().to_owned());
    let mut demo = start(DemoOptions { data, ..small() }).await.unwrap();
    let error = demo.ended().await.unwrap_err();
    assert!(error.to_string().contains("acme.csv"), "{error}");
}

#[tokio::test]
async fn one_can_be_everybody_who_can_sign_in_told_with_their_roles_and_sites() {
    let demo = started(small()).await;
    let (_, listed) = people(&demo, demo.key.expose()).await;
    let find = |all: &[DemoPerson], email: &str| {
        all.iter().find(|person| person.email.raw() == email).unwrap().clone()
    };
    let role = |email: &str| find(&listed, email).role.raw().to_owned();
    let fay = role("fay@acme.example");
    assert!(fay.starts_with("full admin of Acme Robotics, "), "{fay}");
    assert!(fay.contains("acme-eu.webex.example") && fay.contains("acme.webex.example"), "{fay}");
    assert!(role("pat@meridian.example").starts_with("partner admin of Meridian Networks"));
    assert_eq!(role("root@hublink.example"), "backend admin");
    assert!(listed.iter().all(|person| !person.role.is_empty()));
    // Who comes to be able to sign in is there too, with a token that works, and the same one twice.
    let root = find(&listed, "root@hublink.example").token;
    let body = json!({"email": "kim@northwind.example", "name": "Kim Berg"});
    let made = client().post(format!("{}/v1/people", demo.url)).json(&body);
    assert!(made.bearer_auth(root.expose()).send().await.unwrap().status().is_success());
    let (_, later) = people(&demo, demo.key.expose()).await;
    assert_eq!(later.len(), listed.len() + 1);
    let kim = find(&later, "kim@northwind.example");
    assert_eq!((kim.name.raw(), kim.role.raw()), ("Kim Berg", "no role yet"));
    assert_eq!(get(&demo, "/v1/me", Some(kim.token.expose())).await.0, 200);
    let (_, again) = people(&demo, demo.key.expose()).await;
    assert_eq!(find(&again, "kim@northwind.example").token.expose(), kim.token.expose());
    demo.stop().await.unwrap();
}
