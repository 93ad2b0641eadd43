//! The answers of the Link-users wizard, as they are saved (SPEC section 4, rule U2).
//!
//! Owns their shape and the one tie among them: a plan stands for the answers it was made from.
//! Never holds the agreement's tick, a typed number or any other confirmation: those live in the
//! steps and die with them.

mod compact;

use serde::{Deserialize, Serialize};

use crate::api::plan::{Held, Selection};
use crate::domain::linking::LinkingMethod;

/// What the operator has answered so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answers {
    /// Method: the one chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<LinkingMethod>,
    /// Domains: those unticked on the agreement's page, as A-labels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_signed: Vec<String>,
    /// Select: who is ticked, with the revision of the roster. Set by [`Answers::select`].
    #[serde(with = "compact", skip_serializing_if = "Option::is_none")]
    pub selection: Option<Selection>,
    /// Select: how many users there were at that revision; "all except" is counted against it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roster_rows: Option<u32>,
    /// Plan: what to do with the held.
    pub held: Held,
    /// Plan: the run whose failed and unprocessed people the plan is about, not the selection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retried: Option<String>,
    /// Plan: the one made from these answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// Invite: the run of that plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
}

impl Answers {
    /// Another choice of users. A plan made from the one before does not stand any more.
    pub fn select(&mut self, selection: Selection) {
        if self.selection.as_ref() != Some(&selection) || self.retried.is_some() {
            self.selection = Some(selection);
            self.retried = None;
            self.plan_again();
        }
    }

    /// Nobody is ticked any more.
    pub fn select_nobody(&mut self) {
        if self.has_people() {
            self.selection = None;
            self.retried = None;
            self.plan_again();
        }
    }

    /// What the plan was made from has changed: the next visit to the plan makes a new one.
    pub fn plan_again(&mut self) {
        self.plan = None;
        self.run = None;
    }

    /// A new plan of what a run left failed or unprocessed, already made.
    pub fn retry(&mut self, run: &str, plan: &str) {
        self.retried = Some(run.to_owned());
        self.plan = Some(plan.to_owned());
        self.run = None;
    }

    /// What the plan is made from can be told: users are chosen, or a run is retried.
    pub fn has_people(&self) -> bool {
        self.selection.is_some() || self.retried.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(numbers: &str) -> Selection {
        Selection::Only { revision: 7, numbers: numbers.to_owned() }
    }

    fn planned() -> Answers {
        let (plan, run) = (Some("pln_1".to_owned()), Some("run_1".to_owned()));
        Answers { selection: Some(only("0-2")), plan, run, ..Answers::default() }
    }

    #[test]
    fn u4_a_plan_stands_for_the_users_it_was_made_from() {
        let mut answers = planned();
        answers.select(only("0-2"));
        assert_eq!(answers, planned());
        answers.select(only("0-3"));
        assert_eq!((answers.plan, answers.run), (None, None));
    }

    #[test]
    fn a_retry_is_about_the_run_until_users_are_chosen_again() {
        let mut answers = planned();
        answers.retry("run_1", "pln_2");
        assert_eq!(answers.plan.as_deref(), Some("pln_2"));
        assert_eq!(answers.run, None);
        answers.select(only("0-2"));
        assert_eq!((answers.retried, answers.plan), (None, None));
    }

    #[test]
    fn u2_answers_come_back_as_they_were_saved() {
        let mut answers = planned();
        answers.method = Some(LinkingMethod::SignAgreement);
        answers.not_signed = vec!["acme.example".to_owned()];
        answers.held = Held::Email;
        answers.retried = Some("run_0".to_owned());
        let saved = serde_json::to_value(&answers).unwrap();
        assert_eq!(serde_json::from_value::<Answers>(saved).unwrap(), answers);
        let nothing = serde_json::from_str::<Answers>("{}").unwrap();
        assert_eq!(nothing, Answers::default());
    }
}
