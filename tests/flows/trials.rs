//! The trials by end, extending and editing them (rule T8); the orders, and answering one (T3).

use hublink::api::call::Request;
use hublink::api::endpoint::{Endpoint as _, Nothing};
use hublink::api::order::{AcceptOrder, DeclineOrder, ListOrders};
use hublink::api::problem::code;
use hublink::api::trial::{EditTrial, EditTrialCall, ExtendTrial, ExtendTrialCall, ListTrials};
use hublink::domain::order::OrderWay;
use hublink::domain::services::Service;
use hublink::tui::keymap::{Action, Availability};
use hublink::tui::pilot::Pilot;

use crate::script::{down, problem, reads, refused, unreachable};
use crate::selling::{ORDER, SIZES, Selling, line, says, tab};
use crate::world::{self, NOW, at};

const SIZE: (u16, u16) = (80, 24);

/// What was changed, in order.
fn changes(pilot: &Pilot) -> Vec<Request> {
    let change =
        |request: &&Request| request.is::<ExtendTrialCall>() || request.is::<EditTrialCall>();
    pilot.sent.iter().filter(change).cloned().collect()
}

fn extend(id: &str, accept_earlier: bool) -> Request {
    ExtendTrialCall::call(id.to_owned(), Nothing, ExtendTrial { accept_earlier })
}

#[test]
fn t8_the_trials_stand_by_their_end() {
    let pilot = Selling::new().trials(SIZE);
    let text = pilot.text();
    let line = |words: &str| text.lines().position(|line| line.contains(words)).unwrap();
    assert!(line("Juniper") < line("Glasshaus") && line("Glasshaus") < line("Ionic"), "{text}");
    assert!(text.lines().any(|line| line.contains("expired") && line.contains("15 days ago")));
    assert!(text.lines().any(|line| line.contains("active") && line.contains("2 days")), "{text}");
    assert!(pilot.sees("read-only until it is extended"), "{text}");
}

#[test]
fn t8_an_expired_trial_is_extended_and_nothing_else() {
    let mut pilot = Selling::new().trials(SIZE);
    let words = "The trial has expired and is read-only; extend it first.";
    assert_eq!(pilot.app().can(Action::Edit), Availability::Disabled(words.into()));
    pilot.press(Action::Extend);
    assert!(reads(&pilot, "It ended 14 Feb 08:00 UTC, 15 days ago."), "{}", pilot.text());
    assert!(reads(&pilot, "the trial would end 31 Mar 09:42 UTC"), "{}", pilot.text());
    assert!(!pilot.sees("earlier"), "{}", pilot.text());
    pilot.hit("enter");
    assert_eq!(changes(&pilot), [extend("juniper", false)]);
    assert!(pilot.sees("The trial of Juniper Day Care ends 31 Mar"), "{}", pilot.text());
    assert!(pilot.sees("active"), "{}", pilot.text());
}

#[test]
fn t8_an_earlier_end_is_told_first_and_ticked() {
    let mut pilot = Selling::new().trials(SIZE);
    down(&mut pilot, 2).press(Action::Extend);
    assert!(reads(&pilot, "That is 44 days earlier than it ends now."), "{}", pilot.text());
    pilot.hit("enter");
    assert!(changes(&pilot).is_empty(), "{}", pilot.text());
    assert!(reads(&pilot, "The trial would end earlier than it does now"), "{}", pilot.text());
    pilot.hit("space").hit("enter");
    assert_eq!(changes(&pilot), [extend("ionic", true)]);
}

#[test]
fn t8_a_refusal_says_why_and_stays() {
    let world = Selling::new();
    world.refuse(Request::is::<ExtendTrialCall>, unreachable());
    let mut pilot = world.trials(SIZE);
    pilot.press(Action::Extend).hit("enter");
    assert!(pilot.sees("Extend the trial") && pilot.sees("✗"), "{}", pilot.text());
    pilot.hit("esc");
    assert!(pilot.sees("Glasshaus"), "{}", pilot.text());
}

