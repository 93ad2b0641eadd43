//! The order wizard: the three cases of rule T3, and waiting for an answer.

use hublink::api::call::Request;
use hublink::api::order::{
    Administered, ListOrderCandidates, MapOrder, MapOrderCall, Order, OrderCandidate, OrderMatch,
};
use hublink::api::problem::code;
use hublink::domain::country::Country;
use hublink::domain::draft::Wizard as Kind;
use hublink::domain::order::OrderState;
use hublink::domain::organization::OrganizationKind;
use hublink::domain::services::{Service, ServiceLine};
use hublink::domain::trial::TrialState;
use hublink::tui::keymap::Action;
use hublink::tui::pilot::Pilot;
use serde_json::json;

use crate::script::{problem, reads, refused};
use crate::selling::{ORDER, SIZES, Selling, nothing_found, says};
use crate::world::{NOW, at};

const SIZE: (u16, u16) = (80, 24);
const WHO: &str = "kari@borealis.example";

pub fn candidate(id: &str, name: &str) -> OrderCandidate {
    OrderCandidate {
        organization: id.to_owned(),
        name: name.into(),
        kind: OrganizationKind::Customer,
        trial: None,
        created_at: at("2019-04-02T00:00:00Z"),
        country: Some(Country::parse("NO").unwrap()),
        people: 61,
        people_in_domain: 58,
        sites: 1,
        last_change: Some(at("2026-02-11T08:15:00Z")),
        must_accept: false,
        why_not: String::new(),
    }
}

/// (b) One of ours, one that must accept, one that has declined.
fn candidates() -> OrderMatch {
    let old = OrderCandidate {
        trial: Some(TrialState::Expired),
        people: 3,
        people_in_domain: 1,
        sites: 0,
        last_change: None,
        must_accept: true,
        ..candidate("boreal-2", "Boreal Outfitters")
    };
    let declined = OrderCandidate {
        must_accept: true,
        why_not: "It has declined this order.".to_owned(),
        ..candidate("boreal-3", "BOREALIS Shipping")
    };
    let candidates = vec![candidate("borealis", "Borealis Foods"), old, declined];
    OrderMatch { candidates, ..nothing_found(WHO) }
}

/// (a) An administrator of an organization.
fn administers(name: Option<&str>, why_not: &str) -> OrderMatch {
    let administered = Administered {
        organization: name.map(|_| "borealis".to_owned()),
        name: name.map(Into::into),
        must_accept: name.is_none(),
        why_not: why_not.to_owned(),
    };
    OrderMatch { administers: Some(administered), ..nothing_found(WHO) }
}

fn world(found: OrderMatch) -> Selling {
    let world = Selling::new();
    world.with(|world| world.found = found);
    world
}

/// With the address given.
fn at_organization(found: OrderMatch) -> (Selling, Pilot) {
    let world = world(found);
    let mut pilot = world.order(SIZE);
    assert!(pilot.sees("● Order") && pilot.sees("Borealis Trading AS"), "{}", pilot.text());
    pilot.text_in(WHO).hit("enter");
    assert!(pilot.sees("● Organization"), "{}", pilot.text());
    (world, pilot)
}

fn mapped(pilot: &Pilot) -> Vec<MapOrder> {
    let map = |request: &Request| Some(request.asked::<MapOrderCall>()?.2);
    pilot.sent.iter().filter_map(map).collect()
}

fn looked(pilot: &Pilot) -> usize {
    let looks = |request: &&Request| request.is::<ListOrderCandidates>();
    pilot.sent.iter().filter(looks).count()
}

fn to_map(organization: Option<&str>, new: bool) -> MapOrder {
    MapOrder {
        administrator: WHO.to_owned(),
        organization: organization.map(str::to_owned),
        new_organization: new,
        site_url: None,
        time_zone: None,
    }
}

