//! A wizard whose draft is at hand: where one is, and how one moves.
//!
//! Owns moving between steps, the page's focus, and giving each event to the current step. Must
//! not know what any step asks.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crossterm::event::KeyEvent;

use super::Way;
use super::draft::Draft;
use super::provided;
use super::repeating;
use super::saver::Saver;
use super::step::{Applies, Refusal, Step, Turn};
use super::taken::Taken;
use crate::api::draft::{Hold, RemoveDraft};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::layout;
use crate::tui::msg::RequestId;
use crate::tui::page::{self, Edit, Page, PageState, Stop, Then};
use crate::tui::screen::{About, Cx, Flow, Here, Told};
use crate::tui::session::Session;
use crate::tui::theme::Tone;

/// What a wizard begins with.
pub(super) struct Beginning<W: Way> {
    pub hold: Hold,
    pub about: W::About,
    pub step: String,
    pub answers: W::Answers,
    pub revision: u64,
    /// The answers are not on the backend yet as they are here.
    pub unsaved: bool,
    /// They are somebody else's, and shown before anything can be done with them.
    pub taken: Option<Taken>,
}

/// An open wizard.
pub(super) struct Open<W: Way> {
    subject: String,
    pub steps: Vec<Box<dyn Step<W>>>,
    pub at: usize,
    pub draft: Draft<W>,
    pub page: PageState,
    /// The current step's page, as of the last message.
    pub shown: Page,
    pub refusal: Option<Refusal>,
    pub saver: Saver<W>,
    /// What was taken over, until it has been seen.
    pub taken: Option<Taken>,
    /// What was asked under the hold and is not answered yet.
    pub acts: BTreeSet<RequestId>,
    /// Those among them that do something: their keys are kept until they are answered.
    pub keyed: BTreeSet<RequestId>,
    /// Why the directory does not do what the page is for; nothing where it does.
    refused: Option<String>,
    /// It is done by hand, and read back here.
    read_back: bool,
    /// One of these is not answered: it may have happened, and the page says nothing else.
    pub unknown: bool,
}

impl<W: Way> Open<W> {
    pub fn new(begin: Beginning<W>, cx: &mut Cx<'_>) -> Self {
        let steps = W::steps();
        let draft = Draft { about: begin.about, answers: begin.answers };
        let wanted = W::begins_at(&draft).unwrap_or(&begin.step);
        let at = steps
            .iter()
            .position(|step| step.id() == wanted && step.applies(&draft) == Applies::Yes)
            .or_else(|| steps.iter().position(|step| step.applies(&draft) == Applies::Yes))
            .unwrap_or(0);
        // What nobody has answered anything in yet is no draft.
        let fresh = begin.revision == 0 && !begin.unsaved;
        let step = steps.get(at).filter(|_| fresh).map_or(&*begin.step, |step| step.id());
        let mut saver = Saver::new(&begin.hold, begin.revision, step, &draft.answers);
        if begin.unsaved {
            saver.unsaved(cx.now_ms);
        }
        cx.hold = Some(begin.hold.clone());
        let mut open = Self {
            subject: begin.hold.subject,
            steps,
            at,
            draft,
            page: PageState::default(),
            shown: Page::default(),
            refusal: None,
            saver,
            taken: begin.taken,
            acts: BTreeSet::new(),
            keyed: BTreeSet::new(),
            refused: None,
            read_back: false,
            unknown: false,
        };
        open.arrive(cx);
        open.note(cx);
        open
    }

    /// Remembers what was asked under the hold: its answer may be that somebody else has that now.
    pub fn note(&mut self, cx: &mut Cx<'_>) {
        let acts: BTreeSet<RequestId> = cx.acts.drain(..).collect();
        self.keyed.extend(acts.iter().filter(|id| cx.asked.acts(**id)));
        self.acts.extend(acts);
    }

    pub(super) fn step(&self) -> Option<&dyn Step<W>> {
        self.steps.get(self.at).map(AsRef::as_ref)
    }

    fn fresh_page(&self, here: Here<'_>) -> Page {
        let Some(step) = self.step() else { return Page::default() };
        let mut page = step.page(&self.draft, here);
        let told = provided::told(&step.asks_for(&self.draft), here.session);
        page.blocks.splice(0..0, told);
        page
    }

