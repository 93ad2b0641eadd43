//! The table of mails: asking for one, and each step of its way.
//!
//! Owns the statements, and which step may follow which. Only the intent that was begun may be settled,
//! by id, claim and attempt; a late worker may still tell that its own mail was taken, never more.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::Row;

use super::intent::{Fate, Intent, LONGEST, Later};
use super::{Mail, Queue};
use crate::domain::untrusted::Untrusted;
use crate::server::nodes::{MARGIN, Node, Term, dead_before, real_now};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, SqlRow, Store, farthest, new_id, to_millis};

/// The most columns of a server's words that are kept.
const WORDS: usize = 300;
/// How long the rows of mails that nothing refers to are kept once their fate is known.
const KEPT: Duration = Duration::from_hours(30 * 24);
const STOPPED: &str = "The backend ended while this mail was being sent.";
const LOST: &str = "The process that was sending this mail went silent.";

/// A mail that somebody asks for: facts, and no secret.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ask<'a> {
    /// Whose letter it is: a [`Queue`]'s name.
    pub queue: &'static str,
    /// Which of its letters.
    pub kind: &'static str,
    /// The queue's own id of what the letter is about.
    pub about: &'a str,
    /// The recipient, canonical.
    pub recipient: &'a str,
    /// The organization, where it is about one.
    pub organization: Option<&'a str>,
    /// The site's row, where it is about one.
    pub site: Option<i64>,
    /// The subject of a letter that is written already.
    pub subject: &'a str,
    /// Its text.
    pub text: &'a str,
    /// How often the recipient's side has put it off before.
    pub deferrals: i64,
}

impl Ask<'_> {
    /// Asks for it, in the caller's transaction; answers its id. After the commit ring [`super::Post`].
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn put(self, conn: &mut Conn) -> Result<String, sqlx::Error> {
        let id = new_id("mal");
        sqlx::query(
            "INSERT INTO outbox (id, queue, kind, about, recipient, organization, site, subject,
                                 text, state, queued_at, not_before, deferrals)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued', $10, $10, $11)",
        )
        .bind(&id)
        .bind(self.queue)
        .bind(self.kind)
        .bind(self.about)
        .bind(self.recipient)
        .bind(self.organization)
        .bind(self.site)
        .bind(self.subject)
        .bind(self.text)
        .bind(to_millis(Timestamp::now()))
        .bind(self.deferrals)
        .execute(conn)
        .await?;
        Ok(id)
    }
}

/// Takes a mail back that has not begun to leave; answers whether it was one.
///
/// # Errors
/// When the database cannot be written.
pub async fn withdraw(conn: &mut Conn, id: &str) -> Result<bool, sqlx::Error> {
    let gone = sqlx::query("DELETE FROM outbox WHERE id = $1 AND state IN ('queued', 'claimed')")
        .bind(id)
        .execute(conn)
        .await?;
    Ok(gone.rows_affected() == 1)
}

/// Drops a mail that will not be begun again: its queue has written down what became of it.
///
/// # Errors
/// When the database cannot be written.
pub async fn drop_settled(conn: &mut Conn, id: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM outbox WHERE id = $1 AND state <> 'sending'")
        .bind(id)
        .execute(conn)
        .await?;
    Ok(())
}

/// A database that was restored: nothing of these queues that waits is sent by itself. Answers how
/// many mails.
///
/// # Errors
/// When the database cannot be written.
pub async fn hold(conn: &mut Conn, queues: &[&'static str], why: &str) -> Result<u64, sqlx::Error> {
    let mut held = 0;
    for queue in queues {
        let of_it = sqlx::query(
            "UPDATE outbox SET state = 'unknown', detail = $1, settled_at = $2
              WHERE queue = $3 AND state IN ('queued', 'claimed', 'sending')",
        )
        .bind(why)
        .bind(to_millis(Timestamp::now()))
        .bind(queue)
        .execute(&mut *conn)
        .await?;
        held += of_it.rows_affected();
    }
    Ok(held)
}

/// Drops what nothing refers to, a while after its fate was known.
///
/// # Errors
/// When the database cannot be written.
pub async fn forget_old(store: &Store) -> Result<(), sqlx::Error> {
    let mut tx = store.begin().await?;
    sqlx::query(
        "DELETE FROM outbox
          WHERE queue IN ('passwords', 'welcomes', 'invitations') AND settled_at < $1",
    )
    .bind(to_millis(Timestamp::now()) - KEPT.as_millis() as i64)
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}

/// A mail on its way.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Which attempt of whom.
    pub intent: Intent,
    /// Whose letter it is.
    pub queue: String,
    /// Which of its letters.
    pub kind: String,
    /// The queue's own id of what the letter is about.
    pub about: String,
    /// The recipient, canonical.
    pub recipient: String,
    /// The organization, where it is about one.
    pub organization: Option<String>,
    /// The site's row, where it is about one.
    pub site: Option<i64>,
    /// The subject of a letter that is written already.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// How often it was put off by the recipient's side.
    pub deferrals: i64,
    /// Since when it waits, in real time.
    pub queued_at: i64,
    /// Its last Message-ID; empty before the first.
    pub message_id: String,
}

