//! Where a page has an empty line: after a question, between its options, before what follows.
//!
//! Owns the one rhythm of all pages. Pages that are too long for their room do without.

use super::{Block, Choice, Page};

/// How much air there is on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Air {
    /// None but what the page itself asks for.
    Tight,
    /// Between a question and its answers, and before what follows them.
    Parts,
    /// Between the options of a choice as well.
    Options,
    /// And enumerations are told to their end, on as many lines as that takes.
    Whole,
}

/// From the most air to none.
pub(super) const WIDEST_FIRST: [Air; 4] = [Air::Whole, Air::Options, Air::Parts, Air::Tight];

impl Air {
    /// So many lines stay free: what is told whole does not fold when a refusal comes up.
    pub const fn spare(self) -> usize {
        if matches!(self, Self::Whole) { 2 } else { 0 }
    }

    /// Whether an empty line parts two blocks.
    pub fn parts(self, above: &Block, below: &Block, page: &Page) -> bool {
        if self == Self::Tight {
            return false;
        }
        match (kind(above), kind(below)) {
            (Some(Is::Words), Some(Is::Asked)) | (Some(Is::Asked), Some(Is::Words)) => true,
            (Some(Is::Asked), Some(Is::Asked)) => match (above, below) {
                (
                    Block::Field(_) | Block::Pick(_) | Block::Value { .. },
                    Block::Field(_) | Block::Pick(_),
                ) => self >= Self::Options && page.blocks.iter().any(has_hint),
                _ => true,
            },
            _ => matches!(below, Block::Heading(_)),
        }
    }

    /// Whether an empty line parts the options of a choice.
    pub fn parts_options(self, choice: &Choice) -> bool {
        let says_more =
            |option: &super::ChoiceOption| !option.detail.is_empty() || option.disabled.is_some();
        self >= Self::Options && choice.options.iter().any(says_more)
    }
}

enum Is {
    Words,
    Asked,
}

/// Nothing: a heading belongs to what follows it, a gap is one already.
fn kind(block: &Block) -> Option<Is> {
    match block {
        Block::Prose { .. } | Block::Notice { .. } => Some(Is::Words),
        Block::Field(_)
        | Block::Pick(_)
        | Block::Choice(_)
        | Block::Ticks(_)
        | Block::Tally(_)
        | Block::Progress { .. }
        | Block::Value { .. }
        | Block::Facts(_)
        | Block::States(_)
        | Block::Rows(_) => Some(Is::Asked),
        Block::Heading(_) | Block::Gap => None,
    }
}

fn has_hint(block: &Block) -> bool {
    let spec = match block {
        Block::Field(spec) => spec,
        Block::Pick(spec) => &spec.field,
        _ => return false,
    };
    !spec.hint.is_empty() || spec.error.is_some()
}

#[cfg(test)]
mod tests {
    use super::super::lines::{Focus, lines};
    use super::super::{Block, Choice, ChoiceOption, Page};

    fn page() -> Page {
        let option = |id: &str| ChoiceOption {
            id: id.into(),
            label: id.into(),
            detail: "What it means.".into(),
            disabled: None,
        };
        let options = vec![option("a"), option("b")];
        Page::new(vec![
            Block::prose("Which?"),
            Block::Choice(Choice { key: "which", options, chosen: None }),
            Block::Gap,
            Block::Gap,
            Block::aside("Nothing is sent."),
        ])
    }

    /// `.` for an empty line.
    fn drawn(height: u16) -> String {
        let lines = lines(&page(), 60, height, Focus::default());
        lines.iter().map(|line| if line.pieces.is_empty() { '.' } else { 'x' }).collect()
    }

    #[test]
    fn there_is_air_after_a_question_between_options_and_before_what_follows() {
        assert_eq!(drawn(20), "x.xx.xx.x");
        assert_eq!(drawn(11), "x.xx.xx.x");
        assert_eq!(drawn(9), "x.xx.xx.x");
    }

    #[test]
    fn air_gives_way_before_anything_has_to_scroll() {
        assert_eq!(drawn(8), "x.xxxx.x", "first between the options");
        assert_eq!(drawn(7), "xxxxx.x", "then after the question; what a page asks for stays");
        assert_eq!(drawn(3), "xxxxx.x");
    }
}
