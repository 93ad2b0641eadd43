//! Turns at the writer: what has landed and what may leave, in one commit.

use std::collections::VecDeque;

use super::super::turn::{self, Landed, Work};
use super::*;

const ROOM: usize = 4;

impl Stage {
    /// How often anybody has had the writer.
    fn commits(&self) -> u64 {
        self.world.backend.store.turns().all().iter().map(|(_, taken)| taken.count).sum()
    }

    async fn turn(&self, post: &Post, work: Work) -> turn::Done {
        let node = post.node().unwrap();
        let queues: [&dyn Queue; 1] = [&self.queue];
        let Ok(done) = turn::write(post, &node, &queues, work).await else { panic!("not written") };
        done
    }

    /// Asks for so many of a kind, and begins as many as there is room for.
    async fn begun(&self, post: &Post, kinds: &[&'static str]) -> turn::Done {
        for (n, kind) in kinds.iter().enumerate() {
            self.ask(kind, &format!("p{n}@x.example")).await;
        }
        self.begin(post).await;
        self.turn(post, Work { room: ROOM, claims: true, ..Work::default() }).await
    }

    async fn in_state(&self, state: &str) -> usize {
        self.states().await.iter().filter(|row| row.1 == state).count()
    }
}

fn taken(begun: Vec<(Asked, Mail)>) -> Vec<Landed> {
    let fate = Fate::Accepted("250 ok".into());
    begun.into_iter().map(|(asked, _)| Landed { asked, fate: fate.clone() }).collect()
}

#[tokio::test]
async fn s4_what_has_landed_and_what_may_leave_is_one_commit() {
    let stage = Stage::new().await;
    let post = stage.process();
    let first = stage.begun(&post, &[""; 2 * ROOM]).await;
    assert_eq!((first.begun.len(), first.waiting.len()), (ROOM, ROOM));
    let before = stage.commits();
    let (landed, waiting) = (taken(first.begun), first.waiting);
    let next = stage.turn(&post, Work { landed, waiting, room: ROOM, claims: true }).await;
    assert_eq!((next.begun.len(), next.settled.len(), next.unsettled.len()), (ROOM, ROOM, 0));
    assert_eq!(stage.commits() - before, 1);
    assert_eq!((stage.in_state("sent").await, stage.in_state("sending").await), (ROOM, ROOM));
}

#[tokio::test]
async fn i15_a_fate_that_cannot_be_written_down_keeps_nobody_elses() {
    let stage = Stage::new().await;
    let post = stage.process();
    let first = stage.begun(&post, &["", "untold", "panics when told", ""]).await;
    let landed = taken(first.begun);
    let next = stage.turn(&post, Work { landed, room: ROOM, ..Work::default() }).await;
    assert_eq!((next.settled.len(), next.unsettled.len()), (2, 2));
    assert_eq!((stage.in_state("sent").await, stage.in_state("sending").await), (2, 2));
}

#[tokio::test]
async fn i1_a_turn_of_which_nothing_was_written_begins_nothing_and_gives_back_what_landed() {
    let stage = Stage::new().await;
    let post = stage.process();
    let first = stage.begun(&post, &[""; 2 * ROOM]).await;
    let (landed, waiting) = (taken(first.begun), first.waiting);
    stage
        .world
        .sql("CREATE TRIGGER full BEFORE UPDATE ON meta BEGIN SELECT RAISE(ABORT, 'full'); END")
        .await;
    let (node, queues): (_, [&dyn Queue; 1]) = (post.node().unwrap(), [&stage.queue]);
    let work = Work { landed, waiting, room: ROOM, claims: true };
    let written = turn::write(&post, &node, &queues, work).await;
    let Err((_, Work { landed, waiting, .. })) = written else { panic!("written") };
    assert_eq!((landed.len(), waiting.len()), (ROOM, ROOM));
    assert_eq!((stage.in_state("sending").await, stage.in_state("claimed").await), (ROOM, ROOM));
    stage.world.sql("DROP TRIGGER full").await;
    let work = Work { landed, waiting: VecDeque::new(), room: 0, claims: false };
    assert_eq!(stage.turn(&post, work).await.settled.len(), ROOM);
    assert_eq!(stage.in_state("sent").await, ROOM);
}

#[tokio::test]
async fn s4_many_mails_take_fewer_commits_than_there_are_mails() {
    let stage = Stage::new().await;
    let post = stage.process();
    for n in 0..60 {
        stage.ask("", &format!("p{n}@x.example")).await;
    }
    stage.begin(&post).await;
    let before = stage.commits();
    stage.send(&post).await;
    assert_eq!((stage.sink.taken().len(), stage.in_state("sent").await), (60, 60));
    let commits = stage.commits() - before;
    // The intent and the fate of each would be 120.
    assert!(commits <= 62, "{commits}");
}
