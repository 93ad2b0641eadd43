//! Services setup, the subdomain, and the Contact Center card (rules T5 to T7).

use axum::extract::State;

use super::Shared;
use super::asked::{Asked, Routes};
use crate::api::contact_center::ContactCenter;
use crate::api::run::WatchQuery;
use crate::api::setup::{
    CheckSubdomain, FinishSetupCall, SetUpContactCenterCall, Setup, ShowContactCenter, ShowSetup,
    SubdomainCheck, SuggestSubdomains, Suggestions,
};
use crate::server::auth::Actor;
use crate::server::refusal::Refusal;

pub fn routes() -> Routes {
    Routes::new()
        .at(show_setup)
        .at(finish_setup)
        .at(check_subdomain)
        .at(suggest_subdomains)
        .at(show_contact_center)
        .at(set_up_contact_center)
}

/// The organization's services setup: the plan to review, where it stands, what comes next.
async fn show_setup(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: id, .. }: Asked<ShowSetup>,
) -> Result<Setup, Refusal> {
    backend.directory.setup(&actor.viewer(), &id).await
}

/// Finish setup: the subdomain is taken now. Of two who finish at once one gets it, the other
/// `subdomain_taken` with three free names.
async fn finish_setup(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: id, body, .. }: Asked<FinishSetupCall>,
) -> Result<Setup, Refusal> {
    backend.directory.finish_setup(&actor.viewer(), &id, &body.subdomain).await
}

/// Check Availability: whether the organization could have this subdomain. It promises nothing.
async fn check_subdomain(
    State(backend): State<Shared>,
    Asked { path: id, query, .. }: Asked<CheckSubdomain>,
) -> Result<SubdomainCheck, Refusal> {
    backend.directory.check_subdomain(&id, &query.name).await
}

/// Three subdomains that are free now, made from a name or from the organization's own.
async fn suggest_subdomains(
    State(backend): State<Shared>,
    Asked { path: id, query, .. }: Asked<SuggestSubdomains>,
) -> Result<Suggestions, Refusal> {
    backend.directory.suggest_subdomains(&id, query.name.as_deref()).await
}

/// The Contact Center card, at once; or, with `after` and `wait`, when a part changes.
async fn show_contact_center(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: id, query: watch, .. }: Asked<ShowContactCenter>,
) -> Result<ContactCenter, Refusal> {
    let viewer = actor.viewer();
    let at_once = WatchQuery::default();
    let card = tokio::select! {
        card = backend.directory.contact_center(&viewer, &id, &watch) => card,
        () = backend.stop.wait() => backend.directory.contact_center(&viewer, &id, &at_once).await,
    };
    card
}

/// The card's Set Up: begins Contact Center and voice; chat too, for the customer's own full admin.
/// What has failed is tried again.
async fn set_up_contact_center(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: id, body, .. }: Asked<SetUpContactCenterCall>,
) -> Result<ContactCenter, Refusal> {
    let card = backend.directory.set_up_contact_center(&actor.viewer(), &id, &body).await?;
    Ok(card)
}
