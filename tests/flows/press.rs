//! One press, one page (SPEC section 6): Enter and `y` on pages and questions that act.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use hublink::api::call::Request;
use hublink::api::order::MapOrderCall;
use hublink::api::plan::ApplyPlan;
use hublink::api::run::CancelRun;
use hublink::api::site::SetMethodCall;
use hublink::domain::linking::LinkingMethod::{ReceiveEmail, VerifyNow};
use hublink::tui::keymap::Action;
use hublink::tui::msg::Msg;
use hublink::tui::pilot::Pilot;

use crate::order::candidate;
use crate::script::{Shared, reads};
use crate::selling::{Selling, nothing_found};

const SIZE: (u16, u16) = (80, 24);
const LATER: &str = ", in a moment";

/// The page that asks where an order goes: two organizations, nothing chosen.
fn order_page() -> Pilot {
    let world = Selling::new();
    world.with(|world| {
        world.found = nothing_found("kari@borealis.example");
        let two = [("borealis", "Borealis Foods"), ("boreal-2", "Boreal Outfitters")];
        world.found.candidates = two.map(|(id, name)| candidate(id, name)).into();
    });
    let mut pilot = world.order(SIZE);
    pilot.text_in("kari@borealis.example").hit("enter");
    assert!(pilot.sees("● Organization") && pilot.sees("○ Borealis Foods"), "{}", pilot.text());
    pilot
}

fn mapped(pilot: &Pilot) -> usize {
    let maps = |request: &&Request| request.is::<MapOrderCall>();
    pilot.sent.iter().filter(maps).count()
}

fn method_set(pilot: &Pilot) -> bool {
    let sets = |request: &Request| request.is::<SetMethodCall>();
    pilot.sent.iter().any(sets)
}

#[test]
fn section_6_with_nothing_chosen_one_enter_never_maps_an_order() {
    let mut pilot = order_page();
    assert!(pilot.sees("enter choose"), "the footer says what it does\n{}", pilot.text());
    pilot.touch("enter");
    assert!(pilot.sees("◉ Borealis Foods") && mapped(&pilot) == 0, "{}", pilot.text());
    assert!(pilot.sees("→ 1 welcome mail"), "what will happen is in sight\n{}", pilot.text());
    assert!(pilot.sees(&format!("enter map the order{LATER}")), "{}", pilot.text());
    pilot.pass(150).touch("enter");
    assert_eq!(mapped(&pilot), 0, "twice within 150 ms is once");
    pilot.pass(999).touch("enter");
    assert_eq!(mapped(&pilot), 0, "a second since the last, whether it counted or not");
    pilot.pass(1_000);
    assert!(!pilot.sees(LATER) && pilot.sees("enter map the order"), "{}", pilot.text());
    pilot.touch("enter");
    assert_eq!(mapped(&pilot), 1);
}

#[test]
fn section_6_a_click_acts_once_and_waits_as_enter_does() {
    let mut pilot = order_page();
    pilot.press(Action::Mouse).pass(9_000);
    pilot.click("enter choose");
    assert!(pilot.sees("◉ Borealis Foods") && mapped(&pilot) == 0, "{}", pilot.text());
    pilot.pass(150).click("enter map the order");
    assert_eq!(mapped(&pilot), 0, "twice within 150 ms is once");
    // A click on the option that is chosen ticks at the most: the page's act is the footer's.
    pilot.pass(2_000).click("Borealis Foods").click("Borealis Foods");
    assert_eq!(mapped(&pilot), 0, "{}", pilot.text());
    pilot.pass(2_000);
    pilot.click("enter map the order");
    assert_eq!(mapped(&pilot), 1, "{}", pilot.text());
    assert!(pilot.sees(LATER), "the next page waits, too\n{}", pilot.text());
}

#[test]
fn section_6_a_held_enter_acts_on_no_page() {
    let mut pilot = order_page();
    for _ in 0..300 {
        pilot.touch("enter").pass(33);
    }
    assert_eq!(mapped(&pilot), 0, "{}", pilot.text());
    let mut pilot = Shared::new(Some(ReceiveEmail)).pilot(SIZE);
    pilot.hit("down");
    for _ in 0..300 {
        pilot.touch("enter").pass(33);
    }
    assert!(!method_set(&pilot) && pilot.sees("● Method"), "{}", pilot.text());
}

