//! What was asked of the backend and is not answered yet (SPEC section 8, Idempotency).
//!
//! Owns the key of every write: made once, kept until an answer has come, used by every repeat of the
//! same write. A write that was sent and not answered is asked again by itself; nobody else learns of
//! it before its answer. Owns also whether the backend is away. Must not know a clock: time comes in.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::effect::Effect;
use super::msg::RequestId;
use crate::api::call::{ApiError, Body, Reply, Request};
use crate::api::draft::Hold;
use crate::api::route::Pace;

/// A backend that has not answered a brief question for so long is away.
const AWAY_MS: u64 = 5_000;
/// A write that was not answered is asked again after so long.
const AGAIN_MS: u64 = 3_000;
/// While the backend is away it is asked so often whether it is back.
const PROBE_MS: u64 = 5_000;
/// So many keys of writes that nobody waits for any more are kept.
const LEFT: usize = 64;

/// A write as it is recognised, with its key: what a file keeps across a restart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Method, path and body, as one digest.
    pub write: String,
    /// Its `Idempotency-Key`.
    pub key: String,
}

/// A write that nobody waits for any more, and under which hold on a draft it was sent.
#[derive(Debug)]
struct Left {
    pending: Pending,
    place: Option<(String, String)>,
}

/// Something that is not answered yet.
#[derive(Debug)]
struct Question {
    request: Request,
    hold: Option<Box<Hold>>,
    /// A write's.
    pending: Option<Pending>,
    /// When it was asked first, and last.
    first_ms: u64,
    last_ms: u64,
    /// It is answered at once, or something is wrong.
    brief: bool,
    /// It does something to others, or for good.
    acts: bool,
    /// It was sent, and no answer came.
    lost: bool,
    /// The page that asked it was left.
    orphan: bool,
    again_ms: Option<u64>,
}

/// Everything that is not answered yet.
#[derive(Debug, Default)]
pub struct Asked {
    salt: String,
    made: u64,
    open: BTreeMap<RequestId, Question>,
    left: Vec<Left>,
    heard_ms: Option<u64>,
    failed: bool,
    probe: Option<RequestId>,
    probe_ms: Option<u64>,
}

/// What was asked.
#[derive(Debug)]
pub struct Sent {
    /// The key, of a write.
    pub key: Option<String>,
    /// It repeats a write that was not answered.
    pub repeats: bool,
    /// When to look whether the backend is away.
    pub look_ms: Option<u64>,
}

impl Asked {
    /// Nothing is asked yet; no two of these have the same `salt`.
    pub fn new(salt: impl Into<String>) -> Self {
        Self { salt: salt.into(), ..Self::default() }
    }

    /// Whether this write was sent before, and is not answered.
    pub fn repeats(&self, request: &Request) -> bool {
        write_of(request).is_some_and(|write| self.known_key(&write).is_some())
    }

    fn known_key(&self, write: &str) -> Option<&Pending> {
        let left = self.left.iter().map(|left| &left.pending);
        let lost = self.open.values().filter(|question| question.lost || question.orphan);
        let lost = lost.filter_map(|question| question.pending.as_ref());
        left.chain(lost).find(|pending| pending.write == write)
    }

    /// Notes what is asked now.
    pub fn ask(
        &mut self,
        id: RequestId,
        request: &Request,
        hold: Option<&Hold>,
        now_ms: u64,
    ) -> Sent {
        let write = write_of(request);
        let known = write.as_ref().and_then(|write| self.known_key(write)).cloned();
        let repeats = known.is_some();
        self.left.retain(|left| Some(&left.pending.write) != write.as_ref());
        let pending = write.map(|write| known.unwrap_or_else(|| self.make(write)));
        let key = pending.as_ref().map(|pending| pending.key.clone());
        let brief = request.about.route.pace == Pace::Brief;
        let question = Question {
            request: request.clone(),
            hold: hold.cloned().map(Box::new),
            pending,
            first_ms: now_ms,
            last_ms: now_ms,
            brief,
            acts: request.acts(),
            lost: repeats,
            orphan: false,
            again_ms: None,
        };
        self.open.insert(id, question);
        Sent { key, repeats, look_ms: brief.then_some(now_ms + AWAY_MS) }
    }

    fn make(&mut self, write: String) -> Pending {
        self.made += 1;
        Pending { write, key: format!("{}-{}", self.salt, self.made) }
    }

    /// Takes a reply; `Some(when)` where it is no answer: it is asked again then, and nobody is told.
    pub fn take(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        now_ms: u64,
    ) -> Option<u64> {
        let silent = matches!(result, Err(ApiError::Unreachable(_) | ApiError::Unanswered(_)));
        if silent && !self.failed {
            self.probe_ms = Some(now_ms + PROBE_MS);
        }
        self.failed = silent;
        if !silent {
            self.heard_ms = Some(now_ms);
        }
        if self.probe == Some(id) {
            self.probe = None;
            self.probe_ms = Some(now_ms + PROBE_MS);
        }
        let question = self.open.get_mut(&id)?;
        let unanswered =
            |error: &ApiError| error.leaves_open() || (question.lost && error.is_not_now());
        if question.pending.is_some() && result.as_ref().is_err_and(unanswered) {
            question.lost = true;
            let again = now_ms + AGAIN_MS;
            question.again_ms = Some(again);
            return Some(again);
        }
        let question = self.open.remove(&id)?;
        // Signed out is no answer to a write that may have been done.
        let signed_out = matches!(result, Err(ApiError::Problem(problem)) if problem.status == 401);
        if (question.lost && signed_out) || question.orphan {
            self.leave(question);
        }
        None
    }

