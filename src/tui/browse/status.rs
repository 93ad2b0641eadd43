//! The two lines below the panes: all about the chosen row, what waits for one, and what time is
//! running for.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::drafts;
use super::links::Links;
use super::world::World;
use crate::api::organization::Organization;
use crate::tui::keymap::Action;
use crate::tui::layout;
use crate::tui::screen::Look;
use crate::tui::screens::timers;
use crate::tui::theme::Tone;
use crate::tui::when::count;
use crate::tui::widget::text;

/// From so many columns on the demo's own keys stand at the right.
const DEMO_FROM: u16 = 58;

/// All about the chosen row, or what went wrong.
pub(super) fn detail(words: &str, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    let tone = if words.starts_with('✗') { Tone::Refused } else { Tone::Muted };
    let area = layout::inset(area, 1);
    // One line stands where it always does, the last.
    let lines = u16::try_from(text::wrap(words, area.width).len()).unwrap_or(u16::MAX);
    let height = lines.clamp(1, area.height.max(1));
    let area = Rect { y: area.bottom().saturating_sub(height), height, ..area };
    text::put_wrapped(buf, area, words, look.ink(tone));
}

/// What waits for one, the most urgent of it: what it means, its words, the key that goes on.
type Waits = (Tone, String, Key);

/// Draws it; whether there is any.
pub(super) fn waits(
    world: &World,
    pending: Option<&Organization>,
    look: &Look<'_>,
    area: Rect,
    buf: &mut Buffer,
) {
    let Some((tone, words, key)) = what_waits(world, pending, look) else { return };
    let area = layout::inset(area, 1);
    text::put(buf, area, &" ".repeat(area.width.into()), look.ink(Tone::Text));
    let x = hints(&[key], look, area, buf);
    let room = Rect { width: x.saturating_sub(area.x + 1), ..area };
    text::put(buf, room, &words, look.ink(tone));
}

/// The most urgent of what waits for one.
pub(super) fn what_waits(
    world: &World,
    pending: Option<&Organization>,
    look: &Look<'_>,
) -> Option<Waits> {
    if let Some(one) = look.here.session.open_offer() {
        // Rule P1.
        let roles: Vec<&str> = one.roles.iter().map(|role| role.title()).collect();
        let name = one.organization_name.shown();
        let words = format!("! {name} offers you a role: {}", roles.join(" and "));
        return Some((Tone::Attention, words, (Action::Offers, "answer it")));
    }
    if let Some(organization) = pending {
        // Rule T5.
        let words = format!("! Services setup of {} is pending", organization.name.shown());
        return Some((Tone::Attention, words, (Action::SetUp, "set it up")));
    }
    let drafts = drafts::all(world, look.here);
    let [draft, more @ ..] = drafts.as_slice() else { return None };
    let more = if more.is_empty() { String::new() } else { format!(" · {} more", more.len()) };
    let words = format!("Unfinished: {} · {} · {}{more}", draft.title, draft.about, draft.how_far);
    Some((Tone::Text, words, (Action::Wizards, "go on")))
}

