//! An organization's domains: adding, claiming, releasing, unverifying (rules D1, D3).
//!
//! Owns the states and the challenge. Looking a challenge up is `proof`'s.

mod timers;

use axum::http::StatusCode;
use sqlx::Row;

use super::facts::Domains;
use super::{Directory, organizations};
use crate::api::domains::{Challenge, Check, OrgDomain};
use crate::api::page::{Page, PageQuery};
use crate::api::problem::code;
use crate::domain::challenge::record_name;
use crate::domain::domain_name::DomainName;
use crate::domain::organization::DomainState;
use crate::domain::untrusted::Untrusted;
use crate::server::audit::Change;
use crate::server::directory::Viewer;
use crate::server::paging;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, SqlRow, from_millis, new_secret, to_millis};
pub use timers::timers;

const COLUMNS: &str = "SELECT name, state, token, added_at, last_check FROM domains";

/// A challenge's value: random, and bound to organization and domain by standing in their row.
pub fn new_token() -> String {
    new_secret("hublink")
}

/// An organization's domains, by name.
pub async fn list(
    directory: &Directory,
    id: &str,
    query: &PageQuery,
) -> Result<Page<OrgDomain>, Refusal> {
    let limit = paging::limit(query.limit)?;
    let after: Option<String> = paging::after(query.cursor.as_deref())?;
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE organization = $1 AND name > $2 ORDER BY name LIMIT $3"
    )))
    .bind(id)
    .bind(after.unwrap_or_default())
    .bind(limit as i64 + 1)
    .fetch_all(&mut *directory.store.read().await?)
    .await?;
    let found = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    paging::page(found, limit, |domain| domain.name.raw().to_owned(), |domain| domain)
}

/// One domain.
pub async fn show(conn: &mut Conn, id: &str, name: &str) -> Result<OrgDomain, Refusal> {
    let row = sqlx::query(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE organization = $1 AND name = $2"
    )))
    .bind(id)
    .bind(name)
    .fetch_optional(conn)
    .await?;
    read(&row.ok_or_else(|| Refusal::not_found("domain"))?)
}

fn read(row: &SqlRow) -> Result<OrgDomain, Refusal> {
    let name: &str = row.try_get("name")?;
    let parsed = DomainName::parse(name).ok();
    let last_check: Option<&str> = row.try_get("last_check")?;
    Ok(OrgDomain {
        name: name.into(),
        unicode: parsed.and_then(|n| n.unicode()).map(Untrusted::new),
        state: DomainState::from_code(row.try_get("state")?)
            .ok_or_else(|| Refusal::internal(&"a domain's state is unknown"))?,
        added_at: from_millis(row.try_get("added_at")?),
        challenge: Challenge {
            record_name: record_name(name).into(),
            record_value: Untrusted::new(row.try_get::<&str, _>("token")?),
        },
        last_check: last_check.map(serde_json::from_str::<Check>).transpose()?,
    })
}

/// Adds a domain, pending, with its challenge.
pub async fn add(
    directory: &Directory,
    viewer: &Viewer,
    id: &str,
    text: &str,
) -> Result<OrgDomain, Refusal> {
    let name = DomainName::typed(text).map_err(|error| never(text, &error.to_string()))?;
    if let Some(why) = name.never_added() {
        return Err(never(name.as_str(), &why.to_string()));
    }
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    if !organizations::exists(&mut tx, id).await? {
        return Err(Refusal::not_found("organization"));
    }
    let mut domains = Domains::seen_from(Some(id));
    domains.learn(&mut tx, std::iter::once(name.as_str())).await?;
    let facts = domains.get(name.as_str());
    if facts.consumer {
        return Err(never(
            name.as_str(),
            "is a public mail provider's domain; nobody can prove it",
        ));
    }
    if facts.proven_elsewhere {
        return Err(taken(name.as_str()));
    }
    let added = sqlx::query(
        "INSERT INTO domains (organization, name, state, token, added_at, next_check_at)
         VALUES ($1, $2, 'pending', $3, $4, $5) ON CONFLICT DO NOTHING",
    )
    .bind(id)
    .bind(name.as_str())
    .bind(new_token())
    .bind(to_millis(now))
    .bind(super::proof::first_check())
    .execute(&mut *tx)
    .await?;
    if added.rows_affected() == 0 {
        return Err(Refusal::conflict(
            code::EXISTS,
            format!("{name} was added already."),
            "Publish its record, then verify it.",
        )
        .at("name"));
    }
    record(&mut tx, directory, viewer, "domain.added", id, name.as_str()).await?;
    let shown = show(&mut tx, id, name.as_str()).await?;
    tx.commit().await?;
    directory.domains_changed.notify_one();
    Ok(shown)
}

