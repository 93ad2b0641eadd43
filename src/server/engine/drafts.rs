//! Drafts: a wizard's answers, kept after every step (SPEC section 4).
//!
//! Owns who holds a draft and its revision: of two operators one is told who holds it and may take
//! it over. Must not read the answers; their shape is the wizard's.

use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;

use crate::api::draft::{Draft, SaveDraft, UnfinishedDraft};
use crate::api::problem::code;
use crate::domain::draft::{SubjectKind, Wizard};
use crate::domain::untrusted::Untrusted;
use crate::server::Backend;
use crate::server::audit::Change;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, SqlRow, from_millis, to_millis};

/// The most bytes of answers.
const MOST: usize = 256 * 1024;
/// The most bytes of a step's name.
const NAME: usize = 60;

/// Which draft: one per wizard and subject.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The wizard.
    pub wizard: Wizard,
    /// What it is about: a site's URL, an organization's id, an order's number.
    pub subject: &'a str,
    /// The subject's organization, for the audit record.
    pub organization: Option<&'a str>,
}

impl<'a> Place<'a> {
    /// The audit entry of something done with a draft itself.
    fn change(
        self,
        at: Timestamp,
        actor: &'a str,
        action: &'static str,
        detail: serde_json::Value,
    ) -> Change<'a> {
        let is_site = self.wizard.subject() == SubjectKind::Site;
        Change::by(at, actor, action)
            .of_any(self.organization)
            .any_site(is_site.then_some(self.subject))
            .about(self.wizard.code())
            .detail(detail)
    }
}

/// The draft.
///
/// # Errors
/// 404 when there is none.
pub async fn show(backend: &Backend, place: Place<'_>) -> Result<Draft, Refusal> {
    let mut conn = backend.store.read().await?;
    load(&mut conn, place).await?.ok_or_else(|| Refusal::not_found("draft"))
}

/// The place of a draft in the list of one's own: when it was saved, its wizard, its subject.
pub type Listed = (i64, String, String);

/// The place of a draft in that list.
pub fn listed(draft: &UnfinishedDraft) -> Listed {
    (to_millis(draft.saved_at), draft.wizard.clone(), draft.subject.raw().to_owned())
}

/// The drafts that somebody holds after a place in the list, the latest first, and one more than
/// `limit` of them. Whether they may still touch their subjects is the caller's to ask.
///
/// # Errors
/// When the database fails.
pub async fn held(
    backend: &Backend,
    holder: &str,
    after: Option<&Listed>,
    limit: usize,
) -> Result<Vec<UnfinishedDraft>, Refusal> {
    let mut conn = backend.store.read().await?;
    let (at, wizard, subject) = after.cloned().unwrap_or((i64::MAX, String::new(), String::new()));
    let rows = sqlx::query(
        "SELECT wizard, subject, step, saved_at FROM drafts
          WHERE holder = $1
            AND (saved_at < $2 OR (saved_at = $2 AND (wizard, subject) > ($3, $4)))
          ORDER BY saved_at DESC, wizard, subject LIMIT $5",
    )
    .bind(holder)
    .bind(at)
    .bind(wizard)
    .bind(subject)
    .bind(limit as i64 + 1)
    .fetch_all(&mut *conn)
    .await?;
    let shown = |row: SqlRow| {
        Ok(UnfinishedDraft {
            wizard: row.try_get("wizard")?,
            subject: Untrusted::new(row.try_get::<String, _>("subject")?),
            step: row.try_get("step")?,
            saved_at: from_millis(row.try_get("saved_at")?),
        })
    };
    rows.into_iter().map(shown).collect()
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
    good_name(&body.step)?;
    let answers = serde_json::to_string(&body.answers)?;
    if answers.len() > MOST {
        return Err(Refusal::invalid("answers", "The answers are larger than 256 KiB."));
    }
    let now = to_millis(backend.clock.now());
    let mut tx = backend.store.begin().await?;
    let known = load(&mut tx, place).await?;
    let revision = match &known {
        Some(draft) => {
            held_by(draft, actor)?;
            draft.revision
        }
        None => 0,
    };
    // An answer that was lost may have been forgotten here, too: the same save is no conflict.
    if let Some(draft) = known.filter(|draft| draft.revision == body.revision + 1)
        && draft.step == body.step
        && draft.answers == body.answers
    {
        return Ok(draft);
    }
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
    .bind(place.wizard.code())
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
    .bind(place.wizard.code())
    .bind(place.subject)
    .execute(&mut *tx)
    .await?;
    let detail = json!({ "about": place.subject, "from": draft.holder.raw(), "step": draft.step });
    place.change(now, actor, "draft.taken", detail).record(&mut tx).await?;
    let taken = load(&mut tx, place).await?;
    tx.commit().await?;
    taken.ok_or_else(|| Refusal::not_found("draft"))
}

