//! Home as it is drawn: the panes, the room around them, the lines below.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::focus::Focus;
use super::organizations::OrganizationRow;
use super::pane::{AnyPane as _, Seen};
use super::{Home, context, starting, status};
use crate::api::site::Site;
use crate::tui::keymap::Action;
use crate::tui::layout;
use crate::tui::screen::Look;

impl Home {
    /// The action of a key that stands in the lines below the panes, or of a list there.
    pub(super) fn key_at(&self, look: &Look<'_>, area: Rect, at: Position) -> Option<Action> {
        let parts = layout::panes(area, self.focus as usize);
        if let Some(area) = parts.context.filter(|area| area.contains(at)) {
            return context::action_at(&self.world, look, area, at.y);
        }
        let world = (&self.world, self.pending());
        status::hint_at(world, look, (parts.banner, parts.status), at)
    }

    /// Draws home; while the backend starts, how far that is.
    pub(super) fn draw(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        if let Some(far) = self.world.first.starting() {
            starting::view(far, look, area, buf);
            return;
        }
        let parts = layout::panes(area, self.focus as usize);
        context::around(&self.world, &parts, look, buf);
        let focused = |at: Focus| self.focus == at;
        let whole = self.world.organizations.has_come() && self.world.sites.has_come();
        if let Some(area) = parts.panes[0] {
            let count = whole.then(|| self.world.organizations.items().len() as u64);
            let said = self.world.organizations_said(look.here);
            let seen = Seen { focused: focused(Focus::Organizations), count, said: &said };
            self.organizations.view(&seen, look, area, buf);
        }
        if let Some(area) = parts.panes[1] {
            let organization = self.organizations.chosen().map(OrganizationRow::id);
            let of = |site: &&Site| Some(site.organization.as_deref()) == organization;
            let count = self.world.sites.items().iter().filter(of).count() as u64;
            let said = self.world.sites_said(look.here);
            let seen =
                Seen { focused: focused(Focus::Sites), count: whole.then_some(count), said: &said };
            self.sites.view(&seen, look, area, buf);
        }
        if let Some(area) = parts.panes[2] {
            let count = self.site().map(|site| site.users.total);
            let said = self.world.users_said(self.site(), look.here);
            let seen = Seen { focused: focused(Focus::Users), count, said: &said };
            self.users.view(&seen, look, area, buf);
        }
        let detail =
            self.world.trouble(look.here).unwrap_or_else(|| self.focused().detail(look.here));
        // Where nothing waits, its line is the detail's: what is long is not cut.
        let waits = status::what_waits(&self.world, self.pending(), look).is_some();
        let room = if waits { parts.detail } else { parts.detail.union(parts.banner) };
        status::detail(&detail, look, room, buf);
        status::waits(&self.world, self.pending(), look, parts.banner, buf);
        status::status(&self.world, look, parts.status, buf);
    }
}
