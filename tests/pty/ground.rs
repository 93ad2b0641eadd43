//! The terminal's ground: asked for, followed, and never waited for.
//!
//! Owns what is seen of it from outside: which theme is drawn on which terminal.

use super::terminal::{PATIENCE, Start, Terminal};
use super::{LOADED, demo, press, quit};

/// The ground that the light theme brings.
const PAPER: vt100::Color = vt100::Color::Rgb(0xfa, 0xf9, 0xf6);
/// The one that the dark theme brings.
const NIGHT: vt100::Color = vt100::Color::Rgb(0x14, 0x17, 0x1c);
const WHITE: &str = "rgb:ffff/ffff/ffff";

fn started(ground: &str, env: &[(&str, &str)], args: &[&str]) -> Terminal {
    let args = [args, &["demo", "--users", "300"]].concat();
    Terminal::start(&Start { env, ground, ..Start::hublink(&args) })
}

fn wait_for_ground(terminal: &Terminal, ground: vt100::Color) {
    terminal.wait_for_cell((10, 40), &format!("{ground:?}"), |cell| cell.bgcolor() == ground);
}

#[test]
fn on_a_white_terminal_the_light_theme_is_drawn_and_a_change_is_followed() {
    let terminal = started(WHITE, &[], &[]);
    terminal.wait_for(LOADED);
    wait_for_ground(&terminal, PAPER);
    // The terminal turns dark, and says so (mode 2031); then it says nothing, but is asked anew.
    terminal.stands_on("rgb:0000/0000/0000");
    terminal.send(b"\x1b[?997;1n");
    wait_for_ground(&terminal, vt100::Color::Default);
    terminal.stands_on(WHITE);
    terminal.send(super::bytes_of("ctrl-l"));
    wait_for_ground(&terminal, PAPER);
    quit(&terminal);
    assert!(super::gives_back(&terminal.bytes()));
}

#[test]
fn a_terminal_that_does_not_tell_delays_nothing_and_gets_a_ground_of_ours() {
    let terminal = started("", &[], &[]);
    terminal.wait_for(LOADED);
    wait_for_ground(&terminal, NIGHT);
    // A late answer is taken.
    terminal.send(b"\x1b]11;rgb:0000/0000/0000\x1b\\");
    wait_for_ground(&terminal, vt100::Color::Default);
    terminal.send(b"\x1b]11;rgb:ffff/ffff/ffff\x07");
    wait_for_ground(&terminal, PAPER);
    quit(&terminal);
    terminal.wait_exit(PATIENCE);
    let bytes = terminal.bytes();
    let at = |needle: &[u8]| memchr::memmem::find(&bytes, needle).unwrap();
    assert!(at(b"\x1b[?2026l") < at(b"\x1b]11;?"), "the first frame comes before the question");
}

#[test]
fn who_chose_a_theme_has_it_and_who_wants_no_colours_is_asked_nothing() {
    let terminal = started(WHITE, &[("HUBLINK_THEME", "dark")], &[]);
    terminal.wait_for(LOADED);
    wait_for_ground(&terminal, NIGHT);
    quit(&terminal);
    let terminal = started(WHITE, &[], &["--no-color"]);
    terminal.wait_for(LOADED);
    quit(&terminal);
    let bytes = terminal.bytes();
    assert_eq!(memchr::memmem::find(&bytes, b"\x1b]11;"), None);
    for colour in [b"38;2".as_slice(), b"48;2", b"38;5"] {
        assert_eq!(memchr::memmem::find(&bytes, colour), None);
    }
}

#[test]
fn themes_are_tried_on_the_page_below() {
    let terminal = demo();
    press(&terminal, ":", " Actions ");
    terminal.send("themes");
    terminal.wait_for("▌");
    press(&terminal, "enter", "Themes: ");
    for at in ["dark", "light"] {
        press(&terminal, "down", &format!("▌ {at}"));
    }
    wait_for_ground(&terminal, PAPER);
    press(&terminal, "esc", "enter open");
    wait_for_ground(&terminal, vt100::Color::Default);
}
