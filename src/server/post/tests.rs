//! The outbox over a mail server on TCP: each mail at most once, whoever dies when.
//!
//! Owns a queue that only the tests have. Nobody sleeps: what is due is sent by hand, and a process
//! that dies is a future that is dropped.

mod turns;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

use super::smtp::sink::{Act, Phase, Sink};
use super::*;
use crate::api::session::Secret;
use crate::server::fixture::Fixture;
use crate::server::store::to_millis;

/// A queue whose letters are plain.
#[derive(Default)]
struct Plain {
    told: Mutex<Vec<(String, Fate)>>,
    impatient: AtomicBool,
}

impl Queue for Plain {
    fn name(&self) -> &'static str {
        "plain"
    }

    fn patience(&self) -> Option<Duration> {
        self.impatient.load(Ordering::SeqCst).then_some(Duration::from_mins(15))
    }

    fn letter<'a>(
        &'a self,
        _: &'a mut Conn,
        asked: &'a Asked,
    ) -> BoxFuture<'a, Result<Option<Mail>, Refusal>> {
        Box::pin(async move {
            match asked.kind.as_str() {
                "over" => return Ok(None),
                "broken" => return Err(Refusal::internal(&"no such organization")),
                "panics" => panic!("on what it did not expect"),
                _ => {}
            }
            let Intent { id, attempt, .. } = &asked.intent;
            Ok(Some(Mail {
                to: asked.recipient.clone(),
                name: String::new(),
                subject: "Hello".into(),
                text: "Hello\n".into(),
                html: "<p>Hello</p>\n".into(),
                message_id: format!("{id}.{attempt}@hub.example"),
            }))
        })
    }

    fn settled<'a>(
        &'a self,
        _: &'a mut Conn,
        asked: &'a Asked,
        fate: &'a Fate,
    ) -> BoxFuture<'a, Result<(), Refusal>> {
        Box::pin(async move {
            match asked.kind.as_str() {
                "untold" => return Err(Refusal::internal(&"no such row")),
                "panics when told" => panic!("on what it did not expect"),
                _ => self.told.lock().unwrap().push((asked.recipient.clone(), fate.clone())),
            }
            Ok(())
        })
    }
}

struct Stage {
    world: Fixture,
    sink: Sink,
    queue: Plain,
}

impl Stage {
    async fn new() -> Self {
        let sink = Sink::start();
        let smtp = Secret::new(sink.url());
        let world = Fixture::with(|options| options.smtp = Some(smtp)).await;
        Self { world, sink, queue: Plain::default() }
    }

    /// The outbox as one process has it.
    fn process(&self) -> Post {
        let backend = &self.world.backend;
        Post::new(backend.store.clone(), &backend.options, Stop::default()).unwrap()
    }

