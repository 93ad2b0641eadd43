//! A human at the keys of a tour that plays, in the real program.
//!
//! Owns that a key pauses or takes over and does nothing else, and that the tour goes on. Must not
//! play a tour to its end.

use super::terminal::{PATIENCE, Start, Terminal};

/// Of the first page of the tour.
const FIRST: &str = "Nothing here is real";

#[test]
fn a_human_pauses_takes_over_and_lets_the_tour_go_on() {
    let terminal = Terminal::start(&Start::hublink(&["demo", "--tour", "proof-of-concept"]));
    terminal.wait_for("Space pauses; any other key takes over.");
    terminal.send(" ");
    terminal.wait_for("Paused. Space goes on");
    terminal.send(" ");
    terminal.wait_for(FIRST);
    // It would quit, or ask to; here it takes the keys.
    terminal.send("q");
    let page = terminal.wait_for("The keys are yours.");
    assert!(page.contains("ORGANIZATIONS"), "the page is as it was\n{page}");
    terminal.send("t");
    terminal.wait_for("Timers");
    terminal.send("r");
    terminal.wait_for("The tour goes on where");
    terminal.send("\x1b");
    terminal.wait_for("ORGANIZATIONS");
    terminal.send("r");
    terminal.wait_until("the tour", |text| !text.contains("r, outside a field"));
    terminal.wait_for("Wizards for acme.webex.example");
    terminal.send("\x03");
    terminal.wait_exit(PATIENCE);
}

#[test]
fn tours_are_listed_and_an_unknown_one_says_which_there_are() {
    let told = |args: &[&str]| {
        let terminal = Terminal::start(&Start { size: (120, 24), ..Start::hublink(args) });
        let exit = terminal.wait_exit(PATIENCE);
        (exit.exit_code(), terminal.text())
    };
    for (args, code) in [(&["demo", "--tour"][..], 0), (&["demo", "--tour", "nothing"], 2)] {
        let (exit, text) = told(args);
        assert_eq!(exit, code, "{text}");
        for name in hublink::demo::tour::shelf::names() {
            assert!(text.contains(name), "{name}\n{text}");
        }
    }
}
