//! One way to name an organization, a site and a person: as the first argument or by a flag, alike in
//! every command (`hublink help naming`).
//!
//! Owns turning the one spelling into the other, for a line that cannot be parsed as it stands. What
//! parses already is never touched. Must not know any command: it reads their definitions.

pub mod near;
pub mod plain;

use std::ffi::OsString;

use clap::{Arg, Command};

/// What can be named either way: the name of its value, and its flags.
const KINDS: &[(&str, &[&str])] =
    &[("SITE-URL", &["site"]), ("ORG", &["org"]), ("PERSON", &["person", "email"])];

/// A line of words that was looked at.
struct Line {
    words: Vec<OsString>,
    /// Where the words behind the command begin.
    behind: usize,
}

/// A word behind the command.
enum Word {
    /// A flag, and the place of its value where that is a word of its own.
    Flag { name: String, at: usize, value: Option<usize> },
    /// An argument.
    Argument(usize),
}

/// The commands with the other spelling told in their help, where one would not look for it: what
/// they name by a flag may stand first.
pub fn told(command: Command) -> Command {
    let name = command.get_name().to_owned();
    told_below(command, &name)
}

fn told_below(command: Command, path: &str) -> Command {
    if command.has_subcommands() {
        let below = |sub: Command| {
            let path = format!("{path} {}", sub.get_name());
            told_below(sub, &path)
        };
        return command.mut_subcommands(below);
    }
    let Some((kind, flag)) = by_place(&command, &[]) else { return command };
    let rest = command.get_positionals().filter_map(|arg| arg.get_value_names()?.first().cloned());
    let line: Vec<String> = [path.to_owned(), kind.to_owned()]
        .into_iter()
        .chain(rest.map(|name| name.to_string()))
        .collect();
    let also = format!("--{flag} may be left out: {}", line.join(" "));
    let help = match command.get_after_help() {
        Some(help) => format!("{help}\n\n{also}"),
        None => also,
    };
    command.after_help(help)
}

/// The command with what it names by a flag as an argument too, for who completes a line that has these
/// flags already.
pub fn placed(command: Command, given: &[String]) -> Command {
    let Some((kind, _)) = by_place(&command, given) else { return command };
    let own = first(&command).and_then(kind_of).is_some();
    let behind = command.get_positionals().count() + 1;
    let at = if own { behind } else { 1 };
    let mut next = 1;
    let command = command.mut_args(|arg| {
        if !arg.is_positional() {
            return arg;
        }
        next += usize::from(next == at);
        next += 1;
        arg.index(next - 1)
    });
    command.arg(Arg::new("placed").value_name(kind).index(at).required(true))
}

/// What a command takes by a flag and also as an argument: its kind, and the flag.
fn by_place(leaf: &Command, given: &[String]) -> Option<(&'static str, String)> {
    let takes = leaf.get_positionals().count();
    let many = |arg: &Arg| arg.get_num_args().is_some_and(|number| number.max_values() > 1);
    if leaf.get_positionals().any(many) {
        return None;
    }
    let own = first(leaf).and_then(kind_of).map(|(kind, _)| kind);
    KINDS.iter().find_map(|(kind, flags)| {
        let arg = flags.iter().find_map(|flag| long(leaf, flag))?;
        // What may be left out is never taken from an argument beside others: it could be a slip.
        let clear = arg.is_required_set() || takes == 0;
        let there = names(arg).iter().any(|name| given.contains(name));
        (own != Some(*kind) && clear && !there).then_some((*kind, arg.get_long()?.to_owned()))
    })
}

/// The line in its other spelling, where it has one.
pub fn respelled(mut command: Command, words: Vec<OsString>) -> Option<Vec<OsString>> {
    command.build();
    let mut leaf = &command;
    let mut behind = 1;
    while behind < words.len() {
        let word = words[behind].to_string_lossy();
        if let Some(flag) = flag_of(leaf, &word) {
            behind += if takes_word(flag, &word) { 2 } else { 1 };
        } else if let Some(sub) = leaf.find_subcommand(word.as_ref()) {
            leaf = sub;
            behind += 1;
            if !leaf.has_subcommands() || first(leaf).is_some() {
                break;
            }
        } else {
            break;
        }
    }
    let line = Line { words, behind };
    by_argument(leaf, &line).or_else(|| by_flag(leaf, &line))
}

/// `--site X` where the command takes the site as its first argument.
fn by_argument(leaf: &Command, line: &Line) -> Option<Vec<OsString>> {
    let (_, flags) = kind_of(first(leaf)?)?;
    if flags.iter().any(|flag| long(leaf, flag).is_some()) {
        return None;
    }
    let found = line.read(leaf).into_iter().find_map(|word| match word {
        Word::Flag { name, at, value } if flags.contains(&name.as_str()) => Some((at, value)),
        _ => None,
    });
    let (at, _) = found?;
    let mut words = line.words.clone();
    let flag = words.remove(at).to_string_lossy().into_owned();
    let value = match flag.split_once('=') {
        Some((_, value)) => OsString::from(value),
        None if at < words.len() => words.remove(at),
        None => return None,
    };
    words.insert(line.behind, value);
    Some(words)
}

