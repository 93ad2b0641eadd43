//! Writes: read whole, carried out once for an `Idempotency-Key`, and to the end even if the
//! client goes away (SPEC section 8).
//!
//! Owns what was answered to which key, for eight days, and that it is answered again only to who
//! still may. Of a write that a crash cut off nothing is forgotten that it did: whatever it committed
//! noted its key (`store::noted`), and is not done again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use jiff::Timestamp;
use sqlx::Row as _;

use super::Shared;
use super::extract::too_large;
use super::requests::{facts, panicked};
use crate::api::problem::{Problem, code};
use crate::api::route;
use crate::server::audit;
use crate::server::auth::{Actor, not_signed_in};
use crate::server::refusal::{REQUEST_ID, Refusal};
use crate::server::store::noted::{self, Key};
use crate::server::store::{Conn, Store, rehearsal, sha256, to_millis};

/// Bodies of people who are not signed in, and of requests that lead nowhere.
const STRANGER: usize = route::FORM;
/// How long a body may stand still.
const STILL: Duration = Duration::from_secs(15);
/// How long a body may take in all.
const WHOLE: Duration = Duration::from_mins(5);
/// A stranger's body has so long in all; another's has so long, and a second for each so many bytes.
const SLOWEST: Duration = Duration::from_secs(15);
const BYTES_A_SECOND: u64 = 8 << 10;
/// The demo's own routes: they ask for no right, and do not write to the database.
const OUTSIDE: &str = "/v1/demo/";
/// How long answers are kept.
const KEPT_MS: i64 = 8 * 86_400_000;

/// Marks an answer that holds a secret: it is never kept.
#[derive(Debug, Clone, Copy)]
pub struct Secretive;

/// Stands around all writes.
pub async fn once(State(backend): State<Shared>, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return next.run(request).await;
    }
    match read_whole(request).await {
        Ok((request, body)) => write(&backend.store, request, body, next).await,
        Err(refusal) => refusal.into_response(),
    }
}

async fn write(store: &Store, request: Request, body: Bytes, next: Next) -> Response {
    let actor = request.extensions().get::<Arc<Actor>>().map(|actor| actor.email.clone());
    let routed = request.extensions().get::<MatchedPath>().is_some();
    let key = match request.headers().get("idempotency-key") {
        Some(key) if routed => match good_key(key) {
            Ok(key) => Some(key),
            Err(refusal) => return refusal.into_response(),
        },
        _ => None,
    };
    let (Some(actor), Some(key)) = (actor, key) else { return carry_out(request, next).await };
    let route = format!("{} {}", request.method(), request.uri());
    let record = Record { key: Key { actor, route, key }, body: sha256(&body) };
    match record.begin(store).await {
        Ok(Begun::Fresh) => {}
        Ok(Begun::Answered(kept)) => return still_may(request, next).await.unwrap_or(kept),
        Err(refusal) => return refusal.into_response(),
    }
    let store = store.clone();
    // In a task of its own up to the end of the record: a client that hangs up changes nothing.
    outlive(async move {
        let response = outlive(noted::under(record.key.clone(), next.run(request))).await;
        record.finish(&store, response).await
    })
    .await
}

/// What was answered is for who may ask: the route itself is asked once more, without writing. A
/// refusal of a right is then the answer, as it would be to a fresh request.
async fn still_may(request: Request, next: Next) -> Option<Response> {
    let outside = facts(&request).is_some_and(|route| route.path.starts_with(OUTSIDE));
    if outside {
        return None;
    }
    let ended = rehearsal::of(next.run(request)).await;
    let status = ended.answer.status();
    let right =
        matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND);
    let refused = right || status.is_server_error() || (ended.refused && !status.is_success());
    (!ended.would_write && refused).then_some(ended.answer)
}

/// Carries a write out in a task of its own.
async fn carry_out(request: Request, next: Next) -> Response {
    outlive(next.run(request)).await
}

async fn outlive(work: impl Future<Output = Response> + Send + 'static) -> Response {
    let id = REQUEST_ID.try_with(Clone::clone).unwrap_or_default();
    match tokio::spawn(REQUEST_ID.scope(id, work)).await {
        Ok(response) => response,
        Err(fault) => match fault.try_into_panic() {
            Ok(cause) => panicked(cause),
            Err(fault) => Refusal::internal(&fault).into_response(),
        },
    }
}

