//! What an act is about, and as whom it is done.
//!
//! Owns plain data alone; who may do what is `domain::role`'s, and `authorize` asks it.

/// What an action is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource<'a> {
    /// The backend itself: people, tokens, new organizations and sites.
    Backend,
    /// An organization, by id.
    Organization(&'a str),
    /// A site, by URL in its one form.
    Site(&'a str),
}

impl Resource<'_> {
    /// What it is called in refusals.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Backend => "thing",
            Self::Organization(_) => "organization",
            Self::Site(_) => "site",
        }
    }
}

/// As whom a thing is seen or changed: lists hold what this person may see, `my_roles` theirs, and
/// the audit record names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The canonical address.
    pub email: String,
    /// Whether all is seen.
    pub backend_admin: bool,
}

/// What can be done to a domain after it was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DomainAct {
    /// Look its record up (rule D2).
    Verify,
    /// Verified to claimed.
    Claim,
    /// Claimed to verified.
    Release,
    /// Verified to pending.
    Unverify,
    /// Takes a pending one away.
    Remove,
}
