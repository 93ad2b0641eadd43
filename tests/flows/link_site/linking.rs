//! Step five: the job, its failure, and what it did (rules L7, L8).

use hublink::api::call::Request;
use hublink::api::linking::{Notices, RetryLink, WatchLink};
use hublink::api::problem::code;
use hublink::domain::site::SiteState;
use hublink::domain::site_link::{Consequences, EnrollStep, LinkState, Terms, agreement};
use hublink::tui::keymap::{Action, Availability};
use hublink::tui::pilot::Pilot;

use super::{Linking, SIZE, complete, count, now, world};
use crate::script::{down, problem, reads, refused, unreachable};
use crate::world::{SITE, at};

fn retries(call: &Request) -> bool {
    call.is::<RetryLink>()
}

fn begin(world: &Linking) -> Pilot {
    let pilot = world.pilot(SIZE);
    assert!(pilot.sees("● Linking"), "{}", pilot.text());
    pilot
}

fn fail(world: &Linking) {
    world.job(|job| {
        job.state = LinkState::Failed;
        job.failures = 2;
        job.reason = Some("the directory of Acme Robotics did not answer".into());
        job.retry_at = Some(at("2026-03-01T10:12:00Z"));
    });
}

#[test]
fn l7_progress_moves_with_the_world_s_clock_and_is_drawn_seldom() {
    let world = Linking::new().at_step("linking");
    let mut pilot = begin(&world);
    assert!(pilot.sees("  0 %") && pilot.sees("complete in 12 hours, at 21:42 UTC"));
    pilot.pass(6 * 3_600_000);
    assert!(pilot.sees(" 45 %"), "{}", pilot.text());
    assert!(now() < at("2026-03-01T21:42:00Z"));
}

#[test]
fn l7_one_may_leave_and_come_back_and_cannot_cancel() {
    let world = Linking::new().at_step("linking");
    let mut pilot = begin(&world);
    assert_eq!(pilot.app().can(Action::Next), Availability::Hidden);
    for action in [Action::Cancel, Action::Pause, Action::Remove] {
        assert_eq!(pilot.app().can(action), Availability::Hidden, "{action:?}");
    }
    pilot.press(Action::Back);
    assert!(pilot.ended, "what is before is over");
    world.job(complete);
    world.with(|world| world.enrollment.next = EnrollStep::Linked);
    let again = begin(&world);
    assert!(again.sees("✓ Linked to Acme Robotics at 09:44 UTC, for good."), "{}", again.text());
}

#[test]
fn l7_a_failure_tells_why_and_is_tried_again_on_demand() {
    let world = Linking::new().at_step("linking");
    let mut pilot = begin(&world);
    fail(&world);
    pilot.pass(1_000).release();
    assert!(reads(&pilot, "Linking to Acme Robotics has failed 2 times so far."));
    assert!(reads(&pilot, "The directory of Acme Robotics did not answer."), "{}", pilot.text());
    assert!(reads(&pilot, "tried again by itself in 30 minutes, at 10:12 UTC"), "{}", pilot.text());
    assert!(reads(&pilot, "Always to Acme Robotics"), "{}", pilot.text());
    let words = "The job is running already.";
    let is_retry = |request: &Request| retries(request);
    world.refuse(is_retry, refused(problem(code::LINK_STATE, 409, words, "Wait for it.")));
    pilot.hit("enter");
    assert!(reads(&pilot, "✗ The job is running already. Wait for it."), "{}", pilot.text());
    pilot.hit("enter");
    assert_eq!(count(&pilot, retries), 2);
    assert!(reads(&pilot, "The site is being linked to Acme Robotics"), "{}", pilot.text());
    assert!(reads(&pilot, "It has failed 2 times before"), "{}", pilot.text());
}

#[test]
fn l8_who_was_linked_and_who_was_not_can_be_looked_at() {
    let world = Linking::new().at_step("linking");
    let mut pilot = begin(&world);
    world.job(complete);
    pilot.pass(1_000).release();
    for words in [
        "142 linked silently, nobody told them",
        "9 not linked, though known",
        "7 the site account is deactivated",
        "2,261 as they were",
        "Its 2 full admins were told by e-mail.",
        "Step two, linking the users, is optional",
    ] {
        assert!(reads(&pilot, words), "{words}\n{}", pilot.text());
    }
    pilot.press(Action::Top).press(Action::Open);
    assert!(pilot.sees("linked silently") && pilot.sees("Amara Okafor"), "{}", pilot.text());
    assert!(!pilot.sees("Bjørn"), "{}", pilot.text());
    pilot.press(Action::Export);
    let file = pilot
        .files
        .iter()
        .find(|(path, _)| path.ends_with("hublink-acme-webex-example-link_now.csv"));
    let text = String::from_utf8(file.unwrap().1.to_vec()).unwrap();
    assert!(text.contains("chen.wei@gmail.com,link_now,"), "{text}");
    pilot.press(Action::Back);
    down(&mut pilot, 1).press(Action::Open);
    assert!(pilot.sees("Bjørn Lund") && pilot.sees("deactivated"), "{}", pilot.text());
}

