//! A directory elsewhere, over HTTP, with the faults of the public Webex API: 429, lost answers, a
//! POST that answers 400 after it wrote, and times when it cannot be asked at all.
//!
//! Owns its own record of how often each account was written, which the tests compare with ours.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// What it does with one request to link.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    /// Writes, and says so after a while.
    Slow,
    /// Writes and says so once it is let.
    Held,
    /// Takes nothing for a moment.
    TooMany,
    /// Writes, and answers 400.
    BadAfterWriting,
    /// Writes the first half, and the answer is lost.
    HalfAndLost,
    /// Writes nothing, and the answer is lost.
    Lost,
    /// Knows of one among them that another directory has it.
    OneTaken,
    /// Writes, and never answers.
    WritesAndHangs,
    /// Writes, and answers what the provider's side here breaks on.
    WritesAndBreaks,
}

/// The body of both requests.
#[derive(Debug, Serialize, Deserialize)]
pub struct Asked {
    pub as_whom: String,
    pub organization: String,
    pub site: String,
    pub intent: String,
    pub accounts: Vec<String>,
}

#[derive(Default)]
struct Inner {
    script: VecDeque<Act>,
    /// Times it cannot be looked at.
    blind: usize,
    written: BTreeMap<String, usize>,
    /// Accounts that were written while it mails who is added.
    mailed: usize,
    /// Times it does not let its mails be switched on.
    stuck: usize,
    /// What its mails were switched to, one after the other.
    switched: Vec<bool>,
    actors: Vec<String>,
    requests: usize,
    /// How the site's users prove their addresses; none while it cannot tell.
    method: Option<&'static str>,
}

/// The directory. Cheap to clone; all clones are the same.
#[derive(Clone)]
pub struct Elsewhere {
    pub url: String,
    inner: Arc<Mutex<Inner>>,
    asked: Arc<watch::Sender<usize>>,
    is_let: Arc<watch::Sender<bool>>,
    /// Whether it mails who is added, in the whole organization.
    mails: Arc<watch::Sender<bool>>,
}

impl Elsewhere {
    /// One that does these, one a request, and afterwards what it is asked; it can be looked at only
    /// after so many times.
    pub async fn start(script: &[Act], blind: usize) -> Self {
        let inner = Inner { script: script.iter().copied().collect(), blind, ..Inner::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (asked, is_let) = (Arc::default(), Arc::default());
        let mails = Arc::new(watch::Sender::new(true));
        let this = Self { url, inner: Arc::new(Mutex::new(inner)), asked, is_let, mails };
        let app = Router::new().route("/link", post(link)).route("/look", post(look));
        let app = app.route("/mails", post(switch)).route("/method/{site}", get(method));
        let app = app.with_state(this.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        this
    }

    /// How often each account was written.
    pub fn written(&self) -> BTreeMap<String, usize> {
        self.inner.lock().unwrap().written.clone()
    }

    /// As whom it was asked to link.
    pub fn actors(&self) -> Vec<String> {
        self.inner.lock().unwrap().actors.clone()
    }

    /// How many were mailed that they were added.
    pub fn mailed(&self) -> usize {
        self.inner.lock().unwrap().mailed
    }

    /// Whether it mails who is added.
    pub fn mails(&self) -> bool {
        *self.mails.borrow()
    }

    /// What its mails were switched to, one after the other.
    pub fn switched(&self) -> Vec<bool> {
        self.inner.lock().unwrap().switched.clone()
    }

    /// Waits until it mails who is added.
    pub async fn until_it_mails(&self) {
        self.mails.subscribe().wait_for(|mails| *mails).await.unwrap();
    }

    /// It does not let its mails be switched on, so many times.
    pub fn stick(&self, times: usize) {
        self.inner.lock().unwrap().stuck = times;
    }

    /// How the site's users prove their addresses there; it can tell from now on.
    pub fn choose(&self, method: &'static str) {
        self.inner.lock().unwrap().method = Some(method);
    }

    /// Waits until it was asked to link so often.
    pub async fn was_asked(&self, times: usize) {
        self.asked.subscribe().wait_for(|asked| *asked >= times).await.unwrap();
    }

    /// Lets it answer what it holds.
    pub fn go_on(&self) {
        self.is_let.send_replace(true);
    }

    fn write(&self, accounts: &[String]) {
        let mut inner = self.inner.lock().unwrap();
        if self.mails() {
            inner.mailed += accounts.len();
        }
        for account in accounts {
            *inner.written.entry(account.clone()).or_default() += 1;
        }
    }
}

/// Switches its mails, if told to; answers how they stood.
async fn switch(State(elsewhere): State<Elsewhere>, Json(to): Json<Option<bool>>) -> Response {
    let before = elsewhere.mails();
    if let Some(to) = to {
        let mut inner = elsewhere.inner.lock().unwrap();
        if to && inner.stuck > 0 {
            inner.stuck -= 1;
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        inner.switched.push(to);
        elsewhere.mails.send_replace(to);
    }
    Json(before).into_response()
}

/// Tells the method, once it can.
async fn method(State(elsewhere): State<Elsewhere>) -> Response {
    match elsewhere.inner.lock().unwrap().method {
        Some(method) => Json(method).into_response(),
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn lost() -> Response {
    let broken = std::io::Error::other("the line is cut");
    let body = futures_util::stream::iter([Err::<Bytes, _>(broken)]);
    Body::from_stream(body).into_response()
}

async fn link(State(elsewhere): State<Elsewhere>, Json(asked): Json<Asked>) -> Response {
    let act = {
        let mut inner = elsewhere.inner.lock().unwrap();
        inner.requests += 1;
        inner.actors.push(asked.as_whom.clone());
        inner.script.pop_front()
    };
    let all = &asked.accounts;
    if matches!(act, Some(Act::Held)) {
        elsewhere.asked.send_modify(|asked| *asked += 1);
        let _ = elsewhere.is_let.subscribe().wait_for(|is_let| *is_let).await;
    }
    let done = |taken: &[String]| Json(taken.to_vec()).into_response();
    let answer = match act {
        None
        | Some(
            Act::Slow
            | Act::Held
            | Act::BadAfterWriting
            | Act::WritesAndHangs
            | Act::WritesAndBreaks,
        ) => {
            elsewhere.write(all);
            done(&[])
        }
        Some(Act::TooMany) => {
            (StatusCode::TOO_MANY_REQUESTS, [("retry-after-ms", "30")]).into_response()
        }
        Some(Act::HalfAndLost) => {
            elsewhere.write(&all[..all.len() / 2]);
            lost()
        }
        Some(Act::Lost) => lost(),
        Some(Act::OneTaken) => {
            elsewhere.write(&all[1..]);
            done(&all[..1])
        }
    };
    elsewhere.asked.send_modify(|asked| *asked += 1);
    match act {
        Some(Act::Slow) => {
            tokio::time::timeout(Duration::from_millis(20), std::future::pending::<()>())
                .await
                .ok();
            answer
        }
        Some(Act::BadAfterWriting) => StatusCode::BAD_REQUEST.into_response(),
        Some(Act::WritesAndBreaks) => StatusCode::IM_A_TEAPOT.into_response(),
        Some(Act::WritesAndHangs) => std::future::pending().await,
        _ => answer,
    }
}

async fn look(State(elsewhere): State<Elsewhere>, Json(asked): Json<Asked>) -> Response {
    let mut inner = elsewhere.inner.lock().unwrap();
    if inner.blind > 0 {
        inner.blind -= 1;
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let there = |account: &String| inner.written.contains_key(account);
    Json(asked.accounts.into_iter().filter(there).collect::<Vec<_>>()).into_response()
}
