//! A site's users on the wire: a compressed NDJSON stream, and pages for people and scripts.

mod endpoints;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::domain::facts::Facts;
use crate::domain::kept::DomainFacts;
use crate::domain::linking::LinkingMethod;
use crate::domain::outcome::Outcome;
use crate::domain::untrusted::Untrusted;
use crate::domain::user::UserState;

pub use endpoints::*;

/// The first line of the roster stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RosterHead {
    /// The site.
    pub site: Untrusted,
    /// The revision; it grows with every change of the list.
    pub revision: u64,
    /// How many users there are; numbers run from 0 to this less one.
    pub count: u64,
    /// The moment at which the facts hold.
    pub now: Timestamp,
    /// The site's method when the stream began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<LinkingMethod>,
}

/// Every further line: one user. Keys are short: there may be a million of them.
///
/// Users come in the order of their numbers, without gaps, and a number never changes hands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RosterLine {
    /// The user's number; also the cursor to resume after (`?after=N`).
    pub n: u32,
    /// `UserID`.
    pub id: Untrusted,
    /// The name.
    #[serde(default)]
    pub name: Untrusted,
    /// The address as spelled on the site.
    #[serde(default)]
    pub mail: Untrusted,
    /// The department.
    #[serde(default)]
    pub dept: Untrusted,
    /// Where the user stands.
    pub state: UserState,
    /// The facts that decide, see [`Facts`].
    pub facts: Facts,
}

/// The media type of [`crate::api::blocks`]: it is packed as it is.
pub const BLOCKS: &str = "application/vnd.hublink.roster";

/// The media type of one JSON value a line.
pub const LINES: &str = "application/x-ndjson";

/// The first frame of a roster in blocks: what blocks there are, and what is folded into what they
/// keep of each user. A change of a domain, a setting or the time changes this, and no block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RosterManifest {
    /// Which roster, how many users it has, and the moment at which facts hold.
    pub head: RosterHead,
    /// Whether the organization's directory decides now (rule U9).
    pub directory: bool,
    /// The domains of the site's users of which anything is known.
    pub domains: Vec<RosterDomain>,
    /// The blocks, in order.
    pub blocks: Vec<RosterBlock>,
}

/// What holds for all users of a domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RosterDomain {
    /// The domain, in its canonical form.
    pub domain: String,
    /// Verified or claimed by the site's organization.
    pub proven: bool,
    /// Verified or claimed by another.
    pub proven_elsewhere: bool,
    /// Claimed by another.
    pub claimed_elsewhere: bool,
    /// A public mail provider's.
    pub consumer: bool,
    /// The deadline of the organization's agreement that names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
}

/// The digests of a block's two parts, in hexadecimal. One that is absent is not known before the
/// part is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RosterBlock {
    /// Of what is written of its users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Of what is known of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<String>,
}

impl RosterDomain {
    /// A domain and what is known of it.
    pub fn new(domain: &str, facts: DomainFacts) -> Self {
        Self {
            domain: domain.to_owned(),
            proven: facts.proven,
            proven_elsewhere: facts.proven_elsewhere,
            claimed_elsewhere: facts.claimed_elsewhere,
            consumer: facts.consumer,
            deadline: facts.deadline,
        }
    }

    /// What is known of it.
    pub fn facts(&self) -> DomainFacts {
        DomainFacts {
            proven: self.proven,
            proven_elsewhere: self.proven_elsewhere,
            claimed_elsewhere: self.claimed_elsewhere,
            deadline: self.deadline,
            consumer: self.consumer,
        }
    }
}

/// A user in `GET /v1/sites/{url}/users`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct User {
    /// The user's number in the roster.
    pub number: u32,
    /// `UserID`.
    pub user_id: Untrusted,
    /// The name.
    pub name: Untrusted,
    /// The address as spelled on the site.
    pub address: Untrusted,
    /// The department.
    pub department: Untrusted,
    /// Whether the account is active.
    pub active: bool,
    /// Where the user stands.
    pub state: UserState,
    /// The linked site that was linked first, of those on which the person is linked (rule L12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred_site: Option<Untrusted>,
    /// What an invitation would do now; absent while the site has no method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// From where on a roster is streamed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RosterQuery {
    /// Resume after the user with this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u32>,
}

/// Which parts of a roster are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct BlocksQuery {
    /// Of which blocks the text is sent, as ranges such as `0-3,7`; empty: of none, absent: of all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Of which blocks is sent what is kept of the users, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<String>,
}
