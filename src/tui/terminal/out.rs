//! The way out to the terminal: what it does not take now waits, and nobody waits for it.
//!
//! Owns a description of the terminal that does not block, so that one which stops reading cannot
//! keep the program from heeding a signal or saving a draft. Must not know what is written.

use std::fs::File;
use std::io::{self, ErrorKind, Write as _};
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use nix::sys::termios::tcgetsid;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags, fstat, open};
use rustix::termios::ttyname;

/// Written to, and what waits to be written.
pub(super) struct Out {
    file: File,
    waiting: Vec<u8>,
}

impl Out {
    /// A way of its own to the terminal that `standard` is. The shell has that one too, and others
    /// with it, so it must stay as it is.
    ///
    /// # Errors
    /// The system's.
    pub fn to(standard: BorrowedFd<'_>) -> io::Result<Self> {
        let own = match opened(standard) {
            Some(own) => own,
            // Better one that may block than none.
            None => standard.try_clone_to_owned()?,
        };
        Ok(Self { file: File::from(own), waiting: Vec::new() })
    }

    /// Whether there is something that the terminal has not taken yet.
    pub fn is_behind(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Writes, behind what waits already, what the terminal takes within `patience`.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn write(&mut self, bytes: &[u8], patience: Duration) -> io::Result<()> {
        self.waiting.extend_from_slice(bytes);
        let until = Instant::now() + patience;
        let mut sent = 0;
        let outcome = loop {
            let rest = self.waiting.get(sent..).unwrap_or_default();
            if rest.is_empty() {
                break Ok(());
            }
            match self.file.write(rest) {
                Ok(0) => break Err(ErrorKind::WriteZero.into()),
                Ok(taken) => sent += taken,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    let left = until.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        break Ok(());
                    }
                    room_within(&self.file, left);
                }
                Err(error) => break Err(error),
            }
        };
        self.waiting.drain(..sent);
        outcome
    }
}

/// Waits for the terminal to take more, or for the time to pass; whether it takes more.
pub(super) fn room_within(terminal: impl std::os::fd::AsFd, time: Duration) -> bool {
    let mut ends = [PollFd::new(&terminal, PollFlags::OUT)];
    let time = Timespec::try_from(time).ok();
    let ready = poll(&mut ends, time.as_ref()).is_ok_and(|ready| ready > 0);
    if ready && ends[0].revents().contains(PollFlags::NVAL) {
        // Some systems cannot wait for some of their terminals.
        std::thread::park_timeout(Duration::from_millis(2));
    }
    ready && ends[0].revents().contains(PollFlags::OUT)
}

fn opened(standard: BorrowedFd<'_>) -> Option<OwnedFd> {
    let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let device = fstat(standard).ok()?.st_rdev;
    let by_name = ttyname(standard, Vec::new()).ok().and_then(|name| {
        let own = open(name.as_c_str(), flags, Mode::empty()).ok()?;
        (fstat(own.as_fd()).ok()?.st_rdev == device).then_some(own)
    });
    by_name.or_else(|| {
        // After `su` its name may be another's; the controlling terminal may be opened by any.
        let session = nix::unistd::getsid(None).ok()?;
        let ours = tcgetsid(standard).is_ok_and(|other| other == session);
        ours.then(|| open(c"/dev/tty", flags, Mode::empty()).ok()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn i13_a_terminal_that_does_not_read_holds_nobody_up() {
        let pair =
            portable_pty::native_pty_system().openpty(portable_pty::PtySize::default()).unwrap();
        let name = pair.master.tty_name().unwrap();
        let slave = File::options().read(true).write(true).open(name).unwrap();
        let mut out = Out::to(slave.as_fd()).unwrap();
        let much = vec![b'x'; 1 << 20];
        out.write(&much, Duration::ZERO).unwrap();
        assert!(out.is_behind());
        assert!(!room_within(&out.file, Duration::ZERO));
        // It reads again: all of it comes, in order, and then what was added.
        out.write(b"y", Duration::ZERO).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let mut read = Vec::new();
        let mut bytes = vec![0; 1 << 16];
        while read.len() <= much.len() {
            let taken = reader.read(&mut bytes).unwrap();
            read.extend_from_slice(&bytes[..taken]);
            out.write(b"", Duration::from_millis(20)).unwrap();
        }
        assert!(!out.is_behind());
        assert_eq!(read.split(|byte| *byte == b'x').count() - 1, much.len());
        assert_eq!(read.last(), Some(&b'y'));
    }
}
