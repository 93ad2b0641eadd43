//! People and their personal tokens (rule L0).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::session::Secret;
use crate::domain::untrusted::Untrusted;

/// A person who can sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Person {
    /// The address; the person's key.
    pub email: Untrusted,
    /// The name.
    pub name: Untrusted,
    /// Whether the person is a backend administrator.
    pub backend_admin: bool,
    /// When the person was added.
    pub created_at: Timestamp,
}

/// Body of `POST /v1/people`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    /// The address.
    pub email: String,
    /// The name.
    pub name: String,
    /// Whether the person shall be a backend administrator.
    #[serde(default)]
    pub backend_admin: bool,
}

/// Body of `POST /v1/tokens`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// Whose token; absent: one's own. Only a backend administrator makes others'.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// What it is for, shown in the list.
    #[serde(default)]
    pub label: String,
}

/// A personal token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Token {
    /// The id, for revoking.
    pub id: String,
    /// Whose.
    pub person: Untrusted,
    /// What it is for.
    pub label: Untrusted,
    /// When it was made, in real time.
    pub created_at: Timestamp,
    /// When it was revoked, in real time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
}

/// A new token; its secret is shown this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenGranted {
    /// The token's facts.
    #[serde(flatten)]
    pub token: Token,
    /// The secret.
    pub secret: Secret,
}
