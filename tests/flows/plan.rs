//! Step four: the plan, reviewed and applied once.

use hublink::api::call::Request;
use hublink::api::plan::{
    ApplyPlan, Difference, Held, MakePlan, PlanItem, PlanState, Selection, ShowPlan,
};
use hublink::api::problem::{Problem, code};
use hublink::api::run::RetryRun;
use hublink::domain::linking::LinkingMethod::{ReceiveEmail, VerifyNow};
use hublink::domain::outcome::Outcome;
use hublink::tui::keymap::{Action, Availability};
use hublink::tui::pilot::Pilot;
use std::path::Path;

use crate::script::{Shared, down, problem, reads, refused, unreachable};

const SIZE: (u16, u16) = (80, 24);

fn open() -> (Shared, Pilot) {
    let world = Shared::new(Some(VerifyNow)).at_step("plan");
    let pilot = world.pilot(SIZE);
    assert!(pilot.sees("● Plan"), "{}", pilot.text());
    (world, pilot)
}

fn made(pilot: &Pilot) -> Vec<(Selection, Held)> {
    let plan = |request: &Request| {
        if let Some((.., body)) = &request.asked::<MakePlan>() {
            Some((body.selection.clone(), body.held))
        } else {
            None
        }
    };
    pilot.sent.iter().filter_map(plan).collect()
}

fn applies(request: &Request) -> bool {
    request.is::<ApplyPlan>()
}

fn conflict(code: &str, detail: &str) -> Problem {
    problem(code, 409, detail, "Make a new plan and review it.")
}

#[test]
fn u4_the_emails_come_first_and_every_class_is_told() {
    let (_, pilot) = open();
    let text = pilot.text();
    let place = |words: &str| text.find(words).unwrap_or_else(|| panic!("{words}:\n{text}"));
    let order = [
        "3  e-mails will be sent",
        "1  of them second invitations",
        "5  linked silently",
        "1  skipped",
        "2  held",
        "1  blocked",
        "12  selected",
    ];
    assert!(order.map(place).is_sorted(), "{text}");
    assert!(text.contains("gmail.com 2 · outlook.com 1"));
    assert!(text.contains("nobody tells them · acme.example 5"), "{text}");
    assert!(text.contains("Frozen at 09:42 UTC, valid until tomorrow 09:42 UTC."));
    assert!(text.contains("same as: hublink invite apply pln_1 --yes"));
}

#[test]
fn u5_while_a_plan_is_applied_one_cannot_go_back_as_if_nothing_was_sent() {
    let (world, mut pilot) = open();
    world.with(|world| world.silent = Some(applies));
    pilot.text_in("12").hit("enter").pass(1_000);
    assert!(pilot.sees("Applying the plan"), "{}", pilot.text());
    pilot.hit("esc");
    assert!(pilot.sees("● Plan") && !pilot.sees("nothing is sent"), "{}", pilot.text());
    assert!(reads(&pilot, "The plan is being applied; wait for the answer"), "{}", pilot.text());
    world.with(|world| world.silent = None);
    pilot.release();
    assert!(pilot.sees("● Invite"), "{}", pilot.text());
}

#[test]
fn u4_the_plan_is_of_the_users_chosen_and_kept() {
    let (world, mut pilot) = open();
    let chosen = Selection::AllExcept { revision: 7, numbers: String::new() };
    assert_eq!(made(&pilot), [(chosen, Held::Hold)]);
    pilot.pass(2_000);
    assert_eq!(world.saved().answers["plan"], "pln_1");
    let again = world.pilot(SIZE);
    assert!(again.sees("apply pln_1") && made(&again).is_empty(), "the same plan comes back");
}

