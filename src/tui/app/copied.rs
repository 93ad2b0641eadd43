//! What was copied, and showing it where no clipboard took it.
//!
//! Owns the rule that copying the same again shows it: no terminal says whether it took a text.

use super::App;
use crate::domain::untrusted::Shown;
use crate::tui::clipboard::NoClipboard;
use crate::tui::effect::Effect;
use crate::tui::keymap::Action;
use crate::tui::overlay::selectable::Selectable;

/// So long copying the same again shows it.
const AGAIN_MS: u64 = 8_000;

impl App {
    /// A text that is copied for the second time is shown, to be selected.
    pub(super) fn note_copies(&mut self, effects: &mut Vec<Effect>) {
        let copies = effects.extract_if(.., |effect| matches!(effect, Effect::Copy(_)));
        let copies: Vec<Effect> = copies.collect();
        for effect in copies {
            let Effect::Copy(text) = &effect else { continue };
            let now_ms = self.desk.now_ms;
            let again = |(last, until_ms): &(Shown, u64)| last == text && now_ms < *until_ms;
            if self.desk.copied.as_ref().is_some_and(again) && !self.shows_a_text() {
                let words = "It was sent to the terminal's clipboard, and here it is whole.";
                self.show(text.clone(), words);
                continue;
            }
            self.desk.copied = Some((text.clone(), now_ms + AGAIN_MS));
            effects.push(effect);
        }
    }

    /// It did not get there.
    pub(super) fn show_uncopied(&mut self, text: Shown, why: NoClipboard) {
        self.show(text, &format!("Nothing was copied. {}", why.words()));
    }

    fn shows_a_text(&self) -> bool {
        self.top().is_some_and(crate::tui::screen::Screen::is_overlay)
    }

    fn show(&mut self, text: Shown, why: &str) {
        self.desk.toast = None;
        self.desk.copied = None;
        let mouse = self.desk.mouse.then(|| self.keys.key(Action::Mouse));
        self.screens.push(Box::new(Selectable::new(text, why, mouse)));
    }
}
