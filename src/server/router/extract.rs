//! Reading requests strictly: unknown fields are refused, and a refusal names the field.
//!
//! Owns the extractors that handlers use in place of axum's own, whose refusals are plain text.

mod named;

use std::convert::Infallible;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::api::endpoint::Content;
use crate::api::problem::code;
use crate::api::route::JSON;
use crate::domain::site::site_url;
use crate::server::listen::Peer;
use crate::server::refusal::Refusal;
use named::{Named, OBJECT};

/// A JSON body; objects in it have named fields, a list is none.
#[derive(Debug, Clone, Copy)]
pub struct ApiJson<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for ApiJson<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let body = json_body(request, state).await?;
        let mut reader = serde_json::Deserializer::from_slice(&body);
        let value = serde_path_to_error::deserialize(Named(&mut reader))
            .map_err(|e| json_refused(&e, &body))?;
        ended(&mut reader)?;
        Ok(Self(value))
    }
}

/// A JSON body, as [`ApiJson`] reads it.
///
/// # Errors
/// The refusal that names what is wrong.
pub async fn json<T: Content, S: Send + Sync>(request: Request, state: &S) -> Result<T, Refusal> {
    let body = json_body(request, state).await?;
    let mut reader = serde_json::Deserializer::from_slice(&body);
    let mut track = serde_path_to_error::Track::new();
    let read = T::of_json(serde_path_to_error::Deserializer::new(Named(&mut reader), &mut track));
    let value = read.map_err(|error| {
        json_refused(&serde_path_to_error::Error::new(track.path(), error), &body)
    })?;
    ended(&mut reader)?;
    Ok(value)
}

async fn json_body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Refusal> {
    if !is_json(request.headers()) {
        return Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            code::UNSUPPORTED_MEDIA_TYPE,
            "The body is not marked as JSON.",
            "Send it with Content-Type: application/json.",
        ));
    }
    Bytes::from_request(request, state).await.map_err(|e| body_refused(&e))
}

fn ended(
    reader: &mut serde_json::Deserializer<serde_json::de::SliceRead<'_>>,
) -> Result<(), Refusal> {
    reader.end().map_err(|e| malformed(format!("The body is not one JSON value: {e}.")))
}

impl<T: Serialize> IntoResponse for ApiJson<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// The query.
#[derive(Debug, Clone, Copy)]
pub struct ApiQuery<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for ApiQuery<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Refusal> {
        serde_urlencoded::from_str(parts.uri.query().unwrap_or_default())
            .map(Self)
            .map_err(|error| query_refused(&error))
    }
}

/// What is wrong with a query.
pub fn query_refused(error: &serde_urlencoded::de::Error) -> Refusal {
    let mut refusal = Refusal::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        code::INVALID,
        format!("The query of the URL is wrong: {error}."),
        "The route's parameters are listed at /docs.",
    );
    refusal.problem.field = quoted(&error.to_string()).map(str::to_owned);
    refusal
}

/// Parameters of the path.
#[derive(Debug, Clone, Copy)]
pub struct ApiPath<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for ApiPath<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        axum::extract::Path::<T>::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Path(value)| Self(value))
            .map_err(|e| malformed(format!("The path cannot be read: {}.", e.body_text())))
    }
}

/// Who is at the other end.
impl<S: Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().copied().unwrap_or_default())
    }
}

/// A site's URL from a path, in its one form.
///
/// # Errors
/// 404: what is no site URL is no site.
pub fn site_in_path(text: &str) -> Result<String, Refusal> {
    site_url(text).map_err(|_| Refusal::not_found("site"))
}

/// What went wrong while a body was read.
pub fn body_refused(rejection: &axum::extract::rejection::BytesRejection) -> Refusal {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large(JSON);
    }
    malformed(format!("The body could not be read: {}.", rejection.body_text()))
}

/// 413, with the most that the route takes.
pub fn too_large(most: usize) -> Refusal {
    let most = match most >> 20 {
        0 => format!("{} kB", most >> 10),
        mega => format!("{mega} MB"),
    };
    Refusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        code::TOO_LARGE,
        format!("The body is too large; this takes at most {most}."),
        "Send it in parts.",
    )
}

fn malformed(detail: String) -> Refusal {
    let remedy = "Correct the request; the routes are described at /docs.";
    Refusal::new(StatusCode::BAD_REQUEST, code::MALFORMED, detail, remedy)
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()) else {
        return false;
    };
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}

fn json_refused(error: &serde_path_to_error::Error<serde_json::Error>, body: &[u8]) -> Refusal {
    let inner = error.inner();
    let words = inner.to_string();
    let path = error.path().to_string();
    let parent = if path == "." || path == "?" { "" } else { path.as_str() };
    // What could be one of several things does not say itself that none of them is a list.
    let is_list = parent.is_empty() && body.trim_ascii_start().starts_with(b"[");
    if is_list || words.contains(OBJECT) {
        let place = if parent.is_empty() { "The body".into() } else { format!("`{parent}`") };
        let refusal = malformed(format!("{place} is a list; it has to be {OBJECT}."));
        return if parent.is_empty() { refusal } else { refusal.at(parent) };
    }
    if inner.is_syntax() || inner.is_eof() {
        return malformed(format!("The body is not JSON: {inner}."));
    }
    let named = words.starts_with("unknown field") || words.starts_with("missing field");
    let leaf = if named { quoted(&words).unwrap_or_default() } else { "" };
    // An unknown field's path names it already; a missing one's names where it is missing.
    let field = match (parent.is_empty(), leaf.is_empty()) {
        (_, true) => parent.to_owned(),
        (true, false) => leaf.to_owned(),
        (false, false) if parent.rsplit('.').next() == Some(leaf) => parent.to_owned(),
        (false, false) => format!("{parent}.{leaf}"),
    };
    let refusal = Refusal::invalid("", format!("The body is not as it should be: {words}."));
    if field.is_empty() { refusal.whole() } else { refusal.at(&field) }
}

fn quoted(words: &str) -> Option<&str> {
    words.split('`').nth(1)
}
