//! Rules U7 and L12 through the API: who is added later, and what becomes of them.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use super::*;
use crate::server::fixture::{Answer, Fixture};

const SITE: &str = "/v1/sites/acme.webex.example";

/// A site with one user of old, its domain verified.
async fn world(setting: &str) -> Fixture {
    let world = Fixture::with(|options| options.test_clock = true).await;
    world.small_world().await;
    world.user(1, "old@acme.example").await;
    world
        .sql(
            "UPDATE sites SET roster_revision = 1, method = 'sign_agreement' WHERE id = 1;
             INSERT INTO domains (organization, name, state, token, added_at)
               VALUES ('acme', 'acme.example', 'verified', 't', 0);",
        )
        .await;
    if setting != "off" {
        set(&world, setting).await;
    }
    world
}

async fn set(world: &Fixture, setting: &str) -> Answer {
    let body = json!({ "setting": setting });
    world.send("PUT", &format!("{SITE}/account-linking"), "fay", body).await
}

async fn add(world: &Fixture, id: &str, address: &str) -> Answer {
    let body = json!({ "user_id": id, "address": address, "first_name": "New" });
    world.send("POST", &format!("{SITE}/users"), "sam", body).await
}

async fn state(world: &Fixture) -> Value {
    world.get(&format!("{SITE}/account-linking"), "fay").await.json
}

async fn import(world: &Fixture, file: String) -> Answer {
    let upload = Request::post(format!("{SITE}/imports"))
        .header("authorization", "Bearer sam")
        .header("content-type", "application/octet-stream")
        .body(Body::from(file))
        .unwrap();
    let preview = world.send_raw(upload).await;
    let id = preview.json["id"].as_str().unwrap();
    world.send("POST", &format!("{SITE}/imports/{id}/apply"), "sam", Value::Null).await
}

fn roster(users: std::ops::Range<u32>) -> String {
    let row = |n| format!("n{n},n{n}@oldcorp.example\n");
    format!("UserID,Email\n{}", users.map(row).collect::<String>())
}

#[tokio::test]
async fn u7_off_plans_nobody() {
    let world = world("off").await;
    let added = add(&world, "n1", "n1@acme.example").await;
    assert_eq!((added.status, &added.json["plan"]), (StatusCode::CREATED, &Value::Null));
    assert_eq!(state(&world).await["setting"], "off");
    let plan =
        world.send("POST", &format!("{SITE}/account-linking/plan"), "fay", Value::Null).await;
    assert_eq!(plan.code(), "account_linking_off");
}

#[tokio::test]
async fn u7_one_added_through_the_api_is_planned_by_the_setting_and_applied() {
    let world = world("receive_email").await;
    let added = add(&world, "n1", "n1@oldcorp.example").await.json;
    let plan = &added["plan"];
    assert_eq!((&plan["selected"], &plan["emails"]), (&json!(1), &json!(1)), "{added}");
    assert_eq!((&plan["applied_itself"], &plan["state"]), (&json!(true), &json!("applied")));
    let frozen =
        world.get(&format!("/v1/plans/{}", plan["id"].as_str().unwrap()), "fay").await.json;
    assert_eq!(
        (&frozen["method"], &frozen["basis"]),
        (&json!("receive_email"), &json!("account_linking"))
    );
    let run = world.get(&format!("/v1/runs/{}", plan["run"].as_str().unwrap()), "fay").await.json;
    assert_eq!(run["selected"], 1, "who was there before is not in it");
}

#[tokio::test]
async fn u7_verify_links_the_proven_and_holds_the_others() {
    let world = world("verify").await;
    add(&world, "n1", "n1@acme.example").await;
    let plan = add(&world, "n2", "n2@oldcorp.example").await.json["plan"]["id"].clone();
    let plan = world.get(&format!("/v1/plans/{}", plan.as_str().unwrap()), "fay").await.json;
    assert_eq!((&plan["method"], &plan["emails"]), (&json!("verify_now"), &json!(0)));
    assert_eq!(plan["outcomes"]["hold_unverified_domain"], 1);
    assert_eq!(plan["outcomes"]["link_now"], 1, "the run of the first is not worked on yet");
}

