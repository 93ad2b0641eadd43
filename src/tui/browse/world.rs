//! What home has loaded: organizations, sites, the chosen site's domains, what time runs for.
//!
//! Owns asking for it, again when it may have changed, and what to say while it is not there.

use super::links::Links;
use super::starting::First;
use crate::api::call::{ApiError, Reply, Request};
use crate::api::draft::{ListDrafts, UnfinishedDraft};
use crate::api::endpoint::{Endpoint as _, List, Nothing};
use crate::api::order::{ListOrders, Order};
use crate::api::organization::{ListOrganizations, Organization};
use crate::api::page::{Page, PageQuery};
use crate::api::problem::code;
use crate::api::run::{ListRuns, Run, RunsQuery};
use crate::api::session::ShowMe;
use crate::api::site::{ListSiteDomains, ListSites, Site, SiteDomain};
use crate::api::timer::{ListTimers, Timer};
use crate::domain::timer::TimerKind;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::Action;
use crate::tui::load::{Listing, Load};
use crate::tui::msg::RequestId;
use crate::tui::screen::{Cx, Here};
use crate::tui::screens::import;
use crate::tui::screens::orders::is_open;

/// The domains of a site are asked for after so many milliseconds of rest on it.
const REST_MS: u64 = 120;
/// So many of its runs are told about.
const RUNS: u16 = 5;
/// While something is under way the numbers are asked for again after so many milliseconds.
const UNDER_WAY_MS: u64 = 5_000;

/// What a backend admin does, for nobody else can (rule L0).
fn first_steps(here: Here<'_>) -> String {
    let (menu, add) = (here.keys.key(Action::Wizards), here.keys.key(Action::Add));
    format!(
        "You are a backend admin: you add what others administer. One after the other, behind \
         {menu}, or with {add} in its pane:\n\nAdd an organization\nPeople who sign in: add them\n\
         Administrators: give each a role\nAdd a site\nA token for each: their way in\n\nEach page \
         shows the same as a command line. Who has a token signs in here and goes on."
    )
}

/// What stands where a site has no users: how they come.
fn no_users(site: &Site, here: Here<'_>) -> String {
    if !import::may_import(site) {
        let words = "This site has no users yet. Its administrators import them from a file.";
        return words.to_owned();
    }
    let (menu, add) = (here.keys.key(Action::Wizards), here.keys.key(Action::Add));
    format!(
        "This site has no users yet. {add} in this pane imports them from a file, with a preview \
         first; so does Import users, behind {menu}."
    )
}

/// Why nothing is begun yet.
pub const COMING: &str = "Organizations and sites are being loaded.";

/// What home has loaded.
pub struct World {
    /// What the first answers wait for.
    pub first: First,
    /// Who one is, where the session was begun elsewhere.
    me: Load<()>,
    /// All organizations one sees.
    pub organizations: Listing<Organization>,
    /// All sites one sees.
    pub sites: Listing<Site>,
    /// All orders one sees.
    orders: Listing<Order>,
    /// The wizards that one has begun and not finished.
    drafts: Listing<UnfinishedDraft>,
    /// The links under way.
    pub links: Links,
    /// What time runs for, the most urgent first.
    timers: Load<Vec<Timer>>,
    /// The key of the chosen organization's row, as the sites pane shows it.
    pub shown_organization: Option<String>,
    /// The chosen site as the users pane shows it.
    pub shown_site: Option<Untrusted>,
    domains: Load<Vec<SiteDomain>>,
    domains_site: Option<Untrusted>,
    /// Whose domains are shown, or were asked for last.
    domains_of: Option<Untrusted>,
    domains_due: Option<u64>,
    timers_due: Option<u64>,
    /// The chosen site's runs, the newest first, where there is room for them.
    runs: Load<Vec<Run>>,
    runs_site: Option<Untrusted>,
    /// They may have changed.
    runs_stale: bool,
}

impl Default for World {
    fn default() -> Self {
        Self {
            first: First::default(),
            me: Load::default(),
            organizations: Listing::whole(organizations),
            sites: Listing::whole(sites),
            orders: Listing::whole(orders),
            drafts: Listing::whole(drafts),
            links: Links::default(),
            timers: Load::default(),
            shown_organization: None,
            shown_site: None,
            domains: Load::default(),
            domains_site: None,
            domains_of: None,
            domains_due: None,
            timers_due: None,
            runs: Load::default(),
            runs_site: None,
            runs_stale: false,
        }
    }
}

fn organizations(query: PageQuery, _: &str) -> Request {
    ListOrganizations::call(Nothing, query, Nothing)
}

fn sites(query: PageQuery, _: &str) -> Request {
    ListSites::call(Nothing, query, Nothing)
}

