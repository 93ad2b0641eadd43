//! Draws a page: its lines, the bar at the focus, the field being edited, what stands below it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::lines::{self, DrawnLine};
use super::state::PageState;
use super::{Block, Page};
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
/// The least that stays of a page above its command line.
const LEAST_PAGE: u16 = 6;

/// The page's room and that of the lines below it: these get more where the command line has more
/// lines than one, for it is never cut. `status` with a column free at either side.
pub fn rooms(page: &Page, area: Rect, status: Rect) -> (Rect, Rect) {
    let lines = command(page, status.width.saturating_sub(2)).len();
    let wanted = u16::try_from(lines).unwrap_or(u16::MAX).saturating_add(1);
    let wanted = wanted.saturating_add(u16::from(page.scope.is_some() && lines > 0));
    let more = wanted.saturating_sub(status.height).min(area.height.saturating_sub(LEAST_PAGE));
    // In one row there is no room for a command line at all.
    let more = if status.height > 1 { more } else { 0 };
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
        lines = tight(page, refusal, look, status.height);
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
    if !page.consequences.is_empty() {
        lines.push(consequences(page, look));
    }
    lines
}

fn consequences(page: &Page, look: &Look<'_>) -> Line<'static> {
    let pieces = page.consequences.iter();
    pieces.map(|piece| look.span(piece.tone, piece.text.clone())).collect()
}

/// The same in the few lines above the footer: why one cannot go on, else the consequences.
fn tight(page: &Page, refusal: Option<&str>, look: &Look<'_>, height: u16) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if let Some(scope) = page.scope.as_ref().filter(|_| height > 1) {
        lines.push(Line::from(look.span(Tone::Text, scope.clone())));
    }
    if let Some(why) = refusal {
        lines.push(Line::from(look.span(Tone::Refused, format!("✗ {why}"))));
    } else if !page.consequences.is_empty() {
        lines.push(consequences(page, look));
    }
    lines
}

/// What is cut of the focused row; what has no room even here ends in `…`, as all that is cut.
fn whole_words(whole: &str, look: &Look<'_>, columns: u16, room: usize) -> Vec<Line<'static>> {
    let mut words = text::wrap(whole, columns);
    if words.len() > room {
        let rest = words.split_off(room - 1);
        words.push(rest.join(" "));
    }
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
        let low = (Rect::new(0, 2, 40, 6), Rect::new(0, 8, 40, 1));
        assert_eq!(rooms(&page, low.0, low.1), low, "no room for it at all");
    }
}
