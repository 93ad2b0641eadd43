//! Welcome as it is drawn, and as it is told line by line.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{At, Welcome, terms};
use crate::tui::layout;
use crate::tui::screen::{Look, Told};
use crate::tui::theme::Tone;
use crate::tui::widget::text;
use crate::tui::wizard::stepper::{self, Stage, Standing};

impl Welcome {
    fn stages(&self) -> [Stage<'static>; 3] {
        At::ALL.map(|at| Stage {
            title: match at {
                At::Code => "Code",
                At::Password if self.signs_in() => "Sign in",
                At::Password => "Password",
                At::Terms => "Terms",
            },
            standing: match at.cmp(&self.at) {
                std::cmp::Ordering::Less => Standing::Done,
                std::cmp::Ordering::Equal => Standing::Current,
                std::cmp::Ordering::Greater => Standing::ToDo,
            },
        })
    }

    fn happens_next(&self) -> &'static [&'static str] {
        match self.at {
            At::Code => &[
                "A code works once, and for 7 days. Whoever sent it can send a new one.",
                "Nothing happens before you accept the terms on the last page.",
            ],
            At::Password if self.signs_in() => {
                &["You keep the password you have.", "Then come the terms of service."]
            }
            At::Password => &[
                "You sign in with it from now on. It is kept as a hash; nobody can read it.",
                "Then come the terms of service.",
            ],
            At::Terms => &[
                "Accepting signs you in and makes the code void.",
                "Then come the services: their setup, or Contact Center where that is done.",
            ],
        }
    }

    /// The page as data; the terms stand whole before what one says to them.
    pub(super) fn in_lines(&self) -> Told {
        let mut told = self.sheet.told();
        if let (At::Terms, Some(shown)) = (self.at, self.shown()) {
            told.above.extend(shown.terms.text.lines().map(str::to_owned));
        }
        told.above.extend(self.refusal.iter().map(|why| format!("Not yet: {why}")));
        told.below = self.happens_next().iter().map(|line| (*line).to_owned()).collect();
        told
    }

    /// Draws it.
    pub(super) fn draw(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        let parts = layout::wizard(area, false);
        stepper::steps(&self.stages(), None, look, parts.steps, buf);
        if let (At::Terms, Some(shown)) = (self.at, self.shown()) {
            self.terms.view(&shown.terms, look, area, buf);
        }
        let rest = self.sheet.view(look, self.room(area), buf);
        if let Some(aside) = parts.aside {
            stepper::happens_next(self.happens_next(), look, aside, buf);
        } else {
            let rest = layout::inset(rest, 1);
            stepper::happens_below(self.happens_next(), false, look, rest, buf);
        }
        let status = layout::inset(parts.status, 1);
        let last = status.height.checked_sub(1).and_then(|n| layout::row(status, n));
        if let (Some(refusal), Some(row)) = (&self.refusal, last) {
            text::put(buf, row, &format!("✗ {refusal}"), look.ink(Tone::Refused));
        }
    }

    /// The room of the page; the terms stand above it.
    pub(super) fn room(&self, body: Rect) -> Rect {
        let page = layout::wizard(body, false).page;
        if self.at == At::Terms && self.shown().is_some() { terms::below(page) } else { page }
    }
}
