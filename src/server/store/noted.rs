//! What a keyed act writes of itself in its own transactions (SPEC section 8).
//!
//! Owns that no act can forget it: [`Store::begin`](super::Store::begin) notes the key in each
//! transaction of the act, so that the note stands exactly where something of the act does. A process
//! that ends before it has answered leaves the note behind, and the key is not carried out again. What
//! is written beside an act (a question that is counted) notes nothing.

use jiff::Timestamp;

use super::{Conn, to_millis};

/// The record of a key: whose, for which route, and which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The address of who asked.
    pub actor: String,
    /// Method and target.
    pub route: String,
    /// As it was sent.
    pub key: String,
}

tokio::task_local! {
    static KEY: Option<Key>;
}

/// Carries out an act each of whose transactions notes this key.
pub async fn under<T>(key: Key, act: impl Future<Output = T>) -> T {
    KEY.scope(Some(key), act).await
}

/// Does what is no part of the act it is done for.
pub async fn beside<T>(work: impl Future<Output = T>) -> T {
    KEY.scope(None, work).await
}

/// Notes the key, where there is one.
pub(super) async fn note(conn: &mut Conn) -> Result<(), sqlx::Error> {
    let Ok(Some(Key { actor, route, key })) = KEY.try_with(Clone::clone) else { return Ok(()) };
    sqlx::query(
        "UPDATE idempotency SET carried_out_at = $4
          WHERE actor = $1 AND route = $2 AND key = $3 AND carried_out_at IS NULL",
    )
    .bind(actor)
    .bind(route)
    .bind(key)
    .bind(to_millis(Timestamp::now()))
    .execute(conn)
    .await?;
    Ok(())
}
