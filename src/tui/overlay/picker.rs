//! A list in a box: a search field, rows in columns, a cursor.
//!
//! Owns searching, moving and drawing for help, palette and menus. What a row means is the
//! caller's.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::keymap::{Action, Availability};
use crate::tui::layout;
use crate::tui::page::{Block, Page, RowSpec, Rows};
use crate::tui::screen::{Cx, Look, Told};
use crate::tui::theme::Tone;
use crate::tui::widget::field::{Field, Kind};
use crate::tui::widget::frame::frame;
use crate::tui::widget::rows::{Cursor, Motion};
use crate::tui::widget::{marks, text};

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

/// The place of a row for what was typed, the least first; nothing: it is not listed.
pub type Rank<T> = fn(&Pick<T>, &str) -> Option<u32>;

/// The list.
#[derive(Debug)]
pub struct Picker<T> {
    title: String,
    rows: Vec<Pick<T>>,
    shown: Vec<usize>,
    cursor: Cursor,
    search: Option<Field>,
    rank: Rank<T>,
}

/// The widest a name gets that is one of many: its end is told below the list.
const WIDEST_LABEL: u16 = 26;
/// The widest a box gets, and the widest for the sake of notes that would be cut.
const WIDEST: u16 = 92;
const WIDEST_NOTES: u16 = 150;
/// Notes with less room than this say too little: they stand below the list alone.
const LEAST_NOTE: u16 = 24;
/// So many rows are told line by line.
const TOLD: usize = 40;
/// The most lines that the chosen row's note gets below the list.
const MOST_BELOW: u16 = 4;

/// From this height of the screen's body on the box has air.
const ROOMY: u16 = 14;

/// How the columns of a list fall in a box.
#[derive(Debug, Clone, Copy)]
struct Columns {
    lead: u16,
    label: u16,
    /// Where the notes begin, and their room; without room they stand below alone.
    note: (u16, u16),
    /// The lines kept below the list for the chosen row's whole note, where any is cut.
    below: u16,
}

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
            rank: contains,
        }
    }

    /// A list with a search field, in the order of what was typed.
    pub fn ranked(title: impl Into<String>, rows: Vec<Pick<T>>, rank: Rank<T>) -> Self {
        let mut picker = Self { rank, ..Self::new(title, rows, true) };
        picker.refilter();
        picker
    }

    /// What was typed.
    pub fn typed(&self) -> &str {
        self.search.as_ref().map_or("", Field::value)
    }

    /// Changes rows; their places stay.
    pub fn change(&mut self, change: impl FnMut(&mut Pick<T>)) {
        self.rows.iter_mut().for_each(change);
    }

    /// What a box that is a list and nothing more has a meaning for.
    pub fn availability(action: Action) -> Availability {
        let known = matches!(action, Action::Back | Action::Open) || action.motion().is_some();
        Availability::shown_if(known)
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
    pub fn on_paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        if self.search.as_mut().is_some_and(|field| cx.paste(field, text)) {
            self.refilter();
        }
    }

    fn refilter(&mut self) {
        let typed = self.typed();
        let place = |at: usize| (self.rank)(&self.rows[at], typed).map(|rank| (rank, at));
        let mut shown: Vec<_> = (0..self.rows.len()).filter_map(place).collect();
        shown.sort_unstable();
        self.shown = shown.into_iter().map(|(_, at)| at).collect();
        self.cursor = Cursor::default();
    }

    /// Lines of the search field and, where there is room, the gap below it.
    fn head(&self, body: Rect) -> u16 {
        if self.search.is_some() { 2 - u16::from(body.height < ROOMY) } else { 0 }
    }

    /// The lines kept for the chosen row's note: where there is little room, rows come first.
    fn below(columns: Columns, body: Rect) -> u16 {
        columns.below.min(if body.height < ROOMY { 2 } else { MOST_BELOW })
    }

    fn area(&self, body: Rect) -> Rect {
        let rows = u16::try_from(self.rows.len()).unwrap_or(u16::MAX).max(1);
        let most = WIDEST_NOTES.min(body.width.saturating_sub(2));
        let width = WIDEST.max(self.wanted(most)).min(most);
        let below = Self::below(self.columns(width.saturating_sub(2)), body);
        layout::middle(body, width, rows.saturating_add(self.head(body) + 2 + below))
    }

    /// How wide a box is in which no note is cut.
    fn wanted(&self, most: u16) -> u16 {
        let (at, _) = self.columns(most).note;
        let note = self.rows.iter().map(|row| text::width(&row.note)).max().unwrap_or(0);
        at.saturating_add(note).saturating_add(3)
    }

    /// The columns in a box with `room` columns inside. Depends on all rows alike, so that nothing
    /// moves as one searches or goes down.
    fn columns(&self, room: u16) -> Columns {
        let lead = self.rows.iter().map(|row| text::width(&row.lead)).max().unwrap_or(0).min(24);
        let label = self.rows.iter().map(|row| text::width(&row.label)).max().unwrap_or(0);
        let widest = if self.search.is_some() { WIDEST_LABEL } else { room };
        let label = label.min(widest).min(room.saturating_sub(lead + 6));
        let at = label_at(lead) + label + 2;
        let mut width = room.saturating_sub(at + 1);
        let cut = self.rows.iter().any(|row| text::width(&row.note) > width);
        let lines = |row: &Pick<T>| text::wrap(&row.note, room.saturating_sub(4)).len();
        let most = self.rows.iter().map(lines).max().unwrap_or(0);
        let below = if cut { u16::try_from(most).unwrap_or(MOST_BELOW).min(MOST_BELOW) } else { 0 };
        if cut && width < LEAST_NOTE {
            width = 0;
        }
        Columns { lead, label, note: (at, width), below }
    }

    fn list_height(&self, body: Rect) -> usize {
        let area = self.area(body);
        let below = Self::below(self.columns(area.width.saturating_sub(2)), body);
        usize::from(area.height.saturating_sub(self.head(body) + 2 + below))
    }

    /// The rows as data, for who has them told line by line.
    pub fn told(&self) -> Told {
        let row = |at: &usize| {
            let row = &self.rows[*at];
            let not = if row.ready { "" } else { "not now: " };
            let cells = vec![row.label.clone(), format!("{not}{}", row.note)];
            RowSpec { id: at.to_string(), tone: Tone::Text, end: None, cells }
        };
        let rows = self.shown.iter().take(TOLD).map(row).collect();
        let empty = "Nothing matches.".to_owned();
        let mut blocks = vec![
            Block::Heading(self.title.clone()),
            Block::Rows(Rows { key: "rows", rows, empty }),
        ];
        if self.shown.len() > TOLD {
            blocks.push(Block::aside(format!("and {} more", self.shown.len() - TOLD)));
        }
        Told::of(Page::new(blocks))
    }

    /// Gives the cursor to the row that is told there.
    pub fn point(&mut self, at: usize) {
        if at < self.shown.len() {
            self.cursor.at = at;
        }
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
            let head = self.head(body);
            room = Rect { y: room.y + head, height: room.height.saturating_sub(head), ..room };
        }
        if self.shown.is_empty() {
            text::put(buf, layout::inset(room, 1), "Nothing matches.", look.ink(Tone::Muted));
        }
        let columns = self.columns(room.width);
        let kept = Self::below(columns, body);
        let list = Rect { height: room.height.saturating_sub(kept), ..room };
        let sight = self.cursor.window(self.shown.len(), list.height.into());
        // On the frame's line: nothing of a row is covered.
        let marked = Rect { width: list.width + 1, ..list };
        marks::more(&sight, self.shown.len(), look.theme, marked, buf);
        for (n, at) in (0u16..).zip(sight) {
            let row = &self.rows[self.shown[at]];
            let line = Rect { y: list.y + n, height: 1, ..list };
            draw_row(row, at == self.cursor.at, columns, look, line, buf);
        }
        let below = Rect { y: list.bottom(), height: room.height - list.height, ..room };
        // What is whole beside its name does not stand there twice.
        let cut = |row: &&Pick<T>| text::width(&row.note) > columns.note.1;
        let note = self.chosen().filter(cut).map_or("", |row| row.note.as_str());
        let words = text::wrap(note, room.width.saturating_sub(4));
        for (n, words) in (0u16..kept).zip(text::few(words, kept.into())) {
            let line = Rect { y: below.y + n, height: 1, ..layout::inset(below, 2) };
            text::put(buf, line.intersection(below), &words, look.ink(Tone::Text));
        }
    }
}

