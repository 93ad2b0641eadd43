//! The answers of the trial wizard, as they are saved (rule T1).
//!
//! Owns their shape, and reading them as the request that starts the trial. What is typed stays as
//! it was typed until then.

use serde::{Deserialize, Serialize};

use crate::api::trial::{CheckTrial, StartTrial};
use crate::domain::address::Address;
use crate::domain::country::Country;
use crate::domain::services::Service;
use crate::domain::site::site_url;
use crate::domain::time_zone;
use crate::domain::trial::{LENGTHS, Vertical};
use crate::domain::untrusted::Untrusted;
use crate::tui::quantities::Quantities;
use crate::tui::wizard::asking::sentence;

/// What the operator has answered so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answers {
    /// Customer: the company's name.
    pub company: String,
    /// Customer: the administrator's address.
    pub administrator: String,
    /// Customer: the line of business, as typed or picked.
    pub vertical: String,
    /// Customer: the country, as typed or picked.
    pub country: String,
    /// Customer: the tick that it is in a supported location.
    pub supported_location: bool,
    /// Services: how many of each.
    pub quantities: Quantities,
    /// Services: the URL of the meetings' site.
    pub site_url: String,
    /// Services: that site's time zone, as typed or picked.
    pub time_zone: String,
    /// Services: for how many days.
    pub days: u16,
    /// The organization of the trial, once it has started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<String>,
    /// Started: services setup is left for later.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub later: bool,
    /// What the backend refused when the trial was to be started.
    #[serde(skip)]
    pub refused: Option<Refused>,
}

/// A field that the backend refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The field.
    pub field: String,
    /// What it said; the refusal holds until it is changed.
    pub value: String,
    /// Why, and what to do.
    pub words: String,
}

impl Default for Answers {
    fn default() -> Self {
        Self {
            company: String::new(),
            administrator: String::new(),
            vertical: String::new(),
            country: String::new(),
            supported_location: false,
            quantities: Quantities::default(),
            site_url: String::new(),
            time_zone: String::new(),
            days: LENGTHS[0],
            started: None,
            later: false,
            refused: None,
        }
    }
}

impl Answers {
    /// The country, once it is one.
    pub fn country(&self) -> Option<Country> {
        Country::parse(&self.country).ok()
    }

    /// The line of business, once it is one.
    pub fn vertical(&self) -> Option<Vertical> {
        let typed = self.vertical.trim();
        Vertical::ALL.into_iter().find(|vertical| vertical.title().eq_ignore_ascii_case(typed))
    }

    /// Whether the trial brings meetings, and with them a site.
    pub fn has_meetings(&self) -> bool {
        self.quantities.has(Service::Meetings)
    }

    /// What is wrong with a field, as far as that can be told here.
    pub fn wrong(&self, field: &str) -> Option<String> {
        let empty = |text: &str, words: &str| text.trim().is_empty().then(|| words.to_owned());
        match field {
            "company" => empty(&self.company, "The company's name is needed."),
            "administrator" if self.administrator.trim().is_empty() => {
                Some("An address is needed: somebody must get the welcome mail.".to_owned())
            }
            "administrator" => {
                Address::parse(&self.administrator).err().map(|error| sentence(&error.to_string()))
            }
            "vertical" if self.vertical().is_none() => {
                Some("Pick one from the list; the nearest will do.".to_owned())
            }
            "country" if self.country().is_none() => Some(match self.country.trim() {
                "" => "The country is needed; it decides where the data is kept.".to_owned(),
                typed => format!("{} is no country in the list.", Untrusted::new(typed).shown()),
            }),
            "site_url" if self.has_meetings() => match site_url(&self.site_url) {
                _ if self.site_url.trim().is_empty() => {
                    Some("Meetings need a site: give its URL.".to_owned())
                }
                Ok(_) => None,
                Err(_) => Some("Write a host name such as acme.webex.example.".to_owned()),
            },
            "time_zone" if self.has_meetings() => match time_zone::parse(&self.time_zone) {
                Ok(_) => None,
                Err(_) => Some("Pick the time zone of the site from the list.".to_owned()),
            },
            code => Service::from_code(code).and_then(|service| self.quantities.wrong(service)),
        }
    }

