//! Everything the interface wants done, as data.
//!
//! Owns [`Effect`], the one output of [`App::update`](super::app::App::update). The runtime is its
//! one executor; tests read it. Must not hold closures.

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;

use super::msg::RequestId;
use super::notify::Far;
use crate::api::call::Request;
use crate::api::draft::Hold;
use crate::domain::untrusted::Shown;
use crate::roster::{Columns, Search};

/// One wish.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Ask the backend.
    Send {
        /// The reply carries it.
        id: RequestId,
        /// What to ask.
        request: Request,
        /// The hold on a draft under which it is asked: a wizard's page acts as long as it has that.
        hold: Option<Box<Hold>>,
        /// The `Idempotency-Key` of a write.
        key: Option<String>,
    },
    /// Forget a request: its reply is not wanted any more.
    Cancel(RequestId),
    /// A [`Msg::Tick`](super::msg::Msg::Tick) at this time, in milliseconds since the start.
    WakeAt(u64),
    /// Search a roster in the background. A newer search replaces one that is not done.
    Search {
        /// The rows found carry it.
        id: RequestId,
        /// What to look for, and where.
        search: Box<Search>,
    },
    /// Look a list of addresses up in a roster, in the background: it may be a million long.
    Look {
        /// What was found carries it.
        id: RequestId,
        /// The roster.
        columns: Arc<Columns>,
        /// The list.
        text: String,
    },
    /// Read a whole file.
    Read {
        /// The answer carries it.
        id: RequestId,
        /// Which file.
        path: PathBuf,
    },
    /// Write a whole file, readable by its owner alone, replacing it at once or not at all.
    Write {
        /// The answer carries it.
        id: RequestId,
        /// Which file.
        path: PathBuf,
        /// Its content.
        bytes: Bytes,
    },
    /// Remove a file, if it is there.
    Remove(PathBuf),
    /// Put text into the terminal's clipboard (OSC 52).
    Copy(Shown),
    /// Say how far what is watched has come, to who looks elsewhere and wants to know.
    Notify(Far),
    /// Take the mouse for clicks, or give it back to the terminal.
    Mouse(bool),
    /// Draw the whole screen anew, whatever the terminal shows.
    Redraw,
    /// Give the terminal back and stop until told to go on.
    Suspend,
    /// End, and begin anew with this tour of the session's.
    Play(usize),
    /// End.
    Quit {
        /// Whether Ctrl-c asked for it.
        interrupted: bool,
    },
}
