//! What stands around every request: its id, who sent it, safe headers, and panics caught.
//!
//! Owns nothing of what is asked. A request id is ours alone; one that a client sends is ignored.

use std::any::Any;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Once};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use ipnet::IpNet;

use super::{Shared, probes};
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

/// Where proxies write whom they heard a request from.
const FORWARDED: &str = "x-forwarded-for";
/// Told once: the operator has not named the proxy in front.
static UNNAMED_PROXY: Once = Once::new();

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
    if let Some(peer) = behind_proxy(&request, &backend.options.proxies) {
        // A proxy's connection carries many: it is not one stranger's place.
        if let Some(place) = request.extensions().get::<Place>() {
            place.keep();
        }
        request.extensions_mut().insert(peer);
    } else if backend.options.proxies.is_empty() && request.headers().contains_key(FORWARDED) {
        UNNAMED_PROXY.call_once(|| {
            tracing::warn!(
                "requests come with X-Forwarded-For, which is not believed: limits count all of a \
                 proxy's people as one; name it with --trusted-proxy"
            );
        });
    }
    let own = request.extensions().get::<MatchedPath>();
    let own = own.is_some_and(|path| probes::asks_itself(path.as_str()));
    if let Some(secret) = bearer(request.headers()).filter(|_| !own) {
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
    let actor = credentials::find(&backend.store, secret, backend.clock.real_now()).await?;
    if actor.is_none() && !credentials::has_been(&backend.store, secret).await? {
        backend.attempts.begin(peer, Tried::Secret(secret))?;
    }
    Ok(actor)
}

/// Who sent it to the proxies in front. Only those that the operator named are believed (`--trusted-proxy`):
/// anybody else could write a header of their own, to slip under a limit or to spend another's.
fn behind_proxy(request: &Request, proxies: &[IpNet]) -> Option<Peer> {
    let named = |ip: &IpAddr| proxies.iter().any(|proxy| proxy.contains(ip));
    let Peer(near) = request.extensions().get::<Peer>()?;
    if !named(near) {
        return None;
    }
    // Each proxy adds at the end whom it heard it from; the last that is no proxy of ours is who asks.
    let lines: Vec<&str> = request
        .headers()
        .get_all(FORWARDED)
        .iter()
        .map(|line| line.to_str().unwrap_or_default())
        .collect();
    let hops = lines.iter().rev().flat_map(|line| line.rsplit(','));
    let mut farthest = None;
    hops.map_while(hop).find(|ip| {
        farthest = Some(Peer(*ip));
        !named(ip)
    });
    farthest
}

/// One address of the header, as proxies write it: with a port or without.
fn hop(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let ip = text.trim_start_matches('[').trim_end_matches(']').parse().ok();
    ip.or_else(|| text.parse().ok().map(|at: SocketAddr| at.ip())).map(|ip| ip.to_canonical())
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

    /// Rule P5: limits are per peer, so who the peer is must not be a stranger's own word.
    #[test]
    fn only_a_named_proxy_is_believed() {
        let proxies: Vec<IpNet> =
            ["127.0.0.1/32", "10.2.0.0/16", "fd00::/8"].map(|net| net.parse().unwrap()).into();
        let asked = |peer: &str, forwarded: &[&str]| {
            let mut request = Request::get("/");
            for line in forwarded {
                request = request.header("x-forwarded-for", *line);
            }
            let extensions = request.extensions_mut().unwrap();
            extensions.insert(Peer(peer.parse().unwrap()));
            let request = request.body(Body::empty()).unwrap();
            behind_proxy(&request, &proxies).map(|peer| peer.0.to_string())
        };
        let told = |told: &str| Some(told.to_owned());
        assert_eq!(asked("127.0.0.1", &["203.0.113.9, 198.51.100.7"]), told("198.51.100.7"));
        // What a stranger wrote stands before what the proxies add.
        assert_eq!(
            asked("127.0.0.1", &["127.0.0.1, 203.0.113.9", "198.51.100.7, 10.2.3.4"]),
            told("198.51.100.7")
        );
        for (line, address) in [
            ("198.51.100.7:4711", "198.51.100.7"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("::ffff:198.51.100.7", "198.51.100.7"),
            ("nonsense, 10.2.3.4", "10.2.3.4"),
        ] {
            assert_eq!(asked("127.0.0.1", &[line]), told(address), "{line}");
        }
        // Near is not named.
        for peer in ["203.0.113.1", "10.3.0.1", "192.168.0.1", "::1"] {
            assert_eq!(asked(peer, &["198.51.100.7"]), None, "{peer}");
        }
        for nobody in ["", "nonsense", "unknown", "198.51.100.7, _hidden"] {
            assert_eq!(asked("127.0.0.1", &[nobody]), None, "{nobody}");
        }
    }
}