    /// What a field says, to tell whether a refusal still is about it.
    pub fn value(&self, field: &str) -> String {
        match field {
            "company" => self.company.clone(),
            "administrator" => self.administrator.clone(),
            "vertical" => self.vertical.clone(),
            "country" => self.country.clone(),
            "supported_location" => self.supported_location.to_string(),
            "site_url" => self.site_url.clone(),
            "time_zone" => self.time_zone.clone(),
            "days" => self.days.to_string(),
            _ => format!("{:?}", self.quantities),
        }
    }

    /// The refusal of a field that has not been changed since.
    pub fn refusal(&self, field: &str) -> Option<&Refused> {
        let refused = self.refused.as_ref()?;
        (refused.field == field && refused.value == self.value(field)).then_some(refused)
    }

    /// What the backend is asked to check: all that can be right.
    pub fn to_check(&self) -> CheckTrial {
        let right =
            |field: &str, text: &str| self.wrong(field).is_none().then(|| text.trim().to_owned());
        let site = |field: &str, text: &str| right(field, text).filter(|_| self.has_meetings());
        CheckTrial {
            company: right("company", &self.company),
            administrator: right("administrator", &self.administrator),
            country: self.country().map(|country| country.code().to_owned()),
            services: self.quantities.lines().ok(),
            site_url: site("site_url", &self.site_url),
            time_zone: site("time_zone", &self.time_zone),
            days: Some(self.days),
        }
    }

    /// The request that starts the trial, once every field is right.
    pub fn to_start(&self) -> Option<StartTrial> {
        let check = self.to_check();
        Some(StartTrial {
            company: check.company?,
            administrator: check.administrator?,
            vertical: self.vertical()?,
            country: check.country?,
            supported_location: self.supported_location,
            services: check.services?,
            site_url: check.site_url,
            time_zone: check.time_zone,
            days: self.days,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers() -> Answers {
        let mut answers = Answers {
            company: " Brightwater Labs ".into(),
            administrator: "Ada@Brightwater.example".into(),
            vertical: "Technology".into(),
            country: "germany".into(),
            supported_location: true,
            site_url: "brightwater.webex.example".into(),
            time_zone: "Europe/Berlin".into(),
            ..Answers::default()
        };
        answers.quantities.set("messaging", "25");
        answers
    }

    #[test]
    fn t1_what_is_typed_becomes_the_request() {
        let mut answers = answers();
        let start = answers.to_start().unwrap();
        assert_eq!((start.company.as_str(), start.country.as_str()), ("Brightwater Labs", "DE"));
        assert_eq!(start.site_url, None, "without meetings no site is asked for");
        answers.quantities.set("meetings", "10");
        assert!(answers.to_start().unwrap().site_url.is_some());
        answers.vertical = "Tech".into();
        assert_eq!(answers.to_start(), None);
    }

    #[test]
    fn t1_every_field_says_what_is_wrong_with_it() {
        let mut answers = answers();
        answers.quantities.set("meetings", "10");
        let fields =
            ["company", "administrator", "vertical", "country", "site_url", "time_zone", "calling"];
        assert!(fields.iter().all(|field| answers.wrong(field).is_none()));
        let empty = Answers { quantities: answers.quantities.clone(), ..Answers::default() };
        for field in &fields[..6] {
            assert!(empty.wrong(field).is_some(), "{field}");
        }
        answers.country = "Atlantis".into();
        assert_eq!(answers.wrong("country").unwrap(), "Atlantis is no country in the list.");
    }

    #[test]
    fn a_refusal_holds_until_the_field_is_changed() {
        let mut answers = answers();
        let (field, value) = ("administrator".to_owned(), answers.administrator.clone());
        answers.refused = Some(Refused { field, value, words: "taken".into() });
        assert!(answers.refusal("administrator").is_some());
        assert!(answers.refusal("company").is_none());
        answers.administrator = "eve@brightwater.example".into();
        assert!(answers.refusal("administrator").is_none());
    }

    #[test]
    fn answers_come_back_as_they_were_saved() {
        let answers = answers();
        let saved = serde_json::to_value(&answers).unwrap();
        assert_eq!(serde_json::from_value::<Answers>(saved).unwrap(), answers);
        assert_eq!(serde_json::from_str::<Answers>("{}").unwrap(), Answers::default());
    }
}
