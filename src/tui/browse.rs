//! Home: organizations | sites | users, the chosen row of one filling the next.
//!
//! Owns the three panes' focus and what is opened from them. Loading is in `world`, the two lines
//! below the panes in `status`, each kind of row in its own file.

mod adding;
mod begin;
mod context;
pub mod drafts;
mod focus;
mod links;
pub mod organizations;
pub mod pane;
mod reach;
pub mod sites;
mod starting;
mod status;
pub mod users;
mod view;
mod world;

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use focus::Focus;
use organizations::OrganizationRow;
use pane::{AnyPane, Pane, PaneRow as _};
use sites::SiteRow;
use users::UserRow;
use world::{COMING, World};

use super::keymap::{Action, Availability, Scope};
use super::layout;
use super::msg::RequestId;
use super::overlay::menu::{self, Menu};
use super::reach::{Go, Reach};
use super::screen::{About, Cx, Flow, Header, Here, Look, Screen};
use super::screens::insights::Insights;
use super::screens::orders::Orders;
use super::screens::runs::Runs;
use super::screens::trials::{self, Trials};
use super::screens::users::Users;
use super::widget::rows::Motion;
use super::wizard;
use crate::api::call::{ApiError, Reply};
use crate::api::organization::Organization;
use crate::api::site::Site;
use crate::domain::draft::Wizard as Kind;
use crate::domain::role::{Action as Right, Role, permits};
use crate::domain::setup::SetupState;
use crate::domain::site::SiteState;
use crate::domain::untrusted::Untrusted;

/// Home.
pub struct Home {
    world: World,
    organizations: Pane<OrganizationRow>,
    sites: Pane<SiteRow>,
    users: Pane<UserRow>,
    focus: Focus,
    /// Whether all domains are shown.
    all_domains: bool,
    /// So many rows has the users' pane, as of the last message.
    users_room: usize,
    /// Whether one adds organizations and sites.
    provisions: bool,
    /// The partner organization of which one is partner admin.
    partner: Option<String>,
    /// The organizations there were when a screen was opened on top: a new one gets the focus.
    before: Option<Vec<String>>,
    /// Whether the organization to begin at was chosen, by hand or by itself.
    begun: bool,
}

impl Default for Home {
    fn default() -> Self {
        Self {
            world: World::default(),
            organizations: Pane::new("ORGANIZATIONS"),
            sites: Pane::new("SITES"),
            users: Pane::new("USERS"),
            focus: Focus::Organizations,
            all_domains: false,
            users_room: 0,
            provisions: false,
            partner: None,
            before: None,
            begun: false,
        }
    }
}

impl Home {
    fn focused(&self) -> &dyn AnyPane {
        match self.focus {
            Focus::Organizations => &self.organizations,
            Focus::Sites => &self.sites,
            Focus::Users => &self.users,
        }
    }

    fn focused_mut(&mut self) -> &mut dyn AnyPane {
        match self.focus {
            Focus::Organizations => &mut self.organizations,
            Focus::Sites => &mut self.sites,
            Focus::Users => &mut self.users,
        }
    }

    fn start_trial(&self) -> Flow {
        let partner = self.partner.as_deref();
        let screen = partner.and_then(|id| wizard::open(Kind::Trial, &id.into()));
        screen.map_or(Flow::Stay, Flow::Push)
    }

    /// The site under the cursor.
    fn site(&self) -> Option<&Site> {
        self.sites.chosen().map(|row| &row.site)
    }

    /// A site of one's own that is in no organization yet: where one has chosen none, that waits.
    fn unlinked(&self) -> Option<&Site> {
        let mut sites = self.world.sites.items().iter();
        sites.find(|site| {
            site.state == SiteState::NotEnrolled && site.my_roles.contains(&Role::SiteAdmin)
        })
    }

    fn open(&mut self, cx: &mut Cx<'_>) -> Flow {
        if self.focused_mut().end_filter() {
            return Flow::Stay;
        }
        match self.focus {
            Focus::Organizations => self.focus = Focus::Sites,
            Focus::Sites => self.focus = Focus::Users,
            Focus::Users => {
                if matches!(self.users.chosen(), Some(UserRow::More { .. })) {
                    self.all_domains = true;
                    self.fill_users();
                    return Flow::Stay;
                }
                let filter = self.users.chosen().map(UserRow::filter).unwrap_or_default();
                if let Some(site) = self.site() {
                    return Flow::Push(Box::new(Users::new(site, &filter, cx)));
                }
            }
        }
        Flow::Stay
    }

