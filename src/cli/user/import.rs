//! `hublink user import`: a preview first, then exactly that (SPEC section 9).
//!
//! Owns what is asked before: a yes, and for a replacement the number of users it deactivates,
//! typed or given. Must not judge a file: the backend does.

use std::fmt::Write as _;
use std::path::PathBuf;

use bytes::Bytes;
use clap::Args;

use super::file_or_stdin;
use crate::api::endpoint::{Endpoint as _, File, Nothing};
use crate::api::import::{
    ApplyImport, ApplyImportCall, ImportApplied, ImportPreview, ImportQuery, ImportSample,
    PreviewImport,
};
use crate::api::route::FILE;
use crate::api::site::{ShowSite, Site};
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure};
use crate::cli::following::plan_words;
use crate::cli::grid::{Cell, Column, card};
use crate::cli::output::{Format, note};
use crate::cli::progress::Progress;
use crate::cli::site::next::next;
use crate::cli::standard::hint;
use crate::domain::number::thousands;
use crate::domain::site::site_url;

/// A roster file on its way in.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The site's URL
    #[arg(long, value_name = "SITE-URL", value_parser = site_url)]
    site: String,
    /// The file; - reads standard input
    file: PathBuf,
    /// Deactivate the users who are not in the file; asks for their number
    #[arg(long)]
    replace: bool,
    /// With --replace: how many active users are not in the file, as the preview says; does not ask
    #[arg(long, value_name = "N", requires = "replace")]
    confirm: Option<u64>,
    /// Only show what would change
    #[arg(long, conflicts_with_all = ["yes", "confirm"])]
    dry_run: bool,
    /// Do not ask; with --replace give --confirm N instead
    #[arg(long)]
    yes: bool,
}

const PREVIEW: &[Column<ImportPreview>] = &[
    Column { name: "read_as", cell: |preview| Cell::plain_text(&preview.read_as) },
    Column { name: "rows", cell: |preview| Cell::Count(preview.rows) },
    Column { name: "new", cell: |preview| Cell::Count(preview.new) },
    Column {
        name: "new_with_known_address",
        cell: |preview| Cell::Count(preview.new_with_known_address),
    },
    Column { name: "changed", cell: |preview| Cell::Count(preview.changed) },
    Column { name: "address_changed", cell: |preview| Cell::Count(preview.address_changed) },
    Column {
        name: "linked_address_changed",
        cell: |preview| Cell::Count(preview.linked_address_changed),
    },
    Column { name: "deactivated", cell: |preview| Cell::Count(preview.deactivated) },
    Column { name: "activated", cell: |preview| Cell::Count(preview.activated) },
    Column { name: "unchanged", cell: |preview| Cell::Count(preview.unchanged) },
    Column { name: "ambiguous", cell: |preview| Cell::Count(preview.ambiguous) },
    Column { name: "not_in_file", cell: |preview| Cell::Count(preview.not_in_file) },
    Column { name: "active_not_in_file", cell: |preview| Cell::Count(preview.active_not_in_file) },
    Column { name: "bad_addresses", cell: |preview| Cell::Count(preview.bad_addresses) },
];

const APPLIED: &[Column<ImportApplied>] = &[
    Column { name: "id", cell: |applied| Cell::plain_text(&applied.id) },
    Column { name: "roster_revision", cell: |applied| Cell::Count(applied.roster_revision) },
    Column { name: "users", cell: |applied| Cell::Count(applied.users) },
];

