//! The demo's own routes (`api::demo`): people, outbox, answers and DNS.
//!
//! Owns reading the requests and the refusals. People can be listed without a session, for that is
//! how one gets one; everything else asks for somebody who is signed in, as all routes do.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};

use super::browser::Browser;
use super::dns::{PublishError, Zone};
use super::mail::Outbox;
use crate::api::demo::{Answer, AnswerMail, DemoPerson, OutboxMail, PASSWORD, PublishTxt};
use crate::api::problem::code;
use crate::server::auth::Actor;
use crate::server::refusal::Refusal;
use crate::server::router::extract::{ApiJson, ApiPath};

/// How many mails the outbox lists.
const LISTED: usize = 200;

/// What the routes share.
#[derive(Debug)]
pub struct Parts {
    /// Whom one can sign in as.
    pub people: Vec<DemoPerson>,
    /// The mails.
    pub outbox: Arc<Outbox>,
    /// The DNS.
    pub zone: Arc<Zone>,
    /// Opens the pages that mails link to.
    pub browser: Browser,
}

/// The routes.
pub fn routes(parts: Parts) -> Router {
    Router::new()
        .route("/v1/demo/people", get(people))
        .route("/v1/demo/outbox", get(outbox))
        .route("/v1/demo/outbox/{id}/answer", post(answer))
        .route("/v1/demo/dns", post(publish))
        .with_state(Arc::new(parts))
}

async fn people(State(parts): State<Arc<Parts>>) -> Json<Vec<DemoPerson>> {
    Json(parts.people.clone())
}

async fn outbox(_actor: Actor, State(parts): State<Arc<Parts>>) -> Json<Vec<OutboxMail>> {
    Json(parts.outbox.newest(LISTED))
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
        let pressed = match (&mail.code, body.answer) {
            (Some(_), Answer::Confirm) => {
                let theirs = parts.people.iter().find(|person| person.email == mail.to);
                let secret = theirs.map_or(PASSWORD, |person| person.token.expose());
                parts.browser.walk_through(link.raw(), secret).await
            }
            (_, answer) => parts.browser.answer(link.raw(), answer).await,
        };
        pressed.map_err(|error| no_answer(format!("This mail cannot be answered: {error}")))?;
        parts.outbox.answered(id, body.answer);
    }
    Ok(Json(parts.outbox.newest(LISTED)))
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
