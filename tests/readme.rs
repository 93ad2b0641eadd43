//! README, compared with the program: the key table, the pictures and files it names, and the
//! first hour, which is run.
//!
//! Owns what can be compared. With `HUBLINK_README=write` it writes the key table anew.

#![expect(clippy::unwrap_used, reason = "a test that cannot read README fails")]

#[path = "readme/first_hour.rs"]
mod first_hour;

use std::fmt::Write as _;
use std::path::Path;

use hublink::tui::keymap::Keymap;

const BEGIN: &str = "tests/readme.rs compares -->\n";
const END: &str = "<!-- /keys -->";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    std::fs::read_to_string(root().join("README.md")).unwrap()
}

/// The key table as it must stand in README.
fn table() -> String {
    let cell = |text: &str| text.replace('|', "\\|");
    let mut out = "| where | keys | name | what |\n| --- | --- | --- | --- |\n".to_owned();
    for row in Keymap::default().table() {
        let (keys, help) = (cell(&row.keys), cell(row.help));
        let _ = writeln!(out, "| {} | {keys} | `{}` | {help} |", row.scope, row.action);
    }
    out
}

#[test]
fn the_key_table_is_the_programs() {
    let text = readme();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (kept, after) = rest.split_once(END).unwrap();
    let table = table();
    if std::env::var_os("HUBLINK_README").is_some_and(|value| value == "write") {
        let anew = format!("{before}{BEGIN}{table}{END}{after}");
        std::fs::write(root().join("README.md"), anew).unwrap();
        return;
    }
    assert!(
        kept == table,
        "HUBLINK_README=write cargo test --test readme writes it anew:\n{table}"
    );
}

#[test]
fn what_it_names_is_there() {
    let text = readme();
    let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let words = text.split(['`', ' ', '\n']);
    let named =
        |word: &&str| ["demo/", "src/", "tests/"].iter().any(|folder| word.starts_with(folder));
    let mut found = 0;
    for path in links.chain(words.filter(named)) {
        let path = path.trim_end_matches([';', ',', '.', ':']);
        assert!(root().join(path).exists(), "README names {path}, which is not there");
        found += 1;
    }
    assert!(found > 4, "README names files");
}

#[test]
fn the_two_commands_stand_first() {
    let text = readme();
    for command in ["cargo run --release -- demo\n", "cargo test\n"] {
        assert!(text.contains(command), "{command}");
    }
}
