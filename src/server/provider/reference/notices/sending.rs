//! Sending the queue of notices, one by one, in real time.
//!
//! Owns the claim before each mail and what its outcome means for the row.

use std::fmt::Write as _;
use std::time::Duration;

use jiff::Timestamp;
use sqlx::Row;

use super::super::Reference;
use crate::domain::untrusted::Untrusted;
use crate::server::chores::{Looked, Next};
use crate::server::provider::{Delivery, Mail};
use crate::server::refusal::Refusal;
use crate::server::stop::Stop;
use crate::server::store::{farthest, to_millis};

/// The pause after the first deferral; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_secs(30);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);
/// After so many tries, about two days, a notice is given up.
const TRIES: i64 = 56;

/// Sends what is queued.
pub async fn look(reference: &Reference, stop: &Stop) -> Looked {
    Ok(Next::within(send_due(reference, stop).await?))
}

/// What was being sent when the last process ended may have been sent.
pub async fn forget_claims(reference: &Reference) -> Result<(), Refusal> {
    let mut tx = reference.store.begin().await?;
    sqlx::query("UPDATE notices SET state = 'unknown' WHERE state = 'sending'")
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Sends what is due; answers how long nothing will be.
async fn send_due(reference: &Reference, stop: &Stop) -> Result<Duration, Refusal> {
    while let Some(claimed) = claim(reference).await? {
        let delivery = reference.mailer.deliver(&claimed.mail).await;
        settle(reference, &claimed, &delivery).await?;
        if stop.is_stopping() {
            break;
        }
    }
    let next: Option<i64> =
        sqlx::query_scalar("SELECT min(not_before) FROM notices WHERE state = 'queued'")
            .fetch_one(&mut *reference.store.read().await?)
            .await?;
    let until = next.map_or(i64::MAX, |at| at.saturating_sub(to_millis(Timestamp::now())));
    Ok(Duration::from_millis(until.clamp(100, LONGEST_PAUSE.as_millis() as i64) as u64))
}

struct Claimed {
    id: String,
    tries: i64,
    mail: Mail,
}

/// Takes the next one; it counts as perhaps sent from here on.
async fn claim(reference: &Reference) -> Result<Option<Claimed>, Refusal> {
    let mut tx = reference.store.begin().await?;
    let row = sqlx::query(
        "UPDATE notices SET state = 'sending', tries = tries + 1
          WHERE id = (SELECT id FROM notices WHERE state = 'queued'
                         AND (not_before <= $1 OR not_before > $2)
                       ORDER BY not_before, id LIMIT 1)
         RETURNING id, tries, recipient, subject, text",
    )
    .bind(to_millis(Timestamp::now()))
    .bind(farthest(LONGEST_PAUSE))
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let stamp = reference.store.stamp(&mut tx).await?;
    tx.commit().await?;
    reference.store.mark(stamp);
    let (id, tries): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
    let text: String = row.try_get(4)?;
    let mail = Mail {
        to: row.try_get(2)?,
        name: String::new(),
        subject: row.try_get(3)?,
        html: html(&text),
        text,
        message_id: format!("{id}.{tries}@{}", reference.desk.mail_domain),
    };
    Ok(Some(Claimed { id, tries, mail }))
}

async fn settle(
    reference: &Reference,
    claimed: &Claimed,
    delivery: &Delivery,
) -> Result<(), Refusal> {
    let (state, words) = match delivery {
        Delivery::Accepted(words) => ("sent", words),
        Delivery::Refused(words) => ("refused", words),
        Delivery::Unknown(words) => ("unknown", words),
        Delivery::Deferred(words) | Delivery::NotNow(words) | Delivery::Mend(words)
            if claimed.tries >= TRIES =>
        {
            ("refused", words)
        }
        Delivery::Deferred(words) | Delivery::NotNow(words) | Delivery::Mend(words) => {
            ("queued", words)
        }
    };
    let pause = pause(claimed.tries).as_millis() as i64;
    let mut tx = reference.store.begin().await?;
    let taken_at = (state == "sent").then(|| to_millis(reference.clock.now()));
    sqlx::query(
        "UPDATE notices SET state = $2, detail = $3, not_before = $4, taken_at = $5 WHERE id = $1",
    )
    .bind(&claimed.id)
    .bind(state)
    .bind(words)
    .bind(to_millis(Timestamp::now()) + pause)
    .bind(taken_at)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    // A date may hang on this one (rule L11).
    reference.automatic_changed.notify_one();
    Ok(())
}

fn pause(tries: i64) -> Duration {
    let doublings = u32::try_from(tries.clamp(1, 16) - 1).unwrap_or(0);
    FIRST_PAUSE.saturating_mul(1 << doublings).min(LONGEST_PAUSE)
}

/// The text as HTML: a paragraph for each.
fn html(text: &str) -> String {
    let mut html = String::from("<!DOCTYPE html>\n<html lang=\"en\">\n");
    html.push_str("<body style=\"font-family:sans-serif\">\n");
    for paragraph in text.trim().split("\n\n") {
        let lines: Vec<String> =
            paragraph.lines().map(|line| Untrusted::new(line).shown().html()).collect();
        let _ = writeln!(html, "<p>{}</p>", lines.join("<br>\n"));
    }
    html.push_str("</body>\n</html>\n");
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour() {
        assert_eq!(pause(1), FIRST_PAUSE);
        assert_eq!(pause(3), FIRST_PAUSE * 4);
        assert_eq!(pause(TRIES), LONGEST_PAUSE);
    }

    #[test]
    fn i15_a_name_cannot_become_markup() {
        let page = html("Hello,\n\n<b>Acme</b>\nand more\n");
        assert!(page.contains("<p>&lt;b&gt;Acme&lt;/b&gt;<br>\nand more</p>"), "{page}");
    }
}
