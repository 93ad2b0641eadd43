//! A cell's style as the terminal's codes, as few as possible.
//!
//! Owns what the terminal's pen is like between frames: it is not reset at a frame's end, so a
//! change of style costs only what differs.

use std::io::Write as _;

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

/// What the terminal's pen is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

impl Default for Pen {
    fn default() -> Self {
        Self { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() }
    }
}

/// The modifiers that are drawn, and their codes.
const MODIFIERS: [(Modifier, u8); 4] =
    [(Modifier::BOLD, 1), (Modifier::DIM, 2), (Modifier::UNDERLINED, 4), (Modifier::REVERSED, 7)];

impl Pen {
    /// Changes the pen into what a cell needs, writing the codes for it.
    pub fn become_cell(&mut self, cell: &Cell, out: &mut Vec<u8>) {
        let known = MODIFIERS.iter().fold(Modifier::empty(), |all, (one, _)| all | *one);
        let mut wanted = Self { fg: cell.fg, bg: cell.bg, modifier: cell.modifier & known };
        // A blank has no foreground, unless it is drawn through.
        let drawn = Modifier::UNDERLINED | Modifier::REVERSED;
        if cell.symbol() == " " && !(wanted.modifier | self.modifier).intersects(drawn) {
            wanted.fg = self.fg;
            wanted.modifier = self.modifier;
        }
        if wanted == *self {
            return;
        }
        let mut codes = Vec::new();
        let mut from = *self;
        if !wanted.modifier.contains(from.modifier) {
            codes.push(b'0');
            from = Self::default();
        }
        for (modifier, code) in MODIFIERS {
            if wanted.modifier.contains(modifier) && !from.modifier.contains(modifier) {
                push(&mut codes, format_args!("{code}"));
            }
        }
        if wanted.fg != from.fg {
            colour(wanted.fg, 30, &mut codes);
        }
        if wanted.bg != from.bg {
            colour(wanted.bg, 40, &mut codes);
        }
        out.extend_from_slice(b"\x1b[");
        out.extend_from_slice(&codes);
        out.push(b'm');
        *self = wanted;
    }
}

fn push(codes: &mut Vec<u8>, code: std::fmt::Arguments<'_>) {
    if !codes.is_empty() {
        codes.push(b';');
    }
    // Writing into memory cannot fail.
    let _ = codes.write_fmt(code);
}

/// The codes of a colour; `ground` is 30 for the foreground, 40 for the background.
fn colour(colour: Color, ground: u8, codes: &mut Vec<u8>) {
    const BASE: [Color; 8] = [
        Color::Black,
        Color::Red,
        Color::Green,
        Color::Yellow,
        Color::Blue,
        Color::Magenta,
        Color::Cyan,
        Color::Gray,
    ];
    const BRIGHT: [Color; 8] = [
        Color::DarkGray,
        Color::LightRed,
        Color::LightGreen,
        Color::LightYellow,
        Color::LightBlue,
        Color::LightMagenta,
        Color::LightCyan,
        Color::White,
    ];
    let place = |all: &[Color; 8]| all.iter().position(|one| *one == colour);
    match colour {
        Color::Rgb(r, g, b) => push(codes, format_args!("{};2;{r};{g};{b}", ground + 8)),
        Color::Indexed(n) => push(codes, format_args!("{};5;{n}", ground + 8)),
        _ => match (place(&BASE), place(&BRIGHT)) {
            (Some(n), _) => push(codes, format_args!("{}", usize::from(ground) + n)),
            (None, Some(n)) => push(codes, format_args!("{}", usize::from(ground) + 60 + n)),
            (None, None) => push(codes, format_args!("{}", ground + 9)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::style::Style;

    fn codes(pen: &mut Pen, symbol: &'static str, style: Style) -> String {
        let mut cell = Cell::new(symbol);
        cell.set_style(style);
        let mut out = Vec::new();
        pen.become_cell(&cell, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn only_what_differs_is_written() {
        let mut pen = Pen::default();
        let red = Style::new().fg(Color::Rgb(1, 2, 3));
        assert_eq!(codes(&mut pen, "a", red), "\x1b[38;2;1;2;3m");
        assert_eq!(codes(&mut pen, "b", red), "");
        assert_eq!(codes(&mut pen, "b", red.add_modifier(Modifier::BOLD)), "\x1b[1m");
        assert_eq!(codes(&mut pen, " ", Style::new()), "");
        assert_eq!(codes(&mut pen, "c", Style::new()), "\x1b[0m");
        assert_eq!(codes(&mut pen, "c", Style::new().fg(Color::Cyan)), "\x1b[36m");
        assert_eq!(codes(&mut pen, "c", Style::new().bg(Color::DarkGray)), "\x1b[39;100m");
        assert_eq!(codes(&mut pen, "c", Style::new().bg(Color::Indexed(9))), "\x1b[48;5;9m");
    }
}
