//! The services that a trial or an order brings, and how many of each (rules T1, T3).
//!
//! Owns which services there are and what a list of them may hold. Which organization has which is
//! the provider's to keep.

mod word;

use std::fmt;

use serde::{Deserialize, Serialize};
use strum::{VariantArray, VariantNames};
use utoipa::ToSchema;
pub use word::ServiceError;

use super::code::coded;

/// A service of the Control Hub.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case", try_from = "String")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Service {
    /// Messages in spaces.
    Messaging,
    /// Meetings on a site of the customer's own.
    Meetings,
    /// Telephony.
    Calling,
    /// Contact Center: voice and chat for agents (rule T7).
    ContactCenter,
}

coded!(Service);

impl Service {
    /// The name on screens.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Messaging => "Messaging",
            Self::Meetings => "Meetings",
            Self::Calling => "Calling",
            Self::ContactCenter => "Contact Center",
        }
    }
}

/// A service and how many licences of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceLine {
    /// The service.
    pub service: Service,
    /// How many licences: 1 to 100,000.
    #[schema(minimum = 1, maximum = 100_000)]
    pub quantity: u32,
}

impl fmt::Display for ServiceLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.quantity, self.service.title())
    }
}

/// The most licences of one service.
pub const MOST: u32 = 100_000;

/// Why a list of services cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ServicesError {
    /// None at all.
    #[error("Choose at least one service.")]
    None,
    /// A quantity of none or too many.
    #[error("{} takes 1 to 100,000 licences.", .0.title())]
    Quantity(Service),
    /// A service twice.
    #[error("{} is listed twice.", .0.title())]
    Twice(Service),
}

impl ServicesError {
    /// The field that is wrong: `services`, or a service's code.
    pub const fn field(self) -> &'static str {
        match self {
            Self::None => "services",
            Self::Quantity(service) | Self::Twice(service) => service.code(),
        }
    }
}

/// A list of services in its one form: each once, in the order they are offered.
///
/// # Errors
/// A [`ServicesError`] that names the service.
pub fn services(lines: &[ServiceLine]) -> Result<Vec<ServiceLine>, ServicesError> {
    let mut sorted = lines.to_vec();
    sorted.sort_by_key(|line| line.service);
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0].service == pair[1].service) {
        return Err(ServicesError::Twice(pair[0].service));
    }
    if let Some(line) = sorted.iter().find(|line| !(1..=MOST).contains(&line.quantity)) {
        return Err(ServicesError::Quantity(line.service));
    }
    if sorted.is_empty() { Err(ServicesError::None) } else { Ok(sorted) }
}

/// Whether a list has the service.
pub fn has(lines: &[ServiceLine], service: Service) -> bool {
    lines.iter().any(|line| line.service == service)
}

/// The licences of all services together.
pub fn total(lines: &[ServiceLine]) -> u64 {
    lines.iter().map(|line| u64::from(line.quantity)).sum()
}

#[cfg(test)]
mod tests;
