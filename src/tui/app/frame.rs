//! What every frame has: where am I, the screen, the keys that work now.
//!
//! Owns header and footer, the one line when there is too little room, and the final sweep.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use super::App;
use crate::tui::keymap::{Action, Availability, Chord};
use crate::tui::layout::{self, MIN_HEIGHT, MIN_WIDTH};
use crate::tui::screen::{Header, Look};
use crate::tui::theme::{Tone, marks};
use crate::tui::widget::footer::{self, Hint};
use crate::tui::widget::{sweep, text};

pub(super) fn view(app: &App, buf: &mut Buffer) {
    let look = app.look();
    let area = buf.area;
    buf.set_style(area, look.theme.base());
    match layout::frame(area) {
        None => too_small(area, &look, buf),
        Some(frame) => {
            let screens = &app.screens;
            let ground = screens.iter().rposition(|screen| !screen.is_overlay()).unwrap_or(0);
            for screen in &screens[ground..] {
                if screen.is_overlay() {
                    if !screen.shows_below() {
                        dim(&look, Rect { height: area.height - 1, ..area }, buf);
                    }
                } else {
                    header(&screen.header(&look), banner(app), &look, frame.header, buf);
                }
                screen.view(&look, frame.body, buf);
            }
            let hints = hints(app);
            let said = said(app, &hints, frame.footer.width);
            let tone = app.desk.toast.as_ref().map_or(Tone::Text, |toast| toast.tone);
            above(&said.above, tone, &look, frame.body, buf);
            let beside = said.beside.as_deref().map(|line| (tone, line));
            footer::view(&hints, beside, look.theme, frame.footer, buf);
        }
    }
    sweep::sweep(buf);
}

/// What is said in passing, in as many lines as it takes.
#[derive(Default)]
pub(super) struct Said {
    /// On the rows above the footer.
    above: Vec<String>,
    /// The last line, in the footer, where the first key and help stand beside it.
    pub beside: Option<String>,
}

pub(super) fn said(app: &App, hints: &[Hint], columns: u16) -> Said {
    let Some(toast) = &app.desk.toast else { return Said::default() };
    let mut above = text::wrap(&toast.text, columns.saturating_sub(2));
    let beside = above.pop_if(|last| footer::has_room(hints, last, columns));
    Said { above, beside }
}

/// What is said above the footer; where one types just there, at the top.
fn above(lines: &[String], tone: Tone, look: &Look<'_>, body: Rect, buf: &mut Buffer) {
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(body.height.saturating_sub(1));
    let bottom = Rect { y: body.bottom() - height, height, ..body };
    let room = if marks::types_in(buf, bottom) { Rect { height, ..body } } else { bottom };
    for (n, line) in (1..=height).zip(lines.iter().rev()) {
        let row = Rect { y: room.bottom() - n, height: 1, ..room };
        let blank = " ".repeat(row.width.into());
        text::put(buf, row, &blank, look.theme.base());
        text::put(buf, layout::inset(row, 1), line, look.ink(tone));
    }
}

/// What lies behind a box is there, and no more than that. Blank cells stay as they are, so that
/// opening a box costs what is written alone.
fn dim(look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    let quiet = look.theme.base().patch(look.ink(Tone::Faint));
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            let Some(cell) = buf.cell_mut((x, y)) else { continue };
            let style = if cell.symbol() == " " { look.theme.base() } else { quiet };
            cell.modifier = Modifier::empty();
            cell.set_style(style);
        }
    }
}

fn too_small(area: Rect, look: &Look<'_>, buf: &mut Buffer) {
    let size = format!("{MIN_WIDTH}×{MIN_HEIGHT}");
    let words = [
        format!("more room needed: {size}; nothing is lost"),
        format!("more room needed: {size}"),
        format!("needs {size}"),
        size,
    ];
    let fits = |one: &&String| text::width(one) <= area.width;
    let words = words.iter().find(fits).unwrap_or(&words[3]);
    text::put(buf, area, words, look.ink(Tone::Attention));
}

/// What is said above every screen: the backend is away, or what was asked may have happened.
fn banner(app: &App) -> Option<&'static str> {
    let (asked, now_ms) = (&app.desk.asked, app.desk.now_ms);
    app.session.me.as_ref()?;
    match (asked.is_away(now_ms), asked.any_unknown(now_ms)) {
        (true, true) => Some("backend away: an act is not known yet"),
        (true, false) => Some("backend away: it is asked again"),
        (false, true) => Some("an act is not known yet: asking again"),
        (false, false) => None,
    }
}

fn header(header: &Header, banner: Option<&str>, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    let area = layout::inset(area, 1);
    // Where there is little room, who one is goes before what one may.
    let short = header.right.split_once(" · ").map_or(header.right.as_str(), |(who, _)| who);
    let fits = text::width(&header.right) <= area.width / 2;
    let words = banner.unwrap_or(if fits { header.right.as_str() } else { short });
    let (most, tone) = match banner {
        Some(_) => (area.width, Tone::Attention),
        None => (area.width / 2, Tone::Muted),
    };
    let right_width = text::width(words).min(most);
    let right = Rect { x: area.right() - right_width, width: right_width, ..area };
    text::put_right(buf, right, words, look.ink(tone));
    let mut room = Rect { width: area.width.saturating_sub(right_width + 2), ..area };
    let last = header.crumbs.len().saturating_sub(1);
    for (n, crumb) in header.crumbs.iter().enumerate() {
        let tone = if n == last { Tone::Strong } else { Tone::Text };
        let mut x = text::put(buf, room, crumb, look.ink(tone));
        if n < last {
            // A crumb for which there is no room is left out, with what stands before it.
            if x + 3 >= room.right() {
                break;
            }
            let here = Rect { x, width: 3, ..room };
            x = text::put(buf, here, " › ", look.ink(Tone::Faint));
        }
        room = Rect { x, width: room.right().saturating_sub(x), ..room };
    }
}

/// The footer's hints: rows of the key table that are live and ready. A key belongs to the
/// innermost action that is not hidden; a focused text takes plain characters before the table.
pub(super) fn hints(app: &App) -> Vec<Hint> {
    hints_of(app).into_iter().map(|(_, hint)| hint).collect()
}

/// The same, with what each does.
pub(super) fn hints_of(app: &App) -> Vec<(Action, Hint)> {
    let scopes = app.scopes();
    let Some(top) = app.top() else { return Vec::new() };
    let mut hints: Vec<(Action, Hint)> = Vec::new();
    let mut taken: Vec<Chord> = Vec::new();
    let body = layout::frame(app.desk.size).map(|frame| frame.body);
    let named = body.map(|body| top.names_keys(&app.look(), body)).unwrap_or_default();
    for row in app.keys.live(&scopes) {
        let action = row.binding.action;
        let availability = app.availability(action);
        if availability == Availability::Hidden {
            continue;
        }
        let free = |chord: &&Chord| !taken.contains(chord) && !top.wants(&chord.event());
        let chord = row.chords.iter().find(free).copied();
        taken.extend_from_slice(&row.chords);
        let rank = row.binding.footer;
        let new = hints.iter().all(|(known, hint)| *known != action && hint.rank != rank);
        let shown = rank > 0 && !named.contains(&action) && new;
        if let (Some(chord), Availability::Ready, true) = (chord, availability, shown) {
            let mut label = top.label(action).unwrap_or_else(|| row.binding.label.to_owned());
            if app.waits(action) || app.is_held(chord) {
                label.push_str(", in a moment");
            }
            hints.push((action, Hint { key: chord.to_string(), label, rank }));
        }
    }
    hints
}