/// The rows that have every word that was typed, in their own order.
fn contains<T>(row: &Pick<T>, typed: &str) -> Option<u32> {
    let all = format!("{} {} {}", row.lead, row.label, row.note).to_lowercase();
    typed.to_lowercase().split_whitespace().all(|word| all.contains(word)).then_some(0)
}

/// Where the labels begin.
const fn label_at(lead: u16) -> u16 {
    if lead == 0 { 2 } else { lead + 4 }
}

fn draw_row<T>(
    row: &Pick<T>,
    chosen: bool,
    columns: Columns,
    look: &Look<'_>,
    line: Rect,
    buf: &mut Buffer,
) {
    let part = |at: u16, width: u16| Rect { x: line.x + at, width, ..line }.intersection(line);
    if chosen {
        text::put(buf, part(0, 1), "▌", look.ink(Tone::Focus));
    }
    let tone = match (row.ready, chosen) {
        (false, _) => Tone::Muted,
        (true, true) => Tone::Strong,
        (true, false) => Tone::Text,
    };
    text::put(buf, part(2, columns.lead), &row.lead, look.ink(Tone::Key));
    let at = label_at(columns.lead);
    text::put(buf, part(at, columns.label), &row.label, look.ink(tone));
    let (at, width) = columns.note;
    text::put(buf, part(at, width), &row.note, look.ink(Tone::Muted));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picker(note: &str) -> Picker<u8> {
        let row = |value, note: &str| Pick {
            value,
            lead: "enter".into(),
            label: "open".into(),
            note: note.into(),
            ready: true,
        };
        Picker::new("Actions", vec![row(0, "Short."), row(1, note)], true)
    }

    #[test]
    fn a_note_that_is_cut_is_whole_below_the_list() {
        let long = "Open the row: on to the next pane, from users to their list";
        assert_eq!(picker("Short too.").columns(76).below, 0);
        assert_eq!(picker(long).columns(80).below, 0);
        let cut = picker(long).columns(60);
        assert_eq!((cut.below, cut.note.1 > 0), (2, true));
        let narrow = picker(long).columns(36);
        assert_eq!((narrow.below, narrow.note.1), (2, 0), "too narrow for notes beside");
        let body = |height| Rect { width: 40, height, ..Rect::default() };
        assert_eq!(picker(long).list_height(body(20)), 2, "all of them");
        let many = Picker::new("Actions", vec![picker(long).rows[0].clone(); 20], true);
        assert_eq!(many.list_height(body(10)), 7);
    }
}
