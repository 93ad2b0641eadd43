//! Step three: who is meant (rule U3, SPEC section 5).
//!
//! Owns loading the roster and dispatching what the operator does to its parts: the users and
//! ticks (`picks`), the filter, the boxes over the list. The one step that draws itself. Must not
//! predict anything by itself: the roster does, by the table of the domain.

mod boxes;
mod cohorts;
mod facets;
mod filter;
mod list;
mod listed;
mod picks;
mod saved;
mod view;
mod widths;

use std::borrow::Cow;

use bytes::Bytes;
use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use self::boxes::{Boxed, Over};
use self::filter::Filter;
use self::picks::Picks;
use self::saved::Restored;
use crate::api::call::{ApiError, Reply, RosterPart};
use crate::api::cohort::{CohortUsers, ShowCohort};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::plan::Selection as Saved;
use crate::api::roster::{RosterQuery, StreamRoster};
use crate::roster::{Bitmap, Found, Selection, choice};
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::load::Load;
use crate::tui::msg::{IoError, RequestId};
use crate::tui::page::Page;
use crate::tui::screen::{Cx, Here, Look};
use crate::tui::theme::Tone;
use crate::tui::when::thousands;
use crate::tui::widget::rows::Motion;
use crate::tui::wizard::link_users::{Draft, LinkUsers};
use crate::tui::wizard::step::{Refusal, Step, Turn};

/// Ticks go into the draft after so many milliseconds of rest: writing out a million scattered
/// ones is no work for every key.
const REST_MS: u64 = 250;

/// The step.
#[derive(Default)]
pub struct Select {
    roster: Load<RosterPart>,
    picks: Picks,
    filter: Filter,
    over: Over,
    /// Saved ticks that are not on the list yet.
    resume: Option<Saved>,
    /// A saved cohort whose users are asked for.
    cohort: Load<Bitmap>,
    /// What this step put into the draft last, or took from it.
    stored: Option<Saved>,
    /// When the ticks go into the draft.
    store_at: Option<u64>,
}

impl Select {
    fn load(&mut self, draft: &Draft, cx: &mut Cx<'_>) {
        let site = draft.about.url.raw().to_owned();
        self.roster.ask(StreamRoster::call(site, RosterQuery { after: None }, Nothing), cx);
    }

    /// Takes the roster as far as it has come; a list that was whole stays until the new one is.
    fn arrived(&mut self, draft: &Draft, cx: &mut Cx<'_>) {
        let Some(part) = self.roster.get().cloned() else { return };
        let before = self.picks.part();
        let grown = before.is_some_and(|before| {
            !before.complete
                && before.head.revision == part.head.revision
                && before.columns.len() <= part.columns.len()
        });
        self.picks.take(part, draft.about.method);
        self.filter.grew(!grown, &mut self.picks, cx);
        self.restore(draft, cx);
        self.over.refresh(&self.picks);
    }

    /// Ticks what was saved, as soon as it can be told who that is.
    fn restore(&mut self, draft: &Draft, cx: &mut Cx<'_>) {
        let (Some(saved), Some(part)) = (&self.resume, self.picks.part()) else { return };
        match saved::restore(saved, draft.answers.roster_rows.unwrap_or(0), part) {
            Restored::Ticks(ticked) => {
                self.stored = self.resume.take();
                self.picks.restore(ticked);
            }
            Restored::Later => {}
            Restored::Cohort(name) => {
                if self.cohort.is_untouched() {
                    let site = draft.about.url.raw().to_owned();
                    self.cohort.ask(ShowCohort::call((site, name), Nothing, Nothing), cx);
                }
            }
            Restored::Lost => self.lose("They do not fit this site's list any more", cx),
        }
    }

    fn lose(&mut self, why: &str, cx: &mut Cx<'_>) {
        self.resume = None;
        cx.toast(Tone::Attention, format!("The saved ticks are gone. {why}; nobody is ticked."));
    }

    /// The ticks have changed: the draft learns of it soon.
    fn touched(&mut self, cx: &mut Cx<'_>) {
        // What is ticked now counts, not what was saved.
        self.resume = None;
        self.over.refresh(&self.picks);
        let at = cx.now_ms + REST_MS;
        self.store_at = Some(at);
        cx.wake_at(at);
    }

