//! Accessible mode through a pipe: a line-based script drives the demo from home to the results.

use std::io::Write as _;
use std::process::Stdio;

use crate::binary::{code, command, told};

/// Plays the lines; answers the exit code, what was said, and what was told beside it.
fn play(line: &[&str], lines: &str) -> (i32, String, String) {
    let home = tempfile::tempdir().unwrap();
    let mut demo = command("", home.path());
    demo.args(line).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = demo.spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    (code(&output), String::from_utf8(output.stdout.clone()).unwrap(), told(&output))
}

/// From home through the wizard: a filter, a pasted list, a cohort, the plan, the run.
const INVITE: &str = "\
hints off
/link users
1


/lund
a
paste
chen.wei@gmail.com
nobody@nowhere.example
.
back
cohorts
save
pilots
back

7 3
invite
wait for what became of everyone

quit
yes
";

#[test]
fn the_whole_invitation_is_told_line_by_line_and_nothing_is_drawn() {
    let (code, said, beside) = play(&["demo", "--accessible", "--users", "300"], INVITE);
    assert_eq!((code, beside.as_str()), (0, ""), "{said}");
    for words in [
        "Link users, acme.webex.example",
        "All 2 who match:",
        "1 linked silently, 0 e-mails, 1 skipped, 0 held, 0 blocked",
        "1 of 2 found; 1 user ticked.",
        "line 2: nobody@nowhere.example",
        "3 ticked, 1 outside this filter",
        "Saved: pilots, 3 users",
        "step 4 of 6",
        "How many are selected: 3",
        "step 6 of 6",
    ] {
        assert!(said.contains(words), "{words}:\n{said}");
    }
    assert!(is_plain(&said), "{said}");
}

#[test]
fn what_acts_is_done_by_its_name_and_never_by_an_empty_line() {
    let lines = "/link users\n1\n\n\n/lund\na\n\n5 2\n\n\nquit\nyes\n";
    let (code, said, _) = play(&["demo", "--users", "300"], &format!("{lines}again\n"));
    assert_eq!(code, 2, "without the flag a pipe is refused: {said}");
    let (code, said, _) = play(&["demo", "--users", "300", "--accessible"], lines);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("cannot be undone. Say invite, or next."), "{said}");
    assert!(!said.contains("step 5 of 6"), "{said}");
    let tour = ["demo", "--accessible", "--tour", "trial"];
    assert_eq!(play(&tour, "").0, 2);
}

/// No box, no block, no Braille, no escape sequence.
fn is_plain(said: &str) -> bool {
    let drawn = |c: char| matches!(c, '\u{2500}'..='\u{25ff}' | '\u{2800}'..='\u{28ff}');
    !said.contains('\x1b') && !said.contains(drawn)
}

/// The other story: a partner starts a trial and sets it up; the mail that hands it over is read.
const HAND_OVER: &str = "\
hints off
demo
sign-in-as
2
/start a trial
1
1 Nova Labs
2 Technology
Germany
4
5 nia@nova.example

4 80
5 50
8 nova.webex.example
9 Europe/Berlin

start the trial
wait for has started
next


1 novalabs

finish
wait for is set up, under novalabs
next
trials
4
extend
back
back
outbox
1
back
back
quit
yes
";

#[test]
fn the_hand_over_is_told_line_by_line_and_no_number_moves() {
    let (code, said, beside) = play(&["demo", "--accessible", "--users", "300"], HAND_OVER);
    assert_eq!((code, beside.as_str()), (0, ""), "{said}");
    assert!(is_plain(&said), "{said}");
    for words in [
        // What comes with an answer has numbers of its own.
        "1. 30 days, until",
        "8. Site URL: nothing yet",
        "9. Time zone: nothing yet",
        // By its name alone.
        "3. Country: Germany",
        "Set up services for this customer now?\n",
        "say wizards on the first screen",
        "Nova Labs is set up, under novalabs.",
        // The list of trials is lines with numbers, each with all there is to say.
        "Glasshaus Interiors, 50 licences, 25 Messaging, 25 Meetings",
        // A link is whole, however long it is.
        "Get started with Nova Labs:\n",
    ] {
        assert!(said.contains(words), "{words}:\n{said}");
    }
    assert!(!said.contains("press "), "nothing is pressed here: {said}");
    let link = said.lines().find(|line| line.trim().starts_with("http")).unwrap();
    assert!(link.trim().len() > 80 && !link.trim().contains(' '), "{link}");
}

/// The customer's own chat: a job that is begun by its name, and told as it goes on.
const CHAT: &str = "\
hints off
/contact
1
1
again
set up
wait for Chat: ready
back
quit
yes
";

#[test]
fn what_a_number_chooses_is_begun_by_its_name_and_told_once() {
    let (code, said, _) = play(&["demo", "--accessible", "--users", "300"], CHAT);
    assert_eq!(code, 0, "{said}");
    let (before, after) =
        said.split_once("To do it, say set up.").unwrap_or_else(|| panic!("{said}"));
    assert!(!before.contains("under way") && after.contains("Chat: ready"), "{said}");
    assert!(!said.to_lowercase().contains("same as"), "hints are off: {said}");
    let again = after.matches("You may leave: it goes on by itself.").count();
    assert!(again <= 2, "what does not change is not told again: {said}");
}

/// As the backend's admin, a form whose fields are numbers: `next` was told as the next field.
const ADD: &str = "\
demo
sign-in-as
11
add
3 Beta Hof
next
wait for Beta Hof
add it
wait for Administrators
quit
yes
";

