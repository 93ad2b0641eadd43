//! Timers: one list by urgency, the status line that counts it, and the way from a timer to its
//! thing.

use hublink::api::call::Request;
use hublink::api::timer::{ListTimers, Timer};
use hublink::domain::timer::TimerKind;
use hublink::tui::keymap::Action;

use crate::places::Places;
use crate::script::{down, reads, unreachable};
use crate::world::{NOW, SITE, at, plan, plan_items, run};

fn timer(kind: TimerKind, due: Option<&str>, what: &str, subject: &str) -> Timer {
    Timer {
        site: Some(SITE.into()),
        organization: Some("acme".to_owned()),
        organization_name: Some("Acme Robotics".into()),
        ..Timer::about(kind, due.map(at), at(NOW), what.to_owned(), subject)
    }
}

/// One of every kind.
fn every_kind() -> Places {
    let places = Places::new();
    let plan = plan("pln_1", &plan_items(), hublink::domain::linking::LinkingMethod::VerifyNow);
    let soon = Some("2026-03-02T09:00:00Z");
    places.with(|world| {
        world.runs = vec![run(&plan)];
        world.timers = vec![
            timer(TimerKind::SiteLink, soon, "rd.webex.example is being linked", "rd"),
            timer(TimerKind::SiteLinkFailed, None, "ops.webex.example linking failed", "ops"),
            timer(TimerKind::UserLink, soon, "2 people are to be linked", SITE),
            timer(TimerKind::Trial, Some("2026-03-20T00:00:00Z"), "trial of Zenith ends", "zenith"),
            timer(TimerKind::AutoLink, Some("2026-06-01T00:00:00Z"), "x links by itself", "x"),
            timer(TimerKind::AutoLinkWaiting, Some("2026-02-20T00:00:00Z"), "y waits", "y"),
            timer(TimerKind::DnsRecord, soon, "acme-works.example: its record", "acme-works"),
            timer(TimerKind::WelcomeLink, soon, "welcome of ann@zenith.example", "ann"),
            timer(TimerKind::ConnectLink, soon, "connect mail of sam", "sam"),
            timer(TimerKind::ContactCenter, None, "Contact Center is being set up", "cc"),
            timer(TimerKind::PlanWaiting, None, "a plan waits for you: 30 users", SITE),
            timer(TimerKind::DomainTxt, None, "acme-free.example needs its TXT value", "acme-free"),
        ];
    });
    places
}

#[test]
fn every_kind_of_timer_at_three_sizes() {
    for (width, height) in [(80, 24), (40, 12), (160, 50)] {
        let mut pilot = every_kind().pilot((width, height));
        pilot.press(Action::Timers);
        insta::assert_snapshot!(
            format!("timers_every_{width}x{height}"),
            crate::same_as::text(&pilot)
        );
    }
}

#[test]
fn the_soonest_comes_first_and_a_record_that_is_awaited_stays_a_warning() {
    let places = Places::new();
    places.with(|world| {
        world.timers = vec![
            timer(TimerKind::DomainTxt, None, "one.example needs its TXT value", "one"),
            timer(TimerKind::Agreement, Some("2026-02-01T00:00:00Z"), "two.example lapsed", "two"),
            timer(TimerKind::Trial, Some("2026-05-01T00:00:00Z"), "trial of Zenith ends", "zenith"),
            timer(TimerKind::DnsRecord, Some("2026-03-01T09:46:00Z"), "six.example", "six"),
        ];
    });
    let mut pilot = places.pilot((120, 40));
    let order = |pilot: &hublink::tui::pilot::Pilot| {
        let text = pilot.text();
        let places = ["two.example lapsed", "one.example needs", "six.example", "trial of Zenith"];
        let found: Vec<_> = places.iter().map(|words| text.find(words)).collect();
        assert!(found.iter().all(Option::is_some) && found.is_sorted(), "{found:?}\n{text}");
    };
    order(&pilot);
    assert!(reads(&pilot, "2 domains need their TXT"), "{}", pilot.text());
    pilot.press(Action::Timers);
    order(&pilot);
}

