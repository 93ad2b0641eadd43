//! The web pages behind links in mails (rules U6, L1): `GET` shows, `POST` answers.
//!
//! Owns the frame and the headers: no script, nothing from elsewhere, no referrer, no copy kept.
//! They are for people, not for clients: no part of the API, and no sign-in; the link is the key.

use std::net::IpAddr;
use std::sync::LazyLock;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::Shared;
use crate::domain::untrusted::Untrusted;
use crate::server::Backend;
use crate::server::auth::attempts::Tried;
use crate::server::directory::{InvitationAnswer, WebPage};
use crate::server::engine::runs;
use crate::server::listen::Peer;
use crate::server::refusal::Refusal;

const STYLE: &str = "body{font:1.05em/1.5 system-ui,sans-serif;max-width:34em;margin:2em auto;\
padding:0 1em;color:#1b1b1b;background:#fff}h1{font-size:1.4em}button{font:inherit;padding:.7em 1em;\
width:100%;border:1px solid #0b5c8a;border-radius:.4em;background:#0b5c8a;color:#fff}\
button.quiet{background:#fff;color:#0b5c8a}.small{color:#555;font-size:.9em}h2{font-size:1.1em}\
label{display:block}label.tick{display:flex;gap:.6em}input{font:inherit}\
input:not([type=checkbox]){box-sizing:border-box;width:100%;padding:.6em;border:1px solid #767676;\
border-radius:.4em}.problem{color:#a30000;font-weight:bold}pre{overflow:auto;padding:.6em;\
background:#eee}.text{max-height:22em;overflow:auto;padding:0 1em;border:1px solid #767676}\
@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}.small{color:#aaa}\
input,pre{color:#eee;background:#2a2a2a}.problem{color:#ff9c9c}\
button.quiet{background:#161616;color:#7cc4ee;border-color:#7cc4ee}}";

/// Only our own style, by its hash; the form may only be sent back here.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    )
});

pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/i/{token}", get(show).post(answer))
        .route("/connect/{code}", get(show_connect).post(use_connect))
}

async fn show_connect(
    State(backend): State<Shared>,
    Peer(peer): Peer,
    Path(code): Path<String>,
) -> Response {
    framed(guessed(&backend, peer, &code, backend.directory.show_connect(&code)).await)
}

async fn use_connect(
    State(backend): State<Shared>,
    Peer(peer): Peer,
    Path(code): Path<String>,
) -> Response {
    framed(guessed(&backend, peer, &code, backend.directory.use_connect(&code)).await)
}

/// Who guesses codes is soon refused (rule P5).
async fn guessed(
    backend: &Backend,
    peer: IpAddr,
    code: &str,
    page: impl Future<Output = Result<WebPage, Refusal>>,
) -> Result<WebPage, Refusal> {
    let attempt = backend.attempts.begin(peer, Tried::Secret(code))?;
    let page = page.await?;
    if page.status < 400 {
        backend.attempts.succeeded(&attempt);
    }
    Ok(page)
}

async fn show(State(backend): State<Shared>, Path(token): Path<String>) -> Response {
    framed(backend.directory.show_invitation(&token).await)
}

async fn answer(State(backend): State<Shared>, Path(token): Path<String>, body: Bytes) -> Response {
    let page = match read(&body) {
        Some(answer) => runs::answer(&backend, &token, answer).await,
        None => Ok(WebPage {
            status: StatusCode::UNPROCESSABLE_ENTITY.as_u16(),
            title: "Nothing was changed".into(),
            body: "<p>Your browser sent no choice. Go back, and choose one of the two.</p>".into(),
        }),
    };
    framed(page)
}

fn read(body: &[u8]) -> Option<InvitationAnswer> {
    let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(body).ok()?;
    match fields.as_slice() {
        [(name, value)] if name == "action" => match value.as_str() {
            "confirm" => Some(InvitationAnswer::Confirm),
            "decline" => Some(InvitationAnswer::Decline),
            _ => None,
        },
        _ => None,
    }
}

/// A page in its frame, with its headers.
pub(super) fn framed(page: Result<WebPage, Refusal>) -> Response {
    let page = page.unwrap_or_else(|refusal| WebPage {
        status: refusal.problem.status,
        title: "That did not work".into(),
        body: "<p>Nothing was changed. Try again in a few minutes.</p>".into(),
    });
    let title = Untrusted::new(page.title).shown().html();
    let body = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\"><title>{title}</title><style>{STYLE}</style>\
         </head><body><main><h1>{title}</h1>{}</main></body></html>\n",
        page.body
    );
    let status = StatusCode::from_u16(page.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Html(body)).into_response();
    let headers: [(HeaderName, &str); 5] = [
        (header::CONTENT_SECURITY_POLICY, &POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    ];
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn u6_only_one_of_the_two_answers_is_an_answer() {
        assert_eq!(read(b"action=confirm"), Some(InvitationAnswer::Confirm));
        assert_eq!(read(b"action=decline"), Some(InvitationAnswer::Decline));
        for bad in ["", "action=", "action=Confirm", "confirm", "action=confirm&action=decline"] {
            assert_eq!(read(bad.as_bytes()), None, "{bad}");
        }
    }
}
