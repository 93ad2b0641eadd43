//! The welcome mail: what its organization's administrators see of it, and what its link or code
//! does (rule T4).

mod endpoints;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::session::{Secret, SessionGranted};
use crate::domain::role::Role;
use crate::domain::setup::SetupState;
use crate::domain::untrusted::Untrusted;
use crate::domain::welcome::WelcomeState;

pub use endpoints::*;

/// The welcome mail of an organization, the newest one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Welcome {
    /// The organization's id.
    pub organization: String,
    /// Whom it welcomes.
    pub email: Untrusted,
    /// Where it stands.
    pub state: WelcomeState,
    /// What the mail server said, where it did not simply take the mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Untrusted>,
    /// How many mails were begun, resent ones included.
    pub mails: u64,
    /// When the last mail was taken by the mail server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<Timestamp>,
    /// Until when the link of the last mail works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Whether that time has passed without the link having been used.
    pub expired: bool,
    /// When the link was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<Timestamp>,
    /// Whether the address may be corrected: the trial or order made the organization, and nobody
    /// has accepted.
    pub may_correct: bool,
}

/// Body of `PUT /v1/organizations/{id}/welcome/address`: the mail went to the wrong address. The
/// old link and the old address's right die; a new mail goes to this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectWelcome {
    /// The right address.
    pub email: String,
}

/// Body of `POST /v1/welcome/look`, which changes nothing, and of `decline` and `lift` beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookAtWelcome {
    /// The code of the mail, or its whole link.
    pub code: Secret,
}

/// What accepting asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WelcomeAsks {
    /// A new password.
    Password,
    /// A session of this very person: they can sign in already, and keep the password they have.
    SignIn,
}

/// What is behind a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WelcomeShown {
    /// The organization's id.
    pub organization: String,
    /// Its name.
    pub organization_name: Untrusted,
    /// Who is welcomed.
    pub email: Untrusted,
    /// The roles: those that accepting gives, or those that are held already.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// Whether the roles are held already; else accepting gives them (rule P1).
    #[serde(default)]
    pub held: bool,
    /// Who offers them, or the partner's name; absent where it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offered_by: Option<Untrusted>,
    /// Whether it was declined. It can be accepted all the same while the code works, or lifted, so
    /// that it may be offered again.
    #[serde(default)]
    pub declined: bool,
    /// What accepting asks for.
    pub asks: WelcomeAsks,
    /// Until when the code works.
    pub expires_at: Timestamp,
    /// What is to be accepted.
    pub terms: Terms,
}

/// The terms of service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Terms {
    /// Their version.
    pub version: String,
    /// Their text, plain, paragraphs parted by empty lines.
    pub text: String,
    /// The text's SHA-256, hexadecimal: what is accepted, and kept.
    pub sha256: String,
}

/// Body of `POST /v1/welcome/accept`. Who can sign in already sends it with their session and
/// without a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptWelcome {
    /// The code of the mail, or its whole link.
    pub code: Secret,
    /// The new password, at least 12 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Secret>,
    /// The `sha256` of the terms that were read and are accepted.
    pub terms_sha256: String,
}

/// Accepted, and signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WelcomeAccepted {
    /// The organization's id.
    pub organization: String,
    /// Its name.
    pub organization_name: Untrusted,
    /// A new session; absent where one was sent along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionGranted>,
    /// Where services setup stands: go on with it or, when it is finished, at the Contact Center
    /// card.
    pub setup: SetupState,
}
