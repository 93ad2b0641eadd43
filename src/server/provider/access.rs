//! The part of the seam for who can sign in (rules P3, P5): whose a person is, whom an organization
//! cannot do without, and the mail with the code that sets a new password.
//!
//! Owns the calls and what crosses.

use super::Answer;
use crate::api::problem::code;
use crate::server::refusal::Refusal;
use crate::server::store::Conn;

/// Whose a person is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Belonging {
    /// The organization that the address is an identity of, if it is one's.
    pub organization: Option<String>,
    /// Whether there are rights that this organization did not give: in another organization, or on
    /// sites that are not linked to this one.
    pub elsewhere: bool,
}

/// What a code out of a mail for a new password turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResetFound {
    /// It can be used.
    Open,
    /// This address has used it.
    Used(String),
}

/// 409: the code was used.
pub fn used_code() -> Refusal {
    Refusal::conflict(
        code::CODE_USED,
        "This code was used.",
        "Sign in with the password that was set. If that was not you, ask for a new code at once: \
         hublink password reset.",
    )
    .at("code")
}

/// Who can sign in: a part of [`super::Provider`].
///
/// As there, callers have authorized; addresses are canonical.
pub trait Access: Send + Sync {
    /// Whose a person is.
    fn belonging<'a>(&'a self, conn: &'a mut Conn, email: &'a str) -> Answer<'a, Belonging>;
    /// Refuses where an organization would be left without a full admin who can sign in, now that
    /// this one cannot (rule P3).
    fn must_leave_full_admins<'a>(&'a self, conn: &'a mut Conn, email: &'a str) -> Answer<'a, ()>;
    /// A person was disabled by this one: what they have offered by a right to grant is taken back
    /// (rule P1).
    fn access_ended<'a>(
        &'a self,
        conn: &'a mut Conn,
        email: &'a str,
        by: &'a str,
    ) -> Answer<'a, ()>;
    /// Somebody at this peer says to have forgotten this address' password. Looks nobody up.
    fn ask_reset<'a>(&'a self, email: &'a str, peer: &'a str) -> Answer<'a, ()>;
    /// What is behind a code; changes nothing.
    fn look_at_reset<'a>(&'a self, code: &'a str) -> Answer<'a, ResetFound>;
    /// Uses a code, once, in the caller's transaction; answers whose password it sets.
    fn use_reset<'a>(&'a self, conn: &'a mut Conn, code: &'a str) -> Answer<'a, String>;
}
