//! What time is running for: deadlines, jobs under way, links that expire, the soonest first.
//!
//! Owns the list and the words of the status line. What there is comes from the backend; where a
//! timer leads is `places`'.

mod places;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::listed;
use crate::api::call::{ApiError, Reply, Request};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::page::PageQuery;
use crate::api::site::{ShowSite, Site};
use crate::api::timer::{ListTimers, Timer};
use crate::domain::timer::{TimerKind, Urgency};
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::layout;
use crate::tui::load::{Listing, Load};
use crate::tui::msg::RequestId;
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen, Told};
use crate::tui::theme::Tone;
use crate::tui::when::{count, distance, thousands};
use crate::tui::widget::rows::Cursor;
use crate::tui::widget::table::{self, Cell, Column};
use crate::tui::widget::text;
use places::Place;

const COLUMNS: [Column; 4] = [
    Column::text("When"),
    Column::text("What"),
    Column::text("Organization").only_from(110),
    Column::whole("Site").only_from(60),
];

/// The timers.
pub struct Timers {
    list: Listing<Timer>,
    /// What there is of it, the soonest first.
    sorted: Vec<Timer>,
    cursor: Cursor,
    /// The site whose users are to be shown.
    going: Load<Site>,
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            list: Listing::window(request, ""),
            sorted: Vec::new(),
            cursor: Cursor::default(),
            going: Load::default(),
        }
    }
}

fn request(query: PageQuery, _: &str) -> Request {
    ListTimers::call(Nothing, query, Nothing)
}

/// The soonest first: what is overdue, what waits for somebody now, what is to come, and what has no
/// time.
pub fn soonest_first(timers: &[Timer]) -> Vec<&Timer> {
    let mut sorted: Vec<&Timer> = timers.iter().collect();
    sorted.sort_by_key(|timer| match (timer.urgency, timer.due_at) {
        (Urgency::Overdue, Some(at)) => (0, Some(at)),
        (Urgency::Overdue, None) => (1, None),
        (_, Some(at)) => (2, Some(at)),
        (_, None) => (3, None),
    });
    sorted
}

/// How loud a timer is.
pub fn tone(timer: &Timer) -> Tone {
    match timer.urgency {
        Urgency::Overdue if timer.kind == TimerKind::SiteLinkFailed => Tone::Refused,
        Urgency::Overdue | Urgency::Soon => Tone::Attention,
        Urgency::UnderWay => Tone::Accent,
        Urgency::Later => Tone::Text,
    }
}

/// When it is due: "in 12 days", "under way", "now".
pub fn when(timer: &Timer, here: Here<'_>) -> String {
    match (timer.due_at, here.now()) {
        (Some(at), Some(now)) => distance(at, now),
        (Some(at), None) => here.date(at),
        (None, _) if timer.kind == TimerKind::RunPaused => "paused".to_owned(),
        (None, _) if timer.urgency == Urgency::Overdue => "now".to_owned(),
        (None, _) => "under way".to_owned(),
    }
}

/// In a few words.
pub fn what(timer: &Timer) -> String {
    timer.what.shown().to_string()
}

fn cells(timer: &Timer, here: Here<'_>) -> Vec<Cell> {
    let shown = |text: &Option<Untrusted>| {
        text.as_ref().map_or_else(String::new, |text| text.shown().to_string())
    };
    let site = match timer.further_sites {
        0 => shown(&timer.site),
        more => format!("{} +{more}", shown(&timer.site)),
    };
    vec![
        (tone(timer), when(timer, here)),
        (Tone::Text, what(timer)),
        (Tone::Muted, shown(&timer.organization_name)),
        (Tone::Muted, site),
    ]
}

/// From this height on there are four lines for what a timer means.
const ROOMY: u16 = 16;

/// The room for the list, and for the words about the chosen timer: where there is little, the rows
/// that the list does not need are theirs, too.
fn parts(body: Rect, timers: usize) -> (Rect, Rect) {
    let roomy = body.height >= ROOMY;
    // Above the rows an empty one and the head, below them one more that no row takes.
    let needed = u16::try_from(timers).unwrap_or(u16::MAX).max(1).saturating_add(2);
    let spare = body.height.saturating_sub(needed.saturating_add(u16::from(roomy)));
    let lines = if roomy { 4 } else { spare.clamp(1, 4).min(body.height) };
    // A list keeps room for words below its rows; here they are these.
    let list = Rect { height: body.height - u16::from(roomy), ..body };
    (list, layout::inset(Rect { y: body.bottom() - lines, height: lines, ..body }, 1))
}

