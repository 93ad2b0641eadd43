//! The welcome as web pages (rule T4): password or signing in, terms, signed in.
//!
//! Owns the steps from page to page and the one cookie. `GET` shows, `POST` acts; no script. The
//! link is used when the terms are accepted, so that leaving half-way costs nothing.

mod words;

use std::collections::HashMap;
use std::net::IpAddr;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::pages::framed;
use super::{Shared, account, requests, welcome};
use crate::api::problem::code;
use crate::api::session::Secret;
use crate::api::welcome::{WelcomeAsks, WelcomeShown};
use crate::domain::role::Role;
use crate::server::Backend;
use crate::server::auth::attempts::Tried;
use crate::server::auth::credentials::{NewSession, SESSION, ShownToken};
use crate::server::auth::{Actor, Credential, credentials, passwords};
use crate::server::directory::{OfferAnswer, Proof, WebPage};
use crate::server::listen::Peer;
use crate::server::refusal::Refusal;

/// The cookie that says who is signed in on these pages, and nowhere else.
const COOKIE: &str = "hublink_welcome";

pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/welcome", get(signed_in))
        .route("/welcome/{token}", get(show).post(act))
        .route("/welcome/sign-out", post(sign_out))
}

/// What a form sent: each field once.
struct Sent(HashMap<String, String>);

impl Sent {
    fn read(body: &[u8]) -> Option<Self> {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(body).ok()?;
        let sent = pairs.len();
        let fields: HashMap<String, String> = pairs.into_iter().collect();
        (fields.len() == sent).then_some(Self(fields))
    }