#[test]
fn t3_a_an_administrators_organization_gets_the_order() {
    let (_, mut pilot) = at_organization(administers(Some("Borealis Foods"), ""));
    assert!(reads(&pilot, "kari@borealis.example administers Borealis Foods."), "{}", pilot.text());
    assert!(reads(&pilot, "nowhere else"), "{}", pilot.text());
    assert!(pilot.sees("→ 1 welcome mail to kari@borealis.example"), "{}", pilot.text());
    assert!(mapped(&pilot).is_empty());
    pilot.hit("enter");
    assert_eq!(mapped(&pilot), [to_map(None, false)]);
    assert!(reads(&pilot, "is mapped to Borealis Trading AS"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(!pilot.ended && pilot.sees("Set up services"), "{}", pilot.text());
}

#[test]
fn t3_a_an_organization_of_somebody_else_is_asked_and_not_named() {
    let (world, mut pilot) = at_organization(administers(None, ""));
    assert!(reads(&pilot, "that Meridian Networks does not manage"), "{}", pilot.text());
    assert!(reads(&pilot, "Until then you see only the order"), "{}", pilot.text());
    assert!(pilot.sees("enter ask them"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(reads(&pilot, "Waiting for the organization's answer"), "{}", pilot.text());
    assert!(!pilot.sees("enter set up services"), "Next is off\n{}", pilot.text());
    pilot.hit("enter");
    assert!(reads(&pilot, "services setup opens once it accepts"), "{}", pilot.text());
    world.with(|world| world.orders[1].state = OrderState::Mapped);
    pilot.pass(15_000);
    assert!(pilot.sees("✓ Order SO-26-0322 is mapped"), "it looks again\n{}", pilot.text());
    assert!(pilot.sees("enter set up services"), "{}", pilot.text());
}

#[test]
fn t3_a_dead_end_names_its_way_out() {
    let partners = "It is a partner's own organization; orders are mapped to customers.";
    let (_, mut pilot) = at_organization(administers(Some("Meridian Networks"), partners));
    assert!(reads(&pilot, "Esc goes back to use another address."), "{}", pilot.text());
    pilot.hit("enter");
    assert!(mapped(&pilot).is_empty() && reads(&pilot, "The order cannot go there"));
    pilot.hit("esc");
    assert!(pilot.sees("● Order") && pilot.sees(WHO), "{}", pilot.text());
}

#[test]
fn t3_b_candidates_show_what_one_needs_to_judge_them() {
    let (_, mut pilot) = at_organization(candidates());
    for words in [
        "Borealis Foods customer · created 2 Apr 2019 · Norway · 61 people, 58 at \
         borealis.example · 1 site · last change 11 Feb",
        "customer, trial expired · created 2 Apr 2019",
        "no change on record",
        "a full admin of it must accept first",
        "It has declined this order.",
        "A new organization Borealis Trading AS in Norway",
    ] {
        let all = pilot.resize(100, 50);
        assert!(says(all, words), "{words}\n{}", all.text());
    }
    assert!(reads(&pilot, "Choose one; nothing is sent yet."), "{}", pilot.text());
    pilot.hit("enter");
    assert!(mapped(&pilot).is_empty(), "it chooses, and no more\n{}", pilot.text());
    pilot.hit("enter");
    assert_eq!(mapped(&pilot), [to_map(Some("borealis"), false)]);
}

#[test]
fn t3_b_what_was_declined_cannot_be_chosen() {
    let (_, mut pilot) = at_organization(candidates());
    pilot.hit("down").hit("down").hit("enter");
    assert!(mapped(&pilot).is_empty(), "{}", pilot.text());
    assert!(reads(&pilot, "It has declined this order."), "{}", pilot.text());
    pilot.hit("up").hit("space");
    assert!(reads(&pilot, "→ e-mails to its full admins"), "{}", pilot.text());
    pilot.hit("enter");
    assert_eq!(mapped(&pilot), [to_map(Some("boreal-2"), false)]);
    assert!(reads(&pilot, "Waiting for the organization's answer"), "{}", pilot.text());
    pilot.hit("esc");
    assert!(pilot.sees("● Organization"), "another one can be asked\n{}", pilot.text());
}

#[test]
fn t3_c_a_new_organization() {
    let (world, mut pilot) = at_organization(nothing_found(WHO));
    assert!(reads(&pilot, "no organization looks like this one"), "{}", pilot.text());
    pilot.hit("space");
    assert!(pilot.sees("→ 1 new organization · 1 welcome mail"), "{}", pilot.text());
    assert!(pilot.sees("hublink order map SO-26-0322 --administrator"), "{}", pilot.text());
    pilot.hit("enter");
    assert_eq!(mapped(&pilot), [to_map(None, true)]);
    pilot.hit("esc");
    assert!(pilot.ended && world.saved(Kind::Order).is_none(), "the draft is done with");
}

#[test]
fn t3_c_meetings_get_a_site_in_a_new_organization() {
    let world = world(nothing_found(WHO));
    let meetings = ServiceLine { service: Service::Meetings, quantity: 12 };
    world.with(|world| world.orders[1].services.push(meetings));
    let mut pilot = world.order((200, 30));
    pilot.text_in(WHO).hit("enter");
    assert!(!pilot.sees("Site URL"), "not before a new one is chosen\n{}", pilot.text());
    pilot.hit("space");
    assert!(pilot.sees("Site URL") && pilot.sees("Time zone"), "{}", pilot.text());
    assert!(pilot.sees("→ 1 new organization, 1 new site"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(mapped(&pilot).is_empty());
    assert!(reads(&pilot, "Meetings need a site: give its URL."), "{}", pilot.text());
    pilot.text_in("borealis.webex.example").press(Action::NextPane).text_in("oslo");
    assert!(pilot.sees("▸ Europe/Oslo") && pilot.sees("enter choose"), "{}", pilot.text());
    pilot.hit("enter").pass(1_000);
    assert!(mapped(&pilot).is_empty(), "which time zone it is, is seen before it is mapped");
    let command = "--new --site-url borealis.webex.example --time-zone Europe/Oslo";
    assert!(reads(&pilot, command), "{}", pilot.text());
    pilot.hit("enter").hit("enter");
    let want = MapOrder {
        site_url: Some("borealis.webex.example".into()),
        time_zone: Some("Europe/Oslo".into()),
        ..to_map(None, true)
    };
    assert_eq!(mapped(&pilot), [want]);
}

#[test]
fn t3_c_a_person_of_another_organization_gets_no_new_one() {
    let why = "This person is in another organization.";
    let found =
        OrderMatch { may_create: false, why_not_create: why.to_owned(), ..nothing_found(WHO) };
    let (_, mut pilot) = at_organization(found);
    assert!(reads(&pilot, why), "{}", pilot.text());
    pilot.hit("enter");
    assert!(mapped(&pilot).is_empty());
}

#[test]
fn t3_candidates_are_looked_for_once_per_address() {
    let (_, mut pilot) = at_organization(candidates());
    pilot.hit("esc").hit("enter");
    assert_eq!(looked(&pilot), 1, "the list is recorded and limited");
    pilot.hit("esc").text_in("x").hit("enter");
    assert_eq!(looked(&pilot), 2);
    pilot.press(Action::Reload);
    assert_eq!(looked(&pilot), 3);
}

#[test]
fn t3_too_many_looks_are_told() {
    let world = world(candidates());
    let looks: fn(&Request) -> bool = |request| request.is::<ListOrderCandidates>();
    let words = "You have looked 20 times in an hour.";
    world.refuse(looks, refused(problem(code::TOO_MANY, 429, words, "Wait 12 minutes.")));
    let mut pilot = world.order(SIZE);
    pilot.text_in(WHO).hit("enter");
    assert!(reads(&pilot, "You have looked 20 times in an hour. Wait 12 minutes."));
    pilot.press(Action::Reload);
    assert!(pilot.sees("Borealis Foods"), "{}", pilot.text());
}

#[test]
fn t3_what_is_wrong_with_the_address_goes_back_to_it() {
    let world = world(nothing_found(WHO));
    let maps: fn(&Request) -> bool = |request| request.is::<MapOrderCall>();
    let mut wrong = problem(code::OTHER_ORGANIZATION, 409, "Kari is elsewhere.", "Ask Kari.");
    wrong.field = Some("administrator".to_owned());
    world.refuse(maps, refused(wrong));
    let mut pilot = world.order(SIZE);
    pilot.text_in(WHO).hit("enter").hit("space").hit("enter");
    assert!(pilot.sees("● Order") && pilot.sees("✗ Kari is elsewhere. Ask Kari."));
    pilot.hit("enter");
    assert!(pilot.sees("● Order"), "it holds until the address is changed\n{}", pilot.text());
}

#[test]
fn t3_a_declined_order_is_mapped_again() {
    let world = world(candidates());
    world.with(|world| {
        let order = &mut world.orders[1];
        order.state = OrderState::Refused;
        order.settled_at = Some(at(NOW));
    });
    let pilot = world.order(SIZE);
    assert!(pilot.sees("● Order"), "{}", pilot.text());
    assert!(reads(&pilot, "The organization that was asked declined 09:42 UTC."));
}

#[test]
fn section_4_it_comes_back_at_every_page_with_every_answer() {
    let answers = json!({ "administrator": WHO, "target": { "candidate": "borealis" } });
    for (step, words) in [("order", WHO), ("organization", "◉ Borealis Foods")] {
        let world = world(candidates()).at_step(Kind::Order, ORDER, step, answers.clone());
        let mut pilot = world.order(SIZE);
        assert!(pilot.sees(words), "{step}\n{}", pilot.text());
        pilot.hit("ctrl-c");
        assert_eq!(world.saved(Kind::Order).unwrap().answers, answers);
    }
    let asked = |order: &mut Order| order.asked_at = Some(at(NOW));
    let settled = |order: &mut Order| order.state = OrderState::Mapped;
    for (change, words) in [
        (&asked as &dyn Fn(&mut Order), "Waiting for the organization's answer"),
        (&settled, "is mapped to"),
    ] {
        let world =
            world(candidates()).at_step(Kind::Order, ORDER, "organization", answers.clone());
        world.with(|world| change(&mut world.orders[1]));
        assert!(reads(&world.order(SIZE), words), "{words}");
    }
}

/// Takes three pictures.
fn pictures(name: &str, found: &dyn Fn() -> OrderMatch, act: impl Fn(&mut Pilot)) {
    for size in SIZES {
        let mut pilot = world(found()).order(size);
        pilot.text_in(WHO);
        act(&mut pilot);
        insta::assert_snapshot!(
            format!("{name}_{}x{}", size.0, size.1),
            crate::same_as::text(&pilot)
        );
    }
}

#[test]
fn pictures_of_the_order_and_its_organization() {
    pictures("order", &candidates, |_| {});
    pictures("candidates", &candidates, |pilot| {
        pilot.hit("enter").hit("space");
    });
    pictures("foreign", &|| administers(None, ""), |pilot| {
        pilot.hit("enter");
    });
}

#[test]
fn pictures_of_the_last_page() {
    pictures("asked", &|| administers(None, ""), |pilot| {
        pilot.hit("enter").hit("enter");
    });
    pictures("mapped", &|| nothing_found(WHO), |pilot| {
        pilot.hit("enter").hit("space").hit("enter");
    });
}
