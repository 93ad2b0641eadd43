//! Filling an empty site from a world file's roster, a piece at a time.
//!
//! Owns the statement, and putting its values together where the rows are read: on another thread
//! than the one on which the rows before are written. Must not be used on a site that has users.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::Arc;

use jiff::Timestamp;
use sqlx::Arguments as _;

use super::super::identities;
use super::stored::WorldFacts;
use super::{answers, extra_json, set_revision};
use crate::domain::address::Address;
use crate::domain::untrusted::Untrusted;
use crate::server::store::{Conn, SqlArguments, to_millis};
use crate::table::{Layout, RosterRow};

/// Rows of one statement: its 15 values each stay well under the database's limit of values.
const BATCH: usize = 250;
/// Values of a row.
const VALUES: usize = 15;

/// A site on its way to a roster.
pub struct Filling {
    site: i64,
    now: Timestamp,
    next: i64,
    facts: WorldFacts,
}

/// Some rows, as the database takes them.
pub struct Piece {
    site: i64,
    statements: Vec<(usize, SqlArguments)>,
}

impl Filling {
    /// Of an empty site.
    pub fn new(site: i64, now: Timestamp) -> Self {
        Self { site, now, next: 0, facts: WorldFacts::default() }
    }

    /// Puts the next rows together.
    ///
    /// # Errors
    /// When the database has no form for a value.
    pub fn piece(&mut self, rows: &[RosterRow]) -> Result<Piece, sqlx::Error> {
        let mut statements = Vec::with_capacity(rows.len().div_ceil(BATCH));
        let mut words = Words::default();
        for rows in rows.chunks(BATCH) {
            let mut values = SqlArguments::default();
            values.reserve(VALUES * rows.len(), 0);
            for row in rows {
                self.add(&mut values, &mut words, row).map_err(sqlx::Error::Encode)?;
            }
            statements.push((rows.len(), values));
        }
        Ok(Piece { site: self.site, statements })
    }

    fn add(
        &mut self,
        values: &mut SqlArguments,
        words: &mut Words,
        row: &RosterRow,
    ) -> Result<(), sqlx::error::BoxDynError> {
        let address = Address::parse(row.address.raw()).ok();
        self.facts.note(&row.world, address.as_ref().map(Address::as_str));
        let link = match (row.world.linked, row.world.provisional) {
            (true, _) => "linked",
            (false, true) => "provisional",
            (false, false) => "none",
        };
        values.add(self.next)?;
        let of_address: Arc<str> = row.address.raw().into();
        let key = address.as_ref().map(|address| match address.as_str() {
            same if *same == *of_address => of_address.clone(),
            key => key.into(),
        });
        let mut word = |text: &str| words.get(text);
        values.add(Arc::<str>::from(row.user_id.raw()))?;
        values.add(row.active.unwrap_or(true))?;
        values.add(word(row.first_name.raw()))?;
        values.add(word(row.last_name.raw()))?;
        values.add(word(row.display_name.raw()))?;
        values.add(Arc::<str>::from(row.user_name.raw()))?;
        values.add(of_address)?;
        values.add(key)?;
        values.add(address.as_ref().map(|address| word(address.domain_str())))?;
        values.add(word(row.department.raw()))?;
        values.add(word(row.host_privilege.raw()))?;
        values.add(word(&extra_json(row.extra.iter())))?;
        values.add(word(link))?;
        values.add((link != "none").then(|| to_millis(self.now)))?;
        self.next += 1;
        Ok(())
    }

    /// All rows are written: what belongs to the whole roster follows.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn finish(
        self,
        conn: &mut Conn,
        organization: Option<&str>,
        layout: &Layout,
    ) -> Result<(), sqlx::Error> {
        let Self { site, now, facts, .. } = self;
        let columns: Vec<&str> = layout.extra_headers().map(Untrusted::raw).collect();
        set_revision(conn, site, 1, &columns).await?;
        facts.write(conn, site, now).await?;
        if let Some(organization) = organization {
            answers::bring(conn, site, organization).await?;
            identities::keep_users(conn, (site, organization), None).await?;
        }
        Ok(())
    }
}

/// The texts that rows of a piece share: names, departments, domains. One such text is handed over many
/// times, and none from one piece to the next, which another thread is writing meanwhile.
#[derive(Default)]
struct Words(HashSet<Arc<str>>);

impl Words {
    fn get(&mut self, text: &str) -> Arc<str> {
        if let Some(word) = self.0.get(text) {
            return word.clone();
        }
        let word: Arc<str> = text.into();
        self.0.insert(word.clone());
        word
    }
}

impl Piece {
    /// Writes the rows and answers how many they are.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn write(self, conn: &mut Conn) -> Result<usize, sqlx::Error> {
        let mut all = 0;
        for (rows, values) in self.statements {
            let sql = statement(self.site, rows);
            sqlx::query_with(sqlx::AssertSqlSafe(sql), values).execute(&mut *conn).await?;
            all += rows;
        }
        Ok(all)
    }
}

/// Writes so many rows. The site's number stands in it: the driver keeps the statement, and has a
/// value less to hand over for each row.
fn statement(site: i64, rows: usize) -> String {
    let mut sql = String::from(
        "INSERT INTO site_users (number, user_id, active, first_name, last_name, display_name, \
         user_name, address, address_key, domain, department, host_privilege, extra, link, \
         linked_at, site, added_revision) VALUES ",
    );
    for at in 0..rows {
        let comma = if at == 0 { "" } else { "," };
        // Writing into memory does not fail.
        let _ = write!(sql, "{comma}(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,{site},1)");
    }
    sql
}
