//! Applying a plan, exactly once (rule U5, promise I6).
//!
//! Owns the one transaction that checks a plan against the present and makes its run. Whatever
//! differs refuses the whole; whoever races, `runs.plan` is unique and the writer is one. Many users
//! are looked at before it, while others write: it only sees to it that nothing has changed since.

use std::fmt::Write as _;
use std::sync::LazyLock;

use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;

use super::present::{CHUNK, FEW, Present};
use super::read::{Stored, frozen, load};
use super::{Terms, ready};
use crate::api::plan::{Apply, Difference, Plan, PlanState};
use crate::api::problem::code;
use crate::domain::outcome::Outcome;
use crate::domain::run::{ItemState, RunState};
use crate::domain::untrusted::Untrusted;
use crate::server::Backend;
use crate::server::audit::Change;
use crate::server::directory::{SiteFacts, UserFacts};
use crate::server::engine::provided;
use crate::server::engine::runs::none_is_held;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, new_id, rehearsal, to_millis};

/// Plans of more users than this are looked at before the writer's turn is taken.
const LOOKED_AT: u64 = if cfg!(test) { 1 } else { FEW as u64 };
/// How many differences a refusal lists.
const SHOWN: usize = 1_000;

/// Applies a plan and answers the id of its run.
///
/// # Errors
/// `plan_applied` with its run, `plan_expired`, `count_mismatch`, `plan_stale` with the
/// differences; nothing is changed then.
pub async fn apply(
    backend: &Backend,
    actor: &str,
    id: &str,
    asked: &Apply,
) -> Result<String, Refusal> {
    let seen = look(backend, id, asked).await?;
    let mut tx = backend.store.begin().await?;
    let now = backend.clock.now();
    let plan = load(&mut tx, id, now).await?;
    usable(backend, &plan, asked)?;
    none_is_held(&mut tx, &plan.organization).await?;
    let site = backend.directory.site_facts(plan.site.raw()).await?;
    same_base(&plan, &site)?;
    let differences = match seen {
        Some(seen) if seen.stamp == backend.directory.roster_stamp(&mut tx, &site).await? => {
            seen.differences
        }
        _ => compare(backend, &mut tx, &plan, &site, now).await?,
    };
    if !differences.is_empty() {
        return Err(stale("Some of its people would fare differently now.", differences));
    }
    let run = insert_run(&mut tx, actor, &plan, &site, now).await?;
    Change::by(now, actor, "plan.applied")
        .of(&plan.organization)
        .site(&site.url)
        .about(id)
        .detail(json!({ "run": run, "selected": plan.selected, "emails": plan.emails,
                        "digest": plan.digest }))
        .record(&mut tx)
        .await?;
    tx.commit().await?;
    backend.runs.ring();
    Ok(run)
}

/// What was seen of a plan's users, and what it hangs on.
struct Seen {
    stamp: String,
    differences: Vec<Difference>,
}

/// Compares a plan of many with the present while others may write; nothing for a plan of a few.
async fn look(backend: &Backend, id: &str, asked: &Apply) -> Result<Option<Seen>, Refusal> {
    rehearsal::enough()?;
    let now = backend.clock.now();
    let mut conn = backend.store.read().await?;
    let plan = load(&mut conn, id, now).await?;
    if plan.selected <= LOOKED_AT {
        return Ok(None);
    }
    usable(backend, &plan, asked)?;
    let site = backend.directory.site_facts(plan.site.raw()).await?;
    same_base(&plan, &site)?;
    let stamp = backend.directory.roster_stamp(&mut conn, &site).await?;
    let differences = compare(backend, &mut conn, &plan, &site, now).await?;
    Ok(Some(Seen { stamp, differences }))
}

/// Used, expired, or not what the operator reviewed.
fn usable(backend: &Backend, plan: &Plan, asked: &Apply) -> Result<(), Refusal> {
    match plan.state {
        PlanState::Ready => {}
        PlanState::Applied => {
            let mut refusal = Refusal::conflict(
                code::PLAN_APPLIED,
                "This plan was applied already; a plan is applied once.",
                "Look at its run, or make a new plan.",
            );
            refusal.problem.run.clone_from(&plan.run);
            return Err(refusal);
        }
        PlanState::Expired => {
            return Err(Refusal::conflict(
                code::PLAN_EXPIRED,
                format!("This plan could be applied until {}.", plan.expires_at),
                "Make a new plan and review it.",
            ));
        }
    }
    if asked.count.is_some_and(|count| count != plan.selected) {
        let detail = format!("The plan names {} people.", plan.selected);
        let remedy = "Review the plan and type how many are selected.";
        return Err(Refusal::conflict(code::COUNT_MISMATCH, detail, remedy).at("count"));
    }
    if asked.digest.as_ref().is_some_and(|digest| *digest != plan.digest) {
        return Err(stale("The plan that was reviewed is not this one.", Vec::new()).at("digest"));
    }
    if plan.second_invitations > 0
        && let Some(doubt) = backend.clock.doubt()
    {
        return Err(Refusal::conflict(
            code::CLOCK_IN_DOUBT,
            format!(
                "{} of these users would get a second invitation because the time of their first is \
                 over, and that is not certain. {}",
                plan.second_invitations,
                doubt.reason()
            ),
            "Wait, have a backend admin accept the clock, or plan without them.",
        ));
    }
    provided::can_apply(backend, plan)
}

