//! A run, watched by long polling (SPEC section 8).
//!
//! Owns when the backend is asked again: when the run changed, but a few times a second at most;
//! after a failure a little later, for as long as it takes. The run goes on whoever watches.

use crate::api::call::{ApiError, Reply, Request, RunCall};
use crate::api::run::{Run, WatchQuery};
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::Block;
use crate::tui::screen::{Cx, Here};
use crate::tui::theme::Tone;
use crate::tui::wizard::asking;

/// So many seconds the backend waits for a change before it answers all the same.
const WAIT_S: u16 = 25;
/// Between two answers at least so many milliseconds: a fast run changes thousands of times.
const REST_MS: u64 = 250;
/// After a failure it is asked again after so many milliseconds.
const AGAIN_MS: u64 = 3_000;

/// A run and the question for its next change.
#[derive(Default)]
pub struct Watching {
    run: Load<Run>,
    poll: Option<RequestId>,
    lost: Option<ApiError>,
    next_ms: u64,
}

impl Watching {
    /// Begins with the run as it is now.
    pub fn start(&mut self, id: &str, cx: &mut Cx<'_>) {
        self.stop(cx);
        *self = Self::default();
        self.run.ask(Request::Run(RunCall::Watch(id.to_owned(), WatchQuery::default())), cx);
    }

    /// Stops asking; the run goes on.
    pub fn stop(&mut self, cx: &mut Cx<'_>) {
        self.run.cancel(cx);
        if let Some(id) = self.poll.take() {
            cx.cancel(id);
        }
    }

    /// The run as last told.
    pub fn get(&self) -> Option<&Run> {
        self.run.get()
    }

    /// Notes the run as another answer told it; an older one counts for nothing.
    pub fn put(&mut self, run: &Run) {
        if self.get().is_none_or(|known| known.id == run.id && known.revision <= run.revision) {
            self.run.set(run.clone());
        }
    }

    /// Takes an answer; whether it was for this one.
    pub fn take(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> bool {
        if self.run.take(id, result, as_run) {
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
                if let Some(run) = as_run(reply) {
                    self.put(&run);
                }
            }
            Err(error) => {
                self.lost = Some(error.clone());
                self.next_ms = cx.now_ms + AGAIN_MS;
            }
        }
        true
    }

    /// Asks for the next change when it is time, until the run is over.
    pub fn reconcile(&mut self, cx: &mut Cx<'_>) {
        let Some(run) = self.run.get() else { return };
        if run.state.is_over() || self.poll.is_some() || self.run.is_waiting() {
            return;
        }
        if cx.now_ms < self.next_ms {
            cx.wake_at(self.next_ms);
            return;
        }
        let query = WatchQuery { after: Some(run.revision), wait: Some(WAIT_S) };
        self.poll = Some(cx.send(Request::Run(RunCall::Watch(run.id.clone(), query))));
    }

    /// In the place of a run that is not there yet.
    pub fn instead(&self, here: Here<'_>) -> Block {
        asking::instead_of(&self.run, "the run", here)
    }

    /// That what is shown may be old.
    pub fn trouble(&self) -> Option<Block> {
        let error = self.lost.as_ref()?;
        let words = format!(
            "{} What is shown may be old; the run goes on in the backend, which is asked again \
             every few seconds.",
            asking::sentence(&error.to_string())
        );
        Some(Block::notice(Tone::Attention, words))
    }
}

/// The run of an answer, if it has one.
pub fn as_run(reply: &Reply) -> Option<Run> {
    match reply {
        Reply::Run(run) => Some((**run).clone()),
        _ => None,
    }
}
