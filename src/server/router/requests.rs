//! What stands around every request: its id, who sent it, safe headers, and panics caught.
//!
//! Owns nothing of what is asked. A request id is ours alone; one that a client sends is ignored.

use std::any::Any;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Shared;
use crate::api::call::{self, NOW_HEADER};
use crate::api::problem::code;
use crate::api::route::{Route, loggable};
use crate::server::Backend;
use crate::server::auth::attempts::Tried;
use crate::server::auth::{Actor, READS, credentials};
use crate::server::listen::{Peer, Place};
use crate::server::refusal::{REQUEST_ID, Refusal, Refused};
use crate::server::store::new_id;

static X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

static NOW: HeaderName = HeaderName::from_static(NOW_HEADER);

/// Gives the request its id and the answer the world clock's now, and writes one line to the log.
pub async fn name(State(backend): State<Shared>, request: Request, next: Next) -> Response {
    let id = new_id("req");
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let path = loggable(route.as_ref().map(MatchedPath::as_str), request.uri().path());
    let about = facts(&request);
    let began = Instant::now();
    let answering = READS.scope(method.is_safe(), next.run(request));
    let mut response = REQUEST_ID.scope(id.clone(), answering).await;
    if cfg!(debug_assertions) {
        response = REQUEST_ID.scope(id.clone(), async { listed(about, response) }).await;
    }
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    backend.metrics.count(known(&method), route, response.status().as_u16(), began.elapsed());
    tracing::info!(
        request = %id,
        %method,
        path = ?path,
        status = response.status().as_u16(),
        ms = began.elapsed().as_millis() as u64,
        "answered"
    );
    let now = backend.clock.now().to_string();
    for (name, value) in [(&X_REQUEST_ID, id), (&NOW, now)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name.clone(), value);
        }
    }
    response
}

/// A refusal whose code the route's row does not list, or whose status is another than the code's,
/// is a fault of ours: tests that see it fail (debug builds only).
fn listed(route: Option<&'static Route>, response: Response) -> Response {
    let (Some(route), Some(Refused(code))) = (route, response.extensions().get()) else {
        return response;
    };
    let documented = route.path.starts_with("/v1/") && !route.path.starts_with("/v1/demo/");
    let status = code::statuses(code).contains(&response.status().as_u16());
    if !documented || (status && route.refusals().any(|known| known == code)) {
        return response;
    }
    let at = format!("{:?} {} answers {code} with {}", route.method, route.path, response.status());
    Refusal::internal(&format_args!("{at}, which its row does not list")).into_response()
}

/// Methods are free text; the numbers name those that exist.
fn known(method: &Method) -> &str {
    match *method {
        Method::GET
        | Method::HEAD
        | Method::POST
        | Method::PUT
        | Method::PATCH
        | Method::DELETE => method.as_str(),
        _ => "other",
    }
}

/// What is known of the request's route; nothing where there is none.
pub fn facts(request: &Request) -> Option<&'static Route> {
    let method = match *request.method() {
        Method::GET | Method::HEAD => call::Method::Get,
        Method::POST => call::Method::Post,
        Method::PUT => call::Method::Put,
        Method::PATCH => call::Method::Patch,
        Method::DELETE => call::Method::Delete,
        _ => return None,
    };
    Route::of(method, request.extensions().get::<MatchedPath>()?.as_str())
}

/// Headers that keep browsers from doing more with an answer than show it.
pub async fn harden(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let all = [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ];
    for (name, value) in all {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Finds out who sent the request. Whether anybody must have is the handler's to say.
pub async fn authenticate(
    State(backend): State<Shared>,
    mut request: Request,
    next: Next,
) -> Response {
    if backend.options.public_url.is_some()
        && let Some(peer) = behind_proxy(&request)
    {
        request.extensions_mut().insert(peer);
    }
    if let Some(secret) = bearer(request.headers()) {
        let peer = request.extensions().get::<Peer>().copied().unwrap_or_default();
        match shown(&backend, peer, secret).await {
            Ok(Some(actor)) => {
                backend.uses.note(&actor);
                if let Some(place) = request.extensions().get::<Place>() {
                    place.keep();
                }
                request.extensions_mut().insert(Arc::new(actor));
            }
            Ok(None) => {}
            Err(refusal) => return refusal.into_response(),
        }
    }
    next.run(request).await
}

/// Whose session or token a request shows; nobody's, where it has ended. A wrong one counts as a
/// wrong password does (rule P5): the peer that guesses is slowed, whoever has a right one is not.
///
/// # Errors
/// 429, and when the database cannot be read.
pub async fn shown(
    backend: &Backend,
    Peer(peer): Peer,
    secret: &str,
) -> Result<Option<Actor>, Refusal> {
    let actor = credentials::find(&backend.store, secret).await?;
    if actor.is_none() && !credentials::has_been(&backend.store, secret).await? {
        backend.attempts.begin(peer, Tried::Secret(secret))?;
    }
    Ok(actor)
}

/// Who sent it to the proxy in front; a header of strangers' own is not believed.
fn behind_proxy(request: &Request) -> Option<Peer> {
    let near = match request.extensions().get::<Peer>()?.0 {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
    };
    let last = request.headers().get_all("x-forwarded-for").iter().next_back()?;
    let address = last.to_str().ok()?.rsplit(',').next()?.trim();
    near.then(|| address.parse().ok().map(Peer))?
}

pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, secret) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

/// A panic in a handler is a fault of ours, told like any other.
#[expect(clippy::needless_pass_by_value, reason = "the signature is tower-http's")]
pub fn panicked(cause: Box<dyn Any + Send>) -> Response {
    let words = cause
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| cause.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    Refusal::internal(&format_args!("a handler panicked: {words:?}")).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    #[test]
    fn only_a_near_proxy_is_believed() {
        let asked = |peer: &str, forwarded: &str| {
            let mut request = Request::get("/").header("x-forwarded-for", forwarded);
            let extensions = request.extensions_mut().unwrap();
            extensions.insert(Peer(peer.parse().unwrap()));
            behind_proxy(&request.body(Body::empty()).unwrap()).map(|peer| peer.0.to_string())
        };
        let told = asked("127.0.0.1", "203.0.113.9, 198.51.100.7");
        assert_eq!(told.as_deref(), Some("198.51.100.7"));
        assert_eq!(asked("203.0.113.1", "198.51.100.7"), None);
        assert_eq!(asked("10.0.0.1", "nonsense"), None);
    }
}