    fn store(&mut self, draft: &mut Draft) {
        self.store_at = None;
        if self.resume.is_some() {
            return;
        }
        let Some(part) = self.picks.part() else { return };
        self.stored = saved::selection(self.picks.selection.ticked(), part);
        draft.answers.roster_rows = Some(saved::rows(part));
        match self.stored.clone() {
            Some(selection) => draft.answers.select(selection),
            None => draft.answers.select_nobody(),
        }
    }

    fn not_whole(&self) -> Option<String> {
        match self.picks.part() {
            None => Some("The users are still loading.".to_owned()),
            Some(part) if !part.complete => Some(format!(
                "The list is still loading, {} of {}; this waits until it is whole.",
                thousands(part.columns.len().into()),
                thousands(part.head.count)
            )),
            Some(_) => None,
        }
    }

    /// The list on screen is of before, and whom it would tick may be invited already (rule U3).
    fn not_fresh(&self) -> Option<String> {
        let words = "The list is being loaded anew; this waits until it is whole.";
        self.not_whole().or_else(|| self.roster.id().map(|_| words.to_owned()))
    }

    fn when_fresh(&self) -> Availability {
        self.not_fresh().map_or(Availability::Ready, |why| Availability::Disabled(why.into()))
    }

    fn in_list(&self, action: Action) -> Option<Availability> {
        let some = !self.picks.matches().is_empty();
        Some(match action {
            motion if motion.motion().is_some() => Availability::shown_if(some),
            Action::Tick | Action::Range | Action::RangeUp | Action::RangeDown | Action::Copy => {
                Availability::shown_if(some)
            }
            Action::TickAll | Action::TickNone | Action::Invert if !some => Availability::Hidden,
            Action::TickAll | Action::TickNone | Action::Invert
                if self.filter.error().is_some() =>
            {
                Availability::Disabled("The filter cannot be read whole; correct it first.".into())
            }
            Action::TickAll
            | Action::TickNone
            | Action::Invert
            | Action::Rest
            | Action::LoadList
            | Action::Cohorts => self.when_fresh(),
            Action::Undo => {
                Availability::ready_if(self.picks.selection.can_undo(), "There is nothing to undo.")
            }
            Action::Redo => {
                Availability::ready_if(self.picks.selection.can_redo(), "There is nothing to redo.")
            }
            Action::Filter | Action::Facets => {
                Availability::shown_if(!self.picks.columns().is_empty())
            }
            Action::Reload => Availability::Ready,
            _ => return None,
        })
    }

    fn act_in_list(&mut self, action: Action, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        let height = view::height(&self.filter, &self.picks, cx.body());
        let picks = &mut self.picks;
        if let Some(motion) = action.motion() {
            let ranged = picks.is_ranging();
            picks.go(motion, height);
            if ranged {
                self.touched(cx);
            }
            return Turn::Stay;
        }
        match action {
            Action::Tick => picks.tick(height),
            Action::Range => picks.range(),
            Action::RangeUp => picks.range_on(Motion::Up, height),
            Action::RangeDown => picks.range_on(Motion::Down, height),
            Action::TickAll => picks.change_matching(Selection::tick),
            Action::TickNone => picks.change_matching(Selection::untick),
            Action::Invert => picks.change_matching(Selection::invert),
            Action::Undo => {
                picks.change(Selection::undo);
            }
            Action::Redo => {
                picks.change(Selection::redo);
            }
            Action::Rest => {
                let Some(ticked) = picks.tick_rest() else {
                    let words = "Nobody is left: everyone is linked or was invited before.";
                    cx.toast(Tone::Attention, words);
                    return Turn::Stay;
                };
                let words = format!(
                    "{} ticked, nobody else: not yet linked and never invited.",
                    thousands(ticked as u64)
                );
                cx.toast(Tone::Done, words);
            }
            _ => return self.open_or_move(action, draft, cx),
        }
        self.touched(cx);
        Turn::Stay
    }

