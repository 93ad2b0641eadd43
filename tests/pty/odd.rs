//! Odd terminals and odd input: any size, huge and broken pastes, no terminal at all (I15).
//!
//! Owns what must not confuse the program, and how it refuses where it cannot run.

use std::process::{Command, Stdio};

use rustix::process::Signal;

use super::keys::{bytes_of, paste};
use super::terminal::{PATIENCE, Start, Terminal};
use super::{LOADED, demo, escapes, quit};

#[test]
fn i15_any_size_is_survived_and_the_screen_comes_back() {
    let terminal = demo();
    let sizes = [(1, 1), (200, 60), (39, 9), (80, 1), (1, 24), (160, 50), (0, 0), (40, 10)];
    for size in sizes {
        terminal.resize(size);
        terminal.send(bytes_of("down"));
    }
    terminal.resize((30, 8));
    terminal.wait_for("more room");
    terminal.resize((80, 24));
    terminal.wait_until("the panes again", |text| text.contains(LOADED) && text.contains("? help"));
    assert_eq!(escapes::first_refused(&terminal.bytes()), None);
}

#[test]
fn i15_a_paste_does_nothing_where_no_text_is_wanted() {
    let terminal = demo();
    // The domains come last: from here on nothing changes by itself.
    let before = terminal.wait_for("more domains");
    // A megabyte of keys, `q` and `y` among them: a paste is text, never keys.
    terminal.send(paste(&"yq\n".repeat(350 * 1024)));
    terminal.insist(bytes_of("?"), |text| text.contains("esc close"));
    terminal.insist(bytes_of("esc"), |text| text == before);
}

#[test]
fn i15_a_paste_that_ends_late_locks_nothing() {
    let terminal = demo();
    terminal.send(b"\x1b[200~yq\n");
    terminal.resize((120, 24));
    terminal.wait_for("q quit");
    terminal.send(b"yq\n\x1b[201~");
    quit(&terminal);
    assert!(terminal.wait_exit(PATIENCE).success());
}

#[test]
fn i15_a_paste_without_an_end_does_not_keep_a_signal_out() {
    let terminal = demo();
    terminal.send(b"\x1b[200~yq\n");
    terminal.signal(Signal::TERM);
    terminal.wait_exit(PATIENCE);
}

#[test]
fn i13_ctrl_c_quits_also_within_a_paste_without_an_end() {
    let terminal = demo();
    terminal.send(b"\x1b[200~yq\n");
    terminal.insist(bytes_of("ctrl-c"), |_| false);
    assert_eq!(terminal.wait_exit(PATIENCE).exit_code(), 130);
}

#[test]
fn a_terminal_that_cannot_be_drawn_on_is_offered_lines_and_refused_with_a_hint() {
    let args = ["demo", "--users", "300"];
    let start = Start { env: &[("TERM", "dumb")], ..Start::hublink(&args) };
    let terminal = Terminal::start(&start);
    terminal.wait_for("Go on so?");
    terminal.send("n\r");
    let exit = terminal.wait_exit(PATIENCE);
    assert_eq!(exit.exit_code(), 2);
    let said = terminal.text();
    assert!(said.contains("TERM"), "{said}");
    assert!(!terminal.bytes().contains(&0x1b), "not one escape sequence");
}

#[test]
fn a_locale_that_is_not_utf8_and_ascii_get_no_other_sign() {
    let plain = ["demo", "--users", "300"];
    let ascii = ["demo", "--users", "300", "--ascii"];
    let c = Start { env: &[("LC_ALL", "C")], ..Start::hublink(&plain) };
    for (start, all) in [(c, true), (Start::hublink(&ascii), false)] {
        let terminal = Terminal::start(&start);
        terminal.wait_for(LOADED);
        terminal.insist(bytes_of("?"), |text| text.contains("esc close"));
        let text = terminal.text();
        assert!(text.is_ascii() && text.contains("+--"), "{text}");
        assert!(!all || terminal.bytes().is_ascii(), "every letter of every name too");
        terminal.insist(bytes_of("ctrl-c"), |_| false);
        terminal.wait_exit(PATIENCE);
    }
}

#[test]
fn section_6_ctrl_l_mends_what_others_wrote_over_the_screen() {
    let terminal = demo();
    let before = terminal.wait_for("more domains");
    let mut others = std::fs::File::options().write(true).open(terminal.tty()).unwrap();
    std::io::Write::write_all(&mut others, b"\r\nThe system will reboot\r\n").unwrap();
    terminal.wait_for("reboot");
    terminal.insist(bytes_of("ctrl-l"), |text| text == before);
}

#[test]
fn the_cursor_stands_at_the_caret_where_text_is_typed() {
    let terminal = demo();
    terminal.send(bytes_of("/"));
    terminal.insist("acm", |text| text.contains("acm▏"));
    let text = terminal.text();
    let screen = terminal.screen();
    let (row, column) = screen.cursor_position();
    let line = text.lines().nth(row.into()).unwrap();
    assert_eq!(line.chars().position(|c| c == '▏'), Some(column.into()), "{text}");
    assert!(!screen.hide_cursor());
    terminal.send(bytes_of("esc"));
    terminal.wait_until("the list", |text| !text.contains("acm▏"));
    assert!(terminal.screen().hide_cursor());
}

#[test]
fn without_a_terminal_it_says_so_and_ends() {
    let home = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_hublink"))
        .args(["demo", "--users", "300"])
        .env_clear()
        .env("HOME", home.path())
        .env("TERM", "xterm-256color")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty(), "results alone go to stdout");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("terminal"), "{said}");
}
