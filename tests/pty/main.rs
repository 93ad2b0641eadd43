//! The binary in a real terminal: it starts, is restored, ends, and writes nothing it should not.
//!
//! Owns the promises about the terminal (I12, I13, I15). It waits for text and for the end of the
//! process, never for time.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod ends;
mod escapes;
mod ground;
mod hands;
mod keys;
mod killed;
mod killed_wizards;
mod noise;
mod odd;
mod slow;
#[expect(dead_code, reason = "the tours need more of the terminal")]
mod terminal;
mod told;

use keys::bytes_of;
use rustix::termios::{Termios, tcgetattr};
use terminal::{Start, Terminal};

/// What is on the screen once the demo is loaded.
const LOADED: &str = "acme.webex.example";

/// The settings of the terminal that the program runs in, as text that can be compared.
fn settings(terminal: &Terminal) -> String {
    let tty = std::fs::File::open(terminal.tty()).unwrap();
    let termios: Termios = tcgetattr(&tty).unwrap();
    format!("{termios:?}")
}

/// The demo, loaded, with a world that is quick to make.
fn demo() -> Terminal {
    let terminal = Terminal::start(&Start::hublink(&["demo", "--users", "300"]));
    terminal.wait_for(LOADED);
    terminal
}

/// Whether the bytes give the terminal back: the main screen, the cursor, plain pastes. Where there is
/// one screen alone, as on a Linux console, nothing of the wizard stays on it.
fn gives_back(bytes: &[u8]) -> bool {
    [
        b"\x1b[H\x1b[2J\x1b[?1049l".as_slice(),
        b"\x1b[?25h",
        b"\x1b[?2004l",
        b"\x1b[?2031l",
        b"\x1b[?1000l",
    ]
    .iter()
    .all(|wanted| memchr::memmem::find(bytes, wanted).is_some())
}

/// Quits the demo, which asks first: nothing of it is kept.
fn quit(terminal: &Terminal) {
    terminal.insist(bytes_of("q"), |text| text.contains("End hublink?"));
    terminal.let_count("y");
    terminal.insist(bytes_of("y"), |_| false);
}

/// Presses a key and waits until what it does is seen: two keys in a row might be read as one.
fn press(terminal: &Terminal, key: &str, then: &str) {
    terminal.let_count(key);
    terminal.send(bytes_of(key));
    terminal.wait_for(then);
}

#[test]
fn the_first_screen_tells_what_to_press() {
    let terminal = demo();
    let text = terminal.wait_for("? help");
    for hint in ["enter open", "w wizards", "/ filter"] {
        assert!(text.contains(hint), "{hint} is missing in\n{text}");
    }
    press(&terminal, "?", "esc close");
    press(&terminal, "esc", "enter open");
}

#[test]
fn i12_nothing_but_the_allowed_sequences_is_ever_written() {
    let terminal = demo();
    // The list of users holds names that try to steer the terminal; they come out as text.
    press(&terminal, "tab", "w wizards");
    press(&terminal, "u", "300 users");
    press(&terminal, "end", "linked");
    press(&terminal, "home", "Amara Okafor");
    press(&terminal, "pgdn", "^[[31mRed");
    assert!(terminal.text().contains("<U+202"), "{}", terminal.text());
    press(&terminal, "esc", "ORGANIZATIONS");
    let boxes = [("w", "Wizards for"), ("t", "days ago"), ("m", "0 mails"), (":", " Actions ")];
    for (key, then) in boxes {
        press(&terminal, key, then);
        terminal.send(bytes_of("esc"));
        let home = |text: &str| text.contains("ORGANIZATIONS") && !text.contains(then);
        terminal.wait_until("home again", home);
    }
    terminal.send(bytes_of("ctrl-c"));
    terminal.wait_exit(terminal::PATIENCE);
    let bytes = terminal.bytes();
    assert_eq!(escapes::first_refused(&bytes), None);
    assert!(gives_back(&bytes));
}
