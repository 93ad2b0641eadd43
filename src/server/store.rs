//! The database: SQLite in WAL mode, synchronous FULL, file mode 0600 (research 1.5).
//!
//! Owns opening, migrating, the one writer and the readers, ids and times as stored. Must not know
//! what the rows mean. SQL elsewhere stays portable; what is SQLite's alone stands here.

pub mod bulk;
mod migrations;
pub mod rehearsal;

use std::fs::{self, File, OpenOptions, TryLockError};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{Connection, Row};

/// The first SQLite without the WAL-reset corruption bug.
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Not `sqlite:PATH`.
    #[error("the database must be named as sqlite:PATH, such as sqlite:hublink.db")]
    Name,
    /// The file cannot be made or opened.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Others can read the file.
    #[error("{}: others may read this file; run: chmod 600 {}", .0.display(), .0.display())]
    Mode(PathBuf),
    /// Another process serves it.
    #[error(
        "{}: another hublink serves this database; stop that one, or name another database",
        .0.display()
    )]
    Served(PathBuf),
    /// The linked SQLite has a known corruption bug.
    #[error("SQLite {0} is too old, {1} or later is needed")]
    Version(String, String),
    /// The database says no.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// A migration failed.
    #[error("the database cannot be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
}

/// The database, open. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
}

/// A write transaction: begun immediately, so that it never fails half-way for a lock.
pub type Tx = sqlx::Transaction<'static, sqlx::Sqlite>;

/// A connection inside or outside a transaction.
pub type Conn = SqliteConnection;

/// The database is this process's to serve, for as long as this lives.
///
/// A second process would keep a world clock of its own. The lock stands beside the database: who
/// opens and closes a SQLite file by other means takes SQLite's own locks away.
#[derive(Debug)]
pub struct Hold(File);

impl Hold {
    /// Takes hold of the database named `sqlite:PATH`.
    ///
    /// # Errors
    /// [`StoreError::Served`] where another process has it, and what keeps it from being locked.
    pub fn take(name: &str) -> Result<Self, StoreError> {
        let path = path_of(name)?;
        make_folder(&path)?;
        let mut beside = path.clone().into_os_string();
        beside.push(".lock");
        let beside = PathBuf::from(beside);
        let fail = |source| StoreError::File { path: beside.clone(), source };
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false).mode(0o600);
        let file = options.open(&beside).map_err(fail)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(StoreError::Served(path)),
            Err(TryLockError::Error(source)) => Err(fail(source)),
        }
    }

    /// Lets go of it.
    pub fn release(self) {
        // Closing the file would do; this says it.
        let _ = self.0.unlock();
    }
}

fn path_of(name: &str) -> Result<PathBuf, StoreError> {
    let path = name.strip_prefix("sqlite:").filter(|p| !p.is_empty()).ok_or(StoreError::Name)?;
    Ok(PathBuf::from(path.strip_prefix("//").unwrap_or(path)))
}

impl Store {
    /// Opens the database named `sqlite:PATH`, making it (mode 0600) and its tables if missing.
    ///
    /// # Errors
    /// A [`StoreError`] that names the file.
    pub async fn open(name: &str) -> Result<Self, StoreError> {
        let path = path_of(name)?;
        make_private(&path)?;
        let options = SqliteConnectOptions::from_str("sqlite:")?
            .filename(&path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("cache_size", "-32000")
            .pragma("temp_store", "memory")
            .optimize_on_close(true, None);
        // A full disk ends a transaction behind the driver's back: such a connection is of no use
        // any more, and another takes its place.
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .before_acquire(|conn, _| Box::pin(async move { Ok(!conn.is_in_transaction()) }))
            .connect_with(options.clone())
            .await?;
        check_version(&writer).await?;
        migrations::all().run(&writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(8)
            .connect_with(options.read_only(false).pragma("query_only", "1"))
            .await?;
        Ok(Self { writer, readers })
    }

    /// Begins the one write transaction; others wait their turn. Dropping it rolls back. It is the
    /// only way to write, so that a [`rehearsal`] ends here.
    ///
    /// # Errors
    /// When the database is gone or full.
    pub async fn begin(&self) -> Result<Tx, sqlx::Error> {
        rehearsal::enough()?;
        self.writer.begin_with("BEGIN IMMEDIATE").await
    }

    /// A connection that only reads, for a consistent view within one statement.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn read(&self) -> Result<sqlx::pool::PoolConnection<sqlx::Sqlite>, sqlx::Error> {
        self.readers.acquire().await
    }

    /// Closes it, everything acknowledged being on disk.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Whether it answers.
    pub async fn is_ready(&self) -> bool {
        match self.read().await {
            Ok(mut conn) => conn.ping().await.is_ok(),
            Err(_) => false,
        }
    }
}

/// The folder that the database is to be in, private where it is made.
fn make_folder(path: &Path) -> Result<(), StoreError> {
    let fail = |source| StoreError::File { path: path.to_owned(), source };
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty() && !f.exists()) {
        fs::create_dir_all(folder).map_err(fail)?;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(fail)?;
    }
    Ok(())
}

fn make_private(path: &Path) -> Result<(), StoreError> {
    let fail = |source| StoreError::File { path: path.to_owned(), source };
    make_folder(path)?;
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let others = fs::metadata(path).map_err(fail)?.permissions().mode() & 0o077;
            if others == 0 { Ok(()) } else { Err(StoreError::Mode(path.to_owned())) }
        }
        Err(error) => Err(fail(error)),
    }
}

