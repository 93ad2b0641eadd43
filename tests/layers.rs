//! The rules of ARCHITECTURE that a machine can hold: imports, words, sizes, heads, the tree.
//!
//! Owns the checks over this repository, and the seeded violations that prove that each of them
//! can fail.

#![expect(clippy::unwrap_used, reason = "a check that cannot read the sources fails")]

use std::path::{Path, PathBuf};
use std::process::Command;

#[path = "layers/rules.rs"]
mod rules;
#[path = "layers/source.rs"]
mod source;
#[path = "layers/voice.rs"]
mod voice;

use rules::violations;
use source::{Source, Token};

/// What may stand at the top of the repository, beside files whose names start with a dot.
const TOP: [&str; 11] = [
    "Cargo.toml",
    "Cargo.lock",
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "src",
    "themes",
    "tests",
    "demo",
    "benches",
    "target",
];
/// The most lines of a file.
const LONGEST: usize = 500;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in folder.read_dir().into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, into);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            into.push(path);
        }
    }
}

fn sources(folders: &[&str]) -> Vec<Source> {
    let mut files = Vec::new();
    for folder in folders {
        rust_files(&root().join(folder), &mut files);
    }
    files.sort();
    let read = |file: PathBuf| {
        let name = file.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
        Source::new(&name, &std::fs::read_to_string(&file).unwrap())
    };
    files.into_iter().map(read).collect()
}

fn all() -> Vec<Source> {
    let all = sources(&["src", "tests", "benches"]);
    assert!(all.len() > 10, "the sources were not found");
    all
}

fn assert_none(found: &[String]) {
    assert!(found.is_empty(), "{} violations:\n{}", found.len(), found.join("\n"));
}

#[test]
fn the_import_table_holds() {
    assert_none(&violations(&sources(&["src"])));
}

#[test]
fn files_are_short() {
    let all = all();
    let long = |source: &Source| source.text.lines().count() > LONGEST;
    assert_none(&all.iter().filter(|s| long(s)).map(|s| s.file.clone()).collect::<Vec<_>>());
    let under = |most: usize| {
        all.iter().filter(|source| source.text.lines().count() < most).count() * 100 / all.len()
    };
    assert!(under(150) >= 50, "only {}% of the files are under 150 lines", under(150));
    assert!(under(350) >= 90, "only {}% of the files are under 350 lines", under(350));
}

#[test]
fn every_file_says_first_what_it_owns() {
    assert_none(
        &all()
            .iter()
            .filter(|s| !s.text.starts_with("//! "))
            .map(|s| s.file.clone())
            .collect::<Vec<_>>(),
    );
}

#[test]
fn the_program_speaks_with_one_voice() {
    let all = all();
    let found = all.iter().flat_map(|source| voice::out_of_voice(&source.file, &source.text));
    assert_none(&found.collect::<Vec<_>>());
}

#[test]
fn what_is_out_of_voice_is_found_in_literals_alone() {
    let said = |code: &str| voice::out_of_voice("src/a.rs", code).len();
    for code in [
        "fn a() { b(\"Oops, that failed.\") }",
        "let a = \"Now please \\\n  wait\";",
        "let q = '\"'; let a = \"It is done!\";",
    ] {
        assert_eq!(said(code), 1, "{code}");
    }
    for code in [
        "// please, oops \"please wait\"",
        "let a = \"please\";",
        "let a = \"hublink login --backend\"; let b = a != c;",
        "let a = \"b\";\n#[cfg(test)]\nmod tests { let a = \"please wait\"; }",
    ] {
        assert_eq!(said(code), 0, "{code}");
    }
}

#[test]
fn no_lint_is_allowed_and_no_module_hides_in_mod_rs() {
    let all = all();
    let mut found: Vec<_> = all.iter().flat_map(allowed_lints).collect();
    found.extend(all.iter().filter(|s| s.file.ends_with("/mod.rs")).map(|s| s.file.clone()));
    assert_none(&found);
}

/// What serde writes and its document lists is what the command line, files and the database hold.
#[test]
fn stable_codes_are_stated_once_and_serde_spells_them_alike() {
    assert_none(&sources(&["src"]).iter().flat_map(codes_of_their_own).collect::<Vec<_>>());
}

