//! Link a site: site, connect, organization, agreement, linking (rules L1 to L8, L10).
//!
//! Owns the order of the steps, and who can open the wizard. Nothing in it unlinks (rule L6).

mod agreement;
mod answers;
mod connect;
mod linking;
mod organization;
mod site;

pub use answers::{Answers, Chosen};

use super::step::Step;
use super::taken::said;
use super::{Entry, Offered, Way, Wizard as Host, WizardSpec};
use crate::api::call::Request;
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::linking::{Enrollment, ShowEnrollment};
use crate::api::site::Site;
use crate::domain::act::Act;
use crate::domain::draft::Wizard;
use crate::domain::role::{Action as Right, Role, permits};
use crate::domain::site::{SiteState, who_links};
use crate::domain::site_link::EnrollStep;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::Availability;

/// The way through the wizard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LinkSite {}

/// What its steps share.
pub type Draft = super::draft::Draft<LinkSite>;

/// The wizard in the menus, until the site is linked.
pub const SPEC: WizardSpec = WizardSpec::of::<LinkSite>(
    "To one organization, for good; see how far it is.",
    Offered::Site(availability),
)
.needs(Act::Sites);

/// Its last page in the menus, from then on.
pub const LINKED: Entry = Entry {
    title: "How linking went",
    about: "Who was linked with the site, and who was not.",
    offered: Offered::Site(linked),
    needs: None,
    open: |subject| Box::new(Host::<LinkSite>::new(subject)),
};

impl Way for LinkSite {
    type About = Enrollment;
    type Answers = Answers;
    const KIND: Wizard = Wizard::LinkSite;
    const TITLE: &'static str = "Link a site";

    fn steps() -> Vec<Box<dyn Step<Self>>> {
        vec![
            Box::<site::SiteStep>::default(),
            Box::<connect::Connect>::default(),
            Box::<organization::Organization>::default(),
            Box::<agreement::Agreement>::default(),
            Box::<linking::Linking>::default(),
        ]
    }

    fn ask(subject: &str) -> Request {
        ShowEnrollment::call(subject.to_owned(), Nothing, Nothing)
    }

    fn told(answers: &Answers) -> Vec<(&'static str, String)> {
        let to = match &answers.chosen {
            None => "nothing chosen".to_owned(),
            Some(answers::Chosen::New) => "a new organization".to_owned(),
            Some(answers::Chosen::Organization(id)) => said(id),
        };
        vec![("Links to", to)]
    }

    /// Nothing: an organization would stand here, and none is the site's before it is linked.
    fn crumb(_enrollment: &Enrollment) -> Option<Untrusted> {
        None
    }

    /// From Link Now on there is one page, whoever looks and whatever they had answered. A site
    /// that may not link stays at the first one, and nobody chooses before they are connected.
    fn begins_at(draft: &Draft) -> Option<&'static str> {
        match draft.about.next {
            EnrollStep::Linking | EnrollStep::Linked => Some("linking"),
            EnrollStep::AskCsm => Some("site"),
            EnrollStep::Enroll | EnrollStep::Connect | EnrollStep::Organization => None,
        }
    }
}

fn may_link(site: &Site) -> bool {
    site.my_roles.iter().any(|role| permits(*role, Right::LinkSite))
}

fn linked(site: &Site) -> Availability {
    Availability::shown_if(site.state == SiteState::Enrolled && may_link(site))
}

/// Rules L1 and L4: administrators of the site alone. A linked site stays linked (rule L6).
fn availability(site: &Site) -> Availability {
    if site.state == SiteState::Enrolled {
        return Availability::Hidden;
    }
    if may_link(site) {
        return Availability::Ready;
    }
    let who = who_links(&site.site_admins, false);
    let why = if site.my_roles.contains(&Role::PartnerAdmin) {
        "A partner's account cannot link a customer's site: it takes an administrator of the site \
         who is full admin of the customer's own organization."
    } else {
        "Only an administrator of the site can link it."
    };
    Availability::Disabled(format!("{why} {who}").into())
}
