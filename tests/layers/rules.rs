//! Who may import whom: the table, and what breaks it.
//!
//! Owns the table's rows as data and the rules about siblings, keys and colours. A module without
//! a row breaks the rules, so that a new one is thought about.

use std::collections::BTreeSet;

use crate::source::{Named, Source};

/// A row: what a module and everything below it may import of ours and must never name.
struct Layer {
    /// `a::b`, or `=a::b` for that file alone. The longest match counts.
    module: &'static str,
    /// Modules with everything below; `=a` for the items of that file alone. Its own are free.
    may: &'static [&'static str],
    /// Names: `::a` where a path starts with it, `A::b` wherever a path has it.
    never: &'static [&'static [&'static str]],
}

/// Crates and items that touch the world outside.
const IO: &[&str] = &[
    "::tokio",
    "::reqwest",
    "::hyper",
    "::axum",
    "::sqlx",
    "::lettre",
    "::hickory_resolver",
    "::rustix",
    "::std::fs",
    "::std::env",
    "::std::process",
    "::std::thread",
    "::std::io::stdin",
    "::std::io::stdout",
    "::std::io::stderr",
    "::std::net::TcpStream",
    "::std::net::TcpListener",
    "::std::net::UdpSocket",
];
/// Items that read a clock.
const CLOCKS: &[&str] = &["Instant::now", "SystemTime::now", "Timestamp::now", "Zoned::now"];
/// The terminal.
const TERMINAL: &[&str] = &["::ratatui", "::crossterm"];
/// Formats of the wire; tests may compare with them.
const FORMATS: &[&str] = &["::serde_json"];
/// Statements of the database; tests may look into it.
const STATEMENTS: &[&str] = &[
    "::sqlx::query",
    "::sqlx::query_as",
    "::sqlx::query_scalar",
    "::sqlx::Row",
    "::crate::server::store::Sql",
    "::crate::server::store::SqlRow",
];
/// Which database it is; only the store knows.
const DIALECT: &[&str] = &["::sqlx::sqlite", "::sqlx::Sqlite", "::sqlx::QueryBuilder"];
/// Shared state and channels, which only the runtime has (rules 5 and 7).
const SHARED: &[&str] = &["RefCell", "Mutex", "RwLock", "thread_local", "mpsc", "Sender"];
/// What a widget is not told about (rule 2).
const ACTS: &[&str] = &["crossterm", "KeyEvent", "KeyCode", "Msg", "Effect"];
/// The impure files of `tui`.
const IMPURE: &[&str] = &["::crate::tui::runtime", "::crate::tui::terminal"];

const BACKEND: &[&str] = &[
    "=server",
    "server::refusal",
    "server::stop",
    "server::chores",
    "server::listen",
    "server::paging",
    "server::nodes",
    "server::post",
    "server::router",
    "server::auth",
    "server::engine",
    "server::store",
    "server::clock",
    "server::audit",
    "=server::directory",
    "=server::provider",
    "api",
    "domain",
    "table",
];

const ENGINE: &[&str] = &[
    "=server",
    "server::refusal",
    "server::paging",
    "server::nodes",
    "server::post",
    "server::stop",
    "server::chores",
    "api",
    "domain",
    "table",
    "server::store",
    "server::clock",
    "server::audit",
    "=server::directory",
    "=server::provider",
];

