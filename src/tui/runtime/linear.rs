//! Accessible mode's loop: a line in, what it changes out, nothing drawn.
//!
//! Owns when a line is asked for: once nothing is under way that the page waits for, so that a
//! script's lines meet the pages they were written for. It writes no escape sequence.

use std::collections::BTreeSet;
use std::io;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use super::clock::Clock;
use super::work::Work;
use super::{Ended, FAREWELL, Letter, outside};
use crate::api::call::{ApiError, Reply, Request, RosterPart};
use crate::api::route::Pace;
use crate::client::Client;
use crate::config::credentials::Credentials;
use crate::tui::app::App;
use crate::tui::effect::Effect;
use crate::tui::linear::{Heard, Need, Reader};
use crate::tui::msg::{Msg, RequestId, Signal};

/// The screen that nobody sees: it decides how much of a list is at hand.
pub const SIZE: (u16, u16) = (100, 48);
/// After so long without an answer it is said that one is waited for.
const SLOW: Duration = Duration::from_secs(5);
/// What comes within this time belongs to what was just done.
const CALM: Duration = Duration::from_millis(30);
/// How often it is looked how far something has come.
const PROGRESS: Duration = Duration::from_secs(2);
/// Who listens is told no oftener than that how far it has come, and only where it has come a tenth
/// further, or has been silent for long.
const REST: Duration = Duration::from_secs(10);
const SILENCE: Duration = Duration::from_mins(1);
/// How long `wait` waits.
const WAIT: Duration = Duration::from_mins(1);

/// Tells text.
pub type Say = Box<dyn FnMut(&str) -> io::Result<()>>;
/// Asks for a line.
pub type Ask = Box<dyn FnMut(&str, bool) -> Option<String> + Send>;

/// Where lines come from and go to.
pub struct Voice {
    /// Tells text, whole lines.
    pub say: Say,
    /// Asks for a line, after a question without an end; a secret is not echoed. Nothing: there
    /// are no more.
    pub ask: Ask,
    /// No hints.
    pub quiet: bool,
}

/// Runs an app line by line until it ends.
///
/// # Errors
/// When nothing can be written any more.
pub fn run(
    client: &Client,
    credentials: Option<Credentials>,
    voice: Voice,
    make: impl FnOnce((u16, u16)) -> App,
) -> io::Result<Ended> {
    let (sender, inbox) = mpsc::channel();
    outside::heed_ends(&sender)?;
    let Voice { say, mut ask, quiet } = voice;
    let (asks, asked) = mpsc::channel::<(String, bool)>();
    let lines = sender.clone();
    std::thread::Builder::new().name("lines".to_owned()).spawn(move || {
        while let Ok((question, secret)) = asked.recv() {
            if lines.send(Letter::Line(ask(&question, secret))).is_err() {
                return;
            }
        }
    })?;
    let mut linear = Linear {
        app: make(SIZE),
        work: Work::new(client.clone(), credentials, sender),
        inbox,
        asks,
        clock: Clock::new(false),
        wakes: BTreeSet::new(),
        pending: BTreeSet::new(),
        search: None,
        starting: false,
        reader: Reader::new(quiet),
        say,
        ended: None,
    };
    let ended = linear.go()?;
    linear.work.finish(FAREWELL);
    Ok(ended)
}

/// How far something had come when it was told last.
struct Far {
    told: Duration,
    done: u64,
}

impl Far {
    fn at(clock: &Clock, app: &App) -> Option<Self> {
        let (done, _) = app.under_way()?;
        Some(Self { told: clock.now(), done })
    }
}

struct Linear {
    app: App,
    work: Work,
    inbox: Receiver<Letter>,
    asks: Sender<(String, bool)>,
    clock: Clock,
    wakes: BTreeSet<u64>,
    /// What is asked and what the page waits for.
    pending: BTreeSet<RequestId>,
    /// The search that is under way: of two only the newer one is answered.
    search: Option<RequestId>,
    /// The backend has said that it is starting.
    starting: bool,
    reader: Reader,
    say: Say,
    ended: Option<Ended>,
}

