//! A site's date has come: who matches, and what that comes to (rule L11).
//!
//! Owns the one transaction that decides. The rule itself is `domain::automatic`'s, the matches are
//! those a human is shown, and the link is begun where a human's Link Now begins it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::json;

use super::announcements::{self, About, Kind};
use super::letters::{self, Site};
use super::tick::{Dated, admins};
use crate::api::following::AutoLinkState;
use crate::domain::address::Address;
use crate::domain::automatic::{Decision, Match, Waits, decide};
use crate::domain::organization::OrganizationKind;
use crate::domain::role::Role;
use crate::domain::site_link::MatchKind;
use crate::server::audit::{Change, SYSTEM};
use crate::server::directory::linking::{self, Binding};
use crate::server::directory::offers::{self, NewOffer};
use crate::server::directory::organizations::adding::{self, Fresh};
use crate::server::directory::trials::expiry;
use crate::server::directory::welcome::{Origin, accept};
use crate::server::directory::{Directory, administrators, notices};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, to_millis};

/// Decides about a site whose date has come, once.
pub async fn at_date(directory: &Directory, site: &Dated, now: Timestamp) -> Result<(), Refusal> {
    let mut tx = directory.store.begin().await?;
    // Linked or dated anew meanwhile.
    let Some(may_link) = still_open(&mut tx, site).await? else { return Ok(()) };
    // An administrator who may be about to join an organization: their answer comes first (P1).
    if may_link && offers::open_at_site(&mut tx, site.id, now).await?.is_some() {
        return Ok(());
    }
    let found = matches(&mut tx, site, now).await?;
    let owners = free_admins(&mut tx, site.id).await?;
    let facts: Vec<Match> = found.iter().map(|(_, facts)| *facts).collect();
    match decide(may_link, &facts, !owners.is_empty()) {
        Decision::Link(at) => begin(&mut tx, site, &found[at].0, false, now).await?,
        Decision::NewOrganization => {
            let id = make(&mut tx, site, &owners, now).await?;
            begin(&mut tx, site, &id, true, now).await?;
        }
        // Rule L10: nothing is announced, so that there is nothing to tell either.
        Decision::Wait(Waits::MayNotLink) => return Ok(()),
        Decision::Wait(waits) => wait(&mut tx, site, waits, now).await?,
    }
    tx.commit().await?;
    directory.post.ring();
    linking::ring(directory);
    directory.welcome_begun();
    Ok(())
}

/// The date has come, and no administrator could be told of it: a human decides.
pub async fn unannounced(
    directory: &Directory,
    site: &Dated,
    now: Timestamp,
) -> Result<(), Refusal> {
    let mut tx = directory.store.begin().await?;
    if still_open(&mut tx, site).await?.is_some() {
        wait(&mut tx, site, Waits::NotAnnounced, now).await?;
        tx.commit().await?;
        directory.post.ring();
    }
    Ok(())
}

/// Whether the site may link, while nothing is decided about this date.
async fn still_open(conn: &mut Conn, site: &Dated) -> Result<Option<bool>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT may_link FROM sites s WHERE s.id = $1 AND s.state = 'not_enrolled'
            AND s.auto_link_on = $2 AND NOT EXISTS (SELECT 1 FROM auto_links a WHERE a.site = s.id)",
    )
    .bind(site.id)
    .bind(to_millis(site.on))
    .fetch_optional(conn)
    .await
}

/// The organizations that match, by id.
async fn matches(
    conn: &mut Conn,
    site: &Dated,
    now: Timestamp,
) -> Result<Vec<(String, Match)>, Refusal> {
    let most = of_most_users(conn, site.id).await?;
    let mut found = Vec::new();
    for (id, kinds) in linking::matched(conn, &site.url).await? {
        let kind: String = sqlx::query_scalar("SELECT kind FROM organizations WHERE id = $1")
            .bind(&id)
            .fetch_one(&mut *conn)
            .await?;
        let facts = Match {
            customer: kind == OrganizationKind::Customer.code(),
            expired: expiry::is_expired(conn, &id, now).await?,
            by_id: kinds.contains(&MatchKind::OrganizationId),
            by_most_users: most.contains(&id),
            by_less: kinds.iter().any(|kind| *kind != MatchKind::OrganizationId),
        };
        found.push((id, facts));
    }
    Ok(found)
}

