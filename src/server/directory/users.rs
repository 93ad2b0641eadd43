//! A site's users with the facts that decide: all of them as a stream, or some of them.
//!
//! Owns folding domains, settings and time into what is known of a user, the query that joins a few
//! users with identities and invitations, and linking a user. All of them come out of the mirror's
//! blocks. Facts hold at the moment of their batch; whoever acts on them checks again in a
//! transaction.

use std::collections::HashSet;

use futures_util::StreamExt as _;
use jiff::Timestamp;
use sqlx::Row;
use tokio::sync::mpsc;

use super::facts::{Domains, duplicates, heeds_directory, in_directory};
use super::identities;
use super::mirror::{Block, Mirror};
use crate::api::blocks::{Field, ROWS};
use crate::domain::account_linking::AccountLinking;
use crate::domain::facts::Gathered;
use crate::domain::linking::LinkingMethod;
use crate::domain::site::SiteState;
use crate::server::directory::{SiteFacts, UserFacts};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, SqlRow, Store, from_millis, to_millis};

/// Blocks that are read ahead of whoever asks.
const AHEAD: usize = 3;

/// What the engine needs of a site.
pub async fn site_facts(store: &Store, url: &str) -> Result<SiteFacts, Refusal> {
    let row = sqlx::query(
        "SELECT s.id, s.url, s.state, s.organization, coalesce(o.name, '') AS organization_name,
                s.method, s.roster_revision, s.account_linking, s.account_linking_since,
                (SELECT coalesce(max(number) + 1, 0) FROM site_users u WHERE u.site = s.id) AS users
           FROM sites s LEFT JOIN organizations o ON o.id = s.organization
          WHERE s.url = $1",
    )
    .bind(url)
    .fetch_optional(&mut *store.read().await?)
    .await?
    .ok_or_else(|| Refusal::not_found("site"))?;
    Ok(SiteFacts {
        id: row.try_get("id")?,
        url: row.try_get("url")?,
        state: SiteState::from_code(row.try_get("state")?)
            .ok_or_else(|| Refusal::internal(&"a site's state is unknown"))?,
        organization: row.try_get("organization")?,
        organization_name: row.try_get("organization_name")?,
        method: row.try_get::<Option<&str>, _>("method")?.and_then(LinkingMethod::from_code),
        roster_revision: row.try_get::<i64, _>("roster_revision")? as u64,
        account_linking: AccountLinking::from_code(row.try_get("account_linking")?)
            .unwrap_or_default(),
        account_linking_since: row.try_get::<i64, _>("account_linking_since")? as u64,
        users: row.try_get("users")?,
    })
}

/// All users from a number on, in order, a block at a time. Blocks are made and unpacked ahead of
/// the reader, beside each other.
pub async fn stream(
    mirror: &Mirror,
    store: &Store,
    site: &SiteFacts,
    from: u32,
    now: Timestamp,
    into: mpsc::Sender<Vec<UserFacts>>,
) -> Result<(), Refusal> {
    let heeds = heeds_directory(&mut *store.read().await?, site.organization.as_deref()).await?;
    let mut domains = Domains::seen_from(site.organization.as_deref());
    let id = site.id;
    let ahead = futures_util::stream::iter(from / ROWS..site.users.div_ceil(ROWS)).map(|block| {
        let mirror = mirror.clone();
        tokio::spawn(async move { mirror.block(id, block).await })
    });
    let mut blocks = std::pin::pin!(ahead.buffered(AHEAD));
    while let Some(block) = blocks.next().await {
        let block = block.map_err(|error| Refusal::internal(&error))??;
        learn(store, &mut domains, &block).await?;
        let rows = from.saturating_sub(block.first)..site.users.saturating_sub(block.first);
        let found = present(&block, rows, &domains, heeds, now);
        if !found.is_empty() && into.send(found).await.is_err() {
            return Ok(());
        }
    }
    Ok(())
}

/// Looks up the domains of a block's users, those that are not known yet.
async fn learn(store: &Store, domains: &mut Domains, block: &Block) -> Result<(), Refusal> {
    let mut new = std::collections::BTreeSet::new();
    let mut last = "";
    for at in 0..block.texts.rows() as usize {
        let Some(domain) = block.texts.domain(at).filter(|domain| *domain != last) else {
            continue;
        };
        last = domain;
        let domain = domain.to_ascii_lowercase();
        if !domains.knows(&domain) {
            new.insert(domain);
        }
    }
    if new.is_empty() {
        return Ok(());
    }
    domains.learn(&mut *store.read().await?, new.iter().map(String::as_str)).await
}

