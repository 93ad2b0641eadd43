//! `hublink backup` and `hublink restore`: copies of the backend's database, on its host.
//!
//! Owns the words around them. Both need no sign-in: whoever has the file has the database.

use std::path::PathBuf;

use clap::Args;

use super::context::Context;
use super::exit::{Exit, Failure};
use super::output::note;
use crate::server::store::{StoreError, copy};

/// Which database, and the copy.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The new file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    of: Database,
}

/// The copy, and which database.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// What `hublink backup` made
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    of: Database,
}

/// The database on this host.
#[derive(Debug, Args)]
pub struct Database {
    /// The database [default: hublink.db, see `hublink paths`; also `HUBLINK_DATABASE`]
    #[arg(long, value_name = "sqlite:PATH")]
    database: Option<String>,
}

impl Database {
    /// Its name, as `serve` would take it.
    pub fn name(&self, cx: &Context) -> String {
        let named = self.database.clone();
        let named = named.or_else(|| cx.environment.get("HUBLINK_DATABASE").map(str::to_owned));
        named.unwrap_or_else(|| format!("sqlite:{}", cx.settings.paths.database_file().display()))
    }
}

/// `hublink backup`.
///
/// # Errors
/// Why there is no copy.
pub async fn backup(args: BackupArgs, cx: &mut Context) -> Result<(), Failure> {
    copy::make(&args.of.name(cx), &args.file).await.map_err(|error| refused(&error))?;
    note(&format!("Copied into {}. Restored, it sends nothing by itself.", args.file.display()));
    Ok(())
}

/// `hublink restore`.
///
/// # Errors
/// Why nothing was put back.
pub async fn restore(args: RestoreArgs, cx: &mut Context) -> Result<(), Failure> {
    let kept = copy::put_back(&args.of.name(cx), &args.file).await;
    if let Some(kept) = kept.map_err(|error| refused(&error))? {
        note(&format!("What was there is kept as {}.", kept.display()));
    }
    note(
        "Restored. The next start of `hublink serve` sends nothing by itself: every run waits for \
         `hublink invite resume RUN --after-restore`, and what goes by time alone for \
         `hublink clock accept`.",
    );
    Ok(())
}

pub(super) fn refused(error: &StoreError) -> Failure {
    let exit = match error {
        StoreError::Name | StoreError::Taken(_) => Exit::Usage,
        StoreError::Served(_) => Exit::Conflict,
        _ => Exit::Failed,
    };
    Failure::told(exit, error.to_string())
}
