//! Tours: scripts that play the demo, read as data.
//!
//! Owns the format of `demo/tours/*.toml` and its checks. Playing is [`player`]'s; the keys are
//! spelled as in the key table and read by whoever presses them. Must not know a terminal.

pub mod caption;
pub mod player;
pub mod seen;
pub mod shelf;

use std::time::Duration;

use serde::Deserialize;

/// A tour.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tour {
    /// What it shows, in a few words; on its first card.
    pub title: String,
    /// What happens in it, in a sentence; on its first card, and where tours are listed.
    #[serde(default)]
    pub about: String,
    /// What to take away from it, in a sentence; on its last card.
    #[serde(default)]
    pub close: String,
    /// The steps, in order.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
}

/// One step: wait for something, say something, do something, see what comes of it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Step {
    /// Texts that must be on the screen before anything is done.
    pub wait: Vec<String>,
    /// What to tell the audience from here on; empty ends the caption.
    pub caption: Option<String>,
    /// What is done.
    #[serde(flatten)]
    pub act: Option<Act>,
    /// Texts that must then come onto the screen.
    pub expect: Vec<String>,
    /// Texts that must then go from the screen.
    pub gone: Vec<String>,
    /// How long to rest at the end, in seconds at speed 1.
    pub rest: Option<f64>,
    /// The name of a still picture to take at the end.
    pub picture: Option<String>,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Presses keys, one after the other, by their spelling in the key table.
    Press(Vec<String>),
    /// Types text, letter by letter.
    Type(String),
    /// Pastes text.
    Paste(String),
}

/// Why a tour cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum TourError {
    /// It is no TOML, or not of this shape.
    #[error("{0}")]
    Format(#[from] toml::de::Error),
    /// A step says nothing to do or to see.
    #[error("step {0} is empty: give it wait, caption, press, type, paste, expect, gone or rest")]
    EmptyStep(usize),
    /// A text that is on every screen.
    #[error("step {0} waits for an empty text")]
    EmptyText(usize),
    /// A rest that is no time.
    #[error("step {0} rests for no time, or for more than a minute")]
    Rest(usize),
}

impl Tour {
    /// Reads a tour.
    ///
    /// # Errors
    /// A [`TourError`] that names the place.
    pub fn read(text: &str) -> Result<Self, TourError> {
        let tour: Self = toml::from_str(text)?;
        for (at, step) in tour.steps.iter().enumerate() {
            step.check(at + 1)?;
        }
        Ok(tour)
    }

    /// How long it takes at speed 1, about: what is to be read, the rests and the keys.
    pub fn lasts(&self) -> Duration {
        let step = |step: &Step| {
            let told = step.caption.as_deref().map_or(Duration::ZERO, caption::reading);
            told.mul_f64(0.8)
                + step.resting()
                + step.act.as_ref().map_or(Duration::ZERO, Act::lasts)
        };
        player::TITLE + player::CLOSING + self.steps.iter().map(step).sum::<Duration>()
    }
}

impl Step {
    fn check(&self, number: usize) -> Result<(), TourError> {
        if *self == Self::default() {
            return Err(TourError::EmptyStep(number));
        }
        if [&self.wait, &self.expect, &self.gone]
            .into_iter()
            .flatten()
            .any(|text| text.trim().is_empty())
        {
            return Err(TourError::EmptyText(number));
        }
        match self.rest {
            Some(seconds) if !(seconds > 0.0 && seconds <= 60.0) => Err(TourError::Rest(number)),
            _ => Ok(()),
        }
    }

    /// How long to rest at speed 1 once everything is seen: as told, or long enough to look.
    fn resting(&self) -> Duration {
        let looking = match (self.expect.is_empty() && self.gone.is_empty(), &self.caption) {
            (true, _) => 0.4,
            (false, None) => 1.0,
            (false, Some(_)) => 2.0,
        };
        Duration::from_secs_f64(self.rest.unwrap_or(looking))
    }
}

impl Act {
    fn lasts(&self) -> Duration {
        match self {
            Self::Press(keys) => player::KEY * u32::try_from(keys.len()).unwrap_or(u32::MAX),
            Self::Type(text) => {
                player::LETTER * u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
            }
            Self::Paste(_) => player::PASTE,
        }
    }
}

#[cfg(test)]
mod tests;
