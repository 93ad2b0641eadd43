//! Step one: off, verify domains, or receive e-mail.
//!
//! Owns the choice and what each means. Saved on the site when the operator goes on.

use std::borrow::Cow;

use super::{AccountLinking, Draft, Setting};
use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::following::{AccountLinkingState, SetAccountLinking, SetAccountLinkingCall};
use crate::tui::keymap::{Action, Availability};
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Choice, ChoiceOption, Edit, Page};
use crate::tui::screen::{Cx, Here};
use crate::tui::wizard::asking;
use crate::tui::wizard::step::{Refusal, Step, Turn};

const LIST: &str = "setting";

/// The step.
#[derive(Default)]
pub struct SettingStep {
    saving: Load<AccountLinkingState>,
}

fn chosen(draft: &Draft) -> Setting {
    draft.answers.setting.unwrap_or(draft.about.setting)
}

fn option(setting: Setting, in_use: Setting) -> ChoiceOption {
    let now = if setting == in_use { " · in use now" } else { "" };
    ChoiceOption {
        id: setting.code().to_owned(),
        label: format!("{}{now}", setting.title()),
        detail: setting.meaning().to_owned(),
        disabled: None,
    }
}

impl Step<AccountLinking> for SettingStep {
    fn id(&self) -> &'static str {
        "setting"
    }

    fn title(&self) -> &'static str {
        "Setting"
    }

    fn help(&self) -> &'static str {
        "Users who are added to the site after its linking are not linked by themselves. Choose \
         what becomes of them: nothing, linked where their domain is proven, or e-mailed. More \
         than 25 at once always wait for your review."
    }

    fn enter(&mut self, _draft: &mut Draft, _cx: &mut Cx<'_>) {
        self.saving = Load::default();
    }

    fn page(&self, draft: &Draft, here: Here<'_>) -> Page {
        let setting = chosen(draft);
        let options = Setting::ALL.map(|one| option(one, draft.about.setting)).into();
        let mut blocks = vec![
            Block::prose("What becomes of users who are added to this site later?"),
            Block::Choice(Choice { key: LIST, options, chosen: Some(setting.code().to_owned()) }),
            Block::Gap,
        ];
        match self.saving.error() {
            Some(error) => blocks.push(asking::failed(error, here)),
            None => {
                blocks.push(Block::aside(asking::waiting(
                    &self.saving,
                    "Saving the setting",
                    here,
                )));
            }
        }
        let url = draft.about.site.shown();
        let same_as = Some(format!("hublink site account-linking {url} {}", setting.code()));
        Page { blocks, same_as, ..Page::default() }
    }

    fn happens_next(&self, _draft: &Draft) -> Vec<Cow<'static, str>> {
        vec![
            "The setting is about users added from now on; those before stay as they are.".into(),
            "A plan of at most 25 new users applies itself; a larger one waits for review.".into(),
            "People of consumer domains always get an e-mail.".into(),
        ]
    }

    fn acts(&self, draft: &Draft) -> bool {
        chosen(draft) != draft.about.setting
    }

    fn check(&self, _draft: &Draft) -> Result<(), Refusal> {
        if self.saving.is_waiting() {
            return Err(Refusal::page("The setting is being saved; wait for the answer."));
        }
        Ok(())
    }

    fn availability(&self, action: Action, _draft: &Draft) -> Option<Availability> {
        match action {
            Action::Reload => Some(Availability::shown_if(self.saving.error().is_some())),
            _ => None,
        }
    }

    fn on_edit(&mut self, edit: &Edit, draft: &mut Draft, _cx: &mut Cx<'_>) -> Turn {
        if let Edit::Pick { choice: LIST, id } = edit
            && !self.saving.is_waiting()
        {
            draft.answers.setting = Setting::from_code(id);
        }
        Turn::Stay
    }

    fn on_action(&mut self, action: Action, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        match action {
            Action::Reload => self.on_next(draft, cx),
            _ => Turn::Pass,
        }
    }

    fn on_next(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        let setting = chosen(draft);
        if setting == draft.about.setting {
            return Turn::Next;
        }
        let url = draft.about.site.raw().to_owned();
        let call = SetAccountLinkingCall::call(url, Nothing, SetAccountLinking { setting });
        self.saving.ask(call, cx);
        Turn::Stay
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        draft: &mut Draft,
        _cx: &mut Cx<'_>,
    ) -> Turn {
        let Some(state) = self.saving.answer(id, result) else {
            return Turn::Stay;
        };
        draft.about = state.clone();
        Turn::Next
    }
}
