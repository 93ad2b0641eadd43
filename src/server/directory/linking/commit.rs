//! Link Now (rules L3, L5, L6): one transaction in which a site gets its organization, for good.
//!
//! Owns the commit of a plan and [`insert`], the one place where a site's organization is set after
//! the site was made. What was agreed to must be what would happen now; else nothing happens.

use jiff::Timestamp;
use serde_json::json;

use super::job::later;
use super::plan::{self, Place};
use super::{Entry, present, record};
use crate::api::linking::{LinkJob, LinkSite};
use crate::api::problem::code as problem;
use crate::domain::country::Country;
use crate::domain::organization::OrganizationKind;
use crate::domain::role::Role;
use crate::domain::site::SiteState;
use crate::domain::site_link::LinkState;
use crate::server::audit::Change;
use crate::server::directory::Viewer;
use crate::server::directory::organizations::adding::{self, Fresh};
use crate::server::directory::rosters::answers;
use crate::server::directory::{Directory, administrators, trials};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, to_millis};

/// A site about to be bound to an organization.
#[derive(Debug, Clone, Copy)]
pub struct Binding<'a> {
    /// The row of the site, which has no organization yet.
    pub site: i64,
    /// Its URL.
    pub url: &'a str,
    /// The organization.
    pub organization: &'a str,
    /// Whether it was made for this.
    pub made: bool,
    /// Whether nobody was asked (rule L11).
    pub automatic: bool,
    /// Who agreed, or the system.
    pub by: &'a str,
    /// What was agreed to; empty where nobody was asked.
    pub text: &'a str,
    /// That text's SHA-256.
    pub text_sha256: &'a str,
    /// When the job is due; absent: as long after now as links take.
    pub due_at: Option<Timestamp>,
}

/// Commits what was read: for good.
pub async fn link(
    directory: &Directory,
    viewer: &Viewer,
    url: &str,
    asked: &LinkSite,
) -> Result<LinkJob, Refusal> {
    if !asked.agree {
        let why = "Nothing is linked without the tick that one agrees.";
        return Err(Refusal::invalid("agree", why));
    }
    if !asked.confirm.trim().eq_ignore_ascii_case(url) {
        return Err(Refusal::invalid("confirm", "Type the site's URL in full to confirm."));
    }
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    let planned = plan::prepare(directory, &mut tx, viewer, url, &asked.target, now).await?;
    if !asked.text_sha256.trim().eq_ignore_ascii_case(&planned.shown.text_sha256) {
        return Err(Refusal::conflict(
            problem::AGREEMENT_STALE,
            "What was agreed to is not what would happen now; nothing was linked.",
            "Read the agreement again, as it is now, and agree to that.",
        )
        .at("text_sha256"));
    }
    let (organization, made) = match planned.place {
        Place::Existing { id } => {
            trials::expiry::must_be_active(&mut tx, &id, now).await?;
            (id, false)
        }
        Place::New { name, country } => (make(&mut tx, viewer, &name, country, now).await?, true),
    };
    let binding = Binding {
        site: planned.site.id,
        url,
        organization: &organization,
        made,
        automatic: false,
        by: &viewer.email,
        text: planned.shown.text.raw(),
        text_sha256: &planned.shown.text_sha256,
        due_at: Some(later(now, directory.links.delay)),
    };
    bind(&mut tx, &binding, now).await?;
    let job = present::show(directory, &mut tx, url).await?;
    tx.commit().await?;
    directory.links.jobs.notify_one();
    directory.links.ring();
    Ok(job)
}

/// Rule L3: the organization exists from now on, and the operator is its full admin.
async fn make(
    conn: &mut Conn,
    viewer: &Viewer,
    name: &str,
    country: Country,
    now: Timestamp,
) -> Result<String, Refusal> {
    let kind = OrganizationKind::Customer;
    let fresh = Fresh { name, kind, partner: None, country: Some(country), vertical: None };
    let id = adding::make(conn, fresh, now).await?;
    administrators::give(conn, &id, &viewer.email, Role::FullAdmin).await?;
    Change::by(now, &viewer.email, "organization.added")
        .of(&id)
        .detail(json!({ "name": name, "country": country, "full_admin": viewer.email }))
        .record(conn)
        .await?;
    Ok(id)
}

/// Binds the site and records it. After the commit the caller wakes the job.
///
/// # Errors
/// `409 link_permanent` where the site has an organization by now, whoever was faster.
pub async fn bind(conn: &mut Conn, binding: &Binding<'_>, now: Timestamp) -> Result<(), Refusal> {
    if !insert(conn, binding, now).await? {
        let site = super::Linkable::find(conn, binding.url).await?;
        let winner = site.organization.clone().unwrap_or_default();
        return Err(site.permanent(conn, &winner).await?);
    }
    let entry = Entry {
        action: "site.link_begun",
        actor: binding.by,
        organization: Some(binding.organization),
        url: binding.url,
        detail: json!({
            "new_organization": binding.made,
            "automatic": binding.automatic,
            "text_sha256": binding.text_sha256,
        }),
        now,
    };
    Ok(record(conn, entry).await?)
}

/// The one place where a site that there is gets its organization, and its job, in the caller's
/// transaction. False, and nothing is written, where the site has an organization already.
///
/// # Errors
/// When the database cannot be written.
pub async fn insert(
    conn: &mut Conn,
    binding: &Binding<'_>,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let bound = sqlx::query(
        "UPDATE sites SET organization = $2, state = $3 WHERE id = $1 AND organization IS NULL",
    )
    .bind(binding.site)
    .bind(binding.organization)
    .bind(SiteState::Linking.code())
    .execute(&mut *conn)
    .await?;
    if bound.rows_affected() == 0 {
        return Ok(false);
    }
    answers::bring(conn, binding.site, binding.organization).await?;
    sqlx::query(
        "INSERT INTO site_links (site, organization, made_organization, automatic, agreed_by,
           agreed_at, text_hash, text)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(binding.site)
    .bind(binding.organization)
    .bind(binding.made)
    .bind(binding.automatic)
    .bind(binding.by)
    .bind(to_millis(now))
    .bind(binding.text_sha256)
    .bind(binding.text)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "INSERT INTO link_jobs (site, organization, state, started_at, due_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(binding.site)
    .bind(binding.organization)
    .bind(LinkState::Running.code())
    .bind(to_millis(now))
    .bind(binding.due_at.map(to_millis))
    .execute(&mut *conn)
    .await?;
    Ok(true)
}
