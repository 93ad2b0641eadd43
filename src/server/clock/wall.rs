//! How far the host's clock is believed (SPEC section 1, Time).
//!
//! Owns the rules of what a step of it means: pure arithmetic on milliseconds of real time. A step
//! back passes no time; up to a day forward is caught up; up to seven days passes, but what cannot be
//! taken back waits; more is held until a human has said whether it was so.

use serde::{Deserialize, Serialize};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// Beyond this a step is held.
const LONGEST: i64 = 7 * DAY;
/// How long what cannot be taken back waits after a step of more than a day.
const WAIT: i64 = 12 * HOUR;
/// Less than this is no step.
const SLACK: i64 = 2_000;

/// Where real time is, by what is believed of the host's clock.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Wall {
    /// Real time, as far as it is believed.
    pub good: i64,
    /// By how much the host's clock is ahead, as a human has said.
    pub offset: i64,
    /// A step that waits for a human.
    pub held: Option<i64>,
    /// How much longer the backend has to run before what cannot be taken back is done.
    pub waits: i64,
    /// The database was restored, and nobody has said yet that it may go on by itself.
    pub restored: bool,
    /// The host's clock is behind what it showed before.
    pub behind: bool,
}

/// What a look at the host's clock came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing of note.
    None,
    /// So much time had passed unseen.
    CaughtUp(i64),
    /// So much more than a day, which passes; what cannot be taken back waits.
    Doubted(i64),
    /// More than seven days: no time passes until a human has spoken.
    Held(i64),
    /// It was set back: no time passes.
    Back(i64),
    /// It shows again what it ought to.
    RightAgain,
}

impl Wall {
    /// Believes the host's clock: there is nothing to hold it against.
    pub fn starting(now: i64) -> Self {
        Self { good: now, ..Self::default() }
    }

    /// Holds the host's clock against time that surely passed. Answers how much more has passed, and
    /// what of note.
    pub fn look(&mut self, shown: i64, elapsed: i64) -> (i64, Step) {
        self.good += elapsed;
        self.waits = (self.waits - elapsed).max(0);
        let mut step = Step::None;
        if self.offset != 0 && (shown - self.good).abs() <= DAY {
            // The host was wrong, as was said, and is right now.
            (self.offset, step) = (0, Step::RightAgain);
        }
        let ahead = shown - self.offset - self.good;
        if ahead < -SLACK {
            let known = std::mem::replace(&mut self.behind, true);
            return (0, if known { step } else { Step::Back(-ahead) });
        }
        if ahead <= SLACK && std::mem::replace(&mut self.behind, false) {
            step = Step::RightAgain;
        }
        if ahead > LONGEST {
            let known = self.held.replace(ahead).is_some();
            return (0, if known { step } else { Step::Held(ahead) });
        }
        if self.held.take().is_some() {
            step = Step::RightAgain;
        }
        let passed = ahead.max(0);
        self.good += passed;
        match passed {
            0..=SLACK => {}
            passed if passed <= DAY => step = Step::CaughtUp(passed),
            passed => {
                self.waits = WAIT;
                step = Step::Doubted(passed);
            }
        }
        (passed, step)
    }

    /// A human says that the host's clock is right: answers how much time has passed.
    pub fn accept(&mut self, shown: i64) -> i64 {
        let passed = (shown - self.good).max(0);
        *self = Self { good: self.good + passed, ..Self::default() };
        passed
    }

    /// A human says that the host's clock is wrong: what it is ahead by is taken off from now on.
    pub fn refuse(&mut self, shown: i64) {
        *self = Self { good: self.good, offset: shown - self.good, ..Self::default() };
    }

    /// Whether what cannot be taken back may be done because its time has come.
    pub fn is_sure(&self) -> bool {
        self.held.is_none() && self.waits == 0 && !self.restored
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_700_000_000_000;

    #[test]
    fn i18_steps_pass_as_much_time_as_they_are_believed() {
        for (by, passed, step, sure) in [
            (0, 0, Step::None, true),
            (SLACK, SLACK, Step::None, true),
            (8 * HOUR, 8 * HOUR, Step::CaughtUp(8 * HOUR), true),
            (DAY, DAY, Step::CaughtUp(DAY), true),
            (3 * DAY, 3 * DAY, Step::Doubted(3 * DAY), false),
            (7 * DAY, 7 * DAY, Step::Doubted(7 * DAY), false),
            (400 * DAY, 0, Step::Held(400 * DAY), false),
            (-HOUR, 0, Step::Back(HOUR), true),
            (-1_000 * DAY, 0, Step::Back(1_000 * DAY), true),
        ] {
            let mut wall = Wall::starting(NOON);
            assert_eq!(wall.look(NOON + by + 10_000, 10_000), (passed, step), "{by}");
            assert_eq!(wall.is_sure(), sure, "{by}");
        }
    }

    #[test]
    fn i18_a_step_back_and_forth_passes_nothing_and_is_told_once() {
        let mut wall = Wall::starting(NOON);
        assert_eq!(wall.look(NOON - DAY, 0), (0, Step::Back(DAY)));
        assert_eq!(wall.look(NOON - DAY + 5_000, 5_000), (0, Step::None));
        assert_eq!(wall.look(NOON + 9_000, 4_000), (0, Step::RightAgain));
        assert_eq!(wall.look(NOON + 10_000, 1_000), (0, Step::None));
    }

    #[test]
    fn i18_a_wrong_clock_at_one_start_leaves_nothing_behind() {
        let mut wall = Wall::starting(NOON);
        assert_eq!(wall.look(NOON + 400 * DAY, 0).1, Step::Held(400 * DAY));
        assert_eq!(wall.look(NOON + 400 * DAY + 60_000, 60_000), (0, Step::None));
        assert!(!wall.is_sure());
        // The host is right again: the minute that it ran has passed, and nothing else.
        assert_eq!(wall.look(NOON + 60_000, 0), (0, Step::RightAgain));
        assert!(wall.is_sure() && wall.good == NOON + 60_000);
    }

    #[test]
    fn i18_what_a_human_says_of_a_hold_is_kept() {
        let mut wall = Wall::starting(NOON);
        wall.look(NOON + 30 * DAY, 0);
        let mut refused = wall.clone();
        assert_eq!(wall.accept(NOON + 30 * DAY), 30 * DAY);
        assert!(wall.is_sure());
        refused.refuse(NOON + 30 * DAY);
        assert!(refused.is_sure());
        // Its own eight hours count; and once the host is right, the offset is gone.
        let later = NOON + 30 * DAY + 8 * HOUR;
        assert_eq!(refused.look(later, 0), (8 * HOUR, Step::CaughtUp(8 * HOUR)));
        assert_eq!(refused.look(NOON + 8 * HOUR, 0), (0, Step::RightAgain));
        assert_eq!(refused.offset, 0);
    }

    #[test]
    fn i18_what_waits_waits_for_twelve_hours_of_running() {
        let mut wall = Wall::starting(NOON);
        wall.look(NOON + 2 * DAY, 0);
        let start = wall.good;
        wall.look(start + 11 * HOUR, 11 * HOUR);
        assert!(!wall.is_sure());
        wall.look(start + 12 * HOUR, HOUR);
        assert!(wall.is_sure());
    }
}
