//! How wide the columns of a list are: as wide as their longest value; then one gives way, a cell at a
//! time.
//!
//! Owns who gives way: where the fewest values are cut by it. One odd address cuts nobody's name, and
//! what is one word (an id, an address, a URL, a record) counts for many that are words.

use super::text;

/// Between two columns.
pub const GAP: u16 = 2;
/// No column gives way below this while another can: its rows could not be told apart.
const LEAST: u16 = 12;
/// A value that is one word counts for so many, where it is cut.
const WHOLE: usize = 6;

/// What a column wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// As wide as its longest value.
    pub width: u16,
    /// Whether it holds words, which may be cut.
    pub gives: bool,
    /// How wide its values are, the widest first.
    values: Vec<u16>,
}

impl Need {
    /// Of a column with these values.
    pub fn of<T: AsRef<str>>(values: impl IntoIterator<Item = T>) -> Self {
        let mut need = Self { width: 0, gives: false, values: Vec::new() };
        for value in values {
            let value = value.as_ref();
            need.values.push(text::width(value));
            need.gives |= value.trim().contains(' ');
        }
        need.values.sort_unstable_by(|one, other| other.cmp(one));
        need.width = need.values.first().copied().unwrap_or(0);
        need
    }

    /// Of a column whose values are all as wide.
    pub fn new(width: u16, gives: bool) -> Self {
        Self { width, gives, values: vec![width] }
    }

    /// The same, of words or not, whatever its values look like.
    #[must_use]
    pub fn of_words(self, gives: bool) -> Self {
        Self { gives, ..self }
    }

    /// With a head of this width, which is cut no sooner than one value of ten.
    #[must_use]
    pub fn under(mut self, head: u16) -> Self {
        let more = self.values.len() / 10 + 1;
        self.values.extend(std::iter::repeat_n(head, more));
        self.values.sort_unstable_by(|one, other| other.cmp(one));
        self.width = self.width.max(head);
        self
    }

    /// What it costs to be a cell narrower than `width`: so many of a thousand values are cut by it.
    fn cost(&self, width: u16) -> usize {
        let cut = self.values.partition_point(|value| *value >= width);
        let one = if self.gives { 1 } else { WHOLE };
        one * cut * 1_000 / self.values.len().max(1)
    }
}

/// The widths of all columns within `room`, a gap apart.
pub fn fit(needs: &[Need], room: u16) -> Vec<u16> {
    let mut widths: Vec<u16> = needs.iter().map(|need| need.width).collect();
    let all = |widths: &[u16]| {
        let used = widths.iter().filter(|width| **width > 0);
        used.map(|width| u32::from(width + GAP)).sum::<u32>()
    };
    // First down to what can still be told apart; then the widest of all.
    for (costs, least) in [(true, LEAST), (false, 1)] {
        while all(&widths) > u32::from(room + GAP) {
            let may = (0..widths.len()).filter(|n| widths[*n] > least);
            // Among equals the widest, then the last: what stands first tells the rows apart.
            let cost = |n: usize| if costs { needs[n].cost(widths[n]) } else { 0 };
            let first = |n: &usize| (cost(*n), u16::MAX - widths[*n], usize::MAX - n);
            match may.min_by_key(first) {
                Some(cheapest) => widths[cheapest] -= 1,
                None => break,
            }
        }
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: fn(u16) -> Need = |width| Need::new(width, true);
    const WHOLE: fn(u16) -> Need = |width| Need::new(width, false);

    #[test]
    fn columns_are_as_wide_as_their_longest_value() {
        assert_eq!(fit(&[WORDS(9), WHOLE(20), WORDS(0)], 40), [9, 20, 0]);
        let of = |values: [&str; 2]| {
            let need = Need::of(values);
            (need.width, need.gives)
        };
        assert_eq!(of(["plan.made", "site.method_set"]), (15, false));
        assert_eq!(of(["", "in 10 days"]), (10, true));
    }

    #[test]
    fn the_widest_words_give_way_and_ids_never_before_them() {
        assert_eq!(fit(&[WORDS(38), WORDS(5), WORDS(25)], 40), [16, 5, 15]);
        assert_eq!(fit(&[WORDS(30), WHOLE(40)], 60), [18, 40]);
        assert_eq!(
            fit(&[WHOLE(30), WORDS(12)], 30),
            [16, 12],
            "even ids where nothing else is left"
        );
    }

    #[test]
    fn one_odd_value_cuts_nobody_elses() {
        let mut addresses = vec!["amara@acme.example"; 60];
        addresses.push("amara.of.a.very.long.name@acme.example");
        let address = Need::of(addresses);
        let fitted = |room| fit(&[WORDS(16), address.clone()], room);
        assert_eq!(fitted(56), [16, 38]);
        assert_eq!(fitted(40), [16, 22], "it has what is left");
        assert_eq!(fitted(32), [12, 18], "then words give way");
        let few = Need::of(["amara@acme.example", "amara.of.a.very.long.name@acme.example"]);
        assert_eq!(fit(&[WORDS(16), few], 52), [12, 38], "of few each counts");
        let status = Need::of(["done"; 40]).under(6);
        assert_eq!(fit(&[status, WORDS(20)], 26), [6, 18], "a head is read, too");
    }

    #[test]
    fn whatever_the_room_is_all_of_it_fits() {
        for room in 8..90 {
            let widths = fit(&[WORDS(20), WHOLE(33), WORDS(8)], room);
            assert!(widths.iter().sum::<u16>() + 2 * GAP <= room + GAP, "{room}: {widths:?}");
        }
    }
}
