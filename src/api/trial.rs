//! Trials: starting, extending and editing them (rules T1, T8).

use crate::api::endpoint::{About, Endpoint, Nothing};
use crate::api::page::{Page, PageQuery};
use crate::api::problem::code;
use crate::api::route::{On, Route};
use crate::domain::role::Action;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::country::{Country, Region};
use crate::domain::services::ServiceLine;
use crate::domain::trial::{Extension, TrialState, Vertical};
use crate::domain::untrusted::Untrusted;

/// A customer's trial. Its key is the id of the customer's organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Trial {
    /// The customer's organization.
    pub organization: String,
    /// That organization's name.
    pub company: Untrusted,
    /// The partner that manages it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<String>,
    /// The customer administrator's address, as it was given at the start.
    pub administrator: Untrusted,
    /// The customer's line of business.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vertical: Option<Vertical>,
    /// The customer's country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// Where its data is kept; the country decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// The services, in the order they are offered.
    pub services: Vec<ServiceLine>,
    /// The site of its meetings, if it has that service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<TrialSite>,
    /// Active, or expired: then the organization is read-only.
    pub state: TrialState,
    /// When it was started.
    pub started_at: Timestamp,
    /// Who started it.
    pub started_by: Untrusted,
    /// For how many days.
    pub days: u16,
    /// When it ends or ended.
    pub ends_at: Timestamp,
    /// When it was extended last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended_at: Option<Timestamp>,
    /// What extending it now would do.
    pub extension: Extension,
    /// Whether this actor may extend and edit it.
    pub may_edit: bool,
}

/// The site of a trial's meetings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrialSite {
    /// Its URL.
    pub url: Untrusted,
    /// Its time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<Untrusted>,
}

/// A trial as an organization's row shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrialStanding {
    /// Active, or expired: then the organization is read-only.
    pub state: TrialState,
    /// When it ends or ended.
    pub ends_at: Timestamp,
}

/// Body of `POST /v1/organizations/{id}/trials` (rule T1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartTrial {
    /// The customer company's name.
    pub company: String,
    /// The customer administrator's address; one of another organization is refused.
    pub administrator: String,
    /// The customer's line of business.
    pub vertical: Vertical,
    /// The customer's country: a two-letter code, or its English name.
    pub country: String,
    /// The tick that the customer is in a supported location.
    pub supported_location: bool,
    /// The services, at least one.
    pub services: Vec<ServiceLine>,
    /// With meetings: the URL of the new site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site_url: Option<String>,
    /// With meetings: the new site's time zone, such as `Europe/Berlin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// 30, 60 or 90.
    pub days: u16,
}

/// Body of `POST /v1/organizations/{id}/trials/check`: what is given is checked, nothing is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckTrial {
    /// The company's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// The administrator's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub administrator: Option<String>,
    /// The country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub services: Option<Vec<ServiceLine>>,
    /// The new site's URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site_url: Option<String>,
    /// The new site's time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// The duration in days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u16>,
}

/// What is wrong with the fields of a trial that is about to be started.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrialCheck {
    /// Every field that is wrong; empty when none is.
    pub problems: Vec<FieldProblem>,
}

/// One field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldProblem {
    /// The field, as a refusal would name it.
    pub field: String,
    /// The stable code that a refusal would have.
    pub code: String,
    /// What is wrong.
    pub detail: Untrusted,
    /// What to do about it.
    pub remedy: String,
}

/// Body of `PATCH /v1/trials/{organization}`: the services as they shall be, all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditTrial {
    /// The services, at least one.
    pub services: Vec<ServiceLine>,
    /// With meetings that it has no site for yet: the URL of the new site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site_url: Option<String>,
    /// The new site's time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

/// Body of `POST /v1/trials/{organization}/extend` (rule T8).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtendTrial {
    /// Needed where the new end is earlier than the present one: `409 extension_earlier` without.
    #[serde(default)]
    pub accept_earlier: bool,
}

/// Its endpoints.
pub(super) const ENDPOINTS: &[&About] = &[
    ListTrials::ABOUT,
    StartTrialCall::ABOUT,
    CheckTrialCall::ABOUT,
    ShowTrial::ABOUT,
    EditTrialCall::ABOUT,
    ExtendTrialCall::ABOUT,
];

/// The trials one sees, soonest end first.
#[derive(Debug, ToSchema)]
pub struct ListTrials;

impl Endpoint for ListTrials {
    const ROUTE: Route = Route::get("list_trials", "/v1/trials").tag("Trials");
    type Path = Nothing;
    type Query = PageQuery;
    type Body = Nothing;
    type Answer = Page<Trial>;
}

/// Start a trial for a customer of a partner: the organization comes to be, its administrator gets
/// a welcome mail, services setup begins.
#[derive(Debug, ToSchema)]
pub struct StartTrialCall;

impl Endpoint for StartTrialCall {
    const ROUTE: Route = Route::post("start_trial", "/v1/organizations/{id}/trials")
        .tag("Trials")
        .may(Action::SellTo, On::Organization)
        .answers_with(201, "Started.")
        .refuses(&[code::EXISTS, code::OTHER_ORGANIZATION, code::PERSON_DISABLED])
        .tells(&["administrator", "site_url"]);
    type Path = String;
    type Query = Nothing;
    type Body = StartTrial;
    type Answer = Trial;
}

/// Check the fields of a trial before it is started; nothing is kept. Rate-limited.
#[derive(Debug, ToSchema)]
pub struct CheckTrialCall;

impl Endpoint for CheckTrialCall {
    const ROUTE: Route = Route::post("check_trial", "/v1/organizations/{id}/trials/check")
        .tag("Trials")
        .may(Action::SellTo, On::Organization)
        .keeps()
        .checks(&["administrator", "site_url"]);
    type Path = String;
    type Query = Nothing;
    type Body = CheckTrial;
    type Answer = TrialCheck;
}

/// One trial, with what extending it now would do.
#[derive(Debug, ToSchema)]
pub struct ShowTrial;

impl Endpoint for ShowTrial {
    const ROUTE: Route = Route::get("show_trial", "/v1/trials/{organization}")
        .tag("Trials")
        .may(Action::SeeDetails, On::Trial);
    type Path = String;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Trial;
}

/// Change the services of a trial that has not expired.
#[derive(Debug, ToSchema)]
pub struct EditTrialCall;

impl Endpoint for EditTrialCall {
    const ROUTE: Route = Route::patch("edit_trial", "/v1/trials/{organization}")
        .tag("Trials")
        .may(Action::SellTo, On::Trial)
        .refuses(&[code::EXISTS])
        .tells(&["site_url"]);
    type Path = String;
    type Query = Nothing;
    type Body = EditTrial;
    type Answer = Trial;
}

/// Replace the time that is left by 30 days from now, also of an expired trial. Where that is
/// earlier than the present end, it must be accepted.
#[derive(Debug, ToSchema)]
pub struct ExtendTrialCall;

impl Endpoint for ExtendTrialCall {
    const ROUTE: Route = Route::post("extend_trial", "/v1/trials/{organization}/extend")
        .tag("Trials")
        .may(Action::SellTo, On::Trial)
        .refuses(&[code::EXTENSION_EARLIER]);
    type Path = String;
    type Query = Nothing;
    type Body = ExtendTrial;
    type Answer = Trial;
}
