//! The screen that hosts a wizard: loads its subject and draft, tells who holds it, then opens it.
//!
//! Owns the way in and the way out. An open wizard's life is in `open`.

use bytes::Bytes;
use crossterm::event::KeyEvent;
use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Way;
use super::draft::{Draft, Kept};
use super::loading::Loading;
use super::open::{Beginning, Open};
use super::saver::Saved;
use super::taken::Taken;
use crate::api::call::{ApiError, Reply};
use crate::api::draft::{Draft as SavedDraft, Hold, TakeDraft};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::problem::{Problem, code};
use crate::domain::untrusted::Untrusted;
use crate::roster::{Bitmap, Found};
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::load::Load;
use crate::tui::msg::{IoError, RequestId};
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen, Told};
use crate::tui::theme::Tone;

/// A wizard on its subject.
pub struct Wizard<W: Way> {
    pub(super) subject: Untrusted,
    /// The step at which a new draft begins: what stands before it was seen on the way here.
    begin_at: &'static str,
    pub(super) phase: Phase<W>,
}

pub(super) enum Phase<W: Way> {
    /// Loading what is needed to begin.
    Loading(Box<Loading<W>>),
    /// Somebody else holds the draft; nobody is named when it is the same person elsewhere.
    Held(Box<Held<W>>),
    /// Open.
    Open(Box<Open<W>>),
}

/// Somebody else's draft.
pub(super) struct Held<W: Way> {
    /// Who holds it.
    pub holder: Option<Untrusted>,
    /// Taking it over.
    pub taking: Load<SavedDraft>,
    /// An act of this page was refused for it: nothing was done.
    pub refused: bool,
    about: W::About,
    /// The step and the answers of this page, if it was open.
    mine: Option<(String, W::Answers)>,
    /// They are gone on with, and not those that were saved last.
    keeps_mine: bool,
}

impl<W: Way> Wizard<W> {
    /// The wizard on its subject; everything is loaded when it is shown.
    pub fn new(subject: &Untrusted) -> Self {
        Self::at(subject, "")
    }

    /// The wizard on its subject, a new draft at this step.
    pub fn at(subject: &Untrusted, begin_at: &'static str) -> Self {
        Self { subject: subject.clone(), begin_at, phase: Phase::Loading(Box::default()) }
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        if let Phase::Loading(loading) = &mut self.phase {
            loading.ask(self.subject.raw(), cx);
        }
    }

    /// Opens once subject, draft and file are known.
    fn open_when_ready(&mut self, cx: &mut Cx<'_>) {
        let Phase::Loading(loading) = &self.phase else { return };
        let Some(about) = loading.about.get() else { return };
        if !loading.kept.is_known() || !loading.pending.is_known() {
            return;
        }
        let (kept, pending) = (loading.kept.get(), loading.pending.get().cloned());
        let none_yet = loading.draft.error().is_some_and(|error| error.code() == code::NOT_FOUND);
        let saved = loading.draft.get();
        if saved.is_none() && !none_yet {
            return;
        }
        let (about, saved, kept) = (about.clone(), saved.cloned(), kept.cloned());
        let me = cx.session.me.as_ref().map(|me| me.email.clone());
        match saved {
            Some(draft) if Some(&draft.holder) != me.as_ref() => {
                self.phase = Phase::held(Some(draft.holder), about, None);
            }
            saved => self.begin(about, saved, kept, cx),
        }
        if let Phase::Open(open) = &mut self.phase {
            open.repeat(pending, cx);
        }
    }

    fn begin(
        &mut self,
        about: W::About,
        saved: Option<SavedDraft>,
        kept: Option<Kept<W::Answers>>,
        cx: &mut Cx<'_>,
    ) {
        let revision = saved.as_ref().map_or(0, |draft| draft.revision);
        let since = saved.as_ref().map(|draft| draft.held_since);
        let read = |draft: SavedDraft| {
            (draft.step, serde_json::from_value(draft.answers).unwrap_or_default())
        };
        let saved: Option<(String, W::Answers)> = saved.map(read);
        // The file counts where the backend has nothing newer than what the file was based on; where
        // two really differ, neither is thrown away unasked.
        let newer = |kept: &Kept<W::Answers>| {
            saved.as_ref().is_none_or(|saved| kept.counts_over(revision, saved))
        };
        if let (Some(kept), Some(saved)) = (&kept, &saved)
            && !newer(kept)
            && !kept.is_same(saved)
        {
            let mine = (kept.step.clone(), kept.answers.clone());
            self.phase = Phase::held(None, about, Some(mine));
            return;
        }
        let kept = kept.filter(newer);
        let from_file = kept.is_some();
        let (step, answers) = match (kept, saved) {
            (Some(kept), _) => (kept.step, kept.answers),
            (None, Some(saved)) => saved,
            (None, None) => (self.begin_at.to_owned(), W::Answers::default()),
        };
        let hold = self.new_hold(since);
        let begin =
            Beginning { hold, about, step, answers, revision, unsaved: from_file, taken: None };
        self.phase = Phase::Open(Box::new(Open::new(begin, cx)));
    }

