//! The Contact Center card: its parts, where it operates, and Set Up (rule T7).
//!
//! Owns what is on the card and what a press does; the screen of its own and the last page of
//! services setup show the same one. Whose press may begin what is the backend's to say.

use crate::api::call::{ApiError, Reply, Request};
use crate::api::contact_center::{ContactCenter, LACKING, Part, SetUpContactCenter};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::run::WatchQuery;
use crate::api::setup::{SetUpContactCenterCall, ShowContactCenter};
use crate::domain::country::Country;
use crate::domain::setup::{CenterPart, PartState};
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability};
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Edit, FieldSpec, RowSpec};
use crate::tui::pickers;
use crate::tui::screen::{Cx, Here};
use crate::tui::theme::Tone;
use crate::tui::when::distance;
use crate::tui::widget::field::Kind;
use crate::tui::wizard::asking;
use crate::tui::wizard::watching::{Watched, Watching};

/// The field for the country of operation.
pub const COUNTRY: &str = "country";
/// The row that sets up; its list's name is the screen's.
pub const SET_UP: &str = "set_up";

impl Watched for ContactCenter {
    const WHAT: &'static str = "the Contact Center";
    // It tells how far it is, which is no change: it is asked anew every few seconds.
    const WAIT_S: u16 = 2;

    fn ask(id: &str, query: WatchQuery) -> Request {
        ShowContactCenter::call(id.to_owned(), query, Nothing)
    }

    fn id(&self) -> &str {
        &self.organization
    }

    fn revision(&self) -> u64 {
        self.revision
    }

    fn goes_on(&self) -> bool {
        self.is_under_way()
    }
}

/// The card of one organization.
#[derive(Default)]
pub struct Card {
    watching: Watching<ContactCenter>,
    pressed: Load<ContactCenter>,
    /// The country as typed; nothing: as the backend has it.
    pub country: Option<String>,
}

impl Card {
    /// Begins with the card as it is now.
    pub fn start(&mut self, organization: &str, cx: &mut Cx<'_>) {
        self.pressed = Load::default();
        self.watching.start(organization, cx);
    }

    /// Stops watching; what was begun goes on.
    pub fn stop(&mut self, cx: &mut Cx<'_>) {
        self.watching.stop(cx);
    }

    /// The card as last told.
    pub fn get(&self) -> Option<&ContactCenter> {
        self.watching.get()
    }

    /// The card, while there is something to begin.
    fn to_begin(&self) -> Option<&ContactCenter> {
        self.get().filter(|card| card.in_plan && !card.would_begin.is_empty())
    }

    /// Whether something could not be had or done.
    pub fn has_failed(&self) -> bool {
        self.watching.error().or(self.pressed.error()).is_some()
    }

