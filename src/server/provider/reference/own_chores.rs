//! What the reference provider does by itself, put together.
//!
//! Owns the names on the board and what rings each; the work is the features' own.

use std::sync::Arc;

use super::{
    Reference, access, automatic, confirmed, contact_center, letters, licences, linking, mirror,
    proof, trials,
};
use crate::server::chores::{Chore, Chores};

/// Starts all of it.
pub fn start(reference: &Arc<Reference>, chores: &Chores) {
    let start = |chore: Chore<Reference>| chores.start(reference.clone(), chore);
    start(
        Chore::new("domains", |r: &Reference, _| Box::pin(proof::look(r)))
            .rung(|r| Box::pin(r.domains_changed.notified())),
    );
    start(
        Chore::new("confirmed", |r: &Reference, _| Box::pin(confirmed::look(&r.store, &r.clock)))
            .rung(|r| Box::pin(r.confirmed.notified())),
    );
    start(
        Chore::new("automatic", |r: &Reference, stop| Box::pin(automatic::keep(r, stop)))
            .when_sure()
            .rung(|r| Box::pin(r.automatic_changed.notified())),
    );
    start(
        Chore::new("trials", |r: &Reference, _| Box::pin(trials::expiry::look(r)))
            .rung(|r| Box::pin(r.trials_changed.notified())),
    );
    start(
        Chore::new("contact_centers", |r: &Reference, _| Box::pin(contact_center::jobs::look(r)))
            .rung(|r| {
                let mut rung = r.desk.parts.subscribe();
                // The sender lives as long as the provider.
                Box::pin(async move { drop(rung.changed().await) })
            }),
    );
    start(
        Chore::new("licences", |r: &Reference, _| Box::pin(licences::keep_forgetting(r)))
            .when_sure(),
    );
    start(Chore::new("rosters", |r: &Reference, stop| Box::pin(mirror::warm::look(r, stop))));
    letters::start(reference, chores);
    access::start(reference, chores);
    linking::start(reference, chores);
}
