//! Draws a page: its lines, the bar at the focus, the field being edited, what stands below it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::lines::{self, DrawnLine};
use super::state::PageState;
use super::{Block, Page, Piece};
use crate::tui::layout;
use crate::tui::screen::Look;
use crate::tui::theme::Tone;
use crate::tui::widget::{bar, field, links, marks, text};

/// What of a page is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drawn {
    /// The part of its area below it that is still free.
    pub rest: Rect,
    /// Why one cannot go on stands in it already.
    pub refusal: bool,
}

/// Draws a page into an area, scrolled to its focus.
pub fn draw(
    page: &Page,
    state: &PageState,
    look: &Look<'_>,
    area: Rect,
    buf: &mut Buffer,
) -> Drawn {
    let lines = lines::lines(page, area.width, area.height, state.at());
    let end = lines.len().min(state.top + usize::from(area.height));
    let shown = state.top.min(end)..end;
    for (n, line) in (0u16..).zip(&lines[shown.clone()]) {
        let row = Rect { y: area.y + n, height: 1, ..area };
        let focused = line.stop.is_some() && line.stop == Some(state.focus);
        if focused {
            text::put(buf, column(row, 1, None), "▌", look.ink(Tone::Focus));
        }
        draw_line(line, focused, state, look, row, buf);
    }
    for said in page.blocks.iter().filter_map(said) {
        links::mark(said, area, buf);
    }
    // No line is as wide as the area: nothing is covered.
    marks::more(&shown, lines.len(), look.theme, area, buf);
    // Lines kept free at the end of a page are the air before what stands under it.
    let is_free = |line: &&DrawnLine| line.is_free();
    let free = lines[shown.clone()].iter().rev().take_while(is_free).count();
    let used = u16::try_from(shown.len() - free).unwrap_or(area.height);
    let rest = Rect { y: area.y + used, height: area.height.saturating_sub(used), ..area };
    Drawn { rest, refusal: lines[shown].iter().any(|line| line.refusal) }
}

/// What a block tells that may name a web address.
fn said(block: &Block) -> Option<&str> {
    match block {
        Block::Prose { text, .. } | Block::Notice { text, .. } => Some(text),
        Block::Value { value, .. } => Some(value.as_str()),
        _ => None,
    }
}

/// The part of a row from `at` up to the next piece.
fn column(row: Rect, at: u16, next: Option<u16>) -> Rect {
    let end = next.map_or(row.width, |next| next.saturating_sub(1).min(row.width));
    Rect { x: row.x + at.min(row.width), width: end.saturating_sub(at), ..row }
}

fn draw_line(
    line: &DrawnLine,
    focused: bool,
    state: &PageState,
    look: &Look<'_>,
    row: Rect,
    buf: &mut Buffer,
) {
    if let Some(at) = line.value_at {
        let cell = column(row, at, None);
        field::cell(look.theme, Rect { width: line.cell.min(cell.width), ..cell }, buf);
    }
    let editing = line.value_at.zip(state.field.as_ref()).filter(|_| focused);
    for (n, (at, piece)) in line.pieces.iter().enumerate() {
        let next = line.pieces.get(n + 1).map(|(at, _)| *at);
        if editing.is_some_and(|(value_at, _)| value_at == *at) {
            continue;
        }
        text::put(buf, column(row, *at, next), &piece.text, look.ink(piece.tone));
    }
    if let Some((at, (_, field))) = editing {
        let cell = column(row, at, None);
        field.view(look.theme, true, Rect { width: line.cell.min(cell.width), ..cell }, buf);
    }
    if let Some((at, done, total)) = line.progress {
        bar::view(done, total, look.theme, column(row, at, None), buf);
    }
}

/// What stands before a command line.
const SAME_AS: &str = "same as: ";
/// What stands between two consequences.
const BETWEEN: &str = " · ";
/// The least that stays of a page above its command line.
const LEAST_PAGE: u16 = 6;

/// The page's room and that of the lines below it: these get more where the command line or the
/// consequences have more lines than one, for neither is cut. `status` with a column free at either
/// side.
pub fn rooms(page: &Page, area: Rect, status: Rect) -> (Rect, Rect) {
    let columns = status.width.saturating_sub(2);
    let told = parts(page, columns).len().max(1) + usize::from(page.scope.is_some());
    // In one row there is no room for a command line at all.
    let lines = if status.height > 1 { command(page, columns).len() } else { 0 };
    let wanted = u16::try_from(told + lines).unwrap_or(u16::MAX);
    // Whom the ticks are about is always told (SPEC section 5): it gets a row of the smallest page.
    let least = LEAST_PAGE - u16::from(page.scope.is_some());
    let more = wanted.saturating_sub(status.height).min(area.height.saturating_sub(least));
    let page = Rect { height: area.height - more, ..area };
    (page, Rect { y: status.y - more, height: status.height + more, ..status })
}

