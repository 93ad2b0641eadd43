//! Reading plans: one, and its users page by page.
//!
//! Owns the state a plan shows (`ready`, `applied`, `expired`), derived at each reading. Must not
//! change anything.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use sqlx::Row;

use super::held_from;
use crate::api::page::Page;
use crate::api::plan::{Plan, PlanItem, PlanItemsQuery, PlanState};
use crate::domain::account_linking::Basis;
use crate::domain::linking::LinkingMethod;
use crate::domain::outcome::{Class, Outcome};
use crate::domain::untrusted::Untrusted;
use crate::server::Backend;
use crate::server::directory::UserFacts;
use crate::server::paging;
use crate::server::refusal::Refusal;
use crate::server::store::aggregates::{Values, split};
use crate::server::store::{Conn, Sql, SqlRow, from_millis};

/// The URL of a plan's site: what the right to see it depends on.
///
/// # Errors
/// 404 when there is no such plan.
pub async fn site_of(backend: &Backend, id: &str) -> Result<String, Refusal> {
    let mut conn = backend.store.read().await?;
    let row = sqlx::query(
        "SELECT s.url FROM plans p JOIN sites s ON s.id = p.site
          WHERE p.id = $1 AND p.digest <> ''",
    )
    .bind(id)
    .fetch_optional(&mut *conn)
    .await?;
    row.map(|row| row.try_get("url")).transpose()?.ok_or_else(|| Refusal::not_found("plan"))
}

/// One plan.
///
/// # Errors
/// 404 when there is no such plan.
pub async fn show(backend: &Backend, id: &str) -> Result<Plan, Refusal> {
    let mut conn = backend.store.read().await?;
    load(&mut conn, id, backend.clock.now()).await
}

pub(super) async fn load(conn: &mut Conn, id: &str, now: Timestamp) -> Result<Plan, Refusal> {
    let row = sqlx::query(
        "SELECT p.id, s.url, p.organization, p.method, p.held, p.selected, p.emails,
                p.second_invitations, p.outcomes, p.email_domains, p.linked_domains,
                p.roster_revision, p.digest, p.created_at, p.created_by, p.expires_at, p.basis,
                r.id AS run
           FROM plans p JOIN sites s ON s.id = p.site LEFT JOIN runs r ON r.plan = p.id
          WHERE p.id = $1 AND p.digest <> ''",
    )
    .bind(id)
    .fetch_optional(conn)
    .await?
    .ok_or_else(|| Refusal::not_found("plan"))?;
    shown(&row, now)
}

fn shown(row: &SqlRow, now: Timestamp) -> Result<Plan, Refusal> {
    let number = |column: &str| row.try_get::<i64, _>(column).map(|n| n as u64);
    let outcomes: BTreeMap<String, u64> = json(row, "outcomes")?;
    let expires_at = from_millis(row.try_get("expires_at")?);
    let run: Option<String> = row.try_get("run")?;
    let state = match &run {
        Some(_) => PlanState::Applied,
        None if now >= expires_at => PlanState::Expired,
        None => PlanState::Ready,
    };
    let method: String = row.try_get("method")?;
    Ok(Plan {
        id: row.try_get("id")?,
        site: Untrusted::new(row.try_get::<String, _>("url")?),
        organization: row.try_get("organization")?,
        method: LinkingMethod::from_code(&method)
            .ok_or_else(|| Refusal::internal(&"a plan has no method"))?,
        basis: Basis::from_code(row.try_get("basis")?).unwrap_or_default(),
        state,
        selected: number("selected")?,
        emails: number("emails")?,
        second_invitations: number("second_invitations")?,
        classes: classes(&outcomes),
        outcomes,
        held: held_from(row.try_get("held")?),
        email_domains: json(row, "email_domains")?,
        linked_domains: json(row, "linked_domains")?,
        roster_revision: number("roster_revision")?,
        digest: row.try_get("digest")?,
        created_at: from_millis(row.try_get("created_at")?),
        created_by: Untrusted::new(row.try_get::<String, _>("created_by")?),
        expires_at,
        run,
    })
}

fn json<T: DeserializeOwned>(row: &SqlRow, column: &str) -> Result<T, Refusal> {
    Ok(serde_json::from_str(row.try_get(column)?)?)
}

/// The five classes, zeroes included; they add up to what was selected.
fn classes(outcomes: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    let mut classes: BTreeMap<String, u64> =
        Class::ALL.into_iter().map(|class| (class.code().to_owned(), 0)).collect();
    for (code, count) in outcomes {
        if let Some(outcome) = Outcome::from_code(code) {
            *classes.entry(outcome.class().code().to_owned()).or_default() += count;
        }
    }
    classes
}