    /// What leaves the ticks as they are.
    fn open_or_move(&mut self, action: Action, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        match action {
            Action::Filter => self.filter.focus(true),
            Action::Facets => self.over = Over::facets(&self.picks),
            Action::Cohorts => self.over = Over::cohorts(&draft.about, cx),
            Action::LoadList => self.over = Over::path(),
            Action::Reload => self.load(draft, cx),
            Action::Copy => {
                if let Some(row) = self.picks.focused() {
                    cx.copy(row.address().shown());
                }
            }
            Action::Next if self.filter.is_focused() => self.filter.focus(false),
            Action::Back if self.filter.is_focused() || !self.filter.is_empty() => {
                self.filter.clear(&mut self.picks, cx);
            }
            Action::Back if self.picks.end_range() => {}
            Action::Next | Action::Back | Action::Leave => {
                if self.store_at.is_some() {
                    self.store(draft);
                }
                return Turn::Pass;
            }
            _ => return Turn::Pass,
        }
        Turn::Stay
    }

    /// Does what a box over the list came to.
    fn boxed(&mut self, boxed: Boxed, cx: &mut Cx<'_>) -> Turn {
        match boxed {
            Boxed::Stay => {}
            Boxed::Close => self.over = Over::None,
            Boxed::Ticked => self.touched(cx),
            Boxed::TickedAndClosed => {
                self.over = Over::None;
                self.touched(cx);
            }
            Boxed::Filter(term) => {
                self.over = Over::None;
                self.filter.add(&term, &mut self.picks, cx);
            }
            Boxed::Push(screen) => return Turn::Push(screen),
        }
        Turn::Stay
    }
}

