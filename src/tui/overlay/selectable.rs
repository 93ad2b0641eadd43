//! A text to be selected with the terminal's own mouse, where no clipboard took it.
//!
//! Owns how it stands: alone, from the first column on, without a frame, so that nothing else is
//! selected with it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::domain::untrusted::Shown;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::screen::{About, Cx, Flow, Header, Look, Screen};
use crate::tui::theme::Tone;
use crate::tui::widget::rows::{Cursor, Motion};
use crate::tui::widget::text;

/// The text.
pub struct Selectable {
    text: Shown,
    why: String,
    cursor: Cursor,
}

impl Selectable {
    /// A text, and why it is shown. `mouse` is the key that gives selecting back, where it is needed.
    pub fn new(text: Shown, why: &str, mouse: Option<String>) -> Self {
        let how = match mouse {
            Some(key) => format!("Press {key} first, then select it with the mouse:"),
            None => "Select it with the mouse:".to_owned(),
        };
        Self { text, why: format!("{why} {how}"), cursor: Cursor::default() }
    }

    /// Its lines, each as wide as there is room, broken wherever the edge is: the terminal joins what
    /// it broke so itself, and nothing is moved in.
    fn lines(&self, columns: u16) -> Vec<String> {
        let mut lines = vec![String::new()];
        let mut used = 0;
        for c in self.text.as_str().chars() {
            let wide = text::width(c.encode_utf8(&mut [0; 4]));
            if used + wide > columns {
                lines.push(String::new());
                used = 0;
            }
            if let Some(line) = lines.last_mut() {
                line.push(c);
            }
            used += wide;
        }
        lines
    }

    fn reason(&self, columns: u16) -> Vec<String> {
        text::wrap(&self.why, columns.saturating_sub(2))
    }
}

impl Screen for Selectable {
    fn is_overlay(&self) -> bool {
        true
    }

    fn header(&self, _look: &Look<'_>) -> Header {
        Header::default()
    }

    fn help(&self) -> About {
        About::default()
    }

    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Overlay, Scope::List]
    }

    fn availability(&self, action: Action) -> Availability {
        Availability::shown_if(action == Action::Back || action.motion().is_some())
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        let Some(motion) = action.motion() else { return Flow::Pop };
        let body = cx.body();
        let above = self.reason(body.width).len() + 1;
        let height = usize::from(body.height).saturating_sub(above);
        let lines = self.lines(body.width).len();
        // The text scrolls as a whole: the cursor is the first line in sight.
        self.cursor.go(motion, lines.saturating_sub(height) + 1, 1);
        if matches!(motion, Motion::First) {
            self.cursor = Cursor::default();
        }
        Flow::Stay
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        let blank = " ".repeat(area.width.into());
        for y in area.top()..area.bottom() {
            text::put(buf, Rect { y, height: 1, ..area }, &blank, look.theme.base());
        }
        let mut y = area.y;
        for words in self.reason(area.width) {
            let row = Rect { x: area.x + 1, y, width: area.width.saturating_sub(2), height: 1 };
            text::put(buf, row.intersection(area), &words, look.ink(Tone::Attention));
            y += 1;
        }
        let room = usize::from(area.bottom().saturating_sub(y + 1));
        let lines = self.lines(area.width);
        for (line, y) in lines.iter().skip(self.cursor.at).take(room).zip(y + 1..) {
            text::put(buf, Rect { y, height: 1, ..area }, line, look.ink(Tone::Text));
        }
    }
}
