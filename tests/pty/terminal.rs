//! A terminal for the binary to run in: a pseudo-terminal, and a screen that is read as text.
//!
//! Owns waiting (for text, for the end; never for time) and ending what it started. Every wait has
//! a deadline generous enough for a busy machine, and shows the screen when it fails.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

/// How long anything may take on a machine that is busy with the other tests.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// The terminal is asked for its ground.
const GROUND: &[u8] = b"\x1b]11;?";
/// A slow line carries so many pieces a second.
const STEPS: u32 = 100;

/// What the terminal answers to a question about its colours, and to what it can do.
const ANSWERS: [(&[u8], &[u8]); 3] = [
    (b"\x1b]10;?", b"\x1b]10;rgb:c000/c000/c000\x1b\\"),
    (GROUND, b""),
    (b"\x1b[c", b"\x1b[?62;22c"),
];
/// The ground of a terminal unless it is told to have another.
const DARK: &str = "rgb:1000/1000/1000";

/// Lets time pass between two keys or two pieces of one, as a slow line does.
pub fn let_pass(time: Duration) {
    let (_keep, nothing) = std::sync::mpsc::channel::<()>();
    let _ = nothing.recv_timeout(time);
}

/// A running program and its terminal.
pub struct Terminal {
    shared: Arc<Shared>,
    master: Option<Box<dyn MasterPty + Send>>,
    reader: Option<thread::JoinHandle<()>>,
    writer: Arc<Mutex<Option<Box<dyn Write + Send>>>>,
    tty: PathBuf,
    pid: u32,
    home: tempfile::TempDir,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    screen: vt100::Parser,
    /// Everything that was ever written.
    bytes: Vec<u8>,
    /// How much of it is on the screen; the rest is an update that has not ended yet.
    shown: usize,
    /// How many of the terminal's questions are answered.
    answered: [usize; ANSWERS.len()],
    /// What it says of its ground; empty: nothing.
    ground: String,
    exit: Option<ExitStatus>,
    closed: bool,
    /// So many bytes a second come over the line.
    rate: Option<usize>,
    /// The reader shall let go of the terminal.
    leaving: bool,
}

impl Default for State {
    fn default() -> Self {
        Self {
            screen: vt100::Parser::new(cells(24), cells(80), 0),
            bytes: Vec::new(),
            shown: 0,
            answered: [0; ANSWERS.len()],
            ground: DARK.to_owned(),
            exit: None,
            closed: false,
            rate: None,
            leaving: false,
        }
    }
}

fn cells(n: u16) -> NonZeroU16 {
    NonZeroU16::new(n).unwrap_or(NonZeroU16::MIN)
}

/// What a program is started with.
pub struct Start<'a> {
    pub program: &'a Path,
    pub args: &'a [&'a str],
    pub env: &'a [(&'a str, &'a str)],
    /// Columns and rows.
    pub size: (u16, u16),
    /// What it says of its ground; empty: it does not tell.
    pub ground: &'a str,
}

impl Start<'_> {
    /// The binary under test with these arguments, in 80x24.
    pub fn hublink<'a>(args: &'a [&'a str]) -> Start<'a> {
        let program = Path::new(env!("CARGO_BIN_EXE_hublink"));
        Start { program, args, env: &[], size: (80, 24), ground: DARK }
    }
}

impl Terminal {
    /// Starts the program with a clean environment and a home of its own.
    pub fn start(start: &Start<'_>) -> Self {
        let home = tempfile::tempdir().unwrap();
        let (columns, rows) = start.size;
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(start.program);
        command.args(start.args);
        command.env_clear();
        command.cwd(home.path());
        let path = std::env::var("PATH").unwrap_or_default();
        let folder = home.path().to_str().unwrap().to_owned();
        for (key, value) in [
            ("PATH", path.as_str()),
            ("HOME", &folder),
            ("TMPDIR", &folder),
            ("TERM", "xterm-256color"),
            ("COLORTERM", "truecolor"),
            ("LANG", "C.UTF-8"),
            ("TZ", "UTC"),
        ] {
            command.env(key, value);
        }
        for (key, value) in start.env {
            command.env(key, value);
        }
        let tty = pair.master.tty_name().unwrap();
        let mut child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let pid = child.process_id().unwrap();
        let shared = Arc::new(Shared::default());
        shared.lock().screen.screen_mut().set_size(cells(rows), cells(columns));
        start.ground.clone_into(&mut shared.lock().ground);
        let writer = Arc::new(Mutex::new(Some(pair.master.take_writer().unwrap())));
        let reader = pair.master.try_clone_reader().unwrap();
        let reader = thread::spawn({
            let (shared, writer) = (shared.clone(), writer.clone());
            move || read_all(reader, &shared, &writer)
        });
        thread::spawn({
            let shared = shared.clone();
            move || {
                let exit = child.wait().unwrap();
                shared.lock().exit = Some(exit);
                shared.changed.notify_all();
            }
        });
        let (master, reader) = (Some(pair.master), Some(reader));
        Self { shared, master, reader, writer, tty, pid, home }
    }

