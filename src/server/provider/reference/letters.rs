//! The directory's letters, as the outbox knows them.
//!
//! Owns which queues there are; who owns a letter's words owns its queue.

use std::time::Duration;

use super::Reference;
use super::access::resets::Resets;
use super::notices::Notices;
use crate::server::chores::{Chore, Chores, Looked, Next};
use crate::server::post::Queue;
use crate::server::refusal::Refusal;
use crate::server::stop::Stop;

/// Sends them, whenever one is asked for and whenever one is due.
pub fn start(reference: &std::sync::Arc<Reference>, chores: &Chores) {
    let post = Chore::new("post", |r: &Reference, stop| Box::pin(look(r, stop)))
        .beginning(|r| Box::pin(begin(r)))
        .rung(|r| Box::pin(r.post.rung()));
    chores.start(reference.clone(), post);
}

async fn look(reference: &Reference, stop: &Stop) -> Looked {
    Ok(Next::within(send_due(reference, stop).await?))
}

/// A process begins, or begins again.
pub async fn begin(reference: &Reference) -> Result<(), Refusal> {
    let (resets, notices) = (Resets(reference), Notices(reference));
    let queues: [&dyn Queue; 2] = [&resets, &notices];
    reference.post.begin(&queues).await
}

/// Sends what is due; answers how long nothing will be.
pub async fn send_due(reference: &Reference, stop: &Stop) -> Result<Duration, Refusal> {
    let (resets, notices) = (Resets(reference), Notices(reference));
    let queues: [&dyn Queue; 2] = [&resets, &notices];
    reference.post.send_due(&queues, stop).await
}
