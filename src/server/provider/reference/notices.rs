//! Notices: mails that tell somebody of something, each sent once.
//!
//! Owns the queue and the sending. An intent is durable before a mail may leave: what may have been
//! sent is `unknown` and never sent again by a machine. They hold no secret and settle nothing, so
//! that a lost one costs no more than a look at the screen.

mod sending;

use jiff::Timestamp;

use crate::server::store::{Conn, new_id, to_millis};

pub use sending::{forget_claims, look};

/// What a notice says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The subject.
    pub subject: String,
    /// The text; paragraphs are apart by a blank line.
    pub text: String,
}

/// Queues a notice to a canonical address, in the caller's transaction; answers its id. After the
/// commit wake `Reference::notices`.
pub async fn queue(conn: &mut Conn, to: &str, letter: &Letter) -> Result<String, sqlx::Error> {
    let id = new_id("ntc");
    let now = to_millis(Timestamp::now());
    sqlx::query(
        "INSERT INTO notices (id, recipient, subject, text, state, queued_at, not_before)
         VALUES ($1, $2, $3, $4, 'queued', $5, $5)",
    )
    .bind(&id)
    .bind(to)
    .bind(&letter.subject)
    .bind(&letter.text)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(id)
}
