//! The send protocol as a run has it: what a late or dead worker may and may not do to its items (F5,
//! I1, I7, I8). The fence itself is the outbox's, and tested there.

use serde_json::{Value, json};

use super::{Phase, Stage};
use crate::server::engine::runs::driver::Driver;
use crate::server::engine::runs::feed::{Fed, feed};
use crate::server::engine::runs::invitations::Invitations;
use crate::server::engine::runs::rows;
use crate::server::nodes;
use crate::server::post::Post;
use crate::server::post::smtp::sink::Act;
use crate::server::stop::Stop;

impl Stage {
    /// A run that is at work, with no driver but this.
    pub(super) async fn driven(&self, id: &str) -> Driver {
        self.world.sql("UPDATE runs SET state = 'running' WHERE state = 'queued'").await;
        let mut conn = self.world.backend.store.read().await.unwrap();
        let run = rows::load(&mut conn, id).await.unwrap();
        Driver { backend: self.world.backend.clone(), run }
    }

    /// Its window is filled.
    pub(super) async fn fed(&self, id: &str) {
        assert!(matches!(feed(&self.driven(id).await).await.unwrap(), Fed::Waits(_)));
    }

    /// The outbox as another process has it.
    pub(super) fn process(&self) -> Post {
        let backend = &self.world.backend;
        Post::new(backend.store.clone(), &backend.options, Stop::default()).unwrap()
    }

    pub(super) async fn begin(&self, post: &Post) {
        post.begin(&[&Invitations(&self.world.backend)]).await.unwrap();
    }

    pub(super) async fn send(&self, post: &Post) {
        post.send_due(&[&Invitations(&self.world.backend)], &Stop::default()).await.unwrap();
    }

    async fn nodes_die(&self) {
        self.world.sql("UPDATE nodes SET beat_until = 1").await;
    }
}

async fn one_run() -> (Stage, String) {
    let stage = Stage::with_users(&["kim@gmail.com"]).await;
    let id = stage.invite_all().await;
    (stage, id)
}

#[tokio::test]
async fn a_run_feeds_a_window_never_all() {
    let stage = Stage::new().await;
    for n in 0..450 {
        stage.world.user(1, &format!("p{n}@gmail.com")).await;
    }
    let id = stage.invite_all().await;
    stage.fed(&id).await;
    let inside = "SELECT count(*) FROM outbox WHERE queue = 'invitations'";
    assert_eq!(stage.row(inside).await, 200);
    stage.fed(&id).await;
    assert_eq!(stage.row(inside).await, 200, "it is full");
    let taken = "UPDATE run_items SET state = 'accepted' WHERE state = 'claimed' AND number < 101;
                 DELETE FROM outbox WHERE id IN (SELECT mail FROM run_items WHERE number < 101)";
    stage.world.sql(taken).await;
    stage.fed(&id).await;
    assert_eq!(stage.row(inside).await, 200);
    assert_eq!(stage.run(&id).await["emailed"], 101);
}

#[tokio::test]
async fn i1_nothing_of_a_mail_that_was_taken_stays_in_the_outbox() {
    let mut stage = Stage::with_users(&["kim@gmail.com", "lee@gmail.com"]).await;
    stage.sink.script(|phase, to| match (phase, to) {
        (Phase::Rcpt, "lee@gmail.com") => Act::Say("550 no such user".into()),
        _ => Act::Go,
    });
    stage.start();
    let id = stage.invite_all().await;
    stage.until_state(&id, "done").await;
    assert_eq!(stage.row("SELECT count(*) FROM outbox").await, 0);
    assert_eq!(stage.row("SELECT count(*) FROM sending").await, 0);
}

#[tokio::test]
async fn i7_a_silent_worker_leaves_unknown_and_may_still_report_that_it_was_sent() {
    for taken in [false, true] {
        let (stage, id) = one_run().await;
        let (late, next) = (stage.process().shared(), stage.process().shared());
        stage.begin(&late).await;
        stage.fed(&id).await;
        stage.sink.at(Phase::Dot, if taken { Act::Gate } else { Act::GateClose });
        let mut sending = Box::pin(stage.send(&late));
        tokio::select! {
            () = &mut sending => panic!("the mail server waits"),
            () = stage.sink.dots(1) => {}
        }
        assert_eq!(stage.run(&id).await["in_flight"], 1);
        stage.nodes_die().await;
        stage.begin(&next).await;
        assert_eq!(stage.run(&id).await["unknown"], 1);
        assert_eq!(stage.outcomes().await["already_invited"], 1);
        let resend = json!({ "user": "u0", "how": "resend" });
        assert_eq!(stage.act(&id, "resolve", resend).await.code(), "run_state", "it may be alive");
        stage.sink.open_gate();
        sending.await;
        let state = if taken { "accepted" } else { "unknown" };
        assert_eq!(stage.state(&id, "u0").await, state, "only that it was accepted");
        assert_eq!(stage.outcomes().await["already_invited"], 1);
        if taken {
            stage.world.backend.clock.advance(std::time::Duration::from_hours(8 * 24));
            assert_eq!(stage.outcomes().await["email_consumer"], 1, "not unknown any more");
        }
    }
}

