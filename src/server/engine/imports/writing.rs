//! Writing an import, a little at a time (SPEC section 9).
//!
//! Owns how much is written before others have their turn, and that what was cut off goes on: the
//! file says what is still to be written, whatever was written already. One that somebody else's
//! change overtook is worked out again, once it was begun; before that it is refused.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{applied, find, pieces};
use crate::api::import::ImportApplied;
use crate::api::problem::code;
use crate::server::Backend;
use crate::server::audit::Change;
use crate::server::directory::RosterUpload;
use crate::server::refusal::Refusal;
use crate::server::store::{Tx, to_millis};

/// So long one transaction writes, about.
const TURN: Duration = Duration::from_millis(40);
/// The fewest and the most steps of one, and how many the first has.
const STEPS: (usize, usize, usize) = (20, 5_000, 200);

/// Writes an import to its end.
///
/// # Errors
/// As [`apply`](super::apply). What was written by then stays, and is gone on with.
pub(super) async fn write(
    backend: &Backend,
    actor: &str,
    url: &str,
    id: &str,
) -> Result<ImportApplied, Refusal> {
    let mut pace = Pace::default();
    loop {
        let site = backend.directory.site_facts(url).await?;
        let mut conn = backend.store.read().await?;
        let kept = find(&mut conn, &site, id).await?;
        drop(conn);
        let mut expected = i64::try_from(site.roster_revision).unwrap_or(i64::MAX);
        if !kept.begun && expected != kept.revision {
            return Err(stale());
        }
        let upload = RosterUpload::of(&mut *backend.store.read().await?, id).await?;
        let mut work = backend.directory.work_out_roster(&site, &upload, kept.replace).await?;
        let mut begun = kept.begun;
        let mut overtaken = false;
        loop {
            backend.directory.ready_roster(&site, (&mut work, pace.steps)).await?;
            if begun && work.is_done() {
                break;
            }
            let mut tx = backend.store.begin().await?;
            find(&mut tx, &site, id).await?;
            if revision(&mut tx, site.id).await? != expected {
                if !begun {
                    return Err(stale());
                }
                overtaken = true;
                break;
            }
            let began = Instant::now();
            let now = backend.clock.now();
            let part = (&mut work, pace.steps);
            let new = backend.directory.store_roster(&mut tx, &site, part, id, now).await?;
            sqlx::query("UPDATE imports SET begun_at = coalesce(begun_at, $1) WHERE id = $2")
                .bind(to_millis(now))
                .bind(id)
                .execute(&mut *tx)
                .await?;
            tx.commit().await?;
            (expected, begun) = (i64::try_from(new).unwrap_or(i64::MAX), true);
            pace.took(began.elapsed());
            let (done, all) = work.progress();
            tracing::debug!(import = id, done, all, "an import goes on");
        }
        if overtaken {
            continue;
        }
        loop {
            let (mut tx, began) = (backend.store.begin().await?, Instant::now());
            let left = (id, pace.steps);
            let more = backend.directory.revoke_left(&mut tx, &site, left, backend.clock.now());
            let more = more.await?;
            tx.commit().await?;
            pace.took(began.elapsed());
            if !more {
                break;
            }
        }
        let mut tx = backend.store.begin().await?;
        find(&mut tx, &site, id).await?;
        let done = applied(&mut tx, &site, id).await?;
        let now = backend.clock.now();
        // What the file said is in the roster now: nothing else of it is kept.
        sqlx::query("UPDATE imports SET applied_at = $1, preview = '' WHERE id = $2")
            .bind(to_millis(now))
            .bind(id)
            .execute(&mut *tx)
            .await?;
        Change::by(now, actor, "roster.imported")
            .of_any(site.organization.as_deref())
            .site(&site.url)
            .about(id)
            .detail(json!({
                "rows": kept.rows, "replace": kept.replace, "users": done.users,
                "new_addresses": kept.new_addresses,
            }))
            .record(&mut tx)
            .await?;
        tx.commit().await?;
        pieces::forget(&backend.store, id).await?;
        return Ok(done);
    }
}

/// How many steps are written in a turn.
struct Pace {
    steps: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Self { steps: STEPS.2 }
    }
}

impl Pace {
    /// The last turn took so long: the next is to take as long as it should.
    fn took(&mut self, elapsed: Duration) {
        let millis = usize::try_from(elapsed.as_millis()).unwrap_or(usize::MAX).max(1);
        let fit = self.steps.saturating_mul(TURN.as_millis() as usize) / millis;
        self.steps = fit.clamp(self.steps / 4, self.steps * 2).clamp(STEPS.0, STEPS.1);
    }
}

async fn revision(tx: &mut Tx, site: i64) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT roster_revision FROM sites WHERE id = $1")
        .bind(site)
        .fetch_one(&mut **tx)
        .await
}

fn stale() -> Refusal {
    Refusal::conflict(
        code::IMPORT_STALE,
        "The roster has changed since this import was previewed; nothing was imported.",
        "Upload the file again and look at the new preview.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h4_a_turn_of_writing_is_short_however_slow_the_disk_is() {
        let mut pace = Pace::default();
        for _ in 0..20 {
            // As a disk does that takes half a millisecond for each.
            pace.took(Duration::from_micros(500 * pace.steps as u64));
        }
        assert!((60..=100).contains(&pace.steps), "{}", pace.steps);
        for _ in 0..20 {
            pace.took(Duration::from_secs(9));
        }
        assert_eq!(pace.steps, STEPS.0);
    }
}
