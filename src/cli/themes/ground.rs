//! Asking the terminal for its ground, as the wizard does, for a command that draws nothing.
//!
//! Owns that the question is asked of a terminal alone, that the answer is waited for a moment and no
//! longer, and that nothing of it is left to be read as typed.

use std::io;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};

use crate::cli::standard::StandardOutput;
use crate::tui::theme::{Rgb, answered};

/// What is your ground? And the question that every terminal answers.
const QUESTION: &[u8] = b"\x1b]11;?\x1b\\\x1b[c";
/// How long a terminal has for the answer.
const PATIENCE: Duration = Duration::from_millis(300);
/// The longest answer.
const LONGEST: usize = 256;

/// While this lives, the terminal hands over each byte, and shows none.
struct Silent(Termios);

impl Silent {
    fn start() -> Option<Self> {
        let before = tcgetattr(io::stdin()).ok()?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON);
        silent.special_codes[SpecialCodeIndex::VMIN] = 0;
        silent.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(io::stdin(), OptionalActions::Now, &silent).ok()?;
        Some(Self(before))
    }
}

impl Drop for Silent {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}

/// The terminal's ground, where it tells it at once.
pub fn ask() -> Option<Rgb> {
    let silent = Silent::start()?;
    StandardOutput::of_process().question(QUESTION).ok()?;
    let (began, mut said) = (Instant::now(), Vec::new());
    while !is_over(&said) && said.len() < LONGEST {
        let left = PATIENCE.checked_sub(began.elapsed())?;
        let left = rustix::event::Timespec::try_from(left).ok()?;
        let stdin = io::stdin();
        let mut ready = [PollFd::new(&stdin, PollFlags::IN)];
        if poll(&mut ready, Some(&left)).ok()? == 0 {
            break;
        }
        let mut bytes = [0; 64];
        let read = rustix::io::read(&stdin, &mut bytes).ok()?;
        if read == 0 {
            break;
        }
        said.extend_from_slice(&bytes[..read]);
    }
    drop(silent);
    told(&said)
}

/// Whether the answer to the second question is there: the first has none coming then.
fn is_over(said: &[u8]) -> bool {
    let at = said.windows(3).position(|three| three == b"\x1b[?");
    at.is_some_and(|at| said[at..].contains(&b'c'))
}

/// The ground in what a terminal said.
fn told(said: &[u8]) -> Option<Rgb> {
    let at = said.windows(2).position(|two| two == b"\x1b]")? + 2;
    let end = said[at..].iter().position(|byte| matches!(byte, 0x07 | 0x1b))?;
    answered(&said[at..at + end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ground_is_read_out_of_what_a_terminal_says_and_silence_is_none() {
        let white = Some((255, 255, 255));
        assert_eq!(told(b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\\x1b[?62;c"), white);
        assert_eq!(told(b"\x1b]11;rgb:ff/ff/ff\x07"), white);
        assert_eq!(told(b"\x1b[?62;c"), None);
        assert_eq!(told(b"q"), None);
        assert!(is_over(b"\x1b[?1;2c") && !is_over(b"\x1b]11;rgb:0/0/0\x07") && !is_over(b""));
    }
}
