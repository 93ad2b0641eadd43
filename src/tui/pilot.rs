//! Drives an [`App`] without terminal, clock or network: for tests, tours and benchmarks.
//!
//! Owns a scripted backend, files in memory and a clock that moves when told. Keys are pressed by
//! the name of their action; `settle` counts what is in flight, so nothing ever sleeps.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use jiff::Timestamp;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;

use super::app::App;
use super::effect::Effect;
use super::keymap::{Action, Availability, Chord};
use super::linear::{Heard, Reader};
use super::msg::{IoError, Msg, RequestId};
use super::notify::Far;
use crate::api::call::{ApiError, Reply, Request};
use crate::api::draft::Hold;
use crate::api::roster::StreamRoster;
use crate::domain::untrusted::{Shown, Untrusted};
use crate::roster::find_addresses;

/// Answers requests. Nothing: the request stays in flight, as a long poll or a dead link would.
pub type Backend = Box<dyn FnMut(&Request) -> Option<Result<Reply, ApiError>>>;

/// Answers requests that are sent under a hold on a draft.
pub type Acts = Box<dyn FnMut(&Hold, &Request) -> Option<Result<Reply, ApiError>>>;

/// An app with everything around it.
pub struct Pilot {
    app: App,
    backend: Backend,
    size: (u16, u16),
    now_ms: u64,
    in_flight: VecDeque<(RequestId, Request)>,
    held: Vec<(RequestId, Request)>,
    /// The last roster stream that was answered: it may be answered again.
    stream: Option<RequestId>,
    wakes: Vec<u64>,
    acts: Option<Acts>,
    /// Under which hold on a draft a request was sent.
    pub holds: BTreeMap<RequestId, Hold>,
    /// What time the backend says it is, with every answer; nothing: it does not say.
    pub now: Option<Timestamp>,
    /// Every request sent, in order.
    pub sent: Vec<Request>,
    /// The key of every write sent, in order.
    pub keys: Vec<(String, Request)>,
    /// Every text copied.
    pub copied: Vec<Shown>,
    /// What was said of what is watched, beside the screen.
    pub notified: Vec<Far>,
    /// The files there are.
    pub files: BTreeMap<PathBuf, Bytes>,
    /// Whether the app has ended.
    pub ended: bool,
    /// Which tour the app asked for.
    pub played: Option<usize>,
    /// Whether the app took the mouse, or gave it back, in order.
    pub mouse: Vec<bool>,
    /// How often the app asked for the screen to be drawn anew.
    pub redrawn: usize,
    /// How often the app asked to be suspended.
    pub suspended: usize,
    /// The terminal is slow: what is drawn is seen once [`Pilot::see`] is called.
    pub slow: bool,
}

impl Pilot {
    /// Starts an app of this size.
    pub fn new(app: App, size: (u16, u16), backend: Backend) -> Self {
        Self::with_files(app, size, backend, BTreeMap::new())
    }

    /// Starts an app that finds these files.
    pub fn with_files(
        app: App,
        size: (u16, u16),
        backend: Backend,
        files: BTreeMap<PathBuf, Bytes>,
    ) -> Self {
        let mut pilot = Self {
            app,
            backend,
            size,
            now_ms: 0,
            in_flight: VecDeque::new(),
            held: Vec::new(),
            stream: None,
            wakes: Vec::new(),
            acts: None,
            holds: BTreeMap::new(),
            now: None,
            sent: Vec::new(),
            keys: Vec::new(),
            copied: Vec::new(),
            notified: Vec::new(),
            files,
            ended: false,
            played: None,
            mouse: Vec::new(),
            redrawn: 0,
            suspended: 0,
            slow: false,
        };
        pilot.feed(Msg::Tick { now_ms: 0 });
        pilot
    }

    /// The app.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Replaces the backend's script, from now on.
    pub fn script(&mut self, backend: Backend) {
        self.backend = backend;
    }

    /// Answers what a wizard's page asks under its hold, in the backend's place, from now on.
    pub fn acts(&mut self, acts: Acts) {
        self.acts = Some(acts);
    }

    /// Gives the app a message and does what it wishes.
    pub fn feed(&mut self, msg: Msg) {
        for effect in self.app.update(msg) {
            self.execute(effect);
        }
        if !self.slow {
            self.see();
        }
    }

    /// Says a line for somebody who reads along in accessible mode; what they are told then.
    pub fn hear(&mut self, reader: &mut Reader, line: &str) -> String {
        match reader.hear(line, &mut self.app) {
            Heard::Done(effects) => {
                for effect in effects {
                    self.execute(effect);
                }
                self.see();
                self.settle();
                reader.told(&self.app)
            }
            Heard::Say(words) => words,
            other => format!("{other:?}"),
        }
    }