    /// Learns how the directory does what the page is for.
    fn look_at_provider(&mut self, session: &Session) {
        let acts = self.step().map(|step| step.asks_for(&self.draft)).unwrap_or_default();
        self.refused = acts.iter().find_map(|act| session.refuses(*act));
        self.read_back = provided::is_read_back(&acts, session);
    }

    pub(super) fn arrive(&mut self, cx: &mut Cx<'_>) {
        self.refusal = None;
        if let Some(step) = self.steps.get_mut(self.at) {
            step.enter(&mut self.draft, cx);
        }
        self.shown = self.fresh_page(cx.here());
        self.page = PageState::opened(&self.shown);
    }

    /// What the page says, as data.
    pub fn told(&self) -> Option<Told> {
        let step = self.step()?;
        if let Some(taken) = &self.taken {
            return Some(Told::words(&taken.words(step.title())));
        }
        let mut page =
            if step.draws_itself() { step.listed(&self.draft)? } else { self.shown.clone() };
        // A count comes whole where nobody types: a wrong one is told at once.
        if page.refused.is_none() && page.has_count() {
            let early = step.check(&self.draft).err();
            page.refused = early.and_then(|early| Some((early.field?, early.text.to_string())));
        }
        let refusal = self.refusal.as_ref().filter(|_| page.refused.is_none());
        let refusal = refusal.map(|refusal| format!("Not yet: {}", refusal.text));
        let below = step.happens_next(&self.draft).into_iter().map(Cow::into_owned).collect();
        Some(Told { page, above: refusal.into_iter().collect(), below })
    }

    pub fn point(&mut self, at: usize) {
        match self.steps.get_mut(self.at) {
            Some(step) if step.draws_itself() => step.point(at),
            _ => self.page.point(at),
        }
    }

    pub fn help(&self) -> About {
        let Some(step) = self.step() else { return About::default() };
        let mut about = About::of(format!("{} › {}", W::TITLE, step.title()), step.help());
        about.text.extend(step.happens_next(&self.draft));
        about
    }

    pub fn scopes(&self) -> Vec<Scope> {
        let Some(step) = self.step().filter(|_| self.shows_page()) else {
            return vec![Scope::Wizard];
        };
        let mut scopes = step.scopes().to_vec();
        if !step.draws_itself() {
            scopes.push(Scope::Page);
        }
        scopes.push(Scope::Wizard);
        scopes
    }

    pub fn availability(&self, action: Action) -> Availability {
        let Some(step) = self.step() else { return Availability::Hidden };
        if self.unknown && self.taken.is_none() {
            return Availability::shown_if(matches!(action, Action::Back | Action::Leave));
        }
        if self.taken.is_some() {
            let known = matches!(action, Action::Next | Action::Back | Action::Leave);
            return Availability::shown_if(known);
        }
        let own = step.availability(action, &self.draft);
        if let Some(why) = &self.refused
            && matches!(own, None | Some(Availability::Ready))
            && step.needs(action, &self.draft)
        {
            return Availability::Disabled(why.clone().into());
        }
        if let Some(availability) = own {
            return availability;
        }
        if let Some(availability) = self.page.availability(action, &self.shown) {
            return availability;
        }
        let known = matches!(action, Action::Next | Action::Back | Action::Leave);
        Availability::shown_if(known)
    }

    pub fn label(&self, action: Action) -> Option<String> {
        if self.taken.is_some() {
            return (action == Action::Next).then(|| "go on".to_owned());
        }
        if self.unknown {
            return repeating::label(action);
        }
        // Enter goes through the fields and choices of a page before it goes on.
        if action == Action::Next
            && let Some(word) = self.page.enter_word(&self.shown)
        {
            return Some(word.to_owned());
        }
        if action == Action::Next && self.takes_first() {
            return Some("choose".to_owned());
        }
        let step = self.step()?;
        let read_back = self.read_back && step.needs(action, &self.draft);
        step.label(action, &self.draft).or_else(|| read_back.then(|| "check now".to_owned()))
    }