    fn back(&mut self) {
        if !self.focused_mut().clear_filter() && self.focus != Focus::Organizations {
            self.focus = self.focus.step(false);
        }
    }

    /// Ready where a role held towards the site permits it.
    fn may(&self, right: Right, why_not: &'static str) -> Availability {
        let may = |role: &Role| permits(*role, right);
        let roles = self.site().map(|site| site.my_roles.as_slice()).unwrap_or_default();
        let linked = self.site().filter(|_| right == Right::LinkUsers).and_then(wizard::not_linked);
        let why = linked.unwrap_or_else(|| why_not.to_owned());
        Availability::ready_if(roles.iter().any(may), why)
    }

    /// The chosen organization.
    fn organization(&self) -> Option<&Organization> {
        match self.organizations.chosen()? {
            OrganizationRow::NotLinked { .. } => None,
            OrganizationRow::One(organization) => Some(organization),
        }
    }

    /// The chosen organization, while its services setup is pending and one may go on with it.
    fn pending(&self) -> Option<&Organization> {
        let may = |role: &Role| permits(*role, Right::SetUpServices);
        self.organization()
            .filter(|one| one.setup == Some(SetupState::Pending))
            .filter(|one| one.my_roles.iter().any(may))
    }

    /// What the copy key takes: the name of the chosen thing.
    fn name(&self) -> Option<Untrusted> {
        match self.focus {
            Focus::Organizations => match self.organizations.chosen()? {
                OrganizationRow::NotLinked { .. } => None,
                OrganizationRow::One(organization) => Some(organization.name.clone()),
            },
            Focus::Sites => self.site().map(|site| site.url.clone()),
            Focus::Users => match self.users.chosen()? {
                UserRow::Domain { domain, .. } => Some(domain.name.clone()),
                _ => None,
            },
        }
    }

    fn go(&mut self, motion: Motion, cx: &Cx<'_>) {
        self.begun = true;
        let parts = layout::panes(cx.body(), self.focus as usize);
        let area = parts.panes[self.focus as usize].unwrap_or_default();
        let height = self.focused().lines(area).max(1);
        self.focused_mut().go(motion, height);
        self.fill_below();
    }

    /// Fills the panes to the right of what changed.
    fn fill_below(&mut self) {
        let shown = self.world.shown_organization.clone();
        let chosen = self.organizations.chosen().map(OrganizationRow::key);
        if chosen != shown {
            self.world.shown_organization = chosen;
            self.fill_sites();
        }
        self.fill_users_if_moved();
    }

    fn fill_sites(&mut self) {
        let rows = match self.organizations.chosen() {
            Some(row) => sites::rows(self.world.sites.items(), &self.world.links, row.id()),
            None => Vec::new(),
        };
        self.sites.fill(rows);
    }

    fn fill_users_if_moved(&mut self) {
        let url = self.site().map(|site| site.url.clone());
        if url != self.world.shown_site {
            self.world.shown_site = url;
            self.all_domains = false;
            self.fill_users();
        }
    }

    fn fill_users(&mut self) {
        let rows = match self.site() {
            Some(site) => {
                let domains = self.world.domains_of(site);
                let shown = (self.all_domains, self.users_room);
                users::rows(&site.users, domains, site.method, shown)
            }
            None => Vec::new(),
        };
        self.users.fill(rows);
    }

    /// Fills all panes from what was loaded.
    fn fill(&mut self) {
        let unlinked = self.world.sites.items().iter();
        let unlinked = unlinked.filter(|site| site.organization.is_none()).count();
        let rows = organizations::rows(self.world.organizations.items(), unlinked as u64);
        self.organizations.fill(rows);
        self.begin_at_an_organization();
        self.begin_at_the_new_one();
        self.world.shown_organization = self.organizations.chosen().map(OrganizationRow::key);
        self.fill_sites();
        self.world.shown_site = self.site().map(|site| site.url.clone());
        self.fill_users();
    }
}