fn codes_of_their_own(source: &Source) -> Vec<String> {
    let lines: Vec<_> = source.text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let told = |why: &str| format!("{}:{}: {why}", source.file, at + 1);
        if let Some(spelled) = line.strip_prefix("#[strum(serialize_all = ") {
            let above: Vec<_> = lines[..at].iter().rev().take_while(|l| !l.is_empty()).collect();
            let serde = format!("#[serde(rename_all = {}", spelled.trim_end_matches(")]"));
            let written = above.iter().any(|line| line.contains("Serialize"));
            if written && !above.iter().any(|line| line.starts_with(&serde)) {
                found.push(told("serde spells the codes otherwise"));
            }
            let variants = lines[at..].iter().take_while(|line| **line != "}");
            if variants
                .filter(|line| line.contains("#[serde(") || line.contains("#[strum("))
                .count()
                > 1
            {
                found.push(told("a code has a name of its own"));
            }
        }
        let reads = line.contains("fn from_code(code: &str)");
        let action = source.file == "src/tui/keymap/action.rs";
        if reads && source.file != "src/domain/code.rs" && !action {
            found.push(told("from_code beside domain::code"));
        }
    }
    found
}

fn allowed_lints(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    let mut in_attribute = 0;
    for pair in source.tokens.windows(2) {
        match (&pair[0].0, &pair[1].0) {
            (Token::Sign('#'), Token::Sign('[' | '!')) if in_attribute == 0 => in_attribute = 1,
            (Token::Sign('['), _) if in_attribute > 0 => in_attribute += 1,
            (Token::Sign(']'), _) if in_attribute > 0 => {
                in_attribute -= if in_attribute == 2 { 2 } else { 1 };
            }
            (Token::Word(word), Token::Sign('(')) if in_attribute > 1 && word == "allow" => {
                found.push(format!("{}:{}: #[allow]", source.file, pair[0].1));
            }
            _ => {}
        }
    }
    found
}

/// Asks git, for what lies about in a working copy is nobody's business; a copy without git has
/// nothing to check.
#[test]
fn the_top_of_the_tree_holds_only_what_it_may() {
    let listed = Command::new("git").current_dir(root()).args(["ls-files", "-z"]).output();
    let Ok(listed) = listed else { return };
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert_none(&strangers(listed.split_terminator('\0')));
}

fn strangers<'f>(files: impl Iterator<Item = &'f str>) -> Vec<String> {
    let top = files.map(|file| file.split('/').next().unwrap_or(file));
    top.filter(|name| !name.starts_with('.') && !TOP.contains(name)).map(str::to_owned).collect()
}

// From here on: each check fails when it should.

fn broken(file: &str, text: &str) -> Vec<String> {
    let tree = [
        ("src/lib.rs", "mod api; mod cli; mod client; mod domain; mod server; mod tui;"),
        ("src/domain.rs", "pub mod address; pub mod untrusted;"),
        ("src/domain/address.rs", ""),
        ("src/api.rs", "pub mod call;"),
        ("src/server.rs", "pub mod directory; pub mod engine; pub mod store;"),
        ("src/server/engine.rs", ""),
        ("src/server/directory.rs", "pub mod dns;"),
        ("src/tui.rs", "pub mod wizard; pub mod browse; pub mod runtime; pub mod theme;"),
        ("src/tui/wizard.rs", "pub mod trial; pub mod link; pub mod step;"),
        ("src/tui/wizard/trial.rs", "mod customer; mod review;"),
        ("src/tui/wizard/link.rs", "mod site;"),
        ("src/tui/browse.rs", "mod sites; mod users; mod pane;"),
    ];
    let mut sources: Vec<_> = tree
        .iter()
        .filter(|(name, _)| *name != file)
        .map(|(name, text)| Source::new(name, text))
        .collect();
    assert_none(&violations(&sources));
    sources.push(Source::new(file, text));
    violations(&sources)
}

fn assert_broken(cases: &[(&str, &str, &str)]) {
    for (file, text, why) in cases {
        let found = broken(file, text);
        assert!(found.iter().any(|line| line.contains(why)), "{text}: {found:?}");
    }
}

