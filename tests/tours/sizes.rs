//! Every tour at every size and speed, played by the program itself and recorded.
//!
//! Owns the sizes of the stages there are: a laptop beside slides, a terminal, a projector, a wall.
//! The clock is turned on where a tour rests, so that speed 1 takes no minutes; everything else is
//! the way of `hublink demo --tour NAME --record FILE`.

use std::sync::PoisonError;
use std::time::Duration;

use hublink::demo::tour::shelf;
use serde_json::Value;

use super::ALONE;
use super::terminal::{Start, Terminal};

#[test]
fn every_tour_plays_on_80_by_24() {
    play_all((80, 24));
}

#[test]
fn every_tour_plays_on_100_by_30() {
    play_all((100, 30));
}

#[test]
fn every_tour_plays_on_120_by_40() {
    play_all((120, 40));
}

#[test]
fn every_tour_plays_on_200_by_60() {
    play_all((200, 60));
}

fn play_all(size: (u16, u16)) {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    for (name, tour) in shelf::all() {
        let rests = play(size, name, "1");
        let least = tour.lasts() / 2;
        assert!(rests > least, "{name} at speed 1: {rests:?} recorded, {least:?} expected");
        play(size, name, "inf");
    }
}

/// Plays and records it; answers how long the recording lasts.
fn play(size: (u16, u16), name: &str, speed: &str) -> Duration {
    let recording = tempfile::NamedTempFile::new().unwrap();
    let path = recording.path().to_str().unwrap();
    let args = ["demo", "--tour", name, "--speed", speed, "--turn-clock", "--record", path];
    let terminal = Terminal::start(&Start { size, ..Start::hublink(&args) });
    let exit = terminal.wait_exit(Duration::from_mins(5));
    assert!(exit.success(), "{name} at {size:?}, speed {speed}: {exit:?}\n{}", terminal.text());
    let cast = std::fs::read_to_string(path).unwrap();
    let lines: Vec<Value> = cast.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let header = &lines[0];
    assert_eq!(header["version"], 2);
    assert_eq!((&header["width"], &header["height"]), (&size.0.into(), &size.1.into()));
    let times: Vec<f64> = lines[1..].iter().map(|line| line[0].as_f64().unwrap()).collect();
    assert!(times.is_sorted(), "{name}: time goes on");
    let held = times[times.len() - 1] - times[times.len() - 2];
    // Times are floating numbers of seconds: to the microsecond.
    assert!((held * 1e6).round() >= 3e6, "{name}: the last frame is held for {held} s");
    Duration::from_secs_f64(times[times.len() - 1])
}
