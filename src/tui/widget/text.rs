//! Putting text into cells: cut with `…`, wrapped at words, aligned at either side.
//!
//! Owns every place where a string becomes cells, so that what is cut always ends in `…` and wide
//! characters are measured alike.

use std::borrow::Cow;

use ratatui::buffer::{Buffer, CellWidth as _};
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use unicode_segmentation::UnicodeSegmentation;

/// Columns that a text takes: those of its graphemes, each of which is drawn by itself.
pub fn width(text: &str) -> u16 {
    if text.is_ascii() {
        return u16::try_from(text.len()).unwrap_or(u16::MAX);
    }
    let drawn = text.graphemes(true).filter(|grapheme| !grapheme.contains(char::is_control));
    drawn.fold(0, |sum, grapheme| sum.saturating_add(grapheme.cell_width()))
}

/// The text cut to `columns`; what is cut ends in `…`.
pub fn cut(text: &str, columns: u16) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let Some(room) = columns.checked_sub(1) else { return Cow::Borrowed("") };
    let mut out = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        used += width(grapheme);
        if used > room {
            break;
        }
        out.push_str(grapheme);
    }
    out.push('…');
    Cow::Owned(out)
}

/// Puts text at the left of an area's first row; returns the column after it.
pub fn put(buf: &mut Buffer, area: Rect, text: &str, style: Style) -> u16 {
    let area = area.intersection(buf.area);
    if area.is_empty() {
        return area.x;
    }
    let text = cut(text, area.width);
    if !text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return buf.set_stringn(area.x, area.y, text, area.width.into(), style).0;
    }
    // Nearly all text is a letter to a cell: the way round by graphemes is most of what a key costs.
    let mut x = area.x;
    for letter in text.chars() {
        if let Some(cell) = buf.cell_mut((x, area.y)) {
            cell.set_char(letter).set_style(style);
        }
        x += 1;
    }
    x
}

/// Puts text over the rows of an area, broken between words; what is too long even for all of them
/// ends in `…`.
pub fn put_wrapped(buf: &mut Buffer, area: Rect, text: &str, style: Style) {
    let mut lines = wrap(text, area.width);
    if lines.len() > usize::from(area.height) && area.height > 0 {
        let rest = lines.split_off(usize::from(area.height) - 1);
        lines.push(rest.join(" "));
    }
    for (n, line) in (0..area.height).zip(&lines) {
        put(buf, Rect { y: area.y + n, height: 1, ..area }, line, style);
    }
}

/// Puts text at the right of an area's first row; returns the column where it begins.
pub fn put_right(buf: &mut Buffer, area: Rect, text: &str, style: Style) -> u16 {
    let text = cut(text, area.width);
    let x = area.right() - width(&text);
    put(buf, Rect { x, width: area.right() - x, ..area }, &text, style);
    x
}

/// Puts a quiet line from the top of an area's first column to its bottom.
pub fn rule(buf: &mut Buffer, area: Rect, style: Style) {
    for y in area.top()..area.bottom() {
        put(buf, Rect { y, width: 1, height: 1, ..area }, "│", style);
    }
}

/// Puts a styled line; what does not fit is cut and ends in `…`.
pub fn put_line(buf: &mut Buffer, area: Rect, line: &Line<'_>) {
    let mut x = area.x;
    let wanted = line.spans.iter().fold(0u16, |sum, span| sum.saturating_add(width(&span.content)));
    let fits = wanted <= area.width;
    for span in &line.spans {
        let room = Rect { x, width: area.right().saturating_sub(x), ..area };
        if room.width == 0 {
            break;
        }
        let last_cell = !fits && width(&span.content) >= room.width;
        if last_cell {
            // An ellipsis even where this span would just fit: more is to come.
            let mut text = cut(&span.content, room.width);
            if !text.ends_with('…') {
                text = Cow::Owned(cut(&format!("{text} "), room.width).into_owned());
            }
            put(buf, room, &text, span.style);
            break;
        }
        x = put(buf, room, &span.content, span.style);
    }
}

/// So many lines at the most, the last with all that is left: drawn, it is cut and says so.
pub fn few(mut lines: Vec<String>, most: usize) -> Vec<String> {
    if lines.len() > most.max(1) {
        let rest = lines.split_off(most.max(1) - 1);
        lines.push(rest.join(" "));
    }
    lines
}

/// The text in lines of at most `columns`, broken between words where possible.
pub fn wrap(text: &str, columns: u16) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let (mut line, mut used) = (String::new(), 0u16);
        for word in paragraph.split(' ') {
            let mut word = Cow::Borrowed(word);
            let mut taken = width(&word);
            let joined = used.saturating_add(u16::from(!line.is_empty())).saturating_add(taken);
            if !line.is_empty() && joined > columns {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            while taken > columns {
                let (head, tail) = split_at(&word, columns);
                lines.push(head);
                taken = width(&tail);
                word = Cow::Owned(tail);
            }
            if !line.is_empty() {
                line.push(' ');
                used = used.saturating_add(1);
            }
            line.push_str(&word);
            used = used.saturating_add(taken);
        }
        lines.push(line);
    }
    lines
}

/// A word that is too long for a line: after one of its signs where what follows then has a line of
/// its own, such as the code of a link; else wherever the line ends.
fn split_at(word: &str, columns: u16) -> (String, String) {
    let ends = word.match_indices(['/', '?', '&', '=', ',']).map(|(at, sign)| at + sign.len());
    let fits = |at: &usize| {
        let (head, tail) = word.split_at(*at);
        !tail.is_empty() && width(head) <= columns && width(tail) <= columns
    };
    if let Some(at) = ends.rev().find(fits) {
        return (word[..at].to_owned(), word[at..].to_owned());
    }
    let mut used = 0;
    for (at, grapheme) in word.grapheme_indices(true) {
        used += width(grapheme);
        if used > columns && at > 0 {
            return (word[..at].to_owned(), word[at..].to_owned());
        }
    }
    (word.to_owned(), String::new())
}

#[cfg(test)]
mod tests;
