//! The roster stream: whole, in order, resumable, compressed.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use serde_json::Value;
use tower::ServiceExt;

use crate::server::fixture::Fixture;

async fn lines(world: &Fixture, query: &str) -> Vec<Value> {
    let (_, bytes) = raw(world, query, "identity").await;
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.ends_with('\n'));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn raw(world: &Fixture, query: &str, encoding: &str) -> (HeaderMap, Vec<u8>) {
    let request = Request::get(format!("/v1/sites/acme.webex.example/roster{query}"))
        .header("authorization", "Bearer fay")
        .header("accept-encoding", encoding)
        .body(Body::empty())
        .unwrap();
    let response = world.app.clone().oneshot(request).await.unwrap();
    let headers = response.headers().clone();
    (headers, to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec())
}

async fn world() -> Fixture {
    let world = Fixture::new().await;
    world.small_world().await;
    world
        .sql(
            "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 4499)
             INSERT INTO site_users (site, number, user_id, active, first_name, last_name,
               display_name, address, address_key, domain, department, added_revision)
             SELECT 1, i, 'u' || i, 1, 'Amara', 'Okafor', '', 'u' || i || '@acme.example',
               'u' || i || '@acme.example', 'acme.example', 'Sales', 1 FROM n;
             UPDATE sites SET roster_revision = 7, method = 'verify_now' WHERE id = 1",
        )
        .await;
    world
}

#[tokio::test]
async fn the_head_then_every_user_in_order() {
    let world = world().await;
    let lines = lines(&world, "").await;
    assert_eq!((&lines[0]["count"], &lines[0]["revision"]), (&4_500.into(), &7.into()));
    assert_eq!(lines[0]["method"], "verify_now");
    assert_eq!(lines.len(), 4_501);
    assert!(lines[1..].iter().enumerate().all(|(at, line)| line["n"] == at));
    assert_eq!((&lines[1]["name"], &lines[1]["id"]), (&"Amara Okafor".into(), &"u0".into()));
}

#[tokio::test]
async fn a_broken_stream_is_resumed_after_the_last_number() {
    let world = world().await;
    let rest = lines(&world, "?after=4497").await;
    let numbers: Vec<_> = rest[1..].iter().map(|line| line["n"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [4_498, 4_499]);
    assert_eq!(lines(&world, "?after=4499").await.len(), 1);
    assert_eq!(lines(&world, "?after=4294967295").await.len(), 1);
}

#[tokio::test]
async fn it_is_compressed_for_who_can_read_that() {
    let world = world().await;
    let (headers, bytes) = raw(&world, "", "gzip").await;
    assert_eq!(headers["content-encoding"], "gzip");
    assert_eq!(headers["content-type"], "application/x-ndjson");
    assert!(bytes.starts_with(&[0x1f, 0x8b]) && bytes.len() < 80_000, "{}", bytes.len());
}

#[tokio::test]
async fn users_page_by_number_with_what_an_invitation_would_do() {
    let world = world().await;
    let first = world.get("/v1/sites/acme.webex.example/users?limit=500", "fay").await.json;
    assert_eq!(first["items"][0]["outcome"], "hold_unverified_domain");
    let next = first["next"].as_str().unwrap();
    let path = format!("/v1/sites/acme.webex.example/users?limit=2&cursor={next}");
    let second = world.get(&path, "fay").await.json;
    assert_eq!(second["items"][0]["number"], 500);
}