    /// Whether Enter takes the marked match and no more: what it would do next acts, and what was
    /// taken is to be seen before (SPEC section 6, one press, one page).
    fn takes_first(&self) -> bool {
        let acts = self.step().is_some_and(|step| step.acts(&self.draft));
        let finishes = acts || self.at + 1 == self.steps.len();
        finishes && self.page.take(&self.shown).is_some()
    }

    /// The name of what going on does, where it acts.
    pub fn acts(&self, action: Action) -> Option<String> {
        let step = self.step().filter(|_| self.shows_page())?;
        let acts = match (action, self.page.focused(&self.shown)) {
            (Action::Open, Some(Stop::Row(list, id))) => step.acts_on(list, &id),
            (Action::Next, _) => {
                // The last page's going on finishes: a key that is held does not run through it.
                let acts = step.acts(&self.draft) || self.at + 1 == self.steps.len();
                acts && self.page.enter_word(&self.shown).is_none() && !self.takes_first()
            }
            _ => false,
        };
        acts.then(|| format!("{} {} {}", W::KIND.code(), step.id(), self.shown.answers()))
    }

    pub fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        if self.taken.is_some() {
            if action == Action::Next {
                self.taken = None;
                return Flow::Stay;
            }
            return self.leave(false, cx);
        }
        if self.unknown {
            return self.leave(false, cx);
        }
        let Some(step) = self.steps.get_mut(self.at) else { return Flow::Pop };
        match step.on_action(action, &mut self.draft, cx) {
            Turn::Pass => self.own_action(action, cx),
            turn => {
                self.forget_refusal();
                self.turn(turn, cx)
            }
        }
    }

    fn own_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        let takes_first = self.takes_first();
        let press = self.page.press(action, &self.shown);
        if let Some(edit) = press.edit {
            let flow = self.edit(&edit, cx);
            if !matches!(flow, Flow::Stay) {
                return flow;
            }
        }
        match press.then {
            Then::Say(why) => cx.toast(Tone::Attention, why),
            Then::Copy(value) => cx.copy(value),
            Then::GoOn if takes_first => {}
            Then::GoOn => return self.go_on(cx),
            Then::Pass if action == Action::Back => return self.turn(Turn::Back, cx),
            Then::Pass if action == Action::Leave => return self.leave(false, cx),
            Then::Stay | Then::Pass => {}
        }
        Flow::Stay
    }

    fn go_on(&mut self, cx: &mut Cx<'_>) -> Flow {
        let Some(step) = self.steps.get_mut(self.at) else { return Flow::Pop };
        match step.check(&self.draft) {
            Ok(()) => {
                self.refusal = None;
                let turn = step.on_next(&mut self.draft, cx);
                self.turn(turn, cx)
            }
            Err(refusal) => self.turn(Turn::Refuse(refusal), cx),
        }
    }

    fn edit(&mut self, edit: &Edit, cx: &mut Cx<'_>) -> Flow {
        self.refusal = None;
        let Some(step) = self.steps.get_mut(self.at) else { return Flow::Pop };
        let turn = step.on_edit(edit, &mut self.draft, cx);
        self.turn(turn, cx)
    }

    pub fn wants(&self, key: &KeyEvent) -> bool {
        match self.step().filter(|_| self.shows_page()) {
            None => false,
            Some(step) if step.draws_itself() => step.wants(key),
            _ => self.page.wants(key),
        }
    }

    pub fn on_text(&mut self, key: &KeyEvent, cx: &mut Cx<'_>) -> Flow {
        self.forget_refusal();
        let Some(step) = self.steps.get_mut(self.at) else { return Flow::Pop };
        if step.draws_itself() {
            step.on_text(key, &mut self.draft, cx);
            return Flow::Stay;
        }
        match self.page.on_text(key) {
            Some(edit) => self.edit(&edit, cx),
            None => Flow::Stay,
        }
    }

    pub fn on_paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        let shows = self.shows_page();
        self.forget_refusal();
        let Some(step) = self.steps.get_mut(self.at).filter(|_| shows) else {
            return;
        };
        if step.draws_itself() {
            step.on_paste(text, &mut self.draft, cx);
            return;
        }
        match self.page.on_paste(text) {
            Ok(Some(edit)) => {
                // A paste never submits: whatever the step would do next waits for a key.
                let _ = self.edit(&edit, cx);
            }
            Ok(None) => {}
            Err(why) => cx.toast(Tone::Attention, why),
        }
    }

    /// Why one could not go on is of before, once a step that draws itself shows something else.
    pub fn forget_refusal(&mut self) {
        if self.step().is_some_and(Step::draws_itself) {
            self.refusal = None;
        }
    }

    /// Does what a step answered.
    pub fn turn(&mut self, turn: Turn, cx: &mut Cx<'_>) -> Flow {
        match turn {
            Turn::Stay | Turn::Pass => Flow::Stay,
            Turn::Next => self.walk(true, cx),
            Turn::Back => self.walk(false, cx),
            Turn::Goto(id) => {
                if let Some(at) = self.steps.iter().position(|step| step.id() == id) {
                    self.at = at;
                    self.arrive(cx);
                }
                Flow::Stay
            }
            Turn::Focus(name) => {
                self.page.go_field(name, &self.shown);
                Flow::Stay
            }
            Turn::Refuse(refusal) => {
                if let Some(field) = refusal.field {
                    self.page.go_field(field, &self.shown);
                }
                self.refusal = Some(refusal);
                Flow::Stay
            }
            Turn::Push(screen) => Flow::Push(screen),
            Turn::Handover(screen) => {
                self.leave(true, cx);
                Flow::Replace(screen)
            }
            Turn::Leave { finished } => self.leave(finished, cx),
        }
    }

    /// To the nearest step that applies; past either end is out of the wizard.
    fn walk(&mut self, forward: bool, cx: &mut Cx<'_>) -> Flow {
        let mut at = self.at;
        let mut skipped = None;
        loop {
            let next = if forward { at.checked_add(1) } else { at.checked_sub(1) };
            let Some(step) = next.and_then(|next| self.steps.get(next)) else {
                return self.leave(forward, cx);
            };
            at = next.unwrap_or(at);
            match step.applies(&self.draft) {
                Applies::Yes => break,
                Applies::Skipped(why) => skipped = Some(format!("{} skipped: {why}", step.title())),
            }
        }
        self.at = at;
        self.arrive(cx);
        if let Some(words) = skipped.filter(|_| forward) {
            cx.toast(Tone::Muted, words);
        }
        Flow::Stay
    }

    fn leave(&mut self, finished: bool, cx: &mut Cx<'_>) -> Flow {
        if finished {
            self.saver.finish();
            let (wizard, subject) = (W::KIND.code().to_owned(), self.subject.clone());
            cx.send(RemoveDraft::call((wizard, subject), Nothing, Nothing));
        } else {
            self.farewell(cx);
        }
        Flow::Pop
    }

    /// The wizard is left or the program ends: nothing may be lost.
    pub fn farewell(&mut self, cx: &mut Cx<'_>) {
        if let Some(step) = self.steps.get_mut(self.at) {
            step.hand_over(&mut self.draft);
            self.saver.watch(step.id(), &self.draft.answers, cx);
        }
        for id in &self.keyed {
            cx.asked.orphan(*id);
        }
        self.saver.farewell(cx);
    }

    pub fn reconcile(&mut self, cx: &mut Cx<'_>) {
        if let Some(step) = self.steps.get_mut(self.at) {
            step.reconcile(&mut self.draft, cx);
            step.on_focus(self.page.focused(&self.shown).as_ref());
            // What was missing may have come by another way than an edit, such as a tick in a list.
            if self.refusal.is_some() && step.check(&self.draft).is_ok() {
                self.refusal = None;
            }
        }
        self.unknown = self.keyed.iter().any(|id| cx.asked.is_unknown(*id, cx.now_ms));
        self.look_at_provider(cx.session);
        self.shown = self.fresh_page(cx.here());
        let refused = |refusal: &Refusal| Some((refusal.field?, refusal.text.to_string()));
        self.shown.refused = self.refusal.as_ref().and_then(refused);
        let parts = layout::wizard(cx.body(), false);
        let (area, _) = page::rooms(&self.shown, parts.page, parts.status);
        self.page.sync(&self.shown, area.width, area.height);
        let step = self.step().map_or("", |step| step.id());
        self.saver.watch(step, &self.draft.answers, cx);
    }
}
