//! What a wizard's page did and was not told the end of (SPEC section 8, Idempotency).
//!
//! Owns finding out: the very same write is sent again under its key, and nothing else; until it is
//! answered the page says that it may have happened. What the answer means is the step's.

use super::Way;
use super::open::Open;
use crate::tui::asked::Pending;
use crate::tui::keymap::Action;
use crate::tui::msg::RequestId;
use crate::tui::screen::Cx;
use crate::tui::theme::Tone;

/// In the page's place.
pub(super) const WORDS: &str = "What you pressed here has not been answered. It may have happened, \
    or not: that is not known yet.\n\nIt is asked again by itself, every few seconds and as the same \
    act, so that it happens once at most. This page goes on as soon as there is an answer.\n\nEsc \
    leaves. When you open this wizard again, it is asked what became of it.";

/// The way out while it is not known.
pub(super) fn label(action: Action) -> Option<String> {
    matches!(action, Action::Back | Action::Leave).then(|| "leave, it is asked later".to_owned())
}

impl<W: Way> Open<W> {
    /// Whether the step's own page is shown, and takes keys.
    pub(super) fn shows_page(&self) -> bool {
        self.taken.is_none() && !self.unknown
    }

    /// An answer came; whether it was to something asked under the hold.
    pub(super) fn answered(&mut self, id: RequestId, cx: &mut Cx<'_>) -> bool {
        if self.keyed.remove(&id) && self.keyed.is_empty() {
            let hold = self.saver.hold();
            cx.drop_key(&hold);
        }
        self.acts.remove(&id)
    }

    /// What was done here before and not answered is done again, under its key. Where this page would
    /// do anything else, nothing is done: it shows how things are now.
    pub(super) fn repeat(&mut self, pending: Option<Pending>, cx: &mut Cx<'_>) {
        let hold = self.saver.hold();
        if let Some(pending) = pending {
            cx.asked.remember(pending, &hold);
        }
        if !cx.asked.is_left(&hold) {
            return;
        }
        let acts = self.taken.is_none()
            && self
                .step()
                .is_some_and(|step| step.acts(&self.draft) && step.check(&self.draft).is_ok());
        if acts && let Some(step) = self.steps.get_mut(self.at) {
            (cx.hold, cx.repeats_only) = (Some(hold.clone()), true);
            step.on_next(&mut self.draft, cx);
            cx.repeats_only = false;
            if std::mem::take(&mut cx.held_back) {
                self.arrive(cx);
            }
            self.note(cx);
        }
        if self.keyed.is_empty() {
            cx.drop_key(&hold);
            cx.toast(
                Tone::Attention,
                "What was done here last was not answered; this is how things are now.",
            );
        }
        cx.asked.forget(&hold);
        self.unknown = self.keyed.iter().any(|id| cx.asked.is_unknown(*id, cx.now_ms));
    }
}
