//! Roles that one is offered, and those an organization offers (rule P1).

use hublink::api::offer::Offer;
use hublink::api::organization::Administrator;
use hublink::domain::offer::OfferState;
use hublink::domain::role::Role;
use hublink::domain::welcome::WelcomeState;
use hublink::tui::browse::Home;
use hublink::tui::keymap::Action;
use hublink::tui::pilot::Pilot;

use crate::onboarding::{ORG, Onboarding};
use crate::script::{reads, take};
use crate::world::at;

fn offer(email: &str) -> Offer {
    Offer {
        organization: ORG.to_owned(),
        organization_name: "Borealis Energi".into(),
        email: email.into(),
        roles: vec![Role::FullAdmin],
        state: OfferState::Open,
        mail: WelcomeState::Sent,
        detail: None,
        offered_by: Some("bo@borealis.example".into()),
        offered_at: at("2026-03-01T09:00:00Z"),
        expires_at: at("2026-03-08T09:00:00Z"),
        mailed_at: Some(at("2026-03-01T09:00:00Z")),
        mail_again_at: Some(at("2026-03-08T09:00:00Z")),
    }
}

/// Somebody with no role and one offer, at home.
fn offered() -> (Onboarding, Pilot) {
    let world = Onboarding::customer();
    world.places.with(|world| {
        world.organizations.clear();
        world.me.roles.clear();
        world.me.offers = vec![offer("una@free.example")];
    });
    let pilot = world.pilot(Box::new(Home::default()), (80, 24));
    (world, pilot)
}

#[test]
fn p1_an_offer_is_on_the_first_screen_and_in_the_palette() {
    let (world, mut pilot) = offered();
    let words = "Borealis Energi offers you a role: full admin";
    assert!(pilot.sees(words) && pilot.sees("o answer it"), "{}", pilot.text());
    pilot.press(Action::Palette);
    assert!(pilot.sees("offers"), "{}", pilot.text());
    world.places.with(|world| world.me.offers.clear());
    let mut none = world.pilot(Box::new(Home::default()), (80, 24));
    assert!(!none.sees("offers you a role"), "{}", none.text());
    none.hit("o");
    assert!(none.sees("ORGANIZATIONS"), "{}", none.text());
}

#[test]
fn p1_declining_is_asked_once_more_and_can_be_lifted() {
    let (world, mut pilot) = offered();
    pilot.hit("o");
    assert!(reads(&pilot, "one organization at most"), "{}", pilot.text());
    assert!(reads(&pilot, "the role of full admin, by bo@borealis.example"), "{}", pilot.text());
    pilot.press(Action::Down).hit("enter");
    assert!(pilot.sees("Decline the offer?"), "{}", pilot.text());
    pilot.hit("n");
    assert!(pilot.sees("Accept the role in Borealis Energi"), "{}", pilot.text());
    pilot.hit("enter").hit("y");
    assert!(reads(&pilot, "You have declined."), "{}", pilot.text());
    assert!(!pilot.sees("Accept the role"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(pilot.sees("Accept the role in Borealis Energi"), "{}", pilot.text());
    assert_eq!(world.places.with(|world| world.me.offers[0].state), OfferState::Open);
}

#[test]
fn p1_accepting_reads_the_terms_ticks_and_leads_on() {
    let (world, mut pilot) = offered();
    pilot.hit("o").hit("enter");
    assert!(pilot.sees("These terms are between your organization"), "{}", pilot.text());
    assert!(reads(&pilot, "Accepting makes you full admin of Borealis Energi"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(reads(&pilot, "Tick that you accept the terms first"), "{}", pilot.text());
    assert_eq!(world.places.with(|world| world.me.offers.len()), 1, "nothing without the tick");
    pilot.hit("space").hit("enter").pass(500);
    assert!(pilot.sees("Set up services · Borealis Energi"), "{}", pilot.text());
}

#[test]
fn p1_an_organization_sees_its_offers_beside_its_roles_and_withdraws_one() {
    let world = Onboarding::customer();
    world.with(|state| {
        let admin = |email: &str, cannot_sign_in| Administrator {
            disabled: false,
            email: email.into(),
            role: Role::FullAdmin,
            cannot_sign_in,
        };
        state.organization.administrators =
            vec![admin("bo@borealis.example", false), admin("eva@borealis.example", true)];
        state.organization.offers = vec![offer("una@free.example")];
    });
    let mut pilot = world.pilot(Box::new(Home::default()), (80, 24));
    take(&mut pilot, "Administrators");
    assert!(
        reads(&pilot, "eva@borealis.example full admin cannot sign in yet"),
        "{}",
        pilot.text()
    );
    assert!(pilot.sees("una@free.example") && pilot.sees("open until"), "{}", pilot.text());
    pilot.press(Action::Down).press(Action::Down).hit("enter");
    assert!(reads(&pilot, "una@free.example is offered 1 role"), "{}", pilot.text());
    pilot.hit("y");
    assert!(pilot.sees("No role is offered to anybody."), "{}", pilot.text());
}
