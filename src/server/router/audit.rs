//! The audit record: reading it, and checking that nobody changed it.

use axum::extract::State;

use super::Shared;
use super::asked::{Asked, Routes};
use crate::api::audit::{AuditEntry, AuditVerified, ListAudit, VerifyAudit};
use crate::api::page::Page;
use crate::domain::role::{Action, permits};
use crate::server::audit::{self, Readers};
use crate::server::auth::{Actor, authorize};
use crate::server::directory::Resource;
use crate::server::paging;
use crate::server::refusal::Refusal;

pub fn routes() -> Routes {
    Routes::new().at(list_audit).at(verify_audit)
}

/// What was changed, newest first, in the organizations whose record one may read.
async fn list_audit(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { query, .. }: Asked<ListAudit>,
) -> Result<Page<AuditEntry>, Refusal> {
    let readers = match &query.organization {
        Some(id) => {
            authorize(&backend, &actor, Action::Audit, Resource::Organization(id)).await?;
            Readers::OfOrganization(id)
        }
        None if actor.backend_admin => Readers::OfAll,
        None => Readers::Person(&actor.email),
    };
    let limit = paging::limit(query.limit)?;
    let after: Option<String> = paging::after(query.cursor.as_deref())?;
    let mut conn = backend.store.read().await?;
    let before = match after {
        Some(hash) => {
            let place = audit::place(&mut conn, &hash).await?;
            Some(place.ok_or_else(paging::no_such_cursor)?)
        }
        None => None,
    };
    let mut found = audit::list(&mut conn, readers, before, limit).await?;
    if !actor.backend_admin {
        // How much happens elsewhere is nobody else's business.
        for entry in &mut found {
            entry.seq = None;
        }
    }
    paging::page(found, limit, |entry| entry.hash.clone(), |entry| entry)
}

/// Whether the record's chain of hashes holds, and an anchor with it. For everyone who may read some of it.
async fn verify_audit(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { query: anchor, .. }: Asked<VerifyAudit>,
) -> Result<AuditVerified, Refusal> {
    if anchor.seq.is_some() != anchor.hash.is_some() {
        return Err(Refusal::invalid("hash", "An anchor is a number of entries and a hash."));
    }
    let held = backend.directory.held(&actor.email).await?;
    if !actor.backend_admin && !held.iter().any(|held| permits(held.role, Action::Audit)) {
        return Err(Refusal::not_allowed(Action::Audit));
    }
    // Whether a hash stands at a place would tell the place, and so how much happens elsewhere.
    if anchor.seq.is_some() {
        authorize(&backend, &actor, Action::Provision, Resource::Backend).await?;
    }
    let mut conn = backend.store.read().await?;
    let mut verified = audit::verify(&mut conn, &anchor).await?;
    if !actor.backend_admin {
        // How much happens elsewhere is nobody else's business.
        (verified.entries, verified.head, verified.broken_at) = (None, None, None);
    }
    Ok(verified)
}
