//! The directory's letters, as the outbox knows them.
//!
//! Owns which queues there are; who owns a letter's words owns its queue.

use super::Directory;
use super::access::resets::Resets;
use super::linking::Linking;
use super::notices::Notices;
use super::welcome::Welcomes;
use crate::server::post::Queue;

impl Directory {
    /// The letters that it writes, those that somebody waits for first.
    pub fn letters(&self) -> Vec<Box<dyn Queue + '_>> {
        vec![
            Box::new(Resets(self)),
            Box::new(Linking(self)),
            Box::new(Welcomes(self)),
            Box::new(Notices(self)),
        ]
    }
}

/// A process begins, or begins again, with these alone.
#[cfg(test)]
pub async fn begin(directory: &Directory) -> Result<(), crate::server::refusal::Refusal> {
    let queues = directory.letters();
    directory.post.begin(&queues.iter().map(|queue| &**queue).collect::<Vec<_>>()).await
}

/// Sends what is due of these alone; answers how long nothing will be.
#[cfg(test)]
pub async fn send_due(
    directory: &Directory,
    stop: &crate::server::stop::Stop,
) -> Result<std::time::Duration, crate::server::refusal::Refusal> {
    let queues = directory.letters();
    let queues: Vec<_> = queues.iter().map(|queue| &**queue).collect();
    directory.post.send_due(&queues, stop).await
}
