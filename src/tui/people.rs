//! The people of a plan, a run or a link: which of them, and how they are asked for, page by page.
//!
//! Owns the requests behind every list of people that is looked at or exported. Must not draw,
//! and must not keep more than it is given: the lists may hold a million.

use std::any::Any;

use crate::api::call::{Reply, Request};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::linking::{LinkedUser, LinkedUsersQuery, ListLinkedUsers};
use crate::api::page::Page;
use crate::api::plan::{ListPlanItems, PlanItem, PlanItemsQuery};
use crate::api::run::{ListRunItems, RunItem, RunItemsQuery};
use crate::domain::outcome::{Class, Outcome};
use crate::domain::run::{ItemState, Tally};
use crate::domain::untrusted::Untrusted;

/// How many people are asked for at once; the most the backend gives.
const PAGE: u16 = 500;
/// Why linking a site links somebody: fewer reasons than a plan has (rule L8).
const LINKED_WITH_THE_SITE: &str = "the organization has the person, or the address is confirmed";

/// Which people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum People {
    /// Of a plan: all, those of a class, or those with an outcome.
    Plan {
        /// The plan.
        id: String,
        /// Only this class.
        class: Option<Class>,
        /// Only this outcome.
        outcome: Option<Outcome>,
    },
    /// Of a run: all, or those who count in one of its tallies.
    Run {
        /// The run.
        id: String,
        /// Only those who count here.
        tally: Option<Tally>,
    },
    /// Of a completed site link, those it was for (rule L8): all, or those with an outcome.
    Link {
        /// The site's URL.
        site: String,
        /// Only this outcome; linked is [`Outcome::LinkNow`].
        outcome: Option<Outcome>,
    },
}

/// How far a list has been read: a tally is made of several states, read one after the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    part: usize,
    cursor: Option<String>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// `UserID`.
    pub user_id: Untrusted,
    /// The name.
    pub name: Untrusted,
    /// The address.
    pub address: Untrusted,
    /// What the plan says.
    pub outcome: Outcome,
    /// Where it stands; nothing in a plan.
    pub state: Option<ItemState>,
    /// Why.
    pub reason: Untrusted,
    /// Whether this person was invited before; known in a plan.
    pub second: bool,
    /// The mail's Message-ID, in a run.
    pub message_id: Option<Untrusted>,
}

/// The states that count in a tally.
pub fn states(tally: Tally) -> Vec<ItemState> {
    ItemState::ALL.into_iter().filter(|state| state.tally() == tally).collect()
}

impl People {
    /// The request for the page at a place.
    pub fn request(&self, at: &Place) -> Request {
        let (cursor, limit) = (at.cursor.clone(), Some(PAGE));
        match self {
            Self::Plan { id, class, outcome } => {
                let query = PlanItemsQuery { class: *class, outcome: *outcome, cursor, limit };
                ListPlanItems::call(id.clone(), query, Nothing)
            }
            Self::Run { id, .. } => {
                let state = self.parts().get(at.part).copied();
                let query = RunItemsQuery { state, cursor, limit };
                ListRunItems::call(id.clone(), query, Nothing)
            }
            Self::Link { site, outcome } => {
                let query = LinkedUsersQuery { outcome: *outcome, cursor, limit };
                ListLinkedUsers::call(site.clone(), query, Nothing)
            }
        }
    }

    /// The people of a page, and the place of the next one if there is more.
    pub fn read(&self, at: &Place, reply: &Reply) -> Option<(Vec<Person>, Option<Place>)> {
        fn read<T: Any>(
            reply: &Reply,
            person: fn(&T) -> Person,
        ) -> Option<(Vec<Person>, &Option<String>)> {
            let page: &Page<T> = reply.get()?;
            Some((page.items.iter().map(person).collect(), &page.next))
        }
        let (people, next) = read(reply, Person::of_plan)
            .or_else(|| read(reply, Person::of_run))
            .or_else(|| read(reply, Person::of_link))?;
        let next = match next {
            Some(cursor) => Some(Place { part: at.part, cursor: Some(cursor.clone()) }),
            None if at.part + 1 < self.parts().len() => {
                Some(Place { part: at.part + 1, cursor: None })
            }
            None => None,
        };
        Some((people, next))
    }

    fn parts(&self) -> Vec<ItemState> {
        match self {
            Self::Run { tally: Some(tally), .. } => states(*tally),
            _ => Vec::new(),
        }
    }

