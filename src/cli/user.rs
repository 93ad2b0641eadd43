//! `hublink user`: a site's users, and their way in and out as files.

mod single;

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use clap::{Args, Subcommand};

use super::context::Context;
use super::exit::Failure;
use super::following::plan_words;
use super::grid::{Cell, Column, card};
use super::output::{Format, note};
use super::select::{matching, read};
use super::values::coded;
use crate::api::call::{Reply, Request, RosterCall, RosterPart};
use crate::api::import::{ImportApplied, ImportPreview, ImportQuery};
use crate::api::roster::User;
use crate::domain::facts::Fact;
use crate::domain::site::site_url;
use crate::roster::Bitmap;

/// The most bytes of a roster file.
const FILE_BYTES: u64 = 1 << 30;
/// The dialects of roster files.
const DIALECTS: [&str; 2] = ["site_administration", "control_hub"];

/// A site's users.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// List the users
    #[command(after_help = "Examples:\n  hublink user list --site acme.webex.example\n  \
        hublink user list --site acme.webex.example --select 'outcome:blocked' --output csv")]
    List {
        /// The site's URL
        #[arg(long, value_name = "SITE-URL", value_parser = site_url)]
        site: String,
        /// Only users who match, as in the wizard's filter
        #[arg(long, value_name = "FILTER")]
        select: Option<String>,
    },
    /// Show one user, with the preferred site and the licences
    Show(single::OneArgs),
    /// Add one user; where account linking is on, they are planned for at once
    #[command(after_help = "Example:\n  hublink user add --site acme.webex.example u4711 \
        --address ann@acme.example \\\n    --first-name Ann --last-name Lee")]
    Add(single::AddArgs),
    /// Change one user; what is not named stays
    Edit(single::EditArgs),
    /// Take in a roster file, after showing what it would change
    #[command(after_help = "Examples:\n  hublink user import --site acme.webex.example users.csv \
        --dry-run\n  hublink user import --site acme.webex.example users.csv --yes\n\nReads the \
        exports of Site Administration and Control Hub as they are.")]
    Import(ImportArgs),
    /// Write the users as a roster file
    #[command(after_help = "Example:\n  hublink user export --site acme.webex.example --dialect \
        control_hub --file users.csv")]
    Export {
        /// The site's URL
        #[arg(long, value_name = "SITE-URL", value_parser = site_url)]
        site: String,
        /// Whose columns
        #[arg(long, default_value = DIALECTS[0], value_parser = coded(DIALECTS, dialect))]
        dialect: &'static str,
        /// Where to; standard output when absent
        #[arg(long)]
        file: Option<PathBuf>,
    },
}

/// A roster file on its way in.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The site's URL
    #[arg(long, value_name = "SITE-URL", value_parser = site_url)]
    site: String,
    /// The file; - reads standard input
    file: PathBuf,
    /// Deactivate the users who are not in the file
    #[arg(long)]
    replace: bool,
    /// Only show what would change
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

fn dialect(code: &str) -> Option<&'static str> {
    DIALECTS.into_iter().find(|dialect| *dialect == code)
}

/// Users in tables and CSV.
pub const COLUMNS: &[Column<User>] = &[
    Column { name: "number", cell: |user| Cell::Count(user.number.into()) },
    Column { name: "user_id", cell: |user| Cell::Text(user.user_id.clone()) },
    Column { name: "name", cell: |user| Cell::Text(user.name.clone()) },
    Column { name: "address", cell: |user| Cell::Text(user.address.clone()) },
    Column { name: "department", cell: |user| Cell::Text(user.department.clone()) },
    Column { name: "active", cell: |user| Cell::yes_no(user.active) },
    Column { name: "state", cell: |user| Cell::Word(user.state.code()) },
    Column {
        name: "outcome",
        cell: |user| Cell::maybe(user.outcome, |outcome| Cell::Word(outcome.code())),
    },
];

const PREVIEW: &[Column<ImportPreview>] = &[
    Column { name: "read_as", cell: |preview| Cell::plain_text(&preview.read_as) },
    Column { name: "rows", cell: |preview| Cell::Count(preview.rows) },
    Column { name: "new", cell: |preview| Cell::Count(preview.new) },
    Column { name: "changed", cell: |preview| Cell::Count(preview.changed) },
    Column { name: "address_changed", cell: |preview| Cell::Count(preview.address_changed) },
    Column { name: "deactivated", cell: |preview| Cell::Count(preview.deactivated) },
    Column { name: "unchanged", cell: |preview| Cell::Count(preview.unchanged) },
    Column { name: "not_in_file", cell: |preview| Cell::Count(preview.not_in_file) },
    Column { name: "bad_addresses", cell: |preview| Cell::Count(preview.bad_addresses) },
];

const APPLIED: &[Column<ImportApplied>] = &[
    Column { name: "id", cell: |applied| Cell::plain_text(&applied.id) },
    Column { name: "roster_revision", cell: |applied| Cell::Count(applied.roster_revision) },
    Column { name: "users", cell: |applied| Cell::Count(applied.users) },
];

