//! The secret of the audit record's chain, in a file beside the database (promise I17).
//!
//! Owns the file (mode 0600, made once) and bringing it to each connection: in a table of the
//! connection's own memory, which no file of the database ever holds. What is chained is `audit`'s.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use futures_util::future::BoxFuture;
use sqlx::pool::PoolConnectionMetadata;

use super::{Conn, StoreError, hex};

/// What the file begins with.
const FORM: &str = "hublink-audit-key 1";

/// The secret, and the entry after which it counts: older ones were chained without one.
#[derive(Debug, Clone)]
pub(super) struct AuditKey {
    key: String,
    seq: i64,
    hash: String,
}

/// The file beside a database, however that was named.
fn beside(database: &Path) -> PathBuf {
    let named = fs::canonicalize(database);
    let mut path = named.as_deref().unwrap_or(database).as_os_str().to_owned();
    path.push(".audit-key");
    path.into()
}

impl AuditKey {
    /// Reads the key of a database, or makes it, from the record's last entry on.
    pub async fn of(database: &Path, conn: &mut Conn) -> Result<Self, StoreError> {
        let path = beside(database);
        let fail = |source| StoreError::File { path: path.clone(), source };
        match fs::read_to_string(&path) {
            Ok(text) => {
                let mode = fs::metadata(&path).map_err(fail)?.permissions().mode();
                if mode & 0o077 != 0 {
                    return Err(StoreError::Mode(path));
                }
                Self::read(&text).ok_or_else(|| fail(std::io::ErrorKind::InvalidData.into()))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let key = Self::make(conn).await?;
                key.write(&path).map_err(fail)?;
                Ok(key)
            }
            Err(error) => Err(fail(error)),
        }
    }

    async fn make(conn: &mut Conn) -> Result<Self, sqlx::Error> {
        let last: Option<(i64, String)> =
            sqlx::query_as("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
                .fetch_optional(conn)
                .await?;
        let (seq, hash) = last.unwrap_or_default();
        let mut bytes = [0; 32];
        super::fill_random(&mut bytes);
        Ok(Self { key: hex(&bytes), seq, hash })
    }

    fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        (lines.next()? == FORM).then_some(())?;
        let key = lines.next()?.to_owned();
        let (seq, hash) = lines.next()?.strip_prefix("after ")?.split_once(' ')?;
        let good = key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
        good.then_some(Self { key, seq: seq.parse().ok()?, hash: hash.to_owned() })
    }

    fn write(&self, path: &Path) -> std::io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        writeln!(file, "{FORM}\n{}\nafter {} {}", self.key, self.seq, self.hash)?;
        file.sync_all()
    }

    /// Brings it to a connection.
    pub async fn bring(&self, conn: &mut Conn) -> Result<(), sqlx::Error> {
        let made = "CREATE TEMP TABLE audit_secret (key TEXT, seq INTEGER, hash TEXT)";
        sqlx::query(made).execute(&mut *conn).await?;
        sqlx::query("INSERT INTO temp.audit_secret (key, seq, hash) VALUES ($1, $2, $3)")
            .bind(&self.key)
            .bind(self.seq)
            .bind(&self.hash)
            .execute(conn)
            .await?;
        Ok(())
    }
}

/// What a connection is given when it is made: the key, once it is known; then a reader writes no
/// more.
pub(super) fn after(
    key: &Arc<OnceLock<AuditKey>>,
    reads: bool,
) -> impl Fn(&mut Conn, PoolConnectionMetadata) -> BoxFuture<'_, Result<(), sqlx::Error>> + use<> {
    let key = Arc::clone(key);
    move |conn, _| {
        let key = Arc::clone(&key);
        Box::pin(async move {
            if let Some(key) = key.get() {
                key.bring(conn).await?;
            }
            if reads {
                sqlx::query("PRAGMA query_only = 1").execute(conn).await?;
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Store;
    use super::*;

    #[tokio::test]
    async fn i17_the_key_stands_beside_the_database_and_in_none_of_its_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let name = format!("sqlite:{}", path.display());
        Store::open(&name).await.unwrap().close().await;
        let text = fs::read_to_string(beside(&path)).unwrap();
        let key = AuditKey::read(&text).unwrap();
        assert_eq!((key.seq, key.hash.as_str()), (0, ""));
        assert_eq!(fs::metadata(beside(&path)).unwrap().permissions().mode() & 0o777, 0o600);
        Store::open(&name).await.unwrap().close().await;
        assert_eq!(fs::read_to_string(beside(&path)).unwrap(), text, "made once");
        for entry in folder.path().read_dir().unwrap() {
            let file = entry.unwrap().path();
            let holds =
                fs::read(&file).unwrap_or_default().windows(64).any(|at| at == key.key.as_bytes());
            assert_eq!(holds, file == beside(&path), "{}", file.display());
        }
        fs::set_permissions(beside(&path), fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Store::open(&name).await, Err(StoreError::Mode(_))));
        fs::write(beside(&path), "nonsense").unwrap();
        fs::set_permissions(beside(&path), fs::Permissions::from_mode(0o600)).unwrap();
        assert!(Store::open(&name).await.is_err());
    }
}
