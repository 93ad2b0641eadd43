//! Which process does what goes on by itself: of several on one database, one at a time each.
//!
//! Owns this process's node among the chores, and the lease of each. Where the database is one
//! process's alone a lease lasts as long as it, and is written once; else it is renewed, and what is
//! not renewed is another's.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::sleep;

use crate::server::nodes::{self, BEAT, Node, Term};
use crate::server::store::{Store, new_id};

/// The leases of one process.
pub(super) struct Leases {
    store: Store,
    term: Term,
    owner: String,
    /// How often a lease is renewed.
    pub beat: Duration,
    node: Mutex<Option<Arc<Node>>>,
}

/// A lease that is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lease {
    name: &'static str,
    epoch: i64,
}

impl Leases {
    /// Over a database that is this process's alone (SQLite: it holds the file's lock).
    pub fn new(store: Store) -> Self {
        let (term, owner, node) = (Term::Process, new_id("chr"), Mutex::default());
        Self { store, term, owner, beat: BEAT, node }
    }

    /// The same over a database that others share.
    #[cfg(test)]
    pub fn shared(self, beat: Duration) -> Self {
        Self { term: Term::Beat, beat, ..self }
    }

    /// Takes it, or keeps it; none while another living process has it.
    pub async fn take(&self, name: &'static str) -> Result<Option<Lease>, sqlx::Error> {
        let mut node = self.node.lock().await;
        let mut tx = self.store.begin().await?;
        let mut living = node.clone();
        if let Some(node) = &living
            && !node.beat(&mut tx).await?
        {
            living = None;
        }
        let living = if let Some(living) = living {
            living
        } else {
            nodes::end_of(&mut tx, &self.owner).await?;
            Arc::new(Node::begin(&mut tx, &self.owner, self.term).await?)
        };
        let epoch = living.lease(&mut tx, name).await?;
        tx.commit().await?;
        *node = Some(living);
        Ok(epoch.map(|epoch| Lease { name, epoch }))
    }

    /// Keeps it; ends when it is lost, and then what goes on under it must end.
    pub async fn keep(&self, lease: Lease) {
        if self.term == Term::Process {
            return std::future::pending().await;
        }
        loop {
            sleep(self.beat).await;
            match self.take(lease.name).await {
                Ok(Some(still)) if still == lease => {}
                Ok(_) => return,
                // It is not lost as long as nobody could take it, and the next beat tells.
                Err(error) => tracing::warn!(name = lease.name, %error, "a lease was not renewed"),
            }
        }
    }

    /// The process ends: others need not wait for its leases.
    pub async fn end(&self) {
        let Some(node) = self.node.lock().await.take() else { return };
        if self.term == Term::Process {
            // Nobody is there to wait for them.
            return;
        }
        let ended = async {
            let mut tx = self.store.begin().await?;
            node.end(&mut tx).await?;
            tx.commit().await
        };
        if let Err(error) = ended.await {
            tracing::warn!(%error, "the leases of this process could not be given up");
        }
    }
}
