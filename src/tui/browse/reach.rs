//! What can be reached from home, for the palette: wizards on what is chosen and on what is not,
//! organizations, sites, people.
//!
//! Owns which rows there are and how one gets to a place. Whether something can be opened is said
//! by its entry in the menus.

use super::focus::Focus;
use super::organizations::OrganizationRow;
use super::pane::{AnyPane as _, PaneRow as _};
use super::{Home, drafts, sites};
use crate::api::organization::Organization;
use crate::api::site::Site;
use crate::domain::draft::Wizard as Kind;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability};
use crate::tui::overlay::menu;
use crate::tui::reach::{Go, Group, Reach};
use crate::tui::screen::{Cx, Flow, Here, Screen as _};
use crate::tui::screens::orders::is_open;
use crate::tui::screens::users::Users;
use crate::tui::wizard::{Entry, Offered, WIZARDS};

/// What cannot be opened on the chosen thing is offered on so many others.
const OTHERS: usize = 8;
/// What home opens by a key, and is looked for on every screen.
const AT_HOME: [Action; 5] =
    [Action::Users, Action::Runs, Action::Insights, Action::Trials, Action::Orders];

impl Home {
    /// All rows, those of the chosen site and organization first.
    pub(super) fn all_reach(&self, here: Here<'_>) -> Vec<Reach> {
        let begun: Vec<Reach> =
            drafts::all(&self.world, here).iter().map(drafts::Unfinished::reach).collect();
        let mut all = Vec::new();
        for entry in menu::entries() {
            match entry.offered {
                Offered::Site(offered) => {
                    let name = |site: &Site| (site.url.clone(), site.url.shown().to_string());
                    let others = self.world.sites.items();
                    let offered = |site: &Site| entry.with(Some(here.session), offered(site));
                    all.extend(rows(entry, self.site(), others, offered, name));
                }
                Offered::Organization(offered) => {
                    let name = |one: &Organization| {
                        (Untrusted::new(one.id.as_str()), one.name.shown().to_string())
                    };
                    let others = self.world.organizations.items();
                    let offered = |one: &Organization| entry.with(Some(here.session), offered(one));
                    all.extend(rows(entry, self.organization(), others, offered, name));
                }
                Offered::Session(offered) => {
                    let row = |why_not| Reach {
                        go: Go::Open(entry.open, Untrusted::new("")),
                        group: Group::Everywhere,
                        label: entry.title.to_owned(),
                        note: entry.about.to_owned(),
                        why_not,
                    };
                    match entry.with(Some(here.session), offered(here.session)) {
                        Availability::Ready => all.push(row(None)),
                        Availability::Disabled(why) => all.push(row(Some(why.into_owned()))),
                        Availability::Hidden => {}
                    }
                }
                Offered::Elsewhere => {}
            }
        }
        all.extend(self.orders());
        // What was begun stands there once, as what one goes on with.
        all.retain(|row| match &row.go {
            Go::Open(_, on) => !begun.iter().any(|one| one.goes_on_with(&row.label, on)),
            _ => true,
        });
        all.splice(0..0, begun);
        all.extend(self.opened_by_keys(here));
        all.extend(self.world.organizations.items().iter().map(|one| Reach {
            go: Go::Organization(one.id.clone()),
            group: Group::Place,
            label: one.name.shown().to_string(),
            note: format!("organization {}", one.name.shown()),
            why_not: None,
        }));
        all.extend(self.world.sites.items().iter().map(|site| {
            let of = site
                .organization_name
                .as_ref()
                .map_or_else(|| "not linked yet".to_owned(), |name| format!("of {}", name.shown()));
            Reach {
                go: Go::Site(site.url.clone()),
                group: Group::Place,
                label: site.url.shown().to_string(),
                note: format!("site {}, {of}", site.url.shown()),
                why_not: None,
            }
        }));
        all
    }

    /// What home opens by a key; of a site, whose.
    fn opened_by_keys(&self, here: Here<'_>) -> Vec<Reach> {
        let row = |action: Action| {
            let binding = here.keys.rows().iter().find(|row| row.binding.action == action)?.binding;
            let of_site = matches!(action, Action::Users | Action::Runs | Action::Insights);
            let site = self.site().filter(|_| of_site);
            let of = site.map_or_else(String::new, |site| format!("{}: ", site.url.shown()));
            let why_not = match self.availability(action) {
                Availability::Hidden => return None,
                Availability::Ready => None,
                Availability::Disabled(why) => Some(format!("{of}{why}")),
            };
            Some(Reach {
                go: Go::Home(action),
                group: Group::Everywhere,
                label: binding.label.to_owned(),
                note: format!("{of}{}", binding.help),
                why_not,
            })
        };
        AT_HOME.into_iter().filter_map(row).collect()
    }

