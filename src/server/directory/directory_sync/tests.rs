//! Rule U9 through the API: whom the sync blocks, why each, and the remedy to its end.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::server::fixture::{Answer, Fixture};

const SYNC: &str = "/v1/organizations/acme/directory-sync";

/// Ann is as spelled, Bob differs in case, Cid is absent, Dee is linked, Ian inactive, and Eve has
/// no usable address.
async fn world() -> Fixture {
    let world = Fixture::new().await;
    world.small_world().await;
    for address in [
        "ann@acme.example",
        "bob@acme.example",
        " cid@acme.example ",
        "dee@acme.example",
        "ian@acme.example",
        "nonsense",
    ] {
        world.user(1, address).await;
    }
    world
        .sql(
            "UPDATE organizations SET directory_sync = 1 WHERE id = 'acme';
             UPDATE sites SET method = 'receive_email' WHERE id = 1;
             UPDATE site_users SET link = 'linked' WHERE number = 3;
             UPDATE site_users SET active = 0 WHERE number = 4;
             INSERT INTO synced_directory (organization, spelling) VALUES
               ('acme', 'ann@acme.example'), ('acme', 'Bob@Acme.example');",
        )
        .await;
    world
}

async fn step(world: &Fixture, step: &str) -> Answer {
    world.send("POST", &format!("{SYNC}/{step}"), "fay", Value::Null).await
}

async fn outcomes(world: &Fixture) -> Vec<String> {
    let users = world.get("/v1/sites/acme.webex.example/users", "fay").await.json;
    let outcome = |user: &Value| user["outcome"].as_str().unwrap().to_owned();
    users["items"].as_array().unwrap().iter().map(outcome).collect()
}

#[tokio::test]
async fn u9_who_fails_is_listed_with_the_reason_and_both_spellings() {
    let world = world().await;
    let sync = world.get(SYNC, "rob").await.json;
    assert_eq!((&sync["failing"], &sync["absent"]), (&json!(2), &json!(1)));
    let users = world.get(&format!("{SYNC}/users"), "fay").await.json["items"].clone();
    let users = users.as_array().unwrap();
    assert_eq!(users.len(), 2);
    assert_eq!(users[0]["address"], "bob@acme.example");
    assert_eq!(users[0]["why"], "differs_in_case");
    assert_eq!(users[0]["in_directory"], "Bob@Acme.example");
    assert_eq!((&users[1]["why"], &users[1]["in_directory"]), (&json!("absent"), &Value::Null));
    let table = outcomes(&world).await;
    let blocked = |of: &str| table.iter().filter(|outcome| *outcome == of).count();
    assert_eq!(blocked("blocked_directory_sync"), 2, "the table says the same");
}

#[tokio::test]
async fn u9_the_list_pages_over_all_sites_without_a_gap() {
    let world = world().await;
    world.sql("UPDATE sites SET organization = 'acme', state = 'enrolled' WHERE id = 3").await;
    for n in 0..7 {
        world.user(3, &format!("new{n}@acme.example")).await;
    }
    let mut seen = Vec::new();
    let mut path = format!("{SYNC}/users?limit=2");
    loop {
        let page = world.get(&path, "fay").await.json;
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 2);
        seen.extend(items.iter().map(|item| (item["site"].clone(), item["number"].clone())));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("{SYNC}/users?limit=2&cursor={next}");
    }
    assert_eq!(seen.len(), 9);
    seen.dedup();
    assert_eq!(seen.len(), 9);
}

