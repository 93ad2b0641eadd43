//! Welcome mails (rule T4): asked for, written, and what became of each.
//!
//! Owns what a mail's fate means for its welcome and for its links: of several links the one that
//! surely arrived last works. The sending is the outbox's.

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;

use super::letter::{self, Letter};
use super::{Directory, Origin, accept, record};
use crate::domain::untrusted::Untrusted;
use crate::domain::user::lapses_at;
use crate::domain::welcome::WelcomeState;
use crate::server::audit::SYSTEM;
use crate::server::directory::offers::{self, withdrawing};
use crate::server::post::{Ask, Asked, Fate, Mail, Queue};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, from_millis, hash_secret, new_secret, to_millis};

const QUEUE: &str = "welcomes";
/// The most characters kept of what a mail server said.
const WORDS: usize = 300;

/// Asks for the mail of a welcome that is queued, in the caller's transaction; one that waits already
/// goes at once.
pub async fn ask(conn: &mut Conn, organization: &str, email: &str) -> Result<(), sqlx::Error> {
    let waits = sqlx::query(
        "UPDATE outbox SET not_before = queued_at, deferrals = 0
          WHERE queue = $1 AND organization = $2 AND recipient = $3
            AND state IN ('queued', 'claimed')",
    )
    .bind(QUEUE)
    .bind(organization)
    .bind(email)
    .execute(&mut *conn)
    .await?;
    if waits.rows_affected() == 0 {
        let organization = Some(organization);
        let ask = Ask { queue: QUEUE, recipient: email, organization, ..Ask::default() };
        ask.put(conn).await?;
    }
    Ok(())
}

/// Their queue.
pub struct Welcomes<'r>(pub &'r Directory);

impl Queue for Welcomes<'_> {
    fn name(&self) -> &'static str {
        QUEUE
    }

    fn letter<'a>(
        &'a self,
        conn: &'a mut Conn,
        asked: &'a Asked,
    ) -> BoxFuture<'a, Result<Option<Mail>, Refusal>> {
        Box::pin(compose(self.0, conn, asked))
    }

    fn settled<'a>(
        &'a self,
        conn: &'a mut Conn,
        asked: &'a Asked,
        fate: &'a Fate,
    ) -> BoxFuture<'a, Result<(), Refusal>> {
        Box::pin(settled(conn, asked, fate, self.0.clock.now()))
    }
}

/// Whose welcome a mail is.
fn whose(asked: &Asked) -> (&str, &str) {
    (asked.organization.as_deref().unwrap_or_default(), &asked.recipient)
}

/// The mail with a fresh link; none where the welcome does not wait for one any more.
async fn compose(
    directory: &Directory,
    conn: &mut Conn,
    asked: &Asked,
) -> Result<Option<Mail>, Refusal> {
    let (id, email) = whose(asked);
    let now = directory.clock.now();
    let row = sqlx::query(
        "SELECT w.origin, o.name, p.name AS partner_name, w.offered_by
           FROM welcomes w JOIN organizations o ON o.id = w.organization
           LEFT JOIN organizations p ON p.id = o.partner
          WHERE w.organization = $1 AND w.email = $2 AND w.state = 'queued'",
    )
    .bind(id)
    .bind(email)
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let offered = offers::offered(conn, id, email).await?;
    let held = offered.is_empty();
    let roles = if held { offers::held(conn, id, email).await? } else { offered };
    if roles.is_empty() {
        // The right went while the mail waited: there is nothing to say any more.
        withdrawing::over_if_nothing_is_left(conn, id, email, now).await?;
        return Ok(None);
    }
    let secret = new_secret("wel");
    let mail = letter::compose(&Letter {
        desk: &directory.desk,
        email,
        organization: row.try_get("name")?,
        partner: row.try_get("partner_name")?,
        origin: Origin::from_code(row.try_get("origin")?).unwrap_or(Origin::Existing),
        by: row.try_get("offered_by")?,
        roles: &roles,
        held,
        can_sign_in: accept::can_sign_in(conn, email).await?,
        until: lapses_at(now),
        secret: &secret,
    });
    sqlx::query(
        "UPDATE welcomes SET state = 'sending', attempt = attempt + 1, message_id = $3, detail = ''
          WHERE organization = $1 AND email = $2",
    )
    .bind(id)
    .bind(email)
    .bind(&mail.message_id)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "INSERT INTO welcome_links (token_hash, organization, email, made_at, message_id)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(hash_secret(&secret))
    .bind(id)
    .bind(email)
    .bind(to_millis(now))
    .bind(&mail.message_id)
    .execute(conn)
    .await?;
    Ok(Some(mail))
}

