//! Meeting sites, their linking method and agreements.

use crate::api::endpoint::{About, Endpoint, List, Nothing};
use crate::api::page::{Page, PageQuery};
use crate::api::problem::code;
use crate::api::route::{On, Route};
use crate::domain::act::Act;
use crate::domain::role::Action;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::account_linking::AccountLinking;
use crate::domain::automatic::Waits;
use crate::domain::linking::LinkingMethod;
use crate::domain::organization::DomainState;
use crate::domain::role::Role;
use crate::domain::site::SiteState;
use crate::domain::untrusted::Untrusted;

/// A site as its administrators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Site {
    /// Its URL, a host name; the site's key.
    pub url: Untrusted,
    /// The company, as the site has it.
    pub company: Untrusted,
    /// Where it stands.
    pub state: SiteState,
    /// The organization it is linked to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// That organization's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_name: Option<Untrusted>,
    /// When it was linked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linked_at: Option<Timestamp>,
    /// How its users prove their addresses; absent: not chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<LinkingMethod>,
    /// What becomes of users added later (rule U7).
    #[serde(default)]
    pub account_linking: AccountLinking,
    /// The date on which it links by itself (rule L11).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_link_on: Option<Timestamp>,
    /// That date has come, and a human has to decide: why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_link_waits: Option<Waits>,
    /// The organization's agreements that bear on this site, soonest deadline first.
    #[serde(default)]
    pub agreements: Vec<Agreement>,
    /// Whether it may link (rule L10).
    pub may_link: bool,
    /// The customer success manager's contact.
    pub csm: Untrusted,
    /// Its administrators' addresses.
    pub site_admins: Vec<Untrusted>,
    /// How many users it has, by state, all of them.
    pub users: UserCounts,
    /// The revision of its roster.
    pub roster_revision: u64,
    /// The roles this actor holds towards it.
    pub my_roles: Vec<Role>,
}

/// A site's users, counted. Deactivated ones are in `total` and apart in `deactivated`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserCounts {
    /// All.
    pub total: u64,
    /// Deactivated.
    pub deactivated: u64,
    /// Linked.
    pub linked: u64,
    /// Linked under an agreement.
    pub provisional: u64,
    /// An invitation is pending.
    pub invited: u64,
    /// Invited, and seven days have passed.
    pub lapsed: u64,
    /// Confirmed, not linked yet.
    pub confirmed: u64,
    /// Declined.
    pub declined: u64,
    /// A mail may have been sent.
    pub unknown: u64,
    /// None of these.
    pub unlinked: u64,
}

/// One domain that was signed for (rule D4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Agreement {
    /// The domain.
    pub domain: Untrusted,
    /// When it was signed.
    pub signed_at: Timestamp,
    /// When it lapses: three calendar months later.
    pub deadline: Timestamp,
    /// Whether it has lapsed.
    pub lapsed: bool,
    /// Who signed.
    pub signed_by: Untrusted,
    /// The SHA-256 of the text that was signed, hexadecimal; empty where a world file says so.
    #[serde(default)]
    pub text_sha256: String,
}

/// What one signs for a site's domains (rule D4): one text for the page, `--review` and the hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgreementText {
    /// The site's URL.
    pub site: Untrusted,
    /// The name of the organization that is bound.
    pub organization_name: Untrusted,
    /// The text: paragraphs parted by empty lines.
    pub text: Untrusted,
    /// Its SHA-256, hexadecimal: what is agreed to, and kept.
    pub text_sha256: String,
    /// Until when a signature of now would cover its domains.
    pub deadline: Timestamp,
    /// Whether anything was signed for from this site before: its other domains were left out.
    pub signed_before: bool,
}

/// Body of `POST /v1/sites` (rule L0).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSite {
    /// The URL: a host name.
    pub url: String,
    /// The company.
    pub company: String,
    /// Its administrators' addresses.
    #[serde(default)]
    pub site_admins: Vec<String>,
    /// Link it to this organization from the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// Whether it may link (rule L10).
    #[serde(default = "yes")]
    pub may_link: bool,
    /// The customer success manager's contact.
    #[serde(default)]
    pub csm: String,
    /// The id of the organization it belongs to, as far as is known (rules L2, L11).
    #[serde(default)]
    pub organization_hint: String,
}

fn yes() -> bool {
    true
}

/// Body of `PATCH /v1/sites/{url}`: what is given changes, the rest stays (rules L0, L10).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditSite {
    /// The company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// Its administrators, all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site_admins: Option<Vec<String>>,
    /// Whether it may link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub may_link: Option<bool>,
    /// The customer success manager's contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub csm: Option<String>,
    /// The id of the organization it belongs to, as far as is known; empty: nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_hint: Option<String>,
}

/// Body of `PUT /v1/sites/{url}/method` (rule U1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetMethod {
    /// The method.
    pub method: LinkingMethod,
}

/// Body of `POST /v1/sites/{url}/agreements` (rule D4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sign {
    /// The domains signed for.
    pub domains: Vec<String>,
    /// The `text_sha256` of the agreement that was read. Where the text differs meanwhile:
    /// `409 agreement_stale`.
    pub text_sha256: String,
    /// The tick that one has read the agreement and agrees.
    pub agree: bool,
    /// The site's URL, typed in full.
    pub confirm: String,
}