/// An argument more than the command takes, where it has a flag for it.
fn by_flag(leaf: &Command, line: &Line) -> Option<Vec<OsString>> {
    let takes = leaf.get_positionals().count();
    let read = line.read(leaf);
    let given: Vec<usize> = read
        .iter()
        .filter_map(|word| match word {
            Word::Argument(at) => Some(*at),
            Word::Flag { .. } => None,
        })
        .collect();
    if given.len() <= takes {
        return None;
    }
    let flags = read.iter().filter_map(|word| match word {
        Word::Flag { name, .. } => Some(name.clone()),
        Word::Argument(_) => None,
    });
    let (_, flag) = by_place(leaf, &flags.collect::<Vec<_>>())?;
    // Where the first argument has its own kind, this one comes behind; else it comes first.
    let own = first(leaf).and_then(kind_of).is_some();
    let at = *given.get(if own { takes } else { 0 })?;
    let mut words = line.words.clone();
    let mut word = OsString::from(format!("--{flag}="));
    word.push(&words[at]);
    words[at] = word;
    Some(words)
}

impl Line {
    /// The words behind the command; what follows `--` is an argument.
    fn read(&self, leaf: &Command) -> Vec<Word> {
        let mut read = Vec::new();
        let mut at = self.behind;
        let mut literal = false;
        while at < self.words.len() {
            let word = self.words[at].to_string_lossy();
            let is_flag = !literal && word.len() > 1 && word.starts_with('-');
            if is_flag && word == "--" {
                literal = true;
            } else if is_flag {
                let name = word.trim_start_matches('-').split('=').next().unwrap_or_default();
                let known = flag_of(leaf, &word);
                // A flag that the command has not takes its value, as the other spelling's does.
                let takes = known.map_or(!word.contains('='), |arg| takes_word(arg, &word));
                let value = takes.then_some(at + 1);
                read.push(Word::Flag { name: name.to_owned(), at, value });
                at += usize::from(takes);
            } else {
                read.push(Word::Argument(at));
            }
            at += 1;
        }
        read
    }
}

fn first(command: &Command) -> Option<&Arg> {
    command.get_positionals().next()
}

fn kind_of(arg: &Arg) -> Option<(&'static str, &'static [&'static str])> {
    let name = arg.get_value_names()?.first()?;
    KINDS.iter().find(|(kind, _)| *kind == name.as_str()).copied()
}

/// The names behind `--` that an argument goes by.
fn names(arg: &Arg) -> Vec<String> {
    let others = arg.get_all_aliases().unwrap_or_default();
    arg.get_long().into_iter().chain(others).map(str::to_owned).collect()
}

fn long<'a>(command: &'a Command, name: &str) -> Option<&'a Arg> {
    command.get_opts().find(|arg| names(arg).iter().any(|known| known == name))
}

fn flag_of<'a>(command: &'a Command, word: &str) -> Option<&'a Arg> {
    if let Some(name) = word.strip_prefix("--") {
        let name = name.split('=').next().unwrap_or_default();
        return command.get_arguments().find(|arg| names(arg).iter().any(|known| known == name));
    }
    let short = word.strip_prefix('-')?.chars().next()?;
    command.get_arguments().find(|arg| arg.get_short() == Some(short))
}