#[test]
fn section_6_enter_on_an_option_shows_what_space_shows() {
    let open = || {
        let mut pilot = Shared::new(Some(VerifyNow)).pilot(SIZE);
        assert!(pilot.sees("Verify domains now · in use now"), "{}", pilot.text());
        pilot.hit("down");
        pilot
    };
    let (mut spaced, mut entered) = (open(), open());
    spaced.hit("space");
    entered.touch("enter").pass(1_000);
    assert_eq!(spaced.text(), entered.text());
    assert!(reads(&entered, "The 1,204 users who are linked stay linked."), "{}", entered.text());
    assert!(!method_set(&entered));
    entered.touch("enter");
    assert!(method_set(&entered));
}

#[test]
fn section_6_what_is_not_in_sight_is_not_done() {
    let world = Shared::new(Some(VerifyNow)).at_step("plan");
    let mut pilot = world.pilot(SIZE);
    let applied = |pilot: &Pilot| {
        let apply = |request: &Request| request.is::<ApplyPlan>();
        pilot.sent.iter().any(apply)
    };
    pilot.slow = true;
    // Another plan: the terminal has not said yet that it shows it.
    pilot.press(Action::EmailHeld).text_in("12").pass(5_000);
    assert!(pilot.sees(&format!("enter invite{LATER}")), "{}", pilot.text());
    pilot.touch("enter");
    assert!(!applied(&pilot), "{}", pilot.text());
    pilot.see();
    pilot.pass(1_000).touch("enter");
    assert!(applied(&pilot), "{}", pilot.text());
}

#[test]
fn section_6_a_question_takes_an_answer_once_it_is_seen() {
    let world = Shared::new(Some(VerifyNow)).at_step("invite");
    let mut pilot = world.pilot(SIZE);
    let cancelled = |pilot: &Pilot| {
        let cancel = |r: &Request| r.is::<CancelRun>();
        pilot.sent.iter().any(cancel)
    };
    pilot.slow = true;
    pilot.touch("x").touch("y");
    assert!(!cancelled(&pilot) && pilot.sees(&format!("y yes{LATER}")), "{}", pilot.text());
    pilot.see();
    pilot.touch("y");
    assert!(!cancelled(&pilot), "a key that is held is no answer");
    pilot.pass(1_000).touch("y");
    assert!(cancelled(&pilot), "{}", pilot.text());
}

#[test]
fn section_6_going_from_field_to_field_and_from_page_to_page_waits_for_nothing() {
    let world = Selling::new();
    let mut pilot = world.order(SIZE);
    pilot.slow = true;
    pilot.text_in("yy@borealis.example").touch("enter");
    assert!(pilot.sees("● Organization"), "a letter is no press\n{}", pilot.text());
}

#[test]
fn section_6_a_held_enter_does_not_run_through_the_last_page() {
    let mut pilot = order_page();
    pilot.touch("enter");
    pilot.pass(1_000).touch("enter");
    assert!(pilot.sees("● Mapped"), "{}", pilot.text());
    for _ in 0..100 {
        pilot.pass(33).touch("enter");
    }
    assert!(pilot.sees("● Mapped"), "finishing is an act\n{}", pilot.text());
    pilot.pass(1_000).touch("enter");
    assert!(!pilot.sees("● Mapped"), "{}", pilot.text());
}

/// A key as it comes where several came at once, or where one is held.
fn repeat(pilot: &mut Pilot, code: KeyCode) {
    let key = KeyEvent { kind: KeyEventKind::Repeat, ..KeyEvent::new(code, KeyModifiers::NONE) };
    pilot.feed(Msg::Input(Event::Key(key)));
    pilot.settle();
}

#[test]
fn section_6_keys_that_came_at_once_act_on_nothing_and_end_nothing() {
    let world = Shared::new(Some(VerifyNow)).at_step("plan");
    let mut pilot = world.pilot(SIZE);
    let applied = |pilot: &Pilot| {
        let apply = |request: &Request| request.is::<ApplyPlan>();
        pilot.sent.iter().any(apply)
    };
    pilot.pass(5_000);
    for code in [KeyCode::Char('1'), KeyCode::Char('2'), KeyCode::Enter, KeyCode::Enter] {
        repeat(&mut pilot, code);
    }
    assert!(pilot.sees("12") && !applied(&pilot), "{}", pilot.text());
    pilot.pass(1_000).touch("enter");
    assert!(applied(&pilot), "{}", pilot.text());
    let mut home = crate::places::Places::new().pilot(SIZE);
    repeat(&mut home, KeyCode::Char('q'));
    assert!(!home.sees("End hublink?") && home.sees("ORGANIZATIONS"), "{}", home.text());
}

