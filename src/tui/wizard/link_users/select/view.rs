//! Draws the list: filter, header, the rows in sight, the detail line (LOOK, "Select users").
//!
//! Owns the widths of the columns. Only the rows in sight are read out of the roster, and a few
//! from all over it that tell the widths. Must not draw the boxes over it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Select;
use super::boxes::Over;
use super::filter::Filter;
use super::picks::Picks;
use crate::api::call::ApiError;
use crate::domain::address::with_unicode;
use crate::domain::outcome::{Class, Outcome};
use crate::domain::untrusted::Untrusted;
use crate::roster::{HeaderBox, Row, Tally};
use crate::tui::keymap::Action;
use crate::tui::layout;
use crate::tui::load::Load;
use crate::tui::page::{self, Page, Piece};
use crate::tui::screen::Look;
use crate::tui::theme::Tone;
use crate::tui::when::thousands;
use crate::tui::widget::columns::GAP;
use crate::tui::widget::{field, marks, text};
use crate::tui::wizard::link_users::Draft;

/// Where names begin, after bar and tick.
const LEFT: u16 = 5;
/// The longest outcome.
const OUTCOME: u16 = 18;
/// The longest state.
const STATUS: u16 = 11;
/// From this height on the detail has two lines.
const ROOMY: u16 = 15;
/// From this width on there is a column for the state.
const WITH_STATUS: u16 = 104;
/// From this width on there is a column for the department.
const WITH_DEPARTMENT: u16 = 72;
/// From this width on there is a column for the address.
const WITH_ADDRESS: u16 = 54;

/// Rows in sight in the body of the screen.
pub(super) fn height(filter: &Filter, picks: &Picks, body: Rect) -> usize {
    list(filter, room(picks, body)).height.into()
}

/// The room for the list and the boxes over it.
pub(super) fn room(picks: &Picks, body: Rect) -> Rect {
    let parts = layout::wizard(body, true);
    page::rooms(&effect(picks), parts.page, parts.status).0
}

/// What a click on the tick over the list does.
pub(super) fn tick_at(select: &Select, body: Rect, at: Position) -> Option<Action> {
    let picks = &select.picks;
    if !matches!(select.over, Over::None) || select.filter.error().is_some() {
        return None;
    }
    let line = layout::row(room(picks, body), 1)?;
    let tick = Rect { x: line.x + 2, width: 3, ..line };
    let all = picks.selection.header(picks.matches()) == HeaderBox::All;
    tick.contains(at).then_some(if all { Action::TickNone } else { Action::TickAll })
}

/// What the ticks would do, as it stands below the list.
pub(super) fn effect(picks: &Picks) -> Page {
    Page {
        scope: picks.part().map(|_| scope(picks)),
        consequences: consequences(picks.tally()),
        ..Page::default()
    }
}

/// The room for rows: without the filter, the header or what is wrong, and the detail.
fn list(filter: &Filter, area: Rect) -> Rect {
    let above = 1 + u16::try_from(wrong(filter, area).len()).unwrap_or(0).max(1);
    let below = details(area).height;
    Rect { y: area.y + above, height: area.height.saturating_sub(above + below), ..area }
}

/// The room for all about the user under the cursor: a line, two where there are rows to spare.
fn details(area: Rect) -> Rect {
    let height = if area.height >= ROOMY { 2 } else { 1.min(area.height) };
    Rect { y: area.bottom() - height, height, ..area }
}

/// What is wrong with the filter, in lines: in the header's place.
fn wrong(filter: &Filter, area: Rect) -> Vec<String> {
    let Some(error) = filter.error() else { return Vec::new() };
    let mut lines = text::wrap(&format!("✗ {error}"), area.width.saturating_sub(2));
    lines.truncate(2);
    lines
}

