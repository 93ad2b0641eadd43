//! Ticks against a model that keeps every earlier set.

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Act {
    Toggle(u32),
    Tick(Vec<u32>),
    Untick(Vec<u32>),
    Invert(Vec<u32>),
    Replace(Vec<u32>),
    Undo,
    Redo,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let rows = || proptest::collection::vec(0u32..150, 0..20);
    proptest::collection::vec(
        prop_oneof![
            (0u32..150).prop_map(Act::Toggle),
            rows().prop_map(Act::Tick),
            rows().prop_map(Act::Untick),
            rows().prop_map(Act::Invert),
            rows().prop_map(Act::Replace),
            Just(Act::Undo),
            Just(Act::Redo),
        ],
        0..40,
    )
}

fn set(rows: &[u32]) -> Bitmap {
    rows.iter().copied().collect()
}

proptest! {
    #[test]
    fn section_5_undo_and_redo_bring_back_every_state(acts in acts()) {
        let mut selection = Selection::default();
        let (mut states, mut at) = (vec![Bitmap::new()], 0);
        for act in acts {
            let mut next = states[at].clone();
            match &act {
                Act::Undo => {
                    prop_assert_eq!(selection.undo(), at > 0);
                    at = at.saturating_sub(1);
                    prop_assert_eq!(selection.ticked(), &states[at]);
                    continue;
                }
                Act::Redo => {
                    prop_assert_eq!(selection.redo(), at + 1 < states.len());
                    at = (at + 1).min(states.len() - 1);
                    prop_assert_eq!(selection.ticked(), &states[at]);
                    continue;
                }
                Act::Toggle(row) => {
                    next.set(*row, !next.contains(*row));
                    prop_assert_eq!(selection.toggle(*row), next.contains(*row));
                }
                Act::Tick(rows) => { next.union_with(&set(rows)); selection.tick(&set(rows)); }
                Act::Untick(rows) => { next.subtract(&set(rows)); selection.untick(&set(rows)); }
                Act::Invert(rows) => { next.flip(&set(rows)); selection.invert(&set(rows)); }
                Act::Replace(rows) => { next = set(rows); selection.replace(&set(rows)); }
            }
            prop_assert_eq!(selection.ticked(), &next);
            // What changes nothing is no step of the history.
            if next != states[at] {
                states.truncate(at + 1);
                states.push(next);
                at += 1;
            }
            prop_assert_eq!((selection.can_undo(), selection.can_redo()), (at > 0, at + 1 < states.len()));
        }
    }
}

#[test]
fn the_history_is_bounded() {
    let all = Bitmap::full(1_000_000);
    let mut selection = Selection::default();
    for _ in 0..200 {
        selection.invert(&all);
    }
    let bytes: usize = selection.done.iter().map(Change::bytes).sum();
    assert!(bytes <= BYTES && selection.done.len() >= 30, "{bytes}");
    for row in 0..2_000 {
        selection.toggle(row);
    }
    assert!(selection.done.len() <= STEPS);
}

#[test]
fn u3_the_header_box_is_about_the_rows_that_match() {
    let matches = Matches::new(set(&[3, 5, 9]));
    let mut selection = Selection::of(set(&[1]));
    assert_eq!(selection.header(&matches), HeaderBox::None);
    selection.toggle(5);
    assert_eq!(selection.header(&matches), HeaderBox::Some);
    assert_eq!(selection.tick(matches.rows()), 2);
    assert_eq!(selection.header(&matches), HeaderBox::All);
    assert_eq!(selection.header(&Matches::default()), HeaderBox::None);
}

#[test]
fn section_5_the_scope_is_in_words() {
    let matches = Matches::new((0..184).collect());
    let mut selection = Selection::of((0..9).chain([500, 501, 502]).collect());
    assert_eq!(selection.scope(&matches).words(), "12 ticked, 3 outside this filter");
    selection.untick(&Bitmap::full(1_000));
    assert_eq!(selection.scope(&matches).words(), "0 ticked");
    selection.tick(&Bitmap::full(2_412));
    let all = Matches::new(Bitmap::full(2_412));
    assert_eq!(selection.scope(&all).words(), "2,412 ticked");
}

#[test]
fn a_range_of_the_list_ticks_the_rows_shown_there() {
    let matches = Matches::new(set(&[3, 5, 9, 200]));
    assert_eq!(matches.span(3, 1), set(&[5, 9, 200]));
    assert_eq!(matches.span(0, 0), set(&[3]));
    assert_eq!(matches.span(2, 9), set(&[9, 200]));
}
