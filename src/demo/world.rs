//! The demo's world: a world file with rosters, made from a seed and written to a folder.
//!
//! Owns putting the readable base (`demo/worlds/base.toml`), the cast and the generated people
//! together, so that the backend loads it as it would any `--world`. The same seed and size give
//! the same files. Must not touch anything outside the folder it is given.

pub mod cast;
pub mod mix;
pub mod names;
pub mod random;
pub mod roster;
pub mod small;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use toml::{Table, Value};

use crate::api::demo::DemoPerson;
use crate::api::session::Secret;
use crate::server::Progress;
use crate::server::store::new_secret;
use crate::table::push_csv;
use cast::STUDIO;
use mix::Caster;
use names::Names;
use random::Random;
use roster::{COLUMNS, Person, cells};
use small::{SMALL, Small, WAITING};

/// The world file's name in its folder.
pub const FILE: &str = "world.toml";
/// The world without its rosters.
const BASE: &str = include_str!("../../demo/worlds/base.toml");
/// The main site's roster, and the organization whose directory is synced.
const MAIN: (&str, &str) = ("acme.csv", "acme");
/// What the directory has, one address a line.
const DIRECTORY: &str = "acme.directory.txt";
/// A roster is written so many bytes at a time.
const WRITTEN: usize = 1 << 20;
/// The first `UserID` of the main site; each other site has a range of its own.
const FIRST_ID: u64 = 104_000_001;
const IDS_PER_SITE: u64 = 10_000_000;
/// The most users of the main site.
pub const MOST_USERS: usize = 1_000_000;

/// What the world is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorldOptions {
    /// How many users the main site has, at most a million.
    pub users: usize,
    /// What the names and their order come from.
    pub seed: u64,
}

impl Default for WorldOptions {
    fn default() -> Self {
        Self { users: 12_000, seed: 1 }
    }
}

