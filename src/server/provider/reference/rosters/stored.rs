//! What the database knows of a site's users, for comparing with a file and for exporting.

use std::collections::{HashMap, HashSet};

use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use sqlx::Row;

use crate::domain::untrusted::Untrusted;
use crate::server::store::{Conn, Sql, SqlRow, to_millis};
use crate::table::{Dialect, Extra, RosterRow, WorldColumns, address_key, unwritable};

/// A user as stored, for comparing.
pub(super) struct Known {
    pub number: i64,
    pub row: RosterRow,
    pub address_key: Option<String>,
    /// The account is linked, under an agreement or without one.
    pub linked: bool,
}

impl Known {
    pub fn is_active(&self) -> bool {
        self.row.active == Some(true)
    }

    /// The address as it is compared, usable or not; empty where there is none.
    pub fn key(&self) -> String {
        match &self.address_key {
            Some(key) => key.clone(),
            None => address_key(self.row.address.raw()),
        }
    }
}

/// Reads all users of a site for comparing, in order of number.
pub(super) async fn known(conn: &mut Conn, site: i64) -> Result<Vec<Known>, sqlx::Error> {
    let mut rows = sqlx::query(
        "SELECT number, user_id, active, first_name, last_name, display_name, user_name, address,
           department, host_privilege, extra, address_key, link <> 'none' AS linked
         FROM site_users WHERE site = $1 ORDER BY number",
    )
    .bind(site)
    .fetch(conn);
    let mut all = Vec::new();
    while let Some(row) = rows.try_next().await? {
        all.push(Known {
            number: row.try_get("number")?,
            row: roster_row(&row)?,
            address_key: row.try_get("address_key")?,
            linked: row.try_get("linked")?,
        });
    }
    Ok(all)
}

/// The addresses whose owners have confirmed them, to the organization of a site or before it had
/// one.
pub(super) async fn confirmed(conn: &mut Conn, site: i64) -> Result<HashSet<String>, sqlx::Error> {
    let keys: Vec<String> = sqlx::query_scalar(
        "SELECT i.address_key FROM invitations i JOIN sites s ON s.organization = i.organization
          WHERE s.id = $1 AND i.confirmed_at IS NOT NULL
         UNION SELECT address_key FROM site_answers WHERE site = $1 AND confirmed_at IS NOT NULL",
    )
    .bind(site)
    .fetch_all(conn)
    .await?;
    Ok(keys.into_iter().collect())
}

/// The numbers of those who cannot be written in a dialect.
pub(super) async fn left_out(
    conn: &mut Conn,
    site: i64,
    dialect: Dialect,
) -> Result<HashSet<i64>, sqlx::Error> {
    if dialect == Dialect::SiteAdministration {
        return Ok(HashSet::new());
    }
    let all: Vec<(i64, String, bool)> = sqlx::query_as(
        "SELECT number, address, active FROM site_users WHERE site = $1 ORDER BY number",
    )
    .bind(site)
    .fetch_all(conn)
    .await?;
    let left = unwritable(dialect, all.iter().map(|(_, address, active)| (address, *active)));
    Ok(left.into_iter().map(|(at, _)| all[at].0).collect())
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
    .map(|row| Ok((row.try_get("number")?, roster_row(row)?)))
    .collect()
}

fn roster_row(row: &SqlRow) -> Result<RosterRow, sqlx::Error> {
    let text = |column: &str| row.try_get::<String, _>(column).map(Untrusted::from);
    let extra: Extra = serde_json::from_str(row.try_get("extra")?).unwrap_or_default();
    // What stands empty behind the last is as good as not there.
    let used = (0..extra.len()).rposition(|at| extra.get(at) != Some("")).map_or(0, |at| at + 1);
    Ok(RosterRow {
        user_id: text("user_id")?,
        active: Some(row.try_get("active")?),
        first_name: text("first_name")?,
        last_name: text("last_name")?,
        display_name: text("display_name")?,
        user_name: text("user_name")?,
        address: text("address")?,
        department: text("department")?,
        host_privilege: text("host_privilege")?,
        extra: if used == extra.len() { extra } else { extra.iter().take(used).collect() },
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

/// What a world file's rows say of addresses, in its columns confirmed, declined, unknown and
/// invited.
#[derive(Default)]
pub(super) struct WorldFacts(HashMap<String, AddressFacts>);

impl WorldFacts {
    /// Notes what a row says of its address.
    pub fn note(&mut self, world: &WorldColumns, address: Option<&str>) {
        if !(world.confirmed || world.declined || world.unknown || world.invited.is_some()) {
            return;
        }
        let Some(address) = address else { return };
        let entry = self.0.entry(address.to_owned()).or_default();
        entry.confirmed |= world.confirmed;
        entry.declined |= world.declined;
        entry.unknown |= world.unknown;
        entry.invited = entry.invited.max(world.invited);
    }

    /// Writes it, as facts of the site until it has an organization.
    pub async fn write(
        self,
        conn: &mut Conn,
        site: i64,
        now: Timestamp,
    ) -> Result<(), sqlx::Error> {
        let facts: Vec<_> = self.0.into_iter().collect();
        for batch in facts.chunks(500) {
            let mut query: Sql = Sql::new(
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
}
