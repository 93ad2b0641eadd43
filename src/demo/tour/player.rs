//! Playing a tour: what to do next, told from what is on the screen.
//!
//! Owns the order within a step, the pace, the patience, and whose the keys are. Pure: the screen's
//! text and the time come in, keys go out, so that the same player serves the wizard and a test
//! over a terminal. It never guesses: where a text does not come, the keys are the human's.

mod sign;

use std::time::Duration;

use super::caption::{parts, reading_part};
use super::seen::sees;
use super::{Act, Step, Tour};
pub use sign::{Card, Sign};

/// How long the first card is shown at speed 1.
pub const TITLE: Duration = Duration::from_secs(4);
/// How long the last card is shown, whatever the speed.
pub const CLOSING: Duration = Duration::from_secs(3);
/// Between two keys, and between two letters, at speed 1.
pub const KEY: Duration = Duration::from_millis(450);
/// See [`KEY`].
pub const LETTER: Duration = Duration::from_millis(70);
/// So much of a caption's time passes before its keys are pressed.
const LEAD: f64 = 0.6;
/// After a paste, whatever the speed: keys that come right after one are not heeded, for they may
/// be the rest of what was pasted.
pub const PASTE: Duration = Duration::from_millis(600);
/// How long a text may take to come or to go, whatever the speed.
const PATIENCE_MS: u64 = 10_000;
/// Enter and `y` count only on what has been in sight for a moment, and a second after the last of
/// them (SPEC section 6): a tour keeps that rule as a hand does.
const IN_SIGHT_MS: u64 = 500;
/// See [`IN_SIGHT_MS`].
const ENTERS_APART_MS: u64 = 1_100;
/// So long the footer may take to offer Enter; some pages take it without saying so.
const OFFERED_MS: u64 = 1_500;
/// Where there is nothing to do, one need not ask again before this has passed.
const LATER_MS: u64 = 3_600_000;

/// What the player wants next. Before it is done, [`Player::sign`] is to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Press this key, spelled as in the key table; then ask again.
    Press(String),
    /// Type this letter; then ask again.
    Type(char),
    /// Paste this; then ask again.
    Paste(String),
    /// The sign has changed; then ask again.
    Show,
    /// Take a picture of the screen under this name; then ask again.
    Picture(String),
    /// Ask again at this time (milliseconds on the clock that is passed in): nothing is waited for
    /// but the pace.
    Rest(u64),
    /// Ask again when the screen has changed, or at this time.
    Watch(u64),
    /// A text is not found: the keys are the human's, and the player goes on where it comes after
    /// all; then ask again.
    Lost(Failure),
    /// The tour is over; the keys are the human's.
    Done,
}

/// Where and why a tour could not go on.
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
    /// The first card is to be shown, or is shown.
    Title(bool),
    Wait,
    /// So many parts of the caption are told.
    Caption(usize),
    /// So many keys or letters are done.
    Act(usize),
    See,
    Picture,
    Rest,
    /// The last card is to be shown, or is shown.
    Close(bool),
}

/// Whose the keys are.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Mode {
    /// The player's.
    Plays,
    /// Nobody's, for a while.
    Pauses,
    /// The human's, who took over.
    Taken,
    /// The human's, because a text is not found.
    Lost(Failure),
}

/// A tour being played.
#[derive(Debug)]
pub struct Player {
    tour: Tour,
    speed: f64,
    step: usize,
    phase: Phase,
    mode: Mode,
    /// When the phase began; not yet where it has only been entered.
    since: Option<u64>,
    /// Not before this time.
    not_before: u64,
    /// The caption must be read until then.
    told_until: u64,
    /// Enter counts from this time on.
    enter_from: u64,
    /// What was seen last, to know one's place again after a human had the keys.
    place: Vec<String>,
    /// The human has pressed something since they took over.
    strayed: bool,
    sign: Sign,
}

impl Player {
    /// A player at this speed: 1 as written, 2 twice as fast, infinity without any rest.
    pub fn new(tour: Tour, speed: f64) -> Self {
        Self {
            sign: Sign::title(&tour),
            tour,
            speed: if speed > 0.0 { speed } else { 1.0 },
            step: 0,
            phase: Phase::Title(false),
            mode: Mode::Plays,
            since: None,
            not_before: 0,
            told_until: 0,
            enter_from: 0,
            place: Vec::new(),
            strayed: false,
        }
    }

    /// What is shown to the audience.
    pub fn sign(&self) -> &Sign {
        &self.sign
    }

    /// Whether keys are the player's to heed: it plays, or pauses.
    pub fn has_the_keys(&self) -> bool {
        matches!(self.mode, Mode::Plays | Mode::Pauses)
    }

