//! Runs: the execution of one plan, watched by long polling (rule U5).

use crate::api::endpoint::{About, Endpoint, Nothing};
use crate::api::page::Page;
use crate::api::plan::Plan;
use crate::api::problem::code;
use crate::api::route::{On, Route};
use crate::domain::role::Action;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::domain::outcome::Outcome;
use crate::domain::run::{ItemState, RunState};
use crate::domain::untrusted::Untrusted;

/// A run. Its eight tallies add up to `selected` at any moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Run {
    /// Its id.
    pub id: String,
    /// The plan it executes.
    pub plan: String,
    /// The site.
    pub site: Untrusted,
    /// The organization.
    pub organization: String,
    /// Where it stands.
    pub state: RunState,
    /// How many users the plan names.
    pub selected: u64,
    /// Linked silently.
    pub linked: u64,
    /// Of `linked`: who has no licence now, for linking gives none (rule U8). Counted once the run
    /// is over.
    #[serde(default)]
    pub without_licence: u64,
    /// E-mailed: the mail server took the mail.
    pub emailed: u64,
    /// Skipped, by the plan.
    pub skipped: u64,
    /// Held, by the plan.
    pub held: u64,
    /// Blocked, by the plan.
    pub blocked: u64,
    /// Failed for good; surely not sent.
    pub failed: u64,
    /// May have been sent; mails in flight count here.
    pub unknown: u64,
    /// Not processed (yet).
    pub not_processed: u64,
    /// Of `unknown`: mails in flight right now, which cannot be recalled.
    pub in_flight: u64,
    /// Why it is paused by itself, if it is; of a run that goes on, why it is slow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<Untrusted>,
    /// When it was applied (world clock).
    pub started_at: Timestamp,
    /// Who applied it.
    pub started_by: Untrusted,
    /// When it ended (world clock).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Grows with every change; wait for the next one with `?after=REVISION&wait=25`.
    pub revision: u64,
}

/// Query of `GET /v1/runs/{id}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WatchQuery {
    /// Answer only when the revision is greater than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// Wait so many seconds at the most, 0 to 60; then answer with what there is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(minimum = 0, maximum = 60)]
    pub wait: Option<u16>,
}

/// Query of `GET /v1/runs`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RunsQuery {
    /// Only this site's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// The `next` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// How many at the most, 1 to 500.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u16>,
}

/// Query of `GET /v1/runs/{id}/items`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RunItemsQuery {
    /// Only items in this state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<ItemState>,
    /// The `next` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// How many at the most, 1 to 500.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u16>,
}

/// One user of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RunItem {
    /// The user's number in the roster.
    pub number: u32,
    /// `UserID`.
    pub user_id: Untrusted,
    /// The name.
    pub name: Untrusted,
    /// The address.
    pub address: Untrusted,
    /// What the plan said.
    pub outcome: Outcome,
    /// Where it stands.
    pub state: ItemState,
    /// Why, such as `changed` or the mail server's words.
    pub reason: Untrusted,
    /// The mail's Message-ID, to look up in the relay's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<Untrusted>,
    /// When it last changed (world clock).
    pub at: Timestamp,
}

/// Body of `POST /v1/runs/{id}/resume-restored`: a human's word on a run of a restored database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResumeRestored {
    /// What is known of the run's mails since the copy was made.
    pub mails: MailsSince,
}

/// What a human knows of the mails since a copy of the database was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailsSince {
    /// They may have been sent: each one that is left becomes `unknown`.
    Unknown,
    /// Surely none was sent: the run goes on.
    NotSent,
}

/// Body of `POST /v1/runs/{id}/resolve`: a human's word on an `unknown`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Resolve {
    /// `UserID` of the item.
    pub user: String,
    /// What is known.
    pub how: Resolution,
}

/// What a human knows of a mail that may have been sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MailResolution)]
pub enum Resolution {
    /// It was sent: the relay's log says so.
    Sent,
    /// Send it again, knowing that it may be a second one.
    Resend,
}

/// Its endpoints.
pub(super) const ENDPOINTS: &[&About] = &[
    ListRuns::ABOUT,
    WatchRun::ABOUT,
    ListRunItems::ABOUT,
    PauseRun::ABOUT,
    ResumeRun::ABOUT,
    ResumeRestoredRun::ABOUT,
    CancelRun::ABOUT,
    RetryRun::ABOUT,
    ResolveRun::ABOUT,
    ClearDecline::ABOUT,
];

/// The runs one may see, newest first.
#[derive(Debug, ToSchema)]
pub struct ListRuns;