#[test]
fn t8_services_are_changed_and_the_changes_told() {
    let mut pilot = Selling::new().trials(SIZE);
    down(&mut pilot, 1).press(Action::Edit);
    assert!(pilot.sees("Nothing is changed yet."), "{}", pilot.text());
    pilot.hit("ctrl-w").hit("tab").hit("tab").text_in("10");
    assert!(pilot.sees("→ no Messaging any more · 10 more Calling"), "{}", pilot.text());
    tab(&mut pilot, 1).hit("enter");
    let body = EditTrial {
        services: vec![line(Service::Meetings, 25), line(Service::Calling, 10)],
        site_url: None,
        time_zone: None,
    };
    assert_eq!(changes(&pilot), [EditTrialCall::call("glasshaus".to_owned(), Nothing, body)]);
    assert!(pilot.sees("The services of Glasshaus Interiors are changed."), "{}", pilot.text());
}

#[test]
fn t8_meetings_that_are_new_need_a_site() {
    let world = Selling::new();
    world.with(|world| {
        let trial = &mut world.trials[1];
        trial.services = vec![line(Service::Messaging, 50)];
        trial.site = None;
    });
    let edits: fn(&Request) -> bool = |request| request.is::<EditTrialCall>();
    let mut taken = problem(code::EXISTS, 409, "There is a site with this URL.", "Choose another.");
    taken.field = Some("site_url".to_owned());
    world.refuse(edits, refused(taken));
    let mut pilot = world.trials(SIZE);
    down(&mut pilot, 1).press(Action::Edit);
    assert!(!pilot.sees("Site URL"), "{}", pilot.text());
    pilot.hit("tab").text_in("5").hit("enter").hit("enter").hit("enter");
    pilot.text_in("glass.webex.example").hit("enter").hit("down").hit("enter").hit("enter");
    assert!(pilot.sees("✗ There is a site with this URL. Choose another."), "{}", pilot.text());
    pilot.text_in("x").hit("tab").hit("enter");
    let (.., body) = changes(&pilot).pop().unwrap().asked::<EditTrialCall>().unwrap();
    assert_eq!(body.site_url.as_deref(), Some("glass.webex.examplex"));
    assert_eq!(body.time_zone.as_deref(), Some("Europe/Berlin"));
}

#[test]
fn t8_who_may_not_change_a_trial_is_told_why() {
    let world = Selling::new();
    world.with(|world| world.trials.iter_mut().for_each(|trial| trial.may_edit = false));
    let pilot = world.trials(SIZE);
    for action in [Action::Extend, Action::Edit] {
        assert!(matches!(pilot.app().can(action), Availability::Disabled(_)), "{action:?}");
    }
}

#[test]
fn lists_say_why_they_are_empty_slow_or_broken() {
    let empty = Selling::new();
    empty.with(|world| {
        world.trials.clear();
        world.orders.clear();
    });
    assert!(reads(&empty.trials(SIZE), "n starts one"));
    assert!(reads(&empty.orders(SIZE), "There are no orders."));
    let slow = Selling::new();
    slow.with(|world| {
        world.silent = Some(|request| request.is::<ListTrials>() || request.is::<ListOrders>());
    });
    for (mut pilot, what) in [(slow.trials(SIZE), "the trials"), (slow.orders(SIZE), "the orders")]
    {
        pilot.pass(500);
        assert!(reads(&pilot, &format!("Loading {what} …")), "{}", pilot.text());
    }
    let broken = Selling::new();
    broken.refuse(|request| request.about.route.tag == "Trials", unreachable());
    let mut pilot = broken.trials(SIZE);
    assert!(reads(&pilot, "r tries again"), "{}", pilot.text());
    pilot.press(Action::Reload);
    assert!(pilot.sees("Juniper"), "{}", pilot.text());
}

/// A full admin whose organization an order asks.
fn asked() -> Selling {
    let world = Selling::new();
    world.with(|state| {
        state.me = world::me();
        state.orders.remove(0);
        let order = &mut state.orders[0];
        order.asked_at = Some(at(NOW));
        order.way = Some(OrderWay::Candidate);
        order.administrator = Some("kari@borealis.example".into());
        order.organization = Some("borealis".to_owned());
        order.organization_name = Some("Borealis Foods".into());
        order.replaces_partner = Some("Northern Light Partners".into());
        (order.may_map, order.may_answer) = (false, true);
    });
    world
}

