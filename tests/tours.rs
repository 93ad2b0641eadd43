//! The demo's tours, played as tests: at the keys of a real terminal, and by the program itself.
//!
//! Owns that every tour still fits the program at every size, and that the pictures of README are
//! what the program shows. `demo/stills` writes them anew, and transcripts beside them.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

#[path = "tours/hands.rs"]
mod hands;
#[path = "pty/keys.rs"]
mod keys;
#[path = "tours/sizes.rs"]
mod sizes;
#[path = "tours/still.rs"]
mod still;
#[path = "tours/stories.rs"]
mod stories;
#[path = "pty/terminal.rs"]
#[expect(dead_code, reason = "the tours need less of the terminal than the tests of it")]
mod terminal;
#[path = "tours/transcript.rs"]
mod transcript;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use hublink::demo::tour::player::{Next, Player};
use hublink::demo::tour::shelf;

use keys::{bytes_of, paste};
use terminal::{PATIENCE, Start, Terminal};
use transcript::Transcript;

/// So long what a key does may take to be seen.
const SEEN: Duration = Duration::from_millis(500);
/// In which the pictures are taken.
const SIZE: (u16, u16) = (100, 30);

/// One at a time: two cores play seven tours at once, and no more.
static ALONE: Mutex<()> = Mutex::new(());

/// All at once: what takes time is Enter, which counts a second after the last alone.
#[test]
fn every_tour_fits_when_a_human_types_it() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    std::thread::scope(|scope| {
        for name in shelf::names() {
            scope.spawn(move || type_it(name));
        }
    });
}

fn type_it(name: &str) {
    let tour = shelf::tour(name).unwrap().unwrap();
    let title = tour.title.clone();
    let terminal = Terminal::start(&Start { size: SIZE, ..Start::hublink(&["demo"]) });
    let mut player = Player::new(tour, f64::INFINITY);
    let mut transcript = Transcript::new(&title);
    let began = Instant::now();
    loop {
        let text = terminal.text();
        let next = player.next(&text, began.elapsed().as_millis() as u64);
        transcript.note(&next, player.sign(), &text);
        match next {
            Next::Press(key) => {
                terminal.let_count(&key);
                terminal.send(bytes_of(&key));
                // Keys that come at once may be one sequence, or a paste: a human sees what each
                // of them does.
                terminal.wait_change(&text, Instant::now() + SEEN);
            }
            Next::Type(letter) => {
                terminal.send(letter.to_string());
                terminal.wait_change(&text, Instant::now() + SEEN);
            }
            Next::Paste(text) => terminal.send(paste(&text)),
            Next::Show => {}
            Next::Picture(name) => {
                terminal.let_count("enter");
                picture(&terminal, &name, &title);
            }
            Next::Rest(until) | Next::Watch(until) => {
                terminal.wait_change(&text, began + Duration::from_millis(until));
            }
            // It comes after all, or the test ends here: a busy machine takes longer than an
            // audience is asked to wait.
            Next::Lost(failure) => {
                let why = format!("{name}: {failure}");
                terminal.wait_until(&why, |text| player.is_met(text));
            }
            Next::Done => break,
        }
    }
    terminal.send(bytes_of("ctrl-c"));
    terminal.wait_exit(PATIENCE);
    if writes() {
        transcript.write(name);
    }
}

fn writes() -> bool {
    std::env::var_os("HUBLINK_PICTURES").is_some_and(|value| value == "write")
}

fn pictures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/pictures")
}

/// Takes a picture, or compares the one in the tree with what the screen says now.
fn picture(terminal: &Terminal, name: &str, title: &str) {
    let path = pictures().join(format!("{name}.svg"));
    let svg = still::svg(&terminal.screen(), &format!("{title}: {name}"));
    if writes() {
        std::fs::create_dir_all(pictures()).unwrap();
        std::fs::write(&path, svg).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        still::words(&kept) == still::words(&svg),
        "{} is not what the program shows; demo/stills makes it anew\n--- in the tree\n{}\n--- \
         now\n{}",
        path.display(),
        still::words(&kept),
        still::words(&svg),
    );
}
