//! Consumer domains that the backend administrator added to the list in the source (SPEC section 9).
//!
//! Owns the refusal of domains that are somebody's: verified, claimed or covered by an agreement; and of
//! those that an organization is about to prove.

use super::Directory;
use crate::api::domains::ConsumerDomain;
use crate::api::page::{Page, PageQuery};
use crate::api::problem::code;
use crate::domain::domain_name::DomainName;
use crate::domain::untrusted::Untrusted;
use crate::server::audit::Change;
use crate::server::directory::Viewer;
use crate::server::paging;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, to_millis};

/// Those that were added, by name; the list in the source is not among them.
pub async fn list(
    directory: &Directory,
    query: &PageQuery,
) -> Result<Page<ConsumerDomain>, Refusal> {
    let limit = paging::limit(query.limit)?;
    let after: Option<String> = paging::after(query.cursor.as_deref())?;
    let names: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM consumer_domains WHERE name > $1 ORDER BY name LIMIT $2",
    )
    .bind(after.unwrap_or_default())
    .bind(limit as i64 + 1)
    .fetch_all(&mut *directory.store.read().await?)
    .await?;
    paging::page(names, limit, String::clone, |name| ConsumerDomain { name: name.into() })
}

/// Adds one.
pub async fn add(
    directory: &Directory,
    viewer: &Viewer,
    text: &str,
) -> Result<ConsumerDomain, Refusal> {
    let name = DomainName::typed(text)
        .map_err(|error| Refusal::invalid("name", format!("{text} {error}.")))?;
    // The one reason a readable name is never added to an organization: it is listed already.
    if name.never_added().is_some() {
        return Err(exists(&name));
    }
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    if is_somebodys(&mut tx, &name, to_millis(now)).await? {
        return Err(Refusal::conflict(
            code::DOMAIN_TAKEN,
            format!("{name} is verified, claimed or covered by an agreement."),
            "A domain that is an organization's own is no public mail provider's.",
        )
        .at("name"));
    }
    if is_pending(&mut tx, &name).await? {
        return Err(Refusal::conflict(
            code::DOMAIN_STATE,
            format!("{name} is pending: an organization has added it and is to prove it."),
            "Once it is proven it is that organization's own. Ask whom it is pending for.",
        )
        .at("name"));
    }
    let added =
        sqlx::query("INSERT INTO consumer_domains (name) VALUES ($1) ON CONFLICT DO NOTHING")
            .bind(name.as_str())
            .execute(&mut *tx)
            .await?;
    if added.rows_affected() == 0 {
        return Err(exists(&name));
    }
    Change::by(now, &viewer.email, "consumer_domain.added")
        .about(name.as_str())
        .record(&mut tx)
        .await?;
    tx.commit().await?;
    Ok(ConsumerDomain { name: Untrusted::new(name.as_str()) })
}

async fn is_somebodys(conn: &mut Conn, name: &DomainName, now: i64) -> sqlx::Result<bool> {
    let found: Option<i64> = sqlx::query_scalar(
        "SELECT 1 FROM domains WHERE name = $1 AND state IN ('verified', 'claimed')
         UNION ALL SELECT 1 FROM agreements WHERE domain = $1 AND deadline > $2 LIMIT 1",
    )
    .bind(name.as_str())
    .bind(now)
    .fetch_optional(conn)
    .await?;
    Ok(found.is_some())
}

async fn is_pending(conn: &mut Conn, name: &DomainName) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM domains WHERE name = $1 AND state = 'pending')",
    )
    .bind(name.as_str())
    .fetch_one(conn)
    .await
}

fn exists(name: &DomainName) -> Refusal {
    Refusal::conflict(
        code::EXISTS,
        format!("{name} is a consumer domain already."),
        "There is nothing to do.",
    )
    .at("name")
}

#[cfg(test)]
mod tests;
