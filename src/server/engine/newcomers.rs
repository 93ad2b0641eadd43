//! Users added to a linked site later: the plan that account linking makes of them (rule U7).
//!
//! Owns when it is made, and that only a plan of at most 25 applies itself. That users are due is
//! durable with the users, so that a crash in between loses no plan; the outcomes are the table's.

mod timers;

pub use timers::timers;

use std::time::Duration;

use jiff::Timestamp;
use sqlx::Row;

use super::plans;
use crate::api::following::{AccountLinkingState, NewcomersPlan};
use crate::api::plan::{Apply, Numbers, Plan};
use crate::api::problem::code;
use crate::domain::account_linking::{APPLIES_ITSELF, AccountLinking};
use crate::domain::untrusted::Untrusted;
use crate::server::Backend;
use crate::server::audit::SYSTEM;
use crate::server::chores::{Looked, Next};
use crate::server::directory::{Resource, SiteFacts};
use crate::server::refusal::Refusal;
use crate::server::store::from_millis;

/// One plan of newcomers is made at a time: two at once would name the same people.
pub type Turn = tokio::sync::Mutex<()>;

/// How often sites are looked at whose plan could not be made.
const AGAIN: Duration = Duration::from_mins(1);

/// Makes up for plans that a crash or a fault left unmade.
pub async fn look(backend: &Backend) -> Looked {
    for url in due(backend).await? {
        after_change(backend, &url).await;
    }
    Ok(Next::within(AGAIN))
}

async fn due(backend: &Backend) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT url FROM sites WHERE newcomers_due = 1 ORDER BY id")
        .fetch_all(&mut *backend.store.read().await?)
        .await
}

/// After users may have been added: plans for them if account linking is on. A fault is logged and
/// made up for later; the users are there all the same.
pub async fn after_change(backend: &Backend, url: &str) -> Option<NewcomersPlan> {
    let made = async {
        let _turn = backend.newcomers.lock().await;
        let is_due: Option<bool> =
            sqlx::query_scalar("SELECT newcomers_due FROM sites WHERE url = $1")
                .bind(url)
                .fetch_optional(&mut *backend.store.read().await?)
                .await?;
        if is_due == Some(true) { make(backend, SYSTEM, url).await } else { Ok(None) }
    };
    match made.await {
        Ok(made) => made,
        Err(refusal) => {
            tracing::error!(code = %refusal.problem.code, url, "no plan of users added later");
            None
        }
    }
}

/// Makes the plan anew, for a human: the last one has expired, or something has changed.
///
/// # Errors
/// `account_linking_off`, or `nobody_added` when there is nobody to plan for.
pub async fn plan(backend: &Backend, actor: &str, url: &str) -> Result<(), Refusal> {
    let _turn = backend.newcomers.lock().await;
    if make(backend, actor, url).await?.is_none() {
        return Err(Refusal::conflict(
            code::NOBODY_ADDED,
            "Everyone added since the setting was changed is linked or was invited.",
            "There is nothing to plan; Link users plans for everybody else.",
        ));
    }
    Ok(())
}

/// A plan of at most 25 is applied at once; that users are due is forgotten last, so that whatever
/// breaks in between, the worst is a second plan of people who are done.
async fn make(backend: &Backend, actor: &str, url: &str) -> Result<Option<NewcomersPlan>, Refusal> {
    let site = backend.directory.site_facts(url).await?;
    let by_itself = actor == SYSTEM;
    if by_itself && site.account_linking == AccountLinking::Off {
        forget_due(backend, &site).await?;
        return Ok(None);
    }
    let numbers = added_later(backend, &site).await?;
    let made = plans::make_of_newcomers(backend, actor, &site, numbers).await?;
    let mut shown = None;
    if let Some(plan) = made {
        note(backend, &site, &plan.id, false).await?;
        // An organization whose trial has expired is read-only (rule T1): its plan waits for review.
        let read_only = backend.directory.read_only_since(Resource::Site(url)).await?.is_some();
        // What sends mails by itself waits for a human while the clock is in doubt.
        let sure = backend.clock.is_sure();
        let applies = by_itself && sure && !read_only && plan.selected <= APPLIES_ITSELF;
        if applies && plans::apply(backend, SYSTEM, &plan.id, &Apply::default()).await.is_ok() {
            note(backend, &site, &plan.id, true).await?;
        }
        shown = newest(backend, &site).await?;
    }
    forget_due(backend, &site).await?;
    Ok(shown)
}

async fn added_later(backend: &Backend, site: &SiteFacts) -> Result<Numbers, Refusal> {
    let first = backend.directory.users_at(site, site.account_linking_since).await?;
    Ok((first..site.users).collect())
}

async fn note(
    backend: &Backend,
    site: &SiteFacts,
    plan: &str,
    applied_itself: bool,
) -> Result<(), Refusal> {
    let mut tx = backend.store.begin().await?;
    sqlx::query(
        "INSERT INTO newcomer_plans (site, plan, applied_itself) VALUES ($1, $2, $3)
         ON CONFLICT (site) DO UPDATE SET plan = excluded.plan,
           applied_itself = excluded.applied_itself",
    )
    .bind(site.id)
    .bind(plan)
    .bind(applied_itself)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Users added since this look stay due: another revision of the roster has come.
async fn forget_due(backend: &Backend, site: &SiteFacts) -> Result<(), Refusal> {
    let mut tx = backend.store.begin().await?;
    sqlx::query("UPDATE sites SET newcomers_due = 0 WHERE id = $1 AND roster_revision = $2")
        .bind(site.id)
        .bind(site.roster_revision.cast_signed())
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

async fn newest(backend: &Backend, site: &SiteFacts) -> Result<Option<NewcomersPlan>, Refusal> {
    let row = sqlx::query("SELECT plan, applied_itself FROM newcomer_plans WHERE site = $1")
        .bind(site.id)
        .fetch_optional(&mut *backend.store.read().await?)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let plan: Plan = plans::show(backend, row.try_get("plan")?).await?;
    Ok(Some(NewcomersPlan {
        id: plan.id,
        state: plan.state,
        selected: plan.selected,
        emails: plan.emails,
        expires_at: plan.expires_at,
        run: plan.run,
        applied_itself: row.try_get("applied_itself")?,
    }))
}

/// How account linking stands on a site.
///
/// # Errors
/// 404 when there is no such site.
pub async fn show(backend: &Backend, url: &str) -> Result<AccountLinkingState, Refusal> {
    let site = backend.directory.site_facts(url).await?;
    let row = sqlx::query("SELECT account_linking_at, account_linking_by FROM sites WHERE id = $1")
        .bind(site.id)
        .fetch_one(&mut *backend.store.read().await?)
        .await?;
    let changed_at: Option<Timestamp> =
        row.try_get::<Option<i64>, _>("account_linking_at")?.map(from_millis);
    let changed_by: Option<String> = row.try_get("account_linking_by")?;
    let (mut added, mut open) = (0, 0);
    if site.account_linking != AccountLinking::Off {
        let numbers = added_later(backend, &site).await?;
        added = numbers.count() as u64;
        open = plans::rest_among(backend, &site, numbers).await?;
    }
    Ok(AccountLinkingState {
        site: Untrusted::new(&site.url),
        organization_name: site
            .organization
            .as_ref()
            .map(|_| Untrusted::new(&site.organization_name)),
        setting: site.account_linking,
        changed_at,
        changed_by: changed_by.map(Untrusted::from),
        added,
        open,
        plan: newest(backend, &site).await?,
    })
}

#[cfg(test)]
mod tests;
