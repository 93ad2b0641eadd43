//! Names, reasons and texts from outside never steer the terminal (promise I12).

use hublink::domain::site_link::EnrollStep;
use hublink::domain::untrusted::Untrusted;
use hublink::tui::keymap::Action;

use super::{Linking, complete};
use crate::hostile::{HOSTILE, assert_clean, hostile};
use crate::script::down;

const SIZE: (u16, u16) = (100, 50);

#[test]
fn i12_organizations_that_match() {
    let world = Linking::new().at_step("organization");
    world.with(|world| {
        world.enrollment.company = hostile();
        world.candidates.csm = hostile();
        for one in &mut world.candidates.items {
            one.name = hostile();
            one.ask = vec![hostile()];
            for reason in &mut one.reasons {
                (reason.text, reason.evidence) = (hostile(), vec![hostile()]);
            }
            if let Some(why) = &mut one.why_not {
                (why.text, why.remedy) = (hostile(), hostile());
            }
        }
    });
    let mut pilot = world.pilot(SIZE);
    assert_clean(&pilot, "Eve^[[2J");
    down(&mut pilot, 1).press(Action::Tick);
    assert_clean(&pilot, "Eve^[[2J");
    pilot.press(Action::Bottom).paste(HOSTILE);
    assert_clean(&pilot, "Eve^[[2J");
}

#[test]
fn i12_the_agreement_and_who_is_told() {
    let world = Linking::new().at_step("agreement");
    world.with(|world| {
        world.plan.organization_name = hostile();
        world.plan.notified = vec![hostile()];
        world.plan.organization = Some(HOSTILE.to_owned());
        world.plan.text = Untrusted::new(format!("One {HOSTILE}\n\nTwo {HOSTILE}"));
    });
    let mut pilot = world.pilot(SIZE);
    assert_clean(&pilot, "Eve^[[2J");
    pilot.press(Action::Top).hit("enter");
    assert_clean(&pilot, "Eve^[[2J");
}

#[test]
fn i12_the_job_and_its_people() {
    let world = Linking::new().at_step("linking");
    world.job(|job| {
        (job.organization_name, job.started_by) = (hostile(), hostile());
        job.reason = Some(hostile());
        job.state = hublink::domain::site_link::LinkState::Failed;
    });
    let mut pilot = world.pilot(SIZE);
    assert_clean(&pilot, "Eve^[[2J");
    world.job(complete);
    world.with(|world| {
        for user in &mut world.users {
            (user.name, user.address, user.user_id) = (hostile(), hostile(), hostile());
        }
    });
    pilot.pass(1_000).release();
    pilot.press(Action::Top).press(Action::Open);
    assert_clean(&pilot, "Eve^[[2J");
}

#[test]
fn i12_the_connect_mail() {
    let world = Linking::newcomer(EnrollStep::Connect).at_step("connect");
    world.with(|world| {
        let mail = world.enrollment.connect.as_mut().unwrap();
        (mail.to, mail.detail) = (hostile(), Some(hostile()));
        mail.state = hublink::domain::site_link::LinkMailState::Unknown;
    });
    assert_clean(&world.pilot(SIZE), "Eve^[[2J");
}
