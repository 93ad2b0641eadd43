//! The trial wizard from the customer to "Set up services now?" (rules T1, T2).

use std::collections::BTreeMap;

use clap::Parser as _;
use hublink::api::call::Request;
use hublink::api::draft::SaveDraftCall;
use hublink::api::problem::code;
use hublink::api::trial::{CheckTrialCall, StartTrial, StartTrialCall};
use hublink::cli::Cli;
use hublink::domain::draft::Wizard as Kind;
use hublink::domain::services::Service;
use hublink::domain::trial::Vertical;
use hublink::tui::keymap::{Action, Availability};
use hublink::tui::pilot::Pilot;
use hublink::tui::wizard;
use serde_json::{Value, json};

use crate::script::{problem, reads, refused, unreachable};
use crate::selling::{PARTNER, SIZES, Selling, line, tab};

const SIZE: (u16, u16) = (80, 24);

/// All answers, as they are saved.
pub fn answers() -> Value {
    json!({
        "company": "Brightwater Labs", "administrator": "ada@brightwater.example",
        "vertical": "Technology", "country": "Germany", "supported_location": true,
        "quantities": { "messaging": "80", "meetings": "50" },
        "site_url": "brightwater.webex.example", "time_zone": "Europe/Berlin", "days": 60,
    })
}

fn at(step: &str) -> Selling {
    Selling::new().at_step(Kind::Trial, PARTNER, step, answers())
}

fn started(pilot: &Pilot) -> Vec<StartTrial> {
    let start = |request: &Request| Some(request.asked::<StartTrialCall>()?.2);
    pilot.sent.iter().filter_map(start).collect()
}

/// Fills the first page, key by key.
fn customer(pilot: &mut Pilot) {
    pilot.text_in("Brightwater Labs").hit("enter");
    pilot.text_in("tech").hit("enter");
    pilot.text_in("ger").hit("enter");
    // A tick leads on to what is still open.
    pilot.hit("space").text_in("ada@brightwater.example").hit("enter");
    assert!(pilot.sees("● Services"), "{}", pilot.text());
}

