//! `hublink org directory-sync`: whom the sync blocks and why, and the remedy (rule U9).

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Subcommand;

use super::context::Context;
use super::exit::Failure;
use super::grid::{Cell, Column, card, local};
use super::loss::{Loss, Right, Yes, ask_allowed};
use super::user::file_or_stdin;
use crate::api::directory_sync::{
    DirectorySync, DoDirectoryStep, FailingUser, ListFailingUsers, SetDirectorySync,
    SetDirectorySyncCall, ShowDirectorySync,
};
use crate::api::endpoint::{Code, Endpoint as _, Nothing};
use crate::api::page::PageQuery;
use crate::api::route::FILE;
use crate::domain::directory_sync::SyncStep;
use crate::domain::number::{count, thousands};
use crate::domain::role::Action;

/// Directory sync of an organization.
#[derive(Debug, Subcommand)]
pub enum SyncCommand {
    /// Show how the sync stands, how many it blocks, and the steps of the remedy
    Show(Id),
    /// List whom it blocks, with both spellings where only the case differs
    Users(Id),
    /// Step 1: stop the sync, so that it blocks nobody
    Pause(Id),
    /// Step 2, after a question: the sites take the directory's spelling; who is absent is noted
    Convert(ConvertArgs),
    /// Step 3: show what resuming would do
    DryRun(Id),
    /// Step 4: add the noted users to the directory, and start the sync again
    Resume(Id),
    /// Switch the sync, and tell what the directory has; asks where either changes
    #[command(
        after_help = "Example:\n  hublink org directory-sync set acme --on true --directory \
        addresses.txt\n\nThe file has one address a line, spelled as the directory spells it."
    )]
    Set {
        /// The organization's id
        #[arg(value_name = "ORG")]
        id: String,
        /// Whether the sync is on
        #[arg(long, value_name = "true|false", action = clap::ArgAction::Set)]
        on: bool,
        /// The directory's addresses, one a line; - reads standard input
        #[arg(long, value_name = "FILE")]
        directory: Option<PathBuf>,
        #[command(flatten)]
        yes: Yes,
    },
}

/// Which organization.
#[derive(Debug, clap::Args)]
pub struct Id {
    /// The organization's id
    #[arg(value_name = "ORG")]
    id: String,
}

/// Which organization's spellings go.
#[derive(Debug, clap::Args)]
pub struct ConvertArgs {
    #[command(flatten)]
    org: Id,
    #[command(flatten)]
    yes: Yes,
}

pub(super) const COLUMNS: &[Column<DirectorySync>] = &[
    Column { name: "organization", cell: |sync| Cell::plain_text(&sync.organization) },
    Column { name: "on", cell: |sync| Cell::yes_no(sync.on) },
    Column { name: "paused", cell: |sync| Cell::yes_no(sync.paused) },
    Column { name: "directory", cell: |sync| Cell::Count(sync.directory) },
    Column { name: "failing", cell: |sync| Cell::Count(sync.failing) },
    Column { name: "absent", cell: |sync| Cell::Count(sync.absent) },
    Column { name: "differs_in_case", cell: |sync| Cell::Count(sync.differs_in_case) },
    Column { name: "noted", cell: |sync| Cell::Count(sync.noted) },
];

const USERS: &[Column<FailingUser>] = &[
    Column { name: "site", cell: |user| Cell::Text(user.site.clone()) },
    Column { name: "user_id", cell: |user| Cell::Text(user.user_id.clone()) },
    Column { name: "name", cell: |user| Cell::Text(user.name.clone()) },
    Column { name: "address", cell: |user| Cell::Text(user.address.clone()) },
    Column { name: "why", cell: |user| Cell::Word(user.why.code()) },
    Column {
        name: "in_directory",
        cell: |user| Cell::maybe(user.in_directory.clone(), Cell::Text),
    },
];