fn orders(query: PageQuery, _: &str) -> Request {
    ListOrders::call(Nothing, query, Nothing)
}

fn drafts(query: PageQuery, _: &str) -> Request {
    ListDrafts::call(Nothing, query, Nothing)
}

impl World {
    /// Asks for everything, again.
    pub fn ask(&mut self, cx: &mut Cx<'_>) {
        self.organizations.ask(cx);
        self.sites.ask(cx);
        self.orders.ask(cx);
        self.drafts.ask(cx);
        self.ask_timers(cx);
        self.domains_site = None;
        self.runs_stale = true;
    }

    fn ask_timers(&mut self, cx: &mut Cx<'_>) {
        self.timers.ask(ListTimers::call(Nothing, PageQuery::at(None), Nothing), cx);
    }

    /// Takes a reply; whether what is shown changed.
    pub fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> bool {
        let as_timers = |reply: &Reply| Some(reply.get::<Page<Timer>>()?.items.clone());
        let as_domains =
            |reply: &Reply| reply.get::<List<SiteDomain>>().map(|domains| domains.0.clone());
        let as_runs = |reply: &Reply| reply.get::<Page<Run>>().map(|page| page.items.clone());
        // What was done on a screen above may be the end of a draft.
        if result.as_ref().is_ok_and(Reply::is::<Nothing>) {
            self.drafts.ask(cx);
        }
        if self.me.take_by(id, result, |_| Some(())) {
            self.note_first(cx);
            return false;
        }
        if self.orders.take(id, result, cx)
            || self.drafts.take(id, result, cx)
            || self.runs.take_by(id, result, as_runs)
        {
            return false;
        }
        if self.timers.take_by(id, result, as_timers) {
            self.watch_timers(cx);
            return false;
        }
        if let Some(differs) = self.links.take(id, result, self.sites.items()) {
            if differs {
                self.sites.ask(cx);
                self.organizations.ask(cx);
            }
            return true;
        }
        let taken = self.organizations.take(id, result, cx) || self.sites.take(id, result, cx);
        if taken {
            self.note_first(cx);
        }
        taken || self.domains.take_by(id, result, as_domains)
    }

    /// What did not come at first is asked for again by itself.
    fn note_first(&mut self, cx: &mut Cx<'_>) {
        let come = self.organizations.has_come() && self.sites.has_come();
        let lists = self.organizations.error().or(self.sites.error()).filter(|_| !come);
        let error = self.me.error().or(lists).cloned();
        self.first.note(error.as_ref(), cx);
    }

    /// While something is under way, its numbers and those of the sites move.
    fn watch_timers(&mut self, cx: &mut Cx<'_>) {
        let moves = [TimerKind::Run, TimerKind::SiteLink, TimerKind::ContactCenter];
        let under_way = self.timers().iter().any(|timer| moves.contains(&timer.kind));
        self.timers_due = under_way.then(|| cx.now_ms + UNDER_WAY_MS);
        if under_way {
            cx.wake_at(cx.now_ms + UNDER_WAY_MS);
        }
    }

    /// After every message: asks for what is missing. The runs of a site are asked for where they
    /// are shown, of somebody who may see them.
    pub fn reconcile(
        &mut self,
        site: Option<&Untrusted>,
        runs_of: Option<&Untrusted>,
        cx: &mut Cx<'_>,
    ) {
        let again = self.first.is_due(cx.now_ms);
        if cx.session.me.is_none() && (again || self.me.is_untouched()) {
            self.me.ask(ShowMe::call(Nothing, Nothing, Nothing), cx);
        }
        if again || self.sites.is_untouched() {
            self.ask(cx);
        }
        if self.domains_site.as_ref() != site {
            let rest = if self.domains_site.is_some() { REST_MS } else { 0 };
            self.domains_site = site.cloned();
            self.domains.cancel(cx);
            // Those of the site before are not this one's; its own stay until newer ones come.
            if self.domains_of.as_ref() != site {
                self.domains_of = site.cloned();
                self.domains = Load::default();
            }
            self.domains_due = site.map(|_| cx.now_ms + rest);
            if let Some(at) = self.domains_due {
                cx.wake_at(at);
            }
        }
        if self.domains_due.is_some_and(|at| cx.now_ms >= at)
            && let Some(site) = site
        {
            self.domains_due = None;
            let call = ListSiteDomains::call(site.raw().to_owned(), Nothing, Nothing);
            self.domains.ask(call, cx);
        }
        let other = self.runs_site.as_ref() != runs_of;
        if (other || self.runs_stale) && self.domains_due.is_none() {
            if other {
                self.runs_site = runs_of.cloned();
                self.runs = Load::default();
            }
            self.runs_stale = false;
            if let Some(site) = runs_of {
                let (site, limit) = (Some(site.raw().to_owned()), Some(RUNS));
                let query = RunsQuery { site, cursor: None, limit };
                self.runs.ask(ListRuns::call(Nothing, query, Nothing), cx);
            }
        }
        if self.timers_due.is_some_and(|at| cx.now_ms >= at) {
            self.timers_due = None;
            self.ask_timers(cx);
            self.sites.ask(cx);
        }
        self.links.reconcile(self.sites.items(), cx);
    }