    /// What to do now, with this text on the screen.
    pub fn next(&mut self, screen: &str, now_ms: u64) -> Next {
        match &self.mode {
            Mode::Pauses | Mode::Taken => return Next::Watch(now_ms + LATER_MS),
            Mode::Lost(_) if !self.is_met(screen) => return Next::Watch(now_ms + LATER_MS),
            Mode::Lost(_) if self.strayed => return Next::Watch(now_ms + LATER_MS),
            Mode::Lost(_) => self.play_on(),
            Mode::Plays if now_ms < self.not_before => return Next::Rest(self.not_before),
            Mode::Plays => {}
        }
        loop {
            if let Some(next) = self.phase(screen, now_ms) {
                return next;
            }
        }
    }

    /// The human pauses the tour, or lets it go on.
    pub fn pause_or_go_on(&mut self) {
        match self.mode {
            Mode::Plays => self.halt(Mode::Pauses, sign::PAUSED),
            Mode::Pauses => self.play_on(),
            Mode::Taken | Mode::Lost(_) => {}
        }
    }

    /// The human takes the keys over. Answers whether there is still something to go on with.
    pub fn take_over(&mut self) -> bool {
        self.strayed = false;
        self.sign.card = None;
        self.halt(Mode::Taken, sign::TAKEN);
        !matches!(self.phase, Phase::Close(_))
    }

    /// The human, who has the keys, does something of their own.
    pub fn stray(&mut self) {
        self.strayed = true;
        if matches!(self.mode, Mode::Lost(_)) {
            self.halt(Mode::Taken, sign::TAKEN);
        }
    }

    /// The human gives the keys back: the tour goes on if this screen is where it was.
    pub fn go_on(&mut self, screen: &str) {
        let waits = matches!(self.phase, Phase::Wait | Phase::See);
        let away = self.place.iter().find(|text| !sees(screen, text));
        if let (true, false, Some(text)) = (self.strayed, waits, away) {
            let words = sign::astray(text);
            self.halt(Mode::Taken, &words);
        } else {
            self.play_on();
        }
    }

    fn halt(&mut self, mode: Mode, words: &str) {
        self.mode = mode;
        self.sign.halted = Some(words.to_owned());
    }

    fn play_on(&mut self) {
        self.mode = Mode::Plays;
        self.sign.halted = None;
        self.strayed = false;
        self.since = None;
    }

    /// Goes one phase on; answers where there is something to do or to wait for.
    fn phase(&mut self, screen: &str, now_ms: u64) -> Option<Next> {
        let Some(step) = self.tour.steps.get(self.step).cloned() else {
            return Some(self.close(now_ms));
        };
        match self.phase {
            Phase::Title(false) => {
                self.enter(Phase::Title(true));
                self.pause(now_ms, TITLE);
                Some(Next::Show)
            }
            Phase::Title(true) => {
                self.sign = Sign::default();
                self.enter(Phase::Wait);
                Some(Next::Show)
            }
            Phase::Wait => self.missing(&step, screen, now_ms, Phase::Caption(0)),
            Phase::Caption(told) => self.tell(&step, told, now_ms),
            Phase::Act(done) => self.act(&step, done, screen, now_ms),
            Phase::See => self.missing(&step, screen, now_ms, Phase::Picture),
            Phase::Picture => {
                self.enter(Phase::Rest);
                step.picture.map(Next::Picture)
            }
            Phase::Rest | Phase::Close(_) => {
                self.step += 1;
                self.enter(Phase::Wait);
                self.pause(now_ms, step.resting());
                (self.not_before > now_ms).then_some(Next::Rest(self.not_before))
            }
        }
    }

    fn tell(&mut self, step: &Step, told: usize, now_ms: u64) -> Option<Next> {
        let Some(caption) = &step.caption else {
            self.enter(Phase::Act(0));
            return None;
        };
        let parts = parts(caption);
        let Some(part) = parts.get(told) else {
            self.enter(Phase::Act(0));
            return None;
        };
        if now_ms < self.told_until {
            return Some(Next::Rest(self.told_until));
        }
        self.enter(Phase::Caption(told + 1));
        self.told_until = now_ms + self.paced(reading_part(part));
        // The last part is read on while its keys are pressed and what they do is seen.
        let lead = if told + 1 == parts.len() { LEAD } else { 1.0 };
        self.pause(now_ms, reading_part(part).mul_f64(lead));
        self.sign = Sign { caption: part.clone(), ..Sign::default() };
        Some(Next::Show)
    }

