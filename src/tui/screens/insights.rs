//! What a linked site tells about its meetings (rule L9): reports, meetings, people, devices.
//!
//! Owns the sections, what is asked for each, and what is chosen in it. What a report counts is
//! `board`'s, the rows of lists `lists`', one meeting and one person have screens of their own.

mod before;
mod board;
mod finding;
mod lists;
pub mod meeting;
pub mod profile;
mod spoken;
mod tabs;

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::listed;
use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::insights::{ReportQuery, ShowReport, SiteReport};
use crate::api::site::{ShowSite, Site};
use crate::domain::insights::Report;
use crate::domain::insights::period::Period;
use crate::domain::role::{Action as Right, Role, permits};
use crate::domain::site::SiteState;
use crate::domain::untrusted::Untrusted;
use crate::tui::export::insights as export;
use crate::tui::export::written::Written;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::layout;
use crate::tui::load::Load;
use crate::tui::msg::{IoError, RequestId};
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen, Told};
use crate::tui::theme::Tone;
use crate::tui::widget::rows::Cursor;
use crate::tui::widget::{table, text};
use crate::tui::wizard::{Entry, Offered};
use board::view::Seen;
use bytes::Bytes;
use finding::Finding;
use lists::Lists;
use tabs::Section;

/// Its row in the menus.
pub const ENTRY: Entry = Entry {
    title: "Insights",
    about: "Engagement, audio, quality, meetings, devices.",
    offered: Offered::Site(|site| {
        let may = |role: &Role| permits(*role, Right::Insights);
        let why = "A full admin of the organization sees them.";
        Availability::ready_if(site.my_roles.iter().any(may), why)
    }),
    needs: None,
    open: |site| Box::new(Insights::of(site)),
};

/// After so many milliseconds one looks again whether a feed has come, at first and at the most.
const SOON_MS: u64 = 1_000;
const SELDOM_MS: u64 = 60_000;

/// The screen.
pub struct Insights {
    url: Untrusted,
    site: Load<Site>,
    section: Section,
    by: Period,
    report: Load<SiteReport>,
    /// A feed may be on its way: when to look again, and after how long once more.
    again: Option<(u64, u64)>,
    /// Which figure, in each of the reports.
    measures: [Cursor; Report::ALL.len()],
    /// Which period, counted from the last one.
    back: usize,
    lists: Lists,
    finding: Finding,
    /// The list is to be written once all of it has come.
    exporting: bool,
    written: Written,
}

impl Insights {
    /// Of a site that is known by its URL alone.
    pub fn of(url: &Untrusted) -> Self {
        Self {
            url: url.clone(),
            site: Load::default(),
            section: Section::Report(Report::Engagement),
            by: Period::default(),
            report: Load::default(),
            again: None,
            measures: [Cursor::default(); Report::ALL.len()],
            back: 0,
            lists: Lists::of(url),
            finding: Finding::default(),
            exporting: false,
            written: Written::default(),
        }
    }

    /// Of a site that was loaded already.
    pub fn new(site: &Site) -> Self {
        let mut screen = Self::of(&site.url);
        screen.site.set(site.clone());
        screen
    }

    fn is_linked(&self) -> bool {
        self.site.get().is_some_and(|site| site.state == SiteState::Enrolled)
    }

    fn ask_report(&mut self, cx: &mut Cx<'_>) {
        let query = ReportQuery { by: self.by, last: None };
        let call = ShowReport::call(self.url.raw().to_owned(), query, Nothing);
        self.report.ask(call, cx);
    }

    fn ask_site(&mut self, cx: &mut Cx<'_>) {
        self.site.ask(ShowSite::call(self.url.raw().to_owned(), Nothing, Nothing), cx);
    }

    fn reload(&mut self, cx: &mut Cx<'_>) {
        match self.section {
            _ if !self.is_linked() => self.ask_site(cx),
            Section::Report(_) => self.ask_report(cx),
            list => self.lists.ask(list, cx),
        }
    }

    /// While nothing was ever fed, looks again after a while, each time after twice as long.
    fn look_again(&mut self, cx: &mut Cx<'_>) {
        let nothing = self.report.get().is_some_and(|report| report.fed_at.is_none());
        if !nothing || self.report.is_waiting() || self.report.error().is_some() {
            return;
        }
        match self.again {
            Some((at, pause)) if cx.now_ms >= at => {
                self.again = Some((cx.now_ms + pause, (pause * 2).min(SELDOM_MS)));
                self.ask_report(cx);
            }
            Some(_) => {}
            None => self.again = Some((cx.now_ms + SOON_MS, SOON_MS * 2)),
        }
        if let Some((at, _)) = self.again {
            cx.wake_at(at);
        }
    }

    /// The report if it is by what is wanted, and has something to tell.
    fn told(&self) -> Option<&SiteReport> {
        let report = self.report.get().filter(|report| report.by == self.by)?;
        let silent = report.fed_at.is_none() && report.total.engagement.meetings == 0;
        (!silent && !report.periods.is_empty()).then_some(report)
    }

    fn period(&self, report: &SiteReport) -> usize {
        report.periods.len().saturating_sub(1 + self.back)
    }

