//! Whether what was told under a number still stands there when the number is said.
//!
//! Owns that a page which changes while somebody listens never makes a number mean another thing: it does
//! what it meant when it was told, or nothing. Must not do anything.

use super::lines;
use super::numbers::name;
use super::{Item, Reader};
use crate::tui::app::App;
use crate::tui::page::Stop;
use crate::tui::screens::listed::ABOUT;

/// What is said where it does not.
pub(super) const CHANGED: &str =
    "has changed meanwhile, and nothing was done. The page as it is now:\n";

impl Reader {
    /// The place, on the page as it is now, of what was told under a number; none where it is gone or
    /// says something else.
    pub(super) fn still(&self, number: usize, at: usize, stop: &Stop, app: &App) -> Option<usize> {
        let now = lines::speak(app, &self.search, self.quiet, &mut self.numbers.clone());
        let told = under(number, &self.before.1);
        let (mut same, mut alike) = (Vec::new(), Vec::new());
        for (number, item) in &now.items {
            let Item::Stop(place, other) = item else { continue };
            match (stop, &**other) {
                // A row that is counted goes by what it says; where that counts on, by its place too.
                (Stop::Row(list, id), Stop::Row(other, _)) if id.parse::<usize>().is_ok() => {
                    let says = under(*number, &now.lines);
                    if list == other && says == told {
                        same.push(*place);
                    } else if list == other && says.map(uncounted) == told.map(uncounted) {
                        alike.push(*place);
                    }
                }
                (Stop::Field(_) | Stop::Pick(_), other)
                    if lines::name(other) != lines::name(stop) => {}
                (_, other) if name(other) == name(stop) => same.push(*place),
                _ => {}
            }
        }
        let here = |places: &[usize]| places.iter().copied().find(|place| *place == at);
        here(&same).or_else(|| same.first().copied()).or_else(|| here(&alike))
    }

    /// Whether what is said without a number would be about something else than was told.
    pub(super) fn is_about_another(&self, app: &App) -> bool {
        let about = |lines: &[String]| {
            lines.iter().find(|line| line.starts_with(ABOUT)).map(|line| uncounted(line))
        };
        let told = about(&self.before.1);
        let now = lines::speak(app, &self.search, self.quiet, &mut self.numbers.clone());
        told.is_some() && about(&now.lines) != told
    }
}

/// What is told under a number.
pub(super) fn under(number: usize, lines: &[String]) -> Option<&str> {
    let begin = format!("{number}. ");
    lines.iter().find_map(|line| line.strip_prefix(&begin))
}

/// A text without its numbers: those that grow make nothing another thing.
fn uncounted(text: &str) -> String {
    text.chars().filter(|c| !c.is_ascii_digit()).collect()
}