/// Does it.
///
/// # Errors
/// What went wrong.
pub async fn run(command: SyncCommand, cx: &mut Context) -> Result<(), Failure> {
    let call = match command {
        SyncCommand::Users(Id { id }) => return users(id, cx).await,
        SyncCommand::Show(Id { id }) => ShowDirectorySync::call(id, Nothing, Nothing),
        SyncCommand::Pause(Id { id }) => {
            DoDirectoryStep::call((id, Code::new(SyncStep::Pause.code())), Nothing, Nothing)
        }
        SyncCommand::Convert(ConvertArgs { org: Id { id }, yes }) => {
            let right = Right::In(&id, Action::DirectorySync);
            ask_allowed(yes, right, lost(&id, cx), cx).await?;
            DoDirectoryStep::call((id, Code::new(SyncStep::Convert.code())), Nothing, Nothing)
        }
        SyncCommand::DryRun(Id { id }) => {
            DoDirectoryStep::call((id, Code::new(SyncStep::DryRun.code())), Nothing, Nothing)
        }
        SyncCommand::Resume(Id { id }) => {
            DoDirectoryStep::call((id, Code::new(SyncStep::Resume.code())), Nothing, Nothing)
        }
        SyncCommand::Set { id, on, directory, yes } => {
            let directory = directory.map(|path| file_or_stdin(&path, FILE as u64)).transpose()?;
            let set = SetDirectorySync { on, directory: directory.map(|bytes| lines(&bytes)) };
            let right = Right::In(&id, Action::DirectorySync);
            ask_allowed(yes, right, changed(&id, &set, cx), cx).await?;
            SetDirectorySyncCall::call(id, Nothing, set)
        }
    };
    let sync: DirectorySync = cx.ask(call).await?;
    cx.out.one_as(&sync, COLUMNS, || words(&sync))
}

/// The addresses of a file, one a line.
fn lines(file: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(file);
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn addresses(n: u64) -> String {
    format!("{} {}", thousands(n), if n == 1 { "address" } else { "addresses" })
}

/// Whom the sync blocks differently from then on; nothing where the setting stays.
async fn changed(id: &str, set: &SetDirectorySync, cx: &Context) -> Result<Option<Loss>, Failure> {
    let sync: DirectorySync =
        cx.ask(ShowDirectorySync::call(id.to_owned(), Nothing, Nothing)).await?;
    let has = set.directory.as_ref().map_or(sync.directory, |lines| lines.len() as u64);
    let list = format!("the directory of {}", addresses(has));
    let mut what = match (sync.on, set.on) {
        (false, true) => format!("Whoever is not in {list} is blocked from now on."),
        (true, false) => {
            format!(
                "The sync stops: {} that it blocks can be invited.",
                count(sync.failing, "user")
            )
        }
        _ => String::new(),
    };
    if set.directory.is_some() && sync.directory > 0 {
        let old = addresses(sync.directory);
        let _ = write!(what, " Its list of {old} is replaced by one of {}.", thousands(has));
    }
    let what = what.trim_start().to_owned();
    Ok((!what.is_empty()).then(|| Loss { what, question: "Set it so?".to_owned() }))
}

/// Whose spelling goes; nothing where nobody's differs.
async fn lost(id: &str, cx: &Context) -> Result<Option<Loss>, Failure> {
    let sync: DirectorySync =
        cx.ask(ShowDirectorySync::call(id.to_owned(), Nothing, Nothing)).await?;
    let what = format!(
        "{} of the sites take the directory's spelling of their address; their own is not kept. \
         {} in no directory are noted, to be added to it.",
        count(sync.differs_in_case, "user"),
        count(sync.absent, "user"),
    );
    let some = sync.differs_in_case > 0;
    Ok(some.then(|| Loss { what, question: "Convert them?".to_owned() }))
}

async fn users(id: String, cx: &mut Context) -> Result<(), Failure> {
    cx.list_pages(
        |cursor| ListFailingUsers::call(id.clone(), PageQuery::at(cursor), Nothing),
        USERS,
    )
    .await
}

fn words(sync: &DirectorySync) -> String {
    let mut text = card(sync, COLUMNS);
    if !sync.on {
        return text;
    }
    for (number, step) in (1..).zip(&sync.steps) {
        let title = step.step.title();
        let stands = match (step.done_at, &step.why_not) {
            (Some(at), _) => format!("done {}", local(at)),
            (None, None) => "can be done now".to_owned(),
            (None, Some(why)) => why.clone(),
        };
        let _ = writeln!(text, "  {number}. {title:18} {stands}");
        if let Some(result) = step.result {
            let _ = writeln!(
                text,
                "     {} respelled, {} added to the directory, {} fail still",
                result.respelled, result.added, result.failing
            );
        }
    }
    text
}
