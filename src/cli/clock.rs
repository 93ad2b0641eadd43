//! `hublink clock`: the backend's world clock.

use clap::Subcommand;

use super::backup::{Database, say_of_clock};
use super::context::Context;
use super::exit::Failure;
use super::grid::{Cell, Column};
use super::output::note;
use super::values::seconds;
use crate::api::demo::{Advance, AdvanceClock, Clock, ShowClock};
use crate::api::endpoint::{Endpoint as _, Nothing};

/// The world clock.
#[derive(Debug, Subcommand)]
pub enum ClockCommand {
    /// Show the backend's now
    Show,
    /// Move the clock on; needs `serve --test-clock` or the demo
    #[command(after_help = "Example:\n  hublink clock advance 7d")]
    Advance {
        /// How far, such as 90s, 2h30m or 7d
        #[arg(value_name = "TIME", value_parser = seconds)]
        seconds: u64,
    },
    /// Say on the backend's host that its clock is right, and that what is due may be done
    Accept(Database),
    /// Say on the backend's host that its clock is wrong: time goes on from the last good moment
    Refuse(Database),
}

pub(super) const COLUMNS: &[Column<Clock>] = &[
    Column { name: "now", cell: |clock| Cell::At(clock.now) },
    Column { name: "may_advance", cell: |clock| Cell::yes_no(clock.may_advance) },
];

/// Does it.
///
/// # Errors
/// What went wrong.
pub async fn run(command: ClockCommand, cx: &mut Context) -> Result<(), Failure> {
    let call = match command {
        ClockCommand::Accept(of) => return say(&of, true, cx).await,
        ClockCommand::Refuse(of) => return say(&of, false, cx).await,
        ClockCommand::Show => ShowClock::call(Nothing, Nothing, Nothing),
        ClockCommand::Advance { seconds } => {
            AdvanceClock::call(Nothing, Nothing, Advance { seconds })
        }
    };
    let clock: Clock = cx.ask(call).await?;
    cx.out.one(&clock, COLUMNS)
}

async fn say(of: &Database, right: bool, cx: &Context) -> Result<(), Failure> {
    say_of_clock(of, right, cx).await?;
    note("Said. A backend that serves this database hears it within ten seconds.");
    Ok(())
}