/// Reads the body whole, within its limits, and puts it back.
async fn read_whole(request: Request) -> Result<(Request, Bytes), Refusal> {
    let stranger = request.extensions().get::<Arc<Actor>>().is_none();
    let route = facts(&request);
    let allowed = route.map_or(STRANGER, |route| route.most);
    let most = if stranger { allowed.min(STRANGER) } else { allowed };
    let uploads = route.is_some_and(|route| route.file);
    let over = || if stranger && uploads { not_signed_in() } else { too_large(most) };
    let (parts, body) = request.into_parts();
    let told =
        parts.headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse().ok());
    if told.is_some_and(|length: usize| length > most) {
        return Err(over());
    }
    let whole = if stranger { SLOWEST } else { WHOLE };
    let reading = tokio::time::timeout(whole, read_body(body, most));
    let bytes = reading.await.map_err(|_| too_slow())??.ok_or_else(over)?;
    let request = Request::from_parts(parts, Body::from(bytes.clone()));
    Ok((request, bytes))
}

/// The body; `None` when it is longer than `most`.
async fn read_body(body: Body, most: usize) -> Result<Option<Bytes>, Refusal> {
    let mut stream = body.into_data_stream();
    let mut whole = Vec::new();
    let began = Instant::now();
    loop {
        let earned = Duration::from_secs(whole.len() as u64 / BYTES_A_SECOND);
        if began.elapsed() > SLOWEST + earned {
            return Err(too_slow());
        }
        let next = tokio::time::timeout(STILL, stream.next()).await.map_err(|_| too_slow())?;
        match next {
            None => return Ok(Some(whole.into())),
            Some(Ok(chunk)) if whole.len() + chunk.len() > most => return Ok(None),
            Some(Ok(chunk)) => whole.extend_from_slice(&chunk),
            Some(Err(error)) => {
                return Err(Refusal::new(
                    StatusCode::BAD_REQUEST,
                    code::MALFORMED,
                    format!("The body could not be read: {error}."),
                    "Send it again.",
                ));
            }
        }
    }
}

fn too_slow() -> Refusal {
    Refusal::new(
        StatusCode::REQUEST_TIMEOUT,
        code::MALFORMED,
        "The body did not arrive in time.",
        "Send it again over a faster line.",
    )
}

fn good_key(key: &HeaderValue) -> Result<String, Refusal> {
    match key.to_str() {
        Ok(text) if (1..=255).contains(&text.len()) => Ok(text.to_owned()),
        _ => Err(Refusal::invalid(
            "Idempotency-Key",
            "An Idempotency-Key has 1 to 255 plain characters.",
        )),
    }
}

/// One key's record.
struct Record {
    key: Key,
    /// The SHA-256 of the body. It is kept under a key: a body may hold a password.
    body: String,
}

enum Begun {
    Fresh,
    Answered(Response),
}

impl Record {
    async fn begin(&self, store: &Store) -> Result<Begun, Refusal> {
        let mut tx = store.begin().await?;
        // What was kept before there was a key is known by its plain hash.
        let body_hash = audit::keyed(&mut tx, self.body.as_bytes()).await?;
        match self.known(&mut tx).await? {
            Some((hash, _)) if hash != body_hash && hash != self.body => Err(Refusal::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                code::KEY_REUSED,
                "This Idempotency-Key was used with another body.",
                "Use a new key for a new request.",
            )),
            Some((_, Some(kept))) => Ok(Begun::Answered(kept.again())),
            Some((_, None)) => Err(Refusal::conflict(
                code::KEY_IN_USE,
                "The first request with this Idempotency-Key is not finished.",
                "Ask again with the same key and body in a moment.",
            )
            .retry_after(1)),
            None => {
                sqlx::query(
                    "INSERT INTO idempotency (actor, route, key, body_hash, created_at)
                     VALUES ($1, $2, $3, $4, $5)",
                )
                .bind(&self.key.actor)
                .bind(&self.key.route)
                .bind(&self.key.key)
                .bind(&body_hash)
                .bind(to_millis(Timestamp::now()))
                .execute(&mut *tx)
                .await?;
                tx.commit().await?;
                Ok(Begun::Fresh)
            }
        }
    }

    /// The hash of the body that the key was used with, and what was answered, once it was.
    async fn known(&self, conn: &mut Conn) -> Result<Option<(String, Option<Kept>)>, sqlx::Error> {
        let row = sqlx::query(
            "SELECT body_hash, status, location, body FROM idempotency
              WHERE actor = $1 AND route = $2 AND key = $3",
        )
        .bind(&self.key.actor)
        .bind(&self.key.route)
        .bind(&self.key.key)
        .fetch_optional(conn)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let kept = match row.try_get("status")? {
            Some(status) => Some(Kept {
                status,
                location: row.try_get("location")?,
                body: row.try_get::<Option<_>, _>("body")?.unwrap_or_default(),
            }),
            None => None,
        };
        Ok(Some((row.try_get("body_hash")?, kept)))
    }

    /// Keeps what was decided. What was not carried out (a fault, a missing right) may be tried
    /// again with the same key.
    async fn finish(&self, store: &Store, response: Response) -> Response {
        let status = response.status();
        let decided = status.is_success()
            || status == StatusCode::CONFLICT
            || status == StatusCode::UNPROCESSABLE_ENTITY;
        let secretive = response.extensions().get::<Secretive>().is_some();
        let (parts, body) = response.into_parts();
        let bytes = match to_bytes(body, usize::MAX).await {
            Ok(bytes) => bytes,
            Err(error) => return Refusal::internal(&error).into_response(),
        };
        let location = parts.headers.get(header::LOCATION).and_then(|v| v.to_str().ok());
        let kept = if secretive {
            Kept::shown_once()
        } else {
            let location = location.map(str::to_owned);
            Kept { status: status.as_u16(), location, body: bytes.to_vec() }
        };
        if let Err(error) = self.keep(store, decided.then_some(kept)).await {
            tracing::warn!(%error, "an answer could not be kept for its Idempotency-Key");
        }
        Response::from_parts(parts, Body::from(bytes))
    }

    async fn keep(&self, store: &Store, kept: Option<Kept>) -> Result<(), sqlx::Error> {
        let mut tx = store.begin().await?;
        let sql = if kept.is_some() {
            "UPDATE idempotency SET status = $4, location = $5, body = $6
              WHERE actor = $1 AND route = $2 AND key = $3"
        } else {
            "DELETE FROM idempotency WHERE actor = $1 AND route = $2 AND key = $3"
        };
        let mut query =
            sqlx::query(sql).bind(&self.key.actor).bind(&self.key.route).bind(&self.key.key);
        if let Some(kept) = kept {
            query = query.bind(kept.status).bind(kept.location).bind(kept.body);
        }
        query.execute(&mut *tx).await?;
        tx.commit().await
    }
}

