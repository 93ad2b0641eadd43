//! All mails, by one worker: the directory's letters and the invitations of runs.
//!
//! Owns which queues the outbox has, and its place among what goes on by itself.

use std::sync::Arc;

use super::runs::Invitations;
use crate::server::Backend;
use crate::server::chores::{Chore, Looked, Next};
use crate::server::post::Queue;
use crate::server::refusal::Refusal;
use crate::server::stop::Stop;

/// Sends them, whenever one is asked for and whenever one is due.
pub(super) fn start(backend: &Arc<Backend>) {
    let post = Chore::new("post", |b: &Backend, stop| Box::pin(look(b, stop)))
        .beginning(|b| Box::pin(begin(b)))
        .rung(|b| Box::pin(b.post.rung()))
        .everywhere();
    backend.chores.start(Arc::clone(backend), post);
}

/// Invitations come last: there may be a million of them.
fn queues(backend: &Backend) -> Vec<Box<dyn Queue + '_>> {
    let mut queues = backend.directory.letters();
    queues.push(Box::new(Invitations(backend)));
    queues
}

/// A process begins, or begins again.
async fn begin(backend: &Backend) -> Result<(), Refusal> {
    let queues = queues(backend);
    let queues: Vec<_> = queues.iter().map(|queue| &**queue).collect();
    backend.post.begin(&queues).await
}

async fn look(backend: &Backend, stop: &Stop) -> Looked {
    let queues = queues(backend);
    let queues: Vec<_> = queues.iter().map(|queue| &**queue).collect();
    Ok(Next::within(backend.post.send_due(&queues, stop).await?))
}
