//! Step one: how the site's users prove their addresses (rule U1).
//!
//! Owns the choice among the three methods and what each means in a sentence. Saves it on the
//! site when the operator goes on. Must not touch domains: that is the next step.

use std::borrow::Cow;

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::site::{SetMethod, SetMethodCall, ShowSite, Site};
use crate::domain::act::Act;
use crate::domain::linking::LinkingMethod;
use crate::tui::keymap::{Action, Availability};
use crate::tui::load::Load;
use crate::tui::methods;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Edit, Page};
use crate::tui::screen::{Cx, Here};
use crate::tui::wizard::asking;
use crate::tui::wizard::link_users::{Draft, LinkUsers};
use crate::tui::wizard::step::{Refusal, Step, Turn};

const LIST: &str = "method";

/// The step.
#[derive(Default)]
pub struct Method {
    saving: Load<Site>,
    /// The site anew, where a run has moved its numbers since the wizard was opened.
    fresh: Load<Site>,
}

impl Step<LinkUsers> for Method {
    fn id(&self) -> &'static str {
        "method"
    }

    fn title(&self) -> &'static str {
        "Method"
    }

    fn help(&self) -> &'static str {
        "The method decides who gets an e-mail. It can be changed at any time; whoever is \
         linked stays linked. Only users whose domain is proven are linked without an e-mail."
    }

    fn enter(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) {
        self.saving = Load::default();
        if draft.answers.run.is_some() {
            let call = ShowSite::call(draft.about.url.raw().to_owned(), Nothing, Nothing);
            self.fresh.ask(call, cx);
        }
    }

    fn page(&self, draft: &Draft, here: Here<'_>) -> Page {
        let chosen = chosen(draft);
        let mut blocks = vec![
            Block::prose("How do these users prove that their address is theirs?"),
            Block::Choice(methods::choice(LIST, draft.about.method, chosen)),
            Block::Gap,
        ];
        blocks.extend(methods::facts(&draft.about, chosen, here));
        if let Some(error) = self.saving.error() {
            blocks.push(asking::failed(error, here));
        } else {
            blocks.push(Block::aside(asking::waiting(&self.saving, "Saving the method", here)));
        }
        let url = draft.about.url.shown();
        let same_as = chosen.map(|method| format!("hublink site method {url} {}", method.code()));
        Page { blocks, same_as, from_top: true, ..Page::default() }
    }

    fn happens_next(&self, draft: &Draft) -> Vec<Cow<'static, str>> {
        let mut facts: Vec<Cow<'static, str>> = Vec::new();
        if draft.about.method.is_some() {
            facts.push("The method can be changed at any time; who is linked stays linked.".into());
        }
        facts.push("People with an address of a consumer domain always get an e-mail.".into());
        facts.push("Nobody is linked and nothing is sent before you review a plan.".into());
        facts
    }

    fn acts(&self, draft: &Draft) -> bool {
        chosen(draft).is_some_and(|method| draft.about.method != Some(method))
    }

    fn asks_for(&self, _draft: &Draft) -> Vec<Act> {
        vec![Act::Method]
    }

    fn needs(&self, action: Action, draft: &Draft) -> bool {
        action == Action::Next && (self.acts(draft) || chosen(draft).is_none())
    }

    fn check(&self, draft: &Draft) -> Result<(), Refusal> {
        if self.saving.is_waiting() {
            return Err(Refusal::page("The method is being saved; wait for the answer."));
        }
        match chosen(draft) {
            Some(_) => Ok(()),
            None => Err(Refusal::field(LIST, "Choose one of the three methods first.")),
        }
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
            draft.answers.method = LinkingMethod::from_code(id);
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
        match chosen(draft) {
            Some(method) if draft.about.method != Some(method) => {
                let url = draft.about.url.raw().to_owned();
                let call = SetMethodCall::call(url, Nothing, SetMethod { method });
                self.saving.ask(call, cx);
                Turn::Stay
            }
            _ => Turn::Next,
        }
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        draft: &mut Draft,
        _cx: &mut Cx<'_>,
    ) -> Turn {
        if let Some(site) = self.fresh.answer(id, result) {
            draft.about = site.clone();
            return Turn::Stay;
        }
        let Some(site) = self.saving.answer(id, result) else {
            return Turn::Stay;
        };
        draft.about = site.clone();
        draft.answers.plan_again();
        Turn::Next
    }
}

/// What is chosen: here, else what the site has.
fn chosen(draft: &Draft) -> Option<LinkingMethod> {
    draft.answers.method.or(draft.about.method)
}
