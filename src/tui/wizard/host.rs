//! The screen that hosts a wizard: loads its subject and draft, tells who holds it, then opens it.
//!
//! Owns the way in and the way out. An open wizard's life is in `open`.

use bytes::Bytes;
use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Way;
use super::draft::{Kept, file_name};
use super::open::{Beginning, Open};
use super::saver::Saved;
use crate::api::call::{ApiError, DraftCall, Reply, Request};
use crate::api::draft::Draft as SavedDraft;
use crate::api::problem::code;
use crate::domain::untrusted::Untrusted;
use crate::roster::Bitmap;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::load::Load;
use crate::tui::msg::{IoError, RequestId};
use crate::tui::screen::{About, Cx, Flow, Header, Look, Screen};
use crate::tui::theme::Tone;

/// A wizard on its subject.
pub struct Wizard<W: Way> {
    pub(super) subject: Untrusted,
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
    about: W::About,
}

pub(super) struct Loading<W: Way> {
    pub about: Load<W::About>,
    pub draft: Load<SavedDraft>,
    kept: KeptFile<W::Answers>,
}

impl<W: Way> Default for Loading<W> {
    fn default() -> Self {
        Self { about: Load::default(), draft: Load::default(), kept: KeptFile::default() }
    }
}

/// The operator's file: not asked for, asked for, known.
#[derive(Default)]
enum KeptFile<A> {
    #[default]
    Unasked,
    Asked(RequestId),
    Known(Option<Box<Kept<A>>>),
}

impl<W: Way> Wizard<W> {
    /// The wizard on its subject; everything is loaded when it is shown.
    pub fn new(subject: &Untrusted) -> Self {
        Self { subject: subject.clone(), phase: Phase::Loading(Box::default()) }
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        let subject = self.subject.raw().to_owned();
        let Phase::Loading(loading) = &mut self.phase else { return };
        if loading.about.is_untouched() {
            loading.about.ask(W::ask(&subject), cx);
        }
        if loading.draft.is_untouched() {
            let call = DraftCall::Show(W::KIND.code().to_owned(), subject.clone());
            loading.draft.ask(Request::Draft(call), cx);
        }
        if matches!(loading.kept, KeptFile::Unasked) {
            let path = cx.session.drafts.join(file_name(W::KIND.code(), &subject));
            loading.kept = KeptFile::Asked(cx.read(path));
        }
    }

    /// Opens once subject, draft and file are known.
    fn open_when_ready(&mut self, cx: &mut Cx<'_>) {
        let Phase::Loading(loading) = &self.phase else { return };
        let (Some(about), KeptFile::Known(kept)) = (loading.about.get(), &loading.kept) else {
            return;
        };
        let none_yet = loading.draft.error().is_some_and(|error| error.code() == code::NOT_FOUND);
        let saved = loading.draft.get();
        if saved.is_none() && !none_yet {
            return;
        }
        let (about, saved, kept) = (about.clone(), saved.cloned(), kept.as_deref().cloned());
        let me = cx.session.me.as_ref().map(|me| me.email.clone());
        match saved {
            Some(draft) if Some(&draft.holder) != me.as_ref() => {
                self.phase = Phase::held(Some(draft.holder), about);
            }
            saved => self.begin(about, saved, kept, cx),
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
        // The file counts where the backend has nothing newer than what the file was based on.
        let kept = kept.filter(|kept| revision <= kept.revision);
        let from_file = kept.is_some();
        let (step, answers) = match (kept, saved) {
            (Some(kept), _) => (kept.step, kept.answers),
            (None, Some(draft)) => {
                (draft.step, serde_json::from_value(draft.answers).unwrap_or_default())
            }
            (None, None) => (String::new(), W::Answers::default()),
        };
        let subject = self.subject.raw().to_owned();
        let begin = Beginning { subject, about, step, answers, revision, from_file };
        self.phase = Phase::Open(Box::new(Open::new(begin, cx)));
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
            Saved::Lost(holder) => {
                if let Phase::Open(open) = &self.phase {
                    self.phase = Phase::held(holder, open.draft.about.clone());
                }
            }
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
                 whoever takes it over goes on with the answers, and the other one is told.",
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
                Action::TakeOver => {
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

    fn label(&self, action: Action) -> Option<String> {
        match &self.phase {
            Phase::Open(open) => open.label(action),
            _ => None,
        }
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        match &mut self.phase {
            Phase::Open(open) => open.on_action(action, cx),
            Phase::Held(held) => {
                if action == Action::TakeOver {
                    let subject = self.subject.raw().to_owned();
                    let call = DraftCall::Take(W::KIND.code().to_owned(), subject);
                    held.taking.ask(Request::Draft(call), cx);
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
            Phase::Open(open) => open.on_text(key, cx),
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
        let as_draft = |reply: &Reply| match reply {
            Reply::Draft(draft) => Some((**draft).clone()),
            _ => None,
        };
        match &mut self.phase {
            Phase::Open(open) => {
                let saved = open.saver.take(id, result, cx);
                if saved != Saved::NotMine {
                    self.saved(saved, cx);
                    return Flow::Stay;
                }
                let Some(step) = open.steps.get_mut(open.at) else { return Flow::Stay };
                let turn = step.on_reply(id, result, &mut open.draft, cx);
                return open.turn(turn, cx);
            }
            Phase::Loading(loading) => {
                if loading.about.take(id, result, W::about)
                    || loading.draft.take(id, result, as_draft)
                {
                    self.open_when_ready(cx);
                }
            }
            Phase::Held(held) => {
                if held.taking.take(id, result, as_draft)
                    && let Some(draft) = held.taking.get().cloned()
                {
                    let about = held.about.clone();
                    self.begin(about, Some(draft), None, cx);
                }
            }
        }
        Flow::Stay
    }

    fn on_found(&mut self, id: RequestId, rows: &Bitmap, cx: &mut Cx<'_>) {
        if let Phase::Open(open) = &mut self.phase
            && let Some(step) = open.steps.get_mut(open.at)
        {
            step.on_found(id, rows, &mut open.draft, cx);
        }
    }

    fn on_file(&mut self, id: RequestId, result: &Result<Option<Bytes>, IoError>, cx: &mut Cx<'_>) {
        match &mut self.phase {
            Phase::Loading(loading) => {
                if matches!(loading.kept, KeptFile::Asked(mine) if mine == id) {
                    let bytes = result.as_ref().ok().and_then(Option::as_ref);
                    let kept = bytes.and_then(|bytes| {
                        Kept::from_bytes(bytes, W::KIND.code(), self.subject.raw())
                    });
                    loading.kept = KeptFile::Known(kept.map(Box::new));
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

    fn reconcile(&mut self, cx: &mut Cx<'_>) {
        self.ask(cx);
        if let Phase::Open(open) = &mut self.phase {
            open.reconcile(cx);
        }
    }

    fn farewell(&mut self, cx: &mut Cx<'_>) {
        if let Phase::Open(open) = &mut self.phase {
            open.farewell(cx);
        }
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        super::view::view(self, look, area, buf);
    }
}

impl<W: Way> Phase<W> {
    fn held(holder: Option<Untrusted>, about: W::About) -> Self {
        Self::Held(Box::new(Held { holder, taking: Load::default(), about }))
    }
}

impl<W: Way> Loading<W> {
    /// What could not be loaded; a draft that does not exist yet is no failure.
    pub fn failed(&self) -> Option<&ApiError> {
        let draft = self.draft.error().filter(|error| error.code() != code::NOT_FOUND);
        self.about.error().or(draft)
    }
}
