//! The palette: whatever can be done from here, found by the words that people have for it.

use hublink::api::draft::UnfinishedDraft;
use hublink::domain::linking::LinkingMethod;
use hublink::domain::role::Role;
use hublink::tui::browse::Home;
use hublink::tui::keymap::Action;
use hublink::tui::pilot::Pilot;

use crate::places::Places;
use crate::script::reads;
use crate::world::{SITE, at};

/// The rows in sight, from the first on.
fn rows(pilot: &Pilot) -> Vec<String> {
    let text = pilot.text();
    let inside = text.lines().skip_while(|line| !line.contains("┌─ Actions")).skip(3);
    let strip = |line: &str| {
        let inside = line.split('│').nth(1).unwrap_or_default();
        inside.trim_start_matches('▌').trim().to_owned()
    };
    inside.take_while(|line| !line.contains('└')).map(strip).collect()
}

fn search(places: &Places, typed: &str) -> Pilot {
    let mut pilot = places.pilot((100, 70));
    pilot.press(Action::Palette).text_in(typed);
    pilot
}

#[test]
fn every_wizard_is_found_by_the_words_that_people_have_for_it() {
    let words = [
        ("enroll", "Link a site"),
        ("invite", "Link users"),
        ("poc", "Link users"),
        ("verify domain", "Link users"),
        ("lnik usrs", "Link users"),
        ("license", "Licence CSV"),
        ("agents", "Contact Center"),
        ("change method", "Change linking method"),
        ("add user", "Add a user"),
        ("admins", "Administrators"),
        ("newcomers", "Account linking"),
    ];
    let places = Places::new();
    for (typed, title) in words {
        let pilot = search(&places, typed);
        let first = &rows(&pilot)[0];
        assert!(first.starts_with(title), "{typed}: {first}\n{}", pilot.text());
    }
}

#[test]
fn what_is_taken_is_opened_on_its_subject() {
    let mut pilot = search(&Places::new(), "change method");
    pilot.press(Action::Open);
    assert!(pilot.sees("acme.webex.example › Change linking method"), "{}", pilot.text());
    // Linked already: enrolling is offered for the site that is not.
    let places = Places::new();
    places.with(|world| world.sites[2].my_roles = vec![Role::SiteAdmin]);
    let mut pilot = search(&places, "enroll");
    assert!(pilot.sees("dolmen.webex.example: "), "{}", pilot.text());
    pilot.press(Action::Open);
    assert!(pilot.sees("Link a site · dolmen.webex.example"), "{}", pilot.text());
}

#[test]
fn acts_come_before_movements_and_what_cannot_be_done_comes_last() {
    let pilot = search(&Places::new(), "");
    let all = rows(&pilot);
    let place = |name: &str| {
        let at = all.iter().position(|row| row.contains(name));
        at.unwrap_or_else(|| panic!("{name}\n{}", pilot.text()))
    };
    let order = ["wizards", "Link users", "timers", "quit", "rd.webex.example", "next pane"];
    assert!(order.map(place).is_sorted(), "{:?}\n{}", order.map(place), pilot.text());
    assert!(place("start a trial") > place("next pane"), "nobody here may\n{}", pilot.text());
}

#[test]
fn what_cannot_be_done_from_here_says_why() {
    let mut pilot = search(&Places::new(), "start a trial");
    assert!(reads(&pilot, "Only a partner admin"), "{}", pilot.text());
    pilot.press(Action::Open);
    assert!(pilot.sees("Actions"), "it stays\n{}", pilot.text());
    let pilot = search(&Places::new(), "pause");
    assert!(reads(&pilot, "Not from here, but in a run. Stop before the next user."));
    let pilot = search(&Places::new(), "link a site");
    assert!(reads(&pilot, "dolmen.webex.example: "), "{}", pilot.text());
}

#[test]
fn organizations_sites_and_people_are_gone_to_by_name() {
    let mut pilot = search(&Places::new(), "rd.");
    pilot.press(Action::Open);
    assert!(pilot.sees("Acme Robotics › rd.webex.example"), "{}", pilot.text());
    pilot.press(Action::Palette).text_in("dolmen");
    pilot.press(Action::Open);
    assert!(pilot.sees("Not linked yet › dolmen.webex.example"), "{}", pilot.text());
    pilot.press(Action::Palette).text_in("organization acme");
    pilot.press(Action::Open);
    assert!(pilot.sees("Acme Robotics › acme.webex.example"), "{}", pilot.text());
    pilot.press(Action::Palette).text_in("okafor");
    assert_eq!(rows(&pilot)[0], "people like “okafor”    among the users of acme.webex.example");
    pilot.press(Action::Open);
    assert!(pilot.sees("Amara Okafor") && !pilot.sees("Dana Fox"), "{}", pilot.text());
}

#[test]
fn from_another_screen_one_gets_there_over_home() {
    let mut pilot = Places::new().pilot((100, 30));
    pilot.press(Action::Timers).press(Action::Palette).text_in("rd.webex");
    pilot.press(Action::Open);
    assert!(pilot.sees("Acme Robotics › rd.webex.example"), "{}", pilot.text());
    pilot.press(Action::Back).press(Action::Back);
    assert!(pilot.sees("ORGANIZATIONS"), "the timers are closed\n{}", pilot.text());
}

