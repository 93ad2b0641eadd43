//! The append-only record of every change, in the same transaction as the change.
//!
//! Owns the hash chain: each entry's SHA-256 covers the hash before it and its own canonical JSON,
//! so that an edit, a deletion or a reordering shows (promise I17). Must never be given a secret.

use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite};

use super::refusal::Refusal;
use super::store::{Conn, from_millis, sha256, to_millis};
use crate::api::audit::{AuditEntry, AuditVerified};
use crate::domain::role::{Action, Role, permits};
use crate::domain::untrusted::Untrusted;

/// Entries checked at a time.
const BATCH: i64 = 2_000;

/// The actor of what the backend does by itself.
pub const SYSTEM: &str = "system";

/// A change about to be recorded.
#[derive(Debug, Clone)]
pub struct Change<'a> {
    /// Business time.
    pub at: Timestamp,
    /// Who: an address, or [`SYSTEM`].
    pub actor: &'a str,
    /// What, such as `plan.applied`.
    pub action: &'static str,
    /// The organization it is about.
    pub organization: Option<&'a str>,
    /// The site it is about.
    pub site: Option<&'a str>,
    /// What exactly.
    pub subject: &'a str,
    /// More.
    pub detail: Value,
}

/// Appends a change. Call it inside the transaction that makes the change.
///
/// # Errors
/// When the database cannot be written; the caller's transaction must then not commit.
pub async fn record(conn: &mut Conn, change: Change<'_>) -> Result<(), sqlx::Error> {
    let last = sqlx::query("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
        .fetch_optional(&mut *conn)
        .await?;
    let (seq, before) = match last {
        Some(row) => (row.try_get::<i64, _>(0)? + 1, row.try_get::<String, _>(1)?),
        None => (1, String::new()),
    };
    let detail = change.detail.to_string();
    let hash = chain(&before, seq, &change, &detail);
    sqlx::query(
        "INSERT INTO audit (seq, at, actor, action, organization, site, subject, detail, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(seq)
    .bind(to_millis(change.at))
    .bind(change.actor)
    .bind(change.action)
    .bind(change.organization)
    .bind(change.site)
    .bind(change.subject)
    .bind(detail)
    .bind(hash)
    .execute(conn)
    .await?;
    Ok(())
}

fn chain(before: &str, seq: i64, change: &Change<'_>, detail: &str) -> String {
    let fields = [
        json!(seq),
        json!(to_millis(change.at)),
        json!(change.actor),
        json!(change.action),
        json!(change.organization),
        json!(change.site),
        json!(change.subject),
        json!(detail),
    ];
    digest(before, &fields)
}

/// The hash of an entry that follows `before`: over that and the fields in the order of the
/// table's columns, as one JSON array.
fn digest(before: &str, fields: &[Value]) -> String {
    sha256(format!("{before}|{}", Value::from(fields)).as_bytes())
}

/// Whose entries are read.
#[derive(Debug, Clone, Copy)]
pub enum Readers<'a> {
    /// All of them.
    OfAll,
    /// One organization's.
    OfOrganization(&'a str),
    /// Those of the organizations whose record this address may read.
    Person(&'a str),
}

const SELECT: &str =
    "SELECT seq, at, actor, action, organization, site, subject, detail, hash FROM audit";

/// Entries, newest first, from before one on; one more than `limit` if there are more.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(
    conn: &mut Conn,
    readers: Readers<'_>,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<AuditEntry>, Refusal> {
    let mut sql = QueryBuilder::<Sqlite>::new(SELECT);
    sql.push(" WHERE seq < ").push_bind(before.unwrap_or(i64::MAX));
    match readers {
        Readers::OfAll => {}
        Readers::OfOrganization(id) => {
            sql.push(" AND organization = ").push_bind(id.to_owned());
        }
        Readers::Person(email) => {
            sql.push(" AND organization IN (SELECT organization FROM organization_standing WHERE email = ");
            sql.push_bind(email.to_owned()).push(" AND role IN (");
            let mut roles = sql.separated(", ");
            for role in Role::ALL.into_iter().filter(|role| permits(*role, Action::Audit)) {
                roles.push_bind(role.code());
            }
            roles.push_unseparated("))");
        }
    }
    sql.push(" ORDER BY seq DESC LIMIT ").push_bind(limit as i64 + 1);
    let rows = sql.build().fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

fn read(row: &SqliteRow) -> Result<AuditEntry, Refusal> {
    Ok(AuditEntry {
        seq: row.try_get::<i64, _>(0)? as u64,
        at: from_millis(row.try_get(1)?),
        actor: Untrusted::new(row.try_get::<&str, _>(2)?),
        action: row.try_get(3)?,
        organization: row.try_get(4)?,
        site: row.try_get::<Option<&str>, _>(5)?.map(Untrusted::new),
        subject: Untrusted::new(row.try_get::<&str, _>(6)?),
        detail: serde_json::from_str(row.try_get(7)?)?,
        hash: row.try_get(8)?,
    })
}

/// Checks the whole chain: an edited, removed, inserted or moved entry shows. A cut-off end shows
/// only to who wrote the head down elsewhere.
///
/// # Errors
/// When the database cannot be read.
pub async fn verify(conn: &mut Conn) -> Result<AuditVerified, Refusal> {
    let (mut entries, mut head) = (0_i64, String::new());
    loop {
        let rows = sqlx::query(
            "SELECT seq, at, actor, action, organization, site, subject, detail, hash
               FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2",
        )
        .bind(entries)
        .bind(BATCH)
        .fetch_all(&mut *conn)
        .await?;
        for row in &rows {
            let (seq, hash) = (row.try_get::<i64, _>(0)?, row.try_get::<String, _>(8)?);
            if seq != entries + 1 || hash != digest(&head, &fields(row)?) {
                let broken_at = Some((entries + 1) as u64);
                return Ok(AuditVerified { ok: false, entries: entries as u64, head, broken_at });
            }
            (entries, head) = (seq, hash);
        }
        if rows.len() < BATCH as usize {
            return Ok(AuditVerified { ok: true, entries: entries as u64, head, broken_at: None });
        }
    }
}

fn fields(row: &SqliteRow) -> Result<[Value; 8], sqlx::Error> {
    Ok([
        json!(row.try_get::<i64, _>(0)?),
        json!(row.try_get::<i64, _>(1)?),
        json!(row.try_get::<&str, _>(2)?),
        json!(row.try_get::<&str, _>(3)?),
        json!(row.try_get::<Option<&str>, _>(4)?),
        json!(row.try_get::<Option<&str>, _>(5)?),
        json!(row.try_get::<&str, _>(6)?),
        json!(row.try_get::<&str, _>(7)?),
    ])
}
