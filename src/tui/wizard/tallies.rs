//! The eight numbers of a run, as rows that open the list of their people (promise I3).
//!
//! Owns their order, words and tones. They always add up to `selected`, which stands below them.

use crate::api::run::Run;
use crate::domain::run::Tally;
use crate::tui::page::{Block, TallyRow};
use crate::tui::people::{People, tally_code};
use crate::tui::screens::people::PeopleScreen;
use crate::tui::theme::Tone;
use crate::tui::when::thousands;

/// What the numbers add up to.
const SELECTED: &str = "selected";
/// From so many lines of a page on each number has its own.
const ROOMY: u16 = 16;

/// All tallies, the number that can hurt first.
const ALL: [Tally; 8] = [
    Tally::Emailed,
    Tally::Linked,
    Tally::Skipped,
    Tally::Held,
    Tally::Blocked,
    Tally::Failed,
    Tally::Unknown,
    Tally::NotProcessed,
];

/// How many count in a tally.
pub const fn number(run: &Run, tally: Tally) -> u64 {
    match tally {
        Tally::Linked => run.linked,
        Tally::Emailed => run.emailed,
        Tally::Skipped => run.skipped,
        Tally::Held => run.held,
        Tally::Blocked => run.blocked,
        Tally::Failed => run.failed,
        Tally::Unknown => run.unknown,
        Tally::NotProcessed => run.not_processed,
    }
}

/// The rows.
pub fn rows(run: &Run) -> Vec<TallyRow> {
    let mut rows: Vec<TallyRow> = ALL.into_iter().map(|tally| row(run, tally)).collect();
    rows.push(TallyRow {
        id: None,
        depth: 0,
        tone: Tone::Text,
        number: run.selected,
        words: SELECTED.to_owned(),
        note: String::new(),
    });
    rows
}

/// The rows on a page of so many lines: where there are few, what nobody is in stands in one sentence.
pub fn within(run: &Run, height: u16) -> Vec<Block> {
    let rows = rows(run);
    if height >= ROOMY {
        return vec![Block::Tally(rows)];
    }
    let (some, none): (Vec<TallyRow>, Vec<TallyRow>) =
        rows.into_iter().partition(|row| row.number > 0 || row.words == SELECTED);
    let none: Vec<String> = none.into_iter().map(|row| format!("0 {}", row.words)).collect();
    let quiet = (!none.is_empty()).then(|| Block::aside(none.join(" · ")));
    [Block::Tally(some)].into_iter().chain(quiet).collect()
}

fn row(run: &Run, tally: Tally) -> TallyRow {
    let number = number(run, tally);
    TallyRow {
        id: (number > 0).then(|| tally_code(tally).to_owned()),
        depth: 0,
        tone: tone(run, tally),
        number,
        words: words(run, tally).to_owned(),
        note: if number == 0 { String::new() } else { note(run, tally) },
    }
}

const fn tone(run: &Run, tally: Tally) -> Tone {
    match tally {
        Tally::Emailed | Tally::Linked => Tone::Done,
        Tally::Failed => Tone::Refused,
        Tally::Unknown => Tone::Attention,
        Tally::NotProcessed if run.state.is_over() => Tone::Attention,
        Tally::Skipped | Tally::Held | Tally::Blocked | Tally::NotProcessed => Tone::Text,
    }
}

const fn words(run: &Run, tally: Tally) -> &'static str {
    match tally {
        Tally::Emailed => "e-mailed",
        Tally::Linked => "linked silently",
        Tally::Skipped => "skipped",
        Tally::Held => "held",
        Tally::Blocked => "blocked",
        Tally::Failed => "failed",
        Tally::Unknown => "may have been sent",
        Tally::NotProcessed if run.state.is_over() => "not processed",
        Tally::NotProcessed => "still to do",
    }
}

fn note(run: &Run, tally: Tally) -> String {
    match tally {
        Tally::Linked => "nobody told them".to_owned(),
        Tally::Failed => "surely not sent".to_owned(),
        Tally::Unknown if run.in_flight > 0 => {
            format!("{} in flight, cannot be recalled", thousands(run.in_flight))
        }
        Tally::Unknown => "never sent again by itself".to_owned(),
        _ => String::new(),
    }
}

/// The list of people behind the row of this name.
pub fn people(run: &Run, id: &str) -> Option<PeopleScreen> {
    let tally = ALL.into_iter().find(|tally| tally_code(*tally) == id)?;
    let people = People::Run { id: run.id.clone(), tally: Some(tally) };
    Some(PeopleScreen::new(people, words(run, tally), number(run, tally)))
}
