//! The mouse: a click is the keys that lead there, and nothing more (SPEC section 6).

use crossterm::event::{MouseButton, MouseEventKind};
use hublink::domain::linking::LinkingMethod;
use hublink::tui::keymap::Action;

use crate::places::Places;
use crate::script::Shared;

const DOWN: MouseEventKind = MouseEventKind::Down(MouseButton::Left);

#[test]
fn the_mouse_does_nothing_until_it_is_asked_for() {
    let mut pilot = Places::new().pilot((80, 24));
    let before = pilot.text();
    pilot.click("rd.webex.example").mouse_at(MouseEventKind::ScrollDown, 2, 5);
    assert_eq!(pilot.text(), before);
    pilot.press(Action::Mouse);
    assert!(
        pilot.sees("The mouse clicks and scrolls here; f6 gives selecting back."),
        "{}",
        pilot.text()
    );
    pilot.press(Action::Mouse);
    assert_eq!(pilot.mouse, [true, false]);
}

#[test]
fn a_click_moves_to_the_row_in_its_pane_and_a_second_one_is_enter() {
    let mut pilot = Places::new().pilot((80, 24));
    pilot.press(Action::Mouse);
    pilot.click("Not linked yet");
    assert!(pilot.sees("Not linked yet › dolmen.webex.example"), "{}", pilot.text());
    pilot.click("Acme Robotics  ").click("rd.webex.example");
    assert!(pilot.sees("Acme Robotics › rd.webex.example"), "{}", pilot.text());
    // A line of a row is the row; an empty place is nothing.
    pilot.click("enrolled");
    assert!(pilot.sees("Acme Robotics › acme.webex.example"), "{}", pilot.text());
    let before = pilot.text();
    pilot.mouse_at(DOWN, 22, 17);
    assert_eq!(pilot.text(), before);
    pilot.click("Acme Robotics  ").mouse_at(MouseEventKind::ScrollUp, 2, 5);
    assert!(pilot.sees("Not linked yet › "), "the wheel moves\n{}", pilot.text());
    pilot.press(Action::Wizards);
    pilot.click("Insights").click("Insights");
    assert!(!pilot.sees("Wizards for"), "{}", pilot.text());
}

#[test]
fn a_word_of_the_footer_is_its_key() {
    let mut pilot = Places::new().pilot((80, 24));
    pilot.press(Action::Mouse);
    pilot.pass(9_000).click("w wizards");
    assert!(pilot.sees("Wizards for"), "{}", pilot.text());
    pilot.click("esc close");
    assert!(!pilot.sees("Wizards for") && !pilot.ended, "{}", pilot.text());
}

#[test]
fn a_key_that_stands_below_the_panes_is_that_key() {
    let mut pilot = Places::new().pilot((80, 24));
    pilot.press(Action::Mouse).pass(9_000);
    let before = pilot.text();
    pilot.click("t timers");
    assert!(pilot.sees("Timers") && !pilot.sees("ORGANIZATIONS"), "{}", pilot.text());
    pilot.press(Action::Back);
    assert_eq!(pilot.text(), before, "and nothing else");
}

#[test]
fn a_step_that_is_done_is_a_way_back_and_a_tick_is_ticked() {
    let world = Shared::new(Some(LinkingMethod::VerifyNow)).at_step("plan");
    let mut pilot = world.pilot((80, 24));
    pilot.press(Action::Mouse).pass(9_000);
    pilot.click("○ Results");
    assert!(pilot.sees("● Plan"), "what is to come is no way\n{}", pilot.text());
    pilot.click("Select");
    assert!(pilot.sees("● Select"), "{}", pilot.text());
    pilot.click("Method");
    assert!(pilot.sees("● Method"), "{}", pilot.text());
    pilot.click("○ Receive").pass(100);
    assert!(pilot.sees("◉ Receive"), "{}", pilot.text());
}

#[test]
fn a_first_click_is_never_enter_and_the_filters_line_is_the_filter() {
    let world = Shared::new(Some(LinkingMethod::VerifyNow)).at_step("select");
    let mut pilot = world.pilot((80, 24));
    pilot.press(Action::Mouse).pass(9_000);
    // A tick moves the cursor on: a click on that next row is still the first one there.
    pilot.click("☑ Amara").pass(500).click("Bjørn Lund").pass(500);
    assert!(pilot.sees("● Select") && pilot.sees("11 ticked"), "{}", pilot.text());
    // What is typed after a click on the filter is written, and does nothing else.
    pilot.click("/ words").pass(500).text_in("dana").pass(500);
    assert!(pilot.sees("● Select") && pilot.sees("11 ticked"), "{}", pilot.text());
    assert!(pilot.sees("Dana Fox") && !pilot.sees("Amara"), "{}", pilot.text());
}

#[test]
fn what_stands_below_the_panes_opens_what_it_is_of_and_the_tick_over_a_list_ticks_all() {
    let mut pilot = Places::new().pilot((160, 50));
    pilot.press(Action::Mouse).pass(9_000);
    pilot.click("NEXT");
    assert!(pilot.text().trim_start().starts_with("Timers"), "{}", pilot.text());
    let mut pilot = Shared::new(Some(LinkingMethod::VerifyNow)).at_step("select").pilot((80, 24));
    pilot.press(Action::Mouse).pass(9_000);
    pilot.click("☑ Name");
    assert!(pilot.sees("0 ticked") && pilot.sees("☐ Name"), "{}", pilot.text());
    pilot.click("☐ Name");
    assert!(pilot.sees("12 ticked") && pilot.sees("☑ Name"), "{}", pilot.text());
}
