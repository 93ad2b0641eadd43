//! A page as lines: which text goes where, and which stop each line belongs to.
//!
//! Owns wrapping and the alignment of columns. Update calls it to keep the focus in sight, view to
//! draw; so both always agree.

use std::ops::Range;

use super::parts;
use super::rhythm::{self, Air};
use super::{Block, Choice, FieldSpec, Page, Piece, Rows, TallyRow, Ticks, Window};
use crate::tui::layout::MEASURE;
use crate::tui::theme::Tone;
use crate::tui::when::thousands;
use crate::tui::widget::columns::{self, Need};
use crate::tui::widget::field::Kind;
use crate::tui::widget::text::{width, wrap};

/// The column where prose begins.
const MARGIN: u16 = 1;
/// The column where what can have the focus begins, after the bar.
pub(super) const INDENT: u16 = 3;
/// On pages narrower than this, what does not fit in a row goes on below it.
pub(super) const NARROW: u16 = 60;
/// No more ticks than this are read, not looked through.
const FEW: usize = 3;

/// One line of a page.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct DrawnLine {
    /// The stop it belongs to.
    pub stop: Option<usize>,
    /// Text with its column; what does not fit before the next piece is cut.
    pub pieces: Vec<(u16, Piece)>,
    /// The column of the value that is being edited when this line has the focus.
    pub value_at: Option<u16>,
    /// The cell of that value: so many columns look like a field, also empty.
    pub cell: u16,
    /// A bar to draw: column, done, total.
    pub progress: Option<(u16, u64, u64)>,
    /// It says why one cannot go on.
    pub refusal: bool,
    /// It tells that something was refused.
    pub told: bool,
}

impl DrawnLine {
    fn text(column: u16, tone: Tone, text: impl Into<String>) -> Self {
        Self { pieces: vec![(column, Piece::new(tone, text))], ..Self::default() }
    }

    /// Whether nothing stands on it.
    pub fn is_free(&self) -> bool {
        self.progress.is_none() && self.pieces.iter().all(|(_, piece)| piece.text.is_empty())
    }

    pub fn of(stop: usize) -> Self {
        Self { stop: Some(stop), ..Self::default() }
    }

    /// What is cut of it at `columns`, whole; not the value that is being edited.
    pub fn cut(&self, columns: u16) -> Option<String> {
        let ends = self.pieces.iter().skip(1).map(|(at, _)| at.saturating_sub(1)).chain([columns]);
        let is_cut = |(at, piece): &(u16, Piece), end: u16| {
            width(&piece.text) > end.saturating_sub(*at) && self.value_at != Some(*at)
        };
        let cut = self.pieces.iter().zip(ends).filter(|(piece, end)| is_cut(piece, *end));
        let words: Vec<&str> = cut.map(|((_, piece), _)| piece.text.as_str()).collect();
        (!words.is_empty()).then(|| words.join(" · "))
    }

    pub fn with(mut self, column: u16, tone: Tone, text: impl Into<String>) -> Self {
        self.pieces.push((column, Piece::new(tone, text)));
        self
    }
}

/// What has the focus, and which of its matches is marked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Focus {
    pub stop: usize,
    pub picked: Option<usize>,
}

/// The page as lines of at most `columns`: with air between its parts where all of it then fits
/// `height`, and with a list that fills what is left.
pub(super) fn lines(page: &Page, columns: u16, height: u16, focus: Focus) -> Vec<DrawnLine> {
    let height = usize::from(height);
    // What opens below a field as one types does not move what stands above it.
    let still = Focus { stop: usize::MAX, picked: None };
    let fits = |air: &Air| {
        laid(page, columns, *air, page.window.as_ref(), still).len() + air.spare() <= height
    };
    let air = rhythm::WIDEST_FIRST.into_iter().find(fits).unwrap_or(Air::Tight);
    let drawn = laid(page, columns, air, page.window.as_ref(), focus);
    let Some(window) = page.window.as_ref().filter(|window| window.fills) else { return drawn };
    let mut most = window.most + height.saturating_sub(drawn.len());
    // A row may have more than one line.
    while most > window.most {
        let filled = laid(page, columns, air, Some(&Window { most, ..window.clone() }), focus);
        match filled.len().checked_sub(height) {
            None | Some(0) => return filled,
            Some(over) => most = most.saturating_sub(over),
        }
    }
    drawn
}

