//! `hublink order`: orders, and mapping them to organizations (rule T3).

use std::fmt::Write as _;

use clap::{Args, Subcommand};

use super::context::Context;
use super::exit::Failure;
use super::grid::{Cell, Column, card, table};
use super::loss::{Loss, Yes, ask_first};
use super::services::{self, ServiceArgs};
use super::standard::hint;
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::order::{
    AcceptOrder, AddOrder, DeclineOrder, FindCandidates, ListOrderCandidates, ListOrders, MapOrder,
    MapOrderCall, NewOrder, Order, OrderCandidate, OrderMatch, ShowOrder,
};
use crate::api::page::PageQuery;
use crate::domain::address::with_unicode;
use crate::domain::number::count;
use crate::domain::order::OrderState;
use crate::domain::site::site_url;
use crate::domain::untrusted::{Shown, Untrusted};

/// Orders.
#[derive(Debug, Subcommand)]
pub enum OrderCommand {
    /// Add an order of a partner's customer (backend admin)
    #[command(after_help = "Example:\n  hublink order add SO-2026-0417 --partner meridian \
        --company 'Acme Robotics GmbH' \\\n    --country DE --service messaging=200 --service \
        calling=40")]
    Add(AddArgs),
    /// List the orders that you see, oldest first
    List,
    /// Show one order
    Show {
        /// The order's number
        #[arg(value_name = "ORDER")]
        number: String,
    },
    /// Show where an order can go; recorded, and not to be asked too often
    Candidates {
        /// The order's number
        #[arg(value_name = "ORDER")]
        number: String,
        /// The customer administrator's address
        #[arg(long, value_name = "EMAIL")]
        administrator: String,
    },
    /// Map an order to an organization (partner admin)
    #[command(after_help = "Examples:\n  hublink order map SO-2026-0417 --administrator \
        fay@acme.example\n  hublink order map SO-2026-0417 --administrator new@acme.example --org \
        acme\n  hublink order map SO-2026-0417 --administrator new@acme.example --new \\\n    --site-url acme.webex.example --time-zone Europe/Berlin\n\nThe \
        first is for who administers an organization already; --org takes one of the\ncandidates. \
        An organization that you do not manage is asked by mail first: the order\nwaits until one \
        of its full admins accepts.")]
    Map(MapArgs),
    /// Accept that an order is mapped to your organization (full admin); asks where that ends what
    /// another partner manages
    Accept {
        /// The order's number
        #[arg(value_name = "ORDER")]
        number: String,
        #[command(flatten)]
        yes: Yes,
    },
    /// Decline it, after a question; your organization is not asked about this order again
    Decline {
        /// The order's number
        #[arg(value_name = "ORDER")]
        number: String,
        #[command(flatten)]
        yes: Yes,
    },
}

/// A new order.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// The order's number: 1 to 40 letters, digits and hyphens
    number: String,
    /// The id of the partner that it comes to
    #[arg(long, value_name = "ID")]
    partner: String,
    /// The company that ordered
    #[arg(long)]
    company: String,
    /// The company's country: a code, or an English name
    #[arg(long)]
    country: String,
    #[command(flatten)]
    services: ServiceArgs,
    /// With meetings: the URL of the site that they get; it may be given by `order map`
    #[arg(long, value_name = "SITE-URL", value_parser = site_url)]
    site_url: Option<String>,
    /// That site's time zone, such as Europe/Berlin
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
}

/// Where it goes.
#[derive(Debug, Args)]
pub struct MapArgs {
    /// The order's number
    #[arg(value_name = "ORDER")]
    number: String,
    /// The customer administrator's address
    #[arg(long, value_name = "EMAIL")]
    administrator: String,
    /// The candidate chosen; see hublink order candidates
    #[arg(long, value_name = "ORG", conflicts_with = "new")]
    org: Option<String>,
    /// Make a new organization
    #[arg(long)]
    new: bool,
    /// With meetings: the URL of the site that they get; --new needs it
    #[arg(long, value_name = "SITE-URL", value_parser = site_url)]
    site_url: Option<String>,
    /// That site's time zone, such as Europe/Berlin
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
}

