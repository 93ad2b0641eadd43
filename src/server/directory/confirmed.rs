//! People who confirmed their address: linking their accounts within 48 hours (rule U6).
//!
//! Owns the look at rows 1 to 7 before each link, and the task that looks again while something
//! that may still change holds a link back. Must not decide: `outcome::decide` does.

use std::time::Duration;

use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};
use sqlx::Row;

use super::identities;
use super::users::{self, Bond};
use crate::domain::linking::LinkingMethod;
use crate::domain::outcome::{Class, Outcome, decide};
use crate::domain::site::SiteState;
use crate::server::audit::{Change, SYSTEM};
use crate::server::chores::{Looked, Next};
use crate::server::clock::WorldClock;
use crate::server::directory::SiteFacts;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, SqlRow, Store, to_millis};

/// How long until it is looked again, in real time.
const AGAIN: Duration = Duration::from_mins(1);
/// So many people are looked at in one transaction.
const BATCH: i64 = 100;

/// An account of a confirmed address.
pub(super) struct Account {
    /// The site's URL.
    pub site: String,
    /// The roster number.
    pub number: u32,
}

/// All accounts of an address on the organization's sites, deactivated ones included.
pub(super) async fn accounts(
    conn: &mut Conn,
    (organization, address_key): (&str, &str),
) -> Result<Vec<Account>, Refusal> {
    let rows = sqlx::query(
        "SELECT s.url, u.number FROM sites s JOIN site_users u ON u.site = s.id
          WHERE s.organization = $1 AND s.state = $2 AND u.address_key = $3
          ORDER BY s.url, u.number",
    )
    .bind(organization)
    .bind(SiteState::Enrolled.code())
    .bind(address_key)
    .fetch_all(conn)
    .await?;
    let read =
        |row: &SqlRow| Ok(Account { site: row.try_get("url")?, number: row.try_get("number")? });
    rows.iter().map(read).collect()
}

/// Links all accounts of a confirmed address that pass, and answers what became of each. Where
/// one is blocked it stays due.
pub(super) async fn link(
    store: &Store,
    conn: &mut Conn,
    whose: (&str, &str),
    now: Timestamp,
) -> Result<Vec<(Account, Outcome)>, Refusal> {
    let mut fates = Vec::new();
    for account in accounts(conn, whose).await? {
        let site = users::site_facts(store, &account.site).await?;
        let Some(outcome) = fate(conn, &site, &account, now).await? else { continue };
        match outcome {
            Outcome::LinkNow => {
                users::link(conn, &site, &[account.number], Bond::Identity, now).await?;
            }
            // Linked by itself, or under an agreement: now its owner has said so too (rule P1).
            Outcome::AlreadyLinked => identities::keep(conn, whose.1, whose.0).await?,
            _ => {}
        }
        fates.push((account, outcome));
    }
    if fates.iter().all(|(_, outcome)| outcome.class() != Class::Blocked) {
        settle(conn, whose).await?;
    }
    Ok(fates)
}

/// What would become of each account of an address that has confirmed; changes nothing.
pub(super) async fn standing(
    store: &Store,
    conn: &mut Conn,
    whose: (&str, &str),
    now: Timestamp,
) -> Result<Vec<(Account, Outcome)>, Refusal> {
    let mut fates = Vec::new();
    for account in accounts(conn, whose).await? {
        let site = users::site_facts(store, &account.site).await?;
        if let Some(outcome) = fate(conn, &site, &account, now).await? {
            fates.push((account, outcome));
        }
    }
    Ok(fates)
}

async fn fate(
    conn: &mut Conn,
    site: &SiteFacts,
    account: &Account,
    now: Timestamp,
) -> Result<Option<Outcome>, Refusal> {
    let found = users::among(conn, site, &[account.number], now).await?;
    // Rows 1 to 8 are the same whatever the method.
    let method = site.method.unwrap_or(LinkingMethod::ReceiveEmail);
    Ok(found.first().map(|user| decide(user.facts, method)))
}

/// A site was linked just now, where some who have confirmed are blocked (rule L8): they are due
/// within 48 hours from here on.
pub(super) async fn look_again(
    conn: &mut Conn,
    site: i64,
    organization: &str,
    now: Timestamp,
) -> sqlx::Result<()> {
    let mut sql = Sql::new("UPDATE invitations SET link_due_at = ");
    sql.push_bind(to_millis(due(now)));
    sql.push(" WHERE confirmed_at IS NOT NULL AND link_due_at IS NULL AND organization = ");
    sql.push_bind(organization.to_owned());
    sql.push(
        " AND address_key IN (SELECT u.address_key FROM link_users l
                                JOIN site_users u ON u.site = l.site AND u.number = l.number
                               WHERE l.site = ",
    );
    sql.push_bind(site).push(" AND l.outcome IN (");
    let mut codes = sql.separated(", ");
    for outcome in Outcome::ALL.into_iter().filter(|one| one.class() == Class::Blocked) {
        codes.push_bind(outcome.code());
    }
    codes.push_unseparated("))");
    sql.build().execute(conn).await.map(|_| ())
}