#[test]
fn what_was_told_as_the_next_field_adds_nothing() {
    let (_, said, _) = play(&["demo", "--accessible", "--users", "300"], ADD);
    let (before, after) =
        said.split_once("To go on, say add it.").unwrap_or_else(|| panic!("{said}"));
    assert!(!before.contains("Added"), "{said}");
    assert!(after.contains("Added"), "{said}");
}

/// A count where rows have numbers, what was not understood with an empty line behind it, the end.
const COUNT: &str = "\
hints off
/link users
1


/lund
a

3
nonsense

open 3
back
";

#[test]
fn a_count_opens_no_row_and_an_empty_line_behind_a_refusal_goes_nowhere() {
    let line = ["demo", "--accessible", "--users", "300"];
    let (code, said, _) = play(&line, COUNT);
    assert_eq!(code, 130, "a wizard was begun: {said}");
    let (before, after) =
        said.split_once("For 3 say 5 3. open 3 opens: ").unwrap_or_else(|| panic!("{said}"));
    assert!(!before.contains(", skipped. 1 of 1"), "{said}");
    let (refused, after) =
        after.split_once("That is no number, act or key").unwrap_or_else(|| panic!("{said}"));
    assert!(!refused.contains(", skipped. 1 of 1"), "{said}");
    assert!(after.contains("How many are selected: nothing yet"), "the page again: {said}");
    assert!(after.contains(", skipped. 1 of 1"), "{said}");
}

#[test]
fn a_script_that_ends_with_nothing_half_done_ends_well_and_is_offered_no_screen() {
    let (code, said, _) = play(&["demo", "--accessible", "--users", "300"], "timers\n?\n");
    assert_eq!(code, 0, "{said}");
    assert!(!said.contains("themes") && !said.contains("mouse"), "{said}");
}

/// What the README pipes into the demo.
fn readme_line() -> (String, Vec<String>) {
    let readme = include_str!("../../README.md");
    let line = readme.lines().find(|line| line.starts_with("printf '/link users")).unwrap();
    let (lines, program) = line.split_once(" | hublink ").unwrap();
    let lines = lines.trim_start_matches("printf '").trim_end_matches('\'').replace("\\n", "\n");
    (lines, program.split(' ').map(str::to_owned).collect())
}

#[test]
fn the_readmes_line_ends_well_for_who_asked_to_quit_has_left_the_wizard() {
    let (lines, program) = readme_line();
    let program: Vec<&str> = program.iter().map(String::as_str).collect();
    let (code, said, _) = play(&program, &lines);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("Link users, acme.webex.example"), "{said}");
    let (code, said, _) = play(&program, &lines.replace("quit\n", ""));
    assert_eq!(code, 130, "nobody asked to quit: {said}");
}

/// A count that is wrong, and what needs it, twice.
const REFUSED: &str = "\
hints off
/link users
1


/lund
a

5 3
invite
invite
5 2
quit
";

#[test]
fn a_refusal_is_told_each_time_it_is_met_and_says_what_to_say() {
    let (code, said, _) = play(&["demo", "--accessible", "--users", "300"], REFUSED);
    assert_eq!(code, 0, "{said}");
    let told = "Not yet: Say 5 2: how many are selected.";
    assert_eq!(said.matches(told).count(), 3, "the count, and each invite: {said}");
    let after = said.rsplit(told).next().unwrap();
    assert!(after.contains("How many are selected: 2") && !after.contains("Not yet"), "{said}");
}

/// A filter that brings other users, and all of them ticked at once.
const MANY_TICKS: &str = "\
hints off
/link users
1


/dept:sales
a
link
plan
quit
";

#[test]
fn another_list_is_told_whole_and_many_ticks_in_one_line() {
    let (code, said, _) = play(&["demo", "--accessible", "--users", "300"], MANY_TICKS);
    assert_eq!(code, 0, "{said}");
    let (_, filtered) = said.split_once("Filter: dept:sales").unwrap_or_else(|| panic!("{said}"));
    let (list, after) = filtered.split_once("ticked now; again tells which.").unwrap();
    assert!(list.contains("who match, the first 20:"), "{said}");
    assert!(list.contains("1. Amara Okafor: not ticked"), "who was told before, too: {said}");
    assert!(list.trim_end().ends_with("20 of these are") || list.ends_with("20 of these are "));
    let (ticked, plan) = after.split_once("step 4 of 6").unwrap_or_else(|| panic!("{said}"));
    assert!(!ticked.contains("Amara Okafor"), "{said}");
    assert!(ticked.contains("That is no number, act or key"), "nothing begins with link: {said}");
    // What a total is made of is told as that.
    assert!(plan.contains("of them ") && plan.contains(": held, unverified"), "{said}");
}

#[test]
fn the_first_word_of_an_act_is_enough_where_nothing_else_begins_so() {
    let lines = "hints off\n/link a site\n1\nenroll\nquit\n";
    let (code, said, _) = play(&["demo", "--accessible", "--users", "300"], lines);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("step 2 of 4"), "{said}");
}

#[test]
fn a_detail_of_several_lines_is_told_in_sentences() {
    let lines = "/link a site\n1\nnext\nquit\n";
    let (code, said, _) = play(&["demo", "--accessible", "--users", "300"], lines);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("full admin is told. ") || said.contains("admins are told. "), "{said}");
    assert!(!said.contains("^J"), "{said}");
}
