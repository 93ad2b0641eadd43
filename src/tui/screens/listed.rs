//! What every listing screen shares: room for the rows, the detail line, and the words while there
//! are none: loading, failed, empty.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::api::call::ApiError;
use crate::tui::keymap::Action;
use crate::tui::layout;
use crate::tui::load::Wait;
use crate::tui::screen::Look;
use crate::tui::theme::Tone;
use crate::tui::widget::text;

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

/// The room for the rows in a screen's body.
pub fn place(body: Rect) -> Rect {
    Rect { y: body.y + 1, height: body.height.saturating_sub(4), ..body }
}

/// The words below the rows, the last of at most two lines at the bottom: a reason is not cut.
fn told(detail: &str, last: Rect, look: &Look<'_>, buf: &mut Buffer) {
    let lines = text::wrap(detail, last.width);
    let (first, rest) = match lines.as_slice() {
        [] => return,
        [line] => (None, line.clone()),
        [line, rest @ ..] => (Some(line), rest.join(" ")),
    };
    if let Some(line) = first {
        let above = Rect { y: last.y.saturating_sub(1), ..last };
        text::put(buf, above, line, look.ink(Tone::Muted));
    }
    text::put(buf, last, &rest, look.ink(Tone::Muted));
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
    let last = Rect { y: body.bottom().saturating_sub(1), height: 1, ..body };
    let last = layout::inset(last, 1);
    let key = look.here.keys.key(Action::Reload);
    let place = place(body);
    if !said.is_empty {
        match said.error {
            Some(error) => {
                let words = format!("✗ {error} · {key} tries again");
                text::put(buf, last, &words, look.ink(Tone::Refused));
            }
            None => told(detail, last, look, buf),
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
