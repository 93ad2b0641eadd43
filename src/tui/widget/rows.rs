//! A cursor in a list of rows, and the window around it.
//!
//! Owns moving and scrolling for every list: as little scrolling as possible, clamped to what
//! there is. Must not own the rows.

/// A way to move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// A row up.
    Up,
    /// A row down.
    Down,
    /// To the first.
    First,
    /// To the last.
    Last,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// Half a page up.
    HalfUp,
    /// Half a page down.
    HalfDown,
}

/// Where the cursor is, and which row is the first in sight.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The row with the cursor.
    pub at: usize,
    /// The first row in sight.
    pub top: usize,
}

impl Cursor {
    /// Moves among `len` rows of which `height` are in sight.
    pub fn go(&mut self, motion: Motion, len: usize, height: usize) {
        let page = height.max(1);
        let half = page.div_ceil(2);
        self.at = match motion {
            Motion::Up => self.at.saturating_sub(1),
            Motion::Down => self.at + 1,
            Motion::First => 0,
            Motion::Last => len,
            Motion::PageUp => self.at.saturating_sub(page),
            Motion::PageDown => self.at + page,
            Motion::HalfUp => self.at.saturating_sub(half),
            Motion::HalfDown => self.at + half,
        };
        // A page moves the window too, so that the cursor keeps its place on screen.
        match motion {
            Motion::PageDown => self.top += page,
            Motion::PageUp => self.top = self.top.saturating_sub(page),
            _ => {}
        }
        self.clamp(len, height);
    }

    /// Keeps the cursor on a row and the row in sight.
    pub fn clamp(&mut self, len: usize, height: usize) {
        let page = height.max(1);
        self.at = self.at.min(len.saturating_sub(1));
        self.top = self.top.min(len.saturating_sub(page));
        if self.at < self.top {
            self.top = self.at;
        } else if self.at >= self.top + page {
            self.top = self.at + 1 - page;
        }
    }

    /// The rows in sight.
    pub fn window(&self, len: usize, height: usize) -> std::ops::Range<usize> {
        let top = self.top.min(len);
        top..len.min(top + height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn moving_scrolls_as_little_as_possible() {
        let mut cursor = Cursor::default();
        for _ in 0..10 {
            cursor.go(Motion::Down, 100, 5);
        }
        assert_eq!(cursor, Cursor { at: 10, top: 6 });
        cursor.go(Motion::Up, 100, 5);
        assert_eq!(cursor, Cursor { at: 9, top: 6 });
        cursor.go(Motion::PageDown, 100, 5);
        assert_eq!(cursor, Cursor { at: 14, top: 11 });
        cursor.go(Motion::Last, 100, 5);
        assert_eq!(cursor, Cursor { at: 99, top: 95 });
    }

    proptest! {
        #[test]
        fn the_cursor_is_always_in_sight(
            moves in proptest::collection::vec(0usize..8, 0..40),
            len in 0usize..50,
            height in 0usize..12,
        ) {
            const ALL: [Motion; 8] = [
                Motion::Up, Motion::Down, Motion::First, Motion::Last,
                Motion::PageUp, Motion::PageDown, Motion::HalfUp, Motion::HalfDown,
            ];
            let mut cursor = Cursor::default();
            for step in moves {
                cursor.go(ALL[step], len, height);
                prop_assert!(cursor.at < len.max(1));
                prop_assert!(cursor.top <= cursor.at);
                prop_assert!(cursor.at < cursor.top + height.max(1));
            }
        }
    }
}
