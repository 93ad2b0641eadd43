//! The command line: one file per noun (SPEC section 7).
//!
//! Owns parsing, dispatch and the exit code. Results go to standard output, everything else to
//! standard error; nothing prompts without a terminal. Commands hold no rules of their own: what
//! they do, the wizard does by the same requests.

mod accessible;
mod account;
mod api;
mod audit;
mod backup;
mod clock;
mod cohort;
mod complete;
mod contact_center;
mod context;
mod directory_sync;
mod doctor;
mod domain;
mod exit;
mod first_run;
mod following;
mod grid;
mod insights;
mod invite;
mod licence;
mod local;
mod log;
mod loss;
mod memory;
mod offer;
mod order;
mod org;
mod output;
mod password;
mod person;
mod progress;
mod prompt;
mod reading;
mod results;
mod secrets;
mod select;
mod serve;
mod service;
mod services;
mod session;
mod setup;
mod signals;
mod site;
mod spelling;
mod standard;
mod subdomain;
mod terminfo;
mod themes;
mod timers;
mod token;
mod topics;
mod tour;
mod trial;
mod user;
mod values;
mod welcome;
mod wizard;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use self::context::Context;
use self::exit::codes::{of_parser, own};
use self::exit::{Exit, Failure};
use self::log::Sink;
pub use self::log::panicked;
use self::output::target::{Shape, ShapeArgs, asks_json};
use self::output::{Format, Out};
use self::prompt::Person;
use self::standard::{be_quiet, error, error_json};
use crate::config::environment::Environment;
use crate::config::paths::Paths;
use crate::config::{Flags, Settings};
use crate::server::LostLines;

/// A full-screen terminal wizard that brings customers onto a Webex-style Control Hub
#[derive(Debug, Parser)]
#[command(
    name = "hublink",
    // Not as whoever started it spells it: that is text from outside.
    bin_name = "hublink",
    // Ours tells topics too.
    disable_help_subcommand = true,
    version,
    after_help = "Examples:
  hublink demo                                        try it, with no network and no account
  hublink login --backend https://hub.acme.example    sign in; the backend is remembered
  hublink                                             the wizard, on that backend
  hublink invite plan --site acme.webex.example --rest
  hublink invite apply pln_7q2k --yes --watch
  hublink site list -o json --fields url,state | jq

Topics (hublink help TOPIC): config, filter, naming, output, exit-codes

Exit codes:
  0 done                          4 not signed in, or not allowed
  1 failed                        5 the backend cannot be reached
  2 wrong usage, or no terminal   6 conflict, or stale
  3 refused by a rule             129 hang-up, 130 interrupted

Environment: HUBLINK_BACKEND, HUBLINK_TOKEN, HUBLINK_PROFILE, HUBLINK_THEME, HUBLINK_PROXY,
HUBLINK_INSECURE, HUBLINK_ASCII, HUBLINK_ACCESSIBLE or ACCESSIBLE, HUBLINK_HINTS, HUBLINK_LOG.
HTTPS_PROXY is not heeded: HUBLINK_PROXY names the proxy, and `hublink doctor` tells which is used"
)]
pub struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Option<Command>,
    /// The words of the command, such as `site list`.
    #[arg(skip)]
    path: String,
}