    /// The domains of a site, as far as they are known.
    pub fn domains_of(&self, site: &Site) -> &[SiteDomain] {
        let mine = self.domains_site.as_ref() == Some(&site.url);
        self.domains.get().filter(|_| mine).map_or(&[], Vec::as_slice)
    }

    /// How many orders ask for an answer of one's own, and how many are to be mapped.
    pub fn open_orders(&self) -> (u64, u64) {
        let count = |open: &dyn Fn(&Order) -> bool| {
            self.orders.items().iter().filter(|order| open(order)).count() as u64
        };
        (count(&|order| order.may_answer), count(&|order| is_open(order) && !order.may_answer))
    }

    /// All orders one sees.
    pub fn orders(&self) -> &[Order] {
        self.orders.items()
    }

    /// The wizards that one has begun and not finished, the latest first.
    pub fn drafts(&self) -> &[UnfinishedDraft] {
        self.drafts.items()
    }

    /// What time runs for, the most urgent first.
    pub fn timers(&self) -> &[Timer] {
        self.timers.get().map_or(&[], Vec::as_slice)
    }

    /// The chosen site's last runs, the newest first.
    pub fn runs(&self) -> &[Run] {
        self.runs.get().map_or(&[], Vec::as_slice)
    }

    /// What stands in the first pane while it is empty.
    pub fn organizations_said(&self, here: Here<'_>) -> String {
        if let Some(wait) = self.organizations.wait(here.now_ms).or(self.sites.wait(here.now_ms)) {
            return wait.words("your organizations");
        }
        if self.organizations.error().is_some() || !self.organizations.has_come() {
            return String::new();
        }
        let key = here.keys.key(Action::Reload);
        if here.session.is_backend_admin() {
            return format!(
                "No organization and no site yet. {} adds the first; {key} looks again.",
                here.keys.key(Action::Add)
            );
        }
        format!(
            "You administer no organization and no site yet. A full admin can grant you a role; \
             {key} looks again."
        )
    }

    /// What stands in the second pane while it is empty.
    pub fn sites_said(&self, here: Here<'_>) -> String {
        if let Some(wait) = self.sites.wait(here.now_ms) {
            return wait.words("the sites");
        }
        if self.sites.has_come() && self.shown_organization.is_some() {
            let waits = self.sites.items().iter().any(|site| site.organization.is_none());
            let then = match (here.session.is_backend_admin(), waits) {
                (true, true) => {
                    " Those under “Not linked yet” are linked by their administrators, in the wizard."
                }
                (false, true) => " Under “Not linked yet”, the first row at the left, w links one.",
                (true, false) => " {} adds one; its administrator links it.",
                (false, false) => "",
            };
            let then = then.replace("{}", &here.keys.key(Action::Add));
            return format!("No site is linked to this organization yet.{then}");
        }
        String::new()
    }

    /// What stands in the third pane while no site is chosen: for a backend admin, who adds
    /// everything else, how that is done (rule L0).
    pub fn users_said(&self, site: Option<&Site>, here: Here<'_>) -> String {
        let come = self.organizations.has_come() && self.sites.has_come();
        match site {
            Some(site) if site.users.total == 0 => no_users(site, here),
            None if come && here.session.is_backend_admin() => first_steps(here),
            _ => String::new(),
        }
    }

    /// Whether it is not known yet what one could begin with.
    pub fn is_coming(&self) -> bool {
        let come = self.organizations.has_come() && self.sites.has_come();
        !come && self.organizations.error().is_none() && self.sites.error().is_none()
    }

    /// What could not be loaded, for the detail line.
    pub fn trouble(&self, here: Here<'_>) -> Option<String> {
        let key = here.keys.key(Action::Reload);
        let lists = self.organizations.error().or(self.sites.error());
        // Whose domains one may not see, one is not told about; asking again would not help.
        let domains = self.domains.error().filter(|error| error.code() != code::NOT_ALLOWED);
        let error = lists.or_else(|| domains.filter(|_| self.domains_site.is_some()));
        error.map(|error| format!("✗ {error} · {key} tries again"))
    }
}
