//! The last line: keys that work now, or a word in passing.
//!
//! Owns how many hints fit and how they look. Which ones there are comes from the key table.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::text;
use crate::tui::theme::{Theme, Tone};

/// A key and its word, with its place among the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The key.
    pub key: String,
    /// What it does.
    pub label: String,
    /// The smaller, the earlier; the last two are always kept.
    pub rank: u8,
}

/// The rank of help, for which there is always room.
pub const HELP_RANK: u8 = 99;
/// The rank of the way back, for which there is room where there is no other way out.
const BACK_RANK: u8 = 50;
/// The rank of the end of the program, which is not offered where the way back has no room.
const QUIT_RANK: u8 = 57;
/// The rank of the way out of a wizard, for which there is room on every usual screen.
pub const LEAVE_RANK: u8 = 98;
/// From so many columns on.
const LEAVE_FROM: u16 = 58;

impl Hint {
    fn width(&self) -> u16 {
        text::width(&self.key) + 1 + text::width(&self.label)
    }
}

/// Draws the hints that fit, after what is said in passing.
pub fn view(
    hints: &[Hint],
    said: Option<(Tone, &str)>,
    theme: &Theme,
    area: Rect,
    buf: &mut Buffer,
) {
    let mut room = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    if let Some((tone, words)) = said {
        let x = text::put(buf, room, words, theme.style(tone));
        let x = (x + 3).min(room.right());
        room = Rect { x, width: room.right() - x, ..room };
    }
    for hint in fitting(hints, room.width) {
        let x = text::put(buf, room, &hint.key, theme.style(Tone::Key));
        room = Rect { x: x + 1, width: room.right().saturating_sub(x + 1), ..room };
        let x = text::put(buf, room, &hint.label, theme.style(Tone::Muted));
        room = Rect { x: x + 2, width: room.right().saturating_sub(x + 2), ..room };
    }
}

/// Whether what stands first, and help, have room beside what is said in passing.
pub fn has_room(hints: &[Hint], said: &str, columns: u16) -> bool {
    let first = hints.iter().min_by_key(|hint| hint.rank);
    let help = hints.iter().find(|hint| hint.rank == HELP_RANK);
    let needed = first.filter(|hint| hint.rank != HELP_RANK).into_iter().chain(help);
    let needed: u16 = needed.map(|hint| hint.width() + 2).sum();
    text::width(said) + 3 + needed <= columns
}

/// The rank of the hint that stands at a column, where [`view`] draws these.
pub fn at(hints: &[Hint], said: Option<&str>, area: Rect, x: u16) -> Option<u8> {
    let right = area.right().saturating_sub(1);
    let mut from = area.x + 1;
    if let Some(words) = said {
        from = (from + text::width(words).min(right - from) + 3).min(right);
    }
    for hint in fitting(hints, right - from) {
        let to = from + hint.width();
        if (from..to).contains(&x) {
            return Some(hint.rank);
        }
        from = to + 2;
    }
    None
}

/// The hints for which there is room, in order. Why going back does no harm gives way to other keys.
fn fitting(hints: &[Hint], width: u16) -> Vec<Hint> {
    let whole = placed(hints, width);
    let short = hints.iter().cloned().map(|hint| match hint.label.split_once(", ") {
        Some((word, _)) if hint.rank == BACK_RANK => Hint { label: word.to_owned(), ..hint },
        _ => hint,
    });
    let short = placed(&short.collect::<Vec<_>>(), width);
    let of_the_page = |hints: &[Hint]| hints.iter().filter(|hint| hint.rank <= BACK_RANK).count();
    let backs = |hints: &[Hint]| hints.iter().any(|hint| hint.rank == BACK_RANK);
    let more = of_the_page(&short) > of_the_page(&whole) || backs(&short) && !backs(&whole);
    if more { short } else { whole }
}

