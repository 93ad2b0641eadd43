//! Licence CSV: out, and back in with a preview (rule U8).
//!
//! Owns the order of the steps: export, import, review, results. The file itself is the
//! operator's: it is written where exports are, and read from where they say.

mod export;
mod import;
mod looked;
mod results;
mod review;

use looked::{Looked, ROWS};

use serde::{Deserialize, Serialize};

use super::step::Step;
use super::stepper::Due;
use super::taken::said;
use super::{Offered, Way, WizardSpec, for_full_admins};
use crate::api::call::Request;
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::site::{ShowSite, Site};
use crate::domain::draft::Wizard;
use crate::domain::services::Service;
use crate::domain::untrusted::Untrusted;
use crate::tui::methods;
use crate::tui::screen::Here;

/// The way through the form.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Licences {}

/// What its steps share.
pub type Draft = super::draft::Draft<Licences>;

/// The form in the menus.
pub const SPEC: WizardSpec = WizardSpec::of::<Licences>(
    "Licences for linked users, by Control Hub's CSV.",
    Offered::Site(for_full_admins),
);

/// What the operator has answered so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answers {
    /// Export: the services to assign; none: those that the organization assigns by itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assign: Vec<Service>,
    /// Export: all linked users, not only those without a licence.
    pub all: bool,
    /// Export: a file was written.
    pub exported: bool,
    /// Import: the file.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// Import: FALSE takes a licence away.
    pub remove: bool,
    /// Review: the import that was previewed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub import: Option<String>,
}

impl Way for Licences {
    type About = Site;
    type Answers = Answers;
    const KIND: Wizard = Wizard::Licences;
    const TITLE: &'static str = "Licence CSV";

    fn steps() -> Vec<Box<dyn Step<Self>>> {
        vec![
            Box::<export::ExportStep>::default(),
            Box::<import::ImportStep>::default(),
            Box::<review::Review>::default(),
            Box::<results::Results>::default(),
        ]
    }

    fn ask(subject: &str) -> Request {
        ShowSite::call(subject.to_owned(), Nothing, Nothing)
    }

    fn due(site: &Site, here: Here<'_>) -> Option<Due> {
        methods::due_on(site, here)
    }

    fn told(answers: &Answers) -> Vec<(&'static str, String)> {
        let removes = if answers.remove { "is TAKEN AWAY" } else { "stays" };
        vec![("File", said(&answers.file)), ("A licence marked FALSE", removes.to_owned())]
    }

    /// A preview of somebody else's file is looked at anew.
    fn taken_over(draft: &mut Draft, step: &str) -> Option<&'static str> {
        if step != "review" {
            return None;
        }
        draft.answers.import = None;
        Some("import")
    }

    fn crumb(site: &Site) -> Option<Untrusted> {
        site.organization_name.clone()
    }
}