#[test]
fn section_6_enter_on_a_tick_among_fields_goes_to_the_next_field() {
    let mut pilot = Selling::new().trial(SIZE);
    pilot.text_in("Brightwater Labs").hit("enter");
    pilot.text_in("tech").hit("enter").text_in("ger").hit("enter");
    assert!(pilot.sees("enter next field"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(!pilot.sees("✗"), "nothing is submitted by it\n{}", pilot.text());
    pilot.text_in("ada@brightwater.example").hit("enter");
    assert!(pilot.sees("✗ Tick that the customer is in"), "{}", pilot.text());
    pilot.hit("space").pass(1_000).press(Action::Bottom).hit("enter");
    assert!(pilot.sees("● Services"), "{}", pilot.text());
}

#[test]
fn t1_from_the_customer_to_the_started_trial() {
    let world = Selling::new();
    let mut pilot = world.trial(SIZE);
    assert!(pilot.sees("● Customer"), "{}", pilot.text());
    customer(&mut pilot);
    pilot.hit("shift-tab").hit("down").hit("space").hit("tab");
    pilot.text_in("80").hit("enter").text_in("50").hit("enter");
    assert!(pilot.sees("130 licences of 2 services"), "{}", pilot.text());
    pilot.hit("enter").hit("enter");
    pilot.text_in("brightwater.webex.example").hit("enter").text_in("berlin").hit("enter");
    assert!(pilot.sees("● Review"), "{}", pilot.text());
    assert!(pilot.sees("1  e-mail") && pilot.sees("130  licences"), "{}", pilot.text());
    assert!(reads(&pilot, "60 days, until 30 Apr 09:42 UTC"), "{}", pilot.text());
    assert!(started(&pilot).is_empty(), "nothing is sent before the review");
    pilot.hit("enter");
    assert!(reads(&pilot, "The trial of Brightwater Labs has started."), "{}", pilot.text());
    let want = StartTrial {
        company: "Brightwater Labs".to_owned(),
        administrator: "ada@brightwater.example".to_owned(),
        vertical: Vertical::Technology,
        country: "DE".to_owned(),
        supported_location: true,
        services: vec![line(Service::Messaging, 80), line(Service::Meetings, 50)],
        site_url: Some("brightwater.webex.example".to_owned()),
        time_zone: Some("Europe/Berlin".to_owned()),
        days: 60,
    };
    assert_eq!(started(&pilot), [want]);
}

#[test]
fn t2_yes_leads_into_services_setup_and_no_back() {
    let mut yes = at("review").trial(SIZE);
    yes.hit("enter");
    assert!(reads(&yes, "Set up services for this customer now?"), "{}", yes.text());
    yes.hit("enter");
    assert!(!yes.ended && yes.sees("Set up services"), "{}", yes.text());
    for way in [&["down", "space", "enter"][..], &["esc"]] {
        let world = at("review");
        let mut no = world.trial(SIZE);
        no.hit("enter");
        for key in way {
            no.hit(key);
        }
        assert!(no.ended, "{way:?}\n{}", no.text());
        assert!(world.saved(Kind::Trial).is_none(), "the draft is done with");
    }
}

#[test]
fn t1_every_field_is_checked_beside_itself() {
    let mut pilot = Selling::new().trial(SIZE);
    pilot.hit("tab").hit("tab").text_in("atlantis").hit("tab").hit("tab").text_in("ada@");
    assert!(!pilot.sees("✗ The part after"), "not while it is being written\n{}", pilot.text());
    pilot.hit("tab");
    assert!(pilot.sees("✗ The part after the @"), "{}", pilot.text());
    assert!(pilot.sees("✗ atlantis is no country in the list."), "{}", pilot.text());
    assert!(pilot.sees("✗ Pick one from the list"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(pilot.sees("● Customer"), "nothing wrong goes on\n{}", pilot.text());
}

#[test]
fn t1_the_country_decides_the_region_and_says_so() {
    let mut pilot = Selling::new().trial(SIZE);
    pilot.press(Action::NextPane).press(Action::NextPane);
    pilot.text_in("kor");
    assert!(pilot.sees("▸ Korea") || pilot.sees("Korea"), "{}", pilot.text());
    pilot.hit("ctrl-w").text_in("BR").hit("enter");
    assert!(pilot.sees("Brazil") && pilot.sees("kept in United States"), "{}", pilot.text());
}

#[test]
fn t1_the_backend_refuses_beside_the_field_as_one_types() {
    let world = Selling::new();
    world.with(|world| {
        world.wrong.push((
            "administrator",
            "fay@acme.example",
            "This person is an administrator of another organization.",
        ));
    });
    let mut pilot = world.trial(SIZE);
    pilot.hit("shift-tab").text_in("fay@acme.exampl").pass(249);
    pilot.text_in("e").pass(250);
    assert!(reads(&pilot, "✗ This person is an administrator of another"), "{}", pilot.text());
    assert!(reads(&pilot, "Use another one."), "{}", pilot.text());
    pilot.text_in("s");
    assert!(!pilot.sees("✗ This person"), "it was about another text\n{}", pilot.text());
}

#[test]
fn t1_next_waits_for_the_check_and_says_what_is_wrong() {
    let world = at("services");
    let taken = ("site_url", "brightwater.webex.example", "There is a site with this URL.");
    world.with(|world| world.wrong.push(taken));
    let mut pilot = world.trial(SIZE);
    tab(&mut pilot, 5).hit("enter");
    assert!(pilot.sees("● Services"), "{}", pilot.text());
    assert!(pilot.sees("✗ There is a site with this URL."), "{}", pilot.text());
    assert!(pilot.sees("✗ Site URL is not right yet"), "{}", pilot.text());
}

#[test]
fn t1_without_the_check_one_may_go_on_and_the_start_decides() {
    let world = at("customer");
    let check: fn(&Request) -> bool = |request| request.is::<CheckTrialCall>();
    world.refuse(check, unreachable());
    world.refuse(check, unreachable());
    let mut pilot = world.trial(SIZE);
    pilot.pass(300);
    assert!(reads(&pilot, "The fields could not be checked"), "{}", pilot.text());
    tab(&mut pilot, 4).hit("enter");
    assert!(pilot.sees("● Services"), "{}", pilot.text());
}

#[test]
fn t1_what_the_start_refuses_comes_back_beside_its_field() {
    for (field, page, words) in
        [("administrator", "● Customer", "ada@brightwater"), ("site_url", "● Services", "Site URL")]
    {
        let world = at("review");
        let mut wrong = problem(code::EXISTS, 409, "It was taken just now.", "Use another one.");
        wrong.field = Some(field.to_owned());
        let start: fn(&Request) -> bool = |request| request.is::<StartTrialCall>();
        world.refuse(start, refused(wrong));
        let mut pilot = world.trial(SIZE);
        pilot.hit("enter");
        assert!(pilot.sees(page) && pilot.sees(words), "{}", pilot.text());
        assert!(pilot.sees("✗ It was taken just now. Use another one."), "{}", pilot.text());
        assert!(pilot.sees("▌ ") && pilot.text().contains('▏'), "the focus is there");
        pilot.text_in("x").pass(2_000);
        assert!(!pilot.sees("taken just now"), "{}", pilot.text());
        let saved = world.saved(Kind::Trial).unwrap().answers;
        assert_eq!(saved["company"], "Brightwater Labs", "nothing is lost: {saved}");
    }
}

#[test]
fn t1_a_refusal_without_a_field_stays_and_can_be_tried_again() {
    let world = at("review");
    let start: fn(&Request) -> bool = |request| request.is::<StartTrialCall>();
    world.refuse(start, unreachable());
    let mut pilot = world.trial(SIZE);
    pilot.hit("enter");
    assert!(pilot.sees("● Review") && pilot.sees("✗"), "{}", pilot.text());
    pilot.press(Action::Reload);
    assert!(pilot.sees("● Started"), "{}", pilot.text());
}

#[test]
fn t1_while_it_is_being_started_nothing_starts_it_again() {
    let world = at("review");
    let start: fn(&Request) -> bool = |request| request.is::<StartTrialCall>();
    world.with(|world| world.silent = Some(start));
    let mut pilot = world.trial(SIZE);
    pilot.hit("enter").hit("enter").hit("esc").pass(500);
    assert_eq!(started(&pilot).len(), 1);
    assert!(pilot.sees("● Review") && pilot.sees("Starting the trial …"), "{}", pilot.text());
}

#[test]
fn t2_what_has_started_opens_at_its_last_page() {
    let mut answers = answers();
    answers["started"] = json!("ionic");
    for step in ["review", "started"] {
        let world = Selling::new().at_step(Kind::Trial, PARTNER, step, answers.clone());
        let mut pilot = world.trial(SIZE);
        assert!(pilot.sees("● Started"), "{step}\n{}", pilot.text());
        pilot.hit("esc");
        assert!(pilot.ended && started(&pilot).is_empty(), "it is not started again");
    }
}

#[test]
fn section_4_it_comes_back_at_every_page_with_every_answer() {
    for (step, words) in [
        ("customer", ["● Customer", "ada@brightwater.example"]),
        ("services", ["● Services", "brightwater.webex.example"]),
        ("review", ["● Review", "80 Messaging · 50 Meetings"]),
    ] {
        let world = at(step);
        let mut pilot = world.trial(SIZE);
        assert!(words.iter().all(|words| pilot.sees(words)), "{step}\n{}", pilot.text());
        pilot.hit("ctrl-c");
        assert!(pilot.ended);
        let saved = world.saved(Kind::Trial).unwrap();
        assert_eq!((saved.step.as_str(), &saved.answers), (step, &self::answers()));
    }
}

#[test]
fn section_4_an_answer_is_saved_and_kept_while_the_backend_is_away() {
    let world = Selling::new();
    world.with(|world| world.silent = Some(Request::is::<SaveDraftCall>));
    let mut pilot = world.trial(SIZE);
    pilot.text_in("Bright").pass(2_000).hit("ctrl-c");
    let files = pilot.files.clone();
    assert_eq!(files.len(), 1, "{files:?}");
    world.with(|world| world.silent = None);
    let first = wizard::open(Kind::Trial, &PARTNER.into()).unwrap();
    let again = world.pilot_with(first, SIZE, files);
    assert!(again.sees("Bright"), "{}", again.text());
    let other = world.pilot_with(
        wizard::open(Kind::Order, &"SO-26-0322".into()).unwrap(),
        SIZE,
        BTreeMap::new(),
    );
    assert!(other.sees("● Order"), "each wizard has its own draft\n{}", other.text());
}

#[test]
fn p1_the_administrator_is_offered_full_admin_on_every_page_and_in_the_help() {
    let mut pilot = Selling::new().trial((120, 40));
    assert!(reads(&pilot, "is offered full admin"), "{}", pilot.text());
    pilot.hit("f1");
    assert!(reads(&pilot, "are offered full admin of the organization"), "{}", pilot.text());
    let pilot = at("review").trial((120, 40));
    assert!(reads(&pilot, "Full admin offered to ada@brightwater.example"), "{}", pilot.text());
}

#[test]
fn without_meetings_no_site_is_asked_for() {
    let mut pilot = at("services").trial(SIZE);
    assert!(pilot.sees("Site URL"), "{}", pilot.text());
    pilot.hit("down").hit("ctrl-w").text_in("0");
    assert!(!pilot.sees("Site URL") && pilot.sees("80 licences of 1 service"), "{}", pilot.text());
    tab(&mut pilot, 2).hit("enter");
    assert!(pilot.sees("● Review") && pilot.sees("0  new site"), "{}", pilot.text());
    pilot.hit("enter");
    assert_eq!(started(&pilot)[0].site_url, None);
}

#[test]
fn the_command_line_on_the_last_page_is_one() {
    let mut pilot = at("review").trial((160, 50));
    pilot.press(Action::Copy);
    let copied = pilot.copied[0].to_string();
    let words = copied.replace("'Brightwater Labs'", "Brightwater-Labs");
    let parsed = Cli::try_parse_from(words.split(' '));
    assert!(parsed.is_ok(), "{copied}: {:?}", parsed.err().map(|error| error.to_string()));
}

#[test]
fn the_menu_of_the_partner_offers_it() {
    let world = Selling::new();
    let mut pilot = world.home(SIZE);
    pilot.pass(1_000);
    pilot.press(Action::Wizards);
    for row in ["Start a trial", "Trials", "Orders"] {
        assert!(pilot.sees(row), "{row}\n{}", pilot.text());
    }
    pilot.press(Action::Open);
    assert!(pilot.sees("● Customer"), "{}", pilot.text());
    let customer = Selling::new();
    customer.with(|world| world.me = crate::world::me());
    let home = customer.home(SIZE);
    let may = home.app().can(Action::StartTrial);
    assert_eq!(may, Availability::Disabled("Only a partner admin starts trials.".into()));
}

#[test]
fn the_organization_that_came_to_be_gets_the_focus() {
    let world = Selling::new();
    let mut pilot = world.home(SIZE);
    pilot.pass(1_000);
    let other = crate::places::organization("acme", "Acme Robotics", 2);
    world.with(|world| world.organizations.insert(0, other));
    pilot.press(Action::StartTrial).press(Action::Leave).pass(1_000);
    assert!(pilot.sees("▌Acme Robotics"), "{}", pilot.text());
}

/// Takes three pictures.
fn pictures(name: &str, world: impl Fn() -> Selling, act: impl Fn(&mut Pilot)) {
    for size in SIZES {
        let mut pilot = world().trial(size);
        act(&mut pilot);
        insta::assert_snapshot!(
            format!("{name}_{}x{}", size.0, size.1),
            crate::same_as::text(&pilot)
        );
    }
}

#[test]
fn pictures_of_the_customer() {
    pictures("customer", Selling::new, |pilot| {
        pilot.text_in("Brightwater Labs").hit("shift-tab").text_in("ada@bright").hit("shift-tab");
    });
    pictures("country", Selling::new, |pilot| {
        pilot.text_in("Brightwater Labs").hit("tab").hit("tab").text_in("ger");
    });
}

#[test]
fn pictures_of_services_review_and_started() {
    pictures("services", || at("services"), |_| {});
    pictures("review", || at("review"), |_| {});
    pictures(
        "started",
        || at("review"),
        |pilot| {
            pilot.hit("enter");
        },
    );
}
