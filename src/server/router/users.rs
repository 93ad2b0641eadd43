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
use tokio::sync::mpsc;

use super::Shared;
use super::asked::{Asked, Routes};
use crate::api::page::Page;
use crate::api::roster::{LINES, ListUsers, RosterHead, RosterLine, StreamRoster, User};
use crate::domain::outcome::decide;
use crate::server::directory::{Directory, SiteFacts, UserFacts};
use crate::server::paging;
use crate::server::refusal::Refusal;

/// Batches waiting for the reader.
const AHEAD: usize = 4;

pub fn routes() -> Routes {
    Routes::new().merge(blocks::routes()).raw::<StreamRoster, _>(stream_roster).at(list_users)
}

/// All users of the site as NDJSON: a head, then one line a user in order of number.
///
/// A stream that broke is resumed with `?after=` the last number read.
async fn stream_roster(
    State(backend): State<Shared>,
    Asked { path: url, query, .. }: Asked<StreamRoster>,
) -> Result<Response, Refusal> {
    let site = backend.directory.site_facts(&url).await?;
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
    tokio::spawn(produce(backend.directory.clone(), site, from, now, send));
    // Compression asks once more after the end; a closed channel says "end" again.
    let lines = stream::poll_fn(move |cx| receive.poll_recv(cx));
    Ok(([(header::CONTENT_TYPE, LINES)], Body::from_stream(lines)).into_response())
}

/// Reads users and writes them as lines, each in a task of its own, so that neither waits for the
/// other. A fault breaks the stream off: the reader must not take a part for the whole.
async fn produce(
    directory: Arc<Directory>,
    site: SiteFacts,
    from: u32,
    now: Timestamp,
    lines: mpsc::Sender<Result<Bytes, std::io::Error>>,
) {
    let (send, mut batches) = mpsc::channel::<Vec<UserFacts>>(AHEAD);
    let reading = tokio::spawn(async move { directory.users(&site, from, now, send).await });
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
async fn list_users(
    State(backend): State<Shared>,
    Asked { path: url, query: page, .. }: Asked<ListUsers>,
) -> Result<Page<User>, Refusal> {
    let limit = paging::limit(page.limit)?;
    let after: Option<u32> = paging::after(page.cursor.as_deref())?;
    let site = backend.directory.site_facts(&url).await?;
    let from = after.map_or(0, |n| n.saturating_add(1));
    let end = from.saturating_add(limit as u32 + 1).min(site.users);
    let numbers: Vec<u32> = (from..end).collect();
    let found = some(&backend, &site, &numbers).await?;
    paging::page(found, limit, |user| user.number, |user| user)
}

/// These users (ascending), with what an invitation would do now and the preferred site.
///
/// # Errors
/// When the directory cannot tell them.
pub async fn some(
    backend: &Shared,
    site: &SiteFacts,
    numbers: &[u32],
) -> Result<Vec<User>, Refusal> {
    let mut conn = backend.store.read().await?;
    let now = backend.clock.now();
    let found = backend.directory.users_among(&mut conn, site, numbers, now).await?;
    drop(conn);
    let keys: Vec<String> = found.iter().filter_map(|user| user.address_key.clone()).collect();
    let preferred = backend.directory.preferred_sites(site, &keys).await?;
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
