//! Rule P2 around every route: answers that tell whether an address or an organization exists are
//! counted before they are given, and recorded.
//!
//! Owns reading what was asked out of a request, for the record. Which routes tell anything stands in
//! `api::route`, how often may be asked in `auth::rates`. Backend admins see every organization: what
//! they ask is recorded, not limited.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::Shared;
use super::requests::facts;
use crate::api::call::Method;
use crate::api::problem::Problem;
use crate::api::route::{Of, Route, Tells, loggable};
use crate::domain::address::Address;
use crate::domain::role::{Action, permits};
use crate::domain::site::site_url;
use crate::server::Backend;
use crate::server::audit::Change;
use crate::server::auth::{Actor, rates};
use crate::server::directory::Resource;
use crate::server::refusal::Refusal;
use crate::server::store::{noted, rehearsal};

/// A good answer, in the record.
const OK: &str = "ok";
/// The most characters of one asked value that are recorded.
const LONGEST: usize = 300;

/// Stands inside the idempotency: an answer that is given again tells nothing new.
pub async fn limited(State(backend): State<Shared>, request: Request, next: Next) -> Response {
    let actor = request.extensions().get::<Arc<Actor>>().cloned();
    let route = facts(&request);
    let (Some(actor), Some(route), Some(tells)) = (actor, route, route.and_then(|r| r.tells))
    else {
        return next.run(request).await;
    };
    if rehearsal::under_way() {
        return next.run(request).await;
    }
    match answered(&backend, &actor, route, tells, request, next).await {
        Ok(response) => response,
        Err(refusal) => refusal.into_response(),
    }
}

async fn answered(
    backend: &Backend,
    actor: &Actor,
    route: &Route,
    tells: Tells,
    request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    let (request, question) = Question::read(request, route, tells).await?;
    // What a PATCH does not name stays as it is.
    let parts = tells.typed || route.method == Method::Patch;
    if parts && question.asked.is_empty() {
        return Ok(next.run(request).await);
    }
    if !actor.backend_admin {
        let (store, who) = (&backend.store, &actor.email);
        // Counting is no part of the act that the question is about.
        let counted = noted::beside(async {
            match (tells.of, tells.typed) {
                (Of::Others, false) => rates::count(store, rates::OTHERS, who).await.map(|()| true),
                (Of::Others, true) => {
                    rates::count_typed(store, rates::OTHERS, who, &question.text()).await
                }
                (Of::Names, _) => {
                    rates::count_typed(store, rates::NAMES, who, &question.text()).await
                }
            }
        })
        .await;
        match counted {
            Ok(true) => {}
            Ok(false) => return Ok(next.run(request).await),
            Err(over) => {
                if over.first {
                    let code = over.refusal.problem.code.clone();
                    noted::beside(question.record(backend, actor, &code)).await?;
                }
                return Err(over.refusal);
            }
        }
    }
    let response = next.run(request).await;
    if tells.of == Of::Names {
        return Ok(response);
    }
    let (response, answer) = answer_of(response).await?;
    if let Some(answer) = answer.filter(|answer| tells.records_all || answer != OK) {
        noted::beside(question.record(backend, actor, &answer)).await?;
    }
    Ok(response)
}

/// An answer that told something: [`OK`], or the code of a refusal.
async fn answer_of(response: Response) -> Result<(Response, Option<String>), Refusal> {
    let status = response.status();
    if status.is_success() {
        return Ok((response, Some(OK.to_owned())));
    }
    let told = matches!(
        status,
        StatusCode::FORBIDDEN
            | StatusCode::NOT_FOUND
            | StatusCode::CONFLICT
            | StatusCode::UNPROCESSABLE_ENTITY
    );
    if !told {
        return Ok((response, None));
    }
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.map_err(|error| Refusal::internal(&error))?;
    let problem: Option<Problem> = serde_json::from_slice(&bytes).ok();
    let code = problem.map_or_else(|| status.as_str().to_owned(), |problem| problem.code);
    Ok((Response::from_parts(parts, Body::from(bytes)), Some(code)))
}

/// What a request asks of others.
struct Question {
    route: String,
    path: String,
    asked: Map<String, Value>,
    organization: Option<String>,
    site: Option<String>,
}

