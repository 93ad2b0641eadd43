//! How much is on its way to the terminal, and whether it had better get no more yet.
//!
//! Owns the window: how many bytes may be on their way, by how late the terminal answers what was
//! asked behind them (`sight` asks). A line that is slow keeps what it is sent in its buffers, where
//! no system tells of it; what is drawn then comes late, and goes on after the key is released. Must
//! not read a clock: time comes in, in milliseconds.

use std::collections::VecDeque;

/// Bytes that may be on their way before anything is known of the line.
const FIRST: usize = 600;
/// More than this a window does not grow: two pages.
const MOST: usize = 1 << 14;
/// With no more than this on its way, what an answer takes is the line's own delay.
const SMALL: usize = 256;
/// Answers that are so late let the window grow; those that are later than the second, shrink.
const PROMPT_MS: u64 = 40;
const LATE_MS: u64 = 100;
/// Frames farther apart than this are no burst: the line has taken the last one by then.
const APART_MS: u64 = 250;
/// However late it is, so often a frame is sent.
const AT_LEAST_MS: u64 = 1_000;

/// What is on its way.
#[derive(Debug)]
pub(super) struct Flow {
    /// Bytes that were written, and how many of them the terminal has drawn, as far as is known.
    written: usize,
    drawn: usize,
    /// The last frame: when, and how long it was.
    last: Option<(u64, usize)>,
    asked: VecDeque<Asked>,
    window: usize,
    /// The least that an answer took.
    delay_ms: Option<u64>,
}

/// A question that is not answered yet.
#[derive(Debug, Clone, Copy)]
struct Asked {
    at_ms: u64,
    /// So many bytes were written before it, and so many of them were not known to be drawn.
    written: usize,
    ahead: usize,
}

impl Default for Flow {
    fn default() -> Self {
        let asked = VecDeque::new();
        Self { written: 0, drawn: 0, last: None, asked, window: FIRST, delay_ms: None }
    }
}

impl Flow {
    /// A frame was written; says whether the terminal had better be asked how far it is. One frame
    /// by itself is no reason to.
    pub fn wrote(&mut self, bytes: usize, now_ms: u64) -> bool {
        if bytes == 0 {
            return false;
        }
        if self.is_quiet(now_ms) {
            self.drawn = self.written;
        }
        let crowded = self.written > self.drawn || !self.asked.is_empty();
        self.written += bytes;
        self.last = Some((now_ms, bytes));
        crowded || bytes > FIRST
    }

    /// The terminal was asked.
    pub fn asked(&mut self, now_ms: u64) {
        let ahead = self.written - self.drawn;
        self.asked.push_back(Asked { at_ms: now_ms, written: self.written, ahead });
    }

    /// It has answered the first of the questions that were open.
    pub fn answered(&mut self, now_ms: u64) {
        let Some(asked) = self.asked.pop_front() else { return };
        self.drawn = asked.written;
        let took = now_ms.saturating_sub(asked.at_ms);
        if asked.ahead <= SMALL {
            self.delay_ms = Some(self.delay_ms.map_or(took, |delay| delay.min(took)));
        }
        let late = took.saturating_sub(self.delay_ms.unwrap_or(0));
        if late <= PROMPT_MS {
            self.window = (self.window.max(2 * asked.ahead)).min(MOST);
        } else if late > LATE_MS {
            let fits = asked.ahead as u64 * LATE_MS / late;
            self.window = usize::try_from(fits).unwrap_or(MOST).min(self.window);
        }
    }

    /// Nothing is answered any more: what was asked is not waited for.
    pub fn forget(&mut self) {
        self.asked.clear();
        self.drawn = self.written;
    }

    /// Until when the next frame had better wait, unless an answer comes; nothing: it need not.
    pub fn full(&self, now_ms: u64) -> Option<u64> {
        let (at_ms, bytes) = self.last?;
        let on_its_way = self.written - self.drawn;
        let until = at_ms + if self.asked.is_empty() { APART_MS } else { AT_LEAST_MS };
        let waits = on_its_way > 0 && on_its_way + bytes > self.window && now_ms < until;
        waits.then_some(until)
    }

    /// Whether nobody will tell when it is drawn.
    pub fn is_unasked(&self) -> bool {
        self.asked.is_empty()
    }

