//! What somebody may have meant who wrote a word that there is not: a near spelling, or the word that
//! other programs have for the same.
//!
//! Owns replacing the guesses of the parser's library, which finds likeness where there is none. Must
//! not know any command: it reads their definitions.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};

/// Words that people bring along, and what they are called here, the likeliest first.
const ELSEWHERE: &[(&str, &[&str])] = &[
    ("get", &["show", "list"]),
    ("describe", &["show"]),
    ("view", &["show", "list"]),
    ("read", &["show", "list"]),
    ("info", &["show"]),
    ("print", &["show", "list"]),
    ("ls", &["list"]),
    ("all", &["list"]),
    ("create", &["add", "start", "save"]),
    ("new", &["add", "start", "create"]),
    ("make", &["add", "plan", "create"]),
    ("update", &["edit"]),
    ("set", &["edit", "set-up"]),
    ("modify", &["edit"]),
    ("change", &["edit"]),
    ("rename", &["edit"]),
    ("delete", &["remove", "revoke", "release"]),
    ("rm", &["remove", "revoke", "release"]),
    ("del", &["remove", "revoke", "release"]),
    ("destroy", &["remove", "revoke"]),
    ("stop", &["pause", "cancel", "end"]),
    ("abort", &["cancel"]),
    ("continue", &["resume"]),
    ("send", &["apply", "resend"]),
    ("run", &["apply"]),
    ("exec", &["apply"]),
    ("check", &["verify", "show"]),
    ("signin", &["login"]),
    ("sign-in", &["login"]),
    ("signout", &["logout"]),
    ("sign-out", &["logout"]),
    ("auth", &["login", "whoami"]),
    ("me", &["whoami"]),
    ("status", &["show", "doctor"]),
    ("license", &["licence"]),
    ("organization", &["org"]),
    ("organisation", &["org"]),
    ("orgs", &["org"]),
    ("people", &["person"]),
    ("users", &["user"]),
    ("sites", &["site"]),
    ("deadlines", &["timers"]),
    ("log", &["audit"]),
    ("server", &["serve"]),
    ("config", &["paths", "doctor"]),
    ("version", &["doctor"]),
];

/// The error with guesses of our own in place of the library's.
pub fn guessed(mut command: Command, line: &[OsString], mut error: Error) -> Error {
    let text = |error: &Error, kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        _ => None,
    };
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            error.remove(ContextKind::SuggestedSubcommand);
            let Some(wrong) = text(&error, ContextKind::InvalidSubcommand) else { return error };
            command.build();
            let all = leaf(&command, line).get_subcommands().map(Command::get_name);
            let found = meant(&wrong, &all.collect::<Vec<_>>());
            if !found.is_empty() {
                error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(found));
            }
        }
        ErrorKind::UnknownArgument => {
            error.remove(ContextKind::SuggestedArg);
            // Nobody means a flag as a value.
            error.remove(ContextKind::Suggested);
            let Some(wrong) = text(&error, ContextKind::InvalidArg) else { return error };
            let Some(wrong) = wrong.strip_prefix("--") else { return error };
            command.build();
            let mut leaf = leaf(&command, line).clone();
            let all = leaf.get_arguments().filter_map(clap::Arg::get_long);
            let found = near(wrong.split('=').next().unwrap_or(wrong), &all.collect::<Vec<_>>());
            // The library's shows its guess there too.
            error.insert(ContextKind::Usage, ContextValue::StyledStr(leaf.render_usage()));
            if let Some(name) = found.first() {
                let name = ContextValue::String(format!("--{name}"));
                error.insert(ContextKind::SuggestedArg, name);
            }
        }
        ErrorKind::InvalidValue => {
            let Some(ContextValue::String(_)) = error.remove(ContextKind::SuggestedValue) else {
                return error;
            };
            let wrong = text(&error, ContextKind::InvalidValue).unwrap_or_default();
            let found = match error.get(ContextKind::ValidValue) {
                Some(ContextValue::Strings(all)) => {
                    near(&wrong, &all.iter().map(String::as_str).collect::<Vec<_>>())
                }
                _ => Vec::new(),
            };
            if let Some(name) = found.into_iter().next() {
                error.insert(ContextKind::SuggestedValue, ContextValue::String(name));
            }
        }
        _ => {}
    }
    error
}