/// Until when an account is linked that belongs to somebody who confirmed now.
pub(super) fn due(now: Timestamp) -> Timestamp {
    now.checked_add(48.hours()).unwrap_or(Timestamp::MAX)
}

/// Nothing is due any more.
async fn settle(conn: &mut Conn, (organization, address_key): (&str, &str)) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE invitations SET link_due_at = NULL WHERE organization = $1 AND address_key = $2",
    )
    .bind(organization)
    .bind(address_key)
    .execute(conn)
    .await
    .map(|_| ())
}

/// What became of each account, for the record.
pub(super) fn told(fates: &[(Account, Outcome)]) -> Vec<Value> {
    let told = fates.iter().map(|(account, outcome)| {
        json!({ "site": account.site, "number": account.number, "outcome": outcome.code() })
    });
    told.collect()
}

/// Looks again and again at people whose accounts were blocked when they confirmed; rests while
/// there is nobody.
pub(super) async fn look(store: &Store, clock: &WorldClock) -> Looked {
    Ok(if link_due(store, clock.now()).await? == 0 { Next::rung() } else { Next::within(AGAIN) })
}

/// One look at everyone who is due: links whom nothing holds back any more, and gives up on those
/// whose 48 hours are over. They stay confirmed, so that the next plan links them (row 8).
/// Answers for how many it was.
pub(super) async fn link_due(store: &Store, now: Timestamp) -> Result<usize, Refusal> {
    let mut looked = 0;
    let mut after = (String::new(), String::new());
    loop {
        let due: Vec<(String, String, i64)> = sqlx::query_as(
            "SELECT organization, address_key, link_due_at FROM invitations
              WHERE link_due_at IS NOT NULL
                AND (organization > $1 OR (organization = $1 AND address_key > $2))
              ORDER BY organization, address_key LIMIT $3",
        )
        .bind(&after.0)
        .bind(&after.1)
        .bind(BATCH)
        .fetch_all(&mut *store.read().await?)
        .await?;
        let Some(last) = due.last() else { return Ok(looked) };
        looked += due.len();
        after = (last.0.clone(), last.1.clone());
        let mut tx = store.begin().await?;
        for (organization, address_key, due_at) in &due {
            let whose = (organization.as_str(), address_key.as_str());
            let fates = link(store, &mut tx, whose, now).await?;
            let over = *due_at <= to_millis(now);
            if over {
                settle(&mut tx, whose).await?;
            }
            if over || fates.iter().any(|(_, outcome)| *outcome == Outcome::LinkNow) {
                record(&mut tx, whose, &fates, now).await?;
            }
        }
        tx.commit().await?;
    }
}

async fn record(
    conn: &mut Conn,
    (organization, address_key): (&str, &str),
    fates: &[(Account, Outcome)],
    now: Timestamp,
) -> Result<(), Refusal> {
    Ok(Change::by(now, SYSTEM, "confirmed.linked")
        .of(organization)
        .about(address_key)
        .detail(json!({ "accounts": told(fates) }))
        .record(conn)
        .await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::fixture::Fixture;

    /// Somebody of a site of acme who confirmed while the account was deactivated.
    async fn confirmed() -> Fixture {
        let world = Fixture::new().await;
        world.small_world().await;
        world.user(1, "kim@gmail.com").await;
        world.sql("UPDATE site_users SET active = 0").await;
        world
            .sql(
                "INSERT INTO invitations (organization, address_key, confirmed_at, link_due_at)
                 VALUES ('acme', 'kim@gmail.com', 1, 1000)",
            )
            .await;
        world
    }

    /// Looks at a moment; answers whether something is due still, and how many are linked.
    async fn look(world: &Fixture, at_ms: i64) -> (i64, i64) {
        let store = &world.backend.store;
        link_due(store, Timestamp::from_millisecond(at_ms).unwrap()).await.unwrap();
        sqlx::query_as(
            "SELECT (SELECT count(*) FROM invitations WHERE link_due_at IS NOT NULL),
                    (SELECT count(*) FROM site_users WHERE link = 'linked')",
        )
        .fetch_one(&mut *store.read().await.unwrap())
        .await
        .unwrap()
    }

    #[tokio::test]
    async fn u6_who_was_blocked_is_linked_once_nothing_holds_it_back() {
        let world = confirmed().await;
        assert_eq!(look(&world, 10).await, (1, 0));
        world.sql("UPDATE site_users SET active = 1").await;
        assert_eq!(look(&world, 20).await, (0, 1));
    }

    #[tokio::test]
    async fn u6_after_48_hours_nobody_is_linked_by_itself() {
        let world = confirmed().await;
        assert_eq!(look(&world, 1000).await, (0, 0));
        world.sql("UPDATE site_users SET active = 1").await;
        assert_eq!(look(&world, 1001).await, (0, 0), "a human plans it now");
    }
}
