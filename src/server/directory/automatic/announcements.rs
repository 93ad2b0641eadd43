//! Who was told of what about a site's date, once each (rule L11).
//!
//! Owns that nobody is told the same of the same date twice. The mail itself is a notice, which
//! has its own care that it leaves once.

use jiff::Timestamp;
use sqlx::Row;

use crate::server::directory::notices::{self, Letter};
use crate::server::post;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, from_millis, to_millis};

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// So many days before the date.
    Announced(u8),
    /// The site waits for a human.
    Waits,
}

impl Kind {
    fn code(self) -> String {
        match self {
            Self::Announced(days) => format!("announced_{days}"),
            Self::Waits => "waits".to_owned(),
        }
    }
}

/// What is told of which date of which site.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// The site's row.
    pub site: i64,
    /// What.
    pub kind: Kind,
    /// The date.
    pub on: Timestamp,
}

/// Tells each of these, in the caller's transaction. After the commit ring the post.
pub async fn tell(
    conn: &mut Conn,
    about: About,
    to: &[String],
    letter: &Letter,
    now: Timestamp,
) -> Result<(), Refusal> {
    for recipient in to {
        let notice = notices::queue(conn, recipient, letter).await?;
        sqlx::query(
            "INSERT INTO announcements (site, kind, about, recipient, notice, told_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(about.site)
        .bind(about.kind.code())
        .bind(to_millis(about.on))
        .bind(recipient)
        .bind(notice)
        .bind(to_millis(now))
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// How far the telling of something has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Somebody is told, or was to be.
    pub is_known: bool,
    /// A mail is still to go.
    pub is_open: bool,
    /// When a mail server took it for the first of them.
    pub taken_at: Option<Timestamp>,
}

/// How far it has come.
pub async fn standing(conn: &mut Conn, about: About) -> Result<Standing, sqlx::Error> {
    let row = sqlx::query(
        "SELECT count(*) AS told,
                sum(CASE WHEN n.state IN ('queued', 'claimed', 'sending') THEN 1 ELSE 0 END) AS open,
                min(CASE WHEN n.state = 'sent' THEN coalesce(n.taken_at, a.told_at) END) AS taken_at
           FROM announcements a JOIN outbox n ON n.id = a.notice
          WHERE a.site = $1 AND a.kind = $2 AND a.about = $3",
    )
    .bind(about.site)
    .bind(about.kind.code())
    .bind(to_millis(about.on))
    .fetch_one(conn)
    .await?;
    Ok(Standing {
        is_known: row.try_get::<i64, _>("told")? > 0,
        is_open: row.try_get::<Option<i64>, _>("open")?.unwrap_or(0) > 0,
        taken_at: row.try_get::<Option<i64>, _>("taken_at")?.map(from_millis),
    })
}

/// The date moves: what was told of it is about the new one, and is not told again.
pub async fn date_moves(
    conn: &mut Conn,
    site: i64,
    (from, to): (Timestamp, Timestamp),
) -> Result<(), sqlx::Error> {
    for sql in [
        "DELETE FROM announcements WHERE site = $1 AND about = $3 AND $2 <> $3",
        "UPDATE announcements SET about = $3 WHERE site = $1 AND about = $2",
        "UPDATE sites SET auto_link_on = $3 WHERE id = $1 AND auto_link_on = $2",
    ] {
        sqlx::query(sql)
            .bind(site)
            .bind(to_millis(from))
            .bind(to_millis(to))
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// Takes back what is not sent yet: the date it is about does not hold any more.
pub async fn withdraw(conn: &mut Conn, site: i64) -> Result<(), sqlx::Error> {
    let queued: Vec<String> = sqlx::query_scalar(
        "SELECT a.notice FROM announcements a JOIN outbox n ON n.id = a.notice
          WHERE a.site = $1 AND n.state IN ('queued', 'claimed')",
    )
    .bind(site)
    .fetch_all(&mut *conn)
    .await?;
    for notice in queued {
        sqlx::query("DELETE FROM announcements WHERE notice = $1")
            .bind(&notice)
            .execute(&mut *conn)
            .await?;
        post::withdraw(conn, &notice).await?;
    }
    Ok(())
}
