//! Silent links: many users in one transaction (rows 8 and 9).
//!
//! Owns the last check before each link: where the outcome or the address differs from the plan,
//! the user is not processed. Nothing leaves the database, so a crash undoes the batch whole.

use jiff::Timestamp;
use serde_json::json;

use super::driver::{Driver, Step};
use super::rows::{self, Item, RunRow};
use crate::api::plan::write_numbers;
use crate::domain::outcome::{Class, Outcome};
use crate::domain::run::ItemState;
use crate::server::Backend;
use crate::server::audit::{self, Change};
use crate::server::directory::{SiteFacts, UserFacts};
use crate::server::engine::plans::{Terms, ready};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql};

/// Users in one transaction.
const BATCH: i64 = 500;
/// The reason of an item that differs from the plan when its turn comes (rule U5).
pub(super) const CHANGED: &str = "changed";

/// Links the next users of the run; `after` is the last number that was dealt with.
pub(super) async fn link_some(driver: &Driver, after: &mut Option<u32>) -> Result<Step, Refusal> {
    let backend = &driver.backend;
    // Looked for without the writer: among a million mails, finding no link takes a while.
    let any = queued(&mut *backend.store.read().await?, &driver.run.id, *after, 1).await?;
    if any.is_empty() {
        return Ok(Step::Nothing);
    }
    let now = backend.clock.now();
    let mut tx = backend.store.begin().await?;
    if !rows::is_running(&mut tx, &driver.run.id).await? {
        return Ok(Step::Halt);
    }
    let items = queued(&mut tx, &driver.run.id, *after, BATCH).await?;
    let Some(last) = items.last() else { return Ok(Step::Nothing) };
    *after = Some(last.number);
    let site = backend.directory.site_facts(&driver.run.site).await?;
    let checked = check(&driver.backend, &driver.run, &mut tx, &site, &items, now).await?;
    for provisional in [false, true] {
        let numbers = if provisional { &checked.provisional } else { &checked.now };
        backend.directory.link(&mut tx, &site, numbers, provisional, now).await?;
        rows::settle(&mut tx, &driver.run.id, numbers, ItemState::Linked, "", now).await?;
    }
    let changed = &checked.changed;
    rows::settle(&mut tx, &driver.run.id, changed, ItemState::NotProcessed, CHANGED, now).await?;
    rows::touch(&mut tx, &driver.run.id).await?;
    let written = |numbers: &[u32]| write_numbers(&numbers.iter().copied().collect());
    let change = Change {
        at: now,
        actor: &driver.run.started_by,
        action: "users.linked",
        organization: Some(&driver.run.organization),
        site: Some(&driver.run.site),
        subject: &driver.run.id,
        detail: json!({ "linked": written(&checked.now),
                        "provisional": written(&checked.provisional),
                        "changed": written(changed) }),
    };
    audit::record(&mut tx, change).await?;
    tx.commit().await?;
    backend.runs.ring();
    Ok(Step::More)
}

async fn queued(
    conn: &mut Conn,
    run: &str,
    after: Option<u32>,
    limit: i64,
) -> Result<Vec<Item>, Refusal> {
    let mut query =
        Sql::new("SELECT number, address, outcome, attempt FROM run_items WHERE run = ");
    query.push_bind(run).push(" AND state = ").push_bind(ItemState::Queued.code());
    query.push(" AND number > ").push_bind(after.map_or(-1, i64::from));
    rows::push_class(&mut query, Class::Linked);
    query.push(" ORDER BY number LIMIT ").push_bind(limit);
    query.build().fetch_all(conn).await?.iter().map(Item::read).collect()
}

#[derive(Default)]
struct Checked {
    now: Vec<u32>,
    provisional: Vec<u32>,
    changed: Vec<u32>,
}

async fn check(
    backend: &Backend,
    run: &RunRow,
    conn: &mut Conn,
    site: &SiteFacts,
    items: &[Item],
    now: Timestamp,
) -> Result<Checked, Refusal> {
    let mut checked = Checked::default();
    for (item, user) in present(backend, run, conn, site, items, now).await? {
        if user.is_none() {
            checked.changed.push(item.number);
        } else if item.outcome == Outcome::LinkProvisional {
            checked.provisional.push(item.number);
        } else {
            checked.now.push(item.number);
        }
    }
    Ok(checked)
}

/// Each item with its user as of now, or without where outcome or address differ from the plan.
pub(super) async fn present<'a>(
    backend: &Backend,
    run: &RunRow,
    conn: &mut Conn,
    site: &SiteFacts,
    items: &'a [Item],
    now: Timestamp,
) -> Result<Vec<(&'a Item, Option<UserFacts>)>, Refusal> {
    let Ok((organization, method)) = ready(site, run.basis) else {
        return Ok(items.iter().map(|item| (item, None)).collect());
    };
    let (held, basis) = (run.held, run.basis);
    let terms = Terms { site, organization, method, held, basis };
    let numbers: Vec<u32> = items.iter().map(|item| item.number).collect();
    let users = backend.directory.users_among(conn, site, &numbers, now).await?;
    let mut users = users.into_iter().peekable();
    let same = |item: &Item, user: &UserFacts| {
        organization == run.organization
            && terms.outcome(user.facts) == item.outcome
            && user.address == item.address
    };
    Ok(items
        .iter()
        .map(|item| {
            let user = users.next_if(|user| user.number == item.number);
            (item, user.filter(|user| same(item, user)))
        })
        .collect())
}
