//! What the key that adds does in each pane: an organization, a site, users by a file (L0).
//!
//! Owns who may, and what is said to who may not.

use super::Home;
use super::focus::Focus;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::Availability;
use crate::tui::screen::Flow;
use crate::tui::screens::{adding, import};

impl Home {
    /// Whether something can be added in the pane in focus.
    pub(super) fn may_add(&self) -> Availability {
        match (self.focus, self.site()) {
            (Focus::Organizations | Focus::Sites, _) => Availability::ready_if(
                self.provisions,
                "A backend admin adds organizations and sites.",
            ),
            (Focus::Users, None) => Availability::Disabled("Choose a site first.".into()),
            (Focus::Users, Some(site)) => Availability::ready_if(
                import::may_import(site),
                "The site's administrators and the organization's full admins import its users.",
            ),
        }
    }

    /// Its word in the footer and in help.
    pub(super) fn add_word(&self) -> &'static str {
        match self.focus {
            Focus::Organizations => "add an organization",
            Focus::Sites => "add a site",
            Focus::Users => "import users",
        }
    }

    /// Opens it.
    pub(super) fn add(&self) -> Flow {
        let none = Untrusted::new("");
        Flow::Push(match (self.focus, self.site()) {
            (Focus::Organizations, _) => (adding::ORGANIZATION.open)(&none),
            (Focus::Sites, _) => match self.organization() {
                Some(organization) => adding::site_of(organization),
                None => (adding::SITE.open)(&none),
            },
            (Focus::Users, Some(site)) => (import::ENTRY.open)(&site.url),
            (Focus::Users, None) => return Flow::Stay,
        })
    }
}
