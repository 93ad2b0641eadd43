//! Orders: their number, and where one stands on its way into an organization (rule T3).
//!
//! Owns the states and the number's one form. Which organizations an order may go to is the
//! provider's to find, by the folding of names in `matching`.

use serde::{Deserialize, Serialize};
use strum::{VariantArray, VariantNames};
use utoipa::ToSchema;

use super::code::coded;

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum OrderState {
    /// Not mapped yet; an organization may have been asked to accept it.
    Waiting,
    /// Its services are an organization's.
    Mapped,
    /// The organization that was asked has declined; it can be mapped to another one.
    Refused,
}

coded!(OrderState);

/// How the organization of an order is found (rule T3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum OrderWay {
    /// (a) The address is an administrator's: the organization is the one they administer.
    Administrator,
    /// (b) One of the organizations with such a name and users in the same e-mail domain.
    Candidate,
    /// (c) A new one.
    New,
}

coded!(OrderWay);

/// Why a text is no order number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("An order's number has 1 to 40 letters, digits and hyphens.")]
pub struct OrderNumberError;

/// An order's number in its one form: upper case, blanks around it dropped.
///
/// # Errors
/// [`OrderNumberError`].
pub fn order_number(text: &str) -> Result<String, OrderNumberError> {
    let text = text.trim();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    if (1..=40).contains(&text.len()) && text.bytes().all(plain) {
        return Ok(text.to_ascii_uppercase());
    }
    Err(OrderNumberError)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_number_has_one_form() {
        assert_eq!(order_number(" so-2026-0417 ").unwrap(), "SO-2026-0417");
        for bad in ["", "-- --", "a/b", "ä1", &"9".repeat(41)] {
            assert_eq!(order_number(bad), Err(OrderNumberError), "{bad}");
        }
    }

    #[test]
    fn codes_are_read_back() {
        for state in [OrderState::Waiting, OrderState::Mapped, OrderState::Refused] {
            assert_eq!(OrderState::from_code(state.code()), Some(state));
        }
        for way in [OrderWay::Administrator, OrderWay::Candidate, OrderWay::New] {
            assert_eq!(OrderWay::from_code(way.code()), Some(way));
        }
    }
}