    fn new_hold(&self, since: Option<Timestamp>) -> Hold {
        let (wizard, subject) = (W::KIND.code().to_owned(), self.subject.raw().to_owned());
        Hold { wizard, subject, since }
    }

    /// Opens what was taken over: what it says is shown first, and saved as one goes on with it.
    fn take_over(&mut self, saved: SavedDraft, cx: &mut Cx<'_>) {
        let Phase::Held(held) = &mut self.phase else { return };
        let (about, from, mine) = (held.about.clone(), held.holder.clone(), held.mine.take());
        let (revision, hold) = (saved.revision, Some(saved.held_since));
        if let Some((step, answers)) = mine.clone().filter(|_| held.keeps_mine) {
            let (hold, taken) = (self.new_hold(hold), None);
            let begin = Beginning { hold, about, step, answers, revision, unsaved: true, taken };
            self.phase = Phase::Open(Box::new(Open::new(begin, cx)));
            return;
        }
        let theirs = serde_json::from_value(saved.answers).unwrap_or_default();
        let mut draft = Draft { about, answers: theirs };
        let step = W::taken_over(&mut draft, &saved.step).unwrap_or(&saved.step).to_owned();
        let taken = Taken::of::<W>(from, &draft, mine.as_ref().map(|(_, answers)| answers));
        let begin = Beginning {
            hold: self.new_hold(hold),
            about: draft.about,
            step,
            answers: draft.answers,
            revision,
            unsaved: true,
            taken: Some(taken),
        };
        self.phase = Phase::Open(Box::new(Open::new(begin, cx)));
    }

    /// Somebody else has the draft now. `refused`: an act was, and nothing came of it.
    fn lose(&mut self, holder: Option<Untrusted>, refused: bool) {
        let Phase::Open(open) = &self.phase else { return };
        let about = open.draft.about.clone();
        let step = open.steps.get(open.at).map_or("", |step| step.id()).to_owned();
        let mine = (step, open.draft.answers.clone());
        let mut phase = Phase::held(holder, about, Some(mine));
        if let Phase::Held(held) = &mut phase {
            held.refused = refused;
        }
        self.phase = phase;
    }

    fn saved(&mut self, saved: Saved, cx: &mut Cx<'_>) {
        match saved {
            Saved::NotMine | Saved::Fine => {}
            Saved::Away => cx.toast(
                Tone::Attention,
                "The backend is away; your answers are kept here and saved when it is back.",
            ),
            Saved::Refused(error) => {
                cx.toast(Tone::Refused, format!("The draft was not saved: {error}"));
            }
            Saved::Lost(holder) => self.lose(holder, false),
        }
    }
}

impl<W: Way> Screen for Wizard<W> {
    fn header(&self, look: &Look<'_>) -> Header {
        super::view::header(self, look)
    }

    fn help(&self) -> About {
        match &self.phase {
            Phase::Open(open) => open.help(),
            Phase::Loading(_) | Phase::Held(_) => About::of(
                W::TITLE,
                "A wizard keeps every answer on the backend. One person at a time works on it; \
                 whoever takes it over sees the answers first and goes on with them, and the other \
                 one is told.",
            ),
        }
    }

    fn scopes(&self) -> Vec<Scope> {
        match &self.phase {
            Phase::Open(open) => open.scopes(),
            Phase::Loading(_) | Phase::Held(_) => vec![Scope::Wizard],
        }
    }

    fn availability(&self, action: Action) -> Availability {
        match &self.phase {
            Phase::Open(open) => open.availability(action),
            Phase::Held(held) => match action {
                Action::KeepMine if !held.is_choice() => Availability::Hidden,
                Action::TakeOver | Action::KeepMine => {
                    Availability::ready_if(!held.taking.is_waiting(), "It is being taken over.")
                }
                Action::Back | Action::Leave => Availability::Ready,
                _ => Availability::Hidden,
            },
            Phase::Loading(loading) => match action {
                Action::Back | Action::Leave => Availability::Ready,
                Action::Reload => Availability::shown_if(loading.failed().is_some()),
                _ => Availability::Hidden,
            },
        }
    }

    fn acts(&self, action: Action) -> Option<String> {
        match &self.phase {
            Phase::Open(open) => open.acts(action),
            Phase::Loading(_) | Phase::Held(_) => None,
        }
    }

    fn hold(&self) -> Option<Hold> {
        match &self.phase {
            Phase::Open(open) => Some(open.saver.hold()),
            Phase::Loading(_) | Phase::Held(_) => None,
        }
    }

    fn label(&self, action: Action) -> Option<String> {
        match &self.phase {
            Phase::Open(open) => open.label(action),
            Phase::Held(held) if held.is_choice() && action == Action::TakeOver => {
                Some("the saved answers".to_owned())
            }
            _ => None,
        }
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        match &mut self.phase {
            Phase::Open(open) => {
                let flow = open.on_action(action, cx);
                open.note(cx);
                flow
            }
            Phase::Held(held) => {
                if matches!(action, Action::TakeOver | Action::KeepMine) {
                    held.keeps_mine = action == Action::KeepMine;
                    let subject = self.subject.raw().to_owned();
                    let call =
                        TakeDraft::call((W::KIND.code().to_owned(), subject), Nothing, Nothing);
                    held.taking.ask(call, cx);
                    return Flow::Stay;
                }
                Flow::Pop
            }
            Phase::Loading(loading) => {
                if action == Action::Reload {
                    **loading = Loading::default();
                    return Flow::Stay;
                }
                Flow::Pop
            }
        }
    }

