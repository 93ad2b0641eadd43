//! The command line as a whole: it parses what the documents show, and its help is complete.

use std::ffi::OsString;

use clap::CommandFactory as _;

use super::*;

fn parses(line: &str) -> bool {
    Cli::try_parse_from(line.split_whitespace()).is_ok()
}

#[test]
fn the_definition_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn section_7_the_documented_commands_parse() {
    for line in [
        "hublink",
        "hublink --backend http://127.0.0.1:7070 --output json whoami",
        "hublink invite plan --site acme.webex.example --all",
        "hublink invite plan --site acme.webex.example --rest --held email --items x.csv",
        "hublink invite plan --site acme.webex.example --select domain:acme.example",
        "hublink invite plan --site acme.webex.example --addresses poc.txt --output json",
        "hublink invite apply pln_1 --yes --watch",
        "hublink invite resolve run_1 --user u1 --sent",
        "hublink user import --site acme.webex.example users.csv --replace --dry-run",
        "hublink site agree acme.webex.example --domain a.example --agree --confirm acme.webex.example",
        "hublink setup show --org acme",
        "hublink setup finish --org acme --subdomain acme",
        "hublink subdomain check --org acme acme-x",
        "hublink subdomain suggest --org acme",
        "hublink contact-center show --org acme --watch",
        "hublink contact-center set-up --org acme --country DE",
        "hublink welcome accept --accept-terms",
        "hublink welcome resend --org acme",
        "hublink welcome correct --org acme --email kim@acme.example",
        "hublink clock advance 7d --no-input",
        "hublink audit verify",
        "hublink trial start --company Nova --administrator nia@nova.example --vertical technology \
            --country DE --supported-location --service messaging=80 --service meetings=50 \
            --site-url nova.webex.example --time-zone Europe/Berlin --days 60",
        "hublink trial list --output csv",
        "hublink trial edit nova --service calling=5",
        "hublink trial extend nova --accept-earlier",
        "hublink order add SO-1 --partner meridian --company Acme --country DE --service calling=5",
        "hublink order candidates SO-1 --administrator a@acme.example",
        "hublink order map SO-1 --administrator a@acme.example --org acme",
        "hublink order map SO-1 --administrator a@acme.example --new",
        "hublink order accept SO-1",
        "hublink site insights acme.webex.example",
        "hublink site insights acme.webex.example --report quality --by month --last 6",
        "hublink site insights acme.webex.example meetings --in-progress",
        "hublink site insights acme.webex.example participant ann@acme.example",
        "hublink site insights acme.webex.example import meetings.csv --output json",
        "hublink timers list",
    ] {
        assert!(parses(line), "{line}");
    }
}

/// The words of a line, as a shell takes quotes and comments.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in line.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, ' ') => words.push(String::new()),
            (None, '#') if words.last().is_some_and(String::is_empty) => break,
            _ => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn every_command_line_of_readme_parses() {
    let readme = include_str!("../../README.md");
    let joined = readme.replace("\\\n", "").replace("cargo run --release --", "hublink");
    let lines = joined.lines().filter(|line| line.starts_with("hublink ")).map(str::to_owned);
    let spans = joined.split('`').skip(1).step_by(2).map(|span| span.replace('\n', " "));
    let spans = spans.filter(|span| span.starts_with("hublink "));
    let mut found = 0;
    for (whole, line) in lines.map(|line| (true, line)).chain(spans.map(|span| (false, span))) {
        // What stands in a sentence may name the command alone.
        let fits = |error: &clap::Error| {
            !whole && error.kind() == clap::error::ErrorKind::MissingRequiredArgument
        };
        if let Err(error) = Cli::read(words(&line).into_iter().map(OsString::from).collect()) {
            assert!(fits(&error), "{line}: {error}");
        }
        found += 1;
    }
    assert!(found > 30, "README shows commands, {found} were found");
}

#[test]
fn section_7_what_is_not_said_clearly_is_wrong_usage() {
    for line in [
        "hublink invite plan --site acme.webex.example",
        "hublink invite plan --site acme.webex.example --all --rest",
        "hublink invite plan --site no-host --all",
        "hublink invite resolve run_1 --user u1",
        "hublink invite resolve run_1 --user u1 --sent --resend",
        "hublink site agree acme.webex.example --domain a.example --confirm acme.webex.example",
        "hublink site agree acme.webex.example --domain a.example --agree",
        "hublink welcome accept wel_0",
        "hublink welcome accept --password hunter2",
        "hublink setup finish --org acme",
        "hublink whoami --token secret",
        "hublink trial start --company Nova --administrator nia@nova.example --vertical technology \
            --country DE --service messaging=80 --days 60",
        "hublink trial edit nova",
        "hublink trial edit nova --service messaging=many",
        "hublink trial edit nova --service magic=3",
        "hublink order map SO-1 --administrator a@acme.example --org acme --new",
        "hublink order map SO-1",
        "hublink site method acme.webex.example by_magic",
    ] {
        assert!(!parses(line), "{line}");
    }
}

#[test]
fn every_command_and_flag_says_what_it_does() {
    fn check(command: &clap::Command) {
        let name = command.get_name();
        assert!(command.get_about().is_some(), "{name} has no help");
        for arg in command.get_arguments() {
            assert!(arg.get_help().is_some(), "{name} {} has no help", arg.get_id());
        }
        command.get_subcommands().for_each(check);
    }
    let mut command = Cli::command();
    command.build();
    command.get_subcommands().filter(|sub| sub.get_name() != "help").for_each(check);
}
