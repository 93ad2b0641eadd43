//! What must be in sight, whole, or named, however little room there is (SPEC section 6, LOOK).

use hublink::domain::linking::LinkingMethod;
use hublink::tui::keymap::Action;
use hublink::tui::pilot::Pilot;

use crate::places::Places;
use crate::script::{Shared, reads};

const LITTLE: (u16, u16) = (40, 12);
const SMALL: (u16, u16) = (80, 24);

/// Whether the bar of the row in focus is in sight.
fn has_bar(pilot: &Pilot) -> bool {
    let text = pilot.text();
    text.lines().any(|line| line.trim_start().starts_with('▌'))
}

#[test]
fn what_has_the_focus_is_in_sight_on_every_page_as_it_opens() {
    for method in
        [LinkingMethod::ReceiveEmail, LinkingMethod::VerifyNow, LinkingMethod::SignAgreement]
    {
        for step in ["method", "domains", "select", "plan"] {
            for size in [LITTLE, (40, 10), (60, 14), SMALL] {
                let pilot = Shared::new(Some(method)).at_step(step).pilot(size);
                assert!(has_bar(&pilot), "{method:?} {step} {size:?}\n{}", pilot.text());
            }
        }
    }
    let pilot = Shared::new(Some(LinkingMethod::SignAgreement)).at_step("method").pilot(LITTLE);
    assert!(pilot.sees("▌ ◉ "), "what is chosen\n{}", pilot.text());
    let plan = Shared::new(Some(LinkingMethod::VerifyNow)).at_step("plan").pilot(LITTLE);
    assert!(plan.sees("▏"), "the field for the number\n{}", plan.text());
    assert!(reads(&plan, "e-mail"), "what it will send stays in sight\n{}", plan.text());
}

#[test]
fn the_title_of_a_pane_stays_while_one_filters_it() {
    for size in [LITTLE, SMALL, (120, 40)] {
        let mut pilot = Places::new().pilot(size);
        pilot.press(Action::Open).press(Action::Filter).text_in("rd.");
        assert!(pilot.sees("SITES  1") && pilot.sees("/rd.▏"), "{size:?}\n{}", pilot.text());
        pilot.press(Action::Open).press(Action::Down).press(Action::Up);
        assert!(pilot.sees("rd.webex.example") && pilot.sees("SITES  1"), "{}", pilot.text());
    }
}

#[test]
fn all_about_a_chosen_row_takes_a_second_line_where_it_is_free() {
    let mut pilot = Places::new().pilot(SMALL);
    pilot.press(Action::Open);
    let text = pilot.text();
    let detail: Vec<&str> = text.lines().rev().skip(2).take(2).collect();
    assert!(!detail.concat().contains('…'), "{text}");
}

#[test]
fn where_something_was_written_is_told_whole() {
    for size in [LITTLE, SMALL] {
        let mut pilot = Places::new().pilot(size);
        pilot.press(Action::Insights).pass(500).press(Action::Export).pass(100);
        let told: String = pilot.text().split_whitespace().collect();
        let path = pilot.files.keys().next_back().unwrap().to_string_lossy().into_owned();
        assert!(told.contains(&format!("Writtento{path}")), "{path}\n{}", pilot.text());
    }
}
