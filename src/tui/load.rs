//! Something asked of the backend: not asked, waiting, there, or failed.
//!
//! Owns the bookkeeping every screen needs around a request: whose reply it is, since when one
//! waits, what to say meanwhile. What was there stays visible while it is asked for again.

mod listing;

use std::any::Any;

pub use listing::Listing;

use super::msg::RequestId;
use super::screen::Cx;
use crate::api::call::{ApiError, Reply, Request};

/// After so many milliseconds without an answer the wait is put into words.
const QUIET_MS: u64 = 400;
/// After so many it is called slow.
const SLOW_MS: u64 = 4_000;
/// After so many it is called very slow.
const STUCK_MS: u64 = 15_000;

/// Why an answer cannot be taken.
const ANOTHER: &str = "it answers another question";

/// A value that the backend has.
#[derive(Debug, Clone)]
pub struct Load<T> {
    value: Option<T>,
    error: Option<ApiError>,
    waiting: Option<(RequestId, u64)>,
}

impl<T> Default for Load<T> {
    fn default() -> Self {
        Self { value: None, error: None, waiting: None }
    }
}

/// How long one has been waiting, in steps that need no ticking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// So briefly that saying anything would flicker.
    Brief,
    /// Long enough to say what for.
    Told,
    /// Longer than usual.
    Slow,
    /// So long that something may be wrong.
    Stuck,
}

impl<T> Load<T> {
    /// Asks; an answer to an earlier question is not wanted any more.
    pub fn ask(&mut self, request: Request, cx: &mut Cx<'_>) {
        self.cancel(cx);
        let id = cx.send(request);
        for ms in [QUIET_MS, SLOW_MS, STUCK_MS] {
            cx.wake_at(cx.now_ms + ms);
        }
        self.waiting = Some((id, cx.now_ms));
        self.error = None;
    }

    /// The question under way.
    pub fn id(&self) -> Option<RequestId> {
        self.waiting.map(|(id, _)| id)
    }

    /// Forgets the question under way.
    pub fn cancel(&mut self, cx: &mut Cx<'_>) {
        if let Some((id, _)) = self.waiting.take() {
            cx.cancel(id);
        }
    }

    /// Takes a reply that is meant for this, as it is; `false` when it is somebody else's.
    pub fn take(&mut self, id: RequestId, result: &Result<Reply, ApiError>) -> bool
    where
        T: Any + Clone,
    {
        self.take_by(id, result, |reply| reply.get().cloned())
    }

    /// Takes a reply that is meant for this, as `read` has it; `false` when it is somebody else's.
    pub fn take_by(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        read: impl FnOnce(&Reply) -> Option<T>,
    ) -> bool {
        if self.waiting.is_none_or(|(mine, _)| mine != id) {
            return false;
        }
        self.waiting = None;
        match result {
            Ok(reply) => match read(reply) {
                Some(value) => self.value = Some(value),
                // Silence would look like an answer that is still to come.
                None => self.error = Some(ApiError::Malformed(ANOTHER.into())),
            },
            Err(error) => self.error = Some(error.clone()),
        }
        true
    }

    /// Takes a reply as [`Load::take`] does; gives the value where it came with this one.
    pub fn answer(&mut self, id: RequestId, result: &Result<Reply, ApiError>) -> Option<&T>
    where
        T: Any + Clone,
    {
        self.answer_by(id, result, |reply| reply.get().cloned())
    }

    /// Takes a reply as [`Load::take_by`] does; gives the value where it came with this one.
    pub fn answer_by(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        read: impl FnOnce(&Reply) -> Option<T>,
    ) -> Option<&T> {
        let came = self.take_by(id, result, read) && self.error.is_none();
        self.value.as_ref().filter(|_| came)
    }

    /// Takes one of several replies under one id; `read` says which is the last. `false` when it is
    /// somebody else's.
    pub fn take_part(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        read: impl FnOnce(&Reply) -> Option<(T, bool)>,
    ) -> bool {
        let waiting = self.waiting;
        let mut last = true;
        let taken = self.take_by(id, result, |reply| {
            let (value, is_last) = read(reply)?;
            last = is_last;
            Some(value)
        });
        if taken && !last {
            self.waiting = waiting;
        }
        taken
    }

    /// Sets the value from elsewhere.
    pub fn set(&mut self, value: T) {
        self.value = Some(value);
        self.error = None;
    }

    /// The value, once it came.
    pub fn get(&self) -> Option<&T> {
        self.value.as_ref()
    }

    /// The value, to be changed.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.value.as_mut()
    }

    /// What went wrong last.
    pub fn error(&self) -> Option<&ApiError> {
        self.error.as_ref()
    }

    /// Whether nothing was asked, nothing came and nothing failed.
    pub fn is_untouched(&self) -> bool {
        self.value.is_none() && self.error.is_none() && self.waiting.is_none()
    }

    /// Whether an answer is awaited.
    pub fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    /// How long an answer has been awaited.
    pub fn wait(&self, now_ms: u64) -> Option<Wait> {
        let (_, since) = self.waiting?;
        Some(match now_ms.saturating_sub(since) {
            ms if ms < QUIET_MS => Wait::Brief,
            ms if ms < SLOW_MS => Wait::Told,
            ms if ms < STUCK_MS => Wait::Slow,
            _ => Wait::Stuck,
        })
    }
}

impl Wait {
    /// What to say while waiting for `what` ("the sites").
    pub fn words(self, what: &str) -> String {
        match self {
            Self::Brief => String::new(),
            Self::Told => format!("Loading {what} …"),
            Self::Slow => format!("Loading {what} takes longer than usual; going on waiting."),
            Self::Stuck => {
                format!("No answer about {what} for 15 seconds; the backend may be unreachable.")
            }
        }
    }
}
