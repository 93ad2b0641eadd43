//! A long list on a page: the rows around one of them, so that what stands below stays in sight.
//!
//! Owns which rows are drawn. All rows can still have the focus; hidden ones come into the window
//! as one moves.

use std::ops::Range;

/// The window on one list of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// The list.
    pub list: &'static str,
    /// The name of the row that is always in it.
    pub around: String,
    /// So many rows at the most.
    pub most: usize,
    /// More where the page leaves room: what stands below is always as long.
    pub fills: bool,
}

impl Window {
    /// The rows to draw of the list `key` with these names.
    pub(super) fn rows<'a>(
        window: Option<&Self>,
        key: &str,
        names: impl ExactSizeIterator<Item = &'a str>,
    ) -> Range<usize> {
        let len = names.len();
        let mine = window.filter(|window| window.list == key && window.most < len);
        let Some(window) = mine else { return 0..len };
        let at = names.enumerate().find(|(_, name)| *name == window.around);
        let start = at.map_or(0, |(at, _)| at.saturating_sub(window.most / 2));
        let start = start.min(len - window.most);
        start..start + window.most
    }

    /// "4 more above · 9 more below", where rows are hidden.
    pub(super) fn words(shown: &Range<usize>, len: usize) -> Option<String> {
        let (above, below) = (shown.start, len - shown.end);
        match (above, below) {
            (0, 0) => None,
            (0, below) => Some(format!("{below} more below")),
            (above, 0) => Some(format!("{above} more above")),
            (above, below) => Some(format!("{above} more above · {below} more below")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(around: &str, most: usize) -> (Range<usize>, Option<String>) {
        let names = ["a", "b", "c", "d", "e", "f"];
        let window = Window { list: "list", around: around.to_owned(), most, fills: false };
        let shown = Window::rows(Some(&window), "list", names.iter().copied());
        let words = Window::words(&shown, names.len());
        (shown, words)
    }

    #[test]
    fn the_window_holds_the_row_and_says_what_it_hides() {
        assert_eq!(rows("a", 3), (0..3, Some("3 more below".into())));
        assert_eq!(rows("d", 3), (2..5, Some("2 more above · 1 more below".into())));
        assert_eq!(rows("f", 3), (3..6, Some("3 more above".into())));
        assert_eq!(rows("gone", 3).0, 0..3);
        assert_eq!(rows("f", 6), (0..6, None));
        let window = Window { list: "other", around: "a".into(), most: 1, fills: false };
        assert_eq!(Window::rows(Some(&window), "list", ["a", "b"].into_iter()), 0..2);
    }
}
