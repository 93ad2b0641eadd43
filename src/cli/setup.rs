//! `hublink setup`: an organization's services setup (rule T5).

use clap::Subcommand;

use super::context::Context;
use super::exit::Failure;
use super::grid::{Cell, Column, card};
use super::standard::hint;
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::setup::{FinishSetup, FinishSetupCall, Setup, ShowSetup};
use crate::domain::setup::SetupState;

/// Services setup.
#[derive(Debug, Subcommand)]
pub enum SetupCommand {
    /// Show the plan, where setup stands, the welcome mail and the Contact Center card
    Show {
        /// The organization's id
        #[arg(long, value_name = "ORG")]
        org: String,
    },
    /// Take the subdomain and finish; of two who finish at once one gets the name
    #[command(after_help = "Example:\n  hublink setup finish --org acme --subdomain acmerobotics")]
    Finish {
        /// The organization's id
        #[arg(long, value_name = "ORG")]
        org: String,
        /// The subdomain: letters and digits, 1 to 63
        #[arg(long, value_name = "NAME")]
        subdomain: String,
    },
}

pub(super) const COLUMNS: &[Column<Setup>] = &[
    Column { name: "organization", cell: |setup| Cell::plain_text(&setup.organization) },
    Column { name: "name", cell: |setup| Cell::Text(setup.organization_name.clone()) },
    Column { name: "state", cell: |setup| Cell::Word(setup.state.code()) },
    Column {
        name: "services",
        cell: |setup| Cell::joined(setup.services.iter().map(ToString::to_string)),
    },
    Column {
        name: "subdomain",
        cell: |setup| Cell::maybe(setup.subdomain.as_deref(), Cell::plain_text),
    },
    Column {
        name: "suggestions",
        cell: |setup| Cell::maybe(setup.suggestions.first(), |_| Cell::joined(&setup.suggestions)),
    },
    Column { name: "finished_at", cell: |setup| Cell::maybe(setup.finished_at, Cell::At) },
    Column {
        name: "finished_by",
        cell: |setup| Cell::maybe(setup.finished_by.clone(), Cell::Text),
    },
    Column {
        name: "contact_center",
        cell: |setup| Cell::Word(setup.contact_center.contact_center.state.code()),
    },
    Column { name: "voice", cell: |setup| Cell::Word(setup.contact_center.voice.state.code()) },
    Column { name: "chat", cell: |setup| Cell::Word(setup.contact_center.chat.state.code()) },
    Column {
        name: "welcome_to",
        cell: |setup| Cell::maybe(setup.welcome.as_ref(), |mail| Cell::Text(mail.email.clone())),
    },
    Column {
        name: "welcome",
        cell: |setup| Cell::maybe(setup.welcome.as_ref(), |mail| Cell::Word(mail.state.code())),
    },
];

/// Does it.
///
/// # Errors
/// What went wrong; another organization has the subdomain.
pub async fn run(command: SetupCommand, cx: &mut Context) -> Result<(), Failure> {
    let call = match command {
        SetupCommand::Show { org } => ShowSetup::call(org, Nothing, Nothing),
        SetupCommand::Finish { org, subdomain } => {
            FinishSetupCall::call(org, Nothing, FinishSetup { subdomain })
        }
    };
    let setup: Setup = cx.ask(call).await?;
    cx.out.one_as(&setup, COLUMNS, || words(&setup))
}

/// How an organization that is set up gets its users.
const USERS: &str =
    "Users are added by linking the organization's sites, or in Control Hub under Users.";

fn words(setup: &Setup) -> String {
    let mut text = card(setup, COLUMNS);
    let org = crate::domain::untrusted::Untrusted::new(&setup.organization);
    let org = org.shown();
    let next = match setup.state {
        SetupState::Pending => format!(
            "Finish it before you hand over: hublink setup finish --org {org} --subdomain NAME"
        ),
        SetupState::Finished if !setup.contact_center.in_plan => USERS.to_owned(),
        SetupState::Finished => {
            format!("Next: hublink contact-center show --org {org}\n{USERS}")
        }
    };
    hint(&mut text, &next);
    text
}
