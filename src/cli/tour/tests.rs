//! Whose a key is while a tour plays, and what becomes of one that is lost.

use crossterm::event::KeyEvent;

use super::*;

const TOUR: &str = "title = 'x'\n[[step]]\nwait = ['Home']\npress = ['tab', 'enter']\n\
                    expect = ['Users']\n[[step]]\nrest = 1.0\n";

fn seat(attended: bool) -> Seat {
    let player = Player::new(Tour::read(TOUR).unwrap(), 1.0);
    Seat { player, attended, lost_at: None, told: Told::default() }
}

fn event(key: &str) -> KeyEvent {
    Chord::parse(key).unwrap().event()
}

/// Asks until the screen is watched, and passes over what rests.
fn play(seat: &mut Seat, screen: &str, now: &mut u64) -> Vec<Wish> {
    let mut all = Vec::new();
    for _ in 0..100 {
        match seat.next(&format!("{screen}\n enter open\n"), *now) {
            Wish::Rest(until) => *now = until,
            Wish::Watch(_) => break,
            end @ (Wish::Quit | Wish::HandOver) => {
                all.push(end);
                break;
            }
            wish => all.push(wish),
        }
    }
    all
}

#[test]
fn a_human_key_does_nothing_but_take_over_and_space_nothing_but_pause() {
    let (mut seat, mut now) = (seat(true), 0);
    play(&mut seat, "", &mut now);
    let mut key = |key: &str, text: bool| seat.key(Some(event(key)), text, "Home");
    assert_eq!(key("space", false), Wish::Keep);
    assert_eq!(key("space", false), Wish::Keep);
    for taking in ["enter", "y", "q", "a"] {
        assert_eq!(key(taking, false), Wish::Keep, "{taking} takes over and does nothing else");
        assert_eq!(key(taking, false), Wish::Pass, "then it is the human's");
        assert_eq!(key("r", true), Wish::Pass, "in a field it is a letter");
        assert_eq!(key("r", false), Wish::Keep, "it gives the keys back");
    }
    assert_eq!(seat.key(None, false, "Home"), Wish::Keep, "a paste takes over too");
    assert_eq!(seat.key(None, false, "Home"), Wish::Pass);
    assert!(staged(seat.player.sign()).words.contains("r, outside a field"));
}

#[test]
fn a_tour_that_is_lost_ends_nothing_where_somebody_watches_and_fails_a_recording() {
    for attended in [true, false] {
        let (mut seat, mut now) = (seat(attended), 0);
        play(&mut seat, "Home", &mut now);
        now += 10_000;
        assert_eq!(play(&mut seat, "Home", &mut now), [Wish::Show], "it says so");
        assert!(staged(seat.player.sign()).words.contains("Not found: “Users”"));
        now += GIVE_UP_MS;
        let end = if attended { vec![] } else { vec![Wish::Quit] };
        assert_eq!(play(&mut seat, "Home", &mut now), end);
        assert!(seat.told.outcome().is_err(), "told when the terminal is given back");
    }
    let (mut seat, mut now) = (seat(true), 0);
    play(&mut seat, "Home", &mut now);
    now += 10_000;
    play(&mut seat, "Home", &mut now);
    assert_eq!(play(&mut seat, "Users", &mut now).last(), Some(&Wish::HandOver));
    assert!(seat.told.outcome().is_ok(), "it came after all");
}

#[test]
fn an_unknown_tour_says_which_there_are() {
    let args = TourArgs { tour: Some("nothing".to_owned()), ..TourArgs::default() };
    let why = companion(&args).unwrap_err().text();
    for name in shelf::names() {
        assert!(why.contains(name), "{why}");
    }
}
