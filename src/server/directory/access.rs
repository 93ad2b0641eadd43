//! Who can sign in, as far as the directory knows (rules P3, P5).
//!
//! Owns whose a person is, and putting together what goes on by itself: telling of tokens
//! that expire. Disabling and the secrets themselves are `server::auth`'s.

mod expiring;
mod letter;
pub(super) mod resets;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::offers::made_by::{self, Ended};
use super::{Directory, administrators};
use crate::api::problem::code;
use crate::server::chores::{Chore, Chores};
use crate::server::refusal::Refusal;
use crate::server::store::Conn;

/// What goes on by itself.
pub fn start(directory: &Arc<Directory>, chores: &Chores) {
    let expiring =
        Chore::new("tokens", |r: &Directory, _| Box::pin(expiring::keep_telling(r))).when_sure();
    chores.start(directory.clone(), expiring);
}

/// Whose a person is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Belonging {
    /// The organization that the address is an identity of, if it is one's.
    pub organization: Option<String>,
    /// Whether there are rights that this organization did not give: in another organization, or on
    /// sites that are not linked to this one.
    pub elsewhere: bool,
}

/// What a code out of a mail for a new password turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResetFound {
    /// It can be used.
    Open,
    /// This address has used it.
    Used(String),
}

/// 409: the code was used.
pub fn used_code() -> Refusal {
    Refusal::conflict(
        code::CODE_USED,
        "This code was used.",
        "Sign in with the password that was set. If that was not you, ask for a new code at once: \
         hublink password reset.",
    )
    .at("code")
}

impl Directory {
    /// Whose a person is.
    pub async fn belonging(&self, conn: &mut Conn, email: &str) -> Result<Belonging, Refusal> {
        belonging(conn, email).await
    }

    /// Refuses where an organization would be left without a full admin who can sign in, now that
    /// this one cannot (rule P3).
    pub async fn must_leave_full_admins(
        &self,
        conn: &mut Conn,
        email: &str,
    ) -> Result<(), Refusal> {
        let administered: Vec<String> = sqlx::query_scalar(
            "SELECT organization FROM organization_roles
                  WHERE email = $1 AND role = 'full_admin' ORDER BY organization",
        )
        .bind(email)
        .fetch_all(&mut *conn)
        .await?;
        for id in administered {
            administrators::must_leave_another_who_can_sign_in(conn, &id, email).await?;
        }
        Ok(())
    }

    /// A person was disabled by this one: what they have offered by a right to grant is taken back
    /// (rule P1).
    pub async fn access_ended(
        &self,
        conn: &mut Conn,
        email: &str,
        by: &str,
    ) -> Result<(), Refusal> {
        let ended = Ended { maker: email, by };
        made_by::withdraw_everywhere(conn, ended, self.clock.now()).await
    }

    /// Somebody at this peer says to have forgotten this address' password. Looks nobody up.
    pub async fn ask_reset(&self, email: &str, peer: &str) -> Result<(), Refusal> {
        resets::ask(self, email, peer).await
    }

    /// What is behind a code; changes nothing.
    pub async fn look_at_reset(&self, code: &str) -> Result<ResetFound, Refusal> {
        resets::look(&mut *self.store.read().await?, code).await
    }

    /// Uses a code, once, in the caller's transaction; answers whose password it sets.
    pub async fn use_reset(&self, conn: &mut Conn, code: &str) -> Result<String, Refusal> {
        resets::use_up(conn, code).await
    }
}

/// Whose a person is: where the address is an identity of one organization alone, that one's.
async fn belonging(conn: &mut Conn, email: &str) -> Result<Belonging, Refusal> {
    let of: Vec<String> = sqlx::query_scalar(
        "SELECT organization FROM identities WHERE email_key = $1
         UNION
         SELECT organization FROM organization_roles WHERE email = $1",
    )
    .bind(email)
    .fetch_all(&mut *conn)
    .await?;
    let [organization] = of.as_slice() else {
        return Ok(Belonging { organization: None, elsewhere: !of.is_empty() });
    };
    let elsewhere = sqlx::query(
        "SELECT 1 FROM site_admins a JOIN sites s ON s.id = a.site
          WHERE a.email = $1 AND (s.organization IS NULL OR s.organization <> $2) LIMIT 1",
    )
    .bind(email)
    .bind(organization)
    .fetch_optional(conn)
    .await?;
    let elsewhere = elsewhere.is_some();
    Ok(Belonging { organization: Some(organization.clone()), elsewhere })
}
