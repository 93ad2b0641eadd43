//! `hublink session`: one's own sessions (rule P5).

use clap::Subcommand;

use super::context::Context;
use super::exit::Failure;
use super::grid::{Cell, Column};
use super::output::note;
use crate::api::access::{EndSession, EndSessions, ListSessions, Session};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::page::PageQuery;

/// Your sessions.
#[derive(Debug, Subcommand)]
pub enum SessionCommand {
    /// List your sessions: since when, until when, and which one this is
    List,
    /// End a session of yours
    #[command(
        after_help = "Examples:\n  hublink session end ses_4k2m\n  hublink session end --all  \
        everywhere but here\n\n`hublink logout` ends the one that is kept on this machine."
    )]
    End {
        /// The session's id, as listed
        #[arg(value_name = "SESSION", required_unless_present = "all", conflicts_with = "all")]
        id: Option<String>,
        /// End all of them but the one in use
        #[arg(long)]
        all: bool,
    },
}

const COLUMNS: &[Column<Session>] = &[
    Column { name: "id", cell: |session| Cell::plain_text(&session.id) },
    Column { name: "in_use", cell: |session| Cell::yes_no(session.in_use) },
    Column { name: "created_at", cell: |session| Cell::At(session.created_at) },
    Column { name: "expires_at", cell: |session| Cell::At(session.expires_at) },
    Column { name: "used_at", cell: |session| Cell::maybe(session.used_at, Cell::At) },
    Column {
        name: "token",
        cell: |session| Cell::maybe(session.token.as_deref(), Cell::plain_text),
    },
];

/// Does it.
///
/// # Errors
/// What went wrong.
pub async fn run(command: SessionCommand, cx: &mut Context) -> Result<(), Failure> {
    match command {
        SessionCommand::List => {
            cx.list_pages(
                |cursor| ListSessions::call(Nothing, PageQuery::at(cursor), Nothing),
                COLUMNS,
            )
            .await?;
        }
        SessionCommand::End { id: Some(id), .. } => {
            cx.ask::<Nothing>(EndSession::call(id, Nothing, Nothing)).await?;
            note("Ended.");
        }
        SessionCommand::End { id: None, .. } => {
            cx.ask::<Nothing>(EndSessions::call(Nothing, Nothing, Nothing)).await?;
            note("All your other sessions have ended. Tokens stay: see `hublink token list`.");
        }
    }
    Ok(())
}
