//! What the database says of itself, a text by its name.

use super::Conn;

/// The text of this name.
///
/// # Errors
/// When the database cannot be read.
pub async fn get(conn: &mut Conn, name: &str) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT value FROM meta WHERE name = $1")
        .bind(name)
        .fetch_optional(conn)
        .await
}

/// Writes it, in the place of what was there.
///
/// # Errors
/// When the database cannot be written.
pub async fn put(conn: &mut Conn, name: &str, text: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO meta (name, value) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )
    .bind(name)
    .bind(text)
    .execute(conn)
    .await?;
    Ok(())
}
