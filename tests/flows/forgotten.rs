//! A forgotten password, from the page where one signs in and back to it (rule P5).

use hublink::api::access::AskResetCall;
use hublink::api::call::Request;
use hublink::tui::keymap::Action;
use hublink::tui::pilot::Pilot;
use hublink::tui::screens::forgotten::Forgotten;
use hublink::tui::screens::sign_in::SignIn;
use hublink::tui::theme::Theme;

use crate::places::Places;
use crate::script::reads;

const PASSWORD: &str = "another long password";

fn begin(size: (u16, u16)) -> Pilot {
    let places = Places::new();
    places.with(|world| world.people.clear());
    places.pilot_on(Box::new(Forgotten::of("")), size, Theme::plain())
}

/// To the page of the code, with the address typed.
fn asked(size: (u16, u16)) -> Pilot {
    let mut pilot = begin(size);
    pilot.text_in("fay@acme.example").hit("enter");
    pilot
}

#[test]
fn p5_its_pages_at_every_size() {
    for (width, height) in [(80, 24), (40, 12), (160, 50)] {
        let pilot = begin((width, height));
        insta::assert_snapshot!(
            format!("forgotten_{width}x{height}"),
            crate::same_as::text(&pilot)
        );
        let pilot = asked((width, height));
        insta::assert_snapshot!(
            format!("forgotten_code_{width}x{height}"),
            crate::same_as::text(&pilot)
        );
    }
}

#[test]
fn p5_from_signing_in_and_back_to_it_with_the_new_password() {
    let places = Places::new();
    places.with(|world| world.people.clear());
    let mut pilot = places.pilot_on(Box::new(SignIn::default()), (80, 24), Theme::plain());
    pilot.press(Action::PreviousPane).press(Action::Bottom).press(Action::Up);
    assert!(pilot.sees("▌ ○ I have forgotten my password"), "{}", pilot.text());
    pilot.hit("enter").text_in("fay@acme.example").hit("enter");
    assert!(
        reads(&pilot, "If somebody can sign in as fay@acme.example, a mail"),
        "{}",
        pilot.text()
    );
    pilot.text_in("rst_wrong").hit("enter");
    pilot.text_in(PASSWORD).hit("enter").text_in(PASSWORD).hit("enter").pass(500);
    assert!(
        reads(&pilot, "No mail has this code, or it does not work any more."),
        "{}",
        pilot.text()
    );
    assert!(!pilot.sees(PASSWORD), "{}", pilot.text());
    pilot.press(Action::PreviousPane).press(Action::PreviousPane);
    for _ in 0.."wrong".len() {
        pilot.hit("backspace");
    }
    pilot.text_in("right").hit("enter").hit("enter").hit("enter").pass(500);
    assert!(reads(&pilot, "Your password is set. Sign in with it."), "{}", pilot.text());
    assert!(pilot.sees("◉ With e-mail address and password"), "{}", pilot.text());
    assert!(!format!("{:?}", pilot.sent).contains(PASSWORD), "not even in a log");
}

#[test]
fn p5_who_has_a_code_already_asks_for_no_second_mail() {
    let mut pilot = begin((80, 24));
    pilot.hit("enter");
    assert!(reads(&pilot, "The code stands in the mail that you asked for."), "{}", pilot.text());
    let asks = |request: &Request| request.is::<AskResetCall>();
    assert!(!pilot.sent.iter().any(asks), "{:?}", pilot.sent);
    pilot.hit("enter").hit("enter").hit("enter");
    assert!(reads(&pilot, "Paste or type the code of the mail first."), "{}", pilot.text());
    pilot.press(Action::Back);
    assert!(pilot.sees("A new password"), "{}", pilot.text());
}
