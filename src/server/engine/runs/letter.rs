//! The invitation: what the mail says (rule U6).
//!
//! Owns the words. Takes one user and nothing shared, so that no mail can hold another's data
//! (promise I2). Names come from outside: they are shown, and escaped in the HTML part.

use super::rows::RunRow;
use crate::domain::address::{Address, with_unicode};
use crate::domain::letter_name::in_letter;
use crate::domain::untrusted::{Shown, Untrusted};
use crate::domain::user::lapses_at;
use crate::server::Backend;
use crate::server::audit;
use crate::server::directory::{SiteFacts, UserFacts};
use crate::server::post::Mail;
use crate::server::refusal::Refusal;

/// The most columns of a name in a mail.
const NAME: usize = 80;

/// What one invitation is made of.
pub(super) struct Letter<'a> {
    pub backend: &'a Backend,
    pub run: &'a RunRow,
    /// Who invites, by name.
    pub inviter: &'a str,
    pub site: &'a SiteFacts,
    pub user: &'a UserFacts,
    pub attempt: i64,
}

/// Writes the invitation; `secret` is the link's token.
///
/// # Errors
/// When the user has no address that a mail can go to, which the plan rules out.
pub(super) fn compose(letter: &Letter<'_>, secret: &str) -> Result<Mail, Refusal> {
    let to = recipient(&letter.user.address)
        .ok_or_else(|| Refusal::internal(&"an e-mail is planned to no usable address"))?;
    let backend = letter.backend;
    let until = lapses_at(backend.clock.now());
    let words = Words {
        name: in_letter(&letter.user.name, NAME),
        address: with_unicode(&Untrusted::new(&letter.user.address)),
        organization: in_letter(&letter.site.organization_name, NAME),
        site: shown(&letter.site.url),
        inviter: inviter(letter),
        link: format!("{}/i/{}", backend.public_url(), secret),
        until: until.strftime("%-d %B %Y, %H:%M UTC").to_string(),
    };
    let domain = domain_of(&backend.options.mail_from);
    Ok(Mail {
        to,
        name: letter.user.name.clone(),
        subject: format!("Confirm your e-mail address for {}", words.site),
        text: words.text(),
        html: words.html(),
        message_id: format!("{}.{}.{}@{domain}", letter.run.id, letter.user.number, letter.attempt),
    })
}

struct Words {
    name: Shown,
    address: Shown,
    organization: Shown,
    site: Shown,
    inviter: Shown,
    link: String,
    until: String,
}

impl Words {
    fn text(&self) -> String {
        let Self { name, address, organization, site, inviter, link, until } = self;
        let hello =
            if name.as_str().is_empty() { "Hello,".into() } else { format!("Hello {name},") };
        format!(
            "{hello}\n\
             \n\
             {inviter} invites you on behalf of {organization}.\n\
             \n\
             You have an account on the meeting site {site}. {organization} now manages this \
             site and would like to link your account, so that you sign in to it as a member \
             of {organization}. Confirm that this e-mail address is yours:\n\
             {address}\n\
             \n\
             {link}\n\
             \n\
             The link works once, until {until}. It opens a page that asks before anything \
             changes. Once you confirm, your account is linked within 48 hours; your meetings \
             and recordings stay as they are.\n\
             \n\
             This is not you, or you do not want this? The same page lets you decline: choose \
             \"This is not me, or I do not want this\". If you do nothing, nothing changes.\n"
        )
    }

    fn html(&self) -> String {
        let (name, address) = (self.name.html(), self.address.html());
        let (organization, site) = (self.organization.html(), self.site.html());
        let (inviter, link) = (self.inviter.html(), Untrusted::new(&self.link).shown().html());
        let until = &self.until;
        let hello = if name.is_empty() { "Hello,".into() } else { format!("Hello {name},") };
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<body style=\"font-family:sans-serif\">\n\
             <p>{hello}</p>\n\
             <p>{inviter} invites you on behalf of <b>{organization}</b>.</p>\n\
             <p>You have an account on the meeting site <b>{site}</b>. {organization} now manages\n\
             this site and would like to link your account, so that you sign in to it as a member \
             of {organization}. Confirm that this e-mail address is yours:\n\
             <b>{address}</b></p>\n\
             <p><a href=\"{link}\">Confirm or decline</a></p>\n\
             <p>If the link does not open, copy this address into your browser:<br>\n{link}</p>\n\
             <p>The link works once, until {until}. It opens a page that asks before anything\n\
             changes. Once you confirm, your account is linked within 48 hours; your meetings and \
             recordings stay as they are.</p>\n\
             <p>This is not you, or you do not want this? The same page lets you decline: choose\n\
             \"This is not me, or I do not want this\". If you do nothing, nothing changes.</p>\n\
             </body>\n</html>\n"
        )
    }
}