    /// The orders that wait to be mapped; where there is none, that there is none.
    fn orders(&self) -> Vec<Reach> {
        let Some(spec) = WIZARDS.iter().find(|spec| spec.kind == Kind::Order) else {
            return Vec::new();
        };
        let row = |subject: Untrusted, note: String, why_not| Reach {
            go: Go::Open(spec.entry.open, subject),
            group: Group::Wizard,
            label: spec.entry.title.to_owned(),
            note,
            why_not,
        };
        let open = self.world.orders().iter();
        let open = open.filter(|order| is_open(order) && !order.may_answer).take(OTHERS);
        let rows: Vec<Reach> = open
            .map(|order| {
                let note = format!("{}, {}", order.number, order.company.shown());
                row(Untrusted::new(order.number.as_str()), note, None)
            })
            .collect();
        if rows.is_empty() {
            let why = "No order waits to be mapped by you.".to_owned();
            return vec![row(Untrusted::new(""), spec.entry.about.to_owned(), Some(why))];
        }
        rows
    }

    /// Goes to what the rows name.
    pub(super) fn reach_for(&mut self, go: Go, cx: &mut Cx<'_>) -> Flow {
        match go {
            Go::Home(action) if self.availability(action) == Availability::Ready => {
                return self.on_action(action, cx);
            }
            Go::Act(_) | Go::Home(_) | Go::Watch(_) => {}
            Go::Open(open, subject) => return Flow::Push(open(&subject)),
            Go::Organization(id) => {
                self.stand_on_organization(Some(&id));
                self.focus = Focus::Organizations;
            }
            Go::Site(url) => {
                self.stand_on_site(&url);
                self.focus = Focus::Sites;
            }
            Go::Users(url, filter) => {
                self.stand_on_site(&url);
                if let Some(site) = self.site() {
                    return Flow::Push(Box::new(Users::new(site, &filter, cx)));
                }
            }
        }
        Flow::Stay
    }

    fn stand_on_organization(&mut self, id: Option<&str>) {
        let all = self.world.organizations.items().iter();
        let row = match id {
            Some(id) => all
                .clone()
                .find(|one| one.id == id)
                .map(|one| OrganizationRow::One(Box::new(one.clone()))),
            None => Some(OrganizationRow::NotLinked { sites: 0 }),
        };
        self.begun = true;
        self.organizations.clear_filter();
        if let Some(row) = row {
            self.organizations.choose(&row.key());
        }
        self.fill_below();
    }

    fn stand_on_site(&mut self, url: &Untrusted) {
        let all = self.world.sites.items().iter();
        let Some(site) = all.into_iter().find(|site| site.url == *url).cloned() else { return };
        self.stand_on_organization(site.organization.as_deref());
        self.sites.clear_filter();
        let rows = sites::rows(
            std::slice::from_ref(&site),
            &self.world.links,
            site.organization.as_deref(),
        );
        if let Some(row) = rows.first() {
            self.sites.choose(&row.key());
        }
        self.fill_below();
    }
}

/// The rows of an entry: on what is chosen, with the reason where that cannot be, and then on others
/// on which it can.
fn rows<T>(
    entry: &'static Entry,
    chosen: Option<&T>,
    all: &[T],
    offered: impl Fn(&T) -> Availability,
    name: impl Fn(&T) -> (Untrusted, String),
) -> Vec<Reach> {
    let row = |one: &T, why_not| {
        let (subject, name) = name(one);
        let (label, note) = (entry.title.to_owned(), format!("{name}: {}", entry.about));
        Reach { go: Go::Open(entry.open, subject), group: Group::Wizard, label, note, why_not }
    };
    let mut rows = Vec::new();
    match chosen.map(|one| (one, offered(one))) {
        Some((one, Availability::Ready)) => return vec![row(one, None)],
        Some((one, Availability::Disabled(why))) => {
            let (_, name) = name(one);
            rows.push(row(one, Some(format!("{name}: {why}"))));
        }
        Some((_, Availability::Hidden)) | None => {}
    }
    let others = all.iter().filter(|one| offered(one) == Availability::Ready).take(OTHERS);
    rows.extend(others.map(|one| row(one, None)));
    // Where it means nothing here, somebody who looks for it is told why elsewhere.
    let elsewhere = all.iter().find_map(|one| match offered(one) {
        Availability::Disabled(why) => Some(row(one, Some(format!("{}: {why}", name(one).1)))),
        _ => None,
    });
    rows.extend(elsewhere.filter(|_| rows.is_empty()));
    rows
}
