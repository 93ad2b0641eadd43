//! Step three: what Finish does, and doing it (rules T5, T6).
//!
//! Owns the one act of the wizard. A name that was taken meanwhile leads back to its page; every
//! other answer stays.

use std::borrow::Cow;

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::problem::code;
use crate::api::setup::{FinishSetup, FinishSetupCall, Setup, ShowSetup};
use crate::domain::subdomain;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability};
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Page};
use crate::tui::screen::{Cx, Here};
use crate::tui::shell::quoted;
use crate::tui::wizard::asking;
use crate::tui::wizard::setup::{Draft, SetUpServices, refused_name};
use crate::tui::wizard::step::{Refusal, Step, Turn};

/// The step.
#[derive(Default)]
pub struct Finish {
    finishing: Load<Setup>,
    /// Somebody else has finished it: the setup as it is now.
    looking: Load<Setup>,
}

impl Step<SetUpServices> for Finish {
    fn id(&self) -> &'static str {
        "finish"
    }

    fn title(&self) -> &'static str {
        "Finish"
    }

    fn help(&self) -> &'static str {
        "Finish takes the subdomain for this organization, for good. Where somebody else took \
         it in the meantime, nothing is lost: choose another one and finish again."
    }

    fn enter(&mut self, _draft: &mut Draft, _cx: &mut Cx<'_>) {
        *self = Self::default();
    }

    fn page(&self, draft: &Draft, here: Here<'_>) -> Page {
        let name = name(draft);
        let setup = &draft.about.setup;
        let mut blocks = vec![
            Block::Facts(vec![
                ("Organization".to_owned(), setup.organization_name.shown().to_string()),
                ("Subdomain".to_owned(), Untrusted::new(name.as_str()).shown().to_string()),
            ]),
            Block::Gap,
            Block::prose(
                "Finish takes the subdomain for this organization, for good, and ends the setup \
                 for the partner and the customer alike. No mail is sent.",
            ),
            Block::Gap,
        ];
        if let Some(error) = self.finishing.error() {
            blocks.push(asking::failed(error, here));
        } else {
            blocks.push(Block::aside(asking::waiting(&self.finishing, "Finishing", here)));
        }
        let id = Untrusted::new(setup.organization.as_str());
        let same_as =
            format!("hublink setup finish --org {} --subdomain {}", id.shown(), quoted(&name));
        Page { blocks, same_as: Some(same_as), ..Page::default() }
    }

    fn happens_next(&self, draft: &Draft) -> Vec<Cow<'static, str>> {
        let in_plan = draft.about.setup.contact_center.in_plan;
        let mut next: Vec<Cow<'static, str>> = vec![
            "If somebody takes the name at this very moment, you come back to its page with free \
             ones; nothing else is lost."
                .into(),
        ];
        if in_plan {
            next.push("Then comes Contact Center.".into());
        }
        next
    }

    fn acts(&self, _draft: &Draft) -> bool {
        true
    }

    fn check(&self, draft: &Draft) -> Result<(), Refusal> {
        if self.finishing.is_waiting() || self.looking.is_waiting() {
            return Err(Refusal::page("The setup is being finished; wait for the answer."));
        }
        let valid = subdomain::Subdomain::parse(&draft.answers.subdomain);
        valid.map(|_| ()).map_err(|_| Refusal::page("Choose the subdomain first; Esc goes back."))
    }

    fn label(&self, action: Action, _draft: &Draft) -> Option<String> {
        (action == Action::Next).then(|| "finish".to_owned())
    }

    fn availability(&self, action: Action, _draft: &Draft) -> Option<Availability> {
        match action {
            Action::Back if self.finishing.is_waiting() => {
                let why = "The setup is being finished; wait for the answer, or leave the wizard.";
                Some(Availability::Disabled(why.into()))
            }
            Action::Reload => Some(Availability::shown_if(self.finishing.error().is_some())),
            _ => None,
        }
    }

    fn on_action(&mut self, action: Action, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        match action {
            Action::Reload => self.on_next(draft, cx),
            _ => Turn::Pass,
        }
    }

    fn on_next(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        let body = FinishSetup { subdomain: name(draft) };
        let call = FinishSetupCall::call(draft.about.setup.organization.clone(), Nothing, body);
        self.finishing.ask(call, cx);
        Turn::Stay
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        draft: &mut Draft,
        cx: &mut Cx<'_>,
    ) -> Turn {
        if self.looking.take(id, result) {
            return finished(&self.looking, draft);
        }
        if !self.finishing.take(id, result) {
            return Turn::Stay;
        }
        let Err(error) = result else { return finished(&self.finishing, draft) };
        if let Some(refused) = refused_name(error, &name(draft)) {
            draft.about.refused = Some(refused);
            return Turn::Goto("subdomain");
        }
        if error.code() == code::SETUP_FINISHED {
            let call = ShowSetup::call(draft.about.setup.organization.clone(), Nothing, Nothing);
            self.looking.ask(call, cx);
        }
        Turn::Stay
    }
}

/// The name in its one form; as typed while it is none.
fn name(draft: &Draft) -> String {
    let typed = &draft.answers.subdomain;
    subdomain::Subdomain::parse(typed).map_or_else(|_| typed.clone(), |name| name.to_string())
}

fn finished(load: &Load<Setup>, draft: &mut Draft) -> Turn {
    match load.get() {
        Some(setup) if load.error().is_none() => {
            draft.about.setup = setup.clone();
            Turn::Next
        }
        _ => Turn::Stay,
    }
}