impl Question {
    async fn read(
        request: Request,
        route: &Route,
        tells: Tells,
    ) -> Result<(Request, Self), Refusal> {
        let (parts, body) = request.into_parts();
        let bytes = to_bytes(body, route.most).await.map_err(|e| Refusal::internal(&e))?;
        let template = parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str);
        let path = parts.uri.path();
        let parameters = Parameters { template: template.unwrap_or_default(), path };
        let fields = Fields::of(&bytes, parts.uri.query().unwrap_or_default());
        let mut asked = Map::new();
        for name in tells.asked {
            let value = fields.get(name).or_else(|| parameters.get(name).map(Value::from));
            if let Some(value) = value.filter(|value| !tells.typed || is_whole(name, value)) {
                asked.insert((*name).to_owned(), shortened(value));
            }
        }
        let question = Self {
            route: format!("{} {}", parts.method, route.path),
            path: loggable(template, path),
            asked,
            organization: route
                .path
                .starts_with("/v1/organizations/{id}")
                .then(|| parameters.get("id"))
                .flatten(),
            site: parameters.get("url").and_then(|url| site_url(&url).ok()),
        };
        Ok((Request::from_parts(parts, Body::from(bytes)), question))
    }

    /// The question as text: another one is another question.
    fn text(&self) -> String {
        format!("{} {}", self.route, Value::from(self.asked.clone()))
    }

    /// Records the question with how it was answered. It stands in the record of the organization
    /// that the route is about only where the actor sees that: strangers write in nobody's.
    async fn record(&self, backend: &Backend, actor: &Actor, answer: &str) -> Result<(), Refusal> {
        let site = match &self.site {
            Some(url) if sees(backend, actor, Resource::Site(url)).await? => Some(url.as_str()),
            _ => None,
        };
        let of_site = match site {
            Some(url) => backend.directory.site_facts(url).await?.organization,
            None => None,
        };
        let organization = match &self.organization {
            Some(id) if sees(backend, actor, Resource::Organization(id)).await? => Some(id.clone()),
            _ => of_site,
        };
        let mut tx = backend.store.begin().await?;
        Change::by(backend.clock.now(), &actor.email, "others.asked")
            .of_any(organization.as_deref())
            .any_site(site)
            .about(&self.path)
            .detail(json!({ "route": self.route, "asked": self.asked, "answer": answer }))
            .record(&mut tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }
}

async fn sees(backend: &Backend, actor: &Actor, resource: Resource<'_>) -> Result<bool, Refusal> {
    let Some(roles) = backend.directory.roles(&actor.email, resource).await? else {
        return Ok(false);
    };
    Ok(actor.backend_admin || roles.iter().any(|role| permits(*role, Action::See)))
}

/// The parameters of a path.
struct Parameters<'a> {
    template: &'a str,
    path: &'a str,
}

impl Parameters<'_> {
    fn get(&self, name: &str) -> Option<String> {
        let braced = format!("{{{name}}}");
        let at = self.template.split('/').position(|part| part == braced)?;
        let part = self.path.split('/').nth(at)?;
        percent_encoding::percent_decode_str(part).decode_utf8().ok().map(Into::into)
    }
}

/// The fields of a JSON body, or of a query.
struct Fields(Value);

impl Fields {
    fn of(body: &Bytes, query: &str) -> Self {
        if let Ok(value) = serde_json::from_slice(body) {
            return Self(value);
        }
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
        Self(Value::Object(pairs.into_iter().map(|(k, v)| (k, Value::from(v))).collect()))
    }

    fn get(&self, name: &str) -> Option<Value> {
        let found = self.0.pointer(&format!("/{}", name.replace('.', "/")))?;
        let empty = found.is_null() || found.as_str().is_some_and(|text| text.trim().is_empty());
        (!empty).then(|| found.clone())
    }
}

/// Whether a value that is being typed can be answered at all.
fn is_whole(name: &str, value: &Value) -> bool {
    let Some(text) = value.as_str() else { return true };
    match name {
        "administrator" | "email" => Address::parse(text).is_ok(),
        "site_url" => site_url(text).is_ok(),
        _ => true,
    }
}

fn shortened(value: Value) -> Value {
    let text = match &value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if text.chars().count() <= LONGEST {
        return value;
    }
    Value::from(text.chars().take(LONGEST).collect::<String>())
}

#[cfg(test)]
mod tests;