/// These users of a block, its first being 0.
fn present(
    block: &Block,
    rows: std::ops::Range<u32>,
    domains: &Domains,
    heeds_directory: bool,
    now: Timestamp,
) -> Vec<UserFacts> {
    let keeps = block.keeps.rows();
    let end = rows.end.min(block.texts.rows()).min(keeps.len() as u32);
    (rows.start..end)
        .map(|row| {
            let at = row as usize;
            let text = |field| block.texts.get(at, field).to_owned();
            let address_key = block.texts.key(at);
            let domain = address_key.as_deref().and_then(|key| key.rsplit_once('@'));
            let domain = domain.map(|(_, domain)| domains.get(domain)).unwrap_or_default();
            let gathered = keeps[at].gathered(domain, heeds_directory);
            UserFacts {
                number: block.first + row,
                user_id: text(Field::UserId),
                name: text(Field::Name),
                address: text(Field::Address),
                department: text(Field::Department),
                active: gathered.active,
                state: gathered.state(now),
                facts: gathered.at(now),
                address_key,
            }
        })
        .collect()
}

/// These users, in order of number.
pub async fn among(
    conn: &mut Conn,
    site: &SiteFacts,
    numbers: &[u32],
    now: Timestamp,
) -> Result<Vec<UserFacts>, Refusal> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = select(site);
    sql.push(" AND u.number IN (");
    let mut separated = sql.separated(", ");
    for number in numbers {
        separated.push_bind(*number);
    }
    separated.push_unseparated(") ORDER BY u.number");
    let rows = sql.build().fetch_all(&mut *conn).await?;
    let mut keys = Vec::with_capacity(rows.len());
    for row in &rows {
        keys.extend(row.try_get::<Option<String>, _>("address_key")?);
    }
    let twice = duplicates(conn, site, &keys).await?;
    let mut domains = Domains::seen_from(site.organization.as_deref());
    gather(conn, site, &rows, &twice, &mut domains, now).await
}

/// How many users the roster had at an earlier revision.
pub async fn users_at(store: &Store, site: &SiteFacts, revision: u64) -> Result<u32, Refusal> {
    let count = sqlx::query_scalar(
        "SELECT count(*) FROM site_users WHERE site = $1 AND added_revision <= $2",
    )
    .bind(site.id)
    .bind(revision as i64)
    .fetch_one(&mut *store.read().await?)
    .await?;
    Ok(count)
}

/// The addresses of these users, as spelled.
pub async fn addresses(
    conn: &mut Conn,
    site: &SiteFacts,
    numbers: &[u32],
) -> Result<Vec<(u32, String)>, Refusal> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("SELECT number, address FROM site_users WHERE site = ");
    sql.push_bind(site.id);
    among_numbers(&mut sql, numbers);
    let read = |row: &SqlRow| Ok((row.try_get("number")?, row.try_get("address")?));
    sql.build().fetch_all(conn).await?.iter().map(read).collect()
}

/// The `UserID` of one user of a site.
pub async fn user_id(conn: &mut Conn, url: &str, number: u32) -> Result<Option<String>, Refusal> {
    let id = sqlx::query_scalar(
        "SELECT u.user_id FROM site_users u JOIN sites s ON s.id = u.site
          WHERE s.url = $1 AND u.number = $2",
    );
    Ok(id.bind(url).bind(i64::from(number)).fetch_optional(conn).await?)
}

/// What a link ties (rule P1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bond {
    /// The account and its address (row 8): the domain is proven, the organization has the
    /// identity, or the person has confirmed.
    Identity,
    /// The account alone, for good: it was linked by itself, and nobody has proven the address
    /// (rule L11).
    Account,
    /// The account alone, under an agreement (row 9).
    Provisional,
}

/// Links users. Rule P1: row 8's links make their addresses identities of the organization.
pub async fn link(
    conn: &mut Conn,
    site: &SiteFacts,
    numbers: &[u32],
    bond: Bond,
    now: Timestamp,
) -> Result<(), Refusal> {
    if numbers.is_empty() {
        return Ok(());
    }
    let kind = if bond == Bond::Provisional { "provisional" } else { "linked" };
    let mut sql = Sql::new("UPDATE site_users SET link = ");
    sql.push_bind(kind).push(", linked_at = ").push_bind(to_millis(now));
    sql.push(" WHERE link <> 'linked' AND site = ").push_bind(site.id);
    among_numbers(&mut sql, numbers);
    sql.build().execute(&mut *conn).await?;
    if let (Bond::Identity, Some(organization)) = (bond, site.organization.as_deref()) {
        identities::keep_users(conn, (site.id, organization), Some(numbers)).await?;
    }
    Ok(())
}

fn among_numbers(sql: &mut Sql, numbers: &[u32]) {
    sql.push(" AND number IN (");
    let mut separated = sql.separated(", ");
    for number in numbers {
        separated.push_bind(*number);
    }
    separated.push_unseparated(")");
}

