//! Step six: what became of everyone, and what comes next.

use hublink::api::call::{Reply, Request, RosterPart};
use hublink::api::draft::RemoveDraft;
use hublink::api::plan::{MakePlan, Selection};
use hublink::api::run::{Resolution, ResolveRun};
use hublink::domain::linking::LinkingMethod::VerifyNow;
use hublink::tui::keymap::{Action, Availability};
use hublink::tui::pilot::Pilot;
use std::path::Path;

use crate::script::{Shared, down, problem, reads, refused};
use crate::world::{self, roster};

const SIZE: (u16, u16) = (80, 24);

fn open() -> (Shared, Pilot) {
    let world = Shared::new(Some(VerifyNow)).at_step("results");
    let pilot = world.pilot(SIZE);
    assert!(pilot.sees("● Results"), "{}", pilot.text());
    (world, pilot)
}

/// Opens the number that stands so many rows below the first.
fn open_number(pilot: &mut Pilot, rows: usize) {
    pilot.press(Action::Top);
    down(pilot, rows).press(Action::Open);
}

#[test]
fn u5_the_silently_linked_are_named_and_exported() {
    let (_, mut pilot) = open();
    assert!(pilot.sees("4  linked silently     nobody told them"), "{}", pilot.text());
    open_number(&mut pilot, 1);
    assert!(pilot.sees("run_5f2a › linked silently"), "{}", pilot.text());
    assert!(pilot.sees("Amara Okafor") && !pilot.sees("Jun Mori"), "{}", pilot.text());
    pilot.press(Action::Export);
    let file = pilot.file(Path::new("/home/fay/hublink-run_5f2a-linked.csv")).unwrap();
    let text = String::from_utf8(file.to_vec()).unwrap();
    assert!(text.starts_with("user_id,name,address,outcome,state,reason,message_id\n"), "{text}");
    assert_eq!(text.lines().count(), 5, "{text}");
}

#[test]
fn i3_the_eight_numbers_add_up_to_those_selected() {
    let (_, pilot) = open();
    let number = |line: &str| line.trim().split(' ').next().and_then(|word| word.parse().ok());
    let numbers: Vec<u64> = pilot.text().lines().filter_map(number).collect();
    let numbers = &numbers[..9];
    assert_eq!(numbers[..8].iter().sum::<u64>(), numbers[8], "{}", pilot.text());
}

#[test]
fn what_failed_is_planned_again_and_the_unknown_are_not() {
    let (world, mut pilot) = open();
    pilot.press(Action::Retry);
    assert!(pilot.sees("● Plan") && pilot.sees("1  selected"), "{}", pilot.text());
    pilot.pass(2_000);
    let saved = world.saved().answers;
    assert_eq!((&saved["retried"], &saved["plan"]), (&"run_5f2a".into(), &"pln_2".into()));
    assert!(saved.get("run").is_none(), "{saved}");
}

#[test]
fn u3_later_the_rest_is_one_key() {
    let (_, mut pilot) = open();
    pilot.hit("a");
    assert!(pilot.sees("● Plan"), "{}", pilot.text());
    let made = pilot
        .sent
        .iter()
        .find_map(|request| request.asked::<MakePlan>().map(|(.., body)| body.selection));
    assert_eq!(made, Some(Selection::Rest {}));
}

#[test]
fn u3_the_rest_is_of_the_list_as_it_is_now_not_as_it_was() {
    let (world, mut pilot) = open();
    pilot.hit("a").press(Action::Back);
    assert!(pilot.sees("● Select") && pilot.sees("11 ticked"), "{}", pilot.text());
    // Three of them are linked meanwhile, and the link is slow: the list comes in parts.
    pilot.press(Action::Back);
    let (whole, part) = (world::roster_with(3), RosterPart { complete: false, ..roster() });
    world.with(|world| world.roster = part);
    pilot.press(Action::Next);
    let waits = "The list is being loaded anew; this waits until it is whole.";
    for action in [Action::Rest, Action::TickAll] {
        assert_eq!(pilot.app().can(action), Availability::Disabled(waits.into()));
    }
    pilot.hit("enter");
    assert!(pilot.sees("● Select") && pilot.sees(waits), "{}", pilot.text());
    pilot.stream_on(Ok(Reply::of(whole)));
    assert!(pilot.sees("8 ticked"), "who was linked is not in it:\n{}", pilot.text());
    assert_eq!(pilot.app().can(Action::Rest), Availability::Ready);
}

#[test]
fn the_next_things_to_do_are_rows_as_well() {
    let (world, mut pilot) = open();
    pilot.press(Action::Bottom).hit("enter");
    assert!(pilot.ended, "finish ends the wizard:\n{}", pilot.text());
    let removes = |r: &Request| r.is::<RemoveDraft>();
    assert!(pilot.sent.iter().any(removes));
    assert!(world.with(|world| world.draft.is_none()));
    let (_, mut pilot) = open();
    pilot.hit("enter");
    assert!(pilot.sees("● Plan"), "the first row plans what failed:\n{}", pilot.text());
}

