//! Start a trial: customer, services, review, started (rules T1, T2).
//!
//! Owns the order of the steps, who may start one, and on which page a field stands. It is about
//! the partner organization; the customer's comes to be at the end.

pub mod answers;
mod checking;
mod command;
mod customer;
mod review;
mod services;
mod started;

use answers::{Answers, Refused};
use checking::Checking;
use command::start_command;

use super::step::Step;
use super::taken::said;
use super::{Offered, Way, WizardSpec};
use crate::api::call::Request;
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::organization::{Organization, ShowOrganization};
use crate::domain::draft::Wizard;
use crate::domain::organization::OrganizationKind;
use crate::domain::role::{Action as Right, permits};
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::Availability;

/// The way through the wizard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Trial {}

/// What its steps share.
pub type Draft = super::draft::Draft<Trial>;

/// The wizard in the menus.
pub const SPEC: WizardSpec = WizardSpec::of::<Trial>(
    "A customer tries services for 30, 60 or 90 days.",
    Offered::Organization(availability),
);

impl Way for Trial {
    type About = Organization;
    type Answers = Answers;
    const KIND: Wizard = Wizard::Trial;
    const TITLE: &'static str = "Start a trial";

    fn steps() -> Vec<Box<dyn Step<Self>>> {
        vec![
            Box::<customer::Customer>::default(),
            Box::<services::Services>::default(),
            Box::<review::Review>::default(),
            Box::<started::Started>::default(),
        ]
    }

    fn ask(subject: &str) -> Request {
        ShowOrganization::call(subject.to_owned(), Nothing, Nothing)
    }

    fn told(answers: &Answers) -> Vec<(&'static str, String)> {
        vec![
            ("Company", said(&answers.company)),
            ("Administrator", said(&answers.administrator)),
            ("Site", said(&answers.site_url)),
            ("Days", answers.days.to_string()),
        ]
    }

    fn crumb(_partner: &Organization) -> Option<Untrusted> {
        None
    }

    fn subject_words(partner: &Organization, _subject: &Untrusted) -> Untrusted {
        partner.name.clone()
    }

    /// What has been started is not started again.
    fn begins_at(draft: &Draft) -> Option<&'static str> {
        draft.answers.started.is_some().then_some("started")
    }
}

/// Section 3: partner admins, in their own partner organization.
fn availability(organization: &Organization) -> Availability {
    if organization.kind != OrganizationKind::Partner {
        return Availability::Hidden;
    }
    let may = organization.my_roles.iter().any(|role| permits(*role, Right::SellTo));
    Availability::ready_if(may, "Only a partner admin can start trials.")
}

/// The page on which a field of the request stands.
fn page_of(field: &str) -> &'static str {
    match field {
        "company" | "administrator" | "vertical" | "country" | "supported_location" => "customer",
        _ => "services",
    }
}
