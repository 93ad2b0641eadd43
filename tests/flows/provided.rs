//! Acts that the directory does not do by itself: told where one meets them, and never begun.

use hublink::api::call::Request;
use hublink::api::domains::VerifyDomain;
use hublink::api::plan::ApplyPlan;
use hublink::api::problem::code;
use hublink::api::session::Capability;
use hublink::api::site::SetMethodCall;
use hublink::domain::act::Act;
use hublink::domain::linking::LinkingMethod::{ReceiveEmail, VerifyNow};
use hublink::tui::keymap::{Action, Availability};
use hublink::tui::linear::Reader;
use hublink::tui::pilot::Pilot;

use crate::places::Places;
use crate::script::{Shared, problem, reads, refused};

const SIZE: (u16, u16) = (80, 24);

fn no(why: &str) -> Capability {
    Capability::Unavailable { why: why.into() }
}

fn by_hand() -> Capability {
    let (link, check) = ("https://hub.example/site", "the site is read back.");
    Capability::Guided { link: link.into(), check: check.into() }
}

fn sets_the_method(request: &Request) -> bool {
    request.is::<SetMethodCall>()
}

fn is_off(pilot: &Pilot, action: Action, why: &str) {
    let can = pilot.app().can(action);
    assert!(matches!(&can, Availability::Disabled(told) if told.contains(why)), "{can:?}");
}

#[test]
fn section_3_a_method_that_cannot_be_chosen_says_why_and_the_one_in_use_goes_on() {
    let why = "It has one method alone.";
    for method in [None, Some(VerifyNow)] {
        let world = Shared::new(method);
        world.with(|world| world.provided.push((Act::Method, no(why))));
        let mut pilot = world.pilot(SIZE);
        let told = format!("Choosing the linking method is not there with this directory: {why}");
        assert!(reads(&pilot, &told), "{}", pilot.text());
        pilot.press(Action::Up).press(Action::Tick);
        is_off(&pilot, Action::Next, why);
        pilot.hit("enter");
        assert!(pilot.sees("● Method"), "{}", pilot.text());
        if method.is_some() {
            pilot.press(Action::Down).press(Action::Tick).press(Action::Next);
            assert!(pilot.sees("● Domains"), "{}", pilot.text());
        }
        assert!(!pilot.sent.iter().any(sets_the_method));
    }
}

#[test]
fn section_3_a_method_that_is_chosen_by_hand_is_checked_when_one_says_so() {
    let world = Shared::new(Some(ReceiveEmail));
    world.with(|world| world.provided.push((Act::Method, by_hand())));
    let mut pilot = world.pilot(SIZE);
    let told = "Choosing the linking method is done by hand, at https://hub.example/site. \
                Afterwards the site is read back. Choose the same here";
    assert!(reads(&pilot, told), "{}", pilot.text());
    let mut reader = Reader::new(true);
    let heard = reader.told(pilot.app());
    assert!(heard.contains("by hand, at https://hub.example/site"), "{heard}");
    assert!(!pilot.sees("check now"), "it is in use already:\n{}", pilot.text());
    pilot.press(Action::Down).press(Action::Tick);
    assert!(pilot.sees("enter check now"), "{}", pilot.text());
    assert!(!pilot.sent.iter().any(sets_the_method), "nothing is asked by itself");
    let there = "The method is “Receive e-mail” there, not “Verify domains now”.";
    let remedy = "Choose it at https://hub.example/site, then check again.";
    world.refuse(sets_the_method, refused(problem(code::ACT_GUIDED, 409, there, remedy)));
    pilot.press(Action::Next);
    assert!(pilot.sees("● Method") && reads(&pilot, there), "{}", pilot.text());
    pilot.press(Action::Next);
    assert!(pilot.sees("● Domains"), "{}", pilot.text());
}

#[test]
fn section_3_domains_that_cannot_be_proven_are_shown_and_gone_past() {
    let why = "It has no list of domains.";
    let world = Shared::new(Some(VerifyNow));
    world.with(|world| world.provided.push((Act::Domains, no(why))));
    let mut pilot = world.pilot(SIZE);
    pilot.press(Action::Next).press(Action::Down);
    assert!(pilot.sees("acme-labs.example"), "{}", pilot.text());
    let told = format!("Proving domains is not there with this directory: {why}");
    pilot.press(Action::Top);
    assert!(reads(&pilot, &told), "{}", pilot.text());
    pilot.press(Action::Down);
    is_off(&pilot, Action::Verify, why);
    pilot.hit("v");
    assert!(!pilot.sees("Publish this TXT record"), "{}", pilot.text());
    assert!(!pilot.sent.iter().any(Request::is::<VerifyDomain>));
    pilot.press(Action::Next);
    assert!(pilot.sees("● Select"), "{}", pilot.text());
}

#[test]
fn section_3_a_plan_of_what_is_done_by_hand_is_reviewed_and_not_applied() {
    let world = Shared::new(Some(VerifyNow)).at_step("plan");
    world.with(|world| world.provided.push((Act::Link, by_hand())));
    let mut pilot = world.pilot(SIZE);
    let told = "Linking people without an e-mail is done by hand, at https://hub.example/site.";
    assert!(pilot.sees("● Plan") && reads(&pilot, told), "{}", pilot.text());
    assert!(pilot.sees("5  linked silently"), "{}", pilot.text());
    assert!(!pilot.sees("How many are selected"), "{}", pilot.text());
    is_off(&pilot, Action::Next, "https://hub.example/site");
    pilot.hit("enter");
    assert!(!pilot.sent.iter().any(Request::is::<ApplyPlan>));
}

#[test]
fn section_3_what_is_not_there_stands_last_in_the_menus_with_the_why() {
    let places = Places::new();
    places.with(|world| {
        world.me.backend.capabilities.import = no("It keeps no files.");
        world.me.backend.capabilities.linking_method = by_hand();
    });
    let mut pilot = places.pilot(SIZE);
    pilot.press(Action::Wizards).press(Action::Bottom);
    let told = "Importing users is not there with this directory";
    assert!(pilot.sees("Import users"), "{}", pilot.text());
    assert!(pilot.sees(told), "{}", pilot.text());
    pilot.press(Action::Top);
    assert!(!pilot.sees("Choosing the linking method is done by hand"), "{}", pilot.text());
}
