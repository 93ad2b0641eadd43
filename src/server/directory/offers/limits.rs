//! How many offers an organization makes, and how often it mails one person (rule P1).
//!
//! Owns the counts and what is said when they are reached. A mail that was surely delivered is not
//! followed by another within a week; one that was refused, or may not have arrived, a person may
//! send again, within a day's measure.

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};

use super::{shown, when};
use crate::api::problem::code;
use crate::domain::offer::NEW_A_DAY;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, from_millis, to_millis};

/// How many mails to one person may leave in a day, where none is known to have arrived.
const MAILS_A_DAY: i64 = 10;
const DAY: SignedDuration = SignedDuration::from_hours(24);

fn a_day_before(now: Timestamp) -> Timestamp {
    now.checked_sub(DAY).unwrap_or(Timestamp::MIN)
}

/// Refuses a new offer beyond those of a day.
pub(super) async fn new_offers(conn: &mut Conn, id: &str, now: Timestamp) -> Result<(), Refusal> {
    let (made, first): (i64, Option<i64>) = sqlx::query_as(
        "SELECT count(*), min(begun_at) FROM welcomes WHERE organization = $1 AND begun_at > $2",
    )
    .bind(id)
    .bind(to_millis(a_day_before(now)))
    .fetch_one(conn)
    .await?;
    if made < NEW_A_DAY {
        return Ok(());
    }
    let first = first.map_or(now, from_millis);
    let again = first.checked_add(DAY).unwrap_or(Timestamp::MAX);
    Err(too_many(
        format!("This organization has offered roles to {NEW_A_DAY} people within a day."),
        format!("Nothing was offered or sent. The next one is possible from {}.", when(again)),
        again,
        now,
    ))
}

/// Refuses one more mail of today to somebody whom none is known to have reached.
pub async fn mails(conn: &mut Conn, id: &str, email: &str, now: Timestamp) -> Result<(), Refusal> {
    let (mails, first): (i64, Option<i64>) = sqlx::query_as(
        "SELECT count(*), min(made_at) FROM welcome_links
          WHERE organization = $1 AND email = $2 AND made_at > $3",
    )
    .bind(id)
    .bind(email)
    .bind(to_millis(a_day_before(now)))
    .fetch_one(conn)
    .await?;
    if mails < MAILS_A_DAY {
        return Ok(());
    }
    let first = first.map_or(now, from_millis);
    let again = first.checked_add(DAY).unwrap_or(Timestamp::MAX);
    Err(too_many(
        format!("{} was sent {MAILS_A_DAY} mails by this organization within a day.", shown(email)),
        "Check the address with them, and send it tomorrow.",
        again,
        now,
    ))
}

/// A mail was delivered within the last week: no second one.
pub fn mailed_lately(email: &str, again: Timestamp, now: Timestamp) -> Refusal {
    too_many(
        format!(
            "A mail to {} was delivered within the last week; one person is mailed once a week at \
             most.",
            shown(email)
        ),
        format!("Send it again from {} on.", when(again)),
        again,
        now,
    )
}

fn too_many(
    detail: String,
    remedy: impl Into<String>,
    again: Timestamp,
    now: Timestamp,
) -> Refusal {
    let seconds = again.duration_since(now).as_secs().max(1);
    Refusal::new(StatusCode::TOO_MANY_REQUESTS, code::TOO_MANY, detail, remedy)
        .retry_after(seconds.unsigned_abs())
}
