//! The welcome: what the mail says (rules T4, P1).
//!
//! Owns the words. Takes one welcome and nothing shared (promise I2). Names come from outside: they
//! are shown, and escaped in the HTML part.

use jiff::Timestamp;

use super::Origin;
use crate::domain::address::with_unicode;
use crate::domain::letter_name::in_letter;
use crate::domain::role::Role;
use crate::domain::untrusted::{Shown, Untrusted};
use crate::server::directory::onboarding::Desk;
use crate::server::post::Mail;

/// The most columns of a name in a mail.
const NAME: usize = 80;

/// What one welcome mail is made of.
pub(super) struct Letter<'a> {
    pub desk: &'a Desk,
    pub email: &'a str,
    /// The organization's name.
    pub organization: &'a str,
    /// The partner's name, if there is one.
    pub partner: Option<&'a str>,
    pub origin: Origin,
    /// Who made the offer; empty where that is not known.
    pub by: &'a str,
    pub roles: &'a [Role],
    /// Whether the roles are held already; else they are offered.
    pub held: bool,
    pub can_sign_in: bool,
    pub until: Timestamp,
    /// The link's token.
    pub secret: &'a str,
}

/// Writes the welcome. The Message-ID is made from the link's own hash, so that no two mails share
/// one.
pub(super) fn compose(letter: &Letter<'_>) -> Mail {
    let words = Words {
        organization: in_letter(letter.organization, NAME),
        by: match letter.origin {
            Origin::Created | Origin::Existing => letter.partner.map(|name| in_letter(name, NAME)),
            Origin::Granted => Some(letter.by).filter(|by| !by.is_empty()).map(shown),
            Origin::Automatic => None,
        },
        address: with_unicode(&Untrusted::new(letter.email)),
        origin: letter.origin,
        roles: titles(letter.roles),
        held: letter.held,
        can_sign_in: letter.can_sign_in,
        link: format!("{}/welcome/{}", letter.desk.public_url, letter.secret),
        code: letter.secret.to_owned(),
        until: letter.until.strftime("%-d %B %Y, %H:%M UTC").to_string(),
    };
    let hash = crate::server::store::hash_secret(letter.secret);
    Mail {
        to: letter.email.to_owned(),
        name: String::new(),
        subject: words.subject(),
        text: words.text(),
        html: words.html(),
        message_id: format!("welcome.{}@{}", &hash[..24], letter.desk.mail_domain),
    }
}

/// `full admin and partner admin`.
fn titles(roles: &[Role]) -> String {
    let titles: Vec<&str> = roles.iter().map(|role| role.title()).collect();
    titles.join(" and ")
}

struct Words {
    organization: Shown,
    /// Who offers: the partner, or the person.
    by: Option<Shown>,
    address: Shown,
    origin: Origin,
    roles: String,
    held: bool,
    can_sign_in: bool,
    link: String,
    code: String,
    until: String,
}

impl Words {
    fn subject(&self) -> String {
        let organization = &self.organization;
        match self.origin {
            Origin::Granted if !self.held => format!("{organization} offers you a role"),
            _ => format!("Get started with {organization}"),
        }
    }

    fn why(&self, organization: &str, by: Option<&str>) -> String {
        let by = by.unwrap_or("Your provider");
        let roles = &self.roles;
        match (self.origin, self.held) {
            (Origin::Created, false) => format!(
                "{by} has set up {organization} for you, and offers you the role of {roles} there."
            ),
            (Origin::Created, true) => format!(
                "{by} has set up {organization} for you, and made you its full administrator."
            ),
            (Origin::Existing, false) => format!(
                "{by} has added an order to {organization}, and offers you the role of {roles} \
                 there."
            ),
            (Origin::Existing, true) => {
                format!("{by} has added an order to {organization}, which you administer.")
            }
            (Origin::Granted, false) => {
                format!("{by} offers you the role of {roles} in {organization}.")
            }
            (Origin::Granted, true) => {
                format!("You have the role of {roles} in {organization}, given by {by}.")
            }
            (Origin::Automatic, _) => format!(
                "The meeting site that you administer was linked by itself to a new organization, \
                 {organization}, and you are its {roles}."
            ),
        }
    }

    fn next(&self) -> &'static str {
        match (self.can_sign_in, self.origin) {
            (true, Origin::Created | Origin::Existing) => {
                "You can sign in already and keep the password you have: the link asks you to sign \
                 in, shows the terms of service, and leads on to setting up the services."
            }
            (true, _) => {
                "You can sign in already and keep the password you have: the link asks you to sign \
                 in and shows the terms of service."
            }
            (false, Origin::Created | Origin::Existing) => {
                "The link lets you choose a password, shows the terms of service, and leads on to \
                 setting up the services."
            }
            (false, _) => "The link lets you choose a password and shows the terms of service.",
        }
    }

    /// What accepting means, and what becomes of it without.
    fn means(&self, organization: &str) -> String {
        if self.held {
            return format!(
                "You have the role already, with this mail or without. If you did not expect that, \
                 ask a full admin of {organization} to revoke it."
            );
        }
        format!(
            "Accepting makes you a user of {organization}. A person is in one organization at \
             most, so no other organization can take you in from then on. Until you accept, \
             nothing changes for you anywhere. If you did not expect this mail, decline behind the \
             same link: {organization} cannot offer you anything again until you allow it. Without \
             an answer the offer lapses."
        )
    }

    fn text(&self) -> String {
        let by = self.by.as_ref().map(Shown::as_str);
        let (link, code, until, address) = (&self.link, &self.code, &self.until, &self.address);
        format!(
            "Hello,\n\
             \n\
             {}\n\
             \n\
             Get started:\n\
             {link}\n\
             \n\
             {}\n\
             \n\
             Rather in a terminal? Start hublink, choose \
             \"I have a code from a mail\", and paste this code:\n\
             {code}\n\
             \n\
             Link and code are for {address} alone and work once, until {until}.\n\
             {}\n\
             \n\
             {}\n",
            self.why(self.organization.as_str(), by),
            self.next(),
            whom_to_ask(by),
            self.means(self.organization.as_str()),
        )
    }

    fn html(&self) -> String {
        let by = self.by.as_ref().map(Shown::html);
        let by = by.as_deref();
        let organization = self.organization.html();
        let link = Untrusted::new(&self.link).shown().html();
        let (code, until, address) = (&self.code, &self.until, self.address.html());
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<body style=\"font-family:sans-serif\">\n\
             <p>Hello,</p>\n\
             <p>{}</p>\n\
             <p><a href=\"{link}\"><b>Get Started</b></a></p>\n\
             <p>{}</p>\n\
             <p>If the link does not open, copy this address into your browser:<br>\n{link}</p>\n\
             <p>Rather in a terminal? Start hublink, choose \"I have a code from a mail\", and paste\n\
             this code:<br>\n<code>{code}</code></p>\n\
             <p>Link and code are for {address} alone and work once, until {until}.\n\
             {}</p>\n\
             <p>{}</p>\n\
             </body>\n</html>\n",
            self.why(&format!("<b>{organization}</b>"), by),
            self.next(),
            whom_to_ask(by),
            self.means(&organization),
        )
    }
}

fn whom_to_ask(by: Option<&str>) -> String {
    let whom = by.unwrap_or("your provider");
    format!("Later, {whom} can send you a new one.")
}

fn shown(text: &str) -> Shown {
    Untrusted::new(text.trim()).shown_in(NAME)
}

#[cfg(test)]
mod tests;
