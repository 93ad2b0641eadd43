//! Step four: the frozen plan, reviewed and applied once (rules U4, U5).
//!
//! Owns the number of people, typed: it lives here and dies here. Making and applying are in
//! `making`, what one sees in `review` and `refused`.

mod making;
mod refused;
mod review;

use std::borrow::Cow;

use bytes::Bytes;

use self::making::Stage;
use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::plan::{Held, Plan, ShowPlan};
use crate::api::problem::Problem;
use crate::api::run::Run;
use crate::domain::act::Act;
use crate::domain::outcome::Class;
use crate::tui::export::{Export, Exported};
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::layout;
use crate::tui::load::Load;
use crate::tui::msg::{IoError, RequestId};
use crate::tui::page::{Edit, Page};
use crate::tui::people::People;
use crate::tui::screen::{Cx, Here};
use crate::tui::screens::people::PeopleScreen;
use crate::tui::wizard::link_users::{Draft, LinkUsers};
use crate::tui::wizard::step::{Refusal, Step, Turn};

/// The step.
#[derive(Default)]
pub struct PlanStep {
    plan: Load<Plan>,
    applying: Load<Run>,
    /// The last refusal to apply, with what differs.
    refused: Option<Box<Problem>>,
    typed: String,
    /// The plan comes from the draft: the site may have changed since it was made.
    recalled: bool,
    export: Option<Export>,
    /// The rows of the page.
    height: u16,
}

impl PlanStep {
    fn look(&self, id: &str) -> Turn {
        let Some((plan, row)) = self.plan.get().and_then(|plan| Some((plan, review::row(id)?)))
        else {
            return Turn::Stay;
        };
        let people =
            People::Plan { id: plan.id.clone(), class: row.class(), outcome: row.outcome() };
        Turn::Push(Box::new(PeopleScreen::new(people, row.title(), row.count(plan))))
    }

    /// The held of this plan become e-mails, or are held again: in a new plan, explicitly.
    fn turn_held(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) {
        draft.answers.held = match draft.answers.held {
            Held::Hold => Held::Email,
            Held::Email => Held::Hold,
        };
        self.make(draft, cx);
    }

    fn held_availability(&self, draft: &Draft) -> Availability {
        let Stage::Ready(plan) = self.stage(draft) else { return Availability::Hidden };
        if review::class(plan, Class::Held) == 0 && draft.answers.held == Held::Hold {
            return Availability::Hidden;
        }
        Availability::ready_if(
            draft.answers.retried.is_none(),
            "A plan of what a run left is made as that run was. Select the held to e-mail them.",
        )
    }

    fn say(&mut self, exported: Exported, cx: &mut Cx<'_>) {
        if let Exported::Over(tone, words) = exported {
            self.export = None;
            cx.toast(tone, words);
        }
    }
}

