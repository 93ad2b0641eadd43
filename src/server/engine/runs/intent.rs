//! Claims and intents: what must be durable before a mail may leave (research, section 4).
//!
//! Owns the two writes before a mail: the claim, and the intent with its attempt,
//! Message-ID and fresh token, made only where the claim still holds, the person's outcome is still
//! the plan's, and no other mail to the address is in flight.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::Row;

use super::driver::Driver;
use super::letter::{self, Letter};
use super::links::{CHANGED, present};
use super::rows::{self, Item};
use crate::domain::outcome::Class;
use crate::domain::run::ItemState;
use crate::domain::user::lapses_at;
use crate::server::directory::{SiteFacts, UserFacts};
use crate::server::nodes::{LEASE, MARGIN, real_now};
use crate::server::post::Mail;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, hash_secret, new_secret, to_millis};

/// Items in one claim.
const CLAIM: i64 = 100;
/// Intents in one commit: bounds how many mails a crash can leave `unknown` (promise I7).
pub(super) const INTENTS: usize = 8;
/// How long an item waits while another mail to its address is in flight, in milliseconds.
const IN_FLIGHT_WAIT: i64 = 2_000;

/// What is to be done about mails.
pub(super) enum Claim {
    /// These items are this driver's, as long as its node is alive.
    Items(Vec<Item>),
    /// All that is left waits: for its back-off, or for another driver's node to die.
    Later(Duration),
    /// There are mails to send and no server to send them through.
    NoServer,
    /// No mail is left.
    Nothing,
    /// The run is not to be worked on any more.
    Halt,
}

/// Claims the next mails of the run.
pub(super) async fn claim(driver: &Driver) -> Result<Claim, Refusal> {
    let backend = &driver.backend;
    let mut tx = backend.store.begin().await?;
    if !rows::is_running(&mut tx, &driver.run.id).await? {
        return Ok(Claim::Halt);
    }
    if !driver.node.beat(&mut tx).await? {
        // Others have what it had: another driver begins in its place.
        return Ok(Claim::Halt);
    }
    let real = real_now();
    let mut query = Sql::new("UPDATE run_items SET state = ");
    query.push_bind(ItemState::Claimed.code());
    query.push(", epoch = ").push_bind(driver.epoch);
    query.push(", not_before = NULL WHERE run = ").push_bind(&driver.run.id);
    query.push(" AND number IN (SELECT number FROM run_items WHERE run = ");
    query.push_bind(&driver.run.id).push(" AND state = ").push_bind(ItemState::Queued.code());
    query.push(" AND (not_before IS NULL OR not_before <= ").push_bind(real).push(")");
    rows::push_class(&mut query, Class::Emailed);
    query.push(" ORDER BY number LIMIT ").push_bind(CLAIM);
    query.push(") RETURNING number, address, outcome, attempt");
    let claimed = query.build().fetch_all(&mut *tx).await?;
    let mut items = claimed.iter().map(Item::read).collect::<Result<Vec<_>, _>>()?;
    items.sort_by_key(|item| item.number);
    if items.is_empty() {
        return waiting(&mut tx, &driver.run.id, real).await;
    }
    if backend.options.smtp.is_none() {
        return Ok(Claim::NoServer);
    }
    tx.commit().await?;
    Ok(Claim::Items(items))
}

/// Nothing can be claimed: is something still to come?
async fn waiting(conn: &mut Conn, run: &str, real: i64) -> Result<Claim, Refusal> {
    let row = sqlx::query(
        "SELECT count(*) AS people, min(not_before) AS soonest FROM run_items
          WHERE run = $1 AND state IN ($2, $3, $4)",
    )
    .bind(run)
    .bind(ItemState::Queued.code())
    .bind(ItemState::Claimed.code())
    .bind(ItemState::Sending.code())
    .fetch_one(conn)
    .await?;
    if row.try_get::<i64, _>("people")? == 0 {
        return Ok(Claim::Nothing);
    }
    let wait = match row.try_get::<Option<i64>, _>("soonest")? {
        Some(not_before) => (not_before - real).max(1),
        None => LEASE.as_millis() as i64,
    };
    Ok(Claim::Later(Duration::from_millis(wait as u64)))
}

/// A mail whose intent is durable: it may leave, once.
#[derive(Debug, Clone)]
pub(super) struct Intent {
    pub number: u32,
    pub attempt: i64,
    pub address_key: String,
    pub user_id: String,
    pub mail: Mail,
}

/// Writes the intents of these claimed items; none when the run is not to be worked on any more.
pub(super) async fn intend(
    driver: &Driver,
    items: &[Item],
) -> Result<Option<Vec<Intent>>, Refusal> {
    let backend = &driver.backend;
    let now = backend.clock.now();
    let mut tx = backend.store.begin().await?;
    if !rows::is_running(&mut tx, &driver.run.id).await? {
        return Ok(None);
    }
    let site = backend.directory.site_facts(&driver.run.site).await?;
    let mut intents = Vec::new();
    let mut changed = Vec::new();
    for (item, user) in present(driver, &mut tx, &site, items, now).await? {
        match user {
            None => changed.push(item.number),
            Some(user) => {
                intents.extend(intend_one(driver, &mut tx, &site, item, user, now).await?);
            }
        }
    }
    settle_claimed(driver, &mut tx, &changed, now).await?;
    rows::touch(&mut tx, &driver.run.id).await?;
    let stamp = backend.store.stamp(&mut tx).await?;
    tx.commit().await?;
    backend.store.mark(stamp);
    backend.runs.ring();
    Ok(Some(intents))
}

