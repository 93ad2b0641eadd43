//! The organizations that match a site, as the operator sees them (rules L2 to L4).
//!
//! Owns what is shown of an organization that is not the operator's: its name, kind, age and number
//! of full admins, with every reason; their addresses only where the reasons allow it. Each look is
//! recorded. How often one may look is the router's.

use jiff::Timestamp;
use serde_json::json;

use super::super::roles::full_admins;
use super::advice::{new_choice, whom_to_ask};
use super::enroll::must_be_connected;
use super::hindrance::{Target, organization_of};
use super::matches::{self, Reason};
use super::{Entry, Linkable, record};
use crate::api::linking::{Candidate, Candidates, CandidatesQuery, MatchReason, MyOrganization};
use crate::domain::organization::OrganizationKind;
use crate::domain::untrusted::Untrusted;
use crate::server::directory::Directory;
use crate::server::directory::Viewer;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, from_millis};

/// How many matches are shown.
const MOST: usize = 50;
/// How much evidence of one reason is shown.
pub const EVIDENCE: usize = 10;
/// How many full admins are named.
const NAMED: usize = 20;

/// All matches of a site.
pub async fn list(
    directory: &Directory,
    viewer: &Viewer,
    url: &str,
    query: &CandidatesQuery,
) -> Result<Candidates, Refusal> {
    let typed = query.organization.as_deref().map(str::trim).filter(|typed| !typed.is_empty());
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    let site = Linkable::find(&mut tx, url).await?;
    site.must_be_free(&mut tx).await?;
    must_be_connected(&mut tx, viewer, &site).await?;
    let mine = organization_of(&mut tx, &viewer.email).await?;
    let found = matches::find(&mut tx, &site, typed).await?;
    let typed_id_found = typed.map(|id| found.contains_key(id));
    let ids: Vec<String> = found.keys().cloned().collect();
    let mut items = Vec::with_capacity(found.len());
    for (id, reasons) in found {
        items.push(candidate(&mut tx, viewer, mine.as_ref(), &id, reasons, now).await?);
    }
    items.sort_by(|one, other| {
        // A partner's own comes after the customers: the first one that can be chosen has the focus.
        let rank = |c: &Candidate| {
            (!c.choosable, c.kind == OrganizationKind::Partner, usize::MAX - c.reasons.len())
        };
        rank(one)
            .cmp(&rank(other))
            .then_with(|| one.name.raw().cmp(other.name.raw()))
            .then_with(|| one.id.cmp(&other.id))
    });
    let customers: Vec<(&Untrusted, &[Untrusted])> = items
        .iter()
        .filter(|one| one.kind == OrganizationKind::Customer && !one.choosable)
        .map(|one| (&one.name, one.ask.as_slice()))
        .collect();
    let ask = whom_to_ask(&customers, &site.csm);
    let more = items.len().saturating_sub(MOST) as u64;
    items.truncate(MOST);
    let entry = Entry {
        action: "site.candidates_seen",
        actor: &viewer.email,
        organization: None,
        url,
        detail: json!({ "typed": typed, "organizations": ids }),
        now,
    };
    record(&mut tx, entry).await?;
    tx.commit().await?;
    Ok(Candidates {
        site: Untrusted::new(&site.url),
        company: Untrusted::new(&site.company),
        items,
        more,
        typed_id_found,
        new_organization: new_choice(&site.company, mine.as_ref(), &ask),
        csm: Untrusted::new(&site.csm),
    })
}

async fn candidate(
    conn: &mut Conn,
    viewer: &Viewer,
    mine: Option<&MyOrganization>,
    id: &str,
    reasons: Vec<Reason>,
    now: Timestamp,
) -> Result<Candidate, Refusal> {
    let target = Target::find(conn, id).await?;
    let why_not = target.hindrance(conn, &viewer.email, mine, now).await?;
    let created_at: i64 = sqlx::query_scalar("SELECT created_at FROM organizations WHERE id = $1")
        .bind(id)
        .fetch_one(&mut *conn)
        .await?;
    let full_admins = full_admins(conn, id).await?;
    let ask = may_ask(&full_admins, &reasons);
    Ok(Candidate {
        id: target.id,
        name: Untrusted::new(target.name),
        kind: target.kind,
        created_at: from_millis(created_at),
        reasons: reasons.into_iter().map(shown).collect(),
        choosable: why_not.is_none(),
        why_not,
        full_admins: full_admins.len() as u64,
        ask,
    })
}

/// The full admins, where a reason allows naming them (rule L2).
pub fn may_ask(full_admins: &[String], reasons: &[Reason]) -> Vec<Untrusted> {
    if reasons.iter().any(|reason| reason.kind.shows_full_admins()) {
        full_admins.iter().take(NAMED).map(Untrusted::new).collect()
    } else {
        Vec::new()
    }
}

fn shown(reason: Reason) -> MatchReason {
    MatchReason {
        kind: reason.kind,
        evidence: reason.evidence.into_iter().take(EVIDENCE).map(Untrusted::new).collect(),
        text: Untrusted::new(reason.text),
    }
}
