//! What crosses the seam of mail and of the pages behind its links.
//!
//! Owns plain data alone: a mail, what became of it, a page, an answer.

/// A mail to one recipient, ready to render.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The envelope's and the header's one recipient.
    pub to: String,
    /// The recipient's name; may hold anything.
    pub name: String,
    /// The subject, our own words.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// The Message-ID, without angle brackets, made from the attempt.
    pub message_id: String,
}

/// What became of a mail: the phase of a failure is known (research, finding 2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The server took it; its words.
    Accepted(String),
    /// Refused for good before or at the end of DATA; surely not sent.
    Refused(String),
    /// Refused this recipient for now, or broken before the final dot; surely not sent, may be tried
    /// again.
    Deferred(String),
    /// The server takes no mail now, whoever's: not reached, busy, or it ends; surely not sent.
    NotNow(String),
    /// The server takes no mail until somebody mends something (the sign-in, its certificate, the
    /// sender), whoever's; surely not sent.
    Mend(String),
    /// Broken after the final dot: may have been sent, and is never sent again by a machine.
    Unknown(String),
}

impl Delivery {
    /// What came of it, in a word.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Accepted(_) => "accepted",
            Self::Refused(_) => "refused",
            Self::Deferred(_) => "deferred",
            Self::NotNow(_) => "not_now",
            Self::Mend(_) => "to_mend",
            Self::Unknown(_) => "unknown",
        }
    }
}

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
