//! What taking a role away, or withdrawing an offer, ends: asked about first.

use crate::api::call::{OrganizationCall, Reply, Request};
use crate::api::organization::Organization;
use crate::cli::context::Context;
use crate::cli::exit::Failure;
use crate::cli::grid::local;
use crate::cli::loss::Loss;
use crate::domain::address::Address;
use crate::domain::number::count;
use crate::domain::offer::OfferState;
use crate::domain::role::Role;
use crate::domain::untrusted::Untrusted;

/// Who loses which role, and how many keep it, or which offer goes; nothing where the person has
/// neither, and where it is the last full admin, who stays.
///
/// # Errors
/// What went wrong with the look-up.
pub async fn revoked(
    id: &str,
    email: &str,
    role: Role,
    cx: &Context,
) -> Result<Option<Loss>, Failure> {
    let org = organization(id, cx).await?;
    let email = canonical(email);
    let with = |role: Role| org.administrators.iter().filter(move |one| one.role == role);
    if !with(role).any(|one| one.email.raw() == email) {
        let offers = |roles: &[Role]| roles.contains(&role);
        return Ok(offer(&org, &email, offers)
            .map(|what| Loss { what, question: "Take the offer back?".to_owned() }));
    }
    let left = with(role).count() as u64 - 1;
    if left == 0 && role == Role::FullAdmin {
        return Ok(None);
    }
    let theirs = org.administrators.iter().filter(|one| one.email.raw() == email).count();
    let what = format!(
        "{} stops being {} of {}: {} left, and {} of theirs there.",
        Untrusted::new(email).shown(),
        role.title(),
        org.name.shown(),
        count(left, role.title()),
        count(theirs as u64 - 1, "other role"),
    );
    Ok(Some(Loss { what, question: "Take the role?".to_owned() }))
}

/// Which offer goes, with its link and its code.
///
/// # Errors
/// What went wrong with the look-up.
pub async fn withdrawn(id: &str, email: &str, cx: &Context) -> Result<Option<Loss>, Failure> {
    let org = organization(id, cx).await?;
    let what = offer(&org, &canonical(email), |_| true);
    Ok(what.map(|what| Loss { what, question: "Withdraw it?".to_owned() }))
}

fn offer(org: &Organization, email: &str, of: impl Fn(&[Role]) -> bool) -> Option<String> {
    let offer = org.offers.iter().find(|one| one.email.raw() == email && of(&one.roles))?;
    let until = local(offer.expires_at);
    (offer.state == OfferState::Open).then(|| {
        format!(
            "{} is offered {} in {} until {until}. The link and the code of the mail die.",
            offer.email.shown(),
            count(offer.roles.len() as u64, "role"),
            org.name.shown(),
        )
    })
}

async fn organization(id: &str, cx: &Context) -> Result<Box<Organization>, Failure> {
    match cx.ask(Request::Organization(OrganizationCall::Show(id.to_owned()))).await? {
        Reply::Organization(org) => Ok(org),
        _ => Err(Failure::odd_reply()),
    }
}

/// As the backend spells it.
fn canonical(email: &str) -> String {
    Address::parse(email).map_or_else(|_| email.to_owned(), String::from)
}
