//! `hublink user export`: the roster as a file, and who is not in it.
//!
//! Owns telling who could not be written (SPEC section 9). The rule is the table's, which the
//! backend's export goes by as well.

use crate::api::call::RosterPart;
use crate::api::endpoint::{Endpoint as _, File, Nothing};
use crate::api::import::{DialectName, ExportQuery, ExportRoster};
use crate::cli::context::Context;
use crate::cli::exit::Failure;
use crate::cli::output::export::ExportArgs;
use crate::cli::output::note;
use crate::cli::progress::Progress;
use crate::domain::facts::Fact;
use crate::domain::number::thousands;
use crate::table::{Dialect, unwritable};

/// The most users who are named one by one.
const NAMED: usize = 50;

/// Writes the export, then says who is left out.
pub async fn run(
    site: String,
    dialect: DialectName,
    to: &ExportArgs,
    cx: &mut Context,
) -> Result<(), Failure> {
    let instead = format!("hublink user list --site {site} -o FILE");
    to.check(Some(&instead), &cx.out)?;
    let request = ExportRoster::call(site.clone(), ExportQuery { dialect }, Nothing);
    let written = Progress::of(cx).during("Writing the users", &site, cx.ask(request)).await?;
    let File(bytes): File = written;
    to.write(&bytes, &mut cx.out)?;
    if dialect == DialectName::ControlHub {
        let roster = cx.client()?.whole_roster(&site).await?;
        left_out(&roster);
    }
    Ok(())
}

fn left_out(roster: &RosterPart) {
    let rows = || (0..roster.columns.len()).filter_map(|number| roster.columns.row(number));
    let accounts =
        rows().map(|row| (row.address().raw().to_owned(), !row.facts().has(Fact::Inactive)));
    let left = unwritable(Dialect::ControlHub, accounts);
    if left.is_empty() {
        return;
    }
    let count = thousands(left.len() as u64);
    note(&format!("{count} not in the file, which knows users by their address alone:"));
    for (at, why) in left.iter().take(NAMED) {
        let Some(row) = u32::try_from(*at).ok().and_then(|at| roster.columns.row(at)) else {
            continue;
        };
        let (id, name) = (row.user_id(), row.name());
        note(&format!("  {}  {}  {}", id.shown_in(40), name.shown_in(40), why.reason()));
    }
    if left.len() > NAMED {
        note(&format!("  and {} more", thousands((left.len() - NAMED) as u64)));
    }
}
