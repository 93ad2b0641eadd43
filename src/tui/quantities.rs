//! How many licences of each service: number fields with their total (rules T1, T8).
//!
//! Owns the fields' names and reading them as a list of services; empty and 0 both mean none. Used
//! where a trial is started and where it is edited.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::page::{Block, FieldSpec};
use super::theme::Tone;
use super::when::{count, thousands};
use super::widget::field::Kind;
use crate::domain::services::{self, MOST, Service, ServiceLine, ServicesError};

/// What was typed beside each service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Quantities(BTreeMap<Service, String>);

impl Quantities {
    /// Those of a list of services.
    pub fn of(lines: &[ServiceLine]) -> Self {
        Self(lines.iter().map(|line| (line.service, line.quantity.to_string())).collect())
    }

    /// Notes what was typed into the field of this name; whether it is one of these.
    pub fn set(&mut self, field: &str, text: &str) -> bool {
        let Some(service) = Service::from_code(field) else { return false };
        self.0.insert(service, text.trim().to_owned());
        true
    }

    fn text(&self, service: Service) -> &str {
        self.0.get(&service).map_or("", String::as_str)
    }

    /// Whether some of a service are wanted, however many.
    pub fn has(&self, service: Service) -> bool {
        !self.text(service).trim_start_matches('0').is_empty()
    }

    /// The list of services.
    ///
    /// # Errors
    /// A [`ServicesError`] that names the service.
    pub fn lines(&self) -> Result<Vec<ServiceLine>, ServicesError> {
        let wanted = Service::ALL.into_iter().filter(|service| self.has(*service));
        let line = |service| {
            let quantity = self.text(service).parse();
            quantity
                .map(|quantity| ServiceLine { service, quantity })
                .map_err(|_| ServicesError::Quantity(service))
        };
        services::services(&wanted.map(line).collect::<Result<Vec<_>, _>>()?)
    }

    /// What is wrong with the quantity of a service, as one types.
    pub fn wrong(&self, service: Service) -> Option<String> {
        let too_many = |text: &str| text.parse().is_ok_and(|number: u32| number <= MOST);
        let bad = self.has(service) && !too_many(self.text(service));
        bad.then(|| format!("1 to {} licences, or none", thousands(u64::from(MOST))))
    }

    /// The fields and the total below them; `wrong` says what is wrong with one.
    pub fn blocks(&self, wrong: impl Fn(Service) -> Option<String>) -> Vec<Block> {
        let field = |service: Service| {
            Block::Field(FieldSpec {
                key: service.code(),
                label: service.title().to_owned(),
                kind: Kind::Number,
                value: self.text(service).to_owned(),
                hint: String::new(),
                error: wrong(service),
            })
        };
        let mut blocks: Vec<Block> = Service::ALL.map(field).into();
        // As wide as the widest of the labels above it.
        let widest = Service::ALL.map(|service| service.title().len()).into_iter().max();
        let label = format!("  {:widest$}", "Together", widest = widest.unwrap_or_default());
        blocks.push(Block::Facts(vec![(label, self.total())]));
        blocks
    }

    fn total(&self) -> String {
        match self.lines() {
            Ok(lines) => together(&lines),
            Err(ServicesError::None) => "nothing yet".to_owned(),
            Err(_) => "too many".to_owned(),
        }
    }
}

/// "50 licences of 2 services".
pub fn together(lines: &[ServiceLine]) -> String {
    let (licences, services) = (services::total(lines), lines.len() as u64);
    format!("{} of {}", count(licences, "licence"), count(services, "service"))
}

/// "25 Messaging · 25 Meetings".
pub fn listed(lines: &[ServiceLine]) -> String {
    let words = |line: &ServiceLine| {
        format!("{} {}", thousands(u64::from(line.quantity)), line.service.title())
    };
    lines.iter().map(words).collect::<Vec<_>>().join(" · ")
}

/// As options of a command: ` --service messaging=25 --service calling=10`.
pub fn options(lines: &[ServiceLine]) -> String {
    let option =
        |line: &ServiceLine| format!(" --service {}={}", line.service.code(), line.quantity);
    lines.iter().map(option).collect()
}

/// What changes from one list to another: "10 more Calling · no Messaging any more".
pub fn changes(before: &[ServiceLine], after: &[ServiceLine]) -> Vec<(Tone, String)> {
    let of = |lines: &[ServiceLine], service| {
        lines.iter().find(|line| line.service == service).map_or(0, |line| u64::from(line.quantity))
    };
    let change = |service: Service| {
        let (was, is, title) = (of(before, service), of(after, service), service.title());
        match (was, is) {
            (was, is) if was == is => None,
            (_, 0) => Some((Tone::Attention, format!("no {title} any more"))),
            (was, is) if is > was => {
                Some((Tone::Text, format!("{} more {title}", thousands(is - was))))
            }
            (was, is) => Some((Tone::Attention, format!("{} fewer {title}", thousands(was - is)))),
        }
    };
    Service::ALL.into_iter().filter_map(change).collect()
}

#[cfg(test)]
mod tests;
