//! What a field of a new or changed thing may hold.
//!
//! Owns the checks that several things share; each refusal names its field.

use crate::domain::address::Address;
use crate::domain::country::Country;
use crate::domain::hidden::{hidden_in, name_of};
use crate::domain::site::site_url;
use crate::domain::untrusted::Untrusted;
use crate::server::refusal::Refusal;

/// The most characters of a name.
const LONGEST: usize = 200;

/// A name: 1 to 200 characters, none of them a control, hidden or reordering one, blanks around it
/// dropped.
pub fn name(field: &str, text: &str) -> Result<String, Refusal> {
    let text = optional(field, text)?;
    if text.is_empty() {
        return Err(Refusal::invalid(field, "This must not be empty."));
    }
    Ok(text)
}

/// The same, or nothing.
pub fn optional(field: &str, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.chars().count() > LONGEST {
        return Err(Refusal::invalid(field, "This is longer than 200 characters."));
    }
    if text.chars().any(char::is_control) {
        return Err(Refusal::invalid(field, "There are control characters in it."));
    }
    // Joiners of letters and of emoji may stand; what would be shown otherwise than it is may not.
    if Untrusted::new(text).is_suspicious() {
        let hidden = hidden_in(text).map_or_else(|| "too many marks".to_owned(), name_of);
        let words = format!("There is a character in it that nobody sees: {hidden}.");
        return Err(Refusal::invalid(field, words));
    }
    Ok(text.to_owned())
}

/// An address, in canonical form.
pub fn address(field: &str, text: &str) -> Result<String, Refusal> {
    let checked = Address::parse(text)
        .map_err(|error| Refusal::invalid(field, format!("This address cannot be used: {error}.")));
    checked.map(String::from)
}

/// Addresses, in canonical form, each once.
pub fn addresses(field: &str, texts: &[String]) -> Result<Vec<String>, Refusal> {
    let mut keys = texts.iter().map(|text| address(field, text)).collect::<Result<Vec<_>, _>>()?;
    keys.sort();
    keys.dedup();
    Ok(keys)
}

/// A site's URL in its one form.
pub fn url(field: &str, text: &str) -> Result<String, Refusal> {
    site_url(text).map_err(|error| Refusal::invalid(field, format!("This {error}.")))
}

/// An id: 1 to 64 of `a-z 0-9 -`.
pub fn id(field: &str, text: &str) -> Result<String, Refusal> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if (1..=64).contains(&text.len()) && text.bytes().all(plain) {
        return Ok(text.to_owned());
    }
    Err(Refusal::invalid(field, "An id has 1 to 64 characters of a-z, 0-9 and -."))
}

/// A country, by code or name.
pub fn country(field: &str, text: &str) -> Result<Country, Refusal> {
    Country::parse(text).map_err(|error| Refusal::invalid(field, format!("This {error}.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i15_a_name_that_is_set_hides_nothing() {
        let words = |text: &str| {
            name("company", text).map_err(|r| r.problem.detail.raw().to_owned()).unwrap_err()
        };
        assert!(words("Acme\u{202e}exe").contains("U+202E, a right-to-left override"));
        assert!(words("pay\u{200b}pal").contains("U+200B, a zero width space"));
        assert!(words("Acme\u{1b}[31m").contains("control"));
        for good in ["Zoë & 陈伟 GmbH", "می\u{200c}خواهم", "👩\u{200d}🚀 Space", "e\u{301}tage"]
        {
            assert_eq!(name("company", good).unwrap(), good);
        }
    }
}