    fn is_quiet(&self, now_ms: u64) -> bool {
        let at_ms = self.last.map_or(0, |(at_ms, _)| at_ms);
        self.asked.is_empty() && now_ms >= at_ms + APART_MS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line of so many bytes a second, that takes so long each way, in steps of a millisecond.
    struct Line {
        rate: usize,
        delay_ms: u64,
        /// Bytes that wait to be sent, in thousandths, and what stands between them.
        waiting: VecDeque<(usize, Sent)>,
        on_their_way: VecDeque<(u64, Sent)>,
        answers: VecDeque<u64>,
    }

    #[derive(Clone, Copy, PartialEq)]
    enum Sent {
        Frame(u64),
        Question,
    }

    impl Line {
        fn new(rate: usize, delay_ms: u64) -> Self {
            let (waiting, on_their_way, answers) = Default::default();
            Self { rate, delay_ms, waiting, on_their_way, answers }
        }

        /// A millisecond passes; the frame that has come, and whether an answer has.
        fn pass(&mut self, now_ms: u64) -> (Option<u64>, bool) {
            let mut room = self.rate;
            while let Some((bytes, sent)) = self.waiting.front_mut() {
                let taken = room.min(*bytes);
                (*bytes, room) = (*bytes - taken, room - taken);
                if *bytes > 0 {
                    break;
                }
                self.on_their_way.push_back((now_ms + self.delay_ms, *sent));
                self.waiting.pop_front();
            }
            let mut come = None;
            while self.on_their_way.front().is_some_and(|(at, _)| *at <= now_ms) {
                match self.on_their_way.pop_front() {
                    Some((_, Sent::Frame(key))) => come = Some(key),
                    _ => self.answers.push_back(now_ms + self.delay_ms),
                }
            }
            let answered = self.answers.front().is_some_and(|at| *at <= now_ms);
            if answered {
                self.answers.pop_front();
            }
            (come, answered)
        }
    }

    /// Holds a key down for ten seconds; answers how long after the release the last frame came,
    /// and how many frames came in all.
    fn hold(rate: usize, delay_ms: u64, bytes: usize, every_ms: u64) -> (u64, usize) {
        let (mut flow, mut line) = (Flow::default(), Line::new(rate, delay_ms));
        let (mut key, mut shown, mut seen, mut frames) = (0, 0, None, 0);
        let released = 10_000;
        for now_ms in 1..60_000 {
            if now_ms <= released && now_ms % every_ms == 0 {
                key += 1;
            }
            let (come, answered) = line.pass(now_ms);
            if answered {
                flow.answered(now_ms);
            }
            frames += usize::from(come.is_some());
            seen = come.or(seen);
            if seen == Some(key) && now_ms > released {
                return (now_ms - released, frames);
            }
            if shown == key {
                continue;
            }
            let ask = if flow.full(now_ms).is_some() {
                flow.is_unasked()
            } else {
                shown = key;
                line.waiting.push_back((1_000 * bytes, Sent::Frame(key)));
                flow.wrote(bytes, now_ms)
            };
            if ask {
                line.waiting.push_back((3_000, Sent::Question));
                flow.asked(now_ms);
            }
        }
        panic!("the last frame never came");
    }

    #[test]
    fn down_held_over_a_slow_line_stops_soon_after_it_is_released() {
        for (rate, bytes) in [(960, 110), (2_000, 110), (2_000, 250), (5_000, 110), (5_000, 400)] {
            for every_ms in [15, 33] {
                let (after, frames) = hold(rate, 5, bytes, every_ms);
                assert!(after <= 300, "{rate} B/s, {bytes} B every {every_ms} ms: {after} ms");
                let most = 10 * rate / bytes;
                assert!(2 * frames > most.min(600), "{rate} B/s, {bytes} B: {frames} of {most}");
            }
        }
    }

    #[test]
    fn a_line_that_is_quick_is_never_waited_for_however_long_it_is() {
        for (rate, delay_ms) in [(1_000_000, 0), (1_000_000, 50), (100_000, 200)] {
            let (after, frames) = hold(rate, delay_ms, 250, 33);
            assert!(after <= delay_ms + 20, "{rate} B/s, {delay_ms} ms: {after} ms");
            assert!(frames > 240, "{rate} B/s, {delay_ms} ms: {frames} frames");
        }
    }

    #[test]
    fn one_frame_by_itself_asks_nothing_and_a_page_does() {
        let mut flow = Flow::default();
        assert!(!flow.wrote(120, 1_000));
        assert!(!flow.wrote(120, 1_300));
        assert!(flow.wrote(120, 1_330), "two in a row are a burst");
        let mut flow = Flow::default();
        assert!(flow.wrote(3_000, 1_000));
    }

    #[test]
    fn who_never_answers_is_sent_a_frame_each_second_and_is_forgotten_in_the_end() {
        let mut flow = Flow::default();
        flow.wrote(3_000, 0);
        flow.asked(0);
        assert_eq!((flow.full(10), flow.full(1_000)), (Some(1_000), None));
        flow.forget();
        assert_eq!(flow.full(10), None);
    }
}
