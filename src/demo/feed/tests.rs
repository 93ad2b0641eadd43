//! The feed: the same from the same seed, plausible, and never ahead of the clock.

use super::*;
use crate::domain::insights::quality::Rating;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn office(people: usize, seed: u64) -> Office {
    let person = |n| Person { address: format!("u{n}@acme.example"), name: format!("U {n}") };
    Office { site: "acme.webex.example".into(), seed, people: (0..people).map(person).collect() }
}

const LINKED: &str = "2025-11-02T10:00:00Z";
const NOW: &str = "2026-03-30T08:42:00Z";

#[test]
fn the_same_seed_tells_the_same_however_it_is_cut() {
    let office = office(140, 1);
    let whole = days::between(&office, at(LINKED), at(NOW));
    let mut parts = days::between(&office, at(LINKED), at("2026-01-15T00:00:00Z"));
    parts.extend(days::between(&office, at("2026-01-15T00:00:00Z"), at(NOW)));
    assert_eq!(whole, parts);
    assert_ne!(whole, days::between(&super::tests::office(140, 2), at(LINKED), at(NOW)));
    let (devices, people) = (devices::of(&office, at(NOW)), people::of(&office));
    assert_eq!(people, people::of(&office));
    let feed = Feed { meetings: whole, devices, people };
    assert_eq!(feed.check(), Ok(()), "as any feed it must be good");
}

#[test]
fn nothing_is_told_before_it_happens() {
    for people in [1, 12, 140] {
        let meetings = days::between(&office(people, 1), at(LINKED), at(NOW));
        assert!(meetings.iter().all(|m| m.ended_at.is_none_or(|end| end >= at(LINKED))));
        for meeting in &meetings {
            let moments =
                meeting.participants.iter().flat_map(|one| [Some(one.joined_at), one.left_at]);
            let mut told = moments.chain([Some(meeting.started_at), meeting.ended_at]).flatten();
            assert!(told.all(|moment| moment <= at(NOW)));
        }
        let going_on = meetings.iter().filter(|meeting| meeting.ended_at.is_none()).count();
        assert!((1..12).contains(&going_on), "the stand-up at least: {going_on}");
    }
}

#[test]
fn l9_some_people_have_a_profile_and_all_links_are_shown() {
    let people = people::of(&office(140, 1));
    assert!((40..140).contains(&people.len()), "some the feed does not know: {}", people.len());
    assert!(people.iter().any(|person| person.history.len() > 1));
    assert!(people.iter().any(|person| !person.links.is_empty()));
    for person in &people {
        assert!(!person.title.is_empty() && !person.company.is_empty());
        assert_eq!(person.shown_links().count(), person.links.len());
    }
}

#[test]
fn l9_every_rating_and_audio_type_is_there() {
    let meetings = days::between(&office(140, 1), at(LINKED), at(NOW));
    let all = || meetings.iter().flat_map(|meeting| &meeting.participants);
    let rated = |wanted| {
        all().filter(|one| one.audio.is_some_and(|audio| audio.rating() == wanted)).count()
    };
    let [good, fair, poor] = Rating::ALL.map(rated);
    assert!(good > 5 * (fair + poor) && fair > poor && poor > 20, "{good} {fair} {poor}");
    for one in crate::domain::insights::AudioType::ALL {
        assert!(all().any(|participant| participant.audio_type == Some(one)), "{one:?}");
    }
}
