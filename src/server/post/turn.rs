//! One turn at the writer: what has landed is settled, and the next mails may leave.
//!
//! Owns that all of it is one commit, so that a mail costs a part of one: with so many on their way
//! at once, what ends while a turn is written is the next one's. What a mail breaks on is not the
//! others': then each has a part of the transaction to itself. Nothing has begun to leave when it fails.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use sqlx::Connection;

use super::intent::{Fate, pause_after};
use super::outbox::{self, Asked};
use super::{Mail, Post, Queue};
use crate::server::nodes::Node;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, jittered};

/// Mails of each queue in one claim: each gets its turn, however long another is.
const CLAIM: i64 = 10;

/// A mail whose fate is known, and not yet written down.
#[derive(Debug)]
pub(super) struct Landed {
    pub asked: Asked,
    pub fate: Fate,
}

/// What is to be written.
#[derive(Debug, Default)]
pub(super) struct Work {
    /// What came to its end.
    pub landed: Vec<Landed>,
    /// What was claimed before.
    pub waiting: VecDeque<Asked>,
    /// So many may begin.
    pub room: usize,
    /// Whether more is claimed, where too little waits.
    pub claims: bool,
}

/// What was written.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// Settled for good: by id.
    pub settled: Vec<String>,
    /// Could not be written down for a reason of its own.
    pub unsettled: Vec<Landed>,
    /// May leave now.
    pub begun: Vec<(Asked, Mail)>,
    /// Claimed, and not begun.
    pub waiting: VecDeque<Asked>,
    /// How many were claimed; none where it was not tried.
    pub claimed: Option<usize>,
    /// Others have what this node had.
    pub dead: bool,
}

/// Writes it.
///
/// # Errors
/// When nothing was written; what had landed, and what waited, is given back.
pub(super) async fn write(
    post: &Post,
    node: &Node,
    queues: &[&dyn Queue],
    work: Work,
) -> Result<Done, (Refusal, Work)> {
    let Work { landed, waiting, room, claims } = work;
    let claims = claims && waiting.len() < room;
    let order = Order { landed: &landed, room, claims };
    let turn = |waiting, apart| Turn {
        post,
        node,
        queues,
        apart,
        done: Done { waiting, ..Done::default() },
    };
    let mut written = turn(waiting.clone(), false).write(&order).await;
    if matches!(written, Err(Fault::OfOne)) {
        // Nothing of it was written: once more, each mail by itself.
        written = turn(waiting.clone(), true).write(&order).await;
    }
    let refusal = match written {
        Ok((done, broken)) => return Ok(told(done, landed, &broken)),
        Err(Fault::OfOne) => Refusal::internal(&"a mail broke the others' turn"),
        Err(Fault::OfAll(refusal)) => refusal,
    };
    Err((refusal, Work { landed, waiting, ..Work::default() }))
}

/// Which of the landed are settled, now that it is committed.
fn told(mut done: Done, landed: Vec<Landed>, broken: &[usize]) -> Done {
    for (index, landed) in landed.into_iter().enumerate() {
        if broken.contains(&index) {
            done.unsettled.push(landed);
        } else {
            done.settled.push(landed.asked.intent.id);
        }
    }
    done
}

/// What a turn is to do.
struct Order<'a> {
    landed: &'a [Landed],
    room: usize,
    claims: bool,
}

/// Why nothing was written.
enum Fault {
    /// On one mail, and the others were not apart from it.
    OfOne,
    /// On the database.
    OfAll(Refusal),
}

impl<E: Into<Refusal>> From<E> for Fault {
    fn from(error: E) -> Self {
        Self::OfAll(error.into())
    }
}

struct Turn<'a> {
    post: &'a Post,
    node: &'a Node,
    queues: &'a [&'a dyn Queue],
    /// Whether each mail has a part of the transaction to itself: it costs, and is seldom needed.
    apart: bool,
    done: Done,
}

