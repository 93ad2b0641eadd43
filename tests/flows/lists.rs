//! Users, timers, runs, mails and the record: to look at, to filter, to act on.

use hublink::api::call::{ApiError, Request};
use hublink::api::demo::{Answer, AnswerMailCall};
use hublink::api::roster::StreamRoster;
use hublink::domain::linking::LinkingMethod;
use hublink::domain::user::UserState;
use hublink::tui::keymap::{Action, Availability};
use hublink::tui::pilot::Pilot;

use crate::places::{Places, SIGNED, answers};
use crate::script::{reads, unreachable};
use crate::world::{over, plan, plan_items, run};

/// Opens a screen and takes its picture.
fn picture(name: &str, pilot: &mut Pilot, action: Action) {
    pilot.press(action);
    insta::assert_snapshot!(name, crate::same_as::text(pilot));
}

fn with_runs() -> Places {
    let places = Places::new();
    let plan = plan("pln_1", &plan_items(), LinkingMethod::VerifyNow);
    places.with(|world| world.runs = vec![run(&plan), over(run(&plan))]);
    places
}

#[test]
fn every_list_at_80x24() {
    let mut pilot = with_runs().pilot((80, 24));
    picture("users_80x24", &mut pilot, Action::Users);
    pilot.press(Action::Back);
    picture("timers_80x24", &mut pilot, Action::Timers);
    pilot.press(Action::Back);
    picture("runs_80x24", &mut pilot, Action::Runs);
    pilot.press(Action::Back);
    picture("outbox_80x24", &mut pilot, Action::Outbox);
    pilot.press(Action::Back);
    picture("audit_80x24", &mut pilot, Action::Audit);
}

#[test]
fn every_list_fits_small_and_large() {
    for (width, height) in [(40, 12), (160, 50)] {
        for action in [Action::Users, Action::Timers, Action::Runs, Action::Outbox, Action::Audit] {
            let mut pilot = with_runs().pilot((width, height));
            let name = format!("{}_{width}x{height}", action.code());
            picture(&name, &mut pilot, action);
        }
    }
}

#[test]
fn a_run_opens_its_people() {
    let mut pilot = with_runs().pilot((80, 24));
    pilot.press(Action::Runs).press(Action::Open);
    assert!(pilot.sees("People of the run") && pilot.sees("Amara Okafor"), "{}", pilot.text());
    pilot.press(Action::Back);
    assert!(pilot.sees("Runs"), "{}", pilot.text());
}

#[test]
fn section_5_a_state_or_domain_opens_its_users() {
    let mut pilot = Places::new().pilot((100, 24));
    pilot.press(Action::Open).press(Action::Open).press(Action::Open);
    assert!(pilot.sees("status:linked") && pilot.sees("1 of 4 match"), "{}", pilot.text());
    assert!(pilot.sees("Bjørn Lund") && !pilot.sees("Amara"), "{}", pilot.text());
    pilot.press(Action::Back);
    assert!(pilot.sees("Amara Okafor"), "Esc clears the filter first\n{}", pilot.text());
    pilot.press(Action::Back);
    assert!(pilot.sees("ORGANIZATIONS"), "{}", pilot.text());
}

#[test]
fn l12_a_user_in_full_has_the_preferred_site_and_the_licences() {
    let mut pilot = Places::new().pilot((80, 24));
    pilot.press(Action::Users).press(Action::Down).press(Action::Open);
    assert!(pilot.sees("Preferred   acme.webex.example, linked first of 2"), "{}", pilot.text());
    assert!(pilot.sees("Licences    meetings"), "{}", pilot.text());
    pilot.press(Action::Back).press(Action::Up).press(Action::Open);
    assert!(pilot.sees("Preferred   no site: the person is not linked"), "{}", pilot.text());
}

#[test]
fn every_screen_has_its_help() {
    use Action as A;
    let screens: [(&[A], &str); 10] = [
        (&[], "Help · home"),
        (&[A::Users], "Help · users"),
        (&[A::Runs], "Help · runs"),
        (&[A::Trials], "Help · trials"),
        (&[A::Orders], "Help · orders"),
        (&[A::Timers], "Help · timers"),
        (&[A::Audit], "Help · audit"),
        (&[A::Insights], "Help · insights"),
        (&[A::Outbox], "Help · the demo's mails"),
        (&[A::SignOut], "Help · signing in"),
    ];
    for (way, title) in screens {
        let mut pilot = Places::new().pilot((100, 30));
        for action in way {
            pilot.press(*action);
        }
        pilot.hit("f1");
        let text = pilot.text();
        let above_the_keys = text.split("up, k").next().unwrap_or_default();
        assert!(text.contains(title) && above_the_keys.contains(". "), "{text}");
    }
}

