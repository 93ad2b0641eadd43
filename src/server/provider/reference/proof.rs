//! Proving a domain by its challenge (rule D2), when asked and by itself.
//!
//! Owns judging what DNS told, the step to verified with all that follows in the same transaction
//! (rule D4), and the back-off of the look-ups nobody asked for. A failed look-up changes no state.

use std::time::Duration;

use futures_util::StreamExt;
use jiff::{SignedDuration, Timestamp};

use super::dns::Txt;
use super::{Reference, domains, identities};
use crate::api::domains::{Check, CheckResult, OrgDomain};
use crate::domain::untrusted::Untrusted;
use crate::server::audit::{self, Change};
use crate::server::refusal::Refusal;
use crate::server::stop::Stop;
use crate::server::store::{Conn, to_millis};

/// When a domain just added is looked up for the first time, and the least pause between two.
const SOON: Duration = Duration::from_secs(30);
/// The longest pause between two look-ups that nobody asked for.
const SELDOM: Duration = Duration::from_hours(6);
/// Look-ups at once.
const AT_ONCE: usize = 4;
/// Values shown of what was there.
const SEEN: usize = 10;
/// Characters shown of a value.
const SEEN_CHARS: usize = 200;

/// Real time at which a domain just added is looked up for the first time.
pub fn first_check() -> i64 {
    to_millis(Timestamp::now()) + SOON.as_millis() as i64
}

/// Looks the challenge up and writes down what was found; `actor` asked for it, or `system`.
pub async fn verify(
    reference: &Reference,
    actor: &str,
    id: &str,
    name: &str,
) -> Result<OrgDomain, Refusal> {
    let before = domains::show(&mut *reference.store.read().await?, id, name).await?;
    let challenge = &before.challenge;
    let told = reference.dns.txt(challenge.record_name.raw()).await;
    let mut check = judge(told, challenge.record_value.raw(), Timestamp::now());
    if check.result == CheckResult::NotFound {
        look_beside(reference, name, challenge.record_value.raw(), &mut check).await;
    }
    let mut tx = reference.store.begin().await?;
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
        make_verified(reference, &mut tx, actor, id, name).await?;
    }
    let shown = domains::show(&mut tx, id, name).await?;
    tx.commit().await?;
    if is_taken { Err(domains::taken(name)) } else { Ok(shown) }
}

/// What a look-up means for this challenge.
fn judge(told: Txt, token: &str, at: Timestamp) -> Check {
    let mut check = Check {
        result: CheckResult::NotFound,
        at,
        seen: Vec::new(),
        not_before: None,
        detail: Untrusted::default(),
    };
    match told {
        Txt::Values(values) => {
            let right = values.iter().any(|value| value.trim() == token);
            check.result = if right { CheckResult::Found } else { CheckResult::WrongToken };
            check.seen = shortened(&values);
        }
        Txt::None(ttl) => {
            let forgotten = |s: u32| at.checked_add(SignedDuration::from_secs(i64::from(s))).ok();
            check.not_before = ttl.and_then(forgotten);
        }
        Txt::Failed(why) => {
            check.result = CheckResult::Failed;
            check.detail = why.into();
        }
    }
    check
}

/// Nothing at the right name: shows what stands at the domain itself, a common mistake.
async fn look_beside(reference: &Reference, name: &str, token: &str, check: &mut Check) {
    let Txt::Values(values) = reference.dns.txt(name).await else { return };
    check.seen = shortened(&values);
    let record = domains::record_name(name);
    check.detail = if values.iter().any(|value| value.trim() == token) {
        format!("The value stands at {name} itself; publish it at {record}.").into()
    } else {
        format!("There is no TXT record at {record}; these stand at {name} itself.").into()
    };
}

fn shortened(values: &[String]) -> Vec<Untrusted> {
    let short = |value: &String| value.chars().take(SEEN_CHARS).collect::<String>();
    values.iter().take(SEEN).map(|value| Untrusted::new(short(value))).collect()
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
    reference: &Reference,
    conn: &mut Conn,
    actor: &str,
    id: &str,
    name: &str,
) -> Result<(), Refusal> {
    let now = reference.clock.now();
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
    let change = Change {
        at: now,
        actor,
        action: "domain.verified",
        organization: Some(id),
        site: None,
        subject: name,
        detail: serde_json::json!({ "provisional_users_linked": linked.rows_affected() }),
    };
    audit::record(conn, change).await?;
    Ok(())
}

/// Looks pending domains up by itself, until told to stop.
pub async fn keep_looking(reference: &Reference, stop: &Stop) {
    loop {
        let wait = match look_at_due(reference).await {
            Ok(next) => next,
            Err(refusal) => {
                tracing::warn!(detail = ?refusal.problem.detail, "domains could not be looked at");
                SOON
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = reference.domains_changed.notified() => {}
            () = stop.wait() => return,
        }
    }
}

/// Looks up what is due; answers how long nothing will be.
async fn look_at_due(reference: &Reference) -> Result<Duration, Refusal> {
    let now = to_millis(Timestamp::now());
    let mut tx = reference.store.begin().await?;
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
          WHERE state = 'pending' AND next_check_at <= $1 ORDER BY next_check_at LIMIT 100",
    )
    .bind(now)
    .fetch_all(&mut *reference.store.read().await?)
    .await?;
    let look = async |(id, name): (String, String)| {
        if let Err(refusal) = verify(reference, audit::SYSTEM, &id, &name).await {
            tracing::debug!(detail = ?refusal.problem.detail, "a pending domain stays pending");
        }
    };
    futures_util::stream::iter(due).for_each_concurrent(AT_ONCE, look).await;
    let next: Option<i64> =
        sqlx::query_scalar("SELECT min(next_check_at) FROM domains WHERE state = 'pending'")
            .fetch_one(&mut *reference.store.read().await?)
            .await?;
    let until = next.map_or(i64::MAX, |at| at.saturating_sub(to_millis(Timestamp::now())));
    Ok(Duration::from_millis(until.clamp(1_000, 3_600_000) as u64))
}

#[cfg(test)]
mod tests;
