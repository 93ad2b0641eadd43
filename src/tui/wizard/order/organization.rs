//! Step two: the organization that the order belongs to (rule T3).
//!
//! Owns asking for the candidates, once per address, and mapping. What an organization must accept
//! first is asked from here; what the backend refuses about the address goes back to it.

mod targets;

use std::borrow::Cow;

use crate::api::call::{ApiError, OrderCall, Reply, Request};
use crate::api::order::{FindCandidates, Order, OrderMatch};
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability};
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Edit, Page};
use crate::tui::screen::{Cx, Here};
use crate::tui::shell::quoted;
use crate::tui::wizard::asking;
use crate::tui::wizard::order::{Draft, MapOrder, Target};
use crate::tui::wizard::step::{Refusal, Step, Turn};

/// The step.
#[derive(Default)]
pub struct OrganizationStep {
    found: Load<OrderMatch>,
    /// The address that was looked up.
    looked_up: Option<String>,
    mapping: Load<Order>,
}

impl OrganizationStep {
    fn look(&mut self, draft: &Draft, cx: &mut Cx<'_>) {
        let administrator = draft.answers.administrator.trim().to_owned();
        self.found = Load::default();
        self.mapping = Load::default();
        self.looked_up = Some(administrator.clone());
        let number = draft.about.number.clone();
        let call = OrderCall::Candidates(number, FindCandidates { administrator });
        self.found.ask(Request::Order(call), cx);
    }
}

impl Step<MapOrder> for OrganizationStep {
    fn id(&self) -> &'static str {
        "organization"
    }

    fn title(&self) -> &'static str {
        "Organization"
    }

    fn help(&self) -> &'static str {
        "This is where the order can go. Where the address administers an organization, it goes \
         there. Otherwise choose one that looks like the company, with what tells them apart \
         below it, or a new one. An organization that you do not manage is asked first."
    }

    fn enter(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) {
        let same = self.looked_up.as_deref() == Some(draft.answers.administrator.trim());
        if !same || self.found.get().is_none() {
            self.look(draft, cx);
        }
        self.mapping = Load::default();
    }

    fn page(&self, draft: &Draft, here: Here<'_>) -> Page {
        let Some(found) = self.found.get() else {
            return Page::new(vec![asking::instead_of(&self.found, "where it can go", here)]);
        };
        let mut blocks = targets::blocks(found, draft, here);
        blocks.push(Block::Gap);
        let doing = if targets::must_ask(found, draft) { "Asking" } else { "Mapping the order" };
        match self.mapping.error() {
            Some(error) => blocks.push(asking::failed(error, here)),
            None => blocks.push(Block::aside(asking::waiting(&self.mapping, doing, here))),
        }
        let ready = self.check(draft).is_ok() || self.mapping.is_waiting();
        Page {
            blocks,
            consequences: targets::consequences(found, draft),
            same_as: ready.then(|| same_as(found, draft)),
            ..Page::default()
        }
    }

    fn happens_next(&self, draft: &Draft) -> Vec<Cow<'static, str>> {
        let asks = self.found.get().is_some_and(|found| targets::must_ask(found, draft));
        let mut facts: Vec<Cow<'static, str>> = Vec::new();
        if asks {
            facts.push(
                "Its full admins are told what accepting means. They can take their time; you get \
                 a mail when one has answered."
                    .into(),
            );
        } else {
            facts.push("The services of the order become the organization's at once.".into());
            facts
                .push("A trial that it has ends with that: what is bought does not expire.".into());
        }
        facts.push("Then the services are set up.".into());
        facts
    }

    fn check(&self, draft: &Draft) -> Result<(), Refusal> {
        if self.mapping.is_waiting() {
            return Err(Refusal::page("The order is being mapped; wait for the answer."));
        }
        let Some(found) = self.found.get() else {
            return Err(Refusal::page("It is not known yet where the order can go."));
        };
        match &found.administers {
            Some(one) if one.why_not.is_empty() => Ok(()),
            Some(_) => {
                Err(Refusal::page("The order cannot go there; esc goes back to the address."))
            }
            None if draft.answers.target_in(found).is_some() => Ok(()),
            None => Err(Refusal::field(targets::LIST, "Choose where the order shall go.")),
        }
    }

    fn label(&self, action: Action, draft: &Draft) -> Option<String> {
        let found = self.found.get()?;
        match action {
            Action::Next if targets::must_ask(found, draft) => Some("ask them".to_owned()),
            Action::Next => Some("map the order".to_owned()),
            _ => None,
        }
    }

    fn availability(&self, action: Action, _draft: &Draft) -> Option<Availability> {
        match action {
            Action::Back if self.mapping.is_waiting() => {
                let why = "The order is being mapped; wait for the answer, or leave the wizard.";
                Some(Availability::Disabled(why.into()))
            }
            Action::Reload => Some(Availability::Ready),
            _ => None,
        }
    }

    fn on_edit(&mut self, edit: &Edit, draft: &mut Draft, _cx: &mut Cx<'_>) -> Turn {
        if let Edit::Pick { choice: targets::LIST, id } = edit
            && !self.mapping.is_waiting()
        {
            draft.answers.target = targets::target(id);
        }
        Turn::Stay
    }

    fn on_action(&mut self, action: Action, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        match action {
            Action::Reload if !self.mapping.is_waiting() => {
                self.look(draft, cx);
                Turn::Stay
            }
            Action::Reload => Turn::Stay,
            _ => Turn::Pass,
        }
    }

    fn on_next(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        if let Some(found) = self.found.get() {
            let call = OrderCall::Map(draft.about.number.clone(), draft.answers.to_map(found));
            self.mapping.ask(Request::Order(call), cx);
        }
        Turn::Stay
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        draft: &mut Draft,
        _cx: &mut Cx<'_>,
    ) -> Turn {
        let as_match = |reply: &Reply| match reply {
            Reply::OrderMatch(found) => Some((**found).clone()),
            _ => None,
        };
        let as_order = |reply: &Reply| match reply {
            Reply::Order(order) => Some((**order).clone()),
            _ => None,
        };
        if self.found.take(id, result, as_match) {
            return self.found.error().map_or(Turn::Stay, |error| refused(error, draft));
        }
        if !self.mapping.take(id, result, as_order) {
            return Turn::Stay;
        }
        match (self.mapping.error(), self.mapping.get()) {
            (Some(error), _) => refused(error, draft),
            (None, Some(order)) => {
                draft.about = order.clone();
                Turn::Next
            }
            (None, None) => Turn::Stay,
        }
    }
}

/// What is wrong with the address goes back to it; the rest stays here.
fn refused(error: &ApiError, draft: &mut Draft) -> Turn {
    let ApiError::Problem(problem) = error else { return Turn::Stay };
    if problem.field.as_deref() != Some("administrator") {
        return Turn::Stay;
    }
    draft.answers.refused = Some((draft.answers.administrator.clone(), asking::both(problem)));
    Turn::Goto("order")
}

fn same_as(found: &OrderMatch, draft: &Draft) -> String {
    let number = Untrusted::new(draft.about.number.as_str()).shown();
    let who = quoted(found.administrator.raw());
    let target = match draft.answers.target_in(found) {
        Some(Target::Candidate(id)) => {
            format!(" --org {}", Untrusted::new(id.as_str()).shown())
        }
        Some(Target::New) => " --new".to_owned(),
        None => String::new(),
    };
    format!("hublink order map {number} --administrator {who}{target}")
}
