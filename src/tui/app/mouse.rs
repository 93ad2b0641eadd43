//! The mouse, where it was asked for: a click is the keys that lead there.
//!
//! Owns where a click leads. It presses what a person would press, one key at a time, and looks
//! after each where the focus is: nothing can be clicked that has no key, and what acts waits for
//! the same things as Enter (SPEC section 6). Must not know a screen's geometry.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{App, frame};
use crate::tui::effect::Effect;
use crate::tui::keymap::{Action, Availability, Chord, Scope};
use crate::tui::layout;
use crate::tui::screen::Screen;
use crate::tui::theme::Tone;
use crate::tui::theme::marks::{self, Place};
use crate::tui::widget::footer;

/// A turn of the wheel moves so many rows.
const WHEEL: usize = 3;
/// A row has no more lines than this below its first.
const LINES: u16 = 3;
/// Words so near are what was clicked.
const NEAR: u16 = 8;
/// Home has so many panes.
const PANES: usize = 3;
/// What a tick looks like.
const TICKS: [&str; 6] = ["☐", "☑", "▣", "◉", "○", "●"];
/// What stands before a step: behind, here, to come, left out.
const STEPS: [&str; 4] = ["✓", "●", "○", "–"];

impl App {
    /// The same, with the mouse hublink's from the start.
    #[must_use]
    pub fn with_mouse(mut self, on: bool) -> Self {
        self.desk.mouse = on;
        self
    }

    /// Whether the mouse is hublink's; otherwise it selects text.
    pub fn has_mouse(&self) -> bool {
        self.desk.mouse
    }

    /// Takes the mouse, or gives it back.
    pub(super) fn turn_mouse(&mut self, effects: &mut Vec<Effect>) {
        self.desk.mouse = !self.desk.mouse;
        effects.push(Effect::Mouse(self.desk.mouse));
        let key = self.keys.key(Action::Mouse);
        let words = if self.desk.mouse {
            format!("The mouse clicks and scrolls here; {key} gives selecting back.")
        } else {
            format!("The mouse selects text again; {key} takes it for clicking.")
        };
        let (_, mut cx) = self.at(self.screens.len() - 1, effects);
        cx.toast(Tone::Done, words);
    }

    pub(super) fn mouse(&mut self, event: MouseEvent, effects: &mut Vec<Effect>) {
        let there = layout::frame(self.desk.size);
        let Some(there) = there.filter(|_| self.desk.mouse) else { return };
        // What comes right after a paste may be its tail, as with keys.
        if self.desk.now_ms < self.desk.quiet_until_ms {
            return;
        }
        let at = Position::new(event.column, event.row);
        match event.kind {
            MouseEventKind::Down(MouseButton::Left) if there.footer.contains(at) => {
                self.click_hint(there.footer, at, effects);
            }
            MouseEventKind::Down(MouseButton::Left) => self.click(at, effects),
            MouseEventKind::ScrollUp => self.scroll(Action::Up, effects),
            MouseEventKind::ScrollDown => self.scroll(Action::Down, effects),
            _ => {}
        }
    }

    fn scroll(&mut self, way: Action, effects: &mut Vec<Effect>) {
        for _ in 0..WHEEL {
            if !self.step(way, effects) {
                return;
            }
        }
    }

    /// Moves, where that can be done; never does anything else.
    fn step(&mut self, action: Action, effects: &mut Vec<Effect>) -> bool {
        if self.availability(action) != Availability::Ready || self.acts(action) {
            return false;
        }
        self.act(action, effects);
        self.each(effects, |screen, cx| screen.reconcile(cx));
        true
    }

    /// A word of the footer: what its key does, under the rule of its key.
    fn click_hint(&mut self, area: Rect, at: Position, effects: &mut Vec<Effect>) {
        let hints = frame::hints_of(self);
        let words: Vec<_> = hints.iter().map(|(_, hint)| hint.clone()).collect();
        let said = frame::said(self, &words, area.width);
        let rank = footer::at(&words, said.beside.as_deref(), area, at.x);
        let hint = hints.into_iter().find(|(_, hint)| Some(hint.rank) == rank);
        let Some((action, _)) = hint else { return };
        self.press(action, effects);
    }

