//! What automatic linking writes to a site's administrators and its CSM (rule L11).
//!
//! Owns the words. Names come from outside and are shown, never repeated as they are.

use jiff::Timestamp;

use crate::domain::automatic::Waits;
use crate::domain::letter_name::in_letter;
use crate::domain::untrusted::Untrusted;
use crate::server::directory::notices::Letter;

/// The most columns of a name.
const NAME: usize = 80;

/// A site as its mails name it.
pub struct Site<'a> {
    pub url: &'a str,
    pub company: &'a str,
    pub csm: &'a str,
}

/// So many days before the date.
pub fn announcement(site: &Site<'_>, on: Timestamp, now: Timestamp) -> Letter {
    let (url, company, csm) = (shown(site.url), named(site.company), contact(site.csm));
    let date = on.strftime("%-d %B %Y");
    let days = days_until(on, now);
    Letter {
        subject: format!("{url} will be linked to Control Hub on {date}"),
        text: format!(
            "Hello,\n\
             \n\
             you administer the meeting site {url} of {company}. In {days}, on {date} at 00:00 UTC, \
             it will be linked to an organization in Control Hub by itself. Linking is permanent.\n\
             \n\
             It links where exactly one customer organization matches the site by its id, or by a \
             verified domain of more than half of its active users. Where nothing matches, a new \
             organization is made and you become its full administrator. In any other case nothing \
             happens, and a person has to decide; you will be told.\n\
             \n\
             The site's users are then linked without an e-mail to them. Their licences carry over \
             and none are added.\n\
             \n\
             To choose the organization yourself, link the site before that date. \
             Questions? Ask your customer success manager: {csm}.\n"
        ),
    }
}

/// The date has come, and a human has to decide.
pub fn waiting(site: &Site<'_>, waits: Waits) -> Letter {
    let (url, company, csm) = (shown(site.url), named(site.company), contact(site.csm));
    let why = waits.reason();
    Letter {
        subject: format!("{url} was not linked by itself and waits for you"),
        text: format!(
            "Hello,\n\
             \n\
             the meeting site {url} of {company} was to be linked to Control Hub by itself today. \
             It was not, and nothing about it has changed:\n\
             \n\
             {why}\n\
             \n\
             An administrator of the site can link it: open hublink, choose the site, Enroll Now. \
             The customer success manager of the site is {csm}.\n"
        ),
    }
}

/// The date has come, nothing matched, and a new organization was made: to its full admins.
pub fn made(site: &Site<'_>, organization: &str) -> Letter {
    let (url, company, csm) = (shown(site.url), named(site.company), contact(site.csm));
    let organization = named(organization);
    Letter {
        subject: format!("{organization} is a new organization, and you are its full admin"),
        text: format!(
            "Hello,\n\
             \n\
             you administer the meeting site {url} of {company}. Its date has come, and no \
             organization in Control Hub matched it. A new one was made, {organization}, and the site \
             is being linked to it. Linking is permanent.\n\
             \n\
             You are full admin of {organization}, as all administrators of the site are who are in no \
             organization yet. Sign in to hublink as you do, and it stands in the first list. Who \
             cannot sign in yet gets a welcome mail with the way in.\n\
             \n\
             The site's users are linked without an e-mail to them. Their licences carry over and \
             none are added.\n\
             \n\
             Questions? Ask your customer success manager: {csm}.\n"
        ),
    }
}

fn days_until(on: Timestamp, now: Timestamp) -> String {
    const DAY: i64 = 24 * 60 * 60;
    match (on.as_second() - now.as_second() + DAY - 1) / DAY {
        1 => "one day".to_owned(),
        days => format!("{days} days"),
    }
}

fn contact(csm: &str) -> String {
    if csm.is_empty() { "not named yet".to_owned() } else { shown(csm) }
}

fn named(name: &str) -> String {
    in_letter(name, NAME).to_string()
}

fn shown(text: &str) -> String {
    Untrusted::new(text.trim()).shown_in(NAME).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l11_the_announcement_says_when_what_and_whom_to_ask() {
        let site = Site {
            url: "new.webex.example",
            company: "New\r\nBcc: x@y.example",
            csm: "csm@provider.example",
        };
        let on: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
        let letter = announcement(&site, on, "2026-05-02T00:00:00Z".parse().unwrap());
        for said in ["In 30 days, on 1 June 2026", "permanent", "csm@provider.example"] {
            assert!(letter.text.contains(said), "{said} in {}", letter.text);
        }
        assert!(letter.text.contains("New Bcc: x[at]y[.]example"), "{}", letter.text);
        assert_eq!(days_until(on, "2026-05-31T23:00:00Z".parse().unwrap()), "one day");
        let letter = waiting(&Site { csm: "", ..site }, Waits::WeakMatch);
        assert!(
            letter.text.contains(Waits::WeakMatch.reason()) && letter.text.contains("not named")
        );
    }
}
