//! Text from outside never steers the terminal, whatever field it comes in (promise I12).

use hublink::api::call::Request;
use hublink::api::order::OrderCandidate;
use hublink::api::plan::MakePlan;
use hublink::api::problem::code;
use hublink::domain::linking::LinkingMethod::{SignAgreement, VerifyNow};
use hublink::domain::untrusted::Untrusted;
use hublink::tui::keymap::{Action, Availability};
use hublink::tui::pilot::Pilot;
use hublink::tui::widget::sweep::sweep;

use crate::order::candidate;
use crate::places::Places;
use crate::script::{Shared, down, problem, refused};
use crate::selling::Selling;

const SIZE: (u16, u16) = (100, 30);

/// Clears the screen, sets the title, turns text round, hides some, and breaks lines.
pub const HOSTILE: &str = "Eve\u{1b}[2J\u{1b}]0;x\u{7}\u{202e}live\u{200b}\r\nBcc: all\u{9b}31m";

pub fn hostile() -> Untrusted {
    HOSTILE.into()
}

/// Nothing hostile stands in the frame, and it was made visible, not swept away at the last.
pub fn assert_clean(pilot: &Pilot, shown: &str) {
    let mut frame = pilot.frame();
    assert_eq!(sweep(&mut frame), 0);
    let text = pilot.text();
    assert!(!text.contains('\u{fffd}'), "the second wall had to help:\n{text}");
    assert!(text.contains(shown), "{shown} is not there:\n{text}");
    assert!(text.lines().all(|line| !line.starts_with("Bcc")), "{text}");
}

#[test]
fn i12_names_in_a_plan() {
    let world = Shared::new(Some(VerifyNow)).at_step("plan");
    world.with(|world| {
        for item in &mut world.items {
            (item.name, item.address) = (hostile(), hostile());
            (item.user_id, item.reason) = (hostile(), hostile());
        }
    });
    let mut pilot = world.pilot(SIZE);
    pilot.press(Action::NextPane).press(Action::Open);
    assert_clean(&pilot, "Eve^[[2J");
}

#[test]
fn i12_domains_records_and_resolvers() {
    for method in [VerifyNow, SignAgreement] {
        let world = Shared::new(Some(method));
        world.with(|world| {
            for domain in &mut world.site_domains {
                domain.unicode = Some(hostile());
                HOSTILE.clone_into(&mut domain.why_not);
            }
            for domain in &mut world.org_domains {
                domain.challenge.record_name = hostile();
                domain.challenge.record_value = hostile();
            }
            world.site.organization_name = Some(hostile());
            let text = hublink::domain::agreement::text(HOSTILE, HOSTILE);
            (world.agreement.text, world.agreement.site) = (text.into(), hostile());
        });
        let mut pilot = world.pilot(SIZE);
        pilot.press(Action::Next);
        assert_clean(&pilot, "Eve^[[2J");
        down(&mut pilot, 1);
        assert_clean(&pilot, "Eve^[[2J");
        if method == SignAgreement {
            pilot.press(Action::NextPane).press(Action::Open);
            assert_clean(&pilot, "Eve^[[2J");
        }
    }
}

#[test]
fn i12_the_words_of_the_backend() {
    let world = Shared::new(Some(VerifyNow)).at_step("plan");
    let bad = problem(code::INTERNAL, 500, HOSTILE, HOSTILE);
    world.refuse(Request::is::<MakePlan>, refused(bad));
    let pilot = world.pilot(SIZE);
    assert_clean(&pilot, "Eve^[[2J");
}

#[test]
fn i12_a_run_and_its_people() {
    let world = Shared::new(Some(VerifyNow)).at_step("results");
    world.with(|world| {
        for item in &mut world.run_items {
            (item.name, item.address) = (hostile(), hostile());
            (item.reason, item.message_id) = (hostile(), Some(hostile()));
        }
        let run = world.run.as_mut().unwrap();
        HOSTILE.clone_into(&mut run.id);
        run.started_by = hostile();
        run.trouble = Some(hostile());
    });
    let mut pilot = world.pilot(SIZE);
    assert_clean(&pilot, "Eve^[[2J");
    pilot.press(Action::Top);
    down(&mut pilot, 6).press(Action::Open);
    assert_clean(&pilot, "Eve^[[2J");
    pilot.press(Action::Copy);
    assert!(!pilot.copied[0].as_str().contains('\u{1b}'));
    pilot.press(Action::Resolve);
    assert_clean(&pilot, "Eve^[[2J");
}

