//! What became of a run's mail, in the transaction in which the outbox writes it down.
//!
//! Owns what a fate means for the item, the invitation and the run. The fence is the outbox's: only
//! the attempt that was begun comes here, and a late worker's word only where its mail was taken.

use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;

use super::breaker;
use super::invitations::of_whom;
use super::rows::{self, RunRow};
use super::{second, tokens};
use crate::domain::run::{ItemState, RunState};
use crate::domain::untrusted::Untrusted;
use crate::domain::user::lapses_at;
use crate::server::Backend;
use crate::server::audit::Change;
use crate::server::nodes::{self, Life, SURELY_DEAD, real_now};
use crate::server::post::{Asked, Fate, Later, drop_settled};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, to_millis};

/// The most columns of a server's words that are kept.
const WORDS: usize = 500;
/// The reason of a mail that proved itself by its answer.
pub(super) const ANSWERED: &str = "the person has answered";
/// The reason of what an ended run leaves behind.
pub(super) const CANCELLED: &str = "cancelled";

/// An item whose mail's fate is told.
struct Told<'a> {
    backend: &'a Backend,
    run: RunRow,
    number: u32,
    attempt: i64,
    address_key: String,
    asked: &'a Asked,
    /// How the worker is that had the mail.
    worker: Life,
    now: Timestamp,
}

/// Follows the fate of an item's mail.
pub(super) async fn settled(
    backend: &Backend,
    conn: &mut Conn,
    asked: &Asked,
    fate: &Fate,
) -> Result<(), Refusal> {
    let (run, number) = of_whom(asked)?;
    let row = sqlx::query(
        "SELECT attempt, coalesce(address_key, '') AS address_key FROM run_items
          WHERE run = $1 AND number = $2 AND mail = $3",
    )
    .bind(run)
    .bind(i64::from(number))
    .bind(&asked.intent.id)
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(drop_settled(conn, &asked.intent.id).await?) };
    let told = Told {
        backend,
        run: rows::load(conn, run).await?,
        number,
        attempt: row.try_get("attempt")?,
        address_key: row.try_get("address_key")?,
        asked,
        worker: nodes::life(conn, asked.intent.claim).await?,
        now: backend.clock.now(),
    };
    told.follow(conn, fate).await
}

/// Where an item goes, and why.
struct End {
    state: ItemState,
    reason: String,
    /// Whether the attempt was one, of those that are counted.
    counts: bool,
}

impl End {
    fn of(fate: &Fate, run: RunState) -> Self {
        let cut = |words: &str| Untrusted::new(words).shown_in(WORDS).as_str().to_owned();
        let (state, reason) = match fate {
            Fate::Accepted(_) => (ItemState::Accepted, String::new()),
            Fate::Refused(words) => (ItemState::Failed, cut(words)),
            Fate::Unknown(words) => (ItemState::Unknown, cut(words)),
            Fate::Deferred { .. } if run.is_over() => {
                (ItemState::NotProcessed, CANCELLED.to_owned())
            }
            Fate::Deferred { later, words, .. } => {
                // Paused: it waits outside the outbox. What the server put off never began.
                let waits = run == RunState::Running;
                let state = if waits { ItemState::Claimed } else { ItemState::Queued };
                let reason = if *later == Later::Recipient { cut(words) } else { String::new() };
                (state, reason)
            }
        };
        let never_began =
            matches!(fate, Fate::Deferred { later, .. } if *later != Later::Recipient);
        Self { state, reason, counts: !never_began }
    }
}

