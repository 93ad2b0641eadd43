//! Where there is ASCII alone, every sign has one of its own, and columns stay where they are.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::*;
use crate::tui::companion::text_of;

fn shown(glyphs: Glyphs, text: &str) -> String {
    let mut frame = Buffer::empty(Rect::new(0, 0, 24, 1));
    frame.set_string(0, 0, text, Style::new());
    glyphs.put_into(&mut frame);
    text_of(&frame).trim_end_matches('\n').to_owned()
}

#[test]
fn the_operator_then_the_locale_then_the_terminal_decide() {
    let choose = Glyphs::choose;
    assert_eq!(choose(None, Some("xterm"), true), Glyphs::Unicode);
    assert_eq!(choose(None, Some("linux"), true), Glyphs::Ascii);
    for old in ["vt100", "vt220-8bit", "ansi", "wy60"] {
        assert_eq!(
            choose(None, Some(old), true),
            Glyphs::Ascii,
            "{old} has no signs in any locale"
        );
    }
    assert_eq!(choose(None, Some("vte-256color"), true), Glyphs::Unicode);
    assert_eq!(choose(None, Some("xterm"), false), Glyphs::AsciiOnly);
    assert_eq!(choose(Some(true), Some("xterm"), true), Glyphs::Ascii);
    assert_eq!(choose(Some(true), Some("xterm"), false), Glyphs::AsciiOnly);
    assert_eq!(choose(Some(false), Some("linux"), false), Glyphs::Unicode);
}

#[test]
fn a_locale_is_the_first_variable_that_says_anything() {
    assert!(is_utf8([None, Some(""), Some("en_GB.UTF-8")]));
    assert!(is_utf8([None, Some("UTF-8"), None]));
    assert!(is_utf8([Some("de_DE.utf8"), Some("C"), Some("C")]));
    assert!(!is_utf8([Some("C"), None, Some("en_GB.UTF-8")]));
    assert!(!is_utf8([None, None, Some("de_DE.ISO-8859-1")]));
    assert!(!is_utf8([None, None, None]));
}

#[test]
fn ticked_and_unticked_done_and_refused_differ() {
    for (one, other) in [
        ('◉', '○'),
        ('●', '○'),
        ('☑', '☐'),
        ('▣', '☐'),
        ('▣', '☑'),
        ('✓', '✗'),
        ('▌', ' '),
        ('█', '░'),
    ] {
        assert_ne!(ascii(one).unwrap_or(one), ascii(other).unwrap_or(other), "{one} {other}");
    }
}

#[test]
fn signs_are_ascii_and_letters_stay_or_are_question_marks() {
    let text = "▌◉ Zoë 陈伟 · 3… │";
    assert_eq!(shown(Glyphs::Unicode, text), text);
    assert_eq!(shown(Glyphs::Ascii, text), ">* Zoë 陈伟 - 3~ |");
    assert_eq!(shown(Glyphs::AsciiOnly, text), ">* Zo? ???? - 3~ |");
    assert_eq!(shown(Glyphs::AsciiOnly, "👨‍👩‍👧‍👦 x"), "?? x");
}

#[test]
fn an_ellipsis_is_three_dots_where_there_is_room() {
    assert_eq!(shown(Glyphs::Ascii, "Reading …"), "Reading ...");
    assert_eq!(shown(Glyphs::Ascii, "abc…  x"), "abc~  x");
    assert_eq!(shown(Glyphs::Ascii, "up to the very last one…"), "up to the very last one~");
}

#[test]
fn ticked_and_unticked_stand_between_brackets_and_the_mark_of_the_row_does_not() {
    assert_eq!(shown(Glyphs::Ascii, " ▌ ☑ Ann  "), ">[x] Ann");
    assert_eq!(shown(Glyphs::AsciiOnly, "   ☐ Bo   "), " [ ] Bo");
    assert_eq!(shown(Glyphs::Ascii, "   ▣ Name "), " [-] Name");
    assert_eq!(shown(Glyphs::Ascii, "a☑b ☐c"), "axb _c", "no room, no brackets");
}

#[test]
fn a_bar_is_no_cursor() {
    assert_eq!(shown(Glyphs::Ascii, "██▌ ▌ ▏"), "##= > _");
}
