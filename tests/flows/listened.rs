//! Accessible mode while a page changes: a number does what it meant when it was told, or nothing.

use hublink::api::run::Run;
use hublink::api::timer::Timer;
use hublink::domain::linking::LinkingMethod;
use hublink::domain::timer::TimerKind;
use hublink::tui::keymap::Action;
use hublink::tui::linear::Reader;
use hublink::tui::pilot::Pilot;

use crate::places::Places;
use crate::world::{NOW, SITE, at, plan, plan_items};

fn timer(what: &str, due: &str) -> Timer {
    Timer {
        site: Some(SITE.into()),
        organization: Some("acme".to_owned()),
        organization_name: Some("Acme Robotics".into()),
        ..Timer::about(TimerKind::WelcomeLink, Some(at(due)), at(NOW), what.to_owned(), what)
    }
}

/// The timers as they were told to somebody, and as they are a moment later.
fn told(before: &[Timer], now: &[Timer]) -> (Pilot, Reader) {
    let places = Places::new();
    places.with(|world| world.timers = before.to_vec());
    let mut pilot = places.pilot((100, 48));
    pilot.press(Action::Timers);
    let mut reader = Reader::new(true);
    let said = reader.told(pilot.app());
    for (at, timer) in before.iter().enumerate() {
        let line = said.lines().find(|line| line.starts_with(&format!("{}. ", at + 1)));
        assert!(line.is_some_and(|line| line.contains(timer.what.raw())), "{said}");
    }
    places.with(|world| world.timers = now.to_vec());
    pilot.press(Action::Reload);
    (pilot, reader)
}

#[test]
fn a_number_means_what_it_meant_when_it_was_told() {
    let (one, two) = (timer("one", "2026-03-02T09:00:00Z"), timer("two", "2026-03-03T09:00:00Z"));
    let two = Timer { kind: TimerKind::Trial, ..two };
    let first = timer("zero", "2026-03-01T10:00:00Z");
    let before = [one.clone(), two.clone()];
    // Another comes before them: what was told as 2 is the third by now, and still meant by 2.
    let (mut pilot, mut reader) = told(&before, &[first, one.clone(), two]);
    let said = pilot.hear(&mut reader, "2");
    assert!(!said.contains("meanwhile") && said.contains("Trial"), "{said}");
    // It is gone: nothing is done, and the page is told as it is.
    let (mut pilot, mut reader) = told(&before, &[one]);
    let said = pilot.hear(&mut reader, "2");
    assert!(said.contains("two") && said.contains("has changed meanwhile, and nothing"), "{said}");
    assert!(said.contains("1. "), "the page as it is now: {said}");
    assert!(pilot.sees("Timers"), "{}", pilot.text());
}

#[test]
fn an_act_without_a_number_is_about_what_was_told_or_is_not_done() {
    let plan = plan("pln_1", &plan_items(), LinkingMethod::VerifyNow);
    let run = |id: &str| Run { id: id.to_owned(), ..crate::world::run(&plan) };
    let places = Places::new();
    places.with(|world| world.runs = vec![run("run_one"), run("run_two")]);
    let mut pilot = places.pilot((100, 48));
    pilot.press(Action::Runs);
    let mut reader = Reader::new(true);
    let told = reader.told(pilot.app());
    assert!(told.contains("about 1: run_one"), "{told}");
    // What only counts on is the same run.
    places.with(|world| world.runs[0].linked += 1);
    let said = pilot.hear(&mut reader, "reload");
    assert!(!said.contains("meanwhile"), "{said}");
    places.with(|world| drop(world.runs.remove(0)));
    pilot.press(Action::Reload);
    let said = pilot.hear(&mut reader, "open");
    assert!(said.contains("meanwhile") && said.contains("about 1: run_two"), "{said}");
    let said = pilot.hear(&mut reader, "back");
    assert!(!said.contains("meanwhile"), "{said}");
}

#[test]
fn going_on_from_a_list_and_back_leaves_it_where_it_was() {
    let world = crate::script::Shared::new(Some(LinkingMethod::VerifyNow)).at_step("select");
    let mut pilot = world.pilot((100, 48));
    let first = |pilot: &Pilot| {
        let text = pilot.text();
        text.lines().find(|line| line.contains('▌')).map(str::to_owned)
    };
    let before = first(&pilot);
    assert!(before.is_some(), "{}", pilot.text());
    let mut reader = Reader::new(true);
    reader.told(pilot.app());
    pilot.hear(&mut reader, "next");
    assert!(pilot.sees("● Plan"), "{}", pilot.text());
    pilot.hear(&mut reader, "back");
    assert_eq!(first(&pilot), before, "{}", pilot.text());
}
