//! One's own sessions: listing and ending them (rule P5).
//!
//! Owns nothing of others: whose they are is who asks. Signing in and out is `account`'s.

use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{ApiJson, ApiPath, ApiQuery};
use super::people::record;
use super::{Reads, Shared, Writes};
use crate::api::access::Session;
use crate::api::page::{Page, PageQuery};
use crate::server::auth::{Actor, Credential, credentials};
use crate::server::paging;
use crate::server::refusal::Refusal;
use crate::server::store::to_millis;

pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(list_sessions, end_sessions)).routes(routes!(end_session))
}

/// One's sessions that have not ended, oldest first.
#[utoipa::path(
    get, path = "/v1/me/sessions", tag = "Account", params(PageQuery),
    responses((status = 200, body = Page<Session>), Reads),
    security(("bearer" = []))
)]
async fn list_sessions(
    State(backend): State<Shared>,
    actor: Actor,
    ApiQuery(page): ApiQuery<PageQuery>,
) -> Result<ApiJson<Page<Session>>, Refusal> {
    let limit = paging::limit(page.limit)?;
    let (at, id): (i64, String) = paging::after(page.cursor.as_deref())?.unwrap_or_default();
    let mut conn = backend.store.read().await?;
    let mut sessions = credentials::sessions(&mut conn, &actor.email, (at, &id), limit).await?;
    for session in &mut sessions {
        let shown = Credential::Session(session.id.clone());
        session.used_at = backend.uses.last(&shown, session.used_at);
        session.in_use = actor.credential == shown;
    }
    paging::page(sessions, limit, |s| (to_millis(s.created_at), s.id.clone()), |s| s).map(ApiJson)
}

/// End one of one's sessions; ending the one in use signs out.
#[utoipa::path(
    delete, path = "/v1/me/sessions/{id}", tag = "Account",
    params(("id" = String, Path, description = "The session's id.")),
    responses((status = 204, description = "Ended."), Writes),
    security(("bearer" = []))
)]
async fn end_session(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
) -> Result<StatusCode, Refusal> {
    let mut tx = backend.store.begin().await?;
    if !credentials::is_session_of(&mut tx, &id, &actor.email).await? {
        return Err(Refusal::not_found("session"));
    }
    credentials::end_session(&mut tx, &id).await?;
    let detail = serde_json::json!({ "session": id });
    record(&backend, &mut tx, &actor, "session.ended", &actor.email, detail).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End all of one's sessions but the one in use. Personal tokens stay.
#[utoipa::path(
    delete, path = "/v1/me/sessions", tag = "Account",
    responses((status = 204, description = "Ended."), Writes),
    security(("bearer" = []))
)]
async fn end_sessions(State(backend): State<Shared>, actor: Actor) -> Result<StatusCode, Refusal> {
    let mut tx = backend.store.begin().await?;
    let ended = credentials::end_sessions(&mut tx, &actor.email, Some(&actor.credential)).await?;
    let detail = serde_json::json!({ "sessions": ended });
    record(&backend, &mut tx, &actor, "session.others_ended", &actor.email, detail).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
