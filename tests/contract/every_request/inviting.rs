//! Plans and runs, each request once, on a run that leaves mails taken, lost and put off.

use hublink::api::call::{PlanCall, Reply, Request, RunCall};
use hublink::api::plan::{Apply, Held, NewPlan, Plan, PlanItemsQuery, Selection};
use hublink::api::run::{
    MailsSince, Resolution, Resolve, ResumeRestored, Run, RunItemsQuery, RunsQuery, WatchQuery,
};
use hublink::domain::run::{ItemState, RunState};

use crate::world::{FAY, SITE, World};

pub async fn inviting(world: &World) {
    let run = inviting_until_all_is_open(world).await;
    order(world, RunCall::Pause(run.id.clone())).await;
    order(world, RunCall::Resume(run.id.clone())).await;
    // Its database was not restored: the request arrives, and is refused by the rule.
    let restored = ResumeRestored { mails: MailsSince::NotSent };
    let restored = Request::Run(RunCall::ResumeRestored(run.id.clone(), restored));
    let refused = world.refused(FAY, restored).await;
    assert_eq!(refused.code(), "run_state");
    world.note("resume restored");
    let mut paused = order(world, RunCall::Pause(run.id.clone())).await;
    assert_eq!(paused.state, RunState::Paused);
    // Resuming may have begun with the mail that is put off; that one cannot be recalled.
    while paused.in_flight > 0 {
        paused = watched(world, &paused).await;
    }
    let over = order(world, RunCall::Cancel(run.id.clone())).await;
    assert_eq!((over.state, over.not_processed), (RunState::Cancelled, 1));
    let items = RunItemsQuery { state: Some(ItemState::Unknown), ..RunItemsQuery::default() };
    let items = Request::Run(RunCall::Items(run.id.clone(), items));
    let Reply::RunItems(page) = world.ask(FAY, items).await else { panic!() };
    assert_eq!(page.items[0].user_id.raw(), "u2");
    assert!(page.items[0].message_id.is_some());
    let resolve = Resolve { user: "u2".into(), how: Resolution::Sent };
    let resolved = order(world, RunCall::Resolve(run.id.clone(), resolve)).await;
    assert_eq!((resolved.unknown, resolved.emailed), (0, 4));
    let retry = Request::Run(RunCall::Retry(run.id.clone()));
    let Reply::Plan(plan) = world.ask(FAY, retry).await else { panic!() };
    assert_eq!(plan.selected, 1);
    world.ask(FAY, Request::Run(RunCall::List(RunsQuery::default()))).await;
    let clear = RunCall::ClearDecline("acme".into(), "dee@oldcorp.example".into());
    world.ask(FAY, Request::Run(clear)).await;
}

/// A plan, applied, until one mail is taken, one is lost and one is put off.
async fn inviting_until_all_is_open(world: &World) -> Run {
    let plan = |call| async { expect_plan(world.ask(FAY, Request::Plan(call)).await) };
    let body = NewPlan { selection: Selection::All {}, held: Held::Hold };
    let made = plan(PlanCall::Make(SITE.into(), body)).await;
    assert_eq!((made.selected, made.emails), (8, 5), "{made:?}");
    assert_eq!(plan(PlanCall::Show(made.id.clone())).await, made);
    let items = Request::Plan(PlanCall::Items(made.id.clone(), PlanItemsQuery::default()));
    let Reply::PlanItems(page) = world.ask(FAY, items).await else { panic!() };
    assert_eq!(page.items.len(), 8);
    let apply = Apply { count: Some(made.selected), digest: Some(made.digest) };
    let apply = Request::Plan(PlanCall::Apply(made.id, apply));
    let Reply::Run(mut run) = world.ask(FAY, apply).await else { panic!() };
    while run.emailed < 3 || run.unknown != 1 || run.in_flight > 0 {
        *run = watched(world, &run).await;
    }
    *run
}

/// The run once it has changed.
async fn watched(world: &World, run: &Run) -> Run {
    let query = WatchQuery { after: Some(run.revision), wait: Some(20) };
    order(world, RunCall::Watch(run.id.clone(), query)).await
}

async fn order(world: &World, call: RunCall) -> Run {
    match world.ask(FAY, Request::Run(call)).await {
        Reply::Run(run) => *run,
        other => panic!("{other:?}"),
    }
}

pub fn expect_plan(reply: Reply) -> Plan {
    match reply {
        Reply::Plan(plan) => *plan,
        other => panic!("{other:?}"),
    }
}
