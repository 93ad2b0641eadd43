//! Signing in, the demo's people, and a session that ends (SPEC section 3).

use hublink::api::call::Request;
use hublink::api::problem::code;
use hublink::api::timer::ListTimers;
use hublink::tui::keymap::Action;
use hublink::tui::screens::sign_in::SignIn;
use hublink::tui::theme::Theme;

use crate::places::Places;
use crate::script::{problem, reads, refused};

fn pilot(places: &Places, size: (u16, u16)) -> hublink::tui::pilot::Pilot {
    places.pilot_on(Box::new(SignIn::default()), size, Theme::plain())
}

#[test]
fn the_first_screen_of_the_demo_tells_what_to_press() {
    for (width, height) in [(80, 24), (40, 12), (160, 50)] {
        let pilot = pilot(&Places::new(), (width, height));
        insta::assert_snapshot!(
            format!("sign_in_demo_{width}x{height}"),
            crate::same_as::text(&pilot)
        );
    }
}

#[test]
fn in_the_demo_enter_signs_in_as_who_is_chosen() {
    let mut pilot = pilot(&Places::new(), (80, 24));
    pilot.press(Action::Down).press(Action::Next);
    pilot.pass(500);
    assert!(pilot.sees("rio@acme.example") && pilot.sees("ORGANIZATIONS"), "{}", pilot.text());
}

fn no_demo() -> Places {
    let places = Places::new();
    places.with(|world| {
        world.me.backend.demo = false;
    });
    places
}

#[test]
fn a_token_signs_in_and_is_never_shown() {
    let places = no_demo();
    let people = places.with(|world| std::mem::take(&mut world.people));
    let mut pilot = pilot(&places, (80, 24));
    insta::assert_snapshot!("sign_in_80x24", crate::same_as::text(&pilot));
    places.with(|world| world.people = people);
    pilot.text_in("token-of-fay@acme.example");
    assert!(!pilot.sees("token-of") && pilot.sees("•••"), "{}", pilot.text());
    pilot.press(Action::Next).pass(500);
    assert!(pilot.sees("ORGANIZATIONS"), "{}", pilot.text());
    assert!(!format!("{:?}", pilot.sent).contains("token-of"), "not even in a log");
}

#[test]
fn a_refusal_says_why_and_what_to_do_and_keeps_what_was_typed() {
    let places = no_demo();
    places.with(|world| world.people.clear());
    let mut pilot = pilot(&places, (80, 24));
    pilot.press(Action::Next);
    assert!(reads(&pilot, "Paste or type the token first."), "{}", pilot.text());
    pilot.text_in("wrong").press(Action::Next);
    assert!(
        reads(&pilot, "The token is not known, or was revoked. Ask for a new one."),
        "{}",
        pilot.text()
    );
    assert!(pilot.sees("•••••"), "{}", pilot.text());
}

#[test]
fn a_password_signs_in() {
    let places = no_demo();
    places.with(|world| world.people.clear());
    let mut pilot = pilot(&places, (80, 24));
    pilot.press(Action::PreviousPane).press(Action::Down).press(Action::Next);
    pilot.text_in("fay@acme.example").press(Action::Next);
    pilot.text_in("correct horse battery").press(Action::Next).pass(500);
    assert!(pilot.sees("ORGANIZATIONS"), "{}", pilot.text());
}

#[test]
fn a_session_that_ends_is_asked_for_again_over_what_is_open() {
    let places = Places::new();
    let mut pilot = places.pilot((80, 24));
    pilot.press(Action::Open).press(Action::Down);
    let ended = refused(problem(code::NOT_SIGNED_IN, 401, "The session has ended.", "Sign in."));
    places.with(|world| world.refuse = Some((|request| request.about.route.tag == "Sites", ended)));
    pilot.press(Action::Reload);
    assert!(reads(&pilot, "Your session has ended."), "{}", pilot.text());
    places.with(|world| world.refuse = None);
    pilot.press(Action::Next).pass(500);
    assert!(pilot.sees("▌rd.webex.example"), "the place is kept\n{}", pilot.text());
}

#[test]
fn somebody_else_after_a_session_ended_begins_at_home() {
    let places = Places::new();
    let mut pilot = places.pilot((80, 24));
    pilot.press(Action::Timers);
    let ended = refused(problem(code::NOT_SIGNED_IN, 401, "The session has ended.", "Sign in."));
    places.with(|world| {
        let timers = |request: &Request| request.asked::<ListTimers>().is_some();
        world.refuse = Some((timers, ended));
    });
    pilot.press(Action::Reload);
    places.with(|world| world.refuse = None);
    pilot.press(Action::Down).press(Action::Next).pass(500);
    assert!(pilot.sees("rio@acme.example") && pilot.sees("ORGANIZATIONS"), "{}", pilot.text());
}

#[test]
fn signing_out_ends_the_session_and_shows_nothing_of_it() {
    let mut pilot = Places::new().pilot((80, 24));
    pilot.press(Action::SignOut);
    assert!(pilot.sees("Fay Moss") && !pilot.sees("ORGANIZATIONS"), "{}", pilot.text());
}
