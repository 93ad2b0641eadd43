//! Whom directory sync blocks, over all sites of an organization, in order of site and number.
//!
//! Owns the search: accounts whose exact spelling the directory lacks, of which those count whom no
//! earlier row of the table takes. Reads batch by batch; keeps none of them.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use sqlx::Row;

use super::super::{Directory, users};
use crate::domain::address::Address;
use crate::domain::directory_sync::Mismatch;
use crate::domain::facts::Fact;
use crate::domain::linking::LinkingMethod;
use crate::domain::outcome::{Outcome, decide};
use crate::server::directory::{SiteFacts, UserFacts};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql};

/// Accounts looked at in one statement.
const BATCH: i64 = 500;

/// A user who is blocked, or would be if the sync were resumed.
pub struct Failing {
    /// The site's URL.
    pub site: String,
    /// The site's row.
    pub site_id: i64,
    /// The user.
    pub user: UserFacts,
    /// Why.
    pub why: Mismatch,
    /// The directory's spelling, where only the case differs.
    pub in_directory: Option<String>,
}

/// The search over an organization's sites.
pub struct Search {
    organization: String,
    sites: Vec<SiteFacts>,
    now: Timestamp,
}

impl Search {
    /// Over the sites that the organization has now.
    pub async fn of(directory: &Directory, organization: &str) -> Result<Self, Refusal> {
        let urls: Vec<String> =
            sqlx::query_scalar("SELECT url FROM sites WHERE organization = $1 ORDER BY url")
                .bind(organization)
                .fetch_all(&mut *directory.store.read().await?)
                .await?;
        let mut sites = Vec::with_capacity(urls.len());
        for url in urls {
            sites.push(users::site_facts(&directory.store, &url).await?);
        }
        Ok(Self { organization: organization.to_owned(), sites, now: directory.clock.now() })
    }

    /// All of them.
    pub async fn each(
        &self,
        conn: &mut Conn,
        mut take: impl FnMut(Failing),
    ) -> Result<(), Refusal> {
        for site in &self.sites {
            let mut after = None;
            while let Some(last) = self.batch(conn, site, &mut after, &mut take).await? {
                after = Some(last);
            }
        }
        Ok(())
    }

    /// Some of them, after a site and number, at least `most` if there are so many.
    pub async fn some(
        &self,
        conn: &mut Conn,
        after: Option<&(String, u32)>,
        most: usize,
    ) -> Result<Vec<Failing>, Refusal> {
        let mut found = Vec::new();
        let from = after.map_or("", |(url, _)| url.as_str());
        for site in self.sites.iter().filter(|site| site.url.as_str() >= from) {
            let mut last = after.filter(|(url, _)| *url == site.url).map(|(_, number)| *number);
            while let Some(next) =
                self.batch(conn, site, &mut last, &mut |failing| found.push(failing)).await?
            {
                last = Some(next);
                if found.len() >= most {
                    return Ok(found);
                }
            }
            if found.len() >= most {
                return Ok(found);
            }
        }
        Ok(found)
    }

    /// One batch; the last number looked at, or nothing at the end.
    async fn batch(
        &self,
        conn: &mut Conn,
        site: &SiteFacts,
        after: &mut Option<u32>,
        take: &mut impl FnMut(Failing),
    ) -> Result<Option<u32>, Refusal> {
        let numbers = self.not_spelled_so(conn, site, *after).await?;
        let Some(last) = numbers.last().copied() else { return Ok(None) };
        let users = users::among(conn, site, &numbers, self.now).await?;
        let directory = self.spellings(conn, &users).await?;
        for user in users {
            // The blanks that SQL does not trim are trimmed here, as the table's fact is.
            let known = directory.exact.contains(user.address.trim());
            let facts = user.facts.with(Fact::DirectorySync, !known);
            // Rows 1 to 6 are the same whatever the method.
            let method = site.method.unwrap_or(LinkingMethod::ReceiveEmail);
            if decide(facts, method) != Outcome::BlockedDirectorySync {
                continue;
            }
            let in_directory =
                user.address_key.as_ref().and_then(|key| directory.by_key.get(key)).cloned();
            let why =
                if in_directory.is_some() { Mismatch::DiffersInCase } else { Mismatch::Absent };
            take(Failing { site: site.url.clone(), site_id: site.id, user, why, in_directory });
        }
        Ok(Some(last))
    }

    /// The next accounts whose spelling neither the directory nor what was noted has.
    async fn not_spelled_so(
        &self,
        conn: &mut Conn,
        site: &SiteFacts,
        after: Option<u32>,
    ) -> Result<Vec<u32>, Refusal> {
        let rows = sqlx::query(
            "SELECT u.number FROM site_users u
              WHERE u.site = $1 AND u.number > $2 AND u.active = 1 AND u.link = 'none'
                AND u.address_key IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM synced_directory d
                                 WHERE d.organization = $3 AND d.spelling = trim(u.address))
                AND NOT EXISTS (SELECT 1 FROM directory_additions a
                                 WHERE a.organization = $3 AND a.spelling = trim(u.address))
              ORDER BY u.number LIMIT $4",
        )
        .bind(site.id)
        .bind(after.map_or(-1, i64::from))
        .bind(&self.organization)
        .bind(BATCH)
        .fetch_all(conn)
        .await?;
        Ok(rows.iter().map(|row| row.try_get("number")).collect::<Result<_, _>>()?)
    }

    /// How the directory spells the addresses of these users.
    async fn spellings(&self, conn: &mut Conn, users: &[UserFacts]) -> Result<Spellings, Refusal> {
        let mut sql = Sql::new("SELECT spelling FROM synced_directory WHERE organization = ");
        sql.push_bind(&self.organization).push(" AND lower(spelling) IN (");
        let mut folded = sql.separated(", ");
        for user in users {
            folded.push_bind(user.address.trim().to_ascii_lowercase());
        }
        folded.push_unseparated(") ORDER BY spelling");
        let mut found = Spellings::default();
        for spelling in sql.build_query_scalar::<String>().fetch_all(conn).await? {
            if let Ok(address) = Address::parse(&spelling) {
                found.by_key.entry(String::from(address)).or_insert_with(|| spelling.clone());
            }
            found.exact.insert(spelling);
        }
        Ok(found)
    }
}

#[derive(Default)]
struct Spellings {
    exact: HashSet<String>,
    by_key: HashMap<String, String>,
}
