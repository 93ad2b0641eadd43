//! Draws the cohorts.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Cohorts;
use crate::tui::layout;
use crate::tui::screen::Look;
use crate::tui::theme::Tone;
use crate::tui::when::{count, thousands};
use crate::tui::widget::frame::frame;
use crate::tui::widget::text;
use crate::tui::wizard::link_users::select::picks::Picks;

const WIDTH: u16 = 70;
const HEIGHT: u16 = 16;

/// Rows for cohorts, above two lines of words.
pub(super) fn list_height(area: Rect) -> usize {
    usize::from(layout::middle(area, WIDTH, HEIGHT).height.saturating_sub(2 + 2))
}

pub(super) fn view(
    cohorts: &Cohorts,
    picks: &Picks,
    look: &Look<'_>,
    area: Rect,
    buf: &mut Buffer,
) {
    let place = layout::middle(area, WIDTH, HEIGHT);
    let room = layout::inset(frame("Cohorts of this site", look.theme, place, buf), 1);
    let items = cohorts.list.items();
    for (n, at) in (0..).zip(cohorts.cursor.window(items.len(), list_height(area))) {
        if let Some(line) = layout::row(room, n) {
            row(cohorts, at, look, line, buf);
        }
    }
    if items.is_empty() && cohorts.error().is_none() {
        let words = match cohorts.list.wait(look.here.now_ms) {
            Some(wait) => wait.words("the cohorts"),
            None => "There is no cohort yet. Tick people, then save them here under a name.".into(),
        };
        put_lines(&words, Tone::Muted, look, room, buf);
    }
    let Some(below) = room.height.checked_sub(2) else { return };
    let below = Rect { y: room.y + below, height: 2, ..room };
    if let Some(field) = &cohorts.naming {
        let x = text::put(buf, below, "save the ticks as  ", look.ink(Tone::Muted));
        let rest = Rect { x, width: below.right().saturating_sub(x), height: 1, ..below };
        field.view(look.theme, true, rest, buf);
    }
    let Some(last) = layout::row(below, 1) else { return };
    let (tone, words) = status(cohorts, picks, look);
    text::put(buf, last, &words, look.ink(tone));
}

/// The last line: what goes wrong, what is under way, what a name would do.
fn status(cohorts: &Cohorts, picks: &Picks, look: &Look<'_>) -> (Tone, String) {
    if let Some(error) = cohorts.error() {
        return (Tone::Refused, format!("✗ {error}"));
    }
    if cohorts.is_busy() {
        let waits = [
            cohorts.users.wait(look.here.now_ms),
            cohorts.saving.wait(look.here.now_ms),
            cohorts.removing.wait(look.here.now_ms),
        ];
        let wait = waits.into_iter().flatten().next();
        return (Tone::Muted, wait.map_or_else(String::new, |wait| wait.words("the cohort")));
    }
    if let Some(other) = cohorts.namesake() {
        let words = format!(
            "! There is one of that name with {}; saving replaces it.",
            count(other.users, "user")
        );
        return (Tone::Attention, words);
    }
    let ticked = thousands(picks.selection.ticked().count() as u64);
    (Tone::Muted, format!("{ticked} ticked now"))
}

fn row(cohorts: &Cohorts, at: usize, look: &Look<'_>, line: Rect, buf: &mut Buffer) {
    let cohort = &cohorts.list.items()[at];
    let part = |x: u16, width: u16| Rect { x: line.x + x, width, ..line }.intersection(line);
    let chosen = at == cohorts.cursor.at;
    if chosen {
        text::put(buf, part(0, 1), "▌", look.ink(Tone::Focus));
    }
    let name = line.width.saturating_sub(2 + 10 + 26).max(12);
    let tone = if chosen { Tone::Strong } else { Tone::Text };
    let shown = cohort.name.shown_in(name.into());
    text::put(buf, part(2, name), shown.as_str(), look.ink(tone));
    text::put_right(buf, part(2 + name, 9), &thousands(cohort.users), look.ink(tone));
    let note = format!(
        "{} by {}",
        look.here.date(cohort.saved_at),
        cohort.saved_by.shown_in(usize::from(line.width))
    );
    let x = 2 + name + 11;
    text::put(buf, part(x, line.width.saturating_sub(x)), &note, look.ink(Tone::Muted));
}

fn put_lines(words: &str, tone: Tone, look: &Look<'_>, room: Rect, buf: &mut Buffer) {
    for (n, line) in (0..).zip(text::wrap(words, room.width)) {
        if let Some(row) = layout::row(room, n) {
            text::put(buf, row, &line, look.ink(tone));
        }
    }
}
