//! The one signal that ends the backend: accepting, long polls, workers and background work.
//!
//! Owns nothing but the signal; who hears it decides what ending means. It cannot be taken back.

use std::sync::Arc;

use tokio::sync::watch;

/// The signal. Cheap to clone; all clones are the same signal.
#[derive(Debug, Clone)]
pub struct Stop(Arc<watch::Sender<bool>>);

impl Default for Stop {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Stop {
    /// Gives the signal.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }

    /// Whether it was given.
    pub fn is_stopping(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits for it.
    pub async fn wait(&self) {
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = self.0.subscribe().wait_for(|stopping| *stopping).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_clone_hears_it_also_afterwards() {
        let stop = Stop::default();
        let other = stop.clone();
        let waiting = tokio::spawn(async move { other.wait().await });
        assert!(!stop.is_stopping());
        stop.stop();
        waiting.await.unwrap();
        stop.wait().await;
        assert!(stop.is_stopping());
    }
}
