//! A link job as it is shown, watched and read user by user (rules L7, L8).
//!
//! Owns the tallies, which are counted and never kept. Must not change anything.
use sqlx::Row;

use super::Linkable;
use super::job::later;
use super::users;
use crate::api::linking::{Agreed, LinkJob, LinkedUser, LinkedUsersQuery, Notices};
use crate::api::page::Page;
use crate::domain::outcome::Outcome;
use crate::domain::site_link::{Consequences, LinkMailState, LinkState, progress};
use crate::domain::untrusted::Untrusted;
use crate::server::directory::Directory;
use crate::server::paging;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, SqlRow, from_millis};

/// The site's job.
pub async fn show(directory: &Directory, conn: &mut Conn, url: &str) -> Result<LinkJob, Refusal> {
    let row = sqlx::query(
        "SELECT s.id, s.url, j.organization, o.name, l.made_organization, j.state, l.agreed_at,
                l.agreed_by, j.started_at, j.due_at, j.ended_at, j.failures, j.reason, j.retry_at,
                l.text_hash, j.next_number, j.revision
           FROM link_jobs j JOIN site_links l ON l.site = j.site JOIN sites s ON s.id = j.site
           JOIN organizations o ON o.id = j.organization
          WHERE s.url = $1",
    )
    .bind(url)
    .fetch_optional(&mut *conn)
    .await?
    .ok_or_else(|| Refusal::not_found("link"))?;
    let site: i64 = row.try_get("id")?;
    let mut job = without_tallies(directory, &row)?;
    job.notices = notices(conn, site).await?;
    job.result = result(conn, site, &job).await?;
    let seen: i64 = row.try_get("next_number")?;
    let (started, now) = (from_millis(row.try_get("started_at")?), directory.clock.now());
    job.progress = match job.state {
        LinkState::Done => 100,
        LinkState::Failed => 0,
        LinkState::Running => progress((started, job.due_at), now, (seen as u64, job.result.users)),
    };
    Ok(job)
}

fn without_tallies(directory: &Directory, row: &SqlRow) -> Result<LinkJob, Refusal> {
    let time = |column: &str| row.try_get::<Option<i64>, _>(column).map(|ms| ms.map(from_millis));
    let state = LinkState::from_code(row.try_get("state")?)
        .ok_or_else(|| Refusal::internal(&"a link job's state is unknown"))?;
    let agreed_at = from_millis(row.try_get("agreed_at")?);
    let by = Untrusted::new(row.try_get::<String, _>("agreed_by")?);
    let started = from_millis(row.try_get("started_at")?);
    let retry_at = time("retry_at")?.filter(|_| state == LinkState::Failed);
    let due = time("due_at")?.unwrap_or_else(|| later(started, directory.links.delay));
    let text_sha256: String = row.try_get("text_hash")?;
    let reason: String = row.try_get("reason")?;
    let waits = directory.clock.doubt().filter(|_| state != LinkState::Done);
    Ok(LinkJob {
        site: Untrusted::new(row.try_get::<String, _>("url")?),
        organization: row.try_get("organization")?,
        organization_name: Untrusted::new(row.try_get::<String, _>("name")?),
        new_organization: row.try_get("made_organization")?,
        state,
        progress: 0,
        started_at: agreed_at,
        started_by: by.clone(),
        due_at: retry_at.map_or(due, |at| later(at, directory.links.delay)),
        ended_at: time("ended_at")?,
        failures: row.try_get("failures")?,
        reason: Some(reason).filter(|reason| !reason.is_empty()).map(Untrusted::new),
        retry_at,
        waits: waits.map(|doubt| doubt.reason().into()),
        agreed: (!text_sha256.is_empty()).then_some(Agreed { by, at: agreed_at, text_sha256 }),
        result: Consequences::default(),
        notices: Notices::default(),
        revision: row.try_get::<i64, _>("revision")? as u64,
    })
}

