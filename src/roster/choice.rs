//! The wire form of a selection: which numbers of a roster are meant (ARCHITECTURE, "The types").
//!
//! Owns the canonical range list, `0-39,41,50-1200`, written and read, and the choice between "only
//! these" and "all except these". A list is read against the number of rows at its revision, so
//! that who joined later is never in. Must not know revisions: the API carries them beside.

use std::fmt::Write as _;

use super::bitmap::Bitmap;

/// A selection in the shorter of its two forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// Only these numbers.
    Only(String),
    /// All numbers but these.
    AllExcept(String),
}

/// Why a range list cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceError {
    /// Neither a number nor a range.
    #[error("entry {entry} is not a number such as 41 or a range such as 50-1200")]
    Malformed {
        /// The entry, from 1.
        entry: usize,
    },
    /// A range that ends before it starts.
    #[error("entry {entry} ends before it starts: {first}-{last}")]
    Backwards {
        /// The entry, from 1.
        entry: usize,
        /// Its first number.
        first: u32,
        /// Its last number.
        last: u32,
    },
    /// A number that is not above the entry before.
    #[error("entry {entry} starts at {first}, which is not after {before}: write ranges in order")]
    OutOfOrder {
        /// The entry, from 1.
        entry: usize,
        /// Its first number.
        first: u32,
        /// The last number of the entry before.
        before: u32,
    },
    /// A number the roster does not have.
    #[error("entry {entry} names {last}, but the roster has {rows} users, numbered from 0")]
    OutOfBounds {
        /// The entry, from 1.
        entry: usize,
        /// Its last number.
        last: u32,
        /// How many users there are.
        rows: u32,
    },
}

impl Choice {
    /// The shorter form of a set of numbers below `rows`; others are left out.
    pub fn of(chosen: &Bitmap, rows: u32) -> Self {
        let all = Bitmap::full(rows);
        let mut only = chosen.clone();
        only.intersect_with(&all);
        let mut except = all;
        except.subtract(&only);
        if except.ranges().count() < only.ranges().count() {
            Self::AllExcept(write(&except))
        } else {
            Self::Only(write(&only))
        }
    }

    /// The numbers meant, on a roster of `rows` users.
    ///
    /// # Errors
    /// A [`ChoiceError`] naming the first entry that is wrong.
    pub fn expand(&self, rows: u32) -> Result<Bitmap, ChoiceError> {
        match self {
            Self::Only(numbers) => parse(numbers, rows),
            Self::AllExcept(numbers) => {
                let mut all = Bitmap::full(rows);
                all.subtract(&parse(numbers, rows)?);
                Ok(all)
            }
        }
    }
}

/// Writes a set as its canonical range list.
pub fn write(rows: &Bitmap) -> String {
    let mut text = String::new();
    for range in rows.ranges() {
        if !text.is_empty() {
            text.push(',');
        }
        // Writing to a String cannot fail.
        let _ = match range.end - range.start {
            1 => write!(text, "{}", range.start),
            _ => write!(text, "{}-{}", range.start, range.end - 1),
        };
    }
    text
}

/// Reads a range list on a roster of `rows` users. The empty text is nobody.
///
/// # Errors
/// A [`ChoiceError`] naming the first entry that is wrong.
pub fn parse(text: &str, rows: u32) -> Result<Bitmap, ChoiceError> {
    let mut set = Bitmap::new();
    if text.is_empty() {
        return Ok(set);
    }
    let mut before: Option<u32> = None;
    for (at, part) in text.split(',').enumerate() {
        let entry = at + 1;
        let (first, last) = bounds(part).ok_or(ChoiceError::Malformed { entry })?;
        if last < first {
            return Err(ChoiceError::Backwards { entry, first, last });
        }
        if let Some(before) = before
            && first <= before
        {
            return Err(ChoiceError::OutOfOrder { entry, first, before });
        }
        if last >= rows {
            return Err(ChoiceError::OutOfBounds { entry, last, rows });
        }
        set.set_range(first..last + 1, true);
        before = Some(last);
    }
    Ok(set)
}

fn bounds(part: &str) -> Option<(u32, u32)> {
    match part.split_once('-') {
        Some((first, last)) => Some((number(first)?, number(last)?)),
        None => number(part).map(|only| (only, only)),
    }
}

/// Digits alone: `parse` would also take a sign.
fn number(text: &str) -> Option<u32> {
    if text.bytes().all(|b| b.is_ascii_digit()) { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn section_5_range_lists_are_canonical() {
        let mut rows = Bitmap::full(40);
        rows.set(41, true);
        rows.set_range(50..1201, true);
        assert_eq!(write(&rows), "0-39,41,50-1200");
        assert_eq!(parse("0-39,41,50-1200", 1201), Ok(rows));
        assert_eq!(parse("", 0), Ok(Bitmap::new()));
    }

    #[test]
    fn wrong_lists_name_the_entry() {
        use ChoiceError as E;
        let cases = [
            ("x", E::Malformed { entry: 1 }),
            ("1,,2", E::Malformed { entry: 2 }),
            ("1, 2", E::Malformed { entry: 2 }),
            ("+1", E::Malformed { entry: 1 }),
            ("-1", E::Malformed { entry: 1 }),
            ("1-2-3", E::Malformed { entry: 1 }),
            ("99999999999", E::Malformed { entry: 1 }),
            ("5-3", E::Backwards { entry: 1, first: 5, last: 3 }),
            ("1-4,4", E::OutOfOrder { entry: 2, first: 4, before: 4 }),
            ("7,2", E::OutOfOrder { entry: 2, first: 2, before: 7 }),
            ("3,9-10", E::OutOfBounds { entry: 2, last: 10, rows: 10 }),
            ("0-4294967295", E::OutOfBounds { entry: 1, last: u32::MAX, rows: 10 }),
        ];
        for (text, want) in cases {
            assert_eq!(parse(text, 10), Err(want), "{text}");
        }
    }

    proptest! {
        #[test]
        fn section_5_a_choice_expands_to_what_was_ticked(
            ticked in proptest::collection::btree_set(0u32..200, 0..200), rows in 0u32..200,
        ) {
            let chosen: Bitmap = ticked.iter().copied().collect();
            let want: Bitmap = ticked.range(..rows).copied().collect();
            let choice = Choice::of(&chosen, rows);
            prop_assert_eq!(choice.expand(rows), Ok(want.clone()));
            prop_assert_eq!(parse(&write(&want), rows), Ok(want));
        }

        #[test]
        fn reading_never_fails_badly(text in "[0-9,-]{0,12}", rows in 0u32..50) {
            if let Ok(set) = parse(&text, rows) {
                prop_assert_eq!(parse(&write(&set), rows), Ok(set));
            }
        }
    }
}
