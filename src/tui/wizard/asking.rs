//! What a page says while the backend is asked, and when it refused.
//!
//! Owns the words that are the same on every page: what is waited for and since when, what went
//! wrong and what to do. Must not decide what can be asked again: the step does.

use crate::api::call::ApiError;
use crate::api::problem::Problem;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::Action;
use crate::tui::load::{Load, Wait};
use crate::tui::page::{Block, Edit, RowSpec, Rows};
use crate::tui::screen::Here;
use crate::tui::theme::Tone;

/// In the place of what is not there yet: why, and what one may do meanwhile.
pub fn instead_of<T>(load: &Load<T>, what: &str, here: Here<'_>) -> Block {
    match load.error() {
        Some(error) => failed(error, here),
        None => Block::aside(waiting(load, &format!("Loading {what}"), here)),
    }
}

/// What was there stays; that it could not be loaded again is said above it.
pub fn stale<T>(load: &Load<T>, here: Here<'_>) -> Option<Block> {
    load.get()?;
    load.error().map(|error| failed(error, here))
}

/// "Saving the method …", and more when it takes long. Empty while saying so would flicker.
pub fn waiting<T>(load: &Load<T>, doing: &str, here: Here<'_>) -> String {
    match load.wait(here.now_ms) {
        None | Some(Wait::Brief) => String::new(),
        Some(Wait::Told) => format!("{doing} …"),
        Some(Wait::Slow) => format!(
            "{doing} takes longer than usual. You may wait, or leave: what you answered is kept."
        ),
        Some(Wait::Stuck) => format!(
            "{doing}: no answer for 15 seconds, the backend may be unreachable. You may wait, or \
             leave: what you answered is kept."
        ),
    }
}

/// What went wrong, and what to do.
pub fn failed(error: &ApiError, here: Here<'_>) -> Block {
    let key = here.keys.key(Action::Reload);
    let remedy = match error {
        ApiError::Problem(problem) if !problem.remedy.is_empty() => {
            Untrusted::new(problem.remedy.as_str()).shown().to_string()
        }
        _ => format!("Your answers are kept; {key} asks again."),
    };
    Block::notice(Tone::Refused, format!("{} {remedy}", sentence(&error.to_string())))
}

/// What is wrong and what to do, to stand beside a field.
pub fn both(problem: &Problem) -> String {
    let remedy = Untrusted::new(problem.remedy.as_str()).shown().to_string();
    format!("{} {remedy}", problem.detail.shown()).trim_end().to_owned()
}

/// The name of [`go_on`]'s list.
pub const GO_ON: &str = "go_on";

/// Where rows take Enter for themselves: a row of its own that goes on.
pub fn go_on(words: impl Into<String>) -> Block {
    let row =
        RowSpec { id: GO_ON.to_owned(), tone: Tone::Strong, end: None, cells: vec![words.into()] };
    Block::Rows(Rows { key: GO_ON, rows: vec![row], empty: String::new() })
}

/// Whether that row was opened.
pub fn goes_on(edit: &Edit) -> bool {
    matches!(edit, Edit::Open { list: GO_ON, .. })
}

/// With a capital at its beginning and a full stop at its end.
pub fn sentence(words: &str) -> String {
    let mut chars = words.chars();
    let mut out: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    out.push_str(chars.as_str());
    if !out.ends_with(['.', '!', '?', '…']) {
        out.push('.');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_a_sentence() {
        assert_eq!(sentence("the backend is away"), "The backend is away.");
        assert_eq!(sentence("Done."), "Done.");
        assert_eq!(sentence(""), ".");
    }
}
