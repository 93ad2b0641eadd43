//! Endpoints on the router: what was asked, read and allowed; which handler answers.
//!
//! Owns everything that every handler would do else: reading path, query and body strictly, refusing
//! who may not (the endpoint says who may), and writing the answer with its status. A handler gets
//! [`Asked`] and answers the endpoint's own type; the compiler holds both to the endpoint.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::handler::Handler;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};

use super::Shared;
use super::extract::{ApiPath, body_refused, json, query_refused, site_in_path};
use crate::api::call::{Body, Method};
use crate::api::endpoint::{About, Content, Endpoint, Kind, Path, Query};
use crate::api::route::{On, Right};
use crate::domain::role::Role;
use crate::server::Backend;
use crate::server::auth::{Actor, authorize, not_signed_in};
use crate::server::directory::Resource;
use crate::server::engine::{plans, provided, runs};
use crate::server::refusal::Refusal;

/// What was asked of an endpoint, by who may ask it.
pub struct Asked<E: Endpoint> {
    /// The parameters of the path. A site's URL is in its one form, where the right is to a site.
    pub path: E::Path,
    /// The query.
    pub query: E::Query,
    /// The body.
    pub body: E::Body,
    /// The roles of the actor towards what the right is to.
    pub roles: Vec<Role>,
}

impl<E: Endpoint> FromRequest<Shared> for Asked<E> {
    type Rejection = Refusal;

    async fn from_request(request: Request, backend: &Shared) -> Result<Self, Refusal> {
        let (mut parts, sent) = request.into_parts();
        let right = E::ROUTE.right;
        let actor = parts.extensions.get::<Arc<Actor>>().cloned();
        if right != Right::Anybody && actor.is_none() {
            return Err(not_signed_in());
        }
        let ApiPath(mut path) = ApiPath::<E::Path>::from_request_parts(&mut parts, backend).await?;
        // Before anything that was sent is looked at: who may not learns nothing of what it should be.
        let roles = match (right, actor) {
            (Right::May(..), Some(actor)) => allowed(backend, &actor, right, &mut path).await?,
            _ => Vec::new(),
        };
        if let Some(act) = E::ROUTE.needs {
            provided::can_begin(backend, act)?;
        }
        let query = E::Query::read(parts.uri.query().unwrap_or_default());
        let query = query.map_err(|error| query_refused(&error))?;
        let request = Request::from_parts(parts, sent);
        let body = match <E::Body as Content>::KIND {
            Kind::Json => json(request, backend).await?,
            Kind::Nothing | Kind::File => {
                let bytes = Bytes::from_request(request, backend).await;
                <E::Body as Content>::read(&bytes.map_err(|error| body_refused(&error))?)?
            }
        };
        Ok(Self { path, query, body, roles })
    }
}

/// Whether the actor may, and in which roles.
async fn allowed(
    backend: &Backend,
    actor: &Actor,
    right: Right,
    path: &mut impl Path,
) -> Result<Vec<Role>, Refusal> {
    let Right::May(action, on) = right else { return Ok(Vec::new()) };
    let mut none = String::new();
    let named = path.first().unwrap_or(&mut none);
    let (resource, hides) = match on {
        On::Backend => (Resource::Backend, None),
        On::Organization => (Resource::Organization(named), None),
        On::Trial => (Resource::Organization(named), Some("trial")),
        On::Site => {
            *named = site_in_path(named)?;
            (Resource::Site(named), None)
        }
        // What one may do with these is what one may do on their site.
        On::Plan => {
            none = plans::site_of(backend, named).await?;
            (Resource::Site(&none), Some("plan"))
        }
        On::Run => {
            none = runs::site_of(backend, named).await?;
            (Resource::Site(&none), Some("run"))
        }
    };
    let decided = authorize(backend, actor, action, resource).await;
    // Who may not see the site, or the organization, is told that there is no such plan, run or trial.
    decided.map_err(|refusal| match hides {
        Some(noun) => refusal.hidden(noun),
        None => refusal,
    })
}

