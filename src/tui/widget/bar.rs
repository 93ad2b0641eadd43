//! Bars: how far something is, with the share in words; and how many of the most there are.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::text;
use crate::tui::theme::{Theme, Tone};

/// A bar of at most `cells` for so many of `most`, to an eighth of a cell; at least that for anyone
/// at all. No half cell: that is what the bar at the row in focus looks like.
pub fn of(users: u64, most: u64, cells: u16) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▍", "▋", "▊", "▉"];
    let Some(eighths) = (users * u64::from(cells) * 8).checked_div(most) else {
        return String::new();
    };
    let eighths = usize::try_from(eighths).unwrap_or(0).max(usize::from(users > 0));
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

/// A bar with the share in words: `██████░░░░  62 %`.
pub fn view(done: u64, total: u64, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let cells = area.width.saturating_sub(8).min(48);
    let share = (done.min(total) * 100).checked_div(total).unwrap_or(100);
    let full = u16::try_from(u64::from(cells) * share / 100).unwrap_or(cells);
    let tone = if share == 100 { Tone::Done } else { Tone::Accent };
    let x = text::put(buf, area, &"█".repeat(full.into()), theme.style(tone));
    let rest = Rect { x, width: area.right() - x, ..area };
    let x = text::put(buf, rest, &"░".repeat((cells - full).into()), theme.style(Tone::Faint));
    let rest = Rect { x, width: area.right() - x, ..area };
    text::put(buf, rest, &format!(" {share:>3} %"), theme.style(Tone::Text));
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_bar_is_never_taken_for_the_row_in_focus() {
        assert_eq!(of(0, 9, 4), "");
        assert_eq!(of(1, 9_000, 4), "▏", "there is somebody");
        assert_eq!(of(9, 9, 4), "████");
        assert!((0..=64).all(|users| !of(users, 64, 8).contains('▌')));
        assert_eq!(of(1, 0, 4), "");
    }
}
