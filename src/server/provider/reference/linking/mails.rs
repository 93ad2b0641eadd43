//! The mails of linking: asked for in a transaction, sent by a worker, each at most once.
//!
//! Owns the protocol (research, section 4): the intent is durable before a mail may leave; what
//! broke after its final dot, or at a kill, is `unknown`, and no machine sends it again.

use std::time::Duration;

use futures_util::StreamExt;
use jiff::Timestamp;
use sqlx::Row;

use super::candidates::full_admins;
use super::code::new_code;
use super::{Linkable, letters};
use crate::domain::site_link::LinkMailState;
use crate::domain::untrusted::Untrusted;
use crate::domain::user::lapses_at;
use crate::server::chores::{Looked, Next};
use crate::server::post::{Delivery, Mail};
use crate::server::provider::reference::Reference;
use crate::server::refusal::Refusal;
use crate::server::stop::Stop;
use crate::server::store::{Conn, farthest, hash_secret, new_id, to_millis};

const CONNECT: &str = "connect";
const NOTICE: &str = "notice";
/// Mails on their way at once.
const AT_ONCE: usize = 4;
/// The pause after the first put-off mail; it doubles up to the longest.
const SOON: Duration = Duration::from_secs(1);
const SELDOM: Duration = Duration::from_mins(15);
/// Tries of one mail: three days at the longest pause.
const TRIES: i64 = 300;
/// The most columns of a server's words that are kept.
const WORDS: usize = 500;
const STOPPED: &str = "the backend stopped while this mail was being sent";

/// Asks for the connect mail (rule L1); one that still waits is replaced.
pub async fn ask_connect(
    conn: &mut Conn,
    site: &Linkable,
    email: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    sqlx::query(
        "DELETE FROM link_mails WHERE site = $1 AND email = $2 AND kind = $3 AND state = $4",
    )
    .bind(site.id)
    .bind(email)
    .bind(CONNECT)
    .bind(LinkMailState::Queued.code())
    .execute(&mut *conn)
    .await?;
    // The old code ends at once: the operator has said that the mail did not come.
    sqlx::query(
        "INSERT INTO site_connects (site, email) VALUES ($1, $2)
         ON CONFLICT (site, email) DO UPDATE SET code_hash = NULL, expires_at = NULL",
    )
    .bind(site.id)
    .bind(email)
    .execute(&mut *conn)
    .await?;
    ask(conn, CONNECT, site.id, email, now).await
}

/// Rule L7: all full admins of an organization are told, each once.
pub async fn tell_full_admins(
    conn: &mut Conn,
    site: i64,
    organization: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    for email in full_admins(conn, organization).await? {
        ask(conn, NOTICE, site, &email, now).await?;
    }
    Ok(())
}

async fn ask(
    conn: &mut Conn,
    kind: &'static str,
    site: i64,
    email: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    sqlx::query(
        "INSERT INTO link_mails (id, kind, site, email, state, asked_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT DO NOTHING",
    )
    .bind(new_id("mal"))
    .bind(kind)
    .bind(site)
    .bind(email)
    .bind(LinkMailState::Queued.code())
    .bind(to_millis(now))
    .execute(conn)
    .await?;
    Ok(())
}

/// Sends what is asked for.
pub async fn look(reference: &Reference, stop: &Stop) -> Looked {
    Ok(Next::within(send_due(reference, stop).await?))
}

/// Sends what is due; answers how long nothing will be.
pub(super) async fn send_due(reference: &Reference, stop: &Stop) -> Result<Duration, Refusal> {
    let due: Vec<String> = sqlx::query_scalar(
        "SELECT id FROM link_mails WHERE state = $1 AND (not_before <= $2 OR not_before > $3)
          ORDER BY asked_at, id LIMIT 100",
    )
    .bind(LinkMailState::Queued.code())
    .bind(to_millis(Timestamp::now()))
    .bind(farthest(SELDOM))
    .fetch_all(&mut *reference.store.read().await?)
    .await?;
    let send = async |id: String| {
        if stop.is_stopping() {
            return;
        }
        if let Err(refusal) = send_one(reference, &id).await {
            tracing::error!(detail = ?refusal.problem.detail, "a mail of linking waits");
        }
    };
    futures_util::stream::iter(due).for_each_concurrent(AT_ONCE, send).await;
    let next: Option<i64> =
        sqlx::query_scalar("SELECT min(not_before) FROM link_mails WHERE state = $1")
            .bind(LinkMailState::Queued.code())
            .fetch_one(&mut *reference.store.read().await?)
            .await?;
    let until = next.map_or(i64::MAX, |at| at.saturating_sub(to_millis(Timestamp::now())));
    Ok(Duration::from_millis(until.clamp(1_000, 3_600_000) as u64))
}

/// A new process: what the last one was sending may have left.
pub(super) async fn strand(reference: &Reference) -> Result<(), Refusal> {
    let sending = LinkMailState::Sending.code();
    let any = sqlx::query("SELECT 1 FROM link_mails WHERE state = $1 LIMIT 1")
        .bind(sending)
        .fetch_optional(&mut *reference.store.read().await?)
        .await?;
    if any.is_none() {
        // The usual case must not write.
        return Ok(());
    }
    let mut tx = reference.store.begin().await?;
    sqlx::query("UPDATE link_mails SET state = $1, detail = $2, updated_at = $3 WHERE state = $4")
        .bind(LinkMailState::Unknown.code())
        .bind(STOPPED)
        .bind(to_millis(reference.clock.now()))
        .bind(sending)
        .execute(&mut *tx)
        .await?;
    bump_jobs(&mut tx).await?;
    tx.commit().await?;
    reference.links.ring();
    Ok(())
}

