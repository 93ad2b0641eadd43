//! The engine: what must not go wrong, over the directory.
//!
//! Owns plans, runs, cohorts, drafts, imports, feeds and newcomers, and puts the mails of all together.
//! Must not know the directory's insides.

use std::sync::Arc;

use super::Backend;
use super::chores::Chore;

pub mod cohorts;
pub mod drafts;
pub mod feeds;
pub mod imports;
mod mails;
pub mod newcomers;
pub mod plans;
pub mod provided;
pub mod runs;

/// Starts what the engine does by itself; it ends when the backend's stop signal is given.
pub fn start(backend: &Arc<Backend>) {
    let chores = &backend.chores;
    chores.stand(runs::TASK, runs::BEAT, Arc::clone(backend), runs::tend);
    mails::start(backend);
    let newcomers = Chore::new("newcomers", |b: &Backend, _| Box::pin(newcomers::look(b)));
    chores.start(Arc::clone(backend), newcomers);
    let links = Chore::new("links", |b: &Backend, _| Box::pin(runs::look_at_links(b)));
    chores.start(Arc::clone(backend), links);
    let imports = Chore::new("imports", |b: &Backend, _| Box::pin(imports::look(b)));
    chores.start(Arc::clone(backend), imports);
}
