//! How many users a site has, by state.
//!
//! Owns two grouped queries over indexes; what a group's state is, the domain says. Nothing is
//! counted up or down: a number that is computed cannot drift.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::Row;

use super::sites::push_ids;
pub use crate::api::site::UserCounts;
use crate::domain::facts::Gathered;
use crate::domain::user::{UserState, latest_lapsed};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, to_millis};

/// First by domain, which is the index's order: a million users need not be sorted to be counted.
const BY_DOMAIN: &str = "SELECT site, active, link, sum(users) AS users
  FROM (SELECT site, active, link, count(*) AS users FROM site_users WHERE site IN (";
const SUMMED: &str = " GROUP BY site, domain, active, link) AS by_domain
 GROUP BY site, active, link";

/// The users of these sites, counted.
pub async fn of_sites(
    conn: &mut Conn,
    ids: &[i64],
    now: Timestamp,
) -> Result<HashMap<i64, UserCounts>, Refusal> {
    let mut counts: HashMap<i64, UserCounts> = HashMap::new();
    let mut sql = Sql::new(BY_DOMAIN);
    push_ids(&mut sql, ids);
    sql.push(SUMMED);
    for row in sql.build().fetch_all(&mut *conn).await? {
        let users = row.try_get::<i64, _>("users")? as u64;
        let counted = counts.entry(row.try_get("site")?).or_default();
        counted.total += users;
        if !row.try_get::<bool, _>("active")? {
            counted.deactivated += users;
        }
        let link: &str = row.try_get("link")?;
        let gathered = Gathered {
            linked: link == "linked",
            provisional: link == "provisional",
            ..Gathered::default()
        };
        *of_state(counted, gathered.state(now)) += users;
    }
    for (site, state, users) in touched(conn, ids, now).await? {
        let counted = counts.entry(site).or_default();
        counted.unlinked = counted.unlinked.saturating_sub(users);
        *of_state(counted, state) += users;
    }
    Ok(counts)
}

/// What an address is in an organization, and what it was on a site before that had one.
const TOLD: [&str; 2] =
    ["invitations i ON i.organization = s.organization", "site_answers i ON i.site = s.id"];

/// Users who are not linked, and whose address somebody invited, confirmed or declined. Asked in this
/// order: from the few who were asked to their accounts, found by address and never by site, which would
/// be everybody.
async fn touched(
    conn: &mut Conn,
    ids: &[i64],
    now: Timestamp,
) -> Result<Vec<(i64, UserState, u64)>, Refusal> {
    let mut found = Vec::new();
    for told in TOLD {
        found.extend(touched_by(conn, told, ids, now).await?);
    }
    Ok(found)
}

async fn touched_by(
    conn: &mut Conn,
    told: &'static str,
    ids: &[i64],
    now: Timestamp,
) -> Result<Vec<(i64, UserState, u64)>, Refusal> {
    // An invitation is pending or it is not: one comparison, so that times need no group each.
    let lapsed_before = latest_lapsed(now);
    let mut sql = touched_sql("", told, ids, to_millis(lapsed_before));
    let mut found = Vec::new();
    for row in sql.build().fetch_all(conn).await? {
        let gathered = Gathered {
            unknown: row.try_get("unknown")?,
            confirmed: row.try_get("confirmed")?,
            declined: row.try_get("declined")?,
            invited_at: match row.try_get::<i64, _>("invited")? {
                0 => None,
                1 => Some(lapsed_before),
                _ => Some(now),
            },
            ..Gathered::default()
        };
        found.push((
            row.try_get("site")?,
            gathered.state(now),
            row.try_get::<i64, _>("users")? as u64,
        ));
    }
    Ok(found)
}

fn touched_sql(before: &'static str, told: &'static str, ids: &[i64], lapsed_before: i64) -> Sql {
    let mut sql = Sql::new(before);
    sql.push(
        "SELECT u.site, i.unknown, i.confirmed_at IS NOT NULL AS confirmed,
                i.declined_at IS NOT NULL AS declined,
                CASE WHEN i.invited_at IS NULL THEN 0 WHEN i.invited_at > ",
    );
    sql.push_bind(lapsed_before).push(
        " THEN 2 ELSE 1 END AS invited, count(*) AS users
           FROM sites s CROSS JOIN ",
    );
    sql.push(told).push(
        " CROSS JOIN site_users u ON +u.site = s.id AND u.address_key = i.address_key
          WHERE u.link = 'none' AND s.id IN (",
    );
    push_ids(&mut sql, ids);
    sql.push(" GROUP BY u.site, i.unknown, confirmed, declined, invited");
    sql
}

fn of_state(counts: &mut UserCounts, state: UserState) -> &mut u64 {
    match state {
        UserState::Unlinked => &mut counts.unlinked,
        UserState::Invited => &mut counts.invited,
        UserState::Lapsed => &mut counts.lapsed,
        UserState::Confirmed => &mut counts.confirmed,
        UserState::Provisional => &mut counts.provisional,
        UserState::Linked => &mut counts.linked,
        UserState::Declined => &mut counts.declined,
        UserState::Unknown => &mut counts.unknown,
    }
}

#[cfg(test)]
mod tests;
