//! Step three: the candidates (rules L2 to L4).

use hublink::api::call::Request;
use hublink::api::linking::{LinkTarget, ListCandidates, PrepareLink};
use hublink::domain::organization::OrganizationKind;
use hublink::domain::site_link::{EnrollStep, Hindrance};
use hublink::tui::keymap::Action;
use serde_json::json;

use super::world::{self, candidate, why};
use super::{Linking, SIZE, calls, count};
use crate::script::{down, problem, reads, refused};

fn looks(call: &Request) -> bool {
    call.is::<ListCandidates>()
}

#[test]
fn l2_every_reason_is_told_with_its_evidence_and_the_ones_barred_say_why() {
    let pilot = Linking::new().at_step("organization").pilot((80, 40));
    for words in [
        "The site names its id: acme",
        "It has verified domains of the site's users: acme.example (1,902",
        "Administrators of the site administer it: fay@acme.example",
        "customer · since 1 May 2024 · id acme · its 2 full admins are told",
        "Your account is in Acme Robotics, and a person has one account, in one organization.",
        "Ask csm@provider.example.",
        "The site's company has the same name: ACME Inc.",
    ] {
        assert!(reads(&pilot, words), "{words}\n{}", pilot.text());
    }
}

#[test]
fn l2_who_may_not_be_chosen_is_not_and_says_whom_to_ask() {
    let world = Linking::newcomer(EnrollStep::Connect).at_step("organization");
    world.with(|world| world::connected(&mut world.enrollment));
    let mut pilot = world.pilot((80, 40));
    assert!(reads(&pilot, "Ask fay@acme.example, lee@acme.example."), "{}", pilot.text());
    assert!(reads(&pilot, "Ask csm@provider.example."), "the name alone names nobody");
    pilot.press(Action::Top).press(Action::Tick);
    assert!(!pilot.sees("◉"), "what was barred meanwhile is unchosen, too\n{}", pilot.text());
}

#[test]
fn l2_an_id_that_is_typed_in_is_looked_up_and_chosen() {
    let world = Linking::new().at_step("organization");
    let mut pilot = world.pilot((80, 40));
    pilot.press(Action::Bottom).text_in("robotics").hit("enter");
    assert!(pilot.sees("No organization has this id."), "{}", pilot.text());
    pilot.text_in("-eu").hit("enter");
    assert!(pilot.sees("◉ Robotics Europe"), "{}", pilot.text());
    assert!(reads(&pilot, "You typed its id: robotics-eu"), "{}", pilot.text());
    assert_eq!(count(&pilot, looks), 3);
    pilot.hit("enter");
    assert!(pilot.sees("● Agreement"), "{}", pilot.text());
    assert_eq!(world.saved().answers["chosen"], json!({ "organization": "robotics-eu" }));
    pilot.press(Action::Back);
    assert!(pilot.sees("◉ Robotics Europe"), "it is found again\n{}", pilot.text());
}

#[test]
fn l2_no_match_says_what_to_do() {
    let world = Linking::new().at_step("organization");
    world.with(|world| world.candidates.items.clear());
    let mut pilot = world.pilot(SIZE);
    assert!(reads(&pilot, "No organization matches acme.webex.example"), "{}", pilot.text());
    assert!(reads(&pilot, "type its id below"), "{}", pilot.text());
    pilot.press(Action::Bottom).hit("enter");
    assert!(pilot.sees("✗ Choose the organization first."), "{}", pilot.text());
}

#[test]
fn l2_thirty_matches_can_be_walked() {
    let world = Linking::new().at_step("organization");
    world.with(|world| {
        let one = |n| candidate(&format!("acme-{n}"), &format!("Acme {n}"), None);
        world.candidates.items = (0..30).map(one).collect();
        world.candidates.more = 12;
    });
    let mut pilot = world.pilot(SIZE);
    assert!(reads(&pilot, "matches by organization id, verified domain, administrator"));
    down(&mut pilot, 29);
    assert!(pilot.sees("▌ ○ Acme 29"), "{}", pilot.text());
    assert!(
        pilot.sees("It has verified domains"),
        "the one in focus is told whole\n{}",
        pilot.text()
    );
    pilot.hit("enter").hit("enter");
    assert_eq!(world.saved().answers["chosen"], json!({ "organization": "acme-29" }));
}

