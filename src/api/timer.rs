//! What time runs for: one list over everything that one sees.

use crate::api::endpoint::{About, Endpoint, Nothing};
use crate::api::page::{Page, PageQuery};
use crate::api::route::Route;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::number::thousands;
use crate::domain::run::RunState;
use crate::domain::timer::{TimerKind, Urgency};
use crate::domain::untrusted::Untrusted;

/// One timer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Timer {
    /// What it is.
    pub kind: TimerKind,
    /// How urgent it is now; the list begins with the most urgent.
    pub urgency: Urgency,
    /// When it is due, on the world clock; absent: when it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// In a few words, such as "verify acme-labs.example".
    pub what: Untrusted,
    /// What it is about: a domain, a run, an order, an address.
    pub subject: Untrusted,
    /// The organization that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// That organization's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_name: Option<Untrusted>,
    /// The site that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Untrusted>,
    /// On how many further sites it bears.
    #[serde(default)]
    pub further_sites: u64,
    /// What it means when the time comes.
    pub meaning: String,
    /// What to do about it.
    pub remedy: String,
}

impl Timer {
    /// A run that is not over: it goes on by itself, or is paused and waits for somebody, whom it
    /// tells why.
    pub fn of_run(
        run: &str,
        state: RunState,
        people: u64,
        trouble: Option<&str>,
        now: Timestamp,
    ) -> Self {
        let paused = state == RunState::Paused;
        let kind = if paused { TimerKind::RunPaused } else { TimerKind::Run };
        let whom = if people == 1 { "person" } else { "people" };
        let what = format!("a run is {}: {} {whom}", state.code(), thousands(people));
        let timer = Self::about(kind, None, now, what, run);
        match trouble.filter(|_| paused) {
            Some(why) => Self { meaning: format!("It paused by itself. {why}"), ..timer },
            None => timer,
        }
    }

    /// A timer about something, without the place it belongs to.
    pub fn about(
        kind: TimerKind,
        due_at: Option<Timestamp>,
        now: Timestamp,
        what: String,
        subject: impl Into<Untrusted>,
    ) -> Self {
        Self {
            kind,
            urgency: kind.urgency(due_at, now),
            due_at,
            what: what.into(),
            subject: subject.into(),
            organization: None,
            organization_name: None,
            site: None,
            further_sites: 0,
            meaning: kind.meaning().to_owned(),
            remedy: kind.remedy().to_owned(),
        }
    }
}

/// Its endpoints.
pub(super) const ENDPOINTS: &[&About] = &[ListTimers::ABOUT];

/// What time runs for: deadlines, jobs under way, links that expire; the most urgent first.
#[derive(Debug, ToSchema)]
pub struct ListTimers;

impl Endpoint for ListTimers {
    const ROUTE: Route = Route::get("list_timers", "/v1/timers").tag("Timers");
    type Path = Nothing;
    type Query = PageQuery;
    type Body = Nothing;
    type Answer = Page<Timer>;
}