/// The command line, wrapped as a shell takes it: where a line goes on it ends in a backslash.
fn command(page: &Page, columns: u16) -> Vec<String> {
    let Some(command) = &page.same_as else { return Vec::new() };
    let columns = columns.saturating_sub(text::width(SAME_AS));
    if text::width(command) <= columns {
        return vec![command.clone()];
    }
    let mut lines = text::wrap(command, columns.saturating_sub(2));
    let last = lines.pop();
    for line in &mut lines {
        line.push_str(" \\");
    }
    lines.into_iter().chain(last).collect()
}

/// Under the page, where it leaves room, else above the footer: why one cannot go on and the
/// consequences, within sight of what they speak of. Above the footer: what is cut of the focused
/// row, and the command line. Returns what is still free under the page.
pub fn below(
    page: &Page,
    state: &PageState,
    (refusal, drawn): (Option<&str>, Drawn),
    look: &Look<'_>,
    status: Rect,
    buf: &mut Buffer,
) -> Rect {
    let refusal = refusal.filter(|_| !drawn.refusal);
    let room = layout::inset(drawn.rest, 1);
    let effects = effects(page, refusal, look, room.width);
    let needed = u16::try_from(effects.len()).unwrap_or(u16::MAX).saturating_add(1);
    let under = !effects.is_empty() && needed <= room.height && !page.moves();
    let mut lines = Vec::new();
    let mut rest = room;
    if under {
        for (n, line) in (1u16..).zip(&effects) {
            if let Some(row) = layout::row(room, n) {
                text::put_line(buf, row, line);
            }
        }
        rest = Rect { y: room.y + needed, height: room.height - needed, ..room };
    } else {
        lines = tight(page, refusal, look, status);
    }
    let command = command(page, status.width);
    if lines.is_empty()
        && let Some(whole) = &state.whole
    {
        let room = usize::from(status.height).saturating_sub(command.len()).max(1);
        lines = whole_words(whole, look, status.width, room);
    }
    lines.truncate(status.height.into());
    // All of it or none: half a command would be another command.
    let fits = lines.len() + command.len() <= status.height.into();
    for (n, line) in command.into_iter().filter(|_| fits).enumerate() {
        let mark = if n == 0 { SAME_AS.to_owned() } else { " ".repeat(SAME_AS.len()) };
        let pieces = vec![look.span(Tone::Faint, mark), look.span(Tone::Muted, line)];
        lines.push(Line::from(pieces));
    }
    let free = usize::from(status.height).saturating_sub(lines.len());
    for (n, line) in lines.iter().enumerate() {
        let n = u16::try_from(n + free).unwrap_or(0);
        if let Some(row) = layout::row(status, n) {
            text::put_line(buf, row, line);
        }
    }
    rest
}

/// Whom the consequences are about, the consequences, and why one cannot go on.
fn effects(page: &Page, refusal: Option<&str>, look: &Look<'_>, width: u16) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if let Some(why) = refusal {
        let words = text::wrap(&format!("✗ {why}"), width.min(layout::MEASURE));
        lines.extend(words.into_iter().map(|line| Line::from(look.span(Tone::Refused, line))));
    }
    if let Some(scope) = &page.scope {
        lines.push(Line::from(look.span(Tone::Text, scope.clone())));
    }
    lines.extend(parts(page, width).into_iter().map(|line| drawn(line, look)));
    lines
}