#[test]
fn u4_a_class_opens_the_list_of_its_people() {
    let (_, mut pilot) = open();
    pilot.press(Action::NextPane);
    down(&mut pilot, 3).press(Action::Open);
    assert!(pilot.sees("pln_1 › linked, no mail"), "{}", pilot.text());
    assert!(pilot.sees("Amara Okafor") && pilot.sees("1 of 5"), "{}", pilot.text());
    // Three on a page of the scripted backend: more came when they were needed.
    assert!(pilot.sees("Jun Mori"), "{}", pilot.text());
    pilot.press(Action::Down);
    assert!(reads(&pilot, "Bjørn Lund · bjørn@acme.example · u-1"), "{}", pilot.text());
    pilot.press(Action::Copy).press(Action::Back);
    assert_eq!(pilot.copied[0].as_str(), "bjørn@acme.example");
    assert!(pilot.sees("● Plan"), "{}", pilot.text());
}

#[test]
fn u4_the_items_are_exported_whole_and_guarded() {
    let (world, mut pilot) = open();
    world.with(|world| world.items[2].user_id = "=cmd|'/c calc'!A1".into());
    pilot.press(Action::Export);
    assert!(pilot.sees("12 rows written to"), "{}", pilot.text());
    assert!(pilot.sees("enter invite"), "a notice leaves the first keys\n{}", pilot.text());
    let file = pilot.file(Path::new("/home/fay/hublink-pln_1-all.csv")).unwrap();
    let text = String::from_utf8(file.to_vec()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "user_id,address,outcome,reason");
    assert_eq!(lines.len(), 13);
    assert!(lines[3].starts_with("'=cmd|"), "{}", lines[3]);
}

#[test]
fn u5_the_number_is_typed_by_hand_and_sent_with_the_digest() {
    let (world, mut pilot) = open();
    pilot.pass(2_000);
    let before = world.saved().answers;
    pilot.press(Action::Next);
    assert!(pilot.sees("✗ Type 12, how many are selected"), "{}", pilot.text());
    pilot.paste("12");
    assert!(pilot.sees("This one is typed by hand"), "{}", pilot.text());
    pilot.text_in("11").hit("enter");
    assert!(!pilot.sent.iter().any(applies), "11 is not 12");
    pilot.hit("backspace").text_in("2").pass(2_000);
    assert_eq!(world.saved().answers, before, "the number is not kept");
    pilot.hit("enter");
    let sent = pilot.sent.iter().find_map(|request| {
        request.asked::<ApplyPlan>().map(|(id, _, body)| (id.clone(), body.clone()))
    });
    let (id, body) = sent.unwrap();
    assert_eq!((id.as_str(), body.count), ("pln_1", Some(12)));
    assert_eq!(body.digest.as_deref(), Some("digest-of-pln_1"));
    assert!(pilot.sees("● Invite"), "{}", pilot.text());
    pilot.pass(2_000);
    assert_eq!(world.saved().answers["run"], "run_5f2a");
}

#[test]
fn u5_letters_stay_keys_while_the_number_is_typed() {
    let (_, mut pilot) = open();
    pilot.text_in("1").hit("e");
    assert!(pilot.sees("12 rows written to"), "{}", pilot.text());
}

#[test]
fn u5_a_stale_plan_shows_the_differences_and_offers_a_new_one() {
    let (world, mut pilot) = open();
    let mut stale = conflict(code::PLAN_STALE, "Some of its people would fare differently now.");
    stale.differences = vec![Difference {
        user_id: "u-8".into(),
        address: "dana@acme-labs.example".into(),
        planned: Outcome::HoldUnverifiedDomain,
        now: Outcome::LinkNow,
    }];
    world.refuse(applies, refused(stale));
    pilot.text_in("12").hit("enter");
    assert!(pilot.sees("Nothing was sent") && pilot.sees("One person would fare differently"));
    assert!(reads(&pilot, "dana@acme-labs.example held: unverified → linked, no mail"));
    pilot.hit("enter");
    assert!(pilot.sees("apply pln_2"), "{}", pilot.text());
    assert_eq!(made(&pilot).len(), 2);
    assert!(pilot.sees("How many are selected  ▏"), "the number is typed again:\n{}", pilot.text());
}

