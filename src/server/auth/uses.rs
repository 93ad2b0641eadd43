//! When sessions and tokens were used last (rule P5).
//!
//! Owns remembering it, and writing it down once a minute: no request waits for that. At most one
//! entry for each session and token that works.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use super::{Actor, Credential};
use crate::server::Backend;
use crate::server::chores::{Looked, Next};
use crate::server::store::{Store, to_millis};

/// How often it is written down.
const BEAT: Duration = Duration::from_mins(1);

/// The uses since they were written down last.
#[derive(Debug, Default)]
pub struct Uses(Mutex<HashMap<Credential, Timestamp>>);

impl Uses {
    /// Somebody showed something: a session counts for the token that opened it, too.
    pub fn note(&self, actor: &Actor) {
        let now = Timestamp::now();
        let mut uses = self.lock();
        uses.insert(actor.credential.clone(), now);
        if let Some(token) = &actor.token {
            uses.insert(Credential::Token(token.clone()), now);
        }
    }

    /// The last use: of what is written down and what is not yet, the later.
    pub fn last(&self, of: &Credential, written: Option<Timestamp>) -> Option<Timestamp> {
        self.lock().get(of).copied().max(written)
    }

    /// Writes down what is new.
    ///
    /// # Errors
    /// When the database cannot be written; then it is tried again the next time.
    pub async fn write(&self, store: &Store) -> Result<(), sqlx::Error> {
        let uses = std::mem::take(&mut *self.lock());
        let written = write_all(store, &uses).await;
        if written.is_err() {
            let mut newer = self.lock();
            for (of, at) in uses {
                newer.entry(of).or_insert(at);
            }
        }
        written
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Credential, Timestamp>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn write_all(
    store: &Store,
    uses: &HashMap<Credential, Timestamp>,
) -> Result<(), sqlx::Error> {
    if uses.is_empty() {
        return Ok(());
    }
    let mut tx = store.begin().await?;
    for (of, at) in uses {
        let (sql, id) = match of {
            Credential::Session(id) => ("UPDATE sessions SET used_at = $2 WHERE id = $1", id),
            Credential::Token(id) => ("UPDATE tokens SET used_at = $2 WHERE id = $1", id),
        };
        sqlx::query(sql).bind(id).bind(to_millis(*at)).execute(&mut *tx).await?;
    }
    tx.commit().await
}

/// Writes it down, now and then.
pub async fn keep_writing(backend: &Backend) -> Looked {
    backend.uses.write(&backend.store).await?;
    Ok(Next::within(BEAT))
}
