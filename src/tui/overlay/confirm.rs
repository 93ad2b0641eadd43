//! A question before something that cannot be taken back.
//!
//! The answer marked at first is No, and the key for yes is not the one that asked. The answer
//! goes to the screen below as [`Action::Yes`] or [`Action::No`].

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::layout;
use crate::tui::screen::{About, Cx, Flow, Header, Look, Screen};
use crate::tui::theme::Tone;
use crate::tui::widget::frame::frame;
use crate::tui::widget::text;

/// A question.
pub struct Confirm {
    title: String,
    /// Paragraphs; names from outside stand on a line of their own.
    lines: Vec<String>,
    yes: String,
    no: String,
    marked_yes: bool,
    /// Yes ends the program; the screen below has no part in it.
    quits: bool,
}

impl Confirm {
    /// A question; `yes` says what will be done, such as "Cancel the run".
    pub fn new(title: impl Into<String>, lines: Vec<String>, yes: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            lines,
            yes: yes.into(),
            no: "Leave it".to_owned(),
            marked_yes: false,
            quits: false,
        }
    }

    /// The question before the program ends with something that is kept nowhere.
    pub fn to_quit(lines: Vec<String>) -> Self {
        let no = "Stay".to_owned();
        Self { quits: true, no, ..Self::new("End hublink?", lines, "End it") }
    }
}

/// The width of the box.
const WIDTH: u16 = 64;

impl Screen for Confirm {
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
        vec![Scope::Confirm, Scope::Overlay]
    }

    fn availability(&self, action: Action) -> Availability {
        Availability::shown_if(matches!(
            action,
            Action::Yes | Action::No | Action::NextPane | Action::Open | Action::Back
        ))
    }

    fn acts(&self, action: Action) -> Option<String> {
        let acts = action == Action::Yes || action == Action::Open && self.marked_yes;
        acts.then(|| self.title.clone())
    }

    fn on_action(&mut self, action: Action, _cx: &mut Cx<'_>) -> Flow {
        match action {
            Action::Yes if self.quits => Flow::Quit,
            Action::Open if self.quits && self.marked_yes => Flow::Quit,
            Action::No | Action::Open | Action::Back if self.quits => Flow::Pop,
            Action::Yes => Flow::PopThen(Action::Yes),
            Action::Open if self.marked_yes => Flow::PopThen(Action::Yes),
            Action::NextPane => {
                self.marked_yes = !self.marked_yes;
                Flow::Stay
            }
            _ => Flow::PopThen(Action::No),
        }
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        let width = WIDTH.min(area.width.saturating_sub(2));
        let lines: Vec<String> =
            self.lines.iter().flat_map(|line| text::wrap(line, width.saturating_sub(4))).collect();
        let height = u16::try_from(lines.len()).unwrap_or(area.height).saturating_add(5);
        let room = frame(&self.title, look.theme, layout::middle(area, width, height), buf);
        let room = layout::inset(room, 1);
        for (n, line) in (0u16..).zip(&lines) {
            if let Some(row) = layout::row(room, n) {
                text::put(buf, row, line, look.ink(Tone::Text));
            }
        }
        let Some(last) = room.height.checked_sub(1).and_then(|n| layout::row(room, n)) else {
            return;
        };
        let mut put = |x: u16, marked: bool, words: &str| {
            let tone = if marked { Tone::Strong } else { Tone::Muted };
            let mark = Rect { x, width: last.right().saturating_sub(x), ..last };
            let x = text::put(buf, mark, if marked { "▌" } else { " " }, look.ink(Tone::Accent));
            let rest = Rect { x, width: last.right().saturating_sub(x), ..last };
            text::put(buf, rest, words, look.ink(tone))
        };
        let x = put(last.x, !self.marked_yes, &self.no);
        put(x + 3, self.marked_yes, &self.yes);
    }
}
