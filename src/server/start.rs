//! Putting the backend together and running it until it is told to stop.
//!
//! Owns the order of starting (database, world, clock, directory, port) and of ending (no new
//! requests, workers, clock, database), which takes less than five seconds.

mod admin;
mod door;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::time::Instant;

use super::auth::attempts::Attempts;
use super::auth::passwords::Passwords;
use super::auth::rates;
use super::auth::uses::{self, Uses};
use super::chores::{Chore, Chores, Looked, Next};
use super::clock::WorldClock;
use super::directory::{Directory, licences};
use super::listen::{self, TlsError};
use super::nodes;
use super::post::smtp::{MailError, Mailer};
use super::post::{self, Post};
use super::refusal::Refusal;
use super::stop::Stop;
use super::store::{self, Hold, Restored, Store, StoreError};
use super::world::{self, WorldError};
use super::{Backend, Progress, ServeOptions, engine, router};
pub use admin::FirstAdmin;
pub use door::Door;

/// How often the world clock is written down.
const SAVE_CLOCK: Duration = Duration::from_secs(10);
/// How often what is kept for a time only is dropped.
const FORGET_OLD: Duration = Duration::from_hours(1);
/// A start has better to do than to read a large database through.
const REST: Duration = Duration::from_secs(3);
/// How long what goes on may take to end, once the signal is given.
const ENDING: Duration = Duration::from_millis(4_200);

/// Why the backend cannot run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The world file.
    #[error("the world file {0}")]
    World(#[from] WorldError),
    /// The database, later.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// The port.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// The flag that named it.
        flag: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// The certificate.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The mail server or the sender.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// Too few files: connections would take those that the database and the mails need.
    #[error(
        "only {0} files may be open at once, and the backend needs {least}: allow more, as with \
         `ulimit -n 1024` or LimitNOFILE= in a service unit",
        least = listen::FEWEST_FILES
    )]
    FewFiles(u64),
    /// Mails would lead nowhere.
    #[error(
        "{0} is every address of this machine, and no link in a mail can lead there: name the URL \
         under which people reach the backend with --public-url, such as https://hub.acme.example"
    )]
    NoPublicUrl(SocketAddr),
    /// Plain HTTP where others could listen in.
    #[error(
        "{0} is not loopback, and plain HTTP would show passwords to the network: \
         give --tls-cert and --tls-key, name the proxy in front with --public-url, \
         or say --insecure"
    )]
    Plain(SocketAddr),
    /// Numbers for everybody.
    #[error(
        "--metrics {0} is not loopback, and would tell its numbers to anybody: \
         set HUBLINK_METRICS_TOKEN, or say --insecure"
    )]
    OpenMetrics(SocketAddr),
}

/// The backend, listening but not serving yet.
pub struct Prepared {
    /// Its parts.
    pub backend: Arc<Backend>,
    /// Made by a first start without a world file, or because another token was asked for.
    pub first_admin: Option<FirstAdmin>,
    /// A world file was named, but there is data already.
    pub world_ignored: bool,
    /// The database was restored, and waits for a human.
    pub restored: Option<Held>,
    door: Door,
    /// Where the numbers are told alone.
    numbers: Option<TcpListener>,
    hold: Hold,
}

/// Opens the database, fills an empty one, and listens.
///
/// # Errors
/// A [`ServeError`] that names what is wrong and what to do.
pub async fn prepare(options: ServeOptions) -> Result<Prepared, ServeError> {
    prepare_with(options, None, &Progress::default()).await
}

/// The same behind a door that stands already: who asks there is told how far it is.
///
/// # Errors
/// As [`prepare`].
pub async fn prepare_behind(
    door: Door,
    progress: &Progress,
    options: ServeOptions,
) -> Result<Prepared, ServeError> {
    prepare_with(options, Some(door), progress).await
}

