//! What stands around a wizard's page: the steps, and "what happens next".
//!
//! Owns how they are drawn, also for a way that keeps no draft (welcome). Must not know a wizard.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::tui::screen::Look;
use crate::tui::theme::Tone;
use crate::tui::widget::text;

/// A step as it stands.
pub struct Stage<'a> {
    /// Its name.
    pub title: &'a str,
    /// Where it stands.
    pub standing: Standing,
}

/// Where a step stands.
pub enum Standing {
    /// Behind the operator.
    Done,
    /// Here.
    Current,
    /// To come.
    ToDo,
    /// Not on this way, and why.
    Skipped(String),
}

impl Stage<'_> {
    fn line(&self, look: &Look<'_>) -> Line<'static> {
        let (mark, tone, words) = match self.standing {
            Standing::Skipped(_) => ("–", Tone::Faint, Tone::Faint),
            Standing::Done => ("✓", Tone::Done, Tone::Muted),
            Standing::Current => ("●", Tone::Accent, Tone::Title),
            Standing::ToDo => ("○", Tone::Muted, Tone::Muted),
        };
        let span = |tone, text: &str| look.span(tone, text.to_owned());
        Line::from(vec![span(tone, mark), span(Tone::Text, " "), span(words, self.title)])
    }
}

/// Draws the steps: in a line, or below each other where there is more than one row.
pub fn steps(stages: &[Stage<'_>], look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    let column = area.height > 1;
    let mut room = crate::tui::layout::inset(area, 1);
    for stage in stages {
        if room.is_empty() {
            break;
        }
        let line = stage.line(look);
        text::put_line(buf, room, &line);
        if !column {
            let used = u16::try_from(line.width()).unwrap_or(room.width) + 2;
            let used = used.min(room.width);
            room = Rect { x: room.x + used, width: room.width - used, ..room };
            continue;
        }
        room = below(room, 1);
        if let Standing::Skipped(why) = &stage.standing {
            for line in text::wrap(why, room.width.saturating_sub(3)) {
                let words = Rect { x: room.x + 2, width: room.width.saturating_sub(2), ..room };
                text::put(buf, words, &line, look.ink(Tone::Faint));
                room = below(room, 1);
            }
        }
        room = below(room, 1);
    }
}

/// Draws the facts that matter here.
pub fn happens_next<T: AsRef<str>>(sentences: &[T], look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    if sentences.is_empty() {
        return;
    }
    text::put(buf, area, "What happens next", look.ink(Tone::Strong));
    let mut room = below(area, 2);
    for sentence in sentences {
        for line in text::wrap(sentence.as_ref(), area.width) {
            if room.is_empty() {
                return;
            }
            text::put(buf, room, &line, look.ink(Tone::Muted));
            room = below(room, 1);
        }
        room = below(room, 1);
    }
}

fn below(area: Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    Rect { y: area.y + rows, height: area.height - rows, ..area }
}
