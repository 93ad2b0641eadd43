//! One outbox for every mail: asked for in a transaction, sent by one worker, each at most once.
//!
//! Owns the one protocol (research, section 4): a mail's intent is durable before it may leave; what
//! broke after its final dot, or with its process, is `unknown`, and no machine sends it again. Whose
//! letter it is writes it when it is about to leave, and learns what became of it: a [`Queue`]. What
//! the letters say is theirs.

mod intent;
mod mail;
mod outbox;
mod sending;
pub mod smtp;
#[cfg(test)]
mod tests;
mod turn;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::Notify;

use super::ServeOptions;
use super::nodes::{self, Node, Term};
use super::refusal::Refusal;
use super::stop::Stop;
use super::store::timed::Timed;
use super::store::{Conn, Store, new_id};
pub use intent::{Fate, Intent, Later};
use mail::Delivery;
pub use mail::Mail;
pub use outbox::{Ask, Asked, drop_settled, forget_old, hold, withdraw};
use smtp::{MailError, Mailer};

/// Whose letters these are: written by it, and what became of each is told to it.
pub trait Queue: Send + Sync {
    /// Its name in the outbox and in `/metrics`.
    fn name(&self) -> &'static str;

    /// After so long a mail of it is of no use any more, whyever it waits; none: it waits as long as
    /// the mail server does, and is given up only where the recipient's side always says "later".
    fn patience(&self) -> Option<Duration> {
        None
    }

    /// Whether a mail of it is nothing any more to somebody whose access here was ended (rule P5): it is
    /// about what they administer, not about an account of theirs.
    fn heeds_access(&self) -> bool {
        true
    }

    /// Writes the letter, in the transaction of its intent, with a fresh secret if it holds one; none
    /// where there is nothing to say any more. Its Message-ID is made from the attempt.
    fn letter<'a>(
        &'a self,
        conn: &'a mut Conn,
        asked: &'a Asked,
    ) -> BoxFuture<'a, Result<Option<Mail>, Refusal>>;

    /// What became of it, in the transaction that writes it down.
    fn settled<'a>(
        &'a self,
        conn: &'a mut Conn,
        asked: &'a Asked,
        fate: &'a Fate,
    ) -> BoxFuture<'a, Result<(), Refusal>>;

    /// That some were begun, or what became of some, is committed: whoever watches may look.
    fn committed(&self) {}
}

/// The outbox's worker, and the way to the mail server.
#[derive(Debug)]
pub struct Post {
    store: Store,
    mailer: Mailer,
    /// Wakes the sending.
    bell: Notify,
    term: Term,
    /// What its nodes are known by.
    owner: String,
    node: RwLock<Option<Arc<Node>>>,
}

impl Post {
    /// Over a database, with the mail server that the options name; a mail that surely has not left
    /// when `stop` is given is given back.
    ///
    /// # Errors
    /// When the options name no mail server or sender that mails can be sent with.
    pub fn new(store: Store, options: &ServeOptions, stop: Stop) -> Result<Self, MailError> {
        let mailer = Mailer::new(options)?.heeding(stop);
        // SQLite: the process holds the file's lock.
        let term = Term::Process;
        let (bell, owner) = (Notify::new(), new_id("pst"));
        Ok(Self { store, mailer, bell, term, owner, node: RwLock::default() })
    }

    /// The same over a database that others share.
    #[cfg(test)]
    pub(crate) fn shared(self) -> Self {
        Self { term: Term::Beat, ..self }
    }

    /// Something was asked for, and is committed.
    pub fn ring(&self) {
        self.bell.notify_one();
    }

    /// Waits for that.
    pub async fn rung(&self) {
        self.bell.notified().await;
    }

    /// Begins to work: as a node that none was before, so that what this process had is given back
    /// with what the dead had.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn begin(&self, queues: &[&dyn Queue]) -> Result<(), Refusal> {
        let mut tx = self.store.begin().await?;
        nodes::end_of(&mut tx, &self.owner).await?;
        let node = Node::begin(&mut tx, &self.owner, self.term).await?;
        tx.commit().await?;
        *self.node.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(node));
        outbox::hurry(&self.store).await?;
        outbox::give_back(&self.store, queues, self.term).await
    }

    /// Sends what is due; answers how long nothing will be.
    ///
    /// # Errors
    /// When the database cannot be read or written; what had begun has ended by then.
    pub async fn send_due(&self, queues: &[&dyn Queue], stop: &Stop) -> Result<Duration, Refusal> {
        let node = if let Some(node) = self.node() {
            if self.term == Term::Beat {
                outbox::give_back(&self.store, queues, self.term).await?;
            }
            node
        } else {
            self.begin(queues).await?;
            self.node().ok_or_else(|| Refusal::internal(&"no node was begun"))?
        };
        sending::send_due(self, &node, queues, stop).await
    }

    /// For how long the mail server is left alone, because it takes nothing now, and its words.
    pub fn rest(&self) -> Option<(Duration, String)> {
        self.mailer.rest()
    }

    /// Asks the mail server anew at once, whatever it said before: a person says so.
    pub fn ask_anew(&self) {
        self.mailer.ask_anew();
        self.ring();
    }

    /// How mails came out, and how long they took.
    pub fn timed(&self) -> &Timed {
        self.mailer.timed()
    }

    fn forget_node(&self) {
        *self.node.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn node(&self) -> Option<Arc<Node>> {
        self.node.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
