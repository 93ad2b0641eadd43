//! The backend administrator who is made on the host (rules L0, P5).
//!
//! Owns the first start's, and the token that `serve --new-admin-token` makes for whoever has the
//! host and no other way in. Tokens of both kinds work until they are revoked.

use jiff::Timestamp;
use serde_json::json;

use crate::api::session::Secret;
use crate::server::audit::{Change, SYSTEM};
use crate::server::auth::tokens::{self, Life};
use crate::server::store::{Store, to_millis};

/// The address of the backend administrator whom the first start makes.
const FIRST_ADMIN: &str = "admin@hublink.example";

/// The backend administrator whom the first start without a world file makes (rule L0), or who got
/// another token.
#[derive(Debug)]
pub struct FirstAdmin {
    /// The address.
    pub email: String,
    /// The token, to be printed this once.
    pub token: Secret,
}

/// Makes the administrator of an empty backend.
pub(super) async fn first(store: &Store) -> Result<FirstAdmin, sqlx::Error> {
    make(store, Timestamp::now(), "first start", "person.added").await
}

/// Makes another token, for the same administrator: made where there is none, and enabled again
/// where disabled.
pub(super) async fn again(store: &Store, now: Timestamp) -> Result<FirstAdmin, sqlx::Error> {
    make(store, now, "serve --new-admin-token", "token.made").await
}

async fn make(
    store: &Store,
    now: Timestamp,
    note: &str,
    action: &'static str,
) -> Result<FirstAdmin, sqlx::Error> {
    let mut tx = store.begin().await?;
    sqlx::query(
        "INSERT INTO people (email, name, backend_admin, created_at) VALUES ($1, $2, 1, $3)
         ON CONFLICT (email) DO UPDATE SET backend_admin = 1, disabled_at = NULL,
           disabled_as = NULL",
    )
    .bind(FIRST_ADMIN)
    .bind("Backend administrator")
    .bind(to_millis(now))
    .execute(&mut *tx)
    .await?;
    let token = tokens::make(&mut tx, FIRST_ADMIN, note, Life::Endless, Timestamp::now()).await?;
    Change::by(now, SYSTEM, action)
        .about(FIRST_ADMIN)
        .detail(json!({ "backend_admin": true, "token": token.id, "on": "the host" }))
        .record(&mut tx)
        .await?;
    tx.commit().await?;
    Ok(FirstAdmin { email: FIRST_ADMIN.into(), token: token.secret })
}