/// A function that answers an endpoint; `T` is what it takes beside the backend and what was asked.
pub trait Handles<E: Endpoint, T>: Send + 'static {
    /// As a route of its own.
    fn route(self) -> MethodRouter<Shared>;
}

impl<E, F, R> Handles<E, ()> for F
where
    E: Endpoint,
    F: Fn(State<Shared>, Asked<E>) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Result<E::Answer, Refusal>> + Send,
{
    fn route(self) -> MethodRouter<Shared> {
        on(filter::<E>(), move |backend: State<Shared>, asked: Asked<E>| {
            let handler = self.clone();
            async move { answered::<E>(handler(backend, asked).await) }
        })
    }
}

impl<E, F, R, A> Handles<E, (A,)> for F
where
    E: Endpoint,
    A: FromRequestParts<Shared> + Send + 'static,
    F: Fn(State<Shared>, A, Asked<E>) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Result<E::Answer, Refusal>> + Send,
{
    fn route(self) -> MethodRouter<Shared> {
        on(filter::<E>(), move |backend: State<Shared>, a: A, asked: Asked<E>| {
            let handler = self.clone();
            async move { answered::<E>(handler(backend, a, asked).await) }
        })
    }
}

impl<E, F, R, A, B> Handles<E, (A, B)> for F
where
    E: Endpoint,
    A: FromRequestParts<Shared> + Send + 'static,
    B: FromRequestParts<Shared> + Send + 'static,
    F: Fn(State<Shared>, A, B, Asked<E>) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Result<E::Answer, Refusal>> + Send,
{
    fn route(self) -> MethodRouter<Shared> {
        on(filter::<E>(), move |backend: State<Shared>, a: A, b: B, asked: Asked<E>| {
            let handler = self.clone();
            async move { answered::<E>(handler(backend, a, b, asked).await) }
        })
    }
}

fn filter<E: Endpoint>() -> MethodFilter {
    match E::ROUTE.method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Put => MethodFilter::PUT,
        Method::Patch => MethodFilter::PATCH,
        Method::Delete => MethodFilter::DELETE,
    }
}

fn answered<E: Endpoint>(result: Result<E::Answer, Refusal>) -> Response {
    match result {
        Ok(answer) => good::<E>(&answer),
        Err(refusal) => refusal.into_response(),
    }
}

/// The endpoint's good answer, with its status and its media type.
pub fn good<E: Endpoint>(answer: &E::Answer) -> Response {
    let status = StatusCode::from_u16(E::ROUTE.success).unwrap_or(StatusCode::OK);
    match answer.write() {
        Ok(Body::Empty) => status.into_response(),
        Ok(Body::Json(bytes) | Body::File(bytes)) => {
            (status, [(header::CONTENT_TYPE, E::ROUTE.media)], bytes).into_response()
        }
        Err(error) => Refusal::internal(&error).into_response(),
    }
}

/// Endpoints with who answers them.
#[derive(Default)]
pub struct Routes {
    router: Router<Shared>,
    served: Vec<&'static About>,
}

impl Routes {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more, answered by this.
    pub fn at<E: Endpoint, T>(self, handler: impl Handles<E, T>) -> Self {
        self.on::<E>(handler.route())
    }

    /// One more, whose answer the handler writes itself: a stream, or one with headers of its own.
    pub fn raw<E: Endpoint, T: 'static>(self, handler: impl Handler<T, Shared>) -> Self {
        self.on::<E>(on(filter::<E>(), handler))
    }

    fn on<E: Endpoint>(mut self, route: MethodRouter<Shared>) -> Self {
        self.router = self.router.route(E::ROUTE.path, route);
        self.served.push(E::ABOUT);
        self
    }

    /// Others beside these.
    pub fn merge(mut self, others: Self) -> Self {
        self.router = self.router.merge(others.router);
        self.served.extend(others.served);
        self
    }

    /// The router, and the endpoints that it answers.
    pub fn into_parts(self) -> (Router<Shared>, Vec<&'static About>) {
        (self.router, self.served)
    }
}
