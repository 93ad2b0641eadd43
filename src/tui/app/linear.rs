//! What accessible mode asks of the app: the page as data, the acts there are, and doing one.
//!
//! Owns the way from a page's numbers and names to the same edits and actions that keys lead to.
//! Must not know how it is told or read.

use crossterm::event::Event;

use ratatui::buffer::Buffer;

use super::App;
use crate::tui::companion::text_of;
use crate::tui::effect::Effect;
use crate::tui::keymap::{Action, Availability, Chord, Scope};
use crate::tui::msg::Msg;
use crate::tui::page::Block;
use crate::tui::reach::{Go, Reach};
use crate::tui::screen::{Screen, Told};

/// An act that can be done now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Which.
    pub action: Action,
    /// Its name in the key table, such as `tick-all`.
    pub name: String,
    /// What it is here, in the footer's words.
    pub label: String,
    /// What it does.
    pub help: &'static str,
}

impl App {
    /// Where one is, and how far or who.
    pub fn whereabouts(&self) -> (Vec<String>, String) {
        let look = self.look();
        let full = self.screens.iter().rev().find(|screen| !screen.is_overlay());
        let header = full.map(|screen| screen.header(&look)).unwrap_or_default();
        (header.crumbs, header.right)
    }

    /// What the screen in front says, as data; a screen without is read as it is drawn.
    pub fn told(&self) -> Option<Told> {
        let here = self.look().here;
        self.top().and_then(|screen| screen.told(here))
    }

    /// Where one can go from home; nothing elsewhere.
    pub fn places(&self) -> Vec<Reach> {
        let home = self.screens.first().filter(|_| self.screens.len() == 1);
        let here = self.look().here;
        home.map(|home| home.reach(here)).unwrap_or_default()
    }

    /// The acts of the screen in front that can be done now, by name.
    pub fn acts_now(&self) -> Vec<Act> {
        let scopes = self.scopes();
        let mut acts: Vec<Act> = Vec::new();
        for row in self.keys.live(&scopes) {
            let action = row.binding.action;
            let new = acts.iter().all(|act| act.action != action);
            if new && self.availability(action) == Availability::Ready {
                let label = self.top().and_then(|screen| screen.label(action));
                let label = label.unwrap_or_else(|| row.binding.label.to_owned());
                acts.push(Act { action, name: action.code(), label, help: row.binding.help });
            }
        }
        acts
    }

    /// Whether a text is shown that is read to its end.
    pub fn reads(&self) -> bool {
        self.top().is_some_and(|screen| screen.help().title == "reading")
    }

    /// Whether an act begins something, where the focus is.
    pub fn does(&self, action: Action) -> bool {
        self.acts(action)
    }

    /// Whether going on does more than going on.
    pub fn next_does(&mut self) -> bool {
        self.point_past();
        self.acts(Action::Next)
    }

    /// Goes on from the page as a whole, whatever has the focus.
    pub fn go_on(&mut self) -> Vec<Effect> {
        self.point_past();
        self.perform(Action::Next)
    }

    fn point_past(&mut self) {
        if let Some(screen) = self.screens.last_mut() {
            screen.point(usize::MAX);
        }
    }

    /// The text of a frame, in lines; for screens that are not told as data.
    pub fn text_lines(&self) -> Vec<String> {
        let mut frame = Buffer::empty(self.desk.size);
        match self.top() {
            // Of a box only what is in it.
            Some(top) if top.is_overlay() => top.view(&self.look(), self.desk.size, &mut frame),
            _ => self.view(&mut frame),
        }
        text_of(&frame).lines().map(str::to_owned).collect()
    }

    /// What was said in passing, once.
    pub fn take_toast(&mut self) -> Option<String> {
        self.desk.toast.take().map(|toast| toast.text)
    }

    /// Goes to one of [`App::places`].
    pub fn go_there(&mut self, go: Go) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.each(&mut effects, |screen, cx| screen.farewell(cx));
        let (home, mut cx) = self.at(0, &mut effects);
        let flow = home.go_to(go, &mut cx);
        self.flow(0, flow, &mut effects);
        self.settle_screens(&mut effects);
        effects
    }

    /// Gives the focus to what stands at this place of the page.
    pub fn point(&mut self, at: usize) -> Vec<Effect> {
        let mut effects = Vec::new();
        if let Some(screen) = self.screens.last_mut() {
            screen.point(at);
        }
        self.settle_screens(&mut effects);
        effects
    }

    /// Writes into the field that has the focus, in place of what it had; says what it would not
    /// take.
    ///
    /// # Errors
    /// The letter that the field does not take; nothing is written then.
    pub fn write(&mut self, text: &str) -> Result<Vec<Effect>, char> {
        let refused = |c: &char| c.is_control() || !self.takes_as_text(&Chord::typed(*c));
        if let Some(odd) = text.chars().find(refused) {
            return Err(odd);
        }
        // What is written here is no tail of a paste.
        self.desk.quiet_until_ms = 0;
        let mut effects = Vec::new();
        let clear = Chord::parse("ctrl-u").map(Chord::event).ok();
        if let Some(clear) = clear.filter(|key| self.takes_as_text(key)) {
            effects.extend(self.update(Msg::Played(Event::Key(clear))));
        }
        for c in text.chars() {
            effects.extend(self.update(Msg::Played(Event::Key(Chord::typed(c)))));
        }
        Ok(effects)
    }

    fn settle_screens(&mut self, effects: &mut Vec<Effect>) {
        self.each(effects, |screen, cx| screen.reconcile(cx));
        self.look_again();
    }
}

impl App {
    /// Whether something was begun and is not done: a wizard, what is filled in, a question. Who has
    /// asked to quit wants to leave the rest as it is; what is filled in is lost by that alone.
    pub fn is_half_done(&self) -> bool {
        if self.screens.last().is_some_and(|screen| screen.asks_to_end()) {
            return self.screens.iter().any(|screen| screen.unsaved().is_some());
        }
        let begun = |screen: &dyn Screen| {
            let asks = screen.scopes().contains(&Scope::Confirm);
            screen.hold().is_some() || screen.unsaved().is_some() || asks
        };
        self.screens.iter().any(|screen| begun(screen.as_ref()))
    }

    /// How far something on the page has come that goes on by itself and is not over: so many of so many.
    pub fn under_way(&self) -> Option<(u64, u64)> {
        let goes = |block: &Block| match block {
            Block::Progress { done, total, .. } if done < total => Some((*done, *total)),
            _ => None,
        };
        let paused = self.can(Action::Resume) == Availability::Ready;
        self.told().filter(|_| !paused)?.page.blocks.iter().find_map(goes)
    }
}
