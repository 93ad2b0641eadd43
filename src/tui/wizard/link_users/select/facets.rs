//! The facets: counts by domain, department, status and predicted outcome of those who match.
//!
//! Owns the box: which facet, which value. Enter filters on the value, Space ticks its users or,
//! when all of them are ticked, unticks them. Must not count: the roster does.

use std::collections::HashMap;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::boxes::Boxed;
use super::picks::Picks;
use super::view::{self, mark};
use crate::roster::{Bitmap, Facet, FacetKey, FacetRow, HeaderBox};
use crate::tui::keymap::{Action, Availability};
use crate::tui::layout;
use crate::tui::page::{Block, TickRow, Ticks};
use crate::tui::screen::{Cx, Look};
use crate::tui::theme::Tone;
use crate::tui::when::thousands;
use crate::tui::widget::frame::frame;
use crate::tui::widget::rows::Cursor;
use crate::tui::widget::{bar, marks, text};

/// Home counts the domains of active users alone: the numbers differ, and both say of whom they are.
const TITLE: &str = "Of those who match, inactive ones too";
const WIDTH: u16 = 62;
const HEIGHT: u16 = 18;
/// The columns of a value, where there is room.
const LABEL: u16 = 26;

/// The columns of a row.
#[derive(Clone, Copy)]
struct Widths {
    label: u16,
    count: u16,
    bar: u16,
}

pub(super) struct Facets {
    at: usize,
    rows: Vec<FacetRow>,
    /// Of those who match and have the value, how many are ticked.
    ticked: HashMap<FacetKey, usize>,
    cursor: Cursor,
}

impl Facets {
    pub fn new(picks: &Picks) -> Self {
        let mut facets =
            Self { at: 0, rows: Vec::new(), ticked: HashMap::new(), cursor: Cursor::default() };
        facets.refresh(picks);
        facets
    }

    fn facet(&self) -> Facet {
        Facet::ALL[self.at]
    }

    pub fn refresh(&mut self, picks: &Picks) {
        let chosen = self.chosen().map(|row| row.key);
        let matching = picks.matches().rows();
        let count = |rows: &Bitmap| self.facet().count(picks.columns(), rows, picks.method());
        let mut ticked = picks.selection.ticked().clone();
        ticked.intersect_with(matching);
        let (rows, ticked) = (count(matching), count(&ticked));
        self.rows = rows;
        self.ticked = ticked.into_iter().map(|row| (row.key, row.count)).collect();
        // The order may change with the counts: stay on the value.
        if let Some(at) = self.rows.iter().position(|row| Some(row.key) == chosen) {
            self.cursor.at = at;
        }
    }

    fn chosen(&self) -> Option<&FacetRow> {
        self.rows.get(self.cursor.at)
    }

    /// The users who match and have the value.
    fn users(row: &FacetRow, picks: &Picks) -> Bitmap {
        let mut users = row.key.rows(picks.columns(), picks.method());
        users.intersect_with(picks.matches().rows());
        users
    }

    pub fn availability(&self, action: Action) -> Availability {
        let row = matches!(action, Action::Open | Action::Tick) || action.motion().is_some();
        let turn = matches!(action, Action::NextPane | Action::PreviousPane);
        Availability::shown_if(turn || row && !self.rows.is_empty())
    }

    pub fn on_action(&mut self, action: Action, picks: &mut Picks, cx: &mut Cx<'_>) -> Boxed {
        if let Some(motion) = action.motion() {
            let room = view::room(picks, cx.body());
            let height = place(room, self.rows.len()).height.saturating_sub(3);
            self.cursor.go(motion, self.rows.len(), height.into());
            return Boxed::Stay;
        }
        match action {
            Action::NextPane => self.turn(1, picks),
            Action::PreviousPane => self.turn(Facet::ALL.len() - 1, picks),
            Action::Open => {
                if let Some(row) = self.chosen() {
                    return Boxed::Filter(row.key.term(picks.columns()));
                }
            }
            Action::Tick => {
                if let Some(row) = self.chosen() {
                    let users = Self::users(row, picks);
                    let all = picks.selection.ticked().count_both(&users) == users.count();
                    picks.change(
                        |ticks| if all { ticks.untick(&users) } else { ticks.tick(&users) },
                    );
                    return Boxed::Ticked;
                }
            }
            _ => return Boxed::Close,
        }
        Boxed::Stay
    }

    fn turn(&mut self, by: usize, picks: &Picks) {
        self.at = (self.at + by) % Facet::ALL.len();
        self.cursor = Cursor::default();
        self.rows.clear();
        self.refresh(picks);
    }

