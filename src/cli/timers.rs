//! `hublink timers`: what time runs for, over everything that one sees.

use clap::Subcommand;

use super::context::Context;
use super::exit::Failure;
use super::grid::{Cell, Column};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::page::PageQuery;
use crate::api::timer::{ListTimers, Timer};
use crate::domain::timer::{TimerKind, Urgency};

/// What time runs for.
#[derive(Debug, Subcommand)]
pub enum TimersCommand {
    /// List deadlines, jobs under way and links that expire, the most urgent first
    List,
}

const COLUMNS: &[Column<Timer>] = &[
    Column {
        name: "urgency",
        cell: |timer| {
            Cell::Word(match timer.urgency {
                // As the wizard says: what has no date cannot be past it, and waits for somebody.
                Urgency::Overdue if timer.kind == TimerKind::RunPaused => "paused",
                Urgency::Overdue if timer.due_at.is_none() => "now",
                Urgency::Overdue => "overdue",
                Urgency::UnderWay => "under_way",
                Urgency::Soon => "soon",
                Urgency::Later => "later",
            })
        },
    },
    Column { name: "due_at", cell: |timer| Cell::maybe(timer.due_at, Cell::At) },
    Column { name: "kind", cell: |timer| Cell::Word(timer.kind.code()) },
    Column { name: "what", cell: |timer| Cell::Text(timer.what.clone()) },
    Column {
        name: "organization",
        cell: |timer| Cell::maybe(timer.organization.as_deref(), Cell::plain_text),
    },
    Column { name: "site", cell: site },
    Column { name: "remedy", cell: remedy },
];

/// What to do; here it is a command.
fn remedy(timer: &Timer) -> Cell {
    match timer.kind {
        TimerKind::RunPaused => {
            Cell::Text(format!("hublink invite resume {}", timer.subject.raw()).into())
        }
        _ => Cell::plain_text(&timer.remedy),
    }
}

/// The site; and how many more it bears on.
fn site(timer: &Timer) -> Cell {
    Cell::maybe(timer.site.as_ref(), |site| match timer.further_sites {
        0 => Cell::Text(site.clone()),
        more => Cell::Text(format!("{} +{more}", site.raw()).into()),
    })
}

/// Does it.
///
/// # Errors
/// What went wrong.
pub async fn run(command: TimersCommand, cx: &mut Context) -> Result<(), Failure> {
    let TimersCommand::List = command;
    cx.list_pages(|cursor| ListTimers::call(Nothing, PageQuery::at(cursor), Nothing), COLUMNS).await
}
