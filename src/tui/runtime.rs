//! The one loop, and the one executor of effects.
//!
//! Owns the inbox, the clock, what is in flight and when a frame is drawn. With nothing to do it
//! does nothing: it waits for the inbox, or for the moment the app asked to be woken at.

mod clock;
mod copying;
mod files;
mod flow;
mod keys;
pub mod linear;
mod outside;
mod pace;
mod played;
mod sight;
mod work;

use std::collections::BTreeSet;
use std::io;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, Instant};

use crossterm::event::Event;

use super::app::App;
use super::companion::stage::{Stage, page_size};
use super::companion::{Companion, Player};
use super::effect::Effect;
use super::msg::{Msg, Signal};
use super::terminal::{Can, Terminal, TerminalError};
use super::theme::Rgb;
use super::theme::glyphs::Glyphs;
use crate::client::Client;
use crate::config::credentials::Credentials;
use clock::Clock;
use flow::Flow;
use pace::Pace;
use sight::Sight;
use work::Work;

pub use copying::tmux_passes_on;

/// So many messages are taken in before a frame is due, however many there are.
const BATCH: usize = 1_000;
/// A terminal that has stopped reading is looked after so often.
const BEHIND: Duration = Duration::from_millis(50);
/// A program that was stopped is told so when it goes on; without a word it was not stopped.
const STOPPED: Duration = Duration::from_millis(500);
/// What is being saved at the end may take so long.
const FAREWELL: Duration = Duration::from_millis(1_500);

/// How the interface ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The operator quit.
    Quit,
    /// Ctrl-c, or SIGINT.
    Interrupted,
    /// SIGTERM.
    Terminated,
    /// The terminal is gone.
    HungUp,
    /// This tour shall be played: the index among those the session had.
    Tour(usize),
}

/// What comes into the one inbox.
#[derive(Debug)]
pub(super) enum Letter {
    /// Something that happened.
    Msg(Msg),
    /// SIGINT and SIGTERM from outside.
    End(Ended),
    /// The program goes on after it was stopped.
    Continued,
    /// A key or a paste of the player's.
    Played(Event),
    /// The terminal has answered: it has come as far as to the question.
    Answer,
    /// The terminal says what its ground is.
    Ground(Rgb),
    /// The terminal's colours have changed; whether to light ones.
    Colours {
        /// To light ones.
        light: bool,
    },
    /// A line was typed, in accessible mode; nothing: there are no more.
    Line(Option<String>),
}

/// Runs an app until it ends.
///
/// Blocks the thread; call it within a Tokio runtime of several threads.
///
/// # Errors
/// When there is no terminal that can show a full screen.
pub fn run(
    client: &Client,
    term: Option<&str>,
    (glyphs, can): (Glyphs, Can),
    credentials: Option<Credentials>,
    companion: Companion,
    make: impl FnOnce((u16, u16)) -> App,
) -> Result<Ended, TerminalError> {
    let Companion { player, recorder, turns_clock } = companion;
    let mut terminal = Terminal::enter(term, glyphs, can, recorder)?;
    let size = Terminal::size();
    let page = if player.is_some() { page_size(size) } else { size };
    if player.is_some() {
        terminal.reads_along(true);
        terminal.stage(Some(Stage::default()));
    }
    let app = make(page);
    // The first frame comes before anything is asked of anybody.
    terminal.draw(&app, page, size)?;
    let (sender, inbox) = mpsc::channel();
    outside::listen(&sender)?;
    if app.has_mouse() {
        terminal.take_mouse(true)?;
    }
    let asks_ground = app.wears_colours();
    if asks_ground {
        // Before the question that every terminal answers: what is told is told by then.
        terminal.ask_ground()?;
    }
    let (letters, work) = (sender.clone(), Work::new(client.clone(), credentials, sender));
    let clock = Clock::new(turns_clock);
    let mut runtime = Runtime {
        app,
        terminal,
        player,
        size,
        inbox,
        letters,
        work,
        clock,
        wakes: BTreeSet::new(),
        sight: Sight::default(),
        flow: Flow::default(),
        pace: Pace::default(),
        changed: true,
        ended: None,
        away: false,
        awaits_ground: u32::from(asks_ground),
        asks_ground,
    };
    let ended = runtime.go();
    if ended != Ended::HungUp {
        runtime.hear_out();
    }
    runtime.terminal.give_back();
    if runtime.terminal.is_behind() {
        // Whoever tells how it ended tells it to a terminal that does not read.
        outside::end_in_the_end(ended);
    }
    runtime.work.finish(FAREWELL);
    Ok(ended)
}