const COLUMNS: &str = "id, claim, attempt, queue, kind, about, recipient, organization, site, \
                       subject, text, deferrals, queued_at, message_id";

impl Asked {
    fn read(row: &SqlRow) -> Result<Self, sqlx::Error> {
        let intent = Intent {
            id: row.try_get("id")?,
            claim: row.try_get("claim")?,
            attempt: row.try_get("attempt")?,
        };
        Ok(Self {
            intent,
            queue: row.try_get("queue")?,
            kind: row.try_get("kind")?,
            about: row.try_get("about")?,
            recipient: row.try_get("recipient")?,
            organization: row.try_get("organization")?,
            site: row.try_get("site")?,
            subject: row.try_get("subject")?,
            text: row.try_get("text")?,
            deferrals: row.try_get("deferrals")?,
            queued_at: row.try_get("queued_at")?,
            message_id: row.try_get::<Option<String>, _>("message_id")?.unwrap_or_default(),
        })
    }
}

/// What the server put off is due when a process begins: it may be another server by now.
pub(super) async fn hurry(store: &Store) -> Result<(), sqlx::Error> {
    let mut tx = store.begin().await?;
    sqlx::query(
        "UPDATE outbox SET not_before = queued_at
          WHERE state = 'queued' AND deferrals = 0 AND not_before > queued_at",
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}

/// Claims the next mails of each queue, so many of each.
pub(super) async fn claim(
    conn: &mut Conn,
    node: &Node,
    queues: &[&dyn Queue],
    of_each: i64,
) -> Result<Vec<Asked>, sqlx::Error> {
    let claim = format!(
        "UPDATE outbox SET state = 'claimed', claim = $1 WHERE state = 'queued' AND id IN
           (SELECT id FROM outbox WHERE state = 'queued' AND queue = $2
               AND (not_before <= $3 OR not_before > $4)
             ORDER BY not_before, id LIMIT $5)
         RETURNING {COLUMNS}"
    );
    let mut claimed = Vec::new();
    for queue in queues {
        let rows = sqlx::query(sqlx::AssertSqlSafe(claim.as_str()))
            .bind(node.epoch())
            .bind(queue.name())
            .bind(to_millis(Timestamp::now()))
            .bind(farthest(LONGEST))
            .bind(of_each)
            .fetch_all(&mut *conn)
            .await?;
        for row in &rows {
            claimed.push(Asked::read(row)?);
        }
    }
    Ok(claimed)
}

/// Whether any of them has a mail that is due.
pub(super) async fn is_due(conn: &mut Conn, queues: &[&dyn Queue]) -> Result<bool, sqlx::Error> {
    for queue in queues {
        let due = sqlx::query(
            "SELECT 1 FROM outbox WHERE state = 'queued' AND queue = $1
                AND (not_before <= $2 OR not_before > $3) LIMIT 1",
        )
        .bind(queue.name())
        .bind(to_millis(Timestamp::now()))
        .bind(farthest(LONGEST))
        .fetch_optional(&mut *conn)
        .await?;
        if due.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// How long no mail of these queues is due.
pub(super) async fn until_due(
    store: &Store,
    queues: &[&dyn Queue],
) -> Result<Duration, sqlx::Error> {
    let mut conn = store.read().await?;
    let mut least = i64::MAX;
    for queue in queues {
        let next: Option<i64> = sqlx::query_scalar(
            "SELECT min(not_before) FROM outbox WHERE state = 'queued' AND queue = $1",
        )
        .bind(queue.name())
        .fetch_one(&mut *conn)
        .await?;
        least = least.min(next.unwrap_or(i64::MAX));
    }
    let left = least.saturating_sub(to_millis(Timestamp::now()));
    Ok(Duration::from_millis(left.clamp(100, LONGEST.as_millis() as i64) as u64))
}

/// What was claimed and not begun is free at once.
pub(super) async fn release(store: &Store, node: &Node) -> Result<(), sqlx::Error> {
    let mut tx = store.begin().await?;
    sqlx::query("UPDATE outbox SET state = 'queued' WHERE state = 'claimed' AND claim = $1")
        .bind(node.epoch())
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}

/// Claimed to sending, with the attempt and its letter: durable once the transaction is committed,
/// and only then may the mail leave. None where the claim is lost, or there is nothing to say any more.
pub(super) async fn intend(
    conn: &mut Conn,
    queue: &dyn Queue,
    asked: &mut Asked,
) -> Result<Option<Mail>, Refusal> {
    let begun: Option<i64> = sqlx::query_scalar(
        "UPDATE outbox SET state = 'sending', attempt = attempt + 1
          WHERE id = $1 AND state = 'claimed' AND claim = $2
            AND EXISTS (SELECT 1 FROM nodes WHERE epoch = $2 AND beat_until > $3)
         RETURNING attempt",
    )
    .bind(&asked.intent.id)
    .bind(asked.intent.claim)
    .bind(real_now() + MARGIN.as_millis() as i64)
    .fetch_optional(&mut *conn)
    .await?;
    let Some(attempt) = begun else { return Ok(None) };
    asked.intent.attempt = attempt;
    // Rule P5: whose access was ended since it was asked for is mailed no more.
    let ended = queue.heeds_access() && is_ended(conn, &asked.recipient).await?;
    let mail = if ended { None } else { queue.letter(conn, asked).await? };
    let Some(mail) = mail else {
        sqlx::query("DELETE FROM outbox WHERE id = $1")
            .bind(&asked.intent.id)
            .execute(conn)
            .await?;
        return Ok(None);
    };
    sqlx::query("UPDATE outbox SET message_id = $2 WHERE id = $1")
        .bind(&asked.intent.id)
        .bind(&mail.message_id)
        .execute(conn)
        .await?;
    asked.message_id.clone_from(&mail.message_id);
    Ok(Some(mail))
}

async fn is_ended(conn: &mut Conn, recipient: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM people WHERE email = $1 AND disabled_at IS NOT NULL)",
    )
    .bind(recipient)
    .fetch_one(conn)
    .await
}

/// A letter that could not be written waits, and the others go on.
pub(super) async fn put_back(
    conn: &mut Conn,
    asked: &Asked,
    pause: Duration,
    why: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE outbox SET state = 'queued', not_before = $3, deferrals = deferrals + 1,
                detail = $4
          WHERE id = $1 AND state = 'claimed' AND claim = $2",
    )
    .bind(&asked.intent.id)
    .bind(asked.intent.claim)
    .bind(to_millis(Timestamp::now()) + pause.as_millis() as i64)
    .bind(why)
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes down what became of an intent, and tells its queue.
pub(super) async fn settle(
    conn: &mut Conn,
    queue: &dyn Queue,
    asked: &Asked,
    fate: &Fate,
) -> Result<(), Refusal> {
    let now = to_millis(Timestamp::now());
    // Out of `sending`; out of `unknown` only for a mail that was taken after all.
    let (state, late) = match fate {
        Fate::Accepted(_) => ("sent", "unknown"),
        Fate::Refused(_) => ("refused", "sending"),
        Fate::Deferred { .. } => ("queued", "sending"),
        Fate::Unknown(_) => ("unknown", "sending"),
    };
    let (pause, counts) = match fate {
        Fate::Deferred { pause, later, .. } => {
            (pause.as_millis() as i64, *later == Later::Recipient)
        }
        _ => (0, false),
    };
    let moved = sqlx::query(
        "UPDATE outbox SET state = $4, detail = $5, not_before = $6, deferrals = deferrals + $7,
                settled_at = $8
          WHERE id = $1 AND claim = $2 AND attempt = $3 AND state IN ('sending', $9)",
    )
    .bind(&asked.intent.id)
    .bind(asked.intent.claim)
    .bind(asked.intent.attempt)
    .bind(state)
    .bind(Untrusted::new(fate.detail()).shown_in(WORDS).as_str())
    .bind(now + pause)
    .bind(i64::from(counts))
    .bind((state != "queued").then_some(now))
    .bind(late)
    .execute(&mut *conn)
    .await?;
    if moved.rows_affected() == 1 {
        queue.settled(conn, asked, fate).await?;
    }
    Ok(())
}

/// What the dead had: what was only claimed is queued again, for nothing was sent; what was being
/// sent is `unknown`.
pub(super) async fn give_back(
    store: &Store,
    queues: &[&dyn Queue],
    term: Term,
) -> Result<(), Refusal> {
    const DEAD: &str = "state IN ('claimed', 'sending')
        AND NOT EXISTS (SELECT 1 FROM nodes WHERE epoch = outbox.claim AND beat_until >= $1)";
    let any = format!("SELECT 1 FROM outbox WHERE {DEAD} LIMIT 1");
    let any = sqlx::query(sqlx::AssertSqlSafe(any))
        .bind(dead_before())
        .fetch_optional(&mut *store.read().await?)
        .await?;
    if any.is_none() {
        // The usual case must not write.
        return Ok(());
    }
    let mut tx = store.begin().await?;
    let free = format!("UPDATE outbox SET state = 'queued' WHERE state = 'claimed' AND {DEAD}");
    sqlx::query(sqlx::AssertSqlSafe(free)).bind(dead_before()).execute(&mut *tx).await?;
    let stranded = format!("SELECT {COLUMNS} FROM outbox WHERE {DEAD}");
    let stranded =
        sqlx::query(sqlx::AssertSqlSafe(stranded)).bind(dead_before()).fetch_all(&mut *tx).await?;
    let why = if term == Term::Process { STOPPED } else { LOST };
    for row in &stranded {
        let asked = Asked::read(row)?;
        let Some(queue) = queues.iter().find(|queue| queue.name() == asked.queue) else { continue };
        settle(&mut tx, *queue, &asked, &Fate::Unknown(why.to_owned())).await?;
    }
    tx.commit().await?;
    for queue in queues {
        queue.committed();
    }
    Ok(())
}
