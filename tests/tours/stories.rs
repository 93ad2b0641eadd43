//! The two stories of the product, with as few keys as they take, played and counted.
//!
//! Owns the counts. Typed text is not counted, nor what stands under a caption of the demo: being
//! somebody else, time, the post.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use hublink::demo::tour::player::{Next, Player};
use hublink::demo::tour::{Act, Tour};

use crate::keys::{bytes_of, paste};
use crate::terminal::{PATIENCE, Start, Terminal};
use crate::{ALONE, SEEN};

/// How many keys a story presses in earnest.
fn count(tour: &Tour) -> usize {
    let mut is_demo = false;
    let mut keys = 0;
    for step in &tour.steps {
        if let Some(caption) = &step.caption {
            is_demo = caption.starts_with("Demo:");
        }
        if let Some(Act::Press(pressed)) = &step.act {
            keys += if is_demo { 0 } else { pressed.len() };
        }
    }
    keys
}

/// Plays a story to its end, as a human does; how many keys it took.
fn keys(story: &str) -> usize {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let tour = Tour::read(story).unwrap();
    let taken = count(&tour);
    let terminal = Terminal::start(&Start { size: (100, 30), ..Start::hublink(&["demo"]) });
    let mut player = Player::new(tour, f64::INFINITY);
    let began = Instant::now();
    loop {
        let text = terminal.text();
        match player.next(&text, began.elapsed().as_millis() as u64) {
            Next::Press(key) => {
                terminal.let_count(&key);
                terminal.send(bytes_of(&key));
                terminal.wait_change(&text, Instant::now() + SEEN);
            }
            Next::Type(letter) => {
                terminal.send(letter.to_string());
                // Letters that come at once are a paste: a human sees each of them first.
                terminal.wait_change(&text, Instant::now() + SEEN);
            }
            Next::Paste(text) => terminal.send(paste(&text)),
            Next::Show | Next::Picture(_) => {}
            Next::Rest(until) | Next::Watch(until) => {
                terminal.wait_change(&text, began + Duration::from_millis(until));
            }
            Next::Lost(failure) => {
                terminal.wait_until(&failure.to_string(), |text| player.is_met(text));
            }
            Next::Done => break,
        }
    }
    terminal.send(bytes_of("ctrl-c"));
    terminal.wait_exit(PATIENCE);
    taken
}

#[test]
fn a_trial_is_started_set_up_and_handed_over_with_18_keys() {
    // Thirteen of the partner, five of the customer's administrator.
    assert!(keys(include_str!("stories/partner.toml")) <= 18);
}

#[test]
fn a_site_is_linked_its_people_invited_and_the_rest_with_30_keys() {
    assert!(keys(include_str!("stories/site.toml")) <= 30);
}
