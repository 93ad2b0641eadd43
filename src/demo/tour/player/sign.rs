//! What a tour shows its audience: a caption, the keys it pressed, and the cards around it.
//!
//! Owns the words of the cards and of a tour that is halted. Must not know how they are drawn.

use super::super::Tour;
use super::Failure;

pub(super) const PAUSED: &str = "Paused. Space goes on; any other key takes over.";
pub(super) const TAKEN: &str = "The keys are yours. r, outside a field, goes on with the tour.";
/// So much of a text is quoted in a row.
const QUOTED: usize = 24;

/// What is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sign {
    /// A card in the page's place.
    pub card: Option<Card>,
    /// What is told.
    pub caption: String,
    /// The keys pressed since it is told; a text that was typed is one of them.
    pub keys: Vec<String>,
    /// Why the tour does not go on by itself, and how it does; stands in the caption's place.
    pub halted: Option<String>,
}

/// A card.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Card {
    /// The tour's title.
    pub title: String,
    /// What it says below, a line each.
    pub lines: Vec<String>,
}

impl Sign {
    pub(super) fn title(tour: &Tour) -> Self {
        let seconds = tour.lasts().as_secs();
        let minutes = match seconds.div_ceil(60) {
            1 => "About a minute.".to_owned(),
            n => format!("About {n} minutes."),
        };
        let lines = [tour.about.clone(), minutes];
        Self {
            card: Some(Card { title: tour.title.clone(), lines: filled(lines) }),
            caption: "Space pauses; any other key takes over.".to_owned(),
            ..Self::default()
        }
    }

    pub(super) fn close(tour: &Tour) -> Self {
        let lines = [tour.close.clone(), "All tours: hublink demo --tour".to_owned()];
        Self {
            card: Some(Card { title: tour.title.clone(), lines: filled(lines) }),
            caption: "That was the tour. The keys are yours from here.".to_owned(),
            ..Self::default()
        }
    }
}

fn filled(lines: [String; 2]) -> Vec<String> {
    lines.into_iter().filter(|line| !line.is_empty()).collect()
}

pub(super) fn lost(failure: &Failure) -> String {
    let what = if failure.gone { "Still here" } else { "Not found" };
    format!("{what}: {}. The keys are yours; r tries again.", quoted(&failure.text))
}

pub(super) fn astray(text: &str) -> String {
    format!("The tour goes on where {} stands: go there, then r.", quoted(text))
}

fn quoted(text: &str) -> String {
    if text.chars().count() <= QUOTED {
        return format!("“{text}”");
    }
    let head: String = text.chars().take(QUOTED - 1).collect();
    format!("“{}…”", head.trim_end())
}
