//! Ending on a signal: 130 when interrupted, 129 when the terminal hangs up (SPEC section 7).
//!
//! Owns nothing else. What was under way is dropped, which restores the terminal's echo; what the
//! backend has accepted goes on there.

use std::future::Future;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::exit::{Exit, Failure};

/// Does the work, unless a signal comes first.
///
/// # Errors
/// The work's own, or the signal.
pub async fn heeding(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let listen = |kind| {
        signal(kind).map_err(|error| Failure::failed(format!("signals cannot be heeded: {error}")))
    };
    let mut interrupt = listen(SignalKind::interrupt())?;
    // Under nohup a hang-up has no meaning, and must not get one.
    let mut hangup = if hangup_is_ignored() { None } else { Some(listen(SignalKind::hangup())?) };
    tokio::select! {
        biased;
        outcome = work => outcome,
        _ = interrupt.recv() => Err(Failure::told(Exit::Interrupted, "interrupted")),
        Some(()) = recv(&mut hangup) => Err(Failure::told(Exit::HungUp, "the terminal is gone")),
    }
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
