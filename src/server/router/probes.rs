//! For machines that watch the backend: alive, ready, and numbers (Prometheus text).
//!
//! Owns the numbers. They name routes and statuses, never people or what was asked.

mod gauges;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Shared;
use super::asked::Routes;
use super::requests::bearer;
use crate::api::probes::{Healthz, Readyz, ShowMetrics};
use crate::api::problem::code;
use crate::server::auth::attempts::Tried;
use crate::server::chores::Standing;
use crate::server::clock::Doubt;
use crate::server::listen::Peer;
use crate::server::refusal::Refusal;
use crate::server::store::timed::Timed;
use crate::server::store::{Gone, hash_secret};

/// Upper bounds of the buckets of how long requests took, in milliseconds.
const BUCKETS: [u64; 6] = [5, 25, 100, 500, 2_500, 10_000];

pub fn routes() -> Routes {
    Routes::new()
        .raw::<Healthz, _>(healthz)
        .raw::<Readyz, _>(readyz)
        .raw::<ShowMetrics, _>(show_metrics)
}

/// Whether the process answers.
async fn healthz() -> &'static str {
    "alive\n"
}

/// Whether the backend is migrated, loaded and not ending.
async fn readyz(State(backend): State<Shared>) -> Response {
    match why_not(&backend).await {
        None => doubt(backend.clock.doubt()).into_response(),
        Some((why, what_to_do)) => {
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, code::UNAVAILABLE, why, what_to_do)
                .retry_after(3)
                .into_response()
        }
    }
}

/// So many bytes the disk must have left: a database writes beside itself before it fails.
const ROOM: u64 = 32 << 20;

/// How long a probe waits for the one writer's turn.
const TURN: Duration = Duration::from_secs(2);

/// What keeps an operator's write from working now.
async fn why_not(backend: &Shared) -> Option<(String, &'static str)> {
    const LATER: &str = "Try again in a few seconds.";
    if backend.stop.is_stopping() {
        return Some(("The backend is ending.".into(), LATER));
    }
    if let Err(error) = backend.store.is_ready(TURN).await {
        let remedy = Gone::of(&error).map_or(LATER, Gone::remedy);
        return Some((format!("The database cannot be written: {error}."), remedy));
    }
    if let Some(left) = backend.store.room().filter(|left| *left < ROOM) {
        return Some((
            format!("The disk of the database has {} MB left.", left >> 20),
            "Make room there, before writes are refused.",
        ));
    }
    if !backend.clock.is_written() {
        return Some(("The database could not be written when it was last tried.".into(), LATER));
    }
    let late = backend.chores.board().late();
    let (name, why) = late.first()?;
    let why = format!("The task {name} is late: {why}.");
    Some((why, "It is tried again by itself; the backend's log says more."))
}

/// Ready, with what the clock's doubt keeps waiting.
fn doubt(doubt: Option<Doubt>) -> &'static str {
    match doubt {
        None => "ready\n",
        Some(Doubt::Held(_)) => {
            "ready\nheld: the host's clock went ahead by more than seven days; hublink clock accept, \
             or refuse\n"
        }
        Some(Doubt::Waits(_)) => {
            "ready\nwaits: the host's clock went ahead by more than a day; what cannot be taken back \
             waits\n"
        }
        Some(Doubt::Restored) => {
            "ready\nrestored: what goes by time alone waits for hublink clock accept\n"
        }
    }
}

/// Numbers in Prometheus' text format. Where the backend has an address for them alone, or wants a
/// token for them, they are not here, or not without it.
async fn show_metrics(backend: State<Shared>, peer: Peer, headers: HeaderMap) -> Response {
    if backend.options.metrics.is_some() {
        return Refusal::not_found("page here").into_response();
    }
    own_metrics(backend, peer, headers).await
}

/// Whether what is shown there as a bearer token is no session's, and looked at there alone.
pub fn asks_itself(path: &str) -> bool {
    path == "/metrics"
}

/// The numbers at an address of their own.
pub fn metrics_alone(backend: Shared) -> Router {
    Router::new().route("/metrics", get(own_metrics)).with_state(backend)
}