impl Linear {
    fn go(&mut self) -> io::Result<Ended> {
        self.tick();
        self.settle()?;
        let mut need = None;
        loop {
            self.tell()?;
            self.follow()?;
            if let Some(ended) = self.ended {
                return Ok(ended);
            }
            let Some(line) = self.line(need.as_ref())? else {
                let half_done = need.is_some() || self.app.is_half_done();
                let at_end = if half_done { Ended::Interrupted } else { Ended::Quit };
                let ended = self.ended.unwrap_or(at_end);
                self.update(Msg::Signal(Signal::Terminate));
                return Ok(ended);
            };
            let heard = match need.take() {
                Some(need) => self.reader.given(need, &line, &mut self.app),
                None => self.reader.hear(&line, &mut self.app),
            };
            match heard {
                Heard::Done(effects) => {
                    for effect in effects {
                        self.execute(effect);
                    }
                    self.update(Msg::Tick { now_ms: self.clock.now_ms() });
                    self.settle()?;
                }
                Heard::Say(words) => (self.say)(&ended_line(&words))?,
                Heard::Need(more) => need = Some(more),
                Heard::Wait(words) => self.wait_for(words.as_deref())?,
            }
        }
    }

    /// Tells what is new.
    fn tell(&mut self) -> io::Result<()> {
        let said = self.app.take_toast();
        let told = self.reader.told(&self.app);
        if let Some(said) = said {
            (self.say)(&ended_line(&said))?;
        }
        if told.is_empty() { Ok(()) } else { (self.say)(&told) }
    }

    /// Asks for a line; what comes meanwhile is taken in.
    fn line(&mut self, need: Option<&Need>) -> io::Result<Option<String>> {
        let (question, secret) = match need {
            Some(Need::Value { label, secret, .. }) => (format!("{label}: "), *secret),
            Some(Need::List(_)) => (String::new(), false),
            None => ("> ".to_owned(), false),
        };
        if self.asks.send((question, secret)).is_err() {
            return Ok(None);
        }
        loop {
            match self.next(None) {
                Some(Letter::Line(line)) => return Ok(line),
                Some(letter) => self.take(letter),
                None => {}
            }
            if self.ended.is_some() {
                return Ok(None);
            }
        }
    }

    /// Waits until nothing is under way that the page waits for.
    fn settle(&mut self) -> io::Result<()> {
        let mut waited = false;
        while self.ended.is_none() {
            // Who is told that the backend starts is asked again soon: nothing else is there to wait for.
            let calm = self.pending.is_empty() && !self.starting;
            match self.next(Some(if calm { CALM } else { SLOW })) {
                Some(letter) => self.take(letter),
                None if self.pending.is_empty() && !self.starting => return Ok(()),
                None if !std::mem::replace(&mut waited, true) => {
                    (self.say)("The backend has not answered yet; its answer is waited for.\n")?;
                }
                None => {}
            }
        }
        Ok(())
    }

    /// Tells how far what goes on by itself has come, until it is over.
    fn follow(&mut self) -> io::Result<()> {
        let mut far = Far::at(&self.clock, &self.app);
        if far.is_none() {
            return Ok(());
        }
        while self.ended.is_none() && self.app.under_way().is_some() {
            if let Some(letter) = self.next(Some(PROGRESS)) {
                self.take(letter);
            }
            self.tell_how_far(&mut far)?;
        }
        self.settle_calm();
        self.tell()
    }

    /// Tells it, where enough has changed.
    fn tell_how_far(&mut self, far: &mut Option<Far>) -> io::Result<()> {
        let Some((done, total, words)) = Reader::progress(&self.app) else { return Ok(()) };
        let now = self.clock.now();
        let due = far.as_ref().is_none_or(|far| {
            let silent = now.saturating_sub(far.told);
            let tenth = done.saturating_sub(far.done) >= total.div_ceil(10);
            silent >= SILENCE || silent >= REST && tenth
        });
        if due {
            *far = Some(Far { told: now, done });
            (self.say)(&words)?;
        }
        Ok(())
    }

    /// Until the page says these words, or, without any, until it says something else.
    fn wait_for(&mut self, words: Option<&str>) -> io::Result<()> {
        let until = self.clock.now() + WAIT;
        let mut far = Far::at(&self.clock, &self.app);
        loop {
            let over = match words {
                Some(words) => self.reader.says(words, &self.app),
                None => false,
            };
            // Of what goes on by itself only how far it has come is told, until it says what is waited for.
            let told = match words {
                Some(_) if !over && self.app.under_way().is_some() => {
                    self.tell_how_far(&mut far)?;
                    String::new()
                }
                _ => self.reader.told(&self.app),
            };
            if !told.is_empty() {
                (self.say)(&told)?;
            }
            if over || self.ended.is_some() || words.is_none() && !told.is_empty() {
                return Ok(());
            }
            if self.clock.now() >= until {
                return (self.say)("Nothing came of it in a minute; wait again goes on.\n");
            }
            if let Some(letter) = self.next(Some(PROGRESS)) {
                self.take(letter);
                self.settle()?;
            }
        }
    }

