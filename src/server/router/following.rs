//! Account linking (rule U7) and automatic linking (rule L11) of a site.

use axum::extract::State;

use super::Shared;
use super::asked::{Asked, Routes};
use crate::api::following::{
    AccountLinkingState, AutoLink, PlanNewcomers, SetAccountLinkingCall, SetAutoLinkCall,
    ShowAccountLinking, ShowAutoLink,
};
use crate::server::auth::Actor;
use crate::server::engine::newcomers;
use crate::server::refusal::Refusal;

pub fn routes() -> Routes {
    Routes::new()
        .at(show_account_linking)
        .at(set_account_linking)
        .at(plan_newcomers)
        .at(show_auto_link)
        .at(set_auto_link)
}

/// What becomes of users added later, who was added, and the plan that waits for review.
async fn show_account_linking(
    State(backend): State<Shared>,
    Asked { path: url, .. }: Asked<ShowAccountLinking>,
) -> Result<AccountLinkingState, Refusal> {
    newcomers::show(&backend, &url).await
}

/// Set what becomes of users added from now on. A plan of at most 25 of them applies itself; a
/// larger one waits for review.
async fn set_account_linking(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: url, body, .. }: Asked<SetAccountLinkingCall>,
) -> Result<AccountLinkingState, Refusal> {
    backend.directory.set_account_linking(&actor.viewer(), &url, body.setting).await?;
    newcomers::show(&backend, &url).await
}

/// Make the plan of users added later anew, such as when the last one has expired. It waits for
/// review, whatever its size.
async fn plan_newcomers(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: url, .. }: Asked<PlanNewcomers>,
) -> Result<AccountLinkingState, Refusal> {
    newcomers::plan(&backend, &actor.email, &url).await?;
    newcomers::show(&backend, &url).await
}

/// Whether and when the site links by itself, what was announced, and why it waits if it does.
async fn show_auto_link(
    State(backend): State<Shared>,
    Asked { path: url, .. }: Asked<ShowAutoLink>,
) -> Result<AutoLink, Refusal> {
    backend.directory.auto_link(&url).await
}

/// Set the date on which the site links by itself, or take it away. For backend administrators.
async fn set_auto_link(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: url, body, .. }: Asked<SetAutoLinkCall>,
) -> Result<AutoLink, Refusal> {
    backend.directory.set_auto_link(&actor.viewer(), &url, body.on).await
}
