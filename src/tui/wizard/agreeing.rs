//! Agreeing to a text on a page: it is read to its end, ticked, and the site's URL is typed.
//!
//! Owns these three in their order (rules D4, L5). They live here and die here, and are never part
//! of a draft. What is agreed to, and what follows, is the step's.

use super::step::{Refusal, Turn};
use crate::domain::untrusted::Untrusted;
use crate::tui::page::{Block, Edit, FieldSpec, RowSpec, Rows, TickRow, Ticks};
use crate::tui::screens::reading::Reading;
use crate::tui::theme::Tone;
use crate::tui::widget::field::Kind;

/// The row that opens the text.
pub const TEXT: &str = "agreement";
/// The tick.
pub const AGREE: &str = "agree";
/// The typed URL.
pub const CONFIRM: &str = "confirm";

/// How far one has come.
#[derive(Debug, Default)]
pub struct Agreeing {
    /// The text was read to its end.
    pub is_read: bool,
    /// The text is open: what comes from it says that it was read.
    pub is_reading: bool,
    /// The tick.
    pub agrees: bool,
    /// What stands in the field.
    pub typed: String,
}

impl Agreeing {
    /// Opens the text, to be read to its end.
    pub fn open(&mut self, title: String, text: &Untrusted) -> Turn {
        self.is_reading = true;
        // Untrusted as a whole: the names in it come from outside.
        let paragraphs = text.raw().split("\n\n").map(lines).collect();
        Turn::Push(Box::new(Reading::to_its_end(title, paragraphs)))
    }

    /// The text says that it was read to its end.
    pub fn end(&mut self) {
        self.is_reading = false;
        self.is_read = true;
    }

    /// Takes what was ticked or typed. After the tick the URL is next.
    pub fn edit(&mut self, edit: &Edit) -> Turn {
        match edit {
            Edit::Tick { list: AGREE, on, .. } => {
                self.agrees = *on;
                if self.agrees {
                    return Turn::Focus(CONFIRM);
                }
            }
            Edit::Text { field: CONFIRM, value } => self.typed.clone_from(value),
            _ => {}
        }
        Turn::Stay
    }

    /// Whether all of it is done; `without` says what does not happen without the tick.
    pub fn check(&self, site: &Untrusted, without: &'static str) -> Result<(), Refusal> {
        if !self.is_read {
            return Err(Refusal::field(TEXT, "Read the agreement to its end first."));
        }
        if !self.agrees {
            return Err(Refusal::field(AGREE, without));
        }
        if self.typed.trim().eq_ignore_ascii_case(site.raw()) {
            return Ok(());
        }
        let words = format!("Type the site's URL in full: {}", site.shown_in(60));
        Err(Refusal::field(CONFIRM, words))
    }

    /// The text, the tick under `label`, and the URL.
    pub fn blocks(&self, label: &str, site: &Untrusted) -> [Block; 3] {
        let told =
            if self.is_read { "✓ read to its end" } else { "enter opens it; read to its end" };
        let text = RowSpec {
            id: TEXT.to_owned(),
            tone: Tone::Text,
            end: None,
            cells: vec!["Read the agreement".to_owned(), told.to_owned()],
        };
        let tick = TickRow {
            id: AGREE.to_owned(),
            ticked: self.agrees,
            label: label.to_owned(),
            number: None,
            end: None,
            note: String::new(),
            disabled: (!self.is_read).then(|| "once it is read to its end".to_owned()),
        };
        // A letter typed at the tick is meant for the field, and goes there: the page says so before.
        let more = if self.is_read && !self.agrees { "; letters go here" } else { "" };
        let field = FieldSpec {
            key: CONFIRM,
            label: "Site URL".to_owned(),
            kind: Kind::Confirmation,
            value: self.typed.clone(),
            hint: format!("type {} in full, by hand{more}", site.shown_in(50)),
            error: None,
        };
        [
            Block::Rows(Rows { key: TEXT, rows: vec![text], empty: String::new() }),
            Block::Ticks(Ticks { key: AGREE, rows: vec![tick] }),
            Block::Field(field),
        ]
    }
}

/// A paragraph of lines, each made harmless.
fn lines(paragraph: &str) -> String {
    let lines: Vec<String> =
        paragraph.lines().map(|line| Untrusted::new(line).shown().to_string()).collect();
    lines.join("\n")
}