#[test]
fn u5_an_applied_plan_goes_to_its_run_and_an_expired_one_is_made_again() {
    let (world, mut pilot) = open();
    let mut applied = conflict(code::PLAN_APPLIED, "This plan was applied already.");
    applied.run = Some("run_5f2a".to_owned());
    world.with(|world| {
        world.run = Some(crate::world::run(&world.plans[0]));
    });
    world.refuse(applies, refused(applied));
    pilot.text_in("12").hit("enter");
    assert!(pilot.sees("Its run is run_5f2a"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(pilot.sees("● Invite") && pilot.sees("Under way"), "{}", pilot.text());

    let (world, mut pilot) = open();
    world.refuse(applies, refused(conflict(code::PLAN_EXPIRED, "It could be applied until …")));
    pilot.text_in("12").hit("enter");
    assert!(reads(&pilot, "could be applied until tomorrow 09:42 UTC. Nothing was sent."));
    pilot.hit("enter");
    assert!(pilot.sees("apply pln_2"), "{}", pilot.text());
}

#[test]
fn u5_a_lost_answer_is_asked_for_by_the_plan() {
    let (world, mut pilot) = open();
    world.refuse(applies, unreachable());
    pilot.text_in("12").hit("enter");
    assert!(pilot.sees("● Plan") && pilot.sees("The backend cannot be reached"));
    // It had arrived all the same.
    world.with(|world| {
        let run = crate::world::run(&world.plans[0]);
        world.plans[0].state = PlanState::Applied;
        world.plans[0].run = Some(run.id.clone());
        world.run = Some(run);
    });
    pilot.press(Action::Back).press(Action::Next);
    assert!(pilot.sees("Its run is run_5f2a"), "{}", pilot.text());
}

#[test]
fn the_held_are_emailed_in_a_new_plan_only_when_asked() {
    let (world, mut pilot) = open();
    assert!(pilot.sees("h makes a new plan in which the 2 held get an e-mail."));
    pilot.press(Action::EmailHeld);
    let held: Vec<Held> = made(&pilot).into_iter().map(|(_, held)| held).collect();
    assert_eq!(held, [Held::Hold, Held::Email]);
    assert!(pilot.sees("5  e-mails will be sent"), "{}", pilot.text());
    assert!(reads(&pilot, "Those who would be held get an e-mail in this plan."));
    pilot.pass(2_000);
    assert_eq!(world.saved().answers["held"], "email");
    pilot.press(Action::EmailHeld);
    assert!(pilot.sees("3  e-mails will be sent"), "{}", pilot.text());
}

#[test]
fn u2_a_plan_of_another_method_or_gone_is_made_again() {
    let world = Shared::new(Some(VerifyNow)).at_step("plan");
    let mut pilot = world.pilot(SIZE);
    pilot.pass(2_000);
    world.with(|world| world.site.method = Some(ReceiveEmail));
    let again = world.pilot(SIZE);
    assert!(again.sees("apply pln_2"), "{}", again.text());

    let gone = |request: &Request| request.is::<ShowPlan>();
    world.refuse(gone, refused(problem(code::NOT_FOUND, 404, "There is no such plan.", "")));
    let again = world.pilot(SIZE);
    assert!(again.sees("apply pln_3"), "{}", again.text());
}

#[test]
fn u1_a_method_changed_elsewhere_is_taken_over_from_the_new_plan() {
    let (world, mut pilot) = open();
    world.with(|world| world.site.method = Some(ReceiveEmail));
    world.refuse(applies, refused(conflict(code::PLAN_STALE, "The method has changed.")));
    pilot.text_in("12").hit("enter");
    assert!(reads(&pilot, "The method has changed."), "{}", pilot.text());
    pilot.hit("enter");
    assert!(pilot.sees("apply pln_2"), "{}", pilot.text());
    assert_eq!(made(&pilot).len(), 2, "one new plan, not one after the other");
    pilot.press(Action::Back).press(Action::Back).press(Action::Back);
    assert!(pilot.sees("Receive e-mail · in use now"), "{}", pilot.text());
}

#[test]
fn nobody_chosen_and_nothing_to_do_are_refused_with_the_way_out() {
    let world = Shared::new(Some(VerifyNow)).at_step("plan");
    world.with(|world| world.draft.as_mut().unwrap().answers = serde_json::json!({}));
    let mut pilot = world.pilot(SIZE);
    assert!(pilot.sees("Nobody is chosen yet."), "{}", pilot.text());
    pilot.press(Action::Next);
    assert!(pilot.sees("✗ Nobody is chosen yet; go back"), "{}", pilot.text());

    let world = Shared::new(Some(VerifyNow)).at_step("plan");
    world.with(|world| world.items.retain(|item| item.number > 7));
    let mut pilot = world.pilot(SIZE);
    assert!(pilot.sees("0  e-mails will be sent") && pilot.sees("0  linked silently"));
    pilot.text_in("4").hit("enter");
    assert!(pilot.sees("✗ This plan would link and e-mail nobody"), "{}", pilot.text());
}

#[test]
fn back_keeps_the_answers_and_sends_nothing() {
    let (world, mut pilot) = open();
    pilot.press(Action::Back).pass(2_000);
    let saved = world.saved().answers;
    assert_eq!(saved["plan"], "pln_1");
    assert_eq!(saved["selection"]["kind"], "all_except");
    assert!(!pilot.sent.iter().any(applies));
}

#[test]
fn a_retried_plan_is_made_again_from_its_run() {
    let world = Shared::new(Some(VerifyNow)).at_step("results");
    let mut pilot = world.pilot(SIZE);
    pilot.press(Action::Retry);
    assert!(pilot.sees("● Plan") && pilot.sees("1  selected"), "{}", pilot.text());
    assert_eq!(pilot.app().can(Action::EmailHeld), Availability::Hidden);
    pilot.press(Action::Reload);
    let retries = pilot
        .sent
        .iter()
        .filter(|request| request.asked::<RetryRun>().is_some_and(|(id, ..)| id == "run_5f2a"));
    assert_eq!(retries.count(), 2);
    assert!(made(&pilot).is_empty(), "the selection is not what it is about");
}

#[test]
fn u4_at_80x24_the_emails_and_the_field_are_in_sight_whatever_is_in_the_plan() {
    let world = Shared::new(Some(VerifyNow)).at_step("plan");
    world.with(|world| {
        let of = |outcome| PlanItem { outcome, ..world.items[0].clone() };
        world.items = Outcome::ALL.map(of).into();
    });
    let pilot = world.pilot(SIZE);
    let text = pilot.text();
    assert!(
        text.contains("e-mails will be sent") && text.contains("How many are selected"),
        "{text}"
    );
    assert!(text.contains("14  selected"), "{text}");
    assert!(text.contains("e-mail, always 1 · e-mail 1"), "what a class is made of: {text}");
    let large = world.pilot((120, 50));
    assert!(large.sees("blocked: duplicate"), "{}", large.text());
}

#[test]
fn section_6_the_way_back_and_the_ways_on_of_the_held_stand_side_by_side() {
    let world = Shared::new(Some(VerifyNow)).at_step("plan");
    for (width, height) in [(80, 24), (90, 24), (100, 30)] {
        let text = world.pilot((width, height)).text();
        for words in ["enter invite", "h e-mail held", "v verify domains", "esc back", "? help"] {
            assert!(text.contains(words), "{words} at {width}\n{text}");
        }
    }
    for (width, height) in [(40, 10), (40, 12), (60, 15)] {
        let text = world.pilot((width, height)).text();
        assert!(text.contains("esc back"), "at {width}\n{text}");
    }
}

#[test]
fn section_4_a_notice_never_covers_the_field_in_which_the_number_is_typed() {
    let world = Shared::new(Some(VerifyNow)).at_step("plan");
    let mut pilot = world.pilot((40, 12));
    pilot.press(Action::Export);
    assert!(pilot.sees("hublink-pln"), "{}", pilot.text());
    assert!(pilot.sees("How many are selected ▏"), "{}", pilot.text());
}
