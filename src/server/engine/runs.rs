//! Runs: the execution of one plan, once, by the send protocol (rule U5; research, section 4).
//!
//! Owns the worker, what operators may do to a run, and the bell that wakes workers and watchers.
//! The protocol is not negotiable: an intent is durable before a mail may leave, and what may have
//! left is `unknown` and never sent again by a machine.

mod answers;
mod batch;
mod breaker;
mod control;
mod driver;
mod intent;
mod letter;
mod links;
mod read;
mod record;
mod recovery;
mod resolve;
mod restored;
mod rows;
mod timers;
mod worker;

use tokio::sync::watch;

use crate::server::store::new_id;

pub use answers::{answer, clear_decline};
pub use control::{cancel, pause, resume, retry};
pub use read::{items, list, show, site_of, watch};
pub use resolve::resolve;
pub use restored::{hold, none_is_held, resume_restored};
pub use timers::timers;

pub(super) use crate::server::nodes::BEAT;
pub(super) use worker::{TASK, tend};

/// Wakes whoever waits for runs to change.
#[derive(Debug)]
pub struct Bell {
    rung: watch::Sender<u64>,
    /// What the nodes of this process's drivers are known by.
    owner: String,
}

impl Default for Bell {
    fn default() -> Self {
        Self { rung: watch::Sender::new(0), owner: new_id("drv") }
    }
}

impl Bell {
    /// Wakes all who listen.
    pub fn ring(&self) {
        self.rung.send_modify(|rung| *rung = rung.wrapping_add(1));
    }

    /// Listens from now on: a ring after this call is never missed.
    pub fn listen(&self) -> watch::Receiver<u64> {
        self.rung.subscribe()
    }
}

#[cfg(test)]
mod tests;
