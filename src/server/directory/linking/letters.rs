//! What the mails of linking say (rules L1, L7).
//!
//! Owns the words. Names come from outside: they are shown, and escaped in the HTML part.

use std::fmt::Write as _;

use jiff::Timestamp;
use sqlx::Row;

use super::NAME;
use crate::domain::address::with_unicode;
use crate::domain::letter_name::in_letter;
use crate::domain::number::count;
use crate::domain::outcome::Outcome;
use crate::domain::site_link::shown_code;
use crate::domain::untrusted::{Shown, Untrusted};
use crate::server::post::Mail;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, from_millis};

/// Who gets a mail.
#[derive(Debug)]
pub struct Recipient {
    email: String,
    name: String,
}

impl Recipient {
    /// By address; the name is a person's who can sign in, if it is one.
    pub async fn find(conn: &mut Conn, email: &str) -> Result<Self, Refusal> {
        let name: Option<String> = sqlx::query_scalar("SELECT name FROM people WHERE email = $1")
            .bind(email)
            .fetch_optional(conn)
            .await?;
        let name = name.filter(|name| name != email).unwrap_or_default();
        Ok(Self { email: email.to_owned(), name })
    }

    fn hello(&self) -> Shown {
        let name = in_letter(&self.name, NAME);
        let name = name.as_str();
        let words = if name.is_empty() { "Hello,".into() } else { format!("Hello {name},") };
        Untrusted::new(words).shown()
    }
}

/// The connect mail: its link and its code are one secret.
pub fn connect(
    to: &Recipient,
    url: &str,
    public_url: &str,
    code: &str,
    until: Timestamp,
    message_id: String,
) -> Mail {
    let (site, address) = (shown(url), with_unicode(&Untrusted::new(&to.email)));
    let code = shown_code(code);
    let link = format!("{public_url}/connect/{code}");
    let until = date(until);
    let body = Body {
        hello: to.hello(),
        paragraphs: vec![
            format!(
                "you have asked to link the meeting site {site} to an organization. Show that \
                 this address is yours, {address}: open the link, or give the code to hublink."
            ),
            format!("{link}"),
            format!("Code: {code}"),
            format!(
                "Both work once, until {until}. Connecting links nothing yet: the next page is \
                 the organization, and nothing is linked before you have read what it means."
            ),
            "You did not ask for this? Then do nothing, and nothing happens.".to_owned(),
        ],
        link: Some(link),
    };
    body.mail(to, format!("Connect your site {site}"), message_id)
}

/// The notice to a full admin: the site is linked, by whom, and what it means.
pub async fn notice(
    conn: &mut Conn,
    to: &Recipient,
    site: i64,
    message_id: String,
) -> Result<Mail, Refusal> {
    let row = sqlx::query(
        "SELECT s.url, o.name, l.agreed_by, s.linked_at, l.automatic,
                (SELECT count(*) FROM link_users u WHERE u.site = s.id AND u.outcome = $2)
                  AS linked,
                (SELECT count(*) FROM link_users u WHERE u.site = s.id AND u.outcome <> $2)
                  AS reported
           FROM sites s JOIN site_links l ON l.site = s.id
           JOIN organizations o ON o.id = l.organization
          WHERE s.id = $1",
    )
    .bind(site)
    .bind(Outcome::LinkNow.code())
    .fetch_one(conn)
    .await?;
    let url = shown(row.try_get("url")?);
    let organization = in_letter(row.try_get("name")?, NAME);
    let by = shown(row.try_get("agreed_by")?);
    let at = date(row.try_get::<Option<i64>, _>("linked_at")?.map_or(Timestamp::MIN, from_millis));
    let how = if row.try_get::<bool, _>("automatic")? {
        "automatically".into()
    } else {
        format!("by {by}")
    };
    let linked = row.try_get::<i64, _>("linked")? as u64;
    let reported = row.try_get::<i64, _>("reported")? as u64;
    let mut users = linked_at_once(linked, &organization);
    if reported > 0 {
        let reported = count(reported, "other");
        let _ = write!(users, " {reported} could not be linked; the site's link tells why.");
    }
    let body = Body {
        hello: to.hello(),
        paragraphs: vec![
            format!(
                "the meeting site {url} was linked to {organization} on {at}, {how}. You get this \
                 mail because you are full admin of {organization}."
            ),
            format!(
                "The link is permanent. It changes no one's privileges: site administrators stay \
                 site administrators. {users}"
            ),
            "Linking the other users is a second step, and optional: you find it in hublink under \
             the site, as Link users."
                .to_owned(),
        ],
        link: None,
    };
    Ok(body.mail(to, format!("{url} is linked to {organization}"), message_id))
}

/// Who was linked with the site.
fn linked_at_once(linked: u64, organization: &Shown) -> String {
    let (have, were) = if linked == 1 { ("has", "was") } else { ("have", "were") };
    format!(
        "{} whom {organization} knows already, or who {have} confirmed their address, {were} \
         linked without an e-mail.",
        count(linked, "user")
    )
}

/// A mail's paragraphs: shown text already.
struct Body {
    hello: Shown,
    paragraphs: Vec<String>,
    /// The paragraph that is a link.
    link: Option<String>,
}

impl Body {
    fn mail(self, to: &Recipient, subject: String, message_id: String) -> Mail {
        let mut text = format!("{}\n\n", self.hello);
        let mut html = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<body style=\"font-family:sans-serif\">\n<p>{}</p>\n",
            self.hello.html()
        );
        for paragraph in &self.paragraphs {
            text.push_str(paragraph);
            text.push_str("\n\n");
            let shown = Untrusted::new(paragraph).shown().html();
            let is_link = self.link.as_ref() == Some(paragraph);
            let line = if is_link {
                format!("<p><a href=\"{shown}\">{shown}</a></p>\n")
            } else {
                format!("<p>{shown}</p>\n")
            };
            html.push_str(&line);
        }
        html.push_str("</body>\n</html>\n");
        let text = format!("{}\n", text.trim_end());
        Mail { to: to.email.clone(), name: to.name.clone(), subject, text, html, message_id }
    }
}

fn shown(text: &str) -> Shown {
    Untrusted::new(text.trim()).shown_in(NAME)
}

fn date(at: Timestamp) -> String {
    at.strftime("%-d %B %Y, %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l7_the_notice_is_right_for_one_user_and_for_many_in_text_and_html() {
        for (linked, words) in [
            (1, "1 user whom Acme knows already, or who has confirmed their address, was linked"),
            (
                2,
                "2 users whom Acme knows already, or who have confirmed their address, were linked",
            ),
        ] {
            let to = Recipient { email: "fay@acme.example".to_owned(), name: String::new() };
            let paragraphs = vec![linked_at_once(linked, &shown("Acme"))];
            let body = Body { hello: to.hello(), paragraphs, link: None };
            let mail = body.mail(&to, String::new(), String::new());
            assert!(mail.text.contains(words) && mail.html.contains(words), "{}", mail.text);
        }
    }
}
