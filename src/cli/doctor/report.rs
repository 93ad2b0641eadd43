//! What the doctor found, and how it is told.
//!
//! Owns the finding and its layout: a line each, by part, with the remedy below it.

use std::fmt::Write as _;

use serde::Serialize;

use crate::cli::grid::{Cell, Column};
use crate::domain::sentence::wrapped;

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be.
    Fine,
    /// Works, but may surprise.
    Look,
    /// Does not work.
    Wrong,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Look => "look",
            Self::Wrong => "wrong",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which part it belongs to, such as `terminal`.
    pub part: &'static str,
    /// What was looked at.
    pub name: String,
    /// How it is.
    pub state: State,
    /// What was found.
    pub told: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

impl Finding {
    /// The same, with what to do about it.
    #[must_use]
    pub fn remedy(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }
}

/// The columns of the table as CSV.
pub const COLUMNS: &[Column<Finding>] = &[
    Column { name: "part", cell: |finding| Cell::Word(finding.part) },
    Column { name: "name", cell: |finding| Cell::plain_text(&finding.name) },
    Column { name: "state", cell: |finding| Cell::Word(finding.state.word()) },
    Column { name: "told", cell: |finding| Cell::plain_text(&finding.told) },
    Column {
        name: "remedy",
        cell: |finding| Cell::maybe(finding.remedy.as_deref(), Cell::plain_text),
    },
];

/// The widest name of what was looked at.
const NAME: usize = 15;
/// Where what was found begins.
const INDENT: usize = 2 + 5 + 2 + NAME + 1;
/// The columns of a pipe, and the most that is read with ease.
const WIDEST: usize = 100;

/// The report, in lines of at most so many columns.
pub fn told(found: &[Finding], width: Option<usize>) -> String {
    let room = width.unwrap_or(WIDEST).min(WIDEST).saturating_sub(INDENT).max(24);
    let mut out = String::new();
    let mut part = "";
    for finding in found {
        if finding.part != part {
            part = finding.part;
            let gap = if out.is_empty() { "" } else { "\n" };
            let _ = writeln!(out, "{gap}{}", part.to_uppercase());
        }
        let head = format!("  {:<5}  {:<NAME$} ", finding.state.word(), finding.name);
        paragraph(&mut out, &head, &finding.told, room);
        if let Some(remedy) = &finding.remedy {
            paragraph(&mut out, &" ".repeat(INDENT), &format!("do: {remedy}"), room);
        }
    }
    let count = |state| found.iter().filter(|finding| finding.state == state).count();
    let (wrong, look, fine) = (count(State::Wrong), count(State::Look), count(State::Fine));
    let _ = writeln!(out, "\n{wrong} wrong, {look} to look at, {fine} fine.");
    out
}

fn paragraph(out: &mut String, head: &str, text: &str, room: usize) {
    let mut head = head.to_owned();
    for line in wrapped(text, room).lines() {
        let _ = writeln!(out, "{}", format!("{head}{line}").trim_end());
        head = " ".repeat(INDENT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_fits_and_the_remedy_stands_below_what_is_wrong() {
        let long = "the mail server cannot be reached: connection refused by the other side, twice";
        let finding = |state, remedy: Option<&str>| Finding {
            part: "mail",
            name: "hello".to_owned(),
            state,
            told: long.to_owned(),
            remedy: remedy.map(str::to_owned),
        };
        let found =
            [finding(State::Fine, None), finding(State::Wrong, Some("Start it, then look again."))];
        let text = told(&found, Some(80));
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        assert!(text.starts_with("MAIL\n  fine   hello"), "{text}");
        let (wrong, remedy) = (text.find("wrong  hello"), text.find("do: Start it"));
        assert!(wrong.is_some() && wrong < remedy, "{text}");
        assert!(text.ends_with("\n1 wrong, 0 to look at, 1 fine.\n"), "{text}");
    }
}
