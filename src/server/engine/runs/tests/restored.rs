//! A restored database: its runs wait for a human's word on which mails to trust (promise I1).

use serde_json::{Value, json};

use super::{Stage, text};
use crate::server::engine::runs;

async fn restored(stage: &Stage) -> String {
    let id = stage.invite_all().await;
    // Its window may have been in the outbox.
    stage.fed(&id).await;
    let mut tx = stage.world.backend.store.begin().await.unwrap();
    assert_eq!(runs::hold(&mut tx).await.unwrap(), 1);
    tx.commit().await.unwrap();
    id
}

#[tokio::test]
async fn i1_a_run_of_a_restored_database_sends_nothing_until_a_human_says_which_mails_to_trust() {
    let mut stage = Stage::with_users(&["kim@gmail.com", "lee@gmail.com"]).await;
    let id = restored(&stage).await;
    stage.start();
    let run = stage.run(&id).await;
    assert_eq!((&run["state"], &run["not_processed"]), (&json!("paused"), &json!(2)));
    assert!(text(&run["trouble"]).contains("restored"), "{run}");
    let resumed = stage.act(&id, "resume", Value::Null).await;
    assert_eq!((resumed.status.as_u16(), resumed.code()), (409, "run_state"));
    assert!(text(&resumed.json["remedy"]).contains("--after-restore"), "{resumed:?}");
    // They may have gone: each is for a human, and nobody is mailed by a later plan.
    let doubted = stage.act(&id, "resume-restored", json!({ "mails": "unknown" })).await;
    assert_eq!(doubted.json["unknown"], 2, "{doubted:?}");
    let run = stage.until_state(&id, "done").await;
    assert_eq!((&run["unknown"], stage.sink.taken().len()), (&json!(2), 0));
    assert_eq!(stage.plan(json!({ "kind": "all" })).await["emails"], 0);
    let resend = json!({ "user": "u0", "how": "resend" });
    assert_eq!(stage.act(&id, "resolve", resend).await.status.as_u16(), 200);
    let sent = json!({ "user": "u1", "how": "sent" });
    assert_eq!(stage.act(&id, "resolve", sent).await.status.as_u16(), 200);
    let run = stage.until_state(&id, "done").await;
    assert_eq!((&run["emailed"], stage.sink.taken().len()), (&json!(2), 1));
    let again = stage.act(&id, "resume-restored", json!({ "mails": "unknown" })).await;
    assert_eq!(again.code(), "run_state");
}

#[tokio::test]
async fn i1_where_surely_nothing_was_sent_since_the_run_goes_on() {
    let mut stage = Stage::with_users(&["kim@gmail.com", "lee@gmail.com"]).await;
    let id = restored(&stage).await;
    stage.start();
    stage.act(&id, "resume-restored", json!({ "mails": "not_sent" })).await;
    let run = stage.until_state(&id, "done").await;
    assert_eq!((&run["emailed"], &run["trouble"]), (&json!(2), &Value::Null));
}

#[tokio::test]
async fn i1_before_that_word_no_other_run_begins_and_no_plan_outlives_the_restore() {
    let stage = Stage::with_users(&["kim@gmail.com", "lee@gmail.com"]).await;
    let waiting = stage.plan(json!({ "kind": "all" })).await;
    let id = restored(&stage).await;
    let apply = async |plan: &Value| {
        let path = format!("/v1/plans/{}/apply", text(&plan["id"]));
        stage.world.send("POST", &path, "fay", json!({})).await
    };
    assert_eq!(apply(&waiting).await.code(), "plan_expired", "it may have been applied since");
    // Who waits in the run counts as not invited: another plan would mail them once more.
    let other = stage.plan(json!({ "kind": "rest" })).await;
    let refused = apply(&other).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "run_state"));
    assert!(text(&refused.json["remedy"]).contains(&id), "{refused:?}");
    stage.act(&id, "resume-restored", json!({ "mails": "not_sent" })).await;
    assert_eq!(apply(&other).await.status.as_u16(), 202);
}
