//! Answers are never lost (SPEC section 4; promises I14 and I20 as far as the interface goes).

use std::collections::BTreeMap;
use std::path::Path;

use bytes::Bytes;
use hublink::api::call::{Reply, Request};
use hublink::api::draft::{Draft, SaveDraftCall, TakeDraft};
use hublink::api::problem::code;
use hublink::domain::linking::LinkingMethod;
use hublink::tui::app::App;
use hublink::tui::keymap::{Action, Keymap};
use hublink::tui::msg::{Msg, Signal};
use hublink::tui::pilot::Pilot;
use hublink::tui::session::Session;
use hublink::tui::theme::Theme;
use hublink::tui::wizard::Wizard;
use hublink::tui::wizard::link_users::LinkUsers;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::script::{Shared, problem, reads, refused, unanswered, unreachable};
use crate::world::{self, SITE, at};

const FILE: &str = "/state/drafts/link_users-acme.webex.example.json";

/// The wizard, with a folder for drafts and perhaps files in it.
fn pilot(world: &Shared, files: BTreeMap<std::path::PathBuf, Bytes>) -> Pilot {
    let mut session = Session::new("https://hublink.example", TimeZone::UTC);
    session.note(&Reply::of(world::me()), 0);
    session.drafts = "/state/drafts".into();
    let wizard = Wizard::<LinkUsers>::new(&SITE.into());
    let size = (80, 24);
    let app = App::new(session, Keymap::default(), Theme::plain(), size, Box::new(wizard));
    let shared = world.clone();
    let script = Box::new(move |request: &Request| shared.answer(request));
    let mut pilot = Pilot::with_files(app, size, script, files);
    pilot.settle();
    pilot
}

fn saves(pilot: &Pilot) -> Vec<(String, Option<String>)> {
    let save = |request: &Request| {
        if let Some((.., body)) = &request.asked::<SaveDraftCall>() {
            let method = body.answers["method"].as_str().map(str::to_owned);
            Some((body.step.clone(), method))
        } else {
            None
        }
    };
    pilot.sent.iter().filter_map(save).collect()
}

fn is_save(request: &Request) -> bool {
    request.is::<SaveDraftCall>()
}

fn saved(step: &str, method: Option<&str>) -> (String, Option<String>) {
    (step.to_owned(), method.map(str::to_owned))
}

fn draft(holder: &str, answers: serde_json::Value, revision: u64) -> Draft {
    Draft {
        wizard: "link_users".to_owned(),
        subject: SITE.into(),
        step: "method".to_owned(),
        answers,
        revision,
        holder: holder.into(),
        held_since: at(world::NOW),
        saved_at: at(world::NOW),
    }
}

fn kept(method: &str, revision: u64) -> BTreeMap<std::path::PathBuf, Bytes> {
    let kept = json!({
        "wizard": "link_users", "subject": SITE, "step": "method",
        "answers": { "method": method }, "revision": revision,
    });
    BTreeMap::from([(FILE.into(), kept.to_string().into())])
}

#[test]
fn an_answer_is_saved_within_two_seconds() {
    let world = Shared::new(None);
    let mut pilot = pilot(&world, BTreeMap::new());
    let before = saves(&pilot).len();
    pilot.press(Action::Down).press(Action::Tick);
    assert_eq!(saves(&pilot).len(), before, "not at every key");
    pilot.pass(2_000);
    assert_eq!(saves(&pilot).last(), Some(&saved("method", Some("verify_now"))));
    let after = saves(&pilot).len();
    pilot.pass(60_000);
    assert_eq!(saves(&pilot).len(), after, "what is saved is not saved again");
}

#[test]
fn section_4_a_wizard_that_is_only_looked_at_leaves_no_draft() {
    let world = Shared::new(None);
    let mut pilot = pilot(&world, BTreeMap::new());
    assert!(pilot.sees("● Method"), "{}", pilot.text());
    pilot.pass(5_000).press(Action::Back).pass(5_000);
    assert_eq!(saves(&pilot), []);
    assert!(pilot.files.is_empty(), "nor a file");
}

#[test]
fn who_goes_on_changing_is_saved_all_the_same() {
    let world = Shared::new(None);
    let mut pilot = pilot(&world, BTreeMap::new());
    pilot.pass(5_000);
    let before = saves(&pilot).len();
    for n in 0..10 {
        pilot.press(if n % 2 == 0 { Action::Down } else { Action::Up }).press(Action::Tick);
        pilot.pass(250);
    }
    assert!(saves(&pilot).len() > before, "2.5 seconds of changes without a rest");
}

