//! Why the database cannot be used, each in its words and with what to do.
//!
//! Owns the words; who finds what stands beside it.

use std::path::PathBuf;

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
    /// It is a folder.
    #[error("{} is a folder; name a file in it, such as sqlite:{}/hublink.db", .0.display(), .0.display())]
    Folder(PathBuf),
    /// It is not there, though what belongs to it is.
    #[error(
        "there is no database {}, but {} belongs to one: name the right file, put a copy in its place \
         (hublink restore FILE), or, for a new one, move that file away",
        path.display(), beside.display()
    )]
    Missing {
        /// Where it should be.
        path: PathBuf,
        /// What stands there.
        beside: PathBuf,
    },
    /// A file is to be made that is there.
    #[error("{} is there already; name another file", .0.display())]
    Taken(PathBuf),
    /// Not a database at all.
    #[error(
        "{} is no database, or its first page is destroyed; name another file, or put a backup in \
         its place: hublink restore FILE",
        .0.display()
    )]
    NoDatabase(PathBuf),
    /// Somebody else's.
    #[error("{} is another program's database; it was left as it is: name another file", .0.display())]
    Foreign(PathBuf),
    /// A newer version made it.
    #[error(
        "{}: a newer hublink has used this database (step {step}); start that version, for this one \
         would misread it",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The first step that is not known.
        step: i64,
    },
    /// Its steps are not ours.
    #[error(
        "{}: step {step} of this database is not the one that this hublink knows, or broke off; start \
         the version that made it, or put a backup in its place: hublink restore FILE",
        path.display()
    )]
    Changed {
        /// The file.
        path: PathBuf,
        /// The step.
        step: i64,
    },
    /// Pages that cannot be read.
    #[error(
        "{}: this database is damaged ({what}); nothing was changed. Keep a copy of it, then put a \
         backup in its place: hublink restore FILE",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The first of what is wrong.
        what: String,
    },
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
