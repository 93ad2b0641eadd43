//! Directory sync: whom it blocks and why, and the remedy step by step (rule U9).
//!
//! Owns the order of the steps: look, pause, convert, dry-run, resume. How far the remedy has come
//! is the backend's to know; the form begins where it stands.

mod act;
mod users;

use serde::{Deserialize, Serialize};

use super::step::Step;
use super::{Offered, Way, WizardSpec};
use crate::api::call::Request;
use crate::api::directory_sync::{DirectorySync as Standing, ShowDirectorySync};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::organization::Organization;
use crate::domain::act::Act;
use crate::domain::directory_sync::SyncStep;
use crate::domain::draft::Wizard;
use crate::domain::role::{Action as Right, permits};
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::Availability;
use crate::tui::page::Block;
use crate::tui::when::thousands;

/// The way through the remedy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DirectorySync {}

/// What its steps share.
pub type Draft = super::draft::Draft<DirectorySync>;

/// The remedy in the menus.
pub const SPEC: WizardSpec = WizardSpec::of::<DirectorySync>(
    "Whom the directory blocks, why, and the remedy.",
    Offered::Organization(availability),
)
.needs(Act::DirectorySync);

/// Nothing: how far the remedy has come is kept by the backend.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answers {}

impl Way for DirectorySync {
    type About = Standing;
    type Answers = Answers;
    const KIND: Wizard = Wizard::DirectorySync;
    const TITLE: &'static str = "Directory sync";

    fn steps() -> Vec<Box<dyn Step<Self>>> {
        let mut steps: Vec<Box<dyn Step<Self>>> = vec![Box::<users::UsersStep>::default()];
        for step in SyncStep::ALL {
            steps.push(Box::new(act::Act::new(step)));
        }
        steps
    }

    fn ask(subject: &str) -> Request {
        ShowDirectorySync::call(subject.to_owned(), Nothing, Nothing)
    }

    fn crumb(_standing: &Standing) -> Option<Untrusted> {
        None
    }

    fn subject_words(standing: &Standing, _subject: &Untrusted) -> Untrusted {
        standing.organization_name.clone()
    }

    fn begins_at(draft: &Draft) -> Option<&'static str> {
        // Before the sync is paused nothing is done yet: the draft says where one was.
        if !draft.about.paused {
            return None;
        }
        let open = draft.about.steps.iter().find(|step| step.done_at.is_none());
        Some(open.map_or(SyncStep::Resume, |step| step.step).code())
    }
}

/// Section 3: full admins alone.
fn availability(organization: &Organization) -> Availability {
    if !organization.directory_sync {
        return Availability::Hidden;
    }
    if organization.my_roles.iter().any(|role| permits(*role, Right::DirectorySync)) {
        return Availability::Ready;
    }
    Availability::Disabled("Only a full admin of the organization can do this.".into())
}

/// Whom it blocks, counted.
fn counted(standing: &Standing) -> Block {
    let state = match (standing.on, standing.paused) {
        (false, _) => "off",
        (true, true) => "paused: it blocks nobody now",
        (true, false) => "running",
    };
    let blocks = if standing.paused { "Would block again" } else { "Users it blocks" };
    let numbers = [
        (blocks, standing.failing),
        ("  not in the directory", standing.absent),
        ("  differ in case", standing.differs_in_case),
        ("Noted, to be added", standing.noted),
    ]
    .map(|(label, number)| (label.to_owned(), thousands(number)));
    let digits = numbers.iter().map(|(_, number)| number.len()).max().unwrap_or(0);
    let numbers = numbers.map(|(label, number)| (label, format!("{number:>digits$}")));
    let mut facts = vec![("The sync is".to_owned(), state.to_owned())];
    facts.extend(numbers);
    Block::Facts(facts)
}
