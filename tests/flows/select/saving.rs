//! Loading as a stream, saving the ticks, and coming back.

use super::desk::{Desk, World, crowd, part, problem, users};
use hublink::api::call::Reply;
use hublink::api::plan::{MakePlan, Selection};
use hublink::api::problem::code;
use hublink::domain::facts::{Fact, Facts};
use hublink::domain::user::UserState;
use hublink::tui::keymap::{Action, Availability};
use hublink::tui::wizard::link_users::answers::Answers;

fn only(revision: u64, numbers: &str) -> Selection {
    Selection::Only { revision, numbers: numbers.into() }
}

#[test]
fn section_10_the_first_users_can_be_ticked_while_the_others_load() {
    let mut desk =
        Desk::with(World { roster: Some(Ok(part(1, crowd(200), false))), ..World::default() });
    assert!(desk.sees("loading 200 of 1,000") && desk.sees("User 0"), "{}", desk.text());
    desk.press(Action::Tick);
    let waits = "The list is still loading, 200 of 1,000; this waits until it is whole.";
    for action in [Action::TickAll, Action::Rest, Action::LoadList] {
        assert_eq!(desk.can(action), Availability::Disabled(waits.into()));
    }
    desk.paste("user3@acme.example");
    assert!(!desk.sees("List of addresses"));
    desk.press(Action::Filter).text_in("user").hit("enter").hit("enter");
    assert!(desk.sees(waits) && desk.is_open(), "{}", desk.text());
    desk.stream_on(Ok(Reply::of(part(1, crowd(1_000), true))));
    assert!(desk.sees("1,000 of 1,000 match") && desk.sees("1 ticked"), "{}", desk.text());
    assert_eq!(desk.can(Action::TickAll), Availability::Ready);
    desk.press(Action::Bottom);
    assert!(desk.sees("User 999"), "{}", desk.text());
}

#[test]
fn a_roster_that_does_not_come_is_told_and_can_be_asked_for_again() {
    let mut desk = Desk::with(World::default());
    desk.pass(500);
    assert!(desk.sees("Loading the users …"), "{}", desk.text());
    desk.pass(4_000);
    assert!(desk.sees("takes longer than usual"), "{}", desk.text());
    desk.world.borrow_mut().roster = Some(Err(problem(code::UNAVAILABLE)));
    desk.release();
    assert!(desk.sees("✗ The backend is at its limit."), "{}", desk.text());
    desk.world.borrow_mut().roster = Some(Ok(part(1, users(), true)));
    desk.press(Action::Reload);
    assert!(desk.sees("Amara Okafor") && !desk.sees("✗"), "{}", desk.text());
}

#[test]
fn section_10_rows_that_change_under_an_open_list_keep_cursor_ticks_and_filter() {
    let mut desk = Desk::open(users());
    desk.press(Action::Filter).text_in("status:unlinked").hit("enter");
    desk.press(Action::Tick);
    assert!(desk.sees("☑ Amara Okafor") && desk.sees("1 ticked"), "{}", desk.text());
    let mut changed = users();
    let linked = Facts::default().with(Fact::Linked, true);
    assert!(changed.refresh(0, UserState::Linked, linked));
    desk.world.borrow_mut().roster = Some(Ok(part(1, changed, true)));
    desk.press(Action::Reload);
    assert!(!desk.sees("Amara Okafor") && desk.sees("Bjørn Lund"), "{}", desk.text());
    assert!(desk.sees("1 ticked, 1 outside this filter"), "{}", desk.text());
    // The cursor is where it was: on Bjørn, though he is another row of the list now.
    desk.press(Action::Tick);
    assert!(desk.sees("☑ Bjørn Lund"), "{}", desk.text());
    desk.pass(2_000);
    assert_eq!(desk.saved(), Some(only(1, "0-1")));
}

#[test]
fn a_site_without_users_says_what_to_do() {
    let desk = Desk::open(crowd(0));
    assert!(desk.sees("has no users yet: Import users, behind w"), "{}", desk.text());
}

