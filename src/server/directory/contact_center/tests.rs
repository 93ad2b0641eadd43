//! Rule T7 over the routes: who begins what, when it is ready, and what goes wrong.

use std::time::Duration;

use serde_json::{Value, json};

use super::jobs::end_due;
use crate::server::fixture::Fixture;

const CARD: &str = "/v1/organizations/acme/contact-center";
const SET_UP: &str = "/v1/organizations/acme/contact-center/set-up";

async fn world() -> Fixture {
    let world = Fixture::new().await;
    world.small_world().await;
    world
        .sql(
            "UPDATE organizations SET country = 'DE' WHERE id = 'acme';
             INSERT INTO organization_services (organization, service, quantity)
               VALUES ('acme', 'contact_center', 5);",
        )
        .await;
    world
}

async fn set_up(world: &Fixture, who: &str) -> Value {
    let answer = world.send("POST", SET_UP, who, json!({})).await;
    assert_eq!(answer.status, 202, "{:?}", answer.json);
    answer.json
}

fn states(card: &Value) -> [&str; 3] {
    ["contact_center", "voice", "chat"].map(|part| card[part]["state"].as_str().unwrap())
}

/// What the backend does by itself as time passes.
async fn later(world: &Fixture, seconds: u64) -> Value {
    world.backend.clock.advance(Duration::from_secs(seconds));
    end_due(&world.directory()).await.unwrap();
    world.get(CARD, "pat").await.json
}

#[tokio::test]
async fn t7_a_partners_press_enables_voice_and_chat_waits_for_the_customer() {
    let world = world().await;
    let card = world.get(CARD, "pat").await.json;
    assert_eq!(card["country"], "DE", "the trial's or order's country");
    assert_eq!(card["would_begin"], json!(["contact_center", "voice"]));
    let begun = set_up(&world, "pat").await;
    assert_eq!(states(&begun), ["under_way", "under_way", "not_started"]);
    let half = later(&world, 30).await;
    assert_eq!(states(&half), ["under_way", "under_way", "not_started"]);
    assert!((50..60).contains(&half["contact_center"]["progress"].as_u64().unwrap()), "{half}");
    assert_eq!(states(&later(&world, 31).await), ["ready", "under_way", "not_started"]);
    let ready = later(&world, 30).await;
    assert_eq!(states(&ready), ["ready", "ready", "not_started"]);
    assert_eq!((&ready["would_begin"], &ready["may_begin_chat"]), (&json!([]), &json!(false)));

    let again = world.send("POST", SET_UP, "pat", json!({})).await;
    assert_eq!((again.status.as_u16(), again.code()), (409, "nothing_to_set_up"));
    assert!(again.json["remedy"].as_str().unwrap().contains("full admin"));

    assert_eq!(world.get(CARD, "fay").await.json["would_begin"], json!(["chat"]));
    assert_eq!(states(&set_up(&world, "fay").await), ["ready", "ready", "under_way"]);
    assert_eq!(states(&later(&world, 31).await), ["ready", "ready", "ready"]);
    let done = world.send("POST", SET_UP, "fay", json!({})).await;
    assert_eq!(done.code(), "nothing_to_set_up");
}

#[tokio::test]
async fn t7_the_customers_own_press_enables_voice_and_chat() {
    let world = world().await;
    let begun = set_up(&world, "fay").await;
    assert_eq!(states(&begun), ["under_way", "under_way", "under_way"]);
    assert_eq!(begun["chat"]["started_by"], "fay@acme.example");
    // One jump over all of it: each part ended at its own time.
    let ready = later(&world, 30 * 86_400).await;
    assert_eq!(states(&ready), ["ready", "ready", "ready"]);
    assert!(ready["voice"]["ended_at"].as_str() > ready["contact_center"]["ended_at"].as_str());
    let audit = world.get("/v1/audit", "fay").await.json;
    let ends = audit["items"].as_array().unwrap().iter();
    assert_eq!(ends.filter(|entry| entry["action"] == "contact_center.ready").count(), 3);
}

#[tokio::test]
async fn t7_a_failure_has_its_reason_and_is_tried_again() {
    let world = world().await;
    world
        .sql("INSERT INTO contact_centers (organization, trouble) VALUES ('acme', 'No room.')")
        .await;
    set_up(&world, "fay").await;
    let failed = later(&world, 120).await;
    assert_eq!(states(&failed), ["failed", "failed", "failed"]);
    assert_eq!(failed["contact_center"]["reason"], "No room.");
    assert!(failed["voice"]["reason"].as_str().unwrap().contains("Contact Center itself"));
    assert_eq!(failed["would_begin"], json!(["contact_center", "voice"]), "as pat sees it");
    assert_eq!(states(&set_up(&world, "pat").await), ["under_way", "under_way", "failed"]);
    assert_eq!(states(&later(&world, 120).await), ["ready", "ready", "failed"]);
    set_up(&world, "fay").await;
    assert_eq!(states(&later(&world, 120).await), ["ready", "ready", "ready"]);
}

#[tokio::test]
async fn t7_the_country_of_operation_can_be_chosen_once() {
    let world = world().await;
    let bad = world.send("POST", SET_UP, "pat", json!({ "country": "Atlantis" })).await;
    assert_eq!((bad.code(), &bad.json["field"]), ("invalid", &json!("country")));
    let begun = world.send("POST", SET_UP, "pat", json!({ "country": "Japan" })).await.json;
    assert_eq!(begun["country"], "JP");
    let moved = world.send("POST", SET_UP, "fay", json!({ "country": "DE" })).await;
    assert_eq!((moved.code(), &moved.json["field"]), ("invalid", &json!("country")));
    let same = world.send("POST", SET_UP, "fay", json!({ "country": "jp" })).await;
    assert_eq!(same.status, 202, "{:?}", same.json);
}

#[tokio::test]
async fn t7_who_watches_is_told_when_a_part_changes() {
    let world = world().await;
    let revision = set_up(&world, "pat").await["revision"].as_u64().unwrap();
    let path = format!("{CARD}?after={}&wait=60", revision - 1);
    let at_once = world.get(&path, "fay").await.json;
    assert_eq!(at_once["revision"].as_u64(), Some(revision));
    let wait = world.get(&format!("{CARD}?after={revision}&wait=61"), "fay").await;
    assert_eq!((wait.code(), &wait.json["field"]), ("invalid", &json!("wait")));
}

#[tokio::test]
async fn t7_what_the_plan_lacks_is_not_set_up_by_anybody() {
    let world = world().await;
    world.sql("UPDATE organization_services SET service = 'messaging'").await;
    for who in ["pat", "fay"] {
        let card = world.get(CARD, who).await.json;
        assert_eq!((&card["in_plan"], &card["would_begin"]), (&json!(false), &json!([])), "{who}");
        let refused = world.send("POST", SET_UP, who, json!({})).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (409, "not_in_plan"), "{who}");
    }
    assert_eq!(states(&later(&world, 3_600).await), ["not_started"; 3]);
}
