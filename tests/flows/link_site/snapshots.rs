//! What stands on screen, at 80x24, 40x12 and 160x50.

use hublink::api::linking::{Candidate, MatchReason};
use hublink::domain::site_link::{EnrollStep, LinkState, MatchKind};
use hublink::tui::keymap::Action;
use hublink::tui::pilot::Pilot;

use super::world::{self, candidate};
use super::{Linking, complete};
use crate::world::at;

/// Takes three pictures; `act` goes to what is to be seen.
fn pictures(name: &str, world: impl Fn() -> Linking, act: impl Fn(&Linking, &mut Pilot)) {
    for size in [(80, 24), (40, 12), (160, 50)] {
        let world = world();
        let mut pilot = world.pilot(size);
        act(&world, &mut pilot);
        insta::assert_snapshot!(
            format!("link_site_{name}_{}x{}", size.0, size.1),
            crate::same_as::text(&pilot)
        );
    }
    crate::room::never_fewer(name, |size| {
        let world = world();
        let mut pilot = world.pilot(size);
        act(&world, &mut pilot);
        pilot
    });
}

#[test]
fn site() {
    pictures("site", Linking::new, |_, _| {});
    pictures("site_newcomer", || Linking::newcomer(EnrollStep::Enroll), |_, _| {});
    let barred = || {
        let world = Linking::new();
        world.with(|world| world.enrollment.next = EnrollStep::AskCsm);
        world
    };
    pictures("site_barred", barred, |_, _| {});
}

#[test]
fn connect() {
    let world = || Linking::newcomer(EnrollStep::Connect).at_step("connect");
    pictures("connect", world, |_, pilot| {
        pilot.text_in("abcd-efgh");
    });
}

#[test]
fn organization() {
    let world = || {
        let world = Linking::new().at_step("organization");
        world.with(|world| world.draft.as_mut().unwrap().answers = serde_json::json!({}));
        world
    };
    pictures("organization", world, |_, _| {});
}

#[test]
fn organization_none() {
    let world = || {
        let world = Linking::newcomer(EnrollStep::Connect).at_step("organization");
        world.with(|world| {
            world::connected(&mut world.enrollment);
            world.candidates.items.clear();
        });
        world
    };
    pictures("organization_none", world, |_, pilot| {
        pilot.press(Action::Top).press(Action::Tick);
    });
}

#[test]
fn organization_many_with_long_names() {
    let long = "The Acme Robotics and Intelligent Manufacturing Systems Holding Company of \
                Northern Europe and the Baltic States 株式会社";
    let one = |n: usize| {
        let name = if n == 1 { long.to_owned() } else { format!("Acme {n}") };
        let mut one: Candidate = candidate(&format!("acme-{n}"), &name, None);
        if n == 1 {
            let domains: Vec<String> =
                (0..10).map(|n| format!("very-long-domain-name-{n}.acme.example")).collect();
            let text =
                format!("It has verified domains of the site's users: {}", domains.join(", "));
            one.reasons.push(MatchReason {
                kind: MatchKind::VerifiedDomain,
                evidence: domains.iter().map(|domain| domain.as_str().into()).collect(),
                text: text.into(),
            });
        }
        one
    };
    let world = || {
        let world = Linking::new().at_step("organization");
        world.with(|world| world.candidates.items = (0..30).map(one).collect());
        world.with(|world| world.candidates.more = 12);
        world
    };
    pictures("organization_many", world, |_, pilot| {
        pilot.press(Action::Top).press(Action::Down);
    });
}

#[test]
fn agreement() {
    pictures("agreement", || Linking::new().at_step("agreement"), |_, _| {});
    pictures(
        "agreement_text",
        || Linking::new().at_step("agreement"),
        |_, pilot| {
            pilot.press(Action::Top).hit("enter");
        },
    );
    pictures(
        "agreement_agreed",
        || Linking::new().at_step("agreement"),
        |_, pilot| {
            pilot.press(Action::Top).hit("enter");
            while !pilot.sees("I have read it") {
                pilot.hit("enter");
            }
            pilot.hit("enter").hit("space");
            pilot.text_in("acme.webex");
        },
    );
}

#[test]
fn linking() {
    let world = || Linking::new().at_step("linking");
    pictures("linking", world, |_, pilot| {
        pilot.pass(3 * 3_600_000);
    });
    pictures("linking_failed", world, |world, pilot| {
        world.job(|job| {
            job.state = LinkState::Failed;
            job.failures = 1;
            job.reason = Some("the directory of Acme Robotics did not answer".into());
            job.retry_at = Some(at("2026-03-01T09:47:00Z"));
        });
        pilot.pass(1_000).release();
    });
    pictures("linked", world, |world, pilot| {
        world.job(complete);
        pilot.pass(1_000).release();
    });
}
