//! What stands on screen, at 80x24, 40x12 and 160x50.

use hublink::api::call::Request;
use hublink::api::domains::{Check, CheckResult};
use hublink::api::plan::{ApplyPlan, Difference, MakePlan};
use hublink::api::problem::code;
use hublink::domain::linking::LinkingMethod::{ReceiveEmail, SignAgreement, VerifyNow};
use hublink::domain::outcome::Outcome;
use hublink::domain::run::RunState;
use hublink::tui::keymap::Action;
use hublink::tui::pilot::Pilot;

use crate::script::{Shared, problem, refused, unreachable};
use crate::world::at;

/// Takes three pictures; `act` goes to what is to be seen.
fn pictures(name: &str, world: impl Fn() -> Shared, act: impl Fn(&Shared, &mut Pilot)) {
    for size in [(80, 24), (40, 12), (160, 50)] {
        let world = world();
        let mut pilot = world.pilot(size);
        act(&world, &mut pilot);
        insta::assert_snapshot!(
            format!("{name}_{}x{}", size.0, size.1),
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

fn at_plan() -> Shared {
    Shared::new(Some(VerifyNow)).at_step("plan")
}

#[test]
fn method() {
    pictures(
        "method",
        || Shared::new(Some(ReceiveEmail)),
        |_, pilot| {
            pilot.press(Action::Down).press(Action::Tick);
        },
    );
}

#[test]
fn domains_to_verify() {
    let missing = Check {
        result: CheckResult::NotFound,
        at: at("2026-03-01T12:31:00Z"),
        seen: vec!["v=spf1 -all".into()],
        not_before: Some(at("2026-03-01T14:05:00Z")),
        detail: String::new().into(),
    };
    pictures(
        "verify",
        || Shared::new(Some(VerifyNow)),
        |world, pilot| {
            world.with(|world| world.look_up = Some(missing.clone()));
            pilot.press(Action::Next).press(Action::Down).press(Action::Verify);
        },
    );
}

#[test]
fn domains_to_sign() {
    pictures(
        "sign",
        || Shared::new(Some(SignAgreement)),
        |_, pilot| {
            pilot.press(Action::Next);
        },
    );
}

#[test]
fn the_agreement() {
    pictures(
        "agreement",
        || Shared::new(Some(SignAgreement)),
        |_, pilot| {
            pilot.press(Action::Next).press(Action::NextPane).press(Action::Open);
        },
    );
}

#[test]
fn plan() {
    pictures("plan", at_plan, |_, pilot| {
        pilot.text_in("12");
    });
}

#[test]
fn people_of_a_class() {
    pictures("people", at_plan, |_, pilot| {
        pilot.press(Action::NextPane).press(Action::Open).press(Action::Down);
    });
}

#[test]
fn a_stale_plan() {
    let difference = |user: &str, now| Difference {
        user_id: user.into(),
        address: format!("{user}@acme-labs.example").into(),
        planned: Outcome::HoldUnverifiedDomain,
        now,
    };
    pictures("stale", at_plan, |world, pilot| {
        let mut stale = problem(code::PLAN_STALE, 409, "Some would fare differently now.", "");
        stale.differences =
            vec![difference("dana", Outcome::LinkNow), difference("eli", Outcome::LinkNow)];
        world.refuse(Request::is::<ApplyPlan>, refused(stale));
        pilot.text_in("12").press(Action::Next);
    });
}

#[test]
fn a_plan_that_cannot_be_had() {
    pictures(
        "unreachable",
        || {
            let world = at_plan();
            world.refuse(Request::is::<MakePlan>, unreachable());
            world
        },
        |_, _| {},
    );
}

#[test]
fn a_run_under_way() {
    pictures(
        "invite",
        || Shared::new(Some(VerifyNow)).at_step("invite"),
        |world, pilot| {
            world.run(|run| {
                (run.linked, run.emailed, run.unknown, run.in_flight) = (4, 1, 1, 1);
                run.not_processed = 2;
            });
            pilot.release();
        },
    );
}

#[test]
fn a_run_in_trouble() {
    pictures(
        "paused",
        || Shared::new(Some(VerifyNow)).at_step("invite"),
        |world, pilot| {
            world.run(|run| {
                run.state = RunState::Paused;
                run.trouble = Some("the mail server refuses every mail (554 blocked)".into());
            });
            pilot.release();
        },
    );
}

#[test]
fn results() {
    pictures("results", || Shared::new(Some(VerifyNow)).at_step("results"), |_, _| {});
}

#[test]
fn a_mail_in_doubt() {
    pictures(
        "resolve",
        || Shared::new(Some(VerifyNow)).at_step("results"),
        |_, pilot| {
            open_doubts(pilot).press(Action::Resolve);
        },
    );
}

/// From the results to the list of mails that may have been sent.
fn open_doubts(pilot: &mut Pilot) -> &mut Pilot {
    pilot.press(Action::Top);
    for _ in 0..6 {
        pilot.press(Action::Down);
    }
    pilot.press(Action::Open)
}
