//! What is shown of offers (rule P1): beside an organization's roles, and to their addressee.
//!
//! Owns reading them. Who may see which list the caller has checked.

use jiff::Timestamp;
use sqlx::Row;

use super::{Standing, offered, state};
use crate::api::offer::Offer;
use crate::domain::offer::OfferState;
use crate::domain::untrusted::Untrusted;
use crate::domain::welcome::WelcomeState;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, SqlRow, from_millis};

/// Offers that were neither accepted nor withdrawn; those about held roles are none.
const SELECT: &str = "
    SELECT w.organization, o.name, w.email, w.state, w.detail, w.offered_by, w.begun_at, w.sent_at,
           w.expires_at
      FROM welcomes w JOIN organizations o ON o.id = w.organization
     WHERE (w.state = 'declined'
            OR w.state NOT IN ('accepted', 'withdrawn')
               AND EXISTS (SELECT 1 FROM offer_roles r
                            WHERE r.organization = w.organization AND r.email = w.email))";

/// An organization's, by address.
pub async fn of(conn: &mut Conn, id: &str, now: Timestamp) -> Result<Vec<Offer>, Refusal> {
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
        "{SELECT} AND w.organization = $1 ORDER BY w.email"
    )))
    .bind(id)
    .fetch_all(&mut *conn)
    .await?;
    read_all(conn, &rows, now).await
}

/// Those to an address, by organization.
pub async fn to(conn: &mut Conn, email: &str, now: Timestamp) -> Result<Vec<Offer>, Refusal> {
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
        "{SELECT} AND w.email = $1 ORDER BY lower(o.name), o.id"
    )))
    .bind(email)
    .fetch_all(&mut *conn)
    .await?;
    read_all(conn, &rows, now).await
}

/// The one of an organization to an address.
pub async fn one(conn: &mut Conn, id: &str, email: &str, now: Timestamp) -> Result<Offer, Refusal> {
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
        "{SELECT} AND w.organization = $1 AND w.email = $2"
    )))
    .bind(id)
    .bind(email)
    .fetch_all(&mut *conn)
    .await?;
    let found = read_all(conn, &rows, now).await?;
    found.into_iter().next().ok_or_else(|| Refusal::not_found("offer"))
}

async fn read_all(conn: &mut Conn, rows: &[SqlRow], now: Timestamp) -> Result<Vec<Offer>, Refusal> {
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        found.push(read(conn, row, now).await?);
    }
    Ok(found)
}

async fn read(conn: &mut Conn, row: &SqlRow, now: Timestamp) -> Result<Offer, Refusal> {
    let time = |column: &str| row.try_get::<Option<i64>, _>(column).map(|ms| ms.map(from_millis));
    let text = |column: &str| row.try_get::<&str, _>(column).map(Untrusted::new);
    let mail = state(row.try_get("state")?)?;
    let (organization, email): (String, String) =
        (row.try_get("organization")?, row.try_get("email")?);
    let standing = Standing {
        state: mail,
        begun_at: from_millis(row.try_get("begun_at")?),
        sent_at: time("sent_at")?,
        expires_at: time("expires_at")?,
    };
    let (detail, offered_by) = (text("detail")?, text("offered_by")?);
    Ok(Offer {
        roles: offered(conn, &organization, &email).await?,
        organization,
        organization_name: text("name")?,
        email: email.into(),
        state: match mail {
            WelcomeState::Declined => OfferState::Declined,
            _ if standing.is_open(now) => OfferState::Open,
            _ => OfferState::Lapsed,
        },
        mail,
        detail: (!detail.is_empty()).then_some(detail),
        offered_by: (!offered_by.is_empty()).then_some(offered_by),
        offered_at: standing.begun_at,
        expires_at: standing.lapses_at(),
        mailed_at: standing.sent_at,
        mail_again_at: standing.mail_again_at(now),
    })
}
