//! Applying plans, following runs, and closing what a run left open.

use std::time::Duration;

use clap::ValueEnum;

use super::words::{self, RUN};
use super::{ApplyArgs, ResolveArgs, plan};
use crate::api::call::{ApiError, Request};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::plan::{Apply, ApplyPlan, Plan, ShowPlan};
use crate::api::run::{
    CancelRun, ClearDecline, ListRuns, MailsSince, PauseRun, Resolution, Resolve, ResolveRun,
    ResumeRestored, ResumeRestoredRun, ResumeRun, RetryRun, Run, RunsQuery, WatchQuery, WatchRun,
};
use crate::cli::context::{Context, PAGE};
use crate::cli::exit::{Exit, Failure};
use crate::cli::loss::{Loss, Right, Yes, ask_allowed, ask_first};
use crate::cli::output::{Format, note};
use crate::cli::progress::{Counting, Progress};
use crate::cli::standard::signal;
use crate::cli::wizard;
use crate::client::Client;
use crate::domain::number::{count, thousands};
use crate::domain::role::Action;
use crate::domain::run::RunState;
use crate::domain::untrusted::Untrusted;
use crate::tui::notify::Far;

/// What one may tell a run to do.
#[derive(Debug, Clone, Copy)]
pub enum Order {
    /// Stop before the next user.
    Pause,
    /// Go on.
    Resume,
    /// End.
    Cancel,
}

/// How long a long poll waits, in seconds.
const WAIT: u16 = 25;
/// How often in a row a followed run may be out of reach.
const LOST: u32 = 12;
/// How long to wait before asking again.
const LOST_PAUSE: Duration = Duration::from_secs(5);

/// `invite apply`.
pub async fn apply(args: ApplyArgs, cx: &mut Context) -> Result<(), Failure> {
    let client = cx.client()?;
    let body = if args.yes { Apply::default() } else { reviewed(&args.plan, cx, &client).await? };
    let run = one(&client, ApplyPlan::call(args.plan, Nothing, body)).await?;
    if !args.watch {
        return print(&run, cx);
    }
    let again = format!("hublink invite status {} --watch follows it again", run.id);
    note(&format!("The run goes on by itself, also where this command ends: {again}."));
    watch(run, &client, cx).await
}

/// Follows a run; what is left open at its end, or that it paused, is a refusal.
async fn watch(run: Run, client: &Client, cx: &mut Context) -> Result<(), Failure> {
    let run = follow(run, client, cx).await?;
    print(&run, cx)?;
    let open = run.failed + run.unknown + run.not_processed;
    if run.state == RunState::Paused {
        let words = format!(
            "the run is paused with {open} of {} users not done. {} Go on: hublink invite resume {}",
            run.selected,
            words::why_paused(&run),
            run.id
        );
        return Err(Failure::told(Exit::Refused, words).coded("not_done"));
    }
    if open == 0 {
        return Ok(());
    }
    let words = format!("the run ended with {open} of {} users not done", run.selected);
    Err(Failure::told(Exit::Refused, words).coded("not_done"))
}

/// Shows the plan and lets the person type the number of people, as the wizard does.
async fn reviewed(id: &str, cx: &mut Context, client: &Client) -> Result<Apply, Failure> {
    let shown = Untrusted::new(id).shown();
    let otherwise = format!("review the plan with `hublink invite show {shown}`, then use --yes");
    if !cx.person.may_ask() {
        let why = format!("nothing was sent; {otherwise}");
        return Err(Failure::usage(why).coded("nobody_to_ask"));
    }
    let plan = plan::one(client, ShowPlan::call(id.to_owned(), Nothing, Nothing)).await?;
    match cx.out.format() {
        Format::Table => plan::print(&plan, cx)?,
        _ => note(&words::plan(&plan)),
    }
    let question = format!("Type how many are selected ({}) to go on: ", plan.selected);
    let typed = cx.person.line(&question, &otherwise).await?;
    if typed.replace(',', "") != plan.selected.to_string() {
        return Err(Failure::failed("that is not how many are selected; nothing was sent"));
    }
    Ok(Apply { count: Some(plan.selected), digest: Some(plan.digest) })
}

/// Follows a run to its end, or until it pauses, and then until nothing of it is in flight, by long
/// polling; survives a backend that is away for a minute.
/// Where JSON goes out a line at a time, each news is one.
async fn follow(mut run: Run, client: &Client, cx: &mut Context) -> Result<Run, Failure> {
    let mut line = Watched { line: Progress::of(cx).counting(), trouble: false };
    let mut lost = 0;
    let goes_on =
        |run: &Run| run.in_flight > 0 || !(run.state.is_over() || run.state == RunState::Paused);
    let notify = wizard::notify(&cx.settings);
    while goes_on(&run) {
        line.show(&run);
        let open = run.not_processed + run.in_flight;
        signal(&notify.bytes(Far::of(run.selected.saturating_sub(open), run.selected)));
        if cx.out.is_lines() {
            print(&run, cx)?;
        }
        let query = WatchQuery { after: Some(run.revision), wait: Some(WAIT) };
        match one(client, WatchRun::call(run.id.clone(), query, Nothing)).await {
            Ok(news) => (run, lost) = (news, 0),
            Err(Failure::Api(ApiError::Unreachable(_))) if lost < LOST => {
                lost += 1;
                tokio::time::sleep(LOST_PAUSE).await;
            }
            Err(failure) => {
                signal(&notify.bytes(Far::Away));
                return Err(failure);
            }
        }
    }
    line.line.end();
    signal(&notify.bytes(Far::Over));
    Ok(run)
}

