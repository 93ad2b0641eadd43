//! Step four: reading, ticking, typing, Link Now (rules L5, L6).

use hublink::api::call::Request;
use hublink::api::linking::LinkSiteCall;
use hublink::api::problem::code;
use hublink::tui::keymap::Action;
use hublink::tui::pilot::Pilot;

use super::{Linking, SIZE, calls, count};
use crate::script::{problem, reads, refused, unreachable};
use crate::world::SITE;

fn links(call: &Request) -> bool {
    call.is::<LinkSiteCall>()
}

fn is_link(request: &Request) -> bool {
    links(request)
}

fn begin(world: &Linking) -> Pilot {
    let pilot = world.pilot(SIZE);
    assert!(pilot.sees("● Agreement"), "{}", pilot.text());
    pilot
}

/// Reads the text to its end.
fn read(pilot: &mut Pilot) -> &mut Pilot {
    pilot.press(Action::Top).hit("enter");
    assert!(pilot.sees("Agreement to link acme.webex.example"), "{}", pilot.text());
    while !pilot.sees("I have read it") {
        pilot.hit("enter");
    }
    pilot.hit("enter");
    assert!(pilot.sees("✓ read to its end"), "{}", pilot.text());
    pilot
}

fn agree(pilot: &mut Pilot) -> &mut Pilot {
    read(pilot).press(Action::Top).press(Action::NextPane).hit("space");
    pilot.text_in(SITE)
}

#[test]
fn l5_the_consequences_stand_above_the_agreement() {
    let pilot = begin(&Linking::new().at_step("agreement"));
    for words in [
        "2 full admins are told by e-mail",
        "142 will be linked, without an e-mail",
        "138 the organization has them already",
        "9 known, but will not be linked",
        "2,261 stay as they are",
        "This is permanent: there is no unlinking",
        "hublink site link acme.webex.example --org acme",
    ] {
        assert!(reads(&pilot, words), "{words}\n{}", pilot.text());
    }
}

#[test]
fn l5_nothing_is_linked_before_it_is_read_ticked_and_typed() {
    let world = Linking::new().at_step("agreement");
    let mut pilot = begin(&world);
    pilot.press(Action::Bottom).hit("enter");
    assert!(pilot.sees("✗ Read the agreement to its end first."), "{}", pilot.text());
    pilot.press(Action::NextPane).hit("space");
    assert!(pilot.sees("☐ I have read it"), "the tick waits for the reading\n{}", pilot.text());
    read(&mut pilot).press(Action::Bottom).hit("enter");
    assert!(pilot.sees("✗ Tick that you agree"), "{}", pilot.text());
    pilot.hit("space").text_in("acme").hit("enter");
    assert!(pilot.sees("✗ Type the site's URL in full"), "{}", pilot.text());
    assert!(pilot.paste(".webex.example").sees("typed by hand"), "{}", pilot.text());
    assert_eq!(count(&pilot, links), 0);
    pilot.text_in(".webex.example").hit("enter");
    assert!(pilot.sees("● Linking"), "{}", pilot.text());
    assert_eq!(count(&pilot, links), 1);
    let sent = calls(&pilot)
        .into_iter()
        .find_map(|call| call.asked::<LinkSiteCall>().map(|(.., body)| body));
    let sent = sent.unwrap();
    assert!(sent.agree && sent.confirm == SITE && sent.text_sha256 == "5f2a".repeat(16));
}