/// A key of the lines below the panes, and its word.
type Key = (Action, &'static str);

/// Where keys with their words stand at the right of a row, the first one first.
fn places(keys: &[Key], look: &Look<'_>, area: Rect) -> Vec<(Action, Rect)> {
    let mut right = area.right();
    let mut places = Vec::new();
    for (action, word) in keys.iter().rev() {
        let wide = text::width(&look.here.keys.key(*action)) + 1 + text::width(word);
        let x = right.saturating_sub(wide).max(area.x);
        places.push((*action, Rect { x, width: right - x, height: 1, ..area }));
        right = x.saturating_sub(2).max(area.x);
    }
    places.reverse();
    places
}

/// Draws them; returns the column where they begin.
fn hints(keys: &[Key], look: &Look<'_>, area: Rect, buf: &mut Buffer) -> u16 {
    let places = places(keys, look, area);
    for ((action, word), (_, place)) in keys.iter().zip(&places) {
        let x = text::put(buf, *place, &look.here.keys.key(*action), look.ink(Tone::Key));
        let rest = Rect { x: (x + 1).min(place.right()), ..*place };
        let rest = Rect { width: place.right() - rest.x, ..rest };
        text::put(buf, rest, word, look.ink(Tone::Muted));
    }
    places.first().map_or(area.right(), |(_, place)| place.x)
}

/// The action whose key stands at a place of these lines.
pub(super) fn hint_at(
    (world, pending): (&World, Option<&Organization>),
    look: &Look<'_>,
    (banner, status): (Rect, Rect),
    at: Position,
) -> Option<Action> {
    let keys = if banner.contains(at) {
        vec![what_waits(world, pending, look)?.2]
    } else {
        keys(world, look, status)
    };
    let area = layout::inset(if banner.contains(at) { banner } else { status }, 1);
    let found = places(&keys, look, area).into_iter().find(|(_, place)| place.contains(at));
    found.map(|(action, _)| action)
}

/// The pieces of the last line, what wants attention first.
fn pieces(world: &World, look: &Look<'_>) -> Vec<(Tone, String)> {
    let mut pieces = Vec::new();
    let (_, failed) = Links::count(world.sites.items());
    if failed > 0 {
        pieces.push((Tone::Refused, format!("{} failed", count(failed, "link"))));
    }
    let (asking, to_map) = world.open_orders();
    if asking > 0 {
        let verb = if asking == 1 { "asks" } else { "ask" };
        pieces.push((Tone::Attention, format!("{} {verb} you", count(asking, "order"))));
    }
    if to_map > 0 {
        pieces.push((Tone::Accent, format!("{} to map", count(to_map, "order"))));
    }
    pieces.extend(timers::pieces(world.timers(), look.here));
    pieces.sort_by_key(|piece| !is_urgent(piece));
    pieces
}

fn is_urgent((tone, _): &(Tone, String)) -> bool {
    matches!(tone, Tone::Refused | Tone::Attention)
}

/// So many urgent pieces go before the demo's keys; the list of timers has them all.
const LOUDEST: usize = 2;
/// Between two pieces.
const BETWEEN: &str = " · ";

/// The keys at the right of the last line: the demo's where what is urgent leaves room for them.
pub(super) fn keys(world: &World, look: &Look<'_>, area: Rect) -> Vec<Key> {
    let pieces = pieces(world, look);
    let mut keys = Vec::new();
    let (asking, to_map) = world.open_orders();
    if asking + to_map > 0 {
        keys.push((Action::Orders, "orders"));
    }
    if !pieces.is_empty() {
        keys.push((Action::Timers, "timers"));
    }
    if !look.here.session.is_demo() || area.width < DEMO_FROM {
        return keys;
    }
    let with = [&[(Action::Demo, "demo"), (Action::Outbox, "mails")], keys.as_slice()].concat();
    let taken = places(&with, look, layout::inset(area, 1));
    let left = taken.first().map_or(area.width, |(_, place)| place.x.saturating_sub(area.x + 3));
    let urgent = pieces.iter().filter(|piece| is_urgent(piece)).take(LOUDEST);
    let wanted = urgent.map(|(_, words)| text::width(words) + text::width(BETWEEN)).sum::<u16>();
    if wanted <= left + text::width(BETWEEN) { with } else { keys }
}

/// What is overdue, under way, and due next; at the right the key that tells more.
pub(super) fn status(world: &World, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    let keys = keys(world, look, area);
    let area = layout::inset(area, 1);
    let session = look.here.session;
    let mut pieces = pieces(world, look);
    if pieces.is_empty() && session.is_demo() {
        let key = look.here.keys.key(Action::Demo);
        pieces.push((Tone::Muted, format!("nothing here is real; {key} moves its clock")));
    } else if pieces.is_empty() {
        pieces.push((Tone::Muted, format!("nothing is due · {}", session.backend.shown())));
    }
    let x = hints(&keys, look, area, buf);
    let mut room = Rect { width: x.saturating_sub(area.x + 2), ..area };
    for (n, (tone, words)) in pieces.iter().enumerate() {
        // What does not fit whole is left to the list of timers.
        if n > 0 && text::width(words) + text::width(BETWEEN) > room.width {
            continue;
        }
        if n > 0 {
            let x = text::put(buf, room, BETWEEN, look.ink(Tone::Faint));
            room = Rect { x, width: room.right().saturating_sub(x), ..room };
        }
        let x = text::put(buf, room, words, look.ink(*tone));
        room = Rect { x, width: room.right().saturating_sub(x), ..room };
    }
}
