//! Playing a tour: what to do next, told from what is on the screen.
//!
//! Owns the order within a step, the pace and the patience. Pure: the screen's text and the time
//! come in, keys go out, so that the same player serves `--play` and a test over a terminal. It
//! never guesses: a text that does not come fails the tour, naming the step.

use std::time::Duration;

use super::{Act, Step, Tour};

/// How long a text may take to come or to go, in real time whatever the speed.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two keys, and between two letters, at speed 1.
const KEY: Duration = Duration::from_millis(450);
const LETTER: Duration = Duration::from_millis(70);
/// After a paste, in real time whatever the speed: keys that come right after one are not heeded,
/// for they may be the rest of what was pasted.
const PASTE: Duration = Duration::from_millis(600);

/// What the player wants next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Press this key, spelled as in the key table; then ask again.
    Press(String),
    /// Type this letter; then ask again.
    Type(char),
    /// Paste this; then ask again.
    Paste(String),
    /// Show this caption, or none; then ask again.
    Caption(Option<String>),
    /// Take a picture of the screen under this name; then ask again.
    Picture(String),
    /// Ask again at this time (milliseconds on the clock that is passed in), or sooner when the
    /// screen has changed.
    Rest(u64),
    /// The tour is over; the keys are the human's.
    Done,
    /// The tour does not fit the program.
    Failed(Failure),
}

/// Where and why a tour failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("step {step} of the tour: “{text}” {}", if *.gone { "did not go from the screen" } else { "did not come onto the screen" })]
pub struct Failure {
    /// The step, from 1 on.
    pub step: usize,
    /// The text.
    pub text: String,
    /// Whether it should have gone.
    pub gone: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Wait,
    Caption,
    /// So many keys or letters are done.
    Act(usize),
    See,
    Picture,
    Rest,
}

/// A tour being played.
#[derive(Debug)]
pub struct Player {
    tour: Tour,
    speed: f64,
    step: usize,
    phase: Phase,
    /// When the phase began; not yet where it has only been entered.
    since: Option<u64>,
    /// Not before this time.
    not_before: u64,
}

impl Player {
    /// A player at this speed: 1 as written, 2 twice as fast, infinity without any rest.
    pub fn new(tour: Tour, speed: f64) -> Self {
        let speed = if speed > 0.0 { speed } else { 1.0 };
        Self { tour, speed, step: 0, phase: Phase::Wait, since: None, not_before: 0 }
    }

    /// What to do now, with this text on the screen.
    pub fn next(&mut self, screen: &str, now_ms: u64) -> Next {
        if now_ms < self.not_before {
            return Next::Rest(self.not_before);
        }
        while self.step < self.tour.steps.len() {
            if let Some(next) = self.phase(screen, now_ms) {
                return next;
            }
        }
        Next::Done
    }

    /// Goes one phase on; answers where there is something to do or to wait for.
    fn phase(&mut self, screen: &str, now_ms: u64) -> Option<Next> {
        let step = self.tour.steps.get(self.step)?.clone();
        match self.phase {
            Phase::Wait => self.missing(&step.wait, &[], screen, now_ms, Phase::Caption),
            Phase::Caption => {
                self.enter(Phase::Act(0));
                let caption = step.caption?;
                Some(Next::Caption(Some(caption).filter(|text| !text.is_empty())))
            }
            Phase::Act(done) => {
                let next = act(&step, done);
                let pause = if matches!(next, Some(Next::Type(_))) { LETTER } else { KEY };
                match next {
                    Some(_) => {
                        self.enter(Phase::Act(done + 1));
                        self.pause(now_ms, pause);
                        if matches!(next, Some(Next::Paste(_))) {
                            self.not_before =
                                self.not_before.max(now_ms + PASTE.as_millis() as u64);
                        }
                    }
                    None => self.enter(Phase::See),
                }
                next
            }
            Phase::See => self.missing(&step.expect, &step.gone, screen, now_ms, Phase::Picture),
            Phase::Picture => {
                self.enter(Phase::Rest);
                step.picture.map(Next::Picture)
            }
            Phase::Rest => {
                self.step += 1;
                self.enter(Phase::Wait);
                self.pause(now_ms, step.resting());
                (self.not_before > now_ms).then_some(Next::Rest(self.not_before))
            }
        }
    }

    fn missing(
        &mut self,
        come: &[String],
        go: &[String],
        screen: &str,
        now_ms: u64,
        then: Phase,
    ) -> Option<Next> {
        let absent = come.iter().find(|text| !screen.contains(text.as_str()));
        let present = go.iter().find(|text| screen.contains(text.as_str()));
        let Some(text) = absent.or(present) else {
            self.enter(then);
            return None;
        };
        let deadline = *self.since.get_or_insert(now_ms) + PATIENCE.as_millis() as u64;
        if now_ms < deadline {
            return Some(Next::Rest(deadline));
        }
        let gone = absent.is_none();
        Some(Next::Failed(Failure { step: self.step + 1, text: text.clone(), gone }))
    }

    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.since = None;
    }

    fn pause(&mut self, now_ms: u64, at_speed_1: Duration) {
        self.not_before = now_ms + (at_speed_1.as_millis() as f64 / self.speed) as u64;
    }
}

fn act(step: &Step, done: usize) -> Option<Next> {
    match step.act.as_ref()? {
        Act::Press(keys) => keys.get(done).cloned().map(Next::Press),
        Act::Type(text) => text.chars().nth(done).map(Next::Type),
        Act::Paste(text) => (done == 0).then(|| Next::Paste(text.clone())),
    }
}
