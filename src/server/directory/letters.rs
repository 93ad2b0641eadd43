//! The directory's letters, as the outbox knows them.
//!
//! Owns which queues there are; who owns a letter's words owns its queue.

use std::sync::Arc;
use std::time::Duration;

use super::Directory;
use super::access::resets::Resets;
use super::linking::Linking;
use super::notices::Notices;
use super::welcome::Welcomes;
use crate::server::chores::{Chore, Chores, Looked, Next};
use crate::server::post::Queue;
use crate::server::refusal::Refusal;
use crate::server::stop::Stop;

/// Sends them, whenever one is asked for and whenever one is due.
pub fn start(directory: &Arc<Directory>, chores: &Chores) {
    let post = Chore::new("post", |r: &Directory, stop| Box::pin(look(r, stop)))
        .beginning(|r| Box::pin(begin(r)))
        .rung(|r| Box::pin(r.post.rung()));
    chores.start(directory.clone(), post);
}

async fn look(directory: &Directory, stop: &Stop) -> Looked {
    Ok(Next::within(send_due(directory, stop).await?))
}

/// A process begins, or begins again.
pub async fn begin(directory: &Directory) -> Result<(), Refusal> {
    directory.post.begin(&Queues::of(directory).all()).await
}

/// Sends what is due; answers how long nothing will be.
pub async fn send_due(directory: &Directory, stop: &Stop) -> Result<Duration, Refusal> {
    directory.post.send_due(&Queues::of(directory).all(), stop).await
}

struct Queues<'r> {
    resets: Resets<'r>,
    linking: Linking<'r>,
    welcomes: Welcomes<'r>,
    notices: Notices<'r>,
}

impl<'r> Queues<'r> {
    fn of(directory: &'r Directory) -> Self {
        Self {
            resets: Resets(directory),
            linking: Linking(directory),
            welcomes: Welcomes(directory),
            notices: Notices(directory),
        }
    }

    /// Those that somebody waits for come first.
    fn all(&self) -> [&dyn Queue; 4] {
        [&self.resets, &self.linking, &self.welcomes, &self.notices]
    }
}
