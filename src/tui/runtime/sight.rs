//! Asking the terminal whether it has come as far as a frame, and what to make of its answers.
//!
//! Owns the questions that are not answered yet. A terminal answers in order, after it has drawn
//! what came before; one that never answers is believed to be quick (SPEC section 6). Time comes in.

use std::collections::VecDeque;

/// A terminal that has not answered yet has so long; one that has, is on a slow line.
const SILENT_MS: u64 = 400;
const SLOW_MS: u64 = 5_000;

/// The questions asked.
#[derive(Debug, Default)]
pub(super) struct Sight {
    /// What each question that is not answered yet was about.
    open: VecDeque<u64>,
    /// The last question: what it was about, and when it was asked.
    last: Option<(u64, u64)>,
    /// The terminal answers.
    answers: bool,
}

impl Sight {
    /// After a frame in which this is not known to be seen: until when an answer is waited for, if
    /// a question is due. The first frame has one, so that it is known whether there are answers.
    pub fn ask(&mut self, unseen: Option<u64>, now_ms: u64) -> Option<u64> {
        let due = match (unseen, self.last) {
            (Some(id), Some((last, _))) => id != last,
            (_, None) => true,
            (None, Some(_)) => false,
        };
        due.then(|| {
            self.put(unseen, now_ms);
            now_ms + self.patience()
        })
    }

    /// The question is asked again, behind another that not every terminal answers: once this one
    /// is answered, the other will not be. Until when an answer is waited for.
    pub fn ask_again(&mut self, now_ms: u64) -> u64 {
        let id = self.last.map_or(0, |(id, _)| id);
        self.open.push_back(id);
        self.last = Some((id, now_ms));
        now_ms + self.patience()
    }

    /// Whether the terminal answers at all.
    pub fn answers(&self) -> bool {
        self.answers
    }

    /// How many questions are open.
    pub fn open(&self) -> u32 {
        self.open.len() as u32
    }

    /// A question was asked, for whatever reason.
    pub fn put(&mut self, unseen: Option<u64>, now_ms: u64) {
        let id = unseen.unwrap_or(0);
        self.open.push_back(id);
        self.last = Some((id, now_ms));
    }

    fn patience(&self) -> u64 {
        if self.answers { SLOW_MS } else { SILENT_MS }
    }

    /// The terminal has answered: what it has drawn.
    pub fn answered(&mut self) -> Option<u64> {
        self.answers = true;
        self.open.pop_front()
    }

    /// What is taken for seen, because no answer came.
    pub fn overdue(&mut self, now_ms: u64) -> Option<u64> {
        let (id, asked_ms) = self.last?;
        let overdue = !self.open.is_empty() && now_ms >= asked_ms + self.patience();
        if overdue {
            self.open.clear();
        }
        overdue.then_some(id)
    }

    /// Until when an answer may still come.
    pub fn awaited(&self) -> Option<u64> {
        let (_, asked_ms) = self.last?;
        (!self.open.is_empty()).then_some(asked_ms + SILENT_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_6_a_frame_is_seen_once_a_question_asked_after_it_is_answered() {
        let mut sight = Sight::default();
        assert_eq!(sight.ask(None, 0), Some(400), "the first frame learns whether it answers");
        assert_eq!((sight.ask(None, 1), sight.answered()), (None, Some(0)));
        assert_eq!(sight.ask(Some(1), 10), Some(5_010));
        assert_eq!(sight.ask(Some(1), 20), None, "once is enough");
        assert_eq!(sight.ask(Some(2), 30), Some(5_030));
        assert_eq!(sight.answered(), Some(1), "in the order in which they were asked");
        assert_eq!(sight.overdue(5_029), None, "a slow line is waited for");
        assert_eq!(sight.answered(), Some(2));
        assert_eq!((sight.overdue(9_000), sight.awaited()), (None, None));
    }

    #[test]
    fn section_6_a_terminal_that_never_answers_has_400_ms() {
        let mut sight = Sight::default();
        sight.ask(None, 0);
        assert_eq!(sight.overdue(399), None);
        assert_eq!(sight.overdue(400), Some(0));
        assert_eq!(sight.ask(Some(3), 1_000), Some(1_400));
        assert_eq!((sight.overdue(1_399), sight.overdue(1_400)), (None, Some(3)));
    }

    #[test]
    fn the_question_behind_another_one_is_waited_for_like_any() {
        let mut sight = Sight::default();
        sight.ask(Some(4), 0);
        assert_eq!(sight.answered(), Some(4));
        assert_eq!(sight.ask_again(1_000), 6_000);
        assert_eq!(sight.awaited(), Some(1_400));
        assert_eq!((sight.answered(), sight.awaited()), (Some(4), None));
    }
}