pub(super) const COLUMNS: &[Column<Order>] = &[
    Column { name: "number", cell: |order| Cell::plain_text(&order.number) },
    Column { name: "company", cell: |order| Cell::Text(order.company.clone()) },
    Column { name: "country", cell: |order| Cell::Word(order.country.code()) },
    Column { name: "services", cell: |order| services::cell(&order.services) },
    Column { name: "state", cell: |order| Cell::Word(order.state.code()) },
    Column { name: "asked_at", cell: |order| Cell::maybe(order.asked_at, Cell::At) },
    Column {
        name: "organization",
        cell: |order| Cell::maybe(order.organization.as_deref(), Cell::plain_text),
    },
    Column {
        name: "administrator",
        cell: |order| Cell::maybe(order.administrator.clone(), Cell::Text),
    },
    Column { name: "partner", cell: |order| Cell::plain_text(&order.partner) },
    Column { name: "received_at", cell: |order| Cell::At(order.received_at) },
    Column { name: "site_url", cell: |order| Cell::maybe(order.site_url.clone(), Cell::Text) },
    Column { name: "time_zone", cell: |order| Cell::maybe(order.time_zone.clone(), Cell::Text) },
];

const CANDIDATES: &[Column<OrderCandidate>] = &[
    Column { name: "organization", cell: |one| Cell::plain_text(&one.organization) },
    Column { name: "name", cell: |one| Cell::Text(one.name.clone()) },
    Column { name: "kind", cell: |one| Cell::Word(one.kind.code()) },
    Column { name: "created_at", cell: |one| Cell::At(one.created_at) },
    Column {
        name: "country",
        cell: |one| Cell::maybe(one.country, |country| Cell::Word(country.code())),
    },
    Column { name: "trial", cell: |one| Cell::maybe(one.trial, |trial| Cell::Word(trial.code())) },
    Column { name: "people", cell: |one| Cell::Count(one.people) },
    Column { name: "people_in_domain", cell: |one| Cell::Count(one.people_in_domain) },
    Column { name: "sites", cell: |one| Cell::Count(one.sites) },
    Column { name: "last_change", cell: |one| Cell::maybe(one.last_change, Cell::At) },
    Column { name: "must_accept", cell: |one| Cell::yes_no(one.must_accept) },
    Column { name: "why_not", cell: |one| Cell::plain_text(&one.why_not) },
];

const MATCH: &[Column<OrderMatch>] = &[
    Column { name: "administrator", cell: |found| Cell::Text(found.administrator.clone()) },
    Column {
        name: "candidates",
        cell: |found| {
            Cell::joined(found.candidates.iter().map(|candidate| &candidate.organization))
        },
    },
    Column { name: "may_create", cell: |found| Cell::yes_no(found.may_create) },
];

/// Does it.
///
/// # Errors
/// What went wrong.
pub async fn run(command: OrderCommand, cx: &mut Context) -> Result<(), Failure> {
    let call = match command {
        OrderCommand::List => return list(cx).await,
        OrderCommand::Candidates { number, administrator } => {
            return candidates(number, administrator, cx).await;
        }
        OrderCommand::Add(args) => AddOrder::call(
            Nothing,
            Nothing,
            NewOrder {
                number: args.number,
                partner: args.partner,
                company: args.company,
                country: args.country,
                services: args.services.services,
                site_url: args.site_url,
                time_zone: args.time_zone,
            },
        ),
        OrderCommand::Show { number } => ShowOrder::call(number, Nothing, Nothing),
        OrderCommand::Map(args) => MapOrderCall::call(
            args.number,
            Nothing,
            MapOrder {
                administrator: args.administrator,
                organization: args.org,
                new_organization: args.new,
                site_url: args.site_url,
                time_zone: args.time_zone,
            },
        ),
        OrderCommand::Accept { number, yes } => {
            ask_first(yes, accepted(&number, cx), cx).await?;
            AcceptOrder::call(number, Nothing, Nothing)
        }
        OrderCommand::Decline { number, yes } => {
            ask_first(yes, declined(&number, cx), cx).await?;
            DeclineOrder::call(number, Nothing, Nothing)
        }
    };
    let order: Order = cx.ask(call).await?;
    cx.out.one_as(&order, COLUMNS, || words(&order))
}

