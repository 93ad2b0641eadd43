//! `hublink org`: organizations and the roles in them.

mod loss;

use std::fmt::Write as _;

use clap::Subcommand;

use super::context::Context;
use super::directory_sync::{self, SyncCommand};
use super::exit::Failure;
use super::grid::{Cell, Column, card, local};
use super::loss::{Right, Yes, ask_allowed, ask_first};
use super::output::note;
use super::services;
use super::standard::hint;
use super::values::{coded, on_off};
use crate::api::endpoint::{Code, Endpoint as _, Nothing};
use crate::api::offer::{Offer, WithdrawOffer};
use crate::api::organization::{
    AddOrganization, EditOrganization, EditOrganizationCall, GrantRole, ListOrganizations,
    NewOrganization, Organization, RevokeRole, RoleChange, ShowOrganization,
};
use crate::api::page::PageQuery;
use crate::domain::address::Address;
use crate::domain::offer::OfferState;
use crate::domain::organization::OrganizationKind;
use crate::domain::role::{Action, Role, permits};
use crate::domain::untrusted::Untrusted;
use crate::domain::welcome::WelcomeState;

/// Organizations.
#[derive(Debug, Subcommand)]
pub enum OrgCommand {
    /// List the organizations that you see
    List,
    /// Show one organization with its administrators
    Show {
        /// The organization's id
        #[arg(value_name = "ORG")]
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
    /// Change an organization's settings (its full admins)
    #[command(
        after_help = "Example:\n  hublink org edit acme --auto-licence on\n\nUsers created by \
        linking get no licence either way: hublink licence export writes the CSV\nthat assigns them."
    )]
    Edit {
        /// The organization's id
        #[arg(value_name = "ORG")]
        id: String,
        /// Whether new people get licences automatically: on or off
        #[arg(long, value_name = "on|off", required = true, value_parser = on_off())]
        auto_licence: Option<bool>,
    },
    /// Offer a person a role in an organization; a backend admin gives it at once
    #[command(
        after_help = "The person gets a mail and accepts or declines within 7 days. Granting \
        the same role\nagain sends the mail again: at most weekly once one was delivered.\n\nExamples:\n  \
        hublink org grant acme --person kim@acme.example --role full_admin\n  \
        hublink org grant acme --person kim@acme.example --role full_admin --mail"
    )]
    Grant {
        #[command(flatten)]
        role: RoleArgs,
        /// Mail a way in to who has the role already and cannot sign in yet
        #[arg(long)]
        mail: bool,
    },
    /// Take a role from a person, or take back one that is offered, after a question; the last full
    /// admin stays
    Revoke(RevokeArgs),
    /// Withdraw what a person is offered, after a question: the link and the code of the mail end
    Withdraw {
        /// The organization's id
        #[arg(value_name = "ORG")]
        id: String,
        /// The person's address
        #[arg(long = "person", alias = "email", value_name = "PERSON")]
        email: String,
        #[command(flatten)]
        yes: Yes,
    },
    /// Directory sync: whom it blocks and why, and the remedy step by step
    #[command(subcommand)]
    DirectorySync(SyncCommand),
}

/// Who gets or loses which role.
#[derive(Debug, clap::Args)]
pub struct RoleArgs {
    /// The organization's id
    #[arg(value_name = "ORG")]
    id: String,
    /// The person's address
    #[arg(long = "person", alias = "email", value_name = "PERSON")]
    email: String,
    /// The role
    #[arg(long, value_parser = coded(
        [Role::FullAdmin.code(), Role::ReadOnlyAdmin.code(), Role::PartnerAdmin.code()],
        Role::from_code,
    ))]
    role: Role,
}

/// Whose role goes.
#[derive(Debug, clap::Args)]
pub struct RevokeArgs {
    #[command(flatten)]
    role: RoleArgs,
    #[command(flatten)]
    yes: Yes,
}

impl RoleArgs {
    fn change(self, mail: bool) -> (String, RoleChange) {
        (self.id, RoleChange { email: self.email, role: self.role, mail })
    }
}

