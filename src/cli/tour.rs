//! `hublink demo --play` and `--record`: a tour at the keys, and the screen into a file.
//!
//! Owns joining the demo's player and recording to the interface, neither of which knows the
//! other. A tour that does not fit the program is told when the terminal is given back.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use clap::Args;

use super::exit::Failure;
use crate::demo::recording::Recording;
use crate::demo::tour::Tour;
use crate::demo::tour::player::{Next, Player};
use crate::tui::companion::{self, Companion, Recorder, Wish};
use crate::tui::keymap::Chord;
use crate::tui::terminal::Terminal;

/// What is played and recorded.
#[derive(Debug, Default, Args)]
pub struct TourArgs {
    /// Play this tour; any key takes over
    #[arg(long, value_name = "FILE")]
    play: Option<PathBuf>,
    /// Record the screen as an asciicast; with --play it ends with the tour
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// How fast to play: 1 as written, 2 twice as fast, inf without any rest
    #[arg(long, value_name = "X", default_value_t = 1.0, requires = "play")]
    speed: f64,
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
    /// Where the tour did not fit, or why the recording broke off.
    pub fn outcome(&self) -> Result<(), Failure> {
        self.0.borrow_mut().take().map_or(Ok(()), |what| Err(Failure::failed(what)))
    }
}

/// Who plays and records, and where they tell what went wrong.
///
/// # Errors
/// That the tour cannot be read, or the recording cannot be made.
pub fn companion(args: &TourArgs) -> Result<(Companion, Told), Failure> {
    let told = Told::default();
    let tour = args.play.as_deref().map(read).transpose()?;
    let title = tour.as_ref().map_or("hublink", |tour| &tour.title).to_owned();
    let recorder = match &args.record {
        Some(path) => Some(recorder(path, &title, told.clone())?),
        None => None,
    };
    // Without a human watching, nobody is there to go on after the tour.
    let last = if recorder.is_some() { Wish::Quit } else { Wish::HandOver };
    let player = tour.map(|tour| player(Player::new(tour, args.speed), last, told.clone()));
    Ok((Companion { player, recorder }, told))
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
    Ok(Box::new(move |at, bytes| {
        let written = recording.as_mut().map(|recording| recording.output(at, bytes));
        if let Some(Err(error)) = written {
            // The show goes on without a recording.
            told.tell(format!("{named}: {error}; the recording broke off"));
            recording = None;
        }
        Ok(())
    }))
}

fn player(mut player: Player, last: Wish, told: Told) -> companion::Player {
    Box::new(move |screen, now_ms| {
        loop {
            let key = match player.next(screen, now_ms) {
                Next::Press(key) => key,
                Next::Type(' ') => "space".to_owned(),
                Next::Type(letter) => letter.to_string(),
                Next::Paste(text) => return Wish::Paste(text),
                Next::Caption(caption) => return Wish::Caption(caption),
                // Pictures are taken by whoever tests the tours.
                Next::Picture(_) => continue,
                Next::Rest(until_ms) => return Wish::Wait { until_ms },
                Next::Done => return last.clone(),
                Next::Failed(failure) => {
                    told.tell(failure.to_string());
                    return Wish::Quit;
                }
            };
            match Chord::parse(&key) {
                Ok(chord) => return Wish::Press(chord.event()),
                Err(key) => {
                    told.tell(format!("the tour presses `{key}`, which is no key"));
                    return Wish::Quit;
                }
            }
        }
    })
}
