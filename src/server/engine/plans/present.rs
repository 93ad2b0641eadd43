//! Users as they are now, in order of number: as a stream, or some of them at a time.
//!
//! Owns choosing between the two: a few users are asked for by number, many are streamed. Must not
//! decide anything about them.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::server::Backend;
use crate::server::directory::{SiteFacts, UserFacts};
use crate::server::refusal::Refusal;
use crate::server::store::Conn;

/// How many users are asked for by number at once.
pub(in crate::server::engine) const CHUNK: usize = 1_000;
/// Above so many users, streaming the whole roster is the shorter way.
pub(super) const FEW: usize = 20_000;

/// All users of a site, as they come.
pub(super) struct Stream {
    batches: mpsc::Receiver<Vec<UserFacts>>,
    task: Option<JoinHandle<Result<(), Refusal>>>,
    /// What came and was not asked for yet.
    rest: std::vec::IntoIter<UserFacts>,
}

impl Stream {
    /// Begins to read the site's users from a number on, with the facts of `now`.
    pub fn open(backend: &Backend, site: &SiteFacts, from: u32, now: Timestamp) -> Self {
        let (sender, batches) = mpsc::channel(4);
        let directory = Arc::clone(&backend.directory);
        let site = site.clone();
        let task = tokio::spawn(async move { directory.users(&site, from, now, sender).await });
        Self { batches, task: Some(task), rest: Vec::new().into_iter() }
    }

    /// The next batch; none at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<UserFacts>>, Refusal> {
        if let Some(batch) = self.batches.recv().await {
            return Ok(Some(batch));
        }
        match self.task.take() {
            // An error in the middle must not look like the end of the roster.
            Some(task) => task.await.map_err(|error| Refusal::internal(&error))?.map(|()| None),
            None => Ok(None),
        }
    }

    /// Those with these numbers, which ascend from call to call.
    async fn pick(&mut self, numbers: &[u32]) -> Result<Vec<UserFacts>, Refusal> {
        let mut picked = Vec::with_capacity(numbers.len());
        let mut wanted = numbers.iter().copied().peekable();
        while let Some(want) = wanted.peek().copied() {
            match self.rest.next() {
                Some(user) if user.number == want => {
                    picked.push(user);
                    wanted.next();
                }
                Some(user) if user.number < want => {}
                Some(_) => {
                    wanted.next();
                }
                None => match self.next().await? {
                    Some(batch) => self.rest = batch.into_iter(),
                    None => break,
                },
            }
        }
        Ok(picked)
    }
}

/// Some users of a site, asked for in ascending chunks.
pub(super) enum Present {
    /// By number.
    Few,
    /// Picked out of the stream of all.
    Many(Stream),
}

impl Present {
    /// The shorter way to `count` users.
    pub fn of(backend: &Backend, site: &SiteFacts, count: usize, now: Timestamp) -> Self {
        if count <= FEW { Self::Few } else { Self::Many(Stream::open(backend, site, 0, now)) }
    }

    /// The users with these numbers (at most [`CHUNK`], ascending from call to call).
    pub async fn pick(
        &mut self,
        backend: &Backend,
        conn: &mut Conn,
        site: &SiteFacts,
        numbers: &[u32],
        now: Timestamp,
    ) -> Result<Vec<UserFacts>, Refusal> {
        match self {
            Self::Few => backend.directory.users_among(conn, site, numbers, now).await,
            Self::Many(stream) => stream.pick(numbers).await,
        }
    }
}
