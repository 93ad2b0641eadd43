//! What the binary is linked from: licences, crates that are there twice, one core of TLS.
//!
//! Owns the lists of what is accepted, each exception with its reason. Asks cargo, offline, about
//! this platform's tree.

#![expect(clippy::unwrap_used, reason = "a check that cannot ask cargo fails")]
#![expect(clippy::panic, reason = "so does one that cannot read the answer")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Licences that ask for no more than their notice.
const LICENCES: [&str; 11] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// There exactly once: two of them would be two terminals, runtimes or wires.
const ONE: [&str; 9] =
    ["ratatui", "crossterm", "tokio", "hyper", "reqwest", "serde", "rustls", "ring", "jiff"];

/// Second cores of TLS.
const NEVER: [&str; 6] =
    ["aws-lc-rs", "aws-lc-sys", "openssl", "openssl-sys", "native-tls", "schannel"];

/// There twice, and why that stays.
const TWICE: [(&str, &str); 7] = [
    ("base64", "crossterm and sqlx are a version behind the others"),
    ("block-buffer", "comes with digest"),
    ("cpufeatures", "comes with digest"),
    ("crypto-common", "comes with digest"),
    ("digest", "sqlx has sha2 of the old one, argon2 has blake2 of the new one"),
    ("getrandom", "ring keeps the old one"),
    ("hashbrown", "sqlx is a version behind the others"),
];

/// The versions and licences of the tree's crates, along these kinds of edges.
fn crates(edges: &str) -> BTreeMap<String, BTreeSet<(String, String)>> {
    let asked = Command::new(env!("CARGO"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["tree", "--locked", "--offline", "--prefix", "none", "--format", "{p}|{l}"])
        .args(["--edges", edges, "--no-dedupe"])
        .output()
        .unwrap();
    assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
    let mut crates: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for line in String::from_utf8(asked.stdout).unwrap().lines() {
        let (package, licence) = line.split_once('|').unwrap();
        let mut words = package.split(' ');
        let (Some(name), Some(version)) = (words.next(), words.next()) else {
            panic!("cannot read {line}")
        };
        crates.entry(name.into()).or_default().insert((version.into(), licence.into()));
    }
    assert!(crates.len() > 100, "the tree was not found");
    crates
}

#[test]
fn every_licence_is_accepted() {
    let crates = crates("normal,build,dev");
    let refused: Vec<_> = crates
        .iter()
        .flat_map(|(name, found)| found.iter().map(move |(_, licence)| (name, licence)))
        .filter(|(_, licence)| !is_accepted(licence))
        .collect();
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn no_crate_is_there_twice_but_those_with_a_reason() {
    let crates = crates("normal,no-proc-macro");
    let twice: BTreeMap<_, _> = crates.iter().filter(|(_, found)| found.len() > 1).collect();
    let known = BTreeMap::from(TWICE);
    let new: Vec<_> = twice.iter().filter(|(name, _)| !known.contains_key(name.as_str())).collect();
    assert!(new.is_empty(), "twice, without a reason: {new:#?}");
    let gone: Vec<_> =
        known.keys().filter(|name| !twice.contains_key(&(**name).to_owned())).collect();
    assert!(gone.is_empty(), "no longer twice: {gone:?}");
    let missing: Vec<_> = ONE.iter().filter(|name| !crates.contains_key(**name)).collect();
    assert!(missing.is_empty(), "not there at all: {missing:?}");
    assert!(ONE.iter().all(|name| !known.contains_key(name)));
}

#[test]
fn there_is_one_core_of_tls() {
    let crates = crates("normal,build");
    let found: Vec<_> = NEVER.iter().filter(|name| crates.contains_key(**name)).collect();
    assert!(found.is_empty(), "{found:?}");
}

/// Whether one of the ways in which this expression can be read is accepted.
fn is_accepted(expression: &str) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut words: Vec<_> = spaced.split_whitespace().collect();
    words.reverse();
    any_of(&mut words) && words.is_empty()
}

/// `a OR b ..`; the words stand in reverse, so that the next one is the last.
fn any_of(words: &mut Vec<&str>) -> bool {
    let mut accepted = all_of(words);
    while words.pop_if(|word| *word == "OR").is_some() {
        accepted |= all_of(words);
    }
    accepted
}

fn all_of(words: &mut Vec<&str>) -> bool {
    let mut accepted = one(words);
    while words.pop_if(|word| *word == "AND").is_some() {
        accepted &= one(words);
    }
    accepted
}

fn one(words: &mut Vec<&str>) -> bool {
    match words.pop() {
        Some("(") => any_of(words) & (words.pop() == Some(")")),
        Some(licence) if words.pop_if(|word| *word == "WITH").is_some() => {
            let with = format!("{licence} WITH {}", words.pop().unwrap_or_default());
            LICENCES.contains(&with.as_str())
        }
        Some(licence) => LICENCES.contains(&licence),
        None => false,
    }
}

#[test]
fn licence_expressions_are_read() {
    let accepted = [
        "MIT",
        "MIT/Apache-2.0",
        "GPL-3.0 OR MIT",
        "(MIT OR GPL-3.0) AND Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception OR GPL-3.0",
        "MIT AND (GPL-3.0 OR ISC)",
    ];
    let refused = [
        "",
        "GPL-3.0",
        "MIT AND GPL-3.0",
        "(MIT OR ISC) AND GPL-3.0",
        "GPL-2.0 WITH Classpath-exception",
        "(MIT",
        "MIT)",
        "MIT ISC",
    ];
    assert!(accepted.iter().all(|expression| is_accepted(expression)));
    for expression in refused {
        assert!(!is_accepted(expression), "{expression}");
    }
}
