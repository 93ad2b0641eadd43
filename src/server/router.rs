//! The HTTP API: all routes and what stands around each of them.
//!
//! Owns putting the routes together, in the server and in the OpenAPI document from the same
//! handlers. Handlers read a request, ask `authorize`, call the engine or the directory, and answer;
//! rules are not theirs.

mod account;
mod asked;
mod asking;
mod audit;
mod clock;
mod cohorts;
mod directory_sync;
mod document;
mod domains;
mod drafts;
pub mod extract;
mod following;
pub(in crate::server) mod front_page;
mod idempotency;
mod imports;
mod insights;
mod licences;
mod linking;
mod offers;
mod orders;
mod organizations;
mod pages;
mod passwords;
mod people;
mod plans;
mod probes;
mod requests;
mod reset_page;
mod runs;
mod sessions;
mod setup;
mod single_users;
mod sites;
#[cfg(test)]
mod tests;
mod timers;
mod tokens;
mod trials;
mod users;
mod welcome;
mod welcome_pages;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Method, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};

use super::Backend;
use super::refusal::Refusal;
use crate::api::problem::code;
use crate::api::roster::BLOCKS;
use asked::Routes;
pub use idempotency::{forget_old, forget_unfinished};
pub use probes::{Metrics, metrics_alone};

/// What a handler shares with the others.
pub type Shared = Arc<Backend>;

/// Every endpoint with who answers it.
fn api() -> Routes {
    Routes::new()
        .merge(account::routes())
        .merge(sessions::routes())
        .merge(passwords::routes())
        .merge(people::routes())
        .merge(tokens::routes())
        .merge(organizations::routes())
        .merge(domains::routes())
        .merge(directory_sync::routes())
        .merge(following::routes())
        .merge(licences::routes())
        .merge(single_users::routes())
        .merge(sites::routes())
        .merge(trials::routes())
        .merge(orders::routes())
        .merge(linking::routes())
        .merge(users::routes())
        .merge(imports::routes())
        .merge(insights::routes())
        .merge(timers::routes())
        .merge(audit::routes())
        .merge(clock::routes())
        .merge(probes::routes())
        .merge(document::routes())
        .merge(cohorts::routes())
        .merge(drafts::routes())
        .merge(plans::routes())
        .merge(runs::routes())
        .merge(setup::routes())
        .merge(welcome::routes())
        .merge(offers::routes())
}

/// The OpenAPI document; needs no running backend.
pub fn openapi() -> serde_json::Value {
    document::completed(&document::of_endpoints())
}

/// All routes, `extra` ones beside them, with everything that stands around each.
pub fn router(backend: Shared, extra: Router) -> Router {
    let (routes, _) = api().into_parts();
    let of_nothing = backend.clone();
    routes
        .merge(pages::routes())
        .merge(welcome_pages::routes())
        .merge(reset_page::routes())
        .with_state(backend.clone())
        .merge(extra)
        .fallback(move |method, uri, headers| {
            let answer = front_page::no_such_route(&of_nothing, &method, &uri, &headers);
            async move { answer }
        })
        .method_not_allowed_fallback(no_such_method)
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(drafts::bound))
        .layer(from_fn_with_state(backend.clone(), asking::limited))
        .layer(from_fn_with_state(backend.clone(), idempotency::once))
        .layer(from_fn_with_state(backend.clone(), drafts::held))
        .layer(from_fn_with_state(backend.clone(), requests::authenticate))
        .layer(CatchPanicLayer::custom(requests::panicked))
        .layer(compressed())
        .layer(from_fn(requests::harden))
        .layer(from_fn_with_state(backend, requests::name))
}

/// Answers, compressed for who can read that; what is packed already stays as it is.
fn compressed() -> CompressionLayer<impl Predicate> {
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(DefaultPredicate::new().and(NotForContentType::const_new(BLOCKS)))
}

async fn no_such_method(method: Method) -> Refusal {
    Refusal::new(
        StatusCode::METHOD_NOT_ALLOWED,
        code::METHOD_NOT_ALLOWED,
        format!("This route does not take {method}."),
        "The header Allow names the methods it takes; /docs tells what they do.",
    )
}
