//! The circuit breaker: a run pauses by itself when no mail gets through.
//!
//! Owns counting failures in a row, durable with the run, and pausing with the trouble in words: for
//! what a human must mend alone. "Not now" is no such thing; the server is left alone for a while, and the run goes on. It
//! never resumes by itself: an operator looks first.

use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;

use super::driver::Driver;
use super::feed;
use super::rows::RunRow;
use crate::domain::run::{ItemState, RunState};
use crate::server::audit::{Change, SYSTEM};
use crate::server::post::{Fate, Later};
use crate::server::refusal::Refusal;
use crate::server::store::Conn;

/// So many failures in a row are not these people's mailboxes any more.
const IN_A_ROW: i64 = 10;
/// The trouble of a backend without `--smtp`.
pub(super) const NO_SERVER: &str =
    "No mail server is configured. Start the backend with --smtp, then resume the run.";

/// So many times in a row the server wants somebody to mend something.
const TO_MEND: i64 = 3;

/// Counts what became of a mail, in the transaction that writes it down; pauses the run once there
/// have been too many in a row.
pub(super) async fn count(
    conn: &mut Conn,
    run: &RunRow,
    fate: &Fate,
    now: Timestamp,
) -> Result<(), Refusal> {
    let (failed, to_mend) = match fate {
        Fate::Accepted(_) => {
            sqlx::query(
                "UPDATE runs SET failures_in_a_row = 0, to_mend_in_a_row = 0
                  WHERE id = $1 AND failures_in_a_row + to_mend_in_a_row > 0",
            )
            .bind(&run.id)
            .execute(conn)
            .await?;
            return Ok(());
        }
        Fate::Refused(_) | Fate::Unknown(_) => (1, 0),
        Fate::Deferred { later: Later::ToMend, .. } => (0, 1),
        Fate::Deferred { .. } => return Ok(()),
    };
    let row = sqlx::query(
        "UPDATE runs SET failures_in_a_row = failures_in_a_row + $1,
                to_mend_in_a_row = to_mend_in_a_row + $2
          WHERE id = $3 RETURNING failures_in_a_row, to_mend_in_a_row",
    )
    .bind(failed)
    .bind(to_mend)
    .bind(&run.id)
    .fetch_one(&mut *conn)
    .await?;
    let (failures, to_mend) = (row.try_get("failures_in_a_row")?, row.try_get("to_mend_in_a_row")?);
    let in_a_row = InARow { failures, to_mend, words: fate.detail() };
    match in_a_row.trouble() {
        Some(trouble) => pause(conn, run, &trouble, now).await,
        None => Ok(()),
    }
}

/// What there was since the last mail that was taken, and the last words.
struct InARow<'a> {
    failures: i64,
    to_mend: i64,
    words: &'a str,
}

impl InARow<'_> {
    fn trouble(&self) -> Option<String> {
        let Self { failures, to_mend, words } = self;
        if *to_mend >= TO_MEND {
            return Some(format!(
                "The mail server takes no mail until somebody mends this: {words}. Then resume the \
                 run."
            ));
        }
        (*failures >= IN_A_ROW).then(|| {
            format!(
                "{failures} mails in a row did not get through. The last answer: {words}. \
                 Look at the mail server, then resume the run."
            )
        })
    }
}

/// Pauses a run that has mails to send and no server to send them through.
pub(super) async fn no_server(driver: &Driver) -> Result<(), Refusal> {
    let backend = &driver.backend;
    let mut tx = backend.store.begin().await?;
    pause(&mut tx, &driver.run, NO_SERVER, backend.clock.now()).await?;
    tx.commit().await?;
    backend.runs.ring();
    Ok(())
}

/// Pauses the run by itself, unless an operator ended or paused it before.
async fn pause(
    conn: &mut Conn,
    run: &RunRow,
    trouble: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    let paused = sqlx::query(
        "UPDATE runs SET state = $1, trouble = $2, revision = revision + 1
          WHERE id = $3 AND state = $4",
    )
    .bind(RunState::Paused.code())
    .bind(trouble)
    .bind(&run.id)
    .bind(RunState::Running.code())
    .execute(&mut *conn)
    .await?;
    if paused.rows_affected() == 0 {
        return Ok(());
    }
    feed::take_back(conn, &run.id, ItemState::Queued, "", now).await?;
    Ok(Change::by(now, SYSTEM, "run.paused")
        .of(&run.organization)
        .site(&run.site)
        .about(&run.id)
        .detail(json!({ "trouble": trouble }))
        .record(conn)
        .await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trouble(failures: i64, to_mend: i64, words: &str) -> Option<String> {
        InARow { failures, to_mend, words }.trouble()
    }

    #[test]
    fn s4_what_a_human_must_mend_soon_opens_it() {
        assert_eq!(trouble(0, TO_MEND - 1, "535 bad password"), None);
        assert!(trouble(0, TO_MEND, "535 bad password").unwrap().contains("535 bad password"));
    }

    #[test]
    fn s4_ten_failures_in_a_row_open_the_breaker() {
        assert_eq!(trouble(IN_A_ROW - 1, 0, "550 no"), None);
        let trouble = trouble(IN_A_ROW, 0, "550 no relay").unwrap();
        assert!(trouble.contains("10 mails") && trouble.contains("550 no relay"), "{trouble}");
    }
}
