//! A site's users on the wire: a compressed NDJSON stream, and pages for people and scripts.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::facts::Facts;
use crate::domain::linking::LinkingMethod;
use crate::domain::outcome::Outcome;
use crate::domain::untrusted::Untrusted;
use crate::domain::user::UserState;

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

/// [`RosterLine`], borrowed from the line it is read from: there may be a million of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RosterLineRef<'a> {
    /// The user's number.
    pub n: u32,
    /// `UserID`.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// The name.
    #[serde(borrow, default)]
    pub name: Cow<'a, str>,
    /// The address as spelled on the site.
    #[serde(borrow, default)]
    pub mail: Cow<'a, str>,
    /// The department.
    #[serde(borrow, default)]
    pub dept: Cow<'a, str>,
    /// Where the user stands.
    pub state: UserState,
    /// The facts that decide.
    pub facts: Facts,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_reads_the_same_owned_and_borrowed() {
        let line = RosterLine {
            n: 7,
            id: "u\"7".into(),
            name: "Zoë\u{1b}".into(),
            mail: "zoe@acme.example".into(),
            dept: "".into(),
            state: UserState::Invited,
            facts: Facts::from_code(513),
        };
        let text = serde_json::to_string(&line).unwrap();
        let read: RosterLineRef<'_> = serde_json::from_str(&text).unwrap();
        assert_eq!((read.n, read.state, read.facts), (line.n, line.state, line.facts));
        assert_eq!([&*read.id, &*read.name], [line.id.raw(), line.name.raw()]);
        assert_eq!([&*read.mail, &*read.dept], [line.mail.raw(), line.dept.raw()]);
        assert!(matches!(read.mail, Cow::Borrowed(_)));
    }
}
