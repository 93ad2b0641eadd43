//! Time zones that a meeting site can have (rule T1).
//!
//! Owns the list, by country, so that a customer's zones can be offered first. It is a list of
//! names alone: what time it is there is not asked here.

use super::country::Country;

const LIST: &str = include_str!("time_zone.txt");
/// What fits everywhere.
pub const UTC: &str = "UTC";

/// Why a text names no time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no time zone: write its name, such as Europe/Berlin, or UTC")]
pub struct TimeZoneError;

fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    LIST.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(' '))
}

/// All time zones, by the codes of their countries; `UTC` last.
pub fn all() -> impl Iterator<Item = &'static str> {
    rows().map(|(_, zone)| zone).chain([UTC])
}

/// The time zones of a country, the most likely first; none where the list has none.
pub fn of(country: Country) -> impl Iterator<Item = &'static str> {
    rows().filter(move |(code, _)| *code == country.code()).map(|(_, zone)| zone)
}

/// Reads a time zone's name; case does not matter.
///
/// # Errors
/// [`TimeZoneError`].
pub fn parse(text: &str) -> Result<&'static str, TimeZoneError> {
    let text = text.trim();
    all().find(|zone| zone.eq_ignore_ascii_case(text)).ok_or(TimeZoneError)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_belong_to_countries_and_are_read_without_regard_to_case() {
        assert!(rows().all(|(code, _)| Country::parse(code).is_ok()));
        let first = |code: &str| of(Country::parse(code).unwrap()).next();
        assert_eq!(first("DE"), Some("Europe/Berlin"));
        assert_eq!(first("US"), Some("America/New_York"));
        assert_eq!(parse(" europe/berlin"), Ok("Europe/Berlin"));
        assert_eq!(parse("utc"), Ok(UTC));
        for bad in ["", "Berlin", "Mars/Olympus"] {
            assert_eq!(parse(bad), Err(TimeZoneError), "{bad}");
        }
    }
}
