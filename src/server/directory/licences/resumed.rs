//! Imports of licences that a crash cut off: carried to their end, and answered to whoever asks again.
//!
//! Owns what is told apart by it: an import that went on by itself answers a repeat of its apply, one
//! that was answered refuses it. Must not write a row of an import: that is the import's.

use super::super::Directory;
use super::import::{TURN, show, write};
use crate::server::refusal::Refusal;
use crate::server::store::Store;

/// Carries imports that were begun to their end.
pub(super) async fn go_on(directory: &Directory) -> Result<(), Refusal> {
    let begun: Vec<(String, String)> = sqlx::query_as(
        "SELECT i.id, s.url FROM licence_imports i JOIN sites s ON s.id = i.site
          WHERE i.begun_by IS NOT NULL AND i.applied_at IS NULL",
    )
    .fetch_all(&mut *directory.store.read().await?)
    .await?;
    for (id, url) in begun {
        let _turn = TURN.lock().await;
        // Whoever applied it may have been quicker.
        if show(directory, &url, &id).await?.applied_at.is_none() {
            write(directory, &url, &id).await?;
            let mut tx = directory.store.begin().await?;
            sqlx::query("UPDATE licence_imports SET resumed = 1 WHERE id = $1")
                .bind(&id)
                .execute(&mut *tx)
                .await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

/// At the start: the request for an apply that a crash left without an answer may be asked again, and is
/// answered what the import came to (SPEC 8).
///
/// # Errors
/// When the database cannot be written.
pub async fn recall_unanswered(store: &Store) -> Result<(), sqlx::Error> {
    const OF_IT: &str =
        "k.status IS NULL AND k.route LIKE '%/licences/imports/' || i.id || '/apply%'";
    let mut tx = store.begin().await?;
    let done = format!(
        "UPDATE licence_imports SET resumed = 1 WHERE applied_at IS NOT NULL AND id IN
           (SELECT i.id FROM licence_imports i, idempotency k WHERE {OF_IT})"
    );
    sqlx::query(sqlx::AssertSqlSafe(done)).execute(&mut *tx).await?;
    sqlx::query(
        "DELETE FROM idempotency WHERE status IS NULL AND EXISTS
           (SELECT 1 FROM licence_imports i WHERE i.begun_by IS NOT NULL
               AND idempotency.route LIKE '%/licences/imports/' || i.id || '/apply%')",
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}
