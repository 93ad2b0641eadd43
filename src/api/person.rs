//! People and their personal tokens (rule L0).

mod endpoints;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::session::Secret;
use crate::domain::untrusted::Untrusted;

pub use endpoints::*;

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
    /// When the person was disabled, in real time; absent: may sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<Timestamp>,
    /// Whether the person has no way to sign in: no password, and no token that works.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cannot_sign_in: bool,
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

/// How many days a token works where nothing is said (rule P5).
pub const TOKEN_DAYS: u16 = 90;
/// How many days a token works at the most.
pub const TOKEN_DAYS_MOST: u16 = 366;

/// Body of `POST /v1/tokens`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// Whose token; absent: one's own. Only a backend administrator makes others'.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// What it is for, shown in the list.
    #[serde(default)]
    pub note: String,
    /// How many days it works, 1 to 366; 90 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u16>,
    /// Whether it works until it is revoked. Only a backend administrator makes such tokens.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub never_expires: bool,
}

/// A personal token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Token {
    /// The id, for revoking.
    pub id: String,
    /// Whose.
    pub person: Untrusted,
    /// What it is for.
    pub note: Untrusted,
    /// When it was made, in real time.
    pub created_at: Timestamp,
    /// When it stops working by itself, in real time; absent: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// When it, or a session it opened, was used last, in real time, to the minute; absent: not yet,
    /// as far as is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<Timestamp>,
    /// When it was revoked, in real time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
    /// Whether this request came with it, or with a session it opened.
    #[serde(default)]
    pub in_use: bool,
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
