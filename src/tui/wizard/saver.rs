//! Keeps a wizard's answers safe (SPEC section 4).
//!
//! Owns when a draft is saved: within two seconds of a change, at once after a step, in a file
//! while the backend is away. Must not know what the answers mean.

use std::path::PathBuf;

use jiff::Timestamp;

use super::Way;
use super::draft::{Kept, file_name};
use crate::api::call::{ApiError, Reply};
use crate::api::draft::{Draft, Hold, SaveDraft, SaveDraftCall};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::problem::code;
use crate::domain::untrusted::Untrusted;
use crate::tui::msg::RequestId;
use crate::tui::screen::Cx;

/// After so many milliseconds of rest a change is saved; well within the two seconds promised.
const REST_MS: u64 = 1_000;
/// A change is saved after so many milliseconds even while one goes on typing.
const MOST_MS: u64 = 1_600;
/// A save that is not answered within so many milliseconds is in the file, too.
const SOON_MS: u64 = 300;
/// While the backend is away it is tried again after so many milliseconds.
const AGAIN_MS: u64 = 5_000;

/// The saving of one draft.
pub struct Saver<W: Way> {
    subject: String,
    revision: u64,
    /// Since when the draft is held; nothing before it was saved.
    since: Option<Timestamp>,
    saved: (String, W::Answers),
    seen: (String, W::Answers),
    changed: Option<Changed>,
    in_flight: Option<InFlight<W>>,
    /// What the file has.
    file: Option<(String, W::Answers)>,
    again_at: Option<u64>,
    kept: bool,
    finished: bool,
}

/// A save that is not answered yet.
struct InFlight<W: Way> {
    id: RequestId,
    sent: (String, W::Answers),
    sent_ms: u64,
}

/// A change that is not saved yet.
#[derive(Debug, Clone, Copy)]
struct Changed {
    first_ms: u64,
    due_ms: u64,
}

/// What became of a save.
#[derive(Debug, Clone, PartialEq)]
pub enum Saved {
    /// Not this one's reply.
    NotMine,
    /// Nothing to tell.
    Fine,
    /// The backend is away; the answers are in a file.
    Away,
    /// Somebody else holds the draft, or the same person elsewhere.
    Lost(Option<Untrusted>),
    /// The backend refused for another reason.
    Refused(ApiError),
}

impl<W: Way> Saver<W> {
    /// Begins with what the backend (or the file) has.
    pub fn new(hold: &Hold, revision: u64, step: &str, answers: &W::Answers) -> Self {
        let now = (step.to_owned(), answers.clone());
        Self {
            subject: hold.subject.clone(),
            revision,
            since: hold.since,
            saved: now.clone(),
            seen: now,
            changed: None,
            in_flight: None,
            file: None,
            again_at: None,
            kept: false,
            finished: false,
        }
    }

    /// The hold under which the page acts.
    pub fn hold(&self) -> Hold {
        let wizard = W::KIND.code().to_owned();
        Hold { wizard, subject: self.subject.clone(), since: self.since }
    }

    /// Marks everything as unsaved: what is at hand is not what the backend has.
    pub fn unsaved(&mut self, now_ms: u64) {
        self.changed = Some(Changed { first_ms: now_ms, due_ms: now_ms });
        self.kept = true;
    }

    /// After every message: notes changes, saves when it is time.
    pub fn watch(&mut self, step: &str, answers: &W::Answers, cx: &mut Cx<'_>) {
        if self.finished {
            return;
        }
        if self.seen.0 != step || self.seen.1 != *answers {
            let another_step = self.seen.0 != step;
            self.seen = (step.to_owned(), answers.clone());
            let first_ms = self.changed.map_or(cx.now_ms, |changed| changed.first_ms);
            let rested = (cx.now_ms + REST_MS).min(first_ms + MOST_MS);
            let due_ms = if another_step { cx.now_ms } else { rested };
            self.changed = Some(Changed { first_ms, due_ms });
            if another_step {
                self.again_at = None;
            }
            cx.wake_at(due_ms);
        }
        self.keep_meanwhile(cx);
        let Some(changed) = self.changed else { return };
        if self.in_flight.is_some() || self.again_at.is_some_and(|at| cx.now_ms < at) {
            return;
        }
        if cx.now_ms >= changed.due_ms {
            self.save(cx);
        }
    }

