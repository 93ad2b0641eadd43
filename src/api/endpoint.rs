//! An endpoint, said once: what the client sends, the router answers and the document tells.
//!
//! Owns [`Endpoint`], the four kinds of types that one has, and [`About`], the same without its
//! types. The impls stand beside the feature's bodies in this layer; all that is known of an endpoint
//! stands there, and nowhere else. Must not do: IO, business rules.
//!
//! To add one: a unit struct with its `impl Endpoint` beside the feature's bodies, named in that
//! file's `ENDPOINTS`; the act behind it in the engine or a provider; a handler and its `.at(..)` in
//! `server/router`; its row of who may in `router/tests/roles/rows.rs`; and a line that sends it in
//! `tests/contract`. Its limits, its authorization, its operation in the document, what the client
//! waits for and what the log may show follow from the impl.

mod content;
mod document;
mod path;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};

pub use content::{Content, File, Kind, Lines, List, Nothing, Text};
pub use document::Schemas;
pub use path::{Code, Part, Path};

use super::call::{Reply, Request};
use super::route::Route;

/// One endpoint. The words of its struct are its words in the document: the first paragraph is the
/// summary, what follows the description.
pub trait Endpoint: ToSchema + Sized + Send + Sync + 'static {
    /// What is known of it beside its types.
    const ROUTE: Route;
    /// The same without its types.
    const ABOUT: &'static About = &About {
        route: Self::ROUTE,
        kind: <Self::Answer as Content>::KIND,
        operation: document::operation::<Self>,
        read: |body| <Self::Answer as Content>::read(body).map(Reply::of),
    };
    /// The parameters of its path, in order.
    type Path: Path;
    /// Its query.
    type Query: Query;
    /// What is sent.
    type Body: Content;
    /// What is answered.
    type Answer: Content;

    /// A request of it.
    fn call(path: Self::Path, query: Self::Query, body: Self::Body) -> Request {
        Request::of::<Self>(&path, &query, &body)
    }
}

/// An endpoint without its types.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// What is known of it.
    pub route: Route,
    /// What kind of body a good answer has.
    pub kind: Kind,
    /// Its operation in the document, with the schemas that it names.
    pub operation: fn(&mut Schemas) -> Operation,
    /// Reads a good answer.
    pub read: fn(&Bytes) -> Result<Reply, serde_json::Error>,
}

/// What a query may be.
pub trait Query: Sized + Send + Sync + 'static {
    /// Reads it; `text` is without the question mark.
    ///
    /// # Errors
    /// What is wrong with it.
    fn read(text: &str) -> Result<Self, serde_urlencoded::de::Error>;

    /// Writes it; empty where it asks for nothing.
    fn write(&self) -> String;

    /// Its parameters, for the document.
    fn parameters() -> Vec<Parameter>;
}

impl<T: Serialize + DeserializeOwned + IntoParams + Send + Sync + 'static> Query for T {
    fn read(text: &str) -> Result<Self, serde_urlencoded::de::Error> {
        serde_urlencoded::from_str(text)
    }

    fn write(&self) -> String {
        serde_urlencoded::to_string(self).unwrap_or_default()
    }

    fn parameters() -> Vec<Parameter> {
        T::into_params(|| Some(ParameterIn::Query))
    }
}

impl Query for Nothing {
    fn read(_text: &str) -> Result<Self, serde_urlencoded::de::Error> {
        Ok(Self)
    }

    fn write(&self) -> String {
        String::new()
    }

    fn parameters() -> Vec<Parameter> {
        Vec::new()
    }
}

/// Every endpoint, by feature.
pub static ENDPOINTS: &[&[&About]] = &[
    super::session::ENDPOINTS,
    super::access::ENDPOINTS,
    super::person::ENDPOINTS,
    super::organization::ENDPOINTS,
    super::domains::ENDPOINTS,
    super::directory_sync::ENDPOINTS,
    super::following::ENDPOINTS,
    super::licences::ENDPOINTS,
    super::user::ENDPOINTS,
    super::site::ENDPOINTS,
    super::trial::ENDPOINTS,
    super::order::ENDPOINTS,
    super::linking::ENDPOINTS,
    super::roster::ENDPOINTS,
    super::import::ENDPOINTS,
    super::insights::ENDPOINTS,
    super::timer::ENDPOINTS,
    super::audit::ENDPOINTS,
    super::demo::ENDPOINTS,
    super::probes::ENDPOINTS,
    super::cohort::ENDPOINTS,
    super::draft::ENDPOINTS,
    super::plan::ENDPOINTS,
    super::run::ENDPOINTS,
    super::setup::ENDPOINTS,
    super::welcome::ENDPOINTS,
    super::offer::ENDPOINTS,
];

/// Every endpoint.
pub fn all() -> impl Iterator<Item = &'static About> {
    ENDPOINTS.iter().copied().flatten().copied()
}