async fn prepare_with(
    options: ServeOptions,
    door: Option<Door>,
    progress: &Progress,
) -> Result<Prepared, ServeError> {
    if let Some(few) = listen::files().filter(|files| *files < listen::FEWEST_FILES) {
        return Err(ServeError::FewFiles(few));
    }
    let ip = options.listen.ip().to_canonical();
    if ip.is_unspecified() && options.public_url.is_none() {
        return Err(ServeError::NoPublicUrl(options.listen));
    }
    let plain = options.tls.is_none() && options.public_url.is_none() && !options.insecure;
    if plain && !ip.is_loopback() {
        return Err(ServeError::Plain(options.listen));
    }
    if let Some(at) = options.metrics.filter(|at| !at.ip().to_canonical().is_loopback())
        && options.metrics_token.is_none()
        && !options.insecure
    {
        return Err(ServeError::OpenMetrics(at));
    }
    // What cannot send mails is told before anything is made; the post reads it again.
    Mailer::new(&options)?;
    let tls = match &options.tls {
        Some((chain, key)) => Some(listen::Tls::read(chain, key)?),
        None => None,
    };
    // Whatever can fail is done before the first start is marked by its administrator, whose token
    // is told this once.
    let failed = |source| ServeError::Listen { address: options.listen, flag: "--listen", source };
    let door = if let Some(door) = door {
        door
    } else {
        let listener = TcpListener::bind(options.listen).await.map_err(failed)?;
        Door::new(listener, tls, progress).map_err(failed)?
    };
    let address = door.address();
    let numbers = match options.metrics {
        Some(at) => {
            let failed = |source| ServeError::Listen { address: at, flag: "--metrics", source };
            Some(TcpListener::bind(at).await.map_err(failed)?)
        }
        None => None,
    };
    store::expected(&options.database)?;
    let hold = Hold::take(&options.database)?;
    let store = match options.world {
        Some(_) => Store::open_to_fill(&options.database, options.keeping).await?,
        None => Store::open(&options.database).await?,
    };
    engine::imports::RESUMED.recall_unanswered(&store).await?;
    licences::RESUMED.recall_unanswered(&store).await?;
    router::forget_unfinished(&store).await?;
    nodes::end_all(&store).await?;
    let empty = is_empty(&store).await?;
    let world_ignored = options.world.is_some() && !empty;
    let now = match &options.world {
        Some(path) if empty => world::load(&store, path, progress).await?.now,
        _ => None,
    };
    let clock = Arc::new(WorldClock::resume(&store, now, options.time_scale).await?);
    let restored = match store.restored() {
        Some(why) => Some(hold_back(&store, &clock, why).await?),
        None => None,
    };
    clock.save(&store).await?;
    let stop = door.stop();
    let post = Arc::new(Post::new(store.clone(), &options, stop.clone())?);
    let directory = {
        let url = options.url_at(address);
        Arc::new(Directory::new(store.clone(), clock.clone(), &options, &url, post.clone()))
    };
    let first_admin = match &options.world {
        None if empty => Some(admin::first(&store).await?),
        _ if options.new_admin_token => Some(admin::again(&store, clock.now()).await?),
        _ => None,
    };
    let backend = Backend {
        chores: Chores::new(stop.clone(), clock.clone(), store.clone()),
        store,
        clock,
        directory,
        post,
        options,
        address,
        runs: engine::runs::Bell::default(),
        newcomers: engine::newcomers::Turn::default(),
        stop,
        passwords: Passwords::default(),
        attempts: Attempts::default(),
        uses: Uses::default(),
        metrics: router::Metrics::default(),
    };
    let backend = Arc::new(backend);
    Ok(Prepared { backend, first_admin, world_ignored, restored, door, numbers, hold })
}

/// What is held of a restored database.
#[derive(Debug, Clone, Copy)]
pub struct Held {
    /// Why it is taken for one.
    pub why: Restored,
    /// Runs that wait for a human.
    pub runs: u64,
    /// Other mails, which are shown as perhaps sent.
    pub mails: u64,
}

