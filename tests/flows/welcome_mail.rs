//! The welcome mail from the organization's menu: resend it, correct its address (rule T4).

use hublink::api::call::Request;
use hublink::api::problem::code;
use hublink::api::welcome::CorrectWelcomeCall;
use hublink::domain::welcome::WelcomeState;
use hublink::tui::browse::Home;
use hublink::tui::keymap::Action;
use hublink::tui::pilot::Pilot;
use hublink::tui::screens::welcome_mail::WelcomeMail;

use crate::onboarding::{ORG, Onboarding};
use crate::script::{problem, reads, refused, take};

fn begin(world: &Onboarding, size: (u16, u16)) -> Pilot {
    world.pilot(Box::new(WelcomeMail::new(&ORG.into())), size)
}

fn mails(world: &Onboarding) -> u64 {
    world.with(|state| state.welcome.mails)
}

#[test]
fn t4_it_is_in_the_menu_of_an_organization_that_was_begun() {
    let world = Onboarding::partner();
    let mut pilot = world.pilot(Box::new(Home::default()), (80, 24));
    take(&mut pilot, "Welcome mail");
    assert!(pilot.sees("Borealis Energi › Welcome mail"), "{}", pilot.text());
    world.places.with(|world| world.organizations[0].setup = None);
    let mut pilot = world.pilot(Box::new(Home::default()), (80, 24));
    pilot.press(Action::Wizards);
    assert!(pilot.sees("Contact Center") && !pilot.sees("Welcome mail"), "{}", pilot.text());
}

#[test]
fn t4_resending_is_asked_for_once_more() {
    let world = Onboarding::partner();
    let mut pilot = begin(&world, (80, 24));
    assert!(reads(&pilot, "bo@borealis.example has it, and has not used its link yet."));
    pilot.hit("enter");
    assert!(pilot.sees("Send the welcome mail again?"), "{}", pilot.text());
    pilot.hit("enter");
    assert_eq!(mails(&world), 1, "No is marked first");
    pilot.hit("enter").hit("y");
    assert_eq!(mails(&world), 2);
    assert!(reads(&pilot, "A mail goes to bo@borealis.example."), "{}", pilot.text());
}

#[test]
fn t4_the_address_is_corrected_with_its_consequences_named() {
    let world = Onboarding::partner();
    let mut pilot = begin(&world, (80, 24));
    pilot.press(Action::Down).hit("enter").text_in("bodil@borealis.example").hit("enter");
    assert!(pilot.sees("Correct the address?"), "{}", pilot.text());
    assert!(pilot.sees("bodil@borealis.example") && pilot.sees("│ bo@borealis.example"));
    pilot.hit("y");
    assert!(reads(&pilot, "bodil@borealis.example has it"), "{}", pilot.text());
}

#[test]
fn t4_a_refused_address_is_told_beside_the_field() {
    let world = Onboarding::partner();
    let mut pilot = begin(&world, (80, 24));
    pilot.press(Action::Down).hit("enter").text_in("fay@acme.example").hit("enter");
    let mut taken =
        problem(code::OTHER_ORGANIZATION, 409, "This address is in another organization.", "");
    taken.field = Some("email".to_owned());
    world.refuse(Request::is::<CorrectWelcomeCall>, refused(taken));
    pilot.hit("y");
    assert!(pilot.sees("✗ This address is in another organization."), "{}", pilot.text());
    assert!(pilot.sees("fay@acme.example"), "what was typed stays\n{}", pilot.text());
    pilot.press(Action::Back);
    assert!(pilot.sees("Correct the address") && !pilot.sees("✗"), "{}", pilot.text());
}

#[test]
fn t4_what_cannot_be_done_is_not_offered_and_why() {
    let world = Onboarding::partner();
    world.with(|state| state.welcome.may_correct = false);
    let pilot = begin(&world, (80, 24));
    assert!(!pilot.sees("Correct the address"), "{}", pilot.text());
    assert!(reads(&pilot, "the organization was there before"), "{}", pilot.text());
    world.with(|state| state.welcome.state = WelcomeState::Accepted);
    let pilot = begin(&world, (80, 24));
    assert!(pilot.sees("✓ bo@borealis.example has taken over"), "{}", pilot.text());
    assert!(!pilot.sees("Send it again"), "{}", pilot.text());
}

#[test]
fn a_mail_that_may_have_been_sent_says_what_sending_again_means() {
    let world = Onboarding::partner();
    world.with(|state| state.welcome.state = WelcomeState::Unknown);
    let mut pilot = begin(&world, (80, 24));
    assert!(reads(&pilot, "It may or may not have been sent"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(reads(&pilot, "It may have arrived already: then they get a second one."));
}

#[test]
fn a_mail_on_its_way_arrives_by_itself() {
    let world = Onboarding::partner();
    world.with(|state| state.welcome.state = WelcomeState::Queued);
    let mut pilot = begin(&world, (80, 24));
    assert!(reads(&pilot, "It is on its way"), "{}", pilot.text());
    world.with(|state| state.welcome.state = WelcomeState::Sent);
    pilot.pass(3_000);
    assert!(reads(&pilot, "has it, and has not used its link yet"), "{}", pilot.text());
}

#[test]
fn what_stands_on_screen() {
    for (width, height) in [(80, 24), (40, 12), (160, 50)] {
        let world = Onboarding::partner();
        let mut pilot = begin(&world, (width, height));
        insta::assert_snapshot!(format!("mail_{width}x{height}"), crate::same_as::text(&pilot));
        pilot.press(Action::Down).hit("enter").text_in("bodil@borealis.example").hit("enter");
        insta::assert_snapshot!(format!("correct_{width}x{height}"), crate::same_as::text(&pilot));
    }
}
