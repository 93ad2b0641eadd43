//! Offers whose maker may make none any more (rule P1): by a right that is gone nobody comes in.
//!
//! Owns taking those back. A trial's or an order's offer is not among them: it is the partner's, and
//! stays when one of the partner's people goes.

use jiff::Timestamp;

use super::withdrawing::{over_if_nothing_is_left, take_back};
use super::{offered, record};
use crate::domain::role::Role;
use crate::server::refusal::Refusal;
use crate::server::store::Conn;

/// Whose right ended, and by whom.
#[derive(Debug, Clone, Copy)]
pub struct Ended<'a> {
    /// Who made the offers.
    pub maker: &'a str,
    /// Who ended the right.
    pub by: &'a str,
}

/// Takes back what the maker has offered in an organization by the right to grant there. A decline
/// stands; once it is lifted there is nothing left to accept.
pub async fn withdraw(
    conn: &mut Conn,
    id: &str,
    ended: Ended<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let to: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT email FROM offer_roles
          WHERE organization = $1 AND offered_by = $2 ORDER BY email",
    )
    .bind(id)
    .bind(ended.maker)
    .fetch_all(&mut *conn)
    .await?;
    let maker = ended.maker.to_owned();
    for email in to {
        let mut taken = Vec::new();
        for role in offered(conn, id, &email).await? {
            if take_back(conn, id, &email, role, Some(&maker)).await? {
                taken.push(role);
            }
        }
        over_if_nothing_is_left(conn, id, &email, now).await?;
        record(conn, now, ended.by, "offer.withdrawn", id, &email, &taken).await?;
    }
    Ok(())
}

/// The same in every organization whose full admin the maker is: they cannot sign in any more.
pub async fn withdraw_everywhere(
    conn: &mut Conn,
    ended: Ended<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let administered: Vec<String> = sqlx::query_scalar(
        "SELECT organization FROM organization_roles WHERE email = $1 AND role = $2
          ORDER BY organization",
    )
    .bind(ended.maker)
    .bind(Role::FullAdmin.code())
    .fetch_all(&mut *conn)
    .await?;
    for id in administered {
        withdraw(conn, &id, ended, now).await?;
    }
    Ok(())
}