    /// What a key does that is named where the click was, under the rule of that key.
    fn press(&mut self, action: Action, effects: &mut Vec<Effect>) {
        let counts = self.counts();
        if self.acts(action) || matches!(action, Action::Next | Action::Open | Action::Yes) {
            effects.push(Effect::WakeAt(self.desk.sight.press(self.desk.now_ms)));
        }
        self.desk.toast = None;
        if counts || !self.acts(action) {
            self.act(action, effects);
        }
    }

    /// The action of a key that the screen names there.
    fn hint_in_body(&self, at: Position) -> Option<Action> {
        let body = layout::frame(self.desk.size)?.body;
        self.top()?.hint_at(&self.look(), body, at)
    }

    fn click(&mut self, at: Position, effects: &mut Vec<Effect>) {
        self.desk.toast = None;
        // A second click is one where the first was, whatever stands there by now.
        let first = self.desk.clicked.take();
        if self.click_step(at, effects) {
            return;
        }
        if let Some(action) = self.hint_in_body(at) {
            if self.availability(action) == Availability::Ready {
                self.press(action, effects);
            }
            return;
        }
        let seen = self.drawn();
        if is_filter(&seen, at.y) && self.availability(Action::Filter) == Availability::Ready {
            return self.act(Action::Filter, effects);
        }
        let symbol = |x: u16| seen.cell((x, at.y)).map_or(" ", |cell| cell.symbol());
        let on_tick = (at.x.saturating_sub(1)..=at.x + 1).any(|x| TICKS.contains(&symbol(x)));
        let in_scope = |scope| self.top().is_some_and(|top| top.scopes().contains(&scope));
        let (on_page, in_panes) = (in_scope(Scope::Page), in_scope(Scope::Panes));
        let was = self.focus();
        if in_panes {
            self.reach_pane(at.x, effects);
        }
        let Some(now) = self.focus() else { return };
        if !has_words(&seen, at) || !self.reach_row(at.y, effects) {
            return;
        }
        let place = self.focus();
        let stayed = place == was && was.is_some();
        let again = stayed && place.as_ref().map(|place| place.at) == first;
        self.desk.clicked = place.map(|place| place.at);
        let tick = on_tick && self.availability(Action::Tick) == Availability::Ready;
        match (tick, again) {
            (true, _) => self.act(Action::Tick, effects),
            // A field has the caret already.
            (false, true) if now.caret => {}
            // What a page is for is done by its footer, or by the key.
            (false, true) if on_page => {
                if !self.step(Action::Tick, effects) {
                    self.step(Action::Open, effects);
                }
            }
            (false, true) => {
                self.desk.clicked = None;
                self.enter(effects);
            }
            (false, false) => {}
        }
    }

    /// Enter, under Enter's rule.
    fn enter(&mut self, effects: &mut Vec<Effect>) {
        self.look_again();
        if let Ok(enter) = Chord::parse("enter") {
            self.key(&enter.event(), effects);
        }
    }

    /// As it would be drawn now.
    fn drawn(&self) -> Buffer {
        let mut buf = Buffer::empty(self.desk.size);
        self.view(&mut buf);
        buf
    }

    fn focus(&self) -> Option<Place> {
        marks::take(&mut self.drawn())
    }

    /// Moves the focus into the pane of this column: the last one that begins before it.
    fn reach_pane(&mut self, x: u16, effects: &mut Vec<Effect>) {
        let mut begins = Vec::new();
        for _ in 0..PANES {
            begins.push(self.focus().map(|place| place.at.0));
            if !self.step(Action::NextPane, effects) {
                return;
            }
        }
        // All around: the first is where it was.
        let before = |begin: &Option<u16>| begin.filter(|begin| *begin <= x + 1);
        let best = (0..PANES).max_by_key(|n| (before(&begins[*n]), PANES - n)).unwrap_or(0);
        for _ in 0..best {
            self.step(Action::NextPane, effects);
        }
    }

