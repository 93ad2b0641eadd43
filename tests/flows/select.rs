//! Selecting users, pressed key by key against a scripted backend (SPEC section 5, rule U3).

#[path = "select/desk.rs"]
mod desk;
#[path = "select/lists.rs"]
mod lists;
#[path = "select/saving.rs"]
mod saving;

use desk::{Desk, users};

use hublink::tui::keymap::{Action, Availability};

#[test]
fn u3_the_page_shows_users_ticks_and_consequences() {
    let mut desk = Desk::open(users());
    desk.press(Action::Tick).press(Action::Tick).press(Action::Tick).press(Action::Tick);
    desk.press(Action::Filter).text_in("dept:sales !status:linked").hit("enter");
    insta::assert_snapshot!("at_80x24", desk.text());
    desk.resize(40, 12);
    insta::assert_snapshot!("at_40x12", desk.text());
    desk.resize(160, 50);
    insta::assert_snapshot!("at_160x50", desk.text());
}

#[test]
fn section_5_space_ticks_and_moves_down_and_the_consequences_follow() {
    let mut desk = Desk::open(users());
    assert!(desk.sees("0 ticked"));
    assert!(desk.sees("→ 0 linked silently · 0 e-mails · 0 skipped · 0 held · 0 blocked"));
    desk.press(Action::Tick).press(Action::Down).press(Action::Tick);
    assert!(desk.sees("2 ticked"), "{}", desk.text());
    assert!(desk.sees("2 ticked; 1 e-mail would be a second invitation"));
    assert!(desk.sees("→ 1 linked silently · 1 e-mail · 0 skipped"));
    assert_eq!(desk.can(Action::Redo), Availability::Disabled("There is nothing to redo.".into()));
    desk.press(Action::Undo).press(Action::Undo);
    assert!(desk.sees("0 ticked"));
    desk.press(Action::Redo);
    assert!(desk.sees("1 ticked"));
}

#[test]
fn section_4_a_refusal_goes_once_what_was_missing_is_there() {
    let mut desk = Desk::open(users());
    desk.press(Action::Next);
    assert!(desk.sees("Nobody is ticked"), "{}", desk.text());
    desk.press(Action::Tick);
    assert!(!desk.sees("Nobody is ticked") && desk.sees("→ 1 "), "{}", desk.text());
}

#[test]
fn section_4_a_refusal_goes_with_the_next_change_of_what_is_listed() {
    let mut desk = Desk::open(users());
    let refused = |desk: &mut Desk| {
        desk.press(Action::Next);
        assert!(desk.sees("✗ Nobody is ticked"), "{}", desk.text());
    };
    refused(&mut desk);
    desk.press(Action::Filter).text_in("lund");
    assert!(!desk.sees("Nobody is ticked"), "{}", desk.text());
    desk.hit("enter");
    refused(&mut desk);
    desk.press(Action::Facets);
    assert!(!desk.sees("Nobody is ticked"), "{}", desk.text());
    desk.hit("esc");
    refused(&mut desk);
    desk.press(Action::Palette).hit("esc");
    assert!(!desk.sees("Nobody is ticked") && desk.sees("1 of 6 match"), "{}", desk.text());
}

#[test]
fn section_5_all_none_and_invert_are_about_the_rows_that_match() {
    let mut desk = Desk::open(users());
    desk.press(Action::Tick).press(Action::Filter).text_in("gmail").hit("enter");
    assert!(desk.sees("1 of 6 match"), "{}", desk.text());
    assert!(desk.sees("a all 1"), "{}", desk.text());
    desk.press(Action::TickAll);
    assert!(desk.sees("2 ticked, 1 outside this filter"));
    assert!(desk.sees("☑ Name"));
    desk.press(Action::Invert);
    assert!(desk.sees("1 ticked, 1 outside this filter"));
    assert!(desk.sees("☐ Name"));
    desk.press(Action::Invert).press(Action::Back);
    assert!(desk.sees("▣ Name") && desk.sees("6 users"), "{}", desk.text());
    desk.press(Action::TickNone);
    assert!(desk.sees("0 ticked"));
}

#[test]
fn section_5_a_range_is_one_change() {
    let mut desk = Desk::open(users());
    desk.press(Action::Range).press(Action::Down).press(Action::Down).press(Action::Up);
    assert!(desk.sees("2 ticked"), "{}", desk.text());
    desk.press(Action::Range).press(Action::Down);
    assert!(desk.sees("2 ticked"));
    desk.press(Action::Bottom).press(Action::RangeUp).press(Action::RangeUp);
    assert!(desk.sees("5 ticked"), "{}", desk.text());
    desk.press(Action::Undo);
    assert!(desk.sees("2 ticked"));
    desk.press(Action::Undo);
    assert!(desk.sees("0 ticked"));
}