pub(super) const COLUMNS: &[Column<Organization>] = &[
    Column { name: "id", cell: |org| Cell::plain_text(&org.id) },
    Column { name: "name", cell: |org| Cell::Text(org.name.clone()) },
    Column { name: "kind", cell: |org| Cell::Word(org.kind.code()) },
    Column { name: "partner", cell: |org| Cell::maybe(org.partner.as_deref(), Cell::plain_text) },
    Column { name: "sites", cell: |org| Cell::Count(org.sites) },
    Column { name: "linked_users", cell: |org| Cell::Count(org.linked_users) },
    Column { name: "directory_sync", cell: |org| Cell::yes_no(org.directory_sync) },
    Column { name: "directory_sync_paused", cell: |org| Cell::yes_no(org.directory_sync_paused) },
    Column { name: "auto_licence", cell: |org| Cell::yes_no(org.auto_licence) },
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
    let mut granted = None;
    let call = match command {
        OrgCommand::List => return list(cx).await,
        OrgCommand::DirectorySync(command) => return directory_sync::run(command, cx).await,
        OrgCommand::Show { id } => ShowOrganization::call(id, Nothing, Nothing),
        OrgCommand::Add { name, id, kind, partner, country } => {
            let new = NewOrganization { id, name, kind, partner, country };
            AddOrganization::call(Nothing, Nothing, new)
        }
        OrgCommand::Edit { id, auto_licence } => {
            let edit = EditOrganization { auto_licence };
            EditOrganizationCall::call(id, Nothing, edit)
        }
        OrgCommand::Grant { role, mail } => {
            let (id, change) = role.change(mail);
            granted = Some(change.clone());
            GrantRole::call(id, Nothing, change)
        }
        OrgCommand::Revoke(RevokeArgs { role, yes }) => {
            let right = Right::In(&role.id, Action::GrantRoles);
            let lost = loss::revoked(&role.id, &role.email, role.role, cx);
            ask_allowed(yes, right, lost, cx).await?;
            let (id, change) = role.change(false);
            RevokeRole::call((id, Code::new(change.role.code()), change.email), Nothing, Nothing)
        }
        OrgCommand::Withdraw { id, email, yes } => {
            ask_first(yes, loss::withdrawn(&id, &email, cx), cx).await?;
            WithdrawOffer::call((id, email), Nothing, Nothing)
        }
    };
    let org: Organization = cx.ask(call).await?;
    if let Some(change) = granted {
        note(&told(&org, &change));
    }
    cx.out.one_as(&org, COLUMNS, || {
        let mut text = card(&org, COLUMNS);
        for person in &org.administrators {
            let way_in = match (person.disabled, person.cannot_sign_in) {
                (true, _) => "  (access ended)",
                (false, true) => "  (cannot sign in yet)",
                (false, false) => "",
            };
            let (email, role) = (person.email.shown(), person.role.title());
            let _ = writeln!(text, "  {email}  {role}{way_in}");
        }
        for offer in &org.offers {
            let _ = writeln!(text, "  {}  {}", offer.email.shown(), standing(offer));
        }
        if let Some(next) = next(&org) {
            hint(&mut text, &next);
        }
        text
    })
}

/// What comes next where an organization has nobody yet: somebody who administers it.
fn next(org: &Organization) -> Option<String> {
    let may = org.my_roles.iter().any(|role| permits(*role, Action::GrantRoles));
    if !may || !org.administrators.is_empty() || !org.offers.is_empty() {
        return None;
    }
    let role = match org.kind {
        OrganizationKind::Partner => Role::PartnerAdmin,
        OrganizationKind::Customer => Role::FullAdmin,
    };
    let id = Untrusted::new(&org.id);
    Some(format!("Next: hublink org grant {} --person EMAIL --role {}", id.shown(), role.code()))
}

/// An offer in a line: `full admin, offered until 2026-03-08 10:00 CET by fay@acme.example`.
fn standing(offer: &Offer) -> String {
    let roles: Vec<&str> = offer.roles.iter().map(|role| role.title()).collect();
    let until = match offer.state {
        OfferState::Open => format!(" until {}", local(offer.expires_at)),
        OfferState::Lapsed => format!(" on {}", local(offer.expires_at)),
        OfferState::Declined => String::new(),
    };
    let by = match &offer.offered_by {
        Some(by) => format!(", offered by {}", by.shown()),
        None => String::new(),
    };
    format!("{}: {}{until}{by}; mail {}", roles.join(", "), offer.state.title(), offer.mail.title())
}

/// What a grant did, and how the person comes in.
fn told(org: &Organization, change: &RoleChange) -> String {
    let email = Address::parse(&change.email).map_or(change.email.clone(), String::from);
    let shown = Untrusted::new(&email);
    let (shown, role) = (shown.shown(), change.role.title());
    let held = org.administrators.iter().find(|a| a.email.raw() == email && a.role == change.role);
    if let Some(held) = held {
        return match (held.cannot_sign_in, change.mail) {
            (false, _) => format!("{shown} is {role}."),
            (true, true) => format!(
                "{shown} is {role}, and cannot sign in yet. A mail with a way in is on its way; it \
                 works for 7 days."
            ),
            (true, false) => format!(
                "{shown} is {role}, and cannot sign in yet. Make them a token, or mail them a way in:\n  \
                 hublink token create --person {shown}\n  hublink org grant {} --person {shown} \
                 --role {} --mail",
                Untrusted::new(&org.id).shown(),
                change.role.code()
            ),
        };
    }
    let Some(offer) = org.offers.iter().find(|offer| offer.email.raw() == email) else {
        return format!("{shown} is offered {role}.");
    };
    let until = local(offer.expires_at);
    let mail = match (offer.mail, offer.mail_again_at) {
        (WelcomeState::NotMailed, Some(again)) => format!(
            "No mail goes before {}, a week after the last one: they see it when they sign in",
            local(again)
        ),
        (_, Some(_)) => "They have a mail about it".to_owned(),
        _ => "A mail about it is on its way".to_owned(),
    };
    format!(
        "{shown} is offered {role}. {mail}. They can accept until {until}; the role is theirs only \
         then."
    )
}

async fn list(cx: &mut Context) -> Result<(), Failure> {
    cx.list_pages(
        |cursor| ListOrganizations::call(Nothing, PageQuery::at(cursor), Nothing),
        COLUMNS,
    )
    .await
}