/// What it means and what to do; where there is room, after the whole of what and when.
fn detail(timer: &Timer, roomy: bool, here: Here<'_>) -> String {
    let due = timer.due_at.map(|at| here.moment(at));
    let about = match due {
        Some(due) if roomy => format!("{}, {due}. ", timer.what.shown()),
        None if roomy => format!("{}. ", timer.what.shown()),
        due => due.map_or_else(String::new, |due| format!("{due}. ")),
    };
    let (meaning, remedy) =
        (Untrusted::new(timer.meaning.as_str()), Untrusted::new(timer.remedy.as_str()));
    format!("{about}{} {}", meaning.shown(), remedy.shown())
}

/// The pieces of the status line: what is overdue, under way, and due next.
pub fn pieces(timers: &[Timer], here: Here<'_>) -> Vec<(Tone, String)> {
    let of = |urgency: Urgency| timers.iter().filter(move |timer| timer.urgency == urgency);
    let mut pieces = Vec::new();
    let failed = of(Urgency::Overdue).filter(|timer| timer.kind == TimerKind::SiteLinkFailed);
    let failed = failed.count() as u64;
    if failed > 0 {
        pieces.push((Tone::Refused, format!("{} failed", count(failed, "link"))));
    }
    let waits = |kind| of(Urgency::Overdue).filter(|timer| timer.kind == kind).count() as u64;
    let (plans, unseen) = (waits(TimerKind::PlanWaiting), waits(TimerKind::DomainTxt));
    // Also while its record is not looked up again yet a domain needs it.
    let looked_up = timers.iter().filter(|timer| timer.kind == TimerKind::DnsRecord);
    let records = unseen + looked_up.count() as u64;
    match plans {
        0 => {}
        1 => pieces.push((Tone::Attention, "1 plan waits for you".to_owned())),
        many => pieces.push((Tone::Attention, format!("{} plans wait for you", thousands(many)))),
    }
    for (kind, noun) in [(TimerKind::SiteLink, "link"), (TimerKind::Run, "run")] {
        let many = of(Urgency::UnderWay).filter(|timer| timer.kind == kind).count() as u64;
        if many > 0 {
            pieces.push((Tone::Accent, format!("{} under way", count(many, noun))));
        }
    }
    let paused = of(Urgency::Overdue).filter(|timer| timer.kind == TimerKind::RunPaused);
    let paused = paused.count() as u64;
    if paused > 0 {
        pieces.push((Tone::Attention, format!("{} paused", count(paused, "run"))));
    }
    let overdue = of(Urgency::Overdue).count() as u64 - failed - paused - plans - unseen;
    if overdue > 0 {
        pieces.push((Tone::Attention, format!("{} overdue", thousands(overdue))));
    }
    match records {
        0 => {}
        1 => {
            let is_one = |kind| matches!(kind, TimerKind::DomainTxt | TimerKind::DnsRecord);
            let one = timers.iter().find(|timer| is_one(timer.kind));
            let name = one.map_or_else(String::new, |one| one.subject.shown_in(40).to_string());
            pieces.push((Tone::Attention, format!("{name} needs its TXT")));
        }
        many => {
            let words = format!("{} domains need their TXT", thousands(many));
            pieces.push((Tone::Attention, words));
        }
    }
    let coming = of(Urgency::Soon).chain(of(Urgency::Later));
    let next = coming.filter(|timer| timer.due_at.is_some()).min_by_key(|timer| timer.due_at);
    if let (Some(next), Some(now)) = (next, here.now()) {
        let at = next.due_at.map_or_else(String::new, |at| distance(at, now));
        let words = match next.kind {
            TimerKind::Agreement => format!("{} due {at}", next.subject.shown()),
            _ => format!("{} {at}", next.what.shown()),
        };
        let tone = if next.urgency == Urgency::Soon { Tone::Attention } else { Tone::Muted };
        pieces.push((tone, words));
    }
    pieces
}

impl Timers {
    fn chosen(&self) -> Option<&Timer> {
        self.sorted.get(self.cursor.at)
    }