    /// Takes an answer; whether it was for this one.
    pub fn take(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> bool {
        if self.pressed.take(id, result) {
            if let Some(card) = self.pressed.get() {
                self.watching.put(card);
            }
            return true;
        }
        self.watching.take(id, result, cx)
    }

    /// After every message: asks how far it is while something is under way.
    pub fn reconcile(&mut self, cx: &mut Cx<'_>) {
        self.watching.reconcile(cx);
    }

    /// Takes what the operator wrote or picked.
    pub fn edit(&mut self, edit: &Edit) {
        match edit {
            Edit::Text { field: COUNTRY, value } => self.country = Some(value.clone()),
            Edit::Pick { choice: COUNTRY, id } => {
                self.country = Country::parse(id).ok().map(|one| one.name().to_owned());
            }
            _ => {}
        }
    }

    /// Whether Set Up can be pressed.
    pub fn availability(&self) -> Availability {
        if self.to_begin().is_none() {
            return Availability::Hidden;
        }
        if self.pressed.is_waiting() {
            return Availability::Disabled("The backend is being asked.".into());
        }
        match self.wrong_country() {
            Some(why) => Availability::Disabled(why.into()),
            None => Availability::Ready,
        }
    }

    /// Presses Set Up; says why where it cannot be pressed.
    pub fn press(&mut self, cx: &mut Cx<'_>) {
        match self.availability() {
            Availability::Ready => self.set_up(cx),
            Availability::Disabled(why) => cx.toast(Tone::Attention, why),
            Availability::Hidden => {}
        }
    }

    fn set_up(&mut self, cx: &mut Cx<'_>) {
        let Some(card) = self.get() else { return };
        let country = self.asks_country().then(|| self.chosen()).flatten();
        let body = SetUpContactCenter { country: country.map(|one| one.code().to_owned()) };
        let call = SetUpContactCenterCall::call(card.organization.clone(), Nothing, body);
        self.pressed.ask(call, cx);
    }

    /// The card, from its state to the field above its button.
    pub fn blocks(&self, here: Here<'_>) -> Vec<Block> {
        let Some(card) = self.get() else { return vec![self.watching.instead(here)] };
        if !card.in_plan {
            return vec![Block::prose(LACKING)];
        }
        let states = CenterPart::ALL.iter().map(|part| state(card, *part)).collect();
        let mut blocks = vec![Block::States(states)];
        blocks.push(Block::Gap);
        blocks.extend(progress(card, here));
        blocks.extend(self.watching.trouble());
        blocks.extend(card.next().filter(|_| !card.is_under_way()).map(Block::prose));
        blocks.push(Block::Gap);
        if self.asks_country() {
            blocks.push(Block::Pick(pickers::country(self.country_field())));
        } else if let Some(country) = card.country {
            blocks.push(Block::Facts(vec![("Operates in".to_owned(), country.name().to_owned())]));
        }
        blocks
    }

    /// What became of the press; below the button.
    pub fn answer(&self, here: Here<'_>) -> Option<Block> {
        if let Some(error) = self.pressed.error() {
            return Some(asking::failed(error, here));
        }
        let words = asking::waiting(&self.pressed, "Beginning", here);
        (!words.is_empty()).then(|| Block::aside(words))
    }

    /// The button, while there is something to begin.
    pub fn button(&self) -> Option<RowSpec> {
        let card = self.to_begin()?;
        let named = |part: &&CenterPart| **part != CenterPart::ContactCenter;
        let names: Vec<String> =
            card.would_begin.iter().filter(named).map(|part| part.title().to_lowercase()).collect();
        let what = if names.is_empty() { "Contact Center".to_owned() } else { names.join(" and ") };
        let failed = |part: &CenterPart| card.part(*part).state == PartState::Failed;
        let again = if card.would_begin.iter().any(failed) { " again" } else { "" };
        Some(RowSpec {
            id: SET_UP.to_owned(),
            tone: Tone::Strong,
            end: None,
            cells: vec![format!("Set up {what}{again}")],
        })
    }

    /// The same as a command line.
    pub fn same_as(&self) -> Option<String> {
        let card = self.to_begin()?;
        let id = Untrusted::new(card.organization.as_str());
        let country = self.asks_country().then(|| self.chosen()).flatten();
        let country = country.map(|one| format!(" --country {}", one.code())).unwrap_or_default();
        Some(format!("hublink contact-center set-up --org {}{country}", id.shown()))
    }

    /// Where it operates is asked before anything is begun; then it stays where it is.
    fn asks_country(&self) -> bool {
        let begun = |card: &ContactCenter| {
            CenterPart::ALL.into_iter().any(|part| card.part(part).started_at.is_some())
        };
        self.to_begin().is_some_and(|card| !begun(card))
    }

    /// The country chosen, if it is one.
    fn chosen(&self) -> Option<Country> {
        match self.country.as_deref() {
            Some(typed) => Country::parse(typed.trim()).ok(),
            None => self.get()?.country,
        }
    }

    fn wrong_country(&self) -> Option<String> {
        if !self.asks_country() || self.chosen().is_some() {
            return None;
        }
        match self.country.as_deref().map(str::trim) {
            None | Some("") => Some("Name the country that it operates in first.".to_owned()),
            Some(_) => Some("Write a country's name, or its code of two letters.".to_owned()),
        }
    }

    fn country_field(&self) -> FieldSpec {
        let named = |country: Country| country.name().to_owned();
        let value = match &self.country {
            Some(typed) => typed.clone(),
            None => self.get().and_then(|card| card.country).map(named).unwrap_or_default(),
        };
        // Nothing is wrong while nobody has written anything.
        let error = self.country.as_ref().and_then(|_| self.wrong_country());
        let hint = match self.chosen() {
            Some(country) => format!("data in {}; stays once begun", country.region().title()),
            None => String::new(),
        };
        FieldSpec {
            key: COUNTRY,
            label: "Country of operation".to_owned(),
            kind: Kind::Text,
            value,
            hint,
            error,
        }
    }
}

/// One part, and the state it is in.
fn state(card: &ContactCenter, part: CenterPart) -> (Tone, String, String) {
    let waits = part == CenterPart::Chat && !card.voice.state.may_begin();
    let tone = match card.part(part).state {
        PartState::Ready => Tone::Done,
        PartState::Failed => Tone::Refused,
        PartState::UnderWay => Tone::Accent,
        PartState::NotStarted if waits => Tone::Attention,
        PartState::NotStarted => Tone::Muted,
    };
    let line = card.line(part);
    let (name, words) = line.split_once(": ").unwrap_or((part.title(), &line));
    (tone, name.to_owned(), words.to_owned())
}

/// How far everything is that is under way.
fn progress(card: &ContactCenter, here: Here<'_>) -> Option<Block> {
    let under_way = |part: &&Part| part.state == PartState::UnderWay;
    let parts = CenterPart::ALL.map(|part| card.part(part));
    let parts: Vec<&Part> = parts.into_iter().filter(under_way).collect();
    if parts.is_empty() {
        return None;
    }
    let done: u64 = parts.iter().map(|part| u64::from(part.progress.min(100))).sum();
    let due = parts.iter().filter_map(|part| part.due_at).max();
    let when = due.zip(here.now()).filter(|(due, now)| due > now);
    let when = when.map(|(due, now)| format!("Ready {}. ", distance(due, now)));
    let words = format!(
        "{}You may leave: it goes on by itself. To see this card again, press {} on the organization, \
         on the first screen.",
        when.unwrap_or_default().replace("Ready now", "Ready in less than a minute"),
        here.keys.key(Action::Wizards),
    );
    Some(Block::Progress { done, total: 100 * parts.len() as u64, words })
}
