//! The circuit breaker: a run pauses by itself when no mail gets through.
//!
//! Owns counting failures in a row and pausing with the trouble in words: for what a human must mend
//! alone. "Not now" is no such thing; the server is left alone for a while, and the run goes on. It
//! never resumes by itself: an operator looks first.

use serde_json::json;

use super::driver::Driver;
use super::rows;
use crate::domain::run::{ItemState, RunState};
use crate::server::audit::{self, Change};
use crate::server::post::Delivery;
use crate::server::refusal::Refusal;

/// So many failures in a row are not these people's mailboxes any more.
const IN_A_ROW: u32 = 10;
/// The trouble of a backend without `--smtp`.
pub(super) const NO_SERVER: &str =
    "No mail server is configured. Start the backend with --smtp, then resume the run.";

/// So many times in a row the server wants somebody to mend something.
const TO_MEND: u32 = 3;

/// Failures since the last mail that was taken.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    failures: u32,
    to_mend: u32,
}

impl Breaker {
    /// Counts a delivery; answers the trouble once there have been too many failures.
    pub fn count(&mut self, delivery: &Delivery) -> Option<String> {
        let words = match delivery {
            Delivery::Accepted(_) => {
                *self = Self::default();
                return None;
            }
            Delivery::Deferred(_) | Delivery::NotNow(_) => return None,
            Delivery::Mend(words) => {
                self.to_mend += 1;
                return (self.to_mend >= TO_MEND).then(|| {
                    format!(
                        "The mail server takes no mail until somebody mends this: {words}. Then \
                         resume the run."
                    )
                });
            }
            Delivery::Refused(words) | Delivery::Unknown(words) => words,
        };
        self.failures += 1;
        (self.failures >= IN_A_ROW).then(|| {
            format!(
                "{} mails in a row did not get through. The last answer: {words}. \
                 Look at the mail server, then resume the run.",
                self.failures
            )
        })
    }
}

/// Pauses the run by itself, unless an operator ended or paused it before.
pub(super) async fn pause(driver: &Driver, trouble: &str) -> Result<(), Refusal> {
    let backend = &driver.backend;
    let now = backend.clock.now();
    let mut tx = backend.store.begin().await?;
    let paused = sqlx::query(
        "UPDATE runs SET state = $1, trouble = $2, revision = revision + 1
          WHERE id = $3 AND state = $4",
    )
    .bind(RunState::Paused.code())
    .bind(trouble)
    .bind(&driver.run.id)
    .bind(RunState::Running.code())
    .execute(&mut *tx)
    .await?;
    if paused.rows_affected() == 0 {
        return Ok(());
    }
    let run = &driver.run.id;
    rows::move_all(&mut tx, run, ItemState::Claimed, ItemState::Queued, "", now).await?;
    let change = Change {
        at: now,
        actor: "system",
        action: "run.paused",
        organization: Some(&driver.run.organization),
        site: Some(&driver.run.site),
        subject: run,
        detail: json!({ "trouble": trouble }),
    };
    audit::record(&mut tx, change).await?;
    tx.commit().await?;
    backend.runs.ring();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s4_not_now_never_opens_it_and_what_a_human_must_mend_soon_does() {
        let mut breaker = Breaker::default();
        for _ in 0..100 {
            assert_eq!(breaker.count(&Delivery::Deferred("451 greylisted".into())), None);
            assert_eq!(breaker.count(&Delivery::NotNow("421 busy".into())), None);
        }
        let mend = Delivery::Mend("535 bad password".into());
        assert_eq!((breaker.count(&mend), breaker.count(&mend)), (None, None));
        assert!(breaker.count(&mend).unwrap().contains("535 bad password"));
    }

    #[test]
    fn s4_ten_failures_in_a_row_open_the_breaker() {
        let mut breaker = Breaker::default();
        let refused = Delivery::Refused("550 no".into());
        for _ in 0..9 {
            assert_eq!(breaker.count(&refused), None);
        }
        assert_eq!(breaker.count(&Delivery::Accepted("250 ok".into())), None);
        for _ in 0..9 {
            assert_eq!(breaker.count(&Delivery::Unknown("silence".into())), None);
        }
        let trouble = breaker.count(&Delivery::Refused("550 no relay".into())).unwrap();
        assert!(trouble.contains("550 no relay"), "{trouble}");
    }
}
