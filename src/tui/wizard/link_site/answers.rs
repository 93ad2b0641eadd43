//! The answers of the link-a-site wizard, as they are saved (SPEC section 4).
//!
//! Owns their shape. Never holds the mail's code, the agreement's tick or the typed URL: those live
//! in the steps and die with them.

use serde::{Deserialize, Serialize};

use crate::api::linking::{LinkTarget, NewTarget};
use crate::domain::country::Country;

/// What the operator has answered so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answers {
    /// Organization: the one chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chosen: Option<Chosen>,
    /// Organization: an id as far as it was typed.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub typed_id: String,
    /// Organization: the id that was looked up last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub looked_up: Option<String>,
    /// Organization, a new one: its name; nothing: the site's company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Organization, a new one: its country, as typed.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub country: String,
}

/// The organization to link to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chosen {
    /// One that there is, by id.
    Organization(String),
    /// One that is made by linking (rule L3).
    New,
}

impl Answers {
    /// Whether the organization chosen is made by linking.
    pub fn is_to_new(&self) -> bool {
        self.chosen == Some(Chosen::New)
    }

    /// Where to link to, once that is answered.
    pub fn target(&self) -> Option<LinkTarget> {
        Some(match self.chosen.as_ref()? {
            Chosen::Organization(id) => LinkTarget::Organization(id.clone()),
            Chosen::New => LinkTarget::NewOrganization(NewTarget {
                name: self.name.as_deref().map(str::trim).map(str::to_owned),
                country: match Country::parse(&self.country) {
                    Ok(country) => country.code().to_owned(),
                    Err(_) => self.country.trim().to_owned(),
                },
            }),
        })
    }

    /// The id that is typed and was not looked up yet.
    pub fn id_to_look_up(&self) -> Option<String> {
        let id = self.typed_id.trim();
        let new = !id.is_empty() && self.looked_up.as_deref() != Some(id);
        new.then(|| id.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_4_answers_come_back_as_they_were_saved() {
        let answers = Answers {
            chosen: Some(Chosen::New),
            typed_id: "acm".to_owned(),
            looked_up: Some("acme".to_owned()),
            name: Some("Acme Robotics".to_owned()),
            country: "DE".to_owned(),
        };
        let saved = serde_json::to_value(&answers).unwrap();
        assert_eq!(serde_json::from_value::<Answers>(saved).unwrap(), answers);
        let nothing = serde_json::from_str::<Answers>("{}").unwrap();
        assert_eq!((nothing.target(), nothing), (None, Answers::default()));
    }

    #[test]
    fn l2_an_id_is_looked_up_once() {
        let mut answers = Answers { typed_id: " acme ".to_owned(), ..Answers::default() };
        assert_eq!(answers.id_to_look_up().as_deref(), Some("acme"));
        answers.looked_up = Some("acme".to_owned());
        assert_eq!(answers.id_to_look_up(), None);
    }

    #[test]
    fn l3_a_new_organization_without_a_name_gets_the_company_s() {
        let mut answers = Answers {
            chosen: Some(Chosen::New),
            country: " germany".to_owned(),
            ..Answers::default()
        };
        let target = |answers: &Answers| answers.target().unwrap();
        let new = |name: Option<&str>| {
            let (name, country) = (name.map(str::to_owned), "DE".to_owned());
            LinkTarget::NewOrganization(NewTarget { name, country })
        };
        assert_eq!(target(&answers), new(None));
        answers.name = Some(" Acme ".to_owned());
        assert_eq!(target(&answers), new(Some("Acme")));
    }
}
