//! The roster stream against canned answers: whole, cut, resumed, changed, and wrong.

use futures_util::StreamExt as _;

use super::*;
use crate::client::tests::{answer, canned};

const SITE: &str = "acme.webex.example";

fn head(revision: u64, count: u32) -> String {
    format!(
        r#"{{"site":"{SITE}","revision":{revision},"count":{count},"now":"2026-03-01T09:00:00Z"}}"#
    ) + "\n"
}

fn users(range: std::ops::Range<u32>) -> String {
    let line = |n| format!(r#"{{"n":{n},"id":"u{n}","state":"unlinked","facts":0}}"#) + "\n";
    range.map(line).collect()
}

fn lines(body: &str) -> String {
    answer("200 OK", "content-type: application/x-ndjson\r\n", body)
}

/// An answer whose connection breaks before its end.
fn cut(body: &str) -> String {
    lines(body).replace("content-length: ", "content-length: 9")
}

#[tokio::test]
async fn a_whole_roster_is_read() {
    let (client, asked) = canned(vec![lines(&(head(7, 450) + &users(0..450)))]).await;
    let part = client.whole_roster(SITE).await.unwrap();
    assert_eq!((part.head.revision, part.columns.len(), part.complete), (7, 450, true));
    assert_eq!(part.columns.row(449).unwrap().user_id().raw(), "u449");
    let asked = asked.lock().unwrap();
    assert!(asked[0].starts_with("GET /v1/sites/acme.webex.example/roster HTTP/1.1"));
}

#[tokio::test]
async fn an_empty_roster_is_whole() {
    let (client, _) = canned(vec![lines(&head(1, 0))]).await;
    assert!(client.whole_roster(SITE).await.unwrap().columns.is_empty());
}

#[tokio::test]
async fn a_cut_is_resumed_after_the_last_whole_line() {
    let torn = head(7, 500) + &users(0..300) + r#"{"n":300,"id":"u3"#;
    let short = head(7, 500) + &users(300..400);
    let rest = head(7, 500) + &users(400..500);
    let (client, asked) = canned(vec![cut(&torn), lines(&short), lines(&rest)]).await;
    let part = client.whole_roster(SITE).await.unwrap();
    assert_eq!(part.columns.len(), 500);
    let asked = asked.lock().unwrap();
    assert!(asked[1].starts_with("GET /v1/sites/acme.webex.example/roster?after=299 "));
    assert!(asked[2].starts_with("GET /v1/sites/acme.webex.example/roster?after=399 "));
}

#[tokio::test]
async fn a_roster_that_changed_meanwhile_starts_over() {
    let before = lines(&(head(7, 500) + &users(0..300)));
    let changed = lines(&(head(8, 501) + &users(300..501)));
    let again = lines(&(head(8, 501) + &users(0..501)));
    let (client, asked) = canned(vec![before, changed, again]).await;
    let part = client.whole_roster(SITE).await.unwrap();
    assert_eq!((part.head.revision, part.columns.len()), (8, 501));
    assert!(asked.lock().unwrap()[2].starts_with("GET /v1/sites/acme.webex.example/roster HTTP"));
}

#[tokio::test]
async fn a_roster_that_never_comes_whole_is_told_apart_from_a_whole_one() {
    let short = lines(&(head(7, 500) + &users(0..300)));
    let nothing = lines(&head(7, 500));
    let (client, _) = canned(vec![short, nothing.clone(), nothing.clone(), nothing]).await;
    let error = client.whole_roster(SITE).await.unwrap_err();
    assert_eq!(error.code(), "unreachable");
    assert!(error.to_string().contains("300 of 500"), "{error}");
}

#[tokio::test]
async fn users_out_of_place_are_refused_at_once() {
    let gap = head(7, 500) + &users(0..3) + &users(4..5);
    let many = head(7, 2) + &users(0..3);
    let html = head(7, 2) + "<html>\n";
    for body in [gap, many, html] {
        let (client, asked) = canned(vec![lines(&body)]).await;
        let error = client.whole_roster(SITE).await.unwrap_err();
        assert_eq!(error.code(), "malformed_answer");
        assert_eq!(asked.lock().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn the_first_part_comes_before_the_end_and_the_last_one_is_complete() {
    let (client, _) = canned(vec![lines(&(head(7, 9000) + &users(0..9000)))]).await;
    let parts: Vec<Part> = client.roster(SITE).collect().await;
    let parts: Vec<RosterPart> = parts.into_iter().map(Result::unwrap).collect();
    assert!(parts.len() >= 2);
    assert!((FIRST..9000).contains(&parts[0].columns.len()));
    let complete = parts.iter().filter(|part| part.complete).count();
    assert_eq!((complete, parts.last().unwrap().columns.len()), (1, 9000));
}
