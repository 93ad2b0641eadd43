//! The trials that one sees, soonest end first (rule T8).
//!
//! Owns the list and what can be done with the one under the cursor: extending it, changing its
//! services. An expired trial is read-only until it is extended.

pub mod edit;
pub mod extend;

use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use self::edit::EditServices;
use self::extend::Extend;
use super::form::FormScreen;
use super::listed;
use crate::api::call::{ApiError, Reply, Request};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::organization::Organization;
use crate::api::page::PageQuery;
use crate::api::trial::{ListTrials, Trial};
use crate::domain::address::with_unicode;
use crate::domain::country::Country;
use crate::domain::draft::Wizard;
use crate::domain::organization::OrganizationKind;
use crate::domain::role::{Action as Right, permits};
use crate::domain::services::total;
use crate::domain::trial::TrialState;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::load::Listing;
use crate::tui::msg::RequestId;
use crate::tui::overlay::message::Message;
use crate::tui::quantities;
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen, Told};
use crate::tui::theme::Tone;
use crate::tui::when::{count, days_left, distance, thousands};
use crate::tui::widget::rows::Cursor;
use crate::tui::widget::table::{self, Cell, Column};
use crate::tui::wizard::{self, Entry, Offered};

/// Why somebody does not start trials.
pub const ONLY_PARTNERS: &str = "Only a partner admin starts trials.";
/// An end nearer than so many days is told louder.
const LOUD_DAYS: u64 = 7;

const COLUMNS: [Column; 6] = [
    Column::text("State"),
    Column::text("Ends").only_from(60),
    Column::text("Left"),
    Column::text("Customer"),
    Column::number("Licences").only_from(60),
    Column::text("Services").only_from(100),
];

/// Where the licences stand among the columns.
const TOTAL: usize = 4;

/// A partner's trials, in its menu.
pub const ENTRY: Entry = Entry {
    title: "Trials",
    about: "By their end: extend one, change its services.",
    offered: Offered::Organization(|organization| sells(organization, OrganizationKind::Partner)),
    needs: None,
    open: |_| Box::new(Trials::default()),
};

/// A customer's trial, in its menu.
pub const CUSTOMERS: Entry = Entry {
    title: "Trial",
    about: "When it ends; extend it, change its services.",
    offered: Offered::Organization(|organization| match organization.trial {
        Some(_) => sells(organization, OrganizationKind::Customer),
        None => Availability::Hidden,
    }),
    needs: None,
    open: |organization| Box::new(Trials::at(organization.raw())),
};

/// Ready for partner admins, of organizations of this kind.
pub fn sells(organization: &Organization, kind: OrganizationKind) -> Availability {
    let may = organization.my_roles.iter().any(|role| permits(*role, Right::SellTo));
    Availability::shown_if(may && organization.kind == kind)
}

/// The list.
pub struct Trials {
    list: Listing<Trial>,
    cursor: Cursor,
    /// The organization to begin at, until the operator moves.
    first: Option<String>,
    /// Whether the operator starts trials.
    sells: bool,
}

impl Default for Trials {
    fn default() -> Self {
        Self { list: Listing::whole(request), cursor: Cursor::default(), first: None, sells: false }
    }
}

fn request(query: PageQuery, _: &str) -> Request {
    ListTrials::call(Nothing, query, Nothing)
}

impl Trials {
    /// The list, at the trial of this organization.
    pub fn at(organization: &str) -> Self {
        Self { first: Some(organization.to_owned()), ..Self::default() }
    }

    fn chosen(&self) -> Option<&Trial> {
        self.list.items().get(self.cursor.at)
    }

    fn may_edit(&self) -> Option<&Trial> {
        self.chosen().filter(|trial| trial.may_edit)
    }

    fn start(cx: &Cx<'_>) -> Flow {
        let screen = cx.session.partner().and_then(|id| wizard::open(Wizard::Trial, &id.into()));
        screen.map_or(Flow::Stay, Flow::Push)
    }

    /// What to say when there is none.
    fn empty(&self, here: Here<'_>) -> String {
        let key = here.keys.chord(Action::StartTrial, &[Scope::Trials]);
        let key = key.map_or_else(|| here.keys.key(Action::StartTrial), |key| key.to_string());
        let more = if self.sells { format!(" {key} starts one.") } else { String::new() };
        format!("No trial is running and none has ended.{more}")
    }

