//! The terminal: raw mode in and out, and one write per frame.
//!
//! Owns everything that is sent to the terminal and its state, also when the program panics, is
//! suspended or loses it. Of the terminal nothing is asked but whether it has come this far and
//! what its ground is, and nothing waits for it to read.

#![expect(clippy::disallowed_methods, reason = "the wizard's own way to its terminal")]

mod out;
pub mod paint;

use std::io::{self, IsTerminal as _, Write as _};
use std::os::fd::AsFd as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use rustix::termios::{LocalModes, tcgetattr, tcgetwinsize};

use self::out::{Out, room_within};
use self::paint::Painter;
use super::app::App;
use super::clipboard::Way;
use super::companion::stage::Stage;
use super::companion::{Recorder, Taken, text_of};
use super::notify::{Far, Notify};
use super::theme::glyphs::Glyphs;
use super::theme::marks;
use crate::domain::untrusted::Shown;

/// Alternate screen, no cursor, bracketed paste.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?25l\x1b[?2004h";
/// All of it undone, with an ordinary pen, also in the middle of a frame. The screen is erased first:
/// a Linux console, and GNU screen as it comes, have no other to go back to.
const LEAVE: &[u8] = b"\x1b[0m\x1b[?2026l\x1b[?1006l\x1b[?1000l\x1b[?2031l\x1b[?2004l\x1b[?25h\
    \x1b[H\x1b[2J\x1b[?1049l";
/// What are you?
const QUESTION: &[u8] = b"\x1b[c";
/// Tell when your colours change. What is your ground?
const GROUND_QUESTION: &[u8] = b"\x1b[?2031h\x1b]11;?\x1b\\";
/// Tell clicks and the wheel, as numbers.
const MOUSE_ON: &[u8] = b"\x1b[?1000h\x1b[?1006h";
/// The mouse is the terminal's again.
const MOUSE_OFF: &[u8] = b"\x1b[?1006l\x1b[?1000l";
/// A frame appears at once or not at all.
const FRAME_BEGIN: &[u8] = b"\x1b[?2026h";
const FRAME_END: &[u8] = b"\x1b[?2026l";
/// Up to so many bytes a frame comes in one piece over any line, and needs no such marks: they would
/// be a sixth of what a key costs.
const SMALL: usize = 200;
const SHOW_CURSOR: &[u8] = b"\x1b[?25h";
const HIDE_CURSOR: &[u8] = b"\x1b[?25l";
/// A frame that is not taken within this time waits, and the program goes on.
const PATIENCE: Duration = Duration::from_millis(20);
/// At the end there is more of it.
const LAST_PATIENCE: Duration = Duration::from_millis(300);
/// The size of a terminal that does not know its own.
const USUAL: (u16, u16) = (80, 24);
/// No screen is larger; a terminal that says so is mistaken.
const LARGEST: (u16, u16) = (1_000, 500);

/// Whether the terminal is ours to give back; for the panic hook.
static OURS: AtomicBool = AtomicBool::new(false);

/// Why there is no terminal to work in.
#[derive(Debug, thiserror::Error)]
pub enum TerminalError {
    /// Not a terminal.
    #[error(
        "the wizard needs a terminal; standard input and output must both be one. For scripts \
         there are commands: hublink --help"
    )]
    None,
    /// A terminal that can only print lines.
    #[error(
        "TERM={0} cannot show a full screen. Set TERM to what your terminal is, have it told line by \
         line with --accessible, or use the commands: hublink --help"
    )]
    Dumb(String),
    /// The system refused.
    #[error("the terminal cannot be used: {0}")]
    Io(#[from] io::Error),
}

/// What a terminal can do beyond text.
#[derive(Debug, Clone, Copy, Default)]
pub struct Can {
    /// The way to a clipboard.
    pub clipboard: Way,
    /// A URL can be clicked (OSC 8).
    pub links: bool,
    /// How the end of a watched run is told beside the screen.
    pub notify: Notify,
}

/// A terminal in full-screen mode; leaves it when dropped.
pub struct Terminal {
    out: Out,
    painter: Painter,
    glyphs: Glyphs,
    /// Whether the cursor is seen.
    cursor: bool,
    /// Clicks and the wheel are told.
    mouse: bool,
    clipboard: Way,
    /// URLs can be clicked.
    links: bool,
    notify: Notify,
    /// Progress is shown beside the title, and is taken away with the rest.
    progress: bool,
    /// The terminal is gone: nothing is written any more.
    lost: bool,
    /// Told what is written.
    recorder: Option<Recorder>,
    /// When what is written now is said to be written, after the start.
    now: Duration,
    /// What the page says, where somebody reads along.
    text: Option<String>,
    /// What is shown to an audience around the page.
    stage: Option<Stage>,
}