#[test]
fn a_step_is_saved_at_once() {
    let world = Shared::new(Some(LinkingMethod::VerifyNow));
    let mut pilot = pilot(&world, BTreeMap::new());
    pilot.press(Action::Next);
    assert!(pilot.sees("● Domains"), "{}", pilot.text());
    assert_eq!(saves(&pilot).last().map(|(step, _)| step.as_str()), Some("domains"));
}

#[test]
fn while_the_backend_is_away_answers_are_in_a_file_and_then_saved() {
    let world = Shared::new(None);
    let mut pilot = pilot(&world, BTreeMap::new());
    world.refuse(Request::is::<SaveDraftCall>, unreachable());
    pilot.press(Action::Down).press(Action::Tick).pass(2_000);
    assert!(reads(&pilot, "The backend is away; your answers are kept here"), "{}", pilot.text());
    let file = String::from_utf8(pilot.file(Path::new(FILE)).unwrap().to_vec()).unwrap();
    assert!(file.contains("verify_now"), "{file}");
    pilot.pass(10_000);
    assert_eq!(world.saved().answers["method"], "verify_now");
    assert!(pilot.file(Path::new(FILE)).is_none(), "the file has done its work");
}

#[test]
fn i14_whatever_ends_it_the_answers_are_kept() {
    let ends: [fn(&mut Pilot); 4] = [
        |pilot| {
            pilot.hit("ctrl-c");
        },
        |pilot| pilot.feed(Msg::Signal(Signal::HangUp)),
        |pilot| pilot.feed(Msg::Signal(Signal::Terminate)),
        |pilot| {
            pilot.press(Action::Leave);
        },
    ];
    for end in ends {
        let world = Shared::new(None);
        let mut pilot = pilot(&world, BTreeMap::new());
        pilot.press(Action::Down).press(Action::Tick);
        world.with(|world| world.silent = Some(|_| true));
        end(&mut pilot);
        assert!(pilot.ended);
        let file = String::from_utf8(pilot.file(Path::new(FILE)).unwrap().to_vec()).unwrap();
        assert!(file.contains("verify_now"), "before the backend has it: {file}");
        assert_eq!(saves(&pilot).last(), Some(&saved("method", Some("verify_now"))));
    }
}

#[test]
fn esc_never_loses_an_answer() {
    let world = Shared::new(None);
    let mut pilot = pilot(&world, BTreeMap::new());
    pilot.press(Action::Down).press(Action::Tick).press(Action::Next);
    assert!(pilot.sees("● Domains"), "{}", pilot.text());
    pilot.press(Action::Back);
    assert!(pilot.sees("● Method") && pilot.sees("◉ Verify domains now"), "{}", pilot.text());
    pilot.press(Action::Back);
    assert!(pilot.ended, "before the first step is out of the wizard");
    let again = self::pilot(&world, pilot.files.clone());
    assert!(again.sees("◉ Verify domains now"), "{}", again.text());
}

#[test]
fn answers_in_the_file_count_where_the_backend_has_nothing_newer() {
    let world = Shared::new(None);
    world.with(|world| {
        world.draft = Some(draft("fay@acme.example", json!({ "method": "receive_email" }), 3));
    });
    let mut newer = pilot(&world, kept("sign_agreement", 3));
    assert!(newer.sees("◉ Sign the agreement"), "{}", newer.text());
    newer.pass(2_000);
    assert_eq!(world.saved().answers["method"], "sign_agreement");
    assert!(newer.file(Path::new(FILE)).is_none());
    let older = pilot(&world, kept("verify_now", 2));
    assert!(reads(&older, "Both are kept until you choose"), "{}", older.text());
}

#[test]
fn section_4_a_save_that_is_not_answered_is_in_the_file_within_two_seconds() {
    let world = Shared::new(None);
    let mut pilot = pilot(&world, BTreeMap::new());
    let before = saves(&pilot).len();
    world.with(|world| world.silent = Some(is_save));
    pilot.press(Action::Down).press(Action::Tick).pass(2_000);
    let file =
        |pilot: &Pilot| String::from_utf8(pilot.file(Path::new(FILE)).unwrap().to_vec()).unwrap();
    assert!(file(&pilot).contains("verify_now"), "{}", file(&pilot));
    pilot.press(Action::Down).press(Action::Tick).pass(2_000);
    assert!(file(&pilot).contains("sign_agreement"), "the newest: {}", file(&pilot));
    assert_eq!(saves(&pilot).len(), before + 1, "one at a time");
    let base = world.with(|world| world.draft.as_ref().map_or(0, |draft| draft.revision));
    // After `kill -9`, whether the save on its way had arrived or not.
    for arrived in [false, true] {
        let world = Shared::new(None);
        let (known, revision) =
            if arrived { (json!({ "method": "verify_now" }), base + 1) } else { (json!({}), base) };
        world.with(|world| world.draft = Some(draft("fay@acme.example", known, revision)));
        let again = self::pilot(&world, pilot.files.clone());
        assert!(again.sees("◉ Sign the agreement"), "{arrived}: {}", again.text());
    }
}

