//! Sending what is asked for: claimed in batches, a few mails at a time.
//!
//! Owns the flights and the turns at the writer between them: what has landed is written down, and the
//! next may leave, in one commit. A mail that has not begun when the server rests or the backend stops
//! goes back; one that hangs does not stand in the others' way.

use std::collections::VecDeque;
use std::mem;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use jiff::Timestamp;
use tokio::time::sleep;

use super::intent::{Fate, soon};
use super::outbox::{self, Asked};
use super::turn::{self, Done, Landed, Work};
use super::{Delivery, Mail, Post, Queue};
use crate::api::problem::code;
use crate::server::nodes::Node;
use crate::server::refusal::Refusal;
use crate::server::stop::Stop;
use crate::server::store::to_millis;

/// Mails on their way at once, but for those that hang.
const AT_ONCE: usize = 6;
/// With those: bounds how many mails a crash can leave `unknown` (promise I7).
const MOST: usize = 48;
/// A mail that is on its way for so long hangs.
const HANGS: Duration = Duration::from_secs(20);
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
        worker.take_turn();
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
    Landed(Box<Landed>),
    /// A turn at the writer.
    Written(Result<Done, (Refusal, Work)>),
    /// The pause before what could not be written down is tried again.
    Again,
    /// A beat.
    Beaten(Result<(), Refusal>),
}

/// How far the claiming of the next mails is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Claiming {
    /// To be done when there is room.
    Ahead,
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
    writing: bool,
    /// The writer was not to be had; it is asked for again after a pause.
    held_up: bool,
    beating: bool,
    /// Claimed, and not begun.
    waiting: VecDeque<Asked>,
    /// On their way or not written down, and since when.
    begun: Vec<(String, Instant)>,
    /// To be written down in the next turn.
    landed: Vec<Landed>,
    /// To be written down after a pause.
    unsettled: Vec<Landed>,
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
            writing: false,
            held_up: false,
            beating: false,
            waiting: VecDeque::new(),
            begun: Vec::new(),
            landed: Vec::new(),
            unsettled: Vec::new(),
            took: false,
            fault: None,
        }
    }

    /// Takes a turn at the writer when there is something to write, and none is being taken. Whoever
    /// lands meanwhile is the next one's.
    fn take_turn(&mut self) {
        let room = self.room();
        let begins = room > 0 && (!self.waiting.is_empty() || self.claiming == Claiming::Ahead);
        if self.writing || self.held_up || (self.landed.is_empty() && !begins) {
            return;
        }
        self.writing = true;
        let work = Work {
            landed: mem::take(&mut self.landed),
            waiting: mem::take(&mut self.waiting),
            room,
            claims: begins && self.claiming == Claiming::Ahead,
        };
        let (post, node, queues) = (self.post, self.node, self.queues);
        self.moving.push(Box::pin(async move {
            Event::Written(turn::write(post, node, queues, work).await)
        }));
    }

    /// How many may begin once what has landed is written down.
    fn room(&self) -> usize {
        if self.fault.is_some() || self.stop.is_stopping() || self.post.rest().is_some() {
            return 0;
        }
        let has_landed = |id: &str| self.landed.iter().any(|landed| landed.asked.intent.id == id);
        let flying = || self.begun.iter().filter(|(id, _)| !has_landed(id));
        let moving = flying().filter(|(_, since)| since.elapsed() < HANGS).count();
        AT_ONCE.saturating_sub(moving).min(MOST.saturating_sub(flying().count()))
    }

    fn heed(&mut self, event: Event) {
        match event {
            Event::Landed(landed) => {
                self.landed.push(*landed);
                self.more_may_be_due();
            }
            Event::Written(Ok(done)) => {
                self.writing = false;
                self.go_on(done);
            }
            Event::Written(Err((refusal, work))) => {
                self.writing = false;
                self.waiting = work.waiting;
                self.write_later(work.landed);
                if refusal.problem.code == code::UNAVAILABLE && !self.stop.is_stopping() {
                    // Others had the writer for too long: that is no fault, and comes round.
                    self.held_up = true;
                    self.moving.push(Box::pin(sleep(AGAIN).map(|()| Event::Again)));
                } else {
                    // What was claimed and not begun is given back in the end.
                    self.fault = Some(refusal);
                }
            }
            Event::Again => {
                self.held_up = false;
                self.landed.append(&mut self.unsettled);
            }
            Event::Beaten(beaten) => {
                self.beating = false;
                if let Err(refusal) = beaten {
                    tracing::error!(code = %refusal.problem.code, "the outbox could not beat");
                }
            }
        }
    }

    /// What was written stands: what was begun leaves.
    fn go_on(&mut self, done: Done) {
        self.begun.retain(|(id, _)| !done.settled.contains(id));
        self.write_later(done.unsettled);
        if let Some(claimed) = done.claimed {
            self.claiming = if claimed == 0 { Claiming::NothingDue } else { Claiming::Ahead };
            self.took |= claimed > 0;
        }
        if done.dead {
            // Others have what it had. It begins again, as another.
            self.post.forget_node();
            let why = "this process was taken for dead; it begins anew";
            self.fault = Some(Refusal::internal(&why));
        }
        self.waiting = done.waiting;
        for (asked, mail) in done.begun {
            self.begun.push((asked.intent.id.clone(), Instant::now()));
            self.moving.push(self.fly(asked, mail));
        }
    }

    /// Until it is written a mail stays `sending`, which is true: so it is tried until it succeeds, or
    /// until the backend stops.
    fn write_later(&mut self, landed: Vec<Landed>) {
        if landed.is_empty() || self.stop.is_stopping() {
            return;
        }
        if self.unsettled.is_empty() {
            self.moving.push(Box::pin(sleep(AGAIN).map(|()| Event::Again)));
        }
        self.unsettled.extend(landed);
    }

    fn more_may_be_due(&mut self) {
        self.claiming = Claiming::Ahead;
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
    fn fly(&self, asked: Asked, mail: Mail) -> BoxFuture<'a, Event> {
        let (post, node, queues) = (self.post, self.node, self.queues);
        Box::pin(async move {
            let fate = send(post, node, queues, &asked, &mail).await;
            Event::Landed(Box::new(Landed { asked, fate }))
        })
    }
}

async fn beat(post: &Post, node: &Node) -> Result<(), Refusal> {
    let mut tx = post.store.begin().await?;
    node.beat(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// Sends it, if the intent still holds, and says what that means.
async fn send(post: &Post, node: &Node, queues: &[&dyn Queue], asked: &Asked, mail: &Mail) -> Fate {
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
        Fate::Deferred { words, .. } if has_waited(queues, asked) => {
            Fate::Refused(format!("given up: {words}"))
        }
        fate => fate,
    }
}

fn has_waited(queues: &[&dyn Queue], asked: &Asked) -> bool {
    let waited = to_millis(Timestamp::now()).saturating_sub(asked.queued_at);
    let patience = queues.iter().find(|queue| queue.name() == asked.queue);
    let patience = patience.and_then(|queue| queue.patience());
    patience.is_some_and(|longest| waited > longest.as_millis() as i64)
}