impl Terminal {
    /// Takes the terminal over.
    ///
    /// # Errors
    /// When there is none that can show a full screen.
    pub fn enter(
        term: Option<&str>,
        glyphs: Glyphs,
        can: Can,
        recorder: Option<Recorder>,
    ) -> Result<Self, TerminalError> {
        Self::check(term)?;
        let mut terminal = Self {
            out: Out::to(io::stdout().as_fd())?,
            painter: Painter::new(),
            glyphs,
            cursor: false,
            mouse: false,
            clipboard: can.clipboard,
            links: can.links,
            notify: can.notify,
            progress: false,
            lost: false,
            recorder,
            now: Duration::ZERO,
            text: None,
            stage: None,
        };
        give_back_on_panic();
        terminal.take()?;
        Ok(terminal)
    }

    /// Whether there is a terminal that can show a full screen.
    ///
    /// # Errors
    /// Why there is none.
    pub fn check(term: Option<&str>) -> Result<(), TerminalError> {
        if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
            return Err(TerminalError::None);
        }
        let term = term.filter(|term| !term.is_empty()).unwrap_or("(not set)");
        if matches!(term, "(not set)" | "dumb" | "unknown") {
            return Err(TerminalError::Dumb(term.to_owned()));
        }
        Ok(())
    }

    /// From now on [`Terminal::text`] says what the screen says, or no longer does.
    pub fn reads_along(&mut self, reads: bool) {
        self.text = reads.then(String::new);
    }

    /// What the page says, without the stage around it; empty where nobody reads along.
    pub fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    /// What the next frames show an audience around the page; nothing: there is none.
    pub fn stage(&mut self, stage: Option<Stage>) {
        self.stage = stage;
    }

    /// It is so long after the start.
    pub fn now(&mut self, now: Duration) {
        self.now = now;
    }

    /// Names this moment in the recording.
    ///
    /// # Errors
    /// When it cannot be recorded.
    pub fn mark(&mut self, name: &str) -> io::Result<()> {
        self.recorder.as_mut().map_or(Ok(()), |recorder| recorder(self.now, Taken::Mark(name)))
    }

    /// Takes the terminal over, again: whatever others have made of it meanwhile.
    ///
    /// # Errors
    /// The system's.
    pub fn take(&mut self) -> io::Result<()> {
        OURS.store(true, Ordering::SeqCst);
        if !is_raw() {
            // What is remembered of an earlier time is not so any more.
            disable_raw_mode()?;
            enable_raw_mode()?;
        }
        self.painter.forget();
        self.cursor = false;
        self.write(ENTER)?;
        if self.mouse { self.take_mouse(true) } else { Ok(()) }
    }

    /// From now on clicks and the wheel are told, or the mouse is the terminal's again. A recording
    /// does not take it: whoever plays it keeps theirs.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn take_mouse(&mut self, on: bool) -> io::Result<()> {
        self.mouse = on;
        if self.lost {
            return Ok(());
        }
        self.out.write(if on { MOUSE_ON } else { MOUSE_OFF }, PATIENCE)
    }

    /// Gives the terminal back.
    pub fn give_back(&mut self) {
        if !self.lost && OURS.swap(false, Ordering::SeqCst) {
            // Errors have nobody to be told to.
            if std::mem::take(&mut self.progress) {
                let _ = self.out.write(&self.notify.bytes(Far::Away), LAST_PATIENCE);
            }
            let _ = self.record(LEAVE);
            let _ = self.out.write(LEAVE, LAST_PATIENCE);
            let _ = disable_raw_mode();
        }
    }

    /// Whether the terminal has stopped reading.
    pub fn is_behind(&self) -> bool {
        !self.lost && self.out.is_behind()
    }

    /// Whether the terminal has taken everything; it is given a little time for it.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn catch_up(&mut self) -> io::Result<bool> {
        if self.is_behind() {
            self.out.write(b"", PATIENCE)?;
        }
        Ok(!self.is_behind())
    }

    /// The terminal is gone; nothing is written to it any more.
    pub fn lose(&mut self) {
        self.lost = true;
        OURS.store(false, Ordering::SeqCst);
    }

    /// Columns and rows. Not a question to the terminal but to the system; a terminal that has
    /// none, such as a serial line, is taken for one of 80x24.
    pub fn size() -> (u16, u16) {
        let size = tcgetwinsize(io::stdout()).or_else(|_| tcgetwinsize(io::stdin()));
        size.map_or(USUAL, |size| {
            let of = |told: u16, usual, most| if told == 0 { usual } else { told.min(most) };
            (of(size.ws_col, USUAL.0, LARGEST.0), of(size.ws_row, USUAL.1, LARGEST.1))
        })
    }

    /// Draws what has changed, in one write, and answers how many bytes that took. The page has its
    /// own size; a stage has the rest.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn draw(&mut self, app: &App, page: (u16, u16), size: (u16, u16)) -> io::Result<usize> {
        let mut next = Buffer::empty(Rect::new(0, 0, page.0, page.1));
        app.view(&mut next);
        if let Some(text) = &mut self.text {
            *text = text_of(&next);
        }
        if let Some(stage) = &self.stage {
            next = stage.around(&next, app.theme(), size.1);
        }
        let place = marks::take(&mut next);
        if !self.links {
            marks::clear_links(&mut next);
        }
        self.glyphs.put_into(&mut next);
        let mut bytes = FRAME_BEGIN.to_vec();
        self.painter.paint(next, place, &mut bytes);
        let seen = place.is_some_and(|place| place.caret);
        if seen != self.cursor {
            self.cursor = seen;
            bytes.extend_from_slice(if seen { SHOW_CURSOR } else { HIDE_CURSOR });
        }
        if bytes.len() == FRAME_BEGIN.len() {
            return Ok(0);
        }
        let begin = if bytes.len() > SMALL { 0 } else { FRAME_BEGIN.len() };
        if begin == 0 {
            bytes.extend_from_slice(FRAME_END);
        }
        let frame = &bytes[begin..];
        self.write(frame)?;
        Ok(frame.len())
    }

    /// Asks the terminal what it is, which it answers once it has drawn all that came before. A
    /// recording does not ask: whoever plays it would get the answer as keys.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn ask(&mut self) -> io::Result<()> {
        if self.lost { Ok(()) } else { self.out.write(QUESTION, PATIENCE) }
    }

    /// Asks the terminal for its ground. As with [`Terminal::ask`], a recording does not; one that
    /// never answers leaves the theme as it is.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn ask_ground(&mut self) -> io::Result<()> {
        if self.lost { Ok(()) } else { self.out.write(GROUND_QUESTION, PATIENCE) }
    }

    /// The way to a clipboard.
    pub fn clipboard(&self) -> Way {
        self.clipboard
    }

    /// Puts text into the terminal's clipboard.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn copy(&mut self, text: &Shown) -> io::Result<()> {
        self.write(&self.clipboard.bytes(text.as_str()))
    }

    /// Says beside the screen how far what is watched has come, where that was chosen. No recording has
    /// it.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn notify(&mut self, far: Far) -> io::Result<()> {
        let bytes = self.notify.bytes(far);
        if self.lost || bytes.is_empty() {
            return Ok(());
        }
        self.progress = self.notify == Notify::Progress && !matches!(far, Far::Over | Far::Away);
        self.out.write(&bytes, PATIENCE)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.lost {
            return Ok(());
        }
        self.record(bytes)?;
        self.out.write(bytes, PATIENCE)
    }

    fn record(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.recorder {
            Some(recorder) => recorder(self.now, Taken::Output(bytes)),
            None => Ok(()),
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.give_back();
    }
}

/// Whether keys come one by one, as they are.
fn is_raw() -> bool {
    let cooked = LocalModes::ICANON | LocalModes::ECHO;
    tcgetattr(io::stdin()).is_ok_and(|modes| !modes.local_modes.intersects(cooked))
}

/// Undoes everything, if it is ours, without the terminal's owner: for a panic, and for an end
/// that nobody answers. Errors have nobody to be told to.
pub(super) fn give_back() {
    if OURS.swap(false, Ordering::SeqCst) {
        let mut out = io::stdout();
        if room_within(io::stdout(), LAST_PATIENCE) {
            let _ = out.write_all(LEAVE);
            let _ = out.flush();
        }
        let _ = disable_raw_mode();
    }
}

/// A panic's report must be readable: the terminal is given back before it is printed.
fn give_back_on_panic() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            give_back();
            report(info);
        }));
    });
}
