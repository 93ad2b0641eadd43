//! What operators do to runs, and what runs do by themselves: pause, breaker, retry, resolve.

use serde_json::{Value, json};

use super::{Act, Phase, Stage, text};
use crate::server::fixture::Fixture;

/// Mails that are on their way at once.
const AT_ONCE: usize = 6;

impl Stage {
    /// Waits until the first item says this, and the run is not at work on it.
    async fn until_reason(&self, run: &str, reason: &str) {
        let mut bell = self.world.backend.runs.listen();
        while self.items(run).await[0]["reason"] != reason {
            bell.changed().await.unwrap();
        }
    }
}

#[tokio::test]
async fn s1_a_deferred_mail_is_tried_again_with_a_fresh_link() {
    let mut stage = Stage::with_users(&["kim@gmail.com"]).await;
    let first = std::sync::atomic::AtomicBool::new(true);
    stage.sink.script(move |phase, _| {
        let first = phase == Phase::Rcpt && first.swap(false, std::sync::atomic::Ordering::SeqCst);
        if first { Act::Say("451 4.7.1 greylisted".into()) } else { Act::Go }
    });
    stage.start();
    let id = stage.invite_all().await;
    stage.until_reason(&id, "451 4.7.1 greylisted").await;
    stage.due().await;
    let run = stage.until_state(&id, "done").await;
    assert_eq!((&run["emailed"], stage.sink.taken().len()), (&json!(1), 1));
    let items = stage.items(&id).await;
    assert_eq!(items[0]["message_id"], format!("{id}.0.2@hublink.example"), "the second attempt");
    let page = stage.world.get(&format!("/i/{}", stage.sink.taken()[0].token()), "").await;
    assert_eq!(page.status.as_u16(), 200);
}

#[tokio::test]
async fn s1_a_refused_mail_fails_and_can_be_retried_alone() {
    let mut stage = Stage::with_users(&["kim@gmail.com", "lee@gmail.com"]).await;
    stage.sink.script(|phase, to| match (phase, to) {
        (Phase::Rcpt, "kim@gmail.com") => Act::Say("550 5.1.1 no \u{1b}[2Jsuch user".into()),
        _ => Act::Go,
    });
    stage.start();
    let id = stage.invite_all().await;
    let early = stage.act(&id, "retry", Value::Null).await;
    assert_eq!(early.code(), "run_state", "a run that is not over");
    let run = stage.until_state(&id, "done").await;
    assert_eq!((&run["failed"], &run["emailed"]), (&json!(1), &json!(1)));
    let items = stage.items(&id).await;
    let reason = text(&items[0]["reason"]);
    assert!(reason.starts_with("550 5.1.1 no") && !reason.contains('\u{1b}'), "i12: {reason}");
    stage.sink.script(|_, _| Act::Go);
    let plan = stage.act(&id, "retry", Value::Null).await;
    assert_eq!((plan.status.as_u16(), &plan.json["selected"]), (201, &json!(1)));
    let again = stage.apply(&plan.json).await;
    stage.until_state(&again, "done").await;
    assert_eq!(stage.sink.count("kim@gmail.com"), 1);
    assert_eq!(stage.sink.count("lee@gmail.com"), 1, "nobody else");
    assert_eq!(stage.act(&again, "retry", Value::Null).await.code(), "run_state");
}

#[tokio::test]
async fn s4_a_server_that_takes_nothing_now_slows_a_run_down_and_nobodys_tries_are_used_up() {
    let mut stage = Stage::new().await;
    for n in 0..60 {
        stage.world.user(1, &format!("p{n}@gmail.com")).await;
    }
    stage.sink.at(Phase::Mail, Act::Say("421 4.7.28 slow down".into()));
    stage.start();
    let id = stage.invite_all().await;
    let slow = |run: &Value| run["trouble"].is_string() && run["in_flight"] == 0;
    let run = stage.until(&id, slow).await;
    assert!(text(&run["trouble"]).contains("421 4.7.28 slow down"), "{run}");
    assert_eq!(run["state"], "running");
    assert_eq!((&run["not_processed"], &run["failed"]), (&json!(60), &json!(0)));
    assert!(stage.sink.connections() < 30, "it stopped early: {}", stage.sink.connections());
    stage.sink.script(|_, _| Act::Go);
    let run = stage.until_state(&id, "done").await;
    assert_eq!((&run["emailed"], stage.sink.taken().len()), (&json!(60), 60));
    let attempts: i64 = stage.row("SELECT max(attempt) FROM run_items").await;
    assert_eq!(attempts, 1);
}

