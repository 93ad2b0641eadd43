//! The users as data, for who has them told line by line: so many at a time, ticked by number.

use super::Select;
use super::boxes::Over;
use super::picks::Picks;
use super::view;
use crate::domain::untrusted::Untrusted;
use crate::roster::Row;
use crate::tui::page::{Block, Page, RowSpec, Rows, TickRow, Ticks};
use crate::tui::theme::Tone;
use crate::tui::when::{count, thousands};

/// So many at a time.
pub(super) const SHOWN: usize = 20;

/// The first of those among which this place is.
pub(super) fn first(at: usize) -> usize {
    at - at % SHOWN
}

/// Gives the focus to what stands there.
pub(super) fn point(select: &mut Select, at: usize) {
    match &mut select.over {
        // Past the last one is meant the page as a whole, which leaves the list where it is told.
        Over::None if at < SHOWN => {
            let first = first(select.picks.cursor.at);
            select.picks.cursor.at = first.saturating_add(at);
            select.picks.clamp(SHOWN);
        }
        Over::Cohorts(cohorts) => cohorts.point(at),
        Over::Facets(facets) => facets.point(at),
        _ => {}
    }
}

/// What the step shows.
pub(super) fn page(select: &Select) -> Page {
    let blocks = match &select.over {
        Over::None => users(select),
        Over::Facets(facets) => facets.told(&select.picks),
        Over::Looking(_) => vec![Block::prose("The addresses are being looked up.")],
        Over::Listed(listed) => {
            let lines = listed.lines().into_iter().map(Block::prose);
            lines.chain([Block::aside("back goes back to the users.")]).collect()
        }
        Over::Path(path) => {
            let wrong = path.error().map(|error| Block::notice(Tone::Refused, error));
            let asked = Block::prose("Which file? Write its path in full; back leaves it.");
            [asked].into_iter().chain(wrong).collect()
        }
        Over::Cohorts(cohorts) if cohorts.is_naming() => {
            let (_, error) = cohorts.told();
            let wrong = error.map(|error| Block::notice(Tone::Refused, error));
            let asked = Block::prose("Under which name are the ticks saved? back leaves it.");
            [asked].into_iter().chain(wrong).collect()
        }
        Over::Cohorts(cohorts) => {
            let (names, error) = cohorts.told();
            let row = |name: String| RowSpec {
                id: name.clone(),
                tone: Tone::Text,
                end: None,
                cells: vec![name],
            };
            let rows = names.into_iter().map(row).collect();
            let empty = "There is no cohort yet. Tick people, then: save.".to_owned();
            let list = Block::Rows(Rows { key: "cohorts", rows, empty });
            let heading = Block::Heading("Cohorts of this site; a number ticks one alone".into());
            let wrong = error.map(|error| Block::notice(Tone::Refused, error));
            [heading, list].into_iter().chain(wrong).collect()
        }
    };
    Page { blocks, ..view::effect(&select.picks) }
}

fn users(select: &Select) -> Vec<Block> {
    let picks = &select.picks;
    let mut blocks = Vec::new();
    if let Some(why) = select.not_whole() {
        blocks.push(Block::prose(why));
    }
    if let Some(error) = select.roster.error() {
        blocks.push(Block::notice(Tone::Refused, error.to_string()));
    }
    if let Some(error) = select.filter.error() {
        blocks.push(Block::notice(Tone::Refused, error.to_string()));
    }
    let filter = Untrusted::new(select.filter.field().value()).shown();
    if !select.filter.is_empty() {
        blocks.push(Block::prose(format!("Filter: {filter}")));
    }
    let (count, from) = (picks.matches().len(), first(picks.cursor.at));
    let until = (from + SHOWN).min(count);
    blocks.push(Block::prose(told_of(count, from, until)));
    let rows = (from..until).filter_map(|place| picks.matches().nth(place));
    let rows = rows.filter_map(|number| {
        let row = picks.columns().row(number)?;
        Some(user(select, row, picks.selection.contains(number)))
    });
    blocks.push(Block::Ticks(Ticks { key: "users", rows: rows.collect() }));
    blocks
}

/// What stands over the users: a heading, so that another list is told whole.
fn told_of(count: usize, from: usize, until: usize) -> String {
    let [all, first, last] = [count, from + 1, until].map(|number| thousands(number as u64));
    match (count, from) {
        (0, _) => "Nobody matches.".to_owned(),
        (1, _) => "The one who matches:".to_owned(),
        (_, 0) if until == count => format!("All {all} who match:"),
        (_, 0) => format!("Of {all} who match, the first {last}:"),
        _ => format!("Of {all} who match, {first} to {last}:"),
    }
}

fn user(select: &Select, row: Row<'_>, ticked: bool) -> TickRow {
    let name = row.name();
    let name = if name.is_empty() { row.user_id() } else { name };
    let mut note = row.address().shown().to_string();
    let department = row.department();
    if !department.is_empty() {
        note = format!("{note}, {}", department.shown());
    }
    if let Some(method) = select.picks.method() {
        note = format!("{note}; if invited: {}", row.outcome(method).label().replace(": ", ", "));
    }
    TickRow {
        id: row.user_id().raw().to_owned(),
        ticked,
        label: name.shown().to_string(),
        number: None,
        end: None,
        note,
        disabled: None,
    }
}

/// "12 users ticked"; for what a box says in passing.
pub(super) fn ticked_words(picks: &Picks) -> String {
    format!("{} ticked", count(picks.selection.ticked().count() as u64, "user"))
}
