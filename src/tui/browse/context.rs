//! Under organizations and sites, if there is room: what to go on with, what is due, what was done.
//!
//! Owns the three lists and how they share their room. Where they come from is `world`'s.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::drafts;
use super::world::World;
use crate::api::run::Run;
use crate::domain::run::RunState;
use crate::tui::keymap::Action;
use crate::tui::layout::{self, Panes};
use crate::tui::screen::{Here, Look};
use crate::tui::screens::{runs, timers};
use crate::tui::theme::Tone;
use crate::tui::when::{count, thousands};
use crate::tui::widget::columns::{self, GAP, Need};
use crate::tui::widget::text;

/// When, what it means, and what.
type Line = (Tone, String, String);

/// A list with its title.
struct Part {
    title: &'static str,
    /// What opens it whole.
    opens: Action,
    lines: Vec<Line>,
}

/// All that there is, the next deadlines before what is over.
fn parts(world: &World, here: Here<'_>) -> Vec<Part> {
    let part = |title, opens, lines| Part { title, opens, lines };
    let parts = [
        part("GO ON WITH", Action::Wizards, unfinished(world, here)),
        part("NEXT", Action::Timers, next(world, here)),
        part("LATELY", Action::Runs, lately(world.runs(), here)),
    ];
    parts.into_iter().filter(|part| !part.lines.is_empty()).collect()
}

/// What opens the list of which a line stands in this row.
pub(super) fn action_at(world: &World, look: &Look<'_>, area: Rect, y: u16) -> Option<Action> {
    let parts = parts(world, look.here);
    let widths = widths(&parts, area);
    let rows = heights(&parts, &shares(&parts, area.height), widths[1], area.height);
    let mut top = area.y;
    for (part, rows) in parts.iter().zip(rows) {
        let used = rows.iter().sum::<u16>();
        if (top..=top + used).contains(&y) {
            return Some(part.opens);
        }
        top += used + 2;
    }
    None
}

/// Draws the rules between the panes and what stands below them.
pub(super) fn around(world: &World, parts: &Panes, look: &Look<'_>, buf: &mut Buffer) {
    for rule in parts.rules.into_iter().flatten() {
        text::rule(buf, rule, look.ink(Tone::Faint));
    }
    if let Some(area) = parts.context {
        view(world, look, area, buf);
    }
}

fn view(world: &World, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    let parts = parts(world, look.here);
    let shares = shares(&parts, area.height);
    let widths = widths(&parts, area);
    let mut room = area;
    for (part, rows) in parts.iter().zip(heights(&parts, &shares, widths[1], area.height)) {
        text::put(buf, room, part.title, look.ink(Tone::Muted));
        let mut used = 1;
        for ((tone, when, what), height) in part.lines.iter().zip(rows) {
            let Some(row) = layout::row(room, used) else { break };
            let row = Rect { x: row.x + 1, width: row.width.saturating_sub(1), ..row };
            text::put(buf, Rect { width: widths[0].min(row.width), ..row }, when, look.ink(*tone));
            let at = (widths[0] + GAP).min(row.width);
            let rest = Rect { x: row.x + at, width: widths[1].min(row.width - at), height, ..row };
            text::put_wrapped(buf, rest, what, look.ink(Tone::Text));
            used += height;
        }
        let used = (used + 1).min(room.height);
        room = Rect { y: room.y + used, height: room.height - used, ..room };
    }
}

/// How wide when and what are.
fn widths(parts: &[Part], area: Rect) -> Vec<u16> {
    let whens = parts.iter().flat_map(|part| part.lines.iter().map(|(_, when, _)| when));
    let whats = parts.iter().flat_map(|part| part.lines.iter().map(|(_, _, what)| what));
    let needs = [Need::of(whens).of_words(false), Need::of(whats).of_words(true)];
    columns::fit(&needs, area.width.saturating_sub(2))
}

/// The rows of each line that is drawn: one, and a second for what would be cut while there is room.
fn heights(parts: &[Part], shares: &[usize], width: u16, height: u16) -> Vec<Vec<u16>> {
    let drawn = shares.iter().sum::<usize>() + (2 * parts.len()).saturating_sub(1);
    let mut spare = usize::from(height).saturating_sub(drawn);
    let mut rows = |line: &Line| {
        let more = usize::from(text::width(&line.2) > width).min(spare);
        spare -= more;
        1 + u16::from(more > 0)
    };
    let of =
        |(part, share): (&Part, &usize)| part.lines.iter().take(*share).map(&mut rows).collect();
    parts.iter().zip(shares).map(of).collect()
}

/// How many lines of each part are drawn: in turn one more of each, until the room is full.
fn shares(parts: &[Part], height: u16) -> Vec<usize> {
    let titles = (2 * parts.len()).saturating_sub(1);
    let mut left = usize::from(height).saturating_sub(titles);
    let mut shares = vec![0; parts.len()];
    while left > 0 {
        let before = left;
        for (share, part) in shares.iter_mut().zip(parts) {
            if left > 0 && *share < part.lines.len() {
                *share += 1;
                left -= 1;
            }
        }
        if left == before {
            break;
        }
    }
    shares
}

/// The wizards that one has begun and not finished, the latest first.
fn unfinished(world: &World, here: Here<'_>) -> Vec<Line> {
    let line = |one: drafts::Unfinished| {
        (Tone::Accent, one.title.to_owned(), format!("{} · {}", one.about, one.how_far))
    };
    drafts::all(world, here).into_iter().map(line).collect()
}

/// What time runs for, the soonest first.
fn next(world: &World, here: Here<'_>) -> Vec<Line> {
    let line = |timer| (timers::tone(timer), timers::when(timer, here), timers::what(timer));
    timers::soonest_first(world.timers()).into_iter().map(line).collect()
}

/// What was done on the chosen site, the newest first.
fn lately(runs: &[Run], here: Here<'_>) -> Vec<Line> {
    runs.iter().map(|run| run_line(run, here)).collect()
}

/// "yesterday", "49 people invited: 42 linked, 7 e-mails".
fn run_line(run: &Run, here: Here<'_>) -> Line {
    let (state, tone) = runs::state_words(run);
    let when = here.moment(run.started_at);
    let people = match run.selected {
        1 => "1 person".to_owned(),
        many => format!("{} people", thousands(many)),
    };
    let mut parts = vec![format!("{} linked", thousands(run.linked))];
    parts.push(count(run.emailed, "e-mail"));
    let open = run.failed + run.unknown + run.not_processed;
    if open > 0 {
        parts.push(format!("{} open", thousands(open)));
    }
    let words = match run.state {
        RunState::Done => "invited".to_owned(),
        _ => format!("· {state}"),
    };
    let tone = if run.state == RunState::Done && open == 0 { Tone::Muted } else { tone };
    (tone, when, format!("{people} {words}: {}", parts.join(", ")))
}