    /// What is drawn has been seen.
    pub fn see(&mut self) {
        while let Some(id) = self.app.unseen() {
            for effect in self.app.update(Msg::Seen(id)) {
                self.execute(effect);
            }
        }
    }

    fn execute(&mut self, effect: Effect) {
        match effect {
            Effect::Send { id, request, hold, key } => {
                if let Some(hold) = hold {
                    self.holds.insert(id, *hold);
                }
                if let Some(key) = key {
                    self.keys.push((key, request.clone()));
                }
                self.sent.push(request.clone());
                self.in_flight.push_back((id, request));
            }
            Effect::Cancel(id) => {
                self.in_flight.retain(|(other, _)| *other != id);
                self.held.retain(|(other, _)| *other != id);
            }
            Effect::WakeAt(at_ms) => self.wakes.push(at_ms),
            Effect::Search { id, search } => {
                let rows = search.run();
                self.feed(Msg::Found { id, rows });
            }
            Effect::Look { id, columns, text } => {
                let found = Box::new(find_addresses(&columns, &text));
                self.feed(Msg::Looked { id, found });
            }
            Effect::Read { id, path } => {
                let result = self.files.get(&path).cloned().ok_or_else(|| IoError {
                    missing: true,
                    words: Untrusted::new("no such file"),
                });
                self.feed(Msg::Read { id, result });
            }
            Effect::Write { id, path, bytes } => {
                self.files.insert(path, bytes);
                self.feed(Msg::Written { id, result: Ok(()) });
            }
            Effect::Remove(path) => {
                self.files.remove(&path);
            }
            Effect::Copy(text) => self.copied.push(text),
            Effect::Notify(far) => self.notified.push(far),
            Effect::Mouse(on) => self.mouse.push(on),
            Effect::Redraw => self.redrawn += 1,
            Effect::Suspend => self.suspended += 1,
            Effect::Play(tour) => self.played = Some(tour),
            Effect::Quit { .. } => self.ended = true,
        }
    }

    /// Answers all requests until none is in flight but those that the backend holds.
    pub fn settle(&mut self) -> &mut Self {
        while let Some((id, request)) = self.in_flight.pop_front() {
            let answer = match (self.holds.get(&id), &mut self.acts) {
                (Some(hold), Some(acts)) => acts(hold, &request),
                _ => (self.backend)(&request),
            };
            match answer {
                Some(result) => {
                    if request.is::<StreamRoster>() {
                        self.stream = Some(id);
                    }
                    self.feed(Msg::Reply { id, now: self.now, result });
                }
                None => self.held.push((id, request)),
            }
        }
        self
    }

    /// Asks the backend again about the requests that it holds.
    pub fn release(&mut self) -> &mut Self {
        self.in_flight.extend(self.held.drain(..));
        self.settle()
    }

    /// Answers the last roster stream once more, as a stream does part by part, and settles.
    pub fn stream_on(&mut self, result: Result<Reply, ApiError>) -> &mut Self {
        if let Some(id) = self.stream {
            self.feed(Msg::Reply { id, now: self.now, result });
        }
        self.settle()
    }

    /// Moves the clock on, waking the app when it asked for it.
    pub fn pass(&mut self, ms: u64) -> &mut Self {
        let until = self.now_ms + ms;
        loop {
            self.wakes.retain(|at| *at > self.now_ms);
            let Some(next) = self.wakes.iter().copied().filter(|at| *at <= until).min() else {
                break;
            };
            self.now_ms = next;
            self.feed(Msg::Tick { now_ms: next });
            self.settle();
        }
        self.now_ms = until;
        self.feed(Msg::Tick { now_ms: until });
        self.settle()
    }

    /// Presses the key of an action, as the operator would, and settles.
    ///
    /// # Panics
    /// When the action has no key or cannot be done now.
    pub fn press(&mut self, action: Action) -> &mut Self {
        let scopes = self.app.live_scopes();
        let chord = self.app.keys().chord(action, &scopes);
        let available = self.app.can(action);
        assert!(
            available == Availability::Ready,
            "{action:?} is {available:?} on\n{}",
            self.text()
        );
        if let Some(chord) = chord {
            return self.key(chord.event());
        }
        for effect in self.app.perform(action) {
            self.execute(effect);
        }
        self.settle()
    }

    /// Presses a key by its spelling, and settles.
    ///
    /// # Panics
    /// When there is no such key.
    pub fn hit(&mut self, key: &str) -> &mut Self {
        let chord = Chord::parse(key);
        assert!(chord.is_ok(), "{key} is no key");
        match chord {
            Ok(chord) => self.key(chord.event()),
            Err(_) => self,
        }
    }