#[test]
fn codes_that_are_stated_twice_are_found() {
    let codes = |text: &str| codes_of_their_own(&Source::new("src/domain/a.rs", text)).len();
    let derived = "#[derive(Serialize, VariantArray)]\n";
    let strum = "#[strum(serialize_all = \"snake_case\")]\nenum A {\n";
    let serde = "#[serde(rename_all = \"snake_case\")]\n";
    assert_eq!(codes(&format!("{derived}{serde}{strum}    B,\n}}")), 0);
    assert_eq!(codes(&format!("#[derive(VariantArray)]\n{strum}    B,\n}}")), 0);
    assert_eq!(codes(&format!("{derived}{strum}    B,\n}}")), 1);
    assert_eq!(
        codes(&format!("{derived}{serde}{strum}    #[serde(rename = \"c\")]\n    B,\n}}")),
        1
    );
    assert_eq!(codes("impl A {\n    fn from_code(code: &str) -> Option<Self> {}\n}"), 1);
}

#[test]
fn imports_are_caught_however_they_are_spelled() {
    let file = "src/domain/x.rs";
    assert_broken(&[
        (file, "use crate::api::call;", "src/domain/x.rs:1: domain::x may not import crate::api"),
        (file, "\nuse crate::{address, server::{engine as e, store}};", ":2: domain::x may not"),
        (file, "use crate::{self as root, api};", "may not import crate::api"),
        (file, "use super::super::api;", "may not import crate::api"),
        (file, "use super::super::*;\nfn f() { self::super::super::api::g(); }", "crate::api::g"),
        (file, "fn f() -> crate::server::engine::X { loop {} }", "crate::server::engine::X"),
        (file, "mod tests { use super::super::super::api; }", "may not import crate::api"),
        (file, "pub use crate::server::directory as d; fn f() { d::dns::g() }", "dns::g"),
        (file, "use std::{io, fs::{self, File}};", "must never name std::fs"),
        (file, "use std::fs as disk;", "must never name std::fs"),
        (file, "use ::tokio::spawn;", "must never name tokio"),
        (file, "fn f<'a>(c: char) { if c == '\"' { tokio::spawn(g()) } }", "never name tokio"),
        (file, "use std::time::Instant as I; fn f() { I::now(); }", "must never name Instant::now"),
        (file, "fn f() { jiff::Timestamp::now(); }", "must never name Timestamp::now"),
        (file, "fn f() { serde_json::to_string(x); }", "must never name serde_json"),
        ("src/domain.rs", "use address::X; use crate::api;", "domain may not import crate::api"),
        ("src/domain/x/tests.rs", "use crate::api;", "domain::x may not import crate::api"),
        ("src/newcomer.rs", "", "the table has no row for newcomer"),
    ]);
}

#[test]
fn rows_inside_the_backend_and_the_screens_are_caught() {
    assert_broken(&[
        ("src/server/engine/runs.rs", "use crate::server::directory::dns;", "may not import"),
        ("src/server/engine/runs.rs", "use super::super::directory::dns;", "may not"),
        ("src/server/router.rs", "use super::directory::{Directory, dns};", "may not"),
        ("src/server/directory/dns.rs", "use crate::server::engine;", "may not import"),
        ("src/server/post.rs", "use crate::server::directory::Directory;", "may not import"),
        ("src/server/router.rs", "fn f() { sqlx::query_as(\"\"); }", "never name sqlx::query_as"),
        ("src/server/router.rs", "use sqlx::{Row, query};", "must never name sqlx::Row"),
        ("src/server/engine/runs.rs", "use sqlx::{Row, Sqlite};", "must never name sqlx::Sqlite"),
        ("src/server/engine/runs.rs", "use crate::tui::theme;", "may not import crate::tui"),
        ("src/tui/app.rs", "use crate::tui::runtime::X;", "must never name crate::tui::runtime"),
        ("src/tui/app.rs", "use std::sync::{Arc, Mutex};", "must never name Mutex"),
        ("src/tui/app.rs", "use crate::server;", "may not import crate::server"),
        ("src/tui/widget/table.rs", "use crate::api;", "may not import crate::api"),
        ("src/tui/widget/table.rs", "use crossterm::event::KeyEvent;", "never name crossterm"),
    ]);
}

