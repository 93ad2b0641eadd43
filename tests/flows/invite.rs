//! Step five: a run under way, watched from here and done elsewhere.

use hublink::api::call::Request;
use hublink::api::problem::code;
use hublink::api::run::{CancelRun, PauseRun, WatchRun};
use hublink::domain::linking::LinkingMethod::VerifyNow;
use hublink::domain::run::RunState;
use hublink::tui::keymap::{Action, Availability};
use hublink::tui::notify::Far;
use hublink::tui::pilot::Pilot;

use crate::script::{Shared, problem, reads, refused, unreachable};

const SIZE: (u16, u16) = (80, 24);

fn open() -> (Shared, Pilot) {
    let world = Shared::new(Some(VerifyNow)).at_step("invite");
    let pilot = world.pilot(SIZE);
    assert!(pilot.sees("● Invite") && pilot.sees("Under way"), "{}", pilot.text());
    (world, pilot)
}

fn watches(request: &Request) -> bool {
    request.is::<WatchRun>()
}

fn polls(pilot: &Pilot) -> usize {
    pilot.sent.iter().filter(|request| watches(request)).count()
}

#[test]
fn u5_progress_follows_the_run_by_long_polling() {
    let (world, mut pilot) = open();
    assert!(pilot.sees("4 of 12 users done"), "{}", pilot.text());
    assert_eq!(polls(&pilot), 2, "the run, then its next change");
    pilot.pass(60_000);
    assert_eq!(polls(&pilot), 2, "a poll without news stays in flight");
    world.run(|run| {
        (run.linked, run.emailed, run.unknown, run.in_flight) = (4, 1, 1, 1);
        run.not_processed = 2;
    });
    pilot.release();
    assert!(pilot.sees("9 of 12 users done") && pilot.sees("75 %"), "{}", pilot.text());
    assert!(pilot.sees("1 in flight, cannot be recalled"), "{}", pilot.text());
    world.run(|run| {
        run.state = RunState::Done;
        (run.linked, run.emailed, run.unknown, run.in_flight) = (5, 3, 0, 0);
        run.not_processed = 0;
        run.ended_at = Some(crate::world::at("2026-03-01T09:45:00Z"));
    });
    pilot.pass(1_000);
    assert!(pilot.sees("Done at 09:45 UTC."), "{}", pilot.text());
    // Who looks elsewhere hears how far it was, and that it is over, once.
    assert_eq!(pilot.notified, [Far::Percent(75), Far::Over]);
    let so_far = polls(&pilot);
    pilot.pass(600_000);
    assert_eq!(polls(&pilot), so_far, "what is over is not watched");
    pilot.hit("enter");
    assert!(pilot.sees("● Results"), "{}", pilot.text());
}

#[test]
fn u5_a_run_is_paused_and_goes_on() {
    let (_, mut pilot) = open();
    assert_eq!(pilot.app().can(Action::Resume), Availability::Hidden);
    pilot.press(Action::Pause);
    assert!(pilot.sees("! Paused; c goes on."), "{}", pilot.text());
    assert!(!reads(&pilot, "The run goes on in the backend"), "{}", pilot.text());
    assert_eq!(pilot.app().can(Action::Pause), Availability::Hidden);
    pilot.press(Action::Resume);
    assert!(pilot.sees("Under way"), "{}", pilot.text());
}

#[test]
fn u5_cancelling_asks_first_and_says_what_stays() {
    let (world, mut pilot) = open();
    world.run(|run| {
        (run.unknown, run.in_flight, run.not_processed) = (2, 2, 6);
    });
    pilot.release();
    let cancels = |pilot: &Pilot| {
        let cancel = |r: &Request| r.is::<CancelRun>();
        pilot.sent.iter().any(cancel)
    };
    pilot.press(Action::Cancel);
    assert!(reads(&pilot, "6 people are not processed then."), "{}", pilot.text());
    assert!(reads(&pilot, "2 mails in flight cannot be recalled."), "{}", pilot.text());
    pilot.hit("enter");
    assert!(!cancels(&pilot), "the answer marked first is no");
    pilot.press(Action::Cancel).hit("x").hit("esc");
    assert!(!cancels(&pilot), "the key that asked does not answer");
    pilot.press(Action::Cancel).press(Action::Yes);
    assert!(cancels(&pilot) && pilot.sees("! Cancelled"), "{}", pilot.text());
}

#[test]
fn trouble_is_told_in_words_with_the_way_on() {
    let (world, mut pilot) = open();
    world.run(|run| {
        run.state = RunState::Paused;
        run.trouble = Some("the mail server refuses every mail (554)".into());
    });
    pilot.release();
    let words = "Paused by itself: the mail server refuses every mail (554). Nothing is lost; c";
    assert!(reads(&pilot, words), "{}", pilot.text());
}

#[test]
fn an_order_that_comes_too_late_says_so() {
    let (world, mut pilot) = open();
    let late = problem(code::RUN_STATE, 409, "The run is done already.", "Look at its results.");
    world.refuse(Request::is::<PauseRun>, refused(late));
    pilot.press(Action::Pause);
    assert!(reads(&pilot, "✗ The run is done already. Look at its results."), "{}", pilot.text());
}

#[test]
fn i14_a_lost_backend_stops_nothing_and_is_asked_again() {
    let (world, mut pilot) = open();
    world.refuse(watches, unreachable());
    world.run(|run| run.linked += 0);
    pilot.release();
    assert!(reads(&pilot, "the run goes on in the backend"), "{}", pilot.text());
    assert!(pilot.sees("4 of 12 users done"), "what was known stays");
    pilot.pass(4_000);
    assert!(!pilot.sees("cannot be reached"), "{}", pilot.text());
}

#[test]
fn i14_leaving_comes_back_to_the_run() {
    let (world, mut pilot) = open();
    pilot.press(Action::Leave);
    assert!(pilot.ended);
    let again = world.pilot(SIZE);
    assert!(again.sees("● Invite") && again.sees("Under way"), "{}", again.text());
}

#[test]
fn the_people_of_a_number_can_be_seen_while_it_runs() {
    let (_, mut pilot) = open();
    pilot.press(Action::Top).press(Action::Open);
    assert!(pilot.sees("run_5f2a › skipped") && pilot.sees("Lee Hart"), "{}", pilot.text());
    pilot.press(Action::Back);
    assert!(pilot.sees("● Invite"), "{}", pilot.text());
}

#[test]
fn the_results_wait_for_the_end() {
    let (_, mut pilot) = open();
    assert!(!pilot.sees("what became of everyone"), "{}", pilot.text());
    for _ in 0..10 {
        pilot.press(Action::Down);
    }
    assert!(pilot.sees("● Invite"));
    let world = Shared::new(Some(VerifyNow)).at_step("invite");
    world.with(|world| world.draft.as_mut().unwrap().answers["run"] = serde_json::Value::Null);
    let mut pilot = world.pilot(SIZE);
    assert!(reads(&pilot, "Nothing is under way: no plan was applied."), "{}", pilot.text());
    pilot.press(Action::Next);
    assert!(pilot.sees("✗ No plan was applied yet"), "{}", pilot.text());
}