/// Why a world is not made.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// A file cannot be written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file of the tree is broken.
    #[error("the demo's world: {0}")]
    Toml(#[from] toml::de::Error),
    /// The world cannot be put into words.
    #[error("the demo's world: {0}")]
    Written(#[from] toml::ser::Error),
    /// The base lacks something.
    #[error("the demo's world has no {0}")]
    Missing(&'static str),
}

/// What the rosters add to the world file.
#[derive(Debug, Default)]
struct Additions {
    progress: Progress,
    directory: String,
    members: BTreeMap<String, Vec<Value>>,
}

/// Writes the world into `folder` and answers where its world file is.
///
/// # Errors
/// A [`WorldError`] that names the file.
pub fn write(
    folder: &Path,
    options: WorldOptions,
    progress: &Progress,
) -> Result<PathBuf, WorldError> {
    let mut base: Table = toml::from_str(BASE)?;
    let now = now(&base)?;
    let mut names = Names::read()?;
    let small: usize = SMALL.iter().chain(&WAITING).map(|site| site.users).sum();
    progress.begin("making the people of the demo", options.users.min(MOST_USERS) + small);
    let mut additions = Additions { progress: progress.clone(), ..Additions::default() };
    // The small sites first: what they say does not depend on the size of the large one.
    let mut first_id = FIRST_ID;
    let mut one = |site: &Small, names: &mut Names, additions: &mut Additions| {
        first_id += IDS_PER_SITE;
        let random = Random::new(options.seed, site.file);
        let mut caster = Caster { names, random, now, pair: None };
        let people = (0..site.users).map(|_| small::person(&mut caster, site));
        additions.roster(&folder.join(site.file), people, first_id)
    };
    for site in &SMALL {
        one(site, &mut names, &mut additions)?;
    }
    main_roster(&folder.join(MAIN.0), options, now, &mut names, &mut additions)?;
    for site in &WAITING {
        one(site, &mut names, &mut additions)?;
    }
    save(&folder.join(DIRECTORY), &additions.directory)?;
    additions.apply(&mut base)?;
    let path = folder.join(FILE);
    save(&path, &toml::to_string(&base)?)?;
    Ok(path)
}

fn save(path: &Path, text: &str) -> Result<(), WorldError> {
    fs::write(path, text).map_err(|source| WorldError::File { path: path.to_owned(), source })
}

fn main_roster(
    path: &Path,
    options: WorldOptions,
    now: Timestamp,
    names: &mut Names,
    additions: &mut Additions,
) -> Result<(), WorldError> {
    let users = options.users.min(MOST_USERS);
    let always = cast::always(now)?;
    for person in &always {
        names.take(person.email.split('@').next().unwrap_or_default().to_owned());
    }
    let mut random = Random::new(options.seed, MAIN.0);
    let rest = users.saturating_sub(always.len() + STUDIO);
    let groups = mix::groups(users, rest, &mut random);
    let caster = RefCell::new(Caster { names, random, now, pair: None });
    let studio = (0..STUDIO).map(|number| cast::studio(&mut caster.borrow_mut(), number));
    let others = groups.into_iter().map(|group| caster.borrow_mut().cast(group));
    let people = always.into_iter().chain(studio).chain(others).take(users);
    additions.roster(path, people, FIRST_ID)
}

fn now(base: &Table) -> Result<Timestamp, WorldError> {
    let text = base.get("now").and_then(Value::as_str);
    text.and_then(|text| text.parse().ok()).ok_or(WorldError::Missing("now"))
}

impl Additions {
    /// Writes the roster of these people as CSV.
    fn roster(
        &mut self,
        path: &Path,
        people: impl Iterator<Item = Person>,
        first_id: u64,
    ) -> Result<(), WorldError> {
        let failed = |source| WorldError::File { path: path.to_owned(), source };
        let mut file = fs::File::create(path).map_err(failed)?;
        let mut text = String::with_capacity(WRITTEN + 1_024);
        push_csv(&mut text, COLUMNS);
        for (person, id) in people.zip(first_id..) {
            self.note(&person);
            push_csv(&mut text, cells(person, id));
            if text.len() >= WRITTEN {
                file.write_all(text.as_bytes()).map_err(failed)?;
                text.clear();
            }
        }
        file.write_all(text.as_bytes()).map_err(failed)
    }

    fn note(&mut self, person: &Person) {
        self.progress.add(1);
        if let Some(spelling) = &person.directory {
            self.directory.push_str(spelling);
            self.directory.push('\n');
        }
        if let Some(organization) = &person.member {
            let email = person.email.clone();
            self.members.entry(organization.clone()).or_default().push(Value::String(email));
        }
    }

    fn apply(mut self, base: &mut Table) -> Result<(), WorldError> {
        let organizations = base.get_mut("organizations").and_then(Value::as_array_mut);
        for organization in organizations.ok_or(WorldError::Missing("organizations"))? {
            let Some(table) = organization.as_table_mut() else { continue };
            let id = table.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
            if id == MAIN.1 {
                table.insert("synced_directory".into(), DIRECTORY.into());
            }
            let Some(more) = self.members.remove(&id) else { continue };
            let members = table.entry("members").or_insert_with(|| Value::Array(Vec::new()));
            if let Some(members) = members.as_array_mut() {
                members.extend(more);
            }
        }
        Ok(())
    }
}

/// Whom one can sign in as from the start, and a token made for this start: the world's
/// files hold none, so that no other user of the host can be one of them.
///
/// # Errors
/// When the base in the tree is broken; a test reads it.
pub fn people() -> Result<Vec<DemoPerson>, WorldError> {
    let base: Table = toml::from_str(BASE)?;
    let people = tables(&base, "people").filter_map(|person| {
        let text = |key: &str| person.get(key).and_then(Value::as_str);
        let email = text("email")?;
        Some(DemoPerson {
            email: email.into(),
            name: text("name")?.into(),
            role: String::new().into(),
            token: Secret::new(new_secret("demo")),
        })
    });
    Ok(people.collect())
}

fn tables<'a>(base: &'a Table, key: &str) -> impl Iterator<Item = &'a Table> {
    let list = base.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(Value::as_table)
}

#[cfg(test)]
mod tests;
