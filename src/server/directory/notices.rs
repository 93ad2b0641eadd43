//! Notices: mails that tell somebody of something, each sent once.
//!
//! Owns their letters, which hold no secret and settle nothing, so that a lost one costs no more than
//! a look at the screen.

use std::fmt::Write as _;

use futures_util::future::BoxFuture;

use super::Directory;
use crate::domain::role::Role;
use crate::domain::untrusted::Untrusted;
use crate::server::post::{Ask, Asked, Fate, Mail, Queue};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, to_millis};

const QUEUE: &str = "notices";
/// The kind of those that ask about an order.
const ORDER: &str = "order";

/// What a notice says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The subject.
    pub subject: String,
    /// The text; paragraphs are apart by a blank line.
    pub text: String,
}

/// Queues a notice to a canonical address, in the caller's transaction; answers its id. After the
/// commit ring the post.
pub async fn queue(conn: &mut Conn, to: &str, letter: &Letter) -> Result<String, sqlx::Error> {
    let Letter { subject, text } = letter;
    Ask { queue: QUEUE, recipient: to, subject, text, ..Ask::default() }.put(conn).await
}

/// Queues the question whether an order belongs to an organization (rule T3), to a full admin of it:
/// asked only as long as they are, and as long as the order waits for the answer.
pub async fn ask_about_order(
    conn: &mut Conn,
    to: &str,
    letter: &Letter,
    (organization, number): (&str, &str),
) -> Result<String, sqlx::Error> {
    let Letter { subject, text } = letter;
    let organization = Some(organization);
    let ask = Ask {
        queue: QUEUE,
        kind: ORDER,
        about: number,
        recipient: to,
        organization,
        subject,
        text,
        ..Ask::default()
    };
    ask.put(conn).await
}

/// Whether the question still is one, and theirs to answer.
async fn is_asked(conn: &mut Conn, asked: &Asked) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM orders o
                          JOIN organization_roles r ON r.organization = o.organization
                         WHERE o.number = $1 AND o.organization = $2 AND o.asked_at IS NOT NULL
                           AND r.email = $3 AND r.role = $4)",
    )
    .bind(&asked.about)
    .bind(&asked.organization)
    .bind(&asked.recipient)
    .bind(Role::FullAdmin.code())
    .fetch_one(conn)
    .await
}

/// Their queue.
pub struct Notices<'r>(pub &'r Directory);

impl Queue for Notices<'_> {
    fn name(&self) -> &'static str {
        QUEUE
    }

    fn letter<'a>(
        &'a self,
        conn: &'a mut Conn,
        asked: &'a Asked,
    ) -> BoxFuture<'a, Result<Option<Mail>, Refusal>> {
        let intent = &asked.intent;
        let mail = Mail {
            to: asked.recipient.clone(),
            name: String::new(),
            subject: asked.subject.clone(),
            html: html(&asked.text),
            text: asked.text.clone(),
            message_id: format!("{}.{}@{}", intent.id, intent.attempt, self.0.desk.mail_domain),
        };
        Box::pin(async move {
            let stands = asked.kind != ORDER || is_asked(conn, asked).await?;
            Ok(stands.then_some(mail))
        })
    }

    /// A date may hang on when it was taken (rule L11).
    fn settled<'a>(
        &'a self,
        conn: &'a mut Conn,
        asked: &'a Asked,
        fate: &'a Fate,
    ) -> BoxFuture<'a, Result<(), Refusal>> {
        let now = to_millis(self.0.clock.now());
        Box::pin(async move {
            if matches!(fate, Fate::Accepted(_)) {
                let taken = sqlx::query("UPDATE outbox SET taken_at = $2 WHERE id = $1");
                taken.bind(&asked.intent.id).bind(now).execute(conn).await?;
            }
            Ok(())
        })
    }

    fn committed(&self) {
        self.0.automatic_changed.notify_one();
    }
}

/// The text as HTML: a paragraph for each.
fn html(text: &str) -> String {
    let mut html = String::from("<!DOCTYPE html>\n<html lang=\"en\">\n");
    html.push_str("<body style=\"font-family:sans-serif\">\n");
    for paragraph in text.trim().split("\n\n") {
        let lines: Vec<String> =
            paragraph.lines().map(|line| Untrusted::new(line).shown().html()).collect();
        let _ = writeln!(html, "<p>{}</p>", lines.join("<br>\n"));
    }
    html.push_str("</body>\n</html>\n");
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i15_a_name_cannot_become_markup() {
        let page = html("Hello,\n\n<b>Acme</b>\nand more\n");
        assert!(page.contains("<p>&lt;b&gt;Acme&lt;/b&gt;<br>\nand more</p>"), "{page}");
    }
}