#[test]
fn l7_the_last_page_leads_into_step_two() {
    let world = Linking::new().at_step("linking");
    world.job(complete);
    let mut pilot = begin(&world);
    pilot.press(Action::Bottom).press(Action::Up).press(Action::Open);
    assert!(pilot.sees("Link users · acme.webex.example"), "{}", pilot.text());
    assert!(world.with(|world| world.draft.is_none()), "this wizard's draft is done with");
}

#[test]
fn l7_or_finishes() {
    let world = Linking::new().at_step("linking");
    world.job(complete);
    let mut pilot = begin(&world);
    pilot.press(Action::Bottom).press(Action::Open);
    assert!(pilot.ended);
    assert!(world.with(|world| world.draft.is_none()));
}

#[test]
fn l7_mails_that_were_refused_or_are_in_doubt_are_told() {
    let world = Linking::new().at_step("linking");
    world.job(complete);
    world.job(|job| {
        let notices = &mut job.notices;
        (notices.total, notices.sent, notices.refused, notices.unknown) = (4, 2, 1, 1);
    });
    let pilot = begin(&world);
    assert!(reads(&pilot, "2 of its 4 full admins were told by e-mail."), "{}", pilot.text());
    assert!(reads(&pilot, "1 mail refused by the mail server."), "{}", pilot.text());
    assert!(reads(&pilot, "1 mail may have been sent"), "{}", pilot.text());
}

#[test]
fn l7_of_a_link_to_a_new_organization_nobody_is_told_and_every_page_says_so() {
    const WORDS: &str = "Nobody is told of the link by e-mail";
    let plan = world::plan();
    let consequences = Consequences { notified: 0, ..plan.consequences };
    let terms = Terms {
        site: SITE,
        organization: "Acme Robotics",
        partner: false,
        new_in: Some("Germany"),
        consequences: &consequences,
    };
    assert!(agreement(&terms).contains(WORDS));
    let world = Linking::new().at_step("linking");
    world.job(|job| (job.new_organization, job.notices) = (true, Notices::default()));
    let pilot = begin(&world);
    assert!(reads(&pilot, WORDS) && !reads(&pilot, "all full admins"), "{}", pilot.text());
    world.job(complete);
    world.job(|job| job.notices = Notices::default());
    let pilot = begin(&world);
    assert!(reads(&pilot, WORDS) && !reads(&pilot, "told by e-mail"), "{}", pilot.text());
}

#[test]
fn l7_a_site_that_was_linked_without_a_job_is_linked_all_the_same() {
    let world = Linking::new();
    world.with(|world| {
        (world.enrollment.next, world.enrollment.state) = (EnrollStep::Linked, SiteState::Enrolled);
    });
    let mut pilot = begin(&world);
    assert!(reads(&pilot, "This site is linked, for good."), "{}", pilot.text());
    pilot.press(Action::Open);
    assert!(pilot.sees("Link users · acme.webex.example"), "{}", pilot.text());
}

#[test]
fn l7_a_lost_backend_is_told_and_asked_again() {
    let world = Linking::new().at_step("linking");
    let mut pilot = begin(&world);
    let polls = |request: &Request| {
        request.asked::<WatchLink>().is_some_and(|(_, query, _)| query.after.is_some())
    };
    world.with(|world| world.job.as_mut().unwrap().revision += 1);
    world.refuse(polls, unreachable());
    pilot.release();
    assert!(reads(&pilot, "What is shown may be old; the link goes on"), "{}", pilot.text());
    world.job(complete);
    pilot.pass(4_000);
    assert!(reads(&pilot, "Linked to Acme Robotics"), "{}", pilot.text());
}

#[test]
fn l7_before_link_now_there_is_nothing_to_watch() {
    let world = Linking::new().at_step("linking");
    world.with(|world| {
        world.enrollment = world::enrollment(EnrollStep::Organization);
        world.job = None;
    });
    let mut pilot = begin(&world);
    assert!(reads(&pilot, "Nothing is being linked yet."), "{}", pilot.text());
    pilot.press(Action::Back);
    assert!(pilot.sees("● Agreement"), "{}", pilot.text());
}
