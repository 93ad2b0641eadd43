//! Writing a plan down as it is computed, unseen until it is complete (rule U4).
//!
//! Owns the rows of `plans` and `plan_items`. Huge plans are written in several transactions so
//! that others can write between; an empty digest marks a plan that is not complete, which nobody
//! can read or apply. The addresses of many are copied by the database itself, and then compared
//! with what was computed: what somebody changed meanwhile is written as it was computed.

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::LazyLock;

use jiff::{Timestamp, ToSpan};
use serde_json::json;
use sqlx::Row as _;

use super::compute::{Computed, Row};
use super::{Terms, held_code};
use crate::domain::outcome::Outcome;
use crate::server::Backend;
use crate::server::audit::Change;
use crate::server::refusal::Refusal;
use crate::server::store::aggregates::Values;
use crate::server::store::{Conn, Sql, new_id, to_millis};

/// Rows in one statement, where each is sent.
const PER_STATEMENT: usize = 100;
/// Rows in one transaction: others wait for a tenth of a second at the most.
const PER_TRANSACTION: usize = 16_384;
/// Roster numbers in one statement, where addresses are copied.
const WINDOW: u32 = 512;
/// Fewer rows of a window than this are sent.
const SPARSE: usize = 64;

/// A plan on its way into the database.
pub(super) struct Freezing<'a> {
    backend: &'a Backend,
    actor: &'a str,
    terms: Terms<'a>,
    id: String,
    begun: bool,
}

impl<'a> Freezing<'a> {
    /// A plan that is not there yet.
    pub fn new(backend: &'a Backend, actor: &'a str, terms: Terms<'a>) -> Self {
        Self { backend, actor, terms, id: new_id("pln"), begun: false }
    }

    /// What its outcomes depend on beside its users.
    pub fn terms(&self) -> Terms<'a> {
        self.terms
    }

    /// Writes down what was computed, once it is enough for a transaction.
    ///
    /// # Errors
    /// When the database cannot be written; the plan is then not there.
    pub async fn take(&mut self, computed: &mut Computed) -> Result<(), Refusal> {
        if computed.rows.len() < PER_TRANSACTION {
            return Ok(());
        }
        let mut tx = self.backend.store.begin().await?;
        self.write(&mut tx, computed).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Freezes the plan for 24 hours and answers its id.
    ///
    /// # Errors
    /// When the database cannot be written; the plan is then not there.
    pub async fn finish(mut self, computed: &mut Computed) -> Result<String, Refusal> {
        let mut tx = self.backend.store.begin().await?;
        self.write(&mut tx, computed).await?;
        complete(&mut tx, &self.id, computed).await?;
        Change::by(computed.now, self.actor, "plan.made")
            .of(self.terms.organization)
            .site(&self.terms.site.url)
            .about(&self.id)
            .detail(json!({ "selected": computed.selected, "emails": computed.emails() }))
            .record(&mut tx)
            .await?;
        tx.commit().await?;
        Ok(self.id)
    }

    async fn write(&mut self, conn: &mut Conn, computed: &mut Computed) -> Result<(), Refusal> {
        if !self.begun {
            self.begin(conn, computed.now).await?;
            self.begun = true;
        }
        let (id, site) = (self.id.as_str(), self.terms.site.id);
        let mut copied = false;
        for rows in windows(&computed.rows) {
            if rows.len() < SPARSE {
                send(conn, id, computed, rows).await?;
            } else {
                copy(conn, (id, site), &computed.rows[rows]).await?;
                copied = true;
            }
        }
        if copied && !is_written(conn, id, computed).await? {
            remove(conn, id, &computed.rows).await?;
            send(conn, id, computed, 0..computed.rows.len()).await?;
        }
        computed.written();
        Ok(())
    }

    /// The plan's own row: nobody sees it yet.
    async fn begin(&self, conn: &mut Conn, now: Timestamp) -> Result<(), Refusal> {
        let expires_at = now.checked_add(24.hours()).unwrap_or(Timestamp::MAX);
        sqlx::query(
            "INSERT INTO plans (id, site, organization, method, held, selected, emails,
               second_invitations, outcomes, email_domains, linked_domains, roster_revision, digest,
               created_at, created_by, expires_at, basis)
             VALUES ($1, $2, $3, $4, $5, 0, 0, 0, '{}', '[]', '[]', $6, '', $7, $8, $9, $10)",
        )
        .bind(&self.id)
        .bind(self.terms.site.id)
        .bind(self.terms.organization)
        .bind(self.terms.method.code())
        .bind(held_code(self.terms.held))
        .bind(self.terms.site.roster_revision as i64)
        .bind(to_millis(now))
        .bind(self.actor)
        .bind(to_millis(expires_at))
        .bind(self.terms.basis.code())
        .execute(conn)
        .await?;
        Ok(())
    }
}

/// What is known once all are computed; from now on the plan is seen.
async fn complete(conn: &mut Conn, id: &str, computed: &Computed) -> Result<(), Refusal> {
    sqlx::query(
        "UPDATE plans SET selected = $1, emails = $2, second_invitations = $3, outcomes = $4,
           email_domains = $5, linked_domains = $6, digest = $7 WHERE id = $8",
    )
    .bind(computed.selected as i64)
    .bind(computed.emails() as i64)
    .bind(computed.second_invitations as i64)
    .bind(serde_json::to_string(&computed.outcomes())?)
    .bind(serde_json::to_string(&computed.email_domains())?)
    .bind(serde_json::to_string(&computed.linked_domains())?)
    .bind(computed.digest())
    .bind(id)
    .execute(conn)
    .await?;
    Ok(())
}

