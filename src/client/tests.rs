//! The client against a server of a few canned answers, over a real socket.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::api::call::Request;
use crate::api::demo::{Advance, AdvanceClock, Clock, ShowClock};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::run::WatchRun;

/// Answers each connection with the next canned text, and keeps what was asked.
pub async fn canned<A>(answers: Vec<A>) -> (Client, Arc<Mutex<Vec<String>>>)
where
    A: AsRef<[u8]> + Send + Sync + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    tokio::spawn(async move {
        for answer in answers {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut text = Vec::new();
            let mut piece = [0; 4096];
            while !text.windows(4).any(|w| w == b"\r\n\r\n") {
                let n = socket.read(&mut piece).await.unwrap();
                text.extend_from_slice(&piece[..n]);
            }
            seen.lock().unwrap().push(String::from_utf8(text).unwrap());
            socket.write_all(answer.as_ref()).await.unwrap();
        }
    });
    let retry = RetryPolicy { base: Duration::ZERO, ..RetryPolicy::default() };
    let endpoint = Endpoint::parse(&url, false).unwrap();
    let client = Client::new(endpoint, &Options { retry, ..Options::default() }).unwrap();
    (client.with_token(Some(&Secret::new("s3cret"))).unwrap(), asked)
}

pub fn answer(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
}

fn clock() -> String {
    let body = r#"{"now":"2026-03-01T09:00:00Z","may_advance":true}"#;
    answer("200 OK", "content-type: application/json\r\n", body)
}

fn header<'a>(asked: &'a str, name: &str) -> Option<&'a str> {
    asked.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

fn clock_asked() -> Request {
    ShowClock::call(Nothing, Nothing, Nothing)
}

#[tokio::test]
async fn a_read_carries_the_token_and_no_key() {
    let (client, asked) = canned(vec![clock()]).await;
    assert!(client.ask::<Clock>(&clock_asked()).await.is_ok());
    let asked = asked.lock().unwrap();
    assert!(asked[0].starts_with("GET /v1/clock HTTP/1.1\r\n"));
    assert_eq!(header(&asked[0], "authorization"), Some("Bearer s3cret"));
    assert_eq!(header(&asked[0], "idempotency-key"), None);
    assert!(header(&asked[0], "user-agent").unwrap().starts_with("hublink/"));
    assert_eq!(header(&asked[0], "referer"), None);
}

#[tokio::test]
async fn not_now_is_tried_again_with_the_same_key() {
    let busy = answer("503 Service Unavailable", "retry-after: 0\r\n", "");
    let (client, asked) = canned(vec![busy.clone(), busy, clock()]).await;
    let advance = AdvanceClock::call(Nothing, Nothing, Advance { seconds: 1 });
    assert!(client.send(&advance, None).await.is_ok());
    let asked = asked.lock().unwrap();
    let keys: Vec<_> =
        asked.iter().map(|asked| header(asked, "idempotency-key").unwrap()).collect();
    assert_eq!(keys.len(), 3);
    assert_eq!(keys[0].len(), 32);
    assert!(keys.iter().all(|key| *key == keys[0]));
}

#[tokio::test]
async fn an_own_key_is_kept() {
    let (client, asked) = canned(vec![clock()]).await;
    let advance = AdvanceClock::call(Nothing, Nothing, Advance { seconds: 1 });
    client.send(&advance, Some("mine")).await.unwrap();
    assert_eq!(header(&asked.lock().unwrap()[0], "idempotency-key"), Some("mine"));
}