impl Step<LinkUsers> for PlanStep {
    fn id(&self) -> &'static str {
        "plan"
    }

    fn title(&self) -> &'static str {
        "Plan"
    }

    fn help(&self) -> &'static str {
        "The plan is frozen: this is what Invite will do, e-mails first, then each class. Enter \
         on a line lists its people. To go on, type how many are selected; if \
         anything changes before that, Invite refuses and sends nothing."
    }

    fn enter(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) {
        self.forget(cx);
        match &draft.answers.plan {
            Some(plan) => {
                self.recalled = true;
                self.plan.ask(ShowPlan::call(plan.clone(), Nothing, Nothing), cx);
            }
            None => self.make(draft, cx),
        }
    }

    fn page(&self, draft: &Draft, here: Here<'_>) -> Page {
        match self.stage(draft) {
            Stage::Nobody => refused::nobody(),
            Stage::Absent => refused::absent(&self.plan, here),
            Stage::Ready(plan) => {
                let told = (&self.applying, self.export.as_ref());
                let asked = self.asks_for(draft);
                let is_refused = asked.into_iter().any(|act| here.session.refuses(act).is_some());
                review::page(plan, &self.typed, told, self.height, is_refused, here)
            }
            Stage::Stale(plan, problem) => refused::stale(plan, problem, here),
            Stage::Expired(plan) => refused::expired(plan, here),
            Stage::Applied(plan) => refused::applied(plan, here),
        }
    }

    fn happens_next(&self, draft: &Draft) -> Vec<Cow<'static, str>> {
        match self.stage(draft) {
            Stage::Ready(_) => review::facts(),
            _ => vec!["Nothing is sent before you review a plan and type its number.".into()],
        }
    }

    fn acts(&self, draft: &Draft) -> bool {
        matches!(self.stage(draft), Stage::Ready(_))
    }

    fn asks_for(&self, draft: &Draft) -> Vec<Act> {
        let Stage::Ready(plan) = self.stage(draft) else { return Vec::new() };
        let linked = (review::class(plan, Class::Linked) > 0).then_some(Act::Link);
        linked.into_iter().chain((plan.emails > 0).then_some(Act::Invite)).collect()
    }

    fn needs(&self, action: Action, draft: &Draft) -> bool {
        action == Action::Next && self.acts(draft)
    }

    fn check(&self, draft: &Draft) -> Result<(), Refusal> {
        if self.plan.is_waiting() || self.applying.is_waiting() {
            return Err(Refusal::page("Wait for the backend's answer."));
        }
        match self.stage(draft) {
            Stage::Nobody => Err(Refusal::page("Nobody is chosen yet; go back and tick someone.")),
            Stage::Absent => Err(Refusal::page("There is no plan yet; plan again.")),
            Stage::Ready(plan) => review::check(plan, &self.typed),
            Stage::Stale(..) | Stage::Expired(_) | Stage::Applied(_) => Ok(()),
        }
    }

    fn label(&self, action: Action, draft: &Draft) -> Option<String> {
        let words = match (action, self.stage(draft)) {
            (Action::Next, Stage::Ready(_)) => "invite",
            (Action::Next, Stage::Stale(..) | Stage::Expired(_)) | (Action::Reload, _) => {
                "plan again"
            }
            (Action::Next, Stage::Applied(_)) => "its run",
            (Action::Back, Stage::Ready(_)) => "back, nothing is sent",
            (Action::Open, _) => "look",
            (Action::EmailHeld, _) if draft.answers.held == Held::Email => "hold them again",
            _ => return None,
        };
        Some(words.to_owned())
    }

    fn scopes(&self) -> &'static [Scope] {
        &[Scope::Plan]
    }

    fn availability(&self, action: Action, draft: &Draft) -> Option<Availability> {
        Some(match action {
            // What is asked for cannot be taken back, and its answer must find a reader.
            Action::Back | Action::EmailHeld if self.applying.is_waiting() => {
                let why = "The plan is being applied; wait for the answer, or leave the wizard.";
                Availability::Disabled(why.into())
            }
            Action::Reload => Availability::ready_if(
                draft.answers.has_people()
                    && !self.plan.is_waiting()
                    && !self.applying.is_waiting(),
                "There is nothing to plan again now.",
            ),
            Action::Export => match (self.plan.get(), &self.export) {
                (None, _) => Availability::Hidden,
                (_, Some(_)) => Availability::Disabled("The plan is being exported.".into()),
                (Some(_), None) => Availability::Ready,
            },
            Action::EmailHeld => self.held_availability(draft),
            Action::Verify => Availability::shown_if(match self.stage(draft) {
                Stage::Ready(plan) => {
                    review::class(plan, Class::Held) > 0 && !self.applying.is_waiting()
                }
                _ => false,
            }),
            // There is nothing behind a difference: enter goes on.
            Action::Open if matches!(self.stage(draft), Stage::Stale(..)) => Availability::Hidden,
            _ => return None,
        })
    }

    fn on_edit(&mut self, edit: &Edit, _draft: &mut Draft, _cx: &mut Cx<'_>) -> Turn {
        match edit {
            Edit::Text { field: review::COUNT, value } => self.typed.clone_from(value),
            Edit::Open { list: "tally", id } => return self.look(id),
            _ => {}
        }
        Turn::Stay
    }

    fn on_action(&mut self, action: Action, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        match action {
            Action::Reload => self.make(draft, cx),
            Action::EmailHeld => self.turn_held(draft, cx),
            Action::Verify => {
                draft.answers.proving = true;
                return Turn::Goto("domains");
            }
            Action::Export => {
                if let Some(plan) = self.plan.get() {
                    let people = People::Plan { id: plan.id.clone(), class: None, outcome: None };
                    self.export = Some(Export::start(people, cx));
                }
            }
            _ => return Turn::Pass,
        }
        Turn::Stay
    }

    fn on_next(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        let ready = match self.stage(draft) {
            Stage::Ready(plan) => Some(plan.clone()),
            Stage::Applied(plan) => {
                draft.answers.run.clone_from(&plan.run);
                return Turn::Next;
            }
            _ => None,
        };
        match ready {
            Some(plan) => self.apply(&plan, cx),
            None => self.make(draft, cx),
        }
        Turn::Stay
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        draft: &mut Draft,
        cx: &mut Cx<'_>,
    ) -> Turn {
        if let Some(export) = &mut self.export {
            let exported = export.on_reply(id, result, cx);
            self.say(exported, cx);
        }
        if self.plan.take(id, result) {
            self.planned(draft, cx);
            return Turn::Stay;
        }
        if self.applying.take(id, result) {
            return self.applied(draft);
        }
        Turn::Stay
    }

    fn on_file(
        &mut self,
        id: RequestId,
        result: &Result<Option<Bytes>, IoError>,
        _draft: &mut Draft,
        cx: &mut Cx<'_>,
    ) {
        if let Some(export) = &mut self.export {
            let exported = export.on_file(id, result);
            self.say(exported, cx);
        }
    }

    fn reconcile(&mut self, _draft: &mut Draft, cx: &mut Cx<'_>) {
        self.height = layout::wizard(cx.body(), false).page.height;
    }
}
