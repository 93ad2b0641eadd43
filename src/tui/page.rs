//! A wizard page as data: prose, fields, choices, checks, numbers, rows.
//!
//! Owns the vocabulary in which a step describes what is on its page. `view` draws it, `state`
//! holds focus and scrolling; another reader may ask it line by line. Must not hold behaviour:
//! what the operator does comes back to the step as an [`Edit`].

mod lines;
mod parts;
mod pick;
mod press;
mod rhythm;
mod state;
mod view;
mod window;

pub use pick::{PickOption, PickSpec};
pub use press::{Press, Then};
pub use state::PageState;
pub use view::{Drawn, below, draw, rooms};
pub use window::Window;

use super::theme::Tone;
use super::widget::field::Kind;
use crate::domain::sentence::one_stop;
use crate::domain::untrusted::Shown;

/// A page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// What is on it, from the top.
    pub blocks: Vec<Block>,
    /// The same act as a command line, shown above the footer.
    pub same_as: Option<String>,
    /// By the row that has the focus: the act that it stands for, in place of the page's.
    pub rows_same_as: Vec<(String, String)>,
    /// One line above that: what the answers would do, as coloured pieces.
    pub consequences: Vec<Piece>,
    /// One line above the consequences: whom they are about.
    pub scope: Option<String>,
    /// The field or list that has the focus until the operator moves it; else what is chosen, else
    /// the first that can be acted on.
    pub first: Option<&'static str>,
    /// What stands at the top comes first, whatever has the focus: it opens there.
    pub from_top: bool,
    /// A list of which only the rows around one are drawn.
    pub window: Option<Window>,
    /// Why one cannot go on, and the field or list under which that stands.
    pub refused: Option<(&'static str, String)>,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What it means.
    pub tone: Tone,
    /// What it says.
    pub text: String,
}

/// One thing on a page.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A paragraph, wrapped.
    Prose {
        /// What it means.
        tone: Tone,
        /// What it says.
        text: String,
    },
    /// A heading over what follows.
    Heading(String),
    /// A sentence that wants to be noticed: done, attention, refused.
    Notice {
        /// What it means.
        tone: Tone,
        /// What it says.
        text: String,
    },
    /// Labels with values.
    Facts(Vec<(String, String)>),
    /// Things with the state each is in: what it means, its name, the words.
    States(Vec<(Tone, String, String)>),
    /// A text field.
    Field(FieldSpec),
    /// A field that takes one of many: what is typed finds it.
    Pick(PickSpec),
    /// One of several.
    Choice(Choice),
    /// Any of several.
    Ticks(Ticks),
    /// Numbers with words, aligned at the right of the numbers.
    Tally(Vec<TallyRow>),
    /// How far something has come.
    Progress {
        /// Done so far.
        done: u64,
        /// Of how many.
        total: u64,
        /// What, and how it stands.
        words: String,
    },
    /// A value to copy with `y`; on lines of its own, never cut.
    Value {
        /// What it is.
        label: String,
        /// The value.
        value: Shown,
    },
    /// Rows to look at or to open.
    Rows(Rows),
    /// An empty line.
    Gap,
}

/// A text field.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldSpec {
    /// Its name, unique on the page.
    pub key: &'static str,
    /// What is asked.
    pub label: String,
    /// What it takes.
    pub kind: Kind,
    /// The answer so far.
    pub value: String,
    /// What to know, in a few words beside or below it.
    pub hint: String,
    /// What is wrong with the answer.
    pub error: Option<String>,
}

/// One of several.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Its name, unique on the page.
    pub key: &'static str,
    /// What can be chosen.
    pub options: Vec<ChoiceOption>,
    /// The id of what is chosen.
    pub chosen: Option<String>,
}

/// Something to choose.
#[derive(Debug, Clone, PartialEq)]
pub struct ChoiceOption {
    /// Its name.
    pub id: String,
    /// What it is.
    pub label: String,
    /// What it means, wrapped below it.
    pub detail: String,
    /// Why it cannot be chosen; below what it means.
    pub disabled: Option<String>,
}

/// Any of several, one line each.
#[derive(Debug, Clone, PartialEq)]
pub struct Ticks {
    /// Its name, unique on the page.
    pub key: &'static str,
    /// The lines.
    pub rows: Vec<TickRow>,
}

/// One line with a tick.
#[derive(Debug, Clone, PartialEq)]
pub struct TickRow {
    /// Its name.
    pub id: String,
    /// Whether it is ticked.
    pub ticked: bool,
    /// What it is.
    pub label: String,
    /// A number at the right of the label.
    pub number: Option<u64>,
    /// What the note means, where that is not only an explanation.
    pub end: Option<Tone>,
    /// What to know, after the number.
    pub note: String,
    /// Why it cannot be ticked; shown instead of the note.
    pub disabled: Option<String>,
}

/// A number with words.
#[derive(Debug, Clone, PartialEq)]
pub struct TallyRow {
    /// The row can be opened under this name.
    pub id: Option<String>,
    /// How far it is moved in: 0 for totals, 1 for what they are made of.
    pub depth: u8,
    /// What it means; zeroes are drawn quietly whatever they mean.
    pub tone: Tone,
    /// The number.
    pub number: u64,
    /// What is counted.
    pub words: String,
    /// What to know, in the next column.
    pub note: String,
}

/// Rows with columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    /// Its name, unique on the page.
    pub key: &'static str,
    /// The rows.
    pub rows: Vec<RowSpec>,
    /// What to say when there are none.
    pub empty: String,
}

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub struct RowSpec {
    /// Its name.
    pub id: String,
    /// What it means.
    pub tone: Tone,
    /// What its last column means, where that is not only an explanation.
    pub end: Option<Tone>,
    /// Its columns; all rows of a list share the columns' widths.
    pub cells: Vec<String>,
}