    fn seen<'a>(&'a self, report: &'a SiteReport, section: Report) -> Seen<'a> {
        let measure = &self.measures[section as usize];
        Seen { report, section, measure, period: self.period(report) }
    }

    /// The room below the tabs.
    fn below(body: Rect) -> Rect {
        Rect { y: body.y + 1, height: body.height - 1, ..body }
    }

    fn go(&mut self, motion: crate::tui::widget::rows::Motion, cx: &mut Cx<'_>) {
        match self.section {
            Section::Report(report) => {
                let count = board::count(report);
                let parts = layout::report::report(cx.body(), count);
                self.measures[report as usize].go(motion, count, parts.measures.height.into());
            }
            list => {
                let height = table::height(listed::place(Self::below(cx.body())));
                self.lists.go(list, motion, height, cx);
            }
        }
    }

    /// Whether the section is one in which something can be looked for.
    fn finds(&self) -> bool {
        self.section == Section::Devices
    }

    fn turn(&mut self, forward: bool) {
        self.finding.focus(false);
        self.section = self.section.step(forward);
    }

    /// Asks for what is looked for, once one has rested.
    fn look_for(&mut self, cx: &mut Cx<'_>) {
        if self.finding.is_due(cx.now_ms) {
            self.lists.find(&self.url, self.finding.words(), cx);
        }
        if let Some(due) = self.finding.due() {
            cx.wake_at(due);
        }
    }

    fn step(&mut self, earlier: bool) {
        let last = self.told().map_or(0, |report| report.periods.len().saturating_sub(1));
        self.back = if earlier { (self.back + 1).min(last) } else { self.back.saturating_sub(1) };
    }

    fn export(&mut self, cx: &mut Cx<'_>) {
        if let Section::Report(section) = self.section {
            let Some(report) = self.told() else { return };
            let text = export::report(report, section);
            let parts = [self.url.raw(), section.code(), self.by.code()];
            self.written.begin(&parts, text, cx);
        } else {
            self.exporting = true;
            cx.toast(Tone::Muted, "Reading the whole list …");
        }
    }

    /// Reads on until the list is whole, then writes it.
    fn go_on_exporting(&mut self, cx: &mut Cx<'_>) {
        if !self.exporting {
            return;
        }
        if let Some(error) = self.lists.error(self.section) {
            let words = format!("Nothing was written: {error}");
            self.exporting = false;
            return cx.toast(Tone::Refused, words);
        }
        if self.lists.read_on(self.section, cx) {
            return;
        }
        self.exporting = false;
        let text = self.lists.text(self.section);
        self.written.begin(&[self.url.raw(), self.section.code()], text, cx);
    }

    /// What there is to say in place of rows.
    fn words(&self, here: Here<'_>) -> Option<(Tone, String)> {
        let key = here.keys.key(Action::Reload);
        let (error, wait, what) = match (self.site.get(), self.section) {
            (None, _) => (self.site.error(), self.site.wait(here.now_ms), "the site"),
            (Some(site), _) if !self.is_linked() => {
                return Some((Tone::Text, before::words(site, here)));
            }
            (Some(_), Section::Report(_)) => {
                if self.told().is_some() {
                    return None;
                }
                if self.report.get().is_some_and(|report| report.by == self.by) {
                    return Some((Tone::Muted, before::nothing(&self.url)));
                }
                (self.report.error(), self.report.wait(here.now_ms), "the report")
            }
            _ => return None,
        };
        Some(match (error, wait) {
            (Some(error), _) => (Tone::Refused, format!("✗ {error}\n\n{key} tries again.")),
            (None, Some(wait)) => (Tone::Muted, wait.words(what)),
            (None, None) => (Tone::Muted, String::new()),
        })
    }

    fn view_report(&self, section: Report, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        let Some(report) = self.told() else { return };
        let parts = layout::report::report(area, board::count(section));
        let seen = self.seen(report, section);
        board::view::view(&seen, &parts, look, buf);
        let detail = layout::inset(parts.detail, 1);
        let (words, tone) = if let Some(error) = self.report.error() {
            let key = look.here.keys.key(Action::Reload);
            (format!("✗ {error} · {key} tries again"), Tone::Refused)
        } else {
            (board::view::words(&seen), Tone::Muted)
        };
        text::put_wrapped(buf, detail, &words, look.ink(tone));
    }
}

impl Screen for Insights {
    fn header(&self, look: &Look<'_>) -> Header {
        let crumbs = vec![self.url.shown().to_string(), "Insights".to_owned()];
        let roles = match self.site.get() {
            Some(site) => site.my_roles.clone(),
            None => look.here.session.roles(),
        };
        Header { crumbs, right: look.here.session.who(&roles) }
    }

