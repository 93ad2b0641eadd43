//! Draws a list of people: columns, the window, and the focused person whole below it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::PeopleScreen;
use crate::domain::address::with_unicode;
use crate::domain::untrusted::Untrusted;
use crate::tui::export::Export;
use crate::tui::keymap::Action;
use crate::tui::layout;
use crate::tui::people::{People, Person};
use crate::tui::screen::{Header, Here, Look, Told};
use crate::tui::screens::listed;
use crate::tui::theme::Tone;
use crate::tui::when::thousands;
use crate::tui::widget::table::{self, Cell, Column};
use crate::tui::widget::text;

/// Who, where, what; why as well where there is room, else in the detail alone.
const COLUMNS: [Column; 4] = [
    Column::text("Name"),
    Column::whole("Address").only_from(60),
    Column::known("What"),
    Column::text("Why").only_from(116),
];

/// The rows with their head, and the room for the detail below.
fn parts(body: Rect) -> (Rect, Rect) {
    let below = if body.height >= 14 { 4 } else { 3 };
    let rows = Rect { height: body.height.saturating_sub(below + 1), ..body };
    let detail = Rect { y: body.bottom().saturating_sub(below), height: below, ..body };
    (rows, detail)
}

/// How many rows are in sight.
pub(super) fn height(body: Rect) -> usize {
    table::height(parts(body).0)
}

pub(super) fn header(screen: &PeopleScreen) -> Header {
    let id = match &screen.people {
        People::Plan { id, .. } | People::Run { id, .. } | People::Link { site: id, .. } => id,
    };
    let id = Untrusted::new(id.as_str()).shown_in(24).to_string();
    let at = if screen.rows.is_empty() { 0 } else { screen.cursor.at as u64 + 1 };
    let right = format!("{} of {}", thousands(at), thousands(screen.total));
    Header { crumbs: vec![id, screen.title.clone()], right }
}

fn cells(person: &Person) -> Vec<Cell> {
    let who = if person.name.is_empty() { &person.address } else { &person.name };
    vec![
        (Tone::Text, who.shown_in(60).to_string()),
        (Tone::Muted, person.address.shown_in(60).to_string()),
        (Tone::Text, person.label().to_owned()),
        (Tone::Muted, person.why()),
    ]
}

pub(super) fn view(screen: &PeopleScreen, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    let (rows, below) = parts(area);
    if screen.rows.is_empty() {
        return instead(screen, look, rows, buf);
    }
    let cell = |at: usize| screen.rows.get(at).map(cells).unwrap_or_default();
    table::view(&COLUMNS, (screen.rows.len(), &screen.cursor), cell, look.theme, rows, buf);
    detail(screen, look, below, buf);
}

/// The people as data: each with all there is to say of them.
pub(super) fn told(screen: &PeopleScreen, here: Here<'_>) -> Told {
    let said = listed::Said {
        what: "the people",
        empty: "Nobody is here.",
        wait: screen.page.wait(here.now_ms),
        error: screen.page.error(),
        is_empty: screen.rows.is_empty(),
    };
    let cells = |at: usize| {
        let Some(person) = screen.rows.get(at) else { return Vec::new() };
        let mut cells = cells(person);
        if person.name.is_empty() {
            cells.remove(0);
        }
        let id = person.message_id.as_ref().map(|id| format!("Message-ID {}", id.shown()));
        cells.extend(id.map(|words| (Tone::Muted, words)));
        cells
    };
    let about = screen.focused().map(|person| person.address.shown().to_string());
    let (rows, about) = ((screen.rows.len(), &screen.cursor), about.unwrap_or_default());
    let mut told = listed::as_data(&said, rows, cells, &about, here);
    told.above.extend(screen.export.as_ref().map(Export::words));
    let here = screen.rows.len() as u64;
    if here > 0 && here < screen.total {
        let (here, all) = (thousands(here), thousands(screen.total));
        told.above.push(format!("{here} of {all} are loaded; more loads the next."));
    }
    told
}

/// What to say while there are no rows.
fn instead(screen: &PeopleScreen, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    let key = look.here.keys.key(Action::Reload);
    let (tone, words) = match (screen.page.error(), screen.page.wait(look.here.now_ms)) {
        (Some(error), _) => (Tone::Refused, format!("✗ {error}\n\n{key} asks again.")),
        (None, Some(wait)) => (Tone::Muted, wait.words("the people")),
        (None, None) if screen.next.is_none() => (Tone::Muted, "Nobody is here.".to_owned()),
        (None, None) => return,
    };
    let room = layout::inset(area, 1);
    for (n, line) in (0u16..).zip(text::wrap(&words, room.width.min(72))) {
        if let Some(row) = layout::row(room, n) {
            text::put(buf, row, &line, look.ink(tone));
        }
    }
}

/// The focused person, whole; and what is going on.
fn detail(screen: &PeopleScreen, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    let area = layout::inset(area, 1);
    let Some(person) = screen.focused() else { return };
    let address = with_unicode(&person.address);
    let who = [person.name.shown(), address, person.user_id.shown()].map(|part| part.to_string());
    let mut lines = vec![
        (Tone::Strong, who.join(" · ")),
        (Tone::Text, format!("{}: {}", person.label(), person.why())),
    ];
    if let Some(id) = &person.message_id {
        lines.push((Tone::Muted, format!("Message-ID {}", id.shown())));
    }
    lines.extend(going_on(screen, look));
    // Why is told whole where there is room for it.
    let spare = usize::from(area.height).saturating_sub(lines.len());
    let (tone, why) = lines.remove(1);
    let why = text::few(text::wrap(&why, area.width), spare + 1);
    let why: Vec<_> = why.into_iter().map(|words| (tone, words)).collect();
    lines.splice(1..1, why);
    for (n, (tone, words)) in (0u16..).zip(&lines) {
        if let Some(row) = layout::row(area, n) {
            text::put(buf, row, words, look.ink(*tone));
        }
    }
}

fn going_on(screen: &PeopleScreen, look: &Look<'_>) -> Option<(Tone, String)> {
    if let Some(export) = &screen.export {
        return Some((Tone::Muted, export.words()));
    }
    if let Some(error) = screen.page.error() {
        let key = look.here.keys.key(Action::Reload);
        return Some((Tone::Refused, format!("✗ {error} · {key} asks again")));
    }
    let loaded = thousands(screen.rows.len() as u64);
    screen.page.is_waiting().then(|| (Tone::Muted, format!("{loaded} are here, more are coming …")))
}
