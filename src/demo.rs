//! The demo: the real backend on a loopback port, with a small fictional world around it.
//!
//! Owns putting world, DNS, mail sink and backend together ([`start`]) and taking them down. It
//! never touches the network, nor a file outside its own folder. Must not know the interface that
//! is run against it.

pub mod browser;
pub mod dns;
pub mod feed;
pub mod folder;
pub mod mail;
pub mod people;
pub mod recording;
pub mod routes;
pub mod tour;
pub mod world;

use std::io;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

use crate::api::demo::DemoPerson;
use crate::api::session::Secret;
use crate::server::auth::tokens;
use crate::server::store::{Keeping, new_secret};
use crate::server::{Backend, Door, Prepared, Progress, ServeError, ServeOptions, prepare_behind};
use browser::{Browser, BrowserError};
use dns::Zone;
use dns::serve::Sockets;
use folder::Folder;
use mail::Outbox;
use mail::serve::Sink;
use people::People;
use routes::Parts;
use world::{WorldError, WorldOptions};

/// As whom one begins: the full administrator of the main organization.
pub const FIRST_PERSON: &str = "fay@acme.example";
/// The database's name in the demo's folder.
const DATABASE: &str = "demo.db";
/// The label of the tokens that a start makes.
const LABEL: &str = "demo";
/// The label of those that the demo's world files had once.
const OLD_LABEL: &str = "world file";
/// Where a secret is cut for a password: enough is left, and it can be typed.
const PASSWORD_FROM: usize = 41;

/// How the demo is to run.
#[derive(Debug, Clone, Default)]
pub struct DemoOptions {
    /// What the world is made from; not used where the folder has data already.
    pub world: WorldOptions,
    /// Where to keep the data; absent: in a folder that goes at the end.
    pub data: Option<PathBuf>,
}

