//! Orders, and mapping one to an organization (rule T3).

use crate::api::endpoint::{About, Endpoint, Nothing};
use crate::api::page::{Page, PageQuery};
use crate::api::problem::code;
use crate::api::route::{On, Route};
use crate::domain::role::Action;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::country::{Country, Region};
use crate::domain::order::{OrderState, OrderWay};
use crate::domain::organization::OrganizationKind;
use crate::domain::services::ServiceLine;
use crate::domain::trial::TrialState;
use crate::domain::untrusted::Untrusted;

/// An order, as this actor sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Order {
    /// Its number.
    pub number: String,
    /// The partner that it came to.
    pub partner: String,
    /// That partner's name.
    pub partner_name: Untrusted,
    /// The company that ordered.
    pub company: Untrusted,
    /// The company's country.
    pub country: Country,
    /// Where its data is kept; the country decides.
    pub region: Region,
    /// The services, in the order they are offered.
    pub services: Vec<ServiceLine>,
    /// When it came.
    pub received_at: Timestamp,
    /// Where it stands.
    pub state: OrderState,
    /// Since when an organization is asked to accept it. The partner does not see which one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Timestamp>,
    /// How the organization was found, once it is mapped or asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way: Option<OrderWay>,
    /// The administrator's address given for it, once it is mapped or asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub administrator: Option<Untrusted>,
    /// The organization it is mapped to; for that organization's own, also the one asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// That organization's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_name: Option<Untrusted>,
    /// For the asked organization's own: the partner that manages it today, whom this one replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces_partner: Option<Untrusted>,
    /// When it was mapped or refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_at: Option<Timestamp>,
    /// The site that its meetings get, as far as it is known: its URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site_url: Option<Untrusted>,
    /// That site's time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<Untrusted>,
    /// Whether this actor may map it now.
    pub may_map: bool,
    /// Whether this actor may accept or decline it now.
    pub may_answer: bool,
}

/// Body of `POST /v1/orders`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrder {
    /// Its number: 1 to 40 letters, digits and hyphens.
    pub number: String,
    /// The partner that it comes to.
    pub partner: String,
    /// The company that ordered.
    pub company: String,
    /// The company's country: a two-letter code, or its English name.
    pub country: String,
    /// The services, at least one.
    pub services: Vec<ServiceLine>,
    /// With meetings: the URL of the site that they get; it may be given when the order is mapped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site_url: Option<String>,
    /// With meetings: that site's time zone, such as `Europe/Berlin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

/// Body of `POST /v1/orders/{number}/candidates`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FindCandidates {
    /// The customer administrator's address.
    pub administrator: String,
}

/// Where an order could go, with this administrator's address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderMatch {
    /// The address, in its one form.
    pub administrator: Untrusted,
    /// (a) The address is an administrator's; the order goes to that organization and no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub administers: Option<Administered>,
    /// (b) Organizations with such a name and users in the same e-mail domain; none where (a)
    /// holds.
    pub candidates: Vec<OrderCandidate>,
    /// (c) Whether a new organization can be made.
    pub may_create: bool,
    /// Why not; empty where it can.
    #[serde(default)]
    pub why_not_create: String,
}

/// The organization that an address administers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Administered {
    /// Its id; absent where the partner does not manage it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// Its name; absent where the partner does not manage it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Untrusted>,
    /// Whether it must accept first, by mail to its full admins.
    pub must_accept: bool,
    /// Why the order cannot go there; empty where it can.
    #[serde(default)]
    pub why_not: String,
}

/// An organization that an order may belong to, with what one needs to judge it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderCandidate {
    /// Its id.
    pub organization: String,
    /// Its name.
    pub name: Untrusted,
    /// Partner or customer.
    pub kind: OrganizationKind,
    /// Its trial, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trial: Option<TrialState>,
    /// When it was created.
    pub created_at: Timestamp,
    /// The country, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// How many people it has.
    pub people: u64,
    /// How many of them are in the administrator's e-mail domain.
    pub people_in_domain: u64,
    /// How many sites are linked to it.
    pub sites: u64,
    /// When anything was last changed in it; absent: not since the record began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_change: Option<Timestamp>,
    /// Whether it must accept first, by mail to its full admins.
    pub must_accept: bool,
    /// Why the order cannot go there; empty where it can.
    #[serde(default)]
    pub why_not: String,
}

