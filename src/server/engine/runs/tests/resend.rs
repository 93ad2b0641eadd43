//! A mail that may have been sent and is to be sent again: where the second does not go out, the first
//! may have gone still.

use serde_json::{Value, json};

use super::control::unknown;
use super::{Act, Phase, Stage, text};

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

    /// It is again what it was before a human said to send it again, and says why.
    async fn may_have_gone_still(&self, run: &str, first: &Value, why: &str) {
        let item = &self.items(run).await[0];
        assert_eq!((&item["state"], &item["message_id"]), (&json!("unknown"), first), "{item}");
        let told = format!("a second mail did not go out ({why}");
        assert!(text(&item["reason"]).starts_with(&told), "{item}");
        assert_eq!(self.outcomes().await["already_invited"], 1, "no machine sends it again");
        self.nobody_is_left().await;
    }

    async fn message_id(&self, run: &str) -> Value {
        self.items(run).await[0]["message_id"].clone()
    }

    /// Whether the link of the mail with this number may be answered.
    async fn is_open(&self, mail: usize) -> bool {
        let token = self.sink.taken()[mail].token();
        self.page("GET", &token, "").await.status.as_u16() == 200
    }
}

#[tokio::test]
async fn u4_a_resend_that_was_cancelled_leaves_the_first_as_it_was() {
    let (stage, id) = unknown(true).await;
    let first = stage.message_id(&id).await;
    stage.sink.at(Phase::Mail, Act::Say("421 4.3.2 down".into()));
    stage.resend(&id).await;
    stage.act(&id, "cancel", Value::Null).await;
    let run = stage.until(&id, |run| run["in_flight"] == 0).await;
    let counts = (&run["state"], &run["unknown"], &run["not_processed"]);
    assert_eq!(counts, (&json!("cancelled"), &json!(1), &json!(0)));
    stage.may_have_gone_still(&id, &first, "cancelled").await;
    // And a human may say so once more.
    stage.sink.script(|_, _| Act::Go);
    stage.resend(&id).await;
    let run = stage.until_state(&id, "done").await;
    assert_eq!((&run["emailed"], stage.sink.taken().len()), (&json!(1), 2));
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
async fn u4_a_resend_to_somebody_who_changed_leaves_the_first_as_it_was() {
    const AWAY: &str = "UPDATE site_users SET address = 'lee@gmail.com',
                          address_key = 'lee@gmail.com'";
    const BACK: &str = "UPDATE site_users SET address = 'kim@gmail.com',
                          address_key = 'kim@gmail.com'";
    for (change, undo) in
        [(AWAY, BACK), ("UPDATE site_users SET active = 0", "UPDATE site_users SET active = 1")]
    {
        let (mut stage, id) = unknown(true).await;
        let first = stage.message_id(&id).await;
        stage.kill().await;
        stage.resend(&id).await;
        stage.world.sql(change).await;
        stage.start();
        let run = stage.until_state(&id, "done").await;
        assert_eq!((&run["unknown"], stage.sink.taken().len()), (&json!(1), 1), "{change}");
        if change == AWAY {
            let plan = stage.plan(json!({ "kind": "all" })).await;
            let counts = (&plan["outcomes"]["email_consumer"], &plan["second_invitations"]);
            assert_eq!(counts, (&json!(1), &json!(0)), "the fact is the old address's: {plan}");
        }
        stage.world.sql(undo).await;
        stage.may_have_gone_still(&id, &first, "changed").await;
    }
}

#[tokio::test]
async fn u4_a_resend_that_was_refused_leaves_the_first_as_it_was_and_its_link() {
    let (stage, id) = unknown(true).await;
    let first = stage.message_id(&id).await;
    stage.sink.at(Phase::Rcpt, Act::Say("550 5.1.1 no such user".into()));
    stage.resend(&id).await;
    let run = stage.until_state(&id, "done").await;
    let counts = (&run["unknown"], &run["failed"], stage.sink.taken().len());
    assert_eq!(counts, (&json!(1), &json!(0), 1));
    stage.may_have_gone_still(&id, &first, "550 5.1.1 no such user").await;
    assert!(stage.is_open(0).await, "what may have arrived works");
    assert_eq!(
        stage.act(&id, "retry", Value::Null).await.code(),
        "run_state",
        "a human resolves it"
    );
}

#[tokio::test]
async fn u6_the_first_mails_link_works_until_the_second_is_taken() {
    let (stage, id) = unknown(true).await;
    // The second hangs behind its dot, then may have gone too: either may be the one that came.
    stage.sink.at(Phase::Dot, Act::Close { stored: true });
    stage.resend(&id).await;
    stage.until(&id, |run| run["unknown"] == 1 && run["state"] == "done").await;
    assert!(stage.is_open(0).await && stage.is_open(1).await);
    stage.sink.at(Phase::Dot, Act::Gate);
    stage.resend(&id).await;
    stage.sink.dots(3).await;
    assert!(stage.is_open(0).await && stage.is_open(1).await, "nobody knows of the third yet");
    stage.sink.open_gate();
    stage.until(&id, |run| run["emailed"] == 1).await;
    let open = (stage.is_open(0).await, stage.is_open(1).await, stage.is_open(2).await);
    assert_eq!(open, (false, false, true));
}

#[tokio::test]
async fn u6_who_answers_the_first_mail_before_the_second_has_left_gets_none() {
    let (mut stage, id) = unknown(true).await;
    stage.kill().await;
    stage.resend(&id).await;
    let token = stage.sink.taken()[0].token();
    stage.page("POST", &token, "action=confirm").await;
    stage.start();
    let run = stage.until_state(&id, "done").await;
    assert_eq!((&run["emailed"], stage.sink.taken().len()), (&json!(1), 1));
    assert_eq!(stage.items(&id).await[0]["reason"], "the person has answered");
}
