//! Ending on a signal: 130 when interrupted, 129 when the terminal hangs up (SPEC section 7).
//!
//! Owns nothing else. What was under way is dropped, which restores the terminal's echo; what the
//! backend has accepted goes on there.

use std::future::Future;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::exit::{Exit, Failure};
use super::standard::is_read;

/// How long dropped work may take to clean up; a write that nobody reads would block for ever.
const CLEANING: Duration = Duration::from_millis(200);

/// Does the work, unless a signal comes first. It runs on a thread of its own, so that a signal
/// is heeded also while it blocks.
///
/// # Errors
/// The work's own, or the signal.
pub async fn heeding<W>(work: W) -> Result<(), Failure>
where
    W: Future<Output = Result<(), Failure>> + Send + 'static,
{
    let mut interrupt = listen(SignalKind::interrupt())?;
    // Under nohup a hang-up has no meaning, and must not get one.
    let mut hangup = if hangup_is_ignored() { None } else { Some(listen(SignalKind::hangup())?) };
    let mut work = tokio::spawn(work);
    let failure = tokio::select! {
        biased;
        outcome = &mut work => {
            return outcome.unwrap_or_else(|error| {
                Err(Failure::failed(format!("the command broke off: {error}")))
            });
        }
        _ = interrupt.recv() => {
            // The cursor stands behind a question or a `^C`.
            let gap = if is_read() { "\n" } else { "" };
            Failure::told(Exit::Interrupted, format!("{gap}interrupted"))
        }
        Some(()) = recv(&mut hangup) => Failure::told(Exit::HungUp, "the terminal is gone"),
    };
    work.abort();
    let _ = tokio::time::timeout(CLEANING, work).await;
    Err(failure)
}

/// Listens for a signal.
///
/// # Errors
/// The system's.
pub fn listen(kind: SignalKind) -> Result<Signal, Failure> {
    signal(kind).map_err(|error| Failure::failed(format!("signals cannot be heeded: {error}")))
}

/// Waits for a signal, or for ever where it is not listened for.
async fn recv(signal: &mut Option<Signal>) -> Option<()> {
    match signal {
        Some(signal) => signal.recv().await,
        None => std::future::pending().await,
    }
}

/// Whether the process was started with hang-ups ignored; known on Linux alone.
fn hangup_is_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask % 2 == 1)
}