    fn said<'a>(&'a self, empty: &'a str, here: Here<'_>) -> listed::Said<'a> {
        listed::Said {
            what: "the trials",
            empty,
            wait: self.list.wait(here.now_ms),
            error: self.list.error(),
            is_empty: self.list.items().is_empty(),
        }
    }

    /// The one that has the focus, in a line.
    fn detail(&self, here: Here<'_>) -> String {
        self.chosen().map(|trial| detail(trial, here)).unwrap_or_default()
    }

    /// After the list has come: the cursor stays on its customer.
    fn stay(&mut self, before: Option<&String>) {
        let wanted = self.first.as_ref().or(before);
        let same = |trial: &Trial| Some(&trial.organization) == wanted;
        if let Some(at) = self.list.items().iter().position(same) {
            self.cursor.at = at;
        }
    }
}

/// The state of a trial at this moment, not at that of loading it.
fn state(trial: &Trial, here: Here<'_>) -> TrialState {
    here.now().map_or(trial.state, |now| TrialState::at(now, trial.ends_at))
}

/// How loudly its end is to be told.
pub fn tone(trial_ends: Timestamp, here: Here<'_>) -> Tone {
    match here.now() {
        Some(now) if now >= trial_ends => Tone::Refused,
        Some(now) if days_left(trial_ends, now) < LOUD_DAYS => Tone::Attention,
        _ => Tone::Text,
    }
}

/// How much of a trial is left, to the nearest day or hour; or since when it is over.
pub fn left(ends: Timestamp, now: Timestamp) -> String {
    let seconds = u64::try_from(ends.as_second() - now.as_second()).unwrap_or(0);
    match seconds {
        0 if ends <= now => distance(ends, now),
        0..3_600 => "last hour".to_owned(),
        3_600..86_400 => count((seconds + 1_800) / 3_600, "hour"),
        _ => count((seconds + 43_200) / 86_400, "day"),
    }
}

fn cells(trial: &Trial, here: Here<'_>) -> Vec<Cell> {
    let state = state(trial, here);
    let tone = tone(trial.ends_at, here);
    let left = here.now().map(|now| left(trial.ends_at, now)).unwrap_or_default();
    let state_tone = if state == TrialState::Active { Tone::Done } else { Tone::Refused };
    vec![
        (state_tone, state.code().to_owned()),
        (Tone::Muted, here.date(trial.ends_at)),
        (tone, left),
        (Tone::Text, trial.company.shown().to_string()),
        (Tone::Muted, thousands(total(&trial.services))),
        (Tone::Muted, quantities::listed(&trial.services)),
    ]
}

fn detail(trial: &Trial, here: Here<'_>) -> String {
    let mut parts = Vec::new();
    if state(trial, here) == TrialState::Expired {
        parts.push("read-only until it is extended".to_owned());
    }
    parts.push(quantities::listed(&trial.services));
    parts.extend(trial.site.as_ref().map(|site| site.url.shown().to_string()));
    parts.push(trial.administrator.shown().to_string());
    parts.join(" · ")
}

/// All about a trial, line by line.
fn facts(trial: &Trial, here: Here<'_>) -> String {
    let by = trial.started_by.shown();
    let mut lines = vec![
        format!("State: {}", state(trial, here).code()),
        format!("Ends: {}", here.moment(trial.ends_at)),
        format!("Started: {} for {} days, by {by}", here.moment(trial.started_at), trial.days),
    ];
    let extended = trial.extended_at;
    lines.extend(extended.map(|at| format!("Extended: {}", here.moment(at))));
    lines.push(format!("Services: {}", quantities::listed(&trial.services)));
    lines.extend(trial.site.as_ref().map(|site| {
        let zone = site.time_zone.as_ref().map(|zone| format!(", {}", zone.shown()));
        format!("Site: {}{}", site.url.shown(), zone.unwrap_or_default())
    }));
    lines.push(format!("Administrator: {}", with_unicode(&trial.administrator)));
    lines.extend(trial.vertical.map(|one| format!("Industry: {}", one.title())));
    lines.extend(trial.country.map(|country: Country| {
        format!("Country: {}, data in {}", country.name(), country.region().title())
    }));
    lines.join("\n")
}

