//! A second mail that a human ordered for one that may have been sent.
//!
//! Owns what becomes of the item where the second does not go out: nothing is known of the first that
//! was not known before, so it may have gone still. What the person has said meanwhile wins.

use jiff::Timestamp;
use sqlx::Row;

use super::rows::RunRow;
use super::settled::ANSWERED;
use crate::domain::run::ItemState;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, to_millis};

/// Whose second mail has failed or was left over: back to what they were. Call it in the transaction
/// that ends items so.
pub(super) async fn go_back(conn: &mut Conn, run: &RunRow, now: Timestamp) -> Result<(), Refusal> {
    let ended = sqlx::query(
        "SELECT i.number, i.address_key, i.reason, i.may_have_gone,
                n.confirmed_at IS NOT NULL OR n.declined_at IS NOT NULL AS answered
           FROM run_items i LEFT JOIN invitations n
             ON n.organization = $4 AND n.address_key = i.address_key
          WHERE i.run = $1 AND i.may_have_gone IS NOT NULL AND i.state IN ($2, $3)",
    )
    .bind(&run.id)
    .bind(ItemState::Failed.code())
    .bind(ItemState::NotProcessed.code())
    .bind(&run.organization)
    .fetch_all(&mut *conn)
    .await?;
    for row in ended {
        let (number, address_key): (i64, String) =
            (row.try_get("number")?, row.try_get("address_key")?);
        let (first, why): (String, String) =
            (row.try_get("may_have_gone")?, row.try_get("reason")?);
        let (state, reason) = if row.try_get::<i64, _>("answered")? == 0 {
            (ItemState::Unknown, told(&why))
        } else {
            (ItemState::Accepted, ANSWERED.to_owned())
        };
        sqlx::query(
            "UPDATE run_items SET state = $1, reason = $2, message_id = nullif($3, ''),
                    may_have_gone = NULL, lease_until = NULL, updated_at = $4
              WHERE run = $5 AND number = $6",
        )
        .bind(state.code())
        .bind(reason)
        .bind(first)
        .bind(to_millis(now))
        .bind(&run.id)
        .bind(number)
        .execute(&mut *conn)
        .await?;
        if state == ItemState::Unknown {
            sqlx::query(
                "UPDATE invitations SET unknown = 1 WHERE organization = $1 AND address_key = $2",
            )
            .bind(&run.organization)
            .bind(address_key)
            .execute(&mut *conn)
            .await?;
        }
    }
    Ok(())
}

/// Why it is unknown again.
fn told(why: &str) -> String {
    format!("a second mail did not go out ({why}); the first may have arrived")
}
