//! A second provider behind the seam: all that it is stands in its folder, and one option names it.
//!
//! Owns the proof that an account is written there once, whatever comes back, and that what stands
//! here in the end is what was done there.

mod elsewhere;
mod provider;
mod town;

use hublink::api::endpoint::{Endpoint as _, Nothing};
use hublink::api::run::Run;
use hublink::api::session::{Capability, Me, ShowMe};
use hublink::domain::run::{ItemState, RunState};

use elsewhere::Act;
use town::Town;

const DONE: fn(&Run) -> bool = |run| run.state == RunState::Done;

#[tokio::test(flavor = "multi_thread")]
async fn i1_an_account_is_linked_once_elsewhere_whatever_comes_back() {
    use Act::{BadAfterWriting, HalfAndLost, Lost, OneTaken, Slow, TooMany};
    let script = [Slow, TooMany, BadAfterWriting, HalfAndLost, OneTaken, Lost, TooMany];
    let town = Town::new(1_150, &script, 2).await;
    let run = town.apply(&town.plan().await).await;
    let run = town.until(run, DONE).await;
    assert_eq!((run.linked, run.failed, run.not_processed), (1_149, 1, 0), "{run:?}");
    assert_eq!(run.trouble, None, "nothing waits any more");
    let written = town.elsewhere.written();
    assert_eq!(written.len(), 1_149);
    let twice: Vec<_> = written.iter().filter(|(_, times)| **times != 1).collect();
    assert!(twice.is_empty(), "I1: {twice:?}");
    let failed = town.those(&run, ItemState::Failed).await;
    assert!(failed.len() == 1 && !written.contains_key(&failed[0]), "{failed:?}");
    assert_eq!((town.elsewhere.mailed(), town.elsewhere.switched()), (0, vec![false, true]));
    assert!(town.elsewhere.actors().iter().all(|actor| actor == "fay@acme.example"));
}

#[tokio::test(flavor = "multi_thread")]
async fn i7_what_was_asked_of_it_when_the_backend_ended_is_looked_at_before_more_is_asked() {
    let mut town = Town::new(3, &[Act::WritesAndHangs], 1).await;
    let run = town.apply(&town.plan().await).await;
    town.elsewhere.was_asked(1).await;
    town.end().await;
    assert_eq!(town.elsewhere.written().len(), 3, "done there, and not known here");
    town.restart().await;
    let run = town.until(run, DONE).await;
    assert_eq!((run.linked, run.unknown, run.not_processed), (3, 0, 0), "{run:?}");
    assert!(town.elsewhere.written().values().all(|times| *times == 1), "I1");
    assert_eq!(town.elsewhere.actors().len(), 1, "nothing was asked for again");
}

#[tokio::test(flavor = "multi_thread")]
async fn section_3_what_was_switched_for_everybody_is_put_back_by_who_comes_after() {
    let mut town = Town::new(3, &[Act::WritesAndHangs], 0).await;
    let run = town.apply(&town.plan().await).await;
    town.elsewhere.was_asked(1).await;
    town.elsewhere.stick(1);
    town.end().await;
    assert_eq!(town.elsewhere.switched(), [false], "it was off, and could not be put back");
    town.restart().await;
    let run = town.until(run, DONE).await;
    town.elsewhere.until_it_mails().await;
    assert_eq!((run.linked, town.elsewhere.mailed()), (3, 0), "nobody was mailed");
    town.end().await;
    assert_eq!(town.elsewhere.switched(), [false, true], "put back once, by whoever it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn i8_what_a_driver_that_panicked_had_begun_is_looked_at_without_a_restart() {
    let mut town = Town::new(3, &[Act::WritesAndBreaks], 0).await;
    let run = town.apply(&town.plan().await).await;
    let run = town.until(run, DONE).await;
    assert_eq!((run.linked, run.unknown, run.not_processed), (3, 0, 0), "{run:?}");
    assert!(town.elsewhere.written().values().all(|times| *times == 1), "I1");
    town.elsewhere.until_it_mails().await;
    town.end().await;
    assert_eq!((town.elsewhere.switched(), town.elsewhere.mailed()), (vec![false, true], 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn i1_two_runs_at_once_ask_for_an_account_once() {
    let town = Town::new(3, &[Act::Held], 0).await;
    let plans = (town.plan().await, town.plan().await);
    let one = town.apply(&plans.0).await;
    town.elsewhere.was_asked(1).await;
    let two = town.apply(&plans.1).await;
    town.elsewhere.go_on();
    let (one, two) = (town.until(one, DONE).await, town.until(two, DONE).await);
    assert_eq!((one.linked, two.linked, two.not_processed), (3, 0, 3), "{two:?}");
    assert!(town.elsewhere.written().values().all(|times| *times == 1), "I1");
}

#[tokio::test(flavor = "multi_thread")]
async fn section_3_what_a_provider_can_do_is_told_to_who_signs_in() {
    let town = Town::new(1, &[], 0).await;
    let me: Me = town.ask(ShowMe::call(Nothing, Nothing, Nothing)).await.take().unwrap();
    let can = me.backend.capabilities;
    assert_eq!(me.backend.provider, "remote");
    assert_eq!((can.link, can.linking_method), (Capability::Automated, Capability::Guided));
    assert_eq!(can.domains, Capability::Unavailable);
}
