//! Services setup from the plan to the card (rules T5, T6), and home while it is pending.

use std::collections::BTreeMap;
use std::path::Path;

use hublink::api::call::Request;
use hublink::api::problem::code;
use hublink::api::setup::{CheckSubdomain, FinishSetupCall};
use hublink::domain::setup::SetupState;
use hublink::tui::browse::Home;
use hublink::tui::keymap::{Action, Availability};
use hublink::tui::pilot::Pilot;
use hublink::tui::wizard::Wizard;
use hublink::tui::wizard::setup::SetUpServices;
use serde_json::json;

use crate::onboarding::{ORG, Onboarding};
use crate::script::{problem, reads, refused, take, unreachable};

const SIZES: [(u16, u16); 3] = [(80, 24), (40, 12), (160, 50)];

/// The names that the backend was asked about, in order.
fn asked(pilot: &Pilot) -> Vec<String> {
    let asked = |request: &Request| Some(request.asked::<CheckSubdomain>()?.1.name);
    pilot.sent.iter().filter_map(asked).collect()
}

fn at_subdomain(world: &Onboarding) -> Pilot {
    let mut pilot = world.wizard((80, 24));
    pilot.hit("enter");
    assert!(pilot.sees("● Subdomain"), "{}", pilot.text());
    pilot
}