fn drawn(pieces: Vec<Piece>, look: &Look<'_>) -> Line<'static> {
    pieces.into_iter().map(|piece| look.span(piece.tone, piece.text)).collect()
}

/// The consequences in lines, broken between their parts alone.
fn parts(page: &Page, columns: u16) -> Vec<Vec<Piece>> {
    let mut lines: Vec<Vec<Piece>> = Vec::new();
    let (mut used, mut part) = (0, Vec::new());
    let pieces = page.consequences.iter().flat_map(|piece| {
        piece.text.split_inclusive(BETWEEN).map(|text| Piece::new(piece.tone, text))
    });
    let pieces: Vec<Piece> = pieces.collect();
    for (n, piece) in pieces.iter().enumerate() {
        part.push(piece.clone());
        if n + 1 < pieces.len() && !piece.text.ends_with(BETWEEN) {
            continue;
        }
        let wide: u16 =
            part.iter().map(|piece| text::width(piece.text.trim_end_matches(BETWEEN))).sum();
        let whole: u16 = part.iter().map(|piece| text::width(&piece.text)).sum();
        if let Some(line) = lines.last_mut().filter(|_| used + wide <= columns) {
            line.append(&mut part);
        } else {
            end(lines.last_mut());
            lines.push(std::mem::take(&mut part));
            used = 0;
        }
        used += whole;
    }
    lines
}

/// A line that goes on in the next one ends without what stands between two parts.
fn end(line: Option<&mut Vec<Piece>>) {
    let Some(last) = line.and_then(|line| line.last_mut()) else { return };
    last.text = last.text.trim_end_matches(BETWEEN).to_owned();
}

/// The same in the few lines above the footer: why one cannot go on, else the consequences; whom
/// they are about, where there is room for it.
fn tight(page: &Page, refusal: Option<&str>, look: &Look<'_>, room: Rect) -> Vec<Line<'static>> {
    let most = usize::from(room.height).max(1);
    let mut lines: Vec<Line<'static>> = if let Some(why) = refusal {
        let words = text::few(text::wrap(&format!("✗ {why}"), room.width), most);
        words.into_iter().map(|line| Line::from(look.span(Tone::Refused, line))).collect()
    } else {
        let mut lines = parts(page, room.width);
        let fit = if page.scope.is_some() { most.saturating_sub(1).max(1) } else { most };
        let rest = lines.split_off(fit.min(lines.len()));
        if let (Some(last), false) = (lines.last_mut(), rest.is_empty()) {
            last.push(Piece::new(Tone::Faint, BETWEEN));
            last.extend(rest.into_iter().flatten());
        }
        lines.into_iter().map(|line| drawn(line, look)).collect()
    };
    if let Some(scope) = page.scope.as_ref().filter(|_| lines.len() < most) {
        lines.insert(0, Line::from(look.span(Tone::Text, scope.clone())));
    }
    lines
}

/// What is cut of the focused row; what has no room even here ends in `…`, as all that is cut.
fn whole_words(whole: &str, look: &Look<'_>, columns: u16, room: usize) -> Vec<Line<'static>> {
    let words = text::few(text::wrap(whole, columns), room);
    words.into_iter().map(|words| Line::from(look.span(Tone::Text, words))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_4_a_command_line_wraps_as_a_shell_takes_it_and_is_never_cut() {
        let long = "hublink trial start --company Northwind --country NO --services messaging=250";
        let page = Page { same_as: Some(long.to_owned()), ..Page::default() };
        assert_eq!(command(&page, 100), [long]);
        let lines = command(&page, 50);
        assert!(lines.iter().all(|line| text::width(line) + 9 <= 50), "{lines:?}");
        let whole: Vec<&str> = lines.iter().map(|line| line.trim_end_matches(" \\")).collect();
        assert_eq!(whole.join(" "), long);
        assert_eq!(command(&Page::default(), 50), [""; 0]);
    }

    #[test]
    fn a_page_gives_its_last_rows_to_a_long_command_line() {
        let page = Page { same_as: Some("word ".repeat(40)), ..Page::default() };
        let (area, status) = (Rect::new(0, 3, 80, 17), Rect::new(0, 20, 80, 2));
        let (less, more) = rooms(&page, area, status);
        assert!(less.height < 17 && less.bottom() == more.y && more.bottom() == status.bottom());
        assert_eq!(rooms(&Page::default(), area, status), (area, status));
        let words =
            "→ 3,709 linked silently · 648 e-mails · 6,214 skipped · 911 held · 518 blocked";
        let told = Page {
            consequences: vec![Piece::new(Tone::Text, words)],
            scope: Some("12 ticked".to_owned()),
            ..Page::default()
        };
        let lines = |columns| {
            let line = |line: Vec<Piece>| line.iter().map(|piece| piece.text.as_str()).collect();
            parts(&told, columns).into_iter().map(line).collect::<Vec<String>>()
        };
        assert_eq!(lines(78), [words]);
        let two =
            ["→ 3,709 linked silently · 648 e-mails", "6,214 skipped · 911 held · 518 blocked"];
        assert_eq!(lines(38), two);
        let (less, more) = rooms(&told, Rect::new(0, 2, 40, 8), Rect::new(0, 10, 40, 1));
        assert_eq!((less.height, more.height), (6, 3), "whom, and what");
        let low = (Rect::new(0, 2, 40, 6), Rect::new(0, 8, 40, 1));
        let (less, more) = rooms(&told, low.0, low.1);
        assert_eq!((less.height, more.height), (5, 2), "whom, always, and as much as fits of what");
        assert_eq!(rooms(&page, low.0, low.1), low, "no room for it at all");
    }
}
