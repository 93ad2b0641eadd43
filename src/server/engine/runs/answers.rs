//! The person's own answer, and taking a decline back (rule U6).
//!
//! Owns what an answer means for runs: it proves that the mail arrived, and so ends `unknown`. What
//! it means for people and accounts is the directory's, in the same transaction.

use sqlx::Row;

use super::rows;
use super::settled::ANSWERED;
use super::tokens;
use crate::domain::address::Address;
use crate::domain::run::ItemState;
use crate::domain::user::latest_lapsed;
use crate::server::Backend;
use crate::server::audit::Change;
use crate::server::directory::{InvitationAnswer, Settled, WebPage};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, to_millis};

/// Takes the answer given on the page of a mail's link; answers the page that says what happened.
///
/// # Errors
/// When the database cannot be written. A used or expired link is a page, not an error.
pub async fn answer(
    backend: &Backend,
    token: &str,
    answer: InvitationAnswer,
) -> Result<WebPage, Refusal> {
    let now = backend.clock.now();
    let mut tx = backend.store.begin().await?;
    let answered = backend.directory.answer_invitation(&mut tx, token, answer, now).await?;
    if let Some(settled) = &answered.settled {
        end_unknown(&mut tx, settled, to_millis(now)).await?;
    }
    tx.commit().await?;
    backend.runs.ring();
    Ok(answered.page)
}

async fn end_unknown(conn: &mut Conn, settled: &Settled, now: i64) -> Result<(), Refusal> {
    let runs = sqlx::query(
        "SELECT DISTINCT i.run FROM runs r JOIN run_items i ON i.run = r.id AND i.state = $1
          WHERE r.organization = $2 AND i.address_key = $3",
    )
    .bind(ItemState::Unknown.code())
    .bind(&settled.organization)
    .bind(&settled.address_key)
    .fetch_all(&mut *conn)
    .await?;
    for row in runs {
        let run: String = row.try_get("run")?;
        sqlx::query(
            "DELETE FROM outbox WHERE state = 'unknown' AND id IN
               (SELECT mail FROM run_items WHERE run = $1 AND state = $2 AND address_key = $3)",
        )
        .bind(&run)
        .bind(ItemState::Unknown.code())
        .bind(&settled.address_key)
        .execute(&mut *conn)
        .await?;
        sqlx::query(
            "UPDATE run_items SET state = $1, reason = $2, lease_until = NULL, updated_at = $3
              WHERE run = $4 AND state = $5 AND address_key = $6",
        )
        .bind(ItemState::Accepted.code())
        .bind(ANSWERED)
        .bind(now)
        .bind(&run)
        .bind(ItemState::Unknown.code())
        .bind(&settled.address_key)
        .execute(&mut *conn)
        .await?;
        rows::touch(conn, &run).await?;
    }
    Ok(())
}

/// Takes a person's decline back, so that they can be invited again; audited.
///
/// # Errors
/// 404 when the address has not declined in this organization.
pub async fn clear_decline(
    backend: &Backend,
    actor: &str,
    organization: &str,
    address: &str,
) -> Result<(), Refusal> {
    let none = || Refusal::not_found("decline");
    let address = Address::parse(address).map_err(|_| none())?;
    let mut tx = backend.store.begin().await?;
    let now = backend.clock.now();
    // The link that was answered stays used: its token goes too. With it nothing is pending that
    // could still be answered; that the person was invited stays.
    let cleared = sqlx::query(
        "UPDATE invitations SET declined_at = NULL, token_hash = NULL, token_expires_at = NULL,
           invited_at = CASE WHEN invited_at > $1 THEN $1 ELSE invited_at END
          WHERE organization = $2 AND address_key = $3 AND declined_at IS NOT NULL",
    )
    .bind(to_millis(latest_lapsed(now)))
    .bind(organization)
    .bind(address.as_str())
    .execute(&mut *tx)
    .await?;
    if cleared.rows_affected() == 0 {
        return Err(none());
    }
    tokens::end_earlier(&mut tx, organization, address.as_str()).await?;
    Change::by(now, actor, "decline.cleared")
        .of(organization)
        .about(address.as_str())
        .record(&mut tx)
        .await?;
    tx.commit().await?;
    Ok(())
}