#[test]
fn t1_nothing_is_set_up_for_a_trial_that_has_expired() {
    let world = Onboarding::partner();
    world.with(|state| {
        let trial = state.organization.trial.as_mut().unwrap();
        trial.state = hublink::domain::trial::TrialState::Expired;
    });
    let mut pilot = world.wizard((80, 24));
    assert!(reads(&pilot, "! The trial has ended: nothing can be set up"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(pilot.sees("● Plan") && pilot.sees("✗ The trial has ended"), "{}", pilot.text());
}

#[test]
fn t5_from_the_plan_to_the_card() {
    let world = Onboarding::partner();
    let mut pilot = world.wizard((80, 24));
    assert!(pilot.sees("● Plan") && pilot.sees("250  Messaging"), "{}", pilot.text());
    assert!(reads(&pilot, "Finish this before you hand over"), "{}", pilot.text());
    pilot.hit("enter").text_in("northwind").pass(300);
    assert!(pilot.sees("✓ northwind is free"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(pilot.sees("● Finish"), "{}", pilot.text());
    assert!(reads(&pilot, "same as: hublink setup finish --org borealis --subdomain northwind"));
    pilot.hit("enter");
    assert!(pilot.sees("● Contact Center"), "{}", pilot.text());
    assert!(reads(&pilot, "Borealis Energi is set up, under northwind."), "{}", pilot.text());
    assert!(reads(&pilot, "adds users: at a site"), "{}", pilot.text());
    pilot.press(Action::Down).hit("enter");
    assert!(pilot.ended && world.with(|state| state.draft.is_none()), "the draft is done with");
}

#[test]
fn t7_a_plan_without_contact_center_ends_without_its_card() {
    let world = Onboarding::partner();
    world.with(|state| state.setup.contact_center.in_plan = false);
    let mut pilot = world.wizard((160, 50));
    pilot.hit("enter").text_in("northwind").pass(300).hit("enter");
    assert!(!reads(&pilot, "Then comes Contact Center"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(reads(&pilot, "Borealis Energi is set up, under northwind."), "{}", pilot.text());
    assert!(reads(&pilot, "The plan has no Contact Center"), "{}", pilot.text());
    assert!(pilot.sees("● What next") && !pilot.sees("● Contact Center"), "{}", pilot.text());
    assert!(!reads(&pilot, "find this card") && !pilot.sees("Chat"), "{}", pilot.text());
    assert!(reads(&pilot, "adds users: at a site"), "{}", pilot.text());
    // One comes from home or from the trials, and goes back there.
    assert!(pilot.sees("Back to where you were"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(pilot.ended, "{}", pilot.text());
}

#[test]
fn t5_the_customer_is_not_told_to_hand_over() {
    let pilot = Onboarding::customer().wizard((80, 24));
    assert!(pilot.sees("● Plan") && !reads(&pilot, "hand over"), "{}", pilot.text());
}

#[test]
fn t6_one_is_asked_about_after_a_rest_and_never_shown_an_older_answer() {
    let world = Onboarding::partner();
    let mut pilot = at_subdomain(&world);
    pilot.text_in("bor").pass(249).text_in("ealis");
    assert!(asked(&pilot).is_empty(), "not while one types");
    world.with(|state| state.silent = Some(|request| request.about.route.tag == "Setup"));
    pilot.pass(250);
    assert_eq!(asked(&pilot), ["borealis"]);
    // The answer to what stood there before comes when something else stands there.
    pilot.text_in("x");
    world.with(|state| state.silent = None);
    pilot.release();
    assert!(!pilot.sees("belongs to another"), "{}", pilot.text());
    pilot.pass(250);
    assert_eq!(asked(&pilot), ["borealis", "borealisx"]);
    assert!(pilot.sees("✓ borealisx is free"), "{}", pilot.text());
}

#[test]
fn t6_each_answer_stands_beside_the_field_and_gates_next() {
    let world = Onboarding::partner();
    let mut pilot = at_subdomain(&world);
    for (name, words) in [
        ("bor-ealis", "✗ character 4 is \"-\""),
        ("admin", "✗ admin is kept for the service itself"),
        ("borealis", "✗ borealis belongs to another organization"),
    ] {
        pilot.text_in(name).pass(250);
        assert!(pilot.sees(words), "{}", pilot.text());
        pilot.hit("enter");
        assert!(pilot.sees("● Subdomain"), "{}", pilot.text());
        for _ in 0..name.len() {
            pilot.hit("backspace");
        }
    }
    pilot.hit("enter");
    assert!(reads(&pilot, "There must be at least one letter or digit."), "{}", pilot.text());
}

#[test]
fn t6_a_free_name_is_one_key_away() {
    let world = Onboarding::partner();
    let mut pilot = at_subdomain(&world);
    assert!(pilot.sees("borealisenergi"), "to begin with\n{}", pilot.text());
    pilot.text_in("admin").pass(250);
    assert!(pilot.sees("admingroup") && !pilot.sees("borealisgroup"), "{}", pilot.text());
    pilot.press(Action::NextPane).press(Action::Down).hit("enter").pass(0);
    assert!(pilot.sees("✓ admingroup is free"), "{}", pilot.text());
    pilot.press(Action::Next);
    assert!(pilot.sees("● Finish"), "{}", pilot.text());
}

#[test]
fn t6_enter_before_the_answer_goes_on_when_it_is_free() {
    let world = Onboarding::partner();
    let mut pilot = at_subdomain(&world);
    pilot.text_in("northwind").hit("enter");
    assert!(pilot.sees("● Finish"), "{}", pilot.text());
    assert_eq!(asked(&pilot), ["northwind"]);
    pilot.press(Action::Back).text_in("-").hit("enter");
    assert!(pilot.sees("● Subdomain"), "{}", pilot.text());
}

#[test]
fn t6_taken_meanwhile_leads_back_with_free_names_and_keeps_every_answer() {
    let world = Onboarding::partner();
    let mut pilot = at_subdomain(&world);
    pilot.text_in("northwind").hit("enter");
    world.with(|state| state.taken.push("northwind".to_owned()));
    pilot.hit("enter");
    assert!(pilot.sees("● Subdomain"), "{}", pilot.text());
    assert!(pilot.sees("✗ northwind belongs to another organization"), "{}", pilot.text());
    assert!(pilot.sees("northwindgroup"), "{}", pilot.text());
    pilot.pass(2_000);
    let saved = world.with(|state| state.draft.clone().unwrap());
    assert_eq!(
        (saved.step.as_str(), &saved.answers["subdomain"]),
        ("subdomain", &json!("northwind"))
    );
    pilot.press(Action::NextPane).hit("enter").pass(0);
    pilot.press(Action::Next).hit("enter");
    assert!(pilot.sees("● Contact Center"), "{}", pilot.text());
    assert_eq!(
        world.with(|state| state.setup.subdomain.clone()).as_deref(),
        Some("northwindenergi")
    );
}

#[test]
fn t5_finished_by_somebody_else_meanwhile_leads_to_the_card() {
    let world = Onboarding::partner();
    let mut pilot = at_subdomain(&world);
    pilot.text_in("northwind").hit("enter");
    world.finished("elsewhere");
    let over = problem(code::SETUP_FINISHED, 409, "Services setup is finished.", "");
    world.refuse(Request::is::<FinishSetupCall>, refused(over));
    pilot.hit("enter");
    assert!(pilot.sees("● Contact Center") && pilot.sees("under elsewhere."), "{}", pilot.text());
}

#[test]
fn a_lost_answer_to_finish_is_asked_for_again() {
    let world = Onboarding::partner();
    let mut pilot = at_subdomain(&world);
    pilot.text_in("northwind").hit("enter");
    world.refuse(Request::is::<FinishSetupCall>, unreachable());
    pilot.hit("enter");
    assert!(reads(&pilot, "Your answers are kept; r asks again."), "{}", pilot.text());
    pilot.press(Action::Reload);
    assert!(pilot.sees("● Contact Center"), "{}", pilot.text());
}

#[test]
fn t5_it_resumes_where_it_was_at_every_page() {
    for (step, words) in
        [("review", "● Plan"), ("subdomain", "✓ northwind is free"), ("finish", "● Finish")]
    {
        let world = Onboarding::partner();
        world.left_at(step, json!({ "subdomain": "northwind" }));
        let pilot = world.wizard((80, 24));
        assert!(pilot.sees(words), "{step}\n{}", pilot.text());
        assert!(step == "review" || pilot.sees("northwind"), "{}", pilot.text());
    }
    let world = Onboarding::partner();
    world.left_at("subdomain", json!({ "subdomain": "northwind" }));
    world.finished("northwind");
    assert!(world.wizard((80, 24)).sees("● Contact Center"), "whatever the draft says");
}

#[test]
fn t5_what_was_typed_outlives_a_backend_that_is_away() {
    let world = Onboarding::partner();
    let mut pilot = at_subdomain(&world);
    world.with(|state| state.silent = Some(|_| true));
    pilot.text_in("northwind");
    pilot.hit("ctrl-c");
    let file = Path::new("/state/drafts/setup-borealis.json");
    let kept = String::from_utf8(pilot.file(file).unwrap().to_vec()).unwrap();
    assert!(kept.contains("northwind"), "{kept}");
    world.with(|state| state.silent = None);
    let files: BTreeMap<_, _> = pilot.files.clone();
    let first = Box::new(Wizard::<SetUpServices>::new(&ORG.into()));
    let again = world.pilot_with(first, (80, 24), files);
    assert!(again.sees("✓ northwind is free"), "{}", again.text());
}

#[test]
fn t5_home_says_at_every_opening_that_setup_is_pending_and_what_to_press() {
    for world in [Onboarding::partner(), Onboarding::customer()] {
        let mut pilot = world.pilot(Box::new(Home::default()), (80, 24));
        assert!(pilot.sees("setup pending"), "{}", pilot.text());
        assert!(pilot.sees("! Services setup of Borealis Energi is pending"), "{}", pilot.text());
        pilot.hit("s");
        assert!(pilot.sees("● Plan"), "{}", pilot.text());
    }
    let world = Onboarding::partner();
    world.places.with(|world| world.organizations[0].setup = Some(SetupState::Finished));
    let pilot = world.pilot(Box::new(Home::default()), (80, 24));
    assert!(!pilot.sees("pending"), "{}", pilot.text());
    assert_eq!(pilot.app().can(Action::SetUp), Availability::Hidden);
}

#[test]
fn who_may_not_set_up_is_not_asked_to() {
    let world = Onboarding::partner();
    world.places.with(|world| {
        world.organizations[0].my_roles = vec![hublink::domain::role::Role::ReadOnlyAdmin];
    });
    let mut pilot = world.pilot(Box::new(Home::default()), (80, 24));
    assert!(pilot.sees("setup pending") && !pilot.sees("set it up"), "{}", pilot.text());
    take(&mut pilot, "Set up services");
    assert!(
        reads(&pilot, "Only a full admin of the organization, or its partner"),
        "{}",
        pilot.text()
    );
}

#[test]
fn what_stands_on_screen() {
    for (width, height) in SIZES {
        let picture = |name: &str, pilot: &Pilot| {
            insta::assert_snapshot!(
                format!("{name}_{width}x{height}"),
                crate::same_as::text(pilot)
            );
        };
        let world = Onboarding::partner();
        picture("home_pending", &world.pilot(Box::new(Home::default()), (width, height)));
        let mut pilot = world.wizard((width, height));
        picture("review", &pilot);
        pilot.hit("enter").text_in("borealis").pass(300);
        picture("subdomain_taken", &pilot);
        pilot.text_in("north").pass(300);
        picture("subdomain_free", &pilot);
        pilot.hit("enter");
        picture("finish", &pilot);
        pilot.hit("enter");
        picture("card", &pilot);
    }
}