/// Flags of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
struct Globals {
    /// The backend's URL
    #[arg(long, global = true, value_name = "URL")]
    backend: Option<String>,
    /// The profile of the configuration file
    #[arg(long, global = true, value_name = "NAME")]
    profile: Option<String>,
    #[command(flatten)]
    shape: ShapeArgs,
    /// Tell nothing but results, questions and errors: no hints, no progress
    #[arg(long, short = 'q', global = true)]
    quiet: bool,
    /// Tell the wizard line by line: numbered choices, nothing drawn; also through a pipe
    #[arg(long, global = true)]
    accessible: bool,
    /// Draw the wizard with signs of ASCII alone
    #[arg(long, global = true)]
    ascii: bool,
    /// The key of the same command that was not answered (exit code 5): it is done once at most
    #[arg(long, global = true, value_name = "KEY")]
    key: Option<String>,
    /// Put no text into the terminal's clipboard: `y` shows it, to be selected
    #[arg(long, global = true)]
    no_clipboard: bool,
    /// Make no links of web addresses; by itself they are links where the terminal is known to have them
    #[arg(long, global = true)]
    no_links: bool,
    /// The mouse clicks and scrolls; F6 gives selecting text back
    #[arg(long, global = true)]
    mouse: bool,
    /// No colours, whatever the terminal has; NO_COLOR does the same
    #[arg(long, global = true)]
    no_color: bool,
    /// Never ask; what would be asked is an error
    #[arg(long, global = true)]
    no_input: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Command {
    /// The wizard on an embedded backend and a fictional world: no network, no account
    Demo(wizard::DemoArgs),
    /// Run the backend
    Serve(serve::ServeArgs),
    #[command(flatten)]
    Verb(Verb),
}

/// What is done and over, and ends on a signal.
#[derive(Debug, Subcommand)]
enum Verb {
    /// Sign in, and keep the session in a file that only you can read; `--backend` is remembered
    Login(account::LoginArgs),
    /// End the session
    Logout,
    /// Show who you are, with which roles, on which backend
    Whoami,
    /// Organizations and the roles in them
    #[command(subcommand)]
    Org(org::OrgCommand),
    /// Roles that you are offered: list, accept, decline
    #[command(subcommand)]
    Offer(offer::OfferCommand),
    /// People who can sign in
    #[command(subcommand)]
    Person(person::PersonCommand),
    /// Your sessions: list and end them
    #[command(subcommand)]
    Session(session::SessionCommand),
    /// Your password: change it, or set a forgotten one anew
    #[command(subcommand)]
    Password(password::PasswordCommand),
    /// Personal tokens
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// The backend's world clock
    #[command(subcommand)]
    Clock(clock::ClockCommand),
    /// Trials: start, extend, change the services
    #[command(subcommand)]
    Trial(trial::TrialCommand),
    /// Orders, and mapping them to organizations
    #[command(subcommand)]
    Order(order::OrderCommand),
    /// Services setup: review the plan, take the subdomain, finish
    #[command(subcommand)]
    Setup(setup::SetupCommand),
    /// Subdomains: whether one is available, and which are
    #[command(subcommand)]
    Subdomain(subdomain::SubdomainCommand),
    /// Contact Center: voice and chat
    #[command(subcommand)]
    ContactCenter(contact_center::CenterCommand),
    /// The welcome mail: accept or decline its code, resend it, correct its address
    #[command(subcommand)]
    Welcome(welcome::WelcomeCommand),
    /// Meeting sites, their linking method, the agreement
    #[command(subcommand)]
    Site(site::SiteCommand),
    /// E-mail domains and their proof
    #[command(subcommand)]
    Domain(domain::DomainCommand),
    /// A site's users
    #[command(subcommand)]
    User(user::UserCommand),
    /// Licences of linked users, as Control Hub's CSV
    #[command(subcommand)]
    Licence(licence::LicenceCommand),
    /// Plans and runs: who is linked, who is e-mailed
    #[command(subcommand)]
    Invite(invite::InviteCommand),
    /// Saved lists of users
    #[command(subcommand)]
    Cohort(cohort::CohortCommand),
    /// What time runs for: deadlines, jobs under way, links that expire
    #[command(subcommand)]
    Timers(timers::TimersCommand),
    /// The record of every change
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Send any request to the backend, for what no command does
    Api(api::ApiArgs),
    /// Copy the backend's database, on its host, while it may be served
    #[command(after_help = "Example:\n  hublink backup /backup/hub-monday.db")]
    Backup(backup::BackupArgs),
    /// Put a copy in the database's place, on its host, with the backend stopped
    #[command(after_help = "Example:\n  hublink restore /backup/hub-monday.db")]
    Restore(backup::RestoreArgs),
    /// Show every key of the wizard, your own included
    Keys,
    /// List the themes in their own colours, and the one in use
    Themes,
    /// Look whether everything works here: terminal, configuration, backend, DNS, mail, database
    Doctor(doctor::DoctorArgs),
    /// Show where hublink keeps its files
    Paths,
    /// Print the OpenAPI document of the backend
    Openapi,
    /// Print a completion script
    #[command(after_help = "Example:\n  hublink completions bash > \
        ~/.local/share/bash-completion/completions/hublink")]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page
    Man {
        /// Print the page of this topic: config, filter, naming, output or exit-codes
        topic: Option<String>,
        /// Write a page for every command and topic into this directory instead
        #[arg(long, conflicts_with = "topic")]
        dir: Option<PathBuf>,
    },
    /// Tell of a command, or of a topic: config, filter, naming, output, exit-codes
    #[command(
        after_help = "Examples:\n  hublink help filter       the filter language of --select \
        and /\n  hublink help exit-codes   what a script compares\n  hublink help invite plan  as \
        hublink invite plan --help"
    )]
    Help {
        /// The topic, or the words of a command
        words: Vec<String>,
    },
}