fn shown(text: &str) -> Shown {
    Untrusted::new(text.trim()).shown_in(NAME)
}

/// Who invites. A plan that applied itself was nobody's act: the site's administration stands for
/// it.
fn inviter(letter: &Letter<'_>) -> Shown {
    if letter.run.started_by == audit::SYSTEM {
        return shown(&format!("The administration of {}", letter.site.url));
    }
    person(letter.inviter, &letter.run.started_by)
}

fn person(name: &str, email: &str) -> Shown {
    let name = name.trim();
    if name.is_empty() || name == email {
        return shown(email);
    }
    let name = in_letter(name, NAME);
    Untrusted::new(format!("{name} ({email})")).shown_in(2 * NAME)
}

/// The address as spelled, its domain in A-labels: what the mail server is told.
fn recipient(spelled: &str) -> Option<String> {
    let address = Address::parse(spelled).ok()?;
    let (local, _) = spelled.trim().rsplit_once('@')?;
    Some(format!("{local}@{}", address.domain_str()))
}

/// The domain of the sender, for Message-IDs.
fn domain_of(mail_from: &str) -> &str {
    let address = mail_from.trim().trim_end_matches('>');
    address.rsplit_once('@').map_or("localhost", |(_, domain)| domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Shown {
        in_letter(text, NAME)
    }

    fn words() -> Words {
        Words {
            name: name("Eve <script>\r\nBcc: all@acme.example"),
            address: with_unicode(&Untrusted::new("eve@xn--bcher-kva.example")),
            organization: name("Acme & Sons"),
            site: shown("acme.webex.example"),
            inviter: person("Fay Moss", "fay@acme.example"),
            link: "http://127.0.0.1:8/i/inv_0".into(),
            until: "8 March 2026, 09:00 UTC".into(),
        }
    }

    #[test]
    fn u6_the_mail_says_who_what_until_when_and_how_to_decline() {
        let words = words();
        for part in [words.text(), words.html()] {
            for said in [
                "Fay Moss (fay@acme.example)",
                "acme.webex.example",
                "http://127.0.0.1:8/i/inv_0",
                "8 March 2026, 09:00 UTC",
                "within 48 hours",
                "This is not me, or I do not want this",
            ] {
                assert!(part.contains(said), "{said} in {part}");
            }
        }
    }

    #[test]
    fn d5_the_mail_names_the_address_in_both_alphabets() {
        let words = words();
        for part in [words.text(), words.html()] {
            let both = "eve@xn--bcher-kva.example (eve@b\u{fc}cher.example)";
            assert!(part.contains(both), "{part}");
        }
    }

    #[test]
    fn s5_names_cannot_break_out_of_their_place() {
        let words = words();
        assert!(!words.text().contains('\r'));
        assert!(words.text().contains("Hello Eve <script> Bcc: all[at]acme[.]example,"));
        assert!(words.html().contains("Hello Eve &lt;script&gt; Bcc"));
        assert!(words.html().contains("<b>Acme &amp; Sons</b>"));
    }

    #[test]
    fn recipients_keep_their_spelling() {
        let cases = [
            (" Amara.Okafor@ACME.example ", Some("Amara.Okafor@acme.example")),
            ("a@Bücher.example", Some("a@xn--bcher-kva.example")),
            ("nobody", None),
        ];
        for (spelled, want) in cases {
            assert_eq!(recipient(spelled).as_deref(), want);
        }
        assert_eq!(domain_of("Control Hub <no-reply@hublink.example>"), "hublink.example");
        assert_eq!(domain_of("no-reply@hublink.example"), "hublink.example");
    }
}