/// Rows by the window that their numbers are in.
fn windows(rows: &[Row]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut from = 0;
    std::iter::from_fn(move || {
        let window = rows.get(from)?.number / WINDOW;
        let count = rows[from..].iter().take_while(|row| row.number / WINDOW == window).count();
        let found = from..from + count;
        from = found.end;
        Some(found)
    })
}

/// A letter for an outcome, a capital for a first invitation: a window of them is one text.
fn sign(row: Row) -> char {
    let first = if row.second { b'a' } else { b'A' };
    char::from(first + row.outcome as u8)
}

/// Copies the addresses of a window's users; `$5` has a letter for each, a blank for who is not of
/// the plan.
pub(super) static COPY: LazyLock<String> = LazyLock::new(|| {
    let outcomes = Outcome::ALL.iter().fold(String::new(), |mut text, outcome| {
        let letter = char::from(b'A' + *outcome as u8);
        let _ = write!(text, " WHEN '{letter}' THEN '{}'", outcome.code());
        text
    });
    format!(
        "INSERT INTO plan_items (plan, number, address, outcome, second)
         SELECT $1, number, address, CASE upper(sign){outcomes} END,
                CASE WHEN sign = upper(sign) THEN 0 ELSE 1 END
           FROM (SELECT number, address, substr($5, number - $3 + 1, 1) AS sign FROM site_users
                  WHERE site = $2 AND number >= $3 AND number < $4) AS users
          WHERE sign <> ' '"
    )
});

/// Writes the rows of one window.
async fn copy(conn: &mut Conn, (id, site): (&str, i64), rows: &[Row]) -> Result<(), sqlx::Error> {
    let Some(first) = rows.first().map(|row| row.number / WINDOW * WINDOW) else { return Ok(()) };
    let mut signs = vec![' '; WINDOW as usize];
    for row in rows {
        signs[(row.number - first) as usize] = sign(*row);
    }
    sqlx::query(sqlx::AssertSqlSafe(COPY.as_str()))
        .bind(id)
        .bind(site)
        .bind(first)
        .bind(first.saturating_add(WINDOW))
        .bind(signs.iter().collect::<String>())
        .execute(conn)
        .await?;
    Ok(())
}

/// Writes rows that are sent.
async fn send(
    conn: &mut Conn,
    id: &str,
    computed: &Computed,
    rows: Range<usize>,
) -> Result<(), sqlx::Error> {
    for first in rows.clone().step_by(PER_STATEMENT) {
        let mut query =
            Sql::new("INSERT INTO plan_items (plan, number, address, outcome, second) ");
        query.push_values(first..rows.end.min(first + PER_STATEMENT), |mut values, at| {
            let row = computed.rows[at];
            values
                .push_bind(id)
                .push_bind(i64::from(row.number))
                .push_bind(computed.address(at))
                .push_bind(row.outcome.code())
                .push_bind(i64::from(row.second));
        });
        query.build().execute(&mut *conn).await?;
    }
    Ok(())
}

pub(super) const WRITTEN: &str = "SELECT count(*) AS many, string_agg(address, '') AS address,
      string_agg(CAST(octet_length(address) AS TEXT), ',') AS address_lengths
 FROM (SELECT address FROM plan_items
        WHERE plan = $1 AND number >= $2 AND number <= $3 ORDER BY number) AS items";

/// Whether the addresses that were copied are those that were computed.
async fn is_written(conn: &mut Conn, id: &str, computed: &Computed) -> Result<bool, sqlx::Error> {
    let Some((first, last)) = ends(&computed.rows) else { return Ok(true) };
    let row = sqlx::query(WRITTEN).bind(id).bind(first).bind(last).fetch_one(conn).await?;
    let text = row.try_get::<Option<&str>, _>("address")?.unwrap_or_default();
    if row.try_get::<i64, _>("many")? as usize != computed.rows.len()
        || text != computed.addresses()
    {
        return Ok(false);
    }
    let mut addresses = Values::read(&row, "address")?;
    Ok((0..computed.rows.len()).all(|at| addresses.next() == Some(computed.address(at))))
}

async fn remove(conn: &mut Conn, id: &str, rows: &[Row]) -> Result<(), sqlx::Error> {
    let Some((first, last)) = ends(rows) else { return Ok(()) };
    sqlx::query("DELETE FROM plan_items WHERE plan = $1 AND number >= $2 AND number <= $3")
        .bind(id)
        .bind(first)
        .bind(last)
        .execute(conn)
        .await?;
    Ok(())
}

fn ends(rows: &[Row]) -> Option<(u32, u32)> {
    Some((rows.first()?.number, rows.last()?.number))
}

/// Removes what a crash left of plans that were never completed.
///
/// # Errors
/// When the database cannot be written.
pub async fn sweep(backend: &Backend) -> Result<(), sqlx::Error> {
    let mut tx = backend.store.begin().await?;
    sqlx::query("DELETE FROM plan_items WHERE plan IN (SELECT id FROM plans WHERE digest = '')")
        .execute(&mut *tx)
        .await?;
    sqlx::query("DELETE FROM plans WHERE digest = ''").execute(&mut *tx).await?;
    tx.commit().await
}

#[cfg(test)]
mod tests;
