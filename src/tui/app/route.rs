//! Who gets a key, a paste, a reply; and what a screen's answer does to the stack.
//!
//! Owns the order of precedence: Ctrl-c before all, then the focused text, then the key table from
//! the inside out.

use bytes::Bytes;
use crossterm::event::{Event, KeyEvent, KeyEventKind};
use ratatui::layout::Rect;

use super::App;
use crate::api::call::{ApiError, Reply};
use crate::tui::effect::Effect;
use crate::tui::keymap::{Action, Availability, Chord, Scope};
use crate::tui::layout;
use crate::tui::msg::PASTE_MOST;
use crate::tui::msg::{IoError, RequestId};
use crate::tui::reach::Go;
use crate::tui::screen::{Flow, Screen};
use crate::tui::theme::Tone;

/// After a paste, keys are ignored for so long: they may be what a hostile paste carried.
const QUIET_MS: u64 = 300;

impl App {
    pub(super) fn input(&mut self, event: Event, effects: &mut Vec<Effect>) {
        match event {
            Event::Key(key) => self.key(&key, effects),
            Event::Paste(text) => self.paste(&text, effects),
            Event::Resize(width, height) => self.desk.size = Rect::new(0, 0, width, height),
            Event::Mouse(event) => self.mouse(event, effects),
            Event::FocusGained | Event::FocusLost => {}
        }
    }

    /// The scopes that are live now, innermost first.
    pub(super) fn scopes(&self) -> Vec<Scope> {
        let mut scopes = self.top().map(Screen::scopes).unwrap_or_default();
        scopes.push(Scope::Global);
        scopes
    }

    pub(super) fn top(&self) -> Option<&dyn Screen> {
        self.screens.last().map(AsRef::as_ref)
    }

    pub(super) fn key(&mut self, key: &KeyEvent, effects: &mut Vec<Effect>) {
        if self.ends(key) {
            self.quit(true, effects);
            return;
        }
        // Where there is too little room nothing is to be seen, and nothing is done.
        if layout::frame(self.desk.size).is_none() {
            return;
        }
        let top = self.screens.len() - 1;
        let text = self.screens[top].wants(key);
        let held = key.kind == KeyEventKind::Repeat;
        let counts = self.desk.scripted || (!held && self.counts());
        let chord = Chord::of(key);
        if !text && !self.desk.scripted && chord.is_some_and(Chord::confirms) {
            effects.push(Effect::WakeAt(self.desk.sight.press(self.desk.now_ms)));
        }
        let before = std::mem::replace(&mut self.desk.last, chord);
        if self.desk.now_ms < self.desk.quiet_until_ms {
            return;
        }
        // One press, one page: what comes up under a held key waits until it is let go.
        if let Some(key) = chord.filter(|key| held && !text && before == chord && key.confirms()) {
            effects.push(Effect::WakeAt(self.desk.sight.hold(key, self.desk.now_ms)));
            return;
        }
        self.desk.toast = None;
        if text {
            let (screen, mut cx) = self.at(top, effects);
            let flow = screen.on_text(key, &mut cx);
            self.flow(top, flow, effects);
            return;
        }
        let scopes = self.scopes();
        let actions = self.keys.resolve(key, &scopes);
        if let Some(letter) = chord.and_then(Chord::without_alt).filter(|_| actions.is_empty()) {
            return self.after_esc(&KeyEvent { kind: key.kind, ..letter }, effects);
        }
        for action in actions {
            match self.availability(action) {
                Availability::Hidden => {}
                Availability::Ready if !counts && self.acts(action) => return,
                // Keys that came at once, or one that is held, end nothing.
                Availability::Ready if held && action == Action::Quit => return,
                Availability::Ready => return self.act(action, effects),
                Availability::Disabled(why) => {
                    let (_, mut cx) = self.at(top, effects);
                    cx.toast(Tone::Attention, why);
                    return;
                }
            }
        }
    }

    /// An Esc and a letter that came as one, where they mean nothing together: a slow line joins what
    /// was pressed apart, and loses neither. In a text it is the letter alone: whoever writes may
    /// have held Alt, and leaves nothing by that.
    fn after_esc(&mut self, letter: &KeyEvent, effects: &mut Vec<Effect>) {
        if !self.takes_as_text(letter) {
            self.key(&Chord::ESC.event(), effects);
            self.look_again();
        }
        if !effects.iter().any(|effect| matches!(effect, Effect::Quit { .. })) {
            self.key(letter, effects);
        }
    }

    fn paste(&mut self, text: &str, effects: &mut Vec<Effect>) {
        if layout::frame(self.desk.size).is_none() {
            return;
        }
        if text.len() > PASTE_MOST {
            return self.too_much(text.len() as u64, effects);
        }
        self.desk.quiet_until_ms = self.desk.now_ms + QUIET_MS;
        let top = self.screens.len() - 1;
        let (screen, mut cx) = self.at(top, effects);
        screen.on_paste(text, &mut cx);
    }

