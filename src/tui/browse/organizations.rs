//! The first pane: organizations, and above them the sites that have none yet.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::pane::PaneRow;
use crate::api::organization::Organization;
use crate::domain::organization::OrganizationKind;
use crate::domain::setup::SetupState;
use crate::tui::layout;
use crate::tui::screen::{Here, Look};
use crate::tui::theme::Tone;
use crate::tui::when::{count, thousands};
use crate::tui::widget::text;

/// A row of the pane.
#[derive(Debug, Clone, PartialEq)]
pub enum OrganizationRow {
    /// Sites that are linked to no organization yet.
    NotLinked {
        /// How many.
        sites: u64,
    },
    /// An organization.
    One(Box<Organization>),
}

impl OrganizationRow {
    /// The organization's id; none for the sites without one.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::NotLinked { .. } => None,
            Self::One(organization) => Some(&organization.id),
        }
    }
}

/// All rows, "Not linked yet" first where there are such sites.
pub fn rows(organizations: &[Organization], unlinked_sites: u64) -> Vec<OrganizationRow> {
    let none = (unlinked_sites > 0).then_some(OrganizationRow::NotLinked { sites: unlinked_sites });
    let all = organizations.iter().map(|one| OrganizationRow::One(Box::new(one.clone())));
    none.into_iter().chain(all).collect()
}

fn below(organization: &Organization) -> String {
    match organization.kind {
        OrganizationKind::Partner => "partner".to_owned(),
        OrganizationKind::Customer => {
            let sites = count(organization.sites, "site");
            if organization.setup == Some(SetupState::Pending) {
                return format!("setup pending · {sites}");
            }
            format!("{sites} · {} linked", thousands(organization.linked_users))
        }
    }
}

impl PaneRow for OrganizationRow {
    fn key(&self) -> String {
        self.id().map(|id| format!("org {id}")).unwrap_or_default()
    }

    fn words(&self) -> String {
        match self {
            Self::NotLinked { .. } => "Not linked yet".to_owned(),
            Self::One(organization) => organization.name.shown().to_string(),
        }
    }

    fn height(&self) -> u16 {
        2
    }

    fn view(&self, chosen: bool, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        let mut below = match self {
            Self::NotLinked { sites } => count(*sites, "site"),
            Self::One(organization) => below(organization),
        };
        // What does not fit whole is in the detail line.
        if text::width(&below) > area.width
            && let Some((first, _)) = below.split_once(" · ")
        {
            below = first.to_owned();
        }
        let tone = if chosen { Tone::Strong } else { Tone::Text };
        text::put(buf, area, &self.words(), look.ink(tone));
        if let Some(row) = layout::row(area, 1) {
            text::put(buf, row, &below, look.ink(Tone::Muted));
        }
    }

    fn detail(&self, here: Here<'_>) -> String {
        match self {
            Self::NotLinked { .. } => {
                "Sites that are managed in Site Administration until they are linked".to_owned()
            }
            Self::One(organization) => {
                let mut facts = vec![
                    organization.name.shown().to_string(),
                    below(organization),
                    format!("since {}", here.date(organization.created_at)),
                ];
                if organization.directory_sync {
                    facts.push("directory sync is on".to_owned());
                }
                facts.join(" · ")
            }
        }
    }
}