impl Endpoint for ListRuns {
    const ROUTE: Route = Route::get("list_runs", "/v1/runs").tag("Runs");
    type Path = Nothing;
    type Query = RunsQuery;
    type Body = Nothing;
    type Answer = Page<Run>;
}

/// One run, at once; or, with `after` and `wait`, when it changes.
#[derive(Debug, ToSchema)]
pub struct WatchRun;

impl Endpoint for WatchRun {
    const ROUTE: Route =
        Route::get("watch_run", "/v1/runs/{id}").tag("Runs").may(Action::SeeUsers, On::Run).waits();
    type Path = String;
    type Query = WatchQuery;
    type Body = Nothing;
    type Answer = Run;
}

/// A run's users, in order of number.
#[derive(Debug, ToSchema)]
pub struct ListRunItems;

impl Endpoint for ListRunItems {
    const ROUTE: Route = Route::get("list_run_items", "/v1/runs/{id}/items")
        .tag("Runs")
        .may(Action::SeeUsers, On::Run);
    type Path = String;
    type Query = RunItemsQuery;
    type Body = Nothing;
    type Answer = Page<RunItem>;
}

/// Pause a run before its next mail; mails in flight cannot be recalled.
#[derive(Debug, ToSchema)]
pub struct PauseRun;

impl Endpoint for PauseRun {
    const ROUTE: Route = Route::post("pause_run", "/v1/runs/{id}/pause")
        .tag("Runs")
        .may(Action::LinkUsers, On::Run)
        .refuses(&[code::RUN_STATE]);
    type Path = String;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Run;
}

/// Resume a paused run.
#[derive(Debug, ToSchema)]
pub struct ResumeRun;

impl Endpoint for ResumeRun {
    const ROUTE: Route = Route::post("resume_run", "/v1/runs/{id}/resume")
        .tag("Runs")
        .may(Action::LinkUsers, On::Run)
        .refuses(&[code::RUN_STATE]);
    type Path = String;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Run;
}

/// Go on with a run of a database that was restored, with a word on which mails to trust.
#[derive(Debug, ToSchema)]
pub struct ResumeRestoredRun;

impl Endpoint for ResumeRestoredRun {
    const ROUTE: Route = Route::post("resume_restored_run", "/v1/runs/{id}/resume-restored")
        .tag("Runs")
        .may(Action::LinkUsers, On::Run)
        .refuses(&[code::RUN_STATE])
        .long();
    type Path = String;
    type Query = Nothing;
    type Body = ResumeRestored;
    type Answer = Run;
}

/// Cancel a run; what is left is not processed.
#[derive(Debug, ToSchema)]
pub struct CancelRun;

impl Endpoint for CancelRun {
    const ROUTE: Route = Route::post("cancel_run", "/v1/runs/{id}/cancel")
        .tag("Runs")
        .may(Action::LinkUsers, On::Run)
        .refuses(&[code::RUN_STATE]);
    type Path = String;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Run;
}

/// Make a new plan of those who failed or were not processed. Sends nothing.
#[derive(Debug, ToSchema)]
pub struct RetryRun;

impl Endpoint for RetryRun {
    const ROUTE: Route = Route::post("retry_run", "/v1/runs/{id}/retry")
        .tag("Runs")
        .may(Action::LinkUsers, On::Run)
        .answers_with(201, "Frozen.")
        .keeps()
        .refuses(&[code::ACT_GUIDED, code::ACT_UNAVAILABLE, code::RUN_STATE])
        .long();
    type Path = String;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Plan;
}

/// Settle a mail that may have been sent: it was, or send it again, knowingly.
#[derive(Debug, ToSchema)]
pub struct ResolveRun;

impl Endpoint for ResolveRun {
    const ROUTE: Route = Route::post("resolve_run", "/v1/runs/{id}/resolve")
        .tag("Runs")
        .may(Action::LinkUsers, On::Run)
        .refuses(&[code::RUN_STATE]);
    type Path = String;
    type Query = Nothing;
    type Body = Resolve;
    type Answer = Run;
}

/// Take a person's decline back, so that they can be invited again.
#[derive(Debug, ToSchema)]
pub struct ClearDecline;

impl Endpoint for ClearDecline {
    const ROUTE: Route =
        Route::delete("clear_decline", "/v1/organizations/{id}/declines/{address}")
            .tag("Runs")
            .may(Action::LinkUsers, On::Organization)
            .answers_with(204, "Cleared.");
    type Path = (String, String);
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Nothing;
}