#[tokio::test]
async fn s4_what_a_human_must_mend_pauses_the_run_with_the_cause() {
    let mut stage = Stage::with_users(&["kim@gmail.com", "lee@gmail.com"]).await;
    stage.sink.at(Phase::Mail, Act::Say("550 5.7.1 sender not allowed".into()));
    stage.start();
    let id = stage.invite_all().await;
    let paused = |run: &Value| run["state"] == "paused" && run["in_flight"] == 0;
    let run = stage.until(&id, paused).await;
    assert!(text(&run["trouble"]).contains("550 5.7.1 sender not allowed"), "{run}");
    assert_eq!((&run["not_processed"], &run["failed"]), (&json!(2), &json!(0)), "nobody's fault");
    stage.sink.script(|_, _| Act::Go);
    stage.act(&id, "resume", Value::Null).await;
    assert_eq!(stage.until_state(&id, "done").await["emailed"], 2);
}

#[tokio::test]
async fn u6_a_decline_that_comes_while_the_mail_is_sent_wins() {
    let mut stage = Stage::with_users(&["kim@gmail.com"]).await;
    stage.sink.at(Phase::Dot, Act::GateClose);
    stage.start();
    let id = stage.invite_all().await;
    stage.sink.dots(1).await;
    let token = stage.sink.taken()[0].token();
    assert_eq!(stage.page("POST", &token, "action=decline").await.status.as_u16(), 200);
    // The connection breaks after all: the relay's reply never comes.
    stage.sink.open_gate();
    let run = stage.until_state(&id, "done").await;
    assert_eq!((&run["emailed"], &run["unknown"]), (&json!(1), &json!(0)), "{run}");
    assert_eq!(stage.outcomes().await["declined"], 1);
}

#[tokio::test]
async fn without_a_mail_server_a_run_pauses_and_says_so() {
    let world = Fixture::new().await;
    world.small_world().await;
    world.sql("UPDATE sites SET method = 'receive_email' WHERE id = 1").await;
    world.user(1, "kim@gmail.com").await;
    let sink = super::Sink::start();
    let mut stage = Stage { world, sink };
    stage.start();
    let id = stage.invite_all().await;
    let run = stage.until_state(&id, "paused").await;
    assert!(text(&run["trouble"]).contains("--smtp"), "{run}");
    assert_eq!((&run["not_processed"], &run["failed"]), (&json!(1), &json!(0)));
    let resumed = stage.act(&id, "resume", Value::Null).await;
    assert_eq!((resumed.status.as_u16(), resumed.code()), (409, "run_state"));
    assert!(text(&resumed.json["remedy"]).contains("--smtp"), "{resumed:?}");
    assert_eq!(stage.run(&id).await, run, "it is as it was, and says why");
    let timers = stage.world.get("/v1/timers", "fay").await.json;
    let timer = &timers["items"][0];
    assert_eq!((&timer["kind"], &timer["urgency"]), (&json!("run_paused"), &json!("overdue")));
    assert!(text(&timer["meaning"]).contains("No mail server is configured"), "{timer}");
    assert!(text(&timer["remedy"]).starts_with("Resume it"), "{timer}");
}

#[tokio::test]
async fn pausing_takes_effect_before_the_next_mail() {
    let mut stage = Stage::new().await;
    for n in 0..30 {
        stage.world.user(1, &format!("p{n}@gmail.com")).await;
    }
    stage.sink.at(Phase::Dot, Act::Gate);
    stage.start();
    let id = stage.invite_all().await;
    stage.sink.dots(AT_ONCE).await;
    let paused = stage.act(&id, "pause", Value::Null).await;
    assert_eq!((&paused.json["state"], paused.status.as_u16()), (&json!("paused"), 200));
    stage.sink.open_gate();
    let run = stage.until(&id, |run| run["in_flight"] == 0).await;
    assert_eq!((&run["emailed"], &run["not_processed"]), (&json!(AT_ONCE), &json!(30 - AT_ONCE)));
    assert_eq!(stage.sink.taken().len(), AT_ONCE, "only what was in flight");
    stage.act(&id, "resume", Value::Null).await;
    let run = stage.until_state(&id, "done").await;
    assert_eq!((&run["emailed"], stage.sink.taken().len()), (&json!(30), 30));
    for verb in ["pause", "resume", "cancel"] {
        assert_eq!(stage.act(&id, verb, Value::Null).await.code(), "run_state", "{verb}");
    }
}

