//! The database: SQLite in WAL mode, synchronous FULL, file mode 0600 (research 1.5).
//!
//! Owns opening, migrating, the one writer and the readers, ids and times as stored. Must not know
//! what the rows mean. SQL elsewhere stays portable; what is SQLite's alone stands here.

pub mod aggregates;
mod audit_key;
pub mod bulk;
pub mod checkup;
pub mod condition;
pub mod copy;
mod error;
mod filling;
mod lineage;
pub mod meta;
mod migrations;
pub mod noted;
mod place;
pub mod rehearsal;
pub mod resumed;
mod sound;
pub mod timed;

use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
};
use sqlx::{Connection, Row};

use audit_key::{AuditKey, after};
pub use error::StoreError;
pub use filling::{Filling, Keeping};
use lineage::Mark;
pub use lineage::{Restored, Stamp};
pub use place::{Gone, Hold, expected, is_busy};
use place::{Place, make_private, path_of};
use timed::Timed;

/// The first SQLite without the WAL-reset corruption bug.
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// How long a change waits for its turn to write.
const TURN: Duration = Duration::from_secs(8);

/// The database, open. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
    beside: Arc<Beside>,
}

/// What is known of the database's file, and of what stands beside it.
#[derive(Debug)]
struct Beside {
    place: Place,
    mark: Mark,
    restored: Option<Restored>,
    /// How long writers waited for their turn.
    turns: Timed,
    /// Its pages are damaged, as was found while it was served.
    damaged: AtomicBool,
    /// How the one connects that fills it.
    filling: SqliteConnectOptions,
    key: Arc<OnceLock<AuditKey>>,
}

/// How long bringing the last writes into the database may keep a backend from ending.
const CHECKPOINT: Duration = Duration::from_secs(3);

/// A write transaction: begun immediately, so that it never fails half-way for a lock.
pub type Tx = sqlx::Transaction<'static, sqlx::Sqlite>;

/// A connection inside or outside a transaction.
pub type Conn = SqliteConnection;

/// A statement that is put together, its values bound.
pub type Sql = sqlx::QueryBuilder<sqlx::Sqlite>;

/// A row that was read.
pub type SqlRow = sqlx::sqlite::SqliteRow;

/// The values of a statement, bound one by one.
pub type SqlArguments = sqlx::sqlite::SqliteArguments;

impl Store {
    /// Opens the database named `sqlite:PATH`, making it (mode 0600) and its tables if missing.
    ///
    /// # Errors
    /// A [`StoreError`] that names the file.
    pub async fn open(name: &str) -> Result<Self, StoreError> {
        Self::opened(name, None).await
    }

