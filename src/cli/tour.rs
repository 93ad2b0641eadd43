//! `hublink demo --tour`, `--play` and `--record`: a tour at the keys, the screen into a file.
//!
//! Owns which tour is meant, and joining the demo's player and recording to the interface, neither
//! of which knows the other. What a tour did not find is told when the terminal is given back.

mod list;

use std::cell::RefCell;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use clap::Args;
use crossterm::event::KeyEvent;

use super::exit::Failure;
use crate::demo::recording::Recording;
use crate::demo::tour::player::{Next, Player, Sign};
use crate::demo::tour::{Tour, shelf};
use crate::domain::untrusted::Untrusted;
use crate::tui::companion::stage::Stage;
use crate::tui::companion::{self, Companion, Cue, Recorder, Taken, Wish};
use crate::tui::keymap::Chord;
use crate::tui::overlay::tours::Listed;
use crate::tui::terminal::Terminal;
pub use list::list;

/// A recording whose tour is lost gives up after so long: nobody is there to help it on.
const GIVE_UP_MS: u64 = 60_000;

/// What is played and recorded.
#[derive(Debug, Default, Args)]
pub struct TourArgs {
    /// Play this tour; without a name, list them all
    #[arg(long, value_name = "TOUR", num_args = 0..=1, default_missing_value = "", group = "script")]
    tour: Option<String>,
    /// Play a tour of your own from this file
    #[arg(long, value_name = "FILE", group = "script")]
    play: Option<PathBuf>,
    /// Record the screen as an asciicast; with a tour it ends with the tour
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// How fast to play: 1 as written, 2 twice as fast, inf without any rest
    #[arg(long, value_name = "X", default_value_t = 1.0, requires = "script")]
    speed: f64,
    /// Turn the interface's clock on where a tour rests, instead of waiting: a recording has the
    /// rests, making it does not take them
    #[arg(long, hide = true, requires = "script")]
    turn_clock: bool,
}

impl TourArgs {
    /// The first of the tours there are.
    pub fn first() -> Self {
        let name = shelf::names().next().map(str::to_owned);
        Self { tour: name, speed: 1.0, ..Self::default() }
    }

    /// Whether anything is played or recorded.
    pub fn plays(&self) -> bool {
        self.tour.is_some() || self.play.is_some() || self.record.is_some()
    }

    /// Whether the tours shall be listed, and nothing started.
    pub fn lists(&self) -> bool {
        self.tour.as_deref() == Some("")
    }
}

/// What went wrong meanwhile, told at the end.
#[derive(Debug, Clone, Default)]
pub struct Told(Rc<RefCell<Option<String>>>);

impl Told {
    fn tell(&self, what: String) {
        self.0.borrow_mut().get_or_insert(what);
    }

    /// How it went.
    ///
    /// # Errors
    /// What the tour did not find, or why the recording broke off.
    pub fn outcome(&self) -> Result<(), Failure> {
        self.0.borrow_mut().take().map_or(Ok(()), |what| Err(Failure::failed(what)))
    }
}

/// Whether the tour that is named, or its file, is there.
///
/// # Errors
/// That it is not, or cannot be read.
pub fn known(args: &TourArgs) -> Result<(), Failure> {
    script(args).map(drop)
}

fn script(args: &TourArgs) -> Result<Option<Tour>, Failure> {
    match (&args.tour, &args.play) {
        (Some(name), _) => named(name).map(Some),
        (_, Some(path)) => read(path).map(Some),
        _ => Ok(None),
    }
}

/// Who plays and records, and where they tell what went wrong.
///
/// # Errors
/// That there is no such tour, that it cannot be read, or that the recording cannot be made.
pub fn companion(args: &TourArgs) -> Result<(Companion, Told), Failure> {
    let told = Told::default();
    let tour = script(args)?;
    let title = tour.as_ref().map_or("hublink", |tour| &tour.title).to_owned();
    let recorder = match &args.record {
        Some(path) => Some(recorder(path, &title, told.clone())?),
        None => None,
    };
    let seat = |tour| Seat {
        player: Player::new(tour, args.speed),
        attended: recorder.is_none(),
        lost_at: None,
        told: told.clone(),
    };
    let player = tour.map(|tour| seat(tour).taken());
    Ok((Companion { player, recorder, turns_clock: args.turn_clock }, told))
}

/// Who plays the tour that was chosen in the wizard, by its place in [`listed`].
///
/// # Errors
/// That its file does not fit, which a test rules out.
pub fn watched(at: usize) -> Result<(Companion, Told), Failure> {
    let name = shelf::names().nth(at).unwrap_or_default();
    companion(&TourArgs { tour: Some(name.to_owned()), speed: 1.0, ..TourArgs::default() })
}

/// The tours to watch, for the wizard.
pub fn listed() -> Vec<Listed> {
    let row = |(name, tour): (&str, Tour)| Listed { name: name.to_owned(), about: tour.about };
    shelf::all().into_iter().map(row).collect()
}

