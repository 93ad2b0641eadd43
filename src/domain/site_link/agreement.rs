//! The agreement to link a site: its text, with the consequences as they are (rules L5, L6).
//!
//! Owns the words. The text is made from numbers and names alone, so that the same facts give the
//! same text and the same hash; whoever agrees agrees to these consequences.

use std::fmt::Write as _;

use super::Consequences;
use crate::domain::number::{count, thousands};
use crate::domain::sentence::one_stop;
use crate::domain::untrusted::Untrusted;

/// The most columns of a name in the text.
const NAME: usize = 80;

/// What an agreement is about.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// The site's URL.
    pub site: &'a str,
    /// The organization's name.
    pub organization: &'a str,
    /// It is a partner's own organization (rule L4).
    pub partner: bool,
    /// The country of an organization that is made for it.
    pub new_in: Option<&'a str>,
    /// What linking does.
    pub consequences: &'a Consequences,
}

/// The text that is agreed to: paragraphs parted by empty lines.
pub fn agreement(terms: &Terms<'_>) -> String {
    let site = Untrusted::new(terms.site).shown_in(NAME);
    let organization = Untrusted::new(terms.organization).shown_in(NAME);
    let mut text = format!(
        "I link the meeting site {site} to the organization {organization}.\n\n\
         This is permanent. There is no unlink: a site is linked to one organization, once. The \
         link completes within 24 hours and cannot be cancelled; should it fail, it is tried \
         again, to the same organization only.\n\n"
    );
    if terms.partner {
        let _ = write!(
            text,
            "{organization} is a partner's own organization. The site and its users become the \
             partner's, for good: should they be a customer's, no one can move them there.\n\n"
        );
    }
    if let Some(country) = terms.new_in {
        let country = Untrusted::new(country).shown_in(NAME);
        let _ = write!(
            text,
            "{organization} is a new organization in {country}. It exists from now on, whatever \
             becomes of the link, and I am its full admin.\n\n"
        );
    }
    users(&mut text, terms.consequences, organization.as_str());
    match terms.consequences.notified {
        0 => text.push_str("Nobody is told of the link by e-mail.\n\n"),
        1 => {
            let _ = write!(text, "The full admin of {organization} is told by e-mail.\n\n");
        }
        more => {
            let count = thousands(more);
            let _ =
                write!(text, "All {count} full admins of {organization} are told by e-mail.\n\n");
        }
    }
    text.push_str(
        "Linking the site changes no one's privileges, and gives nobody a licence, even where the \
         organization assigns licences automatically. Linking its users is a second step, and \
         optional.",
    );
    one_stop(text)
}

fn users(text: &mut String, what: &Consequences, organization: &str) {
    let _ = writeln!(text, "Of the site's {}, when the link completes:", count(what.users, "user"));
    let stay = |users: u64| match users {
        1 => "1 stays as it is".to_owned(),
        more => format!("{} stay as they are", thousands(more)),
    };
    let are = |users: u64| {
        if users == 1 { "1 is".to_owned() } else { format!("{} are", thousands(users)) }
    };
    let _ = writeln!(
        text,
        "- {} linked without an e-mail: {} whom {organization} already has, {} who have \
         confirmed their address;",
        are(what.linked),
        thousands(what.known),
        thousands(what.confirmed),
    );
    for row in &what.reported {
        let are = if row.users == 1 { "is" } else { "are" };
        let _ = writeln!(
            text,
            "- {} would be, but {are} not, and {are} reported: {};",
            thousands(row.users),
            row.outcome.reason()
        );
    }
    let _ = write!(text, "- {}.\n\n", stay(what.untouched));
}