    /// The same for one that is [filled](Store::fill) next, if it is new: until that has ended, it has
    /// no log, and nobody may read it while it is filled.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_to_fill(name: &str, keeping: Keeping) -> Result<Self, StoreError> {
        Self::opened(name, Some(keeping)).await
    }

    async fn opened(name: &str, fills: Option<Keeping>) -> Result<Self, StoreError> {
        let path = path_of(name)?;
        make_private(&path)?;
        let options = SqliteConnectOptions::from_str("sqlite:")?
            .filename(&path)
            .synchronous(fills.unwrap_or_default().synchronous())
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("cache_size", "-16000")
            .pragma("temp_store", "memory")
            .optimize_on_close(true, None);
        // Before anything is written, its journal's mode included: it may be somebody else's.
        let mut conn = SqliteConnection::connect_with(&plain(&path)?)
            .await
            .map_err(|error| sound::explained(&path, error))?;
        let new = sound::look(&path, &mut conn).await?;
        conn.close().await?;
        // A log stays with the file: a new one has none until it is filled, others have it already.
        let options = match fills {
            Some(_) if new => options,
            _ => options.journal_mode(SqliteJournalMode::Wal),
        };
        let key = Arc::new(OnceLock::new());
        // A full disk ends a transaction behind the driver's back: such a connection is of no use
        // any more, and another takes its place.
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(TURN)
            .before_acquire(|conn, _| Box::pin(async move { Ok(!conn.is_in_transaction()) }))
            .after_connect(after(&key, false))
            .connect_with(options.clone())
            .await
            .map_err(|error| sound::explained(&path, error))?;
        check_version(&writer).await?;
        migrations::all().run(&writer).await.map_err(|error| sound::migration(&path, error))?;
        let mut conn = writer.acquire().await?;
        let read = AuditKey::of(&path, &mut conn).await?;
        read.bring(&mut conn).await?;
        drop(conn);
        let _ = key.set(read);
        let filling = filling::options(&options);
        let readers = SqlitePoolOptions::new()
            .max_connections(8)
            .after_connect(after(&key, true))
            // Eight of them: a page that is not in here is in the system's cache.
            .connect_with(options.read_only(false).pragma("cache_size", "-4000"))
            .await?;
        let place = Place::of(&path)?;
        let (mark, restored) =
            Mark::read(&place.beside(".mark"), &mut *readers.acquire().await?).await?;
        let damaged = AtomicBool::new(false);
        let turns = Timed::default();
        let beside = Arc::new(Beside { place, mark, restored, turns, damaged, filling, key });
        let store = Self { writer, readers, beside };
        if !store.beside.mark.is_named() {
            let mut tx = store.begin().await?;
            let stamp = store.begin_life(&mut tx).await?;
            tx.commit().await?;
            store.mark(stamp);
        }
        Ok(store)
    }

    /// Whether this is a copy from before, whose later life was another.
    pub fn restored(&self) -> Option<Restored> {
        self.beside.restored
    }

    /// Begins a new life, in which this is the one database.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn begin_life(&self, tx: &mut Conn) -> Result<Stamp, sqlx::Error> {
        self.beside.mark.renew(tx).await
    }

    /// Counts, in the transaction of what must not be done twice. After the commit, and before it is
    /// done, [`Store::mark`] the stamp.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn stamp(&self, tx: &mut Conn) -> Result<Stamp, sqlx::Error> {
        Mark::stamp(tx).await
    }

    /// Writes beside the database that it has come so far.
    pub fn mark(&self, stamp: Stamp) {
        self.beside.mark.write(stamp);
    }

    /// Something that changes with each write, as far as the files tell.
    pub fn written(&self) -> Option<(std::time::SystemTime, u64)> {
        self.beside.place.written()
    }

    /// How many bytes the disk has left, where the system tells.
    pub fn room(&self) -> Option<u64> {
        self.beside.place.room()
    }

    /// Whether the file is there and sound, as far as is known.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), sqlx::Error> {
        if self.beside.damaged.load(Ordering::Relaxed) {
            let damaged = std::io::Error::other("the database has damaged pages; see the log");
            return Err(sqlx::Error::Io(damaged));
        }
        self.beside.place.check()
    }

    /// Reads all pages through, where the file was too large for that at the start.
    ///
    /// # Errors
    /// When that cannot be done. Damaged pages end all writing instead.
    pub async fn read_through(&self) -> Result<(), StoreError> {
        let path = self.beside.place.beside("");
        if std::fs::metadata(&path).map_or(0, |about| about.len()) <= sound::READ_AT_START {
            return Ok(());
        }
        match sound::read_through(&path, &mut *self.read().await?).await {
            Err(error @ StoreError::Damaged { .. }) => {
                self.beside.damaged.store(true, Ordering::Relaxed);
                tracing::error!(%error, "nothing is written any more");
                Ok(())
            }
            other => other,
        }
    }

    /// Begins the one write transaction; others wait their turn. Dropping it rolls back. It is the
    /// only way to write, so that a [`rehearsal`] ends here, a [`condition`] is asked here, and a keyed act is [`noted`].
    ///
    /// # Errors
    /// When the database is gone or full.
    pub async fn begin(&self) -> Result<Tx, sqlx::Error> {
        rehearsal::enough()?;
        self.check()?;
        let asked = Instant::now();
        let begun = self.writer.begin_with("BEGIN IMMEDIATE").await;
        self.beside.turns.count(if begun.is_ok() { "ok" } else { "error" }, asked.elapsed());
        let mut tx = begun?;
        condition::hold(&mut tx).await?;
        noted::note(&mut tx).await?;
        Ok(tx)
    }

    /// How long writers waited for their turn, by outcome.
    pub fn turns(&self) -> &Timed {
        &self.beside.turns
    }

    /// A connection that only reads, for a consistent view within one statement.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn read(&self) -> Result<sqlx::pool::PoolConnection<sqlx::Sqlite>, sqlx::Error> {
        self.readers.acquire().await
    }

    /// A connection that only reads, for one view within all of its statements.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn snapshot(&self) -> Result<Tx, sqlx::Error> {
        self.readers.begin().await
    }

    /// Closes it, everything acknowledged being on disk.
    pub async fn close(&self) {
        self.readers.close().await;
        // Into the database's own file, now: its last connection would do it too, on a thread that nobody
        // waits for. What is not brought there is in the file of what was written last.
        let brought = async {
            let mut conn = self.writer.acquire().await?;
            sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut *conn).await
        };
        if let Ok(Err(error)) = tokio::time::timeout(CHECKPOINT, brought).await {
            tracing::warn!(%error, "what was written last was not brought into the database");
        }
        self.writer.close().await;
    }

    /// Whether a write would work now: it asks for the one writer's turn, for so long at most, and
    /// writes nothing.
    ///
    /// # Errors
    /// What is wrong.
    pub async fn is_ready(&self, longest: Duration) -> Result<(), sqlx::Error> {
        self.read().await?.ping().await?;
        let tx = tokio::time::timeout(longest, self.begin());
        tx.await.map_err(|_| sqlx::Error::PoolTimedOut)??.rollback().await
    }
}