impl Told<'_> {
    async fn follow(&self, conn: &mut Conn, fate: &Fate) -> Result<(), Refusal> {
        let mut end = End::of(fate, self.run.state);
        if self.has_answered(conn).await? {
            // Nobody answers a mail that did not come: that wins, whatever became of the reply.
            end = End { state: ItemState::Accepted, reason: ANSWERED.to_owned(), counts: true };
        }
        if self.move_on(conn, &end).await? {
            match end.state {
                ItemState::Accepted => self.accepted(conn, &end).await?,
                ItemState::Unknown => self.unknown(conn).await?,
                _ => tokens::take_back(conn, &self.run.organization, &self.address_key).await?,
            }
            self.audit(conn, &end).await?;
            if matches!(end.state, ItemState::Failed | ItemState::NotProcessed) {
                second::go_back(conn, &self.run, self.now).await?;
            }
        }
        self.free(conn).await?;
        // One that waits is there still, and of one that is unknown a late word may come.
        if !matches!(end.state, ItemState::Claimed | ItemState::Unknown) {
            drop_settled(conn, &self.asked.intent.id).await?;
        }
        rows::touch(conn, &self.run.id).await?;
        // What the dead left behind says nothing of the mail server.
        if self.worker == Life::Alive {
            breaker::count(conn, &self.run, fate, self.now).await?;
        }
        Ok(())
    }

    /// Whether the person has confirmed or declined while the mail was on its way.
    async fn has_answered(&self, conn: &mut Conn) -> Result<bool, sqlx::Error> {
        let answered = sqlx::query(
            "SELECT 1 FROM invitations WHERE organization = $1 AND address_key = $2
                AND (confirmed_at IS NOT NULL OR declined_at IS NOT NULL)",
        )
        .bind(&self.run.organization)
        .bind(&self.address_key)
        .fetch_optional(conn)
        .await?;
        Ok(answered.is_some())
    }

    /// Out of `sending`; out of `unknown` only for a mail that was accepted after all.
    async fn move_on(&self, conn: &mut Conn, end: &End) -> Result<bool, sqlx::Error> {
        let late = match end.state {
            ItemState::Accepted => ItemState::Unknown,
            _ => ItemState::Sending,
        };
        // A worker that is only silent may still be sending: nobody resends until it is surely dead.
        let blocked = (end.state == ItemState::Unknown && self.worker == Life::Silent)
            .then(|| real_now() + SURELY_DEAD.as_millis() as i64);
        let moved = sqlx::query(
            "UPDATE run_items SET state = $1, reason = $2, lease_until = $3, updated_at = $4,
                    attempt = CASE WHEN $5 THEN attempt ELSE attempt - 1 END,
                    message_id = CASE WHEN $5 THEN message_id END,
                    may_have_gone = CASE WHEN $11 THEN NULL ELSE may_have_gone END
              WHERE run = $6 AND number = $7 AND mail = $8 AND state IN ($9, $10)",
        )
        .bind(end.state.code())
        .bind(&end.reason)
        .bind(blocked)
        .bind(to_millis(self.now))
        .bind(end.counts)
        .bind(&self.run.id)
        .bind(i64::from(self.number))
        .bind(&self.asked.intent.id)
        .bind(ItemState::Sending.code())
        .bind(late.code())
        // Of two, the later one tells.
        .bind(matches!(end.state, ItemState::Accepted | ItemState::Unknown))
        .execute(conn)
        .await?;
        Ok(moved.rows_affected() == 1)
    }

    /// The invitation is pending from now on, and its link works exactly as long (row 10).
    async fn accepted(&self, conn: &mut Conn, end: &End) -> Result<(), Refusal> {
        sqlx::query(
            "UPDATE invitations SET invited_at = $1, token_expires_at = $2, unknown = 0
              WHERE organization = $3 AND address_key = $4",
        )
        .bind(to_millis(self.now))
        .bind(to_millis(lapses_at(self.now)))
        .bind(&self.run.organization)
        .bind(&self.address_key)
        .execute(&mut *conn)
        .await?;
        if end.reason != ANSWERED {
            // The link that was answered tells so, whichever it was.
            tokens::end_earlier(conn, &self.run.organization, &self.address_key).await?;
        }
        Ok(())
    }

    /// The mail may have been sent: no machine sends to this address until a human or the person
    /// says.
    async fn unknown(&self, conn: &mut Conn) -> Result<(), sqlx::Error> {
        sqlx::query(
            "UPDATE invitations SET unknown = 1 WHERE organization = $1 AND address_key = $2",
        )
        .bind(&self.run.organization)
        .bind(&self.address_key)
        .execute(conn)
        .await?;
        Ok(())
    }

    /// The address is free for another mail, as far as this one is concerned.
    async fn free(&self, conn: &mut Conn) -> Result<(), sqlx::Error> {
        sqlx::query(
            "DELETE FROM sending
              WHERE organization = $1 AND address_key = $2 AND run = $3 AND number = $4",
        )
        .bind(&self.run.organization)
        .bind(&self.address_key)
        .bind(&self.run.id)
        .bind(i64::from(self.number))
        .execute(conn)
        .await?;
        Ok(())
    }

    async fn audit(&self, conn: &mut Conn, end: &End) -> Result<(), Refusal> {
        let action = match end.state {
            ItemState::Accepted => "invitation.sent",
            ItemState::Failed => "invitation.failed",
            ItemState::Unknown => "invitation.unknown",
            // Deferred: nothing happened yet.
            _ => return Ok(()),
        };
        let user = self.user_id(conn).await?;
        Ok(Change::by(self.now, &self.run.started_by, action)
            .of(&self.run.organization)
            .site(&self.run.site)
            .about(&user)
            .detail(json!({ "run": self.run.id, "attempt": self.attempt,
                            "message_id": self.asked.message_id, "reason": end.reason }))
            .record(conn)
            .await?)
    }

    /// Whom the record names; the run, where the user is gone.
    async fn user_id(&self, conn: &mut Conn) -> Result<String, Refusal> {
        let found = self.backend.directory.user_id(conn, &self.run.site, self.number).await?;
        Ok(found.unwrap_or_else(|| self.run.id.clone()))
    }
}
