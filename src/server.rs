//! The backend: an engine over its directory, behind an HTTP API (SPEC sections 3 and 8).
//!
//! Owns the parts that handlers and workers share ([`Backend`]); [`prepare`] puts them together and
//! [`Prepared::serve`] serves them. The demo embeds it the same way, with routes of its own. Must
//! not hold rules: those are `domain`'s.

pub mod audit;
pub mod auth;
pub mod chores;
pub mod clock;
pub mod directory;
pub mod engine;
#[cfg(test)]
pub(crate) mod fixture;
pub mod listen;
pub mod nodes;
pub mod paging;
pub mod post;
mod progress;
pub mod provider;
pub mod refusal;
pub mod router;
pub mod start;
pub mod stop;
pub mod store;
pub mod world;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ipnet::IpNet;

use crate::api::session::Secret;
use auth::attempts::Attempts;
use auth::passwords::Passwords;
use auth::uses::Uses;
use chores::Chores;
use clock::WorldClock;
use directory::Directory;
use post::Post;
pub use progress::Progress;
use provider::Provider;
use provider::reference::Reference;
use router::Metrics;
pub use start::{Door, FirstAdmin, Held, Prepared, ServeError, prepare, prepare_behind};
use stop::Stop;
use store::{Keeping, Store};

/// How the backend is to run (SPEC section 7, `serve`).
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// Where to listen.
    pub listen: SocketAddr,
    /// `sqlite:PATH`.
    pub database: String,
    /// The world an empty database is filled from.
    pub world: Option<PathBuf>,
    /// `smtp://` or `smtps://` with credentials if need be; absent: mails are deferred.
    pub smtp: Option<Secret>,
    /// CAs whose word is taken for the mail server's certificate, beside the system's; PEM.
    pub smtp_ca: Option<PathBuf>,
    /// The sender of all mails.
    pub mail_from: String,
    /// DNS servers to ask; none: the system's.
    pub resolvers: Vec<SocketAddr>,
    /// The URL under which people reach the backend, for links in mails.
    pub public_url: Option<String>,
    /// How long a link job takes, in world time (rule L7).
    pub link_delay: Duration,
    /// What does there what is decided here.
    pub provider: Arc<dyn Provider>,
    /// How fast the world clock runs.
    pub time_scale: f64,
    /// Whether the world clock may be advanced through the API.
    pub test_clock: bool,
    /// Make another token for the backend administrator of the first start.
    pub new_admin_token: bool,
    /// Allow plain HTTP and SMTP beyond loopback.
    pub insecure: bool,
    /// Certificate chain and key, PEM.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Whether this is the demo.
    pub demo: bool,
    /// Whether its data outlives it.
    pub keeping: Keeping,
    /// Counts the lines of the log that could not be written.
    pub lost_lines: LostLines,
    /// Where `/metrics` is alone; absent: beside everything else.
    pub metrics: Option<SocketAddr>,
    /// What `/metrics` wants as a bearer token.
    pub metrics_token: Option<Secret>,
    /// The proxies in front, whose word on who asks is believed.
    pub proxies: Vec<IpNet>,
}

/// How many lines of the log could not be written. Cheap to clone; all clones count together.
#[derive(Debug, Clone, Default)]
pub struct LostLines(Arc<AtomicU64>);

impl LostLines {
    /// One more.
    pub fn count(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// How many so far.
    pub fn so_far(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl ServeOptions {
    /// Loopback, a free port, no world, no mail: the start for tests and the demo.
    pub fn loopback(database: impl Into<String>) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            database: database.into(),
            world: None,
            smtp: None,
            smtp_ca: None,
            mail_from: "Control Hub <no-reply@hublink.example>".into(),
            resolvers: Vec::new(),
            public_url: None,
            link_delay: Duration::from_mins(1),
            provider: Arc::new(Reference),
            time_scale: 1.0,
            test_clock: false,
            new_admin_token: false,
            insecure: false,
            tls: None,
            demo: false,
            keeping: Keeping::Kept,
            lost_lines: LostLines::default(),
            metrics: None,
            metrics_token: None,
            proxies: Vec::new(),
        }
    }

    /// The URL under which people reach the backend that listens here, without a slash at its end.
    pub fn url_at(&self, address: SocketAddr) -> String {
        match &self.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None if self.tls.is_some() => format!("https://{address}"),
            None => format!("http://{address}"),
        }
    }
}

/// The backend's parts, shared by all handlers and workers.
pub struct Backend {
    /// The database.
    pub store: Store,
    /// The world clock.
    pub clock: Arc<WorldClock>,
    /// The directory.
    pub directory: Arc<Directory>,
    /// The outbox, and the way to the mail server.
    pub post: Arc<Post>,
    /// How it runs.
    pub options: ServeOptions,
    /// Where it listens; the port is the real one.
    pub address: SocketAddr,
    /// Wakes the run workers and the watchers of runs.
    pub runs: engine::runs::Bell,
    /// One plan of newcomers is made at a time.
    pub newcomers: engine::newcomers::Turn,
    /// Given when the backend shall end.
    pub stop: Stop,
    /// Runs what goes on by itself.
    pub chores: Chores,
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// Counts failed attempts to sign in.
    pub attempts: Attempts,
    /// When sessions and tokens were used last.
    pub uses: Uses,
    /// Counts requests.
    pub metrics: Metrics,
}

impl Backend {
    /// The URL under which people reach the backend, without a slash at its end.
    pub fn public_url(&self) -> String {
        self.options.url_at(self.address)
    }
}
