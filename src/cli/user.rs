//! `hublink user`: a site's users, and their way in and out as files.

mod export;
mod import;
pub mod single;

use std::io::Read as _;
use std::path::Path;

use clap::Subcommand;

use super::context::Context;
use super::exit::Failure;
use super::grid::{Cell, Column};
use super::output::export::ExportArgs;
use super::progress::Progress;
use super::select::{matching, read};
use super::values::coded;
use crate::api::call::RosterPart;
use crate::api::import::DialectName;
use crate::api::roster::User;
use crate::domain::facts::Fact;
use crate::domain::site::site_url;
use crate::roster::Bitmap;

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
        --dry-run\n  hublink user import --site acme.webex.example users.csv --yes\n  hublink user \
        import --site acme.webex.example users.csv --replace --confirm 12\n\nReads the exports of \
        Site Administration and Control Hub as they are. A column that is not in the\nfile says \
        nothing: what was known stays. Passwords are dropped.")]
    Import(import::ImportArgs),
    /// Write the users as a roster file
    #[command(after_help = "Example:\n  hublink user export --site acme.webex.example --dialect \
        control_hub -o users.csv\n\nA file is in the dialect's own encoding (Site Administration: \
        UTF-16 with a byte order mark);\na pipe gets UTF-8 without one, or with --encoding product \
        the same as a file.\nControl Hub knows users by address: who has none, or shares it with an \
        active account, is\nleft out there and named.")]
    Export {
        /// The site's URL
        #[arg(long, value_name = "SITE-URL", value_parser = site_url)]
        site: String,
        /// Whose columns
        #[arg(long, default_value = DialectName::default().code(), value_parser = coded(
            DialectName::ALL.map(DialectName::code),
            DialectName::from_code,
        ))]
        dialect: DialectName,
        #[command(flatten)]
        to: ExportArgs,
    },
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
    Column {
        name: "reason",
        cell: |user| {
            Cell::maybe(user.outcome, |outcome| {
                Cell::plain_text(&outcome.reason_for(user.address.raw()))
            })
        },
    },
];

/// Does it.
///
/// # Errors
/// What went wrong.
pub async fn run(command: UserCommand, cx: &mut Context) -> Result<(), Failure> {
    match command {
        UserCommand::List { site, select } => {
            let query = select.as_deref().map(read).transpose()?;
            let client = cx.client()?;
            let read = client.whole_roster(&site);
            let roster = Progress::of(cx).during("Reading the users", &site, read).await?;
            let rows = match query {
                Some(query) => matching(query, &roster)?,
                None => Bitmap::full(roster.columns.len()),
            };
            cx.out.list(users(&rows, &roster), COLUMNS)
        }
        UserCommand::Show(args) => single::show(args, cx).await,
        UserCommand::Add(args) => single::add(args, cx).await,
        UserCommand::Edit(args) => single::edit(args, cx).await,
        UserCommand::Import(args) => import::run(args, cx).await,
        UserCommand::Export { site, dialect, to } => export::run(site, dialect, &to, cx).await,
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
