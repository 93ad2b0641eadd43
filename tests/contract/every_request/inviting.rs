//! Plans and runs, each request once, on a run that leaves mails taken, lost and put off.

use hublink::api::call::{Reply, Request};
use hublink::api::endpoint::{Endpoint as _, Nothing};
use hublink::api::page::Page;
use hublink::api::plan::{
    Apply, ApplyPlan, Held, ListPlanItems, MakePlan, NewPlan, Plan, PlanItem, PlanItemsQuery,
    Selection, ShowPlan,
};
use hublink::api::run::{
    CancelRun, ClearDecline, ListRunItems, ListRuns, MailsSince, PauseRun, Resolution, Resolve,
    ResolveRun, ResumeRestored, ResumeRestoredRun, ResumeRun, RetryRun, Run, RunItem,
    RunItemsQuery, RunsQuery, WatchQuery, WatchRun,
};
use hublink::domain::run::{ItemState, RunState};

use crate::world::{FAY, SITE, World};

pub async fn inviting(world: &World) {
    let run = inviting_until_all_is_open(world).await;
    order(world, PauseRun::call(run.id.clone(), Nothing, Nothing)).await;
    order(world, ResumeRun::call(run.id.clone(), Nothing, Nothing)).await;
    // Its database was not restored: the request arrives, and is refused by the rule.
    let restored = ResumeRestored { mails: MailsSince::NotSent };
    let restored = ResumeRestoredRun::call(run.id.clone(), Nothing, restored);
    let refused = world.refused(FAY, restored).await;
    assert_eq!(refused.code(), "run_state");
    world.note(ResumeRestoredRun::ROUTE.id);
    let mut paused = order(world, PauseRun::call(run.id.clone(), Nothing, Nothing)).await;
    assert_eq!(paused.state, RunState::Paused);
    // Resuming may have begun with the mail that is put off; that one cannot be recalled.
    while paused.in_flight > 0 {
        paused = watched(world, &paused).await;
    }
    let over = order(world, CancelRun::call(run.id.clone(), Nothing, Nothing)).await;
    assert_eq!((over.state, over.not_processed), (RunState::Cancelled, 1));
    let items = RunItemsQuery { state: Some(ItemState::Unknown), ..RunItemsQuery::default() };
    let items = ListRunItems::call(run.id.clone(), items, Nothing);
    let page: Page<RunItem> = world.ask(FAY, items).await.take().unwrap();
    assert_eq!(page.items[0].user_id.raw(), "u2");
    assert!(page.items[0].message_id.is_some());
    let resolve = Resolve { user: "u2".into(), how: Resolution::Sent };
    let resolved = order(world, ResolveRun::call(run.id.clone(), Nothing, resolve)).await;
    assert_eq!((resolved.unknown, resolved.emailed), (0, 4));
    let retry = RetryRun::call(run.id.clone(), Nothing, Nothing);
    let plan: Plan = world.ask(FAY, retry).await.take().unwrap();
    assert_eq!(plan.selected, 1);
    world.ask(FAY, ListRuns::call(Nothing, RunsQuery::default(), Nothing)).await;
    let clear = ClearDecline::call(("acme".into(), "dee@oldcorp.example".into()), Nothing, Nothing);
    world.ask(FAY, clear).await;
}

/// A plan, applied, until one mail is taken, one is lost and one is put off.
async fn inviting_until_all_is_open(world: &World) -> Run {
    let plan = |call| async { expect_plan(world.ask(FAY, call).await) };
    let body = NewPlan { selection: Selection::All {}, held: Held::Hold };
    let made = plan(MakePlan::call(SITE.into(), Nothing, body)).await;
    assert_eq!((made.selected, made.emails), (8, 5), "{made:?}");
    assert_eq!(plan(ShowPlan::call(made.id.clone(), Nothing, Nothing)).await, made);
    let items = ListPlanItems::call(made.id.clone(), PlanItemsQuery::default(), Nothing);
    let page: Page<PlanItem> = world.ask(FAY, items).await.take().unwrap();
    assert_eq!(page.items.len(), 8);
    let apply = Apply { count: Some(made.selected), digest: Some(made.digest) };
    let apply = ApplyPlan::call(made.id, Nothing, apply);
    let mut run: Run = world.ask(FAY, apply).await.take().unwrap();
    while run.emailed < 3 || run.unknown != 1 || run.in_flight > 0 {
        run = watched(world, &run).await;
    }
    run
}

/// The run once it has changed.
async fn watched(world: &World, run: &Run) -> Run {
    let query = WatchQuery { after: Some(run.revision), wait: Some(20) };
    order(world, WatchRun::call(run.id.clone(), query, Nothing)).await
}

async fn order(world: &World, call: Request) -> Run {
    world.ask(FAY, call).await.take().unwrap()
}

pub fn expect_plan(reply: Reply) -> Plan {
    reply.take().unwrap()
}