/// A plan's users in order of number, of one class or outcome if asked for.
///
/// # Errors
/// A cursor or limit that is wrong.
pub async fn items(
    backend: &Backend,
    id: &str,
    asked: &PlanItemsQuery,
) -> Result<Page<PlanItem>, Refusal> {
    let limit = paging::limit(asked.limit)?;
    let after: Option<u32> = paging::after(asked.cursor.as_deref())?;
    let url = site_of(backend, id).await?;
    let site = backend.directory.site_facts(&url).await?;
    let mut conn = backend.store.read().await?;
    let rows = stored_items(&mut conn, id, asked, after, limit + 1).await?;
    let numbers: Vec<u32> = rows.iter().map(|row| row.number).collect();
    let users =
        backend.directory.users_among(&mut conn, &site, &numbers, backend.clock.now()).await?;
    paging::page(rows, limit, |row| row.number, |row| item(row, &users))
}

/// One stored row of a plan.
pub(super) struct Stored {
    /// The roster number.
    pub number: u32,
    /// The address as spelled when frozen.
    pub address: String,
    /// The frozen outcome.
    pub outcome: Outcome,
    second: bool,
}

pub(super) async fn stored_items(
    conn: &mut Conn,
    id: &str,
    asked: &PlanItemsQuery,
    after: Option<u32>,
    limit: usize,
) -> Result<Vec<Stored>, Refusal> {
    let mut query =
        Sql::new("SELECT number, address, outcome, second FROM plan_items WHERE plan = ");
    query.push_bind(id).push(" AND number > ").push_bind(after.map_or(-1, i64::from));
    if asked.class.is_some() || asked.outcome.is_some() {
        query.push(" AND outcome IN (");
        let mut codes = query.separated(", ");
        for outcome in Outcome::ALL {
            let meant = asked.class.is_none_or(|class| outcome.class() == class)
                && asked.outcome.is_none_or(|one| outcome == one);
            if meant {
                codes.push_bind(outcome.code());
            }
        }
        query.push(")");
    }
    query.push(" ORDER BY number LIMIT ").push_bind(limit as i64);
    query.build().fetch_all(conn).await?.iter().map(stored).collect()
}

/// The next rows of a plan after a number, whatever their outcome, in one row of an answer.
pub(super) async fn frozen(
    conn: &mut Conn,
    id: &str,
    after: Option<u32>,
    limit: usize,
) -> Result<Vec<Stored>, Refusal> {
    let row = sqlx::query(FROZEN)
        .bind(id)
        .bind(after.map_or(-1, i64::from))
        .bind(limit as i64)
        .fetch_one(conn)
        .await?;
    let odd = || Refusal::internal(&"a plan's items are not as they were written");
    let count = usize::try_from(row.try_get::<i64, _>("many")?).unwrap_or(0);
    let mut addresses = Values::read(&row, "address")?;
    let numbers = split(&row, "number")?.zip(split(&row, "outcome")?).zip(split(&row, "second")?);
    let mut found = Vec::with_capacity(count);
    for ((number, outcome), second) in numbers.take(count) {
        found.push(Stored {
            number: number.parse().map_err(|_| odd())?,
            address: addresses.next().ok_or_else(odd)?.to_owned(),
            outcome: Outcome::from_code(outcome).ok_or_else(odd)?,
            second: second != "0",
        });
    }
    if found.len() == count { Ok(found) } else { Err(odd()) }
}

pub(super) const FROZEN: &str = "SELECT count(*) AS many,
      string_agg(CAST(number AS TEXT), ',') AS number,
      string_agg(outcome, ',') AS outcome, string_agg(CAST(second AS TEXT), ',') AS second,
      string_agg(address, '') AS address,
      string_agg(CAST(octet_length(address) AS TEXT), ',') AS address_lengths
 FROM (SELECT number, outcome, second, address FROM plan_items
        WHERE plan = $1 AND number > $2 ORDER BY number LIMIT $3) AS items";

fn stored(row: &SqlRow) -> Result<Stored, Refusal> {
    let outcome: &str = row.try_get("outcome")?;
    Ok(Stored {
        number: row.try_get("number")?,
        address: row.try_get("address")?,
        outcome: Outcome::from_code(outcome)
            .ok_or_else(|| Refusal::internal(&"a plan's item has no outcome"))?,
        second: row.try_get::<i64, _>("second")? != 0,
    })
}

fn item(row: Stored, users: &[UserFacts]) -> PlanItem {
    let user = users.binary_search_by_key(&row.number, |user| user.number).ok();
    let user = user.map(|at| &users[at]);
    let reason = row.outcome.reason_for(&row.address);
    PlanItem {
        number: row.number,
        user_id: Untrusted::new(user.map_or("", |user| &user.user_id)),
        name: Untrusted::new(user.map_or("", |user| &user.name)),
        outcome: row.outcome,
        reason: Untrusted::new(reason),
        address: row.address.into(),
        second: row.second,
    }
}