#[test]
fn row_7_a_decline_is_cleared_by_a_human_after_a_question() {
    let places = Places::new();
    places.with(|world| {
        world.users.insert(0, ("Ida Berg", "ida@outlook.com".into(), "", UserState::Declined));
    });
    let mut pilot = places.pilot((80, 24));
    pilot.press(Action::Users).press(Action::ClearDecline);
    assert!(pilot.sees("Clear the decline?") && pilot.sees("ida@outlook.com"), "{}", pilot.text());
    pilot.press(Action::No);
    let state = || places.with(|world| world.users[0].3);
    assert_eq!(state(), UserState::Declined, "no changes nothing");
    pilot.press(Action::ClearDecline).press(Action::Yes);
    assert_eq!(state(), UserState::Unlinked);
    assert!(reads(&pilot, "Cleared."), "{}", pilot.text());
    let hidden = pilot.app().can(Action::ClearDecline) == Availability::Hidden;
    assert!(hidden, "nobody declined now");
}

#[test]
fn section_5_the_filter_answers_as_one_types() {
    let mut pilot = Places::new().pilot((100, 24));
    pilot.press(Action::Users).press(Action::Filter).text_in("dept:research !chen");
    assert!(pilot.sees("Dana Fox") && pilot.sees("1 of 4 match"), "{}", pilot.text());
    assert!(pilot.sees(SIGNED), "what an invitation would do\n{}", pilot.text());
    pilot.text_in(" status:nonsense");
    assert!(reads(&pilot, "the filter:"), "what is wrong with it is told\n{}", pilot.text());
    pilot.press(Action::Back);
    assert!(pilot.sees("Amara Okafor") && !reads(&pilot, "the filter:"), "{}", pilot.text());
}

#[test]
fn one_user_in_full() {
    let mut pilot = Places::new().pilot((100, 24));
    pilot.press(Action::Users).press(Action::Open);
    assert!(reads(&pilot, "If invited: linked, no mail."), "{}", pilot.text());
    pilot.press(Action::Back).press(Action::Copy);
    assert_eq!(pilot.copied[0].as_str(), "amara.okafor@acme.example");
}

#[test]
fn users_are_exported_to_a_file() {
    let mut pilot = Places::new().pilot((100, 24));
    pilot.press(Action::Users).press(Action::Export);
    let (path, bytes) = pilot.files.first_key_value().unwrap();
    assert_eq!(path.to_str(), Some("acme.webex.example-users.csv"));
    assert_eq!(bytes, "UserID\nu-1\n");
    assert!(pilot.sees("acme.webex.example-users.csv"), "{}", pilot.text());
}

#[test]
fn a_roster_that_does_not_come_is_asked_for_again_by_key() {
    let places = Places::new();
    let stream = |request: &Request| request.is::<StreamRoster>();
    places.with(|world| world.refuse = Some((stream, unreachable())));
    let mut pilot = places.pilot((100, 24));
    pilot.press(Action::Users);
    assert!(reads(&pilot, "✗ the backend cannot be reached") && reads(&pilot, "r tries again"));
    places.with(|world| world.refuse = None);
    pilot.press(Action::Reload);
    assert!(pilot.sees("Dana Fox"), "{}", pilot.text());
}

#[test]
fn mails_are_answered_as_their_addressees_would_once() {
    let places = Places::new();
    let mut pilot = places.pilot((100, 24));
    pilot.press(Action::Outbox).press(Action::ConfirmMail);
    assert_eq!(answers(&places), [Some(Answer::Confirm), None]);
    assert!(pilot.sees("confirmed"), "{}", pilot.text());
    let why = |pilot: &Pilot| match pilot.app().can(Action::DeclineMail) {
        Availability::Disabled(why) => why.into_owned(),
        other => format!("{other:?}"),
    };
    assert!(why(&pilot).contains("works once"));
    pilot.press(Action::Down);
    assert!(why(&pilot).contains("no link"));
    pilot.press(Action::Open);
    assert!(pilot.sees("Hello,") && pilot.sees("Acme Robotics would like"), "{}", pilot.text());
    assert!(!pilot.sees("c confirm"), "it has no link\n{}", pilot.text());
}