#[test]
fn section_4_a_lost_answer_to_a_save_locks_nobody_out() {
    let world = Shared::new(None);
    let mut pilot = pilot(&world, BTreeMap::new());
    let before = saves(&pilot).len();
    world.refuse(is_save, unanswered());
    pilot.press(Action::Down).press(Action::Tick).pass(2_000);
    pilot.press(Action::Down).press(Action::Tick).pass(10_000);
    assert!(pilot.sees("● Method"), "{}", pilot.text());
    assert_eq!(world.saved().answers["method"], "sign_agreement");
    assert!(pilot.file(Path::new(FILE)).is_none(), "the file has done its work");
    let made = &saves(&pilot)[before..];
    assert_eq!(made[0], made[1], "the same save again, then the newer one");
    let keys: Vec<&str> = pilot.keys.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys[keys.len() - 3], keys[keys.len() - 2], "{keys:?}");
    assert_ne!(keys[keys.len() - 2], keys[keys.len() - 1], "{keys:?}");
}

#[test]
fn section_4_where_two_versions_differ_neither_is_thrown_away_unasked() {
    for keeps in [Action::KeepMine, Action::TakeOver] {
        let world = Shared::new(None);
        let theirs = draft("fay@acme.example", json!({ "method": "sign_agreement" }), 7);
        world.with(|world| world.draft = Some(theirs.clone()));
        let shared = world.clone();
        let mut pilot = pilot(&world, kept("verify_now", 2));
        pilot.script(Box::new(move |request| {
            if request.is::<TakeDraft>() {
                Some(Ok(Reply::of(theirs.clone())))
            } else {
                shared.answer(request)
            }
        }));
        assert!(reads(&pilot, "Both are kept until you choose"), "{}", pilot.text());
        assert!(pilot.file(Path::new(FILE)).is_some());
        pilot.press(keeps);
        let mine = keeps == Action::KeepMine;
        if !mine {
            assert!(reads(&pilot, "yours was: Verify domains now"), "{}", pilot.text());
            pilot.press(Action::Next);
        }
        let want = if mine { "◉ Verify domains now" } else { "◉ Sign the agreement" };
        assert!(pilot.sees(want), "{}", pilot.text());
        pilot.pass(3_000);
        let saved = world.saved().answers["method"].clone();
        assert_eq!(saved, if mine { "verify_now" } else { "sign_agreement" });
    }
}

#[test]
fn who_holds_the_draft_is_told_and_it_can_be_taken_over() {
    let world = Shared::new(None);
    let theirs = draft("lee@acme.example", json!({ "method": "sign_agreement" }), 3);
    world.with(|world| world.draft = Some(theirs));
    let mut pilot = pilot(&world, BTreeMap::new());
    assert!(reads(&pilot, "lee@acme.example is working on this wizard now."), "{}", pilot.text());
    let shared = world.clone();
    pilot.script(Box::new(move |request| {
        if request.is::<TakeDraft>() {
            let mine = draft("fay@acme.example", json!({ "method": "sign_agreement" }), 4);
            shared.with(|world| world.draft = Some(mine.clone()));
            Some(Ok(Reply::of(mine)))
        } else {
            shared.answer(request)
        }
    }));
    pilot.press(Action::TakeOver);
    assert!(
        reads(&pilot, "You have this wizard now; it was lee@acme.example's."),
        "{}",
        pilot.text()
    );
    pilot.press(Action::Next);
    assert!(pilot.sees("◉ Sign the agreement"), "{}", pilot.text());
}

/// The draft of somebody who reviews a plan of everybody, the held turned into e-mails.
fn reviewed(holder: &str, revision: u64) -> Draft {
    let answers = json!({
        "method": "verify_now", "selection": { "kind": "all" }, "roster_rows": 12_000, "held": "email",
        "plan": "pln_theirs",
    });
    Draft { step: "plan".to_owned(), ..draft(holder, answers, revision) }
}