/// `verified -> claimed`.
pub async fn claim(
    directory: &Directory,
    viewer: &Viewer,
    id: &str,
    name: &str,
) -> Result<OrgDomain, Refusal> {
    let step = Step {
        from: DomainState::Verified,
        to: DomainState::Claimed,
        action: "domain.claimed",
        remedy: "Only a verified domain can be claimed: verify it first.",
    };
    step.take(directory, viewer, id, name).await
}

/// `claimed -> verified`.
pub async fn release(
    directory: &Directory,
    viewer: &Viewer,
    id: &str,
    name: &str,
) -> Result<OrgDomain, Refusal> {
    let step = Step {
        from: DomainState::Claimed,
        to: DomainState::Verified,
        action: "domain.released",
        remedy: "Only a claimed domain can be released.",
    };
    step.take(directory, viewer, id, name).await
}

/// `verified -> pending`, with a fresh challenge: the old record may still be published.
pub async fn unverify(
    directory: &Directory,
    viewer: &Viewer,
    id: &str,
    name: &str,
) -> Result<OrgDomain, Refusal> {
    let step = Step {
        from: DomainState::Verified,
        to: DomainState::Pending,
        action: "domain.unverified",
        remedy: "Only a verified domain can be unverified; release the claim of a claimed one first.",
    };
    step.take(directory, viewer, id, name).await
}

/// Takes a pending one away; answers how it was.
pub async fn remove(
    directory: &Directory,
    viewer: &Viewer,
    id: &str,
    name: &str,
) -> Result<OrgDomain, Refusal> {
    let mut tx = directory.store.begin().await?;
    let before = show(&mut tx, id, name).await?;
    if before.state != DomainState::Pending {
        let remedy = "Only a pending domain can be removed: unverify a verified one first.";
        return Err(wrong_state(name, before.state, remedy));
    }
    sqlx::query("DELETE FROM domains WHERE organization = $1 AND name = $2")
        .bind(id)
        .bind(name)
        .execute(&mut *tx)
        .await?;
    record(&mut tx, directory, viewer, "domain.removed", id, name).await?;
    tx.commit().await?;
    directory.domains_changed.notify_one();
    Ok(before)
}

fn wrong_state(name: &str, state: DomainState, remedy: &str) -> Refusal {
    Refusal::conflict(code::DOMAIN_STATE, format!("{name} is {}.", state.code()), remedy)
}

struct Step {
    from: DomainState,
    to: DomainState,
    action: &'static str,
    remedy: &'static str,
}

impl Step {
    async fn take(
        &self,
        directory: &Directory,
        viewer: &Viewer,
        id: &str,
        name: &str,
    ) -> Result<OrgDomain, Refusal> {
        let mut tx = directory.store.begin().await?;
        let before = show(&mut tx, id, name).await?;
        if before.state != self.from {
            return Err(wrong_state(name, before.state, self.remedy));
        }
        let again = self.to == DomainState::Pending;
        sqlx::query(
            "UPDATE domains SET state = $3, token = coalesce($4, token),
                    verified_at = CASE WHEN $5 THEN NULL ELSE verified_at END,
                    last_check = CASE WHEN $5 THEN NULL ELSE last_check END,
                    next_check_at = CASE WHEN $5 THEN $6 ELSE NULL END, checks = 0
              WHERE organization = $1 AND name = $2",
        )
        .bind(id)
        .bind(name)
        .bind(self.to.code())
        .bind(again.then(new_token))
        .bind(again)
        .bind(super::proof::first_check())
        .execute(&mut *tx)
        .await?;
        record(&mut tx, directory, viewer, self.action, id, name).await?;
        let shown = show(&mut tx, id, name).await?;
        tx.commit().await?;
        directory.domains_changed.notify_one();
        Ok(shown)
    }
}

async fn record(
    conn: &mut Conn,
    directory: &Directory,
    viewer: &Viewer,
    action: &'static str,
    id: &str,
    name: &str,
) -> Result<(), Refusal> {
    Change::by(directory.clock.now(), &viewer.email, action)
        .of(id)
        .about(name)
        .record(conn)
        .await?;
    Ok(())
}

/// 409: another organization has verified or claimed it.
pub fn taken(name: &str) -> Refusal {
    Refusal::conflict(
        code::DOMAIN_TAKEN,
        format!("Another organization has verified {name}."),
        "A domain belongs to one organization; its administrators would have to give it up.",
    )
}

fn never(name: &str, why: &str) -> Refusal {
    Refusal::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        code::DOMAIN_REFUSED,
        format!("{name} {why}."),
        "Add a domain that the organization itself owns.",
    )
    .at("name")
}
