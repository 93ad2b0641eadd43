//! Map an order: order, organization, mapped (rule T3).
//!
//! Owns the order of the steps. An order that is mapped, or that waits for an answer, opens at its
//! last page.

pub mod answers;
mod details;
mod mapped;
mod organization;

use answers::{Answers, Target};

use super::step::Step;
use super::taken::said;
use super::{Offered, Way, WizardSpec};
use crate::api::call::Request;
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::order::{Order, ShowOrder};
use crate::domain::draft::Wizard;
use crate::domain::order::OrderState;
use crate::domain::untrusted::Untrusted;

/// The way through the wizard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MapOrder {}

/// What its steps share.
pub type Draft = super::draft::Draft<MapOrder>;

/// The wizard in the table; it is opened from the orders.
pub const SPEC: WizardSpec = WizardSpec::of::<MapOrder>(
    "Find the organization it belongs to, or make one.",
    Offered::Elsewhere,
);

impl Way for MapOrder {
    type About = Order;
    type Answers = Answers;
    const KIND: Wizard = Wizard::Order;
    const TITLE: &'static str = "Map an order";

    fn steps() -> Vec<Box<dyn Step<Self>>> {
        vec![
            Box::<details::Details>::default(),
            Box::<organization::OrganizationStep>::default(),
            Box::<mapped::Mapped>::default(),
        ]
    }

    fn ask(subject: &str) -> Request {
        ShowOrder::call(subject.to_owned(), Nothing, Nothing)
    }

    fn told(answers: &Answers) -> Vec<(&'static str, String)> {
        let target = match &answers.target {
            None => "nothing chosen".to_owned(),
            Some(answers::Target::New) => "a new organization".to_owned(),
            Some(answers::Target::Candidate(id)) => said(id),
        };
        vec![("Administrator", said(&answers.administrator)), ("Goes to", target)]
    }

    fn crumb(order: &Order) -> Option<Untrusted> {
        Some(order.company.clone())
    }

    fn begins_at(draft: &Draft) -> Option<&'static str> {
        let order = &draft.about;
        let settled = order.state == OrderState::Mapped || order.asked_at.is_some();
        settled.then_some("mapped")
    }
}
