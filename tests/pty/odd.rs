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
fn a_terminal_that_cannot_be_drawn_on_is_refused_with_a_hint() {
    let args = ["demo", "--users", "300"];
    let start = Start { env: &[("TERM", "dumb")], ..Start::hublink(&args) };
    let terminal = Terminal::start(&start);
    let exit = terminal.wait_exit(PATIENCE);
    assert_eq!(exit.exit_code(), 2);
    let said = terminal.text();
    assert!(said.contains("TERM"), "{said}");
    assert!(!terminal.bytes().contains(&0x1b), "not one escape sequence");
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