    async fn ask(&self, kind: &'static str, to: &str) {
        let mut tx = self.world.backend.store.begin().await.unwrap();
        let ask = Ask { queue: "plain", kind, recipient: to, ..Ask::default() };
        ask.put(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn begin(&self, post: &Post) {
        post.begin(&[&self.queue]).await.unwrap();
    }

    async fn send(&self, post: &Post) -> Duration {
        post.send_due(&[&self.queue], &Stop::default()).await.unwrap()
    }

    /// Sends until so many messages have had their final dot, and dies.
    async fn dies_after_dots(&self, post: &Post, so_many: usize) {
        tokio::select! {
            _ = self.send(post) => panic!("the mail server hangs"),
            () = self.sink.dots(so_many) => {}
        }
    }

    /// The state and the number of attempts of each mail, by recipient.
    async fn states(&self) -> Vec<(String, String, i64)> {
        sqlx::query_as("SELECT recipient, state, attempt FROM outbox ORDER BY recipient")
            .fetch_all(&mut *self.world.backend.store.read().await.unwrap())
            .await
            .unwrap()
    }

    async fn state(&self, to: &str) -> String {
        self.states().await.into_iter().find(|row| row.0 == to).unwrap().1
    }

    async fn claims(&self, store: &Store, node: &Node) -> Asked {
        let mut tx = store.begin().await.unwrap();
        let mut claimed = outbox::claim(&mut tx, node, &[&self.queue], 10).await.unwrap();
        tx.commit().await.unwrap();
        claimed.remove(0)
    }

    async fn intends(&self, store: &Store, asked: &mut Asked) -> Option<Mail> {
        let mut tx = store.begin().await.unwrap();
        let mail = outbox::intend(&mut tx, &self.queue, asked).await.unwrap();
        tx.commit().await.unwrap();
        mail
    }

    async fn settles(&self, store: &Store, asked: &Asked, fate: &Fate) {
        let mut tx = store.begin().await.unwrap();
        outbox::settle(&mut tx, &self.queue, asked, fate).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// All that waits is due now.
    async fn due(&self) {
        self.world.sql("UPDATE outbox SET not_before = 1 WHERE state = 'queued'").await;
    }
}

#[tokio::test]
async fn i1_what_is_asked_for_is_sent_once_and_told() {
    let stage = Stage::new().await;
    let post = stage.process();
    for to in ["a@x.example", "b@x.example"] {
        stage.ask("", to).await;
    }
    stage.ask("over", "c@x.example").await;
    stage.begin(&post).await;
    stage.send(&post).await;
    stage.send(&post).await;
    assert_eq!(stage.sink.taken().len(), 2);
    let states = stage.states().await;
    assert!(states.iter().all(|row| row.1 == "sent" && row.2 == 1), "{states:?}");
    assert_eq!(states.len(), 2, "where there is nothing to say, nothing stays");
    assert_eq!(stage.queue.told.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn i7_what_a_crash_may_have_sent_is_unknown_and_the_rest_is_sent() {
    let stage = Stage::new().await;
    for n in 0..9 {
        stage.ask("", &format!("p{n}@x.example")).await;
    }
    let post = stage.process();
    stage.begin(&post).await;
    stage.sink.at(Phase::Dot, Act::Hang);
    stage.dies_after_dots(&post, 1).await;
    stage.sink.at(Phase::Dot, Act::Go);
    let next = stage.process();
    crate::server::nodes::end_all(&stage.world.backend.store).await.unwrap();
    stage.begin(&next).await;
    let in_flight = stage.states().await.iter().filter(|row| row.1 == "unknown").count();
    assert!((1..9).contains(&in_flight), "no more than were on their way: {in_flight}");
    stage.send(&next).await;
    let sent = stage.states().await.iter().filter(|row| row.1 == "sent").count();
    assert_eq!((sent, stage.sink.taken().len()), (9 - in_flight, 9 - in_flight));
    stage.due().await;
    stage.send(&next).await;
    assert_eq!(stage.sink.taken().len(), 9 - in_flight, "no machine sends it again");
}

#[tokio::test]
async fn i7_a_living_processs_mails_are_left_alone_and_a_dead_ones_are_not() {
    let stage = Stage::new().await;
    stage.ask("", "a@x.example").await;
    let (first, second) = (stage.process().shared(), stage.process().shared());
    stage.begin(&first).await;
    stage.sink.at(Phase::Dot, Act::Gate);
    let mut sending = Box::pin(stage.send(&first));
    tokio::select! {
        _ = &mut sending => panic!("the mail server waits"),
        () = stage.sink.dots(1) => {}
    }
    stage.begin(&second).await;
    stage.send(&second).await;
    assert_eq!(stage.state("a@x.example").await, "sending", "its process lives");
    // It is silent for longer than its lease.
    let epoch = first.node().unwrap().epoch();
    stage.world.sql(&format!("UPDATE nodes SET beat_until = 5 WHERE epoch = {epoch}")).await;
    stage.send(&second).await;
    assert_eq!(stage.state("a@x.example").await, "unknown");
    // And yet it comes back, and knows that its mail was taken.
    stage.sink.open_gate();
    sending.await;
    assert_eq!(stage.state("a@x.example").await, "sent");
    assert_eq!(stage.sink.taken().len(), 1);
    // It is dead for everybody, and begins anew as another before it sends again.
    stage.ask("", "b@x.example").await;
    let queues: [&dyn Queue; 1] = [&stage.queue];
    assert!(first.send_due(&queues, &Stop::default()).await.is_err());
    stage.send(&first).await;
    assert_eq!(stage.state("b@x.example").await, "sent");
    assert_ne!(first.node().unwrap().epoch(), epoch);
}

#[tokio::test]
async fn i7_what_a_dead_process_only_claimed_is_sent_by_another() {
    let stage = Stage::new().await;
    stage.ask("", "a@x.example").await;
    let (first, second) = (stage.process().shared(), stage.process().shared());
    stage.begin(&first).await;
    stage.begin(&second).await;
    let epoch = first.node().unwrap().epoch();
    stage.world.sql(&format!("UPDATE outbox SET state = 'claimed', claim = {epoch}")).await;
    stage.send(&second).await;
    assert_eq!(stage.state("a@x.example").await, "claimed");
    stage.world.sql(&format!("DELETE FROM nodes WHERE epoch = {epoch}")).await;
    stage.send(&second).await;
    assert_eq!(stage.state("a@x.example").await, "sent");
    assert_eq!(stage.sink.taken().len(), 1);
}

#[tokio::test]
async fn s4_later_said_to_one_keeps_nobody_else_and_is_tried_again() {
    let stage = Stage::new().await;
    let post = stage.process();
    stage.sink.script(|phase, to| match phase {
        Phase::Rcpt if to == "a@x.example" => Act::Say("450 greylisted".into()),
        Phase::Rcpt if to == "c@x.example" => Act::Say("550 no such user".into()),
        _ => Act::Go,
    });
    for to in ["a@x.example", "b@x.example", "c@x.example"] {
        stage.ask("", to).await;
    }
    stage.begin(&post).await;
    let next = stage.send(&post).await;
    assert!(next > Duration::from_secs(2) && next <= Duration::from_secs(5), "{next:?}");
    let states: Vec<_> = stage.states().await.into_iter().map(|row| row.1).collect();
    assert_eq!(states, ["queued", "sent", "refused"]);
    stage.sink.at(Phase::Rcpt, Act::Go);
    stage.send(&post).await;
    assert_eq!(stage.state("a@x.example").await, "queued", "not before its time");
    stage.due().await;
    stage.send(&post).await;
    assert_eq!(stage.state("a@x.example").await, "sent");
    assert_eq!(stage.sink.taken().len(), 2);
}

#[tokio::test]
async fn s4_greylisted_recipients_of_one_organization_keep_nobody_elses_mail() {
    let stage = Stage::new().await;
    let post = stage.process();
    stage.sink.script(|phase, to| match phase {
        Phase::Rcpt if to.ends_with("@grey.example") => Act::Say("450 greylisted".into()),
        _ => Act::Go,
    });
    for n in 0..40 {
        stage.ask("", &format!("p{n}@grey.example")).await;
    }
    for n in 0..5 {
        stage.ask("", &format!("p{n}@x.example")).await;
    }
    stage.begin(&post).await;
    stage.send(&post).await;
    assert_eq!(post.rest(), None);
    assert_eq!(stage.sink.taken().len(), 5);
    assert_eq!(stage.state("p0@grey.example").await, "queued");
}

#[tokio::test]
async fn s4_a_server_that_takes_nothing_uses_up_nobodys_tries_and_rests() {
    let stage = Stage::new().await;
    let post = stage.process();
    stage.sink.at(Phase::Mail, Act::Say("550 closed for today".into()));
    for n in 0..20 {
        stage.ask("", &format!("p{n}@x.example")).await;
    }
    stage.begin(&post).await;
    stage.send(&post).await;
    assert!(post.rest().is_some());
    let used: i64 = sqlx::query_scalar("SELECT sum(deferrals) FROM outbox")
        .fetch_one(&mut *stage.world.backend.store.read().await.unwrap())
        .await
        .unwrap();
    assert_eq!(used, 0);
    let states = stage.states().await;
    assert!(states.iter().all(|row| row.1 == "queued"), "{states:?}");
    let tried = states.iter().filter(|row| row.2 > 0).count();
    assert!(tried < 20, "those behind the first are not even begun: {tried}");
    // Another process, another server perhaps: all is due.
    stage.sink.at(Phase::Mail, Act::Go);
    let next = stage.process();
    stage.begin(&next).await;
    stage.send(&next).await;
    assert_eq!(stage.sink.taken().len(), 20);
}

#[tokio::test]
async fn i15_a_letter_that_cannot_be_written_waits_and_the_others_go() {
    let stage = Stage::new().await;
    let post = stage.process();
    stage.ask("broken", "a@x.example").await;
    stage.ask("panics", "b@x.example").await;
    stage.ask("", "c@x.example").await;
    stage.begin(&post).await;
    stage.send(&post).await;
    let states: Vec<_> = stage.states().await.into_iter().map(|row| (row.1, row.2)).collect();
    let waits = ("queued".to_owned(), 0);
    assert_eq!(states, [waits.clone(), waits, ("sent".to_owned(), 1)]);
}

#[tokio::test]
async fn what_is_of_no_use_any_more_is_given_up() {
    let stage = Stage::new().await;
    let post = stage.process();
    stage.sink.at(Phase::Rcpt, Act::Say("450 later".into()));
    stage.queue.impatient.store(true, Ordering::SeqCst);
    stage.ask("", "a@x.example").await;
    stage.begin(&post).await;
    stage.send(&post).await;
    assert_eq!(stage.state("a@x.example").await, "queued");
    let late = to_millis(Timestamp::now()) - 16 * 60_000;
    stage.world.sql(&format!("UPDATE outbox SET queued_at = {late}, not_before = 1")).await;
    stage.send(&post).await;
    assert_eq!(stage.state("a@x.example").await, "refused");
}

#[tokio::test]
async fn i18_a_pause_of_a_wrong_clock_does_not_last_for_years() {
    let stage = Stage::new().await;
    let post = stage.process();
    stage.ask("", "a@x.example").await;
    stage.begin(&post).await;
    let year = to_millis(Timestamp::now()) + 365 * 86_400_000;
    stage.world.sql(&format!("UPDATE outbox SET not_before = {year}, deferrals = 1")).await;
    stage.send(&post).await;
    assert_eq!(stage.state("a@x.example").await, "sent");
}

#[tokio::test]
async fn i14_what_stops_gives_back_what_it_has_not_begun() {
    let stage = Stage::new().await;
    let post = stage.process();
    stage.ask("", "a@x.example").await;
    stage.begin(&post).await;
    let stop = Stop::default();
    stop.stop();
    let queues: [&dyn Queue; 1] = [&stage.queue];
    post.send_due(&queues, &stop).await.unwrap();
    assert_eq!(stage.state("a@x.example").await, "queued");
    assert_eq!(stage.sink.connections(), 0);
}

#[tokio::test]
async fn i1_a_late_workers_word_fits_no_others_attempt() {
    let stage = Stage::new().await;
    let post = stage.process();
    stage.ask("", "a@x.example").await;
    stage.begin(&post).await;
    let (store, node) = (&post.store, post.node().unwrap());
    let mut asked = stage.claims(store, &node).await;
    assert!(stage.intends(store, &mut asked).await.is_some());
    let taken = Fate::Accepted("250 ok".into());
    let pause = Duration::from_secs(1);
    let later = Fate::Deferred { pause, later: Later::Recipient, words: "450".into() };
    for theirs in ["claim = claim + 1", "attempt = attempt + 1"] {
        stage.world.sql(&format!("UPDATE outbox SET {theirs}")).await;
        for fate in [&taken, &later] {
            stage.settles(store, &asked, fate).await;
            assert_eq!(stage.state("a@x.example").await, "sending", "{theirs}");
        }
        stage.world.sql("UPDATE outbox SET claim = claim - 1 WHERE attempt = 1").await;
    }
    // Nor is what a machine may not send again queued by one.
    stage.world.sql("UPDATE outbox SET attempt = 1, state = 'unknown'").await;
    stage.settles(store, &asked, &later).await;
    assert_eq!(stage.state("a@x.example").await, "unknown");
    stage.settles(store, &asked, &taken).await;
    assert_eq!(stage.state("a@x.example").await, "sent");
}

#[tokio::test]
async fn i1_a_node_that_was_ended_begins_nothing_of_what_it_has_claimed() {
    let stage = Stage::new().await;
    let post = stage.process();
    stage.ask("", "a@x.example").await;
    stage.begin(&post).await;
    let (store, node) = (&post.store, post.node().unwrap());
    let mut asked = stage.claims(store, &node).await;
    crate::server::nodes::end_all(store).await.unwrap();
    assert!(stage.intends(store, &mut asked).await.is_none());
    assert_eq!(stage.state("a@x.example").await, "claimed");
}

#[tokio::test]
async fn f5_a_node_about_to_die_allows_no_intent() {
    let stage = Stage::new().await;
    let post = stage.process();
    stage.ask("", "a@x.example").await;
    stage.begin(&post).await;
    let (store, node) = (&post.store, post.node().unwrap());
    let mut asked = stage.claims(store, &node).await;
    let soon = nodes::real_now() + 5_000;
    stage.world.sql(&format!("UPDATE nodes SET beat_until = {soon}")).await;
    assert!(stage.intends(store, &mut asked).await.is_none());
    assert_eq!(stage.state("a@x.example").await, "claimed");
}
