//! Linking a site to an organization (rules L1 to L8).

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{ApiJson, ApiPath, ApiQuery, site_in_path};
use super::{Reads, Shared, Writes};
use crate::api::linking::{
    Candidates, CandidatesQuery, Connect, Enroll, Enrollment, LinkJob, LinkPlan, LinkSite,
    LinkTarget, LinkedUser, LinkedUsersQuery,
};
use crate::api::page::Page;
use crate::api::problem::Problem;
use crate::api::run::WatchQuery;
use crate::domain::role::Action;
use crate::server::Backend;
use crate::server::auth::attempts::Tried;
use crate::server::auth::{Actor, authorize, rates};
use crate::server::listen::Peer;
use crate::server::provider::Resource;
use crate::server::refusal::Refusal;

/// The longest anybody waits for a change, in seconds.
const LONGEST: u16 = 60;

pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(show_enrollment))
        .routes(routes!(enroll_site))
        .routes(routes!(connect_site))
        .routes(routes!(list_candidates))
        .routes(routes!(prepare_link))
        .routes(routes!(watch_link, link_site, unlink_site))
        .routes(routes!(list_linked_users))
        .routes(routes!(retry_link))
}

/// Where one stands with a site of one's own: what comes next.
#[utoipa::path(
    get, path = "/v1/sites/{url}/enrollment", tag = "Linking",
    params(("url" = String, Path, description = "The site's URL: a host name.")),
    responses((status = 200, body = Enrollment), Reads),
    security(("bearer" = []))
)]
async fn show_enrollment(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
) -> Result<ApiJson<Enrollment>, Refusal> {
    let url = own_site(&backend, &actor, &url).await?;
    backend.provider.enrollment(&actor.viewer(), &url).await.map(ApiJson)
}

/// Enroll Now. Who is in no organization yet gets the connect mail; it may be asked for again.
#[utoipa::path(
    post, path = "/v1/sites/{url}/enroll", tag = "Linking",
    params(("url" = String, Path, description = "The site's URL: a host name.")),
    request_body = Enroll,
    responses((status = 200, body = Enrollment), Writes),
    security(("bearer" = []))
)]
async fn enroll_site(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
    ApiJson(body): ApiJson<Enroll>,
) -> Result<ApiJson<Enrollment>, Refusal> {
    let url = own_site(&backend, &actor, &url).await?;
    if body.resend {
        rates::count(&backend.store, rates::CONNECT_MAIL, &actor.email).await?;
    }
    backend.provider.enroll(&actor.viewer(), &url, body.resend).await.map(ApiJson)
}

/// Use the code of one's connect mail. Code and link are used together, once.
#[utoipa::path(
    post, path = "/v1/sites/{url}/connect", tag = "Linking",
    params(("url" = String, Path, description = "The site's URL: a host name.")),
    request_body = Connect,
    responses((status = 200, body = Enrollment), Writes),
    security(("bearer" = []))
)]
async fn connect_site(
    State(backend): State<Shared>,
    Peer(peer): Peer,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
    ApiJson(body): ApiJson<Connect>,
) -> Result<ApiJson<Enrollment>, Refusal> {
    let url = own_site(&backend, &actor, &url).await?;
    rates::count(&backend.store, rates::CONNECT_CODE, &actor.email).await?;
    let attempt = backend.attempts.begin(peer, Tried::Secret(body.code.expose()))?;
    let connected = backend.provider.connect(&actor.viewer(), &url, body.code.expose()).await?;
    backend.attempts.succeeded(&attempt);
    Ok(ApiJson(connected))
}

/// The organizations that match the site, each with every reason. Recorded, and limited in number.
#[utoipa::path(
    get, path = "/v1/sites/{url}/candidates", tag = "Linking",
    params(("url" = String, Path, description = "The site's URL: a host name."), CandidatesQuery),
    responses(
        (status = 200, body = Candidates),
        (status = 409, body = Problem, content_type = "application/problem+json",
         description = "Connect first; or the site may not link, or is linked."),
        (status = 429, body = Problem, content_type = "application/problem+json",
         description = "Too many looks; see Retry-After."),
        Reads,
    ),
    security(("bearer" = []))
)]
async fn list_candidates(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
    ApiQuery(query): ApiQuery<CandidatesQuery>,
) -> Result<ApiJson<Candidates>, Refusal> {
    let url = own_site(&backend, &actor, &url).await?;
    backend.provider.candidates(&actor.viewer(), &url, &query).await.map(ApiJson)
}

