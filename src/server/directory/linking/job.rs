//! The link job (rules L7, L8): rows with due times in world time, worked on until they are done.
//!
//! Owns completing, failing and trying again. Every step is a transaction, so that a kill between
//! two loses nothing: users are linked in batches, and the next batch goes on where the last ended.
//! There is no cancelling.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sqlx::Row;

use super::elsewhere::{self, There};
use super::users::{self, BATCH, Home};
use super::{Entry, Linkable, mails, present, record};
use crate::api::linking::LinkJob;
use crate::api::problem::code as problem;
use crate::domain::facts::Fact;
use crate::domain::outcome::Outcome;
use crate::domain::role::{Action, Role};
use crate::domain::site::SiteState;
use crate::domain::site_link::{LinkState, at_completion, retry_at};
use crate::server::audit;
use crate::server::chores::{Looked, Next};
use crate::server::directory::trials::expiry::is_expired;
use crate::server::directory::users::{self as directory, Bond};
use crate::server::directory::{Directory, automatic, confirmed};
use crate::server::directory::{UserFacts, Viewer};
use crate::server::refusal::Refusal;
use crate::server::stop::Stop;
use crate::server::store::{Conn, from_millis, to_millis};

/// The longest pause between two looks at the jobs.
const LOOK: Duration = Duration::from_mins(5);

/// Works on what is due.
pub async fn look(directory: &Directory, stop: &Stop) -> Looked {
    let worked = work(directory, stop).await?;
    Ok(Next::within(worked.pause.unwrap_or(LOOK)).or_at(worked.next))
}

/// When there is more to do.
#[derive(Default)]
pub(super) struct Worked {
    /// In world time.
    next: Option<Timestamp>,
    /// For how long the provider wants to be left alone, in real time.
    pause: Option<Duration>,
}

/// Does all that is due; answers when the next thing is.
pub(super) async fn work(directory: &Directory, stop: &Stop) -> Result<Worked, Refusal> {
    date(directory).await?;
    let mut waits = BTreeMap::new();
    loop {
        let now = directory.clock.now();
        let due: Vec<(String, String)> = sqlx::query_as(
            "SELECT s.url, j.state FROM link_jobs j JOIN sites s ON s.id = j.site
              WHERE (j.state = $1 AND j.due_at <= $3) OR (j.state = $2 AND j.retry_at <= $3)
              ORDER BY coalesce(j.retry_at, j.due_at), j.site",
        )
        .bind(LinkState::Running.code())
        .bind(LinkState::Failed.code())
        .bind(to_millis(now))
        .fetch_all(&mut *directory.store.read().await?)
        .await?;
        let due: Vec<_> = due.into_iter().filter(|(url, _)| !waits.contains_key(url)).collect();
        if due.is_empty() {
            break;
        }
        for (url, state) in due {
            if stop.is_stopping() {
                return Ok(Worked::default());
            }
            if state == LinkState::Failed.code() {
                again(directory, &url, audit::SYSTEM).await?;
                continue;
            }
            match elsewhere::link(directory, stop, &url).await? {
                There::Linked => {}
                There::Over => continue,
                There::Waits(pause) => {
                    waits.insert(url, pause);
                    continue;
                }
            }
            while complete_some(directory, &url).await? == Step::More {
                if stop.is_stopping() {
                    return Ok(Worked::default());
                }
            }
        }
    }
    let next: Option<i64> = sqlx::query_scalar(
        "SELECT min(CASE state WHEN $1 THEN due_at ELSE retry_at END) FROM link_jobs
          WHERE state IN ($1, $2)",
    )
    .bind(LinkState::Running.code())
    .bind(LinkState::Failed.code())
    .fetch_one(&mut *directory.store.read().await?)
    .await?;
    // Whoever waits for the provider alone is due already.
    let next = next.map(from_millis).filter(|_| waits.is_empty());
    Ok(Worked { next, pause: waits.into_values().min() })
}

