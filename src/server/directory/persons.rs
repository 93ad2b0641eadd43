//! The person behind a site's user, as the organization has them (rules L11, L12, U7, U8).
//!
//! Owns the preferred site: of those on which the person is linked, the one that was linked first.
//! Name, department and activation are read from there, so that what changes on the site is what
//! the organization has, without a copy that could lag behind.

use sqlx::Row;
use std::collections::HashMap;

use super::licences;
use crate::api::user::OrgPerson;
use crate::domain::services::Service;
use crate::domain::untrusted::Untrusted;
use crate::server::directory::SiteFacts;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, SqlRow};

/// Addresses in one statement.
const CHUNK: usize = 500;

/// The person behind a user; none while the organization has nobody with the address.
pub async fn of_user(
    conn: &mut Conn,
    site: &SiteFacts,
    number: u32,
) -> Result<Option<OrgPerson>, Refusal> {
    let Some(organization) = site.organization.as_deref() else { return Ok(None) };
    let key: Option<String> =
        sqlx::query_scalar("SELECT address_key FROM site_users WHERE site = $1 AND number = $2")
            .bind(site.id)
            .bind(number)
            .fetch_one(&mut *conn)
            .await?;
    let Some(key) = key else { return Ok(None) };
    let accounts = accounts(conn, organization, std::slice::from_ref(&key)).await?;
    let here: Option<String> =
        sqlx::query_scalar("SELECT organization FROM identities WHERE email_key = $1")
            .bind(&key)
            .fetch_optional(&mut *conn)
            .await?;
    if accounts.is_empty() && here.as_deref() != Some(organization) {
        return Ok(None);
    }
    let held = licences::held(conn, organization, &[&key]).await?.remove(&key).unwrap_or_default();
    let held = Service::ALL.into_iter().filter(|service| held.contains(service));
    let mut sites: Vec<Untrusted> = Vec::new();
    for account in &accounts {
        if sites.last().is_none_or(|last| last.raw() != account.site) {
            sites.push(account.site.as_str().into());
        }
    }
    let first = accounts.into_iter().next().unwrap_or_default();
    Ok(Some(OrgPerson {
        organization: organization.to_owned(),
        address: key.into(),
        name: first.name.into(),
        department: first.department.into(),
        active: first.active,
        preferred_site: sites.first().cloned(),
        sites,
        licences: held.map(|service| service.code().to_owned()).collect(),
    }))
}

/// The preferred site of each of these addresses that has one.
pub async fn preferred_sites(
    conn: &mut Conn,
    site: &SiteFacts,
    keys: &[String],
) -> Result<HashMap<String, String>, Refusal> {
    let mut found = HashMap::new();
    let Some(organization) = site.organization.as_deref() else { return Ok(found) };
    for keys in keys.chunks(CHUNK) {
        for account in accounts(conn, organization, keys).await? {
            found.entry(account.key).or_insert(account.site);
        }
    }
    Ok(found)
}

/// An account on a linked site.
struct Account {
    key: String,
    site: String,
    name: String,
    department: String,
    active: bool,
}

impl Default for Account {
    /// Who is on no linked site is a member of the organization all the same.
    fn default() -> Self {
        let empty = String::new;
        Self { key: empty(), site: empty(), name: empty(), department: empty(), active: true }
    }
}

/// The linked accounts of these addresses, those of the site that was linked first first.
async fn accounts(
    conn: &mut Conn,
    organization: &str,
    keys: &[String],
) -> Result<Vec<Account>, Refusal> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new(
        "SELECT u.address_key, s.url, u.display_name, u.first_name, u.last_name, u.department,
                u.active
           FROM sites s JOIN site_users u ON u.site = s.id
          WHERE s.state = 'enrolled' AND u.link <> 'none' AND s.organization = ",
    );
    sql.push_bind(organization).push(" AND u.address_key IN (");
    let mut list = sql.separated(", ");
    for key in keys {
        list.push_bind(key);
    }
    list.push_unseparated(") ORDER BY s.linked_at, s.id, u.number");
    let rows = sql.build().fetch_all(conn).await?;
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

fn read(row: &SqlRow) -> Result<Account, sqlx::Error> {
    let display: String = row.try_get("display_name")?;
    let name = if display.trim().is_empty() {
        let (first, last): (&str, &str) = (row.try_get("first_name")?, row.try_get("last_name")?);
        format!("{first} {last}").trim().to_owned()
    } else {
        display
    };
    Ok(Account {
        key: row.try_get("address_key")?,
        site: row.try_get("url")?,
        name,
        department: row.try_get("department")?,
        active: row.try_get("active")?,
    })
}
