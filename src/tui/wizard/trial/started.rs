//! Step four: it has started; are the services set up now? (rule T2)
//!
//! Owns the question. Yes leads into services setup; No back to the panes, where the organization
//! shows that setup is pending. Nothing is started a second time from here.

use std::borrow::Cow;

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::trial::{ShowTrial, Trial as TrialShown};
use crate::domain::address::with_unicode;
use crate::domain::services::Service;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability};
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Choice, ChoiceOption, Edit, Page};
use crate::tui::screen::{Cx, Here};
use crate::tui::theme::Tone;
use crate::tui::wizard::step::{Refusal, Step, Turn};
use crate::tui::wizard::trial::{Draft, Trial, start_command};
use crate::tui::wizard::{self, asking};

const NOW: &str = "now";
const YES: &str = "yes";
const NO: &str = "no";

/// The step.
#[derive(Default)]
pub struct Started {
    trial: Load<TrialShown>,
}

impl Step<Trial> for Started {
    fn id(&self) -> &'static str {
        "started"
    }

    fn title(&self) -> &'static str {
        "Started"
    }

    fn help(&self) -> &'static str {
        "The trial runs. Its services are not set up yet: do it now, or leave it to the \
         customer's administrator. Whoever opens the organization is reminded until it is \
         finished."
    }

    fn enter(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) {
        self.trial = Load::default();
        if let Some(id) = &draft.answers.started {
            self.trial.ask(ShowTrial::call(id.clone(), Nothing, Nothing), cx);
        }
    }

    fn page(&self, draft: &Draft, here: Here<'_>) -> Page {
        let mut blocks = Vec::new();
        let company = Untrusted::new(draft.answers.company.trim()).shown().to_string();
        if let Some(trial) = self.trial.get() {
            let company = trial.company.shown();
            let ends = here.moment(trial.ends_at);
            let words = format!("The trial of {company} has started. It ends {ends}.");
            blocks.push(Block::notice(Tone::Done, words));
            blocks.push(Block::Gap);
            let menu = here.keys.key(Action::Wizards);
            blocks.push(Block::prose(format!(
                "The welcome mail is on its way to {}. Its link works once, for 7 days; to \
                 send it again, press {menu} on the organization, on the first screen.",
                with_unicode(&trial.administrator)
            )));
        } else {
            let words = format!("The trial of {company} has started.");
            blocks.push(Block::notice(Tone::Done, words));
            blocks.push(asking::instead_of(&self.trial, "the trial", here));
        }
        blocks.extend([
            Block::Gap,
            Block::Heading("Set up services for this customer now?".to_owned()),
            Block::Choice(question(draft.answers.later)),
        ]);
        let start = draft.answers.to_start();
        let same_as = start.map(|start| start_command(&draft.about.id, &start));
        Page { blocks, same_as, ..Page::default() }
    }

    fn happens_next(&self, draft: &Draft) -> Vec<Cow<'static, str>> {
        let services = draft.answers.to_start().map(|start| start.services).unwrap_or_default();
        let has_center = services.iter().any(|line| line.service == Service::ContactCenter);
        vec![
            if has_center {
                "Setup is a few minutes: review the plan, choose the subdomain, start Contact \
                 Center."
            } else {
                "Setup is a few minutes: review the plan, choose the subdomain."
            }
            .into(),
            "It is best finished before you hand over: the customer's administrator is led to it \
             too, at every opening, until it is done."
                .into(),
        ]
    }

    fn check(&self, _draft: &Draft) -> Result<(), Refusal> {
        Ok(())
    }

    fn label(&self, action: Action, _draft: &Draft) -> Option<String> {
        match action {
            Action::Back => Some("later".to_owned()),
            _ => None,
        }
    }

    fn availability(&self, action: Action, _draft: &Draft) -> Option<Availability> {
        match action {
            Action::Reload => Some(Availability::shown_if(self.trial.error().is_some())),
            _ => None,
        }
    }

    fn on_edit(&mut self, edit: &Edit, draft: &mut Draft, _cx: &mut Cx<'_>) -> Turn {
        if let Edit::Pick { choice: NOW, id } = edit {
            draft.answers.later = id == NO;
        }
        Turn::Stay
    }

    fn on_action(&mut self, action: Action, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        match action {
            // What has started cannot be gone back on: the way out is that of No.
            Action::Back => Turn::Leave { finished: true },
            Action::Reload => {
                self.enter(draft, cx);
                Turn::Stay
            }
            _ => Turn::Pass,
        }
    }

    fn on_next(&mut self, draft: &mut Draft, _cx: &mut Cx<'_>) -> Turn {
        let id = draft.answers.started.as_deref().filter(|_| !draft.answers.later);
        match id {
            Some(id) => Turn::Handover(wizard::set_up(&id.into())),
            None => Turn::Leave { finished: true },
        }
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        _draft: &mut Draft,
        _cx: &mut Cx<'_>,
    ) -> Turn {
        self.trial.take(id, result);
        Turn::Stay
    }
}

fn question(later: bool) -> Choice {
    let option = |id: &str, label: &str, detail: &str| ChoiceOption {
        id: id.to_owned(),
        label: label.to_owned(),
        detail: detail.to_owned(),
        disabled: None,
    };
    let yes = "Goes on to the services setup. You can leave it and come back.";
    let no = "Back to your organizations. The customer shows that setup is pending.";
    let options = vec![option(YES, "Yes, set them up now", yes), option(NO, "No, later", no)];
    Choice { key: NOW, options, chosen: Some(if later { NO } else { YES }.to_owned()) }
}