/// Removes a draft; only who holds it may. Audited. Removing what is not there is done already.
///
/// # Errors
/// `draft_held` by another.
pub async fn remove(backend: &Backend, actor: &str, place: Place<'_>) -> Result<(), Refusal> {
    let mut tx = backend.store.begin().await?;
    let Some(draft) = load(&mut tx, place).await? else { return Ok(()) };
    held_by(&draft, actor)?;
    let detail = json!({ "about": place.subject, "step": draft.step });
    let now = backend.clock.now();
    place.change(now, actor, "draft.removed", detail).record(&mut tx).await?;
    sqlx::query("DELETE FROM drafts WHERE wizard = $1 AND subject = $2")
        .bind(place.wizard.code())
        .bind(place.subject)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Whether a page may still act: its hold is the draft's. A draft that was never saved is nobody's.
///
/// # Errors
/// `draft_held` by another, who took it over; `draft_stale` where it was taken back since, or is
/// done with.
pub async fn must_hold(
    backend: &Backend,
    actor: &str,
    place: Place<'_>,
    since: Option<Timestamp>,
) -> Result<(), Refusal> {
    let mut conn = backend.store.read().await?;
    held_still(&mut conn, actor, place, since).await
}

/// The same, over the connection of the act itself: nobody takes the draft between this and the
/// act's own commit.
///
/// # Errors
/// As [`must_hold`].
pub async fn held_still(
    conn: &mut Conn,
    actor: &str,
    place: Place<'_>,
    since: Option<Timestamp>,
) -> Result<(), Refusal> {
    let draft = load(conn, place).await?;
    if let Some(draft) = &draft {
        held_by(draft, actor).map_err(|refusal| refusal.instead("Nothing was done or sent."))?;
    }
    if since.is_some() && draft.map(|draft| draft.held_since) != since {
        return Err(Refusal::conflict(
            code::DRAFT_STALE,
            "This wizard went on elsewhere since this page was opened. Nothing was done or sent.",
            "Open the wizard again; it shows the answers as they are now.",
        ));
    }
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

fn good_name(step: &str) -> Result<(), Refusal> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    if (1..=NAME).contains(&step.len()) && step.bytes().all(plain) {
        return Ok(());
    }
    Err(Refusal::invalid("step", "A step is named by small letters, - and _."))
}

async fn load(conn: &mut Conn, place: Place<'_>) -> Result<Option<Draft>, Refusal> {
    let row = sqlx::query(
        "SELECT wizard, subject, step, answers, revision, holder, held_since, saved_at
           FROM drafts WHERE wizard = $1 AND subject = $2",
    )
    .bind(place.wizard.code())
    .bind(place.subject)
    .fetch_optional(conn)
    .await?;
    row.as_ref().map(shown).transpose()
}

fn shown(row: &SqlRow) -> Result<Draft, Refusal> {
    Ok(Draft {
        wizard: row.try_get("wizard")?,
        subject: Untrusted::new(row.try_get::<String, _>("subject")?),
        step: row.try_get("step")?,
        answers: serde_json::from_str(row.try_get("answers")?)?,
        revision: row.try_get::<i64, _>("revision")? as u64,
        holder: Untrusted::new(row.try_get::<String, _>("holder")?),
        held_since: from_millis(row.try_get("held_since")?),
        saved_at: from_millis(row.try_get("saved_at")?),
    })
}

#[cfg(test)]
mod tests;