async fn check_version(pool: &SqlitePool) -> Result<(), StoreError> {
    let text: String = sqlx::query("SELECT sqlite_version()").fetch_one(pool).await?.try_get(0)?;
    let mut parts = text.split('.').map(|p| p.parse::<u32>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    let version = (next(), next(), next());
    if version >= OLDEST_SQLITE {
        return Ok(());
    }
    let (a, b, c) = OLDEST_SQLITE;
    Err(StoreError::Version(text, format!("{a}.{b}.{c}")))
}

/// Whether this is `SQLITE_FULL`: no room on the disk.
pub fn is_full(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .is_some_and(|code| code == "13")
}

/// A time as stored: milliseconds since 1970.
pub fn to_millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// A stored time; out of range is clamped.
pub fn from_millis(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(if millis < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

/// A new id such as `pln_7q2kd0xw41e9m`: a prefix and 65 random bits.
pub fn new_id(prefix: &str) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut bytes = [0u8; 13];
    fill_random(&mut bytes);
    let tail: String = bytes.iter().map(|b| char::from(ALPHABET[usize::from(b & 31)])).collect();
    format!("{prefix}_{tail}")
}

/// A new secret: 256 random bits as 52 letters and digits behind a prefix.
pub fn new_secret(prefix: &str) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut bytes = [0u8; 52];
    fill_random(&mut bytes);
    let tail: String = bytes.iter().map(|b| char::from(ALPHABET[usize::from(b & 31)])).collect();
    format!("{prefix}_{tail}")
}

/// A pause with up to a quarter of it taken off by chance, so that many do not end at one moment.
pub fn jittered(pause: Duration) -> Duration {
    let mut byte = [0u8; 1];
    fill_random(&mut byte);
    pause - pause.mul_f32(f32::from(byte[0]) / 1_024.0)
}

/// SHA-256 of a secret, hexadecimal: how secrets are kept at rest.
pub fn hash_secret(secret: &str) -> String {
    sha256(secret.as_bytes())
}

/// SHA-256, hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    hex(&sha2::Sha256::digest(bytes))
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

fn fill_random(bytes: &mut [u8]) {
    // Without the system's randomness nothing here may go on: a guessable secret is worse.
    if getrandom::fill(bytes).is_err() {
        std::process::abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_file_is_private_and_durable() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sub/hublink.db");
        let store = Store::open(&format!("sqlite:{}", path.display())).await.unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let mut tx = store.begin().await.unwrap();
        let mode: String =
            sqlx::query("PRAGMA journal_mode").fetch_one(&mut *tx).await.unwrap().get(0);
        let full: i64 = sqlx::query("PRAGMA synchronous").fetch_one(&mut *tx).await.unwrap().get(0);
        assert_eq!((mode.as_str(), full), ("wal", 2));
        drop(tx);
        let mut conn = store.read().await.unwrap();
        let write = sqlx::query("INSERT INTO meta (name, value) VALUES ('a', 'b')");
        assert!(write.execute(&mut *conn).await.is_err(), "readers cannot write");
        drop(conn);
        store.close().await;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let refused = Store::open(&format!("sqlite:{}", path.display())).await;
        assert!(matches!(refused, Err(StoreError::Mode(_))));
    }

    #[tokio::test]
    async fn i4_a_disk_that_was_full_is_written_again_once_there_is_room() {
        let folder = tempfile::tempdir().unwrap();
        let name = format!("sqlite:{}", folder.path().join("a.db").display());
        let store = Store::open(&name).await.unwrap();
        let big = "INSERT INTO meta (name, value) VALUES ('big', hex(zeroblob(400000)))";
        for _ in 0..3 {
            let mut tx = store.begin().await.unwrap();
            // As a disk without room for another page does.
            sqlx::query("PRAGMA max_page_count = 1").execute(&mut *tx).await.unwrap();
            let full = sqlx::query(big).execute(&mut *tx).await.unwrap_err();
            assert!(is_full(&full), "{full}");
            drop(tx);
        }
        assert!(store.is_ready().await);
        let mut tx = store.begin().await.unwrap();
        sqlx::query(big).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    #[tokio::test]
    async fn s9_uploads_of_old_are_dropped_with_their_passwords() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let name = format!("sqlite:{}", path.display());
        let store = Store::open(&name).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        // As the database was before, with uploads that wait, and that were applied.
        let before = "DROP INDEX imports_by_expiry;
            DELETE FROM _sqlx_migrations WHERE version = 11;
            INSERT INTO sites (id, url, company, state) VALUES (1, 's.webex.example', 'S', 'enrolled');
            INSERT INTO imports (id, site, replace_all, file, preview, roster_revision, created_by,
              expires_at, applied_at)
            VALUES ('i1', 1, 0, CAST('UserID,Email,Password,1,a,hunter2' AS BLOB), '', 0, 'x',
              9000000000000, NULL), ('i2', 1, 0, CAST('hunter2' AS BLOB), '', 0, 'x', 5, 6);";
        sqlx::raw_sql(before).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        store.close().await;
        let holds = || fs::read(&path).unwrap().windows(7).any(|bytes| bytes == b"hunter2");
        assert!(holds());
        let store = Store::open(&name).await.unwrap();
        let left: i64 = sqlx::query_scalar("SELECT count(*) FROM imports")
            .fetch_one(&mut *store.read().await.unwrap())
            .await
            .unwrap();
        assert_eq!(left, 0);
        store.close().await;
        assert!(!holds(), "nothing of it is left in the file");
    }

    #[test]
    fn ids_and_secrets_do_not_repeat() {
        assert_ne!(new_id("pln"), new_id("pln"));
        assert_eq!(new_secret("hlt").len(), 56);
    }
}
