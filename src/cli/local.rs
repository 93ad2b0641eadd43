//! Commands that need no backend: `paths`, `keys`, `themes`, `completions`, `man`, `openapi`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::Cli;
use super::complete;
use super::context::Context;
use super::exit::Failure;
use super::grid::{Cell, Column};
use super::output::{Format, note};
use super::spelling;
use super::topics::{TOPICS, topic};
use crate::config::Settings;
use crate::server::router;
use crate::tui::keymap::{Keymap, Override, TableRow};

type Place = (&'static str, PathBuf);

const PATHS: &[Column<Place>] = &[
    Column { name: "name", cell: |(name, _)| Cell::Word(name) },
    Column { name: "path", cell: |(_, path)| Cell::Text(path.to_string_lossy().as_ref().into()) },
];

/// `hublink paths`.
///
/// # Errors
/// That the output could not be written.
pub fn paths(cx: &mut Context) -> Result<(), Failure> {
    for mistake in &cx.mistakes {
        note(mistake);
    }
    let places = cx.settings.paths.named();
    if cx.out.format() == Format::Json {
        return cx.out.one(&BTreeMap::from(places), &[]);
    }
    cx.out.list(places.iter(), PATHS)
}

#[derive(serde::Serialize)]
struct Key {
    scope: &'static str,
    action: String,
    keys: String,
    help: &'static str,
}

const KEYS: &[Column<Key>] = &[
    Column { name: "scope", cell: |key| Cell::Word(key.scope) },
    Column { name: "keys", cell: |key| Cell::plain_text(&key.keys) },
    Column { name: "action", cell: |key| Cell::plain_text(&key.action) },
    Column { name: "help", cell: |key| Cell::Word(key.help) },
];

/// `hublink keys`: the table in force, the user's own keys included.
///
/// # Errors
/// What is wrong with the user's keys; as [`paths`].
pub fn keys(cx: &mut Context) -> Result<(), Failure> {
    let keys = keymap(&cx.settings)?.table().into_iter();
    let keys: Vec<Key> = keys
        .map(|TableRow { scope, keys, action, help }| Key { scope, action, keys, help })
        .collect();
    cx.out.list(keys.iter(), KEYS)
}

/// The keys in force.
///
/// # Errors
/// What is wrong with the user's keys.
pub fn keymap(settings: &Settings) -> Result<Keymap, Failure> {
    let own =
        |(name, keys): (&String, &Vec<String>)| Override { name: name.clone(), keys: keys.clone() };
    let overrides: Vec<Override> = settings.keys.iter().map(own).collect();
    Keymap::with(&overrides).map_err(|error| {
        Failure::usage(format!("{}: {error}", settings.paths.config_file().display()))
    })
}

/// `hublink openapi`: the document that `serve` serves, from the same code.
///
/// # Errors
/// As [`paths`].
pub fn openapi(cx: &mut Context) -> Result<(), Failure> {
    let json = serde_json::to_string_pretty(&router::openapi());
    let json = json.map_err(|error| Failure::failed(error.to_string()))?;
    cx.out.json(&format!("{json}\n"))
}

/// `hublink completions SHELL`: a script that asks this program what fits.
///
/// # Errors
/// As [`paths`].
pub fn completions(shell: Shell, cx: &mut Context) -> Result<(), Failure> {
    cx.out.bytes(&complete::script(shell)?)
}

/// `hublink man`: one page, of the program or of a topic; with a directory, a page for every command
/// and topic.
///
/// # Errors
/// As [`paths`], and that a page could not be written.
pub fn man(named: Option<&str>, dir: Option<PathBuf>, cx: &mut Context) -> Result<(), Failure> {
    if let Some(name) = named {
        let topic = topic(name).ok_or_else(|| no_topic(name))?;
        return cx.out.bytes(topic.page().as_bytes());
    }
    if let Some(dir) = dir {
        let wrong = |error: std::io::Error| Failure::failed(format!("{}: {error}", dir.display()));
        std::fs::create_dir_all(&dir).map_err(wrong)?;
        clap_mangen::generate_to(spelling::told(Cli::command()), &dir).map_err(wrong)?;
        for topic in &TOPICS {
            std::fs::write(dir.join(topic.file()), topic.page()).map_err(wrong)?;
        }
        return Ok(());
    }
    let mut page = Vec::new();
    let rendered = clap_mangen::Man::new(Cli::command()).render(&mut page);
    rendered.map_err(|error| Failure::failed(error.to_string()))?;
    cx.out.bytes(&page)
}

/// `hublink help`: of a topic, of a command, or of the program.
///
/// # Errors
/// That there is neither; as [`paths`].
pub fn help(words: &[String], cx: &mut Context) -> Result<(), Failure> {
    if let [name] = words
        && let Some(topic) = topic(name)
    {
        return cx.out.text(&topic.text());
    }
    let mut command = spelling::told(Cli::command());
    command.build();
    let mut at = &mut command;
    for word in words {
        at = at.find_subcommand_mut(word).ok_or_else(|| no_topic(&words.join(" ")))?;
    }
    let text = at.render_long_help();
    cx.out.help(&text)
}

fn no_topic(name: &str) -> Failure {
    let names: Vec<&str> = TOPICS.iter().map(|topic| topic.name).collect();
    let why = format!(
        "there is no command and no topic {name:?}; topics are {}, and `hublink help` names the \
         commands",
        names.join(", ")
    );
    Failure::usage(why).coded("unknown_command")
}
