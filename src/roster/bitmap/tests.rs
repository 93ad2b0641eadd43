//! Bitmaps against `BTreeSet`, which is too slow to use and too simple to be wrong.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::roster::Matches;

fn set_of(bitmap: &Bitmap) -> BTreeSet<u32> {
    bitmap.iter().collect()
}

fn rows() -> impl Strategy<Value = BTreeSet<u32>> {
    prop_oneof![
        proptest::collection::btree_set(0u32..300, 0..200),
        proptest::collection::btree_set(0u32..5000, 0..60),
        (0u32..300, 0u32..300).prop_map(|(a, b)| (a.min(b)..a.max(b)).collect()),
    ]
}

proptest! {
    #[test]
    fn the_algebra_is_that_of_sets(a in rows(), b in rows()) {
        let (x, y): (Bitmap, Bitmap) = (a.iter().copied().collect(), b.iter().copied().collect());
        prop_assert_eq!(set_of(&x), a.clone());
        prop_assert_eq!(x.count(), a.len());
        prop_assert_eq!(x.is_empty(), a.is_empty());
        prop_assert_eq!(x.count_both(&y), a.intersection(&b).count());
        prop_assert_eq!(x == y, a == b);
        prop_assert_eq!(&Bitmap::from_bytes(&x.to_bytes()), &x);
        let with = |act: fn(&mut Bitmap, &Bitmap)| { let mut z = x.clone(); act(&mut z, &y); set_of(&z) };
        prop_assert_eq!(with(Bitmap::union_with), &a | &b);
        prop_assert_eq!(with(Bitmap::intersect_with), &a & &b);
        prop_assert_eq!(with(Bitmap::subtract), &a - &b);
        prop_assert_eq!(with(Bitmap::flip), &a ^ &b);
    }

    #[test]
    fn ranges_and_single_bits_agree(a in rows(), start in 0u32..400, len in 0u32..300, on: bool) {
        let mut x: Bitmap = a.iter().copied().collect();
        x.set_range(start..start + len, on);
        let mut want = a;
        for row in start..start + len {
            if on { want.insert(row); } else { want.remove(&row); }
        }
        prop_assert_eq!(set_of(&x), want.clone());
        prop_assert_eq!(x.ranges().flatten().collect::<BTreeSet<u32>>(), want.clone());
        let runs: Vec<_> = x.ranges().collect();
        prop_assert!(runs.windows(2).all(|pair| pair[0].end < pair[1].start));
        for row in [0, start, start + len, 4999] {
            prop_assert_eq!(x.contains(row), want.contains(&row));
            let from: Vec<u32> = x.iter_from(row).take(3).collect();
            prop_assert_eq!(from, want.range(row..).take(3).copied().collect::<Vec<_>>());
        }
    }

    #[test]
    fn rank_and_select_are_inverse(a in rows()) {
        let matches = Matches::new(a.iter().copied().collect());
        prop_assert_eq!(matches.len(), a.len());
        for (k, row) in a.iter().enumerate() {
            prop_assert_eq!(matches.nth(k), Some(*row));
            prop_assert_eq!(matches.rank(*row), k);
            prop_assert_eq!(matches.position(*row), Some(k));
        }
        prop_assert_eq!(matches.nth(a.len()), None);
        prop_assert_eq!(matches.rank(u32::MAX), a.len());
        let middle = a.len() / 2;
        let window: Vec<u32> = matches.window(middle, 5).collect();
        prop_assert_eq!(window, a.iter().skip(middle).take(5).copied().collect::<Vec<_>>());
    }
}

#[test]
fn what_was_never_set_is_no_difference() {
    let mut grown = Bitmap::full(1000);
    grown.set_range(3..1000, false);
    assert_eq!(grown, Bitmap::full(3));
    assert_eq!(Bitmap::full(64).count(), 64);
    assert_eq!(Bitmap::new(), Bitmap::full(0));
}
