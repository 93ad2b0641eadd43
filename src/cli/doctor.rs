//! `hublink doctor`: what works here, what does not, and what to do about it.
//!
//! Owns the order of the checks and how it ends (3 where something is wrong). It changes nothing,
//! sends no mail, and goes on past whatever is broken: a broken configuration above all.

mod backend;
mod configuration;
mod report;
mod services;
mod terminal;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use self::report::{COLUMNS, Finding, State, told};
use super::context::Context;
use super::exit::{Exit, Failure};
use super::output::note;
use super::standard::notes_are_seen;
use super::values::resolver;

/// What to look at beside the terminal, the configuration and the backend.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hublink doctor                                   this machine, and the way to the backend
  hublink doctor --output json                     for a ticket; holds no secret
  hublink doctor --smtp smtps://mail.acme.example --resolver 9.9.9.9
                                                   what `serve` would be given, before it is

HUBLINK_SMTP and HUBLINK_DATABASE are heeded, as `serve` heeds them. Nothing is changed and no mail
is sent. Ends with 3 where something is wrong.")]
pub struct DoctorArgs {
    /// A DNS server to ask, such as 9.9.9.9; may be given again [default: the system's]
    #[arg(long = "resolver", value_name = "ADDR", value_parser = resolver)]
    resolvers: Vec<SocketAddr>,
    /// The name whose TXT record is looked up
    #[arg(long, value_name = "NAME", default_value = "example.com")]
    look_up: String,
    /// The mail server to say hello to, such as `smtps://mail.acme.example`
    #[arg(long, value_name = "URL")]
    smtp: Option<String>,
    /// A file that holds the mail server's URL and that only you can read
    #[arg(long, value_name = "FILE", conflicts_with = "smtp")]
    smtp_file: Option<PathBuf>,
    /// The CA that signed the mail server's certificate, PEM; beside those of the system
    #[arg(long, value_name = "FILE")]
    smtp_ca: Option<PathBuf>,
    /// The database to look over [default: the one of `hublink paths`]
    #[arg(long, value_name = "sqlite:PATH")]
    database: Option<String>,
}

/// Looks at everything and tells what it found.
///
/// # Errors
/// That something is wrong (exit 3), or that it could not be told.
pub async fn run(args: DoctorArgs, cx: &mut Context) -> Result<(), Failure> {
    if notes_are_seen() {
        note("Looking; what does not answer is waited for 10 seconds.");
    }
    let mut found = terminal::look(cx);
    found.extend(configuration::look(cx));
    let (backend, dns, mail, database) = tokio::join!(
        backend::look(cx),
        services::dns(&args),
        services::mail(&args, cx),
        services::database(&args, cx),
    );
    found.extend(backend.into_iter().chain([dns, mail]).chain(database));
    let width = cx.out.width();
    if cx.out.format() == super::output::Format::Table {
        cx.out.text(&told(&found, width))?;
    } else {
        cx.out.list(found.iter(), COLUMNS)?;
    }
    match found.iter().filter(|finding| finding.state == State::Wrong).count() {
        0 => Ok(()),
        1 => Err(wrong("1 thing is wrong")),
        count => Err(wrong(&format!("{count} things are wrong"))),
    }
}

fn wrong(what: &str) -> Failure {
    Failure::told(Exit::Refused, format!("{what}; the lines above say what to do"))
        .coded("something_wrong")
}

/// A finding of one of the parts.
fn finding(part: &'static str, name: &str, state: State, told: impl Into<String>) -> Finding {
    Finding { part, name: name.to_owned(), state, told: told.into(), remedy: None }
}
