//! What is known of each route holds on the real routes: its row, its body's size, its silence in
//! the log (issue 6, point 2).

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes};
use axum::http::Request;
use serde_json::{Value, json};

use super::roles;
use crate::api::call::Method;
use crate::api::route::{JSON, Route, routes};
use crate::server::fixture::{Fixture, ROOT};

fn name(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Patch => "PATCH",
        Method::Delete => "DELETE",
    }
}

fn is_of_the_demo(route: &Route) -> bool {
    route.path.starts_with("/v1/demo/")
}

fn is_page(route: &Route) -> bool {
    ["/i/", "/connect/", "/welcome", "/reset"].iter().any(|page| route.path.starts_with(page))
}

#[test]
fn issue_6_every_route_has_its_row() {
    let (_, served) = super::super::api().into_parts();
    let named = |route: &Route| format!("{} {}", name(route.method), route.path);
    let answered: Vec<String> = served.iter().map(|about| named(&about.route)).collect();
    let once: BTreeSet<&String> = answered.iter().collect();
    assert_eq!(once.len(), answered.len(), "no endpoint is answered by two: {answered:?}");
    let document = crate::server::router::openapi();
    let mut documented = BTreeSet::new();
    let mut files = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let route = format!("{} {path}", method.to_uppercase());
            let body = &operation["requestBody"]["content"];
            if body.get("application/octet-stream").is_some() {
                files.insert(route.clone());
            }
            documented.insert(route);
        }
    }
    let rows = || routes().filter(|route| !is_page(route) && !is_of_the_demo(route));
    assert_eq!(answered.into_iter().collect::<BTreeSet<_>>(), rows().map(named).collect());
    assert_eq!(documented, rows().map(named).collect(), "an impl in api each");
    assert_eq!(files, rows().filter(|route| route.file).map(named).collect());
}

#[tokio::test]
async fn issue_6_every_body_may_be_as_large_as_its_row_says() {
    let world = Fixture::new().await;
    for route in routes().filter(|route| route.method != Method::Get) {
        if is_of_the_demo(route) || (route.most == JSON && route.path.contains("/sites/")) {
            continue;
        }
        let kind = if route.file { "application/octet-stream" } else { "application/json" };
        for (size, refused) in [(route.most, false), (route.most + 1, true)] {
            let request = Request::builder()
                .method(name(route.method))
                .uri(route.path.replace(['{', '}'], ""))
                .header("content-type", kind)
                .header("authorization", format!("Bearer {ROOT}"));
            let body = Body::from(Bytes::from(vec![b' '; size]));
            let answer = world.send_raw(request.body(body).unwrap()).await;
            let at = format!("{size} bytes to {}: {answer:?}", route.path);
            assert_eq!(answer.status == 413, refused, "{at}");
            assert!(answer.status != 408 && answer.status.as_u16() < 500, "{at}");
            if route.path == "/v1/sessions/current" {
                break;
            }
        }
    }
}

#[tokio::test]
async fn section_8_no_route_takes_a_list_for_an_object() {
    let document = crate::server::router::openapi();
    let world = roles::world().await;
    let mut asked = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let body = &operation["requestBody"]["content"]["application/json"]["schema"];
            if body.is_null() {
                continue;
            }
            // Of somebody who may, and of what is there: that is asked first.
            let route = format!("{} {path}", method.to_uppercase());
            let row = roles::rows::table().into_iter().find(|row| row.route == route);
            let who = row.as_ref().and_then(|row| row.may.split(' ').next()).unwrap_or("fay");
            let path = path.replace(['{', '}'], "");
            let path = row.as_ref().map_or(path.as_str(), |row| row.path);
            for list in [json!([]), json!([1, "a", null]), json!([{ "a": 1 }])] {
                let answer = world.send(&method.to_uppercase(), path, who, list).await;
                let at = format!("{method} {path}: {answer:?}");
                assert_eq!((answer.status.as_u16(), answer.code()), (400, "malformed"), "{at}");
                assert!(at.contains("is a list; it has to be an object"), "{at}");
                asked += 1;
            }
        }
    }
    assert!(asked > 60, "{asked}");
    let trial = json!({ "selection": ["all"] });
    let plan = "/v1/sites/acme.webex.example/plans";
    let answer = world.send("POST", plan, "fay", trial).await;
    assert_eq!((answer.code(), &answer.json["field"]), ("malformed", &json!("selection")));
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn i16_no_line_of_the_log_has_a_secret_of_any_route() {
    let world = Fixture::new().await;
    world.small_world().await;
    // The place of the log line is known from here on; found first by another test, in whose thread
    // nobody listens, it would be silent for good.
    world.get("/healthz", "").await;
    let log = Log::default();
    let writer = log.clone();
    let lines = tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false);
    let guard = tracing::subscriber::set_default(lines.finish());
    // Another test may be at finding it this very moment, and find nobody.
    for _ in 0..100 {
        tracing::callsite::rebuild_interest_cache();
        world.get("/healthz", "").await;
        if !log.0.lock().unwrap().is_empty() {
            break;
        }
    }
    for route in routes() {
        let path = route.path.replace("{token}", "s3cr3t").replace("{code}", "s3cr3t");
        for path in [path.clone(), format!("{path}/x"), format!("/{path}?code=s3cr3t")] {
            world.send(name(route.method), &path, "s3cr3t", Value::Null).await;
        }
    }
    drop(guard);
    let lines = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(lines.lines().count() >= routes().count() * 3, "{lines}");
    assert!(lines.contains("path=\"/connect/{code}\""), "{lines}");
    let told: Vec<&str> = lines.lines().filter(|line| line.contains("s3cr3t")).collect();
    assert!(told.is_empty(), "{told:?}");
}
