//! Ticks to and from the saved answers.
//!
//! Owns turning ticks into a selection of the API and back. A selection names the roster's
//! revision: numbers never change hands, so it means the same users later, and nobody who joined
//! since (SPEC section 5).

use crate::api::call::RosterPart;
use crate::api::plan::Selection;
use crate::roster::{Bitmap, Choice, choice, rest};

/// The ticks as a selection; nothing when nobody is ticked.
pub(super) fn selection(ticked: &Bitmap, part: &RosterPart) -> Option<Selection> {
    if ticked.is_empty() {
        return None;
    }
    let revision = part.head.revision;
    Some(match Choice::of(ticked, rows(part)) {
        Choice::Only(numbers) => Selection::Only { revision, numbers },
        Choice::AllExcept(numbers) => Selection::AllExcept { revision, numbers },
    })
}

/// How many users the roster has at its revision, loaded or not.
pub(super) fn rows(part: &RosterPart) -> u32 {
    u32::try_from(part.head.count).unwrap_or(u32::MAX)
}

/// What becomes of a saved selection.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Restored {
    /// These users are ticked.
    Ticks(Bitmap),
    /// It can be told once the whole roster is here.
    Later,
    /// A cohort: its users have to be asked for.
    Cohort(String),
    /// It does not fit this roster.
    Lost,
}

/// The users that a saved selection means; `rows_then` is what the roster had at its revision.
pub(super) fn restore(saved: &Selection, rows_then: u32, part: &RosterPart) -> Restored {
    let ticks = |read: Result<Bitmap, choice::ChoiceError>| match read {
        Ok(ticked) => Restored::Ticks(ticked),
        Err(_) => Restored::Lost,
    };
    match saved {
        Selection::Only { numbers, .. } => ticks(choice::parse(numbers, rows(part))),
        Selection::AllExcept { revision, numbers } => {
            let then = if *revision == part.head.revision { rows(part) } else { rows_then };
            ticks(Choice::AllExcept(numbers.clone()).expand(then.min(rows(part))))
        }
        Selection::All {} => Restored::Ticks(Bitmap::full(rows(part))),
        Selection::Rest {} if part.complete => Restored::Ticks(rest(&part.columns)),
        Selection::Rest {} => Restored::Later,
        Selection::Cohort { name } => Restored::Cohort(name.clone()),
    }
}
