//! What crosses the seam of the pages behind a mail's links.
//!
//! Owns plain data alone: a page, an answer.

/// What a person can answer to an invitation (rule U6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitationAnswer {
    /// The address is theirs.
    Confirm,
    /// "This is not me, or I do not want this."
    Decline,
}

/// A page for a person's browser; the router frames it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebPage {
    /// The HTTP status.
    pub status: u16,
    /// The title and heading: our own words.
    pub title: String,
    /// What stands under the heading, HTML.
    pub body: String,
}

/// What became of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The page that tells the person.
    pub page: WebPage,
    /// Whose invitation was settled; none when the link was used, too old or not known.
    pub settled: Option<Settled>,
}

/// An invitation that has its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The organization.
    pub organization: String,
    /// The canonical address.
    pub address_key: String,
}
