//! Plans: frozen, reviewed lists of users with the predicted outcome of each (rules U4, U5).

use crate::api::endpoint::{About, Endpoint, Nothing};
use crate::api::page::Page;
use crate::api::problem::code;
use crate::api::route::{LIST, On, Route};
use crate::api::run::Run;
use crate::domain::role::Action;
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::domain::account_linking::Basis;
use crate::domain::linking::LinkingMethod;
use crate::domain::outcome::{Class, Outcome};
use crate::domain::untrusted::Untrusted;
/// A set of roster numbers, and its wire form.
pub use crate::roster::bitmap::Bitmap as Numbers;
pub use crate::roster::choice::{parse as read_numbers, write as write_numbers};

/// Which users of a roster are meant.
///
/// Numbers are roster numbers, as ranges such as `0-39,41,50-1200`. A selection names the roster's
/// revision and is expanded against it: people who join later are never in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Selection {
    /// Everyone on the site.
    All {},
    /// Everyone not yet linked and never invited (rule U3).
    Rest {},
    /// Only these.
    Only {
        /// The roster's revision.
        revision: u64,
        /// Their numbers.
        numbers: String,
    },
    /// Everyone at that revision but these.
    AllExcept {
        /// The roster's revision.
        revision: u64,
        /// Their numbers.
        numbers: String,
    },
    /// The users of a cohort.
    Cohort {
        /// Its name.
        name: String,
    },
}

/// What to do with the held class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// They stay held.
    #[default]
    Hold,
    /// They get an e-mail, explicitly, in this plan.
    Email,
}

/// Body of `POST /v1/sites/{url}/plans`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPlan {
    /// Who.
    pub selection: Selection,
    /// What to do with those who would be held.
    #[serde(default)]
    pub held: Held,
}

/// Where a plan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlanState {
    /// Can be applied.
    Ready,
    /// Was applied; see `run`.
    Applied,
    /// Is older than 24 hours.
    Expired,
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Plan {
    /// Its id.
    pub id: String,
    /// The site.
    pub site: Untrusted,
    /// The organization.
    pub organization: String,
    /// The method it was computed with.
    pub method: LinkingMethod,
    /// Where that method is from.
    #[serde(default)]
    pub basis: Basis,
    /// Where it stands.
    pub state: PlanState,
    /// How many users it names; what the operator types to apply it.
    pub selected: u64,
    /// How many e-mails it will send.
    pub emails: u64,
    /// Of these, to people who were invited before.
    pub second_invitations: u64,
    /// Every outcome's code with its count, zeroes included.
    pub outcomes: BTreeMap<String, u64>,
    /// Every class with its count, zeroes included; they add up to `selected`.
    pub classes: BTreeMap<String, u64>,
    /// What was done with the held class.
    pub held: Held,
    /// The domains of those who will be e-mailed, most first, at most ten.
    pub email_domains: Vec<DomainCount>,
    /// The domains of those who will be linked silently, most first, at most ten.
    pub linked_domains: Vec<DomainCount>,
    /// The roster's revision.
    pub roster_revision: u64,
    /// SHA-256 over its canonical rows, hexadecimal.
    pub digest: String,
    /// When it was frozen (world clock).
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: Untrusted,
    /// Until when it can be applied (world clock): 24 hours later.
    pub expires_at: Timestamp,
    /// The run that used it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
}

/// A domain and how many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DomainCount {
    /// The domain.
    pub domain: Untrusted,
    /// How many users.
    pub users: u64,
}

/// Query of `GET /v1/plans/{id}/items`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PlanItemsQuery {
    /// Only this class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
    /// Only this outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// The `next` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// How many at the most, 1 to 500.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u16>,
}

/// One user of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanItem {
    /// The user's number in the roster.
    pub number: u32,
    /// `UserID`.
    pub user_id: Untrusted,
    /// The name.
    pub name: Untrusted,
    /// The address.
    pub address: Untrusted,
    /// The outcome.
    pub outcome: Outcome,
    /// Why, in a sentence.
    pub reason: Untrusted,
    /// Whether this person was invited before.
    pub second: bool,
}

/// Body of `POST /v1/plans/{id}/apply`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Apply {
    /// The number of people, as typed; refused when it is not the plan's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// The digest that was reviewed; refused when it is not the plan's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// A user whose outcome is not the planned one any more (`409 plan_stale`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Difference {
    /// `UserID`.
    pub user_id: Untrusted,
    /// The address.
    pub address: Untrusted,
    /// What the plan says.
    pub planned: Outcome,
    /// What would happen now.
    pub now: Outcome,
}

/// Its endpoints.
pub(super) const ENDPOINTS: &[&About] =
    &[MakePlan::ABOUT, ShowPlan::ABOUT, ListPlanItems::ABOUT, ApplyPlan::ABOUT];

/// Make a plan: the outcome of each selected user, frozen for 24 hours (rule U4). Sends nothing.
#[derive(Debug, ToSchema)]
pub struct MakePlan;

impl Endpoint for MakePlan {
    const ROUTE: Route = Route::post("make_plan", "/v1/sites/{url}/plans")
        .tag("Plans")
        .may(Action::LinkUsers, On::Site)
        .answers_with(201, "Frozen.")
        .keeps()
        .refuses(&[
            code::ACT_GUIDED,
            code::ACT_UNAVAILABLE,
            code::METHOD_NOT_CHOSEN,
            code::REVISION_UNKNOWN,
            code::SITE_NOT_ENROLLED,
        ])
        .up_to(LIST)
        .long();
    type Path = String;
    type Query = Nothing;
    type Body = NewPlan;
    type Answer = Plan;
}

/// One plan.
#[derive(Debug, ToSchema)]
pub struct ShowPlan;

impl Endpoint for ShowPlan {
    const ROUTE: Route =
        Route::get("show_plan", "/v1/plans/{id}").tag("Plans").may(Action::SeeUsers, On::Plan);
    type Path = String;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Plan;
}

/// A plan's users, in order of number.
#[derive(Debug, ToSchema)]
pub struct ListPlanItems;

impl Endpoint for ListPlanItems {
    const ROUTE: Route = Route::get("list_plan_items", "/v1/plans/{id}/items")
        .tag("Plans")
        .may(Action::SeeUsers, On::Plan);
    type Path = String;
    type Query = PlanItemsQuery;
    type Body = Nothing;
    type Answer = Page<PlanItem>;
}

/// Apply a plan, exactly once (rule U5): the invitations begin.
#[derive(Debug, ToSchema)]
pub struct ApplyPlan;

impl Endpoint for ApplyPlan {
    const ROUTE: Route = Route::post("apply_plan", "/v1/plans/{id}/apply")
        .tag("Plans")
        .may(Action::LinkUsers, On::Plan)
        .answers_with(202, "The run that executes it, to be watched.")
        .refuses(&[
            code::ACT_GUIDED,
            code::ACT_UNAVAILABLE,
            code::ACCOUNT_LINKING_OFF,
            code::CLOCK_IN_DOUBT,
            code::COUNT_MISMATCH,
            code::PLAN_APPLIED,
            code::PLAN_EXPIRED,
            code::PLAN_STALE,
            code::RUN_STATE,
        ])
        .long();
    type Path = String;
    type Query = Nothing;
    type Body = Apply;
    type Answer = Run;
}
