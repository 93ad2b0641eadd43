//! What follows the linking of a site, or comes by itself: account linking (rule U7) and automatic
//! linking (rule L11).

use crate::api::endpoint::{About, Endpoint, Nothing};
use crate::api::problem::code;
use crate::api::route::{On, Route};
use crate::domain::act::Act;
use crate::domain::code::coded;
use crate::domain::role::Action;
use std::collections::BTreeMap;
use strum::{VariantArray, VariantNames};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::plan::PlanState;
use crate::domain::account_linking::AccountLinking;
use crate::domain::automatic::Waits;
use crate::domain::untrusted::Untrusted;

/// What becomes of users who are added to a linked site later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountLinkingState {
    /// The site.
    pub site: Untrusted,
    /// The name of the organization it is linked to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_name: Option<Untrusted>,
    /// The setting.
    pub setting: AccountLinking,
    /// When it was last changed; absent: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<Timestamp>,
    /// Who changed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_by: Option<Untrusted>,
    /// Users added since then.
    pub added: u64,
    /// Of these, how many are neither linked nor were ever invited.
    pub open: u64,
    /// The newest plan that was made of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<NewcomersPlan>,
}

/// A plan of users who were added later. It waits for review, unless it applied itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewcomersPlan {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub state: PlanState,
    /// How many users it names.
    pub selected: u64,
    /// How many e-mails it sends.
    pub emails: u64,
    /// Until when it can be applied.
    pub expires_at: Timestamp,
    /// The run that it became.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// Whether it applied itself: plans of at most 25 do.
    pub applied_itself: bool,
}

/// Body of `PUT /v1/sites/{url}/account-linking`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetAccountLinking {
    /// The setting. Users added from now on are meant; those before stay as they are.
    pub setting: AccountLinking,
}

/// How automatic linking stands on a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AutoLink {
    /// The site.
    pub site: Untrusted,
    /// Where it stands.
    pub state: AutoLinkState,
    /// The date, 00:00 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Timestamp>,
    /// The announcements to the site's administrators, first to last.
    #[serde(default)]
    pub announcements: Vec<Announcement>,
    /// Why it waits for a human.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits: Option<Waits>,
    /// The same in words, with what to do.
    #[serde(default, skip_serializing_if = "Untrusted::is_empty")]
    pub reason: Untrusted,
    /// When it was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<Timestamp>,
    /// The organization it links to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// Once its users were linked: how many, by outcome code, were not, and `linked`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub users: BTreeMap<String, u64>,
}

/// Where automatic linking stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum AutoLinkState {
    /// There is no date.
    Off,
    /// The date is to come.
    Planned,
    /// The date has come, and a human has to decide.
    Waiting,
    /// The site is being linked.
    Linking,
    /// The site is linked, by itself or by a human.
    Done,
}

coded!(AutoLinkState);

/// A mail to the site's administrators before the date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Announcement {
    /// How many days before.
    pub days: u8,
    /// When it is due.
    pub due_at: Timestamp,
    /// When the relay took it for the first of them (rule L11); absent: not yet, or never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<Timestamp>,
}

/// Body of `PUT /v1/sites/{url}/auto-link` (rules L0, L11).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetAutoLink {
    /// The date, such as `2026-06-01`; null: none, the site does not link by itself.
    #[schema(value_type = Option<String>, format = Date)]
    pub on: Option<Date>,
}

/// Its endpoints.
pub(super) const ENDPOINTS: &[&About] = &[
    ShowAccountLinking::ABOUT,
    SetAccountLinkingCall::ABOUT,
    PlanNewcomers::ABOUT,
    ShowAutoLink::ABOUT,
    SetAutoLinkCall::ABOUT,
];

/// What becomes of users added later, who was added, and the plan that waits for review.
#[derive(Debug, ToSchema)]
pub struct ShowAccountLinking;

impl Endpoint for ShowAccountLinking {
    const ROUTE: Route = Route::get("show_account_linking", "/v1/sites/{url}/account-linking")
        .tag("Sites")
        .may(Action::SeeUsers, On::Site);
    type Path = String;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = AccountLinkingState;
}

/// Set what becomes of users added from now on. A plan of at most 25 of them applies itself; a
/// larger one waits for review.
#[derive(Debug, ToSchema)]
pub struct SetAccountLinkingCall;

impl Endpoint for SetAccountLinkingCall {
    const ROUTE: Route = Route::put("set_account_linking", "/v1/sites/{url}/account-linking")
        .tag("Sites")
        .may(Action::LinkUsers, On::Site)
        .refuses(&[code::SITE_NOT_ENROLLED]);
    type Path = String;
    type Query = Nothing;
    type Body = SetAccountLinking;
    type Answer = AccountLinkingState;
}

/// Make the plan of users added later anew, such as when the last one has expired. It waits for
/// review, whatever its size.
#[derive(Debug, ToSchema)]
pub struct PlanNewcomers;

impl Endpoint for PlanNewcomers {
    const ROUTE: Route = Route::post("plan_newcomers", "/v1/sites/{url}/account-linking/plan")
        .tag("Sites")
        .may(Action::LinkUsers, On::Site)
        .keeps()
        .refuses(&[code::ACCOUNT_LINKING_OFF, code::NOBODY_ADDED, code::SITE_NOT_ENROLLED])
        .long();
    type Path = String;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = AccountLinkingState;
}

/// Whether and when the site links by itself, what was announced, and why it waits if it does.
#[derive(Debug, ToSchema)]
pub struct ShowAutoLink;

impl Endpoint for ShowAutoLink {
    const ROUTE: Route = Route::get("show_auto_link", "/v1/sites/{url}/auto-link")
        .tag("Sites")
        .may(Action::See, On::Site);
    type Path = String;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = AutoLink;
}

/// Set the date on which the site links by itself, or take it away. For backend administrators.
#[derive(Debug, ToSchema)]
pub struct SetAutoLinkCall;

impl Endpoint for SetAutoLinkCall {
    const ROUTE: Route = Route::put("set_auto_link", "/v1/sites/{url}/auto-link")
        .tag("Sites")
        .may(Action::Provision, On::Site)
        .refuses(&[code::LINK_PERMANENT])
        .needs(Act::Sites);
    type Path = String;
    type Query = Nothing;
    type Body = SetAutoLink;
    type Answer = AutoLink;
}
