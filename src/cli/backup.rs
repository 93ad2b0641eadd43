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
    /// Which database is meant, and who says so.
    pub fn named(&self, cx: &Context) -> Named {
        named(self.database.as_deref(), cx)
    }
}

/// A database on this host.
pub struct Named {
    /// Its name, as `serve` would take it.
    pub name: String,
    /// Who says that it is this one.
    pub by: &'static str,
    /// Whether somebody named it.
    pub chosen: bool,
}

/// The database that a flag names, else the environment, else the usual one.
pub fn named(flag: Option<&str>, cx: &Context) -> Named {
    if let Some(name) = flag {
        return Named { name: name.to_owned(), by: "--database", chosen: true };
    }
    if let Some(name) = cx.environment.get("HUBLINK_DATABASE") {
        return Named { name: name.to_owned(), by: "HUBLINK_DATABASE", chosen: true };
    }
    let name = format!("sqlite:{}", cx.settings.paths.database_file().display());
    Named { name, by: "the usual one; --database names another", chosen: false }
}

impl Named {
    /// Says which one it is, before anything is done with it.
    fn tell(&self) {
        note(&format!("The database is {} ({}).", self.file(), self.by));
    }

    fn file(&self) -> &str {
        self.name.strip_prefix("sqlite:").unwrap_or(&self.name)
    }

    /// A refusal that names the database, where its words do not.
    pub fn refused(&self, error: &StoreError) -> Failure {
        let failure = refused(error);
        let text = failure.text();
        if text.contains(self.file()) {
            return failure;
        }
        let text = text.trim_start_matches("error: ").trim_end();
        Failure::told(
            failure.exit(),
            format!("{text}\n  The database is {} ({})", self.file(), self.by),
        )
    }
}

/// `hublink backup`.
///
/// # Errors
/// Why there is no copy.
pub async fn backup(args: BackupArgs, cx: &mut Context) -> Result<(), Failure> {
    let of = args.of.named(cx);
    of.tell();
    copy::make(&of.name, &args.file).await.map_err(|error| of.refused(&error))?;
    note(&format!("Copied into {}. Restored, it sends nothing by itself.", args.file.display()));
    Ok(())
}

/// `hublink restore`.
///
/// # Errors
/// Why nothing was put back.
pub async fn restore(args: RestoreArgs, cx: &mut Context) -> Result<(), Failure> {
    let of = args.of.named(cx);
    of.tell();
    let kept = copy::put_back(&of.name, &args.file).await;
    if let Some(kept) = kept.map_err(|error| of.refused(&error))? {
        note(&format!("What was there is kept as {}.", kept.display()));
    }
    note(
        "Restored. The next start of `hublink serve` sends nothing by itself: every run waits for \
         `hublink invite resume RUN --after-restore`, and what goes by time alone for \
         `hublink clock accept`.",
    );
    Ok(())
}

/// Says something of the clock of a database on this host. Needs no sign-in: whoever has the file has
/// the database.
///
/// # Errors
/// Why it was not said.
pub async fn say_of_clock(of: &Database, right: bool, cx: &Context) -> Result<(), Failure> {
    let of = of.named(cx);
    of.tell();
    if !std::path::Path::new(of.file()).exists() {
        return Err(Failure::failed(format!(
            "{}: there is no database; name the one that is served by --database sqlite:PATH",
            of.file()
        )));
    }
    copy::say_of_clock(&of.name, right).await.map_err(|error| of.refused(&error))
}

fn refused(error: &StoreError) -> Failure {
    let exit = match error {
        StoreError::Name | StoreError::Taken(_) => Exit::Usage,
        StoreError::Served(_) => Exit::Conflict,
        _ => Exit::Failed,
    };
    Failure::told(exit, error.to_string())
}