    /// The facet as data: each value under its number, ticked where all of its users are.
    pub fn told(&self, picks: &Picks) -> Vec<Block> {
        let row = |row: &FacetRow| {
            let ticked = self.ticked.get(&row.key).copied().unwrap_or(0);
            let note = match ticked {
                0 => String::new(),
                some if some == row.count => "all of them".to_owned(),
                some => format!("{} of them ticked", thousands(some as u64)),
            };
            TickRow {
                id: row.key.label(picks.columns()).shown().to_string(),
                ticked: row.count > 0 && ticked == row.count,
                label: row.key.label(picks.columns()).shown().to_string(),
                number: Some(row.count as u64),
                end: None,
                note,
                disabled: None,
            }
        };
        let title = format!("{TITLE}, by {}", self.facet().title().to_lowercase());
        let mut blocks = vec![Block::Heading(title)];
        if self.rows.is_empty() {
            blocks.push(Block::prose("Nobody matches the filter."));
        }
        let rows = self.rows.iter().map(row).collect();
        blocks.push(Block::Ticks(Ticks { key: "facet", rows }));
        let words = "A number ticks those users; open filters on the last one. next-pane tells the \
                     next facet, back the users.";
        blocks.push(Block::aside(words));
        blocks
    }

    /// Gives the cursor to the value that is told there.
    pub fn point(&mut self, at: usize) {
        if at < self.rows.len() {
            self.cursor.at = at;
        }
    }

    pub fn view(&self, picks: &Picks, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        let place = place(area, self.rows.len());
        let room = layout::inset(frame(TITLE, look.theme, place, buf), 1);
        self.tabs(look, room, buf);
        let list = Rect { y: room.y + 1, height: room.height.saturating_sub(1), ..room };
        if self.rows.is_empty() {
            let words = "Nobody matches the filter.";
            text::put(buf, list, words, look.ink(Tone::Muted));
        }
        let most = self.rows.iter().map(|row| row.count).max().unwrap_or(0).max(1);
        let widths = self.widths(picks, list.width);
        let shown = self.cursor.window(self.rows.len(), list.height.into());
        for (n, at) in (0..).zip(shown.clone()) {
            let Some(line) = layout::row(list, n) else { break };
            self.row(at, (most, widths), picks, look, line, buf);
        }
        // On the frame's line: nothing of the rows is covered.
        let marked = Rect { width: list.width + 2, ..list };
        marks::more(&shown, self.rows.len(), look.theme, marked, buf);
        let below = layout::inset(Rect { y: list.bottom(), height: 1, ..list }, 1);
        marks::count_below(&shown, self.rows.len(), look.theme, below, buf);
    }

    /// Values are whole where they can be; what is left is the bars'.
    fn widths(&self, picks: &Picks, room: u16) -> Widths {
        let labels = self
            .rows
            .iter()
            .map(|row| text::width(row.key.label(picks.columns()).shown().as_str()));
        let counts = self.rows.iter().map(|row| text::width(&thousands(row.count as u64)));
        let (label, count) = (labels.max().unwrap_or(0), counts.max().unwrap_or(0));
        let room = room.saturating_sub(4 + 2 + count + 1);
        let label = label.max(LABEL).min(room);
        Widths { label, count, bar: room - label }
    }

    fn tabs(&self, look: &Look<'_>, room: Rect, buf: &mut Buffer) {
        let mut left = room;
        for (at, facet) in Facet::ALL.iter().enumerate() {
            let tone = if at == self.at { Tone::Title } else { Tone::Muted };
            let x = text::put(buf, left, facet.title(), look.ink(tone)) + 3;
            left = Rect { x, width: room.right().saturating_sub(x), ..room };
        }
    }

    fn row(
        &self,
        place: usize,
        (most, widths): (usize, Widths),
        picks: &Picks,
        look: &Look<'_>,
        line: Rect,
        buf: &mut Buffer,
    ) {
        let row = &self.rows[place];
        let part = |x: u16, width: u16| Rect { x: line.x + x, width, ..line }.intersection(line);
        let chosen = place == self.cursor.at;
        if chosen {
            text::put(buf, part(0, 1), "▌", look.ink(Tone::Focus));
        }
        let state = match self.ticked.get(&row.key).copied().unwrap_or(0) {
            0 => HeaderBox::None,
            ticked if ticked == row.count => HeaderBox::All,
            _ => HeaderBox::Some,
        };
        let (sign, tone) = mark(state);
        text::put(buf, part(2, 1), sign, look.ink(tone));
        let tone = match (row.count, chosen) {
            (0, _) => Tone::Muted,
            (_, true) => Tone::Strong,
            (_, false) => Tone::Text,
        };
        let count = thousands(row.count as u64);
        let label = row.key.label(picks.columns());
        let Widths { label: width, count: digits, bar } = widths;
        text::put(buf, part(4, width), label.shown_in(width.into()).as_str(), look.ink(tone));
        text::put_right(buf, part(4 + width, digits + 2), &count, look.ink(tone));
        let blocks = bar::of(row.count as u64, most as u64, bar);
        text::put(buf, part(4 + width + digits + 3, bar), &blocks, look.ink(Tone::Accent));
    }
}

/// The box: as high as there are rows and room, and no lower for short facets than for long ones.
fn place(area: Rect, rows: usize) -> Rect {
    let rows = u16::try_from(rows).unwrap_or(u16::MAX).saturating_add(3);
    layout::middle(area, WIDTH, rows.max(HEIGHT))
}
