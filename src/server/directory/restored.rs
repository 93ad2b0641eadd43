//! Mails of a database that was restored: none leaves by itself (promise I1).
//!
//! Owns what becomes of those that waited when the copy was made: they may have been sent since. What
//! a person can ask for again (a welcome, a code) is shown as perhaps sent.

use super::Directory;
use crate::server::post;
use crate::server::store::Conn;

/// Whose letters; a run's are held by the run.
const QUEUES: [&str; 4] = ["passwords", "linking", "welcomes", "notices"];
/// Why, where a mail tells.
const WHY: &str = "The database was restored; this mail may have been sent since the copy.";

impl Directory {
    /// Nothing that waits is sent by itself; answers how many mails that were.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn hold_mails(conn: &mut Conn) -> Result<u64, sqlx::Error> {
        let held = post::hold(conn, &QUEUES, WHY).await?;
        let welcomes = "UPDATE welcomes SET state = 'unknown', detail = $1
                         WHERE state IN ('queued', 'sending')";
        sqlx::query(welcomes).bind(WHY).execute(&mut *conn).await?;
        let resets =
            "UPDATE password_resets SET state = 'mailed' WHERE state IN ('asked', 'sending')";
        sqlx::query(resets).execute(conn).await?;
        Ok(held)
    }
}
