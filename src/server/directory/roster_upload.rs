//! A roster file that was uploaded, as it is kept: in pieces, each a small roster file of its own.
//!
//! Owns reading a piece again. Whoever works with it holds the rows of one piece, however many there
//! are in all; what the file is called and for how long it is kept is the engine's.

use crate::api::problem::code;
use crate::server::refusal::Refusal;
use crate::server::store::Conn;
use crate::table::{Limits, Mode, RosterFile, TableError, read_roster};

/// An upload that was read to its end once, and found good.
#[derive(Debug, Clone)]
pub struct RosterUpload {
    import: String,
    pieces: i64,
}

impl RosterUpload {
    /// Rows of a piece.
    pub const ROWS: usize = 2_000;

    /// What is kept for an import.
    ///
    /// # Errors
    /// When the database cannot be read, or there is nothing.
    pub async fn of(conn: &mut Conn, import: &str) -> Result<Self, Refusal> {
        let pieces: i64 =
            sqlx::query_scalar("SELECT count(*) FROM import_pieces WHERE import = $1")
                .bind(import)
                .fetch_one(conn)
                .await?;
        if pieces == 0 {
            return Err(Refusal::internal(&"nothing is kept of an upload"));
        }
        Ok(Self { import: import.to_owned(), pieces })
    }

    /// The numbers of its pieces.
    pub fn pieces(&self) -> std::ops::Range<i64> {
        0..self.pieces
    }

    /// Reads a piece.
    pub async fn piece(&self, conn: &mut Conn, piece: i64) -> Result<RosterFile, Refusal> {
        let said: Vec<u8> =
            sqlx::query_scalar("SELECT said FROM import_pieces WHERE import = $1 AND piece = $2")
                .bind(&self.import)
                .bind(piece)
                .fetch_one(conn)
                .await?;
        // One that is older than the pieces is the whole file.
        tokio::task::spawn_blocking(move || read_roster(&said, Mode::Import, &Limits::KEPT))
            .await
            .map_err(|fault| Refusal::internal(&fault))?
            .map_err(|fault| Refusal::internal(&fault))
    }
}

/// `422 file_refused`: what is wrong with a file, and where.
pub fn file_refused(fault: &TableError) -> Refusal {
    Refusal::new(
        axum::http::StatusCode::UNPROCESSABLE_ENTITY,
        code::FILE_REFUSED,
        format!("The file was refused as a whole: {fault}."),
        "Correct that place, or export the file again, and upload it once more.",
    )
}
