//! The first pane: organizations, and above them the sites that have none yet.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::pane::PaneRow;
use crate::api::organization::Organization;
use crate::api::trial::TrialStanding;
use crate::domain::organization::OrganizationKind;
use crate::domain::setup::SetupState;
use crate::tui::layout;
use crate::tui::screen::{Here, Look};
use crate::tui::screens::trials;
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

/// What stands below the name, what matters most first.
fn below(organization: &Organization, here: Here<'_>) -> Vec<(Tone, String)> {
    if organization.kind == OrganizationKind::Partner {
        return vec![(Tone::Muted, "partner".to_owned())];
    }
    let mut facts = Vec::new();
    if organization.setup == Some(SetupState::Pending) {
        facts.push((Tone::Muted, "setup pending".to_owned()));
    }
    facts.extend(organization.trial.map(|trial| trial_words(trial, here)));
    // A trial that ends soon, or has ended, comes before everything else.
    facts.sort_by_key(|(tone, _)| *tone == Tone::Muted);
    facts.push((Tone::Muted, count(organization.sites, "site")));
    if organization.setup != Some(SetupState::Pending) {
        facts.push((Tone::Muted, format!("{} linked", thousands(organization.linked_users))));
    }
    facts
}

fn trial_words(trial: TrialStanding, here: Here<'_>) -> (Tone, String) {
    let words = match here.now() {
        Some(now) if now >= trial.ends_at => "trial expired".to_owned(),
        Some(now) => format!("{} of trial", trials::left(trial.ends_at, now)),
        None => "trial".to_owned(),
    };
    let tone = match trials::tone(trial.ends_at, here) {
        Tone::Text => Tone::Muted,
        loud => loud,
    };
    (tone, words)
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
        let facts = match self {
            Self::NotLinked { sites } => vec![(Tone::Muted, count(*sites, "site"))],
            Self::One(organization) => below(organization, look.here),
        };
        let tone = if chosen { Tone::Strong } else { Tone::Text };
        text::put(buf, area, &self.words(), look.ink(tone));
        let Some(row) = layout::row(area, 1) else { return };
        // What does not fit whole is in the detail line.
        let mut used = 0;
        for (n, (tone, words)) in facts.iter().enumerate() {
            let gap = if n == 0 { "" } else { " · " };
            let width = text::width(gap) + text::width(words);
            if n > 0 && used + width > row.width {
                break;
            }
            let room = Rect { x: row.x + used, width: row.width - used, ..row };
            let x = text::put(buf, room, gap, look.ink(Tone::Muted));
            text::put(buf, Rect { x, width: room.right() - x, ..room }, words, look.ink(*tone));
            used += width;
        }
    }

    fn detail(&self, here: Here<'_>) -> String {
        match self {
            Self::NotLinked { .. } => {
                "Sites that are managed in Site Administration until they are linked".to_owned()
            }
            Self::One(organization) => {
                let mut facts = vec![organization.name.shown().to_string()];
                facts.extend(below(organization, here).into_iter().map(|(_, words)| words));
                facts.push(format!("since {}", here.date(organization.created_at)));
                match (organization.directory_sync, organization.directory_sync_paused) {
                    (true, true) => facts.push("directory sync paused".to_owned()),
                    (true, false) => facts.push("directory sync on".to_owned()),
                    (false, _) => {}
                }
                facts.join(" · ")
            }
        }
    }
}
