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
use crate::domain::number::thousands;
use crate::roster::{Bitmap, Choice, Columns, Found, Query, Search, find_addresses, list_text};

/// The most entries of a list that are named one by one.
const NAMED: usize = 50;
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
    #[arg(long, value_name = "COHORT")]
    cohort: Option<String>,
    /// The users of a list: text with addresses, or a table; a line without an address may be a
    /// user id; - reads standard input
    #[arg(long, value_name = "FILE")]
    addresses: Option<PathBuf>,
}

impl Who {
    /// The wire form; downloads the roster where a filter or a list needs it. With `strict`, a list
    /// must be found whole.
    ///
    /// # Errors
    /// What is wrong with the filter or the list, or that the roster could not be read.
    pub async fn selection(
        &self,
        site: &str,
        strict: bool,
        client: &Client,
    ) -> Result<Selection, Failure> {
        if self.all {
            return Ok(Selection::All {});
        }
        if self.rest {
            return Ok(Selection::Rest {});
        }
        if let Some(name) = &self.cohort {
            if name.trim().is_empty() {
                return Err(Failure::usage("--cohort is empty: name a cohort, or write --all"));
            }
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
        // A list of nothing is found out before a million users are fetched.
        if find_addresses(&Columns::new(), &list).asked == 0 {
            let what = format!("{}: there is nobody in this list", file.display());
            return Err(Failure::usage(format!("{what}; --all means everyone")));
        }
        let roster = client.whole_roster(site).await?;
        let found = find_addresses(&roster.columns, &list);
        told(&found, &roster);
        if strict && !found.missing.is_empty() {
            let message = format!(
                "{} found of the list; with --strict nothing is done unless all are",
                found.words()
            );
            return Err(Failure::told(Exit::Refused, message));
        }
        Ok(chosen(&found.rows, &roster))
    }
}

/// Says who of a list was not found, and who was found by another thing than the address.
fn told(found: &Found, roster: &RosterPart) {
    let missing = &found.missing;
    let count = |number: usize| thousands(number as u64);
    note(&match missing.len() {
        0 => format!("{} found.", found.words()),
        some => format!("{} found; {} not found on this site:", found.words(), count(some)),
    });
    for entry in missing.iter().take(NAMED) {
        let why = entry.why().map(|why| format!(": {why}")).unwrap_or_default();
        note(&format!("  line {}: {}{why}", entry.line, entry.text.shown_in(254)));
    }
    if missing.len() > NAMED {
        note(&format!("  and {} more", count(missing.len() - NAMED)));
    }
    if !found.by_user_id.is_empty() {
        note(&format!("{} found by the UserID, not by an address:", count(found.by_user_id.len())));
    }
    for entry in found.by_user_id.iter().take(NAMED) {
        let user = roster.columns.row(entry.number);
        let (name, address) = user.map(|user| (user.name(), user.address())).unwrap_or_default();
        let id = entry.text.shown_in(60);
        let who = format!("{} {}", name.shown_in(40), address.shown_in(254));
        note(&format!("  line {}: {id} is {}", entry.line, who.trim()));
    }
    if found.by_user_id.len() > NAMED {
        note(&format!("  and {} more", count(found.by_user_id.len() - NAMED)));
    }
    if found.several > 0 {
        note(&format!("  {} of them are on several accounts; all of these count", found.several));
    }
}

/// Reads a filter; one that asks for ticks is refused, since nothing is ticked here.
///
/// # Errors
/// Where and what is wrong.
pub fn read(filter: &str) -> Result<Query, Failure> {
    let query = Query::parse(filter).map_err(|error| {
        // A sentence a line: what is wrong, and what there is.
        let words = error.message.replace(": use ", ".\n  Use ").replace(". ", ".\n  ");
        Failure::usage(format!(
            "--select, at character {}: {words}\n  The language: hublink help filter",
            error.position + 1
        ))
    })?;
    // An unset variable in a script must not mean everyone.
    if query.is_empty() {
        return Err(Failure::usage(
            "--select: the filter is empty; everyone is --all, or in a list no --select",
        ));
    }
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
    list_text(&bytes).map_err(|error| Failure::usage(format!("{}: {error}", file.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_7_what_is_wrong_with_a_filter_is_told_a_sentence_a_line() {
        let told = read("sales foo:bar").unwrap_err().text();
        let lines: Vec<&str> = told.lines().map(str::trim).collect();
        assert_eq!(lines[0], "error: --select, at character 7: there is no filter foo.", "{told}");
        assert!(lines[1].starts_with("Use domain:") && lines[1].ends_with("ticked:."), "{told}");
        assert_eq!(
            lines[2..],
            ["Put a word with a colon in quotes.", "The language: hublink help filter"]
        );
    }

    #[test]
    fn section_5_an_empty_filter_is_never_everybody() {
        for filter in ["", "   ", "\t\n", "\"\"", "!", "! \"\"", "\u{301}"] {
            let failure = read(filter).unwrap_err();
            assert_eq!(failure.exit(), Exit::Usage, "{filter:?}");
            assert!(failure.text().contains("--all"), "{}", failure.text());
        }
        assert!(read("dept:").is_err() && read("domain:").is_err());
        assert!(read("sales").is_ok());
    }
}
