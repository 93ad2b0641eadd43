//! The themes, tried on as one moves: what is below is drawn in the one under the cursor.
//!
//! Owns the list and what it was before, to go back to. Must not write the configuration: it says
//! which line keeps the choice.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::picker::{Pick, Picker};
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::screen::{About, Cx, Flow, Header, Look, Screen};
use crate::tui::theme::{Tone, Wardrobe};

/// The list.
pub struct Themes {
    picker: Picker<Option<String>>,
    /// What was worn before.
    before: Option<String>,
}

impl Themes {
    /// A list of these.
    pub fn new(wardrobe: &Wardrobe) -> Self {
        let row = |name: Option<&str>| Pick {
            value: name.map(str::to_owned),
            lead: String::new(),
            label: name.unwrap_or("by itself").to_owned(),
            note: match name {
                _ if name == wardrobe.chosen() => "in use now".to_owned(),
                None => "dark or light, as the terminal is".to_owned(),
                Some(_) => String::new(),
            },
            ready: true,
        };
        let rows = [None].into_iter().chain(wardrobe.names().map(Some)).map(row).collect();
        let picker = Picker::new("Themes: the page below shows the marked one", rows, false);
        Self { picker, before: wardrobe.chosen().map(str::to_owned) }
    }
}

impl Screen for Themes {
    fn is_overlay(&self) -> bool {
        true
    }

    fn shows_below(&self) -> bool {
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

    fn label(&self, action: Action) -> Option<String> {
        (action == Action::Open).then(|| "use it".to_owned())
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        if let Some(motion) = action.motion() {
            self.picker.go(motion, cx.body());
            if let Some(row) = self.picker.chosen() {
                cx.wear(row.value.clone());
            }
            return Flow::Stay;
        }
        let chosen = self.picker.chosen().map(|row| row.value.clone());
        if let (Action::Open, Some(chosen)) = (action, chosen) {
            let line = match &chosen {
                Some(name) => {
                    format!("theme = \"{name}\" in the file of `hublink paths` keeps it.")
                }
                None => "Without `theme` in the file of `hublink paths` it stays so.".to_owned(),
            };
            cx.wear(chosen);
            cx.toast(Tone::Done, line);
        } else {
            cx.wear(self.before.clone());
        }
        Flow::Pop
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        self.picker.view(look, area, buf);
    }
}
