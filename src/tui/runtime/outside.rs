//! What comes from outside: keys, signals, and the end of the terminal.
//!
//! Owns the thread that reads keys, the tasks that heed signals and the watchdogs: a terminal that
//! hangs up must end the program even where SIGHUP is ignored and where a read or a write hangs,
//! and a signal that ends it must do so whatever else hangs.

use std::io;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use crossterm::event::Event;
use nix::unistd::{getpgrp, getppid, getsid};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Signal as Kill, kill_current_process_group};
use tokio::signal::unix::{SignalKind, signal};

use super::keys::{Heard, Keys};
use super::{Ended, Letter};
use crate::tui::msg::{Msg, Signal};
use crate::tui::terminal::{self, Terminal};

/// After a hang-up the program has so long to write its draft.
const LAST_WORDS: Duration = Duration::from_millis(300);
/// After a signal that ends it the program has so long for everything.
const LAST_WILL: Duration = Duration::from_secs(4);
/// So many bytes are read at once.
const READ: usize = 1 << 16;
/// The exit code of a hang-up.
const HUNG_UP: i32 = 129;
/// The exit code of any other signal.
const INTERRUPTED: i32 = 130;
/// The signals that end the program, and how. Those that come of a fault of its own are not among
/// them: what has happened then is the panic's, or nobody's, to tell.
const ENDS: [(Kill, Ended); 14] = [
    (Kill::INT, Ended::Interrupted),
    (Kill::TERM, Ended::Terminated),
    (Kill::HUP, Ended::HungUp),
    (Kill::QUIT, Ended::Terminated),
    (Kill::ABORT, Ended::Terminated),
    (Kill::USR1, Ended::Terminated),
    (Kill::USR2, Ended::Terminated),
    (Kill::ALARM, Ended::Terminated),
    (Kill::VTALARM, Ended::Terminated),
    (Kill::PROF, Ended::Terminated),
    (Kill::XCPU, Ended::Terminated),
    (Kill::XFSZ, Ended::Terminated),
    (Kill::SYS, Ended::Terminated),
    (Kill::TRAP, Ended::Terminated),
];

/// Begins to listen.
///
/// # Errors
/// When a signal cannot be heeded or a thread cannot be made.
pub(super) fn listen(inbox: &Sender<Letter>) -> io::Result<()> {
    heed_ends(inbox)?;
    let stop = SignalKind::from_raw(Kill::TSTP.as_raw());
    heed(stop, || Letter::Msg(Msg::Signal(Signal::Suspend)), inbox)?;
    let go_on = SignalKind::from_raw(Kill::CONT.as_raw());
    heed(go_on, || Letter::Continued, inbox)?;
    heed(SignalKind::window_change(), resized, inbox)?;
    let keys = inbox.clone();
    std::thread::Builder::new().name("keys".to_owned()).spawn(move || read_keys(&keys))?;
    let end = inbox.clone();
    std::thread::Builder::new().name("watchdog".to_owned()).spawn(move || watch(&end))?;
    Ok(())
}

/// Begins to listen for the signals that end the program, and for nothing else.
///
/// # Errors
/// When a signal cannot be heeded.
pub(super) fn heed_ends(inbox: &Sender<Letter>) -> io::Result<()> {
    for (kill, ended) in ENDS {
        let last_will = move || {
            end_in_the_end(ended);
            Letter::End(ended)
        };
        heed(SignalKind::from_raw(kill.as_raw()), last_will, inbox)?;
    }
    Ok(())
}

/// Sends a letter for every signal of a kind.
fn heed(
    kind: SignalKind,
    letter: impl Fn() -> Letter + Send + 'static,
    inbox: &Sender<Letter>,
) -> io::Result<()> {
    let mut signals = signal(kind)?;
    let inbox = inbox.clone();
    tokio::spawn(async move {
        while signals.recv().await.is_some() {
            if inbox.send(letter()).is_err() {
                return;
            }
        }
    });
    Ok(())
}

fn resized() -> Letter {
    let (width, height) = Terminal::size();
    Letter::Msg(Msg::Input(Event::Resize(width, height)))
}

