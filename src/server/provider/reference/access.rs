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
use super::{Reference, administrators};
use crate::server::chores::{Chore, Chores};
use crate::server::provider::{Access, Answer, Belonging, ResetFound};
use crate::server::refusal::Refusal;
use crate::server::store::Conn;

/// What goes on by itself.
pub fn start(reference: &Arc<Reference>, chores: &Chores) {
    let expiring =
        Chore::new("tokens", |r: &Reference, _| Box::pin(expiring::keep_telling(r))).when_sure();
    chores.start(reference.clone(), expiring);
}

impl Access for Reference {
    fn belonging<'a>(&'a self, conn: &'a mut Conn, email: &'a str) -> Answer<'a, Belonging> {
        Box::pin(belonging(conn, email))
    }

    fn must_leave_full_admins<'a>(&'a self, conn: &'a mut Conn, email: &'a str) -> Answer<'a, ()> {
        Box::pin(async move {
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
        })
    }

    fn access_ended<'a>(
        &'a self,
        conn: &'a mut Conn,
        email: &'a str,
        by: &'a str,
    ) -> Answer<'a, ()> {
        let ended = Ended { maker: email, by };
        Box::pin(made_by::withdraw_everywhere(conn, ended, self.clock.now()))
    }

    fn ask_reset<'a>(&'a self, email: &'a str, peer: &'a str) -> Answer<'a, ()> {
        Box::pin(resets::ask(self, email, peer))
    }

    fn look_at_reset<'a>(&'a self, code: &'a str) -> Answer<'a, ResetFound> {
        Box::pin(async move { resets::look(&mut *self.store.read().await?, code).await })
    }

    fn use_reset<'a>(&'a self, conn: &'a mut Conn, code: &'a str) -> Answer<'a, String> {
        Box::pin(resets::use_up(conn, code))
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