fn named(name: &str) -> Result<Tour, Failure> {
    let known = || shelf::names().collect::<Vec<_>>().join(", ");
    let Some(tour) = shelf::tour(name) else {
        let name = Untrusted::new(name).shown();
        return Err(Failure::usage(format!("there is no tour {name}; there are {}", known())));
    };
    tour.map_err(|error| Failure::failed(format!("{name}: {error}")))
}

fn read(path: &Path) -> Result<Tour, Failure> {
    let wrong = |why: String| Failure::usage(format!("{}: {why}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    Tour::read(&text).map_err(|error| wrong(error.to_string()))
}

fn recorder(path: &Path, title: &str, told: Told) -> Result<Recorder, Failure> {
    let named = path.display().to_string();
    let recording = Recording::create(path, Terminal::size(), title)
        .map_err(|error| Failure::usage(format!("{named}: {error}")))?;
    let mut recording = Some(recording);
    Ok(Box::new(move |at, taken| {
        let Some(going) = &mut recording else { return Ok(()) };
        let written: io::Result<()> = match taken {
            Taken::Output(bytes) => going.output(at, bytes),
            Taken::Mark(name) => going.mark(at, name),
        };
        if let Err(error) = written {
            // The show goes on without a recording.
            told.tell(format!("{named}: {error}; the recording broke off"));
            recording = None;
        }
        Ok(())
    }))
}

fn staged(sign: &Sign) -> Stage {
    let card = sign.card.as_ref().map(|card| (card.title.clone(), card.lines.clone()));
    match &sign.halted {
        Some(words) => Stage { words: words.clone(), halted: true, card, keys: Vec::new() },
        None => Stage { words: sign.caption.clone(), halted: false, card, keys: sign.keys.clone() },
    }
}

/// Where the player sits: beside a human who may take over, or alone with a recorder.
struct Seat {
    player: Player,
    /// A human watches: nobody else can go on after the tour, or where it is lost.
    attended: bool,
    lost_at: Option<u64>,
    told: Told,
}

impl Seat {
    fn taken(mut self) -> companion::Player {
        Box::new(move |cue, stage| {
            let wish = self.answer(cue);
            *stage = staged(self.player.sign());
            wish
        })
    }

    fn answer(&mut self, cue: Cue<'_>) -> Wish {
        match cue {
            Cue::Next { screen, now_ms } => self.next(screen, now_ms),
            Cue::Key { key, text, screen } => self.key(key, text, screen),
        }
    }

    fn next(&mut self, screen: &str, now_ms: u64) -> Wish {
        let gives_up = self.lost_at.map(|at| at + GIVE_UP_MS).filter(|_| !self.attended);
        let next = self.player.next(screen, now_ms);
        if !matches!(next, Next::Watch(_)) && self.lost_at.take().is_some() {
            // It came after all.
            self.told.0.borrow_mut().take();
        }
        let key = match next {
            Next::Press(key) => key,
            Next::Type(' ') => "space".to_owned(),
            Next::Type(letter) => letter.to_string(),
            Next::Paste(text) => return Wish::Paste(text),
            Next::Show => return Wish::Show,
            Next::Picture(name) => return Wish::Mark(name),
            Next::Rest(until_ms) => return Wish::Rest(until_ms),
            Next::Watch(until_ms) => {
                return match gives_up {
                    Some(at) if now_ms >= at => Wish::Quit,
                    Some(at) => Wish::Watch(until_ms.min(at)),
                    None => Wish::Watch(until_ms),
                };
            }
            Next::Lost(failure) => {
                self.lost_at = Some(now_ms);
                self.told.tell(failure.to_string());
                return Wish::Show;
            }
            Next::Done if self.attended => return Wish::HandOver,
            Next::Done => return Wish::Quit,
        };
        match Chord::parse(&key) {
            Ok(chord) => Wish::Press(chord.event()),
            Err(key) => {
                self.told.tell(format!("the tour presses `{key}`, which is no key"));
                if self.attended { Wish::HandOver } else { Wish::Quit }
            }
        }
    }

    /// A human's key: space pauses, any other takes over and does nothing else; later `r` goes on.
    fn key(&mut self, key: Option<KeyEvent>, text: bool, screen: &str) -> Wish {
        // Somebody is there.
        self.lost_at = None;
        let chord = key.as_ref().and_then(Chord::of).map(|chord| chord.to_string());
        // A key that is let go of is no key.
        if key.is_some() && chord.is_none() {
            return Wish::Keep;
        }
        if self.player.has_the_keys() {
            if chord.as_deref() == Some("space") {
                self.player.pause_or_go_on();
            } else if !self.player.take_over() {
                return Wish::HandOver;
            }
            return Wish::Keep;
        }
        if chord.as_deref() == Some("r") && !text {
            self.player.go_on(screen);
            return Wish::Keep;
        }
        self.player.stray();
        Wish::Pass
    }
}

#[cfg(test)]
mod tests;