impl Step<LinkUsers> for Select {
    fn id(&self) -> &'static str {
        "select"
    }

    fn title(&self) -> &'static str {
        "Select"
    }

    fn help(&self) -> &'static str {
        "Tick the users to invite; the last column and the line above the footer say what an \
         invitation would do to them. Filter by words, or by domain: dept: status: outcome: \
         invited: ticked: with ! for not. What a filter hides stays ticked, and is counted."
    }

    fn enter(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) {
        self.over = Over::None;
        self.filter.focus(false);
        // Who the rest is changes with every run: it is told anew each time.
        let anew = matches!(draft.answers.selection, Some(Saved::Rest {}));
        if anew || draft.answers.selection != self.stored {
            self.resume.clone_from(&draft.answers.selection);
            self.cohort = Load::default();
            self.stored = None;
            self.picks.restore(Bitmap::new());
        }
        self.load(draft, cx);
    }

    fn page(&self, _draft: &Draft, _here: Here<'_>) -> Page {
        view::effect(&self.picks)
    }

    fn hint_at(&self, body: Rect, at: Position) -> Option<Action> {
        view::tick_at(self, body, at)
    }

    fn happens_next(&self, _draft: &Draft) -> Vec<Cow<'static, str>> {
        vec![
            "Next, the backend makes a plan of those who are ticked; nothing is sent yet.".into(),
            "Begin with a small group; everyone else can follow with one key.".into(),
        ]
    }

    fn check(&self, _draft: &Draft) -> Result<(), Refusal> {
        let saved_to_come = self.resume.as_ref().and_then(|_| self.not_fresh());
        if let Some(why) = self.not_whole().or(saved_to_come) {
            return Err(Refusal::page(why));
        }
        if self.picks.selection.ticked().is_empty() {
            return Err(Refusal::page("Nobody is ticked. Tick at least one person."));
        }
        Ok(())
    }

    fn label(&self, action: Action, _draft: &Draft) -> Option<String> {
        if let Some(label) = self.over.label(action) {
            return Some(label.to_owned());
        }
        if !matches!(self.over, Over::None) {
            return None;
        }
        Some(match action {
            Action::Next if self.filter.is_focused() => "to the list".to_owned(),
            Action::Next => "plan".to_owned(),
            Action::Back if self.filter.is_focused() || !self.filter.is_empty() => {
                "clear the filter".to_owned()
            }
            Action::TickAll => format!("all {}", thousands(self.picks.matches().len() as u64)),
            Action::Range if self.picks.is_ranging() => "end range".to_owned(),
            _ => return None,
        })
    }

    fn scopes(&self) -> &'static [Scope] {
        self.over.scopes()
    }

    fn availability(&self, action: Action, _draft: &Draft) -> Option<Availability> {
        match &self.over {
            Over::None => self.in_list(action),
            _ if action == Action::Leave => None,
            over => Some(over.availability(action, &self.picks)),
        }
    }

    fn on_action(&mut self, action: Action, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        if matches!(self.over, Over::None) || action == Action::Leave {
            return self.act_in_list(action, draft, cx);
        }
        let boxed = self.over.on_action(action, &mut self.picks, cx);
        self.boxed(boxed, cx)
    }

    fn on_next(&mut self, draft: &mut Draft, _cx: &mut Cx<'_>) -> Turn {
        self.store(draft);
        Turn::Next
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        draft: &mut Draft,
        cx: &mut Cx<'_>,
    ) -> Turn {
        let whole = self.roster.get().filter(|part| part.complete).cloned();
        let part = result.as_ref().ok().and_then(Reply::get::<RosterPart>);
        let unfinished = part.is_some_and(|part| !part.complete);
        let as_before = unfinished && whole.is_some();
        let as_part = |reply: &Reply| {
            let part: &RosterPart = reply.get()?;
            let as_before = whole.filter(|_| !part.complete);
            Some((as_before.unwrap_or_else(|| part.clone()), part.complete))
        };
        if self.roster.take_part(id, result, as_part) {
            if result.is_ok() && !as_before {
                self.arrived(draft, cx);
            }
            return Turn::Stay;
        }
        let rows = self.picks.columns().len();
        let read = |reply: &Reply| choice::parse(&reply.get::<CohortUsers>()?.numbers, rows).ok();
        if self.cohort.take_by(id, result, read) {
            match self.cohort.get().cloned() {
                Some(rows) if self.resume.is_some() => {
                    self.stored = self.resume.take();
                    self.picks.restore(rows);
                }
                _ => self.lose("The cohort could not be read", cx),
            }
            return Turn::Stay;
        }
        let boxed = self.over.on_reply(id, result, &mut self.picks, cx);
        self.boxed(boxed, cx)
    }

    fn on_found(&mut self, id: RequestId, rows: &Bitmap, _draft: &mut Draft, cx: &mut Cx<'_>) {
        self.filter.found(id, rows, &mut self.picks, cx);
        self.over.refresh(&self.picks);
    }

    fn on_looked(&mut self, id: RequestId, found: &Found, cx: &mut Cx<'_>) {
        let boxed = self.over.on_looked(id, found, &mut self.picks);
        // A box never pushes a screen on what was found.
        let _ = self.boxed(boxed, cx);
    }

    fn on_file(
        &mut self,
        id: RequestId,
        result: &Result<Option<Bytes>, IoError>,
        _draft: &mut Draft,
        cx: &mut Cx<'_>,
    ) {
        let boxed = self.over.on_file(id, result, &self.picks, cx);
        // A box never pushes a screen on a file.
        let _ = self.boxed(boxed, cx);
    }

    fn reconcile(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) {
        self.picks.clamp(view::height(&self.filter, &self.picks, cx.body()));
        self.over.reconcile(&self.picks, cx);
        if self.store_at.is_some_and(|at| at <= cx.now_ms) {
            self.store(draft);
        }
    }

    fn hand_over(&mut self, draft: &mut Draft) {
        if self.store_at.is_some() {
            self.store(draft);
        }
    }

    fn draws_itself(&self) -> bool {
        true
    }

    fn view(&self, draft: &Draft, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        view::view(self, draft, look, area, buf);
        self.over.view(&self.picks, look, area, buf);
    }

    fn listed(&self, _draft: &Draft) -> Option<Page> {
        Some(listed::page(self))
    }

    fn point(&mut self, at: usize) {
        listed::point(self, at);
    }

    fn wants(&self, key: &KeyEvent) -> bool {
        match &self.over {
            Over::None => self.filter.wants(key),
            over => over.wants(key),
        }
    }

    fn on_text(&mut self, key: &KeyEvent, _draft: &mut Draft, cx: &mut Cx<'_>) {
        match &mut self.over {
            Over::None => self.filter.on_text(key, &mut self.picks, cx),
            over => over.on_text(key),
        }
    }

    fn on_paste(&mut self, text: &str, _draft: &mut Draft, cx: &mut Cx<'_>) {
        if !matches!(self.over, Over::None) && self.over.paste(text) {
            return;
        }
        if self.filter.is_focused() {
            self.filter.paste(text, &mut self.picks, cx);
        } else if let Some(why) = self.not_whole() {
            cx.toast(Tone::Attention, why);
        } else {
            self.over = Over::looking(text, &self.picks, cx);
        }
    }
}
