//! Whether a file is a database of ours that can be served: before anything is written to it.
//!
//! Owns the words for what it is instead: no database, another program's, a newer hublink's, one with
//! damaged pages. Each says what to do.

use std::path::Path;

use sqlx::migrate::MigrateError;
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, Error};

use super::StoreError;

/// Up to this size all pages are read through at each start: a fraction of a second. Larger files are
/// read through beside the work.
pub(super) const READ_AT_START: u64 = 64 * 1024 * 1024;

/// Looks at an existing file; an empty one is fine, and new.
///
/// # Errors
/// What it is instead.
pub(super) async fn look(path: &Path, conn: &mut SqliteConnection) -> Result<bool, StoreError> {
    let new = is_ours(path, conn).await?;
    let size = std::fs::metadata(path).map_or(0, |about| about.len());
    if size <= READ_AT_START {
        read_through(path, conn).await?;
    }
    Ok(new)
}

/// Looks whose it is; an empty file is fine, and new.
///
/// # Errors
/// What it is instead.
pub(super) async fn is_ours(path: &Path, conn: &mut SqliteConnection) -> Result<bool, StoreError> {
    let told = |error| explained(path, error);
    conn.ping().await.map_err(told)?;
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'table'")
            .fetch_all(&mut *conn)
            .await
            .map_err(told)?;
    let ours = |name: &str| tables.iter().any(|table| table == name);
    // A first start that broke off has the list of steps alone.
    let begun = tables.len() == 1 && ours("_sqlx_migrations");
    if tables.is_empty() || begun || (ours("_sqlx_migrations") && ours("meta")) {
        return Ok(tables.is_empty());
    }
    Err(StoreError::Foreign(path.to_owned()))
}

/// Reads all pages through.
///
/// # Errors
/// [`StoreError::Damaged`] with the first of what is wrong.
pub(super) async fn read_through(
    path: &Path,
    conn: &mut SqliteConnection,
) -> Result<(), StoreError> {
    let found: Vec<String> = sqlx::query_scalar("PRAGMA quick_check(1)")
        .fetch_all(conn)
        .await
        .map_err(|error| explained(path, error))?;
    match found.first() {
        Some(word) if word != "ok" => {
            let what = word.lines().last().unwrap_or(word).to_owned();
            Err(StoreError::Damaged { path: path.to_owned(), what })
        }
        _ => Ok(()),
    }
}

/// What a fault of opening means.
pub(super) fn explained(path: &Path, error: Error) -> StoreError {
    let code =
        error.as_database_error().and_then(|error| error.code().map(|code| code.to_string()));
    // SQLITE_NOTADB, SQLITE_CORRUPT; extended codes keep the primary one in their low byte.
    match code.and_then(|code| code.parse::<u32>().ok()).map(|code| code & 0xff) {
        Some(26) => StoreError::NoDatabase(path.to_owned()),
        Some(11) => StoreError::Damaged { path: path.to_owned(), what: error.to_string() },
        _ => StoreError::Database(error),
    }
}

/// What a fault of bringing it up to date means.
pub(super) fn migration(path: &Path, error: MigrateError) -> StoreError {
    match error {
        MigrateError::VersionMissing(step) => StoreError::Newer { path: path.to_owned(), step },
        MigrateError::VersionMismatch(step) | MigrateError::Dirty(step) => {
            StoreError::Changed { path: path.to_owned(), step }
        }
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            explained(path, error)
        }
        error => StoreError::Migration(error),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use sqlx::sqlite::SqliteConnectOptions;

    use super::super::Store;
    use super::*;

    async fn changed(path: &Path, sql: &'static str) {
        let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
        let mut conn = SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(path, private).unwrap();
    }

    async fn fresh(folder: &tempfile::TempDir, file: &str) -> PathBuf {
        let path = folder.path().join(file);
        Store::open(&format!("sqlite:{}", path.display())).await.unwrap().close().await;
        path
    }

    async fn refused(path: &Path) -> String {
        let opened = Store::open(&format!("sqlite:{}", path.display())).await;
        opened.err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[tokio::test]
    async fn i19_each_thing_that_is_no_sound_database_of_ours_is_refused_in_its_own_words() {
        let folder = tempfile::tempdir().unwrap();
        let foreign = folder.path().join("foreign.db");
        changed(&foreign, "CREATE TABLE foo (a); INSERT INTO foo VALUES (1);").await;
        let before = std::fs::read(&foreign).unwrap();
        assert!(refused(&foreign).await.contains("another program's database"));
        assert_eq!(std::fs::read(&foreign).unwrap(), before, "it is not touched");

        let text = fresh(&folder, "text.db").await;
        std::fs::write(&text, "hello world\n".repeat(1_000)).unwrap();
        assert!(refused(&text).await.contains("is no database"), "{}", refused(&text).await);

        let newer = fresh(&folder, "newer.db").await;
        changed(
            &newer,
            "INSERT INTO _sqlx_migrations SELECT 9999, 'future', installed_on, 1, checksum, 1
               FROM _sqlx_migrations WHERE version = 1",
        )
        .await;
        assert!(refused(&newer).await.contains("a newer hublink"), "{}", refused(&newer).await);

        let changed_step = fresh(&folder, "changed.db").await;
        changed(&changed_step, "UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 2")
            .await;
        assert!(refused(&changed_step).await.contains("step 2"));

        let damaged = fresh(&folder, "damaged.db").await;
        let mut bytes = std::fs::read(&damaged).unwrap();
        for byte in &mut bytes[4_096 * 2..4_096 * 40] {
            *byte ^= 0xff;
        }
        std::fs::write(&damaged, bytes).unwrap();
        let words = refused(&damaged).await;
        assert!(words.contains("damaged") && words.contains("hublink restore"), "{words}");
    }

    #[tokio::test]
    async fn an_empty_file_is_a_new_database() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("empty.db");
        changed(&path, "SELECT 1").await;
        assert_eq!(refused(&path).await, "");
    }
}
