//! What is asked of the directory elsewhere, act by act.
//!
//! Owns the list of acts and their words. How a provider does each is its own to say.

/// An act that a provider does by itself, has done by hand, or does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Proving domains.
    Domains,
    /// Choosing the method and signing agreements.
    Method,
    /// Linking sites to organizations.
    Sites,
    /// Linking accounts silently.
    Link,
    /// Inviting people by e-mail.
    Invite,
    /// Importing rosters and changing them.
    Import,
    /// Directory sync.
    DirectorySync,
}

impl Act {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Domains,
        Self::Method,
        Self::Sites,
        Self::Link,
        Self::Invite,
        Self::Import,
        Self::DirectorySync,
    ];

    /// What it is, at the beginning of a sentence.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Domains => "Proving domains",
            Self::Method => "Choosing the linking method",
            Self::Sites => "Linking sites",
            Self::Link => "Linking people without an e-mail",
            Self::Invite => "Inviting people by e-mail",
            Self::Import => "Importing users",
            Self::DirectorySync => "Directory sync",
        }
    }

    /// Done by hand, it is asked for here afterwards, and what was done there is looked at then.
    pub const fn is_looked_at(self) -> bool {
        matches!(self, Self::Method)
    }
}