#[test]
fn the_status_line_tells_what_is_overdue_under_way_and_next() {
    let pilot = every_kind().pilot((200, 24));
    // What wants attention comes first: where there is little room the rest gives way.
    let line = "1 link failed · 1 plan waits for you · 1 overdue · 2 domains need their TXT · 2 \
                people are to be linked in 23 hours · 1 link under way · 1 run under way";
    assert!(reads(&pilot, line), "{}", pilot.text());
}

#[test]
fn each_timer_tells_what_it_means_and_what_to_do() {
    let places = every_kind();
    let paused = timer(TimerKind::RunPaused, None, "a run is paused: 9 people", "run_9");
    places.with(|world| world.timers.push(paused));
    let mut pilot = places.pilot((100, 30));
    pilot.press(Action::Timers);
    for kind in TimerKind::ALL {
        let told = |pilot: &hublink::tui::pilot::Pilot| {
            reads(pilot, &format!("{} {}", kind.meaning(), kind.remedy()))
        };
        pilot.press(Action::Top);
        let mut moved = 0;
        while !told(&pilot) && moved < TimerKind::ALL.len() {
            pilot.press(Action::Down);
            moved += 1;
        }
        assert!(told(&pilot), "{kind:?}\n{}", pilot.text());
    }
}

#[test]
fn a_timer_leads_to_its_thing() {
    let cases = [
        ("a run is running", "› Runs"),
        ("verify acme-labs.example", "hublink domain add --org acme acme-labs.example"),
        ("2 people are to be", "status:confirmed"),
    ];
    for (what, there) in cases {
        let mut pilot = every_kind().pilot((100, 30));
        pilot.press(Action::Timers).press(Action::Top);
        let chosen = |pilot: &hublink::tui::pilot::Pilot| {
            pilot.text().lines().any(|line| line.contains('▌') && line.contains(what))
        };
        while !chosen(&pilot) {
            let before = pilot.text();
            pilot.press(Action::Down);
            assert_ne!(before, pilot.text(), "{what} is in the list");
        }
        pilot.press(Action::Open);
        assert!(reads(&pilot, there), "{what}\n{}", pilot.text());
    }
}

#[test]
fn a_timer_without_a_place_says_what_to_do() {
    let places = Places::new();
    places.with(|world| {
        world.sites.iter_mut().for_each(|site| site.agreements.clear());
        let due = Some("2026-03-20T00:00:00Z");
        let trial = timer(TimerKind::Trial, due, "trial of Zenith ends", "zenith");
        world.timers = vec![Timer { organization: None, ..trial }];
    });
    let mut pilot = places.pilot((100, 24));
    pilot.press(Action::Timers);
    assert!(reads(&pilot, "From then on the trial is read-only"), "{}", pilot.text());
    pilot.press(Action::Open);
    assert!(reads(&pilot, "Extend it, or map an order."), "{}", pilot.text());
    pilot.press(Action::Copy);
    assert_eq!(pilot.copied[0].as_str(), "zenith");
}

#[test]
fn timers_stay_in_sight_when_asking_again_fails() {
    let places = every_kind();
    let mut pilot = places.pilot((80, 24));
    pilot.press(Action::Timers);
    let timers = |request: &Request| request.asked::<ListTimers>().is_some();
    places.with(|world| world.refuse = Some((timers, unreachable())));
    pilot.press(Action::Reload);
    assert!(pilot.sees("verify acme-labs.example"), "{}", pilot.text());
    assert!(reads(&pilot, "r tries again"), "{}", pilot.text());
    down(&mut pilot, 3);
    places.with(|world| world.refuse = None);
    pilot.press(Action::Reload);
    assert!(!pilot.sees("✗"), "{}", pilot.text());
}

#[test]
fn an_answer_to_another_question_is_told_and_not_waited_for() {
    let places = every_kind();
    let mut pilot = places.pilot((80, 24));
    let timers = |request: &Request| request.asked::<ListTimers>().is_some();
    places.with(|world| world.odd = Some(timers));
    pilot.press(Action::Timers);
    assert!(reads(&pilot, "the backend's answer could not be read"), "{}", pilot.text());
}
