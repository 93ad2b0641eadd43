//! `hublink serve`: the backend.
//!
//! Owns its flags, and that no password stands on a command line. Ends within five seconds of
//! SIGTERM. Must not know what the backend does.

mod public_url;

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use clap::Args;
use ipnet::IpNet;
use tokio::signal::unix::SignalKind;

use super::context::Context;
use super::exit::{Exit, Failure};
use super::grid::{Cell, Column};
use super::output::note;
use super::service::Manager;
use super::signals::listen;
use super::values::{address, holds_password, network, resolver, seconds};
use crate::api::session::Secret;
use crate::config::private_file;
use crate::domain::number::count;
use crate::server::{FirstAdmin, Held, ServeError, ServeOptions, prepare};

/// How the backend runs.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hublink serve                                    on 127.0.0.1:7070, for this machine alone
  hublink serve --world acme.toml --database sqlite:acme.db
  hublink serve --listen 0.0.0.0:443 --public-url https://hub.acme.example \\
    --tls-cert chain.pem --tls-key key.pem \\
    --database sqlite:/var/lib/hublink/hublink.db --mail-from 'Hub <hub@acme.example>'

Environment: HUBLINK_DATABASE and HUBLINK_SMTP hold the URLs where they contain a password;
HUBLINK_SMTP_CA stands for --smtp-ca. With HUBLINK_METRICS_TOKEN, /metrics wants it as a bearer token.
The first start without a world file makes a backend administrator and prints its token, once.
Who has lost it stops the backend and starts it once with --new-admin-token.")]
pub struct ServeArgs {
    /// Where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7070", value_parser = address)]
    listen: SocketAddr,
    /// The database; made where it is missing [default: hublink.db, see `hublink paths`]
    #[arg(long, value_name = "sqlite:PATH")]
    database: Option<String>,
    /// Fill an empty database from this file
    #[arg(long, value_name = "FILE")]
    world: Option<PathBuf>,
    /// The mail server, such as `smtps://mail.acme.example`; without one mails wait
    #[arg(long, value_name = "URL")]
    smtp: Option<String>,
    /// A file that holds the mail server's URL and that only you can read
    #[arg(long, value_name = "FILE", conflicts_with = "smtp")]
    smtp_file: Option<PathBuf>,
    /// The CA that signed the mail server's certificate, PEM; beside those of the system
    #[arg(long, value_name = "FILE")]
    smtp_ca: Option<PathBuf>,
    /// The sender of all mails
    #[arg(long, value_name = "ADDR")]
    mail_from: Option<String>,
    /// A DNS server to ask, such as 9.9.9.9; may be given again [default: the system's]
    #[arg(long = "resolver", value_name = "ADDR", value_parser = resolver)]
    resolvers: Vec<SocketAddr>,
    /// The URL under which people reach the backend, for links in mails; needed with 0.0.0.0
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// A proxy in front, such as 127.0.0.1 or 10.2.0.0/16: its X-Forwarded-For is believed; may be
    /// given again
    #[arg(long = "trusted-proxy", value_name = "ADDR", value_parser = network)]
    proxies: Vec<IpNet>,
    /// How long linking a site takes, in world time, such as 60s
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = seconds)]
    link_delay: u64,
    /// How fast the world clock runs; 1 is real time
    #[arg(long, value_name = "N", default_value_t = 1.0)]
    time_scale: f64,
    /// Let `hublink clock advance` move the world clock; for tests
    #[arg(long)]
    test_clock: bool,
    /// Make another token for the administrator of the first start, and print it, once
    #[arg(long)]
    new_admin_token: bool,
    /// The certificate chain, PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Tell the numbers of /metrics at this address alone, such as 127.0.0.1:9070
    #[arg(long, value_name = "ADDR", value_parser = address)]
    metrics: Option<SocketAddr>,
    /// Allow plain HTTP and SMTP beyond this machine
    #[arg(long)]
    insecure: bool,
}

#[derive(serde::Serialize)]
struct First {
    email: String,
    token: Secret,
}

const FIRST: &[Column<First>] = &[
    Column { name: "email", cell: |first| Cell::plain_text(&first.email) },
    Column { name: "token", cell: |first| Cell::plain_text(first.token.expose()) },
];