/// Whether the value of a flag is the next word.
fn takes_word(arg: &Arg, word: &str) -> bool {
    let whole =
        if word.starts_with("--") { !word.contains('=') } else { word.chars().count() == 2 };
    arg.get_action().takes_values()
        && whole
        && arg.get_num_args().is_none_or(|number| number.min_values() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::CommandFactory as _;

    fn parsed(line: &str) -> Result<String, String> {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        Cli::read(words).map(|cli| format!("{cli:?}")).map_err(|error| error.to_string())
    }

    #[test]
    fn section_7_an_organization_a_site_and_a_person_are_named_alike_everywhere() {
        for (one, other) in [
            ("org show acme", "org show --org acme"),
            ("org show acme", "org show --org=acme"),
            ("org edit acme --auto-licence on", "org edit --auto-licence on --org acme"),
            (
                "org grant acme --email k@a.example --role full_admin",
                "org grant --org acme --person k@a.example --role full_admin",
            ),
            (
                "org grant acme --email k@a.example --role full_admin",
                "org grant acme k@a.example --role full_admin",
            ),
            ("site show acme.webex.example", "site show --site acme.webex.example"),
            ("site show acme.webex.example -o json", "-o json site show --site acme.webex.example"),
            (
                "site method acme.webex.example verify_now",
                "site method verify_now --site acme.webex.example",
            ),
            (
                "site insights acme.webex.example meetings",
                "site insights --site acme.webex.example meetings",
            ),
            ("user list --site acme.webex.example", "user list acme.webex.example"),
            ("user show --site acme.webex.example u1", "--quiet user show acme.webex.example u1"),
            (
                "user import --site acme.webex.example users.csv --dry-run",
                "user import acme.webex.example users.csv --dry-run",
            ),
            ("invite plan --site acme.webex.example --all", "invite plan acme.webex.example --all"),
            ("cohort show --site acme.webex.example poc", "cohort show acme.webex.example poc"),
            ("domain list --org acme", "domain list acme"),
            ("domain add --org acme a.example", "domain add acme a.example"),
            ("setup show --org acme", "setup show acme"),
            ("subdomain check --org acme acme-x", "subdomain check acme acme-x"),
            ("audit list --org acme", "audit list acme"),
            ("trial extend nova", "trial extend --org nova"),
            ("person enable k@a.example", "person enable --person k@a.example"),
            ("person enable k@a.example", "person enable --email k@a.example"),
            ("token create --person k@a.example", "token create k@a.example"),
            ("offer accept acme --accept-terms", "offer accept --org acme --accept-terms"),
            (
                "invite clear-decline --org acme k@a.example --yes",
                "invite clear-decline acme --person k@a.example --yes",
            ),
            ("org directory-sync show acme", "org directory-sync show --org acme"),
        ] {
            let (one, other) = (format!("hublink {one}"), format!("hublink {other}"));
            let want = parsed(&one).unwrap_or_else(|error| panic!("{one}: {error}"));
            let got = parsed(&other).unwrap_or_else(|error| panic!("{other}: {error}"));
            let bare = |text: String| text.replace("quiet: true", "quiet: false");
            assert_eq!(bare(got), bare(want), "{other}");
        }
    }

    #[test]
    fn section_7_the_help_of_a_command_tells_that_its_flag_may_be_left_out() {
        for (line, want) in [
            ("user list", "--site may be left out: hublink user list SITE-URL\n"),
            ("user show", "--site may be left out: hublink user show SITE-URL USER_ID\n"),
            ("domain add", "--org may be left out: hublink domain add ORG DOMAIN\n"),
            ("cohort show", "--site may be left out: hublink cohort show SITE-URL COHORT\n"),
        ] {
            let help = parsed(&format!("hublink {line} --help")).unwrap_err();
            assert!(help.contains(want), "{line}: {help}");
            // And it is so.
            let (_, other) = want.trim().split_once(": ").unwrap();
            let other = other.replace("SITE-URL", "a.webex.example").replace("DOMAIN", "a.example");
            assert!(parsed(&other).is_ok(), "{other}");
        }
        let help = parsed("hublink org show --help").unwrap_err();
        assert!(!help.contains("may be left out"), "{help}");
    }

    #[test]
    fn section_7_a_slip_stays_one() {
        for line in [
            "site link acme.webex.example acme --agree --confirm acme.webex.example",
            "site add acme.webex.example --company Acme acme",
            "org show acme nova",
            "user list acme.webex.example more.webex.example",
            "user list no-host",
            "org show --site acme.webex.example",
            "whoami acme",
            "site show --site",
        ] {
            assert!(parsed(&format!("hublink {line}")).is_err(), "{line}");
        }
    }

    #[test]
    fn section_7_every_command_takes_what_it_is_about_by_its_flag() {
        fn leaves(command: &Command, path: &str, all: &mut Vec<(String, Command)>) {
            for sub in command.get_subcommands() {
                leaves(sub, &format!("{path} {}", sub.get_name()), all);
            }
            if !command.has_subcommands() {
                all.push((path.to_owned(), command.clone()));
            }
        }
        let mut all = Vec::new();
        leaves(&Cli::command(), "hublink", &mut all);
        let mut count = 0;
        for (path, leaf) in all {
            let Some((kind, flags)) = first(&leaf).and_then(kind_of) else { continue };
            // What follows an argument of its own noun is about that one.
            if path.contains(" insights ") {
                continue;
            }
            let line = format!("{path} --{} X", flags[0]);
            let words = line.split(' ').map(OsString::from).collect();
            let other = respelled(Cli::command(), words);
            let want: Vec<OsString> = format!("{path} X").split(' ').map(OsString::from).collect();
            assert_eq!(other.as_deref(), Some(&want[..]), "{line} names a {kind}");
            count += 1;
        }
        assert!(count > 25, "{count} commands are about one");
    }
}
