//! Requests and replies as data: what the client may ask, and what the backend answers.
//!
//! Owns the method, path, query and body of every request ([`Request::wire`]) and how its answer
//! is read ([`Request::read`]). Nested by resource. Must not do: IO. A test sends every variant to
//! the real router.

mod account;
mod acting;
mod error;
mod following;
mod insights;
mod inviting;
mod linking;
mod offers;
mod places;
mod setup;
mod trials;
mod typed;

use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use account::{AccountCall, DemoCall};
pub use error::ApiError;
pub use following::{FollowingCall, LicenceCall, SyncCall};
pub use insights::InsightsCall;
pub use inviting::{CohortCall, DraftCall, PlanCall, RunCall};
pub use linking::LinkCall;
pub use offers::OfferCall;
pub use places::{DomainCall, OrganizationCall, RosterCall, SiteCall};
pub use setup::{SetupCall, WelcomeCall};
pub use trials::{OrderCall, TrialCall};
pub use typed::{Answer, Call};

use super::access::{PasswordReset, Session};
use super::audit::{AuditEntry, AuditVerified};
use super::cohort::{Cohort, CohortUsers};
use super::contact_center::ContactCenter;
use super::demo::{Clock, DemoPerson, OutboxMail};
use super::directory_sync::{DirectorySync, FailingUser};
use super::domains::{ConsumerDomain, OrgDomain};
use super::draft::{Draft, UnfinishedDraft};
use super::following::{AccountLinkingState, AutoLink};
use super::import::{ImportApplied, ImportPreview};
use super::insights::{
    Device, FeedTaken, Meeting, MeetingDetail, Profile, ProfileDetail, SiteReport,
};
use super::licences::{LicenceImport, LicenceRow};
use super::linking::{Candidates, Enrollment, LinkJob, LinkPlan, LinkedUser};
use super::offer::Offer;
use super::order::{Order, OrderMatch};
use super::organization::Organization;
use super::page::Page;
use super::person::{Person, Token, TokenGranted};
use super::plan::{Plan, PlanItem};
use super::roster::{RosterHead, User};
use super::run::{Run, RunItem};
use super::session::{Me, SessionGranted};
use super::setup::{Setup, SubdomainCheck, Suggestions};
use super::site::{AgreementText, Site, SiteDomain};
use super::trial::{Trial, TrialCheck};
use super::user::UserDetail;
use super::welcome::{Welcome, WelcomeAccepted, WelcomeShown};
use crate::roster::Columns;

/// The header of every answer that tells the backend's now, in RFC 3339 (SPEC section 1, Time).
pub const NOW_HEADER: &str = "x-hublink-now";

/// What a client may ask of the backend.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// Sessions, people, tokens, audit.
    Account(AccountCall),
    /// Organizations.
    Organization(OrganizationCall),
    /// An organization's domains.
    Domain(DomainCall),
    /// Sites.
    Site(SiteCall),
    /// Linking a site to an organization.
    Link(LinkCall),
    /// Users and imports.
    Roster(RosterCall),
    /// Trials.
    Trial(TrialCall),
    /// Orders.
    Order(OrderCall),
    /// Account linking and automatic linking.
    Following(FollowingCall),
    /// Directory sync.
    Sync(SyncCall),
    /// Licences.
    Licence(LicenceCall),
    /// Cohorts.
    Cohort(CohortCall),
    /// Plans.
    Plan(PlanCall),
    /// Runs.
    Run(RunCall),
    /// Drafts.
    Draft(DraftCall),
    /// Services setup, subdomain, Contact Center.
    Setup(SetupCall),
    /// The welcome mail.
    Welcome(WelcomeCall),
    /// Offers of roles.
    Offer(OfferCall),
    /// A site's insights.
    Insights(InsightsCall),
    /// The demo and the clock.
    Demo(DemoCall),
    /// An endpoint, asked by its own types ([`Endpoint::call`](super::endpoint::Endpoint::call)).
    Call(Call),
}

