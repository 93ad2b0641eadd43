//! The roster: as a stream, whole, in order, resumable, compressed; and in blocks.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use serde_json::Value;
use tower::ServiceExt;

use crate::api::blocks::{Frame, Frames, Keeps, Kind, ROWS, Texts};
use crate::api::roster::{BLOCKS, RosterManifest};
use crate::domain::kept::Bit;
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

async fn blocks(world: &Fixture, query: &str, token: &str) -> (u16, HeaderMap, Vec<Frame>) {
    let request = Request::get(format!("/v1/sites/acme.webex.example/roster/blocks{query}"))
        .header("authorization", format!("Bearer {token}"))
        .header("accept-encoding", "gzip")
        .body(Body::empty())
        .unwrap();
    let response = world.app.clone().oneshot(request).await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let mut frames = Frames::default();
    frames.push(&bytes);
    let frames = std::iter::from_fn(|| frames.take().ok().flatten()).collect();
    (status, headers, frames)
}

#[tokio::test]
async fn blocks_come_as_asked_for_and_are_not_packed_twice() {
    let world = world().await;
    let (status, headers, frames) = blocks(&world, "", "fay").await;
    assert_eq!((status, headers.get("content-encoding")), (200, None));
    assert_eq!(headers["content-type"], BLOCKS);
    let kinds: Vec<_> = frames.iter().map(|frame| (frame.kind, frame.block)).collect();
    let want =
        [(Kind::Manifest, 0), (Kind::Text, 0), (Kind::Kept, 0), (Kind::Text, 1), (Kind::Kept, 1)];
    assert_eq!(kinds, want);
    assert_eq!(Texts::unpack(&frames[3].bytes).unwrap().rows(), 4_500 - ROWS);
    let (_, _, some) = blocks(&world, "?text=1&kept=", "fay").await;
    assert_eq!(some[1..], frames[3..4]);
    let manifest: RosterManifest = serde_json::from_slice(&some[0].bytes).unwrap();
    assert_eq!((manifest.head.count, manifest.head.revision, manifest.blocks.len()), (4_500, 7, 2));
    let told = manifest.blocks[1].text.clone();
    assert_eq!(told, Some(frames[3].digest.to_hex()), "what was made is told");
    assert_eq!(blocks(&world, "?text=2", "fay").await.0, 422);
    assert_eq!(blocks(&world, "", "zoe").await.0, 404, "another organization's");
}

#[tokio::test]
async fn a_manifest_never_tells_the_digest_of_what_was_before_a_write() {
    let world = world().await;
    blocks(&world, "", "fay").await;
    world.sql("UPDATE site_users SET link = 'linked' WHERE number = 4499").await;
    let (_, _, frames) = blocks(&world, "?text=&kept=1", "fay").await;
    let manifest: RosterManifest = serde_json::from_slice(&frames[0].bytes).unwrap();
    let told = |at: usize| (manifest.blocks[at].text.is_some(), manifest.blocks[at].kept.is_some());
    assert_eq!((told(0), told(1)), ((true, true), (true, false)));
    let keeps = Keeps::unpack(&frames[1].bytes).unwrap();
    assert!(keeps.rows().last().unwrap().has(Bit::Linked));
}