/// Jobs that a world file brought along have no times yet.
async fn date(directory: &Directory) -> Result<(), Refusal> {
    let undated: Vec<(i64, i64, String)> = sqlx::query_as(
        "SELECT site, started_at, state FROM link_jobs
          WHERE (due_at IS NULL AND state = $1) OR (retry_at IS NULL AND state = $2)",
    )
    .bind(LinkState::Running.code())
    .bind(LinkState::Failed.code())
    .fetch_all(&mut *directory.store.read().await?)
    .await?;
    if undated.is_empty() {
        return Ok(());
    }
    let mut tx = directory.store.begin().await?;
    for (site, started_at, state) in undated {
        let started = from_millis(started_at);
        let due = later(started, directory.links.delay);
        let retry = (state == LinkState::Failed.code()).then(|| to_millis(retry_at(due, 1)));
        sqlx::query("UPDATE link_jobs SET due_at = $2, retry_at = $3 WHERE site = $1")
            .bind(site)
            .bind(to_millis(due))
            .bind(retry)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    directory.links.ring();
    Ok(())
}

/// A job whose time has come.
pub(super) struct Due {
    pub organization: String,
    next_number: u32,
    failures: u32,
    made: bool,
    pub by: String,
    /// Under which it was asked of the provider.
    pub intent: Option<String>,
    /// It is linked there.
    pub there: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    More,
    Over,
}

/// One transaction of completing a site that is linked there: a batch of users, or the end.
pub(super) async fn complete_some(directory: &Directory, url: &str) -> Result<Step, Refusal> {
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    let site = Linkable::find(&mut tx, url).await?;
    let Some(due) = load(&mut tx, site.id, now).await? else { return Ok(Step::Over) };
    let found = link_some(&mut tx, &site, &due, now).await?;
    let over = found < BATCH;
    if over {
        finish(&mut tx, &site, &due, now).await?;
    }
    tx.commit().await?;
    directory.links.ring();
    if over {
        directory.post.ring();
        directory.automatic_changed.notify_one();
        directory.confirmed.notify_one();
    }
    Ok(if over { Step::Over } else { Step::More })
}

pub(super) async fn load(
    conn: &mut Conn,
    site: i64,
    now: Timestamp,
) -> Result<Option<Due>, Refusal> {
    let row = sqlx::query(
        "SELECT j.organization, j.next_number, j.failures, j.intent, j.there,
                l.made_organization, l.agreed_by
           FROM link_jobs j JOIN site_links l ON l.site = j.site
          WHERE j.site = $1 AND j.state = $2 AND j.due_at <= $3",
    )
    .bind(site)
    .bind(LinkState::Running.code())
    .bind(to_millis(now))
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Due {
        organization: row.try_get("organization")?,
        next_number: row.try_get("next_number")?,
        failures: row.try_get("failures")?,
        made: row.try_get("made_organization")?,
        by: row.try_get("agreed_by")?,
        intent: row.try_get("intent")?,
        there: row.try_get("there")? || row.try_get::<i64, _>("next_number")? > 0,
    }))
}

/// What keeps the link from completing now; `None` when nothing does.
pub(super) async fn trouble(
    conn: &mut Conn,
    site: &Linkable,
    due: &Due,
    now: Timestamp,
) -> Result<Option<String>, Refusal> {
    let spared = sqlx::query(
        "UPDATE sites SET link_fails = link_fails - 1 WHERE id = $1 AND link_fails > 0",
    )
    .bind(site.id)
    .execute(&mut *conn)
    .await?;
    if spared.rows_affected() > 0 {
        return Ok(Some("The site's own service did not answer in time.".to_owned()));
    }
    if !site.may_link {
        let csm = super::contact(&site.csm);
        return Ok(Some(format!("The site may not be linked any more; ask {csm}.")));
    }
    if is_expired(conn, &due.organization, now).await? {
        return Ok(Some("The organization's trial has expired; extend it.".to_owned()));
    }
    Ok(None)
}

pub(super) async fn fail(
    conn: &mut Conn,
    site: &Linkable,
    due: &Due,
    reason: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    let failures = due.failures + 1;
    let retry = retry_at(now, failures);
    sqlx::query(
        "UPDATE link_jobs SET state = $2, failures = $3, reason = $4, retry_at = $5,
           intent = NULL, revision = revision + 1 WHERE site = $1",
    )
    .bind(site.id)
    .bind(LinkState::Failed.code())
    .bind(failures)
    .bind(reason)
    .bind(to_millis(retry))
    .execute(&mut *conn)
    .await?;
    set_state(conn, site.id, SiteState::LinkFailed).await?;
    let entry = Entry {
        action: "site.link_failed",
        actor: audit::SYSTEM,
        organization: Some(&due.organization),
        url: &site.url,
        detail: json!({ "reason": reason, "failures": failures, "retry_at": retry }),
        now,
    };
    Ok(record(conn, entry).await?)
}

/// Rule L8 for the next users; answers how many were looked at.
async fn link_some(
    conn: &mut Conn,
    site: &Linkable,
    due: &Due,
    now: Timestamp,
) -> Result<usize, Refusal> {
    let home = Home::Existing(&due.organization);
    let facts = users::seen_from(site, &home);
    let found = users::next(conn, &facts, &home, due.next_number, now).await?;
    let mut linked = Vec::new();
    for user in &found {
        let Some(outcome) = at_completion(user.facts) else { continue };
        if outcome == Outcome::LinkNow {
            linked.push(user.number);
        }
        note(conn, site.id, user, outcome).await?;
    }
    directory::link(conn, &facts, &linked, Bond::Identity, now).await?;
    if let Some(last) = found.last() {
        sqlx::query(
            "UPDATE link_jobs SET next_number = $2, revision = revision + 1 WHERE site = $1",
        )
        .bind(site.id)
        .bind(last.number + 1)
        .execute(&mut *conn)
        .await?;
    }
    Ok(found.len())
}

