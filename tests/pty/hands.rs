//! Mouse and clipboard, by the whole program in a real terminal.
//!
//! Owns that the mouse is taken by choice alone and given back, and that a text which no clipboard
//! takes is shown.

use std::os::unix::fs::PermissionsExt as _;

use super::terminal::{PATIENCE, Start, Terminal};
use super::{LOADED, bytes_of, demo, gives_back, press, quit};

const ON: &[u8] = b"\x1b[?1000h\x1b[?1006h";
const OFF: &[u8] = b"\x1b[?1006l\x1b[?1000l";

fn wrote(terminal: &Terminal, bytes: &[u8]) -> bool {
    memchr::memmem::find(&terminal.bytes(), bytes).is_some()
}

fn started(args: &[&str], env: &[(&str, &str)]) -> Terminal {
    let args = [&["demo", "--users", "300"], args].concat();
    let terminal = Terminal::start(&Start { env, ..Start::hublink(&args) });
    terminal.wait_for(LOADED);
    terminal
}

/// Clicks the row of this text, the way terminals tell it.
fn click(terminal: &Terminal, text: &str, then: &str) {
    let screen = terminal.text();
    let mut lines = screen.lines().zip(1..);
    let (before, row) = lines
        .find_map(|(line, row)| Some((line.split_once(text)?.0.chars().count() + 1, row)))
        .unwrap_or_else(|| panic!("{text} is not on\n{screen}"));
    terminal.send(format!("\x1b[<0;{before};{row}M\x1b[<0;{before};{row}m"));
    terminal.wait_for(then);
}

#[test]
fn the_mouse_is_the_terminals_until_it_is_asked_for_and_after_the_end() {
    let terminal = demo();
    // What a mouse nobody asked for sends does nothing.
    let before = terminal.text();
    terminal.send(b"\x1b[<0;26;5M\x1b[<0;26;5m");
    press(&terminal, "f6", "gives selecting back");
    assert!(wrote(&terminal, ON));
    assert_eq!(before.lines().next(), terminal.text().lines().next());
    click(&terminal, "rd.webex.example", "› rd.webex.example");
    click(&terminal, "? help", "esc close");
    click(&terminal, "esc close", "enter open");
    press(&terminal, "f6", "selects text again");
    let bytes = terminal.bytes();
    let last = |needle| memchr::memmem::rfind(&bytes, needle);
    assert!(last(OFF) > last(ON));
    quit(&terminal);
    terminal.wait_exit(PATIENCE);
    assert!(gives_back(&terminal.bytes()));
}

#[test]
fn the_mouse_is_off_over_ssh_unless_the_command_line_says_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("hublink");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::write(config.join("config.toml"), "mouse = true\n").unwrap();
    let home = ("XDG_CONFIG_HOME", folder.path().to_str().unwrap());
    let ssh = ("SSH_CONNECTION", "192.0.2.1 4000 192.0.2.2 22");
    let cases = [
        (&[][..], &[home][..], true),
        (&[], &[home, ssh], false),
        (&["--mouse"], &[home, ssh], true),
        (&[], &[home, ("HUBLINK_MOUSE", "no")], false),
    ];
    for (args, env, on) in cases {
        let terminal = started(args, env);
        quit(&terminal);
        terminal.wait_exit(PATIENCE);
        assert_eq!(wrote(&terminal, ON), on, "{args:?} {env:?}");
        assert!(gives_back(&terminal.bytes()));
    }
}

#[test]
fn a_text_that_no_clipboard_takes_is_shown() {
    let terminal = started(&["--no-clipboard"], &[]);
    press(&terminal, "tab", "w wizards");
    press(&terminal, "y", "Nothing was copied. The clipboard is switched off here");
    assert!(
        terminal.text().lines().any(|line| line.trim_end() == "acme.webex.example"),
        "{}",
        terminal.text()
    );
    press(&terminal, "esc", "enter open");
    quit(&terminal);
    assert!(!wrote(&terminal, b"\x1b]52;"));
}

#[test]
fn what_tmux_keeps_to_itself_is_shown_and_what_it_lets_through_is_not() {
    for (says, shown) in [("external off", true), ("on off", false)] {
        let folder = tempfile::tempdir().unwrap();
        let tmux = folder.path().join("tmux");
        std::fs::write(&tmux, format!("#!/bin/sh\necho '{says}'\n")).unwrap();
        std::fs::set_permissions(&tmux, std::fs::Permissions::from_mode(0o755)).unwrap();
        let path = format!("{}:/usr/bin:/bin", folder.path().display());
        let terminal = started(&[], &[("TMUX", "/tmp/none,1,0"), ("PATH", &path)]);
        press(&terminal, "tab", "w wizards");
        terminal.send(bytes_of("y"));
        if shown {
            terminal.wait_for("tmux keeps it to itself");
            press(&terminal, "esc", "enter open");
        } else {
            terminal.wait_for("Copied: acme.webex.example");
        }
        quit(&terminal);
        terminal.wait_exit(PATIENCE);
        assert!(wrote(&terminal, b"\x1bPtmux;\x1b\x1b]52;c;") && wrote(&terminal, b"\x1b]52;c;"));
    }
}