impl Command {
    /// Whether it writes a document to hand on in this format.
    fn is_written_as(&self, format: Format) -> bool {
        match self {
            Self::Verb(Verb::Invite(invite::InviteCommand::Report { .. })) => true,
            Self::Verb(Verb::Invite(invite::InviteCommand::Announce { .. })) => {
                format == Format::Md
            }
            _ => false,
        }
    }

    /// Whether it does its work with a broken configuration too.
    fn needs_no_settings(&self) -> bool {
        let Self::Verb(verb) = self else { return false };
        let (doctor, paths) = (matches!(verb, Verb::Doctor(_)), matches!(verb, Verb::Paths));
        doctor
            || paths
            || matches!(
                verb,
                Verb::Openapi | Verb::Completions { .. } | Verb::Man { .. } | Verb::Help { .. }
            )
    }
}

/// Parses the command line, does what it says, and tells how it ended.
pub fn run() -> ExitCode {
    if complete::asked() {
        return ExitCode::SUCCESS;
    }
    let cli = match Cli::read(std::env::args_os().collect()) {
        Ok(cli) => cli,
        Err(error) => return unparsed(&error),
    };
    // What runs for long; everything else is done before it would matter.
    if matches!(cli.command, None | Some(Command::Demo(_) | Command::Serve(_))) {
        memory::settle();
    }
    if cli.globals.quiet {
        be_quiet();
    }
    let shape = cli.globals.shape.clone().shape();
    let format = shape.format;
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return ended(Err(Failure::failed(error.to_string())), format),
    };
    let outcome = runtime.block_on(dispatch(cli, shape));
    // A thread that waits for standard input must not keep the program from ending.
    runtime.shutdown_background();
    log::drain();
    ended(outcome, format)
}

async fn dispatch(cli: Cli, shape: Shape) -> Result<(), Failure> {
    let Cli { globals, command, path } = cli;
    let is_one = |command: &Command| command.is_written_as(shape.format);
    if shape.format.is_a_report() && !command.as_ref().is_some_and(is_one) {
        return Err(Failure::usage(
            "only `hublink invite report` is written as md or html, and `hublink invite announce` \
             as md; everything else as table, json or csv",
        ));
    }
    let out = Out::of_process(shape);
    results::check(&path, &out)?;
    let environment = Environment::of_process();
    let new_profile = matches!(command, Some(Command::Verb(Verb::Login(_))));
    let flags = Flags {
        new_profile: new_profile && globals.backend.is_some(),
        backend: globals.backend,
        profile: globals.profile,
        ascii: globals.ascii,
        accessible: globals.accessible,
        no_color: globals.no_color,
        mouse: globals.mouse,
        no_clipboard: globals.no_clipboard,
        no_links: globals.no_links,
    };
    let paths = Paths::of_user().map_err(crate::config::ConfigError::from)?;
    let mut mistakes = Vec::new();
    let settings = match Settings::load(flags.clone(), &environment, paths.clone()) {
        Err(_) if command.as_ref().is_some_and(Command::needs_no_settings) => {
            let (settings, wrong) = Settings::leniently(flags, &environment, paths)?;
            mistakes.extend(wrong.iter().map(ToString::to_string));
            settings
        }
        settings => settings?,
    };
    let sink = if matches!(command, Some(Command::Serve(_))) { Sink::Stderr } else { Sink::File };
    let lost_lines = LostLines::default();
    match log::start(&settings, sink, &lost_lines) {
        Err(error) if command.as_ref().is_some_and(Command::needs_no_settings) => {
            mistakes.push(error.text().trim_start_matches("error: ").trim_end().to_owned());
        }
        started => started?,
    }
    let mut cx = Context {
        lost_lines,
        settings,
        environment,
        out,
        mistakes,
        person: Person::of_process(globals.no_input),
        key: globals.key,
    };
    cx.out.check()?;
    match command {
        None => wizard::run(&mut cx).await,
        Some(Command::Demo(args)) => wizard::demo(args, &mut cx).await,
        Some(Command::Serve(args)) => serve::run(args, &mut cx).await,
        Some(Command::Verb(verb)) => {
            let acting = async move {
                let done = Box::pin(act(verb, &mut cx)).await;
                // What was found is written, also where it ended otherwise than well.
                let written = cx.out.finish();
                done.and(written)
            };
            signals::heeding(Box::pin(acting)).await
        }
    }
}