/// What the backend answers, once read.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// Done, nothing to tell.
    Done,
    /// A session.
    Session(Box<SessionGranted>),
    /// Who one is.
    Me(Box<Me>),
    /// One's sessions.
    Sessions(Page<Session>),
    /// Whose password was set with a code.
    PasswordReset(PasswordReset),
    /// People.
    People(Page<Person>),
    /// One person.
    Person(Person),
    /// Tokens.
    Tokens(Page<Token>),
    /// A new token.
    TokenGranted(Box<TokenGranted>),
    /// The audit record.
    Audit(Page<AuditEntry>),
    /// Whether the audit record holds.
    AuditVerified(AuditVerified),
    /// Organizations.
    Organizations(Page<Organization>),
    /// One organization.
    Organization(Box<Organization>),
    /// One offer.
    Offer(Box<Offer>),
    /// Domains.
    Domains(Page<OrgDomain>),
    /// One domain.
    Domain(Box<OrgDomain>),
    /// Consumer domains that were added.
    ConsumerDomains(Page<ConsumerDomain>),
    /// One consumer domain.
    ConsumerDomain(ConsumerDomain),
    /// Sites.
    Sites(Page<Site>),
    /// One site.
    Site(Box<Site>),
    /// The domains of a site's users.
    SiteDomains(Vec<SiteDomain>),
    /// What one signs for a site's domains.
    AgreementText(Box<AgreementText>),
    /// Trials.
    Trials(Page<Trial>),
    /// A trial.
    Trial(Box<Trial>),
    /// What is wrong with a trial about to be started.
    TrialCheck(TrialCheck),
    /// Orders.
    Orders(Page<Order>),
    /// An order.
    Order(Box<Order>),
    /// Where an order could go.
    OrderMatch(Box<OrderMatch>),
    /// Where an operator stands with a site of theirs.
    Enrollment(Box<Enrollment>),
    /// Organizations that match a site.
    Candidates(Box<Candidates>),
    /// What linking a site would do.
    LinkPlan(Box<LinkPlan>),
    /// A site's link job.
    LinkJob(Box<LinkJob>),
    /// What a link job did to users.
    LinkedUsers(Page<LinkedUser>),
    /// Account linking.
    AccountLinking(Box<AccountLinkingState>),
    /// Automatic linking.
    AutoLink(Box<AutoLink>),
    /// Directory sync.
    DirectorySync(Box<DirectorySync>),
    /// Whom directory sync blocks.
    FailingUsers(Page<FailingUser>),
    /// An import of licences.
    LicenceImport(Box<LicenceImport>),
    /// Its rows.
    LicenceRows(Page<LicenceRow>),
    /// A user.
    User(Box<UserDetail>),
    /// Users.
    Users(Page<User>),
    /// A roster as far as it has come; the client answers a stream with several of these.
    Roster(RosterPart),
    /// What an import would do.
    ImportPreview(Box<ImportPreview>),
    /// What an import did.
    ImportApplied(ImportApplied),
    /// A file as it is.
    File(Bytes),
    /// Cohorts.
    Cohorts(Page<Cohort>),
    /// A cohort.
    Cohort(Cohort),
    /// A cohort's users.
    CohortUsers(CohortUsers),
    /// A plan.
    Plan(Box<Plan>),
    /// A plan's users.
    PlanItems(Page<PlanItem>),
    /// Runs.
    Runs(Page<Run>),
    /// A run.
    Run(Box<Run>),
    /// A run's users.
    RunItems(Page<RunItem>),
    /// The drafts that one holds.
    Drafts(Page<UnfinishedDraft>),
    /// A draft.
    Draft(Box<Draft>),
    /// Services setup.
    Setup(Box<Setup>),
    /// Whether a subdomain is free.
    SubdomainCheck(Box<SubdomainCheck>),
    /// Free subdomains.
    Suggestions(Suggestions),
    /// The Contact Center card.
    ContactCenter(Box<ContactCenter>),
    /// A welcome mail.
    Welcome(Box<Welcome>),
    /// What is behind a welcome mail's code.
    WelcomeShown(Box<WelcomeShown>),
    /// A welcome that was accepted.
    WelcomeAccepted(Box<WelcomeAccepted>),
    /// A site's reports.
    SiteReport(Box<SiteReport>),
    /// Meetings.
    Meetings(Page<Meeting>),
    /// A meeting with its participants.
    Meeting(Box<MeetingDetail>),
    /// Participants' profiles.
    Profiles(Page<Profile>),
    /// A profile with its meetings.
    Profile(Box<ProfileDetail>),
    /// Devices.
    Devices(Page<Device>),
    /// What a feed brought.
    FeedTaken(FeedTaken),
    /// The clock.
    Clock(Clock),
    /// The demo's people.
    DemoPeople(Vec<DemoPerson>),
    /// The demo's mails.
    Outbox(Vec<OutboxMail>),
    /// The answer to a [`Request::Call`].
    Answer(Answer),
}

/// A roster as far as it has come.
#[derive(Debug, Clone)]
pub struct RosterPart {
    /// Which roster, and how many users it has in all.
    pub head: RosterHead,
    /// The users so far. Later parts share what they have in common.
    pub columns: Arc<Columns>,
    /// Whether this is all of them.
    pub complete: bool,
}

impl PartialEq for RosterPart {
    /// Rosters are large: the same part is told by being the same, not by comparing users.
    fn eq(&self, other: &Self) -> bool {
        self.head == other.head && Arc::ptr_eq(&self.columns, &other.columns)
    }
}

/// HTTP methods in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes something, or does something.
    Post,
    /// Sets something whole.
    Put,
    /// Changes parts of something.
    Patch,
    /// Removes something.
    Delete,
}

