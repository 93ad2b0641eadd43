//! A list in a box: a search field, rows in columns, a cursor.
//!
//! Owns searching, moving and drawing for help, palette and menus. What a row means is the
//! caller's.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::layout;
use crate::tui::screen::Look;
use crate::tui::theme::Tone;
use crate::tui::widget::field::{Field, Kind};
use crate::tui::widget::frame::frame;
use crate::tui::widget::rows::{Cursor, Motion};
use crate::tui::widget::text;

/// A row to pick.
#[derive(Debug, Clone, PartialEq)]
pub struct Pick<T> {
    /// What is picked.
    pub value: T,
    /// The first column, such as a key.
    pub lead: String,
    /// What it is.
    pub label: String,
    /// More about it, or why it cannot be picked.
    pub note: String,
    /// Whether it can be picked.
    pub ready: bool,
}

/// The list.
#[derive(Debug)]
pub struct Picker<T> {
    title: String,
    rows: Vec<Pick<T>>,
    shown: Vec<usize>,
    cursor: Cursor,
    search: Option<Field>,
}

/// The widest a box gets.
const WIDEST: u16 = 92;

impl<T: Clone> Picker<T> {
    /// A list; with a search field when `searchable`.
    pub fn new(title: impl Into<String>, rows: Vec<Pick<T>>, searchable: bool) -> Self {
        let search = searchable.then(|| Field::new(Kind::Text));
        let shown = (0..rows.len()).collect();
        // One begins where something can be done.
        let at = rows.iter().position(|row| row.ready).filter(|_| !searchable).unwrap_or(0);
        Self {
            title: title.into(),
            rows,
            shown,
            cursor: Cursor { at, ..Cursor::default() },
            search,
        }
    }

    /// The row under the cursor.
    pub fn chosen(&self) -> Option<&Pick<T>> {
        self.shown.get(self.cursor.at).map(|at| &self.rows[*at])
    }

    /// Moves, in the body of the screen below.
    pub fn go(&mut self, motion: Motion, body: Rect) {
        let height = self.list_height(body);
        self.cursor.go(motion, self.shown.len(), height);
    }

    /// Whether the search field wants a key.
    pub fn wants(&self, key: &KeyEvent) -> bool {
        self.search.as_ref().is_some_and(|field| field.wants(key))
    }

    /// Gives a key to the search field.
    pub fn on_text(&mut self, key: &KeyEvent) {
        if self.search.as_mut().is_some_and(|field| field.on_key(key)) {
            self.refilter();
        }
    }

    /// Gives pasted text to the search field.
    pub fn on_paste(&mut self, text: &str) {
        if self.search.as_mut().is_some_and(|field| field.paste(text)) {
            self.refilter();
        }
    }

    fn refilter(&mut self) {
        let wanted = self.search.as_ref().map_or("", Field::value).to_lowercase();
        let words: Vec<&str> = wanted.split_whitespace().collect();
        let matches = |row: &Pick<T>| {
            let all = format!("{} {} {}", row.lead, row.label, row.note).to_lowercase();
            words.iter().all(|word| all.contains(word))
        };
        self.shown = (0..self.rows.len()).filter(|at| matches(&self.rows[*at])).collect();
        self.cursor = Cursor::default();
    }

    fn area(&self, body: Rect) -> Rect {
        let head = if self.search.is_some() { 2 } else { 0 };
        let rows = u16::try_from(self.rows.len()).unwrap_or(u16::MAX).max(1);
        layout::middle(
            body,
            WIDEST.min(body.width.saturating_sub(2)),
            rows.saturating_add(head + 2),
        )
    }

    fn list_height(&self, body: Rect) -> usize {
        let head = if self.search.is_some() { 2 } else { 0 };
        usize::from(self.area(body).height.saturating_sub(head + 2))
    }

    /// Draws the box.
    pub fn view(&self, look: &Look<'_>, body: Rect, buf: &mut Buffer) {
        let mut room = frame(&self.title, look.theme, self.area(body), buf);
        if room.is_empty() {
            return;
        }
        if let Some(field) = &self.search {
            let row = layout::inset(Rect { height: 1, ..room }, 1);
            let x = text::put(buf, row, "/ ", look.ink(Tone::Key));
            let rest = Rect { x, width: row.right().saturating_sub(x), ..row };
            field.view(look.theme, true, rest, buf);
            room = Rect { y: room.y + 2, height: room.height.saturating_sub(2), ..room };
        }
        if self.shown.is_empty() {
            text::put(buf, layout::inset(room, 1), "Nothing matches.", look.ink(Tone::Muted));
        }
        let lead = self.rows.iter().map(|row| text::width(&row.lead)).max().unwrap_or(0).min(24);
        let label = self.rows.iter().map(|row| text::width(&row.label)).max().unwrap_or(0);
        let label = label.min(room.width.saturating_sub(lead + 6));
        let height = usize::from(room.height);
        for (n, at) in (0u16..).zip(self.cursor.window(self.shown.len(), height)) {
            let row = &self.rows[self.shown[at]];
            let line = Rect { y: room.y + n, height: 1, ..room };
            draw_row(row, at == self.cursor.at, (lead, label), look, line, buf);
        }
    }
}

fn draw_row<T>(
    row: &Pick<T>,
    chosen: bool,
    (lead, label): (u16, u16),
    look: &Look<'_>,
    line: Rect,
    buf: &mut Buffer,
) {
    let part = |at: u16, width: u16| Rect { x: line.x + at, width, ..line }.intersection(line);
    if chosen {
        text::put(buf, part(0, 1), "▌", look.ink(Tone::Accent));
    }
    let tone = match (row.ready, chosen) {
        (false, _) => Tone::Muted,
        (true, true) => Tone::Strong,
        (true, false) => Tone::Text,
    };
    text::put(buf, part(2, lead), &row.lead, look.ink(Tone::Key));
    let at = if lead == 0 { 2 } else { lead + 4 };
    text::put(buf, part(at, label), &row.label, look.ink(tone));
    let at = at + label + 2;
    text::put(buf, part(at, line.width.saturating_sub(at + 1)), &row.note, look.ink(Tone::Muted));
}
