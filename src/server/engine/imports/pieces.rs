//! What is kept of an upload: its rows, written anew without passwords, a piece at a time.
//!
//! Owns reading the upload on a thread of its own while what was read is kept, so that its rows are
//! never in memory together. A file that is refused at its end was kept for nothing: the caller
//! forgets it.

use axum::body::Bytes;
use tokio::sync::mpsc;

use crate::server::directory::{RosterUpload, file_refused};
use crate::server::refusal::Refusal;
use crate::server::store::Store;
use crate::table::{Layout, Limits, Mode, RosterRow, Source, read_roster_in_pieces, rewrite};

/// Pieces that are read ahead of the database.
const AHEAD: usize = 4;
/// Pieces that are dropped in one turn.
const DROPPED: i64 = 50;

/// Reads an upload to its end and keeps what it says; gives what it was recognised as, and how many
/// rows it has.
pub(super) async fn keep(
    store: &Store,
    import: &str,
    file: Bytes,
) -> Result<(Source, u64), Refusal> {
    let (sender, mut pieces) = mpsc::channel(AHEAD);
    let reading = tokio::task::spawn_blocking(move || {
        let mut all = 0;
        let take = |layout: &Layout, rows: Vec<RosterRow>| {
            all += rows.len() as u64;
            sender.blocking_send(rewrite(layout, &rows)).is_ok()
        };
        let read =
            read_roster_in_pieces(&file, Mode::Import, &Limits::ROSTER, RosterUpload::ROWS, take);
        read.map(|(source, _)| (source, all))
    });
    let mut piece = 0_i64;
    while let Some(said) = pieces.recv().await {
        let mut tx = store.begin().await?;
        sqlx::query("INSERT INTO import_pieces (import, piece, said) VALUES ($1, $2, $3)")
            .bind(import)
            .bind(piece)
            .bind(said)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        piece += 1;
    }
    let read = reading.await.map_err(|fault| Refusal::internal(&fault))?;
    read.map_err(|fault| file_refused(&fault))
}

/// Drops what was kept of an import that was applied, a little at a time.
pub(super) async fn forget(store: &Store, import: &str) -> Result<(), sqlx::Error> {
    loop {
        let mut tx = store.begin().await?;
        let dropped = sqlx::query(
            "DELETE FROM import_pieces WHERE import = $1 AND piece IN
               (SELECT piece FROM import_pieces WHERE import = $1 ORDER BY piece LIMIT $2)",
        )
        .bind(import)
        .bind(DROPPED)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        if dropped.rows_affected() == 0 {
            return Ok(());
        }
    }
}
