//! Runs: the execution of plans.
//!
//! Owns the bell that wakes workers and watchers.

use tokio::sync::Notify;

/// Wakes whoever waits for runs to change.
#[derive(Debug, Default)]
pub struct Bell(Notify);

impl Bell {
    /// Wakes all who wait now.
    pub fn ring(&self) {
        self.0.notify_waiters();
    }

    /// Waits for the next ring.
    pub async fn heard(&self) {
        self.0.notified().await;
    }
}
