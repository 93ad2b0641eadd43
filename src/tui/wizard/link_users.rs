//! Link users: method, domains, select, plan, invite, results (rule U2).
//!
//! Owns the order of the steps, and when the wizard can be opened at all.

pub mod answers;
mod domains;
mod invite;
mod method;
mod plan;
mod results;
mod select;

use super::step::Step;
use super::stepper::Due;
use super::{Offered, Way, WizardSpec, for_full_admins};
use crate::api::call::Request;
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::site::{ShowSite, Site};
use crate::domain::draft::Wizard;
use crate::domain::untrusted::Untrusted;
use crate::tui::methods;
use crate::tui::screen::Here;

/// The way through the wizard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LinkUsers {}

/// What its steps share.
pub type Draft = super::draft::Draft<LinkUsers>;

/// The wizard in the menus.
pub const SPEC: WizardSpec = WizardSpec::of::<LinkUsers>(
    "Prove addresses, choose who comes first, invite.",
    Offered::Site(for_full_admins),
);

impl Way for LinkUsers {
    type About = Site;
    type Answers = answers::Answers;
    const KIND: Wizard = Wizard::LinkUsers;
    const TITLE: &'static str = "Link users";

    fn steps() -> Vec<Box<dyn Step<Self>>> {
        vec![
            Box::<method::Method>::default(),
            Box::<domains::Domains>::default(),
            Box::<select::Select>::default(),
            Box::<plan::PlanStep>::default(),
            Box::<invite::Invite>::default(),
            Box::<results::Results>::default(),
        ]
    }

    fn ask(subject: &str) -> Request {
        ShowSite::call(subject.to_owned(), Nothing, Nothing)
    }

    fn due(site: &Site, here: Here<'_>) -> Option<Due> {
        methods::due_on(site, here)
    }

    fn told(answers: &answers::Answers) -> Vec<(&'static str, String)> {
        answers.told()
    }

    /// Never at a plan of somebody else's answers: it is made anew, and reviewed, from those that
    /// one has seen. A run that was begun is watched on.
    fn taken_over(draft: &mut Draft, step: &str) -> Option<&'static str> {
        let runs = draft.answers.run.is_some() && matches!(step, "invite" | "results");
        if runs {
            return None;
        }
        draft.answers.plan_again();
        matches!(step, "plan" | "invite" | "results").then_some("select")
    }

    fn crumb(site: &Site) -> Option<Untrusted> {
        site.organization_name.clone()
    }
}
