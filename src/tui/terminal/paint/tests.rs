//! Tests of what stands in `paint.rs`.

use super::*;
use proptest::prelude::*;
use ratatui::style::{Modifier, Style};

fn screen(lines: &[String]) -> Buffer {
    let mut buf = Buffer::empty(Rect::new(0, 0, 20, 4));
    for (y, line) in (0u16..).zip(lines.iter().take(4)) {
        let bold = Style::new().add_modifier(Modifier::BOLD);
        let style = if line.len() % 2 == 0 { bold } else { Style::new() };
        buf.set_stringn(0, y, line, 20, style);
    }
    buf
}

fn text(buf: &Buffer) -> Vec<String> {
    let line = |y: u16| {
        let mut out = String::new();
        let mut x = 0;
        while x < buf.area.width {
            out.push_str(buf[(x, y)].symbol());
            x += width(buf[(x, y)].symbol()).max(1);
        }
        out.trim_end().to_owned()
    };
    (0..buf.area.height).map(line).collect()
}

#[test]
fn a_bar_that_moves_down_costs_a_dozen_bytes() {
    let bar = |row: u16| {
        let mut buf = screen(&["  one".into(), "  two".into(), "  three".into()]);
        buf.set_string(1, row, "▌", Style::new());
        buf
    };
    let mut painter = Painter::new();
    painter.paint(bar(0), &mut Vec::new());
    let mut out = Vec::new();
    painter.paint(bar(1), &mut out);
    assert_eq!(String::from_utf8(out).unwrap(), "\x1b[1;2H \x08\n▌");
    let mut none = Vec::new();
    painter.paint(bar(1), &mut none);
    assert!(none.is_empty());
}

proptest! {
    #[test]
    fn the_terminal_shows_every_frame(
        frames in proptest::collection::vec(
            proptest::collection::vec("[a-c 陈é▌]{0,12}", 0..4), 1..6),
    ) {
        let mut painter = Painter::new();
        let size = std::num::NonZeroU16::new;
        let (Some(rows), Some(columns)) = (size(4), size(20)) else { return Ok(()) };
        let mut terminal = vt100::Parser::new(rows, columns, 0);
        for lines in frames {
            let frame = screen(&lines);
            let mut out = Vec::new();
            painter.paint(frame.clone(), &mut out);
            terminal.process(&out);
            let shown: Vec<String> =
                terminal.screen().rows(0, 20).map(|row| row.trim_end().to_owned()).collect();
            prop_assert_eq!(shown, text(&frame));
            for y in 0..4 {
                for x in 0..20 {
                    let cell = &frame[(x, y)];
                    let there = terminal.screen().cell(y, x);
                    if cell.symbol() != " " {
                        let bold = there.is_some_and(vt100::Cell::bold);
                        prop_assert_eq!(bold, cell.modifier.contains(Modifier::BOLD));
                    }
                }
            }
        }
    }
}
