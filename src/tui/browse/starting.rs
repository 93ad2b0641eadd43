//! What home shows of a backend that is starting: how far it is. It is asked again by itself.
//!
//! Owns when it is asked again, and the picture. Must not know what the backend does meanwhile but
//! in its own words.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::api::call::ApiError;
use crate::api::problem::Starting;
use crate::tui::screen::{Cx, Look};
use crate::tui::theme::Tone;
use crate::tui::when::thousands;
use crate::tui::widget::{bar, text};

/// A backend that is starting is asked again after so many milliseconds.
const STARTING_MS: u64 = 200;
/// One that could not be reached, after so many.
const AWAY_MS: u64 = 2_000;
/// So wide is what is told at the most.
const WIDE: u16 = 56;

/// The first answers, which do not come yet.
#[derive(Debug, Default)]
pub struct First {
    starting: Option<Starting>,
    again: Option<u64>,
}

impl First {
    /// Takes why the first answer did not come; nothing: it came.
    pub fn note(&mut self, error: Option<&ApiError>, cx: &mut Cx<'_>) {
        let Some(error) = error else {
            *self = Self::default();
            return;
        };
        self.starting = match error {
            ApiError::Problem(problem) => problem.starting.clone(),
            ApiError::Unreachable(_) | ApiError::Unanswered(_) => None,
            // Asking again would be answered in the same way.
            ApiError::Malformed(_) => return,
        };
        let unavailable = matches!(error, ApiError::Problem(problem) if problem.status == 503);
        let rest = match self.starting {
            Some(_) => STARTING_MS,
            None if unavailable || matches!(error, ApiError::Unreachable(_)) => AWAY_MS,
            None => return,
        };
        let at = cx.now_ms + rest;
        self.again = Some(at);
        cx.wake_at(at);
    }

    /// Whether it is time to ask again; once.
    pub fn is_due(&mut self, now_ms: u64) -> bool {
        self.again.take_if(|at| *at <= now_ms).is_some()
    }

    /// How far the backend is, where it is starting.
    pub fn starting(&self) -> Option<&Starting> {
        self.starting.as_ref()
    }
}

/// How far it is, in the middle of the screen.
pub fn view(starting: &Starting, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    let width = area.width.saturating_sub(4).min(WIDE);
    let top = area.height.saturating_sub(4) / 3;
    let row = |n: u16| Rect {
        x: area.x + (area.width - width) / 2,
        y: (area.y + top + n).min(area.bottom().saturating_sub(1)),
        width,
        height: 1,
    };
    text::put(buf, row(0), "The backend is starting", look.ink(Tone::Title));
    let step = match starting.step.shown().as_str() {
        "" => String::new(),
        step => format!("It is {step}."),
    };
    if starting.of == 0 {
        text::put(buf, row(2), &step, look.ink(Tone::Muted));
        return;
    }
    bar::view(starting.done, starting.of, look.theme, row(2), buf);
    let many = format!("{step} {} of {}", thousands(starting.done), thousands(starting.of));
    text::put(buf, row(3), &many, look.ink(Tone::Muted));
}
