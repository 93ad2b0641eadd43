//! Accepting connections: HTTP/1.1 and HTTP/2, plain or TLS, with an end to everyone's patience.
//!
//! Owns the limits of a connection (how many, how long a head, a handshake or a silent reader may
//! take) and ending them gracefully. Knows nothing of what is served.

mod patience;
mod tls;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt;

use super::stop::Stop;
use patience::Patient;
pub use tls::{Tls, TlsError};

/// Connections at once; more wait in the system's queue.
const CONNECTIONS: usize = 1_024;
/// How long a request's head may take, an idle connection's next one included.
const HEAD: Duration = Duration::from_secs(15);
/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long a reader may stand still while an answer waits for it.
const STALLED: Duration = Duration::from_secs(30);
/// How long requests under way may take to end when the backend stops.
const LAST_REQUESTS: Duration = Duration::from_millis(2_500);
/// How long to rest when the system has no more files to give.
const OUT_OF_FILES: Duration = Duration::from_millis(200);

/// Who is at the other end; put into each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// Serves until the stop signal, then lets requests under way end.
pub async fn serve(listener: TcpListener, tls: Option<Tls>, app: Router, stop: &Stop) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
    loop {
        let place = tokio::select! {
            place = places.clone().acquire_owned() => place,
            () = stop.wait() => break,
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.wait() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(OUT_OF_FILES).await;
                continue;
            }
        };
        let (app, tls, watcher) = (app.clone(), tls.clone(), graceful.watcher());
        tokio::spawn(async move {
            let _place = place;
            connection(stream, peer, tls, app, watcher).await;
        });
    }
    drop(listener);
    if tokio::time::timeout(LAST_REQUESTS, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in time and were cut");
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<Tls>,
    app: Router,
    watcher: Watcher,
) {
    // Answers are small and awaited; waiting to fill a packet would only delay them.
    let _ = stream.set_nodelay(true);
    let stream = Patient::new(stream, STALLED);
    match tls {
        None => talk(stream, peer, app, watcher).await,
        Some(tls) => match tokio::time::timeout(HANDSHAKE, tls.accept(stream)).await {
            Ok(Ok(stream)) => talk(stream, peer, app, watcher).await,
            Ok(Err(error)) => tracing::debug!(%peer, %error, "the TLS handshake failed"),
            Err(_) => tracing::debug!(%peer, "the TLS handshake took too long"),
        },
    }
}

async fn talk<S>(stream: S, peer: SocketAddr, app: Router, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer.ip().to_canonical()));
        app.clone().oneshot(request)
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD).max_headers(64);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(HEAD)
        .keep_alive_timeout(HEAD)
        .max_concurrent_streams(64)
        .max_header_list_size(32 * 1024);
    let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%peer, %error, "a connection broke");
    }
}
