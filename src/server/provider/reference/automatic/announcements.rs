//! Who was told of what about a site's date, once each (rule L11).
//!
//! Owns that nobody is told the same of the same date twice. The mail itself is a notice, which
//! has its own care that it leaves once.

use jiff::Timestamp;
use sqlx::Row;

use crate::server::provider::reference::notices::{self, Letter};
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

/// Tells each of these, in the caller's transaction. After the commit wake `Reference::notices`.
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

/// Whether anybody was told.
pub async fn is_known(conn: &mut Conn, about: About) -> Result<bool, sqlx::Error> {
    let found = sqlx::query(
        "SELECT 1 FROM announcements WHERE site = $1 AND kind = $2 AND about = $3 LIMIT 1",
    )
    .bind(about.site)
    .bind(about.kind.code())
    .bind(to_millis(about.on))
    .fetch_optional(conn)
    .await?;
    Ok(found.is_some())
}

/// When it was told; none while a mail is still to go, or when none was taken by the mail server.
pub async fn sent_at(conn: &mut Conn, about: About) -> Result<Option<Timestamp>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT max(CASE WHEN n.state = 'sent' THEN a.told_at END),
                sum(CASE WHEN n.state IN ('queued', 'sending') THEN 1 ELSE 0 END)
           FROM announcements a JOIN notices n ON n.id = a.notice
          WHERE a.site = $1 AND a.kind = $2 AND a.about = $3",
    )
    .bind(about.site)
    .bind(about.kind.code())
    .bind(to_millis(about.on))
    .fetch_one(conn)
    .await?;
    let open = row.try_get::<Option<i64>, _>(1)?.unwrap_or(0);
    Ok(row.try_get::<Option<i64>, _>(0)?.filter(|_| open == 0).map(from_millis))
}

/// Takes back what is not sent yet: the date it is about does not hold any more.
pub async fn withdraw(conn: &mut Conn, site: i64) -> Result<(), sqlx::Error> {
    let queued: Vec<String> = sqlx::query_scalar(
        "SELECT a.notice FROM announcements a JOIN notices n ON n.id = a.notice
          WHERE a.site = $1 AND n.state = 'queued'",
    )
    .bind(site)
    .fetch_all(&mut *conn)
    .await?;
    for notice in queued {
        for sql in
            ["DELETE FROM announcements WHERE notice = $1", "DELETE FROM notices WHERE id = $1"]
        {
            sqlx::query(sql).bind(&notice).execute(&mut *conn).await?;
        }
    }
    Ok(())
}
