//! What the backend said about the domains: those of the site's users, and the organization's.
//!
//! With the agreement as the method, the text that is signed too. Owns loading all and joining them by name. A list that is loaded again stays visible
//! meanwhile, so that nothing jumps.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::call::{ApiError, Reply};
use crate::api::domains::{ListDomains, OrgDomain};
use crate::api::endpoint::{Endpoint as _, List, Nothing};
use crate::api::page::{Page, PageQuery};
use crate::api::site::{AgreementText, DomainStanding, ListSiteDomains, ShowAgreement, SiteDomain};
use crate::domain::linking::LinkingMethod;
use crate::domain::organization::DomainState;
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::screen::Cx;
use crate::tui::wizard::link_users::Draft;

/// The most the backend gives at once.
const PAGE: u16 = 500;

/// The domains.
#[derive(Default)]
pub(super) struct Known {
    /// Of the site's users, most users first.
    pub site: Load<Vec<SiteDomain>>,
    /// What is signed; asked for where the agreement is the method.
    pub text: Load<AgreementText>,
    /// Of the organization, with their records; page by page.
    org: Load<Option<String>>,
    by_name: BTreeMap<String, OrgDomain>,
}

impl Known {
    /// Asks for all.
    pub fn load(&mut self, draft: &Draft, cx: &mut Cx<'_>) {
        let url = draft.about.url.raw().to_owned();
        if draft.about.method == Some(LinkingMethod::SignAgreement) {
            self.text.ask(ShowAgreement::call(url.clone(), Nothing, Nothing), cx);
        }
        self.site.ask(ListSiteDomains::call(url, Nothing, Nothing), cx);
        self.ask_org(draft, None, cx);
    }

    fn ask_org(&mut self, draft: &Draft, cursor: Option<String>, cx: &mut Cx<'_>) {
        if let Some(org) = &draft.about.organization {
            let query = PageQuery { cursor, limit: Some(PAGE) };
            self.org.ask(ListDomains::call(org.clone(), query, Nothing), cx);
        }
    }

    /// Takes a reply; whether it was meant for these.
    pub fn take(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        draft: &Draft,
        cx: &mut Cx<'_>,
    ) -> bool {
        let of_site =
            |reply: &Reply| reply.get::<List<SiteDomain>>().map(|domains| domains.0.clone());
        if self.site.take_by(id, result, of_site) || self.text.take(id, result) {
            return true;
        }
        let mut domains = Vec::new();
        let of_org = |reply: &Reply| {
            let page: &Page<OrgDomain> = reply.get()?;
            domains.clone_from(&page.items);
            Some(page.next.clone())
        };
        if !self.org.take_by(id, result, of_org) {
            return false;
        }
        for domain in domains {
            self.put(domain);
        }
        if self.org.error().is_none()
            && let Some(Some(cursor)) = self.org.get().cloned()
        {
            self.ask_org(draft, Some(cursor), cx);
        }
        true
    }

    /// Notes what is new about one domain of the organization.
    pub fn put(&mut self, domain: OrgDomain) {
        self.by_name.insert(domain.name.raw().to_owned(), domain);
    }

    /// The domains of the site's users; none before they are loaded.
    pub fn of_site(&self) -> &[SiteDomain] {
        self.site.get().map_or(&[], Vec::as_slice)
    }

    /// One of them.
    pub fn find(&self, name: &str) -> Option<&SiteDomain> {
        self.of_site().iter().find(|domain| domain.name.raw() == name)
    }

    /// A domain of the organization, with its record.
    pub fn of_org(&self, name: &str) -> Option<&OrgDomain> {
        self.by_name.get(name)
    }

    /// Why the records could not be loaded.
    pub fn org_error(&self) -> Option<&ApiError> {
        self.org.error()
    }

    /// The first domain of the list.
    pub fn first(&self) -> Option<String> {
        self.of_site().first().map(|domain| domain.name.raw().to_owned())
    }

    /// The first of them that can be proven and is not.
    pub fn first_unproven(&self) -> Option<String> {
        let open = self.of_site().iter().find(|domain| may_be_proven(domain));
        open.map(|domain| domain.name.raw().to_owned()).or_else(|| self.first())
    }

    /// Those that can be proven and are not.
    pub fn unproven(&self) -> BTreeSet<String> {
        let open = self.of_site().iter().filter(|domain| may_be_proven(domain));
        open.map(|domain| domain.name.raw().to_owned()).collect()
    }

    /// Whether a record was asked for that the backend has not seen yet.
    pub fn awaits_records(&self) -> bool {
        self.of_site().iter().any(|domain| domain.state == Some(DomainState::Pending))
    }

    /// How many active users there are, and how many of them in proven domains.
    pub fn proven_users(&self) -> (u64, u64) {
        let sum = |wanted: &dyn Fn(&SiteDomain) -> bool| {
            self.of_site().iter().filter(|domain| wanted(domain)).map(|domain| domain.users).sum()
        };
        (sum(&|_| true), sum(&is_proven))
    }
}

/// Whether its people are linked without a mail (row 8).
pub(super) fn is_proven(domain: &SiteDomain) -> bool {
    matches!(domain.standing, DomainStanding::Verified | DomainStanding::Claimed)
}

/// Whether it can be proven, and is not yet.
pub(super) fn may_be_proven(domain: &SiteDomain) -> bool {
    !is_proven(domain) && (domain.may_verify || domain.state == Some(DomainState::Pending))
}

/// The name, with the Unicode form beside where it differs (rule D5).
pub(super) fn name(domain: &SiteDomain) -> String {
    match &domain.unicode {
        Some(unicode) => format!("{} ({})", domain.name.shown(), unicode.shown()),
        None if domain.name.is_empty() => "no usable address".to_owned(),
        None => domain.name.shown().to_string(),
    }
}
