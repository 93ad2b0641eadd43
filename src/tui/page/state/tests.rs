//! Where the focus goes, and what a field that takes one of many does with keys.

use super::*;
use crate::tui::keymap::Chord;
use crate::tui::page::{PickOption, PickSpec, RowSpec, Rows, TickRow, Ticks};
use crate::tui::theme::Tone;
use crate::tui::widget::field::Kind;

fn page(filled: bool) -> Page {
    let row = RowSpec { id: "a".into(), tone: Tone::Text, end: None, cells: vec!["a".into()] };
    let field = FieldSpec {
        key: "count",
        label: String::new(),
        kind: Kind::Count,
        value: String::new(),
        hint: String::new(),
        error: None,
    };
    let rows = Rows { key: "rows", rows: vec![row], empty: String::new() };
    let blocks = vec![Block::Rows(rows), Block::Field(field)];
    Page {
        blocks: if filled { blocks } else { Vec::new() },
        first: Some("count"),
        ..Page::default()
    }
}

#[test]
fn the_focus_waits_for_the_field_until_the_operator_moves() {
    let mut state = PageState::opened(&page(false));
    state.sync(&page(true), 80, 20);
    assert_eq!(state.focus, 1, "the field came after the page was opened");
    state.go(Motion::Up, &page(true));
    state.sync(&page(true), 80, 20);
    assert_eq!(state.focus, 0, "it is not taken away again");
    state.sync(&page(false), 80, 20);
    state.sync(&page(true), 80, 20);
    assert_eq!(state.focus, 1, "a page that was empty meanwhile begins anew");
}

fn field(key: &'static str, value: &str) -> FieldSpec {
    FieldSpec {
        key,
        label: key.to_owned(),
        kind: Kind::Text,
        value: value.to_owned(),
        hint: String::new(),
        error: None,
    }
}

/// A country to pick between two fields.
fn countries(value: &str) -> Page {
    let option = |label: &str| PickOption {
        id: label.to_owned(),
        label: label.to_owned(),
        note: String::new(),
    };
    let all = ["Germany", "Niger", "Nigeria", "Norway"].map(option);
    Page::new(vec![
        Block::Field(field("name", "")),
        Block::Pick(PickSpec::new(field("country", value), all)),
        Block::Field(field("other", "")),
    ])
}

fn at(value: &str) -> PageState {
    let page = countries(value);
    let mut state = PageState::opened(&page);
    state.go_field("country", &page);
    state.sync(&page, 80, 20);
    state
}

fn letter(state: &mut PageState, letter: char) -> Option<Edit> {
    state.on_text(&Chord::parse(&letter.to_string()).unwrap().event())
}

#[test]
fn the_first_match_is_taken_unless_another_is_marked() {
    let page = countries("n");
    let mut state = at("n");
    let taken = |state: &PageState, page| match state.take(page) {
        Some(Edit::Pick { choice: "country", id }) => id,
        other => panic!("{other:?}"),
    };
    assert_eq!(taken(&state, &page), "Niger");
    state.go(Motion::Down, &page);
    assert_eq!((taken(&state, &page).as_str(), state.focus), ("Nigeria", 1));
    state.go(Motion::Up, &page);
    assert_eq!(taken(&state, &page), "Niger");
    state.go(Motion::Up, &page);
    assert_eq!(state.focus, 0, "past the first match the focus moves on");
}

#[test]
fn nothing_is_taken_that_was_not_looked_for() {
    let page = countries("");
    let mut state = at("");
    assert_eq!(state.take(&page), None);
    state.go(Motion::Down, &page);
    assert!(state.take(&page).is_some(), "marked by hand");
}

#[test]
fn a_letter_replaces_what_was_picked() {
    let mut state = at("Germany");
    assert_eq!(state.take(&countries("Germany")), None, "it is picked already");
    let Some(Edit::Text { value, .. }) = letter(&mut state, 'n') else { panic!() };
    assert_eq!(value, "n");
    state.sync(&countries(&value), 80, 20);
    let Some(Edit::Text { value, .. }) = letter(&mut state, 'o') else { panic!() };
    assert_eq!(value, "no", "what is being typed goes on");
}

#[test]
fn section_6_a_letter_goes_into_the_words_that_are_asked_for() {
    let row = |disabled: Option<&str>| TickRow {
        id: "agree".into(),
        ticked: false,
        label: "I agree".into(),
        number: None,
        end: None,
        note: String::new(),
        disabled: disabled.map(Into::into),
    };
    let page = |disabled| {
        let words = FieldSpec { kind: Kind::Confirmation, ..field("confirm", "") };
        let ticks = Ticks { key: "agree", rows: vec![row(disabled)] };
        let mut page = Page::new(vec![Block::Ticks(ticks), Block::Field(words)]);
        page.first = Some("agree");
        page
    };
    let event = |c: char| Chord::typed(c);
    let mut state = PageState::opened(&page(None));
    state.sync(&page(None), 80, 20);
    assert!(!state.wants(&event(' ')) && !state.wants(&event('?')), "these stay what they are");
    assert!(state.wants(&event('q')));
    let typed = state.on_text(&event('q'));
    assert_eq!(typed, Some(Edit::Text { field: "confirm", value: "q".into() }));
    assert_eq!(state.focus, 1, "the focus goes with it");

    let mut early = PageState::opened(&page(Some("read it first")));
    early.sync(&page(Some("read it first")), 80, 20);
    early.go(Motion::First, &page(Some("read it first")));
    early.sync(&page(Some("read it first")), 80, 20);
    assert!(!early.wants(&event('q')), "not before they are asked for");
}

#[test]
fn enter_goes_on_to_what_is_still_to_be_answered() {
    let page = countries("");
    let mut state = at("");
    assert!(state.advances_within(&page));
    state.go_field("other", &page);
    assert!(!state.advances_within(&page));
}

#[test]
fn section_6_a_key_that_edits_text_stays_in_its_field_also_where_that_is_empty() {
    let page =
        Page::new(vec![Block::Field(field("first", "Ada")), Block::Field(field("last", ""))]);
    let mut state = PageState::opened(&page);
    state.go(Motion::Down, &page);
    state.sync(&page, 80, 20);
    for key in ["ctrl-u", "ctrl-w", "ctrl-k", "ctrl-a", "ctrl-e", "backspace"] {
        let key = Chord::parse(key).unwrap().event();
        assert!(state.wants(&key), "{key:?} would go to the page");
        let edit = state.on_text(&key);
        let empty = |edit| matches!(edit, Edit::Text { field: "last", value } if value.is_empty());
        assert!(edit.is_none_or(empty), "{key:?}");
        assert_eq!(state.focus, 1, "{key:?}");
    }
}
