//! All actions, and why some cannot be done now.
//!
//! Owns nothing but the list: what is taken is done by the screen below.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::picker::{Pick, Picker};
use crate::tui::keymap::{Action, Availability, Keymap, Scope, keys_words};
use crate::tui::screen::{About, Cx, Flow, Header, Look, Screen};
use crate::tui::theme::Tone;

/// The palette.
pub struct Palette {
    picker: Picker<Action>,
}

impl Palette {
    /// All actions of these scopes but plain movement.
    pub fn new(
        keys: &Keymap,
        scopes: &[Scope],
        availability: impl Fn(Action) -> Availability,
    ) -> Self {
        let mut rows: Vec<Pick<Action>> = Vec::new();
        for row in keys.live(scopes) {
            let action = row.binding.action;
            let moves = action.motion().is_some() || matches!(action, Action::Palette);
            if moves || rows.iter().any(|row| row.value == action) {
                continue;
            }
            let (ready, note) = match availability(action) {
                Availability::Hidden => continue,
                Availability::Ready => (true, row.binding.help.to_owned()),
                Availability::Disabled(why) => (false, why.into_owned()),
            };
            let lead = if row.chords.is_empty() { String::new() } else { keys_words(&row.chords) };
            let label = row.binding.label.to_owned();
            rows.push(Pick { value: action, lead, label, note, ready });
        }
        rows.sort_by_key(|row| !row.ready);
        Self { picker: Picker::new("Actions", rows, true) }
    }
}

impl Screen for Palette {
    fn is_overlay(&self) -> bool {
        true
    }

    fn header(&self, _look: &Look<'_>) -> Header {
        Header::default()
    }

    fn help(&self) -> About {
        About::default()
    }

    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Overlay, Scope::List]
    }

    fn availability(&self, action: Action) -> Availability {
        let known = matches!(action, Action::Back | Action::Open) || action.motion().is_some();
        Availability::shown_if(known)
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        if let Some(motion) = action.motion() {
            self.picker.go(motion, cx.body());
            return Flow::Stay;
        }
        match (action, self.picker.chosen()) {
            (Action::Open, Some(row)) if row.ready => Flow::PopThen(row.value),
            (Action::Open, Some(row)) => {
                cx.toast(Tone::Attention, row.note.clone());
                Flow::Stay
            }
            (Action::Open, None) => Flow::Stay,
            _ => Flow::Pop,
        }
    }

    fn wants(&self, key: &KeyEvent) -> bool {
        self.picker.wants(key)
    }

    fn on_text(&mut self, key: &KeyEvent, _cx: &mut Cx<'_>) -> Flow {
        self.picker.on_text(key);
        Flow::Stay
    }

    fn on_paste(&mut self, text: &str, _cx: &mut Cx<'_>) {
        self.picker.on_paste(text);
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        self.picker.view(look, area, buf);
    }
}