    fn field(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// A no, or that the no is taken back.
    fn answer(&self) -> Option<OfferAnswer> {
        match self.field("answer") {
            "decline" => Some(OfferAnswer::Decline),
            "lift" => Some(OfferAnswer::Lift),
            _ => None,
        }
    }

    fn secret(&self, name: &str) -> Secret {
        Secret::new(self.field(name))
    }
}

async fn show(
    State(backend): State<Shared>,
    Peer(peer): Peer,
    Path(token): Path<String>,
) -> Response {
    let shown = welcome::look(&backend, peer, &Secret::new(token)).await;
    framed(Ok(shown.map_or_else(|refusal| words::refused(&refusal), |shown| first(&shown, ""))))
}

/// The first page: a new password, or the one there is.
fn first(shown: &WelcomeShown, problem: &str) -> WebPage {
    if words::is_over(shown) {
        return words::declined(shown);
    }
    match shown.asks {
        WelcomeAsks::Password => words::password(shown, problem),
        WelcomeAsks::SignIn => words::sign_in(shown, problem),
    }
}

async fn act(
    State(backend): State<Shared>,
    Peer(peer): Peer,
    Path(token): Path<String>,
    body: Bytes,
) -> Response {
    let code = Secret::new(token);
    let outcome = async {
        let shown = welcome::look(&backend, peer, &code).await?;
        let Some(sent) = Sent::read(&body) else {
            return Ok(framed(Ok(first(&shown, "Your browser sent nothing that can be read."))));
        };
        if let Some(answer) = sent.answer() {
            return answered(&backend, peer, &code, answer).await;
        }
        match sent.field("step") {
            "password" => choose(&backend, &code, &shown, &sent).await,
            "sign_in" => prove(&backend, peer, &code, &shown, &sent).await,
            "terms" => accept(&backend, &code, &shown, &sent).await,
            _ => Ok(framed(Ok(first(&shown, "")))),
        }
    };
    let refused = |refusal: Refusal| framed(Ok(words::refused(&refusal)));
    outcome.await.unwrap_or_else(refused)
}

/// Rule P1: declined, or the decline lifted.
async fn answered(
    backend: &Backend,
    peer: IpAddr,
    code: &Secret,
    answer: OfferAnswer,
) -> Result<Response, Refusal> {
    let shown = welcome::answer(backend, peer, code, answer).await?;
    let page = if shown.declined { words::declined(&shown) } else { words::lifted(&shown) };
    Ok(framed(Ok(page)))
}

/// A new password: kept with the welcome until the terms are accepted.
async fn choose(
    backend: &Backend,
    code: &Secret,
    shown: &WelcomeShown,
    sent: &Sent,
) -> Result<Response, Refusal> {
    if shown.asks != WelcomeAsks::Password {
        return Ok(framed(Ok(first(shown, ""))));
    }
    let password = sent.secret("password");
    if let Err(refusal) = passwords::acceptable(&password, shown.email.raw()) {
        return Ok(framed(Ok(first(shown, refusal.problem.detail.raw()))));
    }
    if sent.field("repeat") != password.expose() {
        return Ok(framed(Ok(first(shown, "The two are not the same. Type both again."))));
    }
    let phc = backend.passwords.hash(&password).await?;
    let tie = backend.directory.step_into_welcome(code.expose(), Some(&phc)).await?;
    Ok(framed(Ok(words::terms(shown, &tie, ""))))
}

/// Who can sign in already does so here, with the password or a personal token.
async fn prove(
    backend: &Backend,
    peer: IpAddr,
    code: &Secret,
    shown: &WelcomeShown,
    sent: &Sent,
) -> Result<Response, Refusal> {
    if shown.asks != WelcomeAsks::SignIn {
        return Ok(framed(Ok(first(shown, ""))));
    }
    let (email, secret) = (shown.email.raw(), sent.secret("password"));
    let attempt = backend.attempts.begin(peer, Tried::Address(email))?;
    let now = backend.clock.real_now();
    let by_token = credentials::find_token(&backend.store, secret.expose(), now).await?;
    let right = matches!(by_token, Some(ShownToken::Works(actor)) if actor.email == email)
        || account::by_password(backend, email, &secret).await?.is_some();
    if !right {
        return Ok(framed(Ok(first(shown, "That is not the password of this address."))));
    }
    backend.attempts.succeeded(&attempt);
    let tie = backend.directory.step_into_welcome(code.expose(), None).await?;
    Ok(framed(Ok(words::terms(shown, &tie, ""))))
}

/// The terms: accepted, the link is used and the browser is signed in.
async fn accept(
    backend: &Backend,
    code: &Secret,
    shown: &WelcomeShown,
    sent: &Sent,
) -> Result<Response, Refusal> {
    let tie = sent.field("tie");
    if sent.field("accept") != "yes" {
        let problem = "Tick the box to accept the terms; without that nothing goes on.";
        return Ok(framed(Ok(words::terms(shown, tie, problem))));
    }
    let proof = Proof::Step(tie.to_owned());
    match welcome::accept(backend, code, &proof, sent.field("terms_sha256")).await {
        Ok((_, Some(session))) => Ok(onwards(backend, &session)),
        Ok((_, None)) => Ok(framed(Ok(words::nobody()))),
        Err(refusal) if again(&refusal) => {
            Ok(framed(Ok(first(shown, refusal.problem.detail.raw()))))
        }
        Err(refusal) => Err(refusal),
    }
}

/// Refusals after which one begins again with the first page.
fn again(refusal: &Refusal) -> bool {
    let codes = [code::SIGN_IN_FIRST, code::SIGN_IN_FAILED, code::TERMS_CHANGED, code::INVALID];
    codes.contains(&refusal.problem.code.as_str())
}

/// To the page of who is signed in, with the cookie that says who.
fn onwards(backend: &Backend, session: &NewSession) -> Response {
    let secret = session.secret.expose();
    redirect("../welcome", &cookie(backend, secret, SESSION.as_secs()))
}

fn redirect(to: &'static str, cookie: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, HeaderValue::from_static(to));
    if let Ok(mut value) = HeaderValue::try_from(cookie) {
        value.set_sensitive(true);
        headers.insert(header::SET_COOKIE, value);
    }
    response
}

/// For these pages alone, for no script, and for no other site's requests; over TLS wherever there
/// is any.
fn cookie(backend: &Backend, secret: &str, seconds: u64) -> String {
    let url = backend.public_url();
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    let base = rest.find('/').map_or("", |at| &rest[at..]);
    let secure = if scheme == "https" { "; Secure" } else { "" };
    format!(
        "{COOKIE}={secret}; Path={base}/welcome; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
    )
}

/// Who the browser's cookie says it is.
async fn actor(
    backend: &Backend,
    peer: Peer,
    headers: &HeaderMap,
) -> Result<Option<Actor>, Refusal> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let secret = cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == COOKIE).then_some(value));
    match secret {
        Some(secret) => requests::shown(backend, peer, secret).await,
        None => Ok(None),
    }
}

/// Who is signed in here, and how to go on.
async fn signed_in(State(backend): State<Shared>, peer: Peer, headers: HeaderMap) -> Response {
    let page = async {
        let Some(actor) = actor(&backend, peer, &headers).await? else {
            return Ok(words::nobody());
        };
        let mut setups = Vec::new();
        for held in backend.directory.held(&actor.email).await? {
            if let (Role::FullAdmin, Some(id)) = (held.role, &held.organization) {
                setups.push(backend.directory.setup(&actor.viewer(), id).await?);
            }
        }
        Ok(words::signed_in(&actor.email, &backend.public_url(), &setups))
    };
    framed(page.await)
}

async fn sign_out(State(backend): State<Shared>, peer: Peer, headers: HeaderMap) -> Response {
    let ended = async {
        if let Some(Actor { credential: Credential::Session(id), .. }) =
            actor(&backend, peer, &headers).await?
        {
            let mut tx = backend.store.begin().await?;
            credentials::end_session(&mut tx, &id).await?;
            tx.commit().await?;
        }
        Ok(())
    };
    match ended.await {
        Ok(()) => redirect("../welcome", &cookie(&backend, "", 0)),
        Err(refusal) => framed(Err(refusal)),
    }
}

#[cfg(test)]
mod tests;
