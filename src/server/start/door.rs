//! The port while the backend starts: who knocks is told how far it is, instead of waiting in the
//! dark until they believe that nobody is there.
//!
//! Owns the answer of a backend that is not ready yet. Knows nothing of what is being prepared but
//! the words and numbers of [`Progress`].

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tower::ServiceExt as _;

use crate::api::problem::code;
use crate::server::Progress;
use crate::server::listen::{self, Tls};
use crate::server::refusal::Refusal;
use crate::server::router::front_page;
use crate::server::stop::Stop;

/// Who asks while it starts waits so long: a start that takes no longer is noticed by nobody, and
/// who asks again does not do so in a circle.
const HELD: Duration = Duration::from_millis(500);

/// The backend behind the door, once it is there.
type Ready = watch::Sender<Option<Router>>;

/// A port at which somebody answers from the first moment on.
#[derive(Debug)]
pub struct Door {
    address: SocketAddr,
    ready: Arc<Ready>,
    stop: Stop,
    serving: JoinHandle<()>,
}

impl Door {
    /// Answers at this port: that the backend is starting, until it is [opened](Door::open).
    ///
    /// # Errors
    /// When the system does not tell where the port is.
    pub fn new(listener: TcpListener, tls: Option<Tls>, progress: &Progress) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let ready = Arc::new(Ready::new(None));
        let stop = Stop::default();
        let (behind, progress) = (ready.clone(), progress.clone());
        let app = Router::new()
            .fallback(move |request: Request| pass(request, behind.clone(), progress.clone()));
        let end = stop.clone();
        let serving = tokio::spawn(async move {
            listen::serve(listener, tls, app, &end, listen::Limits::default()).await;
        });
        Ok(Self { address, ready, stop, serving })
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The signal at which nobody is let in any more.
    pub fn stop(&self) -> Stop {
        self.stop.clone()
    }

    /// Lets everybody through to the backend, who waits already first, until the signal; then what
    /// is under way may end.
    pub async fn open(mut self, app: Router) {
        self.ready.send_replace(Some(app));
        // A panic of the accepting task has been told already.
        let _ = (&mut self.serving).await;
    }
}

impl Drop for Door {
    /// A start that failed leaves nobody at its port.
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// On to the backend, as soon as it is there; after a moment, how far it is.
async fn pass(request: Request, ready: Arc<Ready>, progress: Progress) -> Response {
    let app = {
        let mut behind = ready.subscribe();
        let waited = tokio::time::timeout(HELD, behind.wait_for(Option::is_some)).await;
        waited.ok().and_then(Result::ok).and_then(|app| app.clone())
    };
    match app {
        Some(app) => app.oneshot(request).await.into_response(),
        None => starting(&progress, request.method(), request.headers()),
    }
}

/// 503, with how far the start is: for browsers as a page, for programs as a problem.
fn starting(progress: &Progress, method: &Method, headers: &HeaderMap) -> Response {
    let far = progress.told();
    let detail = match (far.step.raw(), far.of) {
        ("", _) => "The backend is starting.".to_owned(),
        (step, 0) => format!("The backend is starting: {step}."),
        (step, of) => format!("The backend is starting: {step}, {} of {of}.", far.done),
    };
    if let Some(page) = front_page::starting(&detail, method, headers) {
        return page;
    }
    let mut refusal = Refusal::new(
        StatusCode::SERVICE_UNAVAILABLE,
        code::UNAVAILABLE,
        detail,
        "Wait a moment; it answers by itself when it is ready.",
    );
    // Waiting is done here already.
    refusal.retry_after = Some(0);
    refusal.problem.starting = Some(far);
    refusal.into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    async fn asked(url: &str) -> (u16, Value) {
        let answer = reqwest::get(url).await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    #[tokio::test]
    async fn issue_10_a_start_tells_how_far_it_is_and_hands_its_port_over() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let progress = Progress::default();
        let door = Door::new(listener, None, &progress).unwrap();
        let url = format!("http://{}/v1/me", door.address());
        let (status, problem) = asked(&url).await;
        assert_eq!((status, &problem["code"]), (503, &code::UNAVAILABLE.into()));
        assert_eq!(problem["detail"], "The backend is starting.");
        progress.begin("loading people", 12_000);
        progress.add(4_000);
        let (_, problem) = asked(&url).await;
        assert_eq!(
            problem["starting"],
            serde_json::json!({ "step": "loading people", "done": 4_000, "of": 12_000 })
        );
        assert_eq!(problem["detail"], "The backend is starting: loading people, 4000 of 12000.");
        // A browser gets a page for people, which comes again by itself.
        let browser = reqwest::Client::new().get(&url).header("accept", "text/html,*/*;q=0.8");
        let page = browser.send().await.unwrap();
        assert_eq!(
            (page.status().as_u16(), &page.headers()["refresh"]),
            (503, &"2".parse().unwrap())
        );
        assert!(page.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
        let text = page.text().await.unwrap();
        assert!(text.contains("loading people, 4000 of 12000"), "{text}");
        // Who waits when it opens is let in, as everybody after.
        let waits = tokio::spawn({
            let url = url.clone();
            async move { asked(&url).await }
        });
        tokio::task::yield_now().await;
        let app = Router::new().fallback(|| async { axum::Json(serde_json::json!({})) });
        let stop = door.stop();
        let serving = tokio::spawn(door.open(app));
        assert_eq!(waits.await.unwrap().0, 200);
        assert_eq!(asked(&url).await.0, 200);
        stop.stop();
        serving.await.unwrap();
    }

    #[tokio::test]
    async fn a_start_that_fails_leaves_nobody_at_its_port() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let door = Door::new(listener, None, &Progress::default()).unwrap();
        let address = door.address();
        drop(door);
        while tokio::net::TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    }
}
