//! The Contact Center card: a partner's press, the customer's press, failure and retry (rule T7).

use hublink::api::call::Request;
use hublink::api::setup::SetUpContactCenterCall;
use hublink::domain::setup::CenterPart::{Chat, ContactCenter as Tenant, Voice};
use hublink::domain::setup::PartState::{Failed, Ready};
use hublink::tui::browse::Home;
use hublink::tui::keymap::Action;
use hublink::tui::pilot::Pilot;
use hublink::tui::screens::contact_center::ContactCenter;

use crate::onboarding::{ORG, Onboarding};
use crate::script::{reads, take, unreachable};

fn card(world: &Onboarding, size: (u16, u16)) -> Pilot {
    world.pilot(Box::new(ContactCenter::new(&ORG.into())), size)
}

/// The countries of the presses; empty where one names none.
fn presses(pilot: &Pilot) -> Vec<String> {
    let press = |request: &Request| {
        Some(request.asked::<SetUpContactCenterCall>()?.2.country.unwrap_or_default())
    };
    pilot.sent.iter().filter_map(press).collect()
}

#[test]
fn t7_it_is_in_the_organizations_menu() {
    let mut pilot = Onboarding::partner().pilot(Box::new(Home::default()), (80, 24));
    take(&mut pilot, "Contact Center");
    assert!(pilot.sees("Borealis Energi › Contact Center"), "{}", pilot.text());
    pilot.press(Action::Back);
    assert!(pilot.sees("ORGANIZATIONS"), "{}", pilot.text());
}

#[test]
fn t7_after_a_partners_press_voice_is_ready_and_chat_waits() {
    let world = Onboarding::partner();
    let mut pilot = card(&world, (80, 24));
    assert!(pilot.sees("Set up voice") && !pilot.sees("voice and chat"), "{}", pilot.text());
    pilot.hit("enter");
    assert_eq!(presses(&pilot), ["NO"], "the organization's country by default");
    assert!(pilot.sees("Voice           under way, 10 %"), "{}", pilot.text());
    assert!(reads(&pilot, "Ready in 4 minutes."), "{}", pilot.text());
    world.move_on(Ready, &[Tenant, Voice]);
    pilot.pass(1_000).release();
    assert!(pilot.sees("✓ Voice           ready"), "{}", pilot.text());
    assert!(
        pilot.sees("! Chat            waiting for the customer administrator"),
        "{}",
        pilot.text()
    );
    assert!(!pilot.sees("Set up"), "nothing is left for a partner\n{}", pilot.text());
}

#[test]
fn t7_the_customers_own_press_enables_chat() {
    let world = Onboarding::customer();
    world.move_on(Ready, &[Tenant, Voice]);
    let mut pilot = card(&world, (80, 24));
    assert!(
        pilot.sees("choose Set Up to enable it.") && pilot.sees("Set up chat"),
        "{}",
        pilot.text()
    );
    pilot.hit("enter");
    assert!(pilot.sees("Chat            under way"), "{}", pilot.text());
    world.move_on(Ready, &[Chat]);
    pilot.pass(1_000).release();
    assert!(pilot.sees("✓ Chat            ready"), "{}", pilot.text());
}

#[test]
fn t7_both_at_once_where_nothing_was_begun() {
    let pilot = card(&Onboarding::customer(), (80, 24));
    assert!(pilot.sees("Set up voice and chat"), "{}", pilot.text());
}

#[test]
fn t7_where_it_operates_is_asked_once() {
    let world = Onboarding::partner();
    let mut pilot = card(&world, (80, 24));
    assert!(pilot.sees("Country of operation  Norway"), "{}", pilot.text());
    pilot.press(Action::PreviousPane);
    for _ in 0.."Norway".len() {
        pilot.hit("backspace");
    }
    pilot.text_in("Nowhere").hit("enter");
    assert!(reads(&pilot, "✗ Write a country's name"), "{}", pilot.text());
    assert!(presses(&pilot).is_empty());
    for _ in 0.."Nowhere".len() {
        pilot.hit("backspace");
    }
    pilot.text_in("germ");
    assert!(pilot.sees("▸ Germany  data in Europe"), "{}", pilot.text());
    assert!(pilot.sees("enter choose"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(presses(&pilot).is_empty(), "what was chosen is seen before it acts");
    pilot.hit("enter");
    assert_eq!(presses(&pilot), ["DE"]);
    assert!(pilot.sees("Operates in  Germany"), "{}", pilot.text());
}

#[test]
fn t7_without_a_country_one_is_asked_for() {
    let world = Onboarding::partner();
    world.with(|state| state.setup.contact_center.country = None);
    let mut pilot = card(&world, (80, 24));
    pilot.hit("enter");
    assert!(reads(&pilot, "Name the country that it operates in first."), "{}", pilot.text());
    assert!(presses(&pilot).is_empty());
}

#[test]
fn t7_what_failed_says_why_and_is_tried_again() {
    let world = Onboarding::partner();
    let mut pilot = card(&world, (80, 24));
    pilot.hit("enter");
    world.with(|state| {
        state.setup.contact_center.voice.reason = Some("no numbers are left in Norway".into());
    });
    world.move_on(Ready, &[Tenant]);
    world.move_on(Failed, &[Voice]);
    pilot.pass(1_000).release();
    assert!(
        pilot.sees("✗ Voice           failed: no numbers are left in Norway"),
        "{}",
        pilot.text()
    );
    assert!(pilot.sees("Set up voice again"), "{}", pilot.text());
    pilot.hit("enter");
    assert_eq!(presses(&pilot), ["NO", ""], "it stays where it is");
    assert!(pilot.sees("Voice           under way"), "{}", pilot.text());
}

#[test]
fn t7_a_plan_without_it_says_so() {
    let world = Onboarding::partner();
    world.with(|state| state.setup.contact_center.in_plan = false);
    let pilot = card(&world, (80, 24));
    assert!(reads(&pilot, "Contact Center is not part of this organization's plan."));
    assert!(!pilot.sees("Set up"), "{}", pilot.text());
}

#[test]
fn a_press_that_was_lost_can_be_pressed_again() {
    let world = Onboarding::partner();
    let mut pilot = card(&world, (80, 24));
    let press = |request: &Request| request.is::<SetUpContactCenterCall>();
    world.refuse(press, unreachable());
    pilot.hit("enter");
    assert!(reads(&pilot, "The backend cannot be reached"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(pilot.sees("Voice           under way"), "{}", pilot.text());
}

#[test]
fn t5_the_country_is_kept_in_the_draft_of_the_setup() {
    let world = Onboarding::partner();
    world.finished("northwind");
    let mut pilot = world.wizard((80, 24));
    pilot.press(Action::PreviousPane).text_in("Icel").pass(2_000);
    let saved = world.with(|state| state.draft.clone().unwrap());
    assert_eq!(saved.answers["country"], "Icel");
    assert!(world.wizard((80, 24)).sees("Icel"));
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
        let world = Onboarding::partner();
        let mut pilot = card(&world, (width, height));
        picture("before", &pilot);
        pilot.hit("enter");
        picture("under_way", &pilot);
        world.move_on(Ready, &[Tenant, Voice]);
        pilot.pass(1_000).release();
        picture("chat_waits", &pilot);
    }
}