#[tokio::test]
async fn i7_a_late_word_on_a_mail_that_is_sent_again_fits_no_more() {
    let (stage, id) = one_run().await;
    let (late, next) = (stage.process().shared(), stage.process().shared());
    stage.begin(&late).await;
    stage.fed(&id).await;
    stage.sink.at(Phase::Dot, Act::Gate);
    let mut sending = Box::pin(stage.send(&late));
    tokio::select! {
        () = &mut sending => panic!("the mail server waits"),
        () = stage.sink.dots(1) => {}
    }
    stage.nodes_die().await;
    stage.begin(&next).await;
    stage.world.sql("UPDATE run_items SET lease_until = 1").await;
    let resend = json!({ "user": "u0", "how": "resend" });
    assert_eq!(stage.act(&id, "resolve", resend).await.status.as_u16(), 200);
    stage.sink.open_gate();
    sending.await;
    assert_eq!(stage.state(&id, "u0").await, "queued", "a human said to send it again");
}

#[tokio::test]
async fn i8_a_new_process_takes_up_what_the_last_one_left() {
    let mut stage = Stage::with_users(&["kim@gmail.com", "lee@gmail.com"]).await;
    let id = stage.invite_all().await;
    let last = stage.process();
    stage.begin(&last).await;
    stage.fed(&id).await;
    // The one is on its way when the process ends, the other only claimed.
    stage
        .world
        .sql(
            "UPDATE outbox SET state = 'claimed', claim = (SELECT max(epoch) FROM nodes)
              WHERE recipient = 'lee@gmail.com'",
        )
        .await;
    stage.sink.at(Phase::Dot, Act::Hang);
    tokio::select! {
        () = stage.send(&last) => panic!("the mail server hangs"),
        () = stage.sink.dots(1) => {}
    }
    nodes::end_all(&stage.world.backend.store).await.unwrap();
    stage.sink.script(|_, _| Act::Go);
    stage.begin(&stage.process()).await;
    assert_eq!(stage.state(&id, "u0").await, "unknown");
    stage.start();
    let run = stage.until_state(&id, "done").await;
    assert_eq!((&run["unknown"], &run["emailed"]), (&json!(1), &json!(1)));
    assert_eq!((stage.sink.count("kim@gmail.com"), stage.sink.count("lee@gmail.com")), (0, 1));
    let resend = json!({ "user": "u0", "how": "resend" });
    assert_eq!(stage.act(&id, "resolve", resend).await.status.as_u16(), 200, "it is surely dead");
}

#[tokio::test]
async fn pausing_takes_the_window_out_of_the_outbox_before_any_intent() {
    let (stage, id) = one_run().await;
    stage.fed(&id).await;
    assert_eq!(stage.state(&id, "u0").await, "claimed");
    stage.act(&id, "pause", Value::Null).await;
    assert_eq!(stage.state(&id, "u0").await, "queued");
    let post = stage.process();
    stage.begin(&post).await;
    stage.send(&post).await;
    assert_eq!((stage.sink.connections(), stage.state(&id, "u0").await.as_str()), (0, "queued"));
    stage.act(&id, "resume", Value::Null).await;
    stage.fed(&id).await;
    stage.send(&post).await;
    assert_eq!(stage.state(&id, "u0").await, "accepted");
}

#[tokio::test]
async fn a_crash_says_nothing_of_the_mail_server() {
    let stage = Stage::new().await;
    for n in 0..12 {
        stage.world.user(1, &format!("p{n}@gmail.com")).await;
    }
    let id = stage.invite_all().await;
    stage.fed(&id).await;
    // All of them were on their way when the process ended.
    stage
        .world
        .sql(
            "UPDATE outbox SET state = 'sending', attempt = 1;
             UPDATE run_items SET state = 'sending', attempt = 1",
        )
        .await;
    stage.begin(&stage.process()).await;
    let run = stage.run(&id).await;
    assert_eq!((&run["unknown"], &run["state"]), (&json!(12), &json!("running")), "{run}");
}

#[tokio::test]
async fn i16_links_are_hashed_at_rest() {
    let (mut stage, id) = one_run().await;
    stage.start();
    stage.until_state(&id, "done").await;
    let token = stage.sink.taken()[0].token();
    assert!(token.len() >= 52, "{token}");
    let mut conn = stage.world.backend.store.read().await.unwrap();
    let stored: String = sqlx::query_scalar("SELECT token_hash FROM invitations")
        .fetch_one(&mut *conn)
        .await
        .unwrap();
    assert_eq!(stored, crate::server::store::hash_secret(&token));
}
