//! The people who are always on the main site, and the forty of the design studio.
//!
//! Owns reading `demo/worlds/cast.toml` and the studio that the tours invite. Must not depend on
//! the seed for who they are.

use jiff::{Timestamp, ToSpan};
use serde::Deserialize;

use super::WorldError;
use super::mix::{CONSUMER, Caster, Group};
use super::roster::Person;

/// How many people work in the design studio.
pub const STUDIO: usize = 40;
/// The studio's department.
pub const STUDIO_DEPARTMENT: &str = "Design Studio";
/// The studio's domain, which nobody has added yet.
pub const STUDIO_DOMAIN: &str = "acme-design.example";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    person: Vec<Entry>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Entry {
    first: String,
    last: String,
    display: String,
    email: String,
    department: String,
    inactive: bool,
    linked: bool,
    confirmed: bool,
    declined: bool,
    unknown: bool,
    invited: Option<i64>,
    directory: Option<String>,
    member: Option<String>,
}

/// Those who are always there.
///
/// # Errors
/// When the file in the tree is broken; a test reads it.
pub fn always(now: Timestamp) -> Result<Vec<Person>, WorldError> {
    let file: File = toml::from_str(include_str!("../../../demo/worlds/cast.toml"))?;
    Ok(file.person.into_iter().map(|entry| entry.person(now)).collect())
}

/// Somebody of the studio: most at its own domain, one in seven at a public mail provider.
pub fn studio(caster: &mut Caster<'_>, number: usize) -> Person {
    let mut person = caster.cast(Group::Verified);
    let local = person.email.split('@').next().unwrap_or_default();
    let domain = if number % 7 == 3 { CONSUMER[number % 3].0 } else { STUDIO_DOMAIN };
    person.email = format!("{local}@{domain}");
    person.directory = Some(person.email.clone());
    person.department = STUDIO_DEPARTMENT.into();
    person
}

impl Entry {
    fn person(self, now: Timestamp) -> Person {
        let ago = |days: i64| now.checked_sub((days * 24).hours()).ok();
        let spelling = self.directory.unwrap_or_else(|| self.email.clone());
        Person {
            first: self.first,
            last: self.last,
            display: self.display,
            email: self.email,
            department: self.department.into(),
            active: !self.inactive,
            linked: self.linked,
            provisional: false,
            confirmed: self.confirmed,
            declined: self.declined,
            unknown: self.unknown,
            invited: self.invited.and_then(ago),
            directory: Some(spelling).filter(|spelling| !spelling.is_empty()),
            member: self.member,
        }
    }
}