    fn help(&self) -> About {
        About::of(
            "insights",
            "What the site tells about its meetings: reports by day, week or month, the meetings \
             now and of the last 30 days, people, devices, found by typing. Tab goes to the next \
             view, left and right to another period.",
        )
    }

    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Insights, Scope::Screen, Scope::List]
    }

    fn availability(&self, action: Action) -> Availability {
        let on_report = matches!(self.section, Section::Report(_));
        let told = self.is_linked() && self.told().is_some();
        match action {
            Action::Back | Action::Reload => Availability::Ready,
            Action::Filter => Availability::shown_if(self.is_linked() && self.finds()),
            Action::Open if self.finding.is_focused() => Availability::Ready,
            Action::NextPane | Action::PreviousPane => Availability::shown_if(self.is_linked()),
            Action::Period => Availability::shown_if(on_report && self.is_linked()),
            Action::Left | Action::Right => Availability::shown_if(on_report && told),
            Action::Export if on_report => Availability::shown_if(told),
            Action::Export => Availability::shown_if(!self.lists.is_empty(self.section)),
            Action::Open => Availability::shown_if(self.lists.opens(self.section)),
            Action::Copy => Availability::shown_if(self.lists.name(self.section).is_some()),
            _ => Availability::shown_if(action.motion().is_some()),
        }
    }

    fn label(&self, action: Action) -> Option<String> {
        match action {
            Action::Period => Some(format!("by {}", self.by.turned().code())),
            Action::Filter => Some("find".to_owned()),
            Action::Open if self.finding.is_focused() => Some("keep the words".to_owned()),
            _ => None,
        }
    }

    fn wants(&self, key: &KeyEvent) -> bool {
        self.finds() && self.finding.wants(key)
    }

    fn on_text(&mut self, key: &KeyEvent, cx: &mut Cx<'_>) -> Flow {
        self.finding.on_text(key, cx.now_ms);
        Flow::Stay
    }

    fn on_paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        self.finding.paste(text, cx.now_ms);
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        if let Some(motion) = action.motion() {
            self.go(motion, cx);
            return Flow::Stay;
        }
        match action {
            Action::NextPane => self.turn(true),
            Action::PreviousPane => self.turn(false),
            Action::Filter => self.finding.focus(true),
            Action::Open if self.finding.is_focused() => self.finding.focus(false),
            Action::Back if self.finds() && self.finding.clear(cx.now_ms) => {}
            Action::Left => self.step(true),
            Action::Right => self.step(false),
            Action::Period => {
                self.by = self.by.turned();
                self.back = 0;
                self.ask_report(cx);
            }
            Action::Reload => self.reload(cx),
            Action::Export => self.export(cx),
            Action::Copy => {
                if let Some(name) = self.lists.name(self.section) {
                    cx.copy(name.shown());
                }
            }
            Action::Open => {
                if let Some(screen) = self.lists.open(self.section, &self.url) {
                    return Flow::Push(screen);
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
        let mine = self.site.take(id, result) || self.report.take(id, result);
        if !mine {
            self.lists.take(id, result, cx);
        }
        Flow::Stay
    }

    fn on_file(&mut self, id: RequestId, result: &Result<Option<Bytes>, IoError>, cx: &mut Cx<'_>) {
        self.written.on_file(id, result, cx);
    }

    fn reconcile(&mut self, cx: &mut Cx<'_>) {
        if self.site.is_untouched() {
            self.ask_site(cx);
        }
        if !self.is_linked() {
            return;
        }
        match self.section {
            Section::Report(report) => {
                if self.report.is_untouched() {
                    self.ask_report(cx);
                }
                self.look_again(cx);
                let count = board::count(report);
                let parts = layout::report::report(cx.body(), count);
                self.measures[report as usize].clamp(count, parts.measures.height.into());
            }
            list => {
                self.look_for(cx);
                let height = table::height(listed::place(Self::below(cx.body())));
                self.lists.reconcile(list, height, cx);
            }
        }
        self.go_on_exporting(cx);
    }

    /// The lists as data; a report is read as it is drawn.
    fn told(&self, here: Here<'_>) -> Option<Told> {
        if let Section::Report(section) = self.section {
            return Some(self.spoken(section, here));
        }
        let finds = self.finds() && !self.finding.is_empty();
        let told = || self.lists.told(self.section, finds, here);
        self.is_linked().then(told)
    }

    fn point(&mut self, at: usize) {
        match self.section {
            Section::Report(report) if at < board::count(report) => {
                self.measures[report as usize].at = at;
            }
            Section::Report(_) => {}
            list => self.lists.point(list, at),
        }
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        let head = Rect { height: 1, ..area };
        if self.is_linked() {
            tabs::view(self.section, self.by, look, layout::inset(head, 1), buf);
        }
        if let Some((tone, words)) = self.words(look.here) {
            let room = layout::inset(listed::place(Self::below(area)), 1);
            for (n, line) in (0u16..).zip(text::wrap(&words, room.width.min(72))) {
                if let Some(row) = layout::row(room, n) {
                    text::put(buf, row, &line, look.ink(tone));
                }
            }
            return;
        }
        match self.section {
            Section::Report(section) => self.view_report(section, look, area, buf),
            list => {
                let below = Self::below(area);
                let finds = self.finds() && !self.finding.is_empty();
                if self.finds() {
                    let line = layout::inset(Rect { height: 1, ..below }, 1);
                    self.finding.view(look, line, buf);
                }
                self.lists.view(list, finds, look, below, buf);
            }
        }
    }
}
