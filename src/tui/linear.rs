//! Accessible mode: the same pages and acts, told line by line and answered by lines.
//!
//! Owns how a page is told (numbers, names, no drawing and no colour) and what a line means. Pure:
//! who reads and writes the lines is `runtime::linear`. Must hold no rule and no page of its own.

mod answer;
mod lines;
mod numbers;
mod still;

use std::collections::BTreeMap;

use self::numbers::Numbers;
use super::app::App;
use super::app::linear::Act;
use super::keymap::Action;
use super::page::Stop;
use super::reach::Go;
use super::widget::field::Kind;

pub use answer::{Heard, Need};

/// So many places of home, or users of a list, are told at once.
pub const SHOWN: usize = 20;

/// Of so many ticks that change at once each is told; of more, how many.
const MANY: usize = 5;
const TICKED: &str = ": ticked";
const NOT_TICKED: &str = ": not ticked";

/// Somebody who reads along.
#[derive(Debug, Default)]
pub struct Reader {
    /// No hints: only what is there and what is asked.
    pub quiet: bool,
    /// What was told last, and where that was.
    before: (String, Vec<String>),
    /// What a number means now.
    items: BTreeMap<usize, Item>,
    /// The numbers that were given out on the page.
    numbers: Numbers,
    /// What was said last was not done: an empty line behind it goes nowhere.
    refused: bool,
    /// A line was done, and what came of it is not told yet.
    answers: bool,
    /// The words that the places of home are looked for by.
    search: String,
}

/// What stands under a number.
#[derive(Debug, Clone)]
pub(super) enum Item {
    /// Something on the page, by its place among the page's stops.
    Stop(usize, Box<Stop>),
    /// A place to go to.
    Go(Go),
    /// Why that cannot be done.
    Not(String),
}

impl Item {
    /// The field that asks for a number which confirms, where it is one.
    fn count(&self) -> Option<&'static str> {
        let Self::Stop(_, stop) = self else { return None };
        match &**stop {
            Stop::Field(spec) if spec.kind == Kind::Count => Some(spec.key),
            _ => None,
        }
    }
}

impl Reader {
    /// Somebody who wants hints, or not.
    pub fn new(quiet: bool) -> Self {
        Self { quiet, ..Self::default() }
    }

    /// Everything, as when one comes to it.
    pub fn all(&mut self, app: &App) -> String {
        self.before = Default::default();
        self.told(app)
    }

    /// What is new since it was told last: all of another page, the lines that changed of the same.
    pub fn told(&mut self, app: &App) -> String {
        let spoken = lines::speak(app, &self.search, self.quiet, &mut self.numbers);
        let same = spoken.title == self.before.0;
        let mut out = String::new();
        if !same {
            out.push_str(&format!("\n{}\n", spoken.title));
        }
        // A refusal is told each time it is met: where nothing else came of a line, and where a count
        // was said.
        let silent = same && spoken.lines.iter().all(|line| self.before.1.contains(line));
        let met = std::mem::take(&mut self.answers) && (silent || spoken.counts);
        let ticked = if same { self.ticked(&spoken.lines) } else { Vec::new() };
        if ticked.len() > MANY {
            out.push_str(&ticks_told(&ticked));
        }
        // What stands below a heading that is new is new with it, whatever it says.
        let mut below = false;
        for line in &spoken.lines {
            if ticked.len() > MANY && ticked.contains(&line.as_str()) {
                continue;
            }
            let new = !same || !self.before.1.contains(line) || (met && is_refusal(line));
            if is_heading(line) {
                below = new;
            }
            if new || below {
                out.push_str(line);
                out.push('\n');
            }
        }
        self.items = spoken.items;
        self.before = (spoken.title, spoken.lines);
        out
    }

    /// The lines that say of what was told already that it is ticked, or is not any more.
    fn ticked<'a>(&self, lines: &'a [String]) -> Vec<&'a str> {
        let turned = |line: &str| {
            let ticked = !line.contains(NOT_TICKED);
            let (was, is) = if ticked { (TICKED, NOT_TICKED) } else { (NOT_TICKED, TICKED) };
            line.replacen(was, is, 1)
        };
        let told = |line: &&str| {
            let was = turned(line);
            was != *line && self.before.1.contains(&was)
        };
        lines.iter().map(String::as_str).filter(told).collect()
    }

    /// Whether the page says this now, told or not.
    pub fn says(&self, words: &str, app: &App) -> bool {
        let now = lines::speak(app, &self.search, self.quiet, &mut self.numbers.clone());
        now.lines.iter().any(|line| line.contains(words)) || now.title.contains(words)
    }

    /// How far what goes on by itself has come.
    pub fn progress(app: &App) -> Option<(u64, u64, String)> {
        let (done, total) = app.under_way()?;
        Some((done, total, format!("{} done\n", lines::how_far(done, total))))
    }

    /// The acts there are, a line each.
    pub fn acts(app: &App) -> String {
        let acts = worth_naming(app);
        let name = acts.iter().map(|act| act.name.len()).max().unwrap_or(0);
        let line = |act: &Act| format!("{:name$}  {}\n", act.name, act.help);
        acts.iter().map(line).collect()
    }
}

/// Many ticks that changed at once.
fn ticks_told(lines: &[&str]) -> String {
    let ticked = lines.iter().filter(|line| !line.contains(NOT_TICKED)).count();
    let not = lines.len() - ticked;
    match (ticked, not) {
        (_, 0) => format!("{ticked} of these are ticked now; again tells which.\n"),
        (0, _) => format!("{not} of these are not ticked any more; again tells which.\n"),
        _ => format!("Of these, {ticked} are ticked now and {not} no more; again tells which.\n"),
    }
}

/// Whether a line says why one cannot go on.
fn is_refusal(line: &str) -> bool {
    line.starts_with(lines::NOT_YET)
}

/// Whether a line is told over those that follow.
fn is_heading(line: &str) -> bool {
    line.ends_with(':') && !line.starts_with(|c: char| c.is_ascii_digit())
}

/// The acts that mean something without a screen: no movements.
fn worth_naming(app: &App) -> Vec<Act> {
    let useless = |action: Action| {
        action.motion().is_some()
            || matches!(
                action,
                Action::NextPane
                    | Action::PreviousPane
                    | Action::Left
                    | Action::Right
                    | Action::Tick
                    | Action::Open
                    | Action::Copy
                    | Action::Filter
                    | Action::Range
                    | Action::RangeUp
                    | Action::RangeDown
                    | Action::Redraw
                    | Action::Suspend
                    | Action::ForceQuit
                    | Action::Palette
                    | Action::Help
                    | Action::Tours
            )
    };
    // Where a text is read, opening is having read it.
    let reads = app.reads();
    let worth = |act: &Act| !useless(act.action) || (reads && act.action == Action::Open);
    app.acts_now().into_iter().filter(worth).collect()
}
