//! Rows in columns with a head, a cursor bar, and marks where there is more.
//!
//! Owns where the columns stand: as wide as what is in them. Numbers stand at the right.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::columns::{self, GAP, Need};
use super::rows::Cursor;
use super::{marks, text};
use crate::tui::theme::{Theme, Tone};

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its head.
    pub title: &'static str,
    /// Whether it holds numbers.
    pub number: bool,
    /// Whether it holds ids, addresses or URLs: it does not give way while words can.
    pub whole: bool,
    /// Whether its values are few and known: none of them is an odd one.
    pub known: bool,
    /// Narrower tables than this leave it out.
    pub from: u16,
}

impl Column {
    /// A column of words.
    pub const fn text(title: &'static str) -> Self {
        Self { title, number: false, whole: false, known: false, from: 0 }
    }

    /// A column of ids, addresses or URLs.
    pub const fn whole(title: &'static str) -> Self {
        Self { title, number: false, whole: true, known: false, from: 0 }
    }

    /// A column of numbers.
    pub const fn number(title: &'static str) -> Self {
        Self { title, number: true, whole: true, known: false, from: 0 }
    }

    /// A column of a few known words, such as states: it does not give way for how rare one is.
    pub const fn known(title: &'static str) -> Self {
        Self { known: true, ..Self::whole(title) }
    }

    /// Left out of tables narrower than `from`.
    #[must_use]
    pub const fn only_from(mut self, from: u16) -> Self {
        self.from = from;
        self
    }
}

/// So many rows, from all over the list, tell how wide its columns are: they stay where they are
/// while one scrolls.
const MEASURED: usize = 400;

/// A cell: what it means, what it says.
pub type Cell = (Tone, String);

/// Rows in sight: all lines but the head.
pub fn height(area: Rect) -> usize {
    usize::from(area.height.saturating_sub(1))
}

/// Draws head and rows; `row` gives the cells of a row, one per column.
pub fn view(
    columns: &[Column],
    (len, cursor): (usize, &Cursor),
    row: impl Fn(usize) -> Vec<Cell>,
    theme: &Theme,
    area: Rect,
    buf: &mut Buffer,
) {
    let shown = cursor.window(len, height(area));
    let measured = (0..len).step_by(len.div_ceil(MEASURED).max(1));
    let places = places(columns, measured.map(&row), area.width);
    let line = |n: u16| Rect { y: area.y + n, height: 1, ..area };
    for (column, place) in columns.iter().zip(&places) {
        put(column, *place, (Tone::Muted, column.title), theme, line(0), buf);
    }
    for (n, at) in (1u16..).zip(shown.clone()) {
        let chosen = at == cursor.at;
        if chosen {
            let bar = Rect { x: area.x + 1, width: 1, ..line(n) };
            text::put(buf, bar, "▌", theme.style(Tone::Focus));
        }
        for ((column, place), (tone, words)) in columns.iter().zip(&places).zip(row(at)) {
            put(column, *place, (tone, &words), theme, line(n), buf);
        }
    }
    let below_the_head = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    marks::more(&shown, len, theme, below_the_head, buf);
}

fn put(
    column: &Column,
    (x, width): (u16, u16),
    (tone, words): (Tone, &str),
    theme: &Theme,
    line: Rect,
    buf: &mut Buffer,
) {
    let place = Rect { x: line.x + x, width, ..line }.intersection(line);
    if place.is_empty() {
        return;
    }
    if column.number {
        text::put_right(buf, place, words, theme.style(tone));
    } else {
        text::put(buf, place, words, theme.style(tone));
    }
}

/// The first column and width of each column; none is as wide as nothing.
fn places(
    columns: &[Column],
    rows: impl Iterator<Item = Vec<Cell>>,
    width: u16,
) -> Vec<(u16, u16)> {
    const LEFT: u16 = 3;
    let rows: Vec<Vec<Cell>> = rows.collect();
    let need = |(at, column): (usize, &Column)| {
        if column.from > width {
            return Need::new(0, false);
        }
        let cells = rows.iter().filter_map(|row| row.get(at)).map(|(_, words)| words.as_str());
        let need = Need::of(cells).under(text::width(column.title));
        if column.known {
            return Need::new(need.width, false);
        }
        let words = need.gives && !column.whole;
        need.of_words(words)
    };
    let needs: Vec<Need> = columns.iter().enumerate().map(need).collect();
    // The last column is the marks'.
    let room = width.saturating_sub(LEFT + 2);
    let widths = columns::fit(&needs, room);
    let used: u16 = widths.iter().filter(|wide| **wide > 0).map(|wide| wide + GAP).sum();
    let seen = u16::try_from(widths.iter().filter(|wide| **wide > 0).count()).unwrap_or(1);
    // Where there is room, the columns stand further apart.
    let gap = GAP + (room + GAP).saturating_sub(used).checked_div(seen).unwrap_or(0).min(2);
    let mut x = LEFT;
    let place = |wide: u16| {
        let place = (x, wide);
        x += if wide > 0 { wide + gap } else { 0 };
        place
    };
    widths.into_iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 4] = [
        Column::text("When"),
        Column::text("What"),
        Column::number("Users"),
        Column::whole("Who").only_from(70),
    ];

    fn row(_: usize) -> Vec<Cell> {
        let cells = ["tomorrow 10:42 CET", "domain.proof_requested", "12,000", "fay@acme.example"];
        cells.map(|words| (Tone::Text, words.to_owned())).to_vec()
    }

    #[test]
    fn columns_fit_whatever_there_is_room_for() {
        for width in 40..200 {
            let places = places(&COLUMNS, (0..3).map(row), width);
            let ends = places.iter().filter(|(_, wide)| *wide > 0).map(|(x, wide)| x + wide);
            assert!(ends.max().unwrap_or(0) < width, "{width}: {places:?}");
        }
    }

    #[test]
    fn nothing_is_cut_beside_a_half_empty_column() {
        let widths = |width| {
            let places = places(&COLUMNS, (0..3).map(row), width);
            places.into_iter().map(|(_, wide)| wide).collect::<Vec<_>>()
        };
        assert_eq!(widths(80), [18, 22, 6, 16]);
        assert_eq!(widths(72), [17, 22, 6, 16], "words give way, addresses do not");
        assert_eq!(widths(60), [18, 22, 6, 0]);
    }
}