    /// The home that the program was given.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The program's process.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The slave side's name.
    pub fn tty(&self) -> &Path {
        &self.tty
    }

    /// Writes bytes as if they were typed.
    pub fn send(&self, bytes: impl AsRef<[u8]>) {
        let mut writer = self.writer.lock().unwrap();
        let writer = writer.as_mut().expect("the terminal is open");
        // A program that has gone reads nothing more; what it left behind is checked elsewhere.
        let _ = writer.write_all(bytes.as_ref()).and_then(|()| writer.flush());
    }

    /// Waits until Enter and `y` count, where the key is one of them: the footer says so.
    pub fn let_count(&self, key: &str) {
        if matches!(key, "enter" | "y") {
            self.wait_until("a key that counts", |text| !text.contains(", in a moment"));
            // Nobody presses a key twice within a tenth of a second: it would be one that is held.
            let_pass(Duration::from_millis(120));
        }
    }

    /// Sends the bytes again and again until the screen's text is as wanted: for keys that are
    /// not heeded yet, as right after a paste.
    pub fn insist(&self, bytes: impl AsRef<[u8]>, wanted: impl Fn(&str) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            self.send(bytes.as_ref());
            let soon = Instant::now() + Duration::from_secs(1);
            let done = |state: &State| wanted(&state.screen.screen().contents());
            if self.wait_by(soon, done).is_ok() || self.has_ended() {
                return;
            }
        }
        panic!("insisted in vain; the screen:\n{}", self.text());
    }

    /// From now on so many bytes a second come over the line; what is more waits in its buffers.
    pub fn slow_down(&self, rate: usize) {
        self.shared.lock().rate = Some(rate);
    }

    /// Changes the size.
    pub fn resize(&self, (columns, rows): (u16, u16)) {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.shared.lock().screen.screen_mut().set_size(cells(rows), cells(columns));
        self.master.as_ref().unwrap().resize(size).unwrap();
    }

    /// Closes the terminal's side, as a dropped connection does. The program draws once more
    /// before, for the reader only lets go when there is something to read.
    pub fn hang_up(&mut self) {
        self.shared.lock().leaving = true;
        self.resize((79, 23));
        self.reader.take().unwrap().join().unwrap();
        self.writer.lock().unwrap().take();
        self.master.take();
    }

    /// From now on its ground is this one.
    pub fn stands_on(&self, ground: &str) {
        ground.clone_into(&mut self.shared.lock().ground);
    }

    /// Waits until the cell at this row and column is as wanted.
    pub fn wait_for_cell(
        &self,
        (row, column): (u16, u16),
        what: &str,
        wanted: impl Fn(&vt100::Cell) -> bool,
    ) {
        let deadline = Instant::now() + PATIENCE;
        let fits = |state: &State| state.screen.screen().cell(row, column).is_some_and(&wanted);
        if let Err(text) = self.wait_by(deadline, fits) {
            panic!("waited in vain for {what}; the screen:\n{text}");
        }
    }

    /// Sends the process a signal.
    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_raw(i32::try_from(self.pid).unwrap()).unwrap();
        rustix::process::kill_process(pid, signal).unwrap();
    }

    /// The screen's text now.
    pub fn text(&self) -> String {
        self.shared.lock().screen.screen().contents()
    }

    /// The screen now, with its colours.
    pub fn screen(&self) -> vt100::Screen {
        self.shared.lock().screen.screen().clone()
    }

    /// Everything that was written to the terminal so far.
    pub fn bytes(&self) -> Vec<u8> {
        self.shared.lock().bytes.clone()
    }

    /// Waits until the screen's text is as wanted, and answers it.
    pub fn wait_until(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + PATIENCE;
        self.wait_by(deadline, |state| wanted(&state.screen.screen().contents()))
            .unwrap_or_else(|text| panic!("waited in vain for {what}; the screen:\n{text}"))
    }

    /// Waits until this text is on the screen, and answers the screen's text.
    pub fn wait_for(&self, text: &str) -> String {
        self.wait_until(&format!("“{text}”"), |screen| screen.contains(text))
    }

    /// Waits until the screen changes from this text, the program ends, or the deadline comes.
    pub fn wait_change(&self, from: &str, deadline: Instant) {
        let changed = |state: &State| state.screen.screen().contents() != from;
        let _ = self.wait_by(deadline, |state| changed(state) || state.exit.is_some());
    }

    /// Waits for the program's end, all its output being read.
    pub fn wait_exit(&self, within: Duration) -> ExitStatus {
        let deadline = Instant::now() + within;
        let ended = |state: &State| state.exit.is_some() && (state.closed || self.master.is_none());
        self.wait_by(deadline, ended)
            .unwrap_or_else(|text| panic!("it did not end in {within:?}; the screen:\n{text}"));
        self.shared.lock().exit.clone().unwrap()
    }

    /// Whether the program has ended.
    pub fn has_ended(&self) -> bool {
        self.shared.lock().exit.is_some()
    }

    fn wait_by(
        &self,
        deadline: Instant,
        wanted: impl Fn(&State) -> bool,
    ) -> Result<String, String> {
        let mut state = self.shared.lock();
        loop {
            if wanted(&state) {
                return Ok(state.screen.screen().contents());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || (state.exit.is_some() && state.closed) {
                return Err(state.screen.screen().contents());
            }
            state = self.shared.changed.wait_timeout(state, left).unwrap().0;
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if !self.has_ended() {
            self.signal(rustix::process::Signal::KILL);
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

impl State {
    /// Takes what was written; an update between `?2026h` and `?2026l` is shown once it has ended.
    fn take(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        let fresh = &self.bytes[self.shown..];
        let last = |needle: &[u8]| memchr::memmem::rfind(fresh, needle);
        let end = match (last(b"\x1b[?2026h"), last(b"\x1b[?2026l")) {
            (Some(began), Some(ended)) if began > ended => began,
            (Some(began), None) => began,
            _ => fresh.len(),
        };
        let whole = fresh[..end].to_vec();
        self.screen.process(&whole);
        self.shown += end;
    }

    /// The answers to questions that were asked since.
    fn answers(&mut self) -> Vec<u8> {
        let mut answers = Vec::new();
        for (at, (question, answer)) in ANSWERS.iter().enumerate() {
            let asked = memchr::memmem::find_iter(&self.bytes, question).count();
            for _ in self.answered[at]..asked {
                answers.extend_from_slice(answer);
                if *question == GROUND && !self.ground.is_empty() {
                    answers.extend(format!("\x1b]11;{}\x1b\\", self.ground).into_bytes());
                }
            }
            self.answered[at] = asked;
        }
        answers
    }
}

fn read_all(
    mut reader: Box<dyn Read + Send>,
    shared: &Shared,
    writer: &Mutex<Option<Box<dyn Write + Send>>>,
) {
    let mut buffer = vec![0; 65_536];
    loop {
        let most = match shared.lock().rate {
            Some(rate) => {
                let_pass(Duration::from_secs(1) / STEPS);
                rate.div_ceil(STEPS as usize)
            }
            None => buffer.len(),
        };
        // EIO is how a pseudo-terminal says that nobody has it open any more.
        let length = reader.read(&mut buffer[..most]).unwrap_or(0);
        let answers = {
            let mut state = shared.lock();
            if length == 0 {
                state.closed = true;
            } else {
                state.take(&buffer[..length]);
            }
            shared.changed.notify_all();
            if length == 0 || state.leaving {
                return;
            }
            state.answers()
        };
        if let (false, Some(writer)) = (answers.is_empty(), writer.lock().unwrap().as_mut()) {
            let _ = writer.write_all(&answers).and_then(|()| writer.flush());
        }
    }
}