async fn note(
    conn: &mut Conn,
    site: i64,
    user: &UserFacts,
    outcome: Outcome,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO link_users (site, number, address, outcome, known) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING",
    )
    .bind(site)
    .bind(user.number)
    .bind(&user.address)
    .bind(outcome.code())
    .bind(user.facts.has(Fact::Identity))
    .execute(conn)
    .await?;
    Ok(())
}

/// The site is linked; the full admins of an organization that was there before are told.
async fn finish(
    conn: &mut Conn,
    site: &Linkable,
    due: &Due,
    now: Timestamp,
) -> Result<(), Refusal> {
    sqlx::query(
        "UPDATE link_jobs SET state = $2, ended_at = $3, reason = '', retry_at = NULL,
           revision = revision + 1 WHERE site = $1",
    )
    .bind(site.id)
    .bind(LinkState::Done.code())
    .bind(to_millis(now))
    .execute(&mut *conn)
    .await?;
    sqlx::query("UPDATE sites SET state = $2, linked_at = $3 WHERE id = $1")
        .bind(site.id)
        .bind(SiteState::Enrolled.code())
        .bind(to_millis(now))
        .execute(&mut *conn)
        .await?;
    confirmed::look_again(conn, site.id, &due.organization, now).await?;
    // Rule L11: what a site that links by itself becomes.
    automatic::on_linked(conn, site.id, now).await?;
    if !due.made {
        mails::tell_full_admins(conn, site.id, &due.organization).await?;
    }
    let (linked, reported): (i64, i64) = sqlx::query_as(
        "SELECT count(CASE outcome WHEN $2 THEN 1 END), count(CASE outcome WHEN $2 THEN NULL ELSE 1 END)
           FROM link_users WHERE site = $1",
    )
    .bind(site.id)
    .bind(Outcome::LinkNow.code())
    .fetch_one(&mut *conn)
    .await?;
    let entry = Entry {
        action: "site.linked",
        actor: audit::SYSTEM,
        organization: Some(&due.organization),
        url: &site.url,
        detail: json!({ "agreed_by": due.by, "users_linked": linked, "users_reported": reported }),
        now,
    };
    Ok(record(conn, entry).await?)
}

/// Tries a failed job again, now: for a site admin who is full admin of the same organization.
pub async fn retry(directory: &Directory, viewer: &Viewer, url: &str) -> Result<LinkJob, Refusal> {
    {
        let mut conn = directory.store.read().await?;
        let site = Linkable::find(&mut conn, url).await?;
        let job = present::show(directory, &mut conn, url).await?;
        let roles = crate::server::directory::roles::in_organization(
            &mut conn,
            &viewer.email,
            &job.organization,
        )
        .await?;
        if !roles.contains(&Role::FullAdmin) {
            return Err(Refusal::not_allowed(Action::LinkUsers));
        }
        site.must_may_link()?;
    }
    if !again(directory, url, &viewer.email).await? {
        return Err(Refusal::conflict(
            problem::LINK_STATE,
            "The link is under way or done: there is nothing to try again.",
            "Watch the job; only one that failed is tried again.",
        ));
    }
    present::show(directory, &mut *directory.store.read().await?, url).await
}

/// Puts a failed job under way again; false where it has not failed (any more).
async fn again(directory: &Directory, url: &str, actor: &str) -> Result<bool, Refusal> {
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    let site = Linkable::find(&mut tx, url).await?;
    let moved = sqlx::query(
        "UPDATE link_jobs SET state = $2, started_at = $3, due_at = $4, retry_at = NULL,
           revision = revision + 1 WHERE site = $1 AND state = $5",
    )
    .bind(site.id)
    .bind(LinkState::Running.code())
    .bind(to_millis(now))
    .bind(to_millis(later(now, directory.links.delay)))
    .bind(LinkState::Failed.code())
    .execute(&mut *tx)
    .await?;
    if moved.rows_affected() == 0 {
        return Ok(false);
    }
    set_state(&mut tx, site.id, SiteState::Linking).await?;
    let entry = Entry {
        action: "site.link_retried",
        actor,
        organization: site.organization.as_deref(),
        url,
        detail: json!({}),
        now,
    };
    record(&mut tx, entry).await?;
    tx.commit().await?;
    directory.links.jobs.notify_one();
    directory.links.ring();
    Ok(true)
}

async fn set_state(conn: &mut Conn, site: i64, state: SiteState) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE sites SET state = $2 WHERE id = $1")
        .bind(site)
        .bind(state.code())
        .execute(conn)
        .await?;
    Ok(())
}

pub(super) fn later(from: Timestamp, by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    from.checked_add(by).unwrap_or(Timestamp::MAX)
}
