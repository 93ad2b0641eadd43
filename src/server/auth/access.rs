//! Whether somebody can sign in, and taking that away (rules P3, P5).
//!
//! Owns disabling and enabling, and that nobody locks out the last of their kind. Who may do it is
//! the router's to ask. Runs on real time.

use axum::http::StatusCode;
use jiff::Timestamp;
use strum::{VariantArray, VariantNames};

use crate::api::problem::code;
use crate::domain::code::coded;
use crate::server::Backend;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, to_millis};

/// As what somebody disabled a person: who runs the backend has the last word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Hand {
    /// A backend admin.
    BackendAdmin,
    /// A full admin of the person's organization.
    FullAdmin,
}

coded!(Hand);

/// Whether this address can sign in now: by a password, or by a token that works.
///
/// # Errors
/// When the database cannot be read.
pub async fn can_sign_in(conn: &mut Conn, email: &str) -> Result<bool, sqlx::Error> {
    let found = sqlx::query("SELECT 1 FROM ways_in WHERE person = $1 AND until > $2 LIMIT 1")
        .bind(email)
        .bind(to_millis(Timestamp::now()))
        .fetch_optional(conn)
        .await?;
    Ok(found.is_some())
}

/// Whether somebody could sign in before an act that may take that away.
#[derive(Debug)]
pub struct WayIn<'a> {
    email: &'a str,
    could: bool,
}

impl<'a> WayIn<'a> {
    /// Before the act, in its transaction.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn before(conn: &mut Conn, email: &'a str) -> Result<Self, sqlx::Error> {
        Ok(Self { email, could: can_sign_in(conn, email).await? })
    }

    /// After the act, in its transaction: it must not commit where this refuses.
    ///
    /// # Errors
    /// 409 where the act locks out the last backend admin, or the last full admin of an organization
    /// who can sign in.
    pub async fn must_leave_one(&self, backend: &Backend, conn: &mut Conn) -> Result<(), Refusal> {
        if !self.could || can_sign_in(conn, self.email).await? {
            return Ok(());
        }
        must_leave_a_backend_admin(conn, self.email).await?;
        backend.directory.must_leave_full_admins(conn, self.email).await
    }
}

async fn must_leave_a_backend_admin(conn: &mut Conn, without: &str) -> Result<(), Refusal> {
    let (is_one, another): (bool, bool) = sqlx::query_as(
        "SELECT EXISTS (SELECT 1 FROM people WHERE email = $1 AND backend_admin = 1),
                EXISTS (SELECT 1 FROM people p JOIN ways_in w ON w.person = p.email
                         WHERE p.backend_admin = 1 AND p.email <> $1 AND w.until > $2)",
    )
    .bind(without)
    .bind(to_millis(Timestamp::now()))
    .fetch_one(conn)
    .await?;
    if !is_one || another {
        return Ok(());
    }
    Err(Refusal::conflict(
        code::LAST_BACKEND_ADMIN,
        "This is the last backend admin who can sign in.",
        "Add another backend admin and give them a way in first: hublink person add \
         --backend-admin, then hublink token create --person.",
    ))
}

/// Refuses to sign somebody in who was disabled. Only asked once they have shown that it is them.
///
/// # Errors
/// 403.
pub async fn must_be_enabled(conn: &mut Conn, email: &str) -> Result<(), Refusal> {
    if is_disabled(conn, email).await? { Err(disabled_refusal()) } else { Ok(()) }
}

/// Whether this person was disabled.
///
/// # Errors
/// When the database cannot be read.
pub async fn is_disabled(conn: &mut Conn, email: &str) -> Result<bool, sqlx::Error> {
    let found = sqlx::query("SELECT 1 FROM people WHERE email = $1 AND disabled_at IS NOT NULL")
        .bind(email)
        .fetch_optional(conn)
        .await?;
    Ok(found.is_some())
}

/// 403: may not sign in any more.
pub fn disabled_refusal() -> Refusal {
    Refusal::new(
        StatusCode::FORBIDDEN,
        code::PERSON_DISABLED,
        "An administrator has disabled this person: signing in is not possible.",
        "Ask a full admin of your organization, or a backend admin, to enable you again.",
    )
}

/// Disables a person: sessions, tokens and codes end at once. Whether they were not so before.
///
/// # Errors
/// When the database cannot be written.
pub async fn disable(conn: &mut Conn, email: &str, hand: Hand) -> Result<bool, sqlx::Error> {
    let now = to_millis(Timestamp::now());
    let disabled = sqlx::query(
        "UPDATE people SET disabled_at = coalesce(disabled_at, $2), disabled_as = $3
          WHERE email = $1
            AND (disabled_at IS NULL OR (disabled_as = 'full_admin' AND $3 = 'backend_admin'))",
    )
    .bind(email)
    .bind(now)
    .bind(hand.code())
    .execute(&mut *conn)
    .await?;
    if disabled.rows_affected() == 0 {
        return Ok(false);
    }
    for sql in [
        "UPDATE sessions SET revoked_at = $2 WHERE person = $1 AND revoked_at IS NULL",
        "UPDATE tokens SET revoked_at = $2 WHERE person = $1 AND revoked_at IS NULL",
    ] {
        sqlx::query(sql).bind(email).bind(now).execute(&mut *conn).await?;
    }
    end_codes(conn, email).await?;
    // A welcome's code would set a password, too; whoever may can have it mailed anew.
    sqlx::query("UPDATE welcome_links SET dead = 1 WHERE email = $1")
        .bind(email)
        .execute(&mut *conn)
        .await?;
    Ok(true)
}

/// Enables a person again. What ended stays ended. Whether they were disabled.
///
/// # Errors
/// When the database cannot be written.
pub async fn enable(conn: &mut Conn, email: &str) -> Result<bool, sqlx::Error> {
    let enabled = sqlx::query(
        "UPDATE people SET disabled_at = NULL, disabled_as = NULL
          WHERE email = $1 AND disabled_at IS NOT NULL",
    )
    .bind(email)
    .execute(conn)
    .await?;
    Ok(enabled.rows_affected() > 0)
}

/// Ends the codes that would set a new password.
///
/// # Errors
/// When the database cannot be written.
pub async fn end_codes(conn: &mut Conn, email: &str) -> Result<(), sqlx::Error> {
    // The rows stay: they count how often somebody asked.
    sqlx::query(
        "UPDATE password_resets SET state = 'nobody', token_hash = NULL
          WHERE email = $1 AND used_at IS NULL",
    )
    .bind(email)
    .execute(conn)
    .await?;
    Ok(())
}