/// Writes down what became of the mail, if the welcome still waits for it; its link may be used
/// already, and the address may have been corrected meanwhile.
async fn settled(
    conn: &mut Conn,
    asked: &Asked,
    fate: &Fate,
    now: Timestamp,
) -> Result<(), Refusal> {
    let (id, email) = whose(asked);
    let (state, action) = match fate {
        Fate::Accepted(_) => (WelcomeState::Sent, "welcome.sent"),
        Fate::Unknown(_) => (WelcomeState::Unknown, "welcome.unknown"),
        Fate::Refused(_) => (WelcomeState::Refused, "welcome.refused"),
        Fate::Deferred { .. } => (WelcomeState::Queued, ""),
    };
    let words = Untrusted::new(fate.detail()).shown_in(WORDS).to_string();
    let waited = sqlx::query(
        "UPDATE welcomes SET state = $4, detail = $5
          WHERE organization = $1 AND email = $2 AND state = 'sending' AND message_id = $3",
    )
    .bind(id)
    .bind(email)
    .bind(&asked.message_id)
    .bind(state.code())
    .bind(&words)
    .execute(&mut *conn)
    .await?;
    let waited = waited.rows_affected() == 1;
    match fate {
        Fate::Accepted(_) | Fate::Unknown(_) => {
            may_be_there(conn, asked, fate, waited, now).await?;
        }
        // Surely not sent: nobody has this link, and the one before it goes on to work.
        Fate::Refused(_) | Fate::Deferred { .. } => {
            sqlx::query("DELETE FROM welcome_links WHERE message_id = $1")
                .bind(&asked.message_id)
                .execute(&mut *conn)
                .await?;
        }
    }
    if waited && !action.is_empty() {
        let detail = json!({ "message_id": asked.message_id, "server": words });
        record(conn, now, SYSTEM, action, id, email, detail).await?;
    }
    Ok(())
}

/// The mail is there, or may be: its times; and of several links the one that surely arrived last
/// works.
async fn may_be_there(
    conn: &mut Conn,
    asked: &Asked,
    fate: &Fate,
    waited: bool,
    now: Timestamp,
) -> Result<(), Refusal> {
    let (id, email) = whose(asked);
    let made_at: Option<i64> =
        sqlx::query_scalar("SELECT made_at FROM welcome_links WHERE message_id = $1")
            .bind(&asked.message_id)
            .fetch_optional(&mut *conn)
            .await?;
    let began = made_at.map_or(now, from_millis);
    // Where it was taken after all, and nobody has answered it yet.
    let came_late = matches!(fate, Fate::Accepted(_)) && !waited;
    if came_late {
        sqlx::query(
            "UPDATE welcomes SET state = 'sent', detail = ''
              WHERE organization = $1 AND email = $2 AND state = 'unknown' AND message_id = $3",
        )
        .bind(id)
        .bind(email)
        .bind(&asked.message_id)
        .execute(&mut *conn)
        .await?;
    }
    if waited {
        sqlx::query("UPDATE welcomes SET expires_at = $3 WHERE organization = $1 AND email = $2")
            .bind(id)
            .bind(email)
            .bind(to_millis(lapses_at(began)))
            .execute(&mut *conn)
            .await?;
    }
    if matches!(fate, Fate::Accepted(_)) {
        // Also where the offer was answered or withdrawn meanwhile: somebody was mailed (P1).
        sqlx::query("UPDATE welcomes SET sent_at = $3 WHERE organization = $1 AND email = $2")
            .bind(id)
            .bind(email)
            .bind(to_millis(now))
            .execute(&mut *conn)
            .await?;
        sqlx::query(
            "UPDATE welcome_links SET dead = 1
              WHERE organization = $1 AND email = $2 AND made_at <= $4
                AND (message_id IS NULL OR message_id <> $3)",
        )
        .bind(id)
        .bind(email)
        .bind(&asked.message_id)
        .bind(to_millis(began))
        .execute(conn)
        .await?;
    }
    Ok(())
}
