//! A code from a mail: password, terms, signed in (rule T4; SPEC section 3).

use hublink::api::call::Request;
use hublink::api::endpoint::{Endpoint as _, Nothing};
use hublink::api::problem::code;
use hublink::api::session::{SignIn as Credentials, SignInCall, SignOut};
use hublink::api::welcome::{
    AcceptWelcomeCall, DeclineWelcome, LiftWelcome, LookAtWelcomeCall, WelcomeAsks,
};
use hublink::tui::keymap::Action;
use hublink::tui::pilot::Pilot;
use hublink::tui::screens::outbox::Outbox;
use hublink::tui::screens::sign_in::SignIn;
use hublink::tui::screens::welcome::Welcome;

use crate::onboarding::{CODE, CUSTOMER, Onboarding};
use crate::script::{problem, reads, refused};

const PASSWORD: &str = "correct horse battery";

fn begin(world: &Onboarding, size: (u16, u16)) -> Pilot {
    world.pilot(Box::new(Welcome::default()), size)
}

/// To the page of the terms.
fn to_the_terms(world: &Onboarding, size: (u16, u16)) -> Pilot {
    let mut pilot = begin(world, size);
    pilot.text_in(CODE).hit("enter");
    pilot.text_in(PASSWORD).hit("enter").text_in(PASSWORD).hit("enter");
    assert!(pilot.sees("● Terms"), "{}", pilot.text());
    pilot
}

