//! Which users a command means: all, the rest, a filter, a cohort, a list of addresses.
//!
//! Owns turning that into the wire form of a selection. Filters and lists are evaluated over the
//! roster by the very code of the "Select users" page. Must not tick by itself.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::exit::{Exit, Failure};
use super::output::note;
use crate::api::call::RosterPart;
use crate::api::plan::Selection;
use crate::client::Client;
use crate::roster::{Bitmap, Choice, Query, Search, find_addresses};
use crate::table::decode;

/// The most entries of a list that are named as not found.
const MISSING: usize = 1000;
/// The most bytes of a list of addresses.
const LIST_BYTES: u64 = 256 << 20;

/// Who is meant.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Who {
    /// Everyone on the site
    #[arg(long)]
    all: bool,
    /// Everyone not yet linked and never invited
    #[arg(long)]
    rest: bool,
    /// Everyone who matches, as in the wizard: words, domain:, dept:, status:, outcome:, invited:
    #[arg(long, value_name = "FILTER")]
    select: Option<String>,
    /// The users of a cohort
    #[arg(long, value_name = "NAME")]
    cohort: Option<String>,
    /// The users of a list: an address or user id a line, as text; - reads standard input
    #[arg(long, value_name = "FILE")]
    addresses: Option<PathBuf>,
}

impl Who {
    /// The wire form; downloads the roster where a filter or a list needs it.
    ///
    /// # Errors
    /// What is wrong with the filter or the list, or that the roster could not be read.
    pub async fn selection(&self, site: &str, client: &Client) -> Result<Selection, Failure> {
        if self.all {
            return Ok(Selection::All {});
        }
        if self.rest {
            return Ok(Selection::Rest {});
        }
        if let Some(name) = &self.cohort {
            return Ok(Selection::Cohort { name: name.clone() });
        }
        if let Some(filter) = &self.select {
            // A filter that cannot be read is found out before a million users are fetched.
            let query = read(filter)?;
            let roster = client.whole_roster(site).await?;
            let rows = matching(query, &roster)?;
            return Ok(chosen(&rows, &roster));
        }
        let Some(file) = &self.addresses else {
            return Err(Failure::usage("name who is meant, such as --all or --select FILTER"));
        };
        let list = list(file)?;
        let roster = client.whole_roster(site).await?;
        let found = find_addresses(&roster.columns, &list);
        note(&format!("{} found.", found.words()));
        for entry in found.missing.iter().take(MISSING) {
            note(&format!("  not on this site: {}", entry.shown_in(254)));
        }
        if found.missing.len() > MISSING {
            note(&format!("  and {} more", found.missing.len() - MISSING));
        }
        if found.several > 0 {
            note(&format!(
                "  {} of them are on several accounts; all of these count",
                found.several
            ));
        }
        Ok(chosen(&found.rows, &roster))
    }
}

/// Reads a filter; one that asks for ticks is refused, since nothing is ticked here.
///
/// # Errors
/// Where and what is wrong.
pub fn read(filter: &str) -> Result<Query, Failure> {
    let query = Query::parse(filter).map_err(|error| {
        Failure::usage(format!("--select, at character {}: {}", error.position + 1, error.message))
    })?;
    if query.uses_ticks() {
        return Err(Failure::usage(
            "--select: `ticked:` is for the wizard; nothing is ticked here",
        ));
    }
    Ok(query)
}

/// The users of a roster who match.
///
/// # Errors
/// That the filter asks for outcomes which a site without a method does not have.
pub fn matching(query: Query, roster: &RosterPart) -> Result<Bitmap, Failure> {
    if query.needs_method() && roster.head.method.is_none() {
        return Err(Failure::told(
            Exit::Refused,
            "the filter asks for outcomes, but the site has no linking method yet; choose one: \
             hublink site method",
        ));
    }
    let columns = Arc::clone(&roster.columns);
    Ok(Search::new(columns, query, roster.head.method, &Bitmap::new()).run())
}

fn chosen(rows: &Bitmap, roster: &RosterPart) -> Selection {
    let revision = roster.head.revision;
    match Choice::of(rows, roster.columns.len()) {
        Choice::Only(numbers) => Selection::Only { revision, numbers },
        Choice::AllExcept(numbers) => Selection::AllExcept { revision, numbers },
    }
}

fn list(file: &Path) -> Result<String, Failure> {
    let bytes = super::user::file_or_stdin(file, LIST_BYTES)?;
    let text = decode(&bytes, bytes.len())
        .map_err(|error| Failure::usage(format!("{}: {error}", file.display())))?;
    Ok(text.text.into_owned())
}
