//! The wizards that one has begun and not finished, in words: for home, its menu, the palette.
//!
//! Owns what a draft is called and how far it says one is. Its answers stay on the backend until it
//! is opened.

use super::world::World;
use crate::api::draft::UnfinishedDraft;
use crate::domain::untrusted::Untrusted;
use crate::tui::reach::{GO_ON, Go, Group, Reach};
use crate::tui::screen::{Here, Screen};
use crate::tui::when::distance;
use crate::tui::wizard::WizardSpec;

/// A draft as it is told.
#[derive(Debug, Clone)]
pub struct Unfinished {
    /// Its wizard.
    pub title: &'static str,
    /// What it is about: a site, an organization's name, an order.
    pub about: String,
    /// "step 3, Select · 5 minutes ago".
    pub how_far: String,
    /// What it is about, for opening it.
    pub subject: Untrusted,
    open: fn(&Untrusted) -> Box<dyn Screen>,
}

impl Unfinished {
    /// Its row wherever one goes on with it.
    pub fn reach(&self) -> Reach {
        Reach {
            go: Go::Open(self.open, self.subject.clone()),
            group: Group::Draft,
            label: format!("{GO_ON}{}", self.title),
            note: format!("{} · {}", self.about, self.how_far),
            why_not: None,
        }
    }
}

/// All of one's drafts, the latest first; those of wizards that are not there any more left out.
pub fn all(world: &World, here: Here<'_>) -> Vec<Unfinished> {
    world.drafts().iter().filter_map(|draft| told(draft, world, here)).collect()
}

fn told(draft: &UnfinishedDraft, world: &World, here: Here<'_>) -> Option<Unfinished> {
    let spec = WizardSpec::of_draft(&draft.wizard)?;
    let organizations = world.organizations.items();
    let named = organizations.iter().find(|one| one.id == draft.subject.raw());
    let about = named.map_or(&draft.subject, |one| &one.name).shown().to_string();
    let ago = here.now().map(|now| distance(draft.saved_at, now));
    let how_far = [spec.step_words(&draft.step), ago];
    Some(Unfinished {
        title: spec.entry.title,
        about,
        how_far: how_far.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        subject: draft.subject.clone(),
        open: spec.entry.open,
    })
}
