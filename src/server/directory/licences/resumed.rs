//! Imports of licences that a crash cut off: carried to their end, and answered to whoever asks again.
//!
//! Owns what is told apart by it: an import that went on by itself answers a repeat of its apply, one
//! that was answered refuses it. Must not write a row of an import: that is the import's.

use super::super::Directory;
use super::import::{TURN, show, write};
use crate::server::refusal::Refusal;
use crate::server::store::resumed::Resumed;

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

/// How a crash that cut off an apply is found.
pub const RESUMED: Resumed = Resumed::of("licence_imports", "begun_by", "%/licences/imports/");