#[test]
fn t4_it_begins_where_one_signs_in() {
    let world = Onboarding::customer();
    world.places.with(|world| world.people.clear());
    let mut pilot = world.pilot(Box::new(SignIn::default()), (80, 24));
    pilot.press(Action::PreviousPane).press(Action::Bottom);
    pilot.press(Action::Up).press(Action::Up);
    assert!(pilot.sees("▌ ○ I have a code from a mail"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(pilot.sees("● Code"), "{}", pilot.text());
    pilot.press(Action::Back);
    assert!(pilot.sees("With a personal token"), "{}", pilot.text());
}

#[test]
fn t4_from_the_code_to_services_setup() {
    let world = Onboarding::customer();
    let mut pilot = to_the_terms(&world, (80, 24));
    assert!(pilot.sees("These terms are between your organization"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(reads(&pilot, "Tick that you accept the terms first"), "{}", pilot.text());
    pilot.hit("space").hit("enter").pass(500);
    assert!(pilot.sees("Set up services · Borealis Energi"), "{}", pilot.text());
    assert!(pilot.sees("● Plan"), "{}", pilot.text());
    pilot.press(Action::Back).pass(500);
    assert!(pilot.sees("ORGANIZATIONS") && pilot.sees(CUSTOMER), "{}", pilot.text());
}

#[test]
fn t7_welcome_ends_at_the_card_where_setup_is_finished() {
    let world = Onboarding::customer();
    world.finished("northwind");
    let mut pilot = to_the_terms(&world, (80, 24));
    pilot.hit("space").hit("enter").pass(500);
    assert!(pilot.sees("Borealis Energi › Contact Center"), "{}", pilot.text());
}

#[test]
fn t4_a_whole_link_is_a_code_too_however_the_mail_broke_it() {
    let mut pilot = begin(&Onboarding::customer(), (80, 24));
    pilot.paste(&format!("https://hub.example/welcome/\n{CODE}\n")).hit("enter");
    assert!(pilot.sees("● Password"), "{}", pilot.text());
}

#[test]
fn section_3_a_used_or_expired_code_names_who_can_send_a_new_one() {
    for (which, words) in [
        (code::CODE_USED, "This code was used on 1 March 2026."),
        (code::CODE_EXPIRED, "This code was good until 1 March 2026."),
    ] {
        let world = Onboarding::customer();
        let remedy = "Sign in, or ask pat@meridian.example for a new mail.";
        world.refuse(Request::is::<LookAtWelcomeCall>, refused(problem(which, 409, words, remedy)));
        let mut pilot = begin(&world, (80, 24));
        pilot.text_in(CODE).hit("enter");
        assert!(reads(&pilot, words) && reads(&pilot, remedy), "{}", pilot.text());
    }
    let mut pilot = begin(&Onboarding::customer(), (80, 24));
    pilot.text_in("nonsense").hit("enter");
    assert!(reads(&pilot, "No mail has this code"), "{}", pilot.text());
    assert!(reads(&pilot, "ask Meridian Networks for a new one"), "{}", pilot.text());
}

#[test]
fn l1_a_code_that_connects_a_site_leads_to_signing_in() {
    let world = Onboarding::customer();
    world.places.with(|world| world.people.clear());
    let mut pilot = world.pilot(Box::new(SignIn::default()), (80, 24));
    pilot.press(Action::PreviousPane).press(Action::Bottom);
    pilot.press(Action::Up).press(Action::Up).hit("enter");
    let words = "This code connects ned@new.example to the site new.webex.example.";
    let remedy = "Sign in as ned@new.example, open Link a site, and give the code there.";
    world.refuse(
        Request::is::<LookAtWelcomeCall>,
        refused(problem(code::CONNECT_CODE, 409, words, remedy)),
    );
    pilot.text_in("aaaa-bbbb-cccc-dddd").hit("enter");
    assert!(reads(&pilot, &format!("! {words} {remedy}")), "{}", pilot.text());
    assert!(pilot.sees("enter sign in"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(pilot.sees("With a personal token"), "{}", pilot.text());
}

#[test]
fn p5_a_code_that_sets_a_password_leads_to_where_that_is_done() {
    let world = Onboarding::customer();
    world.places.with(|world| world.people.clear());
    let mut pilot = world.pilot(Box::new(SignIn::default()), (80, 24));
    pilot.press(Action::PreviousPane).press(Action::Bottom);
    pilot.press(Action::Up).press(Action::Up).hit("enter");
    let words = "This code sets a new password.";
    world.refuse(
        Request::is::<LookAtWelcomeCall>,
        refused(problem(code::RESET_CODE, 409, words, "Give it where a password is forgotten.")),
    );
    pilot.text_in("rst_abc").hit("enter");
    assert!(reads(&pilot, words) && pilot.sees("enter set a new password"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(pilot.sees("forgotten password") && pilot.sees("rst_abc"), "{}", pilot.text());
    pilot.press(Action::Back).press(Action::Back);
    assert!(pilot.sees("With a personal token"), "{}", pilot.text());
}

#[test]
fn t4_the_rules_stand_beside_the_password_and_gate_next() {
    let mut pilot = begin(&Onboarding::customer(), (80, 24));
    pilot.text_in(CODE).hit("enter");
    assert!(pilot.sees("at least 12 characters"), "{}", pilot.text());
    pilot.text_in("short").hit("enter").text_in("short").hit("enter");
    assert!(pilot.sees("● Password") && pilot.sees("7 characters more"), "{}", pilot.text());
    pilot.text_in(" of enough length");
    assert!(pilot.sees("✓ long enough"), "{}", pilot.text());
    pilot.hit("enter").text_in("x").hit("enter");
    assert!(reads(&pilot, "this differs from the one above"), "{}", pilot.text());
    assert!(pilot.sees("● Password"), "{}", pilot.text());
}

#[test]
fn t4_who_can_sign_in_already_is_never_offered_a_new_password() {
    let world = Onboarding::customer();
    world.with(|state| state.asks = WelcomeAsks::SignIn);
    let mut pilot = begin(&world, (80, 24));
    pilot.text_in(CODE).hit("enter");
    assert!(pilot.sees("● Sign in") && !pilot.sees("Once more"), "{}", pilot.text());
    assert!(reads(&pilot, "You can sign in already, and keep your password."), "{}", pilot.text());
    pilot.text_in(PASSWORD).hit("enter");
    assert!(pilot.sees("● Terms"), "{}", pilot.text());
    pilot.hit("space").hit("enter").pass(500);
    assert!(pilot.sees("Set up services · Borealis Energi"), "{}", pilot.text());
    let accepted = pilot.sent.iter().find_map(|request| {
        request.asked::<AcceptWelcomeCall>().map(|(.., body)| body.password.is_none())
    });
    assert_eq!(accepted, Some(true), "with the session, without a password");
}

#[test]
fn p1_what_a_code_offers_is_declined_where_it_is_read_and_that_can_be_lifted() {
    for asks in [WelcomeAsks::Password, WelcomeAsks::SignIn] {
        let world = Onboarding::customer();
        world.with(|state| state.asks = asks);
        let mut pilot = begin(&world, (80, 24));
        pilot.text_in(CODE).hit("enter");
        let seen = pilot.text();
        assert!(pilot.sees("Decline this offer"), "{seen}");
        pilot.press(Action::PreviousPane);
        while !pilot.sees("▌ Decline this offer") {
            pilot.press(Action::PreviousPane);
        }
        pilot.hit("enter");
        assert!(pilot.sees("Decline the offer?"), "{}", pilot.text());
        pilot.hit("n");
        assert!(pilot.sees("▌ Decline this offer"), "{}", pilot.text());
        let answers = |pilot: &Pilot| {
            let answer =
                |request: &&Request| request.is::<DeclineWelcome>() || request.is::<LiftWelcome>();
            pilot.sent.iter().filter(answer).count()
        };
        assert_eq!(answers(&pilot), 0);
        pilot.pass(1_500).hit("enter").pass(1_500).hit("y").pass(1_500);
        assert_eq!(answers(&pilot), 1);
        assert!(
            reads(&pilot, "You have declined. Nothing has changed for you"),
            "{}",
            pilot.text()
        );
        assert!(!pilot.sees("Password  "), "{}", pilot.text());
        pilot.hit("enter").pass(1_500);
        assert_eq!(answers(&pilot), 2);
        assert!(pilot.sees("▌ Password"), "{}", pilot.text());
    }
}

#[test]
fn t4_a_code_for_somebody_else_is_not_accepted_in_their_name() {
    let world = Onboarding::customer();
    world.with(|state| state.asks = WelcomeAsks::SignIn);
    let mut pilot = begin(&world, (80, 24));
    pilot.text_in(CODE).hit("enter");
    pilot.press(Action::PreviousPane);
    for _ in 0..CUSTOMER.len() {
        pilot.hit("backspace");
    }
    pilot.text_in("lee@acme.example").hit("enter").text_in(PASSWORD).hit("enter");
    assert!(reads(&pilot, "This code is for bo@borealis.example"), "{}", pilot.text());
    assert!(pilot.sees("● Sign in"), "{}", pilot.text());
}

#[test]
fn t4_terms_that_changed_are_read_anew() {
    let world = Onboarding::customer();
    let mut pilot = to_the_terms(&world, (80, 24));
    let changed = problem(code::TERMS_CHANGED, 409, "The terms have changed.", "Read them again.");
    world.refuse(Request::is::<AcceptWelcomeCall>, refused(changed));
    pilot.hit("space").hit("enter");
    pilot.hit("enter").hit("enter");
    assert!(pilot.sees("● Terms") && pilot.sees("☐ I have read"), "{}", pilot.text());
}

#[test]
fn i16_codes_and_passwords_are_in_no_file_no_draft_and_no_log() {
    let world = Onboarding::customer();
    let mut pilot = to_the_terms(&world, (80, 24));
    pilot.press(Action::Back);
    assert!(!pilot.sees(PASSWORD) && pilot.sees("•••"), "{}", pilot.text());
    pilot.hit("enter").hit("enter").hit("space").hit("enter").pass(5_000);
    let log = format!("{:?}", pilot.sent);
    assert!(!log.contains(PASSWORD) && !log.contains(CODE), "{log}");
    assert!(pilot.files.is_empty(), "nothing of it is kept");
    let draft = world.with(|state| state.draft.clone());
    assert!(draft.is_none_or(|draft| !draft.answers.to_string().contains(PASSWORD)));
}

#[test]
fn a_demo_mail_is_followed_as_its_addressee() {
    let world = Onboarding::partner();
    world.places.with(|world| {
        world.mails[1].code = Some(hublink::api::session::Secret::new(CODE));
    });
    let mut pilot = world.pilot(Box::new(Outbox::default()), (80, 24));
    pilot.press(Action::Down).press(Action::FollowMail);
    let out = pilot.sent.iter().any(Request::is::<SignOut>);
    assert!(out, "the partner's session is over: {:?}", pilot.sent);
    assert!(pilot.sees("● Password"), "nothing was left to ask\n{}", pilot.text());
}

#[test]
fn what_stands_on_screen() {
    for (width, height) in [(80, 24), (40, 12), (160, 50)] {
        let picture = |name: &str, pilot: &Pilot| {
            insta::assert_snapshot!(
                format!("{name}_{width}x{height}"),
                crate::same_as::text(pilot)
            );
        };
        let world = Onboarding::customer();
        let mut pilot = begin(&world, (width, height));
        picture("code", &pilot);
        pilot.text_in(CODE).hit("enter").text_in("correct horse").hit("enter").text_in("cor");
        picture("password", &pilot);
        picture("terms", &to_the_terms(&world, (width, height)));
        world.with(|state| state.asks = WelcomeAsks::SignIn);
        let mut pilot = begin(&world, (width, height));
        pilot.text_in(CODE).hit("enter");
        picture("sign_in", &pilot);
    }
}

#[test]
fn the_way_of_signing_in_is_the_ordinary_one() {
    let world = Onboarding::customer();
    world.with(|state| state.asks = WelcomeAsks::SignIn);
    let mut pilot = begin(&world, (80, 24));
    pilot.text_in(CODE).hit("enter").text_in("wrong").hit("enter");
    assert!(reads(&pilot, "Ask for a new one."), "{}", pilot.text());
    let sent = pilot.sent.iter().any(|request| {
        let call = SignInCall::call(
            Nothing,
            Nothing,
            Credentials::Password {
                email: CUSTOMER.to_owned(),
                password: hublink::api::session::Secret::new("wrong"),
            },
        );
        *request == call
    });
    assert!(sent, "{:?}", pilot.sent);
}
