//! `hublink licence`: licences out and back in, as Control Hub's CSV (rule U8).

use std::path::{Path, PathBuf};

use bytes::Bytes;
use clap::{Args, Subcommand};

use super::context::{Context, all_pages};
use super::exit::{Exit, Failure};
use super::grid::{Cell, Column, card, table};
use super::output::export::ExportArgs;
use super::output::{Format, note};
use super::progress::Progress;
use super::user::file_or_stdin;
use crate::api::call::Request;
use crate::api::endpoint::{Endpoint as _, File, Nothing};
use crate::api::licences::{
    ApplyLicences, ExportLicences, LicenceExportQuery, LicenceImport, LicenceImportQuery,
    LicenceResult, LicenceRow, ListLicenceRows, PreviewLicences,
};
use crate::api::page::PageQuery;
use crate::api::route::FILE;
use crate::config::private_file;
use crate::domain::services::Service;
use crate::domain::site::site_url;
use crate::table::write_csv;

/// The most refused rows that are told one by one.
const TOLD: usize = 50;

/// Licences.
#[derive(Debug, Subcommand)]
pub enum LicenceCommand {
    /// Write the CSV that assigns licences to linked users
    #[command(after_help = "Examples:\n  hublink licence export --site acme.webex.example -o \
        licences.csv\n  hublink licence export --site acme.webex.example --assign \
        messaging,meetings > licences.csv\n\nUsers created by linking get no licence by \
        themselves. Without --assign, the services are TRUE that the\norganization assigns \
        automatically to others.")]
    Export {
        /// The site's URL
        #[arg(long, value_name = "SITE-URL", value_parser = site_url)]
        site: String,
        /// All linked users, not only those without a licence
        #[arg(long)]
        all: bool,
        /// The services to assign, joined by commas, or none
        #[arg(long, value_name = "SERVICES")]
        assign: Option<String>,
        #[command(flatten)]
        to: ExportArgs,
    },
    /// Take the CSV back in, after showing what it would change
    #[command(after_help = "Examples:\n  hublink licence import --site acme.webex.example \
        licences.csv --dry-run\n  hublink licence import --site acme.webex.example licences.csv \
        --yes --rows results.csv\n\nTRUE assigns. FALSE leaves a licence as it is, with --remove \
        it takes it away.")]
    Import(ImportArgs),
}

/// A licence file on its way in.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The site's URL
    #[arg(long, value_name = "SITE-URL", value_parser = site_url)]
    site: String,
    /// The file; - reads standard input
    file: PathBuf,
    /// FALSE takes a licence away
    #[arg(long)]
    remove: bool,
    /// Only show what would change
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Write the result of every row into this CSV
    #[arg(long, value_name = "FILE")]
    rows: Option<PathBuf>,
}

pub(super) const IMPORT: &[Column<LicenceImport>] = &[
    Column { name: "id", cell: |import| Cell::plain_text(&import.id) },
    Column { name: "read_as", cell: |import| Cell::plain_text(&import.read_as) },
    Column { name: "rows", cell: |import| Cell::Count(import.rows) },
    Column { name: "changes", cell: |import| Cell::Count(import.changes) },
    Column { name: "unchanged", cell: |import| Cell::Count(import.unchanged) },
    Column { name: "refused", cell: |import| Cell::Count(import.refused) },
    Column { name: "assigned", cell: |import| counts(&import.assigned) },
    Column { name: "removed", cell: |import| counts(&import.removed) },
    Column {
        name: "ignored_columns",
        cell: |import| match import.ignored_columns.as_slice() {
            [] => Cell::Nothing,
            some => Cell::joined(some.iter().map(super::super::domain::untrusted::Untrusted::raw)),
        },
    },
    Column { name: "applied_at", cell: |import| Cell::maybe(import.applied_at, Cell::At) },
];

const ROWS: &[Column<LicenceRow>] = &[
    Column { name: "line", cell: |row| Cell::Count(row.line) },
    Column { name: "address", cell: |row| Cell::Text(row.address.clone()) },
    Column { name: "result", cell: |row| Cell::Word(row.result.code()) },
    Column { name: "assign", cell: |row| services(&row.assign) },
    Column { name: "remove", cell: |row| services(&row.remove) },
    Column { name: "reason", cell: |row| Cell::plain_text(&row.reason) },
];

