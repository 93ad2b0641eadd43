//! The tours that are compiled in.
//!
//! Owns their names and their order: the story that is told most comes first. Their files are
//! `demo/tours/*.toml`; that each of them stands here is tested.

use super::{Tour, TourError};

/// Name and file.
const SHELF: [(&str, &str); 7] = [
    ("proof-of-concept", include_str!("../../../demo/tours/proof-of-concept.toml")),
    ("hand-over", include_str!("../../../demo/tours/hand-over.toml")),
    ("site-linking", include_str!("../../../demo/tours/site-linking.toml")),
    ("trial", include_str!("../../../demo/tours/trial.toml")),
    ("order", include_str!("../../../demo/tours/order.toml")),
    ("after-linking", include_str!("../../../demo/tours/after-linking.toml")),
    ("insights", include_str!("../../../demo/tours/insights.toml")),
];

/// The names, in order.
pub fn names() -> impl Iterator<Item = &'static str> {
    SHELF.iter().map(|(name, _)| *name)
}

/// A tour by its name; nothing where there is none.
///
/// # Errors
/// That its file does not fit, which a test rules out.
pub fn tour(name: &str) -> Option<Result<Tour, TourError>> {
    SHELF.iter().find(|(known, _)| *known == name).map(|(_, text)| Tour::read(text))
}

/// All of them that can be read, with their names, in order.
pub fn all() -> Vec<(&'static str, Tour)> {
    let read = |(name, text): &(&'static str, &str)| Some((*name, Tour::read(text).ok()?));
    SHELF.iter().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::super::caption::{MOST, parts};
    use super::*;

    #[test]
    fn every_tour_of_the_tree_stands_on_the_shelf_and_can_be_read() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/tours");
        let mut files = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let read = tour(&name).unwrap_or_else(|| panic!("{name} is not on the shelf"));
            assert!(read.is_ok(), "{name}: {read:?}");
            files += 1;
        }
        assert_eq!(files, SHELF.len());
        assert_eq!(all().len(), SHELF.len());
    }

    #[test]
    fn every_tour_says_what_it_shows_in_words_that_fit_their_rows() {
        for (name, tour) in all() {
            for line in [&tour.title, &tour.about, &tour.close] {
                assert!((1..=72).contains(&line.chars().count()), "{name}: {line}");
            }
            for caption in tour.steps.iter().filter_map(|step| step.caption.as_ref()) {
                let whole = |part: &String| part.ends_with(['.', '?']);
                let parts = parts(caption);
                assert!(parts.iter().all(whole), "{name}: over {MOST} letters: {parts:?}");
            }
        }
    }
}