/// The table of ARCHITECTURE, a row a module. What may import everything has no row: `cli`.
const LAYERS: &[Layer] = &[
    Layer { module: "domain", may: &[], never: &[IO, CLOCKS, TERMINAL, FORMATS] },
    Layer { module: "roster", may: &["domain", "table"], never: &[IO, CLOCKS, TERMINAL] },
    Layer { module: "table", may: &["domain"], never: &[IO, CLOCKS, TERMINAL] },
    Layer { module: "api", may: &["domain", "roster"], never: &[IO, CLOCKS, TERMINAL] },
    Layer { module: "client", may: &["api", "domain", "roster"], never: &[TERMINAL] },
    // Text of files, made without touching one.
    Layer {
        module: "report",
        may: &["api", "domain", "table"],
        never: &[IO, CLOCKS, TERMINAL, FORMATS],
    },
    Layer {
        module: "config",
        may: &["api", "domain"],
        never: &[TERMINAL, &["::tokio", "::reqwest"]],
    },
    Layer { module: "server", may: BACKEND, never: &[TERMINAL, DIALECT] },
    // What a handler wants of the database, it asks whoever owns the table.
    Layer { module: "server::router", may: BACKEND, never: &[TERMINAL, DIALECT, STATEMENTS] },
    Layer { module: "server::router::idempotency", may: BACKEND, never: &[TERMINAL, DIALECT] },
    Layer { module: "server::router::probes::gauges", may: BACKEND, never: &[TERMINAL, DIALECT] },
    // Putting the parts together, and the tests' way in.
    Layer {
        module: "server::start",
        may: &["server", "api", "domain"],
        never: &[TERMINAL, DIALECT],
    },
    Layer {
        module: "server::fixture",
        may: &["server", "api", "domain"],
        never: &[TERMINAL, DIALECT],
    },
    Layer {
        module: "=server",
        may: &["server", "api", "domain", "table"],
        never: &[TERMINAL, DIALECT],
    },
    Layer {
        module: "server::world",
        may: &["server", "api", "domain", "table"],
        never: &[TERMINAL, DIALECT],
    },
    Layer {
        module: "server::engine",
        may: ENGINE,
        never: &[TERMINAL, DIALECT, &["::lettre", "::hickory_resolver"]],
    },
    Layer {
        module: "server::directory",
        may: &[
            "=server",
            "server::refusal",
            "server::stop",
            "server::chores",
            "server::paging",
            "=server::provider",
            "server::post",
            "server::store",
            "server::clock",
            "server::audit",
            "api",
            "domain",
            "table",
        ],
        never: &[TERMINAL, DIALECT],
    },
    // The directory elsewhere: it knows no rows of ours, and who asks is not known to it.
    Layer {
        module: "server::provider",
        may: &["server::post", "domain"],
        never: &[TERMINAL, DIALECT, STATEMENTS],
    },
    Layer {
        module: "server::chores",
        may: &[
            "domain",
            "server::refusal",
            "server::stop",
            "server::store",
            "server::clock",
            "server::nodes",
        ],
        never: &[TERMINAL, DIALECT],
    },
    // The mails of everybody: what they say is told to it, and whose they are it does not know.
    Layer {
        module: "server::post",
        may: &[
            "=server",
            "server::refusal",
            "server::stop",
            "server::nodes",
            "server::store",
            "api",
            "domain",
        ],
        never: &[TERMINAL, DIALECT],
    },
    Layer {
        module: "server::nodes",
        may: &["domain", "server::store"],
        never: &[TERMINAL, DIALECT],
    },
    Layer { module: "server::store", may: &["domain"], never: &[TERMINAL] },
    Layer {
        module: "server::clock",
        may: &["domain", "server::store"],
        never: &[TERMINAL, DIALECT],
    },
    Layer {
        module: "server::audit",
        may: &["api", "domain", "server::refusal", "server::store", "server::clock"],
        never: &[TERMINAL, DIALECT],
    },
    Layer { module: "demo", may: &["server", "api", "domain", "table"], never: &[TERMINAL] },
    Layer {
        module: "tui",
        may: &["api", "domain", "roster", "tui"],
        never: &[IO, CLOCKS, SHARED, IMPURE],
    },
    // Text of a file, made without touching one: the formula guard is `table`'s.
    Layer {
        module: "tui::export",
        may: &["api", "domain", "report", "table", "tui"],
        never: &[IO, CLOCKS, SHARED, IMPURE],
    },
    Layer {
        module: "tui::widget",
        may: &["tui::theme", "tui::layout", "tui::widget", "domain"],
        never: &[IO, CLOCKS, SHARED, ACTS],
    },
    Layer {
        module: "tui::widget::field",
        may: &["tui::theme", "tui::layout", "tui::widget", "domain"],
        never: &[IO, CLOCKS, SHARED],
    },
    Layer { module: "tui::runtime", may: RUNTIME, never: &[] },
    Layer { module: "tui::terminal", may: RUNTIME, never: &[] },
    Layer { module: "=tui", may: RUNTIME, never: &[] },
];

