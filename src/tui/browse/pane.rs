//! One pane of home: rows of one kind, a cursor, a filter.
//!
//! Owns moving, filtering and drawing for all three panes. What a row says is its own business
//! ([`PaneRow`]); where rows come from is home's.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::roster::fold::fold;
use crate::tui::screen::{Cx, Here, Look};
use crate::tui::theme::Tone;
use crate::tui::when::thousands;
use crate::tui::widget::field::{Field, Kind};
use crate::tui::widget::rows::{Cursor, Motion};
use crate::tui::widget::{marks, text};

/// From this width on a pane has room for its title and a filter in one line.
const ROOM_TO_TYPE: u16 = 32;

/// A row of a pane.
pub trait PaneRow {
    /// What stays the same when the list is loaded again.
    fn key(&self) -> String;
    /// What the filter looks in, as it is shown.
    fn words(&self) -> String;
    /// How many lines it takes.
    fn height(&self) -> u16 {
        1
    }
    /// Whether the cursor can stand on it.
    fn can_stand(&self) -> bool {
        true
    }
    /// Draws it, right of the bar.
    fn view(&self, chosen: bool, look: &Look<'_>, area: Rect, buf: &mut Buffer);
    /// Everything about it on one line, for when it was cut.
    fn detail(&self, here: Here<'_>) -> String;
}

/// A pane whatever its rows: what home does to the one that has the focus.
pub trait AnyPane {
    /// Moves; `height` lines are in sight.
    fn go(&mut self, motion: Motion, height: u16);
    /// Keeps the cursor's row in sight of `height` lines.
    fn clamp(&mut self, height: u16);
    /// Begins to filter.
    fn begin_filter(&mut self);
    /// Ends typing; the filter stays. Whether one was typing.
    fn end_filter(&mut self) -> bool;
    /// Clears the filter; whether there was one.
    fn clear_filter(&mut self) -> bool;
    /// Whether letters go to the filter now.
    fn is_filtering(&self) -> bool;
    /// Whether the filter wants a key.
    fn wants(&self, key: &KeyEvent) -> bool;
    /// Gives a key to the filter.
    fn on_text(&mut self, key: &KeyEvent);
    /// Gives pasted text to the filter.
    fn on_paste(&mut self, text: &str, cx: &mut Cx<'_>);
    /// All about the row under the cursor.
    fn detail(&self, here: Here<'_>) -> String;
    /// The lines that the rows have in an area.
    fn lines(&self, area: Rect) -> u16;
    /// Draws the pane.
    fn view(&self, seen: &Seen<'_>, look: &Look<'_>, area: Rect, buf: &mut Buffer);
}

/// What home knows when it draws a pane.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// Whether it has the focus.
    pub focused: bool,
    /// How many there are in all, once that is known.
    pub count: Option<u64>,
    /// What stands in the place of rows that are not there.
    pub said: &'a str,
}

/// A pane.
#[derive(Debug)]
pub struct Pane<T> {
    title: &'static str,
    rows: Vec<T>,
    /// The rows that match, by place.
    shown: Vec<usize>,
    cursor: Cursor,
    filter: Field,
    filtering: bool,
    /// The row it stood on when the filter began: the way back where nothing matches.
    before: Option<String>,
}

impl<T: PaneRow> Pane<T> {
    /// An empty pane.
    pub fn new(title: &'static str) -> Self {
        let filter = Field::new(Kind::Text);
        let cursor = Cursor::default();
        let (rows, shown) = (Vec::new(), Vec::new());
        Self { title, rows, shown, cursor, filter, filtering: false, before: None }
    }

    /// Puts other rows; the cursor stays on the row it was on, where that is still there.
    pub fn fill(&mut self, rows: Vec<T>) {
        let key = self.chosen().map(PaneRow::key);
        self.rows = rows;
        self.refilter();
        if let Some(key) = key {
            self.choose(&key);
        }
    }

    /// Puts the cursor on the row of this key.
    pub fn choose(&mut self, key: &str) {
        if let Some(at) = self.shown.iter().position(|row| self.rows[*row].key() == key) {
            self.cursor.at = at;
        }
    }

    fn refilter(&mut self) {
        let wanted = fold(self.filter.value());
        let words: Vec<&str> = wanted.split_whitespace().collect();
        let matches = |row: &T| {
            let text = fold(&row.words());
            words.iter().all(|word| text.contains(word))
        };
        self.shown = (0..self.rows.len()).filter(|at| matches(&self.rows[*at])).collect();
        self.cursor.at = self.cursor.at.min(self.shown.len().saturating_sub(1));
        self.stand(true);
    }

    /// The row under the cursor.
    pub fn chosen(&self) -> Option<&T> {
        self.shown.get(self.cursor.at).map(|at| &self.rows[*at])
    }

    /// Whether there are no rows at all.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Moves off rows on which the cursor cannot stand, on in the same direction if possible.
    fn stand(&mut self, down: bool) {
        let can = |at: &usize| self.shown.get(*at).is_some_and(|row| self.rows[*row].can_stand());
        let at = self.cursor.at;
        let after = (at..self.shown.len()).find(can);
        let before = (0..=at).rev().find(can);
        let to = if down { after.or(before) } else { before.or(after) };
        self.cursor.at = to.unwrap_or(at);
    }

    fn is_filtered(&self) -> bool {
        self.filtering || !self.filter.value().is_empty()
    }

    /// The lines above the rows: the title, and in a narrow pane the filter.
    fn head(&self, width: u16) -> u16 {
        if self.is_filtered() && width < ROOM_TO_TYPE { 2 } else { 1 }
    }

    fn view_title(&self, seen: &Seen<'_>, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        let tone = if seen.focused { Tone::Title } else { Tone::Muted };
        let mut room = Rect { height: 1, width: area.width.saturating_sub(1), ..area };
        let mut put = |text: &str, tone: Tone| {
            let x = text::put(buf, room, text, look.ink(tone));
            room = Rect { x, width: room.right().saturating_sub(x), ..room };
            room
        };
        let filtered = self.is_filtered();
        put(self.title, tone);
        put("  ", tone);
        let standing = |at: &&usize| self.rows[**at].can_stand();
        let shown = self.shown.iter().filter(standing).count() as u64;
        if filtered {
            let all = self.rows.iter().filter(|row| row.can_stand()).count() as u64;
            // With a gap at either side of the title and the end of the pane.
            let left = area.width.saturating_sub(text::width(self.title) + 4);
            let words =
                [" of ", "/"].map(|of| format!("{}{of}{}", thousands(shown), thousands(all)));
            let words = words.iter().find(|words| text::width(words) <= left).unwrap_or(&words[1]);
            let mut room = put(words, Tone::Muted);
            if self.head(area.width) > 1 {
                // In a narrow pane what one types has a line of its own.
                room =
                    Rect { x: area.x, y: area.y + 1, width: area.width.saturating_sub(1), ..room };
            } else {
                room = Rect { x: room.x + 1, width: room.width.saturating_sub(1), ..room };
            }
            let x = text::put(buf, room, " /", look.ink(Tone::Key));
            let room = Rect { x, width: room.right().saturating_sub(x), ..room };
            self.filter.view(look.theme, self.filtering, room, buf);
        } else if let Some(count) = seen.count {
            put(&thousands(count), Tone::Muted);
        }
    }
}

impl<T: PaneRow> AnyPane for Pane<T> {
    fn go(&mut self, motion: Motion, height: u16) {
        let line = self.shown.first().map_or(1, |at| self.rows[*at].height());
        let rows = usize::from(height / line.max(1));
        self.cursor.go(motion, self.shown.len(), rows);
        let down = !matches!(motion, Motion::Up | Motion::PageUp | Motion::HalfUp | Motion::First);
        self.stand(down);
        self.clamp(height);
    }

    fn clamp(&mut self, height: u16) {
        let lines = |from: usize, to: usize| -> u16 {
            self.shown[from..=to].iter().map(|at| self.rows[*at].height()).sum()
        };
        if self.shown.is_empty() {
            self.cursor = Cursor::default();
            return;
        }
        self.cursor.at = self.cursor.at.min(self.shown.len() - 1);
        self.cursor.top = self.cursor.top.min(self.cursor.at);
        while self.cursor.top < self.cursor.at && lines(self.cursor.top, self.cursor.at) > height {
            self.cursor.top += 1;
        }
        // No empty room at the end while there are rows above.
        let last = self.shown.len() - 1;
        while self.cursor.top > 0 && lines(self.cursor.top - 1, last) <= height {
            self.cursor.top -= 1;
        }
    }

    fn begin_filter(&mut self) {
        if !self.is_filtered() {
            self.before = self.chosen().map(PaneRow::key);
        }
        self.filtering = true;
    }

    fn end_filter(&mut self) -> bool {
        std::mem::take(&mut self.filtering)
    }

    fn is_filtering(&self) -> bool {
        self.filtering
    }

    fn clear_filter(&mut self) -> bool {
        let was = self.filtering || !self.filter.value().is_empty();
        let before = self.before.take();
        let key = self.chosen().map(PaneRow::key).or(before);
        self.filtering = false;
        self.filter.clear();
        self.refilter();
        if let Some(key) = key {
            self.choose(&key);
        }
        was
    }

    fn wants(&self, key: &KeyEvent) -> bool {
        self.filtering && self.filter.wants(key)
    }

    fn on_text(&mut self, key: &KeyEvent) {
        if self.filter.on_key(key) {
            self.refilter();
        }
    }

    fn on_paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        if self.filtering && cx.paste(&mut self.filter, text) {
            self.refilter();
        }
    }

    fn view(&self, seen: &Seen<'_>, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        let focused = seen.focused;
        self.view_title(seen, look, area, buf);
        let head = self.head(area.width).min(area.height);
        let body = Rect { y: area.y + head, height: area.height - head, ..area };
        let nothing = !self.rows.is_empty() && self.shown.is_empty();
        let said = if nothing { "Nothing matches. Esc clears the filter." } else { seen.said };
        if self.shown.is_empty() {
            let room = Rect { x: body.x + 1, width: body.width.saturating_sub(2), ..body };
            for (n, line) in (0u16..).zip(text::wrap(said, room.width)).take(room.height.into()) {
                let row = Rect { y: room.y + n, height: 1, ..room };
                text::put(buf, row, &line, look.ink(Tone::Muted));
            }
            return;
        }
        let mut y = body.y;
        let mut end = self.cursor.top;
        for (n, at) in self.shown.iter().enumerate().skip(self.cursor.top) {
            let row = &self.rows[*at];
            let height = row.height().min(body.bottom().saturating_sub(y));
            if height == 0 {
                break;
            }
            let area = Rect { y, height, ..body };
            let chosen = n == self.cursor.at;
            if chosen {
                let tone = if focused { Tone::Focus } else { Tone::Faint };
                text::put(buf, Rect { width: 1, height: 1, ..area }, "▌", look.ink(tone));
            }
            let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
            row.view(chosen && focused, look, inner, buf);
            y += height;
            end = if height == row.height() { n + 1 } else { n };
        }
        // They stand on the rule that parts the panes.
        marks::more(&(self.cursor.top..end), self.shown.len(), look.theme, body, buf);
    }

    fn lines(&self, area: Rect) -> u16 {
        area.height.saturating_sub(self.head(area.width))
    }

    fn detail(&self, here: Here<'_>) -> String {
        self.chosen().map(|row| row.detail(here)).unwrap_or_default()
    }
}
