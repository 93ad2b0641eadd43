//! One user of a site, added or changed through the API (rule U7).
//!
//! Owns the checks of the fields and the two statements. As in an import, any address is taken (a
//! bad one is blocked by its outcome), and another address revokes what the old one was sent.

use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;

use super::super::{fields, site_edits};
use super::{answers, links, note_newcomers, revoke_unused};
use crate::api::problem::code;
use crate::api::user::{EditUser, NewUser};
use crate::domain::address::Address;
use crate::server::audit::Change;
use crate::server::directory::Viewer;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, SqlRow};

/// The most characters of an address as spelled.
const LONGEST: usize = 320;

/// The number of a user.
pub async fn number_of(conn: &mut Conn, url: &str, user_id: &str) -> Result<u32, Refusal> {
    sqlx::query_scalar(
        "SELECT u.number FROM site_users u JOIN sites s ON s.id = u.site
          WHERE s.url = $1 AND u.user_id = $2",
    )
    .bind(url)
    .bind(user_id)
    .fetch_optional(conn)
    .await?
    .ok_or_else(|| Refusal::not_found("user"))
}

/// A user's columns.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Columns {
    address: String,
    first_name: String,
    last_name: String,
    display_name: String,
    department: String,
    active: bool,
}

impl Columns {
    fn key(&self) -> Option<Address> {
        Address::parse(&self.address).ok()
    }

    /// What differs, by field.
    fn differences(&self, other: &Self) -> Vec<&'static str> {
        [
            ("address", self.address != other.address),
            ("first_name", self.first_name != other.first_name),
            ("last_name", self.last_name != other.last_name),
            ("display_name", self.display_name != other.display_name),
            ("department", self.department != other.department),
            ("active", self.active != other.active),
        ]
        .into_iter()
        .filter_map(|(field, differs)| differs.then_some(field))
        .collect()
    }
}

/// Adds a user, in the caller's transaction; answers the number.
pub async fn add(
    conn: &mut Conn,
    viewer: &Viewer,
    url: &str,
    new: &NewUser,
    now: Timestamp,
) -> Result<u32, Refusal> {
    let user_id = fields::name("user_id", &new.user_id)?;
    let columns = Columns {
        address: address(&new.address)?,
        first_name: fields::optional("first_name", &new.first_name)?,
        last_name: fields::optional("last_name", &new.last_name)?,
        display_name: fields::optional("display_name", &new.display_name)?,
        department: fields::optional("department", &new.department)?,
        active: new.active,
    };
    let site = site_edits::find(conn, url).await?.ok_or_else(|| Refusal::not_found("site"))?;
    if number_of(conn, url, &user_id).await.is_ok() {
        let remedy = "Change that user, or use another UserID.";
        let exists =
            Refusal::conflict(code::EXISTS, "The site has a user with this UserID.", remedy);
        return Err(exists.at("user_id"));
    }
    no_import_is_written(conn, site.id).await?;
    let revision = next_revision(conn, site.id).await?;
    let key = columns.key();
    let number: u32 = sqlx::query_scalar(
        "INSERT INTO site_users (site, number, user_id, active, first_name, last_name,
           display_name, address, address_key, domain, department, added_revision)
         SELECT $1, coalesce(max(number) + 1, 0), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
           FROM site_users WHERE site = $1
         RETURNING number",
    )
    .bind(site.id)
    .bind(&user_id)
    .bind(columns.active)
    .bind(&columns.first_name)
    .bind(&columns.last_name)
    .bind(&columns.display_name)
    .bind(&columns.address)
    .bind(key.as_ref().map(Address::as_str))
    .bind(key.as_ref().map(Address::domain_str))
    .bind(&columns.department)
    .bind(revision)
    .fetch_one(&mut *conn)
    .await?;
    note_newcomers(conn, site.id).await?;
    let detail = json!({ "number": number, "address": columns.address });
    let entry = Entry { action: "user.added", user_id: &user_id, detail, now };
    record(conn, viewer, site.organization.as_deref(), url, entry).await?;
    Ok(number)
}

