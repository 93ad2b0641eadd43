//! A write whose answer was lost (SPEC section 8, Idempotency): it is asked again by itself under its
//! key, and nothing on the page denies it meanwhile.

use std::collections::BTreeMap;
use std::path::PathBuf;

use bytes::Bytes;
use hublink::api::call::{ApiError, Reply, Request};
use hublink::api::problem::code;
use hublink::api::trial::StartTrialCall;
use hublink::domain::draft::Wizard as Kind;
use hublink::tui::app::App;
use hublink::tui::keymap::{Action, Availability, Keymap};
use hublink::tui::pilot::Pilot;
use hublink::tui::session::Session;
use hublink::tui::theme::Theme;
use hublink::tui::wizard;
use jiff::tz::TimeZone;

use crate::script::{problem, reads, unanswered, unreachable};
use crate::selling::{PARTNER, Selling};
use crate::trial::answers;

const SIZE: (u16, u16) = (80, 24);

fn is_start(request: &Request) -> bool {
    request.is::<StartTrialCall>()
}

/// A program of its own, on these files.
fn program(world: &Selling, salt: &str, files: BTreeMap<PathBuf, Bytes>) -> Pilot {
    let mut session = Session::new("https://hublink.example", TimeZone::UTC);
    session.note(&Reply::of(world.with(|world| world.me.clone())), 0);
    (session.drafts, session.salt) = ("/state/drafts".into(), salt.to_owned());
    let first = wizard::open(Kind::Trial, &PARTNER.into()).unwrap();
    let app = App::new(session, Keymap::default(), Theme::plain(), SIZE, first);
    let shared = world.clone();
    let mut pilot = Pilot::with_files(app, SIZE, Box::new(move |r| shared.answer(r)), files);
    pilot.settle();
    pilot
}

fn at_review() -> Selling {
    Selling::new().at_step(Kind::Trial, PARTNER, "review", answers())
}

fn starts(pilot: &Pilot) -> Vec<&str> {
    let starts = pilot.keys.iter().filter(|(_, request)| is_start(request));
    starts.map(|(key, _)| key.as_str()).collect()
}

fn denies(pilot: &Pilot) -> bool {
    let text = pilot.text().to_lowercase();
    text.contains("nothing has been sent") || text.contains("nothing is sent")
}

#[test]
fn section_8_a_lost_answer_is_asked_for_again_under_the_same_key() {
    let world = at_review();
    world.refuse(is_start, unanswered());
    let mut pilot = program(&world, "one", BTreeMap::new());
    pilot.hit("enter");
    assert!(
        reads(&pilot, "It may have happened, or not: that is not known yet."),
        "{}",
        pilot.text()
    );
    assert!(!denies(&pilot), "{}", pilot.text());
    assert!(pilot.text().lines().next().unwrap().contains("not known yet"), "{}", pilot.text());
    pilot.hit("enter").hit("enter");
    assert_eq!(starts(&pilot).len(), 1, "no key of the operator starts another");
    pilot.pass(3_000);
    assert!(pilot.sees("● Started"), "{}", pilot.text());
    let [first, again] = starts(&pilot)[..] else { panic!("{:?}", pilot.keys) };
    assert_eq!(first, again);
    assert!(!pilot.files.keys().any(|path| path.to_string_lossy().contains("asked-")));
}

#[test]
fn section_8_while_it_is_unanswered_nothing_denies_it_however_long() {
    let world = at_review();
    let mut pilot = program(&world, "one", BTreeMap::new());
    world.with(|world| world.silent = Some(|_| true));
    pilot.hit("enter");
    assert!(!denies(&pilot), "{}", pilot.text());
    pilot.pass(5_000);
    assert!(reads(&pilot, "It may have happened"), "{}", pilot.text());
    assert!(reads(&pilot, "backend away: an act is not known yet"), "{}", pilot.text());
    assert_eq!(pilot.app().can(Action::Next), Availability::Hidden);
}

