//! Drafts: a wizard's answers, kept after every step (SPEC section 4).
//!
//! Owns who holds a draft and its revision: of two operators one is told who holds it and may take
//! it over. Must not read the answers; their shape is the wizard's.

use serde_json::json;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::api::draft::{Draft, SaveDraft};
use crate::api::problem::code;
use crate::domain::untrusted::Untrusted;
use crate::server::Backend;
use crate::server::audit::{self, Change};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, from_millis, to_millis};

/// The most bytes of answers.
const MOST: usize = 256 * 1024;
/// The most bytes of a wizard's or a step's name.
const NAME: usize = 60;

/// Which draft: one per wizard and subject.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The wizard, such as `link_users`.
    pub wizard: &'a str,
    /// What it is about: a site's URL.
    pub subject: &'a str,
    /// The subject's organization, for the audit record.
    pub organization: Option<&'a str>,
}

/// The draft.
///
/// # Errors
/// 404 when there is none.
pub async fn show(backend: &Backend, place: Place<'_>) -> Result<Draft, Refusal> {
    let mut conn = backend.store.read().await?;
    load(&mut conn, place).await?.ok_or_else(|| Refusal::not_found("draft"))
}

/// Saves the answers; a new draft is held by who saves it first.
///
/// # Errors
/// `draft_held` by another, `draft_stale`, or answers that are too large.
pub async fn save(
    backend: &Backend,
    actor: &str,
    place: Place<'_>,
    body: &SaveDraft,
) -> Result<Draft, Refusal> {
    good_names(place, &body.step)?;
    let answers = serde_json::to_string(&body.answers)?;
    if answers.len() > MOST {
        return Err(Refusal::invalid("answers", "The answers are larger than 256 KiB."));
    }
    let now = to_millis(backend.clock.now());
    let mut tx = backend.store.begin().await?;
    let revision = match load(&mut tx, place).await? {
        Some(draft) => {
            held_by(&draft, actor)?;
            draft.revision
        }
        None => 0,
    };
    if body.revision != revision {
        return Err(Refusal::conflict(
            code::DRAFT_STALE,
            format!("The draft is at revision {revision}, yours is {}.", body.revision),
            "Load the draft again; what you typed since is still on your screen.",
        ));
    }
    sqlx::query(
        "INSERT INTO drafts
           (wizard, subject, step, answers, revision, holder, held_since, saved_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
         ON CONFLICT (wizard, subject) DO UPDATE SET step = excluded.step,
           answers = excluded.answers, revision = excluded.revision, saved_at = excluded.saved_at",
    )
    .bind(place.wizard)
    .bind(place.subject)
    .bind(&body.step)
    .bind(answers)
    .bind(revision as i64 + 1)
    .bind(actor)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    let saved = load(&mut tx, place).await?;
    tx.commit().await?;
    saved.ok_or_else(|| Refusal::not_found("draft"))
}

/// Takes a draft over from whoever holds it; audited. Who holds it already keeps it.
///
/// # Errors
/// 404 when there is none.
pub async fn take(backend: &Backend, actor: &str, place: Place<'_>) -> Result<Draft, Refusal> {
    let now = backend.clock.now();
    let mut tx = backend.store.begin().await?;
    let draft = load(&mut tx, place).await?.ok_or_else(|| Refusal::not_found("draft"))?;
    if draft.holder.raw() == actor {
        return Ok(draft);
    }
    sqlx::query(
        "UPDATE drafts SET holder = $1, held_since = $2, revision = revision + 1
          WHERE wizard = $3 AND subject = $4",
    )
    .bind(actor)
    .bind(to_millis(now))
    .bind(place.wizard)
    .bind(place.subject)
    .execute(&mut *tx)
    .await?;
    let change = Change {
        at: now,
        actor,
        action: "draft.taken",
        organization: place.organization,
        site: Some(place.subject),
        subject: place.wizard,
        detail: json!({ "from": draft.holder.raw() }),
    };
    audit::record(&mut tx, change).await?;
    let taken = load(&mut tx, place).await?;
    tx.commit().await?;
    taken.ok_or_else(|| Refusal::not_found("draft"))
}

/// Removes a draft; only who holds it may. Removing what is not there is done already.
///
/// # Errors
/// `draft_held` by another.
pub async fn remove(backend: &Backend, actor: &str, place: Place<'_>) -> Result<(), Refusal> {
    let mut tx = backend.store.begin().await?;
    if let Some(draft) = load(&mut tx, place).await? {
        held_by(&draft, actor)?;
    }
    sqlx::query("DELETE FROM drafts WHERE wizard = $1 AND subject = $2")
        .bind(place.wizard)
        .bind(place.subject)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

fn held_by(draft: &Draft, actor: &str) -> Result<(), Refusal> {
    if draft.holder.raw() == actor {
        return Ok(());
    }
    let mut refusal = Refusal::conflict(
        code::DRAFT_HELD,
        format!("{} is at this since {}.", draft.holder.shown(), draft.held_since),
        "Ask them, or take it over; that is recorded.",
    );
    refusal.problem.holder = Some(draft.holder.clone());
    Err(refusal)
}

fn good_names(place: Place<'_>, step: &str) -> Result<(), Refusal> {
    let good = |name: &str| {
        (1..=NAME).contains(&name.len())
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
    };
    if !good(place.wizard) {
        return Err(Refusal::invalid("wizard", "A wizard is named by small letters, - and _."));
    }
    if !good(step) {
        return Err(Refusal::invalid("step", "A step is named by small letters, - and _."));
    }
    Ok(())
}

async fn load(conn: &mut Conn, place: Place<'_>) -> Result<Option<Draft>, Refusal> {
    let row = sqlx::query(
        "SELECT wizard, subject, step, answers, revision, holder, held_since, saved_at
           FROM drafts WHERE wizard = $1 AND subject = $2",
    )
    .bind(place.wizard)
    .bind(place.subject)
    .fetch_optional(conn)
    .await?;
    row.as_ref().map(shown).transpose()
}

fn shown(row: &SqliteRow) -> Result<Draft, Refusal> {
    Ok(Draft {
        wizard: row.try_get(0)?,
        subject: Untrusted::new(row.try_get::<String, _>(1)?),
        step: row.try_get(2)?,
        answers: serde_json::from_str(row.try_get(3)?)?,
        revision: row.try_get::<i64, _>(4)? as u64,
        holder: Untrusted::new(row.try_get::<String, _>(5)?),
        held_since: from_millis(row.try_get(6)?),
        saved_at: from_millis(row.try_get(7)?),
    })
}

#[cfg(test)]
mod tests;
