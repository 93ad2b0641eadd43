//! Telling people of personal tokens that expire, once, 14 days before (rule P5).
//!
//! Owns whom to tell and the words. The mail is a notice: that it was queued and that somebody was
//! told is one transaction. Runs on real time.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sqlx::Row;

use super::super::Directory;
use super::super::notices::{self, Letter};
use crate::domain::untrusted::Untrusted;
use crate::server::chores::{Looked, Next};
use crate::server::refusal::Refusal;
use crate::server::store::{from_millis, to_millis};

/// How long before.
const BEFORE: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How often one looks.
const BEAT: Duration = Duration::from_hours(1);
/// The most columns of a note in a mail.
const NOTE: usize = 80;

/// Looks now and then.
pub async fn keep_telling(directory: &Directory) -> Looked {
    tell(directory, directory.clock.real_now()).await?;
    Ok(Next::within(BEAT))
}

/// Tells of the tokens that expire within 14 days. One made for a shorter time needs no telling.
pub(super) async fn tell(directory: &Directory, now: Timestamp) -> Result<(), Refusal> {
    let (from, before) = (to_millis(now), BEFORE.as_millis() as i64);
    let mut tx = directory.store.begin().await?;
    let rows = sqlx::query(
        "SELECT t.id, t.person, t.label, t.created_at, t.expires_at
           FROM tokens t JOIN people p ON p.email = t.person
          WHERE t.revoked_at IS NULL AND t.told_at IS NULL AND p.disabled_at IS NULL
            AND t.expires_at > $1 AND t.expires_at <= $1 + $2
            AND t.expires_at - t.created_at > $2
          ORDER BY t.expires_at, t.id",
    )
    .bind(from)
    .bind(before)
    .fetch_all(&mut *tx)
    .await?;
    for row in &rows {
        let id: String = row.try_get("id")?;
        let letter = letter(
            &id,
            row.try_get("label")?,
            from_millis(row.try_get("created_at")?),
            from_millis(row.try_get("expires_at")?),
        );
        notices::queue(&mut tx, row.try_get("person")?, &letter).await?;
        sqlx::query("UPDATE tokens SET told_at = $2 WHERE id = $1")
            .bind(&id)
            .bind(from)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    if !rows.is_empty() {
        directory.post.ring();
    }
    Ok(())
}

fn letter(id: &str, note: &str, made: Timestamp, until: Timestamp) -> Letter {
    let note = Untrusted::new(note.trim()).shown_in(NOTE).to_string();
    let named = if note.is_empty() { String::new() } else { format!(" \"{note}\"") };
    let made = made.strftime("%-d %B %Y");
    let until = until.strftime("%-d %B %Y, %H:%M UTC");
    Letter {
        subject: "A personal token of yours expires soon".to_owned(),
        text: format!(
            "Hello,\n\nyour personal token{named} ({id}), made on {made}, works until {until}. \
             What signs in with it cannot do so afterwards.\n\n\
             If it is still needed, make another and put it in its place:\n\
             hublink token create --note ...\n\n\
             If you have no password, do it before: afterwards only a backend administrator can \
             make one for you. You are told this once.\n"
        ),
    }
}