/// Body of `POST /v1/orders/{number}/map`.
///
/// With neither `organization` nor `new_organization` the order goes where (a) says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MapOrder {
    /// The customer administrator's address.
    pub administrator: String,
    /// (b) The candidate chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// (c) Make a new organization.
    #[serde(default)]
    pub new_organization: bool,
    /// With meetings: the URL of the site that they get. A new organization needs it, unless the
    /// order has it already; it must be free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site_url: Option<String>,
    /// That site's time zone, such as `Europe/Berlin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

/// Its endpoints.
pub(super) const ENDPOINTS: &[&About] = &[
    ListOrders::ABOUT,
    AddOrder::ABOUT,
    ShowOrder::ABOUT,
    ListOrderCandidates::ABOUT,
    MapOrderCall::ABOUT,
    AcceptOrder::ABOUT,
    DeclineOrder::ABOUT,
];

/// The orders one sees, oldest first: those of one's partner, and those that ask or have reached
/// one's organization.
#[derive(Debug, ToSchema)]
pub struct ListOrders;

impl Endpoint for ListOrders {
    const ROUTE: Route = Route::get("list_orders", "/v1/orders").tag("Orders");
    type Path = Nothing;
    type Query = PageQuery;
    type Body = Nothing;
    type Answer = Page<Order>;
}

/// Add an order of a partner's customer. For backend administrators.
#[derive(Debug, ToSchema)]
pub struct AddOrder;

impl Endpoint for AddOrder {
    const ROUTE: Route = Route::post("add_order", "/v1/orders")
        .tag("Orders")
        .may(Action::Provision, On::Backend)
        .answers_with(201, "Added, waiting.")
        .refuses(&[code::EXISTS]);
    type Path = Nothing;
    type Query = Nothing;
    type Body = NewOrder;
    type Answer = Order;
}

/// One order.
#[derive(Debug, ToSchema)]
pub struct ShowOrder;

impl Endpoint for ShowOrder {
    const ROUTE: Route = Route::get("show_order", "/v1/orders/{number}").tag("Orders");
    type Path = String;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Order;
}

/// Where the order could go, with this administrator's address. Recorded, and rate-limited.
#[derive(Debug, ToSchema)]
pub struct ListOrderCandidates;

impl Endpoint for ListOrderCandidates {
    const ROUTE: Route = Route::post("list_order_candidates", "/v1/orders/{number}/candidates")
        .tag("Orders")
        .keeps()
        .tells(&["administrator"]);
    type Path = String;
    type Query = Nothing;
    type Body = FindCandidates;
    type Answer = OrderMatch;
}

/// Map the order. An organization that the partner does not manage is asked first, by mail to its
/// full admins; the order then stays `waiting`, with `asked_at`.
#[derive(Debug, ToSchema)]
pub struct MapOrderCall;

impl Endpoint for MapOrderCall {
    const ROUTE: Route = Route::post("map_order", "/v1/orders/{number}/map")
        .tag("Orders")
        .refuses(&[
            code::EXISTS,
            code::ORDER_CHOICE,
            code::ORDER_REFUSED,
            code::ORDER_STATE,
            code::OTHER_ORGANIZATION,
            code::PERSON_DISABLED,
        ])
        .tells(&["administrator", "organization"]);
    type Path = String;
    type Query = Nothing;
    type Body = MapOrder;
    type Answer = Order;
}

/// Accept that the order is mapped to the organization that it asks.
#[derive(Debug, ToSchema)]
pub struct AcceptOrder;

impl Endpoint for AcceptOrder {
    const ROUTE: Route = Route::post("accept_order", "/v1/orders/{number}/accept")
        .tag("Orders")
        .refuses(&[code::ORDER_STATE]);
    type Path = String;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Order;
}

/// Decline it; the organization is not asked about this order again.
#[derive(Debug, ToSchema)]
pub struct DeclineOrder;

impl Endpoint for DeclineOrder {
    const ROUTE: Route = Route::post("decline_order", "/v1/orders/{number}/decline")
        .tag("Orders")
        .refuses(&[code::ORDER_STATE]);
    type Path = String;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Order;
}