#[tokio::test]
async fn u7_only_a_plan_of_at_most_25_applies_itself() {
    let world = world("receive_email").await;
    let applied = import(&world, roster(0..25)).await.json;
    assert_eq!(applied["plan"]["applied_itself"], true, "{applied}");
    let world = self::world("receive_email").await;
    let waits = import(&world, roster(0..26)).await.json;
    assert_eq!(
        (&waits["plan"]["selected"], &waits["plan"]["state"]),
        (&json!(26), &json!("ready"))
    );
    assert_eq!(waits["plan"]["applied_itself"], false);
    let state = state(&world).await;
    assert_eq!((&state["added"], &state["open"]), (&json!(26), &json!(26)));
    assert_eq!(state["plan"]["id"], waits["plan"]["id"], "it waits for review");
    let told = async |who: &str| {
        let timers = world.get("/v1/timers", who).await.json["items"].clone();
        let mut kinds = timers.as_array().unwrap().iter().map(|timer| &timer["kind"]);
        kinds.any(|kind| kind == "plan_waiting")
    };
    assert!(told("fay").await, "home tells it to who can review it");
    for who in ["sam", "rob", "pat", "zoe"] {
        assert!(!told(who).await, "{who}");
    }
    let runs = world.get("/v1/runs", "fay").await.json;
    assert_eq!(runs["items"], json!([]));
    let apply = format!("/v1/plans/{}/apply", waits["plan"]["id"].as_str().unwrap());
    let run = world.send("POST", &apply, "fay", json!({ "count": 26 })).await;
    assert_eq!(run.status, StatusCode::ACCEPTED, "{run:?}");
    assert!(!told("fay").await, "it waits no more");
}

#[tokio::test]
async fn u7_users_added_before_the_setting_was_changed_are_not_meant() {
    let world = world("verify").await;
    import(&world, roster(0..3)).await;
    set(&world, "receive_email").await;
    assert_eq!(state(&world).await["added"], 0);
    let before = state(&world).await["changed_at"].clone();
    set(&world, "receive_email").await;
    assert_eq!(state(&world).await["changed_at"], before, "the same setting changes nothing");
    let plan =
        world.send("POST", &format!("{SITE}/account-linking/plan"), "fay", Value::Null).await;
    assert_eq!(plan.code(), "nobody_added");
    let added = add(&world, "n9", "n9@oldcorp.example").await.json;
    assert_eq!(added["plan"]["selected"], 1);
}

#[tokio::test]
async fn u7_a_plan_of_another_setting_is_stale_and_an_expired_one_is_made_anew() {
    let world = world("receive_email").await;
    let id = import(&world, roster(0..30)).await.json["plan"]["id"].clone();
    let apply = format!("/v1/plans/{}/apply", id.as_str().unwrap());
    set(&world, "verify").await;
    assert_eq!(world.send("POST", &apply, "fay", json!({})).await.code(), "plan_stale");
    set(&world, "off").await;
    assert_eq!(world.send("POST", &apply, "fay", json!({})).await.code(), "account_linking_off");
    set(&world, "receive_email").await;
    let id = import(&world, roster(30..60)).await.json["plan"]["id"].clone();
    world.send("POST", "/v1/clock/advance", "root", json!({ "seconds": 90_000 })).await;
    assert_eq!(state(&world).await["plan"]["state"], "expired");
    let path = format!("{SITE}/account-linking/plan");
    let anew = world.send("POST", &path, "fay", Value::Null).await.json;
    assert_ne!(anew["plan"]["id"], id);
    assert_eq!(anew["plan"]["state"], "ready", "made by hand, it waits whatever its size");
}

#[tokio::test]
async fn u7_a_crash_between_the_users_and_their_plan_is_made_up_for() {
    let world = world("receive_email").await;
    let new = json!({ "user_id": "n1", "address": "n1@oldcorp.example" });
    let viewer =
        crate::server::directory::Viewer { email: "sam@acme.example".into(), backend_admin: false };
    let new = serde_json::from_value(new).unwrap();
    world.backend.directory.add_user(&viewer, "acme.webex.example", &new).await.unwrap();
    assert_eq!(due(&world.backend).await.unwrap(), ["acme.webex.example"]);
    assert!(after_change(&world.backend, "acme.webex.example").await.is_some());
    assert!(due(&world.backend).await.unwrap().is_empty());
    assert!(after_change(&world.backend, "acme.webex.example").await.is_none(), "once");
}