/// Reads keys until the terminal is gone or nobody listens.
fn read_keys(inbox: &Sender<Letter>) {
    let terminal = io::stdin();
    let (mut keys, mut heard) = (Keys::default(), Vec::new());
    let mut bytes = vec![0; READ];
    loop {
        match read_some(&terminal, keys.patience(), &mut bytes) {
            Ok(Some(0)) | Err(_) => {
                let _ = inbox.send(Letter::Msg(Msg::Signal(Signal::HangUp)));
                return;
            }
            Ok(Some(read)) => keys.take(&bytes[..read], Instant::now(), &mut heard),
            Ok(None) => keys.give_up(&mut heard),
        }
        for heard in heard.drain(..) {
            let letter = match heard {
                Heard::Event(event) => Letter::Msg(Msg::Input(event)),
                Heard::Burst(text) => Letter::Msg(Msg::Burst(text)),
                Heard::TooMuch(bytes) => Letter::Msg(Msg::TooMuch(bytes)),
                Heard::Answer => Letter::Answer,
                Heard::Ground(ground) => Letter::Ground(ground),
                Heard::Colours { light } => Letter::Colours { light },
            };
            if inbox.send(letter).is_err() {
                return;
            }
        }
    }
}

/// Waits for bytes and reads them; `None` when none came within `patience`.
fn read_some(
    terminal: &io::Stdin,
    patience: Option<Duration>,
    bytes: &mut [u8],
) -> rustix::io::Result<Option<usize>> {
    let patience = patience.and_then(|patience| Timespec::try_from(patience).ok());
    loop {
        let mut ends = [PollFd::new(terminal, PollFlags::IN)];
        match poll(&mut ends, patience.as_ref()) {
            Ok(0) => return Ok(None),
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(error) => return Err(error),
        }
        match rustix::io::read(terminal, &mut *bytes) {
            Ok(read) => return Ok(Some(read)),
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Waits for the terminal to hang up. Asks for no event at all: a hang-up is told regardless.
fn watch(inbox: &Sender<Letter>) {
    let terminal = io::stdin();
    loop {
        let mut ends = [PollFd::new(&terminal, PollFlags::empty())];
        match poll(&mut ends, None) {
            Ok(_) if ends[0].revents().is_empty() => {}
            Ok(_) => break,
            Err(Errno::INTR) => {}
            Err(_) => return,
        }
    }
    let _ = inbox.send(Letter::Msg(Msg::Signal(Signal::HangUp)));
    // The other threads may hang in a read or a write that never returns.
    std::thread::park_timeout(LAST_WORDS);
    std::process::exit(HUNG_UP);
}

/// Sees to it that the program ends, whatever hangs.
pub(super) fn end_in_the_end(ended: Ended) {
    let wait = move || end_at_last(ended);
    // Without a thread there is nobody to wait, and the program ends by itself or not.
    let _ = std::thread::Builder::new().name("last will".to_owned()).spawn(wait);
}

/// Ends the program where nothing else has within its time. The terminal is given back, if it can.
fn end_at_last(ended: Ended) {
    let until = Instant::now() + LAST_WILL;
    while let Some(left) = until.checked_duration_since(Instant::now()) {
        std::thread::park_timeout(left);
    }
    terminal::give_back();
    std::process::exit(if ended == Ended::HungUp { HUNG_UP } else { INTERRUPTED });
}

/// Whether somebody could wake the program after a stop: a shell with job control has made its
/// group, and is there. A command of `ssh -t` leads its session, and nobody is.
pub(super) fn can_be_woken() -> bool {
    let Ok(session) = getsid(None) else { return false };
    // 0 is a parent, a session or a group outside this namespace, as in a container.
    let parent = getppid();
    let same = parent.as_raw() > 0 && getsid(Some(parent)).is_ok_and(|other| other == session);
    getpgrp() != session && same
}

/// Stops the program, and what was started with it, until the shell lets it go on.
pub(super) fn stop() {
    // If the system refuses, the program just goes on.
    let _ = kill_current_process_group(Kill::STOP);
}
