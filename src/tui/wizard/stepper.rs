//! What stands around a wizard's page: the steps, and "what happens next".
//!
//! Owns how they are drawn, also for a way that keeps no draft (welcome). Must not know a wizard.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::tui::layout;
use crate::tui::screen::Look;
use crate::tui::theme::Tone;
use crate::tui::widget::text;

const TITLE: &str = "What happens next";

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

/// What connects two steps of a line, the widest first.
const CONNECTORS: [&str; 4] = [" ── ", " ─ ", "  ", " "];

/// What is due about the subject, beside the steps on every page (rule D4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// How loud it is.
    pub tone: Tone,
    /// Such as "domain due 10 Apr".
    pub words: String,
    /// The same where there is less room.
    pub short: String,
}

/// Draws the steps as one rail with their marks on it: a line, or a column where there is more
/// than one row; with what is due at its end.
pub fn steps(
    stages: &[Stage<'_>],
    due: Option<&Due>,
    look: &Look<'_>,
    area: Rect,
    buf: &mut Buffer,
) {
    let room = layout::inset(area, 1);
    if area.height > 1 {
        let rest = column(stages, look, room, buf);
        let words = due.map_or_else(Vec::new, |due| text::wrap(&due.words, rest.width));
        for (n, words) in (1..).zip(words) {
            if let (Some(row), Some(due)) = (layout::row(rest, n), due) {
                text::put(buf, row, &words, look.ink(due.tone));
            }
        }
    } else {
        let words: u16 = stages.iter().map(|stage| 2 + text::width(stage.title)).sum();
        let between = u16::try_from(stages.len().saturating_sub(1)).unwrap_or(0);
        let rail = |connector: &str| words + between * text::width(connector);
        let beside = |due: &Due, connector: &str| {
            let one = [&due.words, &due.short].into_iter();
            let mut one = one.filter(|one| rail(connector) + 2 + text::width(one) <= room.width);
            one.next().cloned()
        };
        let mut room = room;
        let said = due.and_then(|due| Some((due.tone, beside(due, " ─ ").or(beside(due, " "))?)));
        if let Some((tone, said)) = said {
            let x = text::put_right(buf, room, &said, look.ink(tone));
            room.width = x.saturating_sub(room.x + 2);
        }
        line(stages, look, room, buf);
    }
}

fn line(stages: &[Stage<'_>], look: &Look<'_>, mut room: Rect, buf: &mut Buffer) {
    let lines: Vec<Line<'_>> = stages.iter().map(|stage| stage.line(look)).collect();
    let words: usize = lines.iter().map(Line::width).sum();
    let between = stages.len().saturating_sub(1);
    let fits = |one: &&&str| words + between * usize::from(text::width(one)) <= room.width.into();
    let connector = CONNECTORS.iter().find(fits).unwrap_or(&CONNECTORS[2]);
    for (n, line) in lines.iter().enumerate() {
        if n > 0 {
            let x = text::put(buf, room, connector, look.ink(Tone::Faint));
            room = Rect { x, width: room.right().saturating_sub(x), ..room };
        }
        if room.is_empty() {
            break;
        }
        text::put_line(buf, room, line);
        let used = u16::try_from(line.width()).unwrap_or(room.width).min(room.width);
        room = Rect { x: room.x + used, width: room.width - used, ..room };
    }
}

/// Draws the column; returns what is still free below it.
fn column(stages: &[Stage<'_>], look: &Look<'_>, mut room: Rect, buf: &mut Buffer) -> Rect {
    for (n, stage) in stages.iter().enumerate() {
        if room.is_empty() {
            break;
        }
        text::put_line(buf, room, &stage.line(look));
        room = below(room, 1);
        let mut beside = Vec::new();
        if let Standing::Skipped(why) = &stage.standing {
            beside = text::wrap(why, room.width.saturating_sub(3));
        }
        if n + 1 < stages.len() || !beside.is_empty() {
            beside.push(String::new());
        }
        for words in beside {
            if n + 1 < stages.len() && !room.is_empty() {
                text::put(buf, room, "│", look.ink(Tone::Faint));
            }
            let place = Rect { x: room.x + 2, width: room.width.saturating_sub(2), ..room };
            text::put(buf, place, &words, look.ink(Tone::Faint));
            room = below(room, 1);
        }
    }
    room
}

/// Draws the facts that matter here beside the page, behind a quiet rule.
pub fn happens_next<T: AsRef<str>>(sentences: &[T], look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    if sentences.is_empty() {
        return;
    }
    let inside = Rect { x: area.x + 2, width: area.width.saturating_sub(3), ..area };
    let mut room = inside;
    text::put(buf, room, TITLE, look.ink(Tone::Strong));
    room = below(room, 2);
    for sentence in sentences {
        for line in text::wrap(sentence.as_ref(), room.width) {
            if room.is_empty() {
                break;
            }
            text::put(buf, room, &line, look.ink(Tone::Muted));
            room = below(room, 1);
        }
        room = below(room, 1);
    }
    let used = (inside.height - room.height).saturating_sub(1);
    for n in 0..used {
        if let Some(row) = layout::row(area, n) {
            text::put(buf, row, "│", look.ink(Tone::Faint));
        }
    }
}

/// So many lines a page that moves may become longer before it meets what stands below it.
const MOVES: u16 = 8;

/// Draws the same below the page, as many whole sentences as there is room for; where the page
/// `moves`, at the bottom and out of its reach, or not at all.
pub fn happens_below<T: AsRef<str>>(
    sentences: &[T],
    moves: bool,
    look: &Look<'_>,
    area: Rect,
    buf: &mut Buffer,
) {
    // An empty line parts it from the page.
    let away = if moves { MOVES } else { 1 };
    let mut room = below(area, away);
    let mut left = usize::from(room.height).saturating_sub(1);
    let mut seen = Vec::new();
    for sentence in sentences {
        let lines = text::wrap(sentence.as_ref(), room.width.min(layout::MEASURE));
        let Some(rest) = left.checked_sub(lines.len()) else { break };
        left = rest;
        seen.extend(lines);
    }
    if seen.is_empty() {
        return;
    }
    if moves {
        room = below(room, u16::try_from(left).unwrap_or(0));
    }
    text::put(buf, room, TITLE, look.ink(Tone::Strong));
    for line in seen {
        room = below(room, 1);
        text::put(buf, room, &line, look.ink(Tone::Muted));
    }
}

fn below(area: Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    Rect { y: area.y + rows, height: area.height - rows, ..area }
}
