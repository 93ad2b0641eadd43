//! A page on a screen of its own, outside of wizards: focus, keys, drawing.
//!
//! Owns what every such screen does alike: moving, typing, ticking, pasting. What the operator
//! did comes back as an [`Edit`]; what it means is the screen's.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::keymap::{Action, Availability};
use super::page::{self, Edit, Page, PageState, Stop, Then};
use super::screen::{Cx, Look, Told};
use super::theme::Tone;

/// A page, and where the operator is on it.
#[derive(Default)]
pub struct Sheet {
    state: PageState,
    shown: Page,
}

/// What became of an action.
pub enum Done {
    /// It moved something, or changed this.
    Stay(Option<Edit>),
    /// The page is complete as far as the operator is concerned, after this change.
    GoOn(Option<Edit>),
    /// It is the screen's.
    NotMine,
}

impl Sheet {
    /// Another page: the focus is where it wants it.
    pub fn open(&mut self, page: Page) {
        self.state = PageState::opened(&page);
        self.shown = page;
    }

    /// The same page, made anew after a message; `area` is what it is drawn in.
    pub fn show(&mut self, page: Page, area: Rect) {
        self.shown = page;
        self.state.sync(&self.shown, area.width, area.height);
        if let Some(Stop::Row(_, id)) = self.focused()
            && let Some((_, command)) = self.shown.rows_same_as.iter().find(|(row, _)| *row == id)
        {
            self.shown.same_as = Some(command.clone());
        }
    }

    /// The page that is shown.
    pub fn page(&self) -> &Page {
        &self.shown
    }

    /// What it says, as data.
    pub fn told(&self) -> Told {
        Told::of(self.shown.clone())
    }

    /// Gives the focus to what stands there.
    pub fn point(&mut self, at: usize) {
        self.state.point(at);
    }

    /// What has the focus.
    pub fn focused(&self) -> Option<Stop> {
        self.state.focused(&self.shown)
    }

    /// Whether Enter only moves on to the next field.
    pub fn has_next_field(&self) -> bool {
        self.state.advances_within(&self.shown)
    }

    /// Whether Enter takes what is marked below the focused field.
    pub fn takes(&self) -> bool {
        self.state.take(&self.shown).is_some()
    }

    /// What Enter does on the page itself, in the footer's words; nothing where it goes on.
    pub fn enter_word(&self) -> Option<&'static str> {
        self.state.enter_word(&self.shown)
    }

    /// Moves the focus to a field or list.
    pub fn go_to(&mut self, name: &str) {
        self.state.go_field(name, &self.shown);
    }

    /// Whether the page itself has a meaning for an action.
    pub fn availability(&self, action: Action) -> Availability {
        self.state.availability(action, &self.shown).unwrap_or(Availability::Hidden)
    }

    /// Does an action, if it is the page's.
    pub fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> Done {
        let press = self.state.press(action, &self.shown);
        match press.then {
            Then::Stay => {}
            Then::GoOn => return Done::GoOn(press.edit),
            Then::Say(why) => cx.toast(Tone::Attention, why),
            Then::Copy(text) => cx.copy(text),
            Then::Pass => return Done::NotMine,
        }
        Done::Stay(press.edit)
    }

    /// Whether a key is text for the focused field.
    pub fn wants(&self, key: &KeyEvent) -> bool {
        self.state.wants(key)
    }

    /// Takes a key that it wants.
    pub fn on_text(&mut self, key: &KeyEvent) -> Option<Edit> {
        self.state.on_text(key)
    }

    /// Takes a paste; says so where none is taken.
    pub fn on_paste(&mut self, text: &str, cx: &mut Cx<'_>) -> Option<Edit> {
        self.state.on_paste(text).unwrap_or_else(|why| {
            cx.toast(Tone::Attention, why);
            None
        })
    }

    /// Draws it, and the lines below it: what is cut of the row in focus, the command line.
    pub fn view_with(&self, look: &Look<'_>, (page, status): (Rect, Rect), buf: &mut Buffer) {
        let drawn = page::draw(&self.shown, &self.state, look, page, buf);
        page::below(&self.shown, &self.state, (None, drawn), look, status, buf);
    }

    /// Draws it; returns what is still free below it.
    pub fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) -> Rect {
        page::draw(&self.shown, &self.state, look, area, buf).rest
    }
}
