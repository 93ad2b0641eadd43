//! What an act of administration takes away, in whole sentences with the numbers.
//!
//! Owns the words before the question, the same on a screen and in a shell: whose role goes, which
//! offer, who cannot sign in any more, what a token opened. Must not ask, look up or do anything.

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::api::organization::Organization;
use crate::api::person::Token;
use crate::domain::address::Address;
use crate::domain::number::{count, thousands};
use crate::domain::offer::OfferState;
use crate::domain::role::Role;
use crate::domain::untrusted::Untrusted;

/// What an act takes away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// Whole sentences, with the numbers; a paragraph is a line.
    pub what: String,
    /// Whether to do it.
    pub question: String,
}

/// A moment in the words of whoever asks.
pub type Moment<'a> = &'a dyn Fn(Timestamp) -> String;

/// Who loses which role, and how many keep it, or which offer goes; nothing where the person has
/// neither, and where it is the last full admin, who stays (rule P3).
pub fn revoked(org: &Organization, email: &str, role: Role, moment: Moment<'_>) -> Option<Loss> {
    let email = canonical(email);
    let with = |role: Role| org.administrators.iter().filter(move |one| one.role == role);
    if !with(role).any(|one| one.email.raw() == email) {
        let what = offer(org, &email, |roles| roles.contains(&role), moment)?;
        return Some(Loss { what, question: "Take the offer back?".to_owned() });
    }
    let left = with(role).count() as u64 - 1;
    if left == 0 && role == Role::FullAdmin {
        return None;
    }
    let theirs = org.administrators.iter().filter(|one| one.email.raw() == email).count();
    let what = format!(
        "{} stops being {} of {}: {} left, and {} of theirs there.",
        Untrusted::new(email).shown(),
        role.title(),
        org.name.shown(),
        count(left, role.title()),
        count(theirs as u64 - 1, "other role"),
    );
    Some(Loss { what, question: "Take the role?".to_owned() })
}

/// Which offer goes, with its link and its code.
pub fn withdrawn(org: &Organization, email: &str, moment: Moment<'_>) -> Option<Loss> {
    let what = offer(org, &canonical(email), |_| true, moment)?;
    Some(Loss { what, question: "Withdraw it?".to_owned() })
}

fn offer(
    org: &Organization,
    email: &str,
    of: impl Fn(&[Role]) -> bool,
    moment: Moment<'_>,
) -> Option<String> {
    let offer = org.offers.iter().find(|one| one.email.raw() == email && of(&one.roles))?;
    (offer.state == OfferState::Open).then(|| {
        format!(
            "{} is offered {} in {} until {}. The link and the code of the mail end.",
            offer.email.shown(),
            count(offer.roles.len() as u64, "role"),
            org.name.shown(),
            moment(offer.expires_at),
        )
    })
}

/// The people of an organization's sites under one of its domains.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Under {
    /// All of them.
    pub users: u64,
    /// On so many sites.
    pub sites: u64,
    /// Those of them who are not linked.
    pub not_linked: u64,
}

impl Under {
    /// Those of one more site.
    pub fn take(&mut self, users: u64, linked: u64) {
        self.users += users;
        self.sites += u64::from(users > 0);
        self.not_linked += users.saturating_sub(linked);
    }

    fn words(self) -> String {
        let verb = if self.users == 1 { "is" } else { "are" };
        format!(
            "{} of {} here {verb} under it, {} of them not linked yet",
            count(self.users, "user"),
            count(self.sites, "site"),
            thousands(self.not_linked)
        )
    }
}

/// What releasing the claim on a domain takes away (rule D3).
pub fn released(name: &Untrusted, under: Under) -> Loss {
    let shown = name.shown();
    let what = format!(
        "Other organizations may then have identities under {shown}. {}; what a plan does to them \
         stays.",
        under.words()
    );
    Loss { what, question: format!("Release the claim on {shown}?") }
}

/// What unverifying a domain takes away (rule D1).
pub fn unproven(name: &Untrusted, under: Under) -> Loss {
    let what = format!(
        "{}: a plan holds those or sends them an e-mail, by the method of their site.\n\
         What is linked stays linked. To verify it again, a new record must be published.",
        under.words()
    );
    Loss { what, question: format!("Unverify {}?", name.shown()) }
}

/// What removing a pending domain takes away (rule D1).
pub fn removed(name: &Untrusted) -> Loss {
    let shown = name.shown();
    let what = format!(
        "{shown} leaves the organization: its record is not looked up any more. To prove the domain \
         later it is added again, and has a new record."
    );
    Loss { what, question: format!("Remove {shown}?") }
}

/// Who cannot sign in any more (rule P5).
pub fn disabled(email: &str) -> Loss {
    let what = format!(
        "All sessions and tokens of {} end at once, for good; they cannot sign in until they are \
         enabled again.",
        Untrusted::new(email).shown()
    );
    Loss { what, question: "Disable this person?".to_owned() }
}

/// Whose token goes, and what with it.
pub fn token(token: &Token, moment: Moment<'_>) -> Loss {
    let mut what = format!("Token {}", Untrusted::new(token.id.as_str()).shown());
    let about = token.note.shown_in(80);
    if !about.as_str().is_empty() {
        let _ = write!(what, " “{about}”");
    }
    let _ = write!(what, " of {}", token.person.shown());
    match token.used_at {
        Some(at) => {
            let _ = write!(what, ", last used {}.", moment(at));
        }
        None => what.push_str(", not used yet as far as is known."),
    }
    what.push_str("\nWhat signs in with it cannot do so any more, and the sessions it opened end.");
    if token.in_use {
        what.push_str("\nIt is the token you are using now: this machine is signed out with it.");
    }
    Loss { what, question: "Revoke it?".to_owned() }
}

/// As the backend spells it.
/// An address as it is compared; what is none stays as it is.
pub(super) fn canonical(email: &str) -> String {
    Address::parse(email).map_or_else(|_| email.to_owned(), String::from)
}
