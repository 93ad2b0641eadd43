//! What can be done with a site or an organization: the wizards and the screens about it.
//!
//! Owns the rows of both menus in the order of the work, wizards before screens, and says why some
//! cannot be opened.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::picker::{Pick, Picker};
use crate::api::organization::Organization;
use crate::api::site::Site;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::reach::{Go, Reach};
use crate::tui::screen::{self, Cx, Flow, Header, Here, Look, Screen, Told};
use crate::tui::screens::{
    access, adding, admins, auto_licence, consumers, contact_center, domains, import, insights,
    method, orders, persons, sync_setting, trials, users, welcome_mail,
};
use crate::tui::session::Session;
use crate::tui::theme::Tone;
use crate::tui::wizard::{Entry, Offered, WIZARDS, Way, link_site, trial};

/// The screens about a site or an organization that are no wizard, below the wizards.
const SCREENS: [&Entry; 21] = [
    &import::ENTRY,
    &method::ENTRY,
    &contact_center::ENTRY,
    &welcome_mail::ENTRY,
    &admins::ENTRY,
    &domains::ENTRY,
    &sync_setting::ENTRY,
    &auto_licence::ENTRY,
    &trials::ENTRY,
    &trials::CUSTOMERS,
    &orders::ENTRY,
    &orders::ASKING,
    &link_site::LINKED,
    &insights::ENTRY,
    &users::ADD,
    &adding::EDIT_SITE,
    &adding::ORGANIZATION,
    &adding::SITE,
    &persons::ENTRY,
    &consumers::ENTRY,
    &access::ENTRY,
];

/// The row that links a site.
const LINKS: &str = <link_site::LinkSite as Way>::TITLE;

/// The row that starts a trial.
const TRIALS: &str = <trial::Trial as Way>::TITLE;

/// All rows that a menu can have, wizards before screens.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    WIZARDS.iter().map(|spec| &spec.entry).chain(SCREENS)
}

/// A menu.
pub struct Menu {
    picker: Picker<Row>,
}

/// What a row opens, and on what.
#[derive(Clone)]
struct Row {
    open: fn(&Untrusted) -> Box<dyn Screen>,
    subject: Untrusted,
}

/// What a menu is about.
#[derive(Clone, Copy, Default)]
pub struct About<'a> {
    /// A site.
    pub site: Option<&'a Site>,
    /// An organization.
    pub organization: Option<&'a Organization>,
    /// A site of one's own that waits to be linked, beside the one above.
    pub unlinked: Option<&'a Site>,
    /// Who one is, for what is about neither.
    pub session: Option<&'a Session>,
}

impl About<'_> {
    /// Whether the chosen site is not the one that waits.
    fn is_linked(&self) -> bool {
        self.site.map(|site| &site.url) != self.unlinked.map(|site| &site.url)
    }
}

impl Menu {
    /// What can be done with a site and with an organization, named in the order of the focus. What
    /// was begun and not finished stands first, whatever it is about; what one cannot do stands last,
    /// with the reason.
    pub fn new(about: About<'_>, organization_first: bool, unfinished: Vec<Reach>) -> Self {
        let About { site, organization, .. } = about;
        let mut rows: Vec<Pick<Row>> = entries().filter_map(|entry| row(entry, about)).collect();
        // What is about neither comes last of what can be done, after another site of one's own.
        let partner = about.session.and_then(Session::partner);
        let sells = partner.filter(|id| about.organization.is_none_or(|one| one.id != *id));
        let rank = |subject: &str| match subject {
            "" => 2,
            id if Some(id) == sells => 1,
            url if about.unlinked.is_some_and(|one| one.url.raw() == url) && about.is_linked() => 1,
            _ => 0,
        };
        rows.sort_by_key(|row| (!row.ready, rank(row.value.subject.raw())));
        let has_rows = |id: &str| rows.iter().any(|row| row.value.subject.raw() == id);
        let mut names: Vec<String> = organization
            .filter(|one| has_rows(&one.id))
            .map(|one| one.name.shown().to_string())
            .into_iter()
            .chain(site.map(|site| site.url.shown().to_string()))
            .collect();
        if !organization_first {
            names.reverse();
        }
        let title = match names.as_slice() {
            [] => "What can be done".to_owned(),
            names => format!("Wizards for {}", names.join(", ")),
        };
        let is_begun = |row: &Pick<Row>| {
            unfinished.iter().any(|one| one.goes_on_with(&row.label, &row.value.subject))
        };
        rows.retain(|row| !is_begun(row));
        rows.splice(0..0, unfinished.into_iter().filter_map(begun));
        Self { picker: Picker::new(title, rows, false) }
    }
}