impl Screen for Home {
    fn header(&self, look: &Look<'_>) -> Header {
        let mut crumbs = Vec::new();
        if let Some(row) = self.organizations.chosen() {
            crumbs.push(row.words());
        }
        crumbs.extend(self.site().map(|site| site.url.shown().to_string()));
        if crumbs.is_empty() {
            crumbs.push("hublink".to_owned());
        }
        let roles = match (self.site(), self.organizations.chosen()) {
            (Some(site), _) => site.my_roles.clone(),
            (None, Some(OrganizationRow::One(organization))) => organization.my_roles.clone(),
            _ => look.here.session.roles(),
        };
        Header { crumbs, right: look.here.session.who(&roles) }
    }

    fn help(&self) -> About {
        About::of(
            "home",
            "Three panes: organizations, the sites of the chosen one, the users of the chosen \
             site. Enter or Tab goes on to the next pane. What can be done with the chosen site \
             or organization is behind w, step by step; the line above the keys tells what is \
             under way and what is due next. A backend admin adds an organization or a site with +, \
             and people behind w; who may import users does so with + in their pane.",
        )
    }

    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Panes, Scope::List]
    }

    fn availability(&self, action: Action) -> Availability {
        let site = self.site().is_some();
        let choose = "Choose a site first.";
        match action {
            Action::Users | Action::Runs | Action::Insights if !site => {
                Availability::Disabled(choose.into())
            }
            Action::Wizards if self.world.is_coming() => Availability::Disabled(COMING.into()),
            Action::Users => self.may(
                Right::SeeUsers,
                "A backend admin sees no users; the admins of the site and its organization do.",
            ),
            Action::Runs => {
                self.may(Right::LinkUsers, "Only a full admin of the organization sees its runs.")
            }
            Action::Insights => self.may(
                Right::Insights,
                "A backend admin sees no insights; the admins of the site and its organization do.",
            ),
            Action::StartTrial => {
                Availability::ready_if(self.partner.is_some(), trials::ONLY_PARTNERS)
            }
            // Enter ends the typing, whatever matches.
            Action::Open if self.focused().is_filtering() => Availability::Ready,
            Action::Open => match self.focus {
                Focus::Organizations => Availability::shown_if(!self.organizations.is_empty()),
                Focus::Sites => Availability::ready_if(site, choose),
                Focus::Users if site => self.availability(Action::Users),
                Focus::Users => Availability::Hidden,
            },
            Action::Add => self.may_add(),
            Action::Copy => Availability::shown_if(self.name().is_some()),
            Action::SetUp => Availability::shown_if(self.pending().is_some()),
            Action::Wizards
            | Action::Trials
            | Action::Orders
            | Action::Filter
            | Action::NextPane
            | Action::PreviousPane
            | Action::Left
            | Action::Right
            | Action::Back
            | Action::Reload => Availability::Ready,
            _ => Availability::shown_if(action.motion().is_some()),
        }
    }

    fn label(&self, action: Action) -> Option<String> {
        let filtering = self.focused().is_filtering();
        match action {
            Action::Open => filtering.then(|| "keep the filter".to_owned()),
            Action::Add => Some(self.add_word().to_owned()),
            _ => None,
        }
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        if let Some(motion) = action.motion() {
            self.go(motion, cx);
            return Flow::Stay;
        }
        match action {
            Action::Open => return self.open(cx),
            Action::Back => {
                self.back();
                self.fill_below();
            }
            Action::Filter => self.focused_mut().begin_filter(),
            Action::NextPane => self.focus = self.focus.step(true),
            Action::PreviousPane => self.focus = self.focus.step(false),
            Action::Right if self.focus != Focus::Users => self.focus = self.focus.step(true),
            Action::Left if self.focus != Focus::Organizations => {
                self.focus = self.focus.step(false);
            }
            Action::Reload => self.world.ask(cx),
            Action::Copy => {
                if let Some(name) = self.name() {
                    cx.copy(name.shown());
                }
            }
            Action::Wizards => {
                let first = self.focus == Focus::Organizations;
                let drafts = drafts::all(&self.world, cx.here());
                let drafts = drafts.iter().map(drafts::Unfinished::reach).collect();
                let (site, unlinked) = (self.site(), self.unlinked());
                let about = menu::About {
                    // Where one has chosen an organization, another site than its own is told as such.
                    site: site.or(unlinked.filter(|_| self.organization().is_none())),
                    organization: self.organization(),
                    unlinked,
                    session: Some(cx.session),
                };
                let menu = Menu::new(about, first, drafts);
                return Flow::Push(Box::new(menu));
            }
            Action::Add => return self.add(),
            Action::SetUp => {
                let id = self.pending().map(|one| Untrusted::new(one.id.as_str()));
                if let Some(setup) = id.and_then(|id| wizard::open(Kind::Setup, &id)) {
                    return Flow::Push(setup);
                }
            }
            Action::Users => {
                if let Some(site) = self.site() {
                    return Flow::Push(Box::new(Users::new(site, "", cx)));
                }
            }
            Action::Insights => {
                if let Some(site) = self.site() {
                    return Flow::Push(Box::new(Insights::new(site)));
                }
            }
            Action::Runs => {
                if let Some(site) = self.site() {
                    return Flow::Push(Box::new(Runs::new(Some(&site.url))));
                }
            }
            Action::Trials => return Flow::Push(Box::new(Trials::default())),
            Action::Orders => return Flow::Push(Box::new(Orders::default())),
            Action::StartTrial => return self.start_trial(),
            _ => {}
        }
        Flow::Stay
    }

    fn wants(&self, key: &KeyEvent) -> bool {
        self.focused().wants(key)
    }

    fn on_text(&mut self, key: &KeyEvent, _cx: &mut Cx<'_>) -> Flow {
        self.focused_mut().on_text(key);
        self.fill_below();
        Flow::Stay
    }

    fn on_paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        self.focused_mut().on_paste(text, cx);
        self.fill_below();
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Flow {
        if self.world.on_reply(id, result, cx) {
            self.fill();
        }
        Flow::Stay
    }

    fn on_return(&mut self, cx: &mut Cx<'_>) {
        if self.world.organizations.has_come() {
            let all = self.world.organizations.items();
            self.before = Some(all.iter().map(|one| one.id.clone()).collect());
        }
        self.world.ask(cx);
    }

    fn reach(&self, here: Here<'_>) -> Vec<Reach> {
        self.all_reach(here)
    }

    fn site_of_people(&self) -> Option<Untrusted> {
        let may = self.availability(Action::Users) == Availability::Ready;
        self.site().filter(|_| may).map(|site| site.url.clone())
    }

    fn go_to(&mut self, go: Go, cx: &mut Cx<'_>) -> Flow {
        self.reach_for(go, cx)
    }

    fn reconcile(&mut self, cx: &mut Cx<'_>) {
        self.provisions = cx.session.is_backend_admin();
        if self.partner.as_deref() != cx.session.partner() {
            self.partner = cx.session.partner().map(str::to_owned);
        }
        let site = self.site().map(|site| site.url.clone());
        let parts = layout::panes(cx.body(), self.focus as usize);
        let sees_runs = self.may(Right::LinkUsers, "") == Availability::Ready;
        let runs_of = site.as_ref().filter(|_| sees_runs && parts.context.is_some());
        self.world.reconcile(site.as_ref(), runs_of, cx);
        let height = |at: usize| parts.panes[at].map_or(1, |area| area.height.saturating_sub(1));
        if std::mem::replace(&mut self.users_room, height(2).into()) != self.users_room {
            self.fill_users();
        }
        let area = |at: usize| parts.panes[at].unwrap_or_default();
        self.organizations.clamp(self.organizations.lines(area(0)).max(1));
        self.sites.clamp(self.sites.lines(area(1)).max(1));
        self.users.clamp(self.users.lines(area(2)).max(1));
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        self.draw(look, area, buf);
    }

    fn hint_at(&self, look: &Look<'_>, area: Rect, at: Position) -> Option<Action> {
        self.key_at(look, area, at)
    }

    fn names_keys(&self, look: &Look<'_>, area: Rect) -> Vec<Action> {
        let status = layout::panes(area, self.focus as usize).status;
        status::keys(&self.world, look, status).into_iter().map(|(action, _)| action).collect()
    }
}
