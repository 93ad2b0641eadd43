//! How a site's users prove their addresses (SPEC section 1, linking method; rule U1).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The linking method of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkingMethod {
    /// Each person confirms by e-mail, unless their domain is verified.
    ReceiveEmail,
    /// The organization proves its domains in DNS first.
    VerifyNow,
    /// The administrator signs for the domains and proves them within three months.
    SignAgreement,
}

impl LinkingMethod {
    /// All methods, in the order they are offered.
    pub const ALL: [Self; 3] = [Self::ReceiveEmail, Self::VerifyNow, Self::SignAgreement];

    /// The name in the API, files and the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ReceiveEmail => "receive_email",
            Self::VerifyNow => "verify_now",
            Self::SignAgreement => "sign_agreement",
        }
    }

    /// The name on screens.
    pub const fn title(self) -> &'static str {
        match self {
            Self::ReceiveEmail => "Receive e-mail",
            Self::VerifyNow => "Verify domains now",
            Self::SignAgreement => "Sign the agreement",
        }
    }

    /// Reads [`LinkingMethod::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.code() == code)
    }
}