/// The sign of a tick and what it means.
pub(super) fn mark(state: HeaderBox) -> (&'static str, Tone) {
    match state {
        HeaderBox::None => ("☐", Tone::Muted),
        HeaderBox::Some => ("▣", Tone::Accent),
        HeaderBox::All => ("☑", Tone::Accent),
    }
}

/// Where a column begins and how wide it is; a width of 0 leaves it out.
#[derive(Clone, Copy, Default)]
struct Column {
    x: u16,
    width: u16,
}

struct Columns {
    name: Column,
    address: Column,
    department: Column,
    status: Column,
    outcome: Column,
}

/// As wide as what is in them; then names and departments give way, addresses last.
fn columns(picks: &Picks, width: u16) -> Columns {
    let status = if width >= WITH_STATUS { STATUS } else { 0 };
    let fixed = LEFT + OUTCOME + GAP + if status > 0 { status + GAP } else { 0 };
    // The last column is the marks'.
    let room = width.saturating_sub(fixed + 1);
    let mut needs = picks.needs();
    if width < WITH_DEPARTMENT {
        needs.department = 0;
    }
    if width < WITH_ADDRESS {
        (needs.address, needs.usual) = (0, 0);
    }
    let (widths, gap) = needs.share(room);
    let mut x = LEFT;
    let mut next = |width: u16| {
        let column = Column { x, width };
        x += if width > 0 { width + gap } else { 0 };
        column
    };
    Columns {
        name: next(widths[0]),
        address: next(widths[1]),
        department: next(widths[2]),
        status: next(status),
        outcome: next(OUTCOME),
    }
}

fn cell(line: Rect, column: Column) -> Rect {
    Rect { x: line.x + column.x, width: column.width, ..line }.intersection(line)
}

pub(super) fn view(select: &Select, draft: &Draft, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    let columns = columns(&select.picks, area.width);
    if let Some(line) = layout::row(area, 0) {
        filter(select, look, line, buf);
    }
    head(select, &columns, look, area, buf);
    let picks = &select.picks;
    let room = list(&select.filter, area);
    let sight = picks.cursor.window(picks.matches().len(), room.height.into());
    for (n, place) in (0..).zip(sight.clone()) {
        let (Some(number), Some(line)) = (picks.matches().nth(place), layout::row(room, n)) else {
            break;
        };
        if let Some(row) = picks.columns().row(number) {
            let user = User { row, place, ticked: picks.selection.contains(number) };
            user.view(select, &columns, look, line, buf);
        }
    }
    marks::more(&sight, picks.matches().len(), look.theme, room, buf);
    if picks.matches().is_empty() {
        let room = Rect { y: room.y + 1, height: room.height.saturating_sub(1), ..room };
        instead(select, draft, look, layout::inset(room, 1), buf);
    }
    detail(select, look, layout::inset(details(area), 1), buf);
}

fn filter(select: &Select, look: &Look<'_>, line: Rect, buf: &mut Buffer) {
    let line = layout::inset(line, 1);
    let counted = counted(select);
    let right = text::put_right(buf, line, &counted, look.ink(Tone::Muted));
    let room = Rect { width: right.saturating_sub(line.x + 2), ..line };
    let shown = select.filter.is_focused() || !select.filter.is_empty();
    let tone = if select.filter.is_focused() { Tone::Title } else { Tone::Muted };
    let x = text::put(buf, room, "/ ", look.ink(tone));
    let rest = Rect { x, width: room.right().saturating_sub(x), ..room };
    if shown {
        select.filter.field().view(look.theme, select.filter.is_focused(), rest, buf);
    } else {
        let hint = "words, domain: dept: status: outcome: invited: ticked: !";
        field::cell(look.theme, rest, buf);
        text::put(buf, rest, hint, look.ink(Tone::Faint));
    }
}

