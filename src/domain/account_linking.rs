//! Account linking: what becomes of users who are added to a linked site later (rule U7).
//!
//! Owns the setting, and from how many users on a plan waits for review. What happens to one user
//! is `outcome`'s table, with the method that the setting stands for.

use serde::{Deserialize, Serialize};
use strum::{VariantArray, VariantNames};
use utoipa::ToSchema;

use super::code::coded;
use super::linking::LinkingMethod;

/// The most users of a plan that applies itself.
pub const APPLIES_ITSELF: u64 = 25;

/// What a plan's outcomes are computed by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Basis {
    /// The site's linking method: an operator has chosen the users.
    #[default]
    Method,
    /// The site's account linking: its users were added later.
    AccountLinking,
}

coded!(Basis);

/// A site's setting for users added later.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum AccountLinking {
    /// Nothing happens by itself.
    #[default]
    Off,
    /// Those of proven domains are linked; the others are held.
    Verify,
    /// The others get an e-mail.
    ReceiveEmail,
}

coded!(AccountLinking);

impl AccountLinking {
    /// The name on screens.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Off => "Off",
            Self::Verify => "Verify domains",
            Self::ReceiveEmail => "Receive e-mail",
        }
    }

    /// What it means for users added later, in a sentence or two.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Off => "Users added later stay unlinked until somebody plans them in Link users.",
            Self::Verify => {
                "Users of verified domains are linked without an e-mail; the others are held \
                 until their domain is verified."
            }
            Self::ReceiveEmail => {
                "Users of verified domains are linked without an e-mail; the others get one, and \
                 are linked within 48 hours of confirming it."
            }
        }
    }

    /// The method of the plans that it makes; none while it is off.
    pub const fn method(self) -> Option<LinkingMethod> {
        match self {
            Self::Off => None,
            Self::Verify => Some(LinkingMethod::VerifyNow),
            Self::ReceiveEmail => Some(LinkingMethod::ReceiveEmail),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn u7_off_is_the_default_and_plans_nothing() {
        assert_eq!(AccountLinking::default(), AccountLinking::Off);
        assert_eq!(AccountLinking::Off.method(), None);
        for setting in AccountLinking::ALL {
            assert_eq!(AccountLinking::from_code(setting.code()), Some(setting));
        }
    }
}
