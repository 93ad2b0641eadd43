//! What the directory does by itself, put together.
//!
//! Owns the names on the board and what rings each; the work is the features' own.

use std::sync::Arc;

use super::{
    Directory, access, automatic, confirmed, contact_center, licences, linking, mirror, proof,
    trials,
};
use crate::server::chores::{Chore, Chores};
use crate::server::provider::{Act, How};

/// Starts all of it.
pub fn start(directory: &Arc<Directory>, chores: &Chores) {
    let start = |chore: Chore<Directory>| chores.start(directory.clone(), chore);
    start(
        Chore::new("domains", |r: &Directory, _| Box::pin(proof::look(r)))
            .rung(|r| Box::pin(r.domains_changed.notified())),
    );
    start(
        Chore::new("confirmed", |r: &Directory, _| Box::pin(confirmed::look(&r.store, &r.clock)))
            .rung(|r| Box::pin(r.confirmed.notified())),
    );
    // Rule L11 links nothing by itself where it cannot be done from here.
    let links_sites = directory.provider.can(Act::Sites) == How::Automated;
    let automatic =
        Chore::new("automatic", |r: &Directory, stop| Box::pin(automatic::keep(r, stop)))
            .when_sure()
            .rung(|r| Box::pin(r.automatic_changed.notified()));
    if links_sites {
        start(automatic);
    }
    start(
        Chore::new("trials", |r: &Directory, _| Box::pin(trials::expiry::look(r)))
            .rung(|r| Box::pin(r.trials_changed.notified())),
    );
    start(
        Chore::new("contact_centers", |r: &Directory, _| Box::pin(contact_center::jobs::look(r)))
            .rung(|r| {
                let mut rung = r.desk.parts.subscribe();
                // The sender lives as long as the directory.
                Box::pin(async move { drop(rung.changed().await) })
            }),
    );
    start(
        Chore::new("licences", |r: &Directory, _| Box::pin(licences::keep_forgetting(r)))
            .when_sure(),
    );
    start(
        Chore::new("rosters", |r: &Directory, stop| Box::pin(mirror::warm::look(r, stop)))
            .everywhere(),
    );
    access::start(directory, chores);
    linking::start(directory, chores);
}
