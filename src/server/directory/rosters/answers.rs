//! What people had answered on a site before it is in an organization: confirmed, declined, invited.
//!
//! Owns keeping that with the site, and handing it to the organization once the site has one (rule
//! L8 links those who have confirmed). Only a world file tells of it: until then nobody can be
//! invited.

use jiff::Timestamp;

use crate::domain::user::latest_lapsed;
use crate::server::store::{Conn, to_millis};

/// The site is this organization's from now on: what its people answered are facts of the two.
///
/// # Errors
/// When the database cannot be written.
pub async fn bring(conn: &mut Conn, site: i64, organization: &str) -> Result<(), sqlx::Error> {
    // Another site of the organization may have told of the same address: facts add up.
    sqlx::query(
        "INSERT INTO invitations
           (organization, address_key, confirmed_at, declined_at, unknown, invited_at)
         SELECT $1, address_key, confirmed_at, declined_at, unknown, invited_at
           FROM site_answers WHERE site = $2
         ON CONFLICT (organization, address_key) DO UPDATE SET
           confirmed_at = COALESCE(invitations.confirmed_at, excluded.confirmed_at),
           declined_at = COALESCE(invitations.declined_at, excluded.declined_at),
           unknown = CASE WHEN excluded.unknown = 1 THEN 1 ELSE invitations.unknown END,
           invited_at = CASE
             WHEN invitations.invited_at IS NULL OR excluded.invited_at > invitations.invited_at
             THEN COALESCE(excluded.invited_at, invitations.invited_at)
             ELSE invitations.invited_at END",
    )
    .bind(organization)
    .bind(site)
    .execute(&mut *conn)
    .await?;
    sqlx::query("DELETE FROM site_answers WHERE site = $1").bind(site).execute(conn).await?;
    Ok(())
}

/// A changed address ends the pending invitation of the old one, unless another account of the site
/// still has it; what was confirmed or declined stays.
pub(super) async fn revoke_unused(
    conn: &mut Conn,
    site: i64,
    address_key: &str,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE site_answers SET invited_at = $1
          WHERE site = $2 AND address_key = $3 AND invited_at > $1 AND NOT EXISTS (
            SELECT 1 FROM site_users u WHERE u.site = $2 AND u.address_key = $3)",
    )
    .bind(to_millis(latest_lapsed(now)))
    .bind(site)
    .bind(address_key)
    .execute(conn)
    .await?;
    Ok(())
}
