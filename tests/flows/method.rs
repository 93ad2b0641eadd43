//! Step one: the three methods.

use hublink::api::call::Request;
use hublink::api::problem::code;
use hublink::api::site::{Agreement, SetMethodCall};
use hublink::domain::linking::LinkingMethod::{ReceiveEmail, SignAgreement, VerifyNow};
use hublink::tui::keymap::Action;

use crate::script::{Shared, problem, reads, refused, unreachable};
use crate::world::at;

const SIZE: (u16, u16) = (80, 24);

fn sets_the_method(request: &Request) -> bool {
    request.is::<SetMethodCall>()
}

#[test]
fn u2_one_cannot_go_on_without_a_method() {
    let mut pilot = Shared::new(None).pilot(SIZE);
    assert!(pilot.sees("Receive e-mail") && !pilot.sees("in use now"));
    pilot.press(Action::Back);
    assert!(pilot.ended, "the first step leads out");

    let world = Shared::new(None);
    let mut pilot = world.pilot(SIZE);
    pilot.press(Action::Next);
    assert!(pilot.sees("◉ Receive e-mail"), "enter on a method chooses it:\n{}", pilot.text());
    assert!(pilot.sees("● Method"), "and does no more:\n{}", pilot.text());
    pilot.press(Action::Next);
    assert!(pilot.sees("● Domains"), "{}", pilot.text());
    assert_eq!(world.with(|world| world.site.method), Some(ReceiveEmail));
}

#[test]
fn u1_a_change_is_saved_once_and_says_who_stays_linked() {
    let world = Shared::new(Some(ReceiveEmail));
    let mut pilot = world.pilot(SIZE);
    assert!(pilot.sees("Receive e-mail · in use now"));
    pilot.press(Action::Down).press(Action::Down).press(Action::Tick);
    assert!(reads(&pilot, "The 1,204 users who are linked stay linked."), "{}", pilot.text());
    assert!(!pilot.sent.iter().any(sets_the_method), "ticking alone sends nothing");
    pilot.press(Action::Next);
    assert_eq!(pilot.sent.iter().filter(|request| sets_the_method(request)).count(), 1);
    assert_eq!(world.with(|world| world.site.method), Some(SignAgreement));
    pilot.press(Action::Back);
    assert!(pilot.sees("Sign the agreement · in use now"));
    pilot.press(Action::Next);
    let again = pilot.sent.iter().filter(|request| sets_the_method(request)).count();
    assert_eq!(again, 1, "the same method is not saved again");
}

#[test]
fn u1_another_method_needs_another_plan() {
    let world = Shared::new(Some(VerifyNow)).at_step("results");
    let mut pilot = world.pilot(SIZE);
    for _ in 0..5 {
        pilot.press(Action::Back);
    }
    assert!(pilot.sees("● Method"), "{}", pilot.text());
    pilot.press(Action::Up).press(Action::Tick).press(Action::Next).pass(2_000);
    let saved = world.saved().answers;
    assert!(saved.get("plan").is_none() && saved.get("run").is_none(), "{saved}");
    assert!(saved.get("selection").is_some(), "who was chosen stays: {saved}");
}

#[test]
fn d4_the_deadline_is_told_louder_in_its_last_thirty_days() {
    for (deadline, words) in [("2026-04-10T08:00:00Z", "· rd"), ("2026-03-20T08:00:00Z", "! rd")] {
        let world = Shared::new(Some(SignAgreement));
        world.with(|world| {
            world.site.agreements = vec![Agreement {
                domain: "rd.acme.example".into(),
                signed_at: at("2026-01-10T08:00:00Z"),
                deadline: at(deadline),
                lapsed: false,
                signed_by: "fay@acme.example".into(),
                text_sha256: String::new(),
            }];
        });
        let pilot = world.pilot(SIZE);
        let told = format!("{words}.acme.example is signed for; verify it by");
        assert!(pilot.sees(&told), "{}", pilot.text());
    }
}

#[test]
fn a_refusal_says_why_and_can_be_tried_again() {
    let world = Shared::new(Some(ReceiveEmail));
    let mut pilot = world.pilot(SIZE);
    let why = "Only a full admin of Acme Robotics may choose the method.";
    let remedy = "Ask fay@acme.example.";
    world.refuse(sets_the_method, refused(problem(code::NOT_ALLOWED, 403, why, remedy)));
    pilot.press(Action::Down).press(Action::Tick).press(Action::Next);
    assert!(pilot.sees("● Method") && pilot.sees("✗ Only a full admin"), "{}", pilot.text());
    assert!(reads(&pilot, "Ask fay@acme.example."));
    world.refuse(sets_the_method, unreachable());
    pilot.press(Action::Reload);
    assert!(pilot.sees("The backend cannot be reached") && reads(&pilot, "r asks again"));
    pilot.press(Action::Reload);
    assert!(pilot.sees("● Domains"), "{}", pilot.text());
}

#[test]
fn waiting_is_told_and_one_may_leave() {
    let world = Shared::new(Some(ReceiveEmail));
    let mut pilot = world.pilot(SIZE);
    world.with(|world| world.silent = Some(sets_the_method));
    pilot.press(Action::Down).press(Action::Tick).press(Action::Next);
    assert!(!pilot.sees("Saving the method"), "nothing flickers");
    pilot.pass(500);
    assert!(pilot.sees("Saving the method …"), "{}", pilot.text());
    pilot.pass(4_000);
    assert!(reads(&pilot, "You may wait, or leave"), "{}", pilot.text());
    pilot.press(Action::Next);
    assert!(pilot.sees("✗ The method is being saved"), "{}", pilot.text());
    pilot.press(Action::Leave);
    assert!(pilot.ended);
    assert_eq!(world.saved().answers["method"], "verify_now");
}
