//! Applies that a crash cut off and that go on by themselves: their requests may be asked again.
//!
//! Owns giving their keys back at the start (SPEC section 8). Must not carry anything on: that is for
//! whose import it is.

use super::Store;

/// Imports of one kind, as their table and their keys name them.
#[derive(Debug, Clone, Copy)]
pub struct Resumed {
    table: &'static str,
    /// The column that is filled once an apply was begun.
    begun: &'static str,
    /// What the route of a key has before an import's id.
    route: &'static str,
}

impl Resumed {
    /// Of this table.
    pub const fn of(table: &'static str, begun: &'static str, route: &'static str) -> Self {
        Self { table, begun, route }
    }

    /// At the start: the request for an apply that a crash left without an answer may be asked again,
    /// and is answered what the import came to. Without one nothing is written.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn recall_unanswered(self, store: &Store) -> Result<(), sqlx::Error> {
        let Self { table, begun, route } = self;
        let of_it = format!("k.status IS NULL AND k.route LIKE '{route}' || i.id || '/apply%'");
        let any = format!("SELECT 1 FROM {table} i, idempotency k WHERE {of_it} LIMIT 1");
        let any = sqlx::query(sqlx::AssertSqlSafe(any));
        if any.fetch_optional(&mut *store.read().await?).await?.is_none() {
            return Ok(());
        }
        let mut tx = store.begin().await?;
        let done = format!(
            "UPDATE {table} SET resumed = 1 WHERE applied_at IS NOT NULL AND id IN
               (SELECT i.id FROM {table} i, idempotency k WHERE {of_it})"
        );
        sqlx::query(sqlx::AssertSqlSafe(done)).execute(&mut *tx).await?;
        let given_back = format!(
            "DELETE FROM idempotency WHERE status IS NULL AND EXISTS
               (SELECT 1 FROM {table} i WHERE i.{begun} IS NOT NULL
                   AND idempotency.route LIKE '{route}' || i.id || '/apply%')"
        );
        sqlx::query(sqlx::AssertSqlSafe(given_back)).execute(&mut *tx).await?;
        tx.commit().await
    }
}
