//! The format of tours, and the player on a screen that a test writes.

use super::player::{CLOSING, Failure, Next, Player};
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

/// Asks until the player watches for a text, or is done; rests for the pace are passed over.
fn until_stuck(player: &mut Player, screen: &str, now: &mut u64) -> Vec<Next> {
    let mut all = Vec::new();
    loop {
        match player.next(&page(screen), *now) {
            Next::Rest(until) => *now = until,
            Next::Watch(_) => return all,
            end @ (Next::Done | Next::Lost(_)) => {
                all.push(end);
                return all;
            }
            next => all.push(next),
        }
    }
}

/// A screen that says something, over a footer that offers Enter.
fn page(text: &str) -> String {
    format!("{text}\n\n enter next  y yes\n")
}

fn press(key: &str) -> Next {
    Next::Press(key.to_owned())
}

/// A player that has shown its first card and stands before the first step.
fn begun(speed: f64) -> (Player, u64) {
    let (mut player, mut now) = (Player::new(Tour::read(TOUR).unwrap(), speed), 5);
    assert_eq!(player.sign().card.as_ref().unwrap().title, "A test");
    assert_eq!(until_stuck(&mut player, "", &mut now), [Next::Show, Next::Show]);
    assert_eq!(player.sign().card, None);
    (player, now)
}

#[test]
fn steps_are_played_in_order_and_wait_for_their_texts() {
    for speed in [1.0, f64::INFINITY] {
        let (mut player, mut now) = begun(speed);
        assert_eq!(
            until_stuck(&mut player, "Home", &mut now),
            [Next::Show, press("tab"), press("enter")]
        );
        assert_eq!(player.sign().caption, "We begin");
        assert_eq!(player.sign().keys, ["tab", "enter"]);
        assert_eq!(until_stuck(&mut player, "Users", &mut now), [Next::Type('a'), Next::Type('b')]);
        assert_eq!(player.sign().keys, ["ab"]);
        let before = now;
        assert_eq!(
            until_stuck(&mut player, "", &mut now),
            [Next::Picture("end".to_owned()), Next::Show, Next::Done]
        );
        assert!(player.sign().card.is_some(), "the last card");
        let closing = CLOSING.as_millis() as u64;
        let rested = if speed.is_infinite() { 0 } else { 2_000 };
        assert_eq!(now - before, closing + rested, "the last card is held at any speed");
    }
}

#[test]
fn section_6_enter_is_pressed_on_what_is_in_sight_and_a_second_after_the_last() {
    let tour = "title = 'x'\n[[step]]\npress = ['enter', 'enter', 'down']\nexpect = ['Sure?']\n\
                [[step]]\npress = ['y']\n";
    let mut player = Player::new(Tour::read(tour).unwrap(), f64::INFINITY);
    let (mut now, mut pressed) = (0, Vec::new());
    for _ in 0..50 {
        match player.next(&page(if now < 5_000 { "" } else { "Sure?" }), now) {
            Next::Press(key) => pressed.push((key, now)),
            Next::Rest(until) => now = until,
            Next::Watch(_) => now = now.max(5_000),
            _ => {}
        }
    }
    let at = |n: usize| pressed[n].1;
    assert_eq!(pressed.len(), 4, "{pressed:?}");
    assert!(at(1) >= at(0) + 1_000, "{pressed:?}");
    assert_eq!(at(2), at(1), "other keys need not wait");
    assert!(at(3) >= 5_000 + 400, "{pressed:?}");
}

#[test]
fn enter_waits_for_the_footer_to_offer_it_but_not_for_ever() {
    let tour = "title = 'x'\n[[step]]\npress = ['enter', 'enter']\n";
    let mut player = Player::new(Tour::read(tour).unwrap(), f64::INFINITY);
    let mut now = 0;
    let mut at = |screen: &str| loop {
        match player.next(screen, now) {
            Next::Rest(until) => now = until,
            Next::Show => {}
            next => return (next, now),
        }
    };
    assert!(matches!(at(" esc back\n").0, Next::Watch(_)));
    assert_eq!(at(" enter next  esc back\n").0, press("enter"));
    let (Next::Watch(until), since) = at(" esc back\n") else { panic!("it waits again") };
    assert!(until - since <= 2_000);
    now = until;
    assert_eq!(player.next(" esc back\n", now), press("enter"));
}

#[test]
fn no_caption_goes_faster_than_120_words_a_minute_at_speed_1() {
    for (name, tour) in shelf::all() {
        let lasts = tour.lasts().as_millis() as u64;
        // Nothing is waited for here.
        let steps = tour.steps.into_iter().map(|step| Step {
            wait: Vec::new(),
            expect: Vec::new(),
            gone: Vec::new(),
            ..step
        });
        let footer = page("");
        let mut player = Player::new(Tour { steps: steps.collect(), ..tour }, 1.0);
        let (mut now, mut since, mut told) = (0, 0, String::new());
        loop {
            let next = player.next(&footer, now);
            let caption = &player.sign().caption;
            if *caption != told {
                let least = 500 * told.split_whitespace().count() as u64;
                assert!(now - since >= least, "{name}: {told}");
                (since, told) = (now, caption.clone());
            }
            match next {
                Next::Rest(until) => now = until,
                Next::Done => break,
                _ => {}
            }
        }
        assert!(now.abs_diff(lasts) < lasts / 3, "{name}: said {lasts}, took {now}");
    }
}

#[test]
fn a_text_that_does_not_come_hands_the_keys_over_until_it_comes() {
    let (mut player, mut now) = begun(f64::INFINITY);
    until_stuck(&mut player, "Home", &mut now);
    assert_eq!(until_stuck(&mut player, "Users", &mut now).len(), 2);
    let Next::Watch(deadline) = player.next("Users", now) else { panic!("it waits") };
    let failure = Failure { step: 2, text: "Users".to_owned(), gone: true };
    assert_eq!(failure.to_string(), "step 2 of the tour: “Users” did not go from the screen");
    assert_eq!(player.next("Users", deadline), Next::Lost(failure));
    assert!(!player.has_the_keys());
    let words = player.sign().halted.clone().unwrap();
    assert!(words.contains("Still here: “Users”") && words.contains('r'), "{words}");
    assert!(
        matches!(player.next("Users", deadline + 1), Next::Watch(_)),
        "it never ends by itself"
    );
    now = deadline + 60_000;
    assert_eq!(until_stuck(&mut player, "", &mut now).last(), Some(&Next::Done));
    assert_eq!(player.sign().halted, None);
}

#[test]
fn a_human_pauses_takes_over_and_gives_back_at_the_place_where_they_took() {
    let (mut player, mut now) = begun(1.0);
    assert_eq!(player.next("Home", now), Next::Show);
    player.pause_or_go_on();
    assert!(player.has_the_keys() && player.sign().halted.is_some());
    assert!(matches!(player.next("Home", now + 50_000), Next::Watch(_)), "a pause has no end");
    player.pause_or_go_on();
    assert_eq!(player.next("Home", now + 50_000), press("tab"));
    assert!(player.take_over());
    assert!(!player.has_the_keys());
    now += 60_000;
    assert!(matches!(player.next("Home", now), Next::Watch(_)));
    player.stray();
    player.go_on("Elsewhere");
    assert!(player.sign().halted.as_ref().unwrap().contains("“Home” stands"));
    assert!(matches!(player.next("Elsewhere", now), Next::Watch(_)), "it acts on no other page");
    player.go_on("Home");
    assert_eq!(player.sign().halted, None);
    assert_eq!(until_stuck(&mut player, "Home", &mut now), [press("enter")]);
}
