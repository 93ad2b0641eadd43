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

use super::WizardSpec;
use super::step::Step;
use crate::api::site::Site;
use crate::domain::role::{Action as Right, permits};
use crate::domain::site::SiteState;
use crate::tui::keymap::Availability;

/// The wizard.
pub const SPEC: WizardSpec = WizardSpec {
    id: "link_users",
    title: "Link users",
    about: "Choose how people prove their addresses, pick who comes first, review, invite.",
    availability,
    steps,
};

fn steps() -> Vec<Box<dyn Step>> {
    vec![
        Box::<method::Method>::default(),
        Box::<domains::Domains>::default(),
        Box::<select::Select>::default(),
        Box::<plan::PlanStep>::default(),
        Box::<invite::Invite>::default(),
        Box::<results::Results>::default(),
    ]
}

/// Rule U2: only enrolled sites; section 3: only full admins.
fn availability(site: &Site) -> Availability {
    if !site.my_roles.iter().any(|role| permits(*role, Right::LinkUsers)) {
        return Availability::Disabled(
            "Only a full admin of the organization can link users.".into(),
        );
    }
    match site.state {
        SiteState::Enrolled => Availability::Ready,
        SiteState::Linking => Availability::Disabled(
            "The site is being linked; its users can be linked when that is done.".into(),
        ),
        SiteState::NotEnrolled | SiteState::LinkFailed => Availability::Disabled(
            "The site is not linked to an organization yet; link the site first.".into(),
        ),
    }
}
