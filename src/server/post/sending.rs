//! Sending what is asked for: claimed in batches, a few mails at a time.
//!
//! Owns the flights: each writes its intent, sends, and writes down what became of it. A mail that
//! has not begun when the server rests or the backend stops goes back; one that hangs does not stand
//! in the others' way.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use jiff::Timestamp;
use tokio::time::sleep;

use super::intent::{Fate, pause_after};
use super::outbox::{self, Asked};
use super::{Delivery, Mail, Post, Queue};
use crate::server::nodes::Node;
use crate::server::refusal::Refusal;
use crate::server::stop::Stop;
use crate::server::store::{jittered, to_millis};

/// Mails on their way at once, but for those that hang.
const AT_ONCE: usize = 6;
/// With those: bounds how many mails a crash can leave `unknown` (promise I7).
const MOST: usize = 48;
/// A mail that is on its way for so long hangs.
const HANGS: Duration = Duration::from_secs(20);
/// Mails of each queue in one claim: each gets its turn, however long another is.
const CLAIM: i64 = 10;
/// How often one looks around while mails are on their way.
const LOOK: Duration = Duration::from_secs(1);
/// How long until what could not be written down is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// Sends what is due; answers how long nothing will be.
pub(super) async fn send_due(
    post: &Post,
    node: &Node,
    queues: &[&dyn Queue],
    stop: &Stop,
) -> Result<Duration, Refusal> {
    let mut worker = Worker {
        post,
        node,
        queues,
        stop,
        waiting: VecDeque::new(),
        begun: Vec::new(),
        took: false,
    };
    let mut flights = FuturesUnordered::new();
    // A fault ends the taking, never what is on its way.
    let mut fault = None;
    loop {
        while fault.is_none() && worker.has_room() {
            match worker.next().await {
                Ok(Some(asked)) => flights.push(worker.fly(asked)),
                Ok(None) => break,
                Err(refusal) => fault = Some(refusal),
            }
        }
        if flights.is_empty() {
            break;
        }
        tokio::select! {
            Some(id) = flights.next() => worker.begun.retain(|(other, _)| *other != id),
            () = post.rung() => {}
            () = sleep(LOOK) => {
                if node.is_due()
                    && let Err(refusal) = beat(post, node).await
                {
                    fault = Some(refusal);
                }
            }
        }
    }
    if worker.took {
        // What was not begun, for whatever reason, waits with the rest.
        outbox::release(&post.store, node).await?;
    }
    if let Some(refusal) = fault {
        return Err(refusal);
    }
    let due = outbox::until_due(&post.store, queues).await?;
    Ok(post.rest().map_or(due, |(left, _)| due.max(left)))
}

async fn beat(post: &Post, node: &Node) -> Result<(), Refusal> {
    let mut tx = post.store.begin().await?;
    node.beat(&mut tx).await?;
    Ok(tx.commit().await?)
}

struct Worker<'a> {
    post: &'a Post,
    node: &'a Node,
    queues: &'a [&'a dyn Queue],
    stop: &'a Stop,
    /// Claimed, and not begun.
    waiting: VecDeque<Asked>,
    /// On their way, and since when.
    begun: Vec<(String, Instant)>,
    /// Something was claimed.
    took: bool,
}

impl<'a> Worker<'a> {
    fn has_room(&self) -> bool {
        let moving = self.begun.iter().filter(|(_, since)| since.elapsed() < HANGS).count();
        moving < AT_ONCE && self.begun.len() < MOST
    }

