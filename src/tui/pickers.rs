//! What several pages pick from: countries, time zones, lines of business.
//!
//! Owns the rows and what is said beside each. Which one is picked is the page's.

use super::page::{FieldSpec, PickOption, PickSpec};
use crate::domain::country::Country;
use crate::domain::time_zone;
use crate::domain::trial::Vertical;

/// A field that takes a country; the data region stands beside each.
pub fn country(field: FieldSpec) -> PickSpec {
    // All of them at once help nobody: something is typed first.
    let all = Country::all().filter(|_| !field.value.trim().is_empty()).map(|country| PickOption {
        id: country.code().to_owned(),
        label: country.name().to_owned(),
        note: format!("data in {}", country.region().title()),
    });
    let all: Vec<PickOption> = all.collect();
    PickSpec::new(field, all)
}

/// A field that takes a time zone; those of the country come first, and alone until one types.
pub fn zone(field: FieldSpec, country: Option<Country>) -> PickSpec {
    let row = |zone: &'static str, note: &str| PickOption {
        id: zone.to_owned(),
        label: zone.to_owned(),
        note: note.to_owned(),
    };
    let near: Vec<_> = country.into_iter().flat_map(time_zone::of).collect();
    let here = country.map_or("", Country::name);
    let far =
        time_zone::all().filter(|zone| !field.value.trim().is_empty() && !near.contains(zone));
    let all: Vec<_> =
        near.iter().map(|zone| row(zone, here)).chain(far.map(|zone| row(zone, ""))).collect();
    PickSpec::new(field, all)
}

/// A field that takes a line of business.
pub fn vertical(field: FieldSpec) -> PickSpec {
    let row = |vertical: Vertical| PickOption {
        id: vertical.code().to_owned(),
        label: vertical.title().to_owned(),
        note: String::new(),
    };
    PickSpec::new(field, Vertical::ALL.map(row))
}