async fn notices(conn: &mut Conn, site: i64) -> Result<Notices, Refusal> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "SELECT state, count(*) FROM outbox
          WHERE site = $1 AND queue = 'linking' AND kind = 'notice' GROUP BY state",
    )
    .bind(site)
    .fetch_all(conn)
    .await?;
    let mut told = Notices::default();
    for (state, mails) in rows {
        let mails = mails as u64;
        told.total += mails;
        match LinkMailState::from_code(&state) {
            Some(LinkMailState::Sent) => told.sent += mails,
            Some(LinkMailState::Refused) => told.refused += mails,
            Some(LinkMailState::Unknown) => told.unknown += mails,
            // Also what is claimed.
            Some(LinkMailState::Queued | LinkMailState::Sending) | None => told.waiting += mails,
        }
    }
    Ok(told)
}

/// What has happened to whom so far.
async fn result(conn: &mut Conn, site: i64, job: &LinkJob) -> Result<Consequences, Refusal> {
    let rows: Vec<(String, bool, i64)> = sqlx::query_as(
        "SELECT outcome, known, count(*) FROM link_users WHERE site = $1 GROUP BY outcome, known",
    )
    .bind(site)
    .fetch_all(&mut *conn)
    .await?;
    let mut result = Consequences { notified: job.notices.total, ..Consequences::default() };
    result.users = users::count(conn, site).await?;
    let mut touched = 0;
    for (code, known, users) in rows {
        let users = users as u64;
        touched += users;
        match Outcome::from_code(&code) {
            Some(Outcome::LinkNow) => {
                result.linked += users;
                *(if known { &mut result.known } else { &mut result.confirmed }) += users;
            }
            Some(outcome) => result.report(outcome, users),
            None => return Err(Refusal::internal(&"a linked user's outcome is unknown")),
        }
    }
    // Users who were added since count as untouched: the link was not for them.
    result.untouched = result.users.saturating_sub(touched);
    Ok(result)
}

/// Waits until the job's revision is greater than this.
pub async fn changed(directory: &Directory, url: &str, after: u64) -> Result<(), Refusal> {
    let mut bell = directory.links.changed.subscribe();
    loop {
        bell.borrow_and_update();
        let revision: Option<i64> = sqlx::query_scalar(
            "SELECT j.revision FROM link_jobs j JOIN sites s ON s.id = j.site WHERE s.url = $1",
        )
        .bind(url)
        .fetch_optional(&mut *directory.store.read().await?)
        .await?;
        if revision.ok_or_else(|| Refusal::not_found("link"))? as u64 > after {
            return Ok(());
        }
        // The bell cannot end while the directory is there.
        let _ = bell.changed().await;
    }
}

/// Whom completing the link was for.
pub async fn users(
    directory: &Directory,
    url: &str,
    query: &LinkedUsersQuery,
) -> Result<Page<LinkedUser>, Refusal> {
    let limit = paging::limit(query.limit)?;
    let after: Option<u32> = paging::after(query.cursor.as_deref())?;
    let mut conn = directory.store.read().await?;
    show(directory, &mut conn, url).await?;
    let site = Linkable::find(&mut conn, url).await?;
    let mut sql = Sql::new(
        "SELECT l.number, u.user_id, u.display_name, u.first_name, u.last_name, l.address, l.outcome
           FROM link_users l JOIN site_users u ON u.site = l.site AND u.number = l.number
          WHERE l.site = ",
    );
    sql.push_bind(site.id).push(" AND l.number > ").push_bind(after.map_or(-1, i64::from));
    if let Some(outcome) = query.outcome {
        sql.push(" AND l.outcome = ").push_bind(outcome.code());
    }
    sql.push(" ORDER BY l.number LIMIT ").push_bind(limit as i64 + 1);
    let rows = sql.build().fetch_all(&mut *conn).await?;
    let users = rows.iter().map(linked_user).collect::<Result<Vec<_>, _>>()?;
    paging::page(users, limit, |user| user.number, |user| user)
}

fn linked_user(row: &SqlRow) -> Result<LinkedUser, Refusal> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let (display, first, last) = (text("display_name")?, text("first_name")?, text("last_name")?);
    let name = match display.trim() {
        "" => format!("{first} {last}").trim().to_owned(),
        _ => display,
    };
    Ok(LinkedUser {
        number: row.try_get("number")?,
        user_id: Untrusted::new(text("user_id")?),
        name: Untrusted::new(name),
        address: Untrusted::new(text("address")?),
        outcome: Outcome::from_code(row.try_get("outcome")?)
            .ok_or_else(|| Refusal::internal(&"a linked user's outcome is unknown"))?,
    })
}
