//! How far something is, as a bar with the share in words.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::text;
use crate::tui::theme::{Theme, Tone};

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