/// The command that a line has come to.
fn leaf<'a>(command: &'a Command, line: &[OsString]) -> &'a Command {
    let mut leaf = command;
    for word in line.iter().skip(1) {
        if let Some(sub) = leaf.find_subcommand(word) {
            leaf = sub;
        }
    }
    leaf
}

/// Of these names, those that a word means elsewhere; else those that are spelled nearly so.
pub fn meant(wrong: &str, names: &[&str]) -> Vec<String> {
    let wrong = wrong.to_lowercase();
    let elsewhere = ELSEWHERE.iter().find(|(word, _)| *word == wrong).map(|(_, here)| *here);
    let known = |name: &&&str| names.contains(*name);
    let found: Vec<String> =
        elsewhere.into_iter().flatten().filter(known).map(|name| (*name).to_owned()).collect();
    if found.is_empty() { near(&wrong, names) } else { found }
}

/// The names that a slip of the finger away from a word, the nearest first: one letter wrong, or two
/// of a long word; or that begin with it.
fn near(wrong: &str, names: &[&str]) -> Vec<String> {
    let length = wrong.chars().count();
    let most = if length < 6 { 1 } else { 2 };
    let mut found: Vec<(usize, &str)> = names
        .iter()
        .filter_map(|name| {
            let begins = length > 2 && name.starts_with(wrong);
            let slips = if begins { 1 } else { slips(wrong, name) };
            (slips <= most && length > 1).then_some((slips, *name))
        })
        .collect();
    found.sort_by_key(|(slips, _)| *slips);
    found.into_iter().map(|(_, name)| name.to_owned()).collect()
}

/// How many letters are missing, too many, wrong or swapped with their neighbour.
fn slips(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut before = vec![0; other.len() + 1];
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (at, a) in one.iter().enumerate() {
        let mut row = vec![at + 1];
        for (to, b) in other.iter().enumerate() {
            let wrong = usize::from(a != b);
            let mut least = (last[to] + wrong).min(last[to + 1] + 1).min(row[to] + 1);
            if at > 0 && to > 0 && *a == other[to - 1] && one[at - 1] == *b {
                least = least.min(before[to - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;

    fn told(line: &str) -> String {
        let words = line.split(' ').map(OsString::from).collect();
        Cli::read(words).unwrap_err().to_string()
    }

    #[test]
    fn section_7_a_guess_is_a_near_spelling_or_the_word_that_others_have() {
        for (line, want) in [
            ("hublink site lst", "'list'"),
            ("hublink iste list", "'site'"),
            ("hublink site get", "'show', 'list'"),
            ("hublink cohort delete x", "'remove'"),
            ("hublink license export", "'licence'"),
            ("hublink site list --feilds url", "'--fields'"),
            ("hublink invite report run_1 --state linkd", "'linked'"),
        ] {
            let told = told(line);
            assert!(told.contains("tip:") && told.contains(want), "{line}: {told}");
        }
        for line in [
            "hublink trial get",
            "hublink site list --bogus",
            "hublink frobnicate",
            "hublink site xq",
            "hublink invite report run_1 --state bogus",
        ] {
            let told = told(line);
            let names_edit = told.contains("'edit'") || told.contains("'--mouse'");
            assert!(!names_edit && !told.contains("similar value"), "{line}: {told}");
        }
        let restore = told("hublink restore hub.db --yes");
        assert!(!restore.contains("as a value"), "{restore}");
        let bogus = told("hublink site list --bogus");
        assert!(!bogus.contains("tip") && !bogus.contains("mouse"), "{bogus}");
        assert!(bogus.contains("Usage: hublink site list [OPTIONS]"), "{bogus}");
    }

    #[test]
    fn a_slip_is_a_letter_missing_too_many_wrong_or_swapped() {
        for (one, other, count) in
            [("list", "list", 0), ("lst", "list", 1), ("lsit", "list", 1), ("get", "edit", 3)]
        {
            assert_eq!(slips(one, other), count, "{one} {other}");
        }
    }
}
