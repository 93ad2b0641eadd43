//! The engine: what must not go wrong, the same for all providers.
//!
//! Owns plans, runs, cohorts, drafts, imports, feeds and newcomers. Must not know a provider's insides.

use std::sync::Arc;

use tokio::task::JoinHandle;

use super::Backend;

pub mod cohorts;
pub mod drafts;
pub mod feeds;
pub mod imports;
pub mod newcomers;
pub mod plans;
pub mod runs;

/// Starts the engine's workers; they end when the backend's stop signal is given.
pub fn start(backend: &Arc<Backend>) -> Vec<JoinHandle<()>> {
    vec![
        tokio::spawn(runs::tend(Arc::clone(backend))),
        tokio::spawn(newcomers::tend(Arc::clone(backend))),
    ]
}