/// A followed run on its way, where somebody sees it.
struct Watched {
    line: Counting,
    trouble: bool,
}

impl Watched {
    fn show(&mut self, run: &Run) {
        if let Some(trouble) = run.trouble.as_ref().filter(|_| !self.trouble) {
            self.line.end();
            note(&format!("The run stopped by itself: {}", trouble.shown()));
        }
        self.trouble = run.trouble.is_some();
        let done = run.selected - run.not_processed.min(run.selected);
        self.line.show(done, run.selected, &words::progress(run));
    }
}

/// `invite status RUN`.
pub async fn status(run: String, follows: bool, cx: &mut Context) -> Result<(), Failure> {
    let client = cx.client()?;
    let call = WatchRun::call(run, WatchQuery::default(), Nothing);
    let run = one(&client, call).await?;
    if follows { watch(run, &client, cx).await } else { print(&run, cx) }
}

/// `invite status`.
pub async fn list(site: Option<String>, cx: &mut Context) -> Result<(), Failure> {
    cx.list_pages_as(
        |cursor| {
            let query = RunsQuery { site: site.clone(), cursor, limit: Some(PAGE) };
            ListRuns::call(Nothing, query, Nothing)
        },
        words::as_told,
        RUN,
    )
    .await
}

/// `invite cancel`.
pub async fn cancel(run: String, yes: Yes, cx: &mut Context) -> Result<(), Failure> {
    ask_first(yes, unprocessed(&run, cx), cx).await?;
    order(Order::Cancel, run, cx).await
}

/// What ending a run leaves undone; nothing where it has ended.
async fn unprocessed(id: &str, cx: &Context) -> Result<Option<Loss>, Failure> {
    let call = WatchRun::call(id.to_owned(), WatchQuery::default(), Nothing);
    let run = one(&cx.client()?, call).await?;
    let right = Right::On(run.site.raw(), Action::LinkUsers);
    if run.state.is_over() || !right.is_held(cx).await? {
        return Ok(None);
    }
    let what = format!(
        "Not processed yet: {} of {}; they stay as they are. What was done stays done, and a run \
         that was ended does not go on.",
        thousands(run.not_processed),
        count(run.selected, "user"),
    );
    Ok(Some(Loss { what, question: "End the run?".to_owned() }))
}

/// `invite pause`, `resume`, and ending.
pub async fn order(order: Order, run: String, cx: &mut Context) -> Result<(), Failure> {
    let call = match order {
        Order::Pause => PauseRun::call(run, Nothing, Nothing),
        Order::Resume => ResumeRun::call(run, Nothing, Nothing),
        Order::Cancel => CancelRun::call(run, Nothing, Nothing),
    };
    let run = one(&cx.client()?, call).await?;
    print(&run, cx)
}

/// What is known of the mails of a restored database's run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Since {
    /// Each mail that is left may have been sent: it becomes unknown, and is resolved by its own
    Unknown,
    /// Surely none was sent since: the run goes on
    NotSent,
}

/// `invite resume --after-restore`.
pub async fn resume_restored(run: String, since: Since, cx: &mut Context) -> Result<(), Failure> {
    let mails = match since {
        Since::Unknown => MailsSince::Unknown,
        Since::NotSent => MailsSince::NotSent,
    };
    let call = ResumeRestoredRun::call(run, Nothing, ResumeRestored { mails });
    let run = one(&cx.client()?, call).await?;
    print(&run, cx)
}

/// `invite retry`.
pub async fn retry(run: String, cx: &mut Context) -> Result<(), Failure> {
    let plan: Plan = cx.ask(RetryRun::call(run, Nothing, Nothing)).await?;
    plan::print(&plan, cx)
}

/// `invite resolve`.
pub async fn resolve(args: ResolveArgs, cx: &mut Context) -> Result<(), Failure> {
    let how = if args.known.sent { Resolution::Sent } else { Resolution::Resend };
    let call = ResolveRun::call(args.run, Nothing, Resolve { user: args.user, how });
    let run = one(&cx.client()?, call).await?;
    print(&run, cx)
}

/// `invite clear-decline`.
pub async fn clear_decline(
    org: String,
    address: String,
    yes: Yes,
    cx: &mut Context,
) -> Result<(), Failure> {
    let lost = async {
        let what = format!(
            "{} said no. Once that is cleared, the next plan may send 1 person an e-mail again.",
            Untrusted::new(address.as_str()).shown()
        );
        Ok(Some(Loss { what, question: "Clear it?".to_owned() }))
    };
    ask_allowed(yes, Right::In(&org, Action::LinkUsers), lost, cx).await?;
    cx.ask::<Nothing>(ClearDecline::call((org, address), Nothing, Nothing)).await?;
    note("Cleared; the next plan may invite this person again.");
    Ok(())
}

/// Asks for one run.
pub(super) async fn one(client: &Client, request: Request) -> Result<Run, Failure> {
    Ok(client.ask(&request).await?)
}

fn print(run: &Run, cx: &mut Context) -> Result<(), Failure> {
    cx.out.one_as(&words::as_told(run.clone()), RUN, || words::run(run))
}
