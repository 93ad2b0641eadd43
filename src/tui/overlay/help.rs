//! Help on what has the focus: its keys as they are now, searchable.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::picker::{Pick, Picker};
use crate::tui::keymap::{Action, Availability, Keymap, Scope, keys_words};
use crate::tui::screen::{Cx, Flow, Header, Look, Screen};

/// The help box.
pub struct Help {
    picker: Picker<()>,
}

impl Help {
    /// Help on these scopes; `availability` tells what can be done now.
    pub fn new(
        keys: &Keymap,
        scopes: &[Scope],
        availability: impl Fn(Action) -> Availability,
    ) -> Self {
        let rows = keys.live(scopes).filter_map(|row| {
            let note = match availability(row.binding.action) {
                Availability::Hidden => return None,
                Availability::Ready => String::new(),
                Availability::Disabled(why) => format!("not now: {why}"),
            };
            Some(Pick {
                value: (),
                lead: keys_words(&row.chords),
                label: row.binding.help.to_owned(),
                ready: note.is_empty(),
                note,
            })
        });
        let title = scopes.first().map_or("everywhere", |scope| scope.title());
        Self { picker: Picker::new(format!("Help · {title}"), rows.collect(), true) }
    }
}

impl Screen for Help {
    fn is_overlay(&self) -> bool {
        true
    }

    fn header(&self, _look: &Look<'_>) -> Header {
        Header::default()
    }

    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Overlay, Scope::List]
    }

    fn availability(&self, action: Action) -> Availability {
        Availability::shown_if(action == Action::Back || action.motion().is_some())
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        match action.motion() {
            Some(motion) => self.picker.go(motion, cx.body()),
            None => return Flow::Pop,
        }
        Flow::Stay
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