/// A restored database does nothing by itself that may have been done since.
async fn hold_back(store: &Store, clock: &WorldClock, why: Restored) -> Result<Held, ServeError> {
    let mut tx = store.begin().await?;
    let runs = engine::runs::hold(&mut tx).await?;
    let mails = Directory::hold_mails(&mut tx).await?;
    let stamp = store.begin_life(&mut tx).await?;
    tx.commit().await?;
    store.mark(stamp);
    clock.restored();
    tracing::error!(runs, mails, "this database {}; nothing is sent by itself", why.words());
    Ok(Held { why, runs, mails })
}

impl Prepared {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.backend.address
    }

    /// Serves, with `extra` routes beside its own, until `shutdown` is ready; then ends within five
    /// seconds, everything acknowledged being on disk.
    ///
    /// # Errors
    /// When the clock cannot be written down at the end.
    pub async fn serve(
        self,
        extra: Router,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ServeError> {
        let (backend, hold) = (self.backend, self.hold);
        let stop = backend.stop.clone();
        let asked = stop.clone();
        let asking = tokio::spawn(async move {
            tokio::select! {
                () = shutdown => asked.stop(),
                () = asked.wait() => {}
            }
        });
        let chores = &backend.chores;
        engine::start(&backend);
        backend.directory.clone().start(chores);
        let start = |chore: Chore<Backend>| chores.start(backend.clone(), chore);
        start(Chore::new("clock", |b, _| Box::pin(keep_clock(b))).everywhere());
        start(Chore::new("old", |b, _| Box::pin(forget_old(b))).when_sure());
        start(Chore::new("pages", |b, stop| Box::pin(read_through(b, stop))).everywhere());
        start(Chore::new("uses", |b, _| Box::pin(uses::keep_writing(b))).everywhere());
        let app = router::router(backend.clone(), extra);
        // The last requests and what goes on end side by side.
        let ending = async {
            stop.wait().await;
            chores.end(Instant::now() + ENDING).await
        };
        let numbers = async {
            let Some(listener) = self.numbers else { return };
            let app = router::metrics_alone(backend.clone());
            listen::serve(listener, None, app, &stop, listen::Limits::default()).await;
        };
        let ((), (), cut) = tokio::join!(self.door.open(app), numbers, ending);
        if !cut.is_empty() {
            tracing::warn!(?cut, "some tasks did not end in time and were cut");
        }
        asking.abort();
        let uses = backend.uses.write(&backend.store).await;
        let clock = backend.clock.save(&backend.store).await;
        // Whatever could not be written: closing brings what was acknowledged into the database.
        backend.store.close().await;
        hold.release();
        uses?;
        clock?;
        Ok(())
    }
}

/// Writes the clock down now and then, so that a kill loses seconds of world time at the most.
async fn keep_clock(backend: &Backend) -> Looked {
    backend.clock.hear(&backend.store).await?;
    backend.clock.keep(&backend.store).await?;
    if backend.options.demo && !backend.clock.is_sure() {
        backend.clock.accept();
    }
    Ok(Next::within(SAVE_CLOCK))
}

/// Reads all pages of a large database through, once: after a rest, for they come from the same disk as
/// what the first ones who ask are shown.
async fn read_through(backend: &Backend, stop: &Stop) -> Looked {
    if tokio::time::timeout(REST, stop.wait()).await.is_ok() {
        return Ok(Next::rung());
    }
    backend.store.read_through().await.map_err(|error| Refusal::internal(&error))?;
    Ok(Next::rung())
}

/// Drops what is kept for a time only.
async fn forget_old(backend: &Backend) -> Looked {
    router::forget_old(&backend.store).await?;
    engine::imports::forget_old(&backend.store).await?;
    rates::forget_old(&backend.store).await?;
    post::forget_old(&backend.store).await?;
    Ok(Next::within(FORGET_OLD))
}

async fn is_empty(store: &Store) -> Result<bool, sqlx::Error> {
    let rows: i64 = sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM people) + (SELECT count(*) FROM organizations)
              + (SELECT count(*) FROM sites)",
    )
    .fetch_one(&mut *store.read().await?)
    .await?;
    Ok(rows == 0)
}

#[cfg(test)]
mod tests;