struct Runtime {
    app: App,
    terminal: Terminal,
    player: Option<Player>,
    size: (u16, u16),
    inbox: Receiver<Letter>,
    letters: Sender<Letter>,
    work: Work,
    clock: Clock,
    wakes: BTreeSet<u64>,
    sight: Sight,
    flow: Flow,
    pace: Pace,
    /// Something happened since the last frame that it may not show.
    changed: bool,
    ended: Option<Ended>,
    /// The terminal is given back: the program is about to be stopped, or is.
    away: bool,
    /// The ground matters: there are colours to choose.
    asks_ground: bool,
    /// It was asked for and is not told yet: it will not be once so many answers have come.
    awaits_ground: u32,
}

impl Runtime {
    fn go(&mut self) -> Ended {
        let mut letter = None;
        loop {
            self.take(letter.take());
            if let Some(ended) = self.ended {
                return ended;
            }
            if self.away {
                letter = self.inbox.recv_timeout(STOPPED).ok();
                if letter.is_none() {
                    self.resumed();
                }
                continue;
            }
            if !self.changed {
                letter = self.wait();
                continue;
            }
            letter = self.before_frame(self.pace.due());
            if letter.is_some() {
                continue;
            }
            match self.before_room() {
                Ok(None) => {}
                Ok(Some(until_ms)) => {
                    letter = self.inbox.recv_timeout(self.clock.until(until_ms)).ok();
                    continue;
                }
                Err(_) => {
                    self.lost();
                    continue;
                }
            }
            match self.terminal.catch_up() {
                Ok(true) => {}
                // There is no place for another frame; keys and signals are heeded all the same.
                Ok(false) => {
                    letter = self.inbox.recv_timeout(BEHIND).ok();
                    continue;
                }
                Err(_) => {
                    self.lost();
                    continue;
                }
            }
            if self.draw().is_err() {
                self.lost();
                continue;
            }
            self.pace.drew(Instant::now());
            letter = self.play();
            if letter.is_none() && self.ended.is_none() {
                letter = self.wait();
            }
        }
    }

    /// Until when a frame had better wait: the line is full. Then it is asked how far it is.
    fn before_room(&mut self) -> io::Result<Option<u64>> {
        let now_ms = self.now_ms();
        let until_ms = self.flow.full(now_ms).filter(|_| self.sight.answers());
        if until_ms.is_some() && self.flow.is_unasked() {
            self.ask(now_ms)?;
        }
        Ok(until_ms)
    }

    /// Asks the terminal how far it is.
    fn ask(&mut self, now_ms: u64) -> io::Result<()> {
        self.sight.put(self.app.unseen(), now_ms);
        self.flow.asked(now_ms);
        self.terminal.ask()
    }

    /// Waits until a frame may be drawn, or for a letter to be taken in before it.
    fn before_frame(&self, at: Option<Instant>) -> Option<Letter> {
        let room = at?.saturating_duration_since(Instant::now());
        if room.is_zero() { None } else { self.inbox.recv_timeout(room).ok() }
    }

    /// Waits for a letter, or for the moment to be woken at.
    fn wait(&mut self) -> Option<Letter> {
        let Some(at) = self.wakes.first().copied() else { return self.inbox.recv().ok() };
        self.inbox.recv_timeout(self.clock.until(at)).ok()
    }

    /// Takes a letter and all that wait behind it.
    fn take(&mut self, first: Option<Letter>) {
        let now_ms = self.now_ms();
        let later = self.wakes.split_off(&(now_ms + 1));
        self.changed |= !self.wakes.is_empty();
        self.wakes = later;
        self.update(Msg::Tick { now_ms });
        if let Some(id) = self.sight.overdue(now_ms) {
            self.flow.forget();
            self.changed = true;
            self.update(Msg::Seen(id));
            if self.awaits_ground > 0 {
                self.groundless();
            }
        }
        let mut next = first;
        for _ in 0..BATCH {
            let Some(letter) = next.or_else(|| self.inbox.try_recv().ok()) else { return };
            self.changed |= !matches!(letter, Letter::Answer);
            match letter {
                Letter::Msg(Msg::Signal(Signal::HangUp)) => return self.lost(),
                Letter::Msg(msg) if self.keeps(&msg) => {}
                Letter::Msg(msg) => self.update(msg),
                Letter::Played(event) => self.update(Msg::Played(event)),
                Letter::Answer => {
                    self.flow.answered(now_ms);
                    if let Some(id) = self.sight.answered() {
                        self.changed |= self.app.unseen() == Some(id);
                        self.update(Msg::Seen(id));
                    }
                    match self.awaits_ground {
                        0 => {}
                        1 => self.groundless(),
                        _ => self.awaits_ground -= 1,
                    }
                }
                Letter::Ground(ground) => {
                    self.awaits_ground = 0;
                    self.update(Msg::Ground(Some(ground)));
                }
                Letter::Colours { light } => {
                    let ground = if light { u8::MAX } else { 0 };
                    self.update(Msg::Ground(Some((ground, ground, ground))));
                    self.ask_ground();
                }
                Letter::End(ended) => {
                    self.update(Msg::Signal(Signal::Terminate));
                    self.ended = Some(ended);
                }
                Letter::Continued => self.resumed(),
                // Only accessible mode asks for lines.
                Letter::Line(_) => {}
            }
            if self.ended.is_some() {
                return;
            }
            next = None;
        }
    }