    fn open(&mut self, cx: &mut Cx<'_>) -> Flow {
        let Some(timer) = self.chosen() else { return Flow::Stay };
        match places::of(timer) {
            Some(Place::Screen(screen)) => return Flow::Push(screen),
            Some(Place::Confirmed(site)) => {
                let call = ShowSite::call(site.raw().to_owned(), Nothing, Nothing);
                self.going.ask(call, cx);
            }
            None => {
                let remedy = Untrusted::new(timer.remedy.as_str()).shown().to_string();
                cx.toast(Tone::Attention, remedy);
            }
        }
        Flow::Stay
    }
}

impl Timers {
    fn said(&self, here: Here<'_>) -> listed::Said<'_> {
        listed::Said {
            what: "the timers",
            empty: "No time is running: no deadline, nothing under way.",
            wait: self.list.wait(here.now_ms),
            error: self.list.error(),
            is_empty: self.list.items().is_empty(),
        }
    }
}

impl Screen for Timers {
    fn header(&self, look: &Look<'_>) -> Header {
        let right = look.here.session.who(&look.here.session.roles());
        Header { crumbs: vec!["Timers".to_owned()], right }
    }

    fn help(&self) -> About {
        About::of(
            "timers",
            "Everything that time runs for, the soonest first: what is overdue, what waits for \
             somebody, what is to come, what goes on by itself. The lines below say what the chosen one means and what to do; \
             Enter goes there.",
        )
    }

    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Screen, Scope::List]
    }

    fn availability(&self, action: Action) -> Availability {
        match action {
            Action::Back | Action::Reload => Availability::Ready,
            Action::Open | Action::Copy => Availability::shown_if(self.chosen().is_some()),
            _ => Availability::shown_if(action.motion().is_some()),
        }
    }

    fn label(&self, action: Action) -> Option<String> {
        (action == Action::Open).then(|| "go there".to_owned())
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        if let Some(motion) = action.motion() {
            let height = table::height(listed::place(parts(cx.body(), self.sorted.len()).0));
            self.cursor.go(motion, self.list.items().len(), height);
            self.list.near(self.cursor.at, cx);
            return Flow::Stay;
        }
        match action {
            Action::Reload => self.list.ask(cx),
            Action::Open => return self.open(cx),
            Action::Copy => {
                if let Some(timer) = self.chosen() {
                    cx.copy(timer.subject.shown());
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
        if self.list.take(id, result, cx) {
            self.sorted = soonest_first(self.list.items()).into_iter().cloned().collect();
            return Flow::Stay;
        }
        if !self.going.take(id, result) {
            return Flow::Stay;
        }
        match (result, self.going.get()) {
            (Err(error), _) => cx.toast(Tone::Refused, error.to_string()),
            (Ok(_), Some(site)) => return Flow::Push(places::confirmed(site, cx)),
            (Ok(_), None) => {}
        }
        Flow::Stay
    }

    fn on_return(&mut self, cx: &mut Cx<'_>) {
        self.list.ask(cx);
    }

    fn reconcile(&mut self, cx: &mut Cx<'_>) {
        if self.list.is_untouched() {
            self.list.ask(cx);
        }
        let height = table::height(listed::place(parts(cx.body(), self.sorted.len()).0));
        self.cursor.clamp(self.list.items().len(), height);
    }

    fn told(&self, here: Here<'_>) -> Option<Told> {
        let (timers, said) = (&self.sorted, self.said(here));
        let cells = |at: usize| {
            let meaning = detail(&timers[at], false, here);
            let mut cells = cells(&timers[at], here);
            cells.push((Tone::Muted, meaning));
            cells
        };
        Some(listed::as_data(&said, (timers.len(), &self.cursor), cells, "", here))
    }

    fn point(&mut self, at: usize) {
        listed::point(&mut self.cursor, at);
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        let rows = &self.sorted;
        let said = self.said(look.here);
        let (list, below) = parts(area, rows.len());
        let Some(place) = listed::view(&said, "", look, list, buf) else { return };
        let row = |at: usize| cells(&rows[at], look.here);
        table::view(&COLUMNS, (rows.len(), &self.cursor), row, look.theme, place, buf);
        if self.list.error().is_some() {
            return;
        }
        let words = self
            .chosen()
            .map(|timer| detail(timer, below.height > 1, look.here))
            .unwrap_or_default();
        text::put_wrapped(buf, below, &words, look.ink(Tone::Muted));
    }
}