/// One mail: its intent, the mail itself, what became of it.
async fn send_one(reference: &Reference, id: &str) -> Result<(), Refusal> {
    let Some((attempt, mail)) = intend(reference, id).await? else { return Ok(()) };
    let delivery = reference.post.deliver(&mail).await;
    settle(reference, id, attempt, &delivery).await
}

/// The durable intent; none where the mail is not to be sent (any more).
async fn intend(reference: &Reference, id: &str) -> Result<Option<(i64, Mail)>, Refusal> {
    let now = reference.clock.now();
    let mut tx = reference.store.begin().await?;
    let row = sqlx::query(
        "SELECT m.kind, m.site, m.email, m.attempt + 1, s.url, c.connected_at IS NOT NULL
           FROM link_mails m JOIN sites s ON s.id = m.site
           LEFT JOIN site_connects c ON c.site = m.site AND c.email = m.email
          WHERE m.id = $1 AND m.state = $2",
    )
    .bind(id)
    .bind(LinkMailState::Queued.code())
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let (site, email): (i64, String) = (row.try_get(1)?, row.try_get(2)?);
    let (attempt, url): (i64, String) = (row.try_get(3)?, row.try_get(4)?);
    let to = letters::Recipient::find(&mut tx, &email).await?;
    let message_id = format!("{id}.{attempt}@{}", reference.desk.mail_domain);
    let mail = if row.try_get::<&str, _>(0)? == NOTICE {
        letters::notice(&mut tx, &to, site, message_id).await?
    } else {
        let code = new_code();
        let until = lapses_at(now);
        sqlx::query(
            "UPDATE site_connects SET code_hash = $3, expires_at = $4
              WHERE site = $1 AND email = $2 AND connected_at IS NULL",
        )
        .bind(site)
        .bind(&email)
        .bind(hash_secret(&code))
        .bind(to_millis(until))
        .execute(&mut *tx)
        .await?;
        letters::connect(&to, &url, &reference.desk.public_url, &code, until, message_id)
    };
    sqlx::query(
        "UPDATE link_mails SET state = $2, attempt = $3, detail = '', updated_at = $4 WHERE id = $1",
    )
    .bind(id)
    .bind(LinkMailState::Sending.code())
    .bind(attempt)
    .bind(to_millis(now))
    .execute(&mut *tx)
    .await?;
    let stamp = reference.store.stamp(&mut tx).await?;
    tx.commit().await?;
    reference.store.mark(stamp);
    Ok(Some((attempt, mail)))
}

/// Writes down what became of an attempt.
async fn settle(
    reference: &Reference,
    id: &str,
    attempt: i64,
    delivery: &Delivery,
) -> Result<(), Refusal> {
    let cut = |words: &str| Untrusted::new(words).shown_in(WORDS).as_str().to_owned();
    let (state, detail, not_before) = match delivery {
        Delivery::Accepted(_) => (LinkMailState::Sent, String::new(), 0),
        Delivery::Refused(words) => (LinkMailState::Refused, cut(words), 0),
        Delivery::Unknown(words) => (LinkMailState::Unknown, cut(words), 0),
        Delivery::Deferred(words) | Delivery::NotNow(words) | Delivery::Mend(words)
            if attempt >= TRIES =>
        {
            (LinkMailState::Refused, cut(&format!("given up: {words}")), 0)
        }
        Delivery::Deferred(words) | Delivery::NotNow(words) | Delivery::Mend(words) => {
            let at = to_millis(Timestamp::now()) + pause(attempt).as_millis() as i64;
            (LinkMailState::Queued, cut(words), at)
        }
    };
    let mut tx = reference.store.begin().await?;
    sqlx::query(
        "UPDATE link_mails SET state = $2, detail = $3, not_before = $4, updated_at = $5
          WHERE id = $1 AND attempt = $6 AND state = $7",
    )
    .bind(id)
    .bind(state.code())
    .bind(detail)
    .bind(not_before)
    .bind(to_millis(reference.clock.now()))
    .bind(attempt)
    .bind(LinkMailState::Sending.code())
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "UPDATE link_jobs SET revision = revision + 1
          WHERE site = (SELECT site FROM link_mails WHERE id = $1 AND kind = $2)",
    )
    .bind(id)
    .bind(NOTICE)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    reference.links.ring();
    Ok(())
}

/// Jobs tell what became of their notices.
async fn bump_jobs(conn: &mut Conn) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE link_jobs SET revision = revision + 1
          WHERE site IN (SELECT site FROM link_mails WHERE kind = $1 AND state = $2)",
    )
    .bind(NOTICE)
    .bind(LinkMailState::Unknown.code())
    .execute(conn)
    .await?;
    Ok(())
}

/// The pause after so many tries.
fn pause(tries: i64) -> Duration {
    let doublings = u32::try_from(tries - 1).unwrap_or(0).min(16);
    SOON.saturating_mul(1 << doublings).min(SELDOM)
}
