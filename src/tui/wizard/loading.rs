//! What a wizard needs before it opens: its subject, its draft, and the operator's files.
//!
//! Owns asking for them and reading them. What is made of them is the host's.

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::Way;
use super::draft::{Kept, file_name};
use crate::api::call::{ApiError, Reply};
use crate::api::draft::{Draft as SavedDraft, ShowDraft};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::problem::code;
use crate::tui::asked::Pending;
use crate::tui::load::Load;
use crate::tui::msg::{IoError, RequestId};
use crate::tui::screen::{Cx, key_file};

/// What is being loaded.
pub(super) struct Loading<W: Way> {
    pub about: Load<W::About>,
    pub draft: Load<SavedDraft>,
    /// The answers that the backend may not have.
    pub kept: File<Kept<W::Answers>>,
    /// What was done last and not answered.
    pub pending: File<Pending>,
}

impl<W: Way> Default for Loading<W> {
    fn default() -> Self {
        let (about, draft) = (Load::default(), Load::default());
        Self { about, draft, kept: File::default(), pending: File::default() }
    }
}

/// A file of the operator: not asked for, asked for, known.
#[derive(Default)]
pub(super) enum File<T> {
    #[default]
    Unasked,
    Asked(RequestId),
    Known(Option<Box<T>>),
}

impl<T> File<T> {
    fn takes(&self, id: RequestId) -> bool {
        matches!(self, Self::Asked(mine) if *mine == id)
    }

    /// Whether it is known what it holds.
    pub fn is_known(&self) -> bool {
        matches!(self, Self::Known(_))
    }

    /// What it holds.
    pub fn get(&self) -> Option<&T> {
        match self {
            Self::Known(held) => held.as_deref(),
            Self::Unasked | Self::Asked(_) => None,
        }
    }
}

impl<W: Way> Loading<W> {
    /// Asks for what was not asked for yet.
    pub fn ask(&mut self, subject: &str, cx: &mut Cx<'_>) {
        let wizard = W::KIND.code();
        if self.about.is_untouched() {
            self.about.ask(W::ask(subject), cx);
        }
        if self.draft.is_untouched() {
            let call = ShowDraft::call((wizard.to_owned(), subject.to_owned()), Nothing, Nothing);
            self.draft.ask(call, cx);
        }
        if matches!(self.kept, File::Unasked) {
            let folder = &cx.session.drafts;
            let (answers, key) =
                (folder.join(file_name(wizard, subject)), folder.join(key_file(wizard, subject)));
            self.kept = File::Asked(cx.read(answers));
            self.pending = File::Asked(cx.read(key));
        }
    }

    /// Takes what a file held; whether that was one of these. A broken file counts as none.
    pub fn take_file(
        &mut self,
        id: RequestId,
        result: &Result<Option<Bytes>, IoError>,
        subject: &str,
    ) -> bool {
        let bytes = result.as_ref().ok().and_then(Option::as_ref);
        if self.kept.takes(id) {
            let kept = bytes.and_then(|bytes| Kept::from_bytes(bytes, W::KIND.code(), subject));
            self.kept = File::Known(kept.map(Box::new));
            return true;
        }
        let mine = self.pending.takes(id);
        if mine {
            self.pending = File::Known(bytes.and_then(|bytes| from_json(bytes)).map(Box::new));
        }
        mine
    }

    /// Takes an answer; whether it was for one of these.
    pub fn take(&mut self, id: RequestId, result: &Result<Reply, ApiError>) -> bool {
        self.about.take_by(id, result, W::about) || self.draft.take(id, result)
    }

    /// What could not be loaded; a draft that does not exist yet is no failure.
    pub fn failed(&self) -> Option<&ApiError> {
        let draft = self.draft.error().filter(|error| error.code() != code::NOT_FOUND);
        self.about.error().or(draft)
    }
}

fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    serde_json::from_slice(bytes).ok()
}
