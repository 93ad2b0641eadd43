//! A site's users: the roster in blocks for clients, as a stream and in pages for people and
//! scripts.

mod blocks;

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use jiff::Timestamp;
use serde::Deserialize;
use tokio::sync::mpsc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{ApiJson, ApiPath, ApiQuery, site_in_path};
use super::{Reads, Shared};
use crate::api::page::{Page, PageQuery};
use crate::api::roster::{RosterHead, RosterLine, User};
use crate::domain::outcome::decide;
use crate::domain::role::Action;
use crate::server::auth::{Actor, authorize};
use crate::server::paging;
use crate::server::provider::{Provider, Resource, SiteFacts, UserFacts};
use crate::server::refusal::Refusal;

/// Batches waiting for the reader.
const AHEAD: usize = 4;

pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .merge(blocks::routes())
        .routes(routes!(stream_roster))
        .routes(routes!(list_users))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct After {
    /// Resume after the user with this number.
    #[serde(default)]
    after: Option<u32>,
}

/// All users of the site as NDJSON: a head, then one line a user in order of number.
///
/// A stream that broke is resumed with `?after=` the last number read.
#[utoipa::path(
    get, path = "/v1/sites/{url}/roster", tag = "Users",
    params(("url" = String, Path, description = "The site's URL: a host name."), After),
    responses(
        (status = 200, description = "A head, then one user a line.",
         body = RosterLine, content_type = "application/x-ndjson"),
        Reads
    ),
    security(("bearer" = []))
)]
async fn stream_roster(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
    ApiQuery(query): ApiQuery<After>,
) -> Result<Response, Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::SeeUsers, Resource::Site(&url)).await?;
    let site = backend.provider.site_facts(&url).await?;
    let now = backend.clock.now();
    let head = RosterHead {
        site: url.as_str().into(),
        revision: site.roster_revision,
        count: u64::from(site.users),
        now,
        method: site.method,
    };
    let mut first = serde_json::to_vec(&head)?;
    first.push(b'\n');
    let from = query.after.map_or(0, |n| n.saturating_add(1));
    let (send, mut receive) = mpsc::channel(AHEAD);
    // The head may go out before the first user is read.
    let _ = send.try_send(Ok(Bytes::from(first)));
    tokio::spawn(produce(backend.provider.clone(), site, from, now, send));
    // Compression asks once more after the end; a closed channel says "end" again.
    let lines = stream::poll_fn(move |cx| receive.poll_recv(cx));
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(lines)).into_response())
}

/// Reads users and writes them as lines, each in a task of its own, so that neither waits for the
/// other. A fault breaks the stream off: the reader must not take a part for the whole.
async fn produce(
    provider: Arc<dyn Provider>,
    site: SiteFacts,
    from: u32,
    now: Timestamp,
    lines: mpsc::Sender<Result<Bytes, std::io::Error>>,
) {
    let (send, mut batches) = mpsc::channel::<Vec<UserFacts>>(AHEAD);
    let reading = tokio::spawn(async move { provider.users(&site, from, now, send).await });
    while let Some(batch) = batches.recv().await {
        if lines.send(Ok(as_lines(batch))).await.is_err() {
            return;
        }
    }
    let fault = match reading.await {
        Ok(Ok(())) => return,
        Ok(Err(refusal)) => refusal.problem.code,
        Err(fault) => fault.to_string(),
    };
    let _ = lines.send(Err(std::io::Error::other(fault))).await;
}

fn as_lines(batch: Vec<UserFacts>) -> Bytes {
    let mut lines = Vec::with_capacity(batch.len() * 160);
    for user in batch {
        let line = RosterLine {
            n: user.number,
            id: user.user_id.into(),
            name: user.name.into(),
            mail: user.address.into(),
            dept: user.department.into(),
            state: user.state,
            facts: user.facts,
        };
        // Plain text and numbers always serialise.
        if serde_json::to_writer(&mut lines, &line).is_ok() {
            lines.push(b'\n');
        }
    }
    lines.into()
}

/// The site's users, by number, with what an invitation would do now.
#[utoipa::path(
    get, path = "/v1/sites/{url}/users", tag = "Users",
    params(("url" = String, Path, description = "The site's URL: a host name."), PageQuery),
    responses((status = 200, body = Page<User>), Reads),
    security(("bearer" = []))
)]
async fn list_users(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
    ApiQuery(page): ApiQuery<PageQuery>,
) -> Result<ApiJson<Page<User>>, Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::SeeUsers, Resource::Site(&url)).await?;
    let limit = paging::limit(page.limit)?;
    let after: Option<u32> = paging::after(page.cursor.as_deref())?;
    let site = backend.provider.site_facts(&url).await?;
    let from = after.map_or(0, |n| n.saturating_add(1));
    let end = from.saturating_add(limit as u32 + 1).min(site.users);
    let numbers: Vec<u32> = (from..end).collect();
    let found = some(&backend, &site, &numbers).await?;
    paging::page(found, limit, |user| user.number, |user| user).map(ApiJson)
}

/// These users (ascending), with what an invitation would do now and the preferred site.
///
/// # Errors
/// When the provider cannot tell them.
pub async fn some(
    backend: &Shared,
    site: &SiteFacts,
    numbers: &[u32],
) -> Result<Vec<User>, Refusal> {
    let mut conn = backend.store.read().await?;
    let now = backend.clock.now();
    let found = backend.provider.users_among(&mut conn, site, numbers, now).await?;
    drop(conn);
    let keys: Vec<String> = found.iter().filter_map(|user| user.address_key.clone()).collect();
    let preferred = backend.provider.preferred_sites(site, &keys).await?;
    let show = |user: UserFacts| User {
        number: user.number,
        user_id: user.user_id.into(),
        name: user.name.into(),
        preferred_site: user
            .address_key
            .and_then(|key| preferred.get(&key).cloned())
            .map(Into::into),
        address: user.address.into(),
        department: user.department.into(),
        active: user.active,
        state: user.state,
        outcome: site.method.map(|method| decide(user.facts, method)),
    };
    Ok(found.into_iter().map(show).collect())
}
