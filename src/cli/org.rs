//! `hublink org`: organizations and the roles in them.

use std::fmt::Write as _;

use clap::Subcommand;

use super::context::{Context, all_pages};
use super::directory_sync::{self, SyncCommand};
use super::exit::Failure;
use super::grid::{Cell, Column, card};
use super::services;
use super::values::coded;
use crate::api::call::{OrganizationCall, Reply, Request};
use crate::api::organization::{NewOrganization, Organization, RoleChange};
use crate::api::page::PageQuery;
use crate::domain::organization::OrganizationKind;
use crate::domain::role::Role;

/// Organizations.
#[derive(Debug, Subcommand)]
pub enum OrgCommand {
    /// List the organizations that you see
    List,
    /// Show one organization with its administrators
    Show {
        /// The organization's id
        id: String,
    },
    /// Add an organization (backend admin)
    #[command(after_help = "Examples:\n  hublink org add --name 'Acme Robotics'\n  \
        hublink org add --name 'Acme Robotics' --id acme --partner meridian")]
    Add {
        /// Its name
        #[arg(long)]
        name: String,
        /// The id wanted; made from the name when absent
        #[arg(long)]
        id: Option<String>,
        /// What it is
        #[arg(long, default_value = "customer", value_parser = coded(
            [OrganizationKind::Partner.code(), OrganizationKind::Customer.code()],
            OrganizationKind::from_code,
        ))]
        kind: OrganizationKind,
        /// The id of the partner that manages it
        #[arg(long)]
        partner: Option<String>,
        /// Its country: a two-letter code, or its English name
        #[arg(long)]
        country: Option<String>,
    },
    /// Give a person a role in an organization
    Grant(RoleArgs),
    /// Take a role from a person; the last full admin stays
    Revoke(RoleArgs),
    /// Directory sync: whom it blocks and why, and the remedy step by step
    #[command(subcommand)]
    DirectorySync(SyncCommand),
}

/// Who gets or loses which role.
#[derive(Debug, clap::Args)]
pub struct RoleArgs {
    /// The organization's id
    id: String,
    /// The person's address
    #[arg(long)]
    email: String,
    /// The role
    #[arg(long, value_parser = coded(
        [Role::FullAdmin.code(), Role::ReadOnlyAdmin.code(), Role::PartnerAdmin.code()],
        Role::from_code,
    ))]
    role: Role,
}

impl RoleArgs {
    fn change(self) -> (String, RoleChange) {
        (self.id, RoleChange { email: self.email, role: self.role })
    }
}

const COLUMNS: &[Column<Organization>] = &[
    Column { name: "id", cell: |org| Cell::plain_text(&org.id) },
    Column { name: "name", cell: |org| Cell::Text(org.name.clone()) },
    Column { name: "kind", cell: |org| Cell::Word(org.kind.code()) },
    Column { name: "partner", cell: |org| Cell::maybe(org.partner.as_deref(), Cell::plain_text) },
    Column { name: "sites", cell: |org| Cell::Count(org.sites) },
    Column { name: "linked_users", cell: |org| Cell::Count(org.linked_users) },
    Column { name: "directory_sync", cell: |org| Cell::yes_no(org.directory_sync) },
    Column { name: "setup", cell: |org| Cell::maybe(org.setup, |state| Cell::Word(state.code())) },
    Column {
        name: "subdomain",
        cell: |org| Cell::maybe(org.subdomain.as_deref(), Cell::plain_text),
    },
    Column { name: "created_at", cell: |org| Cell::At(org.created_at) },
    Column {
        name: "country",
        cell: |org| Cell::maybe(org.country, |country| Cell::Word(country.code())),
    },
    Column {
        name: "trial_ends_at",
        cell: |org| Cell::maybe(org.trial, |trial| Cell::At(trial.ends_at)),
    },
    Column { name: "services", cell: |org| services::cell(&org.services) },
    Column {
        name: "my_roles",
        cell: |org| Cell::joined(org.my_roles.iter().map(|role| role.title())),
    },
];

/// Does it.
///
/// # Errors
/// What went wrong.
pub async fn run(command: OrgCommand, cx: &mut Context) -> Result<(), Failure> {
    let call = match command {
        OrgCommand::List => return list(cx).await,
        OrgCommand::DirectorySync(command) => return directory_sync::run(command, cx).await,
        OrgCommand::Show { id } => OrganizationCall::Show(id),
        OrgCommand::Add { name, id, kind, partner, country } => {
            OrganizationCall::Add(NewOrganization { id, name, kind, partner, country })
        }
        OrgCommand::Grant(role) => {
            let (id, change) = role.change();
            OrganizationCall::Grant(id, change)
        }
        OrgCommand::Revoke(role) => {
            let (id, change) = role.change();
            OrganizationCall::Revoke(id, change)
        }
    };
    let Reply::Organization(org) = cx.ask(Request::Organization(call)).await? else {
        return Err(Failure::odd_reply());
    };
    cx.out.one_as(&*org, COLUMNS, || {
        let mut text = card(&*org, COLUMNS);
        for person in &org.administrators {
            let _ = writeln!(text, "  {}  {}", person.email.shown(), person.role.title());
        }
        text
    })
}

async fn list(cx: &mut Context) -> Result<(), Failure> {
    let orgs = all_pages(
        &cx.client()?,
        |cursor| Request::Organization(OrganizationCall::List(PageQuery::at(cursor))),
        |reply| match reply {
            Reply::Organizations(page) => Some(page),
            _ => None,
        },
    )
    .await?;
    cx.out.list(orgs.iter(), COLUMNS)
}
