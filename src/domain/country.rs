//! Countries, and the data region that each is served from (rule T1).
//!
//! Owns the one table of both. A country decides the region; nobody chooses a region by hand.

mod table;

use std::fmt;

use serde::{Deserialize, Serialize};
use strum::{VariantArray, VariantNames};
use utoipa::ToSchema;

use table::TABLE;

use super::code::coded;

/// Where a customer's data is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Region {
    /// The Americas but for Canada.
    UnitedStates,
    /// Canada.
    Canada,
    /// Europe, and whoever has no nearer region.
    Europe,
    /// The United Kingdom and its islands nearby.
    UnitedKingdom,
    /// From Egypt to Iran.
    MiddleEast,
    /// India and its neighbours.
    India,
    /// East and South-East Asia.
    Singapore,
    /// Japan.
    Japan,
    /// Australia and the Pacific.
    Australia,
}

coded!(Region);

impl Region {
    /// The name on screens.
    pub const fn title(self) -> &'static str {
        match self {
            Self::UnitedStates => "United States",
            Self::Canada => "Canada",
            Self::Europe => "Europe",
            Self::UnitedKingdom => "United Kingdom",
            Self::MiddleEast => "Middle East",
            Self::India => "India",
            Self::Singapore => "Singapore",
            Self::Japan => "Japan",
            Self::Australia => "Australia",
        }
    }
}

/// A country: one row of the table. On the wire and in the database it is its code, such as `DE`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, example = "DE", pattern = "^[A-Z]{2}$")]
pub struct Country(u8);

/// Why a text names no country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no country: write its two-letter code, such as DE, or its English name")]
pub struct CountryError;

impl Country {
    /// All countries, by name.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..TABLE.len()).map(|row| Self(row as u8))
    }

    /// Reads a code, such as `DE`, or an English name; case does not matter.
    ///
    /// # Errors
    /// [`CountryError`].
    pub fn parse(text: &str) -> Result<Self, CountryError> {
        let text = text.trim();
        let name = text.to_lowercase();
        let found = TABLE.iter().position(|(code, known, _)| {
            code.eq_ignore_ascii_case(text) || known.to_lowercase() == name
        });
        found.map(|row| Self(row as u8)).ok_or(CountryError)
    }

    /// The two-letter code of ISO 3166-1.
    pub fn code(self) -> &'static str {
        self.row().0
    }

    /// The English name.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// Where its customers' data is kept.
    pub fn region(self) -> Region {
        self.row().2
    }

    fn row(self) -> (&'static str, &'static str, Region) {
        TABLE[usize::from(self.0)]
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Country({})", self.code())
    }
}

impl TryFrom<String> for Country {
    type Error = CountryError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.code().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_country_is_found_by_its_code_and_by_its_name() {
        let mut codes = HashSet::new();
        for country in Country::all() {
            let code = country.code();
            assert!(code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()), "{code}");
            assert!(codes.insert(code), "{code} twice");
            assert_eq!(Country::parse(code), Ok(country));
            assert_eq!(Country::parse(&country.name().to_uppercase()), Ok(country));
        }
        assert!(codes.len() < usize::from(u8::MAX));
    }

    #[test]
    fn t1_the_country_decides_the_region() {
        let region = |text: &str| Country::parse(text).unwrap().region();
        assert_eq!(region("de"), Region::Europe);
        assert_eq!(region(" United Kingdom "), Region::UnitedKingdom);
        assert_eq!(region("CA"), Region::Canada);
        assert_eq!(region("MX"), Region::UnitedStates);
        assert_eq!(region("Kenya"), Region::Europe);
        assert_eq!(Country::parse("Atlantis"), Err(CountryError));
        assert_eq!(Country::parse(""), Err(CountryError));
        let served: HashSet<Region> = Country::all().map(Country::region).collect();
        assert_eq!(served.len(), Region::ALL.len());
    }

    #[test]
    fn a_country_is_its_code_on_the_wire() {
        let country: Country = Country::try_from("CI".to_owned()).unwrap();
        assert_eq!((String::from(country).as_str(), country.name()), ("CI", "Côte d'Ivoire"));
    }
}
