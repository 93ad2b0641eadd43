//! People as the database has them: who there is, and their password's hash.
//!
//! Owns the statements of the table `people` that no other part has. Who may ask is the router's; who
//! can sign in, and disabling, are `access`'. Addresses are canonical.

use jiff::Timestamp;
use sqlx::Row;

use super::access::Hand;
use crate::api::person::Person;
use crate::domain::untrusted::Untrusted;
use crate::server::store::{Conn, SqlRow, from_millis, to_millis};

/// The people after an address, by address; one more than `limit` if there are more.
///
/// # Errors
/// When the database cannot be read.
pub async fn page(conn: &mut Conn, after: &str, limit: usize) -> Result<Vec<Person>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT email, name, backend_admin, created_at, disabled_at,
                NOT EXISTS (SELECT 1 FROM ways_in w WHERE w.person = email AND w.until > $3) AS shut
           FROM people WHERE email > $1 ORDER BY email LIMIT $2",
    )
    .bind(after)
    .bind(limit as i64 + 1)
    .bind(to_millis(Timestamp::now()))
    .fetch_all(conn)
    .await?;
    rows.iter().map(person).collect()
}

/// The person with this address.
///
/// # Errors
/// When the database cannot be read.
pub async fn find(conn: &mut Conn, email: &str) -> Result<Option<Person>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT email, name, backend_admin, created_at, disabled_at,
                NOT EXISTS (SELECT 1 FROM ways_in w WHERE w.person = email AND w.until > $2) AS shut
           FROM people WHERE email = $1",
    )
    .bind(email)
    .bind(to_millis(Timestamp::now()))
    .fetch_optional(conn)
    .await?;
    row.as_ref().map(person).transpose()
}

fn person(row: &SqlRow) -> Result<Person, sqlx::Error> {
    Ok(Person {
        email: Untrusted::new(row.try_get::<&str, _>("email")?),
        name: Untrusted::new(row.try_get::<&str, _>("name")?),
        backend_admin: row.try_get("backend_admin")?,
        created_at: from_millis(row.try_get("created_at")?),
        disabled_at: row.try_get::<Option<i64>, _>("disabled_at")?.map(from_millis),
        cannot_sign_in: row.try_get("shut")?,
    })
}

/// Adds a person; whether there was none with this address.
///
/// # Errors
/// When the database cannot be written.
pub async fn add(
    conn: &mut Conn,
    email: &str,
    name: &str,
    backend_admin: bool,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let added = sqlx::query(
        "INSERT INTO people (email, name, backend_admin, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
    )
    .bind(email)
    .bind(name)
    .bind(backend_admin)
    .bind(to_millis(now))
    .execute(conn)
    .await?;
    Ok(added.rows_affected() > 0)
}

/// Whether a backend admin disabled the person.
///
/// # Errors
/// When the database cannot be read.
pub async fn disabled_by_backend(conn: &mut Conn, email: &str) -> Result<bool, sqlx::Error> {
    let by: Option<Option<String>> =
        sqlx::query_scalar("SELECT disabled_as FROM people WHERE email = $1")
            .bind(email)
            .fetch_optional(conn)
            .await?;
    Ok(by.flatten().as_deref() == Some(Hand::BackendAdmin.code()))
}

/// Whether there is such a person, and the hash of their password, if they have one.
///
/// # Errors
/// When the database cannot be read.
pub async fn password(conn: &mut Conn, email: &str) -> Result<(bool, Option<String>), sqlx::Error> {
    let found: Option<Option<String>> =
        sqlx::query_scalar("SELECT password_hash FROM people WHERE email = $1")
            .bind(email)
            .fetch_optional(conn)
            .await?;
    Ok((found.is_some(), found.flatten()))
}

/// Keeps the hash of a new password.
///
/// # Errors
/// When the database cannot be written.
pub async fn set_password(conn: &mut Conn, email: &str, phc: &str) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE people SET password_hash = $2 WHERE email = $1")
        .bind(email)
        .bind(phc)
        .execute(conn)
        .await?;
    Ok(())
}
