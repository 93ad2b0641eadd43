//! Everything that can happen to the interface, as data.
//!
//! Owns [`Msg`], the one input of [`App::update`](super::app::App::update), and the ids that tie
//! an answer to its question. Must not hold: closures, handles, channels.

use bytes::Bytes;
use crossterm::event::Event;
use jiff::Timestamp;

use crate::api::call::{ApiError, Reply};
use crate::domain::untrusted::{Shown, Untrusted};
use crate::roster::{Bitmap, Found};
use crate::tui::clipboard::NoClipboard;
use crate::tui::theme::Rgb;

/// The most bytes of a paste, a million addresses; a longer one is refused whole (SPEC section 5).
pub const PASTE_MOST: usize = 32 << 20;

/// Ties a reply to what asked for it. Never reused; a late one falls to the floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(u64);

/// Hands out [`RequestId`]s.
#[derive(Debug, Default)]
pub struct Ids(u64);

impl Ids {
    /// The next id.
    pub fn issue(&mut self) -> RequestId {
        self.0 += 1;
        RequestId(self.0)
    }
}

/// What the operating system tells the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// End now, keeping the draft (SIGTERM, SIGINT from outside).
    Terminate,
    /// The terminal is gone (SIGHUP).
    HangUp,
    /// Stop until told to go on (SIGTSTP).
    Suspend,
    /// The program was not stopped, as nobody could wake it.
    NotStopped,
}

/// Why a file could not be read or written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IoError {
    /// Whether there is no such file.
    pub missing: bool,
    /// The system's words.
    pub words: Untrusted,
}

/// One thing that happened.
#[derive(Debug)]
pub enum Msg {
    /// A key, a paste or another size.
    Input(Event),
    /// A key or a paste of a script, which presses when it has seen what it waits for.
    Played(Event),
    /// What [`App::unseen`](super::app::App::unseen) told is in sight.
    Seen(u64),
    /// Text that came faster than anybody types: a paste, where the terminal does not say so.
    Burst(String),
    /// A paste of so many bytes, which is more than [`PASTE_MOST`]: nothing of it is here.
    TooMuch(u64),
    /// The terminal has told its ground; nothing: it has come past the question without a word.
    Ground(Option<Rgb>),
    /// A text did not get into a clipboard.
    NotCopied {
        /// The text.
        text: Shown,
        /// Why.
        why: NoClipboard,
    },
    /// A signal.
    Signal(Signal),
    /// Time: milliseconds since the program started. Comes before every batch.
    Tick {
        /// Monotonic milliseconds.
        now_ms: u64,
    },
    /// The backend answered. A stream answers several times under one id.
    Reply {
        /// Which request.
        id: RequestId,
        /// What time it was there, as the answer said; nothing where none came.
        now: Option<Timestamp>,
        /// What it said.
        result: Result<Reply, ApiError>,
    },
    /// A background search came to its end.
    Found {
        /// Which search.
        id: RequestId,
        /// The rows that match.
        rows: Bitmap,
    },
    /// A list of addresses was looked up.
    Looked {
        /// Which look-up.
        id: RequestId,
        /// What it came to.
        found: Box<Found>,
    },
    /// A file was read.
    Read {
        /// Which request.
        id: RequestId,
        /// Its bytes.
        result: Result<Bytes, IoError>,
    },
    /// A file was written.
    Written {
        /// Which request.
        id: RequestId,
        /// Whether it worked.
        result: Result<(), IoError>,
    },
}