#[test]
fn section_5_esc_ends_a_range_and_clears_a_filter_before_it_goes_back() {
    let mut desk = Desk::open(users());
    desk.press(Action::Filter).text_in("lund").hit("enter");
    desk.press(Action::Range);
    desk.hit("esc");
    assert!(desk.sees("6 users"), "{}", desk.text());
    desk.press(Action::Range).hit("esc");
    assert!(desk.sees("6 users") && desk.is_open());
    desk.hit("esc");
    assert!(!desk.is_open());
}

#[test]
fn section_5_the_filter_is_live_and_says_what_is_wrong_beside_it() {
    let mut desk = Desk::open(users());
    desk.press(Action::Filter);
    for (letter, want) in [("l", "6 of 6"), ("u", "1 of 6"), ("n", "1 of 6"), ("d", "1 of 6")] {
        desk.text_in(letter);
        assert!(desk.sees(want), "{letter}: {}", desk.text());
    }
    desk.text_in(" status:gone");
    assert!(desk.sees("✗ status: takes unlinked, invited"), "{}", desk.text());
    assert!(desk.sees("1 of 6 match") && desk.sees("Bjørn Lund"));
    desk.hit("enter");
    let unread = "The filter cannot be read whole; correct it first.";
    assert_eq!(desk.can(Action::TickAll), Availability::Disabled(unread.into()));
    desk.hit("esc");
    assert!(desk.sees("6 users") && !desk.sees("✗"));
    desk.press(Action::Filter).text_in("nobody at all");
    assert!(desk.sees("Nobody matches. Esc clears the filter."), "{}", desk.text());
}

#[test]
fn section_5_the_cursor_stays_on_its_user_when_the_filter_changes() {
    let mut desk = Desk::open(users());
    desk.press(Action::Down).press(Action::Down);
    assert!(desk.sees("▌ ☐ 陈伟 Chen Wei"), "{}", desk.text());
    desk.press(Action::Filter).text_in("chen").hit("esc");
    assert!(desk.sees("▌ ☐ 陈伟 Chen Wei"), "{}", desk.text());
}

#[test]
fn section_5_the_filter_and_the_cursor_stand_when_one_comes_back_from_the_plan() {
    let mut desk = Desk::open(users());
    desk.press(Action::Filter).text_in("dept:sales").hit("enter");
    desk.press(Action::TickAll).press(Action::Down);
    let before = desk.text();
    assert!(desk.sees("4 of 6 match") && desk.sees("▌ ☑ Bjørn Lund"), "{before}");
    desk.hit("enter");
    assert!(desk.sees("● Plan"), "{}", desk.text());
    desk.hit("esc");
    assert_eq!(desk.text(), before);
}

#[test]
fn u3_the_rest_is_one_key() {
    let mut desk = Desk::open(users());
    desk.press(Action::Rest);
    assert!(desk.sees("4 ticked"), "{}", desk.text());
    assert!(!desk.sees("☑ 陈伟"), "{}", desk.text());
    assert!(!desk.sees("☑ Fatima"), "{}", desk.text());
}

#[test]
fn u3_the_rest_replaces_the_ticks_and_can_be_undone() {
    let mut desk = Desk::open(users());
    desk.press(Action::TickAll);
    assert!(desk.sees("6 ticked"), "{}", desk.text());
    desk.press(Action::Rest);
    assert!(desk.sees("4 ticked, nobody else"), "{}", desk.text());
    assert!(!desk.sees("☑ 陈伟") && !desk.sees("☑ Fatima"), "{}", desk.text());
    desk.press(Action::Undo);
    assert!(desk.sees("6 ticked"), "{}", desk.text());
}

#[test]
fn section_5_facets_filter_and_tick() {
    let mut desk = Desk::open(users());
    desk.press(Action::Facets);
    insta::assert_snapshot!("facets", desk.text());
    desk.press(Action::Tick);
    assert!(desk.sees("3 ticked"), "{}", desk.text());
    desk.press(Action::Tick);
    assert!(desk.sees("0 ticked"));
    desk.press(Action::NextPane).press(Action::Open);
    assert!(desk.sees("/ dept:=Sales") && desk.sees("4 of 6 match"), "{}", desk.text());
    desk.press(Action::Facets);
    desk.press(Action::NextPane).press(Action::NextPane).press(Action::NextPane);
    assert!(desk.sees("linked, no mail"), "{}", desk.text());
    desk.press(Action::Back);
    assert!(desk.sees("4 of 6 match"));
}

#[test]
fn section_5_the_address_under_the_cursor_is_copied() {
    let mut desk = Desk::open(users());
    desk.press(Action::Copy);
    assert_eq!(desk.copied[0].as_str(), "amara.okafor@acme.example");
}
