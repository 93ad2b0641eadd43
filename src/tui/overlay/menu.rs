//! What can be done with a site: the wizards, and why some cannot be opened.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::picker::{Pick, Picker};
use crate::api::site::Site;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::screen::{Cx, Flow, Header, Look, Screen};
use crate::tui::theme::Tone;
use crate::tui::wizard::{WIZARDS, Wizard, WizardSpec};

/// The menu of wizards.
pub struct Menu {
    site: Site,
    picker: Picker<&'static WizardSpec>,
}

impl Menu {
    /// The wizards for a site.
    pub fn new(site: &Site) -> Self {
        let rows = WIZARDS.iter().map(|spec| {
            let (ready, note) = match (spec.availability)(site) {
                Availability::Ready => (true, spec.about.to_owned()),
                Availability::Disabled(why) => (false, why.into_owned()),
                Availability::Hidden => (false, String::new()),
            };
            Pick { value: *spec, lead: String::new(), label: spec.title.to_owned(), note, ready }
        });
        let title = format!("Wizards for {}", site.url.shown());
        Self { site: site.clone(), picker: Picker::new(title, rows.collect(), false) }
    }
}

impl Screen for Menu {
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
        let known = matches!(action, Action::Back | Action::Open) || action.motion().is_some();
        Availability::shown_if(known)
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        if let Some(motion) = action.motion() {
            self.picker.go(motion, cx.body());
            return Flow::Stay;
        }
        match (action, self.picker.chosen()) {
            (Action::Open, Some(row)) if row.ready => {
                Flow::Replace(Box::new(Wizard::new(row.value, &self.site.url)))
            }
            (Action::Open, Some(row)) => {
                cx.toast(Tone::Attention, row.note.clone());
                Flow::Stay
            }
            (Action::Open, None) => Flow::Stay,
            _ => Flow::Pop,
        }
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        self.picker.view(look, area, buf);
    }
}
