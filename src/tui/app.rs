//! The whole interface as one pure state machine: a message in, wishes out.
//!
//! Owns the stack of screens, who gets which event, and what is the same on every screen. Knows no
//! clock, disk, network or channel; `runtime` feeds it and does what it wishes.

mod copied;
mod everywhere;
mod frame;
pub mod linear;
mod mouse;
mod route;
mod sight;

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::asked::Asked;
use super::effect::Effect;
use super::keymap::{Action, Availability, Chord, Keymap, Scope};
use super::msg::{Ids, Msg, Signal};
use super::screen::{Cx, Here, Look, Screen, Toast, Wish};
use super::session::Session;
use super::theme::{Depth, Theme, Tone, Wardrobe};
use crate::domain::untrusted::Shown;

/// The interface.
pub struct App {
    screens: Vec<Box<dyn Screen>>,
    session: Session,
    keys: Keymap,
    theme: Theme,
    wardrobe: Wardrobe,
    desk: Desk,
}

/// What is the same on every screen.
#[derive(Default)]
struct Desk {
    ids: Ids,
    asked: Asked,
    now_ms: u64,
    size: Rect,
    toast: Option<Toast>,
    /// What was copied last, and until when copying it again shows it.
    copied: Option<(Shown, u64)>,
    /// The mouse clicks and scrolls here; otherwise the terminal selects text with it.
    mouse: bool,
    /// Where the focus was led by the last click.
    clicked: Option<(u16, u16)>,
    /// A theme that is to be worn; nothing inside: the one for the terminal's ground.
    wish: Option<Wish>,
    /// Keys are ignored until then: what follows a paste may be its tail.
    quiet_until_ms: u64,
    sight: sight::Sight,
    /// The key before: where it comes again by itself, it is held.
    last: Option<Chord>,
    /// The key comes from a script, which presses when it has seen what it waits for.
    scripted: bool,
}

impl App {
    /// The interface with its first screen.
    pub fn new(
        session: Session,
        keys: Keymap,
        theme: Theme,
        size: (u16, u16),
        first: Box<dyn Screen>,
    ) -> Self {
        let asked = Asked::new(session.salt.as_str());
        let desk = Desk { asked, size: Rect::new(0, 0, size.0, size.1), ..Desk::default() };
        let wardrobe = Wardrobe::new(&[], None, Depth::None);
        Self { screens: vec![first], session, keys, theme, wardrobe, desk }
    }

    /// The same, with themes to choose from, in the one that is worn.
    #[must_use]
    pub fn in_one_of(self, wardrobe: Wardrobe) -> Self {
        let theme = wardrobe.theme();
        Self { theme, wardrobe, ..self }
    }

    /// Whether the terminal's ground matters.
    pub fn wears_colours(&self) -> bool {
        !self.wardrobe.is_empty()
    }

