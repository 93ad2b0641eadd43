//! What goes where on a page, and that nothing of it is lost.

use super::*;
use crate::domain::untrusted::Untrusted;

fn words(page: &Page, columns: u16) -> Vec<String> {
    let lines = lines(page, columns, 99, Focus::default());
    assert!(lines.iter().all(|line| line.cut(columns).is_none()), "nothing is cut");
    lines
        .iter()
        .map(|line| line.pieces.iter().map(|(_, one)| one.text.as_str()).collect())
        .collect()
}

#[test]
fn on_a_narrow_page_what_does_not_fit_goes_on_below() {
    let row = super::super::RowSpec {
        id: "1".into(),
        tone: Tone::Text,
        end: None,
        cells: vec!["jo@acme.example".into(), "directory has Jo@acme.example".into()],
    };
    let list = Block::Rows(Rows { key: "k", rows: vec![row], empty: String::new() });
    let page = Page { blocks: vec![list], ..Page::default() };
    assert_eq!(words(&page, 40), ["jo@acme.example", "directory has Jo@acme.example"]);
    assert_eq!(words(&page, 80).len(), 1);
}

#[test]
fn what_is_cut_of_a_row_can_be_told_whole() {
    let line = DrawnLine::of(0).with(3, Tone::Text, "short").with(10, Tone::Text, "far too long");
    assert_eq!(line.cut(20).as_deref(), Some("far too long"));
    assert_eq!(line.cut(22), None);
}

#[test]
fn a_value_and_what_a_row_ends_with_are_whole_however_little_room_there_is() {
    let secret = "hlk_m66ewhh3dk5x73qk58y3bwr3pr14xc302yjv88kdbr0ss5tftam5";
    let value = Untrusted::new(secret).shown();
    let page = Page::new(vec![Block::Value { label: "The token".into(), value }]);
    assert_eq!(words(&page, 40)[1..].concat(), secret);
    let row = super::super::RowSpec {
        id: "1".into(),
        tone: Tone::Text,
        end: None,
        cells: vec![
            "conceicao.fuentes-of-acme@acme.example".into(),
            "directory has CONCEICAO.FUENTES-OF-ACME@ACME.EXAMPLE".into(),
        ],
    };
    let list = Block::Rows(Rows { key: "k", rows: vec![row], empty: String::new() });
    let told = words(&Page::new(vec![list]), 90).join(" ");
    assert!(told.ends_with("directory has CONCEICAO.FUENTES-OF-ACME@ACME.EXAMPLE"), "{told}");
}