/// Organizations that have verified a domain of more than half of the site's active users.
async fn of_most_users(conn: &mut Conn, site: i64) -> Result<BTreeSet<String>, Refusal> {
    let found: Vec<String> = sqlx::query_scalar(
        "SELECT d.organization FROM domains d
          WHERE d.state IN ('verified', 'claimed') AND
                2 * (SELECT count(*) FROM site_users u
                      WHERE u.site = $1 AND u.domain = d.name AND u.active = 1)
                  > (SELECT count(*) FROM site_users u WHERE u.site = $1 AND u.active = 1)",
    )
    .bind(site)
    .fetch_all(conn)
    .await?;
    Ok(found.into_iter().collect())
}

/// The site's administrators whom no organization has: one person is in one at most.
async fn free_admins(conn: &mut Conn, site: i64) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT a.email FROM site_admins a
          WHERE a.site = $1
            AND NOT EXISTS (SELECT 1 FROM identities i WHERE i.email_key = a.email)
          ORDER BY a.email",
    )
    .bind(site)
    .fetch_all(conn)
    .await
}

/// A new organization, whose full admins are the site's.
async fn make(
    conn: &mut Conn,
    site: &Dated,
    owners: &[String],
    now: Timestamp,
) -> Result<String, Refusal> {
    let name = if site.company.trim().is_empty() { &site.url } else { &site.company };
    let kind = OrganizationKind::Customer;
    let fresh = Fresh { name, kind, partner: None, country: None, vertical: None };
    let id = adding::make(conn, fresh, now).await?;
    for email in owners {
        administrators::give(conn, &id, email, Role::FullAdmin).await?;
        if !accept::can_sign_in(conn, email).await? {
            let (role, origin) = (None, Origin::Automatic);
            let way_in = NewOffer { organization: &id, email, role, origin, by: SYSTEM };
            offers::make(conn, &way_in, now).await?;
        }
    }
    let named = Site { url: &site.url, company: &site.company, csm: &site.csm };
    let letter = letters::made(&named, name);
    for email in owners {
        notices::queue(conn, email, &letter).await?;
    }
    Change::by(now, SYSTEM, "organization.added")
        .of(&id)
        .site(&site.url)
        .about(&id)
        .detail(json!({ "name": name, "full_admins": owners, "automatic": true }))
        .record(conn)
        .await?;
    Ok(id)
}

async fn begin(
    conn: &mut Conn,
    site: &Dated,
    organization: &str,
    made: bool,
    now: Timestamp,
) -> Result<(), Refusal> {
    let binding = Binding {
        site: site.id,
        url: &site.url,
        organization,
        made,
        automatic: true,
        by: SYSTEM,
        text: "",
        text_sha256: "",
        due_at: None,
    };
    linking::bind(conn, &binding, now).await?;
    write_down(conn, site, AutoLinkState::Linking, None, Some(organization), now).await
}

/// It stays as it is; its administrators and the CSM are told.
async fn wait(conn: &mut Conn, site: &Dated, waits: Waits, now: Timestamp) -> Result<(), Refusal> {
    write_down(conn, site, AutoLinkState::Waiting, Some(waits), None, now).await?;
    let mut to = admins(conn, site.id).await?;
    to.extend(Address::parse(&site.csm).ok().map(String::from));
    to.sort();
    to.dedup();
    let named = Site { url: &site.url, company: &site.company, csm: &site.csm };
    let about = About { site: site.id, kind: Kind::Waits, on: site.on };
    announcements::tell(conn, about, &to, &letters::waiting(&named, waits), now).await?;
    Ok(Change::by(now, SYSTEM, "site.auto_link_waits")
        .site(&site.url)
        .detail(json!({ "waits": waits, "told": to }))
        .record(conn)
        .await?)
}

async fn write_down(
    conn: &mut Conn,
    site: &Dated,
    state: AutoLinkState,
    waits: Option<Waits>,
    organization: Option<&str>,
    now: Timestamp,
) -> Result<(), Refusal> {
    sqlx::query(
        "INSERT INTO auto_links (site, state, waits, organization, decided_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(site.id)
    .bind(state.code())
    .bind(waits.map(Waits::code))
    .bind(organization)
    .bind(to_millis(now))
    .execute(conn)
    .await?;
    Ok(())
}
