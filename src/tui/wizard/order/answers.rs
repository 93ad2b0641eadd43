//! The answers of the order wizard, as they are saved (rule T3).

use serde::{Deserialize, Serialize};

use crate::api::order::{MapOrder, OrderMatch};

/// What the operator has answered so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answers {
    /// Order: the customer administrator's address.
    pub administrator: String,
    /// Organization: where the order shall go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// The address that the backend refused, and why; it holds until the address is changed.
    #[serde(skip)]
    pub refused: Option<(String, String)>,
}

/// Where the order shall go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// To one of the candidates.
    Candidate(String),
    /// To a new organization.
    New,
}

impl Answers {
    /// The target, where it is among what was found.
    pub fn target_in(&self, found: &OrderMatch) -> Option<&Target> {
        if found.administers.is_some() {
            return None;
        }
        self.target.as_ref().filter(|target| match target {
            Target::New => found.may_create,
            Target::Candidate(id) => {
                let same = found.candidates.iter().find(|one| one.organization == *id);
                same.is_some_and(|one| one.why_not.is_empty())
            }
        })
    }

    /// The request that maps the order.
    pub fn to_map(&self, found: &OrderMatch) -> MapOrder {
        let target = self.target_in(found);
        MapOrder {
            administrator: found.administrator.raw().to_owned(),
            organization: match target {
                Some(Target::Candidate(id)) => Some(id.clone()),
                _ => None,
            },
            new_organization: target == Some(&Target::New),
        }
    }

    /// Why the backend refused the address, as long as it has not been changed.
    pub fn refusal(&self) -> Option<&str> {
        let (address, words) = self.refused.as_ref()?;
        (*address == self.administrator).then_some(words.as_str())
    }
}
