//! A mail that may have been sent and is to be sent again: until the second one leaves, the first
//! one stays a fact of its address.

use serde_json::{Value, json};

use super::control::unknown;
use super::{Act, Phase, Stage};

impl Stage {
    async fn resend(&self, run: &str) {
        let resolved = self.act(run, "resolve", json!({ "user": "u0", "how": "resend" })).await;
        assert_eq!(resolved.json["state"], "running", "{:?}", resolved.json);
    }

    /// The next mail is a second invitation, and only to somebody who is asked for by name.
    async fn was_invited_before(&self) {
        let plan = self.plan(json!({ "kind": "all" })).await;
        let counts = (&plan["outcomes"]["email_consumer"], &plan["second_invitations"]);
        assert_eq!(counts, (&json!(1), &json!(1)), "u4: {plan}");
        self.nobody_is_left().await;
    }
}

#[tokio::test]
async fn u4_a_resend_that_was_cancelled_leaves_the_first_invitation() {
    let (stage, id) = unknown(true).await;
    stage.sink.at(Phase::Mail, Act::Say("421 4.3.2 down".into()));
    stage.resend(&id).await;
    stage.act(&id, "cancel", Value::Null).await;
    let run = stage.until(&id, |run| run["in_flight"] == 0).await;
    assert_eq!((&run["state"], &run["not_processed"]), (&json!("cancelled"), &json!(1)));
    stage.was_invited_before().await;
}

#[tokio::test]
async fn u4_a_resend_that_a_crash_kept_back_leaves_the_first_invitation() {
    let (mut stage, id) = unknown(true).await;
    stage.kill().await;
    stage.resend(&id).await;
    stage.was_invited_before().await;
    stage.begin(&stage.process()).await;
    stage.was_invited_before().await;
    stage.start();
    let run = stage.until_state(&id, "done").await;
    assert_eq!((&run["emailed"], stage.sink.taken().len()), (&json!(1), 2), "a human said so");
    assert_eq!(stage.outcomes().await["already_invited"], 1, "row 10: the second one is pending");
}

#[tokio::test]
async fn u4_a_resend_to_somebody_who_changed_leaves_the_first_invitation() {
    const AWAY: &str = "UPDATE site_users SET address = 'lee@gmail.com',
                          address_key = 'lee@gmail.com'";
    const BACK: &str = "UPDATE site_users SET address = 'kim@gmail.com',
                          address_key = 'kim@gmail.com'";
    for (change, undo) in
        [(AWAY, BACK), ("UPDATE site_users SET active = 0", "UPDATE site_users SET active = 1")]
    {
        let (mut stage, id) = unknown(true).await;
        stage.kill().await;
        stage.resend(&id).await;
        stage.world.sql(change).await;
        stage.start();
        let run = stage.until_state(&id, "done").await;
        assert_eq!((&run["not_processed"], stage.sink.taken().len()), (&json!(1), 1), "{change}");
        if change == AWAY {
            let plan = stage.plan(json!({ "kind": "all" })).await;
            assert_eq!(plan["second_invitations"], 0, "the fact is the old address's: {plan}");
        }
        stage.world.sql(undo).await;
        stage.was_invited_before().await;
    }
}

#[tokio::test]
async fn u4_a_resend_that_was_refused_leaves_the_first_invitation() {
    let (stage, id) = unknown(true).await;
    stage.sink.at(Phase::Rcpt, Act::Say("550 5.1.1 no such user".into()));
    stage.resend(&id).await;
    let run = stage.until_state(&id, "done").await;
    assert_eq!((&run["failed"], stage.sink.taken().len()), (&json!(1), 1));
    stage.was_invited_before().await;
}
