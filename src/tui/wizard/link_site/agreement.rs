//! Step four: the agreement, and Link Now (rules L5, L6).
//!
//! Owns what is agreed to: linking is prepared first, so that one agrees to the consequences as they
//! are. That they were read, ticked and typed is `agreeing`'s.

mod view;

use std::borrow::Cow;

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::linking::{LinkJob, LinkPlan, LinkSite as Body, LinkSiteCall, PrepareLink};
use crate::api::problem::code;
use crate::domain::site::SiteState;
use crate::domain::site_link::EnrollStep;
use crate::tui::keymap::{Action, Availability};
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Edit, Page};
use crate::tui::screen::{Cx, Here};
use crate::tui::wizard::agreeing::{AGREE, Agreeing, TEXT};
use crate::tui::wizard::link_site::{Draft, LinkSite};
use crate::tui::wizard::step::{Refusal, Step, Turn};

/// The step.
#[derive(Default)]
pub struct Agreement {
    plan: Load<LinkPlan>,
    linking: Load<LinkJob>,
    agreeing: Agreeing,
    /// What `agreeing` is about: of anything else nothing was read or agreed to.
    about: Option<LinkPlan>,
    /// The consequences have changed since they were read.
    changed: bool,
}

impl Agreement {
    fn prepare(&mut self, draft: &Draft, cx: &mut Cx<'_>) {
        self.linking.cancel(cx);
        self.plan.cancel(cx);
        self.agreeing.is_reading = false;
        (self.plan, self.linking) = (Load::default(), Load::default());
        if let Some(target) = draft.answers.target() {
            let url = draft.about.site.raw().to_owned();
            self.plan.ask(PrepareLink::call(url, Nothing, target), cx);
        }
    }

    /// What is agreed to, once it is there and could be.
    fn ready(&self) -> Option<&LinkPlan> {
        self.plan.get().filter(|_| self.plan.error().is_none() && !self.plan.is_waiting())
    }

    fn open_text(&mut self) -> Turn {
        let Some(plan) = self.ready() else { return Turn::Stay };
        let title = format!("Agreement to link {}", plan.site.shown_in(60));
        let text = plan.text.clone();
        self.agreeing.open(title, &text)
    }

    fn linked(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        if let Some(error) = self.linking.error() {
            if error.code() == code::AGREEMENT_STALE {
                (self.changed, self.agreeing) = (true, Agreeing::default());
                self.prepare(draft, cx);
            }
            return Turn::Stay;
        }
        draft.about.next = EnrollStep::Linking;
        draft.about.state = SiteState::Linking;
        Turn::Next
    }
}

impl Step<LinkSite> for Agreement {
    fn id(&self) -> &'static str {
        "agreement"
    }

    fn title(&self) -> &'static str {
        "Agreement"
    }

    fn help(&self) -> &'static str {
        "Read what linking does, and to whom. Enter opens the agreement; read to its end you \
         can tick it. Then type the site's URL: a link is permanent, and nobody shall make one \
         by a slip."
    }

    fn enter(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) {
        self.changed = false;
        self.prepare(draft, cx);
    }

    fn page(&self, draft: &Draft, here: Here<'_>) -> Page {
        view::page(self, draft, here)
    }

    fn happens_next(&self, _draft: &Draft) -> Vec<Cow<'static, str>> {
        vec![
            "Link Now starts a job of up to 24 hours that cannot be cancelled. Should it fail, it \
             is tried again, to the same organization only."
                .into(),
            "Who is linked gets no e-mail: telling them is up to you.".into(),
            "Kept are who agreed, when, and the hash of the text.".into(),
        ]
    }

    fn acts(&self, _draft: &Draft) -> bool {
        true
    }

    fn check(&self, draft: &Draft) -> Result<(), Refusal> {
        if self.plan.is_waiting() || self.linking.is_waiting() {
            return Err(Refusal::page("Wait for the backend's answer."));
        }
        if draft.answers.target().is_none() {
            return Err(Refusal::page("No organization is chosen yet; go back and choose one."));
        }
        let Some(plan) = self.ready() else {
            return Err(Refusal::page("What linking would do is not loaded yet."));
        };
        self.agreeing.check(&plan.site, "Tick that you agree; without it nothing is linked.")
    }

    fn label(&self, action: Action, draft: &Draft) -> Option<String> {
        match action {
            // What is not complete links nothing: Enter says what is missing.
            Action::Next if self.check(draft).is_err() => Some("what is missing".to_owned()),
            Action::Next => Some("link now".to_owned()),
            Action::Back if self.linking.error().is_some_and(ApiError::may_be_done) => {
                Some("back".to_owned())
            }
            // Before one agrees, Enter links nothing either.
            Action::Back if self.agreeing.agrees => Some("back, nothing is linked".to_owned()),
            Action::Open => Some("read".to_owned()),
            _ => None,
        }
    }

    fn availability(&self, action: Action, _draft: &Draft) -> Option<Availability> {
        match action {
            Action::Back if self.linking.is_waiting() => {
                let why = "The site is being linked; wait for the answer, or leave the wizard.";
                Some(Availability::Disabled(why.into()))
            }
            Action::Yes => Some(Availability::shown_if(self.agreeing.is_reading)),
            Action::Reload => Some(Availability::ready_if(
                !self.linking.is_waiting(),
                "Wait for the backend's answer.",
            )),
            _ => None,
        }
    }

    fn on_edit(&mut self, edit: &Edit, _draft: &mut Draft, _cx: &mut Cx<'_>) -> Turn {
        if let Edit::Open { list: TEXT, .. } = edit {
            return self.open_text();
        }
        self.agreeing.edit(edit)
    }

    fn on_action(&mut self, action: Action, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        match action {
            Action::Yes => {
                self.agreeing.end();
                return Turn::Focus(AGREE);
            }
            Action::Reload => self.prepare(draft, cx),
            _ => return Turn::Pass,
        }
        Turn::Stay
    }

    fn on_next(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        let (Some(plan), Some(target)) = (self.ready(), draft.answers.target()) else {
            return Turn::Stay;
        };
        let body = Body {
            target,
            text_sha256: plan.text_sha256.clone(),
            agree: self.agreeing.agrees,
            confirm: self.agreeing.typed.trim().to_owned(),
        };
        self.changed = false;
        let url = draft.about.site.raw().to_owned();
        self.linking.ask(LinkSiteCall::call(url, Nothing, body), cx);
        Turn::Stay
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        draft: &mut Draft,
        cx: &mut Cx<'_>,
    ) -> Turn {
        if self.plan.take(id, result) {
            if let Some(plan) = self.ready().filter(|plan| Some(*plan) != self.about.as_ref()) {
                (self.about, self.agreeing) = (Some(plan.clone()), Agreeing::default());
            }
            return Turn::Stay;
        }
        if self.linking.take(id, result) {
            return self.linked(draft, cx);
        }
        Turn::Stay
    }
}