#[test]
fn l3_a_new_organization_asks_for_name_and_country() {
    let world = Linking::newcomer(EnrollStep::Connect).at_step("organization");
    world.with(|world| world::connected(&mut world.enrollment));
    let mut pilot = world.pilot((80, 40));
    pilot.press(Action::Tick);
    assert!(pilot.sees("◉ New organization"), "the first that can be chosen\n{}", pilot.text());
    assert!(
        pilot.sees("Name             Acme Robotics Inc"),
        "the site's company\n{}",
        pilot.text()
    );
    down(&mut pilot, 1).text_in("!").hit("enter");
    pilot.text_in("Atlantis").hit("enter").hit("enter");
    assert!(pilot.sees("✗ “Atlantis” is no country"), "{}", pilot.text());
    for _ in 0.."Atlantis".len() {
        pilot.hit("backspace");
    }
    pilot.text_in("germ").hit("enter");
    assert!(pilot.sees("Germany"), "{}", pilot.text());
    assert!(pilot.sees("the data is kept in Europe"), "{}", pilot.text());
    pilot.press(Action::Bottom).hit("enter");
    assert!(pilot.sees("● Agreement"), "{}", pilot.text());
    let prepared =
        calls(&pilot).into_iter().find_map(|call| match call.asked::<PrepareLink>()? {
            (.., LinkTarget::NewOrganization(new)) => Some(new),
            _ => None,
        });
    let new = prepared.unwrap();
    assert_eq!((new.name.as_deref(), new.country.as_str()), (Some("Acme Robotics Inc!"), "DE"));
    assert!(reads(&pilot, "a new organization, Acme Robotics Inc!, in"), "{}", pilot.text());
}

#[test]
fn l3_others_see_it_disabled_with_the_reason_and_the_way_out() {
    let mut pilot = Linking::new().at_step("organization").pilot((80, 40));
    assert!(reads(&pilot, "You are in Acme Robotics already"), "{}", pilot.text());
    assert!(reads(&pilot, "If the site belongs to Acme Robotics, choose that"));
    down(&mut pilot, 2).press(Action::Tick);
    assert!(!pilot.sees("◉ New organization"), "{}", pilot.text());
}

#[test]
fn l4_a_partner_s_account_is_told_why_it_cannot() {
    let world = Linking::new().at_step("organization");
    world.with(|world| {
        let partner = why(
            Hindrance::PartnerAccount,
            "You manage Acme Robotics as a partner: your account is in Meridian Networks.",
            "A full admin with an account in Acme Robotics can link the site.",
        );
        world.candidates.items = vec![candidate("acme", "Acme Robotics", Some(partner))];
    });
    let pilot = world.pilot(SIZE);
    assert!(
        reads(&pilot, "as a partner: your account is in Meridian Networks."),
        "{}",
        pilot.text()
    );
    assert!(!pilot.sees("◉"), "{}", pilot.text());
}

#[test]
fn l2_too_many_look_ups_and_slow_ones_are_told() {
    let world = Linking::new().at_step("organization");
    let words = "You have looked up too many organizations.";
    world.refuse(
        Request::is::<ListCandidates>,
        refused(problem("too_many_requests", 429, words, "Wait 12 minutes.")),
    );
    let mut pilot = world.pilot(SIZE);
    assert!(reads(&pilot, "✗ You have looked up too many organizations. Wait 12 minutes."));
    world.with(|world| world.silent = Some(Request::is::<ListCandidates>));
    pilot.press(Action::Reload).pass(5_000);
    assert!(reads(&pilot, "takes longer than usual"), "{}", pilot.text());
    pilot.press(Action::Next);
    assert!(pilot.sees("✗ Wait for the organizations that match."), "{}", pilot.text());
}

#[test]
fn l2_where_nothing_can_be_chosen_the_page_opens_at_its_top() {
    let world = Linking::new().at_step("organization");
    world.with(|world| {
        let no =
            why(Hindrance::OtherAccount, "Your account is in Beta.", "Ask a full admin of it.");
        let one = |n| candidate(&format!("acme-{n}"), &format!("Acme {n}"), Some(no.clone()));
        world.candidates.items = (0..8).map(one).collect();
    });
    let pilot = world.pilot(SIZE);
    assert!(pilot.sees("Which organization does acme.webex.example belong to?"));
    assert!(pilot.sees("▌ ○ Acme 0"), "{}", pilot.text());
}

#[test]
fn l4_a_partners_own_organization_is_told_loudly_before_and_in_the_agreement() {
    let world = Linking::new().at_step("organization");
    world.with(|world| {
        world.candidates.items[0].kind = OrganizationKind::Partner;
        world.plan.organization_kind = OrganizationKind::Partner;
    });
    let mut pilot = world.pilot(SIZE);
    assert!(reads(&pilot, "! A partner's own organization: a customer's site"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(pilot.sees("● Agreement"), "{}", pilot.text());
    assert!(reads(&pilot, "✗ Acme Robotics is a partner's own organization"), "{}", pilot.text());
}
