//! Trials (rules T1, T8).

use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{ApiJson, ApiPath, ApiQuery};
use super::{Reads, Shared, Writes};
use crate::api::page::{Page, PageQuery};
use crate::api::trial::{CheckTrial, EditTrial, ExtendTrial, StartTrial, Trial, TrialCheck};
use crate::domain::role::Action;
use crate::server::auth::{Actor, authorize};
use crate::server::provider::Resource;
use crate::server::refusal::Refusal;

pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(list_trials))
        .routes(routes!(start_trial))
        .routes(routes!(check_trial))
        .routes(routes!(show_trial, edit_trial))
        .routes(routes!(extend_trial))
}

/// The trials one sees, soonest end first.
#[utoipa::path(
    get, path = "/v1/trials", tag = "Trials", params(PageQuery),
    responses((status = 200, body = Page<Trial>), Reads),
    security(("bearer" = []))
)]
async fn list_trials(
    State(backend): State<Shared>,
    actor: Actor,
    ApiQuery(page): ApiQuery<PageQuery>,
) -> Result<ApiJson<Page<Trial>>, Refusal> {
    backend.provider.trials(&actor.viewer(), &page).await.map(ApiJson)
}

/// Start a trial for a customer of a partner: the organization comes to be, its administrator gets
/// a welcome mail, services setup begins.
#[utoipa::path(
    post, path = "/v1/organizations/{id}/trials", tag = "Trials",
    params(("id" = String, Path, description = "The partner's organization id.")),
    request_body = StartTrial,
    responses((status = 201, body = Trial, description = "Started."), Writes),
    security(("bearer" = []))
)]
async fn start_trial(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(partner): ApiPath<String>,
    ApiJson(new): ApiJson<StartTrial>,
) -> Result<(StatusCode, ApiJson<Trial>), Refusal> {
    authorize(&backend, &actor, Action::SellTo, Resource::Organization(&partner)).await?;
    let started = backend.provider.start_trial(&actor.viewer(), &partner, &new).await?;
    Ok((StatusCode::CREATED, ApiJson(started)))
}

/// Check the fields of a trial before it is started; nothing is kept. Rate-limited.
#[utoipa::path(
    post, path = "/v1/organizations/{id}/trials/check", tag = "Trials",
    params(("id" = String, Path, description = "The partner's organization id.")),
    request_body = CheckTrial,
    responses((status = 200, body = TrialCheck), Writes),
    security(("bearer" = []))
)]
async fn check_trial(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(partner): ApiPath<String>,
    ApiJson(check): ApiJson<CheckTrial>,
) -> Result<ApiJson<TrialCheck>, Refusal> {
    authorize(&backend, &actor, Action::SellTo, Resource::Organization(&partner)).await?;
    backend.provider.check_trial(&check).await.map(ApiJson)
}

/// One trial, with what extending it now would do.
#[utoipa::path(
    get, path = "/v1/trials/{organization}", tag = "Trials",
    params(("organization" = String, Path, description = "The customer's organization id.")),
    responses((status = 200, body = Trial), Reads),
    security(("bearer" = []))
)]
async fn show_trial(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
) -> Result<ApiJson<Trial>, Refusal> {
    allowed(&backend, &actor, Action::SeeDetails, &id).await?;
    backend.provider.trial(&actor.viewer(), &id).await.map(ApiJson)
}

/// Change the services of a trial that has not expired.
#[utoipa::path(
    patch, path = "/v1/trials/{organization}", tag = "Trials",
    params(("organization" = String, Path, description = "The customer's organization id.")),
    request_body = EditTrial,
    responses((status = 200, body = Trial), Writes),
    security(("bearer" = []))
)]
async fn edit_trial(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
    ApiJson(edit): ApiJson<EditTrial>,
) -> Result<ApiJson<Trial>, Refusal> {
    allowed(&backend, &actor, Action::SellTo, &id).await?;
    backend.provider.edit_trial(&actor.viewer(), &id, &edit).await.map(ApiJson)
}

/// Replace the time that is left by 30 days from now, also of an expired trial. Where that is
/// earlier than the present end, it must be accepted.
#[utoipa::path(
    post, path = "/v1/trials/{organization}/extend", tag = "Trials",
    params(("organization" = String, Path, description = "The customer's organization id.")),
    request_body = ExtendTrial,
    responses((status = 200, body = Trial), Writes),
    security(("bearer" = []))
)]
async fn extend_trial(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
    ApiJson(extend): ApiJson<ExtendTrial>,
) -> Result<ApiJson<Trial>, Refusal> {
    allowed(&backend, &actor, Action::SellTo, &id).await?;
    backend.provider.extend_trial(&actor.viewer(), &id, &extend).await.map(ApiJson)
}

/// What one may do with a trial is what one may do to its organization; who may not see that is
/// told that there is no such trial.
async fn allowed(backend: &Shared, actor: &Actor, action: Action, id: &str) -> Result<(), Refusal> {
    authorize(backend, actor, action, Resource::Organization(id))
        .await
        .map(drop)
        .map_err(|refusal| refusal.hidden("trial"))
}