/// The row of a wizard that was begun.
fn begun(reach: Reach) -> Option<Pick<Row>> {
    let Go::Open(open, subject) = reach.go else { return None };
    let (label, note) = (reach.label, reach.note);
    Some(Pick { value: Row { open, subject }, lead: String::new(), label, note, ready: true })
}

/// The row of an entry, on the site or the organization that it is about.
fn row(entry: &'static Entry, about: About<'_>) -> Option<Pick<Row>> {
    let (availability, subject) = match entry.offered {
        Offered::Site(offered) => {
            let on = |site: &Site| (offered(site), site.url.clone());
            let chosen = about.site.map(on);
            // A site that is linked leaves the wizard to the one that waits for it.
            let linked = !matches!(chosen, Some((Availability::Ready, _)));
            let waits = about.unlinked.filter(|_| linked && entry.title == LINKS);
            waits.map(on).or(chosen)?
        }
        Offered::Organization(offered) => {
            let on = |one: &Organization| (offered(one), Untrusted::new(one.id.as_str()));
            let chosen = about.organization.map(on);
            // Who starts trials does so wherever one stands, for a new customer.
            let partner = about.session.and_then(Session::partner);
            match (chosen, partner.filter(|_| entry.title == TRIALS)) {
                (Some((Availability::Hidden, _)) | None, Some(id)) => {
                    (Availability::Ready, Untrusted::new(id))
                }
                (chosen, _) => chosen?,
            }
        }
        Offered::Session(offered) => (offered(about.session?), Untrusted::new("")),
        Offered::Elsewhere => return None,
    };
    let other = about.is_linked() && about.unlinked.is_some_and(|site| site.url == subject);
    let (ready, note) = match entry.with(about.session, availability) {
        Availability::Ready if other => (true, format!("{}: for good.", subject.shown())),
        Availability::Ready => (true, entry.about.to_owned()),
        Availability::Disabled(why) => (false, why.into_owned()),
        Availability::Hidden => return None,
    };
    let (value, label) = (Row { open: entry.open, subject }, entry.title.to_owned());
    Some(Pick { value, lead: String::new(), label, note, ready })
}

impl Screen for Menu {
    fn is_overlay(&self) -> bool {
        true
    }

    fn header(&self, _look: &Look<'_>) -> Header {
        Header::default()
    }

    fn help(&self) -> screen::About {
        screen::About::of(
            "wizards",
            "All that can be done with the chosen site and its organization: what was begun and not \
             finished first, then wizards and screens. What one cannot do stands last; Enter there \
             says why.",
        )
    }

    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Overlay, Scope::List]
    }

    fn availability(&self, action: Action) -> Availability {
        Picker::<Row>::availability(action)
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        if let Some(motion) = action.motion() {
            self.picker.go(motion, cx.body());
            return Flow::Stay;
        }
        match (action, self.picker.chosen()) {
            (Action::Open, Some(row)) if row.ready => {
                Flow::Replace((row.value.open)(&row.value.subject))
            }
            (Action::Open, Some(row)) => {
                cx.toast(Tone::Attention, row.note.clone());
                Flow::Stay
            }
            (Action::Open, None) => Flow::Stay,
            _ => Flow::Pop,
        }
    }

    fn told(&self, _here: Here<'_>) -> Option<Told> {
        Some(self.picker.told())
    }

    fn point(&mut self, at: usize) {
        self.picker.point(at);
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        self.picker.view(look, area, buf);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stays of a row at 80 columns beside the longest title.
    const ROOM: usize = 49;

    #[test]
    fn every_row_says_what_it_is_for_without_being_cut() {
        for entry in entries() {
            assert!(entry.title.chars().count() <= 22, "{}", entry.title);
            assert!(entry.about.chars().count() <= ROOM, "{}: {}", entry.title, entry.about);
            assert!(entry.about.ends_with('.'), "{}: {}", entry.title, entry.about);
        }
    }
}
