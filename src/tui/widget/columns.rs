//! How wide the columns of a list are: as wide as their longest value; then the widest gives way.
//!
//! Owns who gives way: words do, one cell at a time. What is one word (an id, an address, a URL, a
//! record) does so only where even that is not enough.

use super::text;

/// Between two columns.
pub const GAP: u16 = 2;
/// No column of words gives way below this: its rows could not be told apart.
const LEAST: u16 = 10;

/// What a column wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// As wide as its longest value.
    pub width: u16,
    /// Whether it holds words, which may be cut.
    pub gives: bool,
}

impl Need {
    /// Of a column with these values.
    pub fn of<T: AsRef<str>>(values: impl IntoIterator<Item = T>) -> Self {
        let mut need = Self { width: 0, gives: false };
        for value in values {
            need.take(value.as_ref());
        }
        need
    }

    /// Takes one more value in.
    pub fn take(&mut self, value: &str) {
        self.width = self.width.max(text::width(value));
        self.gives |= value.trim().contains(' ');
    }
}

/// The widths of all columns within `room`, a gap apart.
pub fn fit(needs: &[Need], room: u16) -> Vec<u16> {
    let mut widths: Vec<u16> = needs.iter().map(|need| need.width).collect();
    let all = |widths: &[u16]| {
        let used = widths.iter().filter(|width| **width > 0);
        used.map(|width| u32::from(width + GAP)).sum::<u32>()
    };
    // First words, down to what can still be told apart; then everything.
    for (whole_too, least) in [(false, LEAST), (true, LEAST), (true, 1)] {
        while all(&widths) > u32::from(room + GAP) {
            let mut may: Vec<usize> = (0..widths.len())
                .filter(|n| widths[*n] > least && (whole_too || needs[*n].gives))
                .collect();
            // Among equals the last: what stands first tells the rows apart.
            may.sort_by_key(|n| (widths[*n], *n));
            match may.last() {
                Some(widest) => widths[*widest] -= 1,
                None => break,
            }
        }
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: fn(u16) -> Need = |width| Need { width, gives: true };
    const WHOLE: fn(u16) -> Need = |width| Need { width, gives: false };

    #[test]
    fn columns_are_as_wide_as_their_longest_value() {
        assert_eq!(fit(&[WORDS(9), WHOLE(20), WORDS(0)], 40), [9, 20, 0]);
        assert_eq!(Need::of(["plan.made", "site.method_set"]), WHOLE(15));
        assert_eq!(Need::of(["", "in 10 days"]), WORDS(10));
    }

    #[test]
    fn the_widest_words_give_way_and_ids_never_before_them() {
        assert_eq!(fit(&[WORDS(38), WORDS(5), WORDS(25)], 40), [16, 5, 15]);
        assert_eq!(fit(&[WORDS(30), WHOLE(40)], 60), [18, 40]);
        assert_eq!(
            fit(&[WHOLE(30), WORDS(12)], 30),
            [18, 10],
            "even ids where nothing else is left"
        );
    }

    #[test]
    fn whatever_the_room_is_all_of_it_fits() {
        for room in 8..90 {
            let widths = fit(&[WORDS(20), WHOLE(33), WORDS(8)], room);
            assert!(widths.iter().sum::<u16>() + 2 * GAP <= room + GAP, "{room}: {widths:?}");
        }
    }
}
