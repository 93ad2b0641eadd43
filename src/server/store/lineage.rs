//! Which life of the database this is: a restored copy must not do again what was done since.
//!
//! Owns the mark beside the database. Both hold one name and a number that grows with the clock's
//! saving and with every intent to send; a database whose number is behind its mark's, or that has no
//! mark at all, is a copy from before. The mark is written without a sync: it survives the process,
//! and a power cut at worst makes it older, which accuses nobody.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use sqlx::sqlite::SqliteConnection;

use super::{meta, new_id};

const NAME: &str = "lineage";
const NUMBER: &str = "lineage_number";
/// Set in a copy that `hublink backup` made.
pub(super) const COPIED: &str = "copied_at";

/// Why a database is taken for a copy from before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restored {
    /// It was made by `hublink backup`.
    Backup,
    /// The mark beside it is ahead of it, or another one's.
    Older,
    /// There is no mark beside it.
    Unmarked,
}

impl Restored {
    /// In words, after "This database".
    pub const fn words(self) -> &'static str {
        match self {
            Self::Backup => "is a backup that was restored",
            Self::Older => "is older than what was done with it",
            Self::Unmarked => "was moved here, or restored from a copy",
        }
    }
}

/// The mark.
#[derive(Debug)]
pub(super) struct Mark {
    name: Mutex<String>,
    file: Mutex<Option<(File, i64)>>,
}

/// A number that was written in a transaction, to be marked once that is committed.
#[derive(Debug, Clone, Copy)]
#[must_use = "mark it after the commit"]
pub struct Stamp(i64);

impl Mark {
    /// Reads both sides; a database of before these marks is as it should be.
    pub async fn read(
        path: &Path,
        conn: &mut SqliteConnection,
    ) -> Result<(Self, Option<Restored>), sqlx::Error> {
        let name = meta::get(conn, NAME).await?;
        let number = meta::get(conn, NUMBER).await?.and_then(|text| text.parse().ok()).unwrap_or(0);
        let copied = meta::get(conn, COPIED).await?.is_some();
        let marked = std::fs::read_to_string(path).ok().and_then(|text| {
            let (name, number) = text.trim().split_once(' ')?;
            Some((name.to_owned(), number.trim().parse::<i64>().ok()?))
        });
        let restored = match (&name, marked) {
            _ if copied => Some(Restored::Backup),
            (None, _) => None,
            (Some(_), None) => Some(Restored::Unmarked),
            (Some(name), Some((other, there))) => {
                (*name != other || number < there).then_some(Restored::Older)
            }
        };
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(false).mode(0o600).open(path);
        let file = match file {
            Ok(file) => Some((file, i64::MIN)),
            Err(error) => {
                tracing::warn!(%error, "no mark beside the database: a restored copy would not be known");
                None
            }
        };
        let mark = Self { name: Mutex::new(name.unwrap_or_default()), file: Mutex::new(file) };
        Ok((mark, restored))
    }

    /// Begins a new life: copies of before are known by its name.
    pub async fn renew(&self, conn: &mut SqliteConnection) -> Result<Stamp, sqlx::Error> {
        let name = new_id("life");
        meta::put(conn, NAME, &name).await?;
        meta::put(conn, NUMBER, "1").await?;
        sqlx::query("DELETE FROM meta WHERE name = $1").bind(COPIED).execute(conn).await?;
        *self.name.lock().unwrap_or_else(PoisonError::into_inner) = name;
        if let Some((_, marked)) = &mut *self.file.lock().unwrap_or_else(PoisonError::into_inner) {
            *marked = i64::MIN;
        }
        Ok(Stamp(1))
    }

    /// Whether the database has had its life named.
    pub fn is_named(&self) -> bool {
        !self.name.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// One more.
    pub async fn stamp(conn: &mut SqliteConnection) -> Result<Stamp, sqlx::Error> {
        let number = sqlx::query_scalar(
            "UPDATE meta SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE name = $1
             RETURNING CAST(value AS INTEGER)",
        )
        .bind(NUMBER)
        .fetch_optional(conn)
        .await?;
        Ok(Stamp(number.unwrap_or(0)))
    }

    /// Writes the mark, unless a later one stands there.
    pub fn write(&self, stamp: Stamp) {
        let name = self.name.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((file, marked)) = &mut *file else { return };
        if stamp.0 <= *marked {
            return;
        }
        // Of one length, so that a shorter number leaves nothing of a longer one behind.
        match file.write_all_at(format!("{name} {:020}\n", stamp.0).as_bytes(), 0) {
            Ok(()) => *marked = stamp.0,
            Err(error) => tracing::warn!(%error, "the mark beside the database cannot be written"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::Store;
    use super::*;

    async fn opened(path: &Path) -> Store {
        Store::open(&format!("sqlite:{}", path.display())).await.unwrap()
    }

    async fn stamped(store: &Store) {
        let mut tx = store.begin().await.unwrap();
        let stamp = store.stamp(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        store.mark(stamp);
    }

    #[tokio::test]
    async fn i1_a_copy_from_before_is_known_wherever_it_is_put() {
        let folder = tempfile::tempdir().unwrap();
        let (path, copy) = (folder.path().join("a.db"), folder.path().join("copy.db"));
        let store = opened(&path).await;
        assert_eq!(store.restored(), None, "a new one");
        stamped(&store).await;
        store.close().await;
        fs::copy(&path, &copy).unwrap();
        let store = opened(&path).await;
        assert_eq!(store.restored(), None, "the same one");
        stamped(&store).await;
        store.close().await;
        // Elsewhere, and in its own place.
        let there = opened(&copy).await;
        assert_eq!(there.restored(), Some(Restored::Unmarked));
        there.close().await;
        fs::copy(&copy, &path).unwrap();
        let store = opened(&path).await;
        assert_eq!(store.restored(), Some(Restored::Older));
        // Until somebody has begun a new life, in which it is itself again.
        let mut tx = store.begin().await.unwrap();
        let stamp = store.begin_life(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        store.mark(stamp);
        store.close().await;
        let store = opened(&path).await;
        assert_eq!(store.restored(), None);
        store.close().await;
    }

    #[tokio::test]
    async fn i1_what_backup_made_is_a_backup_also_where_nothing_was_done_since() {
        let folder = tempfile::tempdir().unwrap();
        let (path, copy) = (folder.path().join("a.db"), folder.path().join("copy.db"));
        let store = opened(&path).await;
        stamped(&store).await;
        super::super::copy::make(&format!("sqlite:{}", path.display()), &copy).await.unwrap();
        let refused = super::super::copy::make(&format!("sqlite:{}", path.display()), &copy).await;
        assert!(refused.unwrap_err().to_string().contains("is there already"));
        store.close().await;
        fs::remove_file(&path).unwrap();
        fs::rename(&copy, &path).unwrap();
        let store = opened(&path).await;
        assert_eq!(store.restored(), Some(Restored::Backup));
        store.close().await;
    }
}
