//! What time is running for: agreements' deadlines and runs under way, soonest first.

use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::listed;
use crate::api::call::{ApiError, Reply, Request, RunCall, SiteCall};
use crate::api::page::PageQuery;
use crate::api::run::{Run, RunsQuery};
use crate::api::site::Site;
use crate::domain::site::SiteState;
use crate::tui::browse::sites::deadline_tone;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::load::{Listing, Load};
use crate::tui::msg::RequestId;
use crate::tui::screen::{Cx, Flow, Header, Here, Look, Screen};
use crate::tui::theme::Tone;
use crate::tui::when::{distance, thousands};
use crate::tui::widget::rows::Cursor;
use crate::tui::widget::table::{self, Cell, Column};

const COLUMNS: [Column; 3] =
    [Column::text("When", 14), Column::text("What", 0), Column::text("Site", 26).only_from(60)];

/// One timer.
#[derive(Debug, Clone, PartialEq)]
struct Timer {
    /// When it ends; nothing: when it is done.
    at: Option<Timestamp>,
    tone: Tone,
    what: String,
    site: String,
    /// On how many further sites it bears.
    others: usize,
    /// What to do about it.
    advice: String,
}

/// The timers.
pub struct Timers {
    sites: Listing<Site>,
    runs: Load<Vec<Run>>,
    rows: Vec<Timer>,
    cursor: Cursor,
}

impl Default for Timers {
    fn default() -> Self {
        let sites = Listing::whole(sites);
        Self { sites, runs: Load::default(), rows: Vec::new(), cursor: Cursor::default() }
    }
}

fn sites(query: PageQuery, _: &str) -> Request {
    Request::Site(SiteCall::List(query))
}

impl Timers {
    fn ask(&mut self, cx: &mut Cx<'_>) {
        self.sites.ask(cx);
        let query = RunsQuery { site: None, cursor: None, limit: Some(100) };
        self.runs.ask(Request::Run(RunCall::List(query)), cx);
    }

    fn fill(&mut self, here: Here<'_>) {
        let runs = self.runs.get().into_iter().flatten().filter(|run| !run.state.is_over());
        let mut rows: Vec<Timer> = runs.map(run_timer).collect();
        for site in self.sites.items() {
            rows.extend(site_timer(site));
            for timer in agreement_timers(site, here) {
                // An agreement is the organization's: it bears on all its sites at once.
                let same = |one: &&mut Timer| one.at == timer.at && one.what == timer.what;
                match rows.iter_mut().find(same) {
                    Some(one) => one.others += 1,
                    None => rows.push(timer),
                }
            }
        }
        rows.sort_by_key(|timer| timer.at);
        self.rows = rows;
    }
}

fn run_timer(run: &Run) -> Timer {
    let done = run.selected.saturating_sub(run.not_processed);
    Timer {
        at: None,
        tone: Tone::Accent,
        what: format!(
            "a run is {}: {} of {} people",
            run.state.code(),
            thousands(done),
            thousands(run.selected)
        ),
        site: run.site.shown().to_string(),
        others: 0,
        advice: "It goes on without you; the site's runs show how far it is.".to_owned(),
    }
}

fn site_timer(site: &Site) -> Option<Timer> {
    let (tone, what, advice) = match site.state {
        SiteState::Linking => {
            (Tone::Accent, "the site is being linked", "It takes up to 24 hours, without you.")
        }
        SiteState::LinkFailed => {
            (Tone::Refused, "linking the site failed", "It is tried again by itself.")
        }
        SiteState::Enrolled | SiteState::NotEnrolled => return None,
    };
    let site = site.url.shown().to_string();
    Some(Timer {
        at: None,
        tone,
        what: what.to_owned(),
        site,
        others: 0,
        advice: advice.to_owned(),
    })
}

fn agreement_timers(site: &Site, here: Here<'_>) -> Vec<Timer> {
    let timer = |one: &crate::api::site::Agreement| {
        let domain = one.domain.shown();
        let (tone, what) = if one.lapsed {
            (Tone::Attention, format!("{domain}: agreement lapsed"))
        } else {
            let tone = match deadline_tone(one.deadline, here.now()) {
                Tone::Muted => Tone::Text,
                loud => loud,
            };
            (tone, format!("verify {domain}"))
        };
        Timer {
            at: Some(one.deadline),
            tone,
            what,
            site: site.url.shown().to_string(),
            others: 0,
            advice: format!(
                "Until {}. Who is linked stays linked; nobody new is, without proof.",
                here.moment(one.deadline)
            ),
        }
    };
    site.agreements.iter().map(timer).collect()
}

fn cells(timer: &Timer, here: Here<'_>) -> Vec<Cell> {
    let when = match (timer.at, here.now()) {
        (Some(at), Some(now)) => distance(at, now),
        (Some(at), None) => here.date(at),
        (None, _) => "under way".to_owned(),
    };
    let site = match timer.others {
        0 => timer.site.clone(),
        more => format!("{} +{more}", timer.site),
    };
    vec![(timer.tone, when), (Tone::Text, timer.what.clone()), (Tone::Muted, site)]
}

impl Screen for Timers {
    fn header(&self, look: &Look<'_>) -> Header {
        let right = look.here.session.who(&look.here.session.roles());
        Header { crumbs: vec!["Timers".to_owned()], right }
    }

    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Screen, Scope::List]
    }

    fn availability(&self, action: Action) -> Availability {
        match action {
            Action::Back | Action::Reload => Availability::Ready,
            _ => Availability::shown_if(action.motion().is_some()),
        }
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        if let Some(motion) = action.motion() {
            let height = table::height(listed::place(cx.body()));
            self.cursor.go(motion, self.rows.len(), height);
            return Flow::Stay;
        }
        if action == Action::Reload {
            self.ask(cx);
            return Flow::Stay;
        }
        Flow::Pop
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Flow {
        let as_sites = |reply: &Reply| match reply {
            Reply::Sites(page) => Some(page.clone()),
            _ => None,
        };
        let as_runs = |reply: &Reply| match reply {
            Reply::Runs(page) => Some(page.items.clone()),
            _ => None,
        };
        if self.sites.take(id, result, as_sites, cx) || self.runs.take(id, result, as_runs) {
            self.fill(cx.here());
        }
        Flow::Stay
    }

    fn reconcile(&mut self, cx: &mut Cx<'_>) {
        if self.sites.is_untouched() {
            self.ask(cx);
        }
        self.cursor.clamp(self.rows.len(), table::height(listed::place(cx.body())));
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        let now_ms = look.here.now_ms;
        let said = listed::Said {
            what: "the timers",
            empty: "No time is running: no deadline, no run under way.",
            wait: self.sites.wait(now_ms).or(self.runs.wait(now_ms)),
            error: self.sites.error().or(self.runs.error()),
            is_empty: self.rows.is_empty(),
        };
        let advice = self.rows.get(self.cursor.at).map_or("", |timer| &timer.advice);
        let Some(place) = listed::view(&said, advice, look, area, buf) else { return };
        let row = |at: usize| cells(&self.rows[at], look.here);
        table::view(&COLUMNS, (self.rows.len(), &self.cursor), row, look.theme, place, buf);
    }
}
