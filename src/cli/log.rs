//! The log of this process: one JSON object a line.
//!
//! Owns where it goes: for the backend to standard error, else to a file that its owner alone can
//! read, and only when `HUBLINK_LOG` asks. Must not disturb a terminal, which the wizard owns, and
//! never fails or holds up whoever logs: what cannot be written is counted.

mod queue;

use std::fs::{DirBuilder, OpenOptions};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::exit::Failure;
use super::standard::{LogLines, error};
use crate::config::Settings;
use crate::server::LostLines;
use queue::Queue;

/// How long an ending process waits for the last lines.
const LAST_LINES: Duration = Duration::from_millis(200);

/// The backend's log, once it is started: a panic goes the same way, for it must not wait either.
static BACKEND: OnceLock<Queue> = OnceLock::new();

/// Where the log goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sink {
    /// A file, and only when `HUBLINK_LOG` asks for it.
    File,
    /// Standard error, for the backend: whoever runs it collects that.
    Stderr,
}

/// Starts logging, if there is to be any.
///
/// # Errors
/// That the filter or the file will not do.
pub fn start(settings: &Settings, sink: Sink, lost: &LostLines) -> Result<(), Failure> {
    let filter = match (&settings.log, sink) {
        (Some(filter), _) => filter.as_str(),
        (None, Sink::Stderr) => "info",
        (None, Sink::File) => return Ok(()),
    };
    let filter: Targets = filter.parse().map_err(|_| {
        Failure::usage("HUBLINK_LOG is not a filter such as info or hublink=debug,warn")
    })?;
    // A line that cannot be written would otherwise be told on standard error, by a macro that
    // panics where that is what failed.
    let log = tracing_subscriber::fmt::layer().json().log_internal_errors(false);
    let registry = tracing_subscriber::registry();
    // A second start in one process keeps the first.
    let _ = match sink {
        Sink::Stderr => {
            let queue = Queue::before(super::standard::notes(), lost.clone())
                .map_err(|error| Failure::failed(format!("there can be no log: {error}")))?;
            let queue = BACKEND.get_or_init(|| queue);
            let lines = || LogLines::before(queue.clone());
            registry.with(log.with_writer(lines).with_filter(filter)).try_init()
        }
        Sink::File => {
            let path = settings.paths.log_file();
            let file = open(&path)
                .map_err(|error| Failure::failed(format!("{}: {error}", path.display())))?;
            let file = Arc::new(file);
            let lines = move || LogLines::before(Arc::clone(&file));
            registry.with(log.with_writer(lines).with_filter(filter)).try_init()
        }
    };
    Ok(())
}

/// Tells of a panic: in the backend's log, which waits for nobody, else on standard error.
pub fn panicked(report: &str) {
    if BACKEND.get().is_some() {
        tracing::error!(report, "a panic");
    } else {
        error(report.trim_end());
    }
}

/// Waits for the last lines, for a moment.
pub fn drain() {
    if let Some(queue) = BACKEND.get() {
        queue.drain(LAST_LINES);
    }
}

fn open(path: &Path) -> std::io::Result<std::fs::File> {
    if let Some(dir) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    }
    OpenOptions::new().append(true).create(true).mode(0o600).open(path)
}