#[tokio::test]
async fn a_failure_or_a_broken_answer_is_not_tried_again() {
    for bad in [answer("500 Internal Server Error", "", "oh"), "HTTP/1.1 200 OK\r\n".to_owned()] {
        let (client, asked) = canned(vec![bad, clock()]).await;
        assert!(client.send(&clock_asked(), None).await.is_err());
        assert_eq!(asked.lock().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_problem_is_read_as_one() {
    let body = r#"{"title":"Not found","status":404,"code":"not_found","detail":"gone","remedy":"look","request_id":"r1"}"#;
    let text = answer("404 Not Found", "content-type: application/problem+json\r\n", body);
    let (client, _) = canned(vec![text]).await;
    let error = client.send(&clock_asked(), None).await.unwrap_err();
    assert_eq!(error.code(), "not_found");
}

#[tokio::test]
async fn what_no_backend_answers_is_told_with_the_url_but_never_followed() {
    let html = answer("200 OK", "content-type: text/html\r\n", "<h1>Log in to the hotel</h1>");
    let moved = answer("302 Found", "location: https://evil.example/\r\n", "");
    let gateway = answer("404 Not Found", "content-type: text/html\r\n", "<h1>nginx</h1>");
    let garbled = answer("200 OK", "content-type: application/json\r\n", "{\"now\":1}");
    for (text, want) in [
        (html, "text/html"),
        (moved, "redirects"),
        (gateway, "answered 404"),
        (garbled, "/v1/clock"),
    ] {
        let (client, _) = canned(vec![text]).await;
        let error = client.send(&clock_asked(), None).await.unwrap_err();
        assert_eq!(error.code(), "malformed_answer");
        let shown = error.to_string();
        assert!(shown.contains(want) && shown.contains("http://127.0.0.1"), "{shown}");
        assert!(!shown.contains('\x1b') && !shown.contains("s3cret"));
    }
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let retry = RetryPolicy { attempts: 1, ..RetryPolicy::default() };
    let options = Options { retry, ..Options::default() };
    let client = Client::new(Endpoint::parse(&url, false).unwrap(), &options).unwrap();
    let error = client.send(&clock_asked(), None).await.unwrap_err();
    assert_eq!(error.code(), "unreachable");
}

#[test]
fn a_token_with_a_line_break_is_refused_and_none_is_ever_shown() {
    let endpoint = Endpoint::parse("http://127.0.0.1:1", false).unwrap();
    let client = Client::new(endpoint, &Options::default()).unwrap();
    assert!(client.with_token(Some(&Secret::new("a\r\nb"))).is_err());
    let client = client.with_token(Some(&Secret::new("s3cret"))).unwrap();
    assert!(!format!("{:?}", client.bearer).contains("s3cret"));
}

#[test]
fn a_long_poll_outlasts_its_wait() {
    use crate::api::run::WatchQuery;
    let watch = |wait| WatchRun::call("run".into(), WatchQuery { after: Some(1), wait }, Nothing);
    assert_eq!(patience(&watch(Some(60))), Duration::from_secs(70));
    assert_eq!(patience(&watch(None)), SILENCE);
}

#[tokio::test]
async fn i16_what_goes_to_this_machine_goes_by_no_proxy() {
    let (direct, asked) = canned(vec![clock()]).await;
    let (_, proxied) = canned(vec![clock()]).await;
    // Nobody listens there: a request by the proxy would fail.
    let options = Options { proxy: Some("http://127.0.0.1:9".to_owned()), ..Options::default() };
    let client = Client::new(direct.endpoint().clone(), &options).unwrap();
    let client = client.with_token(Some(&Secret::new("s3cret"))).unwrap();
    assert!(client.send(&clock_asked(), None).await.is_ok());
    assert_eq!(asked.lock().unwrap().len(), 1);
    assert!(proxied.lock().unwrap().is_empty());
}

#[tokio::test]
async fn section_8_a_write_that_is_not_answered_may_have_been_done() {
    let advance = AdvanceClock::call(Nothing, Nothing, Advance { seconds: 1 });
    let broken = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{";
    let page = answer("200 OK", "content-type: text/html\r\n", "<h1>hotel</h1>");
    for lost in [String::new(), broken.to_owned(), page, answer("500 Oh", "", "")] {
        let (client, _) = canned(vec![lost.clone()]).await;
        let told = client.send(&advance, None).await;
        assert!(matches!(told, Err(ApiError::Unanswered(_))), "{lost:?}: {told:?}");
        let (client, _) = canned(vec![lost.clone()]).await;
        let told = client.send(&clock_asked(), None).await;
        assert!(!matches!(told, Err(ApiError::Unanswered(_))), "a question: {told:?}");
    }
    let elsewhere = answer("302 Found", "location: /x\r\n", "");
    let (client, _) = canned(vec![elsewhere]).await;
    let told = client.send(&advance, None).await;
    assert!(matches!(told, Err(ApiError::Malformed(_))), "sent elsewhere: {told:?}");
}

#[tokio::test]
async fn section_8_a_write_that_is_being_done_is_asked_again_with_its_key() {
    let busy = answer("409 Conflict", "retry-after: 0\r\n", "");
    let (client, asked) = canned(vec![busy, clock()]).await;
    let advance = AdvanceClock::call(Nothing, Nothing, Advance { seconds: 1 });
    assert!(client.send(&advance, Some("mine")).await.is_ok());
    let asked = asked.lock().unwrap();
    assert!(asked.iter().all(|asked| header(asked, "idempotency-key") == Some("mine")));
    assert_eq!(asked.len(), 2);
}