#[test]
fn section_4_a_plan_of_somebody_elses_answers_is_made_anew() {
    let world = Shared::new(Some(LinkingMethod::VerifyNow));
    world.with(|world| world.draft = Some(reviewed("lee@acme.example", 3)));
    let mut pilot = pilot(&world, BTreeMap::new());
    let shared = world.clone();
    pilot.script(Box::new(move |request| {
        if request.is::<TakeDraft>() {
            let mine = reviewed("fay@acme.example", 4);
            shared.with(|world| world.draft = Some(mine.clone()));
            Some(Ok(Reply::of(mine)))
        } else {
            shared.answer(request)
        }
    }));
    pilot.press(Action::TakeOver);
    for told in [
        "Method: Verify domains now",
        "Selected: everyone, 12,000 users",
        "Those who would be held: E-MAILED",
        "Nothing was done by taking it over. Enter goes on, at Select.",
    ] {
        assert!(reads(&pilot, told), "{told}\n{}", pilot.text());
    }
    assert_eq!(world.saved().step, "select", "whoever leaves now does not come back to the plan");
    assert!(world.saved().answers.get("plan").is_none(), "{:?}", world.saved());
    let asked = |request: &Request| request.target.contains("pln_theirs");
    assert!(!pilot.sent.iter().any(asked), "their plan is not even looked at");
    pilot.press(Action::Next);
    assert!(pilot.sees("● Select"), "{}", pilot.text());
}

#[test]
fn section_4_what_is_not_as_one_left_it_is_marked() {
    let world = Shared::new(Some(LinkingMethod::VerifyNow));
    world.with(|world| {
        let answers = json!({ "method": "verify_now" });
        world.draft = Some(draft("fay@acme.example", answers, 3));
    });
    let mut pilot = pilot(&world, BTreeMap::new());
    let mut held = problem(code::DRAFT_HELD, 409, "Lee holds the draft.", "");
    held.holder = Some("lee@acme.example".into());
    world.refuse(Request::is::<SaveDraftCall>, refused(held));
    pilot.press(Action::Down).press(Action::Tick).pass(2_000);
    let shared = world.clone();
    pilot.script(Box::new(move |request| {
        if request.is::<TakeDraft>() {
            Some(Ok(Reply::of(reviewed("fay@acme.example", 5))))
        } else {
            shared.answer(request)
        }
    }));
    pilot.press(Action::TakeOver);
    let told = "Selected: everyone, 12,000 users (CHANGED; yours was: nobody yet)";
    assert!(reads(&pilot, told), "{}", pilot.text());
    let told = "E-MAILED (CHANGED; yours was: held, they get no e-mail)";
    assert!(reads(&pilot, told), "{}", pilot.text());
}

#[test]
fn section_4_acts_carry_the_hold_and_a_lost_one_is_told() {
    let world = Shared::new(Some(LinkingMethod::VerifyNow));
    world.with(|world| {
        let answers = json!({ "method": "verify_now" });
        world.draft = Some(draft("fay@acme.example", answers, 3));
    });
    let mut pilot = pilot(&world, BTreeMap::new());
    pilot.acts(Box::new(move |hold, _| {
        assert_eq!((hold.wizard.as_str(), hold.subject.as_str()), ("link_users", SITE));
        assert_eq!(hold.since, Some(at(world::NOW)));
        let mut held = problem(code::DRAFT_HELD, 409, "Lee holds the draft.", "");
        held.holder = Some("lee@acme.example".into());
        Some(Err(refused(held)))
    }));
    pilot.press(Action::Down).press(Action::Tick).press(Action::Next);
    let told = "lee@acme.example is working on this wizard now. What you pressed was not done, and \
                nothing was sent.";
    assert!(reads(&pilot, told), "{}", pilot.text());
}

#[test]
fn a_draft_taken_away_is_told_at_the_next_save() {
    let world = Shared::new(None);
    let mut pilot = pilot(&world, BTreeMap::new());
    let mut held = problem(code::DRAFT_HELD, 409, "Lee holds the draft.", "");
    held.holder = Some("lee@acme.example".into());
    world.refuse(Request::is::<SaveDraftCall>, refused(held));
    pilot.press(Action::Down).press(Action::Tick).pass(2_000);
    assert!(reads(&pilot, "lee@acme.example is working on this wizard now."), "{}", pilot.text());
}

#[test]
fn a_broken_file_counts_as_none() {
    let world = Shared::new(None);
    let files = BTreeMap::from([(FILE.into(), Bytes::from_static(b"{ not json"))]);
    let pilot = pilot(&world, files);
    assert!(pilot.sees("● Method"), "{}", pilot.text());
}