fn plain(path: &std::path::Path) -> Result<SqliteConnectOptions, sqlx::Error> {
    Ok(SqliteConnectOptions::from_str("sqlite:")?
        .filename(path)
        .create_if_missing(false)
        .busy_timeout(Duration::from_secs(10)))
}

async fn check_version(pool: &SqlitePool) -> Result<(), StoreError> {
    let text: String = sqlx::query("SELECT sqlite_version() AS version")
        .fetch_one(pool)
        .await?
        .try_get("version")?;
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

/// The latest moment, as stored, that a deferral of so long at most can be of: what is later was
/// written under a wrong clock, and is due.
pub fn farthest(longest: Duration) -> i64 {
    to_millis(Timestamp::now()).saturating_add(longest.as_millis() as i64)
}

/// A pause with up to a quarter of it taken off by chance, so that many do not end at one moment.
pub fn jittered(pause: Duration) -> Duration {
    let mut byte = [0u8; 1];
    fill_random(&mut byte);
    pause.mul_f32(1.0 - f32::from(byte[0]) / 1_024.0)
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
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[tokio::test]
    async fn the_file_is_private_and_durable() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sub/hublink.db");
        let store = Store::open(&format!("sqlite:{}", path.display())).await.unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let mut tx = store.begin().await.unwrap();
        let mode: String = sqlx::query("PRAGMA journal_mode")
            .fetch_one(&mut *tx)
            .await
            .unwrap()
            .get("journal_mode");
        let full: i64 =
            sqlx::query("PRAGMA synchronous").fetch_one(&mut *tx).await.unwrap().get("synchronous");
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
        store.is_ready(Duration::from_secs(10)).await.unwrap();
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
            DROP TABLE import_pieces;
            ALTER TABLE imports ADD COLUMN file BLOB;
            DELETE FROM _sqlx_migrations WHERE version IN (11, 29);
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
