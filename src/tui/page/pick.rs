//! A field that takes one of many: what is typed finds it.
//!
//! Owns the ranking of what matches and the lines below the field while it has the focus. What is
//! picked, and what the text means, is the step's.

use super::FieldSpec;
use super::lines::{DrawnLine, INDENT, Lines, NARROW};
use crate::domain::fold::fold;
use crate::tui::theme::Tone;
use crate::tui::widget::rows::Cursor;
use crate::tui::widget::text::width;

/// So many matches are drawn at a time.
const MOST: usize = 6;

/// A field that takes one of many.
#[derive(Debug, Clone, PartialEq)]
pub struct PickSpec {
    /// The field; its value is what was typed, or the label of what was picked.
    pub field: FieldSpec,
    /// What matches, best first; none once the text is the label of one.
    pub options: Vec<PickOption>,
}

/// Something to pick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickOption {
    /// Its name; what is typed may be it.
    pub id: String,
    /// What it is.
    pub label: String,
    /// What to know about it.
    pub note: String,
}

impl PickSpec {
    /// A field over these options, of which those that match the field's text are kept.
    pub fn new(field: FieldSpec, all: impl IntoIterator<Item = PickOption>) -> Self {
        let options = matching(&field.value, all);
        Self { field, options }
    }
}

/// Those that match, best first: named so, beginning so, with a word that does, holding it.
fn matching(typed: &str, all: impl IntoIterator<Item = PickOption>) -> Vec<PickOption> {
    let wanted = plain(typed.trim());
    let mut found: Vec<(u8, PickOption)> =
        all.into_iter().filter_map(|option| Some((rank(&wanted, &option)?, option))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    let exact = matches!(found.as_slice(), [(_, only)] if plain(&only.label) == wanted);
    if exact { Vec::new() } else { found.into_iter().map(|(_, option)| option).collect() }
}

fn rank(wanted: &str, option: &PickOption) -> Option<u8> {
    let label = plain(&option.label);
    if wanted.is_empty() || label == wanted || plain(&option.id) == wanted {
        Some(0)
    } else if label.starts_with(wanted) {
        Some(1)
    } else if label.contains(&format!(" {wanted}")) {
        Some(2)
    } else {
        label.contains(wanted).then_some(3)
    }
}

/// Without case, accents and punctuation: `america new york`.
fn plain(text: &str) -> String {
    let letter = |c: char| if c.is_alphanumeric() { c } else { ' ' };
    fold(text).chars().map(letter).collect()
}

impl Lines<'_> {
    /// The field, and below it, while it has the focus, what matches.
    pub(super) fn pick(&mut self, spec: &PickSpec, label_width: u16) {
        let open = self.focus.stop == self.stop && !spec.options.is_empty();
        if !open {
            return self.field(&spec.field, label_width);
        }
        let stop = self.stop;
        let bare = FieldSpec { hint: String::new(), error: None, ..spec.field.clone() };
        self.field(&bare, label_width);
        let mut at = super::lines::value_column(label_width);
        if self.columns < NARROW {
            at = INDENT;
        }
        let picked = self.focus.picked;
        let mut cursor = Cursor { at: picked.unwrap_or(0), ..Cursor::default() };
        cursor.clamp(spec.options.len(), MOST);
        let shown = cursor.window(spec.options.len(), MOST);
        let labels = spec.options[shown.clone()].iter().map(|option| width(&option.label));
        let labels = labels.max().unwrap_or(0).min(self.columns.saturating_sub(at + 2) * 2 / 3);
        let rest = spec.options.len() - shown.end;
        for n in shown {
            let option = &spec.options[n];
            let (mark, tone) =
                if picked == Some(n) { ("▸", Tone::Strong) } else { (" ", Tone::Text) };
            let line = DrawnLine::of(stop).with(at, Tone::Accent, mark);
            let line = line.with(at + 2, tone, option.label.clone());
            self.drawn.push(line.with(at + 2 + labels + 2, Tone::Muted, option.note.clone()));
        }
        if rest > 0 {
            let words = format!("{rest} more");
            self.drawn.push(DrawnLine::of(stop).with(at + 2, Tone::Muted, words));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(typed: &str) -> Vec<String> {
        let all = ["Côte d'Ivoire", "Germany", "Niger", "Nigeria", "Algeria", "New Germany"];
        let option = |label: &str| PickOption {
            id: label.chars().take(2).collect(),
            label: label.to_owned(),
            note: String::new(),
        };
        matching(typed, all.map(option)).into_iter().map(|option| option.label).collect()
    }

    #[test]
    fn what_begins_so_comes_before_what_holds_it() {
        assert_eq!(labels("ger"), ["Germany", "New Germany", "Niger", "Nigeria", "Algeria"]);
        assert_eq!(labels("cote"), ["Côte d'Ivoire"]);
        assert_eq!(labels("D IVO"), ["Côte d'Ivoire"]);
        assert_eq!(labels("").len(), 6);
        assert!(labels("atlantis").is_empty());
    }

    #[test]
    fn what_is_named_in_full_is_picked_unless_another_is_longer() {
        assert!(labels("algeria").is_empty());
        assert_eq!(labels("niger"), ["Niger", "Nigeria"]);
    }
}
