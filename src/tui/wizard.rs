//! The wizards: a stepper, a page, and "what happens next".
//!
//! Owns the registry of wizards and the one screen that hosts their steps: loading, holding and
//! saving the draft, moving between steps. What a step asks and does is the step's own.

pub mod account_linking;
pub mod agreeing;
pub mod asking;
pub mod auto_link;
pub mod consequences;
pub mod directory_sync;
pub mod draft;
mod host;
pub mod licences;
pub mod link_site;
pub mod link_users;
mod loading;
mod open;
pub mod order;
pub mod provided;
mod repeating;
mod saver;
pub mod setup;
pub mod step;
pub mod stepper;
mod taken;
pub mod tallies;
pub mod trial;
mod view;
pub mod watching;

pub use host::Wizard;

use std::any::Any;
use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use draft::Draft;
use step::Step;
use stepper::Due;

use super::keymap::Availability;
use super::screen::{Here, Screen};
use super::session::Session;
use crate::api::call::{Reply, Request};
use crate::api::organization::Organization;
use crate::api::site::Site;
use crate::domain::act::Act;
use crate::domain::draft::Wizard as Kind;
use crate::domain::role::{Action as Right, Role, permits};
use crate::domain::site::{SiteState, who_links};
use crate::domain::untrusted::Untrusted;

/// The way through one wizard: what it is about, its answers, its steps.
pub trait Way: Sized + 'static {
    /// What it is about, as the backend told last.
    type About: Any + Clone + Debug + PartialEq;
    /// What has been answered so far; saved as it is.
    type Answers: Clone + Debug + Default + PartialEq + Serialize + DeserializeOwned;
    /// Its row in the table of wizards.
    const KIND: Kind;
    /// Its name on screens.
    const TITLE: &'static str;

    /// Its steps, in order.
    fn steps() -> Vec<Box<dyn Step<Self>>>;
    /// What must be known before it begins.
    fn ask(subject: &str) -> Request;
    /// Takes the answer to [`Way::ask`].
    fn about(reply: &Reply) -> Option<Self::About> {
        reply.get().cloned()
    }
    /// What follows its title and subject in the first line.
    fn crumb(about: &Self::About) -> Option<Untrusted>;
    /// The subject in the first line.
    fn subject_words(about: &Self::About, subject: &Untrusted) -> Untrusted {
        let _ = about;
        subject.clone()
    }
    /// What is due about the subject: it stands on every page (rule D4).
    fn due(_about: &Self::About, _here: Here<'_>) -> Option<Due> {
        None
    }
    /// The answers that matter before one goes on with somebody else's, each with its name.
    fn told(_answers: &Self::Answers) -> Vec<(&'static str, String)> {
        Vec::new()
    }
    /// Somebody else's answers were taken over, at this step: drops what must be made anew and seen,
    /// and names the step to open at; `None` leaves both as they are.
    fn taken_over(_draft: &mut Draft<Self>, _step: &str) -> Option<&'static str> {
        None
    }
    /// The step to begin at, whatever the draft says; `None` leaves it to the draft.
    fn begins_at(_draft: &Draft<Self>) -> Option<&'static str> {
        None
    }
}

/// A wizard in the table of wizards.
pub struct WizardSpec {
    /// Its row in the table of drafts.
    pub kind: Kind,
    /// Its row in the menus.
    pub entry: Entry,
    /// Its steps, each by the name in a saved draft and by its name on screens.
    steps: fn() -> Vec<(&'static str, &'static str)>,
}

/// A row of a site's or an organization's menu.
pub struct Entry {
    /// Its name on screens.
    pub title: &'static str,
    /// What it is for, in a sentence.
    pub about: &'static str,
    /// In which menu it stands.
    pub offered: Offered,
    /// What the provider does for it.
    pub needs: Option<Act>,
    /// Opens it on its subject: a site's URL, an organization's id, an order's number.
    pub open: fn(&Untrusted) -> Box<dyn Screen>,
}

impl Entry {
    /// Whether it can be opened with this backend, where it could be otherwise.
    pub fn with(&self, session: Option<&Session>, otherwise: Availability) -> Availability {
        if otherwise != Availability::Ready {
            return otherwise;
        }
        let why = self.needs.and_then(|act| session?.refuses(act));
        why.map_or(otherwise, |why| Availability::Disabled(why.into()))
    }
}

/// In which menu a row stands, and whether it can be opened there.
pub enum Offered {
    /// In a site's.
    Site(fn(&Site) -> Availability),
    /// In an organization's.
    Organization(fn(&Organization) -> Availability),
    /// In every one, by who one is.
    Session(fn(&Session) -> Availability),
    /// In none: it is opened from a list of its own.
    Elsewhere,
}

