//! Tests of what stands in `paint.rs`.

mod beliefs;
mod believer;

use super::*;
use crate::tui::widget::text::width;
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

fn parser(rows: u16, columns: u16) -> vt100::Parser {
    let size = |n| std::num::NonZeroU16::new(n).unwrap();
    vt100::Parser::new(size(rows), size(columns), 0)
}

#[test]
fn a_bar_that_moves_down_costs_a_dozen_bytes() {
    let bar = |row: u16| {
        let mut buf = screen(&["  one".into(), "  two".into(), "  three".into()]);
        buf.set_string(1, row, "▌", Style::new());
        buf
    };
    let mut painter = Painter::new();
    painter.paint(bar(0), None, &mut Vec::new());
    let mut out = Vec::new();
    painter.paint(bar(1), None, &mut out);
    assert_eq!(String::from_utf8(out).unwrap(), "\x1b[1;2H \x08\n▌");
    let mut none = Vec::new();
    painter.paint(bar(1), None, &mut none);
    assert!(none.is_empty());
}

#[test]
fn the_cursor_stands_where_the_focus_is_for_no_byte_more() {
    let bar = |row: u16| {
        let mut buf = screen(&["  one".into(), "  two".into(), "  three".into()]);
        buf.set_string(1, row, "▌", Style::new());
        buf.set_string(0, 3, format!("row {row}"), Style::new());
        buf
    };
    let mut painter = Painter::new();
    let focus = |y| Some(Place { at: (2, y), caret: false });
    painter.paint(bar(0), focus(0), &mut Vec::new());
    let mut out = Vec::new();
    painter.paint(bar(1), focus(1), &mut out);
    assert_eq!(String::from_utf8(out).unwrap(), "\x1b[4;5H1\x1b[1;2H \x08\n▌");
    let mut out = Vec::new();
    painter.paint(bar(1), Some(Place { at: (5, 3), caret: true }), &mut out);
    assert_eq!(String::from_utf8(out).unwrap(), "\x1b[4;6H");
}

/// A header, seven people from `first` on, a footer.
fn list(first: usize) -> Buffer {
    let mut buf = Buffer::empty(Rect::new(0, 0, 60, 10));
    buf.set_string(0, 0, "Name", Style::new());
    for n in 0..8 {
        let person = format!("person number {} of Acme Robotics, in Sales", first + n);
        buf.set_string(0, 1 + n as u16, person, Style::new());
    }
    buf.set_string(0, 9, "enter open", Style::new());
    buf
}

#[test]
fn section_10_a_list_that_scrolls_is_moved_by_the_terminal() {
    for (from, to, most) in [(10, 11, 90), (11, 10, 90), (10, 13, 200), (13, 10, 200)] {
        let mut painter = Painter::new();
        let mut terminal = parser(10, 60);
        for (first, most) in [(from, usize::MAX), (to, most)] {
            let mut out = Vec::new();
            painter.paint(list(first), None, &mut out);
            terminal.process(&out);
            assert!(out.len() <= most, "{from} to {to}: {}", String::from_utf8_lossy(&out));
            let rows: Vec<_> = terminal.screen().rows(0, 60).collect();
            assert_eq!(rows, text(&list(first)));
        }
    }
}

proptest! {
    /// Whatever scrolls, and in whichever style, the terminal shows the frame that was painted.
    #[test]
    fn scrolled_frames_are_shown_as_they_are(
        lines in proptest::collection::vec("[a-c 陈▌]{0,18}", 12),
        frames in proptest::collection::vec((0usize..6, 0u16..4, any::<bool>()), 1..8),
    ) {
        let mut painter = Painter::new();
        let mut terminal = parser(6, 20);
        for (first, bar, tinted) in frames {
            let mut frame = Buffer::empty(Rect::new(0, 0, 20, 6));
            for (y, line) in (0u16..).zip(lines.iter().skip(first).take(6)) {
                frame.set_stringn(0, y, line, 20, Style::new());
            }
            if tinted {
                let bar = Rect::new(0, bar, 20, 2);
                frame.set_style(bar, Style::new().add_modifier(Modifier::REVERSED));
            }
            let mut out = Vec::new();
            painter.paint(frame.clone(), None, &mut out);
            terminal.process(&out);
            let shown: Vec<String> =
                terminal.screen().rows(0, 20).map(|row| row.trim_end().to_owned()).collect();
            prop_assert_eq!(shown, text(&frame));
            for (y, x) in (0..6).flat_map(|y| (0..20).map(move |x| (y, x))) {
                let there = terminal.screen().cell(y, x).is_some_and(vt100::Cell::inverse);
                let wanted = frame[(x, y)].modifier.contains(Modifier::REVERSED);
                // The second half of a wide letter is the first one's.
                let half = x > 0 && width(frame[(x - 1, y)].symbol()) > 1;
                prop_assert!(half || there == wanted, "{x} {y}");
            }
        }
    }

    #[test]
    fn the_terminal_shows_every_frame(
        frames in proptest::collection::vec(
            proptest::collection::vec("[a-c 陈é▌]{0,12}", 0..4), 1..6),
    ) {
        let mut painter = Painter::new();
        let mut terminal = parser(4, 20);
        for lines in frames {
            let frame = screen(&lines);
            let mut out = Vec::new();
            painter.paint(frame.clone(), None, &mut out);
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

#[test]
fn i12_a_link_is_written_around_its_cells_alone_and_closed_in_every_frame() {
    let url = "https://hub.acme.example/i/x1";
    let page = |words: &str, marked: &str| {
        let mut buf = Buffer::empty(Rect::new(0, 0, 60, 2));
        buf.set_string(0, 0, format!("See {words}, soon."), Style::new());
        for n in 0..marked.len() as u16 {
            buf[(4 + n, 0)].modifier.insert(crate::tui::theme::marks::LINK);
        }
        buf
    };
    let mut painter = Painter::new();
    let mut out = Vec::new();
    painter.paint(page(url, url), None, &mut out);
    let bytes = String::from_utf8(out).unwrap();
    let link = format!("See \x1b]8;;{url}\x1b\\{url}\x1b]8;;\x1b\\, soon.");
    assert!(bytes.contains(&link), "{bytes:?}");
    // A letter of it changes: it is written with its new target, and the link is closed.
    let mut out = Vec::new();
    painter.paint(page("https://hub.acme.example/i/x2", url), None, &mut out);
    let bytes = String::from_utf8(out).unwrap();
    assert!(bytes.contains("\x1b]8;;https://hub.acme.example/i/x2\x1b\\"), "{bytes:?}");
    assert!(bytes.ends_with("\x1b]8;;\x1b\\"), "{bytes:?}");
    // What is marked and no web address is no link; nor is what is not marked.
    for (words, marked) in [("javascript:alert(1)", "javascript:alert(1)"), (url, "")] {
        let mut out = Vec::new();
        Painter::new().paint(page(words, marked), None, &mut out);
        assert!(!String::from_utf8(out).unwrap().contains("\x1b]8"), "{words}");
    }
}