/// Changes what is given, in the caller's transaction; answers the number.
pub async fn edit(
    conn: &mut Conn,
    viewer: &Viewer,
    url: &str,
    user_id: &str,
    edit: &EditUser,
    now: Timestamp,
) -> Result<u32, Refusal> {
    let site = site_edits::find(conn, url).await?.ok_or_else(|| Refusal::not_found("site"))?;
    let number = number_of(conn, url, user_id).await?;
    let before = load(conn, site.id, number).await?;
    let text = |field, given: &Option<String>, before: &String| match given {
        Some(given) => fields::optional(field, given),
        None => Ok(before.clone()),
    };
    let after = Columns {
        address: match &edit.address {
            Some(given) => address(given)?,
            None => before.address.clone(),
        },
        first_name: text("first_name", &edit.first_name, &before.first_name)?,
        last_name: text("last_name", &edit.last_name, &before.last_name)?,
        display_name: text("display_name", &edit.display_name, &before.display_name)?,
        department: text("department", &edit.department, &before.department)?,
        active: edit.active.unwrap_or(before.active),
    };
    let changed = after.differences(&before);
    if changed.is_empty() {
        return Ok(number);
    }
    no_import_is_written(conn, site.id).await?;
    next_revision(conn, site.id).await?;
    save(conn, site.id, number, &after).await?;
    links::readdress(conn, (site.id, number), &before.address, &after.address).await?;
    if let Some(old) = before.key()
        && after.key().as_ref() != Some(&old)
    {
        match &site.organization {
            Some(organization) => revoke_unused(conn, organization, old.as_str(), now).await?,
            None => answers::revoke_unused(conn, site.id, old.as_str(), now).await?,
        }
    }
    let mut detail = json!({ "number": number, "changed": changed });
    if after.address != before.address {
        detail["address"] = after.address.into();
    }
    let entry = Entry { action: "user.changed", user_id, detail, now };
    record(conn, viewer, site.organization.as_deref(), url, entry).await?;
    Ok(number)
}

async fn save(
    conn: &mut Conn,
    site: i64,
    number: u32,
    columns: &Columns,
) -> Result<(), sqlx::Error> {
    let key = columns.key();
    sqlx::query(
        "UPDATE site_users SET active = $3, first_name = $4, last_name = $5, display_name = $6,
                address = $7, address_key = $8, domain = $9, department = $10
          WHERE site = $1 AND number = $2",
    )
    .bind(site)
    .bind(number)
    .bind(columns.active)
    .bind(&columns.first_name)
    .bind(&columns.last_name)
    .bind(&columns.display_name)
    .bind(&columns.address)
    .bind(key.as_ref().map(Address::as_str))
    .bind(key.as_ref().map(Address::domain_str))
    .bind(&columns.department)
    .execute(conn)
    .await?;
    Ok(())
}

fn address(text: &str) -> Result<String, Refusal> {
    if text.chars().count() > LONGEST || text.chars().any(char::is_control) {
        let why = "An address has at most 320 characters and no control characters.";
        return Err(Refusal::invalid("address", why));
    }
    Ok(text.to_owned())
}

async fn load(conn: &mut Conn, site: i64, number: u32) -> Result<Columns, Refusal> {
    let row = sqlx::query(
        "SELECT address, first_name, last_name, display_name, department, active
           FROM site_users WHERE site = $1 AND number = $2",
    )
    .bind(site)
    .bind(number)
    .fetch_one(conn)
    .await?;
    let read = |row: &SqlRow| {
        Ok::<_, sqlx::Error>(Columns {
            address: row.try_get("address")?,
            first_name: row.try_get("first_name")?,
            last_name: row.try_get("last_name")?,
            display_name: row.try_get("display_name")?,
            department: row.try_get("department")?,
            active: row.try_get("active")?,
        })
    };
    Ok(read(&row)?)
}

/// While an import is written its rows are what counts: a change beside it would be undone by a row
/// that is still to come, after it was acknowledged.
async fn no_import_is_written(conn: &mut Conn, site: i64) -> Result<(), Refusal> {
    let is_written: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM imports
                         WHERE site = $1 AND begun_at IS NOT NULL AND applied_at IS NULL)",
    )
    .bind(site)
    .fetch_one(conn)
    .await?;
    if !is_written {
        return Ok(());
    }
    Err(Refusal::later("An import is being written to this site's roster; nothing was changed.", 5))
}

async fn next_revision(conn: &mut Conn, site: i64) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "UPDATE sites SET roster_revision = roster_revision + 1 WHERE id = $1
         RETURNING roster_revision",
    )
    .bind(site)
    .fetch_one(conn)
    .await
}

struct Entry<'a> {
    action: &'static str,
    user_id: &'a str,
    detail: serde_json::Value,
    now: Timestamp,
}

async fn record(
    conn: &mut Conn,
    viewer: &Viewer,
    organization: Option<&str>,
    url: &str,
    entry: Entry<'_>,
) -> Result<(), Refusal> {
    Ok(Change::by(entry.now, &viewer.email, entry.action)
        .of_any(organization)
        .site(url)
        .about(entry.user_id)
        .detail(entry.detail)
        .record(conn)
        .await?)
}
