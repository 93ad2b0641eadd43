//! `hublink person`: who can sign in (rules L0, P5).

use clap::Subcommand;

use super::context::Context;
use super::exit::Failure;
use super::grid::{Cell, Column};
use super::loss::{Yes, ask_first};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::page::PageQuery;
use crate::api::person::{AddPerson, DisablePerson, EnablePerson, ListPeople, NewPerson, Person};
use crate::tui::loss;

/// People who can sign in.
#[derive(Debug, Subcommand)]
pub enum PersonCommand {
    /// Add a person (backend admin); `token create --person` gives them a way in
    #[command(
        after_help = "Example:\n  hublink person add --person fay@acme.example --name 'Fay Moss'"
    )]
    Add {
        /// The address
        #[arg(long = "person", alias = "email", value_name = "PERSON")]
        email: String,
        /// The name
        #[arg(long)]
        name: String,
        /// Make the person a backend administrator
        #[arg(long)]
        backend_admin: bool,
    },
    /// List the people who can sign in (backend admin)
    List,
    /// Disable a person: sessions, tokens and codes end at once (full admin of their organization,
    /// or backend admin)
    #[command(after_help = "Example:\n  hublink person disable lee@acme.example --yes")]
    Disable {
        /// The address
        #[arg(value_name = "PERSON")]
        email: String,
        #[command(flatten)]
        yes: Yes,
    },
    /// Enable a person again; without a password they need a new token
    Enable {
        /// The address
        #[arg(value_name = "PERSON")]
        email: String,
    },
}

pub(super) const COLUMNS: &[Column<Person>] = &[
    Column { name: "email", cell: |person| Cell::Text(person.email.clone()) },
    Column { name: "name", cell: |person| Cell::Text(person.name.clone()) },
    Column { name: "backend_admin", cell: |person| Cell::yes_no(person.backend_admin) },
    Column { name: "created_at", cell: |person| Cell::At(person.created_at) },
    Column { name: "disabled_at", cell: |person| Cell::maybe(person.disabled_at, Cell::At) },
];

/// Does it.
///
/// # Errors
/// What went wrong.
pub async fn run(command: PersonCommand, cx: &mut Context) -> Result<(), Failure> {
    let call = match command {
        PersonCommand::List => return list(cx).await,
        PersonCommand::Add { email, name, backend_admin } => {
            AddPerson::call(Nothing, Nothing, NewPerson { email, name, backend_admin })
        }
        PersonCommand::Disable { email, yes } => {
            ask_first(yes, std::future::ready(Ok(Some(loss::disabled(&email)))), cx).await?;
            DisablePerson::call(email, Nothing, Nothing)
        }
        PersonCommand::Enable { email } => EnablePerson::call(email, Nothing, Nothing),
    };
    let person: Person = cx.ask(call).await?;
    cx.out.one(&person, COLUMNS)
}

async fn list(cx: &mut Context) -> Result<(), Failure> {
    cx.list_pages(|cursor| ListPeople::call(Nothing, PageQuery::at(cursor), Nothing), COLUMNS).await
}