#[test]
fn section_4_ticks_are_saved_within_two_seconds_and_come_back() {
    let mut desk = Desk::open(users());
    desk.press(Action::Tick).press(Action::Tick);
    desk.pass(2_000);
    assert_eq!(desk.saved(), Some(only(1, "0-1")));
    let again = desk.reopen();
    assert!(again.sees("2 ticked") && again.sees("☑ Bjørn Lund"), "{}", again.text());
}

#[test]
fn section_4_leaving_at_once_loses_no_tick() {
    for leave in [Action::Leave, Action::Back, Action::Quit] {
        let mut desk = Desk::open(users());
        desk.pass(5_000);
        desk.press(Action::Tick).press(leave);
        assert_eq!(desk.saved(), Some(only(1, "0")), "{leave:?}");
    }
}

#[test]
fn u3_whoever_joins_later_is_not_ticked() {
    let mut desk = Desk::open(users());
    desk.press(Action::TickAll).press(Action::Down).press(Action::Tick);
    desk.pass(2_000);
    let but_one = Selection::AllExcept { revision: 1, numbers: "1".into() };
    assert_eq!(desk.saved(), Some(but_one));
    let mut grown = users();
    let newcomers = crowd(3);
    for n in 0..newcomers.len() {
        let row = newcomers.row(n).unwrap();
        grown.push(&hublink::roster::RowIn {
            user_id: row.user_id().raw(),
            name: row.name().raw(),
            address: row.address().raw(),
            department: "",
            state: row.state(),
            facts: row.facts(),
        });
    }
    desk.world.borrow_mut().roster = Some(Ok(part(2, grown, true)));
    desk.press(Action::Reload);
    assert!(desk.sees("9 users") && desk.sees("5 ticked"), "{}", desk.text());
    let again = desk.reopen();
    assert!(again.sees("9 users") && again.sees("5 ticked"), "{}", again.text());
}

#[test]
fn u3_everyone_and_the_rest_can_be_resumed_as_ticks() {
    for (saved, ticked) in [(Selection::All {}, "6 ticked"), (Selection::Rest {}, "4 ticked")] {
        let answers = Answers { selection: Some(saved), ..Answers::default() };
        let roster = Some(Ok(part(1, users(), true)));
        let desk = Desk::with(World { roster, answers, ..World::default() });
        assert!(desk.sees(ticked), "{}", desk.text());
    }
}

#[test]
fn a_saved_cohort_is_resumed_as_ticks() {
    let answers =
        Answers { selection: Some(Selection::Cohort { name: "Poc".into() }), ..Answers::default() };
    let roster = Some(Ok(part(1, users(), true)));
    let cohorts = vec![("PoC".into(), "2-4".into())];
    let desk = Desk::with(World { roster, answers, cohorts, ..World::default() });
    assert!(desk.sees("3 ticked"), "{}", desk.text());
}

#[test]
fn ticks_that_do_not_fit_the_roster_are_told() {
    let answers = Answers { selection: Some(only(1, "0-99")), ..Answers::default() };
    let roster = Some(Ok(part(1, users(), true)));
    let desk = Desk::with(World { roster, answers, ..World::default() });
    assert!(desk.sees("The saved ticks are gone.") && desk.sees("0 ticked"), "{}", desk.text());
}

#[test]
fn u4_going_on_takes_the_ticks_along_and_with_nobody_it_is_refused() {
    let mut desk = Desk::open(users());
    desk.hit("enter");
    assert!(desk.sees("✗ Nobody is ticked"), "{}", desk.text());
    assert!(desk.sees("enter plan"), "{}", desk.text());
    desk.press(Action::Tick).press(Action::Next);
    assert!(desk.sees("● Plan"), "{}", desk.text());
    let planned = desk
        .sent
        .iter()
        .find_map(|request| request.asked::<MakePlan>().map(|(.., body)| body.selection));
    assert_eq!(planned, Some(only(1, "0")));
}
