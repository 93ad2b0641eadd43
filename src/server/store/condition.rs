//! What an act depends on, asked again in the act's own transaction (SPEC section 4).
//!
//! Owns the way that no act can forget: [`Store::begin`](super::Store::begin) asks it once it has
//! the one writer, and nothing else is written until that transaction ends. What is asked, and what
//! it means that it is not met, is the caller's; a task of its own is under no condition.

use futures_util::future::BoxFuture;
use sqlx::error::BoxDynError;

use super::Conn;

/// Asks over the act's connection whether it may still go on.
pub type Check =
    Box<dyn for<'a> Fn(&'a mut Conn) -> BoxFuture<'a, Result<(), BoxDynError>> + Send + Sync>;

tokio::task_local! {
    static CHECK: Check;
}

/// Carries out work each of whose transactions is under this condition.
pub async fn under<T>(check: Check, work: impl Future<Output = T>) -> T {
    CHECK.scope(check, work).await
}

/// Asks, where there is a condition. One that is not met is a fault of the caller's configuration,
/// and holds what the caller said.
pub(super) async fn hold(conn: &mut Conn) -> Result<(), sqlx::Error> {
    let Ok(asked) = CHECK.try_with(|check| check(conn)) else { return Ok(()) };
    asked.await.map_err(sqlx::Error::Configuration)
}
