//! What is shown to an audience: a row above the footer for words and keys, and cards.
//!
//! Owns the rows that the page gives up meanwhile, and how they look: nothing of the page is
//! covered by them. A card stands in the page's place. Must not know what is played.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use crate::domain::untrusted::Untrusted;
use crate::tui::layout::{self, MIN_HEIGHT};
use crate::tui::theme::{Theme, Tone};
use crate::tui::widget::frame::frame;
use crate::tui::widget::text;

/// From this width on, words and keys stand in one row.
const ONE_ROW_FROM: u16 = 80;
/// The room for the keys, at the right.
const KEYS_WIDTH: u16 = 17;
/// The room for a card's text.
const CARD_WIDTH: u16 = 72;

/// What is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stage {
    /// What is told.
    pub words: String,
    /// The keys that were pressed, as the footer spells them.
    pub keys: Vec<String>,
    /// It does not go on by itself: what is told says how it does.
    pub halted: bool,
    /// A card in the page's place: its title, and lines below.
    pub card: Option<(String, Vec<String>)>,
}

/// The part of a terminal of this size that is the page's: without the stage's rows. A terminal
/// that is too low for both has no stage.
pub fn page_size((width, height): (u16, u16)) -> (u16, u16) {
    let rows = if width >= ONE_ROW_FROM { 1 } else { 2 };
    match height.checked_sub(rows) {
        Some(left) if left >= MIN_HEIGHT => (width, left),
        _ => (width, height),
    }
}

impl Stage {
    /// The whole screen: the page that was drawn, with the stage's rows above its footer.
    pub fn around(&self, page: &Buffer, theme: &Theme, height: u16) -> Buffer {
        let (width, rows) = (page.area.width, height.saturating_sub(page.area.height));
        let mut screen = Buffer::empty(Rect::new(0, 0, width, height));
        screen.set_style(screen.area, theme.base());
        let footer = page.area.height.saturating_sub(1);
        for y in 0..page.area.height {
            let to = if y == footer { y + rows } else { y };
            for x in 0..width {
                if let (Some(from), Some(cell)) = (page.cell((x, y)), screen.cell_mut((x, to))) {
                    *cell = from.clone();
                }
            }
        }
        if let Some((title, lines)) = &self.card {
            Self::draw_card(title, lines, theme, &mut screen);
        }
        if rows > 0 {
            self.draw_rows(Rect::new(0, footer, width, rows), theme, &mut screen);
        }
        screen
    }

    fn draw_card(title: &str, lines: &[String], theme: &Theme, screen: &mut Buffer) {
        for cell in &mut screen.content {
            cell.reset();
            cell.set_style(theme.base());
        }
        let all = screen.area;
        let mut words: Vec<(Tone, String)> = Vec::new();
        let room = CARD_WIDTH.min(all.width.saturating_sub(6));
        let paragraphs = [(Tone::Title, title)].into_iter();
        for (tone, text) in paragraphs.chain(lines.iter().map(|line| (Tone::Text, line.as_str()))) {
            if !words.is_empty() {
                words.push((tone, String::new()));
            }
            words.extend(text::wrap(&shown(text), room).into_iter().map(|line| (tone, line)));
        }
        let height = u16::try_from(words.len()).unwrap_or(all.height).saturating_add(4);
        let inside = frame("", theme, layout::middle(all, room + 6, height), screen);
        let inside = layout::inset(inside, 2);
        for (n, (tone, line)) in (1u16..).zip(&words) {
            if let Some(row) = layout::row(inside, n) {
                text::put(screen, row, line, theme.style(*tone));
            }
        }
    }

    fn draw_rows(&self, area: Rect, theme: &Theme, screen: &mut Buffer) {
        let tone = if self.halted { Tone::Attention } else { Tone::Accent };
        let band = theme.base().patch(theme.style(tone)).add_modifier(Modifier::REVERSED);
        screen.set_style(area, band);
        let room = layout::inset(area, 1);
        let keys = self.keys(KEYS_WIDTH);
        let last = Rect { y: area.bottom() - 1, height: 1, ..room };
        let begins = text::put_right(screen, last, &keys, band);
        let gap = if keys.is_empty() { 0 } else { 2 };
        let words = shown(&self.words);
        let columns =
            |n: u16| if n + 1 == area.height { begins.saturating_sub(gap) } else { room.right() };
        let lines = match area.height {
            1 => vec![words],
            _ => text::wrap(&words, room.width),
        };
        for (n, line) in (0u16..area.height).zip(lines) {
            let row = Rect { y: area.y + n, width: columns(n).saturating_sub(room.x), ..room };
            let row = Rect { height: 1, ..row };
            text::put(screen, row, &line, Style::new().add_modifier(Modifier::BOLD));
        }
    }

    /// The keys as far as there is room for them, the last ones rather than the first.
    fn keys(&self, columns: u16) -> String {
        let mut runs: Vec<(&str, usize)> = Vec::new();
        for key in &self.keys {
            match runs.last_mut() {
                Some((last, times)) if last == key => *times += 1,
                _ => runs.push((key, 1)),
            }
        }
        let spelled = runs.iter().map(|(key, times)| match times {
            1 => (*key).to_owned(),
            _ => format!("{key} ×{times}"),
        });
        let all = shown(&spelled.collect::<Vec<_>>().join("  "));
        let mut tail: String = all.clone();
        while text::width(&tail) + u16::from(tail.len() < all.len()) > columns {
            tail.remove(0);
        }
        if tail.len() < all.len() { format!("…{tail}") } else { all }
    }
}

fn shown(text: &str) -> String {
    Untrusted::new(text).shown().to_string()
}

#[cfg(test)]
mod tests;