/// A request on the wire.
#[derive(Debug, Clone, PartialEq)]
pub struct Wire {
    /// The method.
    pub method: Method,
    /// Path and query, from `/v1` on, percent-encoded.
    pub path: String,
    /// The body.
    pub body: Body,
}

/// A request's body.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// None.
    Empty,
    /// JSON.
    Json(Bytes),
    /// A file as it is (`application/octet-stream`).
    File(Bytes),
}

impl Wire {
    fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), body: Body::Empty }
    }

    fn get(path: impl Into<String>) -> Self {
        Self::new(Method::Get, path)
    }

    fn post(path: impl Into<String>) -> Self {
        Self::new(Method::Post, path)
    }

    fn put(path: impl Into<String>) -> Self {
        Self::new(Method::Put, path)
    }

    fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::Delete, path)
    }

    fn json<T: Serialize>(mut self, body: &T) -> Self {
        // Our own bodies always serialise; an empty body would be refused by the backend.
        self.body = Body::Json(serde_json::to_vec(body).unwrap_or_default().into());
        self
    }

    fn file(mut self, bytes: Bytes) -> Self {
        self.body = Body::File(bytes);
        self
    }

    fn query<T: Serialize>(mut self, query: &T) -> Self {
        match serde_urlencoded::to_string(query) {
            Ok(text) if !text.is_empty() => {
                self.path.push('?');
                self.path.push_str(&text);
            }
            _ => {}
        }
        self
    }
}

impl Request {
    /// Method, path and body.
    pub fn wire(&self) -> Wire {
        match self {
            Self::Account(call) => call.wire(),
            Self::Organization(call) => call.wire(),
            Self::Domain(call) => call.wire(),
            Self::Site(call) => call.wire(),
            Self::Link(call) => call.wire(),
            Self::Roster(call) => call.wire(),
            Self::Trial(call) => call.wire(),
            Self::Order(call) => call.wire(),
            Self::Following(call) => call.wire(),
            Self::Sync(call) => call.wire(),
            Self::Licence(call) => call.wire(),
            Self::Cohort(call) => call.wire(),
            Self::Plan(call) => call.wire(),
            Self::Run(call) => call.wire(),
            Self::Draft(call) => call.wire(),
            Self::Setup(call) => call.wire(),
            Self::Welcome(call) => call.wire(),
            Self::Offer(call) => call.wire(),
            Self::Insights(call) => call.wire(),
            Self::Demo(call) => call.wire(),
            Self::Call(call) => call.wire().clone(),
        }
    }

    /// Reads the body of a 2xx answer.
    ///
    /// # Errors
    /// What the JSON lacks or has too much of.
    pub fn read(&self, body: &Bytes) -> Result<Reply, serde_json::Error> {
        match self {
            Self::Account(call) => call.read(body),
            Self::Organization(call) => call.read(body),
            Self::Domain(call) => call.read(body),
            Self::Site(call) => call.read(body),
            Self::Link(call) => call.read(body),
            Self::Roster(call) => call.read(body),
            Self::Trial(call) => call.read(body),
            Self::Order(call) => call.read(body),
            Self::Following(call) => call.read(body),
            Self::Sync(call) => call.read(body),
            Self::Licence(call) => call.read(body),
            Self::Cohort(call) => call.read(body),
            Self::Plan(call) => call.read(body),
            Self::Run(call) => call.read(body),
            Self::Draft(call) => call.read(body),
            Self::Setup(call) => call.read(body),
            Self::Welcome(call) => call.read(body),
            Self::Offer(call) => call.read(body),
            Self::Insights(call) => call.read(body),
            Self::Demo(call) => call.read(body),
            Self::Call(call) => (call.about.read)(body).map(Reply::Answer),
        }
    }
}

/// Percent-encodes one path segment.
pub(super) fn seg(text: &str) -> String {
    const KEEP: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~')
        .remove(b'@');
    percent_encoding::utf8_percent_encode(text, KEEP).to_string()
}

fn read<T: DeserializeOwned>(
    body: &Bytes,
    wrap: impl FnOnce(T) -> Reply,
) -> Result<Reply, serde_json::Error> {
    serde_json::from_slice(body).map(wrap)
}

fn boxed<T: DeserializeOwned>(
    body: &Bytes,
    wrap: impl FnOnce(Box<T>) -> Reply,
) -> Result<Reply, serde_json::Error> {
    serde_json::from_slice(body).map(|value| wrap(Box::new(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_cannot_leave_their_place() {
        assert_eq!(seg("a/../b?c#d e"), "a%2F..%2Fb%3Fc%23d%20e");
        let wire = Request::Site(SiteCall::Show("acme.webex.example".into())).wire();
        assert_eq!(wire.path, "/v1/sites/acme.webex.example");
    }
}
