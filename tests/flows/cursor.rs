//! Where the terminal's own cursor stands: at the caret, else at the row with the focus. And that
//! every sign on a screen has one of ASCII.

use hublink::tui::keymap::Action;
use hublink::tui::pilot::Pilot;
use hublink::tui::theme::glyphs::{Glyphs, ascii};
use hublink::tui::theme::marks::{self, Place};

use crate::places::Places;

type Cells = Vec<(u16, u16)>;

fn place(pilot: &Pilot) -> (Option<Place>, Cells, Cells) {
    let mut frame = pilot.frame();
    let place = marks::take(&mut frame);
    let find = |symbol: &str| {
        let places = frame.area.positions();
        places.filter(|at| frame[*at].symbol() == symbol).map(|at| (at.x, at.y)).collect()
    };
    let (carets, bars) = (find("▏"), find("▌"));
    (place, carets, bars)
}

#[test]
fn in_lists_the_cursor_stands_unseen_behind_the_bar_of_the_focus() {
    let mut pilot = Places::new().pilot((80, 24));
    for step in 0..3 {
        let (place, _, bars) = place(&pilot);
        let place = place.unwrap();
        assert!(!place.caret, "{step}");
        let before = (place.at.0 - 1, place.at.1);
        assert!(bars.contains(&before), "{step}: {place:?} {bars:?}\n{}", pilot.text());
        pilot.press(if step == 0 { Action::NextPane } else { Action::Down });
    }
}

#[test]
fn the_cursor_stands_seen_at_the_caret_of_a_field() {
    let mut pilot = Places::new().pilot((80, 24));
    pilot.press(Action::Filter).text_in("acme");
    let (place, carets, _) = place(&pilot);
    assert_eq!(place, Some(Place { at: carets[0], caret: true }), "{}", pilot.text());
    pilot.press(Action::Open);
    assert!(!self::place(&pilot).0.unwrap().caret, "the list has the focus again");
}

#[test]
fn in_a_box_the_cursor_is_in_the_box() {
    let mut pilot = Places::new().pilot((80, 24));
    pilot.press(Action::Palette);
    let (place, _, _) = place(&pilot);
    let row = usize::from(place.unwrap().at.1);
    let text = pilot.text();
    assert!(text.lines().nth(row).unwrap().contains('│'), "{row}\n{text}");
}

#[test]
fn every_sign_on_every_pictured_screen_has_one_of_ascii() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/flows/snapshots");
    let mut screens = 0;
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let text = std::fs::read_to_string(entry.path()).unwrap();
        let sign = |c: &char| !c.is_ascii() && !c.is_alphanumeric();
        let without = text.chars().filter(sign).find(|c| ascii(*c).is_none());
        // Letters with marks are letters.
        let without = without.filter(|c| !unicode_normalization::char::is_combining_mark(*c));
        assert_eq!(without, None, "{}", entry.path().display());
        screens += 1;
    }
    assert!(screens > 20);
}

#[test]
fn a_screen_in_a_locale_that_is_not_utf8_is_ascii_alone() {
    let mut pilot = Places::new().pilot((120, 40));
    for action in [Action::Wizards, Action::Back, Action::Help] {
        let mut frame = pilot.frame();
        Glyphs::AsciiOnly.put_into(&mut frame);
        for cell in &frame.content {
            assert!(cell.symbol().is_ascii(), "{}", cell.symbol());
        }
        pilot.press(action);
    }
}
