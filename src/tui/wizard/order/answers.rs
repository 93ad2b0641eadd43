//! The answers of the order wizard, as they are saved (rule T3).

use serde::{Deserialize, Serialize};

use crate::api::order::{MapOrder, Order, OrderMatch};
use crate::domain::services::{self, Service};
use crate::domain::site::site_url;
use crate::domain::time_zone;

/// What the operator has answered so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answers {
    /// Order: the customer administrator's address.
    pub administrator: String,
    /// Organization: where the order shall go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// With meetings, for a new organization: the URL of its site.
    pub site_url: String,
    /// That site's time zone.
    pub time_zone: String,
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
    pub fn to_map(&self, order: &Order, found: &OrderMatch) -> MapOrder {
        let target = self.target_in(found);
        let site = |text: &str| {
            let needed = self.needs_site(order, found) && !text.trim().is_empty();
            needed.then(|| text.trim().to_owned())
        };
        MapOrder {
            administrator: found.administrator.raw().to_owned(),
            organization: match target {
                Some(Target::Candidate(id)) => Some(id.clone()),
                _ => None,
            },
            new_organization: target == Some(&Target::New),
            site_url: site(&self.site_url),
            time_zone: site(&self.time_zone),
        }
    }

    /// Whether the order's meetings need a site: a new organization has none.
    pub fn needs_site(&self, order: &Order, found: &OrderMatch) -> bool {
        self.target_in(found) == Some(&Target::New)
            && services::has(&order.services, Service::Meetings)
    }

    /// What is wrong with one of the site's two fields.
    pub fn wrong(&self, field: &str) -> Option<&'static str> {
        match field {
            "site_url" if self.site_url.trim().is_empty() => {
                Some("Meetings need a site: give its URL.")
            }
            "site_url" if site_url(&self.site_url).is_err() => {
                Some("Write a host name such as acme.webex.example.")
            }
            "time_zone" if time_zone::parse(&self.time_zone).is_err() => {
                Some("Pick the time zone of the site from the list.")
            }
            _ => None,
        }
    }

    /// Why the backend refused the address, as long as it has not been changed.
    pub fn refusal(&self) -> Option<&str> {
        let (address, words) = self.refused.as_ref()?;
        (*address == self.administrator).then_some(words.as_str())
    }
}
