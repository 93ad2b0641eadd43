//! What linking does to the site's users, counted: before, on the agreement's page; after, on the
//! last one (rules L5, L8).
//!
//! Owns order and words of the numbers. Linked, reported and untouched add up to the users.

use crate::domain::outcome::Outcome;
use crate::domain::site_link::Consequences;
use crate::tui::page::TallyRow;
use crate::tui::theme::Tone;

/// The rows; `name` gives those with people behind them a name to be opened under.
pub fn rows(
    what: &Consequences,
    done: bool,
    name: impl Fn(Outcome) -> Option<String>,
) -> Vec<TallyRow> {
    let of = |depth, tone, number, words: &str, note: &str| TallyRow {
        id: None,
        depth,
        tone,
        number,
        words: words.to_owned(),
        note: note.to_owned(),
    };
    let (linked, not, rest) = if done {
        ("linked silently, nobody told them", "not linked, though known", "as they were")
    } else {
        ("will be linked, without an e-mail", "known, but will not be linked", "stay as they are")
    };
    let mut rows = vec![TallyRow {
        id: name(Outcome::LinkNow).filter(|_| what.linked > 0),
        ..of(0, Tone::Done, what.linked, linked, "")
    }];
    rows.extend([
        of(1, Tone::Text, what.known, "the organization has them already", ""),
        of(1, Tone::Text, what.confirmed, "they have confirmed their address", ""),
    ]);
    let reported = what.reported.iter().map(|row| row.users).sum();
    rows.push(of(0, Tone::Attention, reported, not, ""));
    rows.extend(what.reported.iter().map(|row| TallyRow {
        id: name(row.outcome).filter(|_| row.users > 0),
        ..of(1, Tone::Text, row.users, row.outcome.reason(), "")
    }));
    rows.push(of(0, Tone::Text, what.untouched, rest, "step two is for them"));
    rows
}
