//! Gathering what decides about a user: the table of SPEC section 2 needs it, and never sees SQL.
//!
//! Owns what holds for a whole domain ([`Domains`]), and the sets that no join tells cheaply: who
//! shares an address (row 4), and whom the synced directory lacks (rule U9). It names no outcome.

use std::collections::{HashMap, HashSet};

use sqlx::Row;

use crate::domain::consumer_domains;
use crate::domain::domain_name::DomainName;
use crate::domain::kept::DomainFacts;
use crate::domain::organization::DomainState;
use crate::server::directory::SiteFacts;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, from_millis};

/// Names in one statement at most.
const CHUNK: usize = 500;

/// The facts of domains met so far; each is looked up once.
#[derive(Debug, Default)]
pub struct Domains {
    organization: Option<String>,
    known: HashMap<String, DomainFacts>,
}

impl Domains {
    /// For users of a site of this organization, if it has one.
    pub fn seen_from(organization: Option<&str>) -> Self {
        Self { organization: organization.map(str::to_owned), known: HashMap::new() }
    }

    /// Whether a domain was looked up.
    pub fn knows(&self, domain: &str) -> bool {
        self.known.contains_key(domain)
    }

    /// What is known of a domain; nothing holds for one that was not learned.
    pub fn get(&self, domain: &str) -> DomainFacts {
        self.known.get(domain).copied().unwrap_or_default()
    }

    /// Looks up those of these domains that are not known yet.
    pub async fn learn<'a>(
        &mut self,
        conn: &mut Conn,
        domains: impl Iterator<Item = &'a str>,
    ) -> Result<(), Refusal> {
        let mut new: Vec<String> = Vec::new();
        for domain in domains {
            if !self.known.contains_key(domain) {
                let listed =
                    DomainName::parse(domain).is_ok_and(|d| consumer_domains::contains(&d));
                let facts = DomainFacts { consumer: listed, ..DomainFacts::default() };
                self.known.insert(domain.to_owned(), facts);
                new.push(domain.to_owned());
            }
        }
        for names in new.chunks(CHUNK) {
            self.learn_proofs(conn, names).await?;
            self.learn_agreements(conn, names).await?;
            self.learn_consumers(conn, names).await?;
        }
        Ok(())
    }

    async fn learn_proofs(&mut self, conn: &mut Conn, names: &[String]) -> Result<(), Refusal> {
        let Some(ours) = self.organization.clone() else { return Ok(()) };
        let mut sql = Sql::new(
            "SELECT name, organization, state FROM domains
              WHERE state IN ('verified', 'claimed') AND name IN (",
        );
        list(&mut sql, names);
        for row in sql.build().fetch_all(conn).await? {
            let facts = self.known.entry(row.try_get("name")?).or_default();
            if row.try_get::<&str, _>("organization")? == ours {
                facts.proven = true;
            } else {
                facts.proven_elsewhere = true;
                facts.claimed_elsewhere =
                    row.try_get::<&str, _>("state")? == DomainState::Claimed.code();
            }
        }
        Ok(())
    }

    async fn learn_agreements(&mut self, conn: &mut Conn, names: &[String]) -> Result<(), Refusal> {
        let Some(ours) = self.organization.clone() else { return Ok(()) };
        let mut sql = Sql::new("SELECT domain, deadline FROM agreements WHERE organization = ");
        sql.push_bind(ours).push(" AND domain IN (");
        list(&mut sql, names);
        for row in sql.build().fetch_all(conn).await? {
            self.known.entry(row.try_get("domain")?).or_default().deadline =
                Some(from_millis(row.try_get("deadline")?));
        }
        Ok(())
    }

    async fn learn_consumers(&mut self, conn: &mut Conn, names: &[String]) -> Result<(), Refusal> {
        let mut sql = Sql::new("SELECT name FROM consumer_domains WHERE name IN (");
        list(&mut sql, names);
        for row in sql.build().fetch_all(conn).await? {
            self.known.entry(row.try_get("name")?).or_default().consumer = true;
        }
        Ok(())
    }
}

/// Row 4: those of these addresses that are on more than one active account of the site.
pub async fn duplicates(
    conn: &mut Conn,
    site: &SiteFacts,
    among: &[String],
) -> Result<HashSet<String>, Refusal> {
    let mut found = HashSet::new();
    for keys in among.chunks(CHUNK) {
        let mut sql = Sql::new("SELECT address_key FROM site_users WHERE active = 1 AND site = ");
        sql.push_bind(site.id).push(" AND address_key IN (");
        list(&mut sql, keys);
        sql.push(" GROUP BY address_key HAVING count(*) > 1");
        found.extend(sql.build_query_scalar::<String>().fetch_all(&mut *conn).await?);
    }
    Ok(found)
}

/// Rule U9: which of these spellings the synced directory has; `None` when the rule does not hold
/// now, because the sync is off or paused.
pub async fn in_directory(
    conn: &mut Conn,
    organization: Option<&str>,
    spellings: &[String],
) -> Result<Option<HashSet<String>>, Refusal> {
    let Some(organization) = organization else { return Ok(None) };
    if !heeds_directory(conn, Some(organization)).await? {
        return Ok(None);
    }
    let mut found = HashSet::new();
    for some in spellings.chunks(CHUNK) {
        let mut sql = Sql::new("SELECT spelling FROM synced_directory WHERE organization = ");
        sql.push_bind(organization.to_owned()).push(" AND spelling IN (");
        list(&mut sql, some);
        found.extend(sql.build_query_scalar::<String>().fetch_all(&mut *conn).await?);
    }
    Ok(Some(found))
}

/// Rule U9: whether an organization's directory decides now: its sync is on and not paused.
pub async fn heeds_directory(
    conn: &mut Conn,
    organization: Option<&str>,
) -> Result<bool, sqlx::Error> {
    let Some(organization) = organization else { return Ok(false) };
    let syncs = sqlx::query(
        "SELECT 1 FROM organizations WHERE id = $1 AND directory_sync = 1 AND sync_paused = 0",
    )
    .bind(organization)
    .fetch_optional(conn)
    .await?;
    Ok(syncs.is_some())
}

fn list(sql: &mut Sql, names: &[String]) {
    let mut separated = sql.separated(", ");
    for name in names {
        separated.push_bind(name.clone());
    }
    separated.push_unseparated(")");
}

#[cfg(test)]
mod tests;
