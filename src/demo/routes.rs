//! The demo's own routes (`api::demo`): people, outbox, answers and DNS.
//!
//! Owns reading the requests and the refusals. People are listed without a session, for that is how
//! one gets one, to who has the demo's key; everything else asks for somebody who is signed in.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};

use super::browser::Browser;
use super::dns::{PublishError, Zone};
use super::mail::Outbox;
use super::people::People;
use crate::api::demo::{
    Answer, AnswerMail, AnswerMailCall, DemoPerson, KEY_HEADER, ListDemoPeople, ListOutbox,
    OUTBOX_PAGE, OutboxMail, OutboxQuery, PublishTxt, PublishTxtCall,
};
use crate::api::endpoint::Endpoint as _;
use crate::api::problem::code;
use crate::api::session::Secret;
use crate::server::auth::{Actor, not_signed_in};
use crate::server::refusal::Refusal;
use crate::server::router::extract::{ApiJson, ApiPath, ApiQuery};

/// What the routes share.
pub struct Parts {
    /// Whom one can sign in as.
    pub people: People,
    /// The mails.
    pub outbox: Arc<Outbox>,
    /// The DNS.
    pub zone: Arc<Zone>,
    /// Opens the pages that mails link to.
    pub browser: Browser,
    /// Who has it may be anybody.
    pub key: Secret,
    /// What the browser chooses where a welcome asks for a new password.
    pub password: Secret,
}

/// The routes.
pub fn routes(parts: Parts) -> Router {
    Router::new()
        .route(ListDemoPeople::ROUTE.path, get(people))
        .route(ListOutbox::ROUTE.path, get(outbox))
        .route(AnswerMailCall::ROUTE.path, post(answer))
        .route(PublishTxtCall::ROUTE.path, post(publish))
        .with_state(Arc::new(parts))
}

async fn people(
    State(parts): State<Arc<Parts>>,
    headers: HeaderMap,
) -> Result<Json<Vec<DemoPerson>>, Refusal> {
    // The list has everybody's token: other users of the host must not read it.
    let told = headers.get(KEY_HEADER).map(axum::http::HeaderValue::as_bytes);
    if told != Some(parts.key.expose().as_bytes()) {
        return Err(not_signed_in());
    }
    Ok(Json(parts.people.list().await?))
}

async fn outbox(
    _actor: Actor,
    State(parts): State<Arc<Parts>>,
    ApiQuery(query): ApiQuery<OutboxQuery>,
) -> Json<Vec<OutboxMail>> {
    Json(parts.outbox.newest(query.before, OUTBOX_PAGE))
}

async fn answer(
    _actor: Actor,
    State(parts): State<Arc<Parts>>,
    ApiPath(id): ApiPath<u64>,
    ApiJson(body): ApiJson<AnswerMail>,
) -> Result<Json<Vec<OutboxMail>>, Refusal> {
    let mail = parts.outbox.mail(id).ok_or_else(|| Refusal::not_found("mail"))?;
    // The same answer again, as after a lost reply, changes nothing.
    if mail.answered != Some(body.answer) {
        let Some(link) = &mail.link else {
            return Err(no_answer("This mail has no link, so nobody can answer it."));
        };
        let mut password = None;
        let pressed = match (&mail.code, body.answer) {
            (Some(_), Answer::Confirm) => {
                let theirs = parts.people.token(&mail.to).await;
                let secret = theirs.as_ref().unwrap_or(&parts.password);
                password = theirs.is_none().then(|| parts.password.clone());
                parts.browser.walk_through(link.raw(), secret.expose()).await
            }
            (_, answer) => parts.browser.answer(link.raw(), answer).await,
        };
        pressed.map_err(|error| no_answer(format!("This mail cannot be answered: {error}")))?;
        parts.outbox.answered(id, body.answer, password);
    }
    Ok(Json(parts.outbox.newest(None, OUTBOX_PAGE)))
}

fn no_answer(detail: impl Into<crate::domain::untrusted::Untrusted>) -> Refusal {
    Refusal::conflict(code::EXISTS, detail, "Open another mail, or send a new invitation.")
}

async fn publish(
    _actor: Actor,
    State(parts): State<Arc<Parts>>,
    ApiJson(body): ApiJson<PublishTxt>,
) -> Result<StatusCode, Refusal> {
    parts.zone.publish(&body.name, &body.value).map_err(|error| {
        let field = if error == PublishError::Name { "name" } else { "value" };
        Refusal::invalid(field, format!("The record is not published: {error}."))
    })?;
    Ok(StatusCode::NO_CONTENT)
}
