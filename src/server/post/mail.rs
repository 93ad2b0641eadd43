//! A mail that is ready to leave, and what its server said of it.
//!
//! Owns plain data alone.

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
    /// Refused this recipient for now; surely not sent, may be tried again.
    Deferred(String),
    /// The server takes no mail now, whoever's: not reached, busy, or it ends, or it hung up before
    /// the final dot; surely not sent.
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
