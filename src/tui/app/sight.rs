//! One press, one page (SPEC section 6): when Enter and `y` count on pages that act.
//!
//! Owns whether what acts is in sight, and how long nobody pressed either. Time comes in, whoever
//! draws says what was seen; what acts, and under which name, is the screen's.

use super::App;
use crate::tui::keymap::{Action, Chord};
use crate::tui::layout;

/// So long neither may have been pressed: a key that is held comes some thirty times a second.
const REST_MS: u64 = 1_000;
/// A key that is held is let go once it has been silent for so long.
const LET_GO_MS: u64 = 300;

/// What acts, and whether it was seen.
#[derive(Debug, Default)]
pub(super) struct Sight {
    /// What would be done; another name is another thing to look at.
    name: Option<String>,
    /// Tells one such page or question from the one before.
    id: u64,
    seen: bool,
    /// When Enter or `y` was pressed last, whether it counted or not.
    pressed_ms: Option<u64>,
    /// The one of them that is held down, and until when it is taken for held.
    held: Option<(Chord, u64)>,
}

impl Sight {
    /// What acts now.
    fn turn(&mut self, name: Option<String>) {
        if name != self.name {
            (self.name, self.id, self.seen) = (name, self.id + 1, false);
        }
    }

    /// Enter or `y` was pressed; answers when it counts again.
    pub fn press(&mut self, now_ms: u64) -> u64 {
        self.pressed_ms = Some(now_ms);
        now_ms + REST_MS
    }

    /// One of them is held down and does nothing; answers when it may be pressed anew.
    pub fn hold(&mut self, chord: Chord, now_ms: u64) -> u64 {
        self.held = Some((chord, now_ms + LET_GO_MS));
        now_ms + LET_GO_MS
    }

    /// Whoever looks at the screen has seen it.
    pub fn see(&mut self, id: u64) {
        self.seen |= id == self.id;
    }

    fn counts(&self, now_ms: u64) -> bool {
        self.seen && self.pressed_ms.is_none_or(|at| now_ms >= at + REST_MS)
    }
}

impl App {
    /// What acts and has not been seen yet: whoever draws tells it by [`Msg::Seen`] once it is.
    ///
    /// [`Msg::Seen`]: crate::tui::msg::Msg::Seen
    pub fn unseen(&self) -> Option<u64> {
        let sight = &self.desk.sight;
        (sight.name.is_some() && !sight.seen).then_some(sight.id)
    }

    /// Whether Enter or `y` would act now.
    pub fn acting(&self) -> bool {
        self.desk.sight.name.is_some()
    }

    /// Whether an action has to wait: it acts, and is not in sight yet or Enter was just pressed.
    pub(super) fn waits(&self, action: Action) -> bool {
        !self.counts() && self.acts(action)
    }

    /// Whether a key is held down and does nothing until it is let go.
    pub(super) fn is_held(&self, chord: Chord) -> bool {
        let held = self.desk.sight.held;
        held.is_some_and(|(key, until_ms)| key == chord && self.desk.now_ms < until_ms)
    }

    /// Whether a key that acts counts now.
    pub(super) fn counts(&self) -> bool {
        layout::frame(self.desk.size).is_some() && self.desk.sight.counts(self.desk.now_ms)
    }

    /// Whether an action would act.
    pub(super) fn acts(&self, action: Action) -> bool {
        self.top().is_some_and(|top| top.acts(action).is_some())
    }

    /// After every message: what acts now.
    pub(super) fn look_again(&mut self) {
        let acts = |top: &dyn crate::tui::screen::Screen| {
            [Action::Next, Action::Yes, Action::Open].into_iter().find_map(|one| top.acts(one))
        };
        let name = self.top().and_then(acts).map(|name| format!("{} {name}", self.screens.len()));
        self.desk.sight.turn(name);
    }
}