    fn settle_calm(&mut self) {
        while let Some(letter) = self.next(Some(CALM)) {
            self.take(letter);
        }
    }

    /// The next letter, waking the app meanwhile; nothing within `most`.
    fn next(&mut self, most: Option<Duration>) -> Option<Letter> {
        let begun = self.clock.now();
        loop {
            let left = most.map(|most| most.saturating_sub(self.clock.now().saturating_sub(begun)));
            if left.is_some_and(|left| left.is_zero()) {
                return self.inbox.try_recv().ok();
            }
            let wake = self.wakes.first().map(|at| self.clock.until(*at));
            let letter = match (left, wake) {
                (None, None) => self.inbox.recv().ok(),
                (Some(one), None) | (None, Some(one)) => self.inbox.recv_timeout(one).ok(),
                (Some(left), Some(wake)) => self.inbox.recv_timeout(left.min(wake)).ok(),
            };
            if letter.is_some() {
                return letter;
            }
            self.tick();
        }
    }

    fn tick(&mut self) {
        let now_ms = self.clock.now_ms();
        self.wakes = self.wakes.split_off(&(now_ms + 1));
        self.update(Msg::Tick { now_ms });
    }

    fn take(&mut self, letter: Letter) {
        self.update(Msg::Tick { now_ms: self.clock.now_ms() });
        match letter {
            Letter::Msg(msg) => self.update(msg),
            Letter::End(ended) => {
                self.update(Msg::Signal(Signal::Terminate));
                self.ended = Some(ended);
            }
            // A line that was typed before it was asked for cannot be.
            Letter::Line(_)
            | Letter::Played(_)
            | Letter::Answer
            | Letter::Ground(_)
            | Letter::Colours { .. }
            | Letter::Continued => {}
        }
    }

    fn update(&mut self, msg: Msg) {
        self.note(&msg);
        if let Msg::Reply { result: Ok(reply), .. } = &msg {
            self.work.note(reply);
        }
        for effect in self.app.update(msg) {
            self.execute(effect);
        }
        if let Some(id) = self.app.unseen() {
            // What is told next is heard before it is answered.
            for effect in self.app.update(Msg::Seen(id)) {
                self.execute(effect);
            }
        }
    }

    /// What has been answered is not waited for any more.
    fn note(&mut self, msg: &Msg) {
        if let Msg::Reply { result, .. } = msg {
            self.starting = matches!(result, Err(ApiError::Problem(why)) if why.starting.is_some());
        }
        let id = match msg {
            Msg::Reply { result: Ok(reply), .. } if is_unfinished(reply) => return,
            Msg::Reply { id, .. }
            | Msg::Found { id, .. }
            | Msg::Looked { id, .. }
            | Msg::Read { id, .. }
            | Msg::Written { id, .. } => id,
            _ => return,
        };
        self.pending.remove(id);
    }

    fn execute(&mut self, effect: Effect) {
        match &effect {
            Effect::WakeAt(at_ms) => {
                self.wakes.insert(*at_ms);
            }
            Effect::Send { id, request, .. } if !polls(request) => {
                self.pending.insert(*id);
            }
            Effect::Search { id, .. }
            | Effect::Look { id, .. }
            | Effect::Read { id, .. }
            | Effect::Write { id, .. } => {
                if matches!(effect, Effect::Search { .. })
                    && let Some(older) = self.search.replace(*id)
                {
                    self.pending.remove(&older);
                }
                self.pending.insert(*id);
            }
            Effect::Cancel(id) => {
                self.pending.remove(id);
            }
            Effect::Quit { interrupted } => {
                let ended = if *interrupted { Ended::Interrupted } else { Ended::Quit };
                self.ended.get_or_insert(ended);
            }
            _ => {}
        }
        self.work.execute(effect);
    }
}

/// A part of a roster that is not all of it.
fn is_unfinished(reply: &Reply) -> bool {
    reply.get::<RosterPart>().is_some_and(|part| !part.complete)
}

/// Whether a request is answered when something happens, and not before.
fn polls(request: &Request) -> bool {
    let waits = request.about.route.pace == Pace::Waits;
    waits && request.target.contains("wait=") && !request.target.contains("wait=0")
}

fn ended_line(words: &str) -> String {
    if words.ends_with('\n') { words.to_owned() } else { format!("{words}\n") }
}