    /// A file name for them, of harmless characters only.
    pub fn file_name(&self) -> String {
        let (id, part) = match self {
            Self::Plan { id, outcome: Some(outcome), .. } => (id, outcome.code()),
            Self::Plan { id, class: Some(class), .. } => (id, class.code()),
            Self::Run { id, tally: Some(tally) } => (id, tally_code(*tally)),
            Self::Link { site, outcome: Some(outcome) } => (site, outcome.code()),
            Self::Plan { id, .. } | Self::Run { id, .. } | Self::Link { site: id, .. } => {
                (id, "all")
            }
        };
        let safe = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
        let id: String = id.chars().take(64).map(safe).collect();
        format!("hublink-{id}-{part}.csv")
    }
}

/// The word of a tally.
pub const fn tally_code(tally: Tally) -> &'static str {
    match tally {
        Tally::Linked => "linked",
        Tally::Emailed => "emailed",
        Tally::Skipped => "skipped",
        Tally::Held => "held",
        Tally::Blocked => "blocked",
        Tally::Failed => "failed",
        Tally::Unknown => "unknown",
        Tally::NotProcessed => "not_processed",
    }
}

impl Person {
    fn of_plan(item: &PlanItem) -> Self {
        Self {
            user_id: item.user_id.clone(),
            name: item.name.clone(),
            address: item.address.clone(),
            outcome: item.outcome,
            state: None,
            reason: item.reason.clone(),
            second: item.second,
            message_id: None,
        }
    }

    fn of_run(item: &RunItem) -> Self {
        Self {
            user_id: item.user_id.clone(),
            name: item.name.clone(),
            address: item.address.clone(),
            outcome: item.outcome,
            state: Some(item.state),
            reason: item.reason.clone(),
            second: false,
            message_id: item.message_id.clone(),
        }
    }

    fn of_link(user: &LinkedUser) -> Self {
        Self {
            user_id: user.user_id.clone(),
            name: user.name.clone(),
            address: user.address.clone(),
            outcome: user.outcome,
            state: None,
            reason: match user.outcome {
                Outcome::LinkNow => LINKED_WITH_THE_SITE.into(),
                other => Untrusted::new(other.reason_for(user.address.raw())),
            },
            second: false,
            message_id: None,
        }
    }

    /// What happens or happened, in two or three words.
    pub const fn label(&self) -> &'static str {
        match self.state {
            None | Some(ItemState::Skipped | ItemState::Held | ItemState::Blocked) => {
                self.outcome.label()
            }
            Some(ItemState::Queued | ItemState::Claimed | ItemState::NotProcessed) => {
                "not processed"
            }
            Some(ItemState::Sending) => "mail in flight",
            Some(ItemState::Linked) => "linked silently",
            Some(ItemState::Accepted) => "e-mailed",
            Some(ItemState::Failed) => "failed",
            Some(ItemState::Unknown) => "may be sent",
        }
    }

    /// Why, in a sentence.
    pub fn why(&self) -> String {
        if self.reason.is_empty() {
            return self.outcome.reason_for(self.address.raw()).into_owned();
        }
        let reason = match self.reason.raw() {
            "changed" => "changed after the plan was made; nothing was done".to_owned(),
            _ => self.reason.shown().to_string(),
        };
        if self.second { format!("{reason}; was invited before") } else { reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::page::Page;

    const ALL_TALLIES: [Tally; 8] = [
        Tally::Linked,
        Tally::Emailed,
        Tally::Skipped,
        Tally::Held,
        Tally::Blocked,
        Tally::Failed,
        Tally::Unknown,
        Tally::NotProcessed,
    ];

    #[test]
    fn i3_every_state_is_listed_under_one_tally() {
        let listed: usize = ALL_TALLIES.iter().map(|tally| states(*tally).len()).sum();
        assert_eq!(listed, ItemState::ALL.len());
    }

    #[test]
    fn a_tally_is_read_state_by_state() {
        let people = People::Run { id: "run_1".into(), tally: Some(Tally::Unknown) };
        let empty = Reply::of(Page::<RunItem> { items: Vec::new(), next: None });
        let (_, next) = people.read(&Place::default(), &empty).unwrap();
        let next = next.unwrap();
        assert_eq!(next, Place { part: 1, cursor: None });
        assert_eq!(people.read(&next, &empty), Some((Vec::new(), None)));
    }

    #[test]
    fn an_id_of_the_backend_cannot_choose_the_folder() {
        let people = People::Plan { id: "../../.ssh/x".into(), class: None, outcome: None };
        assert_eq!(people.file_name(), "hublink--------ssh-x-all.csv");
    }
}
