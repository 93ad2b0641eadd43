//! Step one: Enroll Now, or whom to ask (rules L1, L10).

use hublink::api::call::Request;
use hublink::api::linking::EnrollSite;
use hublink::api::problem::code;
use hublink::domain::organization::OrganizationKind;
use hublink::domain::site_link::EnrollStep;
use hublink::tui::keymap::{Action, Availability};

use super::{Linking, SIZE, count, world};
use crate::script::{problem, reads, refused};

fn enrolls(call: &Request) -> bool {
    call.is::<EnrollSite>()
}

#[test]
fn l6_it_says_first_that_a_link_is_for_good() {
    let pilot = Linking::new().pilot(SIZE);
    assert!(reads(&pilot, "for good: there is no unlinking"), "{}", pilot.text());
    assert!(reads(&pilot, "It gives nobody a right"), "{}", pilot.text());
    assert!(reads(&pilot, "is step two, and optional"), "{}", pilot.text());
}

#[test]
fn l1_only_who_is_in_no_organization_is_sent_a_mail_and_is_told_before() {
    let member = Linking::new();
    let mut pilot = member.pilot(SIZE);
    assert!(reads(&pilot, "Enroll Now sends nothing: your account is in Acme Robotics."));
    pilot.press(Action::Next);
    assert!(pilot.sees("● Organization"), "{}", pilot.text());
    assert!(pilot.sees("– Connect"), "{}", pilot.text());
    assert_eq!(count(&pilot, enrolls), 1);

    let newcomer = Linking::newcomer(EnrollStep::Enroll);
    let mut pilot = newcomer.pilot(SIZE);
    assert!(reads(&pilot, "Enroll Now sends one e-mail, to you: sam@dolmen.example"));
    pilot.press(Action::Next);
    assert!(pilot.sees("● Connect"), "{}", pilot.text());
    assert!(reads(&pilot, "A mail went to sam@dolmen.example"), "{}", pilot.text());
}

#[test]
fn l10_a_site_that_may_not_link_names_whom_to_ask() {
    let world = Linking::new();
    world.with(|world| world.enrollment.next = EnrollStep::AskCsm);
    let mut pilot = world.pilot(SIZE);
    assert!(pilot.sees("This site may not link yet."), "{}", pilot.text());
    assert_eq!(pilot.app().can(Action::Next), Availability::Hidden);
    pilot.press(Action::Copy);
    assert_eq!(pilot.copied[0].as_str(), "csm@provider.example");
    world.with(|world| world.enrollment.next = EnrollStep::Organization);
    pilot.press(Action::Reload);
    assert!(reads(&pilot, "Enroll Now sends nothing"), "{}", pilot.text());
    assert_eq!(count(&pilot, enrolls), 0);
}

#[test]
fn l10_without_a_contact_there_is_a_way_out_too() {
    let world = Linking::new().at_step("agreement");
    world.with(|world| {
        (world.enrollment.next, world.enrollment.csm) = (EnrollStep::AskCsm, "".into());
    });
    let pilot = world.pilot(SIZE);
    assert!(pilot.sees("● Site"), "whatever was answered before\n{}", pilot.text());
    assert!(reads(&pilot, "ask whoever you have the site from"), "{}", pilot.text());
}

#[test]
fn l10_the_site_may_be_barred_while_one_looks() {
    let world = Linking::new();
    let mut pilot = world.pilot(SIZE);
    let words = "The site may not link yet.";
    let error = problem(code::MAY_NOT_LINK, 409, words, "Ask csm@provider.example.");
    world.refuse(Request::is::<EnrollSite>, refused(error));
    pilot.press(Action::Next);
    assert!(reads(&pilot, "✗ The site may not link yet. Ask csm@provider.example."));
    pilot.press(Action::Reload);
    assert!(pilot.sees("● Organization"), "what failed is tried again\n{}", pilot.text());
}

#[test]
fn l7_a_site_that_is_being_linked_opens_where_one_watches() {
    let world = Linking::new().at_step("organization");
    world.with(|world| {
        world.enrollment.next = EnrollStep::Linking;
        world.job = Some(world::job());
    });
    assert!(world.pilot(SIZE).sees("● Linking"));
}

#[test]
fn l4_a_partners_account_is_told_before_enroll_now_who_links_a_customers_site() {
    let world = Linking::new();
    world.with(|world| {
        let mine = world.enrollment.my_organization.as_mut().unwrap();
        (mine.name, mine.kind) = ("Meridian Networks".into(), OrganizationKind::Partner);
    });
    let pilot = world.pilot(SIZE);
    assert!(reads(&pilot, "Your account is in Meridian Networks, a partner"), "{}", pilot.text());
    assert!(reads(&pilot, "a full admin of the customer's own organization"), "{}", pilot.text());
}