impl WizardSpec {
    /// The row of a wizard.
    pub const fn of<W: Way>(about: &'static str, offered: Offered) -> Self {
        let open = |subject: &Untrusted| -> Box<dyn Screen> { Box::new(Wizard::<W>::new(subject)) };
        let steps = || W::steps().iter().map(|step| (step.id(), step.title())).collect();
        Self {
            kind: W::KIND,
            entry: Entry { title: W::TITLE, about, offered, needs: None, open },
            steps,
        }
    }

    /// It is for this act alone.
    #[must_use]
    pub const fn needs(mut self, act: Act) -> Self {
        self.entry.needs = Some(act);
        self
    }

    /// The wizard of a saved draft, by its code.
    pub fn of_draft(wizard: &str) -> Option<&'static Self> {
        let kind = Kind::from_code(wizard)?;
        WIZARDS.into_iter().find(|spec| spec.kind == kind)
    }

    /// A step of a saved draft: "step 3, Select"; nothing for one that is not there any more.
    pub fn step_words(&self, step: &str) -> Option<String> {
        let steps = (self.steps)();
        let at = steps.iter().position(|(id, _)| *id == step)?;
        Some(format!("step {}, {}", at + 1, steps[at].1))
    }
}

/// All wizards, in the order of the menus.
pub const WIZARDS: [&WizardSpec; 9] = [
    &trial::SPEC,
    &order::SPEC,
    &setup::SPEC,
    &link_site::SPEC,
    &link_users::SPEC,
    &account_linking::SPEC,
    &auto_link::SPEC,
    &licences::SPEC,
    &directory_sync::SPEC,
];

/// Whether a row of a site's menu for its organization's full admins can be opened. A site that is
/// not linked has none: it says that, and who can link it.
pub fn for_full_admins(site: &Site) -> Availability {
    if let Some(why) = not_linked(site) {
        return Availability::Disabled(why.into());
    }
    if !site.my_roles.iter().any(|role| permits(*role, Right::LinkUsers)) {
        return Availability::Disabled("Only a full admin of the organization can do this.".into());
    }
    let why = match site.state {
        SiteState::Enrolled => return Availability::Ready,
        SiteState::LinkFailed => {
            "The link of the site has failed and is tried again; this comes when it is complete."
        }
        SiteState::Linking | SiteState::NotEnrolled => {
            "The site is being linked; this comes when that is complete."
        }
    };
    Availability::Disabled(why.into())
}

/// That a site is not linked yet and who can link it; nothing for one that is, or is being linked.
pub fn not_linked(site: &Site) -> Option<String> {
    (site.state == SiteState::NotEnrolled).then(|| {
        let mine = site.my_roles.contains(&Role::SiteAdmin);
        let who = who_links(&site.site_admins, mine);
        format!("The site is not linked to an organization yet. {who}")
    })
}

/// A wizard on its subject: how one wizard leads into another.
pub fn open(kind: Kind, subject: &Untrusted) -> Option<Box<dyn Screen>> {
    WIZARDS.iter().find(|spec| spec.kind == kind).map(|spec| (spec.entry.open)(subject))
}

/// Services setup for who comes from the review of the same services.
pub fn set_up(organization: &Untrusted) -> Box<dyn Screen> {
    setup::after_review(organization)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The help of every page of a wizard.
    fn helps<W: Way>() -> Vec<(String, &'static str)> {
        let steps = W::steps().into_iter();
        steps.map(|step| (format!("{} › {}", W::TITLE, step.id()), step.help())).collect()
    }

    #[test]
    fn every_page_of_every_wizard_has_its_help() {
        let all = [
            helps::<trial::Trial>(),
            helps::<order::MapOrder>(),
            helps::<setup::SetUpServices>(),
            helps::<link_site::LinkSite>(),
            helps::<link_users::LinkUsers>(),
            helps::<account_linking::AccountLinking>(),
            helps::<auto_link::AutoLink>(),
            helps::<licences::Licences>(),
            helps::<directory_sync::DirectorySync>(),
        ];
        assert_eq!(all.len(), WIZARDS.len());
        let mut told = BTreeSet::new();
        for (page, help) in all.into_iter().flatten() {
            assert!(help.len() > 60 && help.ends_with('.'), "{page}: {help}");
            assert!(help.chars().count() < 420, "{page}: more than anybody reads");
            assert!(told.insert(help), "{page} has the help of another page");
        }
    }
}
