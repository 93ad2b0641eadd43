//! The wizards: a stepper, a page, and "what happens next".
//!
//! Owns the registry of wizards and the one screen that hosts their steps: loading, holding and
//! saving the draft, moving between steps. What a step asks and does is the step's own.

pub mod asking;
pub mod draft;
mod host;
pub mod link_users;
mod open;
mod saver;
pub mod step;
pub mod tallies;
mod view;
pub mod watching;

pub use host::Wizard;

use step::Step;

use super::keymap::Availability;
use crate::api::site::Site;

/// A wizard.
pub struct WizardSpec {
    /// Its name in drafts.
    pub id: &'static str,
    /// Its name on screens.
    pub title: &'static str,
    /// What it is for, in a sentence.
    pub about: &'static str,
    /// Whether it can be opened for a site.
    pub availability: fn(&Site) -> Availability,
    /// Its steps, in order.
    pub steps: fn() -> Vec<Box<dyn Step>>,
}

/// All wizards about a site, in the order of the menu.
pub const WIZARDS: [&WizardSpec; 1] = [&link_users::SPEC];
