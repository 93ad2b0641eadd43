//! What every listing screen shares: room for the rows, the detail line, and the words while there
//! are none: loading, failed, empty.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::api::call::ApiError;
use crate::tui::keymap::Action;
use crate::tui::layout;
use crate::tui::load::Wait;
use crate::tui::page::{Block, Page, RowSpec, Rows};
use crate::tui::screen::{Here, Look, Told};
use crate::tui::theme::Tone;
use crate::tui::when::thousands;
use crate::tui::widget::rows::Cursor;
use crate::tui::widget::table::Cell;
use crate::tui::widget::text;
use crate::tui::wizard::asking;

/// What there is to say about a list.
pub struct Said<'a> {
    /// What is listed, such as "the runs".
    pub what: &'a str,
    /// What to say when there is nothing.
    pub empty: &'a str,
    /// How long one has been waiting.
    pub wait: Option<Wait>,
    /// What went wrong last.
    pub error: Option<&'a ApiError>,
    /// Whether there are no rows.
    pub is_empty: bool,
}

/// What is said of the row that the acts are about.
pub const ABOUT: &str = "What is said without a number is about";

/// So many rows are told at once, for who has them told line by line.
const TOLD: usize = 20;

/// A list as data, the rows around the cursor: each under its number, and how to come to the rest.
/// `detail` is what the acts are about.
pub fn as_data(
    said: &Said<'_>,
    rows: (usize, &Cursor),
    cells: impl Fn(usize) -> Vec<Cell>,
    detail: &str,
    here: Here<'_>,
) -> Told {
    let (len, cursor) = rows;
    if said.is_empty || len == 0 {
        let words = match (said.error, said.wait) {
            (Some(error), _) => error.to_string(),
            (None, Some(wait)) => wait.words(said.what),
            (None, None) => said.empty.to_owned(),
        };
        return Told::words(&words);
    }
    let from = first(cursor.at);
    let row = |at: usize| RowSpec {
        id: at.to_string(),
        tone: Tone::Text,
        end: None,
        cells: cells(at).into_iter().map(|(_, text)| text).collect(),
    };
    let rows = (from..len.min(from + TOLD)).map(row).collect();
    let mut blocks = vec![Block::Rows(Rows { key: "rows", rows, empty: String::new() })];
    if from > 0 || len > from + TOLD {
        let (a, z) = (from as u64 + 1, len.min(from + TOLD) as u64);
        let words = format!(
            "These are {} to {} of {}; more and less go on.",
            thousands(a),
            thousands(z),
            thousands(len as u64)
        );
        blocks.push(Block::aside(words));
    }
    if !detail.is_empty() {
        let number = cursor.at.saturating_sub(from) + 1;
        blocks.push(Block::aside(format!("{ABOUT} {number}: {detail}")));
    }
    if let Some(error) = said.error {
        blocks.push(asking::failed(error, here));
    }
    Told::of(Page::new(blocks))
}

/// Gives the cursor to one of those that are told; past the last one to none.
pub fn point(cursor: &mut Cursor, at: usize) {
    if at < TOLD {
        cursor.at = first(cursor.at) + at;
    }
}

/// The first of those among which this row is told.
const fn first(at: usize) -> usize {
    at - at % TOLD
}

/// Below the rows are a free line and those of the words, one fewer on low screens.
const fn below(body: Rect) -> u16 {
    if body.height >= 16 { 4 } else { 3 }
}

/// The room for the rows in a screen's body.
pub fn place(body: Rect) -> Rect {
    Rect { y: body.y + 1, height: body.height.saturating_sub(1 + below(body)), ..body }
}

/// The words below the rows, in at most three lines at the bottom: a reason is not cut.
fn told(words: &str, tone: Tone, body: Rect, look: &Look<'_>, buf: &mut Buffer) {
    let last = Rect { y: body.bottom().saturating_sub(1), height: 1, ..layout::inset(body, 1) };
    let lines = u16::try_from(text::wrap(words, last.width).len()).unwrap_or(u16::MAX);
    let height = lines.clamp(1, below(body) - 1).min(last.y + 1);
    let area = Rect { y: last.y + 1 - height, height, ..last };
    text::put_wrapped(buf, area, words, look.ink(tone));
}

/// Draws the words that stand for rows, and the line below them; returns the room for the rows
/// when there are any.
pub fn view(
    said: &Said<'_>,
    detail: &str,
    look: &Look<'_>,
    body: Rect,
    buf: &mut Buffer,
) -> Option<Rect> {
    let key = look.here.keys.key(Action::Reload);
    let place = place(body);
    if !said.is_empty {
        match said.error {
            Some(error) => {
                let words = format!("✗ {error} · {key} tries again");
                told(&words, Tone::Refused, body, look, buf);
            }
            None => told(detail, Tone::Muted, body, look, buf),
        }
        return Some(place);
    }
    let (tone, words) = match (said.error, said.wait) {
        (Some(error), _) => (Tone::Refused, format!("✗ {error}\n\n{key} tries again.")),
        (None, Some(wait)) => (Tone::Muted, wait.words(said.what)),
        (None, None) => (Tone::Muted, said.empty.to_owned()),
    };
    let room = layout::inset(place, 1);
    for (n, line) in (0u16..).zip(text::wrap(&words, room.width.min(72))) {
        if let Some(row) = layout::row(room, n) {
            text::put(buf, row, &line, look.ink(tone));
        }
    }
    None
}