    /// Takes a message; returns what is to be done. No IO, no waiting, no clock.
    pub fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let mut effects = Vec::new();
        match msg {
            Msg::Tick { now_ms } => self.tick(now_ms, &mut effects),
            Msg::Input(event) => self.input(event, &mut effects),
            Msg::Played(event) => {
                self.desk.scripted = true;
                self.input(event, &mut effects);
                self.desk.scripted = false;
            }
            Msg::Seen(id) => self.desk.sight.see(id),
            Msg::Ground(ground) => {
                self.wardrobe.stands_on(ground);
                self.dress();
            }
            Msg::NotCopied { text, why } => self.show_uncopied(text, why),
            Msg::Burst(text) => self.burst(&text, &mut effects),
            Msg::TooMuch(bytes) => self.too_much(bytes, &mut effects),
            Msg::Signal(Signal::Suspend) => effects.push(Effect::Suspend),
            Msg::Signal(Signal::NotStopped) => {
                let (_, mut cx) = self.at(self.screens.len() - 1, &mut effects);
                cx.toast(
                    Tone::Attention,
                    "There is no shell that could wake hublink again; it goes on.",
                );
            }
            Msg::Signal(Signal::Terminate | Signal::HangUp) => self.quit(false, &mut effects),
            Msg::Reply { id, now, result } => {
                // A client never uses its own date: every answer brings the backend's anew.
                if let Some(now) = now {
                    self.session.world.set(now, self.desk.now_ms);
                }
                match self.desk.asked.take(id, &result, self.desk.now_ms) {
                    Some(again_ms) => effects.push(Effect::WakeAt(again_ms)),
                    None => self.reply(id, &result, &mut effects),
                }
                effects.extend(self.desk.asked.probe_ms().map(Effect::WakeAt));
            }
            Msg::Found { id, rows } => {
                self.each(&mut effects, |screen, cx| screen.on_found(id, &rows, cx));
            }
            Msg::Looked { id, found } => {
                self.each(&mut effects, |screen, cx| screen.on_looked(id, &found, cx));
            }
            Msg::Read { id, result } => self.file(id, &result.map(Some), &mut effects),
            Msg::Written { id, result } => self.file(id, &result.map(|()| None), &mut effects),
        }
        self.each(&mut effects, |screen, cx| screen.reconcile(cx));
        self.take_wish();
        self.note_copies(&mut effects);
        self.look_again();
        effects
    }

    fn take_wish(&mut self) {
        if let Some(Wish(wish)) = self.desk.wish.take() {
            self.wardrobe.choose(wish);
            self.dress();
        }
    }

    /// Puts on what is to be worn now.
    fn dress(&mut self) {
        if self.wears_colours() {
            self.theme = self.wardrobe.theme();
        }
    }

    /// Draws. Changes nothing.
    pub fn view(&self, buf: &mut Buffer) {
        frame::view(self, buf);
    }

    /// Who is signed in, and where.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The keys in force.
    pub fn keys(&self) -> &Keymap {
        &self.keys
    }

    /// The scopes that are live now, innermost first.
    pub fn live_scopes(&self) -> Vec<Scope> {
        self.scopes()
    }

    /// The theme it is drawn with.
    pub fn theme(&self) -> &Theme {
        &self.theme
    }

    /// Whether a key ends the program, whatever has the focus.
    pub fn ends(&self, key: &KeyEvent) -> bool {
        self.keys.resolve(key, &[Scope::Global]).contains(&Action::ForceQuit)
    }

    /// Whether a key is text for a field that has the focus.
    pub fn takes_as_text(&self, key: &KeyEvent) -> bool {
        self.top().is_some_and(|screen| screen.wants(key))
    }

    /// Whether an action can be done now.
    pub fn can(&self, action: Action) -> Availability {
        self.availability(action)
    }

    /// Does an action without its key, as the palette does.
    pub fn perform(&mut self, action: Action) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.act(action, &mut effects);
        self.each(&mut effects, |screen, cx| screen.reconcile(cx));
        self.take_wish();
        self.look_again();
        effects
    }

    fn tick(&mut self, now_ms: u64, effects: &mut Vec<Effect>) {
        self.desk.now_ms = self.desk.now_ms.max(now_ms);
        self.ask_again(effects);
        if self.desk.toast.as_ref().is_some_and(|toast| toast.until_ms <= now_ms) {
            self.desk.toast = None;
        }
    }

    /// Everything unsaved is handed over, then the program ends.
    fn quit(&mut self, interrupted: bool, effects: &mut Vec<Effect>) {
        self.each(effects, |screen, cx| screen.farewell(cx));
        effects.push(Effect::Quit { interrupted });
    }

    /// Gives every screen, from the bottom up, something to act with.
    fn each(
        &mut self,
        effects: &mut Vec<Effect>,
        mut act: impl FnMut(&mut dyn Screen, &mut Cx<'_>),
    ) {
        for at in 0..self.screens.len() {
            let (screen, mut cx) = self.at(at, effects);
            act(screen, &mut cx);
        }
    }

    fn at<'a>(
        &'a mut self,
        at: usize,
        effects: &'a mut Vec<Effect>,
    ) -> (&'a mut dyn Screen, Cx<'a>) {
        let hold = self.screens[at].hold();
        let cx = Cx {
            now_ms: self.desk.now_ms,
            size: self.desk.size,
            session: &self.session,
            keys: &self.keys,
            ids: &mut self.desk.ids,
            asked: &mut self.desk.asked,
            effects,
            toast: &mut self.desk.toast,
            wish: &mut self.desk.wish,
            hold,
            acts: Vec::new(),
            repeats_only: false,
            held_back: false,
        };
        (self.screens[at].as_mut(), cx)
    }

    fn look(&self) -> Look<'_> {
        let here = Here { session: &self.session, keys: &self.keys, now_ms: self.desk.now_ms };
        Look { theme: &self.theme, here }
    }
}
