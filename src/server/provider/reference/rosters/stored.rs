//! What the database knows of a site's users, for comparing with a file and for exporting.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite};

use super::canonical;
use crate::domain::untrusted::Untrusted;
use crate::server::store::{Conn, to_millis};
use crate::table::{RosterFile, RosterRow};

/// A user as stored, for comparing.
pub(super) struct Known {
    pub number: i64,
    pub active: bool,
    pub address: String,
    pub address_key: Option<String>,
    pub extra: String,
    names: [String; 4],
    department: String,
    host_privilege: String,
}

/// All users of a site, taken out one by one as the file names them.
pub(super) struct AllKnown {
    by_id: HashMap<String, Known>,
    by_address: HashMap<String, Vec<String>>,
    next: i64,
}

impl AllKnown {
    /// The user with this id, or else the one user with this address; each is given once.
    pub fn take(&mut self, user_id: &str, address_key: Option<&str>) -> Option<Known> {
        if let Some(found) = self.by_id.remove(user_id) {
            return Some(found);
        }
        match self.by_address.get(address_key?)?.as_slice() {
            [only] => self.by_id.remove(only),
            _ => None,
        }
    }

    /// How many the file did not name.
    pub fn left(&self) -> usize {
        self.by_id.len()
    }

    /// The numbers of those of them who are active.
    pub fn left_active(&self) -> impl Iterator<Item = i64> {
        self.by_id.values().filter(|known| known.active).map(|known| known.number)
    }

    /// The number of the next new user.
    pub fn next_number(&self) -> i64 {
        self.next
    }
}

impl Known {
    /// Whether the row says nothing new.
    pub fn is_like(&self, row: &RosterRow, extra: &str) -> bool {
        self.active == row.active
            && self.address == row.address.raw()
            && self.names == names(row)
            && self.department == row.department.raw()
            && self.host_privilege == row.host_privilege.raw()
            && self.extra == extra
    }

    /// What changes, in words.
    pub fn differences(&self, row: &RosterRow) -> String {
        let mut said = Vec::new();
        if self.address != row.address.raw() {
            said.push(format!("address, was {}", self.address));
        }
        if self.active != row.active {
            said.push(if row.active { "activated" } else { "deactivated" }.to_owned());
        }
        if self.names != names(row) {
            said.push("name".to_owned());
        }
        if self.department != row.department.raw() {
            said.push(format!("department, was {}", self.department));
        }
        if said.is_empty() { "other columns".to_owned() } else { said.join("; ") }
    }
}

fn names(row: &RosterRow) -> [String; 4] {
    [&row.first_name, &row.last_name, &row.display_name, &row.user_name]
        .map(|name| name.raw().to_owned())
}

/// The name to show: the display name, or first and last.
pub(super) fn name_of(row: &RosterRow) -> Untrusted {
    if !row.display_name.is_empty() {
        return row.display_name.clone();
    }
    let name = format!("{} {}", row.first_name.raw(), row.last_name.raw());
    Untrusted::new(name.trim())
}

/// Reads all users of a site for comparing.
pub(super) async fn known(conn: &mut Conn, site: i64) -> Result<AllKnown, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT number, user_id, active, first_name, last_name, display_name, user_name, address,
           address_key, department, host_privilege, extra
         FROM site_users WHERE site = $1 ORDER BY number",
    )
    .bind(site)
    .fetch_all(conn)
    .await?;
    let mut all = AllKnown { by_id: HashMap::new(), by_address: HashMap::new(), next: 0 };
    for row in rows {
        let user_id: String = row.try_get(1)?;
        let known = Known {
            number: row.try_get(0)?,
            active: row.try_get(2)?,
            names: [row.try_get(3)?, row.try_get(4)?, row.try_get(5)?, row.try_get(6)?],
            address: row.try_get(7)?,
            address_key: row.try_get(8)?,
            department: row.try_get(9)?,
            host_privilege: row.try_get(10)?,
            extra: row.try_get(11)?,
        };
        all.next = known.number + 1;
        if let Some(key) = &known.address_key {
            all.by_address.entry(key.clone()).or_default().push(user_id.clone());
        }
        all.by_id.insert(user_id, known);
    }
    Ok(all)
}

