//! At which organization home begins.
//!
//! Owns the two cases: when it opens, and when a screen on top has made a new one.

use super::Home;
use super::organizations::OrganizationRow;
use super::pane::PaneRow as _;

impl Home {
    /// Whichever list comes first, one begins at the first organization there is.
    pub(super) fn begin_at_an_organization(&mut self) {
        let Some(first) = self.world.organizations.items().first() else { return };
        if !std::mem::replace(&mut self.begun, true) {
            let row = OrganizationRow::One(Box::new(first.clone()));
            self.organizations.choose(&row.key());
        }
    }

    /// The one organization that came to be on the screen that was just left gets the focus.
    pub(super) fn begin_at_the_new_one(&mut self) {
        if self.world.organizations.is_coming() {
            return;
        }
        let Some(before) = self.before.take() else { return };
        let all = self.world.organizations.items().iter();
        let mut new = all.filter(|one| !before.contains(&one.id));
        if let (Some(one), None) = (new.next(), new.next()) {
            let key = OrganizationRow::One(Box::new(one.clone())).key();
            self.organizations.choose(&key);
        }
    }
}
