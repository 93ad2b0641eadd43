//! A list of addresses, pasted or loaded: who was ticked, and who was not found.
//!
//! Owns asking for the file and showing what the list came to: "288 of 300", and the twelve, each
//! with its line; whoever was found by a `UserID` is named. Must not match: the roster does.

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::boxes::Boxed;
use super::picks::Picks;
use super::view;
use crate::domain::untrusted::Untrusted;
use crate::roster::{Columns, Found, list_text};
use crate::tui::keymap::{Action, Availability};
use crate::tui::layout;
use crate::tui::msg::{IoError, RequestId};
use crate::tui::screen::{Cx, Look};
use crate::tui::theme::Tone;
use crate::tui::when::{count, thousands};
use crate::tui::widget::field::Field;
use crate::tui::widget::frame::frame;
use crate::tui::widget::rows::Cursor;
use crate::tui::widget::text;

const WIDTH: u16 = 66;
const HEIGHT: u16 = 16;

/// Asks for the path of a list.
#[derive(Default)]
pub(super) struct PathBox {
    field: Field,
    reading: Option<RequestId>,
    error: Option<String>,
}

impl PathBox {
    pub fn availability(&self, action: Action) -> Availability {
        match action {
            Action::Open => Availability::ready_if(
                !self.field.value().trim().is_empty() && self.reading.is_none(),
                "Write the path of a file with addresses.",
            ),
            _ => Availability::Hidden,
        }
    }

    pub fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Boxed {
        if action != Action::Open {
            return Boxed::Close;
        }
        self.error = None;
        self.reading = Some(cx.read(PathBuf::from(self.field.value().trim())));
        Boxed::Stay
    }

    /// Takes the file; gives its text.
    pub fn on_file(
        &mut self,
        id: RequestId,
        result: &Result<Option<Bytes>, IoError>,
    ) -> Option<String> {
        self.reading.take_if(|mine| *mine == id)?;
        match result {
            Ok(bytes) => {
                let bytes = bytes.as_ref().map_or(&[][..], |bytes| &bytes[..]);
                match list_text(bytes) {
                    Ok(text) => return Some(text),
                    Err(error) => self.error = Some(format!("The file is no list: {error}.")),
                }
            }
            Err(error) if error.missing => {
                let words = "There is no such file. Write its path in full, or from ~/ on.";
                self.error = Some(words.to_owned());
            }
            Err(error) => {
                self.error = Some(format!("The file cannot be read: {}", error.words.shown()));
            }
        }
        None
    }

    /// What went wrong with the file.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    pub fn wants(&self, key: &KeyEvent) -> bool {
        self.field.wants(key)
    }

    pub fn on_text(&mut self, key: &KeyEvent) {
        if self.field.on_key(key) {
            // What was wrong is about the path before.
            self.error = None;
        }
    }

    pub fn paste(&mut self, text: &str) -> bool {
        // With a path in front, a paste is no list for what is behind it.
        self.error = None;
        self.field.paste(text);
        true
    }

    pub fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        let place = layout::middle(area, WIDTH, 7);
        let room = layout::inset(frame("Tick the addresses of a file", look.theme, place, buf), 1);
        if let Some(row) = layout::row(room, 0) {
            let x = text::put(buf, row, "path  ", look.ink(Tone::Muted));
            let rest = Rect { x, width: row.right().saturating_sub(x), ..row };
            self.field.view(look.theme, true, rest, buf);
        }
        let (tone, words) = match (&self.error, self.reading) {
            (Some(error), _) => (Tone::Refused, format!("✗ {error}")),
            (None, Some(_)) => (Tone::Muted, "Reading …".to_owned()),
            (None, None) => (
                Tone::Muted,
                "Text with addresses, or a table. A line without an address may be a UserID. \
                 Pasting a list onto the users does the same."
                    .to_owned(),
            ),
        };
        for (n, line) in (2..).zip(text::wrap(&words, room.width)) {
            if let Some(row) = layout::row(room, n) {
                text::put(buf, row, &line, look.ink(tone));
            }
        }
    }
}

/// What a list came to.
pub(super) struct Listed {
    found: Found,
    /// How many of those found were not ticked before.
    ticked: usize,
    columns: Arc<Columns>,
    cursor: Cursor,
}

impl Listed {
    /// Ticks who was found.
    pub fn tick(found: Found, picks: &mut Picks) -> Self {
        let ticked = picks.change(|ticks| ticks.tick(&found.rows));
        Self { found, ticked, columns: Arc::clone(picks.columns()), cursor: Cursor::default() }
    }