fn counts(counts: &std::collections::BTreeMap<String, u64>) -> Cell {
    if counts.is_empty() {
        return Cell::Nothing;
    }
    Cell::joined(counts.iter().map(|(service, count)| format!("{service} {count}")))
}

fn services(services: &[Service]) -> Cell {
    Cell::joined(services.iter().map(|service| service.code()))
}

/// Does it.
///
/// # Errors
/// What went wrong.
pub async fn run(command: LicenceCommand, cx: &mut Context) -> Result<(), Failure> {
    match command {
        LicenceCommand::Export { site, all, assign, to } => {
            to.check(None, &cx.out)?;
            let of = site.clone();
            let call = ExportLicences::call(site, LicenceExportQuery { all, assign }, Nothing);
            let asked = cx.ask(call);
            let written = Progress::of(cx).during("Writing the licences", &of, asked).await?;
            let File(bytes): File = written;
            to.write(&bytes, &mut cx.out)
        }
        LicenceCommand::Import(args) => import(args, cx).await,
    }
}

async fn import(args: ImportArgs, cx: &mut Context) -> Result<(), Failure> {
    let bytes = Bytes::from(file_or_stdin(&args.file, FILE as u64)?);
    let query = LicenceImportQuery { remove: args.remove };
    let progress = Progress::of(cx);
    let read = ask(PreviewLicences::call(args.site.clone(), query, File(bytes)), cx);
    let preview = progress.during("Reading the file", &args.site, read).await?;
    let rows = rows(&args.site, &preview.id, cx).await?;
    // The result of a command that goes on is what it did; the preview is then said beside it.
    if args.dry_run || cx.out.format() == Format::Table {
        cx.out.one_as(&preview, IMPORT, || words(&preview, &rows))?;
    } else {
        note(&words(&preview, &rows));
    }
    if args.dry_run {
        return keep(args.rows.as_deref(), &rows);
    }
    let otherwise = "nothing was changed; look with --dry-run, then use --yes";
    if !args.yes && !cx.person.agrees("Change these licences?", otherwise).await? {
        return Err(Failure::failed("nothing was changed"));
    }
    let taken =
        ask(ApplyLicences::call((args.site.clone(), preview.id.clone()), Nothing, Nothing), cx);
    let done = progress.during("Changing the licences", &args.site, taken).await?;
    let rows = self::rows(&args.site, &preview.id, cx).await?;
    keep(args.rows.as_deref(), &rows)?;
    cx.out.one_as(&done, IMPORT, || words(&done, &rows))?;
    if done.refused > 0 {
        let message = "some rows were refused; the others are done";
        return Err(Failure::told(Exit::Refused, message));
    }
    Ok(())
}

async fn ask(request: Request, cx: &Context) -> Result<LicenceImport, Failure> {
    cx.ask(request).await
}

async fn rows(site: &str, id: &str, cx: &Context) -> Result<Vec<LicenceRow>, Failure> {
    let page = |cursor| {
        ListLicenceRows::call((site.to_owned(), id.to_owned()), PageQuery::at(cursor), Nothing)
    };
    all_pages(&cx.client()?, page).await
}

/// What changes, then the rows that are refused.
fn words(import: &LicenceImport, rows: &[LicenceRow]) -> String {
    let mut text = card(import, IMPORT);
    let is_refused =
        |row: &&LicenceRow| matches!(row.result, LicenceResult::Refused | LicenceResult::Stale);
    let refused: Vec<&LicenceRow> = rows.iter().filter(is_refused).take(TOLD).collect();
    if !refused.is_empty() {
        text.push('\n');
        text.push_str(&table(refused.into_iter(), ROWS, None));
    }
    text
}

fn keep(path: Option<&Path>, rows: &[LicenceRow]) -> Result<(), Failure> {
    let Some(path) = path else { return Ok(()) };
    let headers: Vec<&str> = ROWS.iter().map(|column| column.name).collect();
    let cells = rows.iter().map(|row| ROWS.iter().map(|column| (column.cell)(row).plain()));
    save(path, write_csv(&headers, cells).as_bytes())
}

fn save(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    private_file::export(path, bytes)
        .map_err(|error| Failure::failed(format!("{}: {error}", path.display())))?;
    note(&format!("Written to {}.", path.display()));
    Ok(())
}
