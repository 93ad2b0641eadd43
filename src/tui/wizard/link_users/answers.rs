//! The answers of the Link-users wizard, as they are saved (SPEC section 4, rule U2).
//!
//! Owns their shape and the one tie among them: a plan stands for the answers it was made from.
//! Never holds the agreement's tick, a typed number or any other confirmation: those live in the
//! steps and die with them.

mod compact;

use serde::{Deserialize, Serialize};

use crate::api::plan::{Held, Selection};
use crate::domain::linking::LinkingMethod;
use crate::domain::number::{count, thousands};
use crate::domain::untrusted::Untrusted;

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
    /// Domains: those ticked there by hand, where nothing is ticked at first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub to_sign: Vec<String>,
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
    /// Domains: come to from a plan, to prove those of its held, and left for it again.
    #[serde(skip)]
    pub proving: bool,
}

impl Answers {
    /// Ticks or unticks a domain on the agreement's page.
    pub fn tick_domain(&mut self, name: &str, on: bool) {
        self.not_signed.retain(|known| known != name);
        self.to_sign.retain(|known| known != name);
        if on {
            self.to_sign.push(name.to_owned());
        } else {
            self.not_signed.push(name.to_owned());
        }
    }

    /// Whether a domain is ticked there, `at_first` unless somebody said otherwise.
    pub fn signs(&self, name: &str, at_first: bool) -> bool {
        let holds = |names: &[String]| names.iter().any(|known| known == name);
        holds(&self.to_sign) || (at_first && !holds(&self.not_signed))
    }

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

    /// The answers that decide who is mailed, in words.
    pub fn told(&self) -> Vec<(&'static str, String)> {
        let method = self.method.map_or("as the site has it", LinkingMethod::title);
        let mut told = vec![("Method", method.to_owned()), ("Selected", self.selected())];
        if let Some(run) = &self.retried {
            told.push(("Planned", format!("what run {run} left failed or unprocessed")));
        }
        let held = match self.held {
            Held::Hold => "held, they get no e-mail",
            Held::Email => "E-MAILED",
        };
        told.push(("Those who would be held", held.to_owned()));
        if let Some(run) = &self.run {
            told.push(("Under way", format!("run {run}")));
        }
        told
    }

    fn selected(&self) -> String {
        let users = |n: u64| count(n, "user");
        match (&self.selection, self.roster_rows) {
            (None, _) => "nobody yet".to_owned(),
            (Some(Selection::All {}), Some(rows)) => format!("everyone, {}", users(rows.into())),
            (Some(Selection::All {}), None) => "everyone on the site".to_owned(),
            (Some(Selection::Rest {}), _) => "everyone not yet linked or invited".to_owned(),
            (Some(Selection::Only { numbers, .. }), _) => users(size(numbers)),
            (Some(Selection::AllExcept { numbers, .. }), Some(rows)) => {
                let left_out = size(numbers);
                let all = u64::from(rows).saturating_sub(left_out);
                format!("{}, all but {}", users(all), thousands(left_out))
            }
            (Some(Selection::AllExcept { numbers, .. }), None) => {
                format!("all but {}", users(size(numbers)))
            }
            (Some(Selection::Cohort { name }), _) => {
                format!("the cohort {}", Untrusted::new(name).shown_in(60))
            }
        }
    }

    /// What the plan is made from can be told: users are chosen, or a run is retried.
    pub fn has_people(&self) -> bool {
        self.selection.is_some() || self.retried.is_some()
    }
}

/// How many users ranges such as `0-39,41` name. Whoever wrote them may have meant harm: nothing is
/// made of them but a sum.
fn size(numbers: &str) -> u64 {
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
        last.checked_sub(first)?.checked_add(1)
    };
    numbers.split(',').filter_map(range).fold(0, u64::saturating_add)
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
    fn d4_a_domain_is_ticked_at_first_until_something_was_signed() {
        let mut answers = Answers::default();
        assert!(answers.signs("a.example", true) && !answers.signs("a.example", false));
        answers.tick_domain("a.example", true);
        assert!(answers.signs("a.example", false));
        answers.tick_domain("a.example", false);
        assert!(!answers.signs("a.example", true) && answers.to_sign.is_empty());
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
    fn section_4_the_answers_that_decide_who_is_mailed_are_told() {
        let mut answers = Answers { selection: Some(only("0-2,7,9-10")), ..Answers::default() };
        let told = |answers: &Answers, name| {
            let row = answers.told().into_iter().find(|(other, _)| *other == name);
            row.map(|(_, words)| words)
        };
        assert_eq!(told(&answers, "Selected").as_deref(), Some("6 users"));
        answers.selection = Some(Selection::All {});
        answers.roster_rows = Some(12_000);
        answers.held = Held::Email;
        assert_eq!(told(&answers, "Selected").as_deref(), Some("everyone, 12,000 users"));
        assert_eq!(told(&answers, "Those who would be held").as_deref(), Some("E-MAILED"));
        answers.selection = Some(only("0-18446744073709551615,5-1,x"));
        assert_eq!(told(&answers, "Selected").as_deref(), Some("0 users"));
        let but = Selection::AllExcept { revision: 1, numbers: "5-6".to_owned() };
        answers.selection = Some(but);
        assert_eq!(told(&answers, "Selected").as_deref(), Some("11,998 users, all but 2"));
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
