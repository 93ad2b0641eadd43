//! `hublink` and `hublink demo`: the full-screen wizard.
//!
//! Owns what it is started with (keys, theme, folders) and on which backend: the configured one,
//! or the demo's own. Must not know a screen.

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::tz::TimeZone;

use super::accessible;
use super::context::Context;
use super::exit::{Exit, Failure};
use super::first_run::{self, Way as Begins};
use super::local::keymap;
use super::terminfo;
use super::tour::{self, TourArgs};
use crate::client::endpoint::Endpoint;
use crate::client::{Client, Options};
use crate::config::credentials::Credentials;
use crate::config::paths::Paths;
use crate::config::{Settings, file};
use crate::demo::{self, DemoError, DemoOptions, world::WorldOptions};
use crate::tui::clipboard;
use crate::tui::companion::Companion;
use crate::tui::links;
use crate::tui::notify::Notify;
use crate::tui::overlay::tours::Listed;
use crate::tui::runtime::Ended;
use crate::tui::terminal::{Can, Terminal, TerminalError};
use crate::tui::theme::glyphs::{self, Glyphs};
use crate::tui::theme::{Depth, Theme, ThemeError, Wardrobe, guessed};
use crate::tui::{self, Start};

/// The demo's flags.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hublink demo
  hublink demo --users 1000000
  hublink demo --tour                               the tours there are
  hublink demo --tour proof-of-concept              space pauses, any other key takes over
  hublink demo --tour trial --record trial.cast     asciinema can play it
  hublink demo --play my-tour.toml --speed 2        a tour of your own")]
pub struct DemoArgs {
    /// How many users the main site has
    #[arg(long, value_name = "N", default_value_t = WorldOptions::default().users)]
    users: usize,
    /// What the people's names come from; the same number makes the same world
    #[arg(long, value_name = "N", default_value_t = WorldOptions::default().seed)]
    seed: u64,
    /// Keep the data in this directory; fresh data when absent
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(flatten)]
    tour: TourArgs,
}

impl Default for DemoArgs {
    fn default() -> Self {
        let WorldOptions { users, seed } = WorldOptions::default();
        Self { users, seed, data: None, tour: TourArgs::default() }
    }
}

/// The wizard on the configured backend; with none, the first page offers three ways to begin.
///
/// # Errors
/// That there is no terminal or no backend; how the wizard ended.
pub async fn run(cx: &mut Context) -> Result<(), Failure> {
    if cx.settings.backend.is_none() {
        // Who cannot see the wizard need not be asked.
        let linear = accessible::is_wanted(cx).await?;
        cx.settings.accessible = Some(linear);
        if !linear {
            Terminal::check(variable("TERM").as_deref()).map_err(|error| no_screen(&error))?;
        }
        match first_run::begin(linear, cx).await? {
            Begins::Tour => {
                let args = DemoArgs { tour: TourArgs::first(), ..DemoArgs::default() };
                return demo(args, cx).await;
            }
            Begins::Demo => return demo(DemoArgs::default(), cx).await,
            Begins::Backend => {}
            Begins::Leave => {
                return Err(Failure::usage("no backend was chosen; nothing was started"));
            }
        }
    }
    let exports = std::env::current_dir().unwrap_or_default();
    // A token in the environment is not this file's business.
    let credentials = cx.settings.token.is_none().then(|| cx.settings.credentials());
    let drafts = cx.settings.paths.drafts_dir();
    let folders = Folders { drafts, exports, credentials, fleeting: false };
    let told = accessible::is_wanted(cx).await?;
    over(on(&cx.client()?, Companion::default(), Vec::new(), folders, told, cx)?, true)
}