/// Why the demo cannot run.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The folder.
    #[error("the demo's folder: {0}")]
    Folder(#[source] io::Error),
    /// A loopback port.
    #[error("the demo needs ports of 127.0.0.1: {0}")]
    Port(#[source] io::Error),
    /// The world.
    #[error(transparent)]
    World(#[from] WorldError),
    /// The backend.
    #[error(transparent)]
    Backend(#[from] ServeError),
    /// The browser.
    #[error("the demo's browser cannot be made: {0}")]
    Browser(#[from] BrowserError),
    /// A part of it panicked.
    #[error("the demo has stopped: {0}")]
    Stopped(#[from] tokio::task::JoinError),
    /// The world lacks its first person.
    #[error("the demo's world has nobody named {FIRST_PERSON}")]
    NobodyFirst,
}

/// A running demo. Its ports are taken from the first moment on: who asks before the world is
/// loaded waits a moment and is answered.
#[derive(Debug)]
pub struct Demo {
    /// Where the backend is.
    pub url: String,
    /// The first person's token; made at each start, as all of them.
    pub token: Secret,
    /// The demo's key, for listing whom one can be (`api::demo::KEY_HEADER`).
    pub key: Secret,
    /// The one folder the demo writes to; whoever runs against it keeps its own files there too.
    pub folder: PathBuf,
    end: Option<oneshot::Sender<()>>,
    running: JoinHandle<Result<(), DemoError>>,
}

/// Starts the demo.
///
/// # Errors
/// When there is no folder or no port; what goes wrong later is told by [`Demo::ended`].
pub async fn start(options: DemoOptions) -> Result<Demo, DemoError> {
    let people = world::people()?;
    let first = people.iter().find(|person| person.email.raw() == FIRST_PERSON);
    let token = first.ok_or(DemoError::NobodyFirst)?.token.clone();
    let folder = match &options.data {
        Some(path) => Folder::kept(path),
        None => Folder::fresh(),
    };
    let folder = folder.map_err(DemoError::Folder)?;
    let ports = Ports::take().await.map_err(DemoError::Port)?;
    let url = ports.url.clone();
    let path = folder.path().to_owned();
    let (end, ending) = oneshot::channel();
    let keys = Keys { people, key: Secret::new(new_secret("demo")) };
    let key = keys.key.clone();
    let keeping = if options.data.is_some() { Keeping::Kept } else { Keeping::Fleeting };
    let running = tokio::spawn(async move {
        let run = run(ports, folder.path(), (options.world, keeping), keys, ending).await;
        drop(folder);
        run
    });
    Ok(Demo { url, token, key, folder: path, end: Some(end), running })
}

impl Demo {
    /// Waits until the demo ends by itself: when it cannot load, or a part of it breaks.
    ///
    /// # Errors
    /// Why it ended.
    pub async fn ended(&mut self) -> Result<(), DemoError> {
        (&mut self.running).await?
    }

    /// Ends it: requests under way finish, the ports are given back, a fresh folder is removed.
    ///
    /// # Errors
    /// When the data could not be written down.
    pub async fn stop(mut self) -> Result<(), DemoError> {
        if let Some(end) = self.end.take() {
            // Whoever does not listen any more has ended already.
            let _ = end.send(());
        }
        self.running.await?
    }
}

/// The three ports of the demo.
struct Ports {
    http: TcpListener,
    url: String,
    dns: Sockets,
    sink: Sink,
}

impl Ports {
    async fn take() -> io::Result<Self> {
        let http = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", http.local_addr()?);
        Ok(Self { http, url, dns: Sockets::bind().await?, sink: Sink::bind().await? })
    }
}

async fn run(
    ports: Ports,
    folder: &Path,
    (world, keeping): (WorldOptions, Keeping),
    keys: Keys,
    ending: oneshot::Receiver<()>,
) -> Result<(), DemoError> {
    let mail_key = Secret::new(new_secret("demo"));
    // Whoever asks is told how the world comes on.
    let progress = Progress::default();
    let door = Door::new(ports.http, None, &progress).map_err(DemoError::Port)?;
    let mut options = options(folder, world, &progress).await?;
    options.keeping = keeping;
    let (user, secret) = (mail::session::USER, mail_key.expose());
    options.smtp = Some(Secret::new(format!("smtp://{user}:{secret}@{}", ports.sink.address())));
    options.resolvers = vec![ports.dns.address()];
    options.public_url = Some(ports.url.clone());
    let prepared = prepare_behind(door, &progress, options).await?;
    keys.put(&prepared.backend).await?;
    let clock = prepared.backend.clock.clone();
    let outbox = Arc::new(Outbox::new(Box::new(move || clock.now())));
    let zone = Arc::new(Zone::default());
    let mut around = JoinSet::new();
    around.spawn(ports.dns.serve(zone.clone()));
    around.spawn(ports.sink.serve(outbox.clone(), mail_key));
    around.spawn(feed::run(prepared.backend.clone(), world.seed));
    let browser = Browser::new(&ports.url)?;
    let Keys { people, key } = keys;
    let people = People::new(prepared.backend.clone(), people);
    let password = Secret::new(new_secret("demo").split_off(PASSWORD_FROM));
    let parts = Parts { people, outbox, zone, browser, key, password };
    serve(prepared, routes::routes(parts), ending).await
}

/// The secrets of this start: other users of the host can reach the ports, and have none of them.
struct Keys {
    people: Vec<DemoPerson>,
    key: Secret,
}

impl Keys {
    /// Makes the people's tokens good, and none of an earlier start or of the world file.
    async fn put(&self, backend: &Backend) -> Result<(), DemoError> {
        let mut tx = backend.store.begin().await.map_err(ServeError::from)?;
        let secrets: Vec<(&str, &Secret)> =
            self.people.iter().map(|person| (person.email.raw(), &person.token)).collect();
        tokens::replace(&mut tx, OLD_LABEL, &[]).await.map_err(ServeError::from)?;
        tokens::replace(&mut tx, LABEL, &secrets).await.map_err(ServeError::from)?;
        tx.commit().await.map_err(ServeError::from)?;
        Ok(())
    }
}

async fn serve(
    prepared: Prepared,
    routes: Router,
    ending: oneshot::Receiver<()>,
) -> Result<(), DemoError> {
    // A sender that is dropped has lost interest: that ends the demo too.
    let end = async move {
        let _ = ending.await;
    };
    Ok(prepared.serve(routes, end).await?)
}

/// The backend's options; writes the world where there is none yet. A database with data ignores
/// the world.
async fn options(
    folder: &Path,
    world: WorldOptions,
    progress: &Progress,
) -> Result<ServeOptions, DemoError> {
    let mut options = ServeOptions::loopback(format!("sqlite:{}", folder.join(DATABASE).display()));
    // The world file is the last to be written: where it is, the world is whole.
    let file = folder.join(world::FILE);
    if !file.exists() {
        let (folder, progress) = (folder.to_owned(), progress.clone());
        tokio::task::spawn_blocking(move || world::write(&folder, world, &progress)).await??;
    }
    options.world = Some(file);
    options.test_clock = true;
    options.demo = true;
    Ok(options)
}

#[cfg(test)]
mod mix_tests;
#[cfg(test)]
mod tests;
