//! The limits of connections, over real sockets.

use std::path::Path;

use axum::routing::get;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinHandle;

use super::*;

struct Running {
    address: SocketAddr,
    stop: Stop,
    serving: JoinHandle<()>,
}

async fn start(app: Router, tls: Option<Tls>, limits: Limits) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, stop) = (listener.local_addr().unwrap(), Stop::default());
    let told = stop.clone();
    let serving = tokio::spawn(async move { serve(listener, tls, app, &told, limits).await });
    Running { address, stop, serving }
}

fn hello() -> Router {
    Router::new().route("/", get(|Peer(peer): Peer| async move { format!("hello {peer}") }))
}

async fn read_all(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut text = String::new();
    let _ = stream.read_to_string(&mut text).await;
    text
}

const CLOSE: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

#[test]
fn section_9_a_backend_takes_all_the_files_that_it_may_have() {
    assert_eq!(files(), getrlimit(Resource::Nofile).maximum);
}

#[tokio::test]
async fn requests_are_answered_and_know_their_peer() {
    let running = start(hello(), None, Limits::default()).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(CLOSE).await.unwrap();
    assert!(read_all(&mut stream).await.ends_with("hello 127.0.0.1"));
}

#[tokio::test]
async fn h4_a_head_that_does_not_come_is_not_waited_for() {
    let limits = Limits { head: Duration::from_millis(100), ..Limits::default() };
    let running = start(hello(), None, limits).await;
    for part in [&b""[..], b"PRI * HT", b"GET / HTTP/1.1\r\nhost:"] {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        stream.write_all(part).await.unwrap();
        // Ends only when the other side hangs up.
        let told = read_all(&mut stream).await;
        assert!(!told.contains("200 OK"), "{told}");
    }
}

#[tokio::test]
async fn h4_who_only_sits_there_shuts_nobody_out() {
    let limits = Limits { connections: 8, ..Limits::default() };
    let running = start(hello(), None, limits).await;
    let mut silent = Vec::new();
    for n in 0..100 {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        let part: &[u8] = match n % 3 {
            0 => b"",
            1 => b"GET / HTTP/1.1\r\nho",
            _ => b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
        };
        stream.write_all(part).await.unwrap();
        silent.push(stream);
    }
    let mut honest = TcpStream::connect(running.address).await.unwrap();
    honest.write_all(CLOSE).await.unwrap();
    assert!(read_all(&mut honest).await.contains("hello"));
}

#[tokio::test]
async fn h4_what_says_nothing_is_ended_in_http_2_too() {
    let limits = Limits { head: Duration::from_millis(200), ..Limits::default() };
    let running = start(hello(), None, limits).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let opened = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    stream.write_all(opened).await.unwrap();
    // Ends only when the other side hangs up.
    let mut all = Vec::new();
    let _ = stream.read_to_end(&mut all).await;
}

#[tokio::test]
async fn stopping_lets_requests_end_and_cuts_those_that_do_not() {
    let limits = Limits { last_requests: Duration::from_millis(200), ..Limits::default() };
    let asked = Arc::new(tokio::sync::Notify::new());
    let (heard, release) = (asked.clone(), Arc::new(tokio::sync::Notify::new()));
    let go = release.clone();
    let app = Router::new()
        .route(
            "/",
            get(move || async move {
                heard.notify_one();
                go.notified().await;
                "done"
            }),
        )
        .route("/ever", get(std::future::pending::<String>));
    let running = start(app, None, limits).await;
    let mut good = TcpStream::connect(running.address).await.unwrap();
    good.write_all(CLOSE).await.unwrap();
    asked.notified().await;
    let mut stuck = TcpStream::connect(running.address).await.unwrap();
    stuck.write_all(b"GET /ever HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    running.stop.stop();
    release.notify_one();
    assert!(read_all(&mut good).await.ends_with("done"));
    tokio::time::timeout(Duration::from_secs(2), running.serving).await.unwrap().unwrap();
    assert!(TcpStream::connect(running.address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn tls_is_spoken_with_the_given_certificate() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server/listen/tests");
    let chain = folder.join("chain.pem");
    let private = private_key();
    let tls = Tls::read(&chain, &private.path().join("key.pem")).unwrap();
    tls.reload().unwrap();
    let running = start(hello(), Some(tls), Limits::default()).await;
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(&chain).unwrap()).unwrap();
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let stream = TcpStream::connect(running.address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream = connector.connect(name, stream).await.unwrap();
    stream.write_all(CLOSE).await.unwrap();
    let text = read_all(&mut stream).await;
    assert!(text.contains("hello"));
    assert!(text.contains("strict-transport-security: max-age=31536000"), "{text}");
}

/// A key as it should be: the one that is checked in can be read by others.
fn private_key() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key.pem");
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/src/server/listen/tests/key.pem"), &key)
        .unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    folder
}

#[test]
fn i16_a_key_that_everybody_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let chain = concat!(env!("CARGO_MANIFEST_DIR"), "/src/server/listen/tests/chain.pem");
    let folder = private_key();
    let key = folder.path().join("key.pem");
    let tls = Tls::read(Path::new(chain), &key).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let refused = Tls::read(Path::new(chain), &key).err().unwrap().to_string();
    assert!(refused.contains("chmod o= "), "{refused}");
    assert!(tls.reload().is_err(), "and what is served stays as it was");
}

#[test]
fn a_bad_certificate_names_the_file() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server/listen/tests");
    let private = private_key();
    let (chain, key) = (folder.join("chain.pem"), private.path().join("key.pem"));
    let error = Tls::read(&chain, &chain).err().unwrap().to_string();
    assert!(error.contains("chain.pem") && error.contains("private key"), "{error}");
    let error = Tls::read(&folder.join("none.pem"), &key).err().unwrap().to_string();
    assert!(error.contains("none.pem"), "{error}");
}
