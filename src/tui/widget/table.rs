//! Rows in columns with a head, a cursor bar and what is said when there are none.
//!
//! Owns the widths: fixed columns first, the rest shared. Numbers stand at the right.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::rows::Cursor;
use super::text;
use crate::tui::theme::{Theme, Tone};

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its head.
    pub title: &'static str,
    /// Its width; 0 takes a share of what is left.
    pub width: u16,
    /// Whether it holds numbers.
    pub number: bool,
    /// Narrower tables than this leave it out.
    pub from: u16,
}

impl Column {
    /// A column of text of a fixed width; 0 for a share of the rest.
    pub const fn text(title: &'static str, width: u16) -> Self {
        Self { title, width, number: false, from: 0 }
    }

    /// A column of numbers.
    pub const fn number(title: &'static str, width: u16) -> Self {
        Self { title, width, number: true, from: 0 }
    }

    /// Left out of tables narrower than `from`.
    #[must_use]
    pub const fn only_from(mut self, from: u16) -> Self {
        self.from = from;
        self
    }
}

/// A cell: what it means, what it says.
pub type Cell = (Tone, String);

/// Rows in sight: all lines but the head.
pub fn height(area: Rect) -> usize {
    usize::from(area.height.saturating_sub(1))
}

/// Draws head and rows; `row` gives the cells of a row in sight, one per column.
pub fn view(
    columns: &[Column],
    (len, cursor): (usize, &Cursor),
    row: impl Fn(usize) -> Vec<Cell>,
    theme: &Theme,
    area: Rect,
    buf: &mut Buffer,
) {
    let places = places(columns, area.width);
    let line = |n: u16| Rect { y: area.y + n, height: 1, ..area };
    for (column, place) in columns.iter().zip(&places) {
        put(column, *place, (Tone::Muted, column.title), theme, line(0), buf);
    }
    for (n, at) in (1u16..).zip(cursor.window(len, height(area))) {
        let chosen = at == cursor.at;
        if chosen {
            let bar = Rect { x: area.x + 1, width: 1, ..line(n) };
            text::put(buf, bar, "▌", theme.style(Tone::Accent));
        }
        for ((column, place), (tone, words)) in columns.iter().zip(&places).zip(row(at)) {
            put(column, *place, (tone, &words), theme, line(n), buf);
        }
    }
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

/// The first column and width of each column.
fn places(columns: &[Column], width: u16) -> Vec<(u16, u16)> {
    const LEFT: u16 = 3;
    const GAP: u16 = 2;
    let seen = |column: &&Column| column.from <= width;
    let fixed: u16 = columns.iter().filter(seen).map(|column| column.width + GAP).sum();
    let shares = columns.iter().filter(seen).filter(|column| column.width == 0).count();
    let shares = u16::try_from(shares).unwrap_or(1).max(1);
    let share = (width.saturating_sub(LEFT + fixed) + GAP.min(1)) / shares;
    let mut x = LEFT;
    columns
        .iter()
        .map(|column| {
            if column.from > width {
                return (x, 0);
            }
            let wide = if column.width == 0 { share } else { column.width };
            let place = (x, wide);
            x += wide + GAP;
            place
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_share_what_is_left_and_fit() {
        let columns = [
            Column::text("When", 12),
            Column::text("What", 0),
            Column::number("Users", 7),
            Column::text("Who", 20).only_from(100),
        ];
        for width in 40..200 {
            let places = places(&columns, width);
            let end = places
                .iter()
                .filter(|(_, wide)| *wide > 0)
                .map(|(x, wide)| x + wide)
                .max()
                .unwrap_or(0);
            assert!(end <= width, "{width}: {places:?}");
        }
        assert_eq!(places(&columns, 80)[3].1, 0);
        assert_eq!(places(&columns, 120)[3].1, 20);
    }
}