#[test]
fn i12_every_field_of_every_place() {
    let places = Places::new();
    places.with(|world| {
        (world.me.email, world.me.name) = (hostile(), hostile());
        for organization in &mut world.organizations {
            organization.name = hostile();
        }
        for site in &mut world.sites {
            (site.company, site.csm) = (hostile(), hostile());
            site.url = Untrusted::new(format!("{}{HOSTILE}", site.url.raw()));
            for agreement in &mut site.agreements {
                (agreement.domain, agreement.signed_by) = (hostile(), hostile());
            }
        }
        for domain in &mut world.domains {
            (domain.name, domain.unicode) = (hostile(), Some(hostile()));
        }
        for user in &mut world.users {
            (user.0, user.1, user.2) = (HOSTILE, hostile(), HOSTILE);
        }
        for mail in &mut world.mails {
            (mail.to, mail.subject) = (hostile(), hostile());
            (mail.text, mail.link) = (hostile(), Some(hostile()));
        }
        for entry in &mut world.record {
            (entry.actor, entry.subject, entry.site) = (hostile(), hostile(), Some(hostile()));
            HOSTILE.clone_into(&mut entry.action);
            entry.organization = Some(HOSTILE.to_owned());
            entry.detail = serde_json::json!({ HOSTILE: HOSTILE });
            HOSTILE.clone_into(&mut entry.hash);
        }
        for person in &mut world.people {
            (person.name, person.role) = (hostile(), hostile());
        }
    });
    let mut pilot = places.pilot(SIZE);
    assert_clean(&pilot, "Eve^[[2J");
    pilot.press(Action::Copy);
    assert_clean(&pilot, "Copied: Eve^[[2J");
    for action in [Action::Users, Action::Timers, Action::Outbox, Action::Audit, Action::Wizards] {
        let mut pilot = places.pilot(SIZE);
        pilot.press(action);
        assert_clean(&pilot, "Eve^[[2J");
        if pilot.app().can(Action::Open) == Availability::Ready && action != Action::Wizards {
            pilot.press(Action::Open);
            assert_clean(&pilot, "Eve^[[2J");
        }
    }
    let mut pilot = places.pilot(SIZE);
    pilot.press(Action::Demo).press(Action::SignInAs);
    assert_clean(&pilot, "Eve^[[2J");
}

#[test]
fn i12_what_is_typed_and_pasted() {
    let mut pilot = Places::new().pilot(SIZE);
    pilot.press(Action::Filter).paste(HOSTILE);
    let mut frame = pilot.frame();
    assert_eq!(sweep(&mut frame), 0);
    assert!(!pilot.text().contains('\u{202e}'), "{}", pilot.text());
}

#[test]
fn i12_names_in_trials_and_orders() {
    let world = Selling::new();
    world.with(|world| {
        for trial in &mut world.trials {
            (trial.company, trial.administrator, trial.started_by) =
                (hostile(), hostile(), hostile());
            trial.site.as_mut().unwrap().url = hostile();
        }
        for order in &mut world.orders {
            (order.company, order.partner_name) = (hostile(), hostile());
            (order.administrator, order.organization_name) = (Some(hostile()), Some(hostile()));
        }
        world.organizations[0].name = hostile();
        world.found.candidates = vec![OrderCandidate { name: hostile(), ..candidate("x", "") }];
        world.found.may_create = false;
        HOSTILE.clone_into(&mut world.found.why_not_create);
    });
    let mut trials = world.trials(SIZE);
    assert_clean(&trials, "Eve^[[2J");
    trials.press(Action::Open);
    assert_clean(&trials, "Eve^[[2J");
    trials.hit("esc").press(Action::Extend);
    assert_clean(&trials, "Eve^[[2J");
    assert_clean(&world.orders(SIZE), "Eve^[[2J");
    let mut order = world.order(SIZE);
    assert_clean(&order, "Eve^[[2J");
    order.text_in("kari@borealis.example").hit("enter");
    assert_clean(&order, "Eve^[[2J");
    assert_clean(&world.trial(SIZE), "Eve^[[2J");
}
