//! The full-screen wizard: Elm outside, small traits inside (ARCHITECTURE).
//!
//! Owns everything between a key press and a frame. Pure but for `runtime` and `terminal`: no
//! other file here knows a clock, a disk, a network or a channel. What leaves is an [`Effect`],
//! what comes back is a [`Msg`].
//!
//! [`Effect`]: effect::Effect
//! [`Msg`]: msg::Msg

pub mod app;
pub mod asked;
pub mod browse;
pub mod clipboard;
pub mod companion;
pub mod contact_center;
pub mod effect;
pub mod export;
pub mod keymap;
pub mod layout;
pub mod linear;
pub mod links;
pub mod load;
pub mod loss;
pub mod methods;
pub mod msg;
pub mod notify;
pub mod overlay;
pub mod page;
pub mod people;
pub mod pickers;
pub mod pilot;
pub mod quantities;
pub mod reach;
pub mod runtime;
pub mod screen;
pub mod screens;
pub mod session;
pub mod sheet;
pub mod shell;
pub mod terminal;
pub mod theme;
pub mod when;
pub mod widget;
pub mod wizard;

use std::io;
use std::path::PathBuf;

use jiff::tz::TimeZone;

use self::app::App;
use self::browse::Home;
use self::companion::Companion;
use self::keymap::Keymap;
use self::overlay::tours::Listed;
use self::runtime::Ended;
use self::runtime::linear::Voice;
use self::screen::Screen;
use self::screens::sign_in::SignIn;
use self::session::Session;
use self::terminal::{Can, TerminalError};
use self::theme::Wardrobe;
use self::theme::glyphs::Glyphs;
use crate::client::{Client, random_key};
use crate::config::credentials::Credentials;

/// What the interface is started with.
#[derive(Debug)]
pub struct Start {
    /// The keys in force.
    pub keys: Keymap,
    /// The themes, and which one is worn.
    pub wardrobe: Wardrobe,
    /// What the terminal can do beyond text.
    pub can: Can,
    /// The mouse clicks and scrolls, from the start.
    pub mouse: bool,
    /// The characters that the terminal shows.
    pub glyphs: Glyphs,
    /// The zone in which times are shown.
    pub zone: TimeZone,
    /// `TERM`.
    pub term: Option<String>,
    /// The folder for drafts while the backend is away.
    pub drafts: PathBuf,
    /// The folder in which exports are written.
    pub exports: PathBuf,
    /// Everything ends with the program: quitting asks first.
    pub fleeting: bool,
    /// Where a session is kept for the next time; nothing keeps none.
    pub credentials: Option<Credentials>,
    /// The tours there are to watch.
    pub tours: Vec<Listed>,
    /// Who plays or records it.
    pub companion: Companion,
}

/// Runs the interface on a backend until it ends.
///
/// Blocks the thread; call it within a Tokio runtime of several threads. It heeds signals itself.
///
/// # Errors
/// When there is no terminal that can show a full screen (exit code 2).
pub fn run(client: &Client, start: Start) -> Result<Ended, TerminalError> {
    let (term, credentials) = (start.term.clone(), start.credentials.clone());
    let shows = (start.glyphs, start.can);
    let (companion, start) = start.alone();
    let make = |size| app(client, start, size);
    runtime::run(client, term.as_deref(), shows, credentials, companion, make)
}

/// Runs the interface line by line, for who has it told: nothing is drawn.
///
/// Blocks the thread; call it within a Tokio runtime of several threads. It heeds signals itself.
///
/// # Errors
/// When nothing can be written any more.
pub fn run_linear(client: &Client, start: Start, voice: Voice) -> io::Result<Ended> {
    let credentials = start.credentials.clone();
    runtime::linear::run(client, credentials, voice, |size| app(client, start, size))
}

impl Start {
    /// Who plays or records, and the rest.
    fn alone(mut self) -> (Companion, Self) {
        (std::mem::take(&mut self.companion), self)
    }
}

/// The interface with its first screen.
fn app(client: &Client, start: Start, size: (u16, u16)) -> App {
    let Start { keys, wardrobe, mouse, zone, drafts, exports, fleeting, tours, .. } = start;
    let endpoint = client.endpoint().as_str();
    let salt = random_key();
    let session =
        Session { drafts, exports, tours, salt, fleeting, ..Session::new(endpoint, zone) };
    let first: Box<dyn Screen> =
        if client.is_signed_in() { Box::new(Home::default()) } else { Box::new(SignIn::default()) };
    App::new(session, keys, wardrobe.theme(), size, first).in_one_of(wardrobe).with_mouse(mouse)
}
