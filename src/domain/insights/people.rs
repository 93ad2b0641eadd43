//! Who somebody in a meeting is, as far as a feed has it (rule L9): title, company, work history and
//! links to social media.
//!
//! Owns what such a record may say, and which links are shown at all. Must not open one.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::feed::{Fault, person_key};
use crate::domain::domain_name::DomainName;
use crate::domain::untrusted::Untrusted;

/// The most characters of a text.
const LONGEST: usize = 300;
/// The most stations of a work history, and the most links.
const MOST: usize = 30;

/// A person. Sent again under the same address they replace what was told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FedPerson {
    /// The address; empty for guests, who are known by their name.
    #[serde(default)]
    pub address: Untrusted,
    /// The name.
    #[serde(default)]
    pub name: Untrusted,
    /// The title, such as "Head of Design".
    #[serde(default)]
    pub title: Untrusted,
    /// The company.
    #[serde(default)]
    pub company: Untrusted,
    /// The work history, a line a station, the newest first.
    #[serde(default)]
    pub history: Vec<Untrusted>,
    /// Links to social media; those that are not https are left out.
    #[serde(default)]
    pub links: Vec<Untrusted>,
}

impl FedPerson {
    /// What is wrong with the record.
    ///
    /// # Errors
    /// The first fault.
    pub fn check(&self) -> Result<(), Fault> {
        if self.address.raw().trim().is_empty() && self.name.raw().trim().is_empty() {
            let why = "must not be empty where there is no address either";
            return Err(Fault { field: "name", why });
        }
        let one = |field, text| (field, std::slice::from_ref(text));
        let texts = [
            one("address", &self.address),
            one("name", &self.name),
            one("title", &self.title),
            one("company", &self.company),
            ("history", self.history.as_slice()),
            ("links", self.links.as_slice()),
        ];
        for (field, texts) in texts {
            if texts.iter().any(|text| text.raw().chars().count() > LONGEST) {
                return Err(Fault { field, why: "is longer than 300 characters" });
            }
            if texts.len() > MOST {
                return Err(Fault { field, why: "has more than 30 entries" });
            }
        }
        Ok(())
    }

    /// Who that is: the same as in every meeting of theirs.
    pub fn key(&self) -> String {
        person_key(&self.address, &self.name)
    }

    /// The links that are shown.
    pub fn shown_links(&self) -> impl Iterator<Item = &str> {
        self.links.iter().map(|link| link.raw().trim()).filter(|link| is_link(link))
    }
}

/// Whether a link is shown: https, to a host by its name, in plain characters, and without a user
/// name, which could pass for the host.
pub fn is_link(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_at_checked("https://".len()) else { return false };
    let place = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = place.split_once(':').unwrap_or((place, ""));
    let plain = |b: u8| b.is_ascii_graphic() && !b"\"'<>\\^`{|}".contains(&b);
    scheme.eq_ignore_ascii_case("https://")
        && rest.bytes().all(plain)
        && port.bytes().all(|b| b.is_ascii_digit())
        && DomainName::parse(host).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l9_only_https_links_to_a_named_host_are_shown() {
        for good in [
            "https://social.example/@kim",
            "HTTPS://www.social.example:443/in/kim?a=b#c",
            "https://xn--bcher-kva.example/kim",
        ] {
            assert!(is_link(good), "{good}");
        }
        for bad in [
            "",
            "https://",
            "http://social.example/kim",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://social.example@evil.example/kim",
            "https://127.0.0.1/kim",
            "https://localhost/kim",
            "https://social.example/a b",
            "https://social.example/\u{1b}[2J",
            "https://social.example/\u{202e}mik",
            "https://s\u{43e}cial.example/kim",
            "https://social.example:x/kim",
            " https://social.example/kim",
            "ürl",
        ] {
            assert!(!is_link(bad), "{bad}");
        }
    }

    #[test]
    fn l9_a_person_is_somebody_and_their_texts_have_an_end() {
        let kim = FedPerson { address: "Kim@Acme.example".into(), ..FedPerson::default() };
        assert_eq!((kim.check(), kim.key()), (Ok(()), "kim@acme.example".to_owned()));
        let guest = FedPerson { name: "Guest".into(), ..FedPerson::default() };
        assert_eq!((guest.check(), guest.key()), (Ok(()), "name:guest".to_owned()));
        assert_eq!(FedPerson::default().check().unwrap_err().field, "name");
        let long = FedPerson { history: vec!["x".repeat(301).into()], ..kim.clone() };
        assert_eq!(long.check().unwrap_err().field, "history");
        let many = FedPerson { links: vec!["https://a.example".into(); 31], ..kim };
        assert_eq!(many.check().unwrap_err().field, "links");
    }
}
