//! What a larger screen is for (LOOK, "Room"): more columns and rows never show fewer words.

use std::collections::BTreeSet;

use hublink::tui::pilot::Pilot;

const SMALL: (u16, u16) = (80, 24);
const LARGER: [(u16, u16); 3] = [(100, 30), (120, 40), (200, 60)];

/// Every word that is on a page of 80x24 is on it at all larger sizes; `at` gives the page.
pub fn never_fewer(name: &str, at: impl Fn((u16, u16)) -> Pilot) {
    let small = at(SMALL);
    for size in LARGER {
        let larger = at(size);
        let there = words(&larger);
        let lost: Vec<String> = words(&small).difference(&there).cloned().collect();
        let (small, larger) = (small.text(), larger.text());
        assert!(lost.is_empty(), "{name} at {size:?} has no {lost:?}\n{small}\n{larger}");
    }
}

/// The words on screen; not the keys, of which there are others, and not how much is hidden.
fn words(pilot: &Pilot) -> BTreeSet<String> {
    let text = pilot.text();
    let mut lines: Vec<&str> = text.lines().collect();
    lines.pop();
    let hides = |line: &str| {
        [" more above", " more below", " more domain"].iter().any(|words| line.contains(words))
    };
    let told = lines.iter().filter(|line| !hides(line));
    told.flat_map(|line| line.split([' ', '│', '▌', '↑', '↓']))
        .filter(|word| word.contains(char::is_alphanumeric) && !word.contains('…'))
        .map(str::to_owned)
        .collect()
}