fn laid(
    page: &Page,
    columns: u16,
    air: Air,
    window: Option<&Window>,
    focus: Focus,
) -> Vec<DrawnLine> {
    let mut out = Lines { columns, air, window, focus, stop: 0, drawn: Vec::new() };
    let labels = page.blocks.iter().filter_map(|block| match block {
        Block::Field(spec) => Some(width(&spec.label)),
        Block::Pick(spec) => Some(width(&spec.field.label)),
        _ => None,
    });
    let label_width = labels.max().unwrap_or(0).min(columns / 2);
    for (n, block) in page.blocks.iter().enumerate() {
        let before = n.checked_sub(1).and_then(|n| page.blocks.get(n));
        if before.is_some_and(|before| air.parts(before, block, page)) {
            out.gap();
        }
        out.block(block, label_width);
        if let Some((_, why)) = page.refused.as_ref().filter(|(key, _)| block.is_named(key)) {
            out.refused(why);
        }
    }
    out.drawn
}

/// The sign before a sentence, which says the same as its colour.
fn mark(tone: Tone) -> &'static str {
    match tone {
        Tone::Done => "✓",
        Tone::Attention => "!",
        Tone::Refused => "✗",
        _ => "·",
    }
}

/// The column of the values, given the widest label.
pub(super) const fn value_column(label_width: u16) -> u16 {
    INDENT + label_width + 2
}

pub(super) struct Lines<'a> {
    pub columns: u16,
    air: Air,
    window: Option<&'a Window>,
    pub focus: Focus,
    pub stop: usize,
    pub drawn: Vec<DrawnLine>,
}

