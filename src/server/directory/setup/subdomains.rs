//! Which subdomains are free (rule T6): Check Availability and the suggestions.
//!
//! Owns reading who has which. A check promises nothing: the name is taken at Finish.

use std::collections::HashSet;

use sqlx::Row;

use crate::api::setup::{Availability, SubdomainCheck, Suggestions};
use crate::domain::subdomain::{Subdomain, SubdomainError, ideas};
use crate::domain::untrusted::Untrusted;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, Store};

/// How many names are suggested.
const SUGGESTED: usize = 3;
/// Ideas looked up at a time, and how often before giving up.
const AT_ONCE: usize = 32;
const ROUNDS: usize = 200;
/// The most characters of a name that are answered back.
const ECHO: usize = 200;

/// The organization's name.
pub async fn company(conn: &mut Conn, id: &str) -> Result<String, Refusal> {
    let row = sqlx::query("SELECT name FROM organizations WHERE id = $1")
        .bind(id)
        .fetch_optional(conn)
        .await?;
    Ok(row.ok_or_else(|| Refusal::not_found("organization"))?.try_get("name")?)
}

/// Answers Check Availability.
pub async fn check(store: &Store, id: &str, text: &str) -> Result<SubdomainCheck, Refusal> {
    let mut conn = store.read().await?;
    let company = company(&mut conn, id).await?;
    let (availability, detail) = judge(&mut conn, id, Subdomain::parse(text).as_ref()).await?;
    let suggestions = match availability {
        Availability::Taken | Availability::Reserved => free(&mut conn, id, text, &company).await?,
        Availability::Available | Availability::Invalid => Vec::new(),
    };
    Ok(SubdomainCheck {
        asked: Untrusted::new(text.chars().take(ECHO).collect::<String>()),
        name: Subdomain::parse(text).ok().map(|name| name.to_string()),
        availability,
        detail: detail.into(),
        suggestions,
    })
}

async fn judge(
    conn: &mut Conn,
    id: &str,
    read: Result<&Subdomain, &SubdomainError>,
) -> Result<(Availability, String), Refusal> {
    let name = match read {
        Ok(name) => name,
        Err(error) => {
            return Ok((Availability::Invalid, format!("That is not a subdomain: {error}.")));
        }
    };
    if name.is_reserved() {
        let words = format!("{name} is reserved; no organization gets it.");
        return Ok((Availability::Reserved, words));
    }
    if had(conn, id, std::slice::from_ref(name)).await?.is_empty() {
        return Ok((Availability::Available, format!("{name} is free.")));
    }
    Ok((Availability::Taken, format!("Another organization has {name}.")))
}

/// Three free names for an organization.
pub async fn suggest(store: &Store, id: &str, name: Option<&str>) -> Result<Suggestions, Refusal> {
    let mut conn = store.read().await?;
    let company = company(&mut conn, id).await?;
    let suggestions = free(&mut conn, id, name.unwrap_or_default(), &company).await?;
    Ok(Suggestions { suggestions })
}

/// The first free ideas in place of a name.
pub async fn free(
    conn: &mut Conn,
    id: &str,
    name: &str,
    company: &str,
) -> Result<Vec<String>, Refusal> {
    let mut found = Vec::with_capacity(SUGGESTED);
    let mut left = ideas(name, company);
    for _ in 0..ROUNDS {
        let some: Vec<Subdomain> = left.by_ref().take(AT_ONCE).collect();
        let had = had(conn, id, &some).await?;
        let free = some.iter().map(Subdomain::as_str).filter(|name| !had.contains(*name));
        found.extend(free.take(SUGGESTED - found.len()).map(str::to_owned));
        if found.len() == SUGGESTED {
            break;
        }
    }
    Ok(found)
}

/// Those of the names that other organizations have.
async fn had(conn: &mut Conn, id: &str, names: &[Subdomain]) -> Result<HashSet<String>, Refusal> {
    let mut sql = Sql::new("SELECT subdomain FROM setups WHERE organization <> ");
    sql.push_bind(id).push(" AND subdomain IN (");
    let mut separated = sql.separated(", ");
    for name in names {
        separated.push_bind(name.as_str());
    }
    separated.push_unseparated(")");
    let rows = sql.build().fetch_all(conn).await?;
    rows.iter().map(|row| Ok(row.try_get("subdomain")?)).collect()
}
