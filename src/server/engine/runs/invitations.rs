//! Invitations, as the outbox knows them: what must be durable before one may leave.
//!
//! Owns what goes with the intent: the attempt, its Message-ID and a fresh token, made only where the
//! run goes on, the person's outcome is still the plan's, and no other mail to the address is in
//! flight (promise I1).

use futures_util::future::BoxFuture;
use jiff::Timestamp;

use super::feed::IN_FLIGHT_WAIT;
use super::letter::{self, Letter};
use super::links::{CHANGED, present};
use super::rows::{self, Item, RunRow};
use super::{second, settled, tokens};
use crate::domain::run::{ItemState, RunState};
use crate::server::Backend;
use crate::server::directory::{SiteFacts, UserFacts};
use crate::server::nodes::real_now;
use crate::server::post::{Asked, Fate, Mail, Queue};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, new_secret, to_millis};

/// Their name in the outbox and in `/metrics`.
pub(super) const QUEUE: &str = "invitations";

/// The queue of all runs.
pub(in crate::server::engine) struct Invitations<'b>(pub &'b Backend);

impl Queue for Invitations<'_> {
    fn name(&self) -> &'static str {
        QUEUE
    }

    fn heeds_access(&self) -> bool {
        // It is about the person's account of the site; the plan says whom it is for.
        false
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
        Box::pin(settled::settled(self.0, conn, asked, fate))
    }

    fn committed(&self) {
        self.0.runs.ring();
    }
}

/// What the outbox keeps of which item a mail is for.
pub(super) fn about(run: &str, number: u32) -> String {
    format!("{run}/{number}")
}

/// Reads [`about`].
pub(super) fn of_whom(asked: &Asked) -> Result<(&str, u32), Refusal> {
    let parts = asked.about.rsplit_once('/');
    let parts = parts.and_then(|(run, number)| Some((run, number.parse().ok()?)));
    parts.ok_or_else(|| Refusal::internal(&"an invitation is about no item"))
}

/// The mail with a fresh link; none where the item does not wait for it any more, or has to wait.
async fn compose(
    backend: &Backend,
    conn: &mut Conn,
    asked: &Asked,
) -> Result<Option<Mail>, Refusal> {
    let (run, number) = of_whom(asked)?;
    let run = rows::load(conn, run).await?;
    let row = sqlx::query(
        "SELECT number, address, outcome, attempt FROM run_items
          WHERE run = $1 AND number = $2 AND mail = $3 AND state = $4",
    )
    .bind(&run.id)
    .bind(i64::from(number))
    .bind(&asked.intent.id)
    .bind(ItemState::Claimed.code())
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let item = Item::read(&row)?;
    let turn = Turn { backend, run, item, mail: &asked.intent.id, now: backend.clock.now() };
    let mail = turn.take(conn).await?;
    rows::touch(conn, &turn.run.id).await?;
    Ok(mail)
}

/// An item's turn.
struct Turn<'a> {
    backend: &'a Backend,
    run: RunRow,
    item: Item,
    /// The outbox's id.
    mail: &'a str,
    now: Timestamp,
}

impl Turn<'_> {
    async fn take(&self, conn: &mut Conn) -> Result<Option<Mail>, Refusal> {
        let (backend, run, item) = (self.backend, &self.run, &self.item);
        if run.state != RunState::Running {
            self.end(conn, ItemState::Queued, "", None).await?;
            return Ok(None);
        }
        let site = backend.directory.site_facts(&run.site).await?;
        let only = std::slice::from_ref(item);
        let found = present(backend, run, conn, &site, only, self.now).await?;
        let Some(user) = found.into_iter().find_map(|(_, user)| user) else {
            self.end(conn, ItemState::NotProcessed, CHANGED, None).await?;
            second::go_back(conn, run, self.now).await?;
            return Ok(None);
        };
        let Some(address_key) = user.address_key.clone() else {
            return Err(Refusal::internal(&"an e-mail is planned to no address"));
        };
        if !self.reserve(conn, &address_key).await? {
            // When it comes round, the other mail's fate is known.
            self.end(conn, ItemState::Queued, "", Some(real_now() + IN_FLIGHT_WAIT)).await?;
            return Ok(None);
        }
        let mail = self.begin(conn, &site, &user, &address_key).await?;
        Ok(Some(mail))
    }

    /// The item leaves the outbox, which drops the mail.
    async fn end(
        &self,
        conn: &mut Conn,
        to: ItemState,
        reason: &str,
        not_before: Option<i64>,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "UPDATE run_items SET state = $1, reason = $2, not_before = $3, updated_at = $4
              WHERE run = $5 AND number = $6",
        )
        .bind(to.code())
        .bind(reason)
        .bind(not_before)
        .bind(to_millis(self.now))
        .bind(&self.run.id)
        .bind(i64::from(self.item.number))
        .execute(conn)
        .await?;
        Ok(())
    }

    /// Promise I1: one mail in flight for an organization's address, whichever runs race.
    async fn reserve(&self, conn: &mut Conn, address_key: &str) -> Result<bool, sqlx::Error> {
        let reserved = sqlx::query(
            "INSERT INTO sending (organization, address_key, run, number) VALUES ($1, $2, $3, $4)
             ON CONFLICT (organization, address_key) DO NOTHING",
        )
        .bind(&self.run.organization)
        .bind(address_key)
        .bind(&self.run.id)
        .bind(i64::from(self.item.number))
        .execute(conn)
        .await?;
        Ok(reserved.rows_affected() == 1)
    }

    async fn begin(
        &self,
        conn: &mut Conn,
        site: &SiteFacts,
        user: &UserFacts,
        address_key: &str,
    ) -> Result<Mail, Refusal> {
        let (attempt, secret) = (self.item.attempt + 1, new_secret("inv"));
        let inviter = inviter(conn, &self.run.started_by).await?;
        let (backend, run) = (self.backend, &self.run);
        let letter = Letter { backend, run, inviter: &inviter, site, user, attempt };
        let mail = letter::compose(&letter, &secret)?;
        sqlx::query(
            "UPDATE run_items SET state = $1, attempt = $2, message_id = $3, address_key = $4,
                    reason = '', updated_at = $5
              WHERE run = $6 AND number = $7 AND mail = $8",
        )
        .bind(ItemState::Sending.code())
        .bind(attempt)
        .bind(&mail.message_id)
        .bind(address_key)
        .bind(to_millis(self.now))
        .bind(&run.id)
        .bind(i64::from(self.item.number))
        .bind(self.mail)
        .execute(&mut *conn)
        .await?;
        tokens::put(conn, &run.organization, address_key, &secret, self.now).await?;
        Ok(mail)
    }
}

/// Who invites, by name; empty where none is known.
async fn inviter(conn: &mut Conn, email: &str) -> Result<String, sqlx::Error> {
    let name: Option<String> = sqlx::query_scalar("SELECT name FROM people WHERE email = $1")
        .bind(email)
        .fetch_optional(conn)
        .await?;
    Ok(name.unwrap_or_default())
}
