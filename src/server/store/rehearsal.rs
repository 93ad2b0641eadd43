//! A write asked once more without writing: whether whoever did it still may (SPEC section 8).
//!
//! Owns the way to find out that no route can forget. The handler itself runs again, with all of
//! its checks, up to where it would begin to write: [`Store::begin`](super::Store::begin) ends it
//! there. Work that is long, or that reaches beyond the database, is ended before by [`enough`].
//! Whoever decides a right inside a transaction must have decided it before, too.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

tokio::task_local! {
    static NOTES: Arc<Notes>;
}

/// What a rehearsal came across.
#[derive(Debug, Default)]
struct Notes {
    written: AtomicBool,
    refused: AtomicBool,
}

/// How a rehearsal ended.
#[derive(Debug)]
pub struct Ended<T> {
    /// What the handler answered.
    pub answer: T,
    /// Whether it came as far as the writing.
    pub would_write: bool,
    /// Whether the one place that decides rights said no on the way.
    pub refused: bool,
}

/// Runs a handler without letting it write.
pub async fn of<T>(work: impl Future<Output = T>) -> Ended<T> {
    let notes = Arc::new(Notes::default());
    let answer = NOTES.scope(notes.clone(), work).await;
    let would_write = notes.written.load(Ordering::Relaxed);
    Ended { answer, would_write, refused: notes.refused.load(Ordering::Relaxed) }
}

/// Whether this is one: nothing is counted, sent or recorded then.
pub fn under_way() -> bool {
    NOTES.try_with(|_| ()).is_ok()
}

/// Ends a rehearsal: whoever comes so far may. Stands before work that is long, or that reaches
/// beyond the database, once the rights are decided.
///
/// # Errors
/// In a rehearsal, always.
pub fn enough() -> Result<(), Enough> {
    match NOTES.try_with(|notes| notes.written.store(true, Ordering::Relaxed)) {
        Ok(()) => Err(Enough),
        Err(_) => Ok(()),
    }
}

/// Notes that the one place that decides rights said no.
pub fn note_refused() {
    let _ = NOTES.try_with(|notes| notes.refused.store(true, Ordering::Relaxed));
}

/// The end of a rehearsal; nobody outside sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enough;

impl fmt::Display for Enough {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing is written: this only asks whether it might be")
    }
}

impl std::error::Error for Enough {}

impl From<Enough> for sqlx::Error {
    fn from(enough: Enough) -> Self {
        Self::Configuration(Box::new(enough))
    }
}

impl Enough {
    /// Whether a fault of the database is this.
    pub fn is(error: &sqlx::Error) -> bool {
        matches!(error, sqlx::Error::Configuration(cause) if cause.is::<Self>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn section_8_a_rehearsal_ends_where_writing_would_begin() {
        let ended = of(async { enough().map_err(sqlx::Error::from) }).await;
        assert!(ended.would_write && !ended.refused);
        assert!(ended.answer.is_err_and(|error| Enough::is(&error)));
        let ended = of(async { note_refused() }).await;
        assert!(!ended.would_write && ended.refused);
        assert!(enough().is_ok() && !under_way());
    }
}