    /// All of it, in lines.
    pub fn lines(&self) -> Vec<String> {
        let words = self.words().into_iter().map(|(_, words)| words);
        words.chain((0..self.told()).filter_map(|at| Some(self.line(at)?.1))).collect()
    }

    /// How many are told one by one: who was found by the `UserID` first, then who was not found.
    fn told(&self) -> usize {
        self.found.by_user_id.len() + self.found.missing.len()
    }

    /// One of them, with its line.
    fn line(&self, at: usize) -> Option<(Tone, String)> {
        let Some(entry) = self.found.by_user_id.get(at) else {
            let entry = self.found.missing.get(at - self.found.by_user_id.len())?;
            let text = entry.text.shown_in(80);
            let why = entry.why().map(|why| format!(": {why}")).unwrap_or_default();
            return Some((Tone::Text, format!("line {}: {text}{why}", entry.line)));
        };
        let user = self.columns.row(entry.number);
        let (name, address) = user.map(|user| (user.name(), user.address())).unwrap_or_default();
        let (id, name, address) = (entry.text.shown_in(20), name.shown(), address.shown());
        Some((Tone::Attention, format!("line {}: UserID {id} is {name} {address}", entry.line)))
    }

    pub fn availability(&self, action: Action) -> Availability {
        Availability::shown_if(match action {
            Action::Open => true,
            Action::Copy => !self.found.missing.is_empty(),
            _ => action.motion().is_some() && self.told() > 0,
        })
    }

    pub fn on_action(&mut self, action: Action, picks: &Picks, cx: &mut Cx<'_>) -> Boxed {
        if let Some(motion) = action.motion() {
            let room = view::room(picks, cx.body());
            self.cursor.go(motion, self.told(), list_height(room));
            return Boxed::Stay;
        }
        if action == Action::Copy {
            let missing: Vec<&str> =
                self.found.missing.iter().map(|entry| entry.text.raw()).collect();
            cx.copy(Untrusted::new(missing.join(", ")).shown());
            return Boxed::Stay;
        }
        Boxed::Close
    }

    fn words(&self) -> Vec<(Tone, String)> {
        let found = &self.found;
        if found.asked == 0 {
            return vec![(Tone::Attention, "There is nobody in the list.".to_owned())];
        }
        let again = found.rows.count() - self.ticked;
        let mut first =
            format!("{} found; {} ticked", found.words(), count(found.rows.count() as u64, "user"));
        if again > 0 {
            first.push_str(&format!(", {} of them before", thousands(again as u64)));
        }
        let mut lines = vec![(Tone::Done, format!("{first}."))];
        if found.several > 0 {
            let words = count(found.several as u64, "address").replace("addresss", "addresses");
            let words = format!("{words} on several accounts: all of these are ticked.");
            lines.push((Tone::Attention, words));
        }
        if !found.by_user_id.is_empty() {
            let words = count(found.by_user_id.len() as u64, "user");
            lines.push((Tone::Attention, format!("{words} by the UserID, not by an address.")));
        }
        if !found.missing.is_empty() {
            let words = format!("{} not found:", count(found.missing.len() as u64, "entry"));
            lines.push((Tone::Attention, words.replace("entrys", "entries")));
        }
        lines
    }

    pub fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        let place = layout::middle(area, WIDTH, HEIGHT);
        let room = layout::inset(frame("List of addresses", look.theme, place, buf), 1);
        let words = self.words();
        let below = u16::try_from(words.len()).unwrap_or(0);
        for (n, (tone, line)) in (0..).zip(&words) {
            if let Some(row) = layout::row(room, n) {
                text::put(buf, row, line, look.ink(*tone));
            }
        }
        for (n, at) in (below..).zip(self.cursor.window(self.told(), list_height(area))) {
            let Some(row) = layout::row(room, n) else { break };
            if at == self.cursor.at {
                text::put(buf, row, "▌", look.ink(Tone::Focus));
            }
            if let Some((tone, words)) = self.line(at) {
                text::put(buf, layout::inset(row, 2), &words, look.ink(tone));
            }
        }
    }
}

/// In its place while the list is looked up; a million addresses take a moment.
pub(super) fn looking(look: &Look<'_>, area: Rect, buf: &mut Buffer) {
    let place = layout::middle(area, WIDTH, 3);
    let room = layout::inset(frame("List of addresses", look.theme, place, buf), 1);
    text::put(buf, room, "Looking the addresses up …", look.ink(Tone::Muted));
}

/// Rows for the list, below up to four lines of words.
fn list_height(area: Rect) -> usize {
    usize::from(layout::middle(area, WIDTH, HEIGHT).height.saturating_sub(2 + 4))
}
