//! The fields of a trial, checked by the backend as one types (rule T1).
//!
//! Owns when it is asked: after a rest, and never twice about the same. An answer counts for a
//! field only as long as that says what it said when it was asked.

use std::collections::BTreeSet;

use super::Answers;
use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::trial::{CheckTrial, CheckTrialCall, TrialCheck};
use crate::domain::untrusted::Untrusted;
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Stop};
use crate::tui::screen::{Cx, Here};
use crate::tui::theme::Tone;
use crate::tui::wizard::asking;

/// The backend is asked after so many milliseconds without a change.
const REST_MS: u64 = 250;

/// What is known to be right or wrong.
#[derive(Default)]
pub struct Checking {
    load: Load<TrialCheck>,
    /// What was answered in the fields when the question under way, or the last one, was asked.
    asked: Option<Answers>,
    /// The same, of the last question that was answered.
    answered: Option<Answers>,
    seen: Option<CheckTrial>,
    due: Option<u64>,
    focused: Option<&'static str>,
    left: BTreeSet<&'static str>,
    /// Next was pressed and waits for the answer.
    going_on: bool,
}

impl Checking {
    /// Comes to the page: what has been answered before counts as left.
    pub fn enter(&mut self, fields: &[&'static str], answers: &Answers, cx: &mut Cx<'_>) {
        self.load.cancel(cx);
        *self = Self::default();
        let said = fields.iter().filter(|field| !answers.value(field).is_empty());
        self.left.extend(said);
    }

    /// Learns what has the focus.
    pub fn on_focus(&mut self, stop: Option<&Stop>) {
        let field = match stop {
            Some(Stop::Field(spec)) => Some(spec.key),
            Some(Stop::Pick(spec)) => Some(spec.field.key),
            _ => None,
        };
        if self.focused != field {
            self.left.extend(self.focused);
            self.focused = field;
        }
    }

    /// Next was pressed: all fields count as left. Whether one can go on already; else the backend
    /// is asked first, and [`Checking::take`] tells when it has answered.
    pub fn go_on(
        &mut self,
        fields: &[&'static str],
        partner: &str,
        answers: &Answers,
        cx: &mut Cx<'_>,
    ) -> bool {
        self.left.extend(fields);
        let known = self.answered.as_ref();
        if known.is_some_and(|answered| answered.to_check() == answers.to_check()) {
            return true;
        }
        // What was changed by the same key is looked at too.
        self.seen = Some(answers.to_check());
        self.going_on = true;
        self.ask(partner, answers, cx);
        false
    }

    /// After every message: asks when it is time.
    pub fn reconcile(&mut self, partner: &str, answers: &Answers, cx: &mut Cx<'_>) {
        let now = answers.to_check();
        if self.seen.as_ref() != Some(&now) {
            self.seen = Some(now);
            self.going_on = false;
            self.due = Some(cx.now_ms + REST_MS);
            cx.wake_at(cx.now_ms + REST_MS);
        }
        if self.due.is_some_and(|at| cx.now_ms >= at) {
            self.ask(partner, answers, cx);
        }
    }

    /// Asks now, unless that was asked already.
    fn ask(&mut self, partner: &str, answers: &Answers, cx: &mut Cx<'_>) {
        self.due = None;
        let check = answers.to_check();
        let known = self.asked.as_ref().is_some_and(|asked| asked.to_check() == check);
        let failed = self.load.error().is_some();
        let bare = CheckTrial { days: check.days, ..CheckTrial::default() };
        if check == bare || (known && !failed) {
            return;
        }
        self.asked = Some(answers.clone());
        let call = CheckTrialCall::call(partner.to_owned(), Nothing, check);
        self.load.ask(call, cx);
    }

    /// Takes the answer; whether Next was pressed and waits for it.
    pub fn take(&mut self, id: RequestId, result: &Result<Reply, ApiError>) -> bool {
        let mine = self.load.take(id, result);
        if mine && self.load.error().is_none() {
            self.answered.clone_from(&self.asked);
        }
        mine && std::mem::take(&mut self.going_on)
    }

    /// What is to be said beside a field: nothing while it is being written for the first time.
    pub fn wrong(&self, field: &'static str, answers: &Answers) -> Option<String> {
        if let Some(refused) = answers.refusal(field) {
            return Some(refused.words.clone());
        }
        let left = self.left.contains(field);
        answers.wrong(field).filter(|_| left).or_else(|| self.refused(field, answers))
    }

    /// What the backend says of a field as it is.
    fn refused(&self, field: &str, answers: &Answers) -> Option<String> {
        let answered = self.answered.as_ref()?;
        let problems = &self.load.get()?.problems;
        let problem = problems.iter().find(|problem| problem.field == field)?;
        (answered.value(field) == answers.value(field)).then(|| {
            let remedy = Untrusted::new(problem.remedy.as_str()).shown().to_string();
            format!("{} {remedy}", problem.detail.shown()).trim_end().to_owned()
        })
    }

    /// The first of these fields that is wrong, and why.
    pub fn first_wrong(
        &self,
        fields: &[&'static str],
        answers: &Answers,
    ) -> Option<(&'static str, String)> {
        let wrong = |field: &&'static str| {
            let refusal = answers.refusal(field).map(|refused| refused.words.clone());
            let words = refusal.or_else(|| answers.wrong(field));
            words.or_else(|| self.refused(field, answers)).map(|words| (*field, words))
        };
        fields.iter().find_map(wrong)
    }

    /// That it takes time, or could not be done.
    pub fn trouble(&self, here: Here<'_>) -> Option<Block> {
        if let Some(error) = self.load.error() {
            let words = format!(
                "{} The fields could not be checked; the backend looks at them again before \
                 anything starts.",
                asking::sentence(&error.to_string())
            );
            return Some(Block::notice(Tone::Attention, words));
        }
        let words = asking::waiting(&self.load, "Checking the fields", here);
        (!words.is_empty()).then(|| Block::aside(words))
    }
}
