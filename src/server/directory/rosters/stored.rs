//! What the database knows of a site's users, for comparing with a file and for exporting.

use std::collections::{HashMap, HashSet};

use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use sqlx::Row;

use crate::domain::address::Address;
use crate::domain::untrusted::Untrusted;
use crate::server::store::{Conn, Sql, SqlRow, to_millis};
use crate::table::{Dialect, Extra, RosterRow, WorldColumns, address_key, unwritable};

/// A user as stored, for comparing.
pub(super) struct Known {
    pub row: RosterRow,
    pub address_key: Option<String>,
    /// The account is linked, under an agreement or without one.
    pub linked: bool,
}

impl Known {
    pub fn is_active(&self) -> bool {
        self.row.active == Some(true)
    }
}

/// An account, as rows are matched with it.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub number: u32,
    pub active: bool,
    pub user_id: String,
}

/// The number of the next new user.
pub(super) async fn next_number(conn: &mut Conn, site: i64) -> Result<u32, sqlx::Error> {
    sqlx::query_scalar("SELECT coalesce(max(number) + 1, 0) FROM site_users WHERE site = $1")
        .bind(site)
        .fetch_one(conn)
        .await
}

/// The users with these numbers, of which there are a piece's at most.
pub(super) async fn known(
    conn: &mut Conn,
    site: i64,
    numbers: impl Iterator<Item = u32>,
) -> Result<HashMap<u32, Known>, sqlx::Error> {
    let mut sql = Sql::new(
        "SELECT number, user_id, active, first_name, last_name, display_name, user_name, address,
           department, host_privilege, extra, address_key, link
         FROM site_users WHERE site = ",
    );
    sql.push_bind(site).push(" AND number IN (");
    if !push_numbers(&mut sql, numbers) {
        return Ok(HashMap::new());
    }
    let mut rows = sql.build().fetch(conn);
    let mut all = HashMap::new();
    while let Some(row) = rows.try_next().await? {
        let known = Known {
            row: roster_row(&row)?,
            address_key: row.try_get("address_key")?,
            linked: row.try_get::<&str, _>("link")? != "none",
        };
        all.insert(row.try_get("number")?, known);
    }
    Ok(all)
}

/// The numbers of those who have the `UserID`s of these rows.
pub(super) async fn by_id(
    conn: &mut Conn,
    site: i64,
    rows: &[RosterRow],
) -> Result<HashMap<String, u32>, sqlx::Error> {
    let mut sql = Sql::new("SELECT user_id, number FROM site_users WHERE site = ");
    sql.push_bind(site).push(" AND user_id IN (");
    if !push_texts(&mut sql, rows.iter().map(|row| row.user_id.raw().to_owned())) {
        return Ok(HashMap::new());
    }
    Ok(sql.build_query_as().fetch_all(conn).await?.into_iter().collect())
}

/// Those who have the addresses of these rows, as far as they are addresses, in order of number.
pub(super) async fn by_address(
    conn: &mut Conn,
    site: i64,
    rows: &[RosterRow],
) -> Result<HashMap<String, Vec<Account>>, sqlx::Error> {
    let mut sql =
        Sql::new("SELECT address_key, number, active, user_id FROM site_users WHERE site = ");
    sql.push_bind(site).push(" AND address_key IN (");
    let keys = rows.iter().filter_map(|row| Address::parse(row.address.raw()).ok());
    let mut found: HashMap<String, Vec<Account>> = HashMap::new();
    if push_texts(&mut sql, keys.map(String::from)) {
        for row in sql.push(" ORDER BY number").build().fetch_all(conn).await? {
            let account = account(&row)?;
            found.entry(row.try_get("address_key")?).or_default().push(account);
        }
    }
    Ok(found)
}

/// Those whose address is none, by what they have in its place; without those who have nothing.
pub(super) async fn unusable(
    conn: &mut Conn,
    site: i64,
) -> Result<HashMap<String, Vec<Account>>, sqlx::Error> {
    let mut rows = sqlx::query(
        "SELECT address, number, active, user_id FROM site_users
          WHERE site = $1 AND address_key IS NULL ORDER BY number",
    )
    .bind(site)
    .fetch(conn);
    let mut found: HashMap<String, Vec<Account>> = HashMap::new();
    while let Some(row) = rows.try_next().await? {
        let key = address_key(row.try_get("address")?);
        if !key.is_empty() {
            found.entry(key).or_default().push(account(&row)?);
        }
    }
    Ok(found)
}

fn account(row: &SqlRow) -> Result<Account, sqlx::Error> {
    Ok(Account {
        number: row.try_get("number")?,
        active: row.try_get("active")?,
        user_id: row.try_get("user_id")?,
    })
}

/// Ends a list of numbers; whether there is one.
fn push_numbers(sql: &mut Sql, numbers: impl Iterator<Item = u32>) -> bool {
    let (mut list, mut any) = (sql.separated(", "), false);
    for number in numbers {
        list.push_bind(i64::from(number));
        any = true;
    }
    sql.push(")");
    any
}

/// Ends a list of texts; whether there is one.
fn push_texts(sql: &mut Sql, texts: impl Iterator<Item = String>) -> bool {
    let (mut list, mut any) = (sql.separated(", "), false);
    for text in texts {
        list.push_bind(text);
        any = true;
    }
    sql.push(")");
    any
}

/// Everyone on the site, in order of number: whether they are active.
pub(super) async fn standing(
    conn: &mut Conn,
    site: i64,
    mut each: impl FnMut(u32, bool),
) -> Result<(), sqlx::Error> {
    let mut rows =
        sqlx::query_as("SELECT number, active FROM site_users WHERE site = $1 ORDER BY number")
            .bind(site)
            .fetch(conn);
    while let Some((number, active)) = rows.try_next().await? {
        each(number, active);
    }
    Ok(())
}

/// Which of these addresses their owners have confirmed, to the organization of a site or before it
/// had one.
pub(super) async fn confirmed(
    conn: &mut Conn,
    site: i64,
    keys: &[&str],
) -> Result<HashSet<String>, sqlx::Error> {
    let mut found = HashSet::new();
    for asked in [
        "SELECT i.address_key FROM invitations i JOIN sites s ON s.organization = i.organization
          WHERE i.confirmed_at IS NOT NULL AND s.id = ",
        "SELECT i.address_key FROM site_answers i WHERE i.confirmed_at IS NOT NULL AND i.site = ",
    ] {
        let mut sql = Sql::new(asked);
        sql.push_bind(site).push(" AND i.address_key IN (");
        if push_texts(&mut sql, keys.iter().map(|key| (*key).to_owned())) {
            let keys: Vec<String> = sql.build_query_scalar().fetch_all(&mut *conn).await?;
            found.extend(keys);
        }
    }
    Ok(found)
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