impl Screen for Trials {
    fn header(&self, look: &Look<'_>) -> Header {
        let right = look.here.session.who(&look.here.session.roles());
        Header { crumbs: vec!["Trials".to_owned()], right }
    }

    fn help(&self) -> About {
        About::of(
            "trials",
            "All trials, the soonest end first. An expired one is read-only until it is \
             extended. Extending replaces the time that is left by 30 days from today, which may \
             be less: the page says so before you do it.",
        )
    }

    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Trials, Scope::Screen, Scope::List]
    }

    fn availability(&self, action: Action) -> Availability {
        let why = "Only a partner admin of the customer's partner can change a trial.";
        match action {
            Action::Back | Action::Reload => Availability::Ready,
            Action::StartTrial => Availability::ready_if(self.sells, ONLY_PARTNERS),
            Action::Open | Action::Copy => Availability::shown_if(self.chosen().is_some()),
            Action::Extend | Action::Edit if self.chosen().is_none() => Availability::Hidden,
            Action::Extend => Availability::ready_if(self.may_edit().is_some(), why),
            Action::Edit => match self.may_edit() {
                Some(trial) => Availability::ready_if(
                    trial.state == TrialState::Active,
                    "The trial has expired and is read-only; extend it first.",
                ),
                None => Availability::Disabled(why.into()),
            },
            _ => Availability::shown_if(action.motion().is_some()),
        }
    }

    fn label(&self, action: Action) -> Option<String> {
        (action == Action::Open).then(|| "details".to_owned())
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        if let Some(motion) = action.motion() {
            let height = table::height(listed::place(cx.body()));
            self.cursor.go(motion, self.list.items().len(), height);
            self.first = None;
            return Flow::Stay;
        }
        let chosen = self.chosen().cloned();
        match (action, chosen) {
            (Action::Reload, _) => self.list.ask(cx),
            (Action::StartTrial, _) => return Self::start(cx),
            (Action::Open, Some(trial)) => {
                let name = trial.company.shown().to_string();
                return Flow::Push(Box::new(Message::new(name, facts(&trial, cx.here()))));
            }
            (Action::Extend, Some(trial)) => {
                return Flow::Push(Box::new(FormScreen::new(Extend::new(&trial))));
            }
            (Action::Edit, Some(trial)) => {
                return Flow::Push(Box::new(FormScreen::new(EditServices::new(&trial))));
            }
            (Action::Copy, Some(trial)) => {
                cx.copy(Untrusted::new(trial.organization.as_str()).shown());
            }
            (Action::Back, _) => return Flow::Pop,
            _ => {}
        }
        Flow::Stay
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Flow {
        let before = self.chosen().map(|trial| trial.organization.clone());
        if self.list.take(id, result, cx) {
            self.stay(before.as_ref());
        }
        Flow::Stay
    }

    fn on_return(&mut self, cx: &mut Cx<'_>) {
        self.list.ask(cx);
    }

    fn reconcile(&mut self, cx: &mut Cx<'_>) {
        self.sells = cx.session.partner().is_some();
        if self.list.is_untouched() {
            self.list.ask(cx);
        }
        let height = table::height(listed::place(cx.body()));
        self.cursor.clamp(self.list.items().len(), height);
    }

    fn told(&self, here: Here<'_>) -> Option<Told> {
        let (trials, empty) = (self.list.items(), self.empty(here));
        let cells = |at: usize| {
            let mut cells = cells(&trials[at], here);
            cells[TOTAL].1.push_str(" licences");
            cells
        };
        let rows = (trials.len(), &self.cursor);
        Some(listed::as_data(&self.said(&empty, here), rows, cells, &self.detail(here), here))
    }

    fn point(&mut self, at: usize) {
        listed::point(&mut self.cursor, at);
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        let (trials, empty) = (self.list.items(), self.empty(look.here));
        let said = self.said(&empty, look.here);
        let line = self.detail(look.here);
        let Some(place) = listed::view(&said, &line, look, area, buf) else { return };
        let row = |at: usize| cells(&trials[at], look.here);
        table::view(&COLUMNS, (trials.len(), &self.cursor), row, look.theme, place, buf);
    }
}
