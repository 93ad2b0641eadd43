//! `hublink person`: who can sign in (rule L0).

use clap::Subcommand;

use super::context::{Context, all_pages};
use super::exit::Failure;
use super::grid::{Cell, Column};
use crate::api::call::{AccountCall, Reply, Request};
use crate::api::page::PageQuery;
use crate::api::person::{NewPerson, Person};

/// People who can sign in.
#[derive(Debug, Subcommand)]
pub enum PersonCommand {
    /// Add a person (backend admin); `token create --person` gives them a way in
    #[command(
        after_help = "Example:\n  hublink person add --email fay@acme.example --name 'Fay Moss'"
    )]
    Add {
        /// The address
        #[arg(long)]
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
}

const COLUMNS: &[Column<Person>] = &[
    Column { name: "email", cell: |person| Cell::Text(person.email.clone()) },
    Column { name: "name", cell: |person| Cell::Text(person.name.clone()) },
    Column { name: "backend_admin", cell: |person| Cell::yes_no(person.backend_admin) },
    Column { name: "created_at", cell: |person| Cell::At(person.created_at) },
];

/// Does it.
///
/// # Errors
/// What went wrong.
pub async fn run(command: PersonCommand, cx: &mut Context) -> Result<(), Failure> {
    let PersonCommand::Add { email, name, backend_admin } = command else { return list(cx).await };
    let call = AccountCall::AddPerson(NewPerson { email, name, backend_admin });
    let Reply::Person(person) = cx.ask(Request::Account(call)).await? else {
        return Err(Failure::odd_reply());
    };
    cx.out.one(&person, COLUMNS)
}

async fn list(cx: &mut Context) -> Result<(), Failure> {
    let people = all_pages(
        &cx.client()?,
        |cursor| Request::Account(AccountCall::People(PageQuery::at(cursor))),
        |reply| match reply {
            Reply::People(page) => Some(page),
            _ => None,
        },
    )
    .await?;
    cx.out.list(people.iter(), COLUMNS)
}
