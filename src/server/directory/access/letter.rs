//! The mail with the code that sets a new password: what it says (rule P5).
//!
//! Owns the words and how long the code works. Takes one address and nothing shared (promise I2).

use jiff::{SignedDuration, Timestamp};

use crate::domain::untrusted::Untrusted;
use crate::server::directory::onboarding::Desk;
use crate::server::post::Mail;
use crate::server::store::hash_secret;

/// How long a code works.
pub(super) const CODE_WORKS: SignedDuration = SignedDuration::from_mins(30);

/// Writes it. The Message-ID is made from the code's own hash, so that no two mails share one.
pub(super) fn compose(desk: &Desk, email: &str, code: &str, until: Timestamp) -> Mail {
    let address = Untrusted::new(email).shown();
    let at = Untrusted::new(&*desk.public_url).shown();
    let until = until.strftime("%-d %B %Y, %H:%M UTC").to_string();
    let ask = format!("Somebody asked for a new password for {address} at {at}.");
    let how = format!(
        "Open {at}/reset and paste this code; or start hublink and choose \"I have forgotten my \
         password\", or run hublink password reset --code, which asks for it:"
    );
    let rest = format!(
        "It works once, until {until}. Setting a new password ends every session of yours. If it \
         was not you who asked, do nothing: nothing changes, and nobody else has this code."
    );
    let hash = hash_secret(code);
    Mail {
        to: email.to_owned(),
        name: String::new(),
        subject: "Your code for a new password".to_owned(),
        text: format!("Hello,\n\n{ask}\n\n{how}\n{code}\n\n{rest}\n"),
        html: format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<body style=\"font-family:sans-serif\">\n\
             <p>Hello,</p>\n<p>{}</p>\n<p>{}<br>\n<code>{code}</code></p>\n<p>{}</p>\n\
             </body>\n</html>\n",
            html(&ask),
            html(&how),
            html(&rest),
        ),
        message_id: format!("password.{}@{}", &hash[..24], desk.mail_domain),
    }
}

fn html(text: &str) -> String {
    Untrusted::new(text).shown().html()
}
