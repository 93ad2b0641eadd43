//! Finding devices by typing (rule L9): the line above their list.
//!
//! Owns its text and when the backend is asked: once one has rested a moment. What matches is the
//! backend's to say.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::screen::Look;
use crate::tui::theme::Tone;
use crate::tui::widget::field::{Field, Kind};
use crate::tui::widget::{field, text};

/// How long one rests before the backend is asked.
const REST_MS: u64 = 250;

/// The line.
#[derive(Debug, Default)]
pub(super) struct Finding {
    field: Field,
    focused: bool,
    /// When the backend is to be asked.
    due_ms: Option<u64>,
}

impl Finding {
    pub fn is_focused(&self) -> bool {
        self.focused
    }

    pub fn focus(&mut self, focused: bool) {
        self.focused = focused;
    }

    pub fn is_empty(&self) -> bool {
        self.field.value().trim().is_empty()
    }

    pub fn words(&self) -> &str {
        self.field.value()
    }

    pub fn wants(&self, key: &KeyEvent) -> bool {
        self.focused && self.field.wants(key)
    }

    pub fn on_text(&mut self, key: &KeyEvent, now_ms: u64) {
        if self.field.on_key(key) {
            self.due_ms = Some(now_ms + REST_MS);
        }
    }

    pub fn paste(&mut self, pasted: &str, now_ms: u64) {
        if self.focused && self.field.paste(pasted) {
            self.due_ms = Some(now_ms + REST_MS);
        }
    }

    /// Leaves the line and forgets its text; whether there was anything to leave.
    pub fn clear(&mut self, now_ms: u64) -> bool {
        let was = self.focused || !self.field.value().is_empty();
        if !self.field.value().is_empty() {
            self.due_ms = Some(now_ms);
        }
        self.field = Field::new(Kind::Text);
        self.focused = false;
        was
    }

    /// When to look again whether the backend is to be asked.
    pub fn due(&self) -> Option<u64> {
        self.due_ms
    }

    /// Whether the backend is to be asked now; says so once.
    pub fn is_due(&mut self, now_ms: u64) -> bool {
        let due = self.due_ms.is_some_and(|due| now_ms >= due);
        if due {
            self.due_ms = None;
        }
        due
    }

    pub fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        let x = text::put(buf, area, "/ ", look.ink(Tone::Key));
        let room = Rect { x, width: area.right().saturating_sub(x), ..area };
        if !self.focused && self.field.value().is_empty() {
            field::cell(look.theme, room, buf);
            text::put(buf, room, "name, product, place or user", look.ink(Tone::Faint));
        } else {
            self.field.view(look.theme, self.focused, room, buf);
        }
    }
}