const RUNTIME: &[&str] = &["client", "table", "config", "api", "domain", "roster", "tui"];

/// Modules that join everything with everything.
const FREE: &[&str] = &["cli"];

/// The panes of `tui::browse` (rule 3).
const PANES: &[&str] = &["organizations", "sites", "users"];

/// Words of the terminal, and the only modules of `tui` that say them (rule 4).
const WORDS: &[(&[&str], &[&str])] = &[
    (
        &["KeyCode", "KeyModifiers"],
        &["tui::keymap", "tui::widget::field", "tui::runtime", "tui::terminal", "tui::pilot"],
    ),
    (&["Color"], &["tui::theme"]),
];

/// Everything that breaks the import rules, one line each.
pub fn violations(sources: &[Source]) -> Vec<String> {
    let modules: BTreeSet<_> = sources.iter().flat_map(Source::modules).collect();
    let mut found = Vec::new();
    for source in sources.iter().filter(|source| !source.owner().is_empty()) {
        let owner = source.owner().join("::");
        if FREE.iter().any(|free| is_under(&owner, free)) {
            continue;
        }
        let Some(layer) = layer_of(&owner) else {
            found.push(format!("{}: the table has no row for {owner}", source.file));
            continue;
        };
        for named in source.paths(&modules) {
            let broken = broken_by(&named, layer, &owner, &modules);
            found.extend(broken.map(|why| format!("{}:{}: {why}", source.file, named.line)));
        }
        found.extend(words(source, &owner));
        found.extend(counted(source, &owner));
    }
    found.sort();
    found.dedup();
    found
}

fn broken_by(
    named: &Named,
    layer: &Layer,
    owner: &str,
    modules: &BTreeSet<Vec<String>>,
) -> Option<String> {
    let (path, name) = (&named.path, named.path.join("::"));
    let never = layer
        .never
        .iter()
        .filter(|list| !(named.in_tests && [FORMATS, STATEMENTS, DIALECT].contains(list)));
    if let Some(never) = never.copied().flatten().find(|never| names(path, never)) {
        let never = never.trim_start_matches("::");
        return Some(format!("{owner} must never name {never} ({name})"));
    }
    let (root, ours) = path.split_first()?;
    if root != "crate" {
        return None;
    }
    let target = (0..=ours.len()).rev().map(|end| &ours[..end]).find(|m| modules.contains(*m))?;
    let target = target.join("::");
    // What tests may reach from anywhere: the backend in a box, and the real mail server.
    let for_tests = ["server::fixture", "server::post::smtp::sink"];
    if named.in_tests && for_tests.contains(&target.as_str()) {
        return None;
    }
    let own = layer_of(&target).is_some_and(|other| other.module == layer.module);
    if !own && !allows(layer.may, &target) {
        return Some(format!("{owner} may not import {name}"));
    }
    are_siblings(owner, &target).then(|| format!("{owner} and {target} are siblings ({name})"))
}

fn layer_of(owner: &str) -> Option<&'static Layer> {
    LAYERS
        .iter()
        .filter(|layer| allows(&[layer.module], owner))
        .max_by_key(|layer| (layer.module.trim_start_matches('=').len(), layer.module.len()))
}

