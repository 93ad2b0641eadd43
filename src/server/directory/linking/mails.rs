//! The mails of linking: asked for in a transaction, each told of where its site is.
//!
//! Owns which letters there are, and what their fate means. A connect mail's code is durable with its
//! intent; the sending is the outbox's.

use futures_util::future::BoxFuture;
use jiff::Timestamp;

use super::super::roles::full_admins;
use super::code::new_code;
use super::{Linkable, letters};
use crate::domain::role::Role;
use crate::domain::user::lapses_at;
use crate::server::directory::Directory;
use crate::server::post::{Ask, Asked, Fate, Mail, Queue};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, hash_secret, to_millis};

const QUEUE: &str = "linking";
const CONNECT: &str = "connect";
const NOTICE: &str = "notice";

/// Asks for the connect mail (rule L1); one that still waits is replaced.
pub async fn ask_connect(
    conn: &mut Conn,
    site: &Linkable,
    email: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    sqlx::query(
        "DELETE FROM outbox WHERE queue = $1 AND site = $2 AND recipient = $3 AND kind = $4
            AND state IN ('queued', 'claimed')",
    )
    .bind(QUEUE)
    .bind(site.id)
    .bind(email)
    .bind(CONNECT)
    .execute(&mut *conn)
    .await?;
    // The old code ends at once: the operator has said that the mail did not come.
    sqlx::query(
        "INSERT INTO site_connects (site, email, asked_at) VALUES ($1, $2, $3)
         ON CONFLICT (site, email) DO UPDATE SET
           code_hash = NULL, expires_at = NULL, asked_at = excluded.asked_at",
    )
    .bind(site.id)
    .bind(email)
    .bind(to_millis(now))
    .execute(&mut *conn)
    .await?;
    ask(conn, CONNECT, site.id, email).await
}

/// Rule L7: all full admins of an organization are told, each once.
pub async fn tell_full_admins(
    conn: &mut Conn,
    site: i64,
    organization: &str,
) -> Result<(), Refusal> {
    for email in full_admins(conn, organization).await? {
        let told = sqlx::query(
            "SELECT 1 FROM outbox WHERE queue = $1 AND site = $2 AND recipient = $3 AND kind = $4",
        )
        .bind(QUEUE)
        .bind(site)
        .bind(&email)
        .bind(NOTICE)
        .fetch_optional(&mut *conn)
        .await?;
        if told.is_none() {
            ask(conn, NOTICE, site, &email).await?;
        }
    }
    Ok(())
}

async fn ask(conn: &mut Conn, kind: &'static str, site: i64, email: &str) -> Result<(), Refusal> {
    let site = Some(site);
    Ask { queue: QUEUE, kind, recipient: email, site, ..Ask::default() }.put(conn).await?;
    Ok(())
}

/// Their queue.
pub struct Linking<'r>(pub &'r Directory);

impl Queue for Linking<'_> {
    fn name(&self) -> &'static str {
        QUEUE
    }

    fn letter<'a>(
        &'a self,
        conn: &'a mut Conn,
        asked: &'a Asked,
    ) -> BoxFuture<'a, Result<Option<Mail>, Refusal>> {
        Box::pin(compose(self.0, conn, asked))
    }

    /// Jobs tell what became of their notices.
    fn settled<'a>(
        &'a self,
        conn: &'a mut Conn,
        asked: &'a Asked,
        _: &'a Fate,
    ) -> BoxFuture<'a, Result<(), Refusal>> {
        Box::pin(async move {
            if asked.kind == NOTICE {
                sqlx::query("UPDATE link_jobs SET revision = revision + 1 WHERE site = $1")
                    .bind(asked.site)
                    .execute(conn)
                    .await?;
            }
            Ok(())
        })
    }

    fn committed(&self) {
        self.0.links.ring();
    }
}

/// Whether somebody is still whom the letter is for: a full admin of the organization that the site
/// is linked to (rule L7), or an administrator of the site (rule L1).
async fn is_for(conn: &mut Conn, asked: &Asked) -> Result<bool, sqlx::Error> {
    if asked.kind != NOTICE {
        let admin = "SELECT EXISTS (SELECT 1 FROM site_admins WHERE site = $1 AND email = $2)";
        let query = sqlx::query_scalar(admin).bind(asked.site).bind(&asked.recipient);
        return query.fetch_one(conn).await;
    }
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM link_jobs j
                          JOIN organization_roles r ON r.organization = j.organization
                         WHERE j.site = $1 AND r.email = $2 AND r.role = $3)",
    )
    .bind(asked.site)
    .bind(&asked.recipient)
    .bind(Role::FullAdmin.code())
    .fetch_one(conn)
    .await
}

/// The letter, with a fresh code where it connects; none where its site is gone, or its addressee is
/// no longer whom it is for.
async fn compose(
    directory: &Directory,
    conn: &mut Conn,
    asked: &Asked,
) -> Result<Option<Mail>, Refusal> {
    let email = &asked.recipient;
    let url: Option<String> = sqlx::query_scalar("SELECT url FROM sites WHERE id = $1")
        .bind(asked.site)
        .fetch_optional(&mut *conn)
        .await?;
    let (Some(url), Some(site)) = (url, asked.site) else { return Ok(None) };
    if !is_for(conn, asked).await? {
        return Ok(None);
    }
    let to = letters::Recipient::find(conn, email).await?;
    let (intent, domain) = (&asked.intent, &directory.desk.mail_domain);
    let message_id = format!("{}.{}@{domain}", intent.id, intent.attempt);
    if asked.kind == NOTICE {
        return letters::notice(conn, &to, site, message_id).await.map(Some);
    }
    let code = new_code();
    let until = lapses_at(directory.clock.now());
    sqlx::query(
        "UPDATE site_connects SET code_hash = $3, expires_at = $4
          WHERE site = $1 AND email = $2 AND connected_at IS NULL",
    )
    .bind(site)
    .bind(email)
    .bind(hash_secret(&code))
    .bind(to_millis(until))
    .execute(conn)
    .await?;
    let public_url = &directory.desk.public_url;
    Ok(Some(letters::connect(&to, &url, public_url, &code, until, message_id)))
}
