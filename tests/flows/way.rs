//! The whole way of the Link-users wizard, for each method.

use hublink::api::call::Request;
use hublink::api::plan::{ApplyPlan, MakePlan, Selection};
use hublink::api::run::WatchRun;
use hublink::api::site;
use hublink::api::site::{Agreement, SetMethodCall};
use hublink::domain::linking::LinkingMethod::{self, ReceiveEmail, SignAgreement, VerifyNow};
use hublink::tui::keymap::Action;
use hublink::tui::pilot::Pilot;
use serde_json::json;

use crate::script::{Shared, down};
use crate::world::{SITE, at, over};

/// A site without a method.
fn begin() -> (Shared, Pilot) {
    let world = Shared::new(None);
    let pilot = world.pilot((80, 24));
    assert!(pilot.sees("● Method"), "{}", pilot.text());
    (world, pilot)
}

/// From choosing the users to the end.
fn invite(world: &Shared, pilot: &mut Pilot) {
    assert!(pilot.sees("● Select"), "{}", pilot.text());
    pilot.press(Action::TickAll).hit("enter");
    assert!(pilot.sees("● Plan"), "{}", pilot.text());
    pilot.text_in("12").hit("enter");
    assert!(pilot.sees("● Invite"), "{}", pilot.text());
    world.with(|world| world.run = world.run.take().map(over));
    pilot.pass(1_000).release();
    pilot.hit("enter");
    assert!(pilot.sees("● Results"), "{}", pilot.text());
    pilot.press(Action::Bottom).hit("enter");
    assert!(pilot.ended, "{}", pilot.text());
}

/// What was sent on the way, without drafts and lists.
fn acts(pilot: &Pilot) -> Vec<&'static str> {
    let act = |request: &Request| {
        if request.is::<SetMethodCall>() {
            Some("method")
        } else if request.is::<site::SignAgreement>() {
            Some("sign")
        } else if request.is::<MakePlan>() {
            Some("plan")
        } else if request.is::<ApplyPlan>() {
            Some("apply")
        } else if let Some((_, query, _)) = &request.asked::<WatchRun>()
            && query.after.is_none()
        {
            Some("watch")
        } else if request.about.route.tag == "Domains"
            || request.about.route.tag == "Drafts"
            || request.about.route.tag == "Sites"
            || request.about.route.tag == "Runs"
            || request.about.route.tag == "Users"
        {
            None
        } else {
            panic!("{request:?}")
        }
    };
    pilot.sent.iter().filter_map(act).collect()
}

fn choose(pilot: &mut Pilot, method: LinkingMethod) {
    let at = LinkingMethod::ALL.iter().position(|of| *of == method).unwrap();
    down(pilot, at).hit("space").hit("enter");
    assert!(pilot.sees("● Domains"), "{}", pilot.text());
}

#[test]
fn u2_receive_email_from_the_method_to_the_results() {
    let (world, mut pilot) = begin();
    choose(&mut pilot, ReceiveEmail);
    pilot.hit("enter");
    invite(&world, &mut pilot);
    assert_eq!(acts(&pilot), ["method", "plan", "apply", "watch", "watch"]);
}

#[test]
fn u2_verify_now_from_the_method_to_the_results() {
    let (world, mut pilot) = begin();
    choose(&mut pilot, VerifyNow);
    pilot.hit("enter");
    invite(&world, &mut pilot);
    assert_eq!(acts(&pilot), ["method", "plan", "apply", "watch", "watch"]);
}

#[test]
fn u2_sign_agreement_from_the_method_to_the_results() {
    let (world, mut pilot) = begin();
    choose(&mut pilot, SignAgreement);
    pilot.press(Action::NextPane).hit("enter");
    while !pilot.sees("● Domains") {
        pilot.hit("enter");
    }
    pilot.press(Action::Tick);
    pilot.text_in(SITE).hit("enter");
    invite(&world, &mut pilot);
    assert_eq!(acts(&pilot), ["method", "sign", "plan", "apply", "watch", "watch"]);
}

#[test]
fn u2_back_from_anywhere_keeps_every_answer() {
    let world = Shared::new(Some(VerifyNow)).at_step("results");
    let before = world.saved().answers;
    let mut pilot = world.pilot((80, 24));
    while !pilot.sees("● Method") {
        pilot.press(Action::Back).pass(2_000);
    }
    let after = world.saved().answers;
    for key in ["selection", "plan", "run"] {
        assert_eq!(before[key], after[key], "{key}");
    }
}

#[test]
fn u2_the_wizard_comes_back_where_it_was_left() {
    for (step, words) in [("plan", "● Plan"), ("invite", "● Invite"), ("results", "● Results")]
    {
        let world = Shared::new(Some(VerifyNow)).at_step(step);
        assert!(world.pilot((80, 24)).sees(words), "{step}");
    }
}

#[test]
fn u3_a_second_wave_begins_where_the_first_ended() {
    let world = Shared::new(Some(VerifyNow)).at_step("results");
    let mut pilot = world.pilot((80, 24));
    pilot.press(Action::Rest).pass(2_000);
    let saved = world.saved();
    assert_eq!(saved.step, "plan");
    assert_eq!(saved.answers["selection"], json!(Selection::Rest {}));
    assert!(saved.answers.get("run").is_none(), "the first run is not this plan's");
}

#[test]
fn d4_the_deadline_stands_on_every_page_of_the_wizard_louder_near_its_end() {
    for step in ["method", "domains", "select", "plan", "invite", "results"] {
        let world = Shared::new(Some(LinkingMethod::SignAgreement)).at_step(step);
        let agreement = Agreement {
            domain: "acme-labs.example".into(),
            signed_at: at("2026-01-10T08:00:00Z"),
            deadline: at("2026-04-10T08:00:00Z"),
            lapsed: false,
            signed_by: "fay@acme.example".into(),
            text_sha256: String::new(),
        };
        world.with(|world| world.site.agreements = vec![agreement]);
        let small = world.pilot((80, 24));
        let steps = small.text().lines().nth(1).unwrap_or_default().to_owned();
        assert!(steps.ends_with("due 10 Apr"), "{step}:\n{}", small.text());
        assert!(steps.contains("○ Results") || steps.contains("● Results"), "{steps}");
        let large = world.pilot((160, 50));
        assert!(large.sees("domain due 10 Apr"), "{step}:\n{}", large.text());
    }
}
