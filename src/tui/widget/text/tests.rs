//! What is cut says so, and no word is lost.

use super::*;
use proptest::prelude::*;

#[test]
fn words_stay_whole_where_they_fit() {
    assert_eq!(wrap("one two three", 7), ["one two", "three"]);
    assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
    assert_eq!(wrap("a\nb", 9), ["a", "b"]);
    let link = "http://127.0.0.1:8080/i/inv_m66ewhh3dk5x";
    assert_eq!(wrap(link, 30), ["http://127.0.0.1:8080/i/", "inv_m66ewhh3dk5x"], "a code is whole");
    assert_eq!(wrap(link, 12).concat(), link);
}

#[test]
fn what_is_cut_ends_in_an_ellipsis() {
    assert_eq!(cut("陈伟 Chen", 4), "陈…");
    assert_eq!(cut("abc", 3), "abc");
    assert_eq!(cut("abc", 0), "");
}

proptest! {
    #[test]
    fn lines_fit_and_nothing_is_lost(text in "[a-z陈 ]{0,60}", columns in 2u16..20) {
        let lines = wrap(&text, columns);
        for line in &lines {
            prop_assert!(width(line) <= columns, "{line:?}");
        }
        let squeeze = |s: &str| s.replace(' ', "");
        prop_assert_eq!(squeeze(&lines.concat()), squeeze(&text));
    }
}
