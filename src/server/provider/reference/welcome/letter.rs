//! The welcome: what the mail says (rule T4).
//!
//! Owns the words. Takes one welcome and nothing shared (promise I2). Names come from outside: they
//! are shown, and escaped in the HTML part.

use jiff::Timestamp;

use crate::domain::address::with_unicode;
use crate::domain::untrusted::{Shown, Untrusted};
use crate::server::provider::Mail;
use crate::server::provider::reference::onboarding::Desk;

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
    /// Whether the trial or order made the organization.
    pub created: bool,
    pub can_sign_in: bool,
    pub until: Timestamp,
    /// The link's token.
    pub secret: &'a str,
}

/// Writes the welcome. The Message-ID is made from the link's own hash, so that no two mails share
/// one.
pub(super) fn compose(letter: &Letter<'_>) -> Mail {
    let words = Words {
        organization: shown(letter.organization),
        partner: letter.partner.map(shown),
        address: with_unicode(&Untrusted::new(letter.email)),
        created: letter.created,
        can_sign_in: letter.can_sign_in,
        link: format!("{}/welcome/{}", letter.desk.public_url, letter.secret),
        code: letter.secret.to_owned(),
        until: letter.until.strftime("%-d %B %Y, %H:%M UTC").to_string(),
    };
    let hash = crate::server::store::hash_secret(letter.secret);
    Mail {
        to: letter.email.to_owned(),
        name: String::new(),
        subject: format!("Get started with {}", words.organization),
        text: words.text(),
        html: words.html(),
        message_id: format!("welcome.{}@{}", &hash[..24], letter.desk.mail_domain),
    }
}

struct Words {
    organization: Shown,
    partner: Option<Shown>,
    address: Shown,
    created: bool,
    can_sign_in: bool,
    link: String,
    code: String,
    until: String,
}

impl Words {
    fn why(&self, organization: &str, partner: Option<&str>) -> String {
        let by = partner.unwrap_or("Your provider");
        if self.created {
            format!("{by} has set up {organization} for you, and made you its full administrator.")
        } else {
            format!("{by} has added an order to {organization}, which you administer.")
        }
    }

    fn next(&self) -> &'static str {
        if self.can_sign_in {
            "You can sign in already and keep the password you have: the link asks you to sign in, \
             shows the terms of service, and leads on to setting up the services."
        } else {
            "The link lets you choose a password, shows the terms of service, and leads on to \
             setting up the services."
        }
    }

    fn text(&self) -> String {
        let partner = self.partner.as_ref().map(Shown::as_str);
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
             Rather in a terminal? Start hublink, choose\n\
             \"I have a code from a mail\", and paste this code:\n\
             {code}\n\
             \n\
             Link and code are for {address} alone and work once, until {until}.\n\
             {} If you did not expect this mail, do nothing: nothing changes.\n",
            self.why(self.organization.as_str(), partner),
            self.next(),
            whom_to_ask(partner),
        )
    }

    fn html(&self) -> String {
        let partner = self.partner.as_ref().map(Shown::html);
        let partner = partner.as_deref();
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
             {} If you did not expect this mail, do nothing: nothing changes.</p>\n\
             </body>\n</html>\n",
            self.why(&format!("<b>{}</b>", self.organization.html()), partner),
            self.next(),
            whom_to_ask(partner),
        )
    }
}

fn whom_to_ask(partner: Option<&str>) -> String {
    let whom = partner.unwrap_or("your provider");
    format!("Later, {whom} can send you a new one.")
}

fn shown(text: &str) -> Shown {
    Untrusted::new(text.trim()).shown_in(NAME)
}

#[cfg(test)]
mod tests;