#[test]
fn what_home_opens_by_a_key_is_found_on_every_screen() {
    let mut pilot = Places::new().pilot((80, 24));
    pilot.press(Action::Timers).press(Action::Palette).text_in("runs");
    assert!(rows(&pilot)[0].contains("acme.webex.example: The runs"), "{}", pilot.text());
    pilot.press(Action::Open);
    assert!(pilot.sees("› Runs"), "{}", pilot.text());
    let at_home = search(&Places::new(), "runs");
    let runs = |row: &&String| row.contains("The runs of the site");
    assert_eq!(rows(&at_home).iter().filter(runs).count(), 1, "once\n{}", at_home.text());
}

#[test]
fn why_something_cannot_be_done_stands_once_and_nothing_covers_the_box() {
    let mut pilot = search(&Places::new(), "pause");
    let before = pilot.text();
    let (first, last) = ("Not from here, but in a run.", "Stop before the next user.");
    pilot.press(Action::Open);
    let after = pilot.text();
    assert_eq!(after.matches(last).count(), 1, "{after}");
    assert!(before.contains(first) && after.contains("cannot be done now"), "{after}");
    let box_of = |text: &str| text.lines().take(23).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(box_of(&before), box_of(&after));
}

#[test]
fn an_unfinished_wizard_stands_on_home_and_first_in_both_lists() {
    let places = Places::new();
    places.with(|world| {
        world.drafts = vec![UnfinishedDraft {
            wizard: "account_linking".into(),
            subject: SITE.into(),
            step: "setting".into(),
            saved_at: at("2026-03-01T08:55:00Z"),
        }];
    });
    let mut pilot = places.pilot((80, 24));
    let words = "Unfinished: Account linking · acme.webex.example · step 1, ";
    assert!(pilot.sees(words) && pilot.sees("w go on"), "{}", pilot.text());
    pilot.press(Action::Wizards);
    assert!(pilot.sees("▌ Go on: Account linking"), "{}", pilot.text());
    pilot.press(Action::Back).press(Action::Palette);
    assert!(rows(&pilot)[0].starts_with("Go on: Account linking"), "{}", pilot.text());
    pilot.text_in("account linking");
    assert!(rows(&pilot)[0].starts_with("Go on: Account linking"), "{}", pilot.text());
    let named = rows(&pilot).into_iter().filter(|row| row.contains("Account linking"));
    assert_eq!(named.count(), 1, "it stands there once\n{}", pilot.text());
    pilot.press(Action::Open);
    assert!(pilot.sees("Account linking · acme.webex.example"), "{}", pilot.text());
}

#[test]
fn u1_the_method_is_changed_from_the_menu_with_numbers_of_now() {
    let places = Places::new();
    let mut pilot = places.pilot((80, 24));
    pilot.press(Action::Palette).text_in("change linking");
    // A run has gone on since home has asked.
    places.with(|world| world.sites[0].users.linked = 2_000);
    pilot.press(Action::Open);
    insta::assert_snapshot!("change_method_80x24", pilot.text());
    pilot.hit("down").hit("space");
    if !pilot.sees("This changes the method") {
        pilot.hit("up").hit("up").hit("space");
    }
    assert!(reads(&pilot, "The 2,000 users who are linked stay linked."), "{}", pilot.text());
    pilot.press(Action::Next);
    let method = places.with(|world| world.sites[0].method);
    assert_ne!(method, Some(LinkingMethod::SignAgreement));
    assert!(pilot.sees("ORGANIZATIONS") && pilot.sees("The method is now: "), "{}", pilot.text());
}

#[test]
fn u1_the_method_in_use_is_not_offered_as_a_change() {
    let mut pilot = search(&Places::new(), "change method");
    pilot.press(Action::Open);
    assert!(pilot.sees("in use now") && !pilot.sees("enter change"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(reads(&pilot, "is in use already; nothing changes."), "{}", pilot.text());
    pilot.hit("up");
    assert!(pilot.sees("enter choose"), "{}", pilot.text());
    pilot.hit("space");
    assert!(pilot.sees("enter change the method"), "{}", pilot.text());
}

#[test]
fn help_finds_the_footers_own_words() {
    let mut pilot = Places::new().pilot((80, 24));
    pilot.press(Action::Help).text_in("timers");
    assert!(pilot.sees("timers: Deadlines and runs under way"), "{}", pilot.text());
    pilot.press(Action::Back).press(Action::Help).text_in("actions");
    assert!(pilot.sees("actions: All that can be done"), "{}", pilot.text());
    // Who begins with a slash, as elsewhere, searches too.
    pilot.press(Action::Back).press(Action::Help).text_in("/timers");
    assert!(pilot.sees("timers: Deadlines and runs under way"), "{}", pilot.text());
}

#[test]
fn the_demos_own_keys_are_told_on_its_first_screen() {
    let pilot = Places::new().pilot((80, 24));
    assert!(pilot.sees("d demo  m mails  t timers"), "{}", pilot.text());
}

#[test]
fn t1_who_starts_trials_finds_it_on_a_customer_too() {
    let world = crate::onboarding::Onboarding::partner();
    let mut pilot = world.pilot(Box::new(Home::default()), (80, 24));
    pilot.press(Action::Wizards);
    assert!(pilot.sees("Start a trial"), "{}", pilot.text());
    assert!(
        !pilot.sees("▌ Start a trial"),
        "first comes what is about the chosen\n{}",
        pilot.text()
    );
}