/// The wizard on the embedded backend.
///
/// # Errors
/// As [`run`], and what keeps the demo from running.
pub async fn demo(args: DemoArgs, cx: &mut Context) -> Result<(), Failure> {
    if args.tour.lists() {
        return tour::list(cx);
    }
    let linear = accessible::is_wanted(cx).await?;
    if linear && args.tour.plays() {
        return Err(Failure::usage(
            "a tour is a film: accessible mode plays none. `hublink demo --accessible` alone is \
             the demo, line by line",
        ));
    }
    // A name that there is not is told wherever one is.
    tour::known(&args.tour)?;
    if !linear {
        Terminal::check(variable("TERM").as_deref()).map_err(|error| no_screen(&error))?;
    }
    let (mut companion, mut told) = tour::companion(&args.tour)?;
    let world = WorldOptions { users: args.users, seed: args.seed };
    let mut data = args.data;
    loop {
        let kept = data.is_some();
        let ended =
            demo_once(DemoOptions { world, data: data.take() }, companion, linear, cx).await;
        match ended {
            // A tour begins with a fresh world, whatever was kept.
            Ok(Ended::Tour(at)) => (companion, told) = tour::watched(at)?,
            ended => return told.outcome().and(ended.and_then(|ended| over(ended, kept))),
        }
    }
}

/// The wizard on a demo of its own, from its start to its end.
async fn demo_once(
    options: DemoOptions,
    companion: Companion,
    linear: bool,
    cx: &Context,
) -> Result<Ended, Failure> {
    let fleeting = options.data.is_none();
    let demo = demo::start(options).await.map_err(|error| broken(&error))?;
    let options = Options { demo_key: Some(demo.key.clone()), ..Options::default() };
    let client = Client::new(Endpoint::parse(&demo.url, false)?, &options)?;
    // The demo writes nothing outside its own folder, and neither does the wizard on it.
    let drafts = Paths::under(&demo.folder).drafts_dir();
    let exports = demo.folder.join("exports");
    let folders = Folders { drafts, exports, credentials: None, fleeting };
    let client = client.with_token(Some(&demo.token))?;
    let ended = on(&client, companion, tour::listed(), folders, linear, cx);
    demo.stop().await.map_err(|error| broken(&error))?;
    ended
}

/// Where the wizard writes files.
struct Folders {
    drafts: PathBuf,
    exports: PathBuf,
    credentials: Option<Credentials>,
    /// All of them are removed at the end.
    fleeting: bool,
}

fn on(
    client: &Client,
    companion: Companion,
    tours: Vec<Listed>,
    folders: Folders,
    linear: bool,
    cx: &Context,
) -> Result<Ended, Failure> {
    let settings = &cx.settings;
    let start = Start {
        keys: if linear { keymap(settings)?.spoken() } else { keymap(settings)? },
        wardrobe: wardrobe(settings)?,
        can: can(settings),
        mouse: mouse(settings),
        glyphs: glyphs(settings),
        zone: TimeZone::system(),
        term: variable("TERM"),
        drafts: folders.drafts,
        exports: folders.exports,
        fleeting: folders.fleeting,
        credentials: folders.credentials,
        tours,
        companion,
    };
    if linear {
        let told = || tui::run_linear(client, start, accessible::voice(cx));
        let gone = |error| Failure::failed(format!("standard output: {error}"));
        return tokio::task::block_in_place(told).map_err(gone);
    }
    // The interface is a thread of its own kind: it waits for keys, not for tasks.
    tokio::task::block_in_place(|| tui::run(client, start)).map_err(|error| no_screen(&error))
}

/// How the wizard ended, as a command ends. `kept`: what was answered outlives the program.
fn over(ended: Ended, kept: bool) -> Result<(), Failure> {
    match ended {
        Ended::Quit | Ended::Tour(_) => Ok(()),
        Ended::Interrupted | Ended::Terminated => {
            let words = if kept {
                "interrupted; the draft is kept"
            } else {
                "interrupted; the demo keeps nothing without --data"
            };
            Err(Failure::told(Exit::Interrupted, words))
        }
        Ended::HungUp => Err(Failure::told(Exit::HungUp, "the terminal is gone")),
    }
}

fn no_screen(error: &TerminalError) -> Failure {
    let exit = if matches!(error, TerminalError::Io(_)) { Exit::Failed } else { Exit::Usage };
    Failure::told(exit, error.to_string())
}

