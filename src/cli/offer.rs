//! `hublink offer`: the roles that you are offered yourself (rule P1).
//!
//! Owns how the terms get read and accepted here. What others are offered in an organization is
//! `org`'s; a code from a mail is `welcome`'s.

use clap::Subcommand;

use super::context::Context;
use super::exit::Failure;
use super::grid::{Cell, Column};
use super::output::note;
use super::welcome;
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::offer::{AcceptOffer, AcceptOfferCall, DeclineOffer, LiftOffer, Offer, ShowOffer};
use crate::api::session::{Me, ShowMe};
use crate::api::welcome::{WelcomeAccepted, WelcomeShown};
use crate::domain::untrusted::Untrusted;

/// Roles that you are offered.
#[derive(Debug, Subcommand)]
pub enum OfferCommand {
    /// List what you are offered, and what you have declined
    List,
    /// Accept: the role is yours, and you become a user of that organization
    #[command(
        after_help = "A person is in one organization at most: once you accept, no other one \
        can take\nyou in.\n\nExample:\n  hublink offer accept acme"
    )]
    Accept {
        /// The organization's id
        #[arg(value_name = "ORG")]
        id: String,
        /// Accept the terms of service without being asked
        #[arg(long)]
        accept_terms: bool,
    },
    /// Decline: the organization cannot offer you anything again until you lift it
    Decline {
        /// The organization's id
        #[arg(value_name = "ORG")]
        id: String,
    },
    /// Lift what you declined: the organization may offer again
    Lift {
        /// The organization's id
        #[arg(value_name = "ORG")]
        id: String,
    },
}

/// The columns of offers, for their addressee and for the organization.
pub(super) const COLUMNS: &[Column<Offer>] = &[
    Column { name: "organization", cell: |offer| Cell::plain_text(&offer.organization) },
    Column { name: "name", cell: |offer| Cell::Text(offer.organization_name.clone()) },
    Column { name: "email", cell: |offer| Cell::Text(offer.email.clone()) },
    Column {
        name: "roles",
        cell: |offer| Cell::joined(offer.roles.iter().map(|role| role.title())),
    },
    Column { name: "state", cell: |offer| Cell::Word(offer.state.code()) },
    Column { name: "offered_by", cell: |offer| Cell::maybe(offer.offered_by.clone(), Cell::Text) },
    Column { name: "expires_at", cell: |offer| Cell::At(offer.expires_at) },
];

/// Does it.
///
/// # Errors
/// What went wrong.
pub async fn run(command: OfferCommand, cx: &mut Context) -> Result<(), Failure> {
    let call = match command {
        OfferCommand::List => {
            let me: Me = cx.ask(ShowMe::call(Nothing, Nothing, Nothing)).await?;
            return cx.out.list(me.offers.iter(), COLUMNS);
        }
        OfferCommand::Accept { id, accept_terms } => return accept(id, accept_terms, cx).await,
        OfferCommand::Decline { id } => DeclineOffer::call(id, Nothing, Nothing),
        OfferCommand::Lift { id } => LiftOffer::call(id, Nothing, Nothing),
    };
    let declines = call.is::<DeclineOffer>();
    let offer: Offer = cx.ask(call).await?;
    let name = offer.organization_name.shown_in(80);
    note(&if declines {
        let id = Untrusted::new(&offer.organization);
        format!("{name} cannot offer you anything until: hublink offer lift {}", id.shown())
    } else {
        format!("{name} may offer you a role again.")
    });
    cx.out.one(&offer, COLUMNS)
}

async fn accept(id: String, accept_terms: bool, cx: &mut Context) -> Result<(), Failure> {
    if !cx.person.may_ask() && !accept_terms {
        return Err(Failure::usage("there is no terminal to ask at; use --accept-terms"));
    }
    let shown: WelcomeShown = cx.ask(ShowOffer::call(id.clone(), Nothing, Nothing)).await?;
    note(&welcome::offered(&shown));
    if !accept_terms && !welcome::agreed(&shown, cx).await? {
        return Err(Failure::failed("the terms were not accepted; the offer is still open"));
    }
    let body = AcceptOffer { terms_sha256: shown.terms.sha256.clone() };
    let accepted: WelcomeAccepted = cx.ask(AcceptOfferCall::call(id, Nothing, body)).await?;
    let client = cx.client()?;
    welcome::told(accepted, &shown, &client, cx)
}
