//! Lists of addresses and cohorts.

use bytes::Bytes;

use super::desk::{Desk, users};
use hublink::tui::keymap::{Action, Availability};

#[test]
fn section_5_a_pasted_list_ticks_those_found_and_lists_the_others() {
    let mut desk = Desk::open(users());
    desk.paste("Amara <AMARA.okafor@acme.example>, ghost@acme.example\nfatima@acme.example");
    assert!(desk.sees("2 of 3 found; 2 users ticked."), "{}", desk.text());
    assert!(desk.sees("1 entry not found:") && desk.sees("ghost@acme.example"));
    desk.press(Action::Copy);
    assert_eq!(desk.copied[0].as_str(), "ghost@acme.example");
    desk.press(Action::Back);
    assert!(desk.sees("2 ticked") && desk.sees("☑ Fatima Zahra"), "{}", desk.text());
    desk.press(Action::Undo);
    assert!(desk.sees("0 ticked"));
}

#[test]
fn section_5_a_list_is_loaded_from_a_file() {
    let mut desk = Desk::open(users());
    desk.files.insert("wave1.txt".into(), Bytes::from_static(b"dana.fox@acme-labs.example\nu4"));
    desk.files.insert("photo.jpg".into(), Bytes::from_static(b"\xff\xd8\xff"));
    desk.press(Action::LoadList);
    assert!(matches!(desk.can(Action::Open), Availability::Disabled(_)));
    desk.text_in("wave.txt").hit("enter");
    assert!(desk.sees("✗ There is no such file."), "{}", desk.text());
    for _ in 0..8 {
        desk.hit("backspace");
    }
    desk.text_in("photo.jpg").hit("enter");
    assert!(desk.sees("✗ The file is no list: line 1, character 1:"), "{}", desk.text());
    for _ in 0..9 {
        desk.hit("backspace");
    }
    desk.text_in("wave1.txt").hit("enter");
    assert!(desk.sees("2 of 2 found; 2 users ticked."), "{}", desk.text());
    // Whoever was not found by the address is named.
    assert!(desk.sees("1 user by the UserID, not by an address."), "{}", desk.text());
    assert!(desk.sees("line 2: UserID u4 is Eli Brandt eli"), "{}", desk.text());
    desk.press(Action::Back);
    assert!(desk.sees("☑ Dana Fox") && desk.sees("☑ Eli Brandt"), "{}", desk.text());
}

#[test]
fn section_5_words_beside_an_address_tick_nobody() {
    let mut desk = Desk::open(users());
    // Each word here is the UserID of somebody else.
    desk.paste("u0 u1 <dana.fox@acme-labs.example>; u2\nu0,u1,fatima@acme.example,u2\n");
    assert!(desk.sees("2 of 2 found; 2 users ticked."), "{}", desk.text());
    desk.press(Action::Back);
    assert!(desk.sees("2 ticked") && desk.sees("☑ Dana Fox"), "{}", desk.text());
}

#[test]
fn section_5_a_table_is_loaded_by_its_columns_in_any_encoding() {
    let mut desk = Desk::open(users());
    let table = "\u{feff}sep=;\r\nno;name;email;dept\r\nu0;Dana;dana.fox@acme-labs.example;u1\r\n\
        u2;Nobody;\u{200b}fatima@acme.example;u3\r\n;;;\r\n";
    let bytes: Vec<u8> = table.encode_utf16().flat_map(u16::to_le_bytes).collect();
    desk.files.insert("wave.csv".into(), bytes.into());
    desk.press(Action::LoadList);
    desk.text_in("wave.csv").hit("enter");
    assert!(desk.sees("1 of 2 found; 1 user ticked."), "{}", desk.text());
    assert!(desk.sees("line 4: <U+200B>fatima@acme.example: there is a hidden"), "{}", desk.text());
}

#[test]
fn section_5_a_paste_that_is_too_long_is_refused_whole() {
    let mut desk = Desk::open(users());
    let line = "fatima@acme.example\n";
    desk.paste(&line.repeat(hublink::tui::msg::PASTE_MOST / line.len() + 1));
    assert!(
        desk.sees("Nothing was taken: the paste has 32.1 MiB, the most is 32."),
        "{}",
        desk.text()
    );
    assert!(desk.sees("0 ticked"), "{}", desk.text());
}

#[test]
fn section_5_cohorts_are_saved_loaded_added_subtracted_and_removed() {
    let mut desk = Desk::open(users());
    desk.press(Action::Cohorts);
    assert!(desk.sees("There is no cohort yet."), "{}", desk.text());
    assert!(matches!(desk.can(Action::Save), Availability::Disabled(_)));
    desk.press(Action::Back).press(Action::Tick).press(Action::Tick);
    desk.press(Action::Cohorts).press(Action::Save).text_in("PoC wave 1").hit("enter");
    assert_eq!(desk.world.borrow().cohorts[0].1, "0-1");
    assert!(desk.sees("PoC wave 1"), "{}", desk.text());

    desk.press(Action::Back).press(Action::Bottom).press(Action::Tick);
    desk.press(Action::Cohorts).press(Action::Subtract);
    assert!(desk.sees("1 ticked"), "{}", desk.text());
    desk.press(Action::Cohorts).press(Action::Add);
    assert!(desk.sees("3 ticked"), "{}", desk.text());
    desk.press(Action::Cohorts).press(Action::Open);
    assert!(desk.sees("2 ticked"), "{}", desk.text());
    desk.press(Action::Undo);
    assert!(desk.sees("3 ticked"), "{}", desk.text());

    desk.press(Action::Cohorts).press(Action::Save).text_in("poc WAVE 1");
    assert!(desk.sees("There is one of that name with 2 users"), "{}", desk.text());
    desk.hit("enter");
    assert_eq!(desk.world.borrow().cohorts[0].1, "0-1,5");

    desk.press(Action::Remove);
    assert!(desk.sees("Remove this cohort?"), "{}", desk.text());
    desk.press(Action::No);
    assert_eq!(desk.world.borrow().cohorts.len(), 1);
    desk.press(Action::Remove).press(Action::Yes);
    assert!(desk.world.borrow().cohorts.is_empty());
    assert!(desk.sees("There is no cohort yet."), "{}", desk.text());
}

#[test]
fn section_5_a_cohort_of_a_newer_list_is_not_taken_in_part() {
    let mut desk = Desk::open(users());
    desk.world.borrow_mut().cohorts.push(("Later".into(), "2-99".into()));
    desk.press(Action::Cohorts).press(Action::Open);
    assert!(desk.sees("joined since this list was loaded"), "{}", desk.text());
    desk.press(Action::Back);
    assert!(desk.sees("0 ticked"), "{}", desk.text());
}