    /// A key as a person presses it, who may be faster than the eye, and settles.
    ///
    /// # Panics
    /// When there is no such key.
    pub fn touch(&mut self, key: &str) -> &mut Self {
        let chord = Chord::parse(key);
        assert!(chord.is_ok(), "{key} is no key");
        if let Ok(chord) = chord {
            self.feed(Msg::Input(Event::Key(chord.event())));
        }
        self.settle()
    }

    /// Presses a key as a script does. What Enter or `y` does, the page must have said before.
    fn key(&mut self, event: KeyEvent) -> &mut Self {
        let told = self.app.acting() || !Chord::of(&event).is_some_and(Chord::confirms);
        let before = self.sent.len();
        self.feed(Msg::Played(Event::Key(event)));
        let act = self.sent[before..].iter().find(|request| request.acts());
        assert!(told || act.is_none(), "no page said that it acts: {act:?}\n{}", self.text());
        self.settle()
    }

    /// Clicks where this text stands, on its first letter, and settles.
    ///
    /// # Panics
    /// When it is not on the screen.
    pub fn click(&mut self, text: &str) -> &mut Self {
        let lines = lines_of(&self.frame());
        let found =
            lines.iter().zip(0u16..).find_map(|(line, row)| Some((line.split_once(text)?.0, row)));
        assert!(found.is_some(), "{text} is not on\n{}", self.text());
        let (before, row) = found.unwrap_or_default();
        let column = super::widget::text::width(before);
        self.mouse_at(MouseEventKind::Down(MouseButton::Left), column, row)
    }

    /// Does something with the mouse at a column and a row, and settles.
    pub fn mouse_at(&mut self, kind: MouseEventKind, column: u16, row: u16) -> &mut Self {
        let modifiers = KeyModifiers::NONE;
        self.feed(Msg::Input(Event::Mouse(MouseEvent { kind, column, row, modifiers })));
        self.settle()
    }

    /// Types text, letter by letter, and settles.
    pub fn text_in(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            let event = KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE);
            self.feed(Msg::Input(Event::Key(event)));
        }
        self.settle()
    }

    /// Pastes text, lets the quiet time after it pass, and settles.
    pub fn paste(&mut self, text: &str) -> &mut Self {
        self.feed(Msg::Input(Event::Paste(text.to_owned())));
        self.settle();
        self.pass(400)
    }

    /// Gives the terminal another size.
    pub fn resize(&mut self, width: u16, height: u16) -> &mut Self {
        self.size = (width, height);
        self.feed(Msg::Input(Event::Resize(width, height)));
        self.settle()
    }

    /// The frame as cells.
    pub fn frame(&self) -> Buffer {
        let mut buf = Buffer::empty(Rect::new(0, 0, self.size.0, self.size.1));
        self.app.view(&mut buf);
        buf
    }

    /// The frame as lines of text, without blanks at their ends.
    pub fn text(&self) -> String {
        lines_of(&self.frame()).join("\n")
    }

    /// The frame as text and, below, where each style begins.
    pub fn styled(&self) -> String {
        let mut frame = self.frame();
        super::theme::marks::clear(&mut frame);
        let mut out = lines_of(&frame).join("\n");
        out.push_str("\n\n");
        for (y, row) in frame.content.chunks(usize::from(self.size.0).max(1)).enumerate() {
            let mut last = None;
            for (x, cell) in row.iter().enumerate() {
                let style = (cell.fg, cell.bg, cell.modifier);
                if last != Some(style) {
                    last = Some(style);
                    let style =
                        format!("{y}:{x} {:?} on {:?} {:?}", cell.fg, cell.bg, cell.modifier);
                    out.push_str(&style);
                    out.push('\n');
                }
            }
        }
        out
    }

    /// Whether some text is on screen.
    pub fn sees(&self, text: &str) -> bool {
        self.text().contains(text)
    }

    /// The content of a file.
    pub fn file(&self, path: &Path) -> Option<&Bytes> {
        self.files.get(path)
    }
}

fn lines_of(buf: &Buffer) -> Vec<String> {
    let width = usize::from(buf.area.width).max(1);
    let line = |row: &[Cell]| {
        let mut out = String::new();
        let mut skip = 0;
        for cell in row {
            // A wide character covers the cell after it.
            if skip > 0 {
                skip -= 1;
                continue;
            }
            out.push_str(cell.symbol());
            skip = usize::from(super::widget::text::width(cell.symbol())).saturating_sub(1);
        }
        out.trim_end().to_owned()
    };
    buf.content.chunks(width).map(line).collect()
}
