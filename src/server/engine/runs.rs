//! Runs: the execution of one plan, once, by the send protocol (rule U5; research, section 4).
//!
//! Owns the worker, what operators may do to a run, and the bell that wakes workers and watchers.
//! Invitations go by the outbox, which has the protocol: a run feeds it a window of its mails, and
//! follows what becomes of each. Here stay what the outbox does not know: silent links, which are no
//! mails; whom a plan means and whether it still does; and what a fate or a person's answer means
//! for a run.

mod answers;
mod breaker;
mod control;
mod driver;
mod feed;
mod invitations;
mod letter;
mod links;
mod read;
mod resolve;
mod restored;
mod rows;
mod second;
mod settled;
mod timers;
mod tokens;
mod worker;

use tokio::sync::watch;

pub use answers::{answer, clear_decline};
pub use control::{cancel, pause, resume, retry};
pub(super) use invitations::Invitations;
pub(super) use links::look as look_at_links;
pub use read::{items, list, show, site_of, watch};
pub use resolve::resolve;
pub use restored::{hold, none_is_held, resume_restored};
pub use timers::timers;

pub(super) use crate::server::nodes::BEAT;
pub(super) use worker::{TASK, tend};

/// Wakes whoever waits for runs to change.
#[derive(Debug)]
pub struct Bell(watch::Sender<u64>);

impl Default for Bell {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Bell {
    /// Wakes all who listen.
    pub fn ring(&self) {
        self.0.send_modify(|rung| *rung = rung.wrapping_add(1));
    }

    /// Listens from now on: a ring after this call is never missed.
    pub fn listen(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }
}

#[cfg(test)]
mod tests;
