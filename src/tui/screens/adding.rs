//! Adding organizations and sites, and changing a site, for the backend admin (rule L0).
//!
//! Owns their rows in the menus; each form is in a file of its own.

mod organization;
mod site;

use self::organization::AddOrganization;
use self::site::SiteForm;
use super::form::FormScreen;
use super::persons::for_backend_admins;
use crate::api::organization::Organization;
use crate::domain::role::{Action as Right, permits};
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::Availability;
use crate::tui::screen::Screen;
use crate::tui::wizard::{Entry, Offered};

/// Adding an organization, in every menu of a backend admin.
pub const ORGANIZATION: Entry = Entry {
    title: "Add an organization",
    about: "A customer or a partner; then who administers it.",
    offered: Offered::Session(for_backend_admins),
    needs: None,
    open: |_| Box::new(FormScreen::new(AddOrganization::default())),
};

/// Adding a site, in every menu of a backend admin.
pub const SITE: Entry = Entry {
    title: "Add a site",
    about: "A meeting site and its administrators.",
    offered: Offered::Session(for_backend_admins),
    needs: None,
    open: |_| Box::new(FormScreen::new(SiteForm::default())),
};

/// Changing a site, in its menu.
pub const EDIT_SITE: Entry = Entry {
    title: "Change the site",
    about: "Company, administrators, contact, may it link.",
    offered: Offered::Site(|site| {
        let may = site.my_roles.iter().any(|role| permits(*role, Right::Provision));
        Availability::shown_if(may)
    }),
    needs: None,
    open: |url| edit(url),
};

/// Adding a site where one looks at the sites of an organization: what is known of it is filled in;
/// whether the site is linked to it, for good, stays a choice.
pub fn site_of(organization: &Organization) -> Box<dyn Screen> {
    Box::new(FormScreen::new(SiteForm::near(organization)))
}

fn edit(url: &Untrusted) -> Box<dyn Screen> {
    Box::new(FormScreen::new(SiteForm::of(url)))
}

/// Addresses as people write several: after commas, semicolons or blanks.
fn addresses(text: &str) -> Vec<String> {
    let parts = text.split([',', ';', ' ']).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}