/// Does it.
///
/// # Errors
/// What went wrong.
pub async fn run(command: UserCommand, cx: &mut Context) -> Result<(), Failure> {
    match command {
        UserCommand::List { site, select } => {
            let query = select.as_deref().map(read).transpose()?;
            let roster = cx.client()?.whole_roster(&site).await?;
            let rows = match query {
                Some(query) => matching(query, &roster)?,
                None => Bitmap::full(roster.columns.len()),
            };
            cx.out.list(users(&rows, &roster), COLUMNS)
        }
        UserCommand::Show(args) => single::show(args, cx).await,
        UserCommand::Add(args) => single::add(args, cx).await,
        UserCommand::Edit(args) => single::edit(args, cx).await,
        UserCommand::Import(args) => import(args, cx).await,
        UserCommand::Export { site, dialect, file } => export(site, dialect, file, cx).await,
    }
}

/// The users of these numbers, as the API lists them.
pub fn users<'a>(rows: &'a Bitmap, roster: &'a RosterPart) -> impl Iterator<Item = User> + Clone {
    let chosen = (0..roster.columns.len()).filter(|number| rows.contains(*number));
    let row = |number| roster.columns.row(number).map(|row| (number, row));
    chosen.filter_map(row).map(|(number, row)| User {
        number,
        user_id: row.user_id(),
        name: row.name(),
        address: row.address(),
        department: row.department(),
        active: !row.facts().has(Fact::Inactive),
        state: row.state(),
        preferred_site: None,
        outcome: roster.head.method.map(|method| row.outcome(method)),
    })
}

async fn import(args: ImportArgs, cx: &mut Context) -> Result<(), Failure> {
    let client = cx.client()?;
    let bytes = Bytes::from(file_or_stdin(&args.file, FILE_BYTES)?);
    let query = ImportQuery { replace: args.replace };
    let request = Request::Roster(RosterCall::Import(args.site.clone(), query, bytes));
    let Reply::ImportPreview(preview) = client.send(&request, None).await? else {
        return Err(Failure::odd_reply());
    };
    // The result of a command that goes on is what it did; the preview is then said beside it.
    if args.dry_run || cx.out.format() == Format::Table {
        cx.out.one_as(&*preview, PREVIEW, || words(&preview))?;
    } else {
        note(&words(&preview));
    }
    if args.dry_run {
        return Ok(());
    }
    let otherwise = "nothing was changed; look with --dry-run, then use --yes";
    if !args.yes && !cx.person.agrees("Import these users?", otherwise).await? {
        return Err(Failure::failed("nothing was changed"));
    }
    let request = Request::Roster(RosterCall::ApplyImport(args.site, preview.id.clone()));
    let Reply::ImportApplied(applied) = client.send(&request, None).await? else {
        return Err(Failure::odd_reply());
    };
    cx.out.one_as(&applied, APPLIED, || {
        let mut text = card(&applied, APPLIED);
        if let Some(plan) = &applied.plan {
            text.push_str(&plan_words(plan));
        }
        text
    })
}

fn words(preview: &ImportPreview) -> String {
    let mut text = card(preview, PREVIEW);
    for sample in &preview.samples {
        let _ = writeln!(
            text,
            "  {}  {}  {}",
            sample.user_id.shown_in(24),
            sample.name.shown_in(30),
            sample.change.shown_in(80)
        );
    }
    if preview.not_in_file > 0 && !preview.replace {
        text.push_str("Users not in the file stay as they are; --replace deactivates them.\n");
    }
    if preview.address_changed > 0 {
        text.push_str("A changed address revokes the pending invitation of the old one.\n");
    }
    text
}

async fn export(
    site: String,
    dialect: &str,
    file: Option<PathBuf>,
    cx: &mut Context,
) -> Result<(), Failure> {
    if file.is_none() && cx.out.is_terminal() {
        return Err(Failure::usage("an export is a file: use --file FILE, or redirect it"));
    }
    let request = Request::Roster(RosterCall::Export(site, dialect.to_owned()));
    let Reply::File(bytes) = cx.ask(request).await? else {
        return Err(Failure::odd_reply());
    };
    let Some(path) = file else { return cx.out.bytes(&bytes) };
    std::fs::write(&path, &bytes)
        .map_err(|error| Failure::failed(format!("{}: {error}", path.display())))?;
    note(&format!("Written to {}.", path.display()));
    Ok(())
}

/// The bytes of a file, or of standard input for `-`; at most `most` of them.
///
/// # Errors
/// What the system said, or that there are more.
pub fn file_or_stdin(path: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    let wrong = |what: String| Failure::usage(format!("{}: {what}", path.display()));
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(most + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes))
    };
    read.map_err(|error| wrong(error.to_string()))?;
    if bytes.len() as u64 > most {
        return Err(wrong(format!("is larger than {} MiB", most >> 20)));
    }
    Ok(bytes)
}
