//! The append-only record of every change, in the same transaction as the change.
//!
//! Owns the hash chain: each entry's SHA-256 covers the hash before it and its own canonical JSON,
//! so that an edit, a deletion or a reordering shows (promise I17). Must never be given a secret.

use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::Row;

use super::store::{Conn, hex, to_millis};

/// A change about to be recorded.
#[derive(Debug, Clone)]
pub struct Change<'a> {
    /// Business time.
    pub at: Timestamp,
    /// Who: an address, or `system`.
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
    digest(before, &entry_json(seq, change, detail))
}

fn entry_json(seq: i64, change: &Change<'_>, detail: &str) -> String {
    canonical(&[
        json!(seq),
        json!(to_millis(change.at)),
        json!(change.actor),
        json!(change.action),
        json!(change.organization),
        json!(change.site),
        json!(change.subject),
        json!(detail),
    ])
}

/// The canonical JSON of an entry's fields, in the order of the table's columns.
pub fn canonical(fields: &[Value]) -> String {
    Value::Array(fields.to_vec()).to_string()
}

/// The hash of an entry that follows `before`.
pub fn digest(before: &str, canonical: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(before.as_bytes());
    hasher.update(b"|");
    hasher.update(canonical.as_bytes());
    hex(&hasher.finalize())
}