fn answered(pilot: &Pilot) -> Vec<Request> {
    let answer = |request: &&Request| request.is::<AcceptOrder>() || request.is::<DeclineOrder>();
    pilot.sent.iter().filter(answer).cloned().collect()
}

#[test]
fn t3_orders_to_map_stand_first_and_open_the_wizard() {
    let mut pilot = Selling::new().orders(SIZE);
    let text = pilot.text();
    let line = |words: &str| text.lines().position(|line| line.contains(words)).unwrap();
    assert!(line(ORDER) < line("SO-26-0204"), "{text}");
    assert!(pilot.sees("to be mapped") && pilot.sees("enter map it"), "{text}");
    pilot.hit("enter");
    assert!(pilot.sees("● Order"), "{}", pilot.text());
    pilot.hit("esc");
    down(&mut pilot, 1).hit("enter");
    assert!(reads(&pilot, "is mapped to Estuary Bank"), "{}", pilot.text());
}

#[test]
fn t3_a_full_admin_accepts_knowing_what_it_means() {
    let mut pilot = asked().orders(SIZE);
    assert!(pilot.sees("asks you") && pilot.sees("enter answer"), "{}", pilot.text());
    pilot.hit("enter");
    for words in [
        "Meridian Networks manages Borealis Foods from then on, in place of Northern Light Partners.",
        "30 Messaging · 8 Contact Center are added to what you have.",
        "kari@borealis.example is offered full admin.",
    ] {
        assert!(says(&pilot, words), "{words}\n{}", pilot.text());
    }
    pilot.hit("space").hit("enter");
    assert!(answered(&pilot).is_empty() && pilot.sees("Accept the order?"), "{}", pilot.text());
    pilot.hit("n").hit("enter").hit("y");
    assert_eq!(answered(&pilot), [AcceptOrder::call(ORDER.to_owned(), Nothing, Nothing)]);
    assert!(reads(&pilot, "Accepted. Meridian Networks manages the organization now."));
}

#[test]
fn t3_a_full_admin_declines_after_a_question() {
    let mut pilot = asked().orders(SIZE);
    pilot.hit("enter").hit("down").hit("space").hit("enter").hit("y");
    assert_eq!(answered(&pilot), [DeclineOrder::call(ORDER.to_owned(), Nothing, Nothing)]);
    assert!(reads(&pilot, "Declined. Nothing has changed for you."), "{}", pilot.text());
}

#[test]
fn home_says_what_waits_for_one() {
    let mut partner = Selling::new().home(SIZE);
    partner.pass(1_000);
    assert!(partner.sees("1 order to map") && partner.sees("O orders"), "{}", partner.text());
    let mut admin = asked().home(SIZE);
    admin.pass(1_000);
    assert!(admin.sees("1 order asks you"), "{}", admin.text());
    admin.press(Action::Orders);
    assert!(admin.sees("asks you"), "{}", admin.text());
}

/// Takes three pictures.
fn pictures(name: &str, screen: impl Fn((u16, u16)) -> Pilot, act: impl Fn(&mut Pilot)) {
    for size in SIZES {
        let mut pilot = screen(size);
        act(&mut pilot);
        insta::assert_snapshot!(
            format!("{name}_{}x{}", size.0, size.1),
            crate::same_as::text(&pilot)
        );
    }
}

#[test]
fn pictures_of_trials() {
    let trials = |size| Selling::new().trials(size);
    pictures("trials", trials, |_| {});
    pictures("extend", trials, |pilot| {
        down(pilot, 2).press(Action::Extend);
    });
    pictures("edit", trials, |pilot| {
        down(pilot, 1).press(Action::Edit).hit("ctrl-w").hit("tab").hit("tab").text_in("10");
    });
}

#[test]
fn pictures_of_orders() {
    pictures("orders", |size| Selling::new().orders(size), |_| {});
    pictures(
        "answer",
        |size| asked().orders(size),
        |pilot| {
            pilot.hit("enter");
        },
    );
}