    fn act(&mut self, step: &Step, done: usize, screen: &str, now_ms: u64) -> Option<Next> {
        let Some(next) = act(step, done) else {
            self.enter(Phase::See);
            return None;
        };
        let enters = matches!(&next, Next::Press(key) if key == "enter" || key == "y");
        if enters && now_ms < self.enter_from {
            return Some(Next::Rest(self.enter_from));
        }
        if let (true, Next::Press(key)) = (enters, &next)
            && !offers(screen, key)
        {
            let until = *self.since.get_or_insert(now_ms) + OFFERED_MS;
            if now_ms < until {
                return Some(Next::Watch(until));
            }
        }
        self.enter(Phase::Act(done + 1));
        self.enter_from = self.enter_from.max(now_ms + IN_SIGHT_MS);
        if done == 0 {
            self.sign.keys.clear();
        }
        match &next {
            Next::Press(key) => self.sign.keys.push(key.clone()),
            Next::Type(letter) if done == 0 => self.sign.keys.push(letter.to_string()),
            Next::Type(letter) => self.sign.keys.iter_mut().for_each(|text| text.push(*letter)),
            _ => self.sign.keys.push("paste".to_owned()),
        }
        self.pause(now_ms, if matches!(next, Next::Type(_)) { LETTER } else { KEY });
        if enters {
            self.enter_from = now_ms + ENTERS_APART_MS;
        } else if matches!(next, Next::Paste(_)) {
            self.not_before = self.not_before.max(now_ms + PASTE.as_millis() as u64);
        }
        Some(next)
    }

    fn close(&mut self, now_ms: u64) -> Next {
        if self.phase == Phase::Close(true) {
            return Next::Done;
        }
        if now_ms < self.told_until {
            return Next::Rest(self.told_until);
        }
        self.enter(Phase::Close(true));
        self.not_before = now_ms + CLOSING.as_millis() as u64;
        self.sign = Sign::close(&self.tour);
        Next::Show
    }

    /// What must come and what must go in the phase that waits for it.
    fn wanted(&self) -> (&[String], &[String]) {
        match (self.tour.steps.get(self.step), self.phase) {
            (Some(step), Phase::Wait) => (&step.wait, &[]),
            (Some(step), Phase::See) => (&step.expect, &step.gone),
            _ => (&[], &[]),
        }
    }

    /// Whether a screen shows what is waited for.
    pub fn is_met(&self, screen: &str) -> bool {
        let (come, go) = self.wanted();
        come.iter().all(|text| sees(screen, text)) && !go.iter().any(|text| sees(screen, text))
    }

    fn missing(&mut self, step: &Step, screen: &str, now_ms: u64, then: Phase) -> Option<Next> {
        let (come, go) = self.wanted();
        let absent = come.iter().find(|text| !sees(screen, text));
        let present = go.iter().find(|text| sees(screen, text));
        let Some(text) = absent.or(present).cloned() else {
            if !come.is_empty() {
                self.place = come.to_vec();
            }
            if !step.expect.is_empty() || !step.gone.is_empty() || !step.wait.is_empty() {
                self.enter_from = self.enter_from.max(now_ms + IN_SIGHT_MS);
            }
            self.enter(then);
            return None;
        };
        let gone = absent.is_none();
        let deadline = *self.since.get_or_insert(now_ms) + PATIENCE_MS;
        if now_ms < deadline {
            return Some(Next::Watch(deadline));
        }
        let failure = Failure { step: self.step + 1, text, gone };
        let words = sign::lost(&failure);
        self.halt(Mode::Lost(failure.clone()), &words);
        Some(Next::Lost(failure))
    }

    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.since = None;
    }

    fn pause(&mut self, now_ms: u64, at_speed_1: Duration) {
        self.not_before = now_ms + self.paced(at_speed_1);
    }

    /// A time in milliseconds at the player's speed.
    fn paced(&self, at_speed_1: Duration) -> u64 {
        (at_speed_1.as_millis() as f64 / self.speed) as u64
    }
}

/// Whether the footer, the screen's last row, offers a key.
fn offers(screen: &str, key: &str) -> bool {
    let footer = screen.lines().rev().find(|row| !row.trim().is_empty());
    footer.is_some_and(|footer| footer.split_whitespace().any(|word| word == key))
}

fn act(step: &Step, done: usize) -> Option<Next> {
    match step.act.as_ref()? {
        Act::Press(keys) => keys.get(done).cloned().map(Next::Press),
        Act::Type(text) => text.chars().nth(done).map(Next::Type),
        Act::Paste(text) => (done == 0).then(|| Next::Paste(text.clone())),
    }
}