/// A domain of the site's users, with what it would mean for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SiteDomain {
    /// The domain as lower-case A-labels; empty for users without a usable address.
    pub name: Untrusted,
    /// The Unicode form, where it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unicode: Option<Untrusted>,
    /// How many active users have it.
    pub users: u64,
    /// How many of them are linked already.
    pub linked: u64,
    /// Where it stands.
    pub standing: DomainStanding,
    /// The state in this site's organization, if it was added there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<DomainState>,
    /// The agreement's deadline, if one was signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
    /// Whether it may be ticked on the agreement page.
    pub may_sign: bool,
    /// Whether it may be added and verified.
    pub may_verify: bool,
    /// Why not, in a sentence; empty when it may.
    pub why_not: String,
}

/// Where a domain stands, seen from one site's organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DomainStanding {
    /// Claimed by this organization.
    Claimed,
    /// Verified by this organization.
    Verified,
    /// Added, its record not seen yet.
    Pending,
    /// Signed for, and not lapsed.
    Signed,
    /// Signed for, and lapsed.
    Lapsed,
    /// Nothing was done yet.
    Unproven,
    /// A public mail provider's.
    Consumer,
    /// Verified or claimed by another organization.
    OtherOrganization,
    /// No usable address.
    Unusable,
}

/// Its endpoints.
pub(super) const ENDPOINTS: &[&About] = &[
    ListSites::ABOUT,
    AddSite::ABOUT,
    ShowSite::ABOUT,
    EditSiteCall::ABOUT,
    SetMethodCall::ABOUT,
    ListSiteDomains::ABOUT,
    ShowAgreement::ABOUT,
    SignAgreement::ABOUT,
];

/// The sites one sees, by URL.
#[derive(Debug, ToSchema)]
pub struct ListSites;

impl Endpoint for ListSites {
    const ROUTE: Route = Route::get("list_sites", "/v1/sites").tag("Sites");
    type Path = Nothing;
    type Query = PageQuery;
    type Body = Nothing;
    type Answer = Page<Site>;
}

/// Add a site, linked to an organization from the start if one is named. For backend
/// administrators.
#[derive(Debug, ToSchema)]
pub struct AddSite;

impl Endpoint for AddSite {
    const ROUTE: Route = Route::post("add_site", "/v1/sites")
        .tag("Sites")
        .may(Action::Provision, On::Backend)
        .answers_with(201, "Added.")
        .refuses(&[code::EXISTS]);
    type Path = Nothing;
    type Query = Nothing;
    type Body = NewSite;
    type Answer = Site;
}

/// One site.
#[derive(Debug, ToSchema)]
pub struct ShowSite;

impl Endpoint for ShowSite {
    const ROUTE: Route =
        Route::get("show_site", "/v1/sites/{url}").tag("Sites").may(Action::See, On::Site);
    type Path = String;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Site;
}

/// Change a site: what is given changes, the rest stays. For backend administrators.
#[derive(Debug, ToSchema)]
pub struct EditSiteCall;

impl Endpoint for EditSiteCall {
    const ROUTE: Route =
        Route::patch("edit_site", "/v1/sites/{url}").tag("Sites").may(Action::Provision, On::Site);
    type Path = String;
    type Query = Nothing;
    type Body = EditSite;
    type Answer = Site;
}

/// Choose how the site's users prove their addresses. Who is linked stays linked.
#[derive(Debug, ToSchema)]
pub struct SetMethodCall;

impl Endpoint for SetMethodCall {
    const ROUTE: Route = Route::put("set_method", "/v1/sites/{url}/method")
        .tag("Sites")
        .may(Action::LinkUsers, On::Site)
        .refuses(&[code::SITE_NOT_ENROLLED])
        .needs(Act::Method);
    type Path = String;
    type Query = Nothing;
    type Body = SetMethod;
    type Answer = Site;
}

/// The domains of the site's users, most users first, with what may be done about each.
#[derive(Debug, ToSchema)]
pub struct ListSiteDomains;

impl Endpoint for ListSiteDomains {
    const ROUTE: Route = Route::get("list_site_domains", "/v1/sites/{url}/domains")
        .tag("Sites")
        .may(Action::SeeUsers, On::Site);
    type Path = String;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = List<SiteDomain>;
}

/// What one signs for domains: the text and its hash. The page shows it, and signing keeps it.
#[derive(Debug, ToSchema)]
pub struct ShowAgreement;

impl Endpoint for ShowAgreement {
    const ROUTE: Route = Route::get("show_agreement", "/v1/sites/{url}/agreements")
        .tag("Sites")
        .may(Action::SeeUsers, On::Site)
        .refuses(&[code::SITE_NOT_ENROLLED]);
    type Path = String;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = AgreementText;
}

/// Sign for domains until three calendar months later. One agreement per domain, no second.
#[derive(Debug, ToSchema)]
pub struct SignAgreement;

impl Endpoint for SignAgreement {
    const ROUTE: Route = Route::post("sign_agreement", "/v1/sites/{url}/agreements")
        .tag("Sites")
        .may(Action::LinkUsers, On::Site)
        .refuses(&[
            code::AGREEMENT_EXISTS,
            code::AGREEMENT_STALE,
            code::DOMAIN_REFUSED,
            code::SITE_NOT_ENROLLED,
        ])
        .tells(&["domains"])
        .needs(Act::Method);
    type Path = String;
    type Query = Nothing;
    type Body = Sign;
    type Answer = Site;
}
