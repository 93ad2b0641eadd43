//! The runs of a site (or of all), newest first.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::listed;
use super::people::PeopleScreen;
use crate::api::call::{ApiError, Reply, Request};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::page::PageQuery;
use crate::api::run::{ListRuns, ResumeRun, Run, RunsQuery};
use crate::domain::run::RunState;
use crate::domain::sentence::one_stop;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::load::{Listing, Load};
use crate::tui::msg::RequestId;
use crate::tui::people::People;
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen, Told};
use crate::tui::theme::Tone;
use crate::tui::when::thousands;
use crate::tui::widget::rows::Cursor;
use crate::tui::widget::table::{self, Cell, Column};

/// While a run is under way the list is asked for again after so many milliseconds.
const AGAIN_MS: u64 = 3_000;

const COLUMNS: [Column; 7] = [
    Column::text("Begun"),
    Column::text("State"),
    Column::number("People"),
    Column::number("Linked"),
    Column::number("E-mailed"),
    Column::number("Open"),
    Column::whole("By").only_from(96),
];

/// The list.
pub struct Runs {
    site: Option<Untrusted>,
    list: Listing<Run>,
    cursor: Cursor,
    again_at: Option<u64>,
    /// Going on with a paused one.
    resuming: Load<Run>,
}

fn request(query: PageQuery, site: &str) -> Request {
    let site = (!site.is_empty()).then(|| site.to_owned());
    ListRuns::call(Nothing, RunsQuery { site, cursor: query.cursor, limit: query.limit }, Nothing)
}

impl Runs {
    /// The runs of a site, or of all that one sees.
    pub fn new(site: Option<&Untrusted>) -> Self {
        let subject = site.map_or("", Untrusted::raw);
        Self {
            site: site.cloned(),
            list: Listing::window(request, subject),
            cursor: Cursor::default(),
            again_at: None,
            resuming: Load::default(),
        }
    }

    fn chosen(&self) -> Option<&Run> {
        self.list.items().get(self.cursor.at)
    }

    fn cells(run: &Run, here: Here<'_>) -> Vec<Cell> {
        let (state, tone) = state_words(run);
        let open = run.failed + run.unknown + run.not_processed;
        let number = |n: u64, tone: Tone| (if n == 0 { Tone::Muted } else { tone }, thousands(n));
        vec![
            (Tone::Text, here.moment(run.started_at)),
            (tone, state.to_owned()),
            (Tone::Text, thousands(run.selected)),
            number(run.linked, Tone::Text),
            number(run.emailed, Tone::Text),
            number(open, Tone::Attention),
            (Tone::Muted, run.started_by.shown().to_string()),
        ]
    }

    fn detail(&self, here: Here<'_>) -> String {
        self.chosen().map_or_else(String::new, |run| {
            if run.state == RunState::Paused {
                return paused(run, here);
            }
            format!(
                "{} · plan {} · {} skipped, {} held, {} blocked, {} failed, {} unknown, {} not \
                 processed",
                Untrusted::new(run.id.as_str()).shown(),
                Untrusted::new(run.plan.as_str()).shown(),
                thousands(run.skipped),
                thousands(run.held),
                thousands(run.blocked),
                thousands(run.failed),
                thousands(run.unknown),
                thousands(run.not_processed),
            )
        })
    }
}

/// Why a run is paused, and the key that goes on.
fn paused(run: &Run, here: Here<'_>) -> String {
    let resume = here.keys.key(Action::Resume);
    match &run.trouble {
        Some(why) => one_stop(format!("Paused by itself: {}. {resume} goes on.", why.shown())),
        None => format!("Paused by somebody; nobody is invited meanwhile. {resume} goes on."),
    }
}

/// The state of a run in a word, and what it means.
pub fn state_words(run: &Run) -> (&'static str, Tone) {
    match run.state {
        RunState::Queued => ("queued", Tone::Accent),
        RunState::Running => ("running", Tone::Accent),
        RunState::Paused => ("paused", Tone::Attention),
        RunState::Cancelled => ("cancelled", Tone::Muted),
        RunState::Done if run.failed + run.unknown + run.not_processed > 0 => {
            ("done, open", Tone::Attention)
        }
        RunState::Done => ("done", Tone::Done),
    }
}

