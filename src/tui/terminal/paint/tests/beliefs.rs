//! Terminals that believe other widths show the same as after a fresh drawing, whatever they have
//! shown before, and nothing of a name ever stands where it does not belong.

use ratatui::style::Style;

use super::believer::{ALL, Belief, Believer};
use super::*;

/// Names as people have them.
pub const NAMES: [&str; 40] = [
    "Plain One",
    "陈伟 Chen Wei",
    "👨‍👩‍👧‍👦 Family",
    "❤️ Heart",
    "👁️ Eye",
    "1️⃣ Keycap",
    "🇩🇪 Flag",
    "🇩🇪🇫🇷 Flags",
    "🏳️‍🌈 Rainbow",
    "👩🏽‍💻 Skin",
    "🏻 Skin alone",
    "⚠️ Warning",
    "⚠ Warning",
    "e\u{301} decomposed",
    "x\u{304}y\u{304} marks",
    "Z̷̢̛a̵͝l̸͘g̶o",
    "हिन्दी देवनागरी",
    "தமிழ் நாடு",
    "বাংলা ক্ষ",
    "ไทย น้ำใจ",
    "ລາວ ນ້ຳ",
    "မြန်မာ",
    "ខ្មែរ",
    "བོད་ཡིག",
    "שלום עולם",
    "محمد علي لا",
    "ﷺ Ligature",
    "한글 이름",
    "\u{1112}\u{1161}\u{11ab} decomposed",
    "ᄀ Jamo",
    "𝒮cript",
    "ｆｕｌｌ width",
    "ﾊﾝｶｸﾞ half",
    "●○ signs",
    "Ａ̈ wide and a mark",
    "🫠 Melting",
    "🪿 Goose",
    "🫩 Tired",
    "☕ Coffee",
    "a name that is as long as its column 👨‍👩‍👧‍👦",
];

const COLUMNS: u16 = 48;
const ROWS: u16 = 8;

/// A header, the names of these people with an address behind each, a bar, a footer.
fn frame(people: &[usize], bar: u16) -> Buffer {
    let mut frame = Buffer::empty(Rect::new(0, 0, COLUMNS, ROWS));
    let plain = Style::new();
    frame.set_string(0, 0, "│ Name", plain);
    for (y, person) in (1..ROWS - 1).zip(people) {
        let name = NAMES[person % NAMES.len()];
        frame.set_string(0, y, "│", plain);
        frame.set_stringn(3, y, name, 20, plain);
        frame.set_stringn(24, y, format!("{person}@acme.example"), 18, plain);
        frame.set_stringn(43, y, NAMES[(person * 7) % NAMES.len()], 5, plain);
    }
    frame.set_string(1, 1 + bar, "▌", plain);
    frame.set_string(0, ROWS - 1, "enter open  q quit", plain);
    frame
}

fn paint(painter: &mut Painter, frame: &Buffer, terminal: &mut Believer) {
    let mut out = Vec::new();
    painter.paint(frame.clone(), None, &mut out);
    terminal.process(&out);
}

fn fresh(belief: Belief, frame: &Buffer) -> Believer {
    let mut terminal = Believer::new(belief, COLUMNS.into(), ROWS.into());
    paint(&mut Painter::new(), frame, &mut terminal);
    terminal
}

/// Draws all frames one after another, and holds each to a fresh drawing.
fn hold(belief: Belief, frames: &[Buffer]) {
    let mut painter = Painter::new();
    let mut terminal = Believer::new(belief, COLUMNS.into(), ROWS.into());
    for (n, frame) in frames.iter().enumerate() {
        paint(&mut painter, frame, &mut terminal);
        let fresh = fresh(belief, frame);
        for y in 0..ROWS.into() {
            let (is, wanted) = (terminal.line(y), fresh.line(y));
            assert_eq!(terminal.cells()[y], fresh.cells()[y], "{belief:?} {n}: {is} / {wanted}");
        }
    }
}

#[test]
fn scrolls_and_filters_leave_nothing_behind_whatever_the_terminal_believes() {
    let mut frames = Vec::new();
    for round in 0..6usize {
        // Down and up through the list, as a cursor pulls it.
        for first in (0..NAMES.len()).chain((0..NAMES.len()).rev()) {
            let people: Vec<usize> = (first * (1 + round % 2)..).take(6).collect();
            frames.push(frame(&people, if round % 2 == 0 { 5 } else { 0 }));
        }
        // Filters: fewer and other people in the same rows.
        for step in 2..9 {
            let people: Vec<usize> = (round..NAMES.len()).step_by(step).take(6).collect();
            frames.push(frame(&people, 2));
        }
    }
    assert!(frames.len() > 500);
    for belief in ALL {
        hold(belief, &frames);
    }
}

#[test]
fn what_stands_behind_a_name_stands_in_its_column() {
    let people: Vec<usize> = (0..NAMES.len()).collect();
    for belief in ALL {
        for six in people.chunks(6) {
            let terminal = fresh(belief, &frame(six, 0));
            for (y, person) in (1..).zip(six) {
                let row = &terminal.cells()[y];
                let address: String = row[24..42].iter().flatten().map(String::as_str).collect();
                let wanted = format!("{person}@acme.example");
                let name = NAMES[*person];
                assert_eq!(address.trim_end(), wanted, "{belief:?} {name}: {}", terminal.line(y));
                assert_eq!(row[0].as_deref(), Some("│"), "{belief:?} {name}");
            }
            assert_eq!(terminal.line(7), "enter open  q quit", "{belief:?}");
        }
    }
}

proptest! {
    #[test]
    fn any_order_of_frames_looks_like_the_last_alone(
        frames in proptest::collection::vec(
            (proptest::collection::vec(0..NAMES.len() * 2, 0..7), 0u16..6), 1..12),
        belief in 0..ALL.len(),
    ) {
        let frames: Vec<Buffer> = frames.iter().map(|(six, bar)| frame(six, *bar)).collect();
        hold(ALL[belief], &frames);
    }
}

#[test]
fn section_10_a_bar_beside_names_in_doubt_costs_no_more_than_beside_others() {
    let people: Vec<usize> = (2..8).collect();
    let mut painter = Painter::new();
    painter.paint(frame(&people, 1), None, &mut Vec::new());
    let mut out = Vec::new();
    painter.paint(frame(&people, 2), None, &mut out);
    assert_eq!(String::from_utf8(out).unwrap(), "\x1b[3;2H \x08\n▌");
}
