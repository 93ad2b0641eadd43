//! Signing in and who one is (SPEC section 3).

mod endpoints;

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::offer::Offer;
use crate::domain::act::Act;
use crate::domain::role::Role;
use crate::domain::sentence::one_stop;
use crate::domain::untrusted::Untrusted;

pub use endpoints::*;

/// A password or a token: never shown, not even by `Debug` (promise I16).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Body of `POST /v1/sessions`: either e-mail and password, or a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum SignIn {
    /// With a password.
    #[schema(title = "SignInByPassword")]
    Password {
        /// The person's address.
        email: String,
        /// The password.
        password: Secret,
    },
    /// With a personal token.
    #[schema(title = "SignInByToken")]
    Token {
        /// The token, as it was shown once.
        token: Secret,
    },
}

/// A session: its bearer token is shown this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionGranted {
    /// Send it as `Authorization: Bearer`.
    pub token: Secret,
    /// When it ends, in real time.
    pub expires_at: Timestamp,
    /// Who signed in.
    pub me: Me,
}

/// Who one is, what one may do, and the backend's facts that a client needs at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Me {
    /// The person's address.
    pub email: Untrusted,
    /// The person's name.
    pub name: Untrusted,
    /// All roles the person holds.
    pub roles: Vec<HeldRole>,
    /// Roles that the person is offered, or has declined (rule P1).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offers: Vec<Offer>,
    /// The backend.
    pub backend: Backend,
}

/// A role and what it is held towards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldRole {
    /// The role.
    pub role: Role,
    /// The organization it is held in, if one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// The site it is held on, if one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
}

/// The backend that answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Backend {
    /// Its version.
    pub version: String,
    /// Its provider, `reference` for now.
    pub provider: String,
    /// The world clock now. A client never uses its own date.
    pub now: Timestamp,
    /// Whether this is the demo (its routes exist, nothing is real).
    pub demo: bool,
    /// What the provider can do by itself.
    pub capabilities: Capabilities,
}

/// How the provider does an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum Capability {
    /// By itself.
    Automated,
    /// The operator does it elsewhere, and is guided.
    Guided {
        /// Where.
        link: Untrusted,
        /// What is looked at afterwards.
        check: Untrusted,
    },
    /// Not at all.
    Unavailable {
        /// Why.
        why: Untrusted,
    },
}

impl Capability {
    /// Why this act is not done here, in a sentence or two; nothing where it is.
    pub fn why_not(&self, act: Act) -> Option<String> {
        let words = act.words();
        Some(match self {
            Self::Automated => return None,
            Self::Guided { link, check } => one_stop(format!(
                "{words} is done by hand, at {}. Afterwards {}",
                link.shown(),
                check.shown()
            )),
            Self::Unavailable { why } => {
                one_stop(format!("{words} is not there with this directory: {}", why.shown()))
            }
        })
    }
}

/// The provider's capabilities, by act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Capabilities {
    /// Proving domains.
    pub domains: Capability,
    /// Choosing the method and signing agreements.
    pub linking_method: Capability,
    /// Linking sites to organizations.
    pub site_linking: Capability,
    /// Linking users silently.
    pub link: Capability,
    /// Inviting users by e-mail.
    pub invite: Capability,
    /// Importing rosters.
    pub import: Capability,
    /// Directory sync.
    pub directory_sync: Capability,
}

impl Capabilities {
    /// Each act done as this says.
    pub fn each(of: impl Fn(Act) -> Capability) -> Self {
        Self {
            domains: of(Act::Domains),
            linking_method: of(Act::Method),
            site_linking: of(Act::Sites),
            link: of(Act::Link),
            invite: of(Act::Invite),
            import: of(Act::Import),
            directory_sync: of(Act::DirectorySync),
        }
    }

    /// How an act is done.
    pub const fn of(&self, act: Act) -> &Capability {
        match act {
            Act::Domains => &self.domains,
            Act::Method => &self.linking_method,
            Act::Sites => &self.site_linking,
            Act::Link => &self.link,
            Act::Invite => &self.invite,
            Act::Import => &self.import,
            Act::DirectorySync => &self.directory_sync,
        }
    }

    /// Why an act cannot be begun here. What is looked at once it was done by hand can be.
    pub fn refuses(&self, act: Act) -> Option<String> {
        let how = self.of(act);
        let asked = act.is_looked_at() && matches!(how, Capability::Guided { .. });
        how.why_not(act).filter(|_| !asked)
    }
}

/// Body of `PUT /v1/me/password`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// At least 12 characters.
    pub password: Secret,
    /// The password there is, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<Secret>,
}
