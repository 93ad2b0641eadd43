//! The memory of what was asked, without an app around it.

use super::super::msg::Ids;
use super::*;
use crate::api::call::Request;
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::problem::Problem;
use crate::api::session::ShowMe;
use crate::api::welcome::ResendWelcome;
use crate::domain::untrusted::Untrusted;

fn act() -> Request {
    ResendWelcome::call("brightwater".to_owned(), Nothing, Nothing)
}

fn lost() -> Result<Reply, ApiError> {
    Err(ApiError::Unanswered(Untrusted::new("the line broke")))
}

fn nobody() -> Result<Reply, ApiError> {
    Err(ApiError::Unreachable(Untrusted::new("nobody there")))
}

#[test]
fn section_8_a_write_keeps_its_key_until_an_answer_has_come() {
    let (mut ids, mut asked) = (Ids::default(), Asked::new("s"));
    let first = ids.issue();
    let key = asked.ask(first, &act(), None, 0).key;
    assert_eq!(key.as_deref(), Some("s-1"));
    assert_eq!(asked.take(first, &lost(), 10), Some(10 + AGAIN_MS), "nobody is told");
    assert!(asked.is_unknown(first, 10) && asked.is_away(10));
    let mut wake = None;
    assert!(asked.due(2_000, &mut wake).is_empty());
    let again = asked.due(4_000, &mut wake);
    let [Effect::Send { id, key: same, .. }] = again.as_slice() else { panic!("{again:?}") };
    assert_eq!((*id, same), (first, &key));
    // What cannot even be reached now may have happened then.
    assert!(asked.take(first, &nobody(), 4_100).is_some() && asked.is_unknown(first, 4_100));
    assert_eq!(
        asked.take(first, &Ok(Reply::of(Nothing)), 9_000),
        None,
        "an answer goes to the page"
    );
    assert!(!asked.is_unknown(first, 9_000) && !asked.is_away(9_000));
    assert_eq!(
        asked.ask(ids.issue(), &act(), None, 9_001).key.as_deref(),
        Some("s-2"),
        "another act"
    );
}

#[test]
fn section_8_what_never_arrived_is_told_at_once() {
    let (mut ids, mut asked) = (Ids::default(), Asked::new("s"));
    let id = ids.issue();
    asked.ask(id, &act(), None, 0);
    assert_eq!(asked.take(id, &nobody(), 10), None);
    assert!(!asked.any_unknown(60_000));
}

#[test]
fn section_8_a_page_that_was_left_finds_its_key_again() {
    let (mut ids, mut asked) = (Ids::default(), Asked::new("s"));
    let hold = Hold { wizard: "trial".to_owned(), subject: "p".to_owned(), since: None };
    let id = ids.issue();
    let key = asked.ask(id, &act(), Some(&hold), 0).key;
    assert!(!asked.is_left(&hold) && !asked.repeats(&act()));
    asked.orphan(id);
    assert!(asked.is_left(&hold) && asked.repeats(&act()));
    assert_eq!(asked.take(id, &Ok(Reply::of(Nothing)), 5), None);
    assert!(asked.is_left(&hold), "nobody took the answer");
    let again = asked.ask(ids.issue(), &act(), Some(&hold), 9);
    assert!(again.repeats && again.key == key && !asked.is_left(&hold));
}

#[test]
fn section_8_who_is_signed_out_keeps_the_key_of_a_lost_write() {
    let (mut ids, mut asked) = (Ids::default(), Asked::new("s"));
    let id = ids.issue();
    let key = asked.ask(id, &act(), None, 0).key;
    asked.take(id, &lost(), 1);
    let json = r#"{"title":"","status":401,"code":"not_signed_in","detail":"","remedy":""}"#;
    let problem: Problem = serde_json::from_str(json).unwrap();
    assert_eq!(asked.take(id, &Err(ApiError::Problem(Box::new(problem))), 2), None);
    assert_eq!(asked.ask(ids.issue(), &act(), None, 3).key, key);
}

#[test]
fn section_4_a_backend_that_is_silent_for_five_seconds_is_away() {
    let (mut ids, mut asked) = (Ids::default(), Asked::new("s"));
    let me = ShowMe::call(Nothing, Nothing, Nothing);
    let id = ids.issue();
    let sent = asked.ask(id, &me, None, 1_000);
    assert_eq!((sent.key, sent.look_ms), (None, Some(6_000)));
    assert!(!asked.is_away(5_999) && asked.is_away(6_000));
    let other = ids.issue();
    asked.ask(other, &me, None, 6_500);
    asked.take(other, &Ok(Reply::of(Nothing)), 6_600);
    assert!(!asked.is_away(7_000), "it answers; that one question is slow");
}

#[test]
fn section_4_a_backend_that_is_away_is_asked_whether_it_is_back() {
    let (mut ids, mut asked) = (Ids::default(), Asked::new("s"));
    let id = ids.issue();
    asked.ask(id, &ShowMe::call(Nothing, Nothing, Nothing), None, 0);
    assert!(!asked.probes(60_000));
    asked.take(id, &nobody(), 1_000);
    assert_eq!(asked.probe_ms(), Some(6_000));
    assert!(!asked.probes(5_999) && asked.probes(6_000));
    let probe = ids.issue();
    asked.ask(probe, &ShowMe::call(Nothing, Nothing, Nothing), None, 6_000);
    asked.probing(probe);
    assert!(!asked.probes(30_000), "one at a time");
    asked.take(probe, &Ok(Reply::of(Nothing)), 30_000);
    assert!(!asked.is_away(30_000) && !asked.probes(99_000));
}
