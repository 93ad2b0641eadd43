//! The two lines below the panes: all about the chosen row, what waits for one, and what time is
//! running for.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::drafts::{self, Unfinished};
use super::links::Links;
use super::world::World;
use crate::api::offer::Offer;
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
    text::put(buf, layout::inset(area, 1), words, look.ink(tone));
}

/// What waits for one, the most urgent of it.
pub(super) fn waits(
    world: &World,
    pending: Option<&Organization>,
    look: &Look<'_>,
    area: Rect,
    buf: &mut Buffer,
) {
    if let Some(one) = look.here.session.open_offer() {
        offer(one, look, area, buf);
    } else if let Some(organization) = pending {
        banner(organization, look, area, buf);
    } else if let [draft, more @ ..] = drafts::all(world, look.here).as_slice() {
        unfinished(draft, more.len(), look, area, buf);
    }
}

/// That services setup is pending, and the key that goes on with it (rule T5).
fn banner(organization: &Organization, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    let words = format!("! Services setup of {} is pending", organization.name.shown());
    line(&words, (Action::SetUp, " set it up"), look, area, buf);
}

/// That a role is offered to oneself, and the key that answers (rule P1).
fn offer(offer: &Offer, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    let roles: Vec<&str> = offer.roles.iter().map(|role| role.title()).collect();
    let name = offer.organization_name.shown();
    let words = format!("! {name} offers you a role: {}", roles.join(" and "));
    line(&words, (Action::Offers, " answer it"), look, area, buf);
}

/// The wizard that was left last, and the key behind which one goes on with it.
fn unfinished(draft: &Unfinished, more: usize, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    let more = if more > 0 { format!(" · {more} more") } else { String::new() };
    let words = format!("Unfinished: {} · {} · {}{more}", draft.title, draft.about, draft.how_far);
    told(&words, Tone::Text, (Action::Wizards, " go on"), look, area, buf);
}

fn line(words: &str, hint: (Action, &str), look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    told(words, Tone::Attention, hint, look, area, buf);
}

fn told(
    words: &str,
    tone: Tone,
    (action, label): (Action, &str),
    look: &Look<'_>,
    area: Rect,
    buf: &mut Buffer,
) {
    let area = layout::inset(area, 1);
    text::put(buf, area, &" ".repeat(area.width.into()), look.ink(Tone::Text));
    let key = look.here.keys.key(action);
    let x = text::put_right(buf, area, label, look.ink(Tone::Muted));
    let before = Rect { width: x.saturating_sub(area.x), ..area };
    let x = text::put_right(buf, before, &key, look.ink(Tone::Key));
    let room = Rect { width: x.saturating_sub(area.x + 1), ..area };
    text::put(buf, room, words, look.ink(tone));
}

/// What is overdue, under way, and due next; at the right the key that tells more.
pub(super) fn status(world: &World, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    let area = layout::inset(area, 1);
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
    let session = look.here.session;
    let key = |action| look.here.keys.key(action);
    let mut right = Vec::new();
    if session.is_demo() && area.width >= DEMO_FROM {
        right.push(format!("{} demo", key(Action::Demo)));
        right.push(format!("{} mails", key(Action::Outbox)));
    }
    if asking + to_map > 0 {
        right.push(format!("{} orders", key(Action::Orders)));
    }
    if !pieces.is_empty() {
        right.push(format!("{} timers", key(Action::Timers)));
    }
    let right = right.join("  ");
    if pieces.is_empty() && session.is_demo() {
        let key = look.here.keys.key(Action::Demo);
        pieces.push((Tone::Muted, format!("nothing here is real; {key} moves its clock")));
    } else if pieces.is_empty() {
        pieces.push((Tone::Muted, format!("nothing is due · {}", session.backend.shown())));
    }
    let x = text::put_right(buf, area, &right, look.ink(Tone::Muted));
    let mut room = Rect { width: x.saturating_sub(area.x + 2), ..area };
    for (n, (tone, words)) in pieces.iter().enumerate() {
        // What does not fit whole is left to the list of timers.
        if n > 0 && text::width(words) + 3 > room.width {
            break;
        }
        if n > 0 {
            let x = text::put(buf, room, " · ", look.ink(Tone::Faint));
            room = Rect { x, width: room.right().saturating_sub(x), ..room };
        }
        let x = text::put(buf, room, words, look.ink(*tone));
        room = Rect { x, width: room.right().saturating_sub(x), ..room };
    }
}