fn placed(hints: &[Hint], width: u16) -> Vec<Hint> {
    let mut sorted: Vec<Hint> = hints.to_vec();
    sorted.sort_by_key(|hint| hint.rank);
    // The way back goes before the rest, but not before what stands first.
    let leaves = width >= LEAVE_FROM;
    let needed = sorted.iter().enumerate().filter(|(n, hint)| {
        *n == 0 || matches!(hint.rank, BACK_RANK | HELP_RANK) || (leaves && hint.rank == LEAVE_RANK)
    });
    let backs = needed.map(|(_, hint)| hint.width() + 2).sum::<u16>() <= width + 2;
    let is_kept = |hint: &Hint| match hint.rank {
        HELP_RANK => true,
        BACK_RANK => backs,
        LEAVE_RANK => leaves,
        _ => false,
    };
    let quits = backs || hints.iter().all(|hint| hint.rank != BACK_RANK);
    sorted.retain(|hint| quits || hint.rank != QUIT_RANK);
    let kept: u16 = sorted.iter().filter(|hint| is_kept(hint)).map(|hint| hint.width() + 2).sum();
    let mut left = (width + 2).saturating_sub(kept);
    sorted.retain(|hint| {
        if is_kept(hint) {
            return width + 2 >= kept;
        }
        let wanted = hint.width() + 2;
        let fits = wanted <= left;
        if fits {
            left -= wanted;
        }
        fits
    });
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(key: &str, label: &str, rank: u8) -> Hint {
        Hint { key: key.into(), label: label.into(), rank }
    }

    fn words(hints: &[Hint], width: u16) -> Vec<String> {
        fitting(hints, width).into_iter().map(|hint| hint.label).collect()
    }

    #[test]
    fn there_is_always_room_for_help() {
        let hints = [
            hint("?", "help", HELP_RANK),
            hint("enter", "open", 1),
            hint("w", "wizards", 2),
            hint("/", "filter", 3),
        ];
        let words = |width| words(&hints, width);
        assert_eq!(words(80), ["open", "wizards", "filter", "help"]);
        assert_eq!(words(20), ["open", "help"]);
        assert_eq!(words(6), ["help"]);
        assert!(words(5).is_empty());
    }

    #[test]
    fn a_notice_stands_beside_the_keys_only_where_the_first_of_them_has_room() {
        let hints =
            [hint("e", "export", 4), hint("enter", "invite", 1), hint("?", "help", HELP_RANK)];
        assert!(has_room(&hints, "12345", 30));
        assert!(!has_room(&hints, "123456", 30));
        let area = Rect::new(0, 0, 30, 1);
        let mut buf = Buffer::empty(area);
        view(&hints, Some((Tone::Done, "12345")), &Theme::plain(), area, &mut buf);
        let drawn: String = buf.content.iter().map(ratatui::buffer::Cell::symbol).collect();
        assert!(drawn.contains("enter invite  ? help"), "{drawn}");
    }

    #[test]
    fn a_hint_is_found_where_it_is_drawn() {
        let hints =
            [hint("enter", "open", 1), hint("w", "wizards", 2), hint("?", "help", HELP_RANK)];
        let area = Rect::new(0, 9, 60, 1);
        for said in [None, Some("Copied: x")] {
            let mut buf = Buffer::empty(area);
            view(&hints, said.map(|said| (Tone::Done, said)), &Theme::plain(), area, &mut buf);
            let drawn: String = buf.content.iter().map(ratatui::buffer::Cell::symbol).collect();
            for (words, rank) in [("enter open", 1), ("w wizards", 2), ("? help", HELP_RANK)] {
                let from = u16::try_from(drawn.find(words).unwrap()).unwrap();
                let last = from + text::width(words) - 1;
                assert_eq!(at(&hints, said, area, from), Some(rank), "{drawn}");
                assert_eq!(at(&hints, said, area, last), Some(rank), "{drawn}");
                assert_ne!(at(&hints, said, area, last + 1), Some(rank), "{drawn}");
            }
        }
    }

    #[test]
    fn the_way_out_of_a_wizard_stands_before_help_from_60_columns_on() {
        let hints = [
            hint("enter", "a long word for what Enter is", 1),
            hint("esc", "back", 50),
            hint("ctrl-x", "leave", LEAVE_RANK),
            hint("?", "help", HELP_RANK),
        ];
        let words = |width| words(&hints, width);
        assert_eq!(words(67), ["a long word for what Enter is", "back", "leave", "help"]);
        assert_eq!(words(58), ["a long word for what Enter is", "leave", "help"]);
        assert_eq!(words(24), ["back", "help"]);
    }

    #[test]
    fn the_way_back_goes_before_what_a_page_can_do_besides_and_before_quitting() {
        let hints = [
            hint("enter", "invite", 1),
            hint("e", "export", 3),
            hint("h", "e-mail held", 4),
            hint("v", "verify domains", 5),
            hint("esc", "back, nothing is sent", 50),
            hint("q", "quit", 57),
            hint("ctrl-x", "leave", LEAVE_RANK),
            hint("?", "help", HELP_RANK),
        ];
        let words = |width| words(&hints, width);
        let all = ["invite", "export", "e-mail held", "verify domains", "back, nothing is sent"];
        assert_eq!(words(108)[..5], all);
        let all = ["invite", "export", "e-mail held", "verify domains", "back", "leave", "help"];
        assert_eq!(words(88), all, "why it does no harm gives way first");
        assert_eq!(words(36), ["invite", "back", "help"]);
        assert_eq!(words(28), ["invite", "help"], "no quitting without the way back");
    }

    #[test]
    fn the_way_back_from_a_list_or_a_box_stands_before_help() {
        let hints = [
            hint("enter", "open", 1),
            hint("e", "export", 4),
            hint("+", "add a user", 6),
            hint("esc", "back", 50),
            hint("q", "quit", 57),
            hint("?", "help", HELP_RANK),
        ];
        let words = |width| words(&hints, width);
        assert_eq!(words(46), ["open", "export", "back", "quit", "help"]);
        assert_eq!(words(30), ["open", "back", "help"]);
        assert_eq!(words(24), ["open", "help"], "what stands first goes before it");
    }
}
