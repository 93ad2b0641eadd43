//! Account linking: what becomes of users who are added to a linked site later (rule U7).
//!
//! Owns the order of the two steps, the setting and who came since, and when it can be opened.

mod newcomers;
mod setting;

use serde::{Deserialize, Serialize};

use super::step::Step;
use super::{Offered, Way, WizardSpec, for_full_admins};
use crate::api::call::Request;
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::following::{AccountLinkingState, ShowAccountLinking};
use crate::domain::account_linking::AccountLinking as Setting;
use crate::domain::draft::Wizard;
use crate::domain::untrusted::Untrusted;

/// The way through the form.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AccountLinking {}

/// What its steps share.
pub type Draft = super::draft::Draft<AccountLinking>;

/// The form in the menus.
pub const SPEC: WizardSpec = WizardSpec::of::<AccountLinking>(
    "What becomes of users who are added here later.",
    Offered::Site(for_full_admins),
);

/// What the operator has answered so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answers {
    /// The setting chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub setting: Option<Setting>,
}

impl Way for AccountLinking {
    type About = AccountLinkingState;
    type Answers = Answers;
    const KIND: Wizard = Wizard::AccountLinking;
    const TITLE: &'static str = "Account linking";

    fn steps() -> Vec<Box<dyn Step<Self>>> {
        vec![Box::<setting::SettingStep>::default(), Box::<newcomers::Newcomers>::default()]
    }

    fn ask(subject: &str) -> Request {
        ShowAccountLinking::call(subject.to_owned(), Nothing, Nothing)
    }

    fn told(answers: &Answers) -> Vec<(&'static str, String)> {
        let setting = answers.setting.map_or("as the site has it", Setting::title);
        vec![("Setting", setting.to_owned())]
    }

    fn crumb(state: &AccountLinkingState) -> Option<Untrusted> {
        state.organization_name.clone()
    }
}