#[test]
fn section_6_a_held_enter_does_not_leave_the_page_of_what_it_began() {
    let world = Shared::new(Some(VerifyNow)).at_step("plan");
    let mut pilot = world.pilot(SIZE);
    pilot.pass(5_000).text_in("12").touch("enter");
    assert!(pilot.sees("● Invite"), "{}", pilot.text());
    for _ in 0..60 {
        pilot.pass(33).touch("enter");
    }
    assert!(pilot.sees("● Invite"), "{}", pilot.text());
}

#[test]
fn section_6_what_comes_up_under_a_held_enter_waits_until_it_is_let_go() {
    let mut pilot = Shared::new(Some(VerifyNow)).at_step("results").pilot(SIZE);
    let before = pilot.text();
    pilot.touch("down").touch("up");
    repeat(&mut pilot, KeyCode::Enter);
    assert_ne!(pilot.text(), before, "one of several typed ahead of a slow line counts");
    let mut pilot = Shared::new(Some(VerifyNow)).at_step("invite").pilot(SIZE);
    pilot.touch("enter");
    let before = pilot.text();
    for _ in 0..60 {
        pilot.pass(33);
        repeat(&mut pilot, KeyCode::Enter);
    }
    assert!(pilot.sees("● Invite") || pilot.text() == before, "{}", pilot.text());
}

#[test]
fn section_6_the_footer_says_when_a_key_that_is_held_counts_again() {
    let mut home = crate::places::Places::new().pilot(SIZE);
    home.pass(5_000);
    let later = format!("enter open{LATER}");
    home.touch("enter");
    assert!(home.sees("enter open") && !home.sees(&later), "{}", home.text());
    home.pass(500);
    repeat(&mut home, KeyCode::Enter);
    assert!(home.sees(&later), "{}", home.text());
    home.pass(300);
    assert!(home.sees("enter open") && !home.sees(&later), "{}", home.text());
}

#[test]
fn section_6_what_is_too_small_to_be_seen_takes_no_keys() {
    let mut pilot = crate::places::Places::new().pilot(SIZE);
    let before = pilot.text();
    pilot.resize(39, 9);
    assert!(pilot.sees("more room needed: 40×10") && !pilot.sees("…"), "{}", pilot.text());
    for key in ["t", "q", "enter", "w"] {
        pilot.touch(key);
    }
    pilot.paste("x").resize(80, 24);
    assert_eq!(pilot.text(), before);
    pilot.resize(20, 4);
    assert!(pilot.sees("needs 40×10"), "{}", pilot.text());
}

#[test]
fn section_6_a_letter_in_a_number_field_copies_nothing() {
    let world = Shared::new(Some(VerifyNow)).at_step("plan");
    let mut pilot = world.pilot(SIZE);
    pilot.pass(5_000).touch("y");
    assert!(!reads(&pilot, "opied"), "{}", pilot.text());
}

#[test]
fn section_6_what_is_pressed_right_after_esc_is_not_lost_with_it() {
    let mut pilot = crate::places::Places::new().pilot(SIZE);
    pilot.press(Action::Top).press(Action::Open);
    assert!(pilot.sees("Not linked yet › dolmen.webex.example"), "{}", pilot.text());
    // Esc goes back to the organizations, j goes down there.
    pilot.hit("alt-j");
    assert!(pilot.sees("Acme Robotics › acme.webex.example"), "{}", pilot.text());
    // In a text it is a letter: whoever held Alt leaves nothing by it.
    pilot.press(Action::Filter).text_in("acme").hit("alt-q");
    assert!(pilot.sees("/acmeq▏"), "{}", pilot.text());
    // What ends the words of an answer is no Esc.
    pilot.press(Action::Back).press(Action::Open).hit("alt-\\").hit("j");
    assert!(pilot.sees("Acme Robotics › rd.webex.example"), "{}", pilot.text());
}

#[test]
fn section_6_what_comes_into_sight_by_esc_is_not_acted_on_by_the_letter_with_it() {
    let world = Shared::new(Some(VerifyNow)).at_step("plan");
    let mut pilot = world.pilot(SIZE);
    pilot.text_in("12").press(Action::Help);
    assert!(pilot.sees("Help ·"), "{}", pilot.text());
    pilot.feed(Msg::Input(Event::Key(KeyEvent::new(KeyCode::Char('y'), KeyModifiers::ALT))));
    pilot.settle();
    assert!(!pilot.sent.iter().any(Request::is::<ApplyPlan>), "{}", pilot.text());
}
