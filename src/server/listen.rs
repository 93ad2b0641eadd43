//! Accepting connections: HTTP/1.1 and HTTP/2, plain or TLS, with an end to everyone's patience.
//!
//! Owns the limits of a connection (how many, how long a head, a handshake or a silent reader may
//! take) and ending them gracefully. Knows nothing of what is served.

mod opening;
mod patience;
mod seats;
mod sending;
mod tls;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::STRICT_TRANSPORT_SECURITY;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt;

use super::stop::Stop;
use opening::Opening;
use patience::Patient;
use seats::{Seat, Seated, Seats, Under};
use sending::Sending;
pub use tls::{Tls, TlsError};

/// A browser that has come by TLS once comes by nothing else for a year.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");
/// How long to rest when the system has no more files to give.
const OUT_OF_FILES: Duration = Duration::from_millis(200);

/// How much of everyone's patience there is.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at once. When there are more, strangers who only sit there give theirs up.
    pub connections: usize,
    /// How long a request's head may take, an idle connection's next one included.
    pub head: Duration,
    /// How long a TLS handshake may take.
    pub handshake: Duration,
    /// How long a reader may stand still while an answer waits for it.
    pub stalled: Duration,
    /// How long requests under way may take to end when the backend stops.
    pub last_requests: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: places(),
            head: Duration::from_secs(15),
            handshake: Duration::from_secs(10),
            stalled: Duration::from_secs(30),
            last_requests: Duration::from_millis(2_500),
        }
    }
}

/// The most connections at once.
const MOST: usize = 1_024;
/// So many file handles are for all else: the database, mail, DNS.
const OTHER_FILES: u64 = 48;
/// The fewest connections, however few files there may be.
const FEWEST: usize = 8;

/// The fewest files with which everything goes on: a run needs some while every connection is taken.
pub const FEWEST_FILES: u64 = OTHER_FILES + FEWEST as u64;

/// How many files this process may have open: as many as it is allowed to ask for, not only those
/// that a shell gives it at first. `None` without a limit.
pub fn files() -> Option<u64> {
    let files = getrlimit(Resource::Nofile);
    if files.current != files.maximum {
        // Where it is refused, what there was remains.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: files.maximum, ..files });
    }
    getrlimit(Resource::Nofile).current
}

/// As many connections as the system gives files for.
fn places() -> usize {
    let files = getrlimit(Resource::Nofile).current;
    let room = files.map_or(u64::MAX, |files| files.saturating_sub(OTHER_FILES));
    usize::try_from(room).unwrap_or(MOST).clamp(FEWEST, MOST)
}

/// The place of the connection that a request came by; put into each request.
#[derive(Debug, Clone)]
pub struct Place(Arc<Seat>);

impl Place {
    /// Somebody who is signed in uses it: it is not given to a newcomer.
    pub fn keep(&self) {
        self.0.known();
    }
}

/// Who is at the other end; put into each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// Loopback, where there is no network in between.
impl Default for Peer {
    fn default() -> Self {
        Self(IpAddr::V4(Ipv4Addr::LOCALHOST))
    }
}

/// Serves until the stop signal, then lets requests under way end.
pub async fn serve(
    listener: TcpListener,
    tls: Option<Tls>,
    app: Router,
    stop: &Stop,
    limits: Limits,
) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let seats = Seats::new(limits.connections);
    let graceful = GracefulShutdown::new();
    let reloading = tls.clone().map(|tls| tokio::spawn(tls::reloads(tls, stop.clone())));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.wait() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                // The files may be those of people who only sit there.
                seats.shed();
                tokio::time::sleep(OUT_OF_FILES).await;
                continue;
            }
        };
        let Some(seat) = seats.enter(peer.ip().to_canonical()) else {
            tracing::warn!("a connection was turned away: everybody here is signed in");
            continue;
        };
        // Whoever gave a place up has not closed its connection yet.
        let place = tokio::select! {
            place = places.clone().acquire_owned() => place,
            () = stop.wait() => break,
        };
        let (app, tls, watcher) = (app.clone(), tls.clone(), graceful.watcher());
        tokio::spawn(async move {
            let _place = place;
            let talk = Talk { peer, app, watcher, limits, seat: Arc::clone(seat.seat()) };
            talk.until_over(stream, tls, &seat).await;
        });
    }
    drop(listener);
    if let Some(reloading) = reloading {
        reloading.abort();
    }
    if tokio::time::timeout(limits.last_requests, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in time and were cut");
    }
}

/// One connection.
struct Talk {
    peer: SocketAddr,
    app: Router,
    watcher: Watcher,
    limits: Limits,
    seat: Arc<Seat>,
}

impl Talk {
    async fn until_over(self, stream: TcpStream, tls: Option<Tls>, seat: &Seated) {
        let (peer, limits) = (self.peer, self.limits);
        tokio::select! {
            () = self.over(stream, tls) => {}
            why = seat.over(limits.head, limits.stalled) => {
                tracing::debug!(%peer, why, "a connection was ended");
            }
        }
    }

    async fn over(self, stream: TcpStream, tls: Option<Tls>) {
        // Answers are small and awaited; waiting to fill a packet would only delay them.
        let _ = stream.set_nodelay(true);
        let stream = Patient::new(stream, self.limits.stalled);
        let Some(tls) = tls else { return self.http(stream, false).await };
        match tokio::time::timeout(self.limits.handshake, tls.accept(stream)).await {
            Ok(Ok(stream)) => self.http(stream, true).await,
            Ok(Err(error)) => tracing::debug!(peer = %self.peer, %error, "the handshake failed"),
            Err(_) => tracing::debug!(peer = %self.peer, "the handshake took too long"),
        }
    }

    async fn http<S>(self, stream: S, secure: bool)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Self { peer, app, watcher, limits, seat } = self;
        let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer.ip().to_canonical()));
            request.extensions_mut().insert(Place(Arc::clone(&seat)));
            let under = Under::begin(&seat);
            let answer = app.clone().oneshot(request);
            async move {
                let mut response = answer.await?;
                if secure {
                    response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, HSTS);
                }
                Ok::<_, std::convert::Infallible>(response.map(|body| Sending::new(body, under)))
            }
        });
        let mut builder = Builder::new(TokioExecutor::new());
        builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.head).max_headers(64);
        builder
            .http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(limits.head / 2)
            .keep_alive_timeout(limits.head / 2)
            .max_concurrent_streams(64)
            .max_header_list_size(32 * 1024);
        let stream = TokioIo::new(Opening::new(stream, limits.head));
        let connection = builder.serve_connection(stream, service).into_owned();
        if let Err(error) = watcher.watch(connection).await {
            tracing::debug!(%peer, %error, "a connection broke");
        }
    }
}

#[cfg(test)]
mod tests;
