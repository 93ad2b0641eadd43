//! Somebody beside the operator: presses keys in their place, and sees what they see.
//!
//! Owns how a script plays the interface and how what is drawn is recorded, without either being
//! known here. The first key of a human ends the playing. Must not decide what is pressed.

use std::fmt;
use std::io;
use std::time::Duration;

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::widget::text::width;
use crate::domain::untrusted::Untrusted;

/// What the player wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Press this key.
    Press(KeyEvent),
    /// Paste this.
    Paste(String),
    /// Show this caption, or none.
    Caption(Option<String>),
    /// Be asked again at this time, or sooner when the screen has changed.
    Wait {
        /// Milliseconds since the interface began.
        until_ms: u64,
    },
    /// The keys are the human's.
    HandOver,
    /// End the interface.
    Quit,
}

/// Asked with the screen's text and the milliseconds since the interface began.
pub type Player = Box<dyn FnMut(&str, u64) -> Wish>;
/// Told what is written to the terminal, and when.
pub type Recorder = Box<dyn FnMut(Duration, &[u8]) -> io::Result<()>>;

/// Somebody beside the operator; by default nobody.
#[derive(Default)]
pub struct Companion {
    /// Who plays.
    pub player: Option<Player>,
    /// Who records.
    pub recorder: Option<Recorder>,
}

impl fmt::Debug for Companion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (plays, records) = (self.player.is_some(), self.recorder.is_some());
        write!(f, "Companion {{ plays: {plays}, records: {records} }}")
    }
}

/// The screen as a person reads it: a line for each row.
pub(super) fn text_of(screen: &Buffer) -> String {
    let mut text = String::new();
    for y in screen.area.rows().map(|row| row.y) {
        let mut x = 0;
        while x < screen.area.width {
            let symbol = screen[(x, y)].symbol();
            text.push_str(symbol);
            x += width(symbol).max(1);
        }
        text.truncate(text.trim_end_matches(' ').len());
        text.push('\n');
    }
    text
}

/// Draws a caption over the screen, above the footer.
pub(super) fn draw_caption(caption: &str, screen: &mut Buffer) {
    let area = screen.area;
    let (room, style) = (usize::from(area.width.saturating_sub(4)), Style::new().reversed());
    let lines = wrapped(Untrusted::new(caption).shown().as_str(), room);
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let Some(top) = area.height.checked_sub(height + 1).filter(|_| room > 0) else { return };
    for (y, line) in (top..).zip(lines) {
        let band = Rect { x: 0, y, width: area.width, height: 1 };
        screen.set_string(0, y, " ".repeat(area.width.into()), style);
        screen.set_string(2, y, line, style);
        screen.set_style(band, style);
    }
}

/// Breaks a text between words into lines of at most so many columns.
fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let full = lines.last().is_some_and(|line| {
            !line.is_empty() && usize::from(width(line)) + 1 + usize::from(width(word)) > room
        });
        if full {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_screen_reads_as_a_person_reads_it() {
        let mut screen = Buffer::empty(Rect::new(0, 0, 8, 2));
        screen.set_string(0, 0, "陈伟 x", Style::new());
        screen.set_string(1, 1, "ab", Style::new());
        assert_eq!(text_of(&screen), "陈伟 x\n ab\n");
    }

    #[test]
    fn a_caption_leaves_the_footer_alone() {
        let mut screen = Buffer::empty(Rect::new(0, 0, 14, 4));
        screen.set_string(0, 3, "footer", Style::new());
        draw_caption("one two\x1b three", &mut screen);
        assert_eq!(text_of(&screen), "\n  one two^[\n  three\nfooter\n");
        let mut tiny = Buffer::empty(Rect::new(0, 0, 3, 1));
        draw_caption("one two three", &mut tiny);
        assert_eq!(text_of(&tiny), "\n");
    }
}
