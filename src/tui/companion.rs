//! Somebody beside the operator: presses keys in their place, and sees what they see.
//!
//! Owns how a script plays the interface and how what is drawn is recorded, without either being
//! known here. Whose a human's key is, the player says. Must not decide what is pressed.

pub mod stage;

use std::fmt;
use std::io;
use std::time::Duration;

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;

use self::stage::Stage;
use super::widget::text::width;

/// What the player is asked.
#[derive(Debug, Clone, Copy)]
pub enum Cue<'a> {
    /// What to do next.
    Next {
        /// The page's text, a line for each row.
        screen: &'a str,
        /// Milliseconds since the interface began.
        now_ms: u64,
    },
    /// What to do with a human's key, or with a paste.
    Key {
        /// The key; nothing for a paste.
        key: Option<KeyEvent>,
        /// Whether it is text for a field that has the focus.
        text: bool,
        /// The page's text.
        screen: &'a str,
    },
}

/// What the player wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Press this key.
    Press(KeyEvent),
    /// Paste this.
    Paste(String),
    /// Draw: the stage has changed.
    Show,
    /// Note this moment in the recording, under a name.
    Mark(String),
    /// Be asked again at this time, in milliseconds since the interface began: for the pace alone.
    Rest(u64),
    /// Be asked again when the screen has changed, or at this time.
    Watch(u64),
    /// The human's key is kept.
    Keep,
    /// The human's key is the interface's.
    Pass,
    /// The keys are the human's, for good.
    HandOver,
    /// End the interface.
    Quit,
}

/// Asked what to do; says on the stage what the audience is told.
pub type Player = Box<dyn FnMut(Cue<'_>, &mut Stage) -> Wish>;
/// Told what is written to the terminal, or the name of a moment, and when.
pub type Recorder = Box<dyn FnMut(Duration, Taken<'_>) -> io::Result<()>>;

/// What is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken<'a> {
    /// What is written to the terminal.
    Output(&'a [u8]),
    /// The name of this moment.
    Mark(&'a str),
}

/// Somebody beside the operator; by default nobody.
#[derive(Default)]
pub struct Companion {
    /// Who plays.
    pub player: Option<Player>,
    /// Who records.
    pub recorder: Option<Recorder>,
    /// The clock is turned on where the player rests, instead of waiting: for tests and recordings.
    pub turns_clock: bool,
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

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    #[test]
    fn the_screen_reads_as_a_person_reads_it() {
        let mut screen = Buffer::empty(Rect::new(0, 0, 8, 2));
        screen.set_string(0, 0, "陈伟 x", Style::new());
        screen.set_string(1, 1, "ab", Style::new());
        assert_eq!(text_of(&screen), "陈伟 x\n ab\n");
    }
}
