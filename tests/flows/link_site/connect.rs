//! Step two: the connect mail (rule L1).

use hublink::api::call::Request;
use hublink::api::linking::{ConnectSite, EnrollSite, ShowEnrollment};
use hublink::domain::site_link::{EnrollStep, LinkMailState};
use hublink::tui::keymap::Action;

use super::world::{self, CODE};
use super::{Linking, SIZE, count};
use crate::script::{down, reads};

fn connects(call: &Request) -> bool {
    call.is::<ConnectSite>()
}

fn resends(call: &Request) -> bool {
    call.asked::<EnrollSite>().is_some_and(|(.., body)| body.resend)
}

fn begin() -> (Linking, hublink::tui::pilot::Pilot) {
    let world = Linking::newcomer(EnrollStep::Connect).at_step("connect");
    let pilot = world.pilot(SIZE);
    assert!(pilot.sees("● Connect"), "{}", pilot.text());
    (world, pilot)
}

#[test]
fn l1_the_code_is_typed_or_pasted_and_never_saved() {
    let (world, mut pilot) = begin();
    pilot.press(Action::Next);
    assert!(reads(&pilot, "Type the code of the mail, or open its link"), "{}", pilot.text());
    pilot.paste("abcd-efgh").hit("enter");
    assert!(pilot.sees("✗ That is not a code"), "{}", pilot.text());
    assert_eq!(count(&pilot, connects), 0, "what can be no code is not sent");
    pilot.text_in("-jkmn-pqrt").hit("enter");
    assert!(reads(&pilot, "✗ No mail to you about this site has this code."), "{}", pilot.text());
    pilot.pass(3_000);
    assert!(!world.saved().answers.to_string().contains("abcd"), "{}", world.saved().answers);
    pilot.hit("backspace").text_in("s").hit("enter");
    assert!(pilot.sees("● Organization"), "{}", pilot.text());
}

#[test]
fn l1_a_link_opened_elsewhere_is_noticed_by_itself() {
    let (world, mut pilot) = begin();
    world.with(|world| world::connected(&mut world.enrollment));
    pilot.pass(6_000);
    assert!(reads(&pilot, "sam@dolmen.example was confirmed at 09:43 UTC"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(pilot.sees("● Organization"), "{}", pilot.text());
    assert_eq!(count(&pilot, connects), 0);
    let asked = |pilot: &hublink::tui::pilot::Pilot| count(pilot, Request::is::<ShowEnrollment>);
    let before = asked(&pilot);
    pilot.pass(600_000);
    assert_eq!(asked(&pilot), before, "then nobody asks any more");
}

#[test]
fn l1_the_mail_can_be_sent_again() {
    let (_, mut pilot) = begin();
    down(&mut pilot, 1).press(Action::Open);
    assert_eq!(count(&pilot, resends), 1);
    assert!(reads(&pilot, "A mail went to sam@dolmen.example"), "{}", pilot.text());
}

#[test]
fn l1_what_became_of_the_mail_is_told() {
    let cases = [
        (LinkMailState::Queued, false, "is on its way, asked for"),
        (LinkMailState::Refused, false, "✗ The mail server did not take the mail"),
        (LinkMailState::Unknown, false, "may have been sent, or not"),
        (LinkMailState::Sent, true, "have expired. Send it again, below."),
    ];
    for (state, expired, words) in cases {
        let world = Linking::newcomer(EnrollStep::Connect).at_step("connect");
        world.with(|world| {
            let mail = world.enrollment.connect.as_mut().unwrap();
            (mail.state, mail.expired) = (state, expired);
            mail.detail = Some("451 try later".into());
        });
        let pilot = world.pilot(SIZE);
        assert!(reads(&pilot, words), "{state:?}\n{}", pilot.text());
    }
}

#[test]
fn l1_who_is_connected_may_look_back() {
    let world = Linking::newcomer(EnrollStep::Connect).at_step("organization");
    world.with(|world| world::connected(&mut world.enrollment));
    let mut pilot = world.pilot(SIZE);
    pilot.press(Action::Back);
    assert!(pilot.sees("✓ sam@dolmen.example was confirmed"), "{}", pilot.text());
    assert!(!CODE.is_empty() && !pilot.sees("Code"), "{}", pilot.text());
}
