//! What a list says about one user.

use crate::domain::address::with_unicode;
use crate::domain::linking::LinkingMethod;
use crate::domain::outcome::{Class, Outcome};
use crate::domain::untrusted::Shown;
use crate::domain::user::UserState;
use crate::roster::Row;
use crate::tui::theme::Tone;
use crate::tui::widget::table::Cell;

/// Cells wider than this are cut when they are made: names may be of any length.
const CELL: usize = 60;

/// The tone of a class, on every screen.
pub fn class_tone(class: Class) -> Tone {
    match class {
        Class::Emailed => Tone::Attention,
        Class::Linked => Tone::Done,
        Class::Skipped => Tone::Muted,
        Class::Held => Tone::Accent,
        Class::Blocked => Tone::Refused,
    }
}

fn state_tone(state: UserState) -> Tone {
    match state {
        UserState::Linked | UserState::Provisional => Tone::Done,
        UserState::Lapsed | UserState::Declined | UserState::Unknown => Tone::Attention,
        UserState::Unlinked | UserState::Invited | UserState::Confirmed => Tone::Text,
    }
}

/// The cells of a row.
pub fn cells(row: &Row<'_>, method: Option<LinkingMethod>) -> Vec<Cell> {
    let outcome = method.map(|method| row.outcome(method));
    let (tone, words) = match outcome {
        Some(outcome) => (class_tone(outcome.class()), outcome.label()),
        None => (Tone::Faint, "no method yet"),
    };
    vec![
        (Tone::Text, row.name().shown_in(CELL).to_string()),
        (Tone::Text, row.address().shown_in(CELL).to_string()),
        (Tone::Muted, row.department().shown_in(CELL).to_string()),
        (state_tone(row.state()), row.state().code().to_owned()),
        (tone, words.to_owned()),
    ]
}

/// Everything about a user on one line.
pub fn line(row: &Row<'_>) -> String {
    let (name, address, department) = (row.name(), row.address(), row.department());
    let facts = [name.shown(), with_unicode(&address), department.shown(), row.user_id().shown()];
    let said: Vec<&str> = facts.iter().map(Shown::as_str).filter(|fact| !fact.is_empty()).collect();
    said.join(" · ")
}

/// Everything about a user, to read: the facts line by line, and what an invitation would do.
pub fn of(row: &Row<'_>, method: Option<LinkingMethod>) -> (String, String) {
    let facts = [
        format!("UserID      {}", row.user_id().shown()),
        format!("Address     {}", with_unicode(&row.address())),
        format!("Department  {}", row.department().shown()),
        format!("Status      {}", row.state().code()),
    ];
    let outcome: Option<Outcome> = method.map(|method| row.outcome(method));
    let invited = match outcome {
        Some(outcome) => {
            let why = outcome.because(row.facts(), row.address().raw());
            format!("If invited: {}.\nBecause {why}.", outcome.label())
        }
        None => "The site has no linking method yet; the wizard Link users asks for it.".to_owned(),
    };
    (facts.join("\n"), invited)
}
