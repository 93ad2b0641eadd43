//! The demo's tours, to watch one: each is played from its beginning, on a fresh world.
//!
//! Owns the list and which one is taken. Must not know what a tour does.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::picker::{Pick, Picker};
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::reach::{Go, Group, Reach};
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen, Told};

/// A tour there is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// What happens in it, in a sentence.
    pub about: String,
}

/// The tours, as rows of the palette.
pub fn reach(tours: &[Listed]) -> impl Iterator<Item = Reach> {
    tours.iter().enumerate().map(|(at, tour)| Reach {
        go: Go::Watch(at),
        group: Group::Tour,
        label: format!("tour {}", tour.name),
        note: format!("{} The demo begins anew for it.", tour.about),
        why_not: None,
    })
}

/// The list.
pub struct Tours {
    picker: Picker<usize>,
}

impl Tours {
    /// A list of these.
    pub fn new(tours: &[Listed]) -> Self {
        let rows = tours.iter().enumerate().map(|(value, tour)| Pick {
            value,
            lead: String::new(),
            label: tour.name.clone(),
            note: tour.about.clone(),
            ready: true,
        });
        Self { picker: Picker::new("Watch a tour: the demo begins anew", rows.collect(), true) }
    }
}

impl Screen for Tours {
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
        Picker::<usize>::availability(action)
    }

    fn label(&self, action: Action) -> Option<String> {
        (action == Action::Open).then(|| "watch".to_owned())
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        if let Some(motion) = action.motion() {
            self.picker.go(motion, cx.body());
            return Flow::Stay;
        }
        match (action, self.picker.chosen()) {
            (Action::Open, Some(row)) => Flow::Play(row.value),
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

    fn on_paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        self.picker.on_paste(text, cx);
    }

    fn told(&self, _here: Here<'_>) -> Option<Told> {
        Some(self.picker.told())
    }

    fn point(&mut self, at: usize) {
        self.picker.point(at);
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        self.picker.view(look, area, buf);
    }
}