impl<'a> Turn<'a> {
    /// Answers what was done, and which of the landed could not be settled.
    async fn write(mut self, order: &Order<'_>) -> Result<(Done, Vec<usize>), Fault> {
        let Order { landed, room, claims } = *order;
        let store = &self.post.store;
        if landed.is_empty() && self.done.waiting.is_empty() {
            // The usual case must not write.
            if !claims || !outbox::is_due(&mut *store.read().await?, self.queues).await? {
                self.done.claimed = claims.then_some(0);
                return Ok((self.done, Vec::new()));
            }
        }
        let mut tx = store.begin().await?;
        let mut broken = Vec::new();
        for (index, landed) in landed.iter().enumerate() {
            if !self.settle(&mut tx, landed).await? {
                broken.push(index);
            }
        }
        self.claim(&mut tx, claims).await?;
        while self.done.begun.len() < room {
            let Some(asked) = self.done.waiting.pop_front() else { break };
            self.begin(&mut tx, asked).await?;
        }
        let stamp =
            if self.done.begun.is_empty() { None } else { Some(store.stamp(&mut tx).await?) };
        tx.commit().await?;
        if let Some(stamp) = stamp {
            store.mark(stamp);
        }
        for queue in self.queues {
            queue.committed();
        }
        Ok((self.done, broken))
    }

    /// Its node beats with it.
    async fn claim(&mut self, conn: &mut Conn, claims: bool) -> Result<(), Fault> {
        let due = claims && outbox::is_due(conn, self.queues).await?;
        self.done.claimed = claims.then_some(0);
        if !due && !self.node.is_due() {
            return Ok(());
        }
        let alive = self.node.beat(&mut *conn).await?;
        self.done.dead = due && !alive;
        if due && alive {
            let claimed = outbox::claim(conn, self.node, self.queues, CLAIM).await?;
            self.done.claimed = Some(claimed.len());
            self.done.waiting.extend(claimed);
        }
        Ok(())
    }

    /// Answers whether its fate stands.
    async fn settle(&self, conn: &mut Conn, landed: &Landed) -> Result<bool, Fault> {
        let Landed { asked, fate } = landed;
        let Some(queue) = self.queue_of(asked) else { return Ok(true) };
        if !self.apart {
            let settling = AssertUnwindSafe(outbox::settle(conn, queue, asked, fate));
            return match settling.catch_unwind().await {
                Ok(Ok(())) => Ok(true),
                _ => Err(Fault::OfOne),
            };
        }
        let mut part = conn.begin().await?;
        let settling = AssertUnwindSafe(outbox::settle(&mut part, queue, asked, fate));
        let why = match settling.catch_unwind().await {
            Ok(Ok(())) => {
                part.commit().await?;
                return Ok(true);
            }
            Ok(Err(refusal)) => refusal.problem.code.clone(),
            Err(_) => "panic".to_owned(),
        };
        // After a full disk there is nothing to roll back to: then it is all of them.
        part.rollback().await?;
        tracing::error!(id = %asked.intent.id, %why, "a mail's fate could not be written down");
        Ok(false)
    }

    /// The intent: it may leave once it is committed. What cannot be written waits.
    async fn begin(&mut self, conn: &mut Conn, mut asked: Asked) -> Result<(), Fault> {
        let Some(queue) = self.queue_of(&asked) else { return Ok(()) };
        if !self.apart {
            let intending = AssertUnwindSafe(outbox::intend(conn, queue, &mut asked));
            let Ok(Ok(mail)) = intending.catch_unwind().await else { return Err(Fault::OfOne) };
            self.done.begun.extend(mail.map(|mail| (asked, mail)));
            return Ok(());
        }
        let mut part = conn.begin().await?;
        let intending = AssertUnwindSafe(outbox::intend(&mut part, queue, &mut asked));
        let why = match intending.catch_unwind().await {
            Ok(Ok(mail)) => {
                part.commit().await?;
                self.done.begun.extend(mail.map(|mail| (asked, mail)));
                return Ok(());
            }
            Ok(Err(refusal)) => refusal.problem.detail.shown().to_string(),
            Err(_) => "the letter could not be written".to_owned(),
        };
        part.rollback().await?;
        let (id, queue) = (&asked.intent.id, &asked.queue);
        tracing::error!(%id, %queue, why, "a mail could not be begun; it waits");
        let pause = jittered(pause_after(asked.deferrals + 1));
        Ok(outbox::put_back(conn, &asked, pause, &why).await?)
    }

    fn queue_of(&self, asked: &Asked) -> Option<&'a dyn Queue> {
        self.queues.iter().find(|queue| queue.name() == asked.queue).copied()
    }
}