#[tokio::test]
async fn u7_names_department_and_activation_are_synced_to_the_organization() {
    let world = world("off").await;
    world
        .sql(
            "UPDATE site_users SET link = 'linked' WHERE number = 0;
             INSERT INTO identities (email_key, organization) VALUES ('old@acme.example', 'acme')",
        )
        .await;
    let edit = json!({ "display_name": "Olaf Old", "department": "Legal", "active": false });
    let changed = world.send("PATCH", &format!("{SITE}/users/u0"), "sam", edit).await.json;
    let person = &changed["person"];
    assert_eq!(
        (&person["name"], &person["department"], &person["active"]),
        (&json!("Olaf Old"), &json!("Legal"), &json!(false))
    );
    // A column that is not in the file says nothing: nobody is activated by it.
    for (file, active) in [
        ("UserID,Email,Department\nu0,old@acme.example,Sales\n", false),
        ("UserID,Email,Department,Active\nu0,old@acme.example,Sales,Y\n", true),
    ] {
        import(&world, file.into()).await;
        let person = world.get(&format!("{SITE}/users/u0"), "fay").await.json["person"].clone();
        assert_eq!((&person["department"], &person["active"]), (&json!("Sales"), &json!(active)));
    }
}

#[tokio::test]
async fn u7_another_address_revokes_what_the_old_one_was_sent() {
    let world = world("off").await;
    world
        .sql(
            "INSERT INTO invitations (organization, address_key, invited_at, token_hash,
               token_expires_at) VALUES ('acme', 'old@acme.example', 9000000000000, 'h', 9000000000001)",
        )
        .await;
    let edit = json!({ "address": "new@acme.example" });
    let changed = world.send("PATCH", &format!("{SITE}/users/u0"), "fay", edit).await;
    assert_eq!(changed.json["user"]["address"], "new@acme.example");
    let hash: Option<String> = sqlx::query_scalar("SELECT token_hash FROM invitations")
        .fetch_one(&mut *world.backend.store.read().await.unwrap())
        .await
        .unwrap();
    assert_eq!(hash, None);
}

#[tokio::test]
async fn l0_a_user_id_is_there_once_and_fields_are_checked() {
    let world = world("off").await;
    assert_eq!(add(&world, "u0", "x@acme.example").await.code(), "exists");
    assert_eq!(add(&world, " ", "x@acme.example").await.json["field"], "user_id");
    let bad = add(&world, "n1", "not an address").await;
    assert_eq!(bad.status, StatusCode::CREATED, "a bad address is blocked by its outcome");
    assert_eq!(bad.json["user"]["outcome"], "blocked_bad_address");
    let none = world.get(&format!("{SITE}/users/nobody"), "fay").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn l12_the_preferred_site_is_the_one_that_was_linked_first() {
    let world = world("off").await;
    world.user(3, "old@acme.example").await;
    world.user(3, "alone@acme.example").await;
    world
        .sql(
            "UPDATE sites SET linked_at = 5000 WHERE id = 1;
             UPDATE sites SET organization = 'acme', state = 'enrolled', linked_at = 4000
               WHERE id = 3;
             UPDATE site_users SET link = 'linked' WHERE address_key = 'old@acme.example';",
        )
        .await;
    let user = world.get(&format!("{SITE}/users/u0"), "fay").await.json;
    assert_eq!(user["user"]["preferred_site"], "new.webex.example");
    assert_eq!(user["person"]["sites"], json!(["new.webex.example", "acme.webex.example"]));
    let listed = world.get("/v1/sites/new.webex.example/users", "fay").await.json;
    assert_eq!(listed["items"][0]["preferred_site"], "new.webex.example");
    assert_eq!(listed["items"][1]["preferred_site"], Value::Null, "not linked anywhere");
}