fn allows(may: &[&str], target: &str) -> bool {
    may.iter().any(|entry| match entry.strip_prefix('=') {
        Some(exact) => target == exact,
        None => is_under(target, entry),
    })
}

fn is_under(module: &str, parent: &str) -> bool {
    module.strip_prefix(parent).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// Whether a path has this name: `::a` from its start, others anywhere.
fn names(path: &[String], name: &str) -> bool {
    let absolute = name.starts_with("::");
    let name: Vec<_> = name.trim_start_matches("::").split("::").collect();
    let mut places = path.windows(name.len());
    if absolute {
        places.next().is_some_and(|part| part == name)
    } else {
        places.any(|part| part == name)
    }
}

/// Rule 3: two steps of wizards, or two panes.
fn are_siblings(owner: &str, target: &str) -> bool {
    let step = |module: &str| {
        let parts: Vec<_> = module.strip_prefix("tui::wizard::")?.split("::").take(2).collect();
        (parts.len() == 2).then(|| parts.join("::"))
    };
    let pane = |module: &str| {
        let name = module.strip_prefix("tui::browse::")?.split("::").next()?.to_owned();
        PANES.contains(&name.as_str()).then_some(name)
    };
    let differ = |a: Option<String>, b: Option<String>| a.is_some() && b.is_some() && a != b;
    differ(step(owner), step(target)) || differ(pane(owner), pane(target))
}

/// Rule 4: words that only their owners say.
fn words<'s>(source: &'s Source, owner: &'s str) -> impl Iterator<Item = String> + 's {
    let foreign =
        WORDS.iter().filter(|(_, owners)| is_under(owner, "tui") && !allows(owners, owner));
    foreign.flat_map(|(words, _)| words.iter()).flat_map(move |word| {
        let lines = source.lines_with(word).into_iter();
        lines.map(move |line| format!("{}:{line}: {owner} must not say {word}", source.file))
    })
}

/// What may be said in place of a column's name: values that hold one.
const NAMES: &[&str] = &["column"];

/// A column read, sorted or grouped by its position: a statement and its reader would be tied by
/// counting. A tuple of up to three columns that stands beside its statement is not found here.
fn counted<'s>(source: &'s Source, owner: &'s str) -> impl Iterator<Item = String> + 's {
    let begins = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let by_position = move |line: &str| {
        let mut lists = ["ORDER BY ", "GROUP BY "].iter().flat_map(|by| line.split(by).skip(1));
        lists.any(|list| list.split(", ").any(begins))
            || arguments(line, "get").any(begins)
            || arguments(line, "try_get").any(unnamed)
    };
    let lines = source.text.lines().zip(1..);
    let lines = lines.filter(|_| is_under(owner, "server"));
    lines.filter(move |(line, _)| by_position(line)).map(move |(_, number)| {
        format!("{}:{number}: {owner} reads a column by its position", source.file)
    })
}

/// What stands in the parentheses of each call of a method, from there to the line's end.
fn arguments<'l>(line: &'l str, method: &'static str) -> impl Iterator<Item = &'l str> {
    line.match_indices(method).filter_map(|(at, _)| {
        let rest = line[..at].ends_with('.').then(|| &line[at + method.len()..])?;
        // What is between the method and its parenthesis, if anything, is the type that is read.
        let typed = rest.starts_with("::<").then(|| rest.find(">(").map(|end| &rest[end + 1..]));
        typed.unwrap_or(Some(rest))?.strip_prefix('(')
    })
}

/// Whether a column is read by something that is no name. What stands on the next line is one: a
/// position is too short to be put there.
fn unnamed(argument: &str) -> bool {
    let argument = argument.trim_start_matches(['&', '*']);
    let word = argument.split(|c: char| !c.is_alphanumeric() && c != '_').next();
    !argument.is_empty()
        && !argument.starts_with('"')
        && word.is_none_or(|word| !NAMES.contains(&word))
}