    fn now_ms(&self) -> u64 {
        self.clock.now_ms()
    }

    fn update(&mut self, mut msg: Msg) {
        if let Msg::Input(Event::Resize(width, height)) = &mut msg {
            self.size = (*width, *height);
            (*width, *height) = self.page();
        }
        if let Msg::Reply { result: Ok(reply), .. } = &msg {
            self.work.note(reply);
        }
        for effect in self.app.update(msg) {
            self.execute(effect);
        }
    }

    fn execute(&mut self, effect: Effect) {
        match effect {
            Effect::WakeAt(at_ms) => {
                self.wakes.insert(at_ms);
            }
            Effect::Copy(text) => self.copy(text),
            Effect::Notify(far) => {
                if self.terminal.notify(far).is_err() {
                    self.lost();
                }
            }
            Effect::Mouse(on) => {
                if self.terminal.take_mouse(on).is_err() {
                    self.lost();
                }
            }
            Effect::Redraw => self.resumed(),
            Effect::Suspend => self.suspend(),
            Effect::Play(tour) => {
                self.ended.get_or_insert(Ended::Tour(tour));
            }
            Effect::Quit { interrupted } => {
                let ended = if interrupted { Ended::Interrupted } else { Ended::Quit };
                self.ended.get_or_insert(ended);
            }
            other => self.work.execute(other),
        }
    }

    fn draw(&mut self) -> io::Result<()> {
        self.terminal.now(self.clock.now());
        self.changed = false;
        let bytes = self.terminal.draw(&self.app, self.page(), self.size)?;
        let now_ms = self.now_ms();
        let crowded = self.flow.wrote(bytes, now_ms);
        if let Some(until_ms) = self.sight.ask(self.app.unseen(), now_ms) {
            self.wakes.insert(until_ms);
            self.flow.asked(now_ms);
            self.terminal.ask()?;
        } else if crowded && self.sight.answers() {
            self.ask(now_ms)?;
        }
        Ok(())
    }

    /// The question that every terminal answers was behind the one for the ground: a terminal that
    /// has not told its ground by now does not tell it, or tells it late.
    fn groundless(&mut self) {
        self.changed = true;
        self.awaits_ground = 0;
        self.update(Msg::Ground(None));
    }

    /// Asks for the ground anew, and behind it what every terminal answers.
    fn ask_ground(&mut self) {
        if !self.asks_ground {
            return;
        }
        let asked = self.terminal.ask_ground().and_then(|()| self.terminal.ask());
        let now_ms = self.now_ms();
        let until_ms = self.sight.ask_again(now_ms);
        self.flow.asked(now_ms);
        self.awaits_ground = self.sight.open();
        self.wakes.insert(until_ms);
        if asked.is_err() {
            self.lost();
        }
    }

    /// What the terminal still answers must not reach the shell that comes after.
    fn hear_out(&mut self) {
        while let Some(until_ms) = self.sight.awaited() {
            match self.inbox.recv_timeout(self.clock.until(until_ms)) {
                Ok(Letter::Answer) => drop(self.sight.answered()),
                Ok(Letter::Msg(Msg::Signal(Signal::HangUp))) | Err(_) => return,
                Ok(_) => {}
            }
        }
    }

    /// The size of the page: while there is a stage, it has some rows.
    fn page(&self) -> (u16, u16) {
        if self.player.is_some() { page_size(self.size) } else { self.size }
    }

    /// The terminal is gone: what is unsaved goes into a file, and nothing is written any more.
    fn lost(&mut self) {
        self.terminal.lose();
        self.work.hurry();
        self.update(Msg::Signal(Signal::HangUp));
        self.ended = Some(Ended::HungUp);
    }

    /// Stops, unless nobody could wake the program again.
    fn suspend(&mut self) {
        if !outside::can_be_woken() {
            return self.update(Msg::Signal(Signal::NotStopped));
        }
        self.hear_out();
        self.terminal.give_back();
        self.away = true;
        outside::stop();
    }

    /// Takes the terminal again, after a stop of whatever kind; its modes, its content and its size
    /// may be anything by now.
    fn resumed(&mut self) {
        (self.away, self.changed) = (false, true);
        self.flow.forget();
        if self.terminal.take().is_err() {
            return self.lost();
        }
        let (width, height) = Terminal::size();
        self.update(Msg::Input(Event::Resize(width, height)));
        // It may be another by now, as where a multiplexer has been attached elsewhere.
        self.ask_ground();
    }
}