#[test]
fn i7_a_mail_in_doubt_is_settled_by_a_typed_word() {
    let (_, mut pilot) = open();
    open_number(&mut pilot, 6);
    assert!(pilot.sees("Message-ID <7.run5f2a@hublink.example>"), "{}", pilot.text());
    pilot.press(Action::Resolve);
    assert!(reads(&pilot, "does not send it again by itself"), "{}", pilot.text());
    pilot.paste("resend").hit("enter");
    assert!(pilot.sees("type sent or resend, in full"), "{}", pilot.text());
    let resolved = |pilot: &Pilot| {
        let of = |request: &Request| {
            if let Some((.., body)) = &request.asked::<ResolveRun>() {
                Some((body.user.clone(), body.how))
            } else {
                None
            }
        };
        pilot.sent.iter().find_map(of)
    };
    assert_eq!(resolved(&pilot), None);
    pilot.text_in("sent").hit("enter");
    assert_eq!(resolved(&pilot), Some(("u-7".to_owned(), Resolution::Sent)));
    assert!(pilot.sees("Nobody is here."), "{}", pilot.text());
    pilot.press(Action::Back);
    assert!(pilot.sees("0  may have been sent"), "the numbers are new:\n{}", pilot.text());
    assert!(pilot.sees("3  e-mailed"), "{}", pilot.text());
}

#[test]
fn i7_a_refused_answer_leaves_it_unknown() {
    let (world, mut pilot) = open();
    open_number(&mut pilot, 6);
    pilot.press(Action::Resolve);
    let why = "The worker that held this mail may still be sending it.";
    let early = problem("run_state", 409, why, "Try again in 15 minutes.");
    world.refuse(Request::is::<ResolveRun>, refused(early));
    pilot.text_in("resend").hit("enter");
    assert!(reads(&pilot, "may still be sending it. Try again in 15 minutes."));
    pilot.press(Action::Back).press(Action::Back);
    assert!(pilot.sees("1  may have been sent"), "{}", pilot.text());
}

#[test]
fn only_mails_in_doubt_can_be_resolved() {
    let (_, mut pilot) = open();
    open_number(&mut pilot, 0);
    assert!(pilot.sees("› e-mailed"), "{}", pilot.text());
    assert_eq!(pilot.app().can(Action::Resolve), Availability::Hidden);
}

#[test]
fn all_results_are_exported_with_their_states() {
    let (_, mut pilot) = open();
    pilot.press(Action::Export);
    let file = pilot.file(Path::new("/home/fay/hublink-run_5f2a-all.csv")).unwrap();
    let text = String::from_utf8(file.to_vec()).unwrap();
    assert_eq!(text.lines().count(), 13, "{text}");
    assert!(text.contains("u-7,Sam Roe,sam@gmail.com,email_consumer,unknown,"), "{text}");
}

#[test]
fn a_run_that_is_sent_again_is_watched_and_cannot_be_finished() {
    let (world, mut pilot) = open();
    world.run(|run| {
        run.state = hublink::domain::run::RunState::Running;
        (run.unknown, run.not_processed) = (0, 1);
    });
    pilot.press(Action::Reload);
    assert!(reads(&pilot, "The run is not over; these are its numbers so far."));
    assert_eq!(pilot.app().can(Action::Rest), Availability::Hidden);
    world.run(|run| {
        run.state = hublink::domain::run::RunState::Done;
        (run.emailed, run.not_processed) = (3, 0);
    });
    pilot.release();
    assert!(pilot.sees("3  e-mailed"), "{}", pilot.text());
}

#[test]
fn u8_who_got_no_licence_is_counted_and_the_csv_is_one_row_away() {
    let world = Shared::new(Some(VerifyNow)).at_step("results");
    world.with(|world| world.run.as_mut().unwrap().without_licence = 3);
    let mut pilot = world.pilot(SIZE);
    assert!(
        reads(&pilot, "3 of the linked have no licence: linking assigns none."),
        "{}",
        pilot.text()
    );
    pilot.press(Action::Bottom);
    for _ in 0..6 {
        if pilot.sees("▌ Assign licences by CSV") {
            break;
        }
        pilot.press(Action::Up);
    }
    assert!(pilot.sees("▌ Assign licences by CSV"), "{}", pilot.text());
    pilot.press(Action::Open);
    assert!(pilot.sees("Licence CSV ·"), "{}", pilot.text());
}

#[test]
fn u5_the_domains_of_the_held_are_verified_from_the_results_and_the_same_people_planned_again() {
    let (_, mut pilot) = open();
    for _ in 0..20 {
        if pilot.sees("▌ Verify the domains of the 2 held") {
            break;
        }
        pilot.press(Action::Down);
    }
    pilot.press(Action::Open);
    assert!(pilot.sees("● Domains"), "{}", pilot.text());
    pilot.press(Action::Back);
    assert!(pilot.sees("● Plan") && pilot.sees("12  selected"), "{}", pilot.text());
    let plans = |request: &&Request| request.asked::<MakePlan>().is_some();
    assert_eq!(pilot.sent.iter().filter(plans).count(), 1);
}

#[test]
fn section_4_the_results_open_at_their_top_however_small_the_screen() {
    let world = Shared::new(Some(VerifyNow)).at_step("results");
    for size in [(40, 10), (40, 12), (60, 15), (80, 24)] {
        let pilot = world.pilot(size);
        let text = pilot.text();
        assert!(text.contains("Done"), "{text}");
        assert!(text.contains("esc back"), "{text}");
    }
}