    /// A paste without its brackets. One line for a field is as good as typed; its end, where it has
    /// one, is no Enter.
    pub(super) fn burst(&mut self, text: &str, effects: &mut Vec<Effect>) {
        let line = !text.contains(|c: char| c.is_control());
        let first = text.chars().next().filter(|_| line);
        if !first.is_some_and(|c| self.top().is_some_and(|top| top.wants(&Chord::typed(c)))) {
            return self.paste(&text.replace("\r\n", "\n").replace('\r', "\n"), effects);
        }
        for c in text.chars() {
            if self.top().is_some_and(|top| top.wants(&Chord::typed(c))) {
                self.key(&Chord::typed(c), effects);
            }
        }
    }

    /// A paste is taken whole or not at all.
    pub(super) fn too_much(&mut self, bytes: u64, effects: &mut Vec<Effect>) {
        self.desk.quiet_until_ms = self.desk.now_ms + QUIET_MS;
        let top = self.screens.len() - 1;
        let (_, mut cx) = self.at(top, effects);
        let words = format!(
            "Nothing was taken: the paste has {}, the most is 32. Load a file instead.",
            size(bytes),
        );
        cx.toast(Tone::Attention, words);
    }

    pub(super) fn reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        effects: &mut Vec<Effect>,
    ) {
        if let Ok(reply) = result {
            self.session.note(reply, self.desk.now_ms);
        }
        self.note_ended_session(result);
        // A screen that is replaced or closed on the way shifts those above it; ids sort it out.
        let mut at = 0;
        while at < self.screens.len() {
            let (screen, mut cx) = self.at(at, effects);
            let flow = screen.on_reply(id, result, &mut cx);
            self.flow(at, flow, effects);
            at += 1;
        }
    }

    pub(super) fn file(
        &mut self,
        id: RequestId,
        result: &Result<Option<Bytes>, IoError>,
        effects: &mut Vec<Effect>,
    ) {
        self.each(effects, |screen, cx| screen.on_file(id, result, cx));
    }

    /// Does what the screen at `at` answered.
    pub(super) fn flow(&mut self, at: usize, flow: Flow, effects: &mut Vec<Effect>) {
        match flow {
            Flow::Stay => {}
            Flow::Push(screen) => self.screens.insert(at + 1, screen),
            Flow::Replace(screen) => self.screens[at] = screen,
            Flow::Reset(screen) => {
                self.each(effects, |screen, cx| screen.farewell(cx));
                self.screens = vec![screen];
            }
            Flow::Begin(first, then) => {
                self.each(effects, |screen, cx| screen.farewell(cx));
                self.screens = vec![first, then];
            }
            Flow::SignOut(then) => {
                self.sign_out(effects);
                self.screens.push(then);
            }
            Flow::Pop => self.pop(at, effects),
            Flow::PopThen(action) => {
                self.pop(at, effects);
                if self.availability(action) == Availability::Ready {
                    self.act(action, effects);
                }
            }
            Flow::Go(go) => self.go(at, go, effects),
            Flow::Play(tour) => {
                self.each(effects, |screen, cx| screen.farewell(cx));
                effects.push(Effect::Play(tour));
            }
            Flow::Quit => self.quit(false, effects),
        }
    }

    /// Closes the screen at `at` and does what was taken there. What leads elsewhere leads over
    /// home: what is open keeps its draft, as when one leaves it.
    fn go(&mut self, at: usize, go: Go, effects: &mut Vec<Effect>) {
        match go {
            Go::Act(action) => return self.flow(at, Flow::PopThen(action), effects),
            Go::Watch(tour) => return self.flow(at, Flow::Play(tour), effects),
            _ => {}
        }
        self.each(effects, |screen, cx| screen.farewell(cx));
        self.screens.truncate(1);
        let (home, mut cx) = self.at(0, effects);
        home.on_return(&mut cx);
        let flow = home.go_to(go, &mut cx);
        self.flow(0, flow, effects);
    }

    fn pop(&mut self, at: usize, effects: &mut Vec<Effect>) {
        if self.screens.len() > 1 {
            let was_top = at + 1 == self.screens.len();
            self.screens.remove(at);
            if was_top {
                let (screen, mut cx) = self.at(at - 1, effects);
                screen.on_return(&mut cx);
            }
        } else {
            self.quit(false, effects);
        }
    }
}

/// So many bytes in words: `40.2 MiB`.
fn size(bytes: u64) -> String {
    let tenths = bytes.div_ceil((1 << 20) / 10);
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}
