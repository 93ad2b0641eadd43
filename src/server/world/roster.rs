//! A roster beside a world file: read on a thread of its own, while what was read is written.
//!
//! Owns the channel between the two. A fault in the file ends the loading, and nothing of it stays.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use tokio::sync::mpsc::{self, Sender};

use super::{WorldError, unreadable};
use crate::server::Progress;
use crate::server::directory::rosters::filling::{Filling, Piece};
use crate::server::store::Conn;
use crate::table::{Layout, Limits, Mode, read_roster_in_pieces};

/// Rows that are read at once, and after which it is told how far it is.
const ROWS: usize = 5_000;
/// Pieces that are read ahead of the database.
const AHEAD: usize = 2;

/// A roster that is there.
#[derive(Debug, Clone)]
pub(super) struct File {
    path: PathBuf,
    /// How many lines it has under the first.
    pub lines: usize,
}

impl File {
    /// Looks whether it is there, and how long it is.
    pub fn find(path: &Path) -> Result<Self, WorldError> {
        let lines = lines(path)
            .map_err(|source| WorldError::File { path: path.to_owned(), source })?
            .saturating_sub(1);
        Ok(Self { path: path.to_owned(), lines })
    }

    /// Fills an empty site with it and answers how many users there are.
    pub async fn fill(
        &self,
        conn: &mut Conn,
        (site, organization): (i64, Option<&str>),
        now: Timestamp,
        progress: &Progress,
    ) -> Result<usize, WorldError> {
        let (sender, mut pieces) = mpsc::channel(AHEAD);
        let path = self.path.clone();
        let reading =
            tokio::task::spawn_blocking(move || read(&path, Filling::new(site, now), &sender));
        let mut users = 0;
        while let Some(piece) = pieces.recv().await {
            let written = piece?.write(conn).await?;
            progress.add(written);
            users += written;
        }
        let read = reading.await.map_err(|fault| unreadable("the world", "file", fault))?;
        let (filling, layout) = read?;
        filling.finish(conn, organization, &layout).await?;
        Ok(users)
    }
}

fn read(
    path: &Path,
    mut filling: Filling,
    pieces: &Sender<Result<Piece, sqlx::Error>>,
) -> Result<(Filling, Layout), WorldError> {
    let bytes =
        std::fs::read(path).map_err(|source| WorldError::File { path: path.to_owned(), source })?;
    let take = |_: &_, rows: Vec<_>| pieces.blocking_send(filling.piece(&rows)).is_ok();
    let (_, layout) = read_roster_in_pieces(&bytes, Mode::World, &Limits::ROSTER, ROWS, take)
        .map_err(|source| WorldError::Table { path: path.to_owned(), source })?;
    Ok((filling, layout))
}

/// Counts the lines of a file.
fn lines(path: &Path) -> std::io::Result<usize> {
    use std::io::Read as _;
    let (mut file, mut bytes, mut lines) = (std::fs::File::open(path)?, vec![0; 1 << 18], 0);
    loop {
        let read = file.read(&mut bytes)?;
        if read == 0 {
            return Ok(lines);
        }
        lines += memchr::memchr_iter(b'\n', &bytes[..read]).count();
    }
}