#[test]
fn section_6_at_the_tick_the_footer_says_what_enter_does_there_and_the_way_back() {
    let mut pilot = begin(&Linking::new().at_step("agreement"));
    read(&mut pilot);
    assert!(pilot.sees("enter next field") && pilot.sees("space choose"), "{}", pilot.text());
    assert!(pilot.sees("esc back") && !pilot.sees("link now"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(pilot.sees("☐ I have read it"), "Enter ticks nothing\n{}", pilot.text());
    pilot.hit("enter");
    assert!(pilot.sees("✗ Tick that you agree"), "{}", pilot.text());
    assert_eq!(count(&pilot, links), 0);
}

#[test]
fn l5_to_leave_the_text_early_is_not_to_have_read_it() {
    let mut pilot = begin(&Linking::new().at_step("agreement"));
    pilot.resize(80, 12).press(Action::Top).hit("enter");
    assert!(pilot.sees("read on"), "{}", pilot.text());
    pilot.press(Action::Back);
    assert!(!pilot.sees("✓ read"), "{}", pilot.text());
}

#[test]
fn section_4_neither_tick_nor_url_is_ever_saved() {
    let world = Linking::new().at_step("agreement");
    let mut pilot = begin(&world);
    agree(&mut pilot).pass(3_000);
    pilot.press(Action::Leave);
    let saved = world.saved().answers.to_string();
    assert_eq!(saved, r#"{"chosen":{"organization":"acme"}}"#);
    let again = begin(&world);
    assert!(again.sees("☐ I have read it") && !again.sees("✓ read"), "{}", again.text());
}

#[test]
fn section_4_going_back_keeps_what_was_read_ticked_and_typed_while_the_consequences_are_the_same() {
    let world = Linking::new().at_step("agreement");
    let mut pilot = begin(&world);
    agree(&mut pilot);
    pilot.press(Action::Back).press(Action::Next);
    assert!(pilot.sees("● Agreement") && pilot.sees("☑ I have read it"), "{}", pilot.text());
    assert!(pilot.sees("✓ read to its end") && pilot.sees(SITE), "{}", pilot.text());
    assert!(!pilot.sees("letters go here"), "what is ticked takes no letters\n{}", pilot.text());
    pilot.press(Action::Back);
    world.with(|world| world.plan.consequences.linked = 143);
    pilot.press(Action::Next);
    assert!(reads(&pilot, "143 will be linked"), "{}", pilot.text());
    assert!(pilot.sees("☐ I have read it") && !pilot.sees("✓ read"), "{}", pilot.text());
    read(&mut pilot);
    assert!(reads(&pilot, "letters go here"), "at the tick, too\n{}", pilot.text());
    pilot.press(Action::Back).press(Action::Next);
    assert!(pilot.sees("✓ read to its end"), "{}", pilot.text());
}

#[test]
fn l5_consequences_that_have_changed_are_read_again() {
    let world = Linking::new().at_step("agreement");
    let mut pilot = begin(&world);
    let words = "What linking would do has changed.";
    world.refuse(is_link, refused(problem(code::AGREEMENT_STALE, 409, words, "Read it again.")));
    world.with(|world| world.plan.consequences.linked = 143);
    agree(&mut pilot).hit("enter");
    assert!(
        reads(&pilot, "nothing was linked. These are the consequences now"),
        "{}",
        pilot.text()
    );
    assert!(reads(&pilot, "143 will be linked"), "{}", pilot.text());
    assert!(pilot.sees("☐ I have read it"), "{}", pilot.text());
    agree(&mut pilot).hit("enter");
    assert!(pilot.sees("● Linking"), "{}", pilot.text());
}

#[test]
fn l5_a_refusal_and_a_lost_backend_are_told_and_can_be_tried_again() {
    let world = Linking::new().at_step("agreement");
    let mut pilot = begin(&world);
    world.refuse(is_link, unreachable());
    agree(&mut pilot).hit("enter");
    assert!(reads(&pilot, "✗ The backend cannot be reached"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(pilot.sees("● Linking"), "what was typed stands\n{}", pilot.text());
}

#[test]
fn l6_somebody_faster_is_told_with_the_rule() {
    let world = Linking::new().at_step("agreement");
    let mut pilot = begin(&world);
    let words = "acme.webex.example is linked to ACME Inc., for good.";
    world
        .refuse(is_link, refused(problem(code::LINK_PERMANENT, 409, words, "There is no unlink.")));
    agree(&mut pilot).hit("enter");
    assert!(reads(&pilot, "is linked to ACME Inc., for good. There is no unlink."));
}

#[test]
fn waiting_is_told_and_link_now_is_pressed_once() {
    let world = Linking::new().at_step("agreement");
    let mut pilot = begin(&world);
    world.with(|world| world.silent = Some(is_link));
    agree(&mut pilot).hit("enter").hit("enter").hit("enter").pass(5_000);
    assert_eq!(count(&pilot, links), 1);
    assert!(reads(&pilot, "Starting the link takes longer than usual"), "{}", pilot.text());
    assert!(!pilot.sees("nothing is linked"), "l6: nobody goes back from it:\n{}", pilot.text());
    pilot.hit("esc");
    assert!(reads(&pilot, "The site is being linked; wait for the answer"), "{}", pilot.text());
}

#[test]
fn without_an_organization_there_is_nothing_to_agree_to() {
    let world = Linking::new().at_step("agreement");
    world.with(|world| world.draft.as_mut().unwrap().answers = serde_json::json!({}));
    let mut pilot = begin(&world);
    assert!(reads(&pilot, "No organization is chosen yet. Esc goes back"), "{}", pilot.text());
    pilot.press(Action::Next);
    assert!(pilot.sees("✗ No organization is chosen yet"), "{}", pilot.text());
}
