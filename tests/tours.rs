//! The demo's tours, played as tests: at the keys of a real terminal, and by `--play`.
//!
//! Owns that every tour still fits the program, and that the pictures of README are what the
//! program shows. With `HUBLINK_PICTURES=write` it writes them anew.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

#[path = "pty/keys.rs"]
mod keys;
#[path = "tours/still.rs"]
mod still;
#[path = "pty/terminal.rs"]
#[expect(dead_code, reason = "the tours need less of the terminal than the tests of it")]
mod terminal;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hublink::demo::tour::Tour;
use hublink::demo::tour::player::{Next, Player};

use keys::{bytes_of, paste};
use terminal::{PATIENCE, Start, Terminal};

/// In which the tours are played and the pictures taken.
const SIZE: (u16, u16) = (100, 30);

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("demo").join(name)
}

fn tours() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder("tours")).unwrap();
    let mut all: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    all.sort();
    assert!(!all.is_empty());
    all
}

#[test]
fn every_tour_fits_when_a_human_types_it() {
    for path in tours() {
        let tour = Tour::read(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let title = tour.title.clone();
        let args = ["demo"];
        let terminal = Terminal::start(&Start { size: SIZE, ..Start::hublink(&args) });
        let mut player = Player::new(tour, f64::INFINITY);
        let began = Instant::now();
        loop {
            let text = terminal.text();
            match player.next(&text, began.elapsed().as_millis() as u64) {
                Next::Press(key) => terminal.send(bytes_of(&key)),
                Next::Type(letter) => terminal.send(letter.to_string()),
                Next::Paste(text) => terminal.send(paste(&text)),
                Next::Caption(_) => {}
                Next::Picture(name) => picture(&terminal, &name, &title),
                Next::Rest(until) => {
                    terminal.wait_change(&text, began + Duration::from_millis(until));
                }
                Next::Done => break,
                Next::Failed(failure) => panic!("{}: {failure}\n{text}", path.display()),
            }
        }
        terminal.send(bytes_of("ctrl-c"));
        terminal.wait_exit(PATIENCE);
    }
}

#[test]
fn every_tour_plays_by_itself_and_is_recorded() {
    for path in tours() {
        let recording = tempfile::NamedTempFile::new().unwrap();
        let args = [
            "demo",
            "--play",
            path.to_str().unwrap(),
            "--speed",
            "inf",
            "--record",
            recording.path().to_str().unwrap(),
        ];
        let terminal = Terminal::start(&Start { size: SIZE, ..Start::hublink(&args) });
        let exit = terminal.wait_exit(Duration::from_mins(5));
        assert!(exit.success(), "{}: {exit:?}\n{}", path.display(), terminal.text());
        let cast = std::fs::read_to_string(recording.path()).unwrap();
        let header: serde_json::Value =
            serde_json::from_str(cast.lines().next().unwrap_or_default()).unwrap();
        assert_eq!(header["version"], 2);
        assert!(cast.lines().count() > 10, "a recording of something");
    }
}

/// Takes a picture, or compares the one in the tree with what the screen says now.
fn picture(terminal: &Terminal, name: &str, title: &str) {
    let path = folder("pictures").join(format!("{name}.svg"));
    let svg = still::svg(&terminal.screen(), &format!("{title}: {name}"));
    if std::env::var_os("HUBLINK_PICTURES").is_some_and(|value| value == "write") {
        std::fs::create_dir_all(folder("pictures")).unwrap();
        std::fs::write(&path, svg).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        still::words(&kept) == still::words(&svg),
        "{} is not what the program shows; HUBLINK_PICTURES=write cargo test --test tours makes it \
         anew\n--- in the tree\n{}\n--- now\n{}",
        path.display(),
        still::words(&kept),
        still::words(&svg),
    );
}
