//! Whether a key is held down: most terminals do not say so, they send it again and again.
//!
//! Owns telling a key that repeats itself from one that is pressed again, by the time between them
//! (SPEC section 6, one press, one page). Must not drop any.

use std::time::{Duration, Instant};

use crossterm::event::{Event, KeyCode, KeyEventKind};

use super::Heard;

/// No slower does a held key repeat itself, and no faster does anybody press one twice.
const AGAIN: Duration = Duration::from_millis(100);
/// A key that was held is let go once it has been silent for so long: a line may stumble.
const SILENT: Duration = Duration::from_millis(300);

/// The last key.
#[derive(Debug, Default)]
pub(super) struct Held {
    last: Option<(KeyCode, Instant)>,
    held: bool,
}

impl Held {
    /// Tells as repeats what was not pressed anew.
    pub fn tell(&mut self, heard: &mut [Heard], now: Instant) {
        for heard in heard {
            let Heard::Event(Event::Key(key)) = heard else { continue };
            let last = self.last.filter(|(code, _)| *code == key.code);
            let most = if self.held { SILENT } else { AGAIN };
            self.held = last.is_some_and(|(_, at)| now.saturating_duration_since(at) < most);
            self.last = Some((key.code, now));
            if self.held && key.kind == KeyEventKind::Press {
                key.kind = KeyEventKind::Repeat;
            }
        }
    }
}