/// How many colours there are.
pub fn depth(settings: &Settings) -> Depth {
    if settings.no_color {
        return Depth::None;
    }
    let term = variable("TERM");
    let depth = Depth::detect(
        variable("NO_COLOR").as_deref(),
        variable("COLORTERM").as_deref(),
        term.as_deref(),
    );
    let home = variable("HOME");
    let is_without = |term: &str| {
        let home = home.as_deref().map(Path::new);
        terminfo::is_without_colours(term, variable("TERMINFO").as_deref(), home)
    };
    // Sixteen are a guess by the name: the system may know that there are none.
    match depth {
        Depth::Sixteen if term.as_deref().is_some_and(is_without) => Depth::None,
        depth => depth,
    }
}

/// The themes, those of the user's own files first; the one that was chosen, else the terminal's
/// ground decides.
///
/// # Errors
/// That there is none of the name that was chosen, or what is wrong with it.
pub fn wardrobe(settings: &Settings) -> Result<Wardrobe, Failure> {
    let depth = depth(settings);
    let chosen = settings.theme.clone().filter(|name| name != "auto");
    if depth == Depth::None {
        return Ok(Wardrobe::new(&[], chosen, depth));
    }
    let mut own = Vec::new();
    for (name, theme) in own_themes(settings, depth) {
        match theme {
            Ok(theme) => own.push(theme),
            Err(error) if chosen.as_deref() == Some(&*name) => {
                return Err(Failure::usage(error));
            }
            // A theme that nobody chose keeps nobody from working; `hublink themes` tells of it.
            Err(_) => {}
        }
    }
    let mut wardrobe = Wardrobe::new(&own, chosen.clone(), depth);
    if let Some(name) = chosen.filter(|name| wardrobe.names().all(|known| known != name)) {
        return Err(Failure::usage(ThemeError::Unknown(name).to_string()));
    }
    if let Some(ground) = variable("COLORFGBG").as_deref().and_then(guessed) {
        wardrobe.stands_on(Some(ground));
    }
    Ok(wardrobe)
}

/// The user's own themes by name, with what is wrong with them.
pub fn own_themes(settings: &Settings, depth: Depth) -> Vec<(String, Result<Theme, String>)> {
    let dir = settings.paths.themes_dir();
    let mut files: Vec<PathBuf> =
        dir.read_dir().into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let own = |name: &str| std::fs::read_to_string(dir.join(format!("{name}.toml"))).ok();
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).map_err(|error| error.to_string());
        let theme = text.and_then(|text| {
            Theme::parse_among(&name, &text, depth, &own).map_err(|error| error.to_string())
        });
        (name, theme)
    };
    files.into_iter().map(read).collect()
}

/// What the terminal can do beyond text.
pub fn can(settings: &Settings) -> Can {
    let clipboard = clipboard::Way::detect(settings.clipboard, variable);
    let links = links::work(settings.links, variable);
    Can { clipboard, links, notify: notify(settings) }
}

/// How the end of a watched run is told to who looks elsewhere.
pub fn notify(settings: &Settings) -> Notify {
    match settings.notify {
        None | Some(file::Notify::Off) => Notify::Off,
        Some(file::Notify::Bell) => Notify::Bell,
        Some(file::Notify::Progress) => Notify::Progress,
    }
}

/// Whether the mouse clicks: what the file says holds on this machine alone, over SSH one says so
/// anew.
pub fn mouse(settings: &Settings) -> bool {
    let remote = ["SSH_CONNECTION", "SSH_TTY"].into_iter().any(|name| variable(name).is_some());
    settings.mouse.unwrap_or(settings.mouse_here && !remote)
}

/// The characters that the terminal shows: the operator's word, else locale and terminal decide.
pub fn glyphs(settings: &Settings) -> Glyphs {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].map(variable);
    let utf8 = glyphs::is_utf8(locale.iter().map(Option::as_deref));
    Glyphs::choose(settings.ascii, variable("TERM").as_deref(), utf8)
}

/// A variable of the environment that is not hublink's own.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn broken(error: &DemoError) -> Failure {
    Failure::failed(error.to_string())
}