async fn act(verb: Verb, cx: &mut Context) -> Result<(), Failure> {
    match verb {
        Verb::Login(args) => account::login(args, cx).await,
        Verb::Logout => account::logout(cx).await,
        Verb::Whoami => account::whoami(cx).await,
        Verb::Org(command) => Box::pin(org::run(command, cx)).await,
        Verb::Offer(command) => offer::run(command, cx).await,
        Verb::Person(command) => person::run(command, cx).await,
        Verb::Session(command) => session::run(command, cx).await,
        Verb::Password(command) => password::run(command, cx).await,
        Verb::Token(command) => token::run(command, cx).await,
        Verb::Clock(command) => clock::run(command, cx).await,
        Verb::Trial(command) => trial::run(command, cx).await,
        Verb::Order(command) => order::run(command, cx).await,
        Verb::Setup(command) => setup::run(command, cx).await,
        Verb::Subdomain(command) => subdomain::run(command, cx).await,
        Verb::ContactCenter(command) => contact_center::run(command, cx).await,
        Verb::Welcome(command) => welcome::run(command, cx).await,
        Verb::Site(command) => site::run(command, cx).await,
        Verb::Domain(command) => domain::run(command, cx).await,
        Verb::User(command) => user::run(command, cx).await,
        Verb::Licence(command) => licence::run(command, cx).await,
        Verb::Invite(command) => invite::run(command, cx).await,
        Verb::Cohort(command) => cohort::run(command, cx).await,
        Verb::Timers(command) => timers::run(command, cx).await,
        Verb::Audit(command) => audit::run(command, cx).await,
        Verb::Api(args) => Box::pin(api::run(args, cx)).await,
        Verb::Backup(args) => backup::backup(args, cx).await,
        Verb::Restore(args) => backup::restore(args, cx).await,
        Verb::Keys => local::keys(cx),
        Verb::Themes => themes::run(cx),
        Verb::Doctor(args) => doctor::run(args, cx).await,
        Verb::Paths => local::paths(cx),
        Verb::Openapi => local::openapi(cx),
        Verb::Completions { shell } => local::completions(shell, cx),
        Verb::Man { topic, dir } => local::man(topic.as_deref(), dir, cx),
        Verb::Help { words } => local::help(&words, cx),
    }
}

/// Help and version are results; anything else is told.
fn unparsed(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        let shown = Out::of_process(Shape::default()).help(&error.render());
        return ended(shown, Format::default());
    }
    let text = error.to_string();
    if asks_json(std::env::args_os()) {
        let text = text.trim_start_matches("error: ").trim();
        error_json(&own(of_parser(error.kind()), Exit::Usage, text));
    } else {
        self::error(text.trim_end());
    }
    ExitCode::from(Exit::Usage as u8)
}

fn ended(outcome: Result<(), Failure>, format: Format) -> ExitCode {
    let Err(failure) = outcome else { return ExitCode::SUCCESS };
    let text = failure.text();
    match failure.json() {
        Some(json) if format == Format::Json => error_json(&json),
        _ if text.is_empty() => {}
        _ => error(text.trim_end()),
    }
    ExitCode::from(failure.exit() as u8)
}

#[cfg(test)]
mod tests;