#[tokio::test]
async fn a_cancelled_run_leaves_the_rest_not_processed() {
    let mut stage = Stage::new().await;
    for n in 0..30 {
        stage.world.user(1, &format!("p{n}@gmail.com")).await;
    }
    stage.sink.at(Phase::Dot, Act::Gate);
    stage.start();
    let id = stage.invite_all().await;
    stage.sink.dots(AT_ONCE).await;
    stage.act(&id, "cancel", Value::Null).await;
    stage.sink.open_gate();
    let run = stage.until(&id, |run| run["in_flight"] == 0).await;
    assert_eq!((&run["state"], &run["emailed"]), (&json!("cancelled"), &json!(AT_ONCE)));
    let items = stage.items(&id).await;
    let left = items.iter().filter(|item| item["state"] == "not_processed").count();
    assert_eq!((left, stage.sink.taken().len()), (30 - AT_ONCE, AT_ONCE));
    assert!(items.iter().all(|item| item["state"] != "queued"));
    let again = stage.act(&id, "cancel", Value::Null).await;
    assert_eq!(again.status.as_u16(), 200, "once more is the same");
    let plan = stage.act(&id, "retry", Value::Null).await;
    assert_eq!(plan.json["selected"], 30 - AT_ONCE);
}

/// A run whose one mail was stored or not, the reply never coming.
pub(super) async fn unknown(stored: bool) -> (Stage, String) {
    let mut stage = Stage::with_users(&["kim@gmail.com"]).await;
    stage.sink.at(Phase::Dot, Act::Close { stored });
    stage.start();
    let id = stage.invite_all().await;
    let run = stage.until_state(&id, "done").await;
    assert_eq!((&run["unknown"], &run["in_flight"]), (&json!(1), &json!(0)));
    stage.sink.script(|_, _| Act::Go);
    (stage, id)
}

#[tokio::test]
async fn i7_an_unknown_mail_is_never_sent_again_by_a_machine() {
    let (mut stage, id) = unknown(true).await;
    assert_eq!(stage.outcomes().await["already_invited"], 1);
    let again = stage.invite_all().await;
    assert_eq!(stage.until_state(&again, "done").await["skipped"], 1);
    assert_eq!(stage.act(&id, "retry", Value::Null).await.code(), "run_state");
    stage.kill().await;
    stage.start();
    stage.world.backend.clock.advance(std::time::Duration::from_hours(30 * 24));
    assert_eq!(stage.outcomes().await["already_invited"], 1, "not even a month later");
    assert_eq!((stage.state(&id, "u0").await.as_str(), stage.sink.taken().len()), ("unknown", 1));
}

#[tokio::test]
async fn i7_retry_says_that_a_human_resolves_an_unknown_mail() {
    let (stage, id) = unknown(true).await;
    let refused = stage.act(&id, "retry", Value::Null).await;
    assert_eq!(refused.code(), "run_state");
    let remedy = text(&refused.json["remedy"]);
    let command = format!("hublink invite resolve {id} --user USER_ID");
    assert!(remedy.contains(&command) && !remedy.contains("by itself"), "{remedy}");
    stage.act(&id, "resolve", json!({ "user": "u0", "how": "sent" })).await;
    let refused = stage.act(&id, "retry", Value::Null).await;
    assert_eq!(refused.json["remedy"], "There is nothing to retry.");
}

#[tokio::test]
async fn an_operator_says_that_it_was_sent() {
    let (stage, id) = unknown(true).await;
    let missing = stage.act(&id, "resolve", json!({ "user": "u9", "how": "sent" })).await;
    assert_eq!(missing.code(), "run_state");
    let resolved = stage.act(&id, "resolve", json!({ "user": "u0", "how": "sent" })).await;
    assert_eq!((&resolved.json["emailed"], &resolved.json["unknown"]), (&json!(1), &json!(0)));
    assert_eq!(stage.outcomes().await["already_invited"], 1);
    stage.world.backend.clock.advance(std::time::Duration::from_hours(7 * 24 + 1));
    assert_eq!(stage.outcomes().await["email_consumer"], 1, "pending for seven days, like any");
    let again = stage.act(&id, "resolve", json!({ "user": "u0", "how": "resend" })).await;
    assert_eq!(again.code(), "run_state", "it is not unknown any more");
}

#[tokio::test]
async fn an_operator_says_to_send_it_again() {
    let (stage, id) = unknown(false).await;
    let resolved = stage.act(&id, "resolve", json!({ "user": "u0", "how": "resend" })).await;
    assert_eq!(resolved.json["state"], "running");
    let run = stage.until_state(&id, "done").await;
    assert_eq!((&run["emailed"], stage.sink.taken().len()), (&json!(1), 1));
    let audit: Vec<String> = {
        let mut conn = stage.world.backend.store.read().await.unwrap();
        sqlx::query_scalar("SELECT action FROM audit WHERE actor = 'fay@acme.example'")
            .fetch_all(&mut *conn)
            .await
            .unwrap()
    };
    assert!(audit.iter().any(|action| action == "invitation.resolved_resend"), "{audit:?}");
}
