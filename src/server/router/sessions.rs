//! One's own sessions: listing and ending them (rule P5).
//!
//! Owns nothing of others: whose they are is who asks. Signing in and out is `account`'s.

use axum::extract::State;

use super::Shared;
use super::asked::{Asked, Routes};
use super::people::record;
use crate::api::access::{EndSession, EndSessions, ListSessions, Session};
use crate::api::endpoint::Nothing;
use crate::api::page::Page;
use crate::server::auth::{Actor, Credential, credentials};
use crate::server::paging;
use crate::server::refusal::Refusal;
use crate::server::store::to_millis;

pub fn routes() -> Routes {
    Routes::new().at(list_sessions).at(end_sessions).at(end_session)
}

/// One's sessions that have not ended, oldest first.
async fn list_sessions(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { query: page, .. }: Asked<ListSessions>,
) -> Result<Page<Session>, Refusal> {
    let limit = paging::limit(page.limit)?;
    let (at, id): (i64, String) = paging::after(page.cursor.as_deref())?.unwrap_or_default();
    let mut conn = backend.store.read().await?;
    let now = backend.clock.real_now();
    let after = (at, id.as_str());
    let mut sessions = credentials::sessions(&mut conn, &actor.email, after, limit, now).await?;
    for session in &mut sessions {
        let shown = Credential::Session(session.id.clone());
        session.used_at = backend.uses.last(&shown, session.used_at);
        session.in_use = actor.credential == shown;
    }
    paging::page(sessions, limit, |s| (to_millis(s.created_at), s.id.clone()), |s| s)
}

/// End one of one's sessions; ending the one in use signs out.
async fn end_session(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: id, .. }: Asked<EndSession>,
) -> Result<Nothing, Refusal> {
    let mut tx = backend.store.begin().await?;
    if !credentials::is_session_of(&mut tx, &id, &actor.email).await? {
        return Err(Refusal::not_found("session"));
    }
    credentials::end_session(&mut tx, &id).await?;
    let detail = serde_json::json!({ "session": id });
    record(&backend, &mut tx, &actor, "session.ended", &actor.email, detail).await?;
    tx.commit().await?;
    Ok(Nothing)
}

async fn end_sessions(
    State(backend): State<Shared>,
    actor: Actor,
    _: Asked<EndSessions>,
) -> Result<Nothing, Refusal> {
    let mut tx = backend.store.begin().await?;
    let ended = credentials::end_sessions(&mut tx, &actor.email, Some(&actor.credential)).await?;
    let detail = serde_json::json!({ "sessions": ended });
    record(&backend, &mut tx, &actor, "session.others_ended", &actor.email, detail).await?;
    tx.commit().await?;
    Ok(Nothing)
}
