//! The links of invitations: a fresh one with each attempt.
//!
//! Owns which of several works. An earlier mail may have arrived, so its link works until a later mail
//! is taken by the relay, and no longer: then the person has the later one. What surely did not leave
//! takes its own link with it.

use jiff::Timestamp;

use crate::domain::user::lapses_at;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, hash_secret, to_millis};

/// The link's token, with the intent of its mail.
pub(super) async fn put(
    conn: &mut Conn,
    organization: &str,
    address_key: &str,
    secret: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    sqlx::query(
        "INSERT INTO earlier_links (token_hash, organization, address_key, expires_at)
         SELECT token_hash, organization, address_key, token_expires_at FROM invitations
          WHERE organization = $1 AND address_key = $2 AND token_hash IS NOT NULL",
    )
    .bind(organization)
    .bind(address_key)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "INSERT INTO invitations (organization, address_key, token_hash, token_expires_at)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (organization, address_key) DO UPDATE SET
           token_hash = excluded.token_hash, token_expires_at = excluded.token_expires_at",
    )
    .bind(organization)
    .bind(address_key)
    .bind(hash_secret(secret))
    .bind(to_millis(lapses_at(now)))
    .execute(conn)
    .await?;
    Ok(())
}

/// Its mail was taken: the earlier ones end.
pub(super) async fn end_earlier(
    conn: &mut Conn,
    organization: &str,
    address_key: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM earlier_links WHERE organization = $1 AND address_key = $2")
        .bind(organization)
        .bind(address_key)
        .execute(conn)
        .await?;
    Ok(())
}

/// Its mail surely did not leave: the newest of the earlier ones is the invitation's again.
pub(super) async fn take_back(
    conn: &mut Conn,
    organization: &str,
    address_key: &str,
) -> Result<(), sqlx::Error> {
    let earlier: Option<(String, Option<i64>)> = sqlx::query_as(
        "SELECT token_hash, expires_at FROM earlier_links
          WHERE organization = $1 AND address_key = $2
          ORDER BY expires_at DESC, token_hash LIMIT 1",
    )
    .bind(organization)
    .bind(address_key)
    .fetch_optional(&mut *conn)
    .await?;
    let (hash, expires_at) = earlier.unzip();
    sqlx::query("DELETE FROM earlier_links WHERE token_hash = $1")
        .bind(&hash)
        .execute(&mut *conn)
        .await?;
    sqlx::query(
        "UPDATE invitations SET token_hash = $3, token_expires_at = $4
          WHERE organization = $1 AND address_key = $2",
    )
    .bind(organization)
    .bind(address_key)
    .bind(&hash)
    .bind(expires_at.flatten())
    .execute(conn)
    .await?;
    Ok(())
}