impl Runs {
    fn said(&self, here: Here<'_>) -> listed::Said<'_> {
        listed::Said {
            what: "the runs",
            empty: "There are no runs yet. Link users makes the first plan. Who was invited before hublink \
                    came is in the list of users.",
            wait: self.list.wait(here.now_ms),
            error: self.list.error(),
            is_empty: self.list.items().is_empty(),
        }
    }
}

impl Screen for Runs {
    fn header(&self, look: &Look<'_>) -> Header {
        let mut crumbs: Vec<String> =
            self.site.iter().map(|site| site.shown().to_string()).collect();
        crumbs.push("Runs".to_owned());
        Header { crumbs, right: look.here.session.who(&look.here.session.roles()) }
    }

    fn help(&self) -> About {
        About::of(
            "runs",
            "The runs of the site, the newest first: what each was to do, how far it is and how \
             it ended. Enter opens one. A paused run says below why, and goes on from here.",
        )
    }

    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Screen, Scope::List, Scope::Run]
    }

    fn availability(&self, action: Action) -> Availability {
        match action {
            Action::Back | Action::Reload => Availability::Ready,
            Action::Copy | Action::Open => Availability::shown_if(self.chosen().is_some()),
            Action::Resume if self.resuming.id().is_some() => {
                Availability::Disabled("Wait for the answer to your last request.".into())
            }
            Action::Resume => Availability::shown_if(
                self.chosen().is_some_and(|run| run.state == RunState::Paused),
            ),
            _ => Availability::shown_if(action.motion().is_some()),
        }
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        if let Some(motion) = action.motion() {
            let height = table::height(listed::place(cx.body()));
            self.cursor.go(motion, self.list.items().len(), height);
            self.list.near(self.cursor.at, cx);
            return Flow::Stay;
        }
        match action {
            Action::Reload => self.list.ask(cx),
            Action::Open => {
                if let Some(run) = self.chosen() {
                    let people = People::Run { id: run.id.clone(), tally: None };
                    let people = PeopleScreen::new(people, "People of the run", run.selected);
                    return Flow::Push(Box::new(people));
                }
            }
            Action::Copy => {
                if let Some(run) = self.chosen() {
                    cx.copy(Untrusted::new(run.id.as_str()).shown());
                }
            }
            Action::Resume => {
                if let Some(run) = self.chosen() {
                    let call = ResumeRun::call(run.id.clone(), Nothing, Nothing);
                    self.resuming.ask(call, cx);
                }
            }
            _ => return Flow::Pop,
        }
        Flow::Stay
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Flow {
        if self.resuming.take(id, result) {
            match self.resuming.error() {
                Some(error) => cx.toast(Tone::Refused, error.to_string()),
                None => self.list.ask(cx),
            }
        } else if self.list.take(id, result, cx) {
            let busy = self.list.items().iter().any(|run| !run.state.is_over());
            self.again_at = busy.then(|| cx.now_ms + AGAIN_MS);
            if let Some(at) = self.again_at {
                cx.wake_at(at);
            }
        }
        Flow::Stay
    }

    fn reconcile(&mut self, cx: &mut Cx<'_>) {
        let due = self.again_at.is_some_and(|at| cx.now_ms >= at);
        if self.list.is_untouched() || due {
            self.again_at = None;
            self.list.ask(cx);
        }
        let height = table::height(listed::place(cx.body()));
        self.cursor.clamp(self.list.items().len(), height);
    }

    fn told(&self, here: Here<'_>) -> Option<Told> {
        const WHAT: [&str; 7] = ["", "", "selected", "linked", "e-mailed", "open", "by"];
        let (runs, said) = (self.list.items(), self.said(here));
        let cells = |at: usize| {
            let named = Self::cells(&runs[at], here).into_iter().zip(WHAT);
            named.map(|((tone, text), what)| (tone, format!("{what} {text}"))).collect()
        };
        // Which run it is, also where only its pause is told.
        let id = self.chosen().map(|run| Untrusted::new(run.id.as_str()).shown());
        let detail = match (id, self.detail(here)) {
            (Some(id), detail) if !detail.starts_with(id.as_str()) => format!("{id} · {detail}"),
            (_, detail) => detail,
        };
        Some(listed::as_data(&said, (runs.len(), &self.cursor), cells, &detail, here))
    }

    fn point(&mut self, at: usize) {
        listed::point(&mut self.cursor, at);
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        let runs = self.list.items();
        let said = self.said(look.here);
        let Some(place) = listed::view(&said, &self.detail(look.here), look, area, buf) else {
            return;
        };
        let row = |at: usize| Self::cells(&runs[at], look.here);
        table::view(&COLUMNS, (runs.len(), &self.cursor), row, look.theme, place, buf);
    }
}