/// What the operator did on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Wrote into a field.
    Text {
        /// The field.
        field: &'static str,
        /// The text now.
        value: String,
    },
    /// Chose an option.
    Pick {
        /// The choice, or the field that takes one of many.
        choice: &'static str,
        /// The option.
        id: String,
    },
    /// Ticked or unticked a line.
    Tick {
        /// The list.
        list: &'static str,
        /// The line.
        id: String,
        /// Ticked now.
        on: bool,
    },
    /// Opened a row.
    Open {
        /// The list; `tally` for numbers.
        list: &'static str,
        /// The row.
        id: String,
    },
}

/// Something on a page that can have the focus.
#[derive(Debug, Clone, PartialEq)]
pub enum Stop {
    /// A field.
    Field(FieldSpec),
    /// A field that takes one of many.
    Pick(PickSpec),
    /// An option: the choice, the option.
    Option(&'static str, ChoiceOption),
    /// A line with a tick: the list, the line.
    Tick(&'static str, TickRow),
    /// A row that can be opened: the list (`tally` for numbers) and the row's name.
    Row(&'static str, String),
    /// A value that can be copied.
    Value(Shown),
}

/// Whether what is written there is not to be shown.
pub fn is_secret(stop: &Stop) -> bool {
    matches!(stop, Stop::Field(spec) if spec.kind == Kind::Secret)
}

impl Stop {
    /// Tells it from all others on the page, whatever stands before it.
    fn name(&self) -> String {
        match self {
            Self::Field(spec) => spec.key.to_owned(),
            Self::Pick(spec) => spec.field.key.to_owned(),
            Self::Option(key, option) => format!("{key} {}", option.id),
            Self::Tick(key, row) => format!("{key} {}", row.id),
            Self::Row(key, id) => format!("{key} {id}"),
            Self::Value(value) => value.to_string(),
        }
    }
}

impl Page {
    /// A page with these blocks.
    pub fn new(blocks: Vec<Block>) -> Self {
        Self { blocks, ..Self::default() }
    }

    /// Whether a number that confirms is asked for, and something was said.
    pub fn has_count(&self) -> bool {
        let said = |spec: &FieldSpec| spec.kind == Kind::Count && !spec.value.is_empty();
        self.blocks.iter().any(|block| matches!(block, Block::Field(spec) if said(spec)))
    }

    /// What can have the focus, from the top.
    pub fn stops(&self) -> Vec<Stop> {
        let mut stops = Vec::new();
        for block in &self.blocks {
            match block {
                Block::Field(spec) => stops.push(Stop::Field(spec.clone())),
                Block::Pick(spec) => stops.push(Stop::Pick(spec.clone())),
                Block::Choice(choice) => stops.extend(
                    choice.options.iter().map(|option| Stop::Option(choice.key, option.clone())),
                ),
                Block::Ticks(ticks) => {
                    stops.extend(ticks.rows.iter().map(|row| Stop::Tick(ticks.key, row.clone())));
                }
                Block::Tally(rows) => {
                    let named = rows.iter().filter_map(|row| row.id.clone());
                    stops.extend(named.map(|id| Stop::Row("tally", id)));
                }
                Block::Rows(rows) => {
                    stops.extend(rows.rows.iter().map(|row| Stop::Row(rows.key, row.id.clone())));
                }
                Block::Value { value, .. } => stops.push(Stop::Value(value.clone())),
                Block::Prose { .. }
                | Block::Heading(_)
                | Block::Notice { .. }
                | Block::Facts(_)
                | Block::States(_)
                | Block::Progress { .. }
                | Block::Gap => {}
            }
        }
        stops
    }
}

impl Page {
    /// Whether it becomes longer and shorter as one moves in its list: what stands below it would
    /// move with every key.
    pub fn moves(&self) -> bool {
        self.window.as_ref().is_some_and(|window| !window.fills)
    }

    /// Why one cannot go on, in the line below the page: short where the field says it itself.
    pub fn why_not(&self, field: Option<&str>, why: &str) -> String {
        let specs = self.blocks.iter().filter_map(|block| match block {
            Block::Field(spec) => Some(spec),
            Block::Pick(spec) => Some(&spec.field),
            _ => None,
        });
        let mut says = specs.filter(|spec| spec.error.is_some());
        match says.find(|spec| Some(spec.key) == field) {
            Some(spec) => format!("{} is not right yet; the line below it says why.", spec.label),
            None => why.to_owned(),
        }
    }
}

impl Block {
    /// Whether it is the field or list of this name, and does not say itself what is wrong.
    fn is_named(&self, name: &str) -> bool {
        match self {
            Self::Field(spec) => spec.key == name && spec.error.is_none(),
            Self::Pick(spec) => spec.field.key == name && spec.field.error.is_none(),
            Self::Choice(choice) => choice.key == name,
            Self::Ticks(ticks) => ticks.key == name,
            Self::Rows(rows) => rows.key == name,
            _ => false,
        }
    }

    /// A paragraph of ordinary text.
    pub fn prose(text: impl Into<String>) -> Self {
        Self::Prose { tone: Tone::Text, text: one_stop(text) }
    }

    /// A quiet paragraph.
    pub fn aside(text: impl Into<String>) -> Self {
        Self::Prose { tone: Tone::Muted, text: one_stop(text) }
    }

    /// A sentence that wants to be noticed.
    pub fn notice(tone: Tone, text: impl Into<String>) -> Self {
        Self::Notice { tone, text: one_stop(text) }
    }
}

impl Piece {
    /// A piece of a line.
    pub fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self { tone, text: text.into() }
    }
}