impl Lines<'_> {
    fn block(&mut self, block: &Block, label_width: u16) {
        match block {
            Block::Prose { tone, text } => self.prose(MARGIN, *tone, text),
            Block::Heading(text) => self.prose(MARGIN, Tone::Strong, text),
            Block::Notice { tone, text } => self.notice(*tone, text),
            Block::Facts(facts) => self.facts(facts),
            Block::States(states) => self.states(states),
            Block::Field(spec) => self.field(spec, label_width),
            Block::Pick(spec) => self.pick(spec, label_width),
            Block::Choice(choice) => self.choice(choice),
            Block::Ticks(ticks) => self.ticks(ticks),
            Block::Tally(rows) => self.tally(rows),
            Block::Progress { done, total, words } => self.progress(*done, *total, words),
            Block::Value { label, value } => {
                let line = DrawnLine::of(self.stop).with(INDENT, Tone::Muted, label.clone());
                self.drawn.push(line);
                // Whole, over as many lines as it takes: half a secret is none.
                for part in wrap(value.as_str(), self.columns.saturating_sub(INDENT + 1)) {
                    let line = DrawnLine::of(self.stop).with(INDENT, Tone::Strong, part);
                    self.drawn.push(line);
                }
                self.stop += 1;
            }
            Block::Rows(rows) => self.rows(rows),
            Block::Gap => self.gap(),
        }
    }

    /// One empty line, never two.
    fn gap(&mut self) {
        let is_empty = |line: &DrawnLine| *line == DrawnLine::default();
        if self.drawn.last().is_some_and(|line| !is_empty(line)) {
            self.drawn.push(DrawnLine::default());
        }
    }

    /// Why one cannot go on, under what it speaks of.
    fn refused(&mut self, why: &str) {
        let first = self.drawn.len();
        self.notice(Tone::Refused, why);
        for line in &mut self.drawn[first..] {
            (line.stop, line.refusal) = (self.stop.checked_sub(1), true);
        }
    }

    /// The columns that prose has from `column` on: no more than reads well.
    fn measure(&self, column: u16) -> u16 {
        self.columns.saturating_sub(column + 1).min(MEASURE)
    }

    fn prose(&mut self, column: u16, tone: Tone, text: &str) {
        for line in wrap(text, self.measure(column)) {
            self.drawn.push(DrawnLine::text(column, tone, line));
        }
    }

    /// A line whose last text goes on below it on a narrow page, at `below` where there is too
    /// little room beside what stands before it, rather than be cut.
    fn ending_in(&mut self, line: DrawnLine, at: u16, below: u16, tone: Tone, text: &str) {
        if self.columns >= NARROW {
            self.drawn.push(line.with(at, tone, text));
        } else {
            self.flowing(line, at, below, tone, text);
        }
    }

    /// A line whose last text goes on below it, at `below` where there is too little room beside
    /// what stands before it, rather than be cut; what is one word stays one.
    fn flowing(&mut self, line: DrawnLine, at: u16, below: u16, tone: Tone, text: &str) {
        let room = self.columns.saturating_sub(at + 1);
        let word = self.columns >= NARROW && !text.trim().contains(' ');
        if word || width(text) <= room {
            self.drawn.push(line.with(at, tone, text));
            return;
        }
        let stop = line.stop;
        // No address is split where it has a line of its own below.
        let longest = text.split(' ').map(width).max().unwrap_or(0);
        let (at, mut first) = if (room < 16 || longest > room) && !line.pieces.is_empty() {
            self.drawn.push(line);
            (below, None)
        } else {
            (at, Some(line))
        };
        for words in wrap(text, self.columns.saturating_sub(at + 1)) {
            let line = first.take().unwrap_or(DrawnLine { stop, ..DrawnLine::default() });
            self.drawn.push(line.with(at, tone, words));
        }
    }

    fn notice(&mut self, tone: Tone, text: &str) {
        let mark = mark(tone);
        for (n, line) in wrap(text, self.measure(INDENT)).into_iter().enumerate() {
            let mut drawn = DrawnLine::text(INDENT, tone, line);
            drawn.told = tone == Tone::Refused;
            if n == 0 {
                drawn.pieces.insert(0, (MARGIN, Piece::new(tone, mark)));
            }
            self.drawn.push(drawn);
        }
    }

    fn states(&mut self, states: &[(Tone, String, String)]) {
        let names = states.iter().map(|(_, name, _)| width(name)).max().unwrap_or(0);
        for (tone, name, words) in states {
            let line = DrawnLine::text(MARGIN, *tone, mark(*tone));
            let line = line.with(INDENT, Tone::Text, name.clone());
            self.flowing(line, INDENT + names + 2, INDENT + 2, *tone, words);
        }
    }

    fn facts(&mut self, facts: &[(String, String)]) {
        let labels = facts.iter().map(|(label, _)| width(label)).max().unwrap_or(0);
        for (label, value) in facts {
            let at = MARGIN + labels + 2;
            let line = DrawnLine::text(MARGIN, Tone::Muted, label.clone());
            self.flowing(line, at, INDENT + 2, Tone::Text, value);
        }
    }

    pub fn field(&mut self, spec: &FieldSpec, label_width: u16) {
        let at = value_column(label_width);
        let mut line = DrawnLine::of(self.stop).with(INDENT, Tone::Muted, spec.label.clone());
        line.value_at = Some(at);
        let value = match spec.kind {
            Kind::Secret => "•".repeat(spec.value.chars().count()),
            _ => crate::domain::untrusted::Untrusted::new(spec.value.as_str()).shown().to_string(),
        };
        let wanted = match spec.kind {
            Kind::Number | Kind::Count => 14,
            Kind::Text | Kind::Secret | Kind::Confirmation => 44,
        };
        line.cell = wanted.max(width(&value) + 2).min(self.columns.saturating_sub(at + 1));
        line = line.with(at, Tone::Text, value);
        self.drawn.push(line);
        let below = match &spec.error {
            Some(error) => Some((Tone::Refused, format!("✗ {error}"))),
            None if spec.hint.is_empty() => None,
            // The mark carries the meaning; the colour repeats it.
            None if spec.hint.starts_with('✓') => Some((Tone::Done, spec.hint.clone())),
            None => Some((Tone::Muted, spec.hint.clone())),
        };
        // Beside a long label a narrow page has too little room for it.
        let narrow = self.columns < NARROW && self.columns.saturating_sub(at + 1) < 24;
        let at = if narrow { INDENT + 2 } else { at };
        if let Some((tone, words)) = below {
            for text in wrap(&words, self.measure(at)) {
                self.drawn.push(DrawnLine::of(self.stop).with(at, tone, text));
            }
        }
        self.stop += 1;
    }

    fn choice(&mut self, choice: &Choice) {
        for (n, option) in choice.options.iter().enumerate() {
            if n > 0 && self.air.parts_options(choice) {
                self.gap();
            }
            let chosen = choice.chosen.as_ref() == Some(&option.id);
            let mark = if chosen { "◉" } else { "○" };
            let (tone, mark_tone) = match (&option.disabled, chosen) {
                (Some(_), _) => (Tone::Faint, Tone::Faint),
                (None, true) => (Tone::Strong, Tone::Accent),
                (None, false) => (Tone::Text, Tone::Muted),
            };
            let line = DrawnLine::of(self.stop).with(INDENT, mark_tone, mark);
            self.flowing(line, INDENT + 2, INDENT + 2, tone, &option.label);
            let words = [&option.detail, option.disabled.as_deref().unwrap_or_default()];
            for words in words.into_iter().filter(|words| !words.is_empty()) {
                for text in wrap(words, self.measure(INDENT + 2)) {
                    self.drawn.push(DrawnLine::of(self.stop).with(INDENT + 2, Tone::Muted, text));
                }
            }
            self.stop += 1;
        }
    }

    fn ticks(&mut self, ticks: &Ticks) {
        let labels = ticks.rows.iter().map(|row| width(&row.label)).max().unwrap_or(0);
        let numbers = ticks.rows.iter().filter_map(|row| row.number.map(thousands));
        let number_width = numbers.map(|number| width(&number)).max().unwrap_or(0);
        let labels = labels.min(self.columns.saturating_sub(INDENT + number_width + 20).max(12));
        let shown =
            Window::rows(self.window, ticks.key, ticks.rows.iter().map(|row| row.id.as_str()));
        let first = self.stop;
        for (n, row) in ticks.rows.iter().enumerate().take(shown.end).skip(shown.start) {
            let mark = if row.ticked { "☑" } else { "☐" };
            let off = row.disabled.is_some();
            let tone = if off { Tone::Faint } else { Tone::Text };
            let mark_tone = match (off, row.ticked) {
                (true, _) => Tone::Faint,
                (false, true) => Tone::Accent,
                (false, false) => Tone::Muted,
            };
            let line = DrawnLine::of(first + n).with(INDENT, mark_tone, mark);
            let note = row.disabled.as_ref().unwrap_or(&row.note);
            // Without a number and a note the label has the whole line.
            if note.is_empty() && row.number.is_none() {
                self.ending_in(line, INDENT + 2, INDENT + 2, tone, &row.label);
                continue;
            }
            let mut line = line.with(INDENT + 2, tone, row.label.clone());
            let mut at = INDENT + 2 + labels + 1;
            if let Some(number) = row.number {
                let number = thousands(number);
                line = line.with(at + number_width - width(&number), tone, number);
                at += number_width;
            }
            if note.is_empty() {
                self.drawn.push(line);
            } else {
                let tone = row.end.unwrap_or(Tone::Muted);
                // In a list each has a line; a few are read whole.
                let put = if ticks.rows.len() > FEW { Self::ending_in } else { Self::flowing };
                put(self, line, at + 2, INDENT + 2, tone, note);
            }
        }
        self.hidden(&shown, ticks.rows.len());
        self.stop += ticks.rows.len();
    }

    fn tally(&mut self, rows: &[TallyRow]) {
        let digits = rows.iter().map(|row| width(&thousands(row.number))).max().unwrap_or(1);
        let digits = digits.max(4);
        // Only rows with a note share the room with it.
        let noted = rows.iter().filter(|row| !row.note.is_empty());
        let words = noted.map(|row| 3 * u16::from(row.depth) + width(&row.words));
        let note_at = INDENT + digits + 2 + words.max().unwrap_or(0) + 2;
        for (n, row) in rows.iter().enumerate() {
            // What belongs together stands together, where there is room to tell it apart.
            if self.air == Air::Whole && row.depth == 0 && n > 0 && rows[n - 1].depth > 0 {
                self.gap();
            }
            let number = thousands(row.number);
            let at = INDENT + 3 * u16::from(row.depth) + digits - width(&number);
            let quiet = row.number == 0;
            let tone = if quiet { Tone::Muted } else { row.tone };
            let words_tone = match (quiet, row.depth) {
                (true, _) => Tone::Muted,
                (false, 0) => Tone::Strong,
                (false, _) => Tone::Text,
            };
            let mut line = DrawnLine::default();
            if row.id.is_some() {
                line.stop = Some(self.stop);
                self.stop += 1;
            }
            let words_at = INDENT + 3 * u16::from(row.depth) + digits + 2;
            let line = line.with(at, tone, number).with(words_at, words_tone, row.words.clone());
            if row.note.is_empty() {
                self.drawn.push(line);
            } else {
                if self.air == Air::Whole
                    && let Some(whole) = parts::whole(&row.note, note_at, self.columns)
                {
                    let stop = line.stop;
                    let mut first = Some(line);
                    for words in whole {
                        let line =
                            first.take().unwrap_or(DrawnLine { stop, ..DrawnLine::default() });
                        self.drawn.push(line.with(note_at, Tone::Muted, words));
                    }
                    continue;
                }
                let note = parts::fitting(&row.note, note_at, self.columns);
                self.flowing(line, note_at, words_at, Tone::Muted, &note);
            }
        }
    }

    fn progress(&mut self, done: u64, total: u64, words: &str) {
        self.drawn
            .push(DrawnLine { progress: Some((MARGIN, done, total)), ..DrawnLine::default() });
        self.prose(MARGIN, Tone::Muted, words);
    }

    fn rows(&mut self, rows: &Rows) {
        if rows.rows.is_empty() {
            self.prose(MARGIN, Tone::Muted, &rows.empty);
            return;
        }
        let columns = rows.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
        let needs: Vec<Need> = (0..columns)
            .map(|n| Need::of(rows.rows.iter().filter_map(|row| row.cells.get(n))))
            .collect();
        let room = self.columns.saturating_sub(INDENT + 1);
        let taken = |needs: &[Need]| needs.iter().map(|need| need.width + 2).sum::<u16>();
        // On a narrow page as many columns as fit stand in the row, the others below it.
        let beside = if self.columns < NARROW && taken(&needs) > room + 2 {
            (1..columns).rev().find(|n| taken(&needs[..*n]) <= room + 2).unwrap_or(1)
        } else {
            columns
        };
        let widths = columns::fit(&needs[..beside], room);
        let shown =
            Window::rows(self.window, rows.key, rows.rows.iter().map(|row| row.id.as_str()));
        let first = self.stop;
        for (n, row) in rows.rows.iter().enumerate().take(shown.end).skip(shown.start) {
            let mut line = DrawnLine::of(first + n);
            let mut at = INDENT;
            let end = row.cells.len().saturating_sub(1);
            let tone = |n| match n {
                0 => row.tone,
                n if n == end => row.end.unwrap_or(Tone::Muted),
                _ => Tone::Muted,
            };
            let (beside, below) = row.cells.split_at(beside.min(row.cells.len()));
            let last = beside.len().saturating_sub(1);
            for (n, cell) in beside.iter().enumerate().take(last) {
                line = line.with(at, tone(n), cell.clone());
                at += widths[n] + 2;
            }
            let end = beside.last().map_or("", String::as_str);
            self.flowing(line, at, INDENT + 2, tone(last), end);
            if !below.is_empty() {
                let line = DrawnLine::of(first + n);
                let words = below.iter().map(|cell| cell.trim()).collect::<Vec<_>>().join("  ");
                self.ending_in(line, INDENT + 2, INDENT + 2, Tone::Muted, &words);
            }
        }
        self.hidden(&shown, rows.rows.len());
        self.stop += rows.rows.len();
    }

    /// How many rows of a list are not drawn.
    fn hidden(&mut self, shown: &Range<usize>, len: usize) {
        if let Some(words) = Window::words(shown, len) {
            self.drawn.push(DrawnLine::text(INDENT, Tone::Muted, words));
        }
    }
}

#[cfg(test)]
mod tests;