    fn wants(&self, key: &KeyEvent) -> bool {
        matches!(&self.phase, Phase::Open(open) if open.wants(key))
    }

    fn on_text(&mut self, key: &KeyEvent, cx: &mut Cx<'_>) -> Flow {
        match &mut self.phase {
            Phase::Open(open) => {
                let flow = open.on_text(key, cx);
                open.note(cx);
                flow
            }
            _ => Flow::Stay,
        }
    }

    fn on_paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        if let Phase::Open(open) = &mut self.phase {
            open.on_paste(text, cx);
        }
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Flow {
        match &mut self.phase {
            Phase::Open(open) => {
                let saved = open.saver.take(id, result, cx);
                if saved != Saved::NotMine {
                    self.saved(saved, cx);
                    return Flow::Stay;
                }
                if open.answered(id, cx)
                    && let Some(problem) = lost(result)
                {
                    self.lose(problem.holder.clone(), true);
                    return Flow::Stay;
                }
                let Some(step) = open.steps.get_mut(open.at) else { return Flow::Stay };
                let turn = step.on_reply(id, result, &mut open.draft, cx);
                let flow = open.turn(turn, cx);
                open.note(cx);
                return flow;
            }
            Phase::Loading(loading) => {
                if loading.take(id, result) {
                    self.open_when_ready(cx);
                }
            }
            Phase::Held(held) => {
                if held.taking.take(id, result)
                    && let Some(draft) = held.taking.get().cloned()
                {
                    self.take_over(draft, cx);
                }
            }
        }
        Flow::Stay
    }

    fn hint_at(&self, _look: &Look<'_>, area: Rect, at: Position) -> Option<Action> {
        let Phase::Open(open) = &self.phase else { return None };
        open.steps.get(open.at)?.hint_at(area, at)
    }

    fn on_found(&mut self, id: RequestId, rows: &Bitmap, cx: &mut Cx<'_>) {
        if let Phase::Open(open) = &mut self.phase
            && let Some(step) = open.steps.get_mut(open.at)
        {
            step.on_found(id, rows, &mut open.draft, cx);
        }
    }

    fn on_looked(&mut self, id: RequestId, found: &Found, cx: &mut Cx<'_>) {
        if let Phase::Open(open) = &mut self.phase
            && let Some(step) = open.steps.get_mut(open.at)
        {
            step.on_looked(id, found, cx);
        }
    }

    fn on_file(&mut self, id: RequestId, result: &Result<Option<Bytes>, IoError>, cx: &mut Cx<'_>) {
        match &mut self.phase {
            Phase::Loading(loading) => {
                if loading.take_file(id, result, self.subject.raw()) {
                    self.open_when_ready(cx);
                }
            }
            Phase::Open(open) => {
                if let Some(step) = open.steps.get_mut(open.at) {
                    step.on_file(id, result, &mut open.draft, cx);
                }
            }
            Phase::Held(_) => {}
        }
    }

    fn on_return(&mut self, _cx: &mut Cx<'_>) {
        if let Phase::Open(open) = &mut self.phase {
            open.forget_refusal();
        }
    }

    fn reconcile(&mut self, cx: &mut Cx<'_>) {
        self.ask(cx);
        if let Phase::Open(open) = &mut self.phase {
            open.reconcile(cx);
            open.note(cx);
        }
    }

    fn farewell(&mut self, cx: &mut Cx<'_>) {
        if let Phase::Open(open) = &mut self.phase {
            open.farewell(cx);
        }
    }

    fn told(&self, here: Here<'_>) -> Option<Told> {
        super::view::told(self, here)
    }

    fn point(&mut self, at: usize) {
        if let Phase::Open(open) = &mut self.phase {
            open.point(at);
        }
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        super::view::view(self, look, area, buf);
    }
}

impl<W: Way> Phase<W> {
    fn held(
        holder: Option<Untrusted>,
        about: W::About,
        mine: Option<(String, W::Answers)>,
    ) -> Self {
        let taking = Load::default();
        let keeps_mine = false;
        Self::Held(Box::new(Held { holder, taking, refused: false, about, mine, keeps_mine }))
    }
}

impl<W: Way> Held<W> {
    /// Two versions of one's own differ: one of them is chosen.
    pub fn is_choice(&self) -> bool {
        self.holder.is_none() && self.mine.is_some()
    }
}

/// Why an act was refused, where it was because this page holds the draft no more.
fn lost(result: &Result<Reply, ApiError>) -> Option<&Problem> {
    let Err(ApiError::Problem(problem)) = result else { return None };
    let lost = matches!(problem.code.as_str(), code::DRAFT_HELD | code::DRAFT_STALE);
    lost.then_some(&**problem)
}
