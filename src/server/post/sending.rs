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

use super::intent::{Fate, pause_after, soon};
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
    let mut worker = Worker::new(post, node, queues, stop);
    loop {
        worker.begin_some();
        if worker.moving.is_empty() {
            break;
        }
        tokio::select! {
            Some(event) = worker.moving.next() => worker.heed(event),
            () = post.rung() => worker.more_may_be_due(),
            () = sleep(LOOK) => worker.look_around(),
        }
    }
    if worker.took {
        // What was not begun, for whatever reason, waits with the rest.
        outbox::release(&post.store, node).await?;
    }
    if let Some(refusal) = worker.fault {
        return Err(refusal);
    }
    let due = outbox::until_due(&post.store, queues).await?;
    Ok(post.rest().map_or(due, |(left, _)| due.max(left)))
}

/// What has come to its end.
enum Event {
    /// A mail, whatever became of it.
    Landed(String),
    /// A claim; none where the node is dead.
    Claimed(Result<Option<Vec<Asked>>, Refusal>),
    /// A beat.
    Beaten(Result<(), Refusal>),
}

/// How far the claiming of the next mails is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Claiming {
    /// To be done when there is room.
    Ahead,
    UnderWay,
    /// The last one found none.
    NothingDue,
}

/// All of its writes are events beside one another: there is one writer, and who waited for it while
/// another that has it is not moved would wait for ever.
struct Worker<'a> {
    post: &'a Post,
    node: &'a Node,
    queues: &'a [&'a dyn Queue],
    stop: &'a Stop,
    moving: FuturesUnordered<BoxFuture<'a, Event>>,
    claiming: Claiming,
    beating: bool,
    /// Claimed, and not begun.
    waiting: VecDeque<Asked>,
    /// On their way, and since when.
    begun: Vec<(String, Instant)>,
    /// Something was claimed.
    took: bool,
    /// It ends the taking, never what is on its way.
    fault: Option<Refusal>,
}

impl<'a> Worker<'a> {
    fn new(post: &'a Post, node: &'a Node, queues: &'a [&'a dyn Queue], stop: &'a Stop) -> Self {
        Self {
            post,
            node,
            queues,
            stop,
            moving: FuturesUnordered::new(),
            claiming: Claiming::Ahead,
            beating: false,
            waiting: VecDeque::new(),
            begun: Vec::new(),
            took: false,
            fault: None,
        }
    }

    /// Begins what may begin now, and claims more when all of it has.
    fn begin_some(&mut self) {
        while self.has_room() {
            if let Some(asked) = self.waiting.pop_front() {
                self.begun.push((asked.intent.id.clone(), Instant::now()));
                self.moving.push(self.fly(asked));
                continue;
            }
            if self.claiming == Claiming::Ahead {
                self.claiming = Claiming::UnderWay;
                let (post, node, queues) = (self.post, self.node, self.queues);
                self.moving.push(Box::pin(async move {
                    Event::Claimed(outbox::claim(&post.store, node, queues, CLAIM).await)
                }));
            }
            return;
        }
    }

    fn has_room(&self) -> bool {
        let moving = self.begun.iter().filter(|(_, since)| since.elapsed() < HANGS).count();
        self.fault.is_none()
            && moving < AT_ONCE
            && self.begun.len() < MOST
            && !self.stop.is_stopping()
            && self.post.rest().is_none()
    }

    fn heed(&mut self, event: Event) {
        match event {
            Event::Landed(id) => {
                self.begun.retain(|(other, _)| *other != id);
                self.more_may_be_due();
            }
            Event::Claimed(claimed) => {
                self.claiming = Claiming::Ahead;
                match claimed {
                    Ok(Some(claimed)) => {
                        if claimed.is_empty() {
                            self.claiming = Claiming::NothingDue;
                        }
                        self.took |= !claimed.is_empty();
                        self.waiting.extend(claimed);
                    }
                    Ok(None) => {
                        // Others have what it had. It begins again, as another.
                        self.post.forget_node();
                        let why = "this process was taken for dead; it begins anew";
                        self.fault = Some(Refusal::internal(&why));
                    }
                    Err(refusal) => self.fault = Some(refusal),
                }
            }
            Event::Beaten(beaten) => {
                self.beating = false;
                if let Err(refusal) = beaten {
                    tracing::error!(code = %refusal.problem.code, "the outbox could not beat");
                }
            }
        }
    }

    fn more_may_be_due(&mut self) {
        if self.claiming == Claiming::NothingDue {
            self.claiming = Claiming::Ahead;
        }
    }

    /// While mails are on their way: the node lives on, and others may have come due.
    fn look_around(&mut self) {
        self.more_may_be_due();
        if self.node.is_due() && !self.beating {
            self.beating = true;
            let (post, node) = (self.post, self.node);
            self.moving.push(Box::pin(async move { Event::Beaten(beat(post, node).await) }));
        }
    }

    /// One mail's way.
    fn fly(&self, mut asked: Asked) -> BoxFuture<'a, Event> {
        let (post, node, queues, stop) = (self.post, self.node, self.queues, self.stop);
        let queue = queues.iter().find(|queue| queue.name() == asked.queue);
        Box::pin(async move {
            let Some(queue) = queue else { return Event::Landed(asked.intent.id) };
            match intend(post, *queue, &mut asked).await {
                Ok(Some(mail)) => {
                    let fate = send(post, node, *queue, &asked, &mail).await;
                    settle(post, *queue, &asked, &fate, stop).await;
                }
                Ok(None) => {}
                Err(why) => put_back(post, &asked, &why).await,
            }
            Event::Landed(asked.intent.id)
        })
    }
}

async fn beat(post: &Post, node: &Node) -> Result<(), Refusal> {
    let mut tx = post.store.begin().await?;
    node.beat(&mut tx).await?;
    Ok(tx.commit().await?)
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
    // A server that is there may be mended any moment.
    let rest = rest.or_else(|| post.mailer.has_server().then(soon));
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