    /// What the backend has not said that it has is in the file within two seconds of the change.
    fn keep_meanwhile(&mut self, cx: &mut Cx<'_>) {
        let due_ms = match (&self.in_flight, self.changed) {
            (Some(one), _) if one.sent == self.seen => one.sent_ms + SOON_MS,
            (Some(_), Some(changed)) => changed.due_ms,
            (None, Some(changed)) if self.again_at.is_some() => changed.due_ms,
            _ => return,
        };
        if self.file.as_ref() == Some(&self.seen) {
            return;
        }
        if cx.now_ms < due_ms {
            return cx.wake_at(due_ms);
        }
        self.keep(self.revision, cx);
    }

    fn save(&mut self, cx: &mut Cx<'_>) {
        let (step, answers) = self.seen.clone();
        let body = SaveDraft {
            step: step.clone(),
            answers: serde_json::to_value(&answers).unwrap_or_default(),
            revision: self.revision,
        };
        let call =
            SaveDraftCall::call((W::KIND.code().to_owned(), self.subject.clone()), Nothing, body);
        let id = cx.send(call);
        self.in_flight = Some(InFlight { id, sent: (step, answers), sent_ms: cx.now_ms });
        self.changed = None;
        self.again_at = None;
    }

    /// Takes the reply to a save.
    pub fn take(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Saved {
        if self.in_flight.as_ref().is_none_or(|one| one.id != id) {
            return Saved::NotMine;
        }
        let Some(InFlight { sent, .. }) = self.in_flight.take() else { return Saved::NotMine };
        match result.as_ref().map(Reply::get::<Draft>) {
            Ok(Some(draft)) => {
                self.revision = draft.revision;
                self.since = Some(draft.held_since);
                self.saved = sent;
                if self.kept && self.seen == self.saved {
                    (self.kept, self.file) = (false, None);
                    cx.remove(self.path(cx));
                }
                Saved::Fine
            }
            Ok(None) => Saved::Fine,
            Err(error) => self.failed(error, cx),
        }
    }

    fn failed(&mut self, error: &ApiError, cx: &mut Cx<'_>) -> Saved {
        if let ApiError::Problem(problem) = error {
            match problem.code.as_str() {
                code::DRAFT_HELD => return Saved::Lost(problem.holder.clone()),
                code::DRAFT_STALE => return Saved::Lost(None),
                code::UNAVAILABLE | code::TOO_MANY | code::NOT_SIGNED_IN | code::INTERNAL => {}
                _ => return Saved::Refused(error.clone()),
            }
        }
        self.changed = Some(Changed { first_ms: cx.now_ms, due_ms: cx.now_ms });
        self.again_at = Some(cx.now_ms + AGAIN_MS);
        cx.wake_at(cx.now_ms + AGAIN_MS);
        self.keep(self.revision, cx);
        Saved::Away
    }

    /// The wizard has come to its end: its draft is gone and is not made again.
    pub fn finish(&mut self) {
        self.finished = true;
    }

    /// The wizard is left or the program ends: nothing may be lost.
    pub fn farewell(&mut self, cx: &mut Cx<'_>) {
        let is_saved = self.seen == self.saved && self.changed.is_none();
        if self.finished || (is_saved && self.in_flight.is_none()) {
            return;
        }
        self.keep(self.revision, cx);
        if self.in_flight.is_none() {
            self.save(cx);
        }
    }

    fn keep(&mut self, revision: u64, cx: &mut Cx<'_>) {
        self.file = Some(self.seen.clone());
        let (step, answers) = self.seen.clone();
        let kept = Kept {
            wizard: W::KIND.code().to_owned(),
            subject: self.subject.clone(),
            step,
            answers,
            revision,
            sent: self.in_flight.as_ref().map(|one| one.sent.clone()),
        };
        self.kept = true;
        cx.write(self.path(cx), kept.to_bytes());
    }

    fn path(&self, cx: &Cx<'_>) -> PathBuf {
        cx.session.drafts.join(file_name(W::KIND.code(), &self.subject))
    }
}