#[test]
fn section_8_what_never_arrived_is_told_and_can_be_tried() {
    let world = at_review();
    world.refuse(is_start, unreachable());
    let mut pilot = program(&world, "one", BTreeMap::new());
    pilot.hit("enter");
    assert!(pilot.sees("● Review") && pilot.sees("✗") && denies(&pilot), "{}", pilot.text());
}

#[test]
fn section_8_the_key_outlives_the_program() {
    let world = at_review();
    world.with(|world| world.silent = Some(is_start));
    let mut first = program(&world, "one", BTreeMap::new());
    first.hit("enter");
    let key = starts(&first)[0].to_owned();
    // As after `kill -9`: nothing but the files is left.
    world.with(|world| world.silent = None);
    let second = program(&world, "two", first.files.clone());
    assert_eq!(starts(&second), [key.as_str()], "the same act, and no other");
    assert!(second.sees("● Started"), "{}", second.text());
}

#[test]
fn section_8_after_a_restart_nothing_but_the_same_act_is_done() {
    let world = at_review();
    world.with(|world| world.silent = Some(is_start));
    let mut first = program(&world, "one", BTreeMap::new());
    first.hit("enter");
    world.with(|world| world.silent = None);
    let mut other = answers();
    other["company"] = "Another Company".into();
    let world = world.at_step(Kind::Trial, PARTNER, "review", other);
    let mut second = program(&world, "two", first.files.clone());
    assert_eq!(starts(&second), [] as [&str; 0], "nobody pressed that");
    assert!(reads(&second, "this is how things are now"), "{}", second.text());
    second.hit("enter");
    assert_eq!(starts(&second), ["two-1"]);
}

#[test]
fn section_8_who_leaves_and_comes_back_learns_what_became_of_it() {
    let world = at_review();
    world.refuse(is_start, unanswered());
    let home = |world: &Selling| {
        let mut pilot = world.home(SIZE);
        pilot.hit("N");
        pilot
    };
    let mut pilot = home(&world);
    assert!(pilot.sees("● Review"), "{}", pilot.text());
    pilot.hit("enter").press(Action::Leave);
    assert!(!pilot.sees("● Review"), "{}", pilot.text());
    pilot.hit("N");
    assert!(pilot.sees("● Started"), "{}", pilot.text());
    let keys = starts(&pilot);
    assert!(keys.len() >= 2 && keys.iter().all(|key| *key == keys[0]), "{keys:?}");
}

#[test]
fn section_4_a_backend_that_cannot_be_reached_has_a_banner_until_it_is_back() {
    let world = Selling::new();
    let mut pilot = program(&world, "one", BTreeMap::new());
    assert!(!pilot.sees("backend away"));
    world.with(|world| {
        for _ in 0..2 {
            world.refuse.push((|_| true, unreachable()));
        }
    });
    pilot.text_in("x").pass(2_000);
    assert!(pilot.sees("backend away: it is asked again"), "{}", pilot.text());
    pilot.pass(15_000);
    assert!(!pilot.sees("backend away"), "{}", pilot.text());
}

#[test]
fn section_8_an_act_that_the_backends_end_cut_off_is_not_denied() {
    let world = at_review();
    let (told, remedy) =
        ("The backend ended before it could answer.", "Look at what it was about.");
    let problem = problem(code::KEY_UNANSWERED, 409, told, remedy);
    world.refuse(is_start, ApiError::Problem(Box::new(problem)));
    let mut pilot = program(&world, "one", BTreeMap::new());
    assert!(denies(&pilot), "before it: {}", pilot.text());
    pilot.hit("enter");
    assert!(reads(&pilot, "Look at what it was about."), "{}", pilot.text());
    assert!(!denies(&pilot), "{}", pilot.text());
    assert!(reads(&pilot, "tells whether it was started"), "{}", pilot.text());
}

#[test]
fn section_8_the_words_of_an_unanswered_write_do_not_deny_it() {
    let words = ApiError::Unanswered("the line broke".into()).to_string();
    assert!(words.contains("may have been done or not"), "{words}");
}
