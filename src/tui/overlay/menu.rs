//! What can be done with a site or an organization: the wizards and the screens about it.
//!
//! Owns the rows of both menus, wizards before screens, and says why some cannot be opened.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::picker::{Pick, Picker};
use crate::api::organization::Organization;
use crate::api::site::Site;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::screen::{Cx, Flow, Header, Look, Screen};
use crate::tui::screens::{contact_center, insights, orders, trials, welcome_mail};
use crate::tui::theme::Tone;
use crate::tui::wizard::{Entry, Offered, WIZARDS, link_site};

/// The screens about a site or an organization that are no wizard, below the wizards.
const SCREENS: [&Entry; 7] = [
    &contact_center::ENTRY,
    &welcome_mail::ENTRY,
    &trials::ENTRY,
    &trials::CUSTOMERS,
    &orders::ENTRY,
    &link_site::LINKED,
    &insights::ENTRY,
];

/// A menu.
pub struct Menu {
    picker: Picker<Row>,
}

/// What a row opens, and on what.
#[derive(Clone)]
struct Row {
    entry: &'static Entry,
    subject: Untrusted,
}

impl Menu {
    /// What can be done with a site and with an organization, the one in focus first.
    pub fn new(
        site: Option<&Site>,
        organization: Option<&Organization>,
        organization_first: bool,
    ) -> Self {
        let wizards: Vec<&Entry> = WIZARDS.iter().map(|spec| &spec.entry).collect();
        let mut rows = Vec::new();
        for entries in [wizards.as_slice(), &SCREENS] {
            let of_site = site.map(|site| of_site(site, entries));
            let of_organization = organization.map(|one| of_organization(one, entries));
            let both = in_order(organization_first, of_site, of_organization);
            rows.extend(both.into_iter().flatten().flatten());
        }
        let has_rows = |id: &str| rows.iter().any(|row| row.value.subject.raw() == id);
        let names = in_order(
            organization_first,
            site.map(|site| site.url.shown().to_string()),
            organization.filter(|one| has_rows(&one.id)).map(|one| one.name.shown().to_string()),
        );
        let names: Vec<String> = names.into_iter().flatten().collect();
        let title = format!("Wizards for {}", names.join(", "));
        Self { picker: Picker::new(title, rows, false) }
    }
}

/// The one in focus first.
fn in_order<T>(organization_first: bool, of_site: T, of_organization: T) -> [T; 2] {
    if organization_first { [of_organization, of_site] } else { [of_site, of_organization] }
}

fn of_site(site: &Site, entries: &[&'static Entry]) -> Vec<Pick<Row>> {
    rows(&site.url, entries, |entry| match &entry.offered {
        Offered::Site(availability) => availability(site),
        _ => Availability::Hidden,
    })
}

fn of_organization(organization: &Organization, entries: &[&'static Entry]) -> Vec<Pick<Row>> {
    rows(&Untrusted::new(organization.id.as_str()), entries, |entry| match &entry.offered {
        Offered::Organization(availability) => availability(organization),
        _ => Availability::Hidden,
    })
}

fn rows(
    subject: &Untrusted,
    entries: &[&'static Entry],
    availability: impl Fn(&Entry) -> Availability,
) -> Vec<Pick<Row>> {
    let rows = entries.iter().copied().filter_map(|entry| {
        let (ready, note) = match availability(entry) {
            Availability::Ready => (true, entry.about.to_owned()),
            Availability::Disabled(why) => (false, why.into_owned()),
            Availability::Hidden => return None,
        };
        let value = Row { entry, subject: subject.clone() };
        let label = entry.title.to_owned();
        Some(Pick { value, lead: String::new(), label, note, ready })
    });
    rows.collect()
}

impl Screen for Menu {
    fn is_overlay(&self) -> bool {
        true
    }

    fn header(&self, _look: &Look<'_>) -> Header {
        Header::default()
    }

    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Overlay, Scope::List]
    }

    fn availability(&self, action: Action) -> Availability {
        let known = matches!(action, Action::Back | Action::Open) || action.motion().is_some();
        Availability::shown_if(known)
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        if let Some(motion) = action.motion() {
            self.picker.go(motion, cx.body());
            return Flow::Stay;
        }
        match (action, self.picker.chosen()) {
            (Action::Open, Some(row)) if row.ready => {
                Flow::Replace((row.value.entry.open)(&row.value.subject))
            }
            (Action::Open, Some(row)) => {
                cx.toast(Tone::Attention, row.note.clone());
                Flow::Stay
            }
            (Action::Open, None) => Flow::Stay,
            _ => Flow::Pop,
        }
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        self.picker.view(look, area, buf);
    }
}