    /// Moves the focus to what is in this row, which may be of several lines; whether it is there.
    /// Where nothing is, nothing has moved.
    fn reach_row(&mut self, y: u16, effects: &mut Vec<Effect>) -> bool {
        let mut steps = 0;
        loop {
            let Some(from) = self.focus() else { return false };
            if from.at.1 == y || steps > self.desk.size.height {
                return from.at.1 == y;
            }
            let down = from.at.1 < y;
            let (on, back) =
                if down { (Action::Down, Action::Up) } else { (Action::Up, Action::Down) };
            let moved = self.step(on, effects);
            let to = self.focus().filter(|to| moved && to.at != from.at);
            match to {
                // Past it: what was before has it among its lines.
                Some(to) if down && to.at.1 > y => return self.step(back, effects),
                Some(to) if !down && to.at.1 <= y => return true,
                Some(_) => steps += 1,
                // The last one, whose lines go no further than this.
                None if down && y - from.at.1 <= LINES => return true,
                None => {
                    for _ in 0..steps {
                        self.step(back, effects);
                    }
                    return false;
                }
            }
        }
    }

    /// A step of a wizard that is behind: back to it, page by page. Whether the click was there.
    fn click_step(&mut self, at: Position, effects: &mut Vec<Effect>) -> bool {
        let wizard = self
            .top()
            .is_some_and(|top| top.scopes().contains(&Scope::Wizard) && !Screen::is_overlay(top));
        let Some(there) = layout::frame(self.desk.size).filter(|_| wizard) else { return false };
        let rail = layout::wizard(there.body, false).steps;
        if !rail.contains(at) {
            return false;
        }
        let depth = self.screens.len();
        for _ in 0..back_to(&self.drawn(), rail, at) {
            if !self.step(Action::Back, effects) || self.screens.len() != depth {
                break;
            }
        }
        true
    }
}

/// How many steps that are done stand from the one at this place to the one that is current.
fn back_to(buf: &Buffer, rail: Rect, at: Position) -> usize {
    let symbol = |x: u16, y: u16| buf.cell((x, y)).map_or(" ", |cell| cell.symbol());
    let line = rail.height == 1;
    let cells: Vec<&str> = if line {
        (rail.left()..rail.right()).map(|x| symbol(x, rail.y)).collect()
    } else {
        (rail.top()..rail.bottom()).map(|y| symbol(rail.x + 1, y)).collect()
    };
    let at = usize::from(if line { at.x - rail.x } else { at.y - rail.y });
    let Some(from) = (0..=at).rev().find(|n| STEPS.contains(&cells[*n])) else { return 0 };
    let here = cells.iter().position(|symbol| *symbol == "●").unwrap_or(0);
    if cells[from] != "✓" || from >= here {
        return 0;
    }
    cells[from..here].iter().filter(|symbol| **symbol == "✓").count()
}

/// Whether a row is where a filter is written, or its hint stands.
fn is_filter(buf: &Buffer, y: u16) -> bool {
    let symbol = |x: u16| buf.cell((x, y)).map_or(" ", |cell| cell.symbol());
    let mut cells = (0..buf.area.width).map(symbol).skip_while(|symbol| *symbol == " ");
    cells.next() == Some("/") && cells.next() == Some(" ")
}

/// Whether there is anything where the click was.
fn has_words(buf: &Buffer, at: Position) -> bool {
    let symbol = |x: u16| buf.cell((x, at.y)).map_or(" ", |cell| cell.symbol());
    (at.x.saturating_sub(NEAR)..=at.x + NEAR).any(|x| symbol(x) != " ")
}