/// "184 of 2,412 match", or how far the list has come.
fn counted(select: &Select) -> String {
    let Some(part) = select.picks.part() else { return String::new() };
    let (here, all) = (u64::from(part.columns.len()), part.head.count);
    if !part.complete {
        return format!("loading {} of {}", thousands(here), thousands(all));
    }
    if select.filter.is_empty() {
        return format!("{} users", thousands(here));
    }
    let matches = select.picks.matches().len() as u64;
    format!("{} of {} match", thousands(matches), thousands(here))
}

/// The head of the columns, or what is wrong.
fn head(select: &Select, columns: &Columns, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    let mut wrong = wrong(&select.filter, area);
    if let (true, Some(error)) = (wrong.is_empty(), select.roster.error())
        && !select.picks.matches().is_empty()
    {
        wrong.push(refused(error, look));
    }
    for (n, words) in (1..).zip(&wrong) {
        if let Some(line) = layout::row(area, n) {
            text::put(buf, layout::inset(line, 1), words, look.ink(Tone::Refused));
        }
    }
    let Some(line) = layout::row(area, 1).filter(|_| wrong.is_empty()) else { return };
    let (sign, tone) = mark(select.picks.selection.header(select.picks.matches()));
    let at = Column { x: 3, width: 1 };
    text::put(buf, cell(line, at), sign, look.ink(tone));
    let titles = [
        (columns.name, "Name"),
        (columns.address, "Address"),
        (columns.department, "Dept"),
        (columns.status, "Status"),
        (columns.outcome, "If invited"),
    ];
    for (column, title) in titles {
        text::put(buf, cell(line, column), title, look.ink(Tone::Muted));
    }
}

/// A user in sight.
struct User<'a> {
    row: Row<'a>,
    place: usize,
    ticked: bool,
}

impl User<'_> {
    fn view(
        &self,
        select: &Select,
        columns: &Columns,
        look: &Look<'_>,
        line: Rect,
        buf: &mut Buffer,
    ) {
        let chosen = self.place == select.picks.cursor.at;
        let bar = cell(line, Column { x: 1, width: 1 });
        if chosen {
            text::put(buf, bar, "▌", look.ink(Tone::Focus));
        } else if select.picks.in_range(self.place) {
            text::put(buf, bar, "│", look.ink(Tone::Accent));
        }
        let (sign, tone) = mark(if self.ticked { HeaderBox::All } else { HeaderBox::None });
        text::put(buf, cell(line, Column { x: 3, width: 1 }), sign, look.ink(tone));
        let outcome = select.picks.method().map(|method| self.row.outcome(method));
        let off = outcome.is_some_and(|outcome| outcome.class() == Class::Blocked);
        let (tone, more) = if off { (Tone::Faint, Tone::Faint) } else { (Tone::Text, Tone::Muted) };
        let name = self.row.name();
        let name = if name.is_empty() { self.row.user_id() } else { name };
        let texts = [
            (columns.name, name, tone),
            (columns.address, self.row.address(), tone),
            (columns.department, self.row.department(), more),
        ];
        for (column, words, tone) in texts {
            let shown = words.shown_in(column.width.into());
            text::put(buf, cell(line, column), shown.as_str(), look.ink(tone));
        }
        let status = self.row.state().code();
        text::put(buf, cell(line, columns.status), status, look.ink(Tone::Muted));
        if let Some(outcome) = outcome {
            let here = cell(line, columns.outcome);
            text::put(buf, here, outcome.label(), look.ink(outcome_tone(outcome)));
        }
    }
}

fn outcome_tone(outcome: Outcome) -> Tone {
    match outcome.class() {
        Class::Linked => Tone::Done,
        Class::Emailed => Tone::Attention,
        Class::Skipped => Tone::Muted,
        Class::Held => Tone::Text,
        Class::Blocked => Tone::Refused,
    }
}

