//! Plausible names in several scripts, each with an address that nobody else of the world has.
//!
//! Owns reading `demo/worlds/names.toml` and drawing from it. Must not decide who is where.

use std::collections::HashMap;

use serde::Deserialize;

use super::WorldError;
use super::random::Random;

/// A name, and the part before the `@` that goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The given name.
    pub first: String,
    /// The family name.
    pub last: String,
    /// How the name is shown where that is not given name and family name.
    pub display: String,
    /// The address's local part: ASCII, in use by nobody else.
    pub local: String,
}

/// All names there are, and the local parts that are taken.
#[derive(Debug)]
pub struct Names {
    cultures: Vec<(Culture, usize)>,
    taken: HashMap<String, u32>,
}

#[derive(Debug)]
struct Culture {
    family_first: bool,
    given: Vec<Spelled>,
    family: Vec<Spelled>,
}

/// A name as written, and as spelled in an address.
#[derive(Debug)]
struct Spelled {
    native: String,
    latin: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    culture: Vec<CultureEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CultureEntry {
    #[expect(dead_code, reason = "the name is for who reads the file")]
    name: String,
    weight: usize,
    #[serde(default)]
    family_first: bool,
    given: Vec<String>,
    family: Vec<String>,
}

impl Names {
    /// Reads the names that are compiled in.
    ///
    /// # Errors
    /// When the file in the tree is broken; a test reads it.
    pub fn read() -> Result<Self, WorldError> {
        let file: File = toml::from_str(include_str!("../../../demo/worlds/names.toml"))?;
        let spelled = |names: Vec<String>| names.into_iter().map(Spelled::read).collect();
        let culture = |entry: CultureEntry| {
            let (given, family) = (spelled(entry.given), spelled(entry.family));
            (Culture { family_first: entry.family_first, given, family }, entry.weight)
        };
        let cultures = file.culture.into_iter().map(culture).collect();
        Ok(Self { cultures, taken: HashMap::new() })
    }

    /// Draws a name.
    pub fn draw(&mut self, random: &mut Random) -> Name {
        let culture = random.pick_weighted(&self.cultures);
        let (given, family) = (random.pick(&culture.given), random.pick(&culture.family));
        let display = if culture.family_first {
            format!("{}{} {} {}", family.native, given.native, family.latin, given.latin)
        } else {
            String::new()
        };
        let plain = format!("{}.{}", given.latin, family.latin).to_ascii_lowercase();
        let (first, last) = (given.native.clone(), family.native.clone());
        Name { first, last, display, local: self.take(plain) }
    }

    /// Takes a local part, with a number behind it from the second who wants it on.
    pub fn take(&mut self, local: String) -> String {
        if let Some(times) = self.taken.get_mut(&local) {
            *times += 1;
            return format!("{local}{times}");
        }
        self.taken.insert(local.clone(), 1);
        local
    }
}

impl Spelled {
    fn read(entry: String) -> Self {
        match entry.split_once(' ') {
            Some((native, latin)) => Self { native: native.into(), latin: latin.into() },
            None => Self { latin: entry.replace('\'', ""), native: entry },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::address::Address;
    use crate::domain::untrusted::Untrusted;

    #[test]
    fn every_name_is_clean_and_gives_a_usable_address() {
        let names = Names::read().unwrap();
        assert!(names.cultures.len() >= 15);
        for (culture, _) in &names.cultures {
            for name in culture.given.iter().chain(&culture.family) {
                let address = format!("{}@acme.example", name.latin);
                assert!(Address::parse(&address).is_ok(), "{address}");
                assert!(!Untrusted::from(name.native.as_str()).is_suspicious(), "{}", name.native);
            }
        }
    }

    #[test]
    fn local_parts_are_unique_and_cjk_names_show_both_spellings() {
        let (mut names, mut random) = (Names::read().unwrap(), Random::new(1, "names"));
        let drawn: Vec<_> = (0..5000).map(|_| names.draw(&mut random)).collect();
        let mut locals: Vec<_> = drawn.iter().map(|name| &name.local).collect();
        locals.sort();
        locals.dedup();
        assert_eq!(locals.len(), 5000);
        assert!(locals.iter().all(|local| local.is_ascii()));
        let han = drawn.iter().find(|name| name.last == "陈").unwrap();
        assert!(han.display.starts_with('陈') && han.display.contains(" Chen "), "{han:?}");
    }
}