#[test]
fn rules_3_and_4_siblings_keys_and_colours_are_caught() {
    let step = "src/tui/wizard/trial/customer.rs";
    assert_broken(&[
        (step, "use super::review::X;", "are siblings"),
        (step, "use crate::tui::wizard::link::site;", "are siblings"),
        ("src/tui/browse/sites.rs", "use super::users;", "are siblings"),
        (step, "fn f(k: ratatui::crossterm::event::KeyCode) {}", "must not say KeyCode"),
        (
            "src/tui/app.rs",
            "\n\nuse ratatui::style::{Color, Style};",
            "app.rs:3: tui::app must not",
        ),
    ]);
}

#[test]
fn a_column_by_its_position_is_caught() {
    let why = "reads a column by its position";
    let file = "src/server/engine/plans.rs";
    assert_broken(&[
        (file, "fn f() { row.try_get(0)? }", why),
        (
            file,
            "fn f() {\n row.try_get::<Option<i64>, _>(12)? }",
            "plans.rs:2: server::engine::plans",
        ),
        (file, "fn f() { rows[0].get::<String, _>(1) }", why),
        (file, "fn f(at: usize) { row.try_get(at + 1)? }", why),
        (file, "fn f() { Sql::new(\"SELECT a, count(*) FROM b GROUP BY a ORDER BY a, 2\") }", why),
    ]);
    for text in [
        "fn f() { row.try_get::<Option<i64>, _>(\"a\")?; map.get(at); rows[0].get(\"a\"); }",
        "fn f(column: &str) { row.try_get(column)?; row.try_get::<i64, _>(column.as_str())?; }",
        "fn f() { Sql::new(\"SELECT a FROM b ORDER BY a DESC, b LIMIT 1\") }",
    ] {
        assert_none(&broken(file, text));
    }
    assert_none(&broken("src/tui/app.rs", "fn f() { cells.get(1) }"));
}

#[test]
fn what_the_table_allows_passes() {
    let cases = [
        ("src/domain/x.rs", "use super::address::Address; use crate::domain::untrusted;"),
        (
            "src/domain/x.rs",
            "// use tokio::x;\n/* crate::api::X /* */ */ const A: &str = r#\"crate::api::X\"#;",
        ),
        ("src/domain/x.rs", "mod tests { fn f() { serde_json::to_string(x); } }"),
        ("src/domain/x.rs", "fn f(x: X) { x.tokio; x.api::<u8>(); let s = \"use tokio::x;\"; }"),
        ("src/domain/x.rs", "fn f<'tokio>() -> impl Iterator + use<'tokio> { g() }"),
        ("src/server/engine/runs.rs", "use crate::server::directory::Directory; use super::X;"),
        ("src/server.rs", "mod directory; use directory::dns; use crate::api;"),
        ("src/tui/wizard/trial/customer.rs", "use crate::tui::wizard::step::Step; use super::X;"),
        ("src/tui/wizard/trial.rs", "mod review; use review::Review;"),
        ("src/tui/browse/sites.rs", "use super::pane::Pane;"),
        ("src/tui/theme/parse.rs", "use ratatui::style::Color;"),
        ("src/tui/runtime.rs", "use crate::client::X; use std::fs; use tokio::sync::mpsc;"),
        ("src/cli/serve.rs", "use crate::{server, client, tui}; use std::fs;"),
    ];
    for (file, text) in cases {
        assert_none(&broken(file, text));
    }
}

#[test]
fn lints_and_strangers_are_caught() {
    let lints = |text| allowed_lints(&Source::new("src/x.rs", text)).len();
    assert_eq!(lints("#[allow(dead_code)] fn f() {}"), 1);
    assert_eq!(lints("#![allow(dead_code)]"), 1);
    assert_eq!(lints("#[cfg_attr(test, allow(dead_code))] fn f() {}"), 1);
    assert_eq!(lints("#[derive(X)] fn allow(x: [u8; 2]) { allow(x) } // #[allow(x)]"), 0);
    let files = ["src/lib.rs", ".ci/run", "notes/x.md", "todo.txt"];
    assert_eq!(strangers(files.into_iter()), ["notes", "todo.txt"]);
}
