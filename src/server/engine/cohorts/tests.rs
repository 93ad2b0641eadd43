//! Cohorts over the real routes: saved once, expanded at their revision, planned with.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::*;
use crate::server::fixture::Fixture;

const SITE: &str = "/v1/sites/acme.webex.example";

#[test]
fn section_5_names_are_compared_without_case() {
    assert_eq!(key(" PoC Wave 1 "), key("poc wave 1"));
    assert_eq!(key("Z\u{fc}rich"), key("Zu\u{308}rich"));
    assert_eq!(good_name(" PoC ").unwrap(), "PoC");
    for bad in ["", "  ", "a\nb", &"x".repeat(81)] {
        assert_eq!(good_name(bad).unwrap_err().problem.field.as_deref(), Some("name"));
    }
    assert!(good_name(&"ü".repeat(80)).is_ok());
}

#[tokio::test]
async fn section_5_a_cohort_is_who_it_was_when_saved() {
    let world = Fixture::new().await;
    world.small_world().await;
    world.sql("UPDATE sites SET method = 'receive_email', roster_revision = 1 WHERE id = 1").await;
    for n in 0..4 {
        world.user(1, &format!("p{n}@gmail.com")).await;
    }
    world.sql("UPDATE site_users SET link = 'linked' WHERE number = 2").await;
    let path = format!("{SITE}/cohorts/PoC%20wave%201");
    let save = |selection: Value| json!({ "selection": selection });
    let rest = world.send("PUT", &path, "fay", save(json!({ "kind": "rest" }))).await;
    assert_eq!((rest.status, &rest.json["users"]), (StatusCode::OK, &json!(3)), "{:?}", rest.json);
    world.user(1, "late@gmail.com").await;
    let shown = world.get(&format!("{SITE}/cohorts/poc%20WAVE%201"), "rob").await.json;
    assert_eq!((&shown["numbers"], &shown["name"]), (&json!("0-1,3"), &json!("PoC wave 1")));
    let selection = json!({ "selection": { "kind": "cohort", "name": "poc wave 1" } });
    let plan = world.send("POST", &format!("{SITE}/plans"), "fay", selection).await;
    assert_eq!(plan.json["selected"], 3, "who joined later is never in");
    let only = save(json!({ "kind": "only", "revision": 1, "numbers": "0" }));
    assert_eq!(world.send("PUT", &path, "fay", only).await.json["users"], 1, "in its place");
    let other = format!("{SITE}/cohorts/another");
    world.send("PUT", &other, "fay", save(json!({ "kind": "all" }))).await;
    let list = world.get(&format!("{SITE}/cohorts?limit=1"), "fay").await.json;
    assert_eq!(list["items"][0]["name"], "another");
    let next = list["next"].as_str().unwrap();
    let list = world.get(&format!("{SITE}/cohorts?cursor={next}"), "fay").await.json;
    assert_eq!((&list["items"][0]["name"], list.get("next")), (&json!("PoC wave 1"), None));
    for _ in 0..2 {
        let gone = world.send("DELETE", &path, "fay", Value::Null).await;
        assert_eq!(gone.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(world.get(&path, "fay").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn i9_cohorts_are_for_those_who_may() {
    let world = Fixture::new().await;
    world.small_world().await;
    let path = format!("{SITE}/cohorts/poc");
    let nobody = json!({ "selection": { "kind": "all" } });
    let refused = world.send("PUT", &path, "fay", nobody).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "a cohort of nobody is none");
    world.user(1, "ada@gmail.com").await;
    let body = json!({ "selection": { "kind": "all" } });
    assert_eq!(world.send("PUT", &path, "fay", body.clone()).await.status, StatusCode::OK);
    for (who, write, read) in [
        ("rob", 403, 200),
        ("pat", 403, 200),
        ("sam", 403, 200),
        ("root", 403, 403),
        ("zoe", 404, 404),
    ] {
        assert_eq!(
            world.send("PUT", &path, who, body.clone()).await.status.as_u16(),
            write,
            "{who}"
        );
        let removed = world.send("DELETE", &path, who, Value::Null).await;
        assert_eq!(removed.status.as_u16(), write, "{who}");
        assert_eq!(world.get(&path, who).await.status.as_u16(), read, "{who}");
        let list = world.get(&format!("{SITE}/cohorts"), who).await;
        assert_eq!(list.status.as_u16(), read, "{who}");
    }
    let long = format!("{SITE}/cohorts/{}", "x".repeat(81));
    assert_eq!(world.send("PUT", &long, "fay", body).await.json["field"], "name");
}