#[tokio::test]
async fn u9_steps_out_of_their_order_are_refused() {
    let world = world().await;
    for early in ["convert", "dry_run", "resume"] {
        assert_eq!(step(&world, early).await.code(), "sync_step", "{early}");
    }
    assert_eq!(step(&world, "pause").await.status, StatusCode::OK);
    assert_eq!(step(&world, "pause").await.code(), "sync_step");
    assert_eq!(step(&world, "resume").await.code(), "sync_step", "no dry-run yet");
    step(&world, "dry_run").await;
    step(&world, "convert").await;
    assert_eq!(step(&world, "resume").await.code(), "sync_step", "converted since the dry-run");
    assert_eq!(step(&world, "jump").await.status, StatusCode::NOT_FOUND);
    world.sql("UPDATE organizations SET directory_sync = 0 WHERE id = 'acme'").await;
    assert_eq!(step(&world, "dry_run").await.code(), "sync_step");
}

#[tokio::test]
async fn u9_a_paused_sync_blocks_nobody() {
    let world = world().await;
    step(&world, "pause").await;
    assert!(!outcomes(&world).await.contains(&"blocked_directory_sync".to_owned()));
    let sync = world.get(SYNC, "fay").await.json;
    assert_eq!((&sync["paused"], &sync["failing"]), (&json!(true), &json!(2)), "would still fail");
    let shown = world.get("/v1/organizations/acme", "fay").await.json;
    assert_eq!(shown["directory_sync_paused"], true, "{shown}");
    let listed = world.get("/v1/organizations", "fay").await.json;
    assert_eq!(listed["items"][0]["directory_sync_paused"], true, "{listed}");
}

#[tokio::test]
async fn u9_the_remedy_ends_with_nobody_blocked() {
    let world = world().await;
    let revision = world.get("/v1/sites/acme.webex.example", "fay").await.json["roster_revision"]
        .as_u64()
        .unwrap();
    step(&world, "pause").await;
    let converted = step(&world, "convert").await.json;
    assert_eq!(
        converted["steps"][1]["result"],
        json!({ "respelled": 1, "added": 1, "failing": 0 })
    );
    let users = world.get("/v1/sites/acme.webex.example/users", "fay").await.json;
    assert_eq!(users["items"][1]["address"], "Bob@Acme.example");
    let site = world.get("/v1/sites/acme.webex.example", "fay").await.json;
    assert_eq!(site["roster_revision"], revision + 1, "who holds the old spelling learns of it");
    let checked = step(&world, "dry_run").await.json;
    assert_eq!(checked["steps"][2]["result"], json!({ "respelled": 0, "added": 1, "failing": 0 }));
    assert_eq!(checked["directory"], 2, "a dry-run changes nothing");
    let done = step(&world, "resume").await.json;
    assert_eq!(
        (&done["paused"], &done["failing"], &done["directory"]),
        (&json!(false), &json!(0), &json!(3))
    );
    assert_eq!(done["steps"][3]["done_by"], "fay@acme.example");
    assert!(!outcomes(&world).await.contains(&"blocked_directory_sync".to_owned()));
    let audit = world.get("/v1/audit?organization=acme", "fay").await.json;
    let actions: Vec<_> =
        audit["items"].as_array().unwrap().iter().map(|e| e["action"].clone()).collect();
    for action in ["resumed", "dry_run", "converted", "paused"] {
        assert!(actions.contains(&json!(format!("directory_sync.{action}"))), "{action}");
    }
    // The next round begins with clean steps.
    let again = step(&world, "pause").await.json;
    assert_eq!(again["steps"][1]["done_at"], Value::Null);
}

#[tokio::test]
async fn u9_the_directory_can_be_told_through_the_api() {
    let world = world().await;
    let body = json!({ "on": true, "directory": ["bob@acme.example", " cid@acme.example", ""] });
    let sync = world.send("PUT", SYNC, "fay", body).await.json;
    assert_eq!((&sync["directory"], &sync["failing"]), (&json!(2), &json!(1)), "ann is out now");
    let off = world.send("PUT", SYNC, "fay", json!({ "on": false })).await.json;
    assert_eq!(
        (&off["directory"], &off["failing"], &off["on"]),
        (&json!(2), &json!(0), &json!(false))
    );
}