/// What linking the site would do, and the agreement with its hash. Changes nothing.
#[utoipa::path(
    post, path = "/v1/sites/{url}/link/prepare", tag = "Linking",
    params(("url" = String, Path, description = "The site's URL: a host name.")),
    request_body = LinkTarget,
    responses((status = 200, body = LinkPlan), Writes),
    security(("bearer" = []))
)]
async fn prepare_link(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
    ApiJson(target): ApiJson<LinkTarget>,
) -> Result<ApiJson<LinkPlan>, Refusal> {
    let url = own_site(&backend, &actor, &url).await?;
    backend.provider.prepare_link(&actor.viewer(), &url, &target).await.map(ApiJson)
}

/// Link Now, for good: with the hash of the agreement that was read, the tick, and the site's URL
/// typed in full.
#[utoipa::path(
    post, path = "/v1/sites/{url}/link", tag = "Linking",
    params(("url" = String, Path, description = "The site's URL: a host name.")),
    request_body = LinkSite,
    responses((status = 202, body = LinkJob, description = "Begun; watch it with GET."), Writes),
    security(("bearer" = []))
)]
async fn link_site(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
    ApiJson(body): ApiJson<LinkSite>,
) -> Result<(StatusCode, ApiJson<LinkJob>), Refusal> {
    let url = own_site(&backend, &actor, &url).await?;
    let job = backend.provider.link_site(&actor.viewer(), &url, &body).await?;
    Ok((StatusCode::ACCEPTED, ApiJson(job)))
}

/// The site's link job, at once; or, with `after` and `wait`, when it changes.
#[utoipa::path(
    get, path = "/v1/sites/{url}/link", tag = "Linking",
    params(("url" = String, Path, description = "The site's URL: a host name."), WatchQuery),
    responses((status = 200, body = LinkJob), Reads),
    security(("bearer" = []))
)]
async fn watch_link(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
    ApiQuery(query): ApiQuery<WatchQuery>,
) -> Result<ApiJson<LinkJob>, Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::See, Resource::Site(&url)).await?;
    let wait = query.wait.unwrap_or(0);
    if wait > LONGEST {
        return Err(Refusal::invalid("wait", "One can wait for 0 to 60 seconds."));
    }
    if let (Some(after), 1..) = (query.after, wait) {
        let change = backend.provider.link_changed(&url, after);
        tokio::select! {
            changed = tokio::time::timeout(Duration::from_secs(wait.into()), change) => {
                if let Ok(changed) = changed { changed? }
            }
            () = backend.stop.wait() => {}
        }
    }
    backend.provider.link_job(&url).await.map(ApiJson)
}

/// Whom completing the link was for: linked, or reported with the reason.
#[utoipa::path(
    get, path = "/v1/sites/{url}/link/users", tag = "Linking",
    params(("url" = String, Path, description = "The site's URL: a host name."), LinkedUsersQuery),
    responses((status = 200, body = Page<LinkedUser>), Reads),
    security(("bearer" = []))
)]
async fn list_linked_users(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
    ApiQuery(query): ApiQuery<LinkedUsersQuery>,
) -> Result<ApiJson<Page<LinkedUser>>, Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::SeeUsers, Resource::Site(&url)).await?;
    backend.provider.linked_users(&url, &query).await.map(ApiJson)
}

/// Try a failed link job again now, to the same organization. It is tried again by itself, too.
#[utoipa::path(
    post, path = "/v1/sites/{url}/link/retry", tag = "Linking",
    params(("url" = String, Path, description = "The site's URL: a host name.")),
    responses((status = 202, body = LinkJob, description = "Under way again."), Writes),
    security(("bearer" = []))
)]
async fn retry_link(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
) -> Result<(StatusCode, ApiJson<LinkJob>), Refusal> {
    let url = own_site(&backend, &actor, &url).await?;
    let job = backend.provider.retry_link(&actor.viewer(), &url).await?;
    Ok((StatusCode::ACCEPTED, ApiJson(job)))
}

/// There is no unlinking a site: this answers `409 link_permanent`, and says so.
#[utoipa::path(
    delete, path = "/v1/sites/{url}/link", tag = "Linking",
    params(("url" = String, Path, description = "The site's URL: a host name.")),
    responses(Writes),
    security(("bearer" = []))
)]
async fn unlink_site(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
) -> Result<StatusCode, Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::See, Resource::Site(&url)).await?;
    Err(backend.provider.unlink(&url).await?)
}

/// A site that the actor administers.
async fn own_site(backend: &Backend, actor: &Actor, url: &str) -> Result<String, Refusal> {
    let url = site_in_path(url)?;
    authorize(backend, actor, Action::LinkSite, Resource::Site(&url)).await?;
    Ok(url)
}
