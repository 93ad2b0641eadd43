//! How a site's users prove their addresses (SPEC section 1, linking method; rule U1).

use serde::{Deserialize, Serialize};
use strum::{VariantArray, VariantNames};
use utoipa::ToSchema;

use super::code::coded;

/// The linking method of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum LinkingMethod {
    /// Each person confirms by e-mail, unless their domain is verified.
    ReceiveEmail,
    /// The organization proves its domains in DNS first.
    VerifyNow,
    /// The administrator signs for the domains and proves them within three months.
    SignAgreement,
}

coded!(LinkingMethod);

impl LinkingMethod {
    /// The name on screens.
    pub const fn title(self) -> &'static str {
        match self {
            Self::ReceiveEmail => "Receive e-mail",
            Self::VerifyNow => "Verify domains now",
            Self::SignAgreement => "Sign the agreement",
        }
    }
}