/// The user under the cursor, whole, and why.
fn detail(select: &Select, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    let Some(row) = select.picks.focused() else { return };
    let mut words = String::new();
    let mut add = |more: &str| {
        if !more.is_empty() {
            words.push_str(if words.is_empty() { "" } else { " · " });
            words.push_str(more);
        }
    };
    add(with_unicode(&row.address()).as_str());
    if let Some(method) = select.picks.method() {
        add(&row.outcome(method).because(row.facts(), row.address().raw()));
    }
    add(row.state().code());
    add(row.department().shown().as_str());
    add(row.user_id().shown().as_str());
    add(row.name().shown().as_str());
    text::put_wrapped(buf, area, &words, look.ink(Tone::Muted));
}

fn refused(error: &ApiError, look: &Look<'_>) -> String {
    let key = look.here.keys.key(Action::Reload);
    let remedy = match error {
        ApiError::Problem(problem) if !problem.remedy.is_empty() => {
            Untrusted::new(problem.remedy.as_str()).shown().to_string()
        }
        _ => format!("{key} asks again; the ticks are kept."),
    };
    format!("✗ {error} {remedy}")
}

/// In the place of rows: loading, refused, no users, nobody matches.
fn instead(select: &Select, draft: &Draft, look: &Look<'_>, room: Rect, buf: &mut Buffer) {
    let (tone, words) = match (select.roster.error(), select.picks.part()) {
        (Some(error), _) => (Tone::Refused, refused(error, look)),
        (None, Some(part)) if part.complete && part.columns.is_empty() => (
            Tone::Muted,
            format!(
                "{} has no users yet: Import users, behind w, takes in a file.",
                draft.about.url.shown()
            ),
        ),
        (None, Some(_)) if !select.filter.is_empty() => {
            (Tone::Muted, "Nobody matches. Esc clears the filter.".to_owned())
        }
        (None, _) => (Tone::Muted, waiting(&select.roster, look)),
    };
    for (n, line) in (0..).zip(text::wrap(&words, room.width.min(76))) {
        if let Some(row) = layout::row(room, n) {
            text::put(buf, row, &line, look.ink(tone));
        }
    }
}

fn waiting<T>(load: &Load<T>, look: &Look<'_>) -> String {
    load.wait(look.here.now_ms).map_or_else(String::new, |wait| wait.words("the users"))
}

/// "12 ticked, 3 outside this filter; 1 e-mail would be a second invitation".
fn scope(picks: &Picks) -> String {
    let words = picks.selection.scope(picks.matches()).words();
    match picks.tally().map_or(0, Tally::second_invitations) {
        0 => words,
        1 => format!("{words}; 1 e-mail would be a second invitation"),
        n => format!("{words}; {} e-mails would be second invitations", thousands(n)),
    }
}

/// "→ 9 linked silently · 3 e-mails · 0 skipped · 0 held · 0 blocked".
fn consequences(tally: Option<&Tally>) -> Vec<Piece> {
    let Some(tally) = tally else {
        return vec![Piece::new(
            Tone::Muted,
            "Choose a method to see what an invitation would do.",
        )];
    };
    let emails = if tally.emails() == 1 { "e-mail" } else { "e-mails" };
    // Six digits and more leave no room at 80 columns.
    let linked = if tally.selected() < 100_000 { "linked silently" } else { "linked" };
    let parts = [
        (Class::Linked, Tone::Done, linked),
        (Class::Emailed, Tone::Attention, emails),
        (Class::Skipped, Tone::Text, "skipped"),
        (Class::Held, Tone::Text, "held"),
        (Class::Blocked, Tone::Refused, "blocked"),
    ];
    let mut pieces = vec![Piece::new(Tone::Muted, "→ ")];
    for (n, (class, tone, words)) in parts.into_iter().enumerate() {
        if n > 0 {
            pieces.push(Piece::new(Tone::Faint, " · "));
        }
        let number = tally.class(class);
        let tone = if number == 0 { Tone::Muted } else { tone };
        pieces.push(Piece::new(tone, format!("{} {words}", thousands(number))));
    }
    pieces
}
