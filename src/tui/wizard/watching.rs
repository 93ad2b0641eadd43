//! Long work in the backend, watched by long polling (SPEC section 8): a run, a Contact Center.
//!
//! Owns when the backend is asked again: when the work changed, but a few times a second at most;
//! after a failure a little later, for as long as it takes. The work goes on whoever watches.

use std::any::Any;

use crate::api::call::{ApiError, Reply, Request};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::linking::{LinkJob, WatchLink};
use crate::api::run::{Run, WatchQuery, WatchRun};
use crate::domain::site_link::LinkState;
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::Block;
use crate::tui::screen::{Cx, Here};
use crate::tui::theme::Tone;
use crate::tui::wizard::asking;

/// Between two answers at least so many milliseconds: a fast run changes thousands of times.
const REST_MS: u64 = 250;
/// After a failure it is asked again after so many milliseconds.
const AGAIN_MS: u64 = 3_000;

/// What can be watched.
pub trait Watched: Any + Clone {
    /// What it is, in sentences.
    const WHAT: &'static str;
    /// So many seconds the backend waits for a change before it answers all the same.
    const WAIT_S: u16;

    /// The question for it, or for its next change.
    fn ask(id: &str, query: WatchQuery) -> Request;
    /// Its id, as asked for.
    fn id(&self) -> &str;
    /// Grows with every change.
    fn revision(&self) -> u64;
    /// Whether it changes by itself.
    fn goes_on(&self) -> bool;
}

impl Watched for Run {
    const WHAT: &'static str = "the run";
    const WAIT_S: u16 = 25;

    fn ask(id: &str, query: WatchQuery) -> Request {
        WatchRun::call(id.to_owned(), query, Nothing)
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn revision(&self) -> u64 {
        self.revision
    }

    fn goes_on(&self) -> bool {
        !self.state.is_over()
    }
}

impl Watched for LinkJob {
    const WHAT: &'static str = "the link";
    const WAIT_S: u16 = 25;

    fn ask(id: &str, query: WatchQuery) -> Request {
        WatchLink::call(id.to_owned(), query, Nothing)
    }

    fn id(&self) -> &str {
        self.site.raw()
    }

    fn revision(&self) -> u64 {
        self.revision
    }

    /// A failed one is tried again by itself; a linked one changes until all are told.
    fn goes_on(&self) -> bool {
        self.state != LinkState::Done || self.notices.waiting > 0
    }
}

/// Something watched, and the question for its next change.
pub struct Watching<T = Run> {
    known: Load<T>,
    poll: Option<RequestId>,
    lost: Option<ApiError>,
    next_ms: u64,
}

impl<T> Default for Watching<T> {
    fn default() -> Self {
        Self { known: Load::default(), poll: None, lost: None, next_ms: 0 }
    }
}

impl<T: Watched> Watching<T> {
    /// Begins with it as it is now.
    pub fn start(&mut self, id: &str, cx: &mut Cx<'_>) {
        self.stop(cx);
        *self = Self::default();
        self.known.ask(T::ask(id, WatchQuery::default()), cx);
    }

    /// Stops asking; the work goes on.
    pub fn stop(&mut self, cx: &mut Cx<'_>) {
        self.known.cancel(cx);
        if let Some(id) = self.poll.take() {
            cx.cancel(id);
        }
    }

    /// It as last told.
    pub fn get(&self) -> Option<&T> {
        self.known.get()
    }

    /// Why it could not be had at all.
    pub fn error(&self) -> Option<&ApiError> {
        self.known.error()
    }

    /// Notes it as another answer told it; an older one counts for nothing.
    pub fn put(&mut self, told: &T) {
        let newer = |known: &T| known.id() == told.id() && known.revision() <= told.revision();
        if self.get().is_none_or(newer) {
            self.known.set(told.clone());
        }
    }

    /// Takes an answer; whether it was for this one.
    pub fn take(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> bool {
        if self.known.take(id, result) {
            self.next_ms = cx.now_ms;
            return true;
        }
        if self.poll != Some(id) {
            return false;
        }
        self.poll = None;
        self.next_ms = cx.now_ms + REST_MS;
        match result {
            Ok(reply) => {
                self.lost = None;
                if let Some(told) = reply.get() {
                    self.put(told);
                }
            }
            Err(error) => {
                self.lost = Some(error.clone());
                self.next_ms = cx.now_ms + AGAIN_MS;
            }
        }
        true
    }

    /// Asks for the next change when it is time, for as long as it changes by itself.
    pub fn reconcile(&mut self, cx: &mut Cx<'_>) {
        let Some(known) = self.known.get() else { return };
        if !known.goes_on() || self.poll.is_some() || self.known.is_waiting() {
            return;
        }
        if cx.now_ms < self.next_ms {
            cx.wake_at(self.next_ms);
            return;
        }
        let query = WatchQuery { after: Some(known.revision()), wait: Some(T::WAIT_S) };
        self.poll = Some(cx.send(T::ask(known.id(), query)));
    }

    /// In the place of what is not there yet.
    pub fn instead(&self, here: Here<'_>) -> Block {
        asking::instead_of(&self.known, T::WHAT, here)
    }

    /// That what is shown may be old.
    pub fn trouble(&self) -> Option<Block> {
        let error = self.lost.as_ref()?;
        let words = format!(
            "{} What is shown may be old; {} goes on in the backend, which is asked again every \
             few seconds.",
            asking::sentence(&error.to_string()),
            T::WHAT,
        );
        Some(Block::notice(Tone::Attention, words))
    }
}
