//! Copies of the database: made while it is served, and put in its place again.
//!
//! Owns that a copy is whole, private, on disk and known as one, and that what it replaces is kept.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection};

use super::place::{Hold, file_error, path_of};
use super::{StoreError, lineage, meta, sound};

/// Copies the database named `sqlite:PATH` into a new file, while it may be served.
///
/// # Errors
/// When there is no such database, the file is there already, or has no room.
pub async fn make(name: &str, into: &Path) -> Result<(), StoreError> {
    let path = path_of(name)?;
    fs::metadata(&path).map_err(|source| file_error(&path, source))?;
    let fail = |source| file_error(into, source);
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(into) {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            return Err(StoreError::Taken(into.to_owned()));
        }
        Err(error) => return Err(fail(error)),
    }
    let copied = copy(&path, into).await;
    if copied.is_err() {
        // Half a copy is none; that it cannot be removed changes nothing about the fault.
        let _ = fs::remove_file(into);
    }
    copied?;
    sync(into)
}

async fn copy(path: &Path, into: &Path) -> Result<(), StoreError> {
    let mut conn = connect(path, false).await?;
    // Written into an empty file of ours, so that nobody else can read it on the way.
    let into_sql = into.display().to_string().replace('\'', "''");
    sqlx::query(AssertSqlSafe(format!("VACUUM INTO '{into_sql}'"))).execute(&mut conn).await?;
    conn.close().await?;
    let mut conn = connect(into, false).await?;
    sound::look(into, &mut conn).await?;
    meta::put(&mut conn, lineage::COPIED, &Timestamp::now().to_string()).await?;
    conn.close().await?;
    Ok(())
}

/// Puts a copy in the place of the database named `sqlite:PATH`, which nobody may serve. What stood
/// there is kept; answers where.
///
/// # Errors
/// When it is served, or the copy is no sound database of ours.
pub async fn put_back(name: &str, from: &Path) -> Result<Option<PathBuf>, StoreError> {
    let path = path_of(name)?;
    fs::metadata(from).map_err(|source| file_error(from, source))?;
    let mut conn = connect(from, true).await?;
    sound::look(from, &mut conn).await?;
    let ours: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_master WHERE name = 'meta'")
        .fetch_one(&mut conn)
        .await?;
    conn.close().await?;
    if ours == 0 {
        return Err(StoreError::Foreign(from.to_owned()));
    }
    let there = path.exists();
    let hold = Hold::take(name)?;
    let beside = |suffix: &str| {
        let mut beside = path.clone().into_os_string();
        beside.push(suffix);
        PathBuf::from(beside)
    };
    let fail = |source| file_error(&path, source);
    let fresh = beside(".restoring");
    let _ = fs::remove_file(&fresh);
    let mut options = OpenOptions::new();
    let mut target = options.write(true).create_new(true).mode(0o600).open(&fresh).map_err(fail)?;
    let mut source = File::open(from).map_err(|source| file_error(from, source))?;
    std::io::copy(&mut source, &mut target).map_err(fail)?;
    drop((source, target));
    let mut conn = connect(&fresh, false).await?;
    meta::put(&mut conn, lineage::COPIED, &Timestamp::now().to_string()).await?;
    conn.close().await?;
    sync(&fresh)?;
    let now = Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
    let kept = beside(&format!(".before-{now}"));
    for suffix in ["-wal", "-shm", ""] {
        let old = beside(suffix);
        if there && old.exists() {
            let mut new = kept.clone().into_os_string();
            new.push(suffix);
            fs::rename(&old, PathBuf::from(new)).map_err(fail)?;
        }
    }
    fs::rename(&fresh, &path).map_err(fail)?;
    sync(&path)?;
    hold.release();
    Ok(there.then_some(kept))
}

/// What was said of the host's clock, for the backend that serves the database to hear.
pub const SAID: &str = "clock_said";

/// Says, with the database named `sqlite:PATH` at hand, whether the host's clock is right.
///
/// # Errors
/// When there is no such database, or it cannot be written.
pub async fn say_of_clock(name: &str, right: bool) -> Result<(), StoreError> {
    let path = path_of(name)?;
    let mut conn = connect(&path, false).await?;
    sound::is_ours(&path, &mut conn).await?;
    meta::put(&mut conn, SAID, if right { "accept" } else { "refuse" }).await?;
    conn.close().await?;
    Ok(())
}

async fn connect(path: &Path, read_only: bool) -> Result<SqliteConnection, StoreError> {
    let options = SqliteConnectOptions::from_str("sqlite:")?
        .filename(path)
        .create_if_missing(false)
        .read_only(read_only)
        .busy_timeout(Duration::from_secs(10));
    SqliteConnection::connect_with(&options).await.map_err(|error| sound::explained(path, error))
}

/// The file and its name are on disk.
fn sync(path: &Path) -> Result<(), StoreError> {
    let fail = |source| file_error(path, source);
    File::open(path).and_then(|file| file.sync_all()).map_err(fail)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(fail)
}
