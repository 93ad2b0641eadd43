//! For machines and people that look at the backend itself: probes, numbers, the document.
//!
//! Owns their endpoints; they have no bodies of their own.

use crate::api::endpoint::{About, Endpoint, Nothing, Text};
use crate::api::route::Route;
use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};
/// Its endpoints.
pub(super) const ENDPOINTS: &[&About] =
    &[ShowOpenapi::ABOUT, ShowDocs::ABOUT, Healthz::ABOUT, Readyz::ABOUT, ShowMetrics::ABOUT];

/// The OpenAPI 3.1 document of this backend.
#[derive(Debug, ToSchema)]
pub struct ShowOpenapi;

impl Endpoint for ShowOpenapi {
    const ROUTE: Route = Route::get("show_openapi", "/openapi.json")
        .tag("Document")
        .anybody()
        .answers_with(200, "OpenAPI 3.1.");
    type Path = Nothing;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Document;
}

/// The document as a page for reading.
#[derive(Debug, ToSchema)]
pub struct ShowDocs;

impl Endpoint for ShowDocs {
    const ROUTE: Route = Route::get("show_docs", "/docs")
        .tag("Document")
        .anybody()
        .answers_with(200, "A page.")
        .media("text/html");
    type Path = Nothing;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Text;
}

/// A document of OpenAPI 3.1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Document(pub serde_json::Value);

impl PartialSchema for Document {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::Object).into()
    }
}

impl ToSchema for Document {
    /// None: it is described by a document of its own.
    fn name() -> Cow<'static, str> {
        "".into()
    }
}

/// Whether the process answers.
#[derive(Debug, ToSchema)]
pub struct Healthz;

impl Endpoint for Healthz {
    const ROUTE: Route = Route::get("healthz", "/healthz")
        .tag("Probes")
        .anybody()
        .answers_with(200, "Alive.")
        .media("text/plain");
    type Path = Nothing;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Text;
}

/// Whether the backend is migrated, loaded and not ending.
#[derive(Debug, ToSchema)]
pub struct Readyz;

impl Endpoint for Readyz {
    const ROUTE: Route = Route::get("readyz", "/readyz")
        .tag("Probes")
        .anybody()
        .answers_with(200, "Ready.")
        .media("text/plain");
    type Path = Nothing;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Text;
}

/// Numbers in Prometheus' text format. Where the backend has an address for them alone, or wants a
/// token for them, they are not here, or not without it.
#[derive(Debug, ToSchema)]
pub struct ShowMetrics;

impl Endpoint for ShowMetrics {
    const ROUTE: Route = Route::get("show_metrics", "/metrics")
        .tag("Probes")
        .anybody()
        .answers_with(200, "Prometheus text.")
        .media("text/plain");
    type Path = Nothing;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Text;
}
