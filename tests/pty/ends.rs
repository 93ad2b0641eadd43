//! However it ends, the terminal is as it was, and the process is gone (promise I13).
//!
//! Owns the ways to end: q, signals, a hang-up, and being stopped and going on.

use std::path::Path;
use std::time::Duration;

use rustix::process::Signal;

use super::keys::bytes_of;
use super::terminal::{PATIENCE, Start, Terminal};
use super::{LOADED, demo, gives_back, quit, settings};

/// A second or two, and as much again for a machine that is busy with the other tests.
const SOON: Duration = Duration::from_secs(8);

#[test]
fn i13_quitting_restores_the_terminal() {
    for key in ["q", "ctrl-c"] {
        let terminal = Terminal::start(&Start::hublink(&["demo", "--users", "300"]));
        let before = settings(&terminal);
        terminal.wait_for(LOADED);
        assert_ne!(settings(&terminal), before, "it reads keys one by one");
        if key == "q" {
            quit(&terminal);
        } else {
            terminal.send(bytes_of(key));
        }
        let exit = terminal.wait_exit(PATIENCE);
        assert!(exit.success() || key == "ctrl-c", "{key}: {exit:?}");
        assert!(gives_back(&terminal.bytes()), "{key}");
        assert_leaves_nothing(&terminal);
    }
}

#[test]
fn i13_signals_end_it_soon_and_restore_the_terminal() {
    let alike = [Signal::QUIT, Signal::USR1, Signal::ALARM];
    for signal in [Signal::TERM, Signal::INT, Signal::HUP].into_iter().chain(alike) {
        let terminal = demo();
        terminal.signal(signal);
        let exit = terminal.wait_exit(SOON);
        assert!(!exit.success(), "{signal:?}: {exit:?}");
        assert!(exit.signal().is_none(), "{signal:?}: it ends by itself, {exit:?}");
        assert!(gives_back(&terminal.bytes()), "{signal:?}");
        assert_leaves_nothing(&terminal);
    }
}

#[test]
fn i13_a_closed_terminal_ends_it_soon() {
    let mut terminal = demo();
    terminal.hang_up();
    terminal.wait_exit(SOON);
    assert_leaves_nothing(&terminal);
}

#[test]
fn i13_ctrl_z_gives_the_terminal_back_and_fg_comes_back() {
    let binary = env!("CARGO_BIN_EXE_hublink");
    let start = Start {
        program: Path::new("/bin/sh"),
        args: &["-i"],
        env: &[("PS1", "ready> "), ("ENV", "")],
        size: (80, 24),
        ..Start::hublink(&[])
    };
    let terminal = Terminal::start(&start);
    terminal.wait_for("ready> ");
    terminal.send(format!("{binary} demo --users 300\r"));
    terminal.wait_for(LOADED);
    terminal.send(bytes_of("ctrl-z"));
    terminal.wait_for("Stopped");
    terminal.send("echo still-$((40+2))\r");
    terminal.wait_for("still-42");
    terminal.send("fg\r");
    terminal.wait_until("the panes again", |text| text.contains(LOADED) && text.contains("? help"));
    terminal.insist(bytes_of("q"), |text| text.contains("End hublink?"));
    terminal.let_count("y");
    terminal.send(bytes_of("y"));
    terminal.wait_until("the shell again", |text| text.contains("still-42"));
    // What is typed before the shell has the terminal again is lost.
    terminal.insist("exit\r", |_| false);
    terminal.wait_exit(PATIENCE);
}

#[test]
fn i13_ctrl_z_where_nobody_could_wake_it_goes_on_and_says_so() {
    // It leads its session, as under `ssh -t host hublink`.
    let terminal = demo();
    for press in 0..2 {
        match press {
            0 => terminal.send(bytes_of("ctrl-z")),
            _ => terminal.signal(Signal::TSTP),
        }
        terminal.wait_for("There is no shell that could wake hublink again; it goes on.");
        terminal.send(bytes_of("?"));
        terminal.wait_for("esc close");
        terminal.send(bytes_of("esc"));
        terminal.wait_for("enter open");
    }
}

#[test]
fn i13_after_a_stop_from_outside_fg_takes_the_terminal_again() {
    let binary = env!("CARGO_BIN_EXE_hublink");
    let start = Start {
        program: Path::new("/bin/sh"),
        args: &["-i"],
        env: &[("PS1", "ready> "), ("ENV", "")],
        size: (80, 24),
        ..Start::hublink(&[])
    };
    let terminal = Terminal::start(&start);
    terminal.wait_for("ready> ");
    let run = format!("exec {binary} demo --users 300");
    terminal.send(format!("sh -c 'echo pid-$$-; {run}'\r"));
    terminal.wait_for(LOADED);
    let raw = settings(&terminal);
    let bytes = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    let pid = bytes.split("\npid-").nth(1).and_then(|rest| rest.split('-').next()).unwrap();
    let pid = rustix::process::Pid::from_raw(pid.parse().unwrap()).unwrap();
    for (signal, told) in [(Signal::STOP, 41), (Signal::TSTP, 42)] {
        rustix::process::kill_process(pid, signal).unwrap();
        // The shell has the terminal, with modes of its own; the screen may be anybody's.
        // Where it left them as they were, a line ends in LF alone. Another number each time:
        // the first one's words come back with the shell's screen, before its modes do.
        // A line of its own for what the terminal answered to hublink meanwhile.
        let line = format!("\nstty sane; echo still-$(({told}+0))\n");
        let still = format!("still-{told}");
        terminal.insist(&line, |text| text.contains(&still));
        assert_ne!(settings(&terminal), raw);
        let before = terminal.bytes().len();
        terminal.send("fg\r");
        terminal.wait_until("the panes again", |text| {
            text.contains(LOADED) && text.contains("? help") && !text.contains("still")
        });
        // A shell's `stty` may leave what is of no matter here, such as a bell on a full line.
        let again = settings(&terminal);
        assert_eq!(local_modes(&again), local_modes(&raw), "it reads keys one by one again");
        let since = terminal.bytes().split_off(before);
        assert!(memchr::memmem::find(&since, b"\x1b[?1049h").is_some());
    }
    terminal.send(bytes_of("ctrl-c"));
    terminal.insist("exit\r", |_| false);
    terminal.wait_exit(PATIENCE);
}

/// A fresh demo's folder goes with it.
fn assert_leaves_nothing(terminal: &Terminal) {
    let left = |entry: &std::fs::DirEntry| {
        entry.file_name().to_str().is_some_and(|name| name.starts_with("hublink-demo"))
    };
    let entries: Vec<_> = std::fs::read_dir(terminal.home()).unwrap().flatten().collect();
    assert!(!entries.iter().any(left), "{entries:?}");
}

/// Whether keys come one by one, without an echo, and signals as keys.
fn local_modes(settings: &str) -> &str {
    settings.split("local_modes: ").nth(1).and_then(|rest| rest.split(')').next()).unwrap()
}
