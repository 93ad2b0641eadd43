//! Services setup: plan review, subdomain, finish, the Contact Center card (rules T5 to T7).
//!
//! Owns the order of the steps, and when the wizard can be opened. Its subject is an organization.

mod answers;
mod contact_center;
mod finish;
mod review;
mod subdomain;

use super::step::Step;
use super::taken::said;
use super::{Offered, Way, Wizard as Host, WizardSpec};
use crate::api::call::{ApiError, Reply, Request};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::organization::Organization;
use crate::api::problem::{Problem, code};
use crate::api::setup::{Setup, ShowSetup};
use crate::domain::draft::Wizard;
use crate::domain::organization::OrganizationKind;
use crate::domain::role::{Action as Right, permits};
use crate::domain::setup::SetupState;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::Availability;
use crate::tui::screen::Screen;

/// The way through the wizard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SetUpServices {}

/// What its steps share.
pub type Draft = super::draft::Draft<SetUpServices>;

/// The wizard in the menus.
pub const SPEC: WizardSpec = WizardSpec::of::<SetUpServices>(
    "The plan, the subdomain, then Contact Center.",
    Offered::Organization(availability),
);

/// What the wizard is about.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    /// The setup, as the backend told last.
    pub setup: Setup,
    /// The name that Finish could not take, and why; the subdomain's page says so.
    pub refused: Option<RefusedName>,
}

/// A name that somebody else has taken meanwhile (rule T6).
#[derive(Debug, Clone, PartialEq)]
pub struct RefusedName {
    /// The name.
    pub name: String,
    /// Why, in the backend's words.
    pub words: Untrusted,
    /// Free ones.
    pub suggestions: Vec<String>,
}

impl About {
    /// Whether there is nothing left but the card.
    pub fn is_finished(&self) -> bool {
        self.setup.state == SetupState::Finished
    }
}

/// The wizard for who comes from the review of the same services: that they are these needs no
/// second look. It can be gone back to.
pub fn after_review(organization: &Untrusted) -> Box<dyn Screen> {
    Box::new(Host::<SetUpServices>::at(organization, "subdomain"))
}

impl Way for SetUpServices {
    type About = About;
    type Answers = answers::Answers;
    const KIND: Wizard = Wizard::Setup;
    const TITLE: &'static str = "Set up services";

    fn steps() -> Vec<Box<dyn Step<Self>>> {
        vec![
            Box::<review::Review>::default(),
            Box::<subdomain::Subdomain>::default(),
            Box::<finish::Finish>::default(),
            Box::<contact_center::ContactCenter>::default(),
        ]
    }

    fn ask(subject: &str) -> Request {
        ShowSetup::call(subject.to_owned(), Nothing, Nothing)
    }

    fn about(reply: &Reply) -> Option<About> {
        reply.get::<Setup>().map(|setup| About { setup: setup.clone(), refused: None })
    }

    fn told(answers: &answers::Answers) -> Vec<(&'static str, String)> {
        vec![("Subdomain", said(&answers.subdomain))]
    }

    fn crumb(_about: &About) -> Option<Untrusted> {
        None
    }

    fn subject_words(about: &About, _subject: &Untrusted) -> Untrusted {
        about.setup.organization_name.clone()
    }

    /// Once it is finished, whoever opens it comes to the card.
    fn begins_at(draft: &Draft) -> Option<&'static str> {
        draft.about.is_finished().then_some(contact_center::ID)
    }
}

/// Rule T5: for the partner and the customer alike, until it is finished.
fn availability(organization: &Organization) -> Availability {
    if organization.kind != OrganizationKind::Customer {
        return Availability::Hidden;
    }
    // What nobody asked for is not offered, and once it is finished nothing is left to do.
    if organization.setup != Some(SetupState::Pending) {
        return Availability::Hidden;
    }
    Availability::ready_if(
        organization.my_roles.iter().any(|role| permits(*role, Right::SetUpServices)),
        "Only a full admin of the organization, or its partner, can set up services.",
    )
}

/// The name that Finish was refused for, where that is what happened.
fn refused_name(error: &ApiError, name: &str) -> Option<RefusedName> {
    let ApiError::Problem(problem) = error else { return None };
    let Problem { code: why, detail, suggestions, .. } = &**problem;
    let is_name = [code::SUBDOMAIN_TAKEN, code::SUBDOMAIN_RESERVED].contains(&why.as_str());
    is_name.then(|| RefusedName {
        name: name.to_owned(),
        words: detail.clone(),
        suggestions: suggestions.clone(),
    })
}