/// Does it.
pub async fn run(args: ImportArgs, cx: &mut Context) -> Result<(), Failure> {
    let client = cx.client()?;
    let bytes = Bytes::from(file_or_stdin(&args.file, FILE as u64)?);
    let query = ImportQuery { replace: args.replace };
    let request = PreviewImport::call(args.site.clone(), query, File(bytes));
    let progress = Progress::of(cx);
    let read = progress.during("Reading the file", &args.site, client.ask(&request));
    let preview: ImportPreview = read.await?;
    // The result of a command that goes on is what it did; the preview is then said beside it.
    if args.dry_run || (cx.out.format() == Format::Table && !cx.out.has_fields()) {
        cx.out.one_as(&preview, PREVIEW, || words(&preview))?;
    } else {
        note(&words(&preview));
    }
    if args.dry_run {
        return Ok(());
    }
    cx.out.expects(APPLIED)?;
    let replaced = preview.replace && preview.active_not_in_file > 0;
    let changes = preview.new + preview.changed + preview.deactivated + preview.activated;
    if changes == 0 && !replaced {
        // There is nothing to ask, and nothing to do.
        return match cx.out.format() {
            Format::Table if !cx.out.has_fields() => Ok(()),
            _ => cx.out.one(&preview, PREVIEW),
        };
    }
    if replaced {
        replaces(&args, &preview, cx).await?;
    } else {
        let otherwise = "nothing was changed; look with --dry-run, then use --yes";
        let asks = !args.yes && args.confirm.is_none();
        if asks && !cx.person.agrees("Import these users?", otherwise).await? {
            return Err(Failure::failed("nothing was changed"));
        }
    }
    let said = ApplyImport { deactivates: replaced.then_some(preview.active_not_in_file) };
    let request = ApplyImportCall::call((args.site.clone(), preview.id.clone()), said, Nothing);
    let taken = progress.during("Taking the users in", &args.site, client.ask(&request));
    let applied: ImportApplied = taken.await?;
    let site = client.ask::<Site>(&ShowSite::call(args.site, Nothing, Nothing)).await;
    cx.out.one_as(&applied, APPLIED, || {
        let mut text = card(&applied, APPLIED);
        if let Some(plan) = &applied.plan {
            text.push_str(&plan_words(plan));
        } else if let Ok(site) = &site
            && let Some(next) = next(site)
        {
            hint(&mut text, &format!("Next: {next}"));
        }
        text
    })
}

/// A replacement deactivates whoever is missing: their number is typed, or given.
async fn replaces(args: &ImportArgs, preview: &ImportPreview, cx: &Context) -> Result<(), Failure> {
    let number = preview.active_not_in_file;
    let lost = format!(
        "--replace deactivates the {} active users who are not in the file",
        thousands(number)
    );
    let mut given = args.confirm;
    if given.is_none() {
        let otherwise = format!(
            "nothing was changed; {lost}: look with --dry-run, then use --confirm {number}"
        );
        if args.yes {
            return Err(Failure::usage(otherwise));
        }
        let question = format!("{lost}. Type their number to go on: ");
        given = cx.person.line(&question, &otherwise).await?.replace(',', "").parse().ok();
    }
    if given == Some(number) {
        return Ok(());
    }
    let message = format!("nothing was changed; {lost}, and that is another number");
    Err(Failure::told(Exit::Conflict, message))
}

/// What would change, then the changes one by one: those that can hurt first.
fn words(preview: &ImportPreview) -> String {
    let mut text = card(preview, PREVIEW);
    if preview.new + preview.changed == 0 && (!preview.replace || preview.deactivated == 0) {
        text.push_str("Nothing changes.\n");
    }
    let lists = [
        (
            "Linked or confirmed users who get another address. They stay linked under the old one; \
             the\nnext plan asks or links under the new one:",
            preview.linked_address_changed,
            &preview.linked_address_samples,
        ),
        (
            "New users whose address another account has (a UserID may have lost its leading zeros):",
            preview.new_with_known_address,
            &preview.known_address_samples,
        ),
        (
            "Addresses that cannot be used, and why; these users are imported and blocked:",
            preview.bad_addresses,
            &preview.bad_samples,
        ),
        ("Changes:", preview.new + preview.changed + preview.ambiguous, &preview.samples),
    ];
    for (title, count, samples) in lists {
        list(&mut text, title, count, samples);
    }
    if preview.not_in_file > 0 && !preview.replace {
        text.push_str("Users not in the file stay as they are; --replace deactivates them.\n");
    }
    if preview.address_changed > 0 {
        text.push_str("A changed address revokes the pending invitation of the old one.\n");
    }
    text
}

fn list(text: &mut String, title: &str, count: u64, samples: &[ImportSample]) {
    if samples.is_empty() {
        return;
    }
    let _ = writeln!(text, "{title}");
    for sample in samples {
        let (id, name) = (sample.user_id.shown_in(40), sample.name.shown_in(30));
        let _ = writeln!(text, "  {id}  {name}  {}", sample.change.shown_in(400));
    }
    let more = count.saturating_sub(samples.len() as u64);
    if more > 0 {
        let _ = writeln!(text, "  and {} more", thousands(more));
    }
}
