//! The demo's own routes, and the world clock. They exist only where the backend says so.

mod endpoints;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::session::Secret;
use crate::domain::untrusted::Untrusted;

pub use endpoints::*;

/// The world clock (`GET /v1/clock`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Clock {
    /// Now.
    pub now: Timestamp,
    /// Whether it may be moved on (`serve --test-clock`, the demo).
    pub may_advance: bool,
}

/// Body of `POST /v1/clock/advance`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Advance {
    /// How many seconds to move on, 1 to ten years.
    pub seconds: u64,
}

/// Somebody of the demo's world one can sign in as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DemoPerson {
    /// The address.
    pub email: Untrusted,
    /// The name.
    pub name: Untrusted,
    /// What they are for, in a few words.
    pub role: Untrusted,
    /// Their token.
    pub token: Secret,
}

/// Query of `GET /v1/demo/outbox`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct OutboxQuery {
    /// Only those that came before the mail with this id; absent: the newest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
}

/// How many mails of the outbox are told at once.
pub const OUTBOX_PAGE: usize = 200;

/// A mail in the demo's outbox, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutboxMail {
    /// Its place, from 1 on.
    pub id: u64,
    /// Who got it.
    pub to: Untrusted,
    /// The subject.
    pub subject: Untrusted,
    /// The text part.
    pub text: Untrusted,
    /// The link in it, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Untrusted>,
    /// The code of a welcome that the link is for, to be typed where one signs in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Secret>,
    /// When it came (world clock).
    pub at: Timestamp,
    /// What its addressee answered through the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<Answer>,
    /// The password that the demo's browser chose on the pages of the welcome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Secret>,
}

/// The header with the demo's own key: whoever has it may be anybody of the demo's world. It is
/// made at each start and stays in the process.
pub const KEY_HEADER: &str = "hublink-demo-key";

/// What an addressee answers on the page of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Confirm the address; on the pages of a welcome: go through them.
    Confirm,
    /// "This is not me, or I do not want this."
    Decline,
}

/// Body of `POST /v1/demo/outbox/{id}/answer`: do as the addressee would.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerMail {
    /// What to answer.
    pub answer: Answer,
}

/// Body of `POST /v1/demo/dns`: publish a TXT record in the loopback DNS server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishTxt {
    /// The record's full name.
    pub name: String,
    /// Its value.
    pub value: String,
}