/// The base of the plan: the same organization and method. A site's organization never changes
/// (rule L6); its method may.
fn same_base(plan: &Plan, site: &SiteFacts) -> Result<(), Refusal> {
    let (organization, method) = ready(site, plan.basis)?;
    if organization != plan.organization || method != plan.method {
        return Err(stale("The site's linking method is not the plan's any more.", Vec::new()));
    }
    Ok(())
}

fn stale(detail: &str, differences: Vec<Difference>) -> Refusal {
    Refusal::conflict(
        code::PLAN_STALE,
        format!("{detail} Nothing was sent."),
        "Make a new plan and review it.",
    )
    .with_differences(differences)
}

/// Every user of the plan as of now, against what was frozen; a changed address differs too.
async fn compare(
    backend: &Backend,
    conn: &mut Conn,
    plan: &Plan,
    site: &SiteFacts,
    now: Timestamp,
) -> Result<Vec<Difference>, Refusal> {
    let (organization, method) = ready(site, plan.basis)?;
    let terms = Terms { site, organization, method, held: plan.held, basis: plan.basis };
    let mut present = Present::of(backend, site, plan.selected as usize, now);
    let mut differences = Vec::new();
    let mut after = None;
    loop {
        let rows = frozen(conn, &plan.id, after, CHUNK).await?;
        let Some(last) = rows.last() else { return Ok(differences) };
        after = Some(last.number);
        let numbers: Vec<u32> = rows.iter().map(|row| row.number).collect();
        let users = present.pick(backend, conn, site, &numbers, now).await?;
        if users.len() != rows.len() {
            return Err(Refusal::internal(&"a user of the plan is not in the roster"));
        }
        let different =
            rows.iter().zip(&users).filter_map(|(row, user)| differs(&terms, row, user));
        differences.extend(different.take(SHOWN - differences.len()));
        if differences.len() == SHOWN {
            return Ok(differences);
        }
    }
}

fn differs(terms: &Terms<'_>, row: &Stored, user: &UserFacts) -> Option<Difference> {
    let now = terms.outcome(user.facts);
    let same = user.number == row.number && now == row.outcome && user.address == row.address;
    (!same).then(|| Difference {
        user_id: Untrusted::new(&user.user_id),
        address: Untrusted::new(&user.address),
        planned: row.outcome,
        now,
    })
}

async fn insert_run(
    conn: &mut Conn,
    actor: &str,
    plan: &Plan,
    site: &SiteFacts,
    now: Timestamp,
) -> Result<String, Refusal> {
    let run = new_id("run");
    sqlx::query(
        "INSERT INTO runs (id, plan, site, organization, state, started_at, started_by, applied_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&run)
    .bind(&plan.id)
    .bind(site.id)
    .bind(&plan.organization)
    .bind(RunState::Queued.code())
    .bind(to_millis(now))
    .bind(actor)
    .bind(to_millis(Timestamp::now()))
    .execute(&mut *conn)
    .await?;
    sqlx::query(sqlx::AssertSqlSafe(ITEMS.as_str()))
        .bind(&run)
        .bind(to_millis(now))
        .bind(&plan.id)
        .execute(&mut *conn)
        .await?;
    let mut count = Sql::new("SELECT COUNT(*) AS people FROM run_items WHERE run = ");
    let row = count.push_bind(&run).build().fetch_one(conn).await?;
    if row.try_get::<i64, _>("people")? as u64 != plan.selected {
        return Err(Refusal::internal(&"the run does not have the plan's number of people"));
    }
    Ok(run)
}

/// One statement makes all items, in order of number; the outcome tells the state in which each
/// begins.
pub(super) static ITEMS: LazyLock<String> = LazyLock::new(|| {
    let begins = Outcome::ALL.iter().fold(String::new(), |mut text, outcome| {
        let state = ItemState::initial(*outcome).code();
        let _ = write!(text, " WHEN '{}' THEN '{state}'", outcome.code());
        text
    });
    format!(
        "INSERT INTO run_items (run, number, address, outcome, state, updated_at)
         SELECT $1, number, address, outcome, CASE outcome{begins} END, $2
           FROM plan_items WHERE plan = $3 ORDER BY number"
    )
});