/// Runs the backend until SIGTERM or Ctrl-C.
///
/// # Errors
/// Why it could not start, or that it was interrupted.
pub async fn run(args: ServeArgs, cx: &mut Context) -> Result<(), Failure> {
    // SIGHUP keeps its meaning: under nohup it is none.
    let (mut term, mut interrupt) =
        (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
    let prepared = prepare(options(args, cx)?).await.map_err(|error| refused(&error))?;
    if prepared.world_ignored {
        note("The database holds data already; the world file was ignored.");
    }
    if let Some(FirstAdmin { email, token }) = &prepared.first_admin {
        let first = First { email: email.clone(), token: token.clone() };
        cx.out.one(&first, FIRST)?;
        cx.out.finish()?;
        note("This is the backend administrator's token. It is shown this once.");
    }
    if let Some(Held { why, runs, mails }) = prepared.restored {
        note(&format!(
            "This database {}. Nothing is sent by itself: {} held, {} that waited shown as perhaps \
             sent. Go on: hublink invite resume RUN --after-restore, and hublink clock accept",
            why.words(),
            count(runs, "run"),
            count(mails, "mail"),
        ));
    }
    let url = prepared.backend.public_url();
    note(&format!("Serving {url} on {}.", prepared.address()));
    if prepared.first_admin.is_some() {
        note(&format!(
            "Sign in with the token, from another terminal: hublink login --backend {url}"
        ));
    }
    let (tell, told) = tokio::sync::oneshot::channel();
    let manager = Manager::of_process();
    manager.ready();
    let shutdown = async move {
        let exit = tokio::select! {
            _ = term.recv() => Exit::Done,
            _ = interrupt.recv() => Exit::Interrupted,
            () = manager.lives() => Exit::Done,
        };
        manager.stopping();
        let _ = tell.send(exit);
    };
    prepared.serve(Router::new(), shutdown).await.map_err(|error| refused(&error))?;
    match told.await {
        Ok(Exit::Interrupted) => Err(Failure::told(Exit::Interrupted, "stopped")),
        _ => Ok(()),
    }
}

fn options(args: ServeArgs, cx: &Context) -> Result<ServeOptions, Failure> {
    for (flag, url) in [("--smtp", &args.smtp), ("--database", &args.database)] {
        if url.as_deref().is_some_and(holds_password) {
            return Err(Failure::usage(format!(
                "{flag} holds a password, and others on this machine can read command lines; set \
                 HUBLINK_SMTP or HUBLINK_DATABASE, or use --smtp-file with a file of mode 0600"
            )));
        }
    }
    if !(args.time_scale > 0.0 && args.time_scale.is_finite()) {
        return Err(Failure::usage("--time-scale is a number above 0, such as 60"));
    }
    let database =
        match args.database.or_else(|| cx.environment.get("HUBLINK_DATABASE").map(str::to_owned)) {
            Some(database) => database,
            None => own_database(cx)?,
        };
    let smtp = match (args.smtp, args.smtp_file) {
        (Some(url), _) => Some(Secret::new(url)),
        (None, Some(file)) => Some(smtp_of(&file)?),
        (None, None) => cx.environment.secret("HUBLINK_SMTP"),
    };
    let smtp_ca = args.smtp_ca.or_else(|| cx.environment.get("HUBLINK_SMTP_CA").map(PathBuf::from));
    let public_url = args.public_url.map(|url| public_url::read(&url)).transpose();
    let usual = ServeOptions::loopback(database);
    Ok(ServeOptions {
        listen: args.listen,
        world: args.world,
        smtp,
        smtp_ca,
        mail_from: args.mail_from.unwrap_or(usual.mail_from),
        resolvers: args.resolvers,
        public_url: public_url.map_err(Failure::usage)?,
        link_delay: Duration::from_secs(args.link_delay),
        time_scale: args.time_scale,
        test_clock: args.test_clock,
        new_admin_token: args.new_admin_token,
        insecure: args.insecure,
        tls: args.tls_cert.zip(args.tls_key),
        lost_lines: cx.lost_lines.clone(),
        metrics: args.metrics,
        proxies: args.proxies,
        metrics_token: metrics_token(cx)?,
        ..usual
    })
}

/// What `/metrics` wants. A variable that is set and empty names none, and must not mean that anybody
/// may read.
fn metrics_token(cx: &Context) -> Result<Option<Secret>, Failure> {
    const NAME: &str = "HUBLINK_METRICS_TOKEN";
    const SHORTEST: usize = 16;
    let token = cx.environment.secret(NAME).map(|token| Secret::new(token.expose().trim()));
    if token.as_ref().is_some_and(|token| token.expose().len() < SHORTEST) {
        return Err(Failure::usage(format!(
            "{NAME} is short enough to be guessed: give it {SHORTEST} characters or more, such as \
             those of `openssl rand -hex 16`"
        )));
    }
    if token.is_none() && std::env::var_os(NAME).is_some() {
        let why = format!("{NAME} is set, and empty: give it a token, or unset it");
        return Err(Failure::usage(why));
    }
    Ok(token)
}

/// The database of who names none, in a directory that only they can read.
fn own_database(cx: &Context) -> Result<String, Failure> {
    let path = cx.settings.paths.database_file();
    if let Some(dir) = path.parent() {
        private_file::close(dir)?;
    }
    Ok(format!("sqlite:{}", path.display()))
}

/// The mail server's URL, out of a private file.
///
/// # Errors
/// That it cannot be read, or that others can.
pub fn smtp_of(file: &std::path::Path) -> Result<Secret, Failure> {
    let text = private_file::read_secret(file)?
        .ok_or_else(|| Failure::usage(format!("{}: there is no such file", file.display())))?;
    Ok(Secret::new(text.trim()))
}

fn refused(error: &ServeError) -> Failure {
    let exit = match error {
        ServeError::NoPublicUrl(_)
        | ServeError::Plain(_)
        | ServeError::OpenMetrics(_)
        | ServeError::Tls(_)
        | ServeError::World(_)
        | ServeError::Mail(_) => Exit::Usage,
        ServeError::Store(_)
        | ServeError::Database(_)
        | ServeError::FewFiles(_)
        | ServeError::Listen { .. } => Exit::Failed,
    };
    let remedy = match error {
        ServeError::Listen { source, flag, .. } => {
            // The usual port of each, and one beside it.
            let (own, other) = match *flag {
                "--metrics" => ("127.0.0.1:9070", "127.0.0.1:9071"),
                _ => ("127.0.0.1:7070", "127.0.0.1:7071"),
            };
            match source.kind() {
                ErrorKind::AddrInUse => format!(
                    "; something listens there already: end it, or give another port, such as \
                     {flag} {other}"
                ),
                ErrorKind::PermissionDenied => format!(
                    "; ports below 1024 are for the system: give another, such as {flag} {own}"
                ),
                ErrorKind::AddrNotAvailable => {
                    format!(
                        "; this machine has no such address: give one it has, such as {flag} {own}"
                    )
                }
                _ => String::new(),
            }
        }
        _ => String::new(),
    };
    Failure::told(exit, format!("{error}{remedy}"))
}
