//! A player at the keys: what it wishes, and whose a human's key is meanwhile.
//!
//! Owns carrying out its wishes. Must not decide what is pressed, nor who has the keys.

use crossterm::event::Event;

use super::{Ended, Letter, Runtime};
use crate::tui::companion::stage::Stage;
use crate::tui::companion::{Cue, Wish};
use crate::tui::msg::Msg;

impl Runtime {
    /// What the player does next, now that it sees the screen.
    pub(super) fn play(&mut self) -> Option<Letter> {
        loop {
            let now_ms = self.now_ms();
            match self.cue(|screen| Cue::Next { screen, now_ms })? {
                Wish::Press(key) => return Some(Letter::Played(Event::Key(key))),
                Wish::Paste(text) => return Some(Letter::Played(Event::Paste(text))),
                Wish::Mark(name) => {
                    self.terminal.now(self.clock.now());
                    if self.terminal.mark(&name).is_err() {
                        self.lost();
                    }
                }
                Wish::Rest(until_ms) if self.clock.turn_to(until_ms) => {
                    let now_ms = self.now_ms();
                    self.update(Msg::Tick { now_ms });
                }
                Wish::Rest(until_ms) | Wish::Watch(until_ms) => {
                    self.wakes.insert(until_ms.max(now_ms + 1));
                    return None;
                }
                Wish::HandOver => self.hand_over(),
                Wish::Quit => self.ended = Some(Ended::Quit),
                Wish::Show | Wish::Keep | Wish::Pass => {}
            }
            if self.ended.is_some() {
                return None;
            }
            if self.draw().is_err() {
                self.lost();
                return None;
            }
        }
    }

    /// Whether what came is kept by the player. What ends the program is nobody's to keep.
    pub(super) fn keeps(&mut self, msg: &Msg) -> bool {
        let key = match msg {
            Msg::Input(Event::Key(key)) if self.app.ends(key) => return false,
            Msg::Input(Event::Key(key)) => Some(*key),
            Msg::Input(Event::Paste(_)) | Msg::Burst(_) | Msg::TooMuch(_) => None,
            _ => return false,
        };
        let text = key.is_none_or(|key| self.app.takes_as_text(&key));
        match self.cue(|screen| Cue::Key { key, text, screen }) {
            Some(Wish::Keep) => true,
            Some(Wish::HandOver) => {
                self.hand_over();
                true
            }
            _ => false,
        }
    }

    /// Asks the player, and shows what it tells the audience.
    fn cue(&mut self, cue: impl for<'a> FnOnce(&'a str) -> Cue<'a>) -> Option<Wish> {
        let player = self.player.as_mut()?;
        let mut stage = Stage::default();
        let wish = player(cue(self.terminal.text()), &mut stage);
        self.terminal.stage(Some(stage));
        Some(wish)
    }

    /// The keys are the human's, and the whole screen is the page's.
    fn hand_over(&mut self) {
        self.player = None;
        self.terminal.reads_along(false);
        self.terminal.stage(None);
        let (width, height) = self.size;
        self.update(Msg::Input(Event::Resize(width, height)));
    }
}
