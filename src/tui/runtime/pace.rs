//! When the next frame may be drawn.
//!
//! Owns the cap: sixty frames a second, of which some may come at once. A key by itself, or one held
//! at the pace of any keyboard, is answered at once; a flood of messages is not drawn one by one.

use std::time::{Duration, Instant};

/// Frames are so far apart where there are many.
const FRAME: Duration = Duration::from_millis(16);
/// So many may be ahead of that.
const AHEAD: u32 = 3;

/// How many frames were drawn of late.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// When the last frame would have been drawn at an even pace, and the next may be.
    even: Option<Instant>,
}

impl Pace {
    /// From when on the next frame may be drawn; nothing: from now on.
    pub fn due(&self) -> Option<Instant> {
        self.even.and_then(|even| even.checked_sub(AHEAD * FRAME))
    }

    /// A frame was drawn.
    pub fn drew(&mut self, now: Instant) {
        self.even = Some(self.even.map_or(now, |even| even.max(now)) + FRAME);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_answered_at_once_and_a_flood_is_not_drawn_one_by_one() {
        let (start, mut pace) = (Instant::now(), Pace::default());
        let after = |ms: u64| start + Duration::from_millis(ms);
        for key in 0..100 {
            // Held at sixty a second, with some that come early.
            let at = after(17 * key - if key % 3 == 2 { 9 } else { 0 });
            assert!(pace.due().is_none_or(|due| due <= at), "{key}");
            pace.drew(at);
        }
        let mut drawn = 0;
        for ms in 10_000..11_000 {
            if pace.due().is_none_or(|due| due <= after(ms)) {
                pace.drew(after(ms));
                drawn += 1;
            }
        }
        assert!((60..=67).contains(&drawn), "{drawn}");
    }
}