/// What was answered.
struct Kept {
    status: u16,
    location: Option<String>,
    body: Vec<u8>,
}

impl Kept {
    fn again(mut self) -> Response {
        self.name();
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let empty = self.body.is_empty();
        let mut response = (status, self.body).into_response();
        let headers = response.headers_mut();
        headers.remove(header::CONTENT_TYPE);
        let kind =
            if status.is_success() { "application/json" } else { "application/problem+json" };
        if !empty {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        if let Some(location) = self.location.and_then(|text| HeaderValue::try_from(text).ok()) {
            headers.insert(header::LOCATION, location);
        }
        response
    }

    /// A refusal that no request was given before is this request's.
    fn name(&mut self) {
        let problem = serde_json::from_slice::<Problem>(&self.body).ok();
        let Some(mut problem) = problem.filter(|problem| problem.request_id.is_empty()) else {
            return;
        };
        problem.request_id = REQUEST_ID.try_with(Clone::clone).unwrap_or_default();
        self.body = serde_json::to_vec(&problem).unwrap_or_default();
    }

    /// What is kept in place of an answer with a secret in it.
    fn shown_once() -> Self {
        let refusal = Refusal::conflict(
            code::EXISTS,
            "The first request with this Idempotency-Key made it; its secret was shown that once.",
            "If the secret is lost, revoke it and make another with a new key.",
        );
        Self::of(&refusal)
    }

    /// What is kept of an act that the backend's end cut off.
    fn unanswered() -> Self {
        Self::of(&Refusal::conflict(
            code::KEY_UNANSWERED,
            "The backend ended before it could answer the first request with this Idempotency-Key; \
             what it was to do is done, wholly or in part.",
            "Look at what it was about, and go on from there. Nothing was done twice.",
        ))
    }

    fn of(refusal: &Refusal) -> Self {
        let body = serde_json::to_vec(&refusal.problem).unwrap_or_default();
        Self { status: refusal.problem.status, location: None, body }
    }
}

/// At the start: forgets what a crash cut off before it did anything. What it had begun is answered
/// from now on that nobody knows how it ended.
///
/// # Errors
/// When the database cannot be written.
pub async fn forget_unfinished(store: &Store) -> Result<(), sqlx::Error> {
    let Kept { status, body, .. } = Kept::unanswered();
    let mut tx = store.begin().await?;
    sqlx::query("DELETE FROM idempotency WHERE status IS NULL AND carried_out_at IS NULL")
        .execute(&mut *tx)
        .await?;
    sqlx::query("UPDATE idempotency SET status = $1, body = $2 WHERE status IS NULL")
        .bind(status)
        .bind(body)
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}

/// Now and then: forgets what is older than eight days.
///
/// # Errors
/// When the database cannot be written.
pub async fn forget_old(store: &Store) -> Result<(), sqlx::Error> {
    let mut tx = store.begin().await?;
    sqlx::query("DELETE FROM idempotency WHERE created_at < $1 AND status IS NOT NULL")
        .bind(to_millis(Timestamp::now()) - KEPT_MS)
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}

#[cfg(test)]
mod tests;
