//! One's own sessions: listing and ending them (rule P5).
//!
//! Owns nothing of others: whose they are is who asks. Signing in and out is `account`'s.

use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{ApiJson, ApiPath, ApiQuery};
use super::people::record;
use super::{Reads, Shared, Writes};
use crate::api::access::Session;
use crate::api::page::{Page, PageQuery};
use crate::server::auth::{Actor, Credential, credentials};
use crate::server::refusal::Refusal;
use crate::server::store::{from_millis, to_millis};
use crate::server::{Backend, paging};

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
    let rows = sqlx::query(
        "SELECT s.id, s.created_at, s.expires_at, s.used_at, s.token
           FROM sessions s LEFT JOIN tokens t ON t.id = s.token
          WHERE s.person = $1 AND (s.created_at, s.id) > ($2, $3)
            AND s.revoked_at IS NULL AND s.expires_at > $4 AND t.revoked_at IS NULL
          ORDER BY s.created_at, s.id LIMIT $5",
    )
    .bind(&actor.email)
    .bind(at)
    .bind(id)
    .bind(to_millis(Timestamp::now()))
    .bind(limit as i64 + 1)
    .fetch_all(&mut *backend.store.read().await?)
    .await?;
    let shown = |row| session(&backend, &actor, row);
    let sessions = rows.iter().map(shown).collect::<Result<Vec<_>, _>>()?;
    paging::page(sessions, limit, |s| (to_millis(s.created_at), s.id.clone()), |s| s).map(ApiJson)
}

fn session(backend: &Backend, actor: &Actor, row: &SqliteRow) -> Result<Session, sqlx::Error> {
    let id: String = row.try_get(0)?;
    let shown = Credential::Session(id.clone());
    let written = row.try_get::<Option<i64>, _>(3)?.map(from_millis);
    Ok(Session {
        id,
        created_at: from_millis(row.try_get(1)?),
        expires_at: from_millis(row.try_get(2)?),
        used_at: backend.uses.last(&shown, written),
        token: row.try_get(4)?,
        in_use: actor.credential == shown,
    })
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
    let mine = sqlx::query("SELECT 1 FROM sessions WHERE id = $1 AND person = $2")
        .bind(&id)
        .bind(&actor.email)
        .fetch_optional(&mut *tx)
        .await?;
    mine.ok_or_else(|| Refusal::not_found("session"))?;
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