/// Users with what is joined to them. `identity` adds up 1 for "of this organization" and 2 for "of
/// another".
fn select(site: &SiteFacts) -> Sql {
    let organization = site.organization.clone();
    let mut sql = Sql::new(
        "SELECT u.number, u.user_id, u.display_name, u.first_name, u.last_name, u.address,
                u.address_key, u.domain, u.department, u.active, u.link,
                (SELECT sum(DISTINCT CASE WHEN d.organization = ",
    );
    sql.push_bind(organization.clone()).push(
        " THEN 1 ELSE 2 END)
                   FROM identities d WHERE d.email_key = u.address_key) AS identity,
                CASE WHEN w.invited_at > coalesce(i.invited_at, 0) THEN w.invited_at
                     ELSE i.invited_at END AS invited_at,
                coalesce(i.unknown, 0) = 1 OR coalesce(w.unknown, 0) = 1 AS unknown,
                i.confirmed_at IS NOT NULL OR w.confirmed_at IS NOT NULL AS confirmed,
                i.declined_at IS NOT NULL OR w.declined_at IS NOT NULL AS declined
           FROM site_users u
           LEFT JOIN site_answers w ON w.site = u.site AND w.address_key = u.address_key
           LEFT JOIN invitations i ON i.address_key = u.address_key AND i.organization = ",
    );
    sql.push_bind(organization).push(" WHERE u.site = ").push_bind(site.id);
    sql
}

async fn gather(
    conn: &mut Conn,
    site: &SiteFacts,
    rows: &[SqlRow],
    twice: &HashSet<String>,
    domains: &mut Domains,
    now: Timestamp,
) -> Result<Vec<UserFacts>, Refusal> {
    let mut names = Vec::with_capacity(rows.len());
    let mut spellings = Vec::new();
    for row in rows {
        names.extend(row.try_get::<Option<&str>, _>("domain")?);
        spellings.push(row.try_get::<&str, _>("address")?.trim().to_owned());
    }
    domains.learn(conn, names.into_iter()).await?;
    let directory = in_directory(conn, site.organization.as_deref(), &spellings).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let mut user = read(row)?;
        let mut gathered = joined(row, site.organization.as_deref())?;
        if let Some(key) = &user.address_key {
            gathered.usable = true;
            gathered.duplicate = twice.contains(key);
        }
        if let Some(domain) = row.try_get::<Option<&str>, _>("domain")? {
            let facts = domains.get(domain);
            gathered.claimed_elsewhere = facts.claimed_elsewhere;
            gathered.proven_elsewhere = facts.proven_elsewhere;
            gathered.domain_verified = facts.proven;
            gathered.agreement_deadline = facts.deadline;
            gathered.consumer = facts.consumer;
        }
        gathered.directory_sync =
            directory.as_ref().is_some_and(|known| !known.contains(user.address.trim()));
        user.facts = gathered.at(now);
        user.state = gathered.state(now);
        found.push(user);
    }
    Ok(found)
}

fn read(row: &SqlRow) -> Result<UserFacts, sqlx::Error> {
    let display: &str = row.try_get("display_name")?;
    let name = if display.trim().is_empty() {
        let first: &str = row.try_get("first_name")?;
        let last: &str = row.try_get("last_name")?;
        format!("{first} {last}").trim().to_owned()
    } else {
        display.to_owned()
    };
    Ok(UserFacts {
        number: row.try_get("number")?,
        user_id: row.try_get("user_id")?,
        name,
        address: row.try_get("address")?,
        address_key: row.try_get("address_key")?,
        department: row.try_get("department")?,
        active: row.try_get("active")?,
        state: crate::domain::user::UserState::Unlinked,
        facts: crate::domain::facts::Facts::default(),
    })
}

fn joined(row: &SqlRow, organization: Option<&str>) -> Result<Gathered, sqlx::Error> {
    let link: &str = row.try_get("link")?;
    let identity_in = row.try_get::<Option<i64>, _>("identity")?.unwrap_or(0);
    // A site without an organization has no "here", so nothing can be elsewhere.
    let here = organization.is_some();
    Ok(Gathered {
        linked: link == "linked",
        provisional: link == "provisional",
        active: row.try_get("active")?,
        identity: here && identity_in & 1 != 0,
        identity_elsewhere: here && identity_in & 2 != 0,
        invited_at: row.try_get::<Option<i64>, _>("invited_at")?.map(from_millis),
        unknown: row.try_get::<Option<bool>, _>("unknown")?.unwrap_or(false),
        confirmed: row.try_get("confirmed")?,
        declined: row.try_get("declined")?,
        ..Gathered::default()
    })
}
