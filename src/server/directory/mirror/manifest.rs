//! What a client is told before blocks: which there are, and what it folds into them.
//!
//! Owns finding the domains of a site's users without counting the users.

use jiff::Timestamp;

use super::super::facts::{Domains, heeds_directory};
use super::{Mirror, marks};
use crate::api::blocks::{Frame, ROWS};
use crate::api::roster::{RosterBlock, RosterDomain, RosterHead, RosterManifest};
use crate::domain::kept::DomainFacts;
use crate::server::directory::SiteFacts;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Store, sha256};

/// The manifest as of now.
///
/// # Errors
/// When the database cannot be read.
pub async fn of(
    mirror: &Mirror,
    store: &Store,
    site: &SiteFacts,
    now: Timestamp,
) -> Result<RosterManifest, Refusal> {
    let mut conn = store.read().await?;
    let organization = site.organization.as_deref();
    let names = domains_of(&mut conn, site.id).await?;
    let mut domains = Domains::seen_from(organization);
    domains.learn(&mut conn, names.iter().map(String::as_str)).await?;
    let known = names.iter().map(|name| (name, domains.get(name)));
    let known = known.filter(|(_, facts)| *facts != DomainFacts::default());
    let blocks = mirror.made(&mut conn, site.id, site.users.div_ceil(ROWS)).await?;
    let digest = |frame: Option<Frame>| frame.map(|frame| frame.digest.to_hex());
    Ok(RosterManifest {
        head: RosterHead {
            site: site.url.as_str().into(),
            revision: site.roster_revision,
            count: u64::from(site.users),
            now,
            method: site.method,
        },
        directory: heeds_directory(&mut conn, organization).await?,
        domains: known.map(|(name, facts)| RosterDomain::new(name, facts)).collect(),
        blocks: blocks
            .into_iter()
            .map(|(text, kept)| RosterBlock { text: digest(text), kept: digest(kept) })
            .collect(),
    })
}

/// What the facts of a site's users hang on, time aside, as one digest: how often what is kept of
/// them has changed, what holds for their domains, and whether the directory is heeded.
///
/// # Errors
/// When the database cannot be read.
pub async fn stamp(conn: &mut Conn, site: &SiteFacts) -> Result<String, Refusal> {
    let organization = site.organization.as_deref();
    let names = domains_of(conn, site.id).await?;
    let mut domains = Domains::seen_from(organization);
    domains.learn(conn, names.iter().map(String::as_str)).await?;
    let directory = heeds_directory(conn, organization).await?;
    let mut told = format!("{organization:?} {:?} {directory}", site.method);
    for (block, mark) in marks(conn, site.id).await? {
        told.push_str(&format!("\n{block} {mark:?}"));
    }
    for name in &names {
        told.push_str(&format!("\n{name} {:?}", domains.get(name)));
    }
    Ok(sha256(told.as_bytes()))
}

/// Each domain once: the index is asked for the next one after the last, a step a domain.
pub(super) const DOMAINS: &str = "WITH RECURSIVE next (domain) AS (
      SELECT min(domain) FROM site_users WHERE site = $1
      UNION ALL
      SELECT (SELECT min(u.domain) FROM site_users u WHERE u.site = $1 AND u.domain > next.domain)
        FROM next WHERE next.domain IS NOT NULL
    )
    SELECT domain FROM next WHERE domain IS NOT NULL";

async fn domains_of(conn: &mut Conn, site: i64) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(DOMAINS).bind(site).fetch_all(conn).await
}
