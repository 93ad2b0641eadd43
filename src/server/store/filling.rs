//! Filling a new database: one connection and one transaction that write it all, before anybody reads.
//!
//! Owns how that is done. A file that was made a moment ago needs no log of what is written: it grows
//! behind its last page, and where the process breaks off it is cut to what it was. So each page is
//! written once, where the log writes it twice; the log begins when it is filled. Indexes are sorted on
//! the disk and on the other core. The connection's one temporary table, which holds the audit key,
//! stays in memory: such a table has a file only once it outgrows its pages.

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteSynchronous};
use sqlx::{Connection as _, Error};

use super::{Conn, Store};

/// Whether what a database holds outlives whoever serves it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Keeping {
    /// It is on the disk when it is acknowledged.
    #[default]
    Kept,
    /// It goes with its folder: it outlives a kill, and need not outlive the machine.
    Fleeting,
}

impl Keeping {
    pub(super) fn synchronous(self) -> SqliteSynchronous {
        match self {
            Self::Kept => SqliteSynchronous::Full,
            Self::Fleeting => SqliteSynchronous::Off,
        }
    }
}

/// How the connection differs from others.
pub(super) fn options(others: &SqliteConnectOptions) -> SqliteConnectOptions {
    others
        .clone()
        .pragma("temp_store", "file")
        .pragma("threads", "1")
        // What the planner knows of tables is gathered while they are used, not by who filled them.
        .optimize_on_close(false, None)
}

/// The connection.
#[must_use = "the database is served when it is filled"]
pub struct Filling(SqliteConnection);

impl Filling {
    /// For one transaction.
    pub fn conn(&mut self) -> &mut Conn {
        &mut self.0
    }

    /// It is filled, and committed: from now on what is written is logged, and others read meanwhile.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn end(mut self) -> Result<(), Error> {
        log(&mut self.0).await?;
        self.0.close().await
    }
}

impl Store {
    /// A connection that fills it. Nobody else may write meanwhile, and in a new one nobody reads.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn fill(&self) -> Result<Filling, Error> {
        self.check()?;
        let mut conn = SqliteConnection::connect_with(&self.beside.filling).await?;
        if let Some(key) = self.beside.key.get() {
            key.bring(&mut conn).await?;
        }
        Ok(Filling(conn))
    }
}

/// Begins the log, which stays with the file.
async fn log(conn: &mut Conn) -> Result<(), Error> {
    let begun: String = sqlx::query_scalar("PRAGMA journal_mode = WAL").fetch_one(conn).await?;
    if begun == "wal" {
        return Ok(());
    }
    Err(Error::Protocol(format!("the database keeps its journal {begun} and has no log")))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::StoreError;
    use super::*;

    async fn opened(path: &Path, keeping: Keeping) -> Result<Store, StoreError> {
        Store::open_to_fill(&format!("sqlite:{}", path.display()), keeping).await
    }

    async fn mode(store: &Store) -> String {
        let conn = &mut *store.read().await.unwrap();
        sqlx::query_scalar("PRAGMA journal_mode").fetch_one(conn).await.unwrap()
    }

    async fn notes(store: &Store) -> i64 {
        let conn = &mut *store.read().await.unwrap();
        let count = "SELECT count(*) FROM meta WHERE name LIKE 'note%'";
        sqlx::query_scalar(count).fetch_one(conn).await.unwrap()
    }

    /// More than the cache has room for, so that pages are written before the end.
    async fn write(conn: &mut Conn) {
        let many =
            "WITH RECURSIVE n (at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM n WHERE at < 30)
            INSERT INTO meta (name, value) SELECT 'note' || at, hex(zeroblob(500000)) FROM n";
        sqlx::query(many).execute(conn).await.unwrap();
    }

    #[tokio::test]
    async fn issue_10_a_new_database_is_filled_without_a_log_and_served_with_one() {
        let folder = tempfile::tempdir().unwrap();
        for keeping in [Keeping::Kept, Keeping::Fleeting] {
            let path = folder.path().join(format!("{keeping:?}.db"));
            let wal = folder.path().join(format!("{keeping:?}.db-wal"));
            let store = opened(&path, keeping).await.unwrap();
            assert!(!wal.exists());
            let mut filling = store.fill().await.unwrap();
            let mut tx = filling.conn().begin_with("BEGIN IMMEDIATE").await.unwrap();
            write(&mut tx).await;
            assert!(!wal.exists());
            tx.commit().await.unwrap();
            filling.end().await.unwrap();
            assert_eq!((notes(&store).await, mode(&store).await.as_str()), (30, "wal"));
            // Others write and read beside each other, as ever.
            let mut tx = store.begin().await.unwrap();
            super::super::meta::put(&mut tx, "note", "one more").await.unwrap();
            assert_eq!(notes(&store).await, 30);
            tx.commit().await.unwrap();
            assert_eq!(notes(&store).await, 31);
            assert!(wal.exists());
            store.check().unwrap();
            store.close().await;
        }
    }

    #[tokio::test]
    async fn i4_a_filling_that_breaks_off_leaves_a_database_that_is_whole_and_empty() {
        let folder = tempfile::tempdir().unwrap();
        let (path, left) = (folder.path().join("a.db"), folder.path().join("b.db"));
        let store = opened(&path, Keeping::Kept).await.unwrap();
        let before = std::fs::metadata(&path).unwrap().len();
        let mut filling = store.fill().await.unwrap();
        let mut tx = filling.conn().begin_with("BEGIN IMMEDIATE").await.unwrap();
        write(&mut tx).await;
        // What a kill would leave now.
        assert!(std::fs::metadata(&path).unwrap().len() > before, "pages were written");
        for suffix in ["", "-journal", ".mark", ".audit-key"] {
            let of = |path: &Path| format!("{}{suffix}", path.display());
            std::fs::copy(of(&path), of(&left)).unwrap();
        }
        let again = opened(&left, Keeping::Kept).await.unwrap();
        assert_eq!((again.restored(), notes(&again).await), (None, 0));
        assert_eq!(mode(&again).await, "wal", "it is no new one");
        again.close().await;
        tx.rollback().await.unwrap();
        drop(filling);
        assert_eq!(notes(&store).await, 0);
        store.close().await;
    }

    #[tokio::test]
    async fn i17_the_audit_key_is_in_no_file_of_a_filling() {
        let folder = tempfile::tempdir().unwrap();
        let store = opened(&folder.path().join("a.db"), Keeping::Kept).await.unwrap();
        let mut filling = store.fill().await.unwrap();
        let key: String = sqlx::query_scalar("SELECT key FROM temp.audit_secret")
            .fetch_one(filling.conn())
            .await
            .unwrap();
        let mut tx = filling.conn().begin_with("BEGIN IMMEDIATE").await.unwrap();
        write(&mut tx).await;
        // Temporary files have no name any more: they are found as what is open.
        for entry in std::fs::read_dir("/dev/fd").unwrap().flatten() {
            let is_file = std::fs::metadata(entry.path()).is_ok_and(|about| about.is_file());
            let target = std::fs::read_link(entry.path()).unwrap_or_default();
            let bytes =
                if is_file { std::fs::read(entry.path()).unwrap_or_default() } else { vec![] };
            let holds = bytes.windows(64).any(|at| at == key.as_bytes());
            assert!(!holds || target.ends_with("a.db.audit-key"), "{}", target.display());
        }
        tx.rollback().await.unwrap();
        drop(filling);
        store.close().await;
    }
}