async fn own_metrics(
    State(backend): State<Shared>,
    Peer(peer): Peer,
    headers: HeaderMap,
) -> Response {
    if let Some(wanted) = &backend.options.metrics_token {
        let shown = bearer(&headers).unwrap_or_default();
        // Compared as hashes: how long it takes tells nothing of either.
        if hash_secret(shown) != hash_secret(wanted.expose()) {
            if let Err(refusal) = backend.attempts.begin(peer, Tried::Secret(shown)) {
                return refusal.into_response();
            }
            return Refusal::new(
                StatusCode::UNAUTHORIZED,
                code::NOT_SIGNED_IN,
                "The numbers want a token.",
                "Send the backend's HUBLINK_METRICS_TOKEN as a bearer token.",
            )
            .into_response();
        }
    }
    let mut text = backend.metrics.text();
    timed(&mut text, "database_turn", backend.store.turns());
    for (what, of) in backend.directory.measured() {
        timed(&mut text, what, of);
    }
    match gauges::text(&backend).await {
        Ok(more) => text.push_str(&more),
        Err(error) => tracing::warn!(%error, "numbers of the database could not be read"),
    }
    let _ = tasks(&mut text, &backend.chores.board().all());
    if let Some(left) = backend.store.room() {
        let _ = write!(
            text,
            "# HELP hublink_database_free_bytes Room that the disk of the database has left.\n\
             # TYPE hublink_database_free_bytes gauge\n\
             hublink_database_free_bytes {left}\n"
        );
    }
    let clock = backend.clock.now().as_second();
    let _ = write!(
        text,
        "# HELP hublink_build_info The version that runs.\n\
         # TYPE hublink_build_info gauge\n\
         hublink_build_info{{version=\"{}\"}} 1\n\
         # HELP hublink_world_clock_seconds Business time, in seconds since 1970.\n\
         # TYPE hublink_world_clock_seconds gauge\n\
         hublink_world_clock_seconds {clock}\n\
         # HELP hublink_log_lines_lost_total Lines of the log that could not be written.\n\
         # TYPE hublink_log_lines_lost_total counter\n\
         hublink_log_lines_lost_total {}\n",
        env!("CARGO_PKG_VERSION"),
        backend.options.lost_lines.so_far()
    );
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

/// How often something was done, how it came out, and how long it took.
fn timed(text: &mut String, what: &str, of: &Timed) {
    let name = format!("hublink_{what}_seconds");
    // Writing to a String cannot fail.
    let _ = writeln!(text, "# HELP {name} How long it took, by outcome.\n# TYPE {name} summary");
    for (outcome, taken) in of.all() {
        let seconds = taken.micros as f64 / 1e6;
        let _ = writeln!(text, "{name}_sum{{outcome=\"{outcome}\"}} {seconds}");
        let _ = writeln!(text, "{name}_count{{outcome=\"{outcome}\"}} {}", taken.count);
    }
    let _ = writeln!(text, "# TYPE hublink_{what}_longest_seconds gauge");
    for (outcome, taken) in of.all() {
        let seconds = taken.longest as f64 / 1e6;
        let _ = writeln!(text, "hublink_{what}_longest_seconds{{outcome=\"{outcome}\"}} {seconds}");
    }
}

/// What goes on by itself: when it last succeeded, and how often it failed.
fn tasks(text: &mut String, all: &[(&'static str, Standing)]) -> std::fmt::Result {
    let mut metric = |name: &str, kind: &str, help: &str, of: &dyn Fn(&Standing) -> u64| {
        writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}")?;
        all.iter().try_for_each(|(task, standing)| {
            writeln!(text, "{name}{{task=\"{task}\"}} {}", of(standing))
        })
    };
    metric(
        "hublink_task_last_success_seconds",
        "gauge",
        "When a task last succeeded, in seconds since 1970; 0 for never.",
        &|standing| standing.succeeded_at.map_or(0, |at| at.as_second().max(0).cast_unsigned()),
    )?;
    metric("hublink_task_failures_total", "counter", "How often a task failed.", &|standing| {
        standing.failures
    })?;
    metric("hublink_task_panics_total", "counter", "How often a task panicked.", &|standing| {
        standing.panics
    })
}

/// How many requests were answered, how, and how long they took.
#[derive(Debug, Default)]
pub struct Metrics(Mutex<BTreeMap<Key, Taken>>);

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    route: String,
    method: String,
    status: u16,
}

#[derive(Debug, Default)]
struct Taken {
    count: u64,
    millis: u64,
    within: [u64; BUCKETS.len()],
}

impl Metrics {
    /// Counts an answer. `route` is the pattern, so that there are few.
    pub fn count(&self, method: &str, route: &str, status: u16, took: Duration) {
        let millis = took.as_millis() as u64;
        let key = Key { route: route.into(), method: method.into(), status };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = all.entry(key).or_default();
        taken.count += 1;
        taken.millis += millis;
        for (within, bound) in taken.within.iter_mut().zip(BUCKETS) {
            *within += u64::from(millis <= bound);
        }
    }

    fn text(&self) -> String {
        const NAME: &str = "hublink_http_request_duration_seconds";
        let mut text = format!("# HELP {NAME} How long requests took.\n# TYPE {NAME} histogram\n");
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, taken) in all.iter() {
            let labels = format!(
                "method=\"{}\",route=\"{}\",status=\"{}\"",
                key.method, key.route, key.status
            );
            for (within, bound) in taken.within.iter().zip(BUCKETS) {
                let le = bound as f64 / 1_000.0;
                let _ = writeln!(text, "{NAME}_bucket{{{labels},le=\"{le}\"}} {within}");
            }
            let (count, sum) = (taken.count, taken.millis as f64 / 1_000.0);
            let _ = writeln!(text, "{NAME}_bucket{{{labels},le=\"+Inf\"}} {count}");
            let _ = writeln!(text, "{NAME}_sum{{{labels}}} {sum}");
            let _ = writeln!(text, "{NAME}_count{{{labels}}} {count}");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_add_up() {
        let metrics = Metrics::default();
        metrics.count("GET", "/v1/me", 200, Duration::from_millis(30));
        metrics.count("GET", "/v1/me", 200, Duration::from_mins(1));
        let text = metrics.text();
        assert!(text.contains("le=\"0.025\"} 0"), "{text}");
        assert!(text.contains("le=\"0.1\"} 1"), "{text}");
        assert!(text.contains("le=\"+Inf\"} 2"), "{text}");
    }
}
