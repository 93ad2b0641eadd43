//! Proving a domain by its challenge (rule D2), when asked and by itself.
//!
//! Owns the step to verified with all that follows in the same transaction (rule D4), and the
//! back-off of the look-ups nobody asked for. What DNS told is judged in `judging`. A failed look-up
//! changes no state.

mod judging;

use std::time::Duration;

use futures_util::StreamExt;
use jiff::Timestamp;
use serde_json::json;

use super::{Directory, domains, identities};
use crate::api::domains::{Check, CheckResult, OrgDomain};
use crate::server::audit::{self, Change};
use crate::server::chores::{Looked, Next};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, farthest, rehearsal, to_millis};

/// When a domain just added is looked up for the first time, and the least pause between two.
const SOON: Duration = Duration::from_secs(30);
/// The longest pause between two look-ups that nobody asked for.
const SELDOM: Duration = Duration::from_hours(6);
/// No look-up is put off for longer, whatever a name server says.
const FARTHEST: Duration = Duration::from_hours(8 * 24);
/// Look-ups at once.
const AT_ONCE: usize = 4;

/// Real time at which a domain just added is looked up for the first time.
pub fn first_check() -> i64 {
    to_millis(Timestamp::now()) + SOON.as_millis() as i64
}

/// Looks the challenge up and writes down what was found; `actor` asked for it, or `system`.
pub async fn verify(
    directory: &Directory,
    actor: &str,
    id: &str,
    name: &str,
) -> Result<OrgDomain, Refusal> {
    let before = domains::show(&mut *directory.store.read().await?, id, name).await?;
    let challenge = &before.challenge;
    rehearsal::enough()?;
    let told = directory.dns.txt(challenge.record_name.raw()).await;
    let token = challenge.record_value.raw();
    let mut check = judging::judge(told, token, Timestamp::now());
    if judging::looks_beside(&check) {
        judging::look_beside(&directory.dns, name, token, &mut check).await;
    }
    let mut tx = directory.store.begin().await?;
    let now = domains::show(&mut tx, id, name).await?;
    if now.challenge != before.challenge {
        // Unverified meanwhile: what was looked up is not asked for any more.
        return Ok(now);
    }
    let pending = !now.state.proves();
    let found = pending && check.result == CheckResult::Found;
    let is_taken = found && taken_by_another(&mut tx, id, name).await?;
    write_down(&mut tx, id, name, &check, actor).await?;
    if found && !is_taken {
        make_verified(directory, &mut tx, actor, id, name).await?;
    }
    let shown = domains::show(&mut tx, id, name).await?;
    tx.commit().await?;
    if is_taken { Err(domains::taken(name)) } else { Ok(shown) }
}

async fn taken_by_another(conn: &mut Conn, id: &str, name: &str) -> Result<bool, sqlx::Error> {
    let other = sqlx::query(
        "SELECT 1 FROM domains
          WHERE name = $2 AND organization <> $1 AND state IN ('verified', 'claimed')",
    )
    .bind(id)
    .bind(name)
    .fetch_optional(conn)
    .await?;
    Ok(other.is_some())
}

async fn write_down(
    conn: &mut Conn,
    id: &str,
    name: &str,
    check: &Check,
    actor: &str,
) -> Result<(), Refusal> {
    let by_itself = actor == audit::SYSTEM;
    let checks: i64 =
        sqlx::query_scalar("SELECT checks FROM domains WHERE organization = $1 AND name = $2")
            .bind(id)
            .bind(name)
            .fetch_one(&mut *conn)
            .await?;
    let checks = if by_itself { checks + 1 } else { checks };
    let pause = to_millis(check.at) + pause(checks).as_millis() as i64;
    let next = check.not_before.map_or(pause, |at| pause.max(to_millis(at)));
    sqlx::query(
        "UPDATE domains SET last_check = $3, checks = $4,
                next_check_at = CASE state WHEN 'pending' THEN $5 END
          WHERE organization = $1 AND name = $2",
    )
    .bind(id)
    .bind(name)
    .bind(serde_json::to_string(check)?)
    .bind(checks)
    .bind(next)
    .execute(conn)
    .await?;
    Ok(())
}

/// The pause after so many look-ups that nobody asked for: doubling, from soon to seldom.
fn pause(checks: i64) -> Duration {
    let doublings = u32::try_from(checks).unwrap_or(0).min(16);
    SOON.saturating_mul(1 << doublings).min(SELDOM)
}

/// The step to verified. Rule D4: its provisional users become linked, and so identities.
async fn make_verified(
    directory: &Directory,
    conn: &mut Conn,
    actor: &str,
    id: &str,
    name: &str,
) -> Result<(), Refusal> {
    let now = directory.clock.now();
    sqlx::query(
        "UPDATE domains SET state = 'verified', verified_at = $3, next_check_at = NULL
          WHERE organization = $1 AND name = $2",
    )
    .bind(id)
    .bind(name)
    .bind(to_millis(now))
    .execute(&mut *conn)
    .await?;
    identities::keep_domain(conn, id, name).await?;
    sqlx::query(
        "UPDATE former_links SET link = 'linked'
          WHERE domain = $2 AND link = 'provisional'
            AND site IN (SELECT id FROM sites WHERE organization = $1)",
    )
    .bind(id)
    .bind(name)
    .execute(&mut *conn)
    .await?;
    let linked = sqlx::query(
        "UPDATE site_users SET link = 'linked'
          WHERE domain = $2 AND link = 'provisional'
            AND site IN (SELECT id FROM sites WHERE organization = $1)",
    )
    .bind(id)
    .bind(name)
    .execute(&mut *conn)
    .await?;
    Change::by(now, actor, "domain.verified")
        .of(id)
        .about(name)
        .detail(json!({ "provisional_users_linked": linked.rows_affected() }))
        .record(conn)
        .await?;
    Ok(())
}

/// Looks pending domains up by itself.
pub async fn look(directory: &Directory) -> Looked {
    Ok(Next::within(look_at_due(directory).await?))
}

/// Looks up what is due; answers how long nothing will be.
async fn look_at_due(directory: &Directory) -> Result<Duration, Refusal> {
    let now = to_millis(Timestamp::now());
    let mut tx = directory.store.begin().await?;
    // Those that a world file brought along have no time yet.
    sqlx::query(
        "UPDATE domains SET next_check_at = $1 WHERE state = 'pending' AND next_check_at IS NULL",
    )
    .bind(first_check())
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    let due: Vec<(String, String)> = sqlx::query_as(
        "SELECT organization, name FROM domains
          WHERE state = 'pending' AND (next_check_at <= $1 OR next_check_at > $2)
          ORDER BY next_check_at LIMIT 100",
    )
    .bind(now)
    .bind(farthest(FARTHEST))
    .fetch_all(&mut *directory.store.read().await?)
    .await?;
    let look = async |(id, name): (String, String)| {
        if let Err(refusal) = verify(directory, audit::SYSTEM, &id, &name).await {
            tracing::debug!(detail = ?refusal.problem.detail, "a pending domain stays pending");
        }
    };
    futures_util::stream::iter(due).for_each_concurrent(AT_ONCE, look).await;
    let next: Option<i64> =
        sqlx::query_scalar("SELECT min(next_check_at) FROM domains WHERE state = 'pending'")
            .fetch_one(&mut *directory.store.read().await?)
            .await?;
    let until = next.map_or(i64::MAX, |at| at.saturating_sub(to_millis(Timestamp::now())));
    Ok(Duration::from_millis(until.clamp(1_000, 3_600_000) as u64))
}

#[cfg(test)]
mod tests;
