//! Crashes at every step of the protocol (F1): the worker is dropped after so many steps, a new one
//! recovers and goes on, and the mail server's own record is compared with the database.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use serde_json::json;

use super::{Act, Phase, Stage, text};
use crate::server::engine::runs::driver;
use crate::server::engine::runs::invitations::Invitations;
use crate::server::nodes;
use crate::server::post::Post;
use crate::server::stop::Stop;

/// A future that is dropped after it was polled so often, as a crash would.
struct Crash<F> {
    inner: Pin<Box<F>>,
    polls: usize,
}

impl<F: Future> Future for Crash<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == 0 {
            return Poll::Ready(None);
        }
        self.polls -= 1;
        self.inner.as_mut().poll(cx).map(Some)
    }
}

/// Works on a run as one process does: its driver, and the outbox's worker beside it.
async fn work(stage: &Stage, post: &Post, run: &str) {
    stage.begin(post).await;
    let sending = async {
        loop {
            let letters = Invitations(&stage.world.backend);
            let due = post.send_due(&[&letters], &Stop::default()).await.unwrap();
            tokio::select! {
                () = stage.world.backend.post.rung() => {}
                () = tokio::time::sleep(due) => {}
            }
        }
    };
    tokio::select! {
        done = driver::drive(Arc::clone(&stage.world.backend), run.to_owned()) => done.unwrap(),
        () = sending => {}
    }
}

/// Works on a run and breaks off after so many polls; answers whether it came to its end.
async fn drive_and_crash(stage: &Stage, run: &str, polls: usize) -> bool {
    let post = stage.process();
    let inner = Box::pin(work(stage, &post, run));
    pin!(Crash { inner, polls }).await.is_some()
}

async fn drive_to_the_end(stage: &Stage, run: &str) {
    nodes::end_all(&stage.world.backend.store).await.unwrap();
    work(stage, &stage.process(), run).await;
}

/// What is wrong by the mail server's record: nothing, if the promises hold.
async fn broken_promises(stage: &Stage, run: &str) -> Vec<String> {
    let mut broken = Vec::new();
    for item in stage.items(run).await {
        let (ended, address) = (text(&item["state"]), text(&item["address"]));
        let mails = stage.sink.count(&address);
        if mails > 1 {
            broken.push(format!("I1: {mails} mails to {address}"));
        }
        match ended.as_str() {
            "accepted" if mails != 1 => broken.push(format!("{address} accepted, {mails} mails")),
            "linked" if mails != 0 => broken.push(format!("{address} linked, and {mails} mails")),
            "accepted" | "linked" | "unknown" => {}
            other => broken.push(format!("I8: {address} is left {other}")),
        }
    }
    broken
}

/// New users, so that each round has mails and links of its own.
async fn round(stage: &Stage, round: usize) -> String {
    let first = stage.world.user(1, &format!("r{round}a@gmail.com")).await;
    for (n, domain) in ["gmail.com", "acme.example", "gmail.com", "gmail.com"].iter().enumerate() {
        stage.world.user(1, &format!("r{round}b{n}@{domain}")).await;
    }
    stage.world.sql("UPDATE sites SET roster_revision = roster_revision + 1 WHERE id = 1").await;
    let site = stage.world.backend.directory.site_facts("acme.webex.example").await.unwrap();
    let numbers = format!("{first}-{}", first + 4);
    let only = json!({ "kind": "only", "revision": site.roster_revision, "numbers": numbers });
    let plan = stage.plan(only).await;
    stage.apply(&plan).await
}

#[tokio::test]
async fn f1_a_crash_at_any_step_sends_nothing_twice_and_loses_nobody() {
    let stage = Stage::new().await;
    let (mut crashes, mut unknown) = (0, 0);
    for polls in 1.. {
        let run = round(&stage, polls).await;
        let ended = drive_and_crash(&stage, &run, polls).await;
        drive_to_the_end(&stage, &run).await;
        let broken = broken_promises(&stage, &run).await;
        assert!(broken.is_empty(), "after {polls} polls: {broken:?}");
        unknown += stage.run(&run).await["unknown"].as_u64().unwrap();
        crashes += u64::from(!ended);
        if ended {
            break;
        }
    }
    assert!(crashes > 20, "too few steps were tried: {crashes}");
    assert!(unknown <= crashes * 4, "I7: no more than were in flight: {unknown}");
}

#[tokio::test]
async fn f1_a_crash_with_mails_in_flight_leaves_them_unknown_and_unsent_again() {
    let stage = Stage::new().await;
    let run = round(&stage, 0).await;
    stage.sink.at(Phase::Dot, Act::Gate);
    let post = stage.process();
    tokio::select! {
        () = work(&stage, &post, &run) => panic!("none waited"),
        () = stage.sink.dots(1) => {}
    }
    stage.sink.script(|_, _| Act::Go);
    drive_to_the_end(&stage, &run).await;
    let broken = broken_promises(&stage, &run).await;
    assert!(broken.is_empty(), "{broken:?}");
    let unknown = stage.run(&run).await["unknown"].as_u64().unwrap();
    assert!((1..=4).contains(&unknown), "I7: those in flight and no more: {unknown}");
}

#[tokio::test]
async fn f1_the_checker_finds_a_machine_that_sends_unknown_mails_again() {
    let stage = Stage::new().await;
    let run = round(&stage, 0).await;
    stage.sink.at(Phase::Dot, Act::Close { stored: true });
    work(&stage, &stage.process(), &run).await;
    stage.sink.script(|_, _| Act::Go);
    assert!(broken_promises(&stage, &run).await.is_empty());
    // The seeded fault: what other queues do by default.
    stage
        .world
        .sql(
            "UPDATE run_items SET state = 'queued' WHERE state = 'unknown';
             UPDATE invitations SET unknown = 0;
             UPDATE runs SET state = 'running';",
        )
        .await;
    drive_to_the_end(&stage, &run).await;
    let broken = broken_promises(&stage, &run).await;
    assert!(broken.iter().any(|fault| fault.starts_with("I1")), "{broken:?}");
}

#[tokio::test]
async fn f1_the_checker_finds_a_mail_that_was_not_sent() {
    let stage = Stage::new().await;
    let run = round(&stage, 0).await;
    stage.world.sql("UPDATE run_items SET state = 'accepted'").await;
    assert!(!broken_promises(&stage, &run).await.is_empty());
}
