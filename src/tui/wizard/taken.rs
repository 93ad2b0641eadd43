//! What was taken over, shown before anything can be done with it (SPEC section 4).
//!
//! Owns the words: whose it was, the answers one goes on with, and which of them are not those that
//! this page had. Must not decide where the wizard opens: the wizard does.

use super::Way;
use super::draft::Draft;
use crate::domain::untrusted::Untrusted;

/// Where there is no answer.
const NOTHING: &str = "nothing";

/// Somebody else's answers, about to be gone on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    from: Option<Untrusted>,
    rows: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    name: &'static str,
    now: String,
    /// What this page had said, where that was something else.
    before: Option<String>,
}

/// An answer as it was typed, to stand in a line.
pub fn said(typed: &str) -> String {
    match typed.trim() {
        "" => NOTHING.to_owned(),
        text => Untrusted::new(text).shown_in(60).to_string(),
    }
}

impl Taken {
    /// From the answers taken over, and those that this page had.
    pub fn of<W: Way>(
        from: Option<Untrusted>,
        draft: &Draft<W>,
        mine: Option<&W::Answers>,
    ) -> Self {
        let before = mine.map(|answers| W::told(answers));
        let row = |(name, now): (&'static str, String)| {
            let was = before.as_ref().map(|rows| {
                let row = rows.iter().find(|(other, _)| *other == name);
                row.map_or_else(|| NOTHING.to_owned(), |(_, words)| words.clone())
            });
            Row { name, before: was.filter(|was| *was != now), now }
        };
        Self { from, rows: W::told(&draft.answers).into_iter().map(row).collect() }
    }

    /// The page.
    pub fn words(&self, next: &str) -> String {
        let mut words = match &self.from {
            Some(from) => {
                format!("You have this wizard now; it was {}'s. They are told.\n\n", from.shown())
            }
            None => "You have this wizard now, with the answers saved last.\n\n".to_owned(),
        };
        if !self.rows.is_empty() {
            words.push_str("You go on with these answers:\n");
            for Row { name, now, before } in &self.rows {
                words.push_str(&format!("  {name}: {now}"));
                if let Some(before) = before {
                    words.push_str(&format!(" (CHANGED; yours was: {before})"));
                }
                words.push('\n');
            }
            words.push('\n');
        }
        words.push_str(&format!(
            "Nothing was done by taking it over. Enter goes on, at {next}. Esc leaves; you keep it."
        ));
        words
    }
}
