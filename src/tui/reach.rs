//! What can be reached from anywhere: the rows of the palette, and where each leads.
//!
//! Owns the vocabulary only. Home knows the places and what can be opened on them; the app adds the
//! actions of the screen in front. A further kind of row is one more [`Go`] and a place for it in
//! [`Group`].

use super::keymap::Action;
use super::screen::Screen;
use crate::domain::untrusted::Untrusted;

/// Where a row leads.
#[derive(Debug, Clone)]
pub enum Go {
    /// An action of the screen in front, or of all screens.
    Act(Action),
    /// An action of home, whatever is in front.
    Home(Action),
    /// A wizard or a screen on its subject, over home.
    Open(fn(&Untrusted) -> Box<dyn Screen>, Untrusted),
    /// Home, at the organization with this id.
    Organization(String),
    /// Home, at a site.
    Site(Untrusted),
    /// The users of a site that match a filter.
    Users(Untrusted, String),
    /// A tour, by its place among the session's.
    Watch(usize),
}

/// What kind of row it is: acts come before movements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// A wizard that was begun and not finished.
    Draft,
    /// An act of the screen in front.
    Act,
    /// A wizard or a screen on a subject.
    Wizard,
    /// What can be done on every screen.
    Everywhere,
    /// An organization, a site, people.
    Place,
    /// A tour of the demo.
    Tour,
    /// A movement on the screen in front.
    Move,
    /// What cannot be done from here; listed once it is looked for.
    Elsewhere,
}

/// What stands before the name of a wizard that was begun.
pub const GO_ON: &str = "Go on: ";

impl Reach {
    /// Whether the row goes on with the wizard of this name on this subject: it stands for both.
    pub fn goes_on_with(&self, title: &str, subject: &Untrusted) -> bool {
        self.label.strip_prefix(GO_ON) == Some(title)
            && matches!(&self.go, Go::Open(_, on) if on == subject)
    }
}

/// A row.
#[derive(Debug, Clone)]
pub struct Reach {
    /// Where it leads.
    pub go: Go,
    /// What kind it is.
    pub group: Group,
    /// Its name.
    pub label: String,
    /// What it is about and what it does.
    pub note: String,
    /// Why it cannot be done now.
    pub why_not: Option<String>,
}
