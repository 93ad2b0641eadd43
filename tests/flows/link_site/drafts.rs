//! Answers are never lost, and one operator at a time (SPEC section 4).

use std::collections::BTreeMap;
use std::path::PathBuf;

use hublink::api::call::Request;
use hublink::api::draft::SaveDraftCall;
use hublink::api::linking::LinkSiteCall;
use hublink::api::problem::code;
use hublink::domain::site_link::EnrollStep;
use hublink::tui::keymap::Action;
use hublink::tui::msg::{Msg, Signal};
use serde_json::json;

use super::{Linking, SIZE, complete, world};
use crate::script::{problem, reads, refused, unreachable};

const FILE: &str = "/state/drafts/link_site-acme.webex.example.json";

fn saves(request: &Request) -> bool {
    request.is::<SaveDraftCall>()
}

#[test]
fn issue_3_every_page_is_come_back_to_with_every_answer() {
    // The client is gone without a word: what the backend has is what there is.
    let pages = ["site", "connect", "organization", "agreement", "linking"];
    let titles = ["● Site", "● Connect", "● Organization", "● Agreement", "● Linking"];
    for (page, title) in pages.into_iter().zip(titles) {
        let world = match page {
            "connect" => Linking::newcomer(EnrollStep::Connect),
            _ => Linking::new(),
        }
        .at_step(page);
        let answers = json!({
            "chosen": { "organization": "acme" }, "typed_id": "acm", "name": "Acme", "country": "DE"
        });
        world.with(|world| world.draft.as_mut().unwrap().answers = answers.clone());
        let mut pilot = world.pilot(SIZE);
        assert!(pilot.sees(title), "{page}\n{}", pilot.text());
        pilot.pass(5_000);
        assert_eq!(world.saved().answers, answers, "{page}");
        assert_eq!(world.saved().step, page);
    }
}

#[test]
fn what_is_typed_is_saved_within_two_seconds() {
    let world = Linking::new().at_step("organization");
    let mut pilot = world.pilot(SIZE);
    pilot.press(Action::Bottom).text_in("robo").pass(2_000);
    assert_eq!(world.saved().answers["typed_id"], "robo");
    let again = world.pilot(SIZE);
    assert!(again.sees("robo"), "{}", again.text());
}

#[test]
fn back_from_anywhere_before_link_now_keeps_every_answer() {
    let world = Linking::new().at_step("agreement");
    let before = world.saved().answers;
    let mut pilot = world.pilot(SIZE);
    while !pilot.sees("● Site") {
        pilot.press(Action::Back).pass(2_000);
    }
    assert_eq!(world.saved().answers, before);
    pilot.press(Action::Back);
    assert!(pilot.ended);
}

#[test]
fn i14_whatever_ends_it_the_answers_are_kept_in_a_file() {
    for signal in [Signal::HangUp, Signal::Terminate] {
        let world = Linking::new().at_step("organization");
        let mut pilot = world.pilot(SIZE);
        pilot.press(Action::Bottom).text_in("robo");
        world.with(|world| world.silent = Some(|_| true));
        pilot.feed(Msg::Signal(signal));
        assert!(pilot.ended);
        let files: BTreeMap<PathBuf, _> = pilot.files.clone();
        let text = String::from_utf8(files[&PathBuf::from(FILE)].to_vec()).unwrap();
        assert!(text.contains("robo"), "{text}");
        world.with(|world| world.silent = None);
        let again = world.pilot_with(SIZE, files);
        assert!(again.sees("● Organization") && again.sees("robo"), "{}", again.text());
    }
}

#[test]
fn while_the_backend_is_away_answers_are_in_a_file_and_then_saved() {
    let world = Linking::new().at_step("organization");
    let mut pilot = world.pilot(SIZE);
    world.refuse(saves, unreachable());
    pilot.press(Action::Bottom).text_in("robo").pass(2_000);
    assert!(reads(&pilot, "The backend is away; your answers are kept here"), "{}", pilot.text());
    pilot.pass(10_000);
    assert_eq!(world.saved().answers["typed_id"], "robo");
}

#[test]
fn issue_3_the_second_operator_is_told_and_may_take_it_over() {
    let world = Linking::new().at_step("agreement");
    world.with(|world| world.draft.as_mut().unwrap().holder = "lee@acme.example".into());
    let mut pilot = world.pilot(SIZE);
    assert!(reads(&pilot, "lee@acme.example is working on this wizard now."), "{}", pilot.text());
    pilot.press(Action::TakeOver);
    assert!(pilot.sees("Links to: acme"), "their answers first\n{}", pilot.text());
    pilot.press(Action::Next);
    assert!(pilot.sees("● Agreement"), "with their answers\n{}", pilot.text());
    assert!(pilot.sees("Link to Acme Robotics"), "{}", pilot.text());
    assert_eq!(world.saved().holder.raw(), "fay@acme.example");
}

#[test]
fn issue_3_who_lost_the_draft_is_told_at_the_next_save_and_links_nothing() {
    let world = Linking::new().at_step("organization");
    let mut pilot = world.pilot(SIZE);
    let mut held = problem(code::DRAFT_HELD, 409, "Lee holds the draft.", "");
    held.holder = Some("lee@acme.example".into());
    world.refuse(saves, refused(held));
    pilot.press(Action::Bottom).text_in("r").pass(2_000);
    assert!(reads(&pilot, "lee@acme.example is working on this wizard now."), "{}", pilot.text());
    let linked = |request: &Request| request.is::<LinkSiteCall>();
    assert!(!pilot.sent.iter().any(linked));
}

#[test]
fn issue_3_an_answer_that_does_not_stand_any_more_is_asked_again() {
    let world = Linking::new().at_step("organization");
    world.with(|world| {
        let answers = json!({ "chosen": { "organization": "gone" } });
        world.draft.as_mut().unwrap().answers = answers;
    });
    let mut pilot = world.pilot(SIZE);
    assert!(!pilot.sees("◉"), "{}", pilot.text());
    pilot.press(Action::Bottom).hit("enter");
    assert!(pilot.sees("✗ Choose the organization first."), "{}", pilot.text());
}

#[test]
fn an_answer_of_another_version_counts_as_none() {
    let world = Linking::new().at_step("organization");
    world.with(|world| world.draft.as_mut().unwrap().answers = json!({ "chosen": 7 }));
    assert!(world.pilot(SIZE).sees("● Organization"));
}

#[test]
fn a_link_that_completed_while_one_was_away_is_shown_whole() {
    let world = Linking::new().at_step("linking");
    world.job(complete);
    world.with(|world| world.enrollment.next = EnrollStep::Linked);
    world.with(|world| world.draft = None);
    let pilot = world.pilot(SIZE);
    assert!(reads(&pilot, "142 linked silently, nobody told them"), "{}", pilot.text());
    let _ = world::job();
}
