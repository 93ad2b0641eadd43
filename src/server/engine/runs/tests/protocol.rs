//! The send protocol's fence: what a late or dead worker may and may not do (F5, I1, I7, I8).

use std::sync::Arc;

use serde_json::json;

use super::Stage;
use crate::server::engine::runs::driver::{Driver, test_driver};
use crate::server::engine::runs::intent::{Claim, Intent, claim, intend};
use crate::server::engine::runs::rows::Item;
use crate::server::engine::runs::{record, recovery};
use crate::server::nodes::real_now;
use crate::server::post::Delivery;

impl Stage {
    /// A driver in our hands, and what it has claimed of a run.
    async fn claimed(&self, run: &str) -> (Driver, Vec<Item>) {
        let driver = test_driver(Arc::clone(&self.world.backend), run).await;
        let Claim::Items(items) = claim(&driver).await.unwrap() else { panic!("no items") };
        (driver, items)
    }

    async fn intended(&self, run: &str) -> (Driver, Intent) {
        let (driver, items) = self.claimed(run).await;
        let intents = intend(&driver, &items).await.unwrap().unwrap();
        (driver, intents.into_iter().next().unwrap())
    }

    /// Lets all nodes die, as time would.
    async fn nodes_die(&self) {
        self.world.sql("UPDATE nodes SET beat_until = 1").await;
        recovery::reap(&self.world.backend).await.unwrap();
    }
}

async fn one_run() -> (Stage, String) {
    let stage = Stage::with_users(&["kim@gmail.com"]).await;
    let id = stage.invite_all().await;
    (stage, id)
}

#[tokio::test]
async fn f5_a_worker_that_lost_its_claim_cannot_begin() {
    let (stage, id) = one_run().await;
    let (zombie, items) = stage.claimed(&id).await;
    stage.nodes_die().await;
    assert_eq!(stage.state(&id, "u0").await, "queued");
    assert!(intend(&zombie, &items).await.unwrap().unwrap().is_empty());
    let (_, taken_over) = stage.claimed(&id).await;
    assert_eq!(taken_over.len(), 1);
    assert!(intend(&zombie, &items).await.unwrap().unwrap().is_empty(), "the epoch does not fit");
    assert_eq!(stage.state(&id, "u0").await, "claimed");
}

#[tokio::test]
async fn f5_a_node_about_to_die_allows_no_intent() {
    let (stage, id) = one_run().await;
    let (driver, items) = stage.claimed(&id).await;
    let soon = real_now() + 5_000;
    stage.world.sql(&format!("UPDATE nodes SET beat_until = {soon}")).await;
    assert!(intend(&driver, &items).await.unwrap().unwrap().is_empty());
    assert_eq!(stage.state(&id, "u0").await, "claimed");
}

#[tokio::test]
async fn i7_a_silent_worker_leaves_unknown_and_may_still_report_that_it_was_sent() {
    let (stage, id) = one_run().await;
    let (late, intent) = stage.intended(&id).await;
    assert_eq!(stage.run(&id).await["in_flight"], 1);
    stage.nodes_die().await;
    assert_eq!(stage.run(&id).await["unknown"], 1);
    assert_eq!(stage.outcomes().await["already_invited"], 1);
    let resend = json!({ "user": "u0", "how": "resend" });
    assert_eq!(stage.act(&id, "resolve", resend).await.code(), "run_state", "it may be alive");
    record::record(&late, &intent, &Delivery::Deferred("421 later".into())).await;
    assert_eq!(stage.state(&id, "u0").await, "unknown", "only that it was accepted");
    record::record(&late, &intent, &Delivery::Accepted("250 ok".into())).await;
    assert_eq!(stage.state(&id, "u0").await, "accepted");
    assert_eq!(stage.outcomes().await["already_invited"], 1);
    stage.world.backend.clock.advance(std::time::Duration::from_hours(8 * 24));
    assert_eq!(stage.outcomes().await["email_consumer"], 1, "not unknown any more");
}

#[tokio::test]
async fn i7_another_attempts_report_does_not_fit() {
    let (stage, id) = one_run().await;
    let (driver, intent) = stage.intended(&id).await;
    let other = Intent { attempt: intent.attempt + 1, ..intent.clone() };
    record::record(&driver, &other, &Delivery::Accepted("250 ok".into())).await;
    assert_eq!(stage.state(&id, "u0").await, "sending");
    let later = test_driver(Arc::clone(&stage.world.backend), &id).await;
    record::record(&later, &intent, &Delivery::Accepted("250 ok".into())).await;
    assert_eq!(stage.state(&id, "u0").await, "sending", "nor does another worker's");
}

#[tokio::test]
async fn i8_a_new_process_takes_up_what_the_last_one_left() {
    let stage = Stage::with_users(&["kim@gmail.com", "lee@gmail.com"]).await;
    let id = stage.invite_all().await;
    let (driver, items) = stage.claimed(&id).await;
    intend(&driver, &items[..1]).await.unwrap().unwrap();
    recovery::recover(&stage.world.backend).await.unwrap();
    assert_eq!(stage.state(&id, "u0").await, "unknown");
    assert_eq!(stage.state(&id, "u1").await, "queued");
    let mut stage = stage;
    stage.start();
    let run = stage.until_state(&id, "done").await;
    assert_eq!((&run["unknown"], &run["emailed"]), (&json!(1), &json!(1)));
    assert_eq!((stage.sink.count("kim@gmail.com"), stage.sink.count("lee@gmail.com")), (0, 1));
    let resend = json!({ "user": "u0", "how": "resend" });
    assert_eq!(stage.act(&id, "resolve", resend).await.status.as_u16(), 200, "it is surely dead");
}

#[tokio::test]
async fn pausing_frees_claims_before_any_intent() {
    let (stage, id) = one_run().await;
    let (driver, items) = stage.claimed(&id).await;
    stage.act(&id, "pause", serde_json::Value::Null).await;
    assert_eq!(stage.state(&id, "u0").await, "queued");
    assert!(intend(&driver, &items).await.unwrap().is_none(), "a paused run");
    stage.act(&id, "resume", serde_json::Value::Null).await;
    assert!(intend(&driver, &items).await.unwrap().unwrap().is_empty(), "the claim is gone");
}

#[tokio::test]
async fn i16_links_are_hashed_at_rest() {
    let (stage, id) = one_run().await;
    let (_, intent) = stage.intended(&id).await;
    let token = intent.mail.text.split("/i/").nth(1).unwrap().split_whitespace().next().unwrap();
    assert!(token.len() >= 52, "{token}");
    let mut conn = stage.world.backend.store.read().await.unwrap();
    let stored: String = sqlx::query_scalar("SELECT token_hash FROM invitations")
        .fetch_one(&mut *conn)
        .await
        .unwrap();
    assert_eq!(stored, crate::server::store::hash_secret(token));
}
