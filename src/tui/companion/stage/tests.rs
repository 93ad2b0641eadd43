//! The stage's rows and cards, around a page that a test writes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::{Stage, page_size};
use crate::tui::companion::text_of;
use crate::tui::theme::Theme;

/// A page whose rows are told apart, with a footer.
fn page((width, height): (u16, u16)) -> Buffer {
    let mut page = Buffer::empty(Rect::new(0, 0, width, height));
    for y in 0..height {
        let words = if y + 1 == height { "footer".to_owned() } else { format!("row {y}") };
        page.set_string(0, y, words, Style::new());
    }
    page
}

fn telling(words: &str, keys: &[&str]) -> Stage {
    let keys = keys.iter().map(|key| (*key).to_owned()).collect();
    Stage { words: words.to_owned(), keys, ..Stage::default() }
}

#[test]
fn a_caption_covers_nothing_of_the_page_and_stands_above_its_footer() {
    let theme = Theme::plain();
    for size in [(80, 24), (100, 30), (200, 60), (79, 24), (40, 12), (80, 11), (80, 10), (40, 10)] {
        let (width, height) = page_size(size);
        let page = page((width, height));
        let screen = telling("What is told.", &["tab"]).around(&page, &theme, size.1);
        assert_eq!((screen.area.width, screen.area.height), size);
        let (before, after) = (text_of(&page), text_of(&screen));
        let told = after.lines().position(|line| line.contains("What is told."));
        if height == size.1 {
            assert_eq!(after, before, "{size:?} is too low for a stage");
            continue;
        }
        let told = told.unwrap();
        let rows = usize::from(size.1 - height);
        let mut rest: Vec<&str> = after.lines().collect();
        rest.drain(told..told + rows);
        assert_eq!(rest, before.lines().collect::<Vec<_>>(), "{size:?}");
        assert_eq!(told + rows, usize::from(size.1) - 1, "{size:?}");
        assert!(after.lines().nth(told + rows - 1).unwrap().ends_with("tab"), "{after}");
    }
}

#[test]
fn the_row_has_one_style_from_edge_to_edge() {
    let screen = telling("What is told.", &[]).around(&page((80, 23)), &Theme::plain(), 24);
    for x in 0..80 {
        let cell = &screen[(x, 22)];
        assert!(cell.modifier.contains(Modifier::REVERSED), "column {x}");
        assert_eq!((cell.fg, cell.bg), (screen[(0, 22)].fg, screen[(0, 22)].bg), "column {x}");
    }
    assert!(!screen[(0, 23)].modifier.contains(Modifier::REVERSED));
}

#[test]
fn keys_are_counted_and_the_last_ones_kept() {
    let keys = |keys: &[&str]| telling("", keys).keys(17);
    assert_eq!(keys(&["tab", "w"]), "tab  w");
    assert_eq!(keys(&["down", "down", "down", "enter"]), "down ×3  enter");
    assert_eq!(keys(&["ada@brightwater.example"]), "…ightwater.example".replacen("…i", "…", 1));
    assert_eq!(keys(&["a\x1b[2J"]), "a^[[2J");
    assert_eq!(keys(&[]), "");
}

#[test]
fn a_card_stands_alone_with_the_words_below_it() {
    let card = ("A title".to_owned(), vec!["What happens.".to_owned(), "A minute.".to_owned()]);
    let stage = Stage { card: Some(card), ..telling("Space pauses.", &[]) };
    for size in [(80, 24), (40, 12), (200, 60)] {
        let (width, height) = page_size(size);
        let text = text_of(&stage.around(&page((width, height)), &Theme::plain(), size.1));
        for words in ["A title", "What happens.", "A minute.", "Space pauses."] {
            assert!(text.contains(words), "{words} in\n{text}");
        }
        assert!(!text.contains("row") && !text.contains("footer"), "{text}");
    }
}
