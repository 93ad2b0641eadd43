//! How often somebody may ask what tells of others, or what sends or tries something (rules P2, L1,
//! T6).
//!
//! Owns the counting, per person and limit, in real time and in the database: a restart forgives
//! nothing, and memory holds nothing. Every question counts, also one that found nothing. Which
//! routes are counted for rule P2 stands in `api::route`.

use std::time::Duration;

use axum::http::StatusCode;
use jiff::Timestamp;

use crate::api::problem::code;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Store, sha256, to_millis};

/// How often may be asked, in each of its windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    name: &'static str,
    windows: &'static [(Duration, u32)],
}

const MINUTE: Duration = Duration::from_mins(1);
const TEN_MINUTES: Duration = Duration::from_mins(10);
const DAY: Duration = Duration::from_hours(24);

/// What tells whether an address or an organization exists (rule P2), all routes together.
pub const OTHERS: Limit = Limit { name: "others", windows: &[(MINUTE, 30), (DAY, 300)] };
/// Whether a subdomain is taken (rule T6): more than anybody types, less than anybody guesses.
pub const NAMES: Limit = Limit { name: "names", windows: &[(MINUTE, 120), (DAY, 3_000)] };
/// The connect mail once more (rule L1).
pub const CONNECT_MAIL: Limit = Limit { name: "connect mail", windows: &[(TEN_MINUTES, 10)] };
/// A code out of a mail (rule L1).
pub const CONNECT_CODE: Limit = Limit { name: "connect code", windows: &[(TEN_MINUTES, 20)] };

/// One question too many.
#[derive(Debug)]
pub struct TooMany {
    /// 429, with the time to wait.
    pub refusal: Refusal,
    /// Whether it is the first one of its window.
    pub first: bool,
}

impl From<TooMany> for Refusal {
    fn from(over: TooMany) -> Self {
        over.refusal
    }
}

impl From<sqlx::Error> for TooMany {
    fn from(error: sqlx::Error) -> Self {
        Self { refusal: error.into(), first: false }
    }
}

/// Counts a question of a person.
///
/// # Errors
/// 429 with the time to wait.
pub async fn count(store: &Store, limit: Limit, actor: &str) -> Result<(), TooMany> {
    let asked = Asked { actor, question: None };
    count_at(store, limit, asked, Timestamp::now()).await.map(drop)
}

/// Counts a question that is asked as one types; whether it is a new one: the same as before is not.
///
/// # Errors
/// 429 with the time to wait.
pub async fn count_typed(
    store: &Store,
    limit: Limit,
    actor: &str,
    question: &str,
) -> Result<bool, TooMany> {
    count_at(store, limit, Asked { actor, question: Some(question) }, Timestamp::now()).await
}

#[derive(Clone, Copy)]
struct Asked<'a> {
    actor: &'a str,
    question: Option<&'a str>,
}

async fn count_at(
    store: &Store,
    limit: Limit,
    asked: Asked<'_>,
    now: Timestamp,
) -> Result<bool, TooMany> {
    let now = to_millis(now);
    let last = asked.question.map_or_else(String::new, |text| sha256(text.as_bytes()));
    let mut tx = store.begin().await?;
    let mut windows = Vec::with_capacity(limit.windows.len());
    for (span, most) in limit.windows {
        let window = Window::of(&mut tx, limit, asked.actor, *span, now).await?;
        if asked.question.is_some() && window.last == last {
            return Ok(false);
        }
        windows.push((window, *span, i64::from(*most)));
    }
    let full = |(window, _, most): &&(Window, Duration, i64)| window.asked >= *most;
    let left = |(window, span, _): &(Window, Duration, i64)| window.since + span_ms(*span) - now;
    let Some(full) = windows.iter().filter(full).max_by_key(|window| left(window)) else {
        for (window, span, _) in windows {
            let window = Window { asked: window.asked + 1, last: last.clone(), ..window };
            window.keep(&mut tx, limit, asked.actor, span).await?;
        }
        tx.commit().await?;
        return Ok(true);
    };
    // What is refused is no question: only that it came to this is written down, once a window.
    let (window, span, most) = full;
    let first = window.asked == *most;
    if first {
        let window = Window { asked: most + 1, last: window.last.clone(), ..*window };
        window.keep(&mut tx, limit, asked.actor, *span).await?;
        tx.commit().await?;
    }
    Err(TooMany { refusal: too_many(left(full)), first })
}

/// How often was asked since when.
struct Window {
    since: i64,
    asked: i64,
    last: String,
}

impl Window {
    async fn of(
        conn: &mut Conn,
        limit: Limit,
        actor: &str,
        span: Duration,
        now: i64,
    ) -> Result<Self, sqlx::Error> {
        let row: Option<(i64, i64, String)> = sqlx::query_as(
            "SELECT since, asked, last FROM questions
              WHERE actor = $1 AND kind = $2 AND span_ms = $3",
        )
        .bind(actor)
        .bind(limit.name)
        .bind(span_ms(span))
        .fetch_optional(conn)
        .await?;
        Ok(match row {
            // A clock that was set back opens nothing.
            Some((since, asked, last)) if since > now => Self { since: now, asked, last },
            Some((since, asked, last)) if now < since + span_ms(span) => {
                Self { since, asked, last }
            }
            _ => Self { since: now, asked: 0, last: String::new() },
        })
    }

    async fn keep(
        &self,
        conn: &mut Conn,
        limit: Limit,
        actor: &str,
        span: Duration,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO questions (actor, kind, span_ms, since, asked, last)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (actor, kind, span_ms) DO UPDATE SET since = excluded.since,
               asked = excluded.asked, last = excluded.last",
        )
        .bind(actor)
        .bind(limit.name)
        .bind(span_ms(span))
        .bind(self.since)
        .bind(self.asked)
        .bind(&self.last)
        .execute(conn)
        .await?;
        Ok(())
    }
}

fn span_ms(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

fn too_many(left_ms: i64) -> Refusal {
    let seconds = left_ms.max(1).cast_unsigned().div_ceil(1_000);
    let wait = match seconds {
        0..120 => format!("{seconds} seconds"),
        120..7_200 => format!("{} minutes", seconds.div_ceil(60)),
        _ => format!("{} hours", seconds.div_ceil(3_600)),
    };
    Refusal::new(
        StatusCode::TOO_MANY_REQUESTS,
        code::TOO_MANY,
        "You have asked this too often in a short time.",
        format!("Ask again in {wait}; nothing else is held up."),
    )
    .retry_after(seconds)
}

/// Now and then: forgets windows that are over.
///
/// # Errors
/// When the database cannot be written.
pub async fn forget_old(store: &Store) -> Result<(), sqlx::Error> {
    let mut tx = store.begin().await?;
    sqlx::query("DELETE FROM questions WHERE since + span_ms < $1")
        .bind(to_millis(Timestamp::now()))
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}

#[cfg(test)]
mod tests;