/// A page of rows for export, with their numbers.
pub(super) async fn rows(
    conn: &mut Conn,
    site: i64,
    from: i64,
    most: i64,
) -> Result<Vec<(i64, RosterRow)>, sqlx::Error> {
    sqlx::query(
        "SELECT number, user_id, active, first_name, last_name, display_name, user_name, address,
           department, host_privilege, extra
         FROM site_users WHERE site = $1 AND number >= $2 ORDER BY number LIMIT $3",
    )
    .bind(site)
    .bind(from)
    .bind(most)
    .fetch_all(conn)
    .await?
    .iter()
    .map(|row| Ok((row.try_get(0)?, roster_row(row)?)))
    .collect()
}

fn roster_row(row: &SqliteRow) -> Result<RosterRow, sqlx::Error> {
    let text = |at: usize| row.try_get::<String, _>(at).map(Untrusted::from);
    let extra: String = row.try_get(10)?;
    Ok(RosterRow {
        user_id: text(1)?,
        active: row.try_get(2)?,
        first_name: text(3)?,
        last_name: text(4)?,
        display_name: text(5)?,
        user_name: text(6)?,
        address: text(7)?,
        department: text(8)?,
        host_privilege: text(9)?,
        extra: serde_json::from_str(&extra).unwrap_or_default(),
        ..RosterRow::default()
    })
}

/// The names of the site's unknown columns.
pub(super) async fn columns(conn: &mut Conn, site: i64) -> Result<Vec<String>, sqlx::Error> {
    let json: String = sqlx::query_scalar("SELECT roster_columns FROM sites WHERE id = $1")
        .bind(site)
        .fetch_one(conn)
        .await?;
    Ok(serde_json::from_str(&json).unwrap_or_default())
}

/// The roster's revision, and the organization that the site is linked to.
pub(super) async fn revision(
    conn: &mut Conn,
    site: i64,
) -> Result<(i64, Option<String>), sqlx::Error> {
    sqlx::query_as("SELECT roster_revision, organization FROM sites WHERE id = $1")
        .bind(site)
        .fetch_one(conn)
        .await
}

/// Facts of an address over all accounts with it, deactivated included.
#[derive(Default)]
struct AddressFacts {
    confirmed: bool,
    declined: bool,
    unknown: bool,
    invited: Option<Timestamp>,
}

/// Writes a world file's confirmed, declined, unknown and invited columns, as facts of the site
/// until it has an organization.
pub(super) async fn write_world_columns(
    conn: &mut Conn,
    site: i64,
    file: &RosterFile,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let mut facts: HashMap<String, AddressFacts> = HashMap::new();
    for row in &file.rows {
        let world = &row.world;
        if !(world.confirmed || world.declined || world.unknown || world.invited.is_some()) {
            continue;
        }
        let Some(address) = canonical(row) else { continue };
        let entry = facts.entry(address).or_default();
        entry.confirmed |= world.confirmed;
        entry.declined |= world.declined;
        entry.unknown |= world.unknown;
        entry.invited = entry.invited.max(world.invited);
    }
    let facts: Vec<_> = facts.into_iter().collect();
    for batch in facts.chunks(500) {
        let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(
            "INSERT INTO site_answers
               (site, address_key, confirmed_at, declined_at, unknown, invited_at) ",
        );
        query.push_values(batch, |mut values, (address, facts)| {
            values
                .push_bind(site)
                .push_bind(address.clone())
                .push_bind(facts.confirmed.then(|| to_millis(now)))
                .push_bind(facts.declined.then(|| to_millis(now)))
                .push_bind(facts.unknown)
                .push_bind(facts.invited.map(to_millis));
        });
        query.build().execute(&mut *conn).await?;
    }
    Ok(())
}