/// Items found changed, as long as they are this driver's.
async fn settle_claimed(
    driver: &Driver,
    conn: &mut Conn,
    changed: &[u32],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    for number in changed {
        sqlx::query(
            "UPDATE run_items SET state = $1, reason = $2, lease_until = NULL, updated_at = $3
              WHERE run = $4 AND number = $5 AND state = $6 AND epoch = $7",
        )
        .bind(ItemState::NotProcessed.code())
        .bind(CHANGED)
        .bind(to_millis(now))
        .bind(&driver.run.id)
        .bind(i64::from(*number))
        .bind(ItemState::Claimed.code())
        .bind(driver.epoch)
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// One intent, or none: the claim is lost, or another mail to the address is in flight.
async fn intend_one(
    driver: &Driver,
    conn: &mut Conn,
    site: &SiteFacts,
    item: &Item,
    user: UserFacts,
    now: Timestamp,
) -> Result<Option<Intent>, Refusal> {
    let Some(address_key) = user.address_key.clone() else {
        return Err(Refusal::internal(&"an e-mail is planned to no address"));
    };
    let attempt = item.attempt + 1;
    let secret = new_secret("inv");
    let mail = letter::compose(&Letter { driver, site, user: &user, attempt, secret: &secret })?;
    if !begin_sending(driver, conn, item, &address_key, &mail.message_id, now).await? {
        return Ok(None);
    }
    if !reserve(driver, conn, item.number, &address_key).await? {
        wait_for_other(driver, conn, item.number).await?;
        return Ok(None);
    }
    put_token(conn, &driver.run.organization, &address_key, &secret, now).await?;
    Ok(Some(Intent { number: item.number, attempt, address_key, user_id: user.user_id, mail }))
}

/// Claimed to sending, if the claim is still this driver's and its node not about to die.
async fn begin_sending(
    driver: &Driver,
    conn: &mut Conn,
    item: &Item,
    address_key: &str,
    message_id: &str,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let begun = sqlx::query(
        "UPDATE run_items SET state = $1, attempt = attempt + 1, message_id = $2,
           address_key = $3, reason = '', updated_at = $4
          WHERE run = $5 AND number = $6 AND attempt = $7 AND state = $8 AND epoch = $9
            AND EXISTS (SELECT 1 FROM nodes WHERE epoch = $9 AND beat_until > $10)",
    )
    .bind(ItemState::Sending.code())
    .bind(message_id)
    .bind(address_key)
    .bind(to_millis(now))
    .bind(&driver.run.id)
    .bind(i64::from(item.number))
    .bind(item.attempt)
    .bind(ItemState::Claimed.code())
    .bind(driver.epoch)
    .bind(real_now() + MARGIN.as_millis() as i64)
    .execute(conn)
    .await?;
    Ok(begun.rows_affected() == 1)
}

/// Promise I1: one mail in flight for an organization's address, whichever runs race.
async fn reserve(
    driver: &Driver,
    conn: &mut Conn,
    number: u32,
    address_key: &str,
) -> Result<bool, sqlx::Error> {
    let reserved = sqlx::query(
        "INSERT INTO sending (organization, address_key, run, number) VALUES ($1, $2, $3, $4)
         ON CONFLICT (organization, address_key) DO NOTHING",
    )
    .bind(&driver.run.organization)
    .bind(address_key)
    .bind(&driver.run.id)
    .bind(i64::from(number))
    .execute(conn)
    .await?;
    Ok(reserved.rows_affected() == 1)
}

/// Back to the queue, as if never begun; when it comes round, the other mail's fate is known.
async fn wait_for_other(driver: &Driver, conn: &mut Conn, number: u32) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE run_items SET state = $1, attempt = attempt - 1, message_id = NULL,
           lease_until = NULL, not_before = $2
          WHERE run = $3 AND number = $4",
    )
    .bind(ItemState::Queued.code())
    .bind(real_now() + IN_FLIGHT_WAIT)
    .bind(&driver.run.id)
    .bind(i64::from(number))
    .execute(conn)
    .await?;
    Ok(())
}

/// The link's token: fresh for each attempt, so that of several mails the last one's link works.
async fn put_token(
    conn: &mut Conn,
    organization: &str,
    address_key: &str,
    secret: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    sqlx::query(
        "INSERT INTO invitations (organization, address_key, token_hash, token_expires_at)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (organization, address_key) DO UPDATE SET
           token_hash = excluded.token_hash, token_expires_at = excluded.token_expires_at",
    )
    .bind(organization)
    .bind(address_key)
    .bind(hash_secret(secret))
    .bind(to_millis(lapses_at(now)))
    .execute(conn)
    .await?;
    Ok(())
}
