//! Home while a site is being linked, and the menu that leads there (rules L1, L4, L7, L10).

use hublink::api::call::{Reply, Request};
use hublink::api::linking::{LinkJob, WatchLink};
use hublink::api::site::ListSites;
use hublink::domain::role::Role;
use hublink::domain::site::SiteState;
use hublink::domain::site_link::LinkState;
use hublink::tui::keymap::Action;
use hublink::tui::pilot::Pilot;

use super::{SIZE, world};
use crate::places::Places;
use crate::script::reads;

/// Home, with the site that has no organization yet in this state.
fn home(state: SiteState, job: Option<LinkJob>, role: Role) -> Pilot {
    let places = Places::new();
    places.with(|world| {
        let site = world.sites.iter_mut().find(|site| site.organization.is_none()).unwrap();
        (site.state, site.my_roles) = (state, vec![role]);
    });
    let mut pilot = places.pilot(SIZE);
    pilot.script(Box::new(move |request| match (request.asked::<WatchLink>(), &job) {
        (Some((url, ..)), Some(job)) => {
            let job = LinkJob { site: url.into(), ..job.clone() };
            Some(Ok(Reply::of(job)))
        }
        _ => places.answer(request),
    }));
    pilot.press(Action::Top).press(Action::Open).pass(6_000);
    pilot
}

fn asks(pilot: &Pilot) -> usize {
    pilot.sent.iter().filter(|request| request.about.route.tag == "Linking").count()
}

#[test]
fn section_5_sites_without_an_organization_stand_first() {
    let pilot = home(SiteState::NotEnrolled, None, Role::SiteAdmin);
    assert!(pilot.sees("Not linked yet › dolmen.webex.example"), "{}", pilot.text());
    assert!(pilot.sees("not enrolled · 140"), "{}", pilot.text());
    assert_eq!(asks(&pilot), 0, "where nothing is under way nothing is asked");
}

#[test]
fn l7_a_link_under_way_shows_how_far_it_is() {
    let job = LinkJob { progress: 62, ..world::job() };
    let pilot = home(SiteState::Linking, Some(job), Role::SiteAdmin);
    assert!(pilot.sees("linking 62 % · 140"), "{}", pilot.text());
    assert!(reads(&pilot, "linking to Acme Robotics, 62 %"), "{}", pilot.text());
}

#[test]
fn l7_a_failed_link_says_why_and_when_it_is_tried_again() {
    let job = LinkJob {
        state: LinkState::Failed,
        reason: Some("no answer".into()),
        retry_at: Some(crate::world::at("2026-03-01T10:12:00Z")),
        ..world::job()
    };
    let pilot = home(SiteState::LinkFailed, Some(job), Role::SiteAdmin);
    assert!(pilot.sees("link failed · 140"), "{}", pilot.text());
    assert!(pilot.sees("linking to Acme Robotics failed: no answer"), "{}", pilot.text());
    assert!(pilot.sees("1 link failed"), "{}", pilot.text());
}

#[test]
fn l7_when_it_is_complete_home_asks_for_the_sites_again() {
    let job = LinkJob { state: LinkState::Done, ..world::job() };
    let pilot = home(SiteState::Linking, Some(job), Role::SiteAdmin);
    let sites = |request: &&Request| request.is::<ListSites>();
    assert!(pilot.sent.iter().filter(sites).count() > 1);
}

#[test]
fn l7_who_may_not_see_the_job_sees_the_state() {
    let pilot = home(SiteState::Linking, None, Role::FullAdmin);
    assert!(pilot.sees("linking · 140"), "{}", pilot.text());
    assert_eq!(asks(&pilot), 0);
}

#[test]
fn l4_the_menu_says_who_could_link_the_site() {
    let cases = [
        (Role::SiteAdmin, "To one organization, for good"),
        (Role::FullAdmin, "Only an administrator of the site can link it."),
        (Role::PartnerAdmin, "A partner's account cannot link a customer's site"),
    ];
    for (role, words) in cases {
        let mut pilot = home(SiteState::NotEnrolled, None, role);
        pilot.press(Action::Wizards);
        assert!(pilot.sees("Link a site") && pilot.sees(words), "{role:?}\n{}", pilot.text());
    }
}
