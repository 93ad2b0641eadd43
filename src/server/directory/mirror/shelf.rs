//! Blocks that were made, in memory, up to a number of bytes.
//!
//! Owns who goes first when there is no room: what was not asked for the longest.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::api::blocks::{Frame, Kind};

/// Which part of which block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub site: i64,
    pub block: u32,
    pub kind: Kind,
}

/// What was made.
#[derive(Debug)]
pub(super) struct Shelf {
    room: usize,
    holds: Mutex<Holds>,
}

#[derive(Debug, Default)]
struct Holds {
    parts: HashMap<Place, Made>,
    bytes: usize,
    asked: u64,
}

#[derive(Debug)]
struct Made {
    mark: (i64, i64),
    asked: u64,
    frame: Frame,
}

impl Shelf {
    pub fn new(room: usize) -> Self {
        Self { room, holds: Mutex::default() }
    }

    /// A part that was made at this mark.
    pub fn get(&self, place: Place, mark: (i64, i64)) -> Option<Frame> {
        let mut holds = self.holds.lock().unwrap_or_else(PoisonError::into_inner);
        holds.asked += 1;
        let asked = holds.asked;
        let made = holds.parts.get_mut(&place).filter(|made| made.mark == mark)?;
        made.asked = asked;
        Some(made.frame.clone())
    }

    /// Keeps a part. One of an older mark than what is there is not kept: somebody was quicker.
    pub fn put(&self, place: Place, mark: (i64, i64), frame: Frame) {
        let mut holds = self.holds.lock().unwrap_or_else(PoisonError::into_inner);
        if holds.parts.get(&place).is_some_and(|made| made.mark > mark) {
            return;
        }
        holds.asked += 1;
        holds.bytes += frame.bytes.len();
        let made = Made { mark, asked: holds.asked, frame };
        if let Some(before) = holds.parts.insert(place, made) {
            holds.bytes -= before.frame.bytes.len();
        }
        if holds.bytes > self.room {
            holds.make_room(self.room - self.room / 8);
        }
    }
}

impl Holds {
    /// Down to so many bytes, in one go: finding the oldest one by one would be slow.
    fn make_room(&mut self, room: usize) {
        let mut by_age: Vec<(u64, Place)> =
            self.parts.iter().map(|(place, made)| (made.asked, *place)).collect();
        by_age.sort_unstable_by_key(|(asked, _)| *asked);
        for (_, place) in by_age {
            if self.bytes <= room {
                return;
            }
            if let Some(made) = self.parts.remove(&place) {
                self.bytes -= made.frame.bytes.len();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn frame(block: u32, length: usize) -> Frame {
        Frame::of(Kind::Text, block, Bytes::from(vec![block as u8; length]))
    }

    fn place(block: u32) -> Place {
        Place { site: 1, block, kind: Kind::Text }
    }

    #[test]
    fn what_was_made_at_another_mark_is_not_given() {
        let shelf = Shelf::new(1_000);
        shelf.put(place(0), (2, 0), frame(0, 10));
        assert_eq!(shelf.get(place(0), (2, 0)), Some(frame(0, 10)));
        assert_eq!(shelf.get(place(0), (3, 0)), None);
        assert_eq!(shelf.get(place(0), (2, 1)), None);
        shelf.put(place(0), (1, 0), frame(0, 20));
        assert_eq!(shelf.get(place(0), (1, 0)), None, "somebody was quicker");
        assert_eq!(shelf.get(place(0), (2, 0)), Some(frame(0, 10)));
    }

    #[test]
    fn what_was_not_asked_for_the_longest_goes_first() {
        let shelf = Shelf::new(800);
        for block in 0..8 {
            shelf.put(place(block), (1, 0), frame(block, 100));
        }
        assert!(shelf.get(place(0), (1, 0)).is_some());
        shelf.put(place(8), (1, 0), frame(8, 100));
        let held = |block| shelf.get(place(block), (1, 0)).is_some();
        assert_eq!((held(0), held(1), held(2), held(3), held(8)), (true, false, false, true, true));
        assert_eq!(shelf.holds.lock().unwrap().bytes, 700);
    }
}
