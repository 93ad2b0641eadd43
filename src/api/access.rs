//! One's sessions, and the way back for who has forgotten the password (rule P5).

mod endpoints;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::session::Secret;
use crate::domain::untrusted::Untrusted;

pub use endpoints::*;

/// A session of one's own that has not ended, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// The id, for ending it.
    pub id: String,
    /// When it was opened, in real time.
    pub created_at: Timestamp,
    /// When it ends by itself, in real time.
    pub expires_at: Timestamp,
    /// When it was used last, in real time, to the minute; absent: not yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<Timestamp>,
    /// The id of the personal token that opened it, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Whether this request came with it.
    pub in_use: bool,
}

/// Query of `DELETE /v1/tokens/{id}`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RevokeQuery {
    /// Revoke it also where this request came with it, or with a session it opened.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_use: bool,
}

/// Body of `POST /v1/password-resets`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskReset {
    /// The address that the code is mailed to, if somebody can sign in with it.
    pub email: String,
}

/// Body of `POST /v1/password-resets/use`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UseReset {
    /// The code of the mail.
    pub code: Secret,
    /// The new password: at least 12 characters.
    pub password: Secret,
}

/// A new password was set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PasswordReset {
    /// Whose; sign in with this address and the new password.
    pub email: Untrusted,
}
