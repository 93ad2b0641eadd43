//! Making a plan and applying it, and what the backend may answer to either (rule U5).
//!
//! Owns which of its stages the plan is in. A plan is never made or applied by itself: whoever
//! calls this was asked to.

use super::PlanStep;
use crate::api::call::ApiError;
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::plan::{Apply, ApplyPlan, MakePlan, NewPlan, Plan, PlanState};
use crate::api::problem::{Problem, code};
use crate::api::run::RetryRun;
use crate::tui::load::Load;
use crate::tui::screen::Cx;
use crate::tui::wizard::link_users::Draft;
use crate::tui::wizard::step::Turn;

/// What there is to see.
pub(super) enum Stage<'a> {
    /// Nobody was chosen: there is nothing to plan.
    Nobody,
    /// Not there yet, or not to be had.
    Absent,
    /// To be reviewed and applied.
    Ready(&'a Plan),
    /// Cannot be applied any more.
    Stale(&'a Plan, &'a Problem),
    /// Older than 24 hours.
    Expired(&'a Plan),
    /// Was applied: its run goes on or is over.
    Applied(&'a Plan),
}

impl PlanStep {
    pub(super) fn stage(&self, draft: &Draft) -> Stage<'_> {
        let Some(plan) = self.plan.get() else {
            let nobody = !draft.answers.has_people() && draft.answers.plan.is_none();
            return if nobody { Stage::Nobody } else { Stage::Absent };
        };
        match (&self.refused, plan.state) {
            (_, PlanState::Applied) => Stage::Applied(plan),
            (_, PlanState::Expired) => Stage::Expired(plan),
            (Some(problem), PlanState::Ready) => Stage::Stale(plan, problem),
            (None, PlanState::Ready) => Stage::Ready(plan),
        }
    }

    pub(super) fn forget(&mut self, cx: &mut Cx<'_>) {
        self.plan.cancel(cx);
        self.applying.cancel(cx);
        *self = Self::default();
    }

    /// A new plan from the answers: of a run's rest, else of the users chosen.
    pub(super) fn make(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) {
        let call = match (&draft.answers.retried, &draft.answers.selection) {
            (Some(run), _) => RetryRun::call(run.clone(), Nothing, Nothing),
            (None, Some(selection)) => {
                let body = NewPlan { selection: selection.clone(), held: draft.answers.held };
                MakePlan::call(draft.about.url.raw().to_owned(), Nothing, body)
            }
            (None, None) => return,
        };
        self.forget(cx);
        draft.answers.plan_again();
        self.plan.ask(call, cx);
    }

    pub(super) fn apply(&mut self, plan: &Plan, cx: &mut Cx<'_>) {
        let body = Apply { count: Some(plan.selected), digest: Some(plan.digest.clone()) };
        self.refused = None;
        self.applying.ask(ApplyPlan::call(plan.id.clone(), Nothing, body), cx);
    }

    /// Takes the plan that was made or shown.
    pub(super) fn planned(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) {
        if let Some(error) = self.plan.error() {
            // A plan that is gone is no answer any more; the people still are.
            if error.code() == code::NOT_FOUND && draft.answers.plan.take().is_some() {
                self.make(draft, cx);
            }
            return;
        }
        let Some(plan) = self.plan.get() else { return };
        if self.recalled
            && plan.state == PlanState::Ready
            && Some(plan.method) != draft.about.method
        {
            self.make(draft, cx);
            return;
        }
        draft.about.method = Some(plan.method);
        draft.answers.plan = Some(plan.id.clone());
        draft.answers.run.clone_from(&plan.run);
    }

    /// Takes the answer to applying.
    pub(super) fn applied(&mut self, draft: &mut Draft) -> Turn {
        let Some(error) = self.applying.error() else {
            let Some(run) = self.applying.get() else { return Turn::Stay };
            draft.answers.run = Some(run.id.clone());
            self.typed.clear();
            return Turn::Next;
        };
        let ApiError::Problem(problem) = error else { return Turn::Stay };
        let problem = problem.clone();
        match problem.code.as_str() {
            code::PLAN_APPLIED => {
                draft.answers.run.clone_from(&problem.run);
                self.settle(PlanState::Applied, problem.run);
            }
            code::PLAN_EXPIRED => self.settle(PlanState::Expired, None),
            code::PLAN_STALE => {
                self.applying = Load::default();
                self.refused = Some(problem);
            }
            _ => return Turn::Stay,
        }
        self.typed.clear();
        Turn::Stay
    }

    fn settle(&mut self, state: PlanState, run: Option<String>) {
        self.applying = Load::default();
        if let Some(plan) = self.plan.get_mut() {
            plan.state = state;
            plan.run = run;
        }
    }
}
