//! The format of tours, and the player on a screen that a test writes.

use super::player::{Failure, Next, Player};
use super::*;

const TOUR: &str = r#"
title = "A test"

[[step]]
wait = ["Home"]
caption = "We begin"
press = ["tab", "enter"]
expect = ["Users"]

[[step]]
type = "ab"
gone = ["Users"]
picture = "end"
rest = 2.0
"#;

#[test]
fn a_step_that_cannot_be_meant_is_refused() {
    let cases = [
        ("title = 'x'\n[[step]]\n", "step 1 is empty"),
        ("title = 'x'\n[[step]]\nwait = ['']", "step 1 waits for an empty text"),
        ("title = 'x'\n[[step]]\nrest = 100.0", "step 1 rests"),
        ("title = 'x'\n[[step]]\npres = ['a']", "unknown"),
        ("title = 'x'", "missing field `step`"),
    ];
    for (text, want) in cases {
        let error = Tour::read(text).unwrap_err().to_string();
        assert!(error.contains(want), "{error}");
    }
}

/// Asks until the player rests for the sake of the pace, which is passed over.
fn until_stuck(player: &mut Player, screen: &str, now: &mut u64) -> Vec<Next> {
    let mut all = Vec::new();
    loop {
        match player.next(screen, *now) {
            Next::Rest(until) if until - *now < 20_000 => *now = until,
            Next::Rest(_) => return all,
            end @ (Next::Done | Next::Failed(_)) => {
                all.push(end);
                return all;
            }
            next => all.push(next),
        }
    }
}

#[test]
fn steps_are_played_in_order_and_wait_for_their_texts() {
    for speed in [1.0, f64::INFINITY] {
        let mut player = Player::new(Tour::read(TOUR).unwrap(), speed);
        let mut now = 5;
        assert_eq!(until_stuck(&mut player, "", &mut now), []);
        let press = |key: &str| Next::Press(key.to_owned());
        assert_eq!(
            until_stuck(&mut player, "Home", &mut now),
            [Next::Caption(Some("We begin".to_owned())), press("tab"), press("enter")]
        );
        assert_eq!(until_stuck(&mut player, "Users", &mut now), [Next::Type('a'), Next::Type('b')]);
        assert_eq!(
            until_stuck(&mut player, "", &mut now),
            [Next::Picture("end".to_owned()), Next::Done]
        );
        assert_eq!(now == 5, speed.is_infinite(), "only a finite speed rests");
    }
}

#[test]
fn a_text_that_does_not_come_fails_the_tour_and_names_the_step() {
    let mut player = Player::new(Tour::read(TOUR).unwrap(), f64::INFINITY);
    let mut now = 0;
    until_stuck(&mut player, "Home", &mut now);
    assert_eq!(until_stuck(&mut player, "Users", &mut now).len(), 2);
    let Next::Rest(deadline) = player.next("Users", 0) else { panic!("it waits") };
    let failure = Failure { step: 2, text: "Users".to_owned(), gone: true };
    let words = failure.to_string();
    assert_eq!(player.next("Users", deadline), Next::Failed(failure));
    assert_eq!(words, "step 2 of the tour: “Users” did not go from the screen");
}

#[test]
fn the_tours_of_the_tree_can_be_read() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/tours");
    let mut read = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let tour = Tour::read(&std::fs::read_to_string(&path).unwrap());
        assert!(tour.is_ok(), "{}: {tour:?}", path.display());
        read += 1;
    }
    assert!(read > 0);
}