#[test]
fn a_mail_that_is_read_is_answered_there() {
    let places = Places::new();
    let mut pilot = places.pilot((100, 24));
    pilot.press(Action::Outbox).press(Action::Open);
    assert!(pilot.sees("c confirm") && pilot.sees("n decline"), "{}", pilot.text());
    pilot.hit("n");
    assert_eq!(answers(&places), [Some(Answer::Decline), None]);
    assert!(pilot.sees("declined") && pilot.sees("Demo › Mails"), "{}", pilot.text());
}

#[test]
fn an_answer_that_fails_keeps_the_mails() {
    let places = Places::new();
    let mut pilot = places.pilot((100, 24));
    pilot.press(Action::Outbox);
    let answer = |request: &Request| request.is::<AnswerMailCall>();
    places.with(|world| world.refuse = Some((answer, unreachable())));
    pilot.press(Action::DeclineMail);
    assert!(pilot.sees("chen.wei@gmail.com") && pilot.sees("✗"), "{}", pilot.text());
}

#[test]
fn timers_tell_the_deadline_once_for_all_sites() {
    let places = Places::new();
    places.with(|world| world.sites[1].agreements = world.sites[0].agreements.clone());
    let mut pilot = places.pilot((80, 24));
    pilot.press(Action::Timers);
    assert!(pilot.sees("in 40 days") && pilot.sees("acme.webex.example +1"), "{}", pilot.text());
    assert_eq!(pilot.text().matches("in 40 days").count(), 1);
}

#[test]
fn the_record_opens_entry_by_entry() {
    let mut pilot = Places::new().pilot((80, 24));
    pilot.press(Action::Audit).press(Action::Open);
    assert!(pilot.sees("what: plan.applied") && pilot.sees("hash: ab12"), "{}", pilot.text());
    pilot.press(Action::Back).press(Action::Back);
    assert!(pilot.sees("ORGANIZATIONS"), "{}", pilot.text());
}

#[test]
fn empty_lists_say_what_comes_there() {
    let places = Places::new();
    places.with(|world| {
        world.mails.clear();
        world.record.clear();
        world.users.clear();
        world.sites.iter_mut().for_each(|site| site.agreements.clear());
    });
    for (action, words) in [
        (Action::Outbox, "No mail was sent yet."),
        (Action::Audit, "Nothing was changed yet."),
        (Action::Users, "This site has no users yet"),
        (Action::Timers, "No time is running"),
        (Action::Runs, "There are no runs yet."),
    ] {
        let mut pilot = places.pilot((80, 24));
        pilot.press(action);
        assert!(reads(&pilot, words), "{action:?}\n{}", pilot.text());
    }
}

#[test]
fn every_list_tells_a_failure_and_tries_again() {
    for action in [Action::Outbox, Action::Audit, Action::Runs, Action::Timers] {
        let places = Places::new();
        let mut pilot = places.pilot((80, 24));
        places.with(|world| world.refuse = Some((|_| true, ApiError::Unreachable("gone".into()))));
        pilot.press(action);
        assert!(reads(&pilot, "r tries again"), "{action:?}\n{}", pilot.text());
        places.with(|world| world.refuse = None);
        pilot.press(Action::Reload);
        assert!(!pilot.sees("✗"), "{action:?}\n{}", pilot.text());
    }
}

#[test]
fn an_empty_outbox_shows_the_first_mail_without_being_asked() {
    let places = Places::new();
    let mut mails = Vec::new();
    places.with(|world| std::mem::swap(&mut world.mails, &mut mails));
    let mut pilot = places.pilot((80, 24));
    pilot.press(Action::Outbox);
    assert!(pilot.sees("No mail was sent yet."), "{}", pilot.text());
    let first = mails[0].subject.raw().to_owned();
    places.with(|world| world.mails = mails);
    pilot.pass(1_000);
    assert!(pilot.sees(&first), "{}", pilot.text());
}