async fn asked(number: &str, cx: &Context) -> Result<Option<Order>, Failure> {
    let order = cx.ask(ShowOrder::call(number.to_owned(), Nothing, Nothing)).await?;
    Ok(Some(order).filter(|order: &Order| order.may_answer))
}

/// What accepting an order ends, if anything.
async fn accepted(number: &str, cx: &Context) -> Result<Option<Loss>, Failure> {
    let Some(order) = asked(number, cx).await? else { return Ok(None) };
    Ok(order.replaces_partner.as_ref().map(|partner| Loss {
        what: format!(
            "{} manages your organization today; that ends. {} takes its place, with {}.",
            partner.shown(),
            order.partner_name.shown(),
            count(order.services.len() as u64, "service"),
        ),
        question: "Accept the order?".to_owned(),
    }))
}

/// What declining an order ends.
async fn declined(number: &str, cx: &Context) -> Result<Option<Loss>, Failure> {
    let order = asked(number, cx).await?;
    Ok(order.map(|order| Loss {
        what: format!(
            "The order of {} has {}, and comes by {}. Your organization is asked about it this \
             once.",
            order.company.shown(),
            count(order.services.len() as u64, "service"),
            order.partner_name.shown(),
        ),
        question: "Decline the order?".to_owned(),
    }))
}

async fn list(cx: &mut Context) -> Result<(), Failure> {
    cx.list_pages(|cursor| ListOrders::call(Nothing, PageQuery::at(cursor), Nothing), COLUMNS).await
}

async fn candidates(
    number: String,
    administrator: String,
    cx: &mut Context,
) -> Result<(), Failure> {
    let call = ListOrderCandidates::call(number, Nothing, FindCandidates { administrator });
    let found: OrderMatch = cx.ask(call).await?;
    cx.out.one_as(&found, MATCH, || match_words(&found))
}

/// What the backend sent as a plain text.
fn own(text: &str) -> Shown {
    Untrusted::new(text).shown()
}

fn match_words(found: &OrderMatch) -> String {
    let mut text = String::new();
    if let Some(place) = &found.administers {
        let name = match (&place.name, &place.organization) {
            (Some(name), Some(id)) => format!("{} ({})", name.shown(), own(id)),
            _ => "an organization that you do not manage".to_owned(),
        };
        let _ = writeln!(text, "{} administers {name}.", with_unicode(&found.administrator));
        let why_not = own(&place.why_not);
        text.push_str(if !place.why_not.is_empty() {
            why_not.as_str()
        } else if place.must_accept {
            "The order can go there once one of its full admins has accepted."
        } else {
            "The order goes there."
        });
        text.push('\n');
    } else if found.candidates.is_empty() {
        text.push_str("No organization has such a name and users in this e-mail domain.\n");
    } else {
        text.push_str(&table(found.candidates.iter(), CANDIDATES, None));
    }
    if found.may_create {
        text.push_str("A new organization can be made: --new.\n");
    } else {
        let _ = writeln!(text, "No new organization: {}", own(&found.why_not_create));
    }
    text
}

fn words(order: &Order) -> String {
    let mut text = card(order, COLUMNS);
    let number = own(&order.number);
    if order.may_answer {
        let partner = order.partner_name.shown();
        let _ = writeln!(
            text,
            "{partner} asks whether this order is yours. Accepting adds its services to yours, and \
             {partner} manages your organization from then on."
        );
        if let Some(manager) = &order.replaces_partner {
            let _ = writeln!(text, "That ends what {} manages today.", manager.shown());
        }
        let _ = writeln!(text, "  hublink order accept {number}\n  hublink order decline {number}");
    } else if order.asked_at.is_some() {
        text.push_str(
            "An organization that you do not manage was asked by mail to its full admins. The \
             order waits\nuntil one of them accepts.\n",
        );
    } else if let (OrderState::Mapped, Some(org)) = (order.state, order.organization.as_deref()) {
        hint(&mut text, &format!("Next: hublink setup show --org {}", own(org)));
    } else if order.state == OrderState::Refused && order.may_map {
        text.push_str(
            "The organization that was asked has declined. Map the order with another \
             administrator's\naddress, or to another organization.\n",
        );
    }
    text
}
