//! The command line as a whole: it parses what the documents show, and its help is complete.

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
        "hublink clock advance 7d --no-input",
        "hublink audit verify",
    ] {
        assert!(parses(line), "{line}");
    }
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
        "hublink whoami --token secret",
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