    /// Whether this acts, for the page that asked it.
    pub fn acts(&self, id: RequestId) -> bool {
        self.open.get(&id).is_some_and(|question| question.acts)
    }

    /// The page that asked this is left; it is still asked, and whoever comes back learns of it.
    pub fn orphan(&mut self, id: RequestId) {
        if let Some(question) = self.open.get_mut(&id) {
            question.orphan = true;
        }
    }

    /// Nobody waits for this any more. The key of a write is kept: it may be asked again.
    pub fn cancel(&mut self, id: RequestId) {
        if let Some(question) = self.open.remove(&id) {
            self.leave(question);
        }
    }

    fn leave(&mut self, question: Question) {
        let Some(pending) = question.pending.filter(|_| question.acts) else { return };
        let place = question.hold.map(|hold| (hold.wizard, hold.subject));
        self.keep(pending, place);
    }

    fn keep(&mut self, pending: Pending, place: Option<(String, String)>) {
        self.left.retain(|left| left.pending.write != pending.write);
        if self.left.len() >= LEFT {
            self.left.remove(0);
        }
        self.left.push(Left { pending, place });
    }

    /// Takes what a file kept of a write under this hold.
    pub fn remember(&mut self, pending: Pending, hold: &Hold) {
        self.keep(pending, Some((hold.wizard.clone(), hold.subject.clone())));
    }

    /// Whether a write under this hold was sent, and nobody waited for its answer.
    pub fn is_left(&self, hold: &Hold) -> bool {
        let here = |place: &(String, String)| (&place.0, &place.1) == (&hold.wizard, &hold.subject);
        let orphan = |question: &Question| {
            let place = question.hold.as_ref().map(|at| (&at.wizard, &at.subject));
            question.orphan && place == Some((&hold.wizard, &hold.subject))
        };
        self.left.iter().any(|left| left.place.as_ref().is_some_and(here))
            || self.open.values().any(orphan)
    }

    /// What was left under this hold is looked at: the page shows how things are now.
    pub fn forget(&mut self, hold: &Hold) {
        let here = |place: &(String, String)| (&place.0, &place.1) == (&hold.wizard, &hold.subject);
        self.left.retain(|left| !left.place.as_ref().is_some_and(here));
    }

    /// A write that is not answered yet, for its file.
    pub fn pending(&self, id: RequestId) -> Option<&Pending> {
        self.open.get(&id)?.pending.as_ref()
    }

    /// Whether something that acts was sent so long ago that it may have happened.
    pub fn is_unknown(&self, id: RequestId, now_ms: u64) -> bool {
        self.open.get(&id).is_some_and(|question| {
            let old = question.brief && now_ms >= question.first_ms + AWAY_MS;
            question.acts && (question.lost || old)
        })
    }

    /// Whether any of it may have happened.
    pub fn any_unknown(&self, now_ms: u64) -> bool {
        self.open.keys().any(|id| self.is_unknown(*id, now_ms))
    }

    /// Whether the backend is away: it could not be reached, or is silent.
    pub fn is_away(&self, now_ms: u64) -> bool {
        let silent = |question: &Question| {
            let unheard = self.heard_ms.is_none_or(|heard| heard <= question.last_ms);
            question.brief && unheard && now_ms >= question.last_ms + AWAY_MS
        };
        self.failed || self.open.values().any(silent)
    }

    /// What is due to be asked again; when to look again goes into `wake`.
    pub fn due(&mut self, now_ms: u64, wake: &mut Option<u64>) -> Vec<Effect> {
        let mut effects = Vec::new();
        for (id, question) in &mut self.open {
            let Some(at) = question.again_ms.filter(|at| *at <= now_ms) else { continue };
            (question.again_ms, question.last_ms) = (None, now_ms);
            *wake = Some(at.max(now_ms) + AWAY_MS);
            effects.push(Effect::Send {
                id: *id,
                request: question.request.clone(),
                hold: question.hold.clone(),
                key: question.pending.as_ref().map(|pending| pending.key.clone()),
            });
        }
        effects
    }

    /// Whether it is time to ask whether the backend is back.
    pub fn probes(&self, now_ms: u64) -> bool {
        let waits =
            self.open.values().any(|question| question.brief && question.again_ms.is_none());
        self.failed && !waits && self.probe_ms.is_some_and(|at| now_ms >= at)
    }

    /// When to look whether it is.
    pub fn probe_ms(&self) -> Option<u64> {
        self.probe_ms.filter(|_| self.failed && self.probe.is_none())
    }

    /// It is being asked.
    pub fn probing(&mut self, id: RequestId) {
        self.probe = Some(id);
    }
}

/// A write, as one digest; nothing for a question.
fn write_of(request: &Request) -> Option<String> {
    if !request.is_keyed() {
        return None;
    }
    let mut digest = Sha256::new();
    digest.update(format!("{:?} {}\n", request.method(), request.target));
    match &request.body {
        Body::Empty => {}
        Body::Json(bytes) | Body::File(bytes) => digest.update(bytes),
    }
    let hex = |mut text: String, byte: &u8| {
        let _ = write!(text, "{byte:02x}");
        text
    };
    Some(digest.finalize().iter().fold(String::new(), hex))
}

#[cfg(test)]
mod tests;