    /// The next mail to begin, if one may begin now.
    async fn next(&mut self) -> Result<Option<Asked>, Refusal> {
        if self.stop.is_stopping() || self.post.rest().is_some() {
            return Ok(None);
        }
        if self.waiting.is_empty() {
            let claimed = outbox::claim(&self.post.store, self.node, self.queues, CLAIM).await?;
            let Some(claimed) = claimed else {
                // Others have what it had. It begins again, as another.
                self.post.forget_node();
                return Err(Refusal::internal(&"this process was taken for dead; it begins anew"));
            };
            self.took |= !claimed.is_empty();
            self.waiting.extend(claimed);
        }
        let next = self.waiting.pop_front();
        if let Some(asked) = &next {
            self.begun.push((asked.intent.id.clone(), Instant::now()));
        }
        Ok(next)
    }

    /// One mail's way; answers its id when it has landed.
    fn fly(&self, mut asked: Asked) -> BoxFuture<'a, String> {
        let (post, node, queues, stop) = (self.post, self.node, self.queues, self.stop);
        let queue = queues.iter().find(|queue| queue.name() == asked.queue);
        Box::pin(async move {
            let Some(queue) = queue else { return asked.intent.id };
            match intend(post, *queue, &mut asked).await {
                Ok(Some(mail)) => {
                    let fate = send(post, node, *queue, &asked, &mail).await;
                    settle(post, *queue, &asked, &fate, stop).await;
                }
                Ok(None) => {}
                Err(why) => put_back(post, &asked, &why).await,
            }
            asked.intent.id
        })
    }
}

/// The durable intent. What one letter breaks on is not the others'.
async fn intend(post: &Post, queue: &dyn Queue, asked: &mut Asked) -> Result<Option<Mail>, String> {
    let intending = AssertUnwindSafe(outbox::intend(&post.store, queue, asked)).catch_unwind();
    match intending.await {
        Ok(Ok(mail)) => Ok(mail),
        Ok(Err(refusal)) => Err(refusal.problem.detail.shown().to_string()),
        Err(_) => Err("the letter could not be written".to_owned()),
    }
}

async fn put_back(post: &Post, asked: &Asked, why: &str) {
    let (id, queue) = (&asked.intent.id, &asked.queue);
    tracing::error!(%id, %queue, why, "a mail could not be begun; it waits");
    let pause = jittered(pause_after(asked.deferrals + 1));
    if let Err(error) = outbox::put_back(&post.store, asked, pause, why).await {
        // It stays claimed, and nothing was sent: the next begin frees it.
        tracing::error!(%id, %error, "nor could it be put back");
    }
}

/// Sends it, if the intent still holds, and says what that means.
async fn send(post: &Post, node: &Node, queue: &dyn Queue, asked: &Asked, mail: &Mail) -> Fate {
    let delivery = if node.trusts_itself() {
        let sending = AssertUnwindSafe(post.mailer.deliver(mail)).catch_unwind();
        // Nobody knows how far it came.
        sending.await.unwrap_or_else(|_| Delivery::Unknown("the sending broke off".to_owned()))
    } else {
        Delivery::NotNow("the lease ran out before the mail was begun".to_owned())
    };
    let rest = post.rest().map(|(left, _)| left);
    match Fate::of(delivery, asked.deferrals, rest) {
        Fate::Deferred { words, .. } if has_waited(queue, asked) => {
            Fate::Refused(format!("given up: {words}"))
        }
        fate => fate,
    }
}

fn has_waited(queue: &dyn Queue, asked: &Asked) -> bool {
    let waited = to_millis(Timestamp::now()).saturating_sub(asked.queued_at);
    queue.patience().is_some_and(|longest| waited > longest.as_millis() as i64)
}

/// Until it is written the mail stays `sending`, which is true: so it tries until it succeeds, or
/// until the backend stops.
async fn settle(post: &Post, queue: &dyn Queue, asked: &Asked, fate: &Fate, stop: &Stop) {
    while let Err(refusal) = outbox::settle(&post.store, queue, asked, fate).await {
        let (id, code) = (&asked.intent.id, &refusal.problem.code);
        tracing::error!(%id, %code, "a mail's fate could not be written down");
        if stop.is_stopping() {
            return;
        }
        sleep(AGAIN).await;
    }
}
