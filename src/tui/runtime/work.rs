//! What the app wished for and is under way: requests, searches, files.
//!
//! Owns the tasks, so that they can be cancelled, and so that what saves answers is brought to its
//! end before the program ends.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::{Letter, files};
use crate::api::call::{Reply, Request};
use crate::api::draft::{Hold, RemoveDraft, SaveDraftCall};
use crate::api::roster::StreamRoster;
use crate::api::session::{SessionGranted, SignOut};
use crate::api::welcome::WelcomeAccepted;
use crate::client::Client;
use crate::config::credentials::{Credential, Credentials};
use crate::roster::{Bitmap, Search, find_addresses, search::Progress};
use crate::tui::effect::Effect;
use crate::tui::msg::{Msg, RequestId};

/// A search looks at so many users before it asks whether it is still wanted.
const STRIDE: u32 = 1 << 16;

/// Everything under way.
pub(super) struct Work {
    client: Client,
    /// Where the session is kept for the next time.
    credentials: Option<Credentials>,
    inbox: Sender<Letter>,
    handle: Handle,
    tasks: HashMap<RequestId, JoinHandle<()>>,
    /// What must come to its end before the program does.
    saving: Vec<JoinHandle<()>>,
    /// The number of the newest search; older ones stop.
    newest_search: Arc<AtomicU64>,
    /// The terminal is gone: files are written at once, on this thread.
    hurried: bool,
}

impl Work {
    pub(super) fn new(
        client: Client,
        credentials: Option<Credentials>,
        inbox: Sender<Letter>,
    ) -> Self {
        Self {
            client,
            credentials,
            inbox,
            handle: Handle::current(),
            tasks: HashMap::new(),
            saving: Vec::new(),
            newest_search: Arc::default(),
            hurried: false,
        }
    }

    /// From now on only what is quick is done.
    pub(super) fn hurry(&mut self) {
        self.hurried = true;
    }

    /// A new session's token is used from the next request on.
    pub(super) fn note(&mut self, reply: &Reply) {
        let accepted = || reply.get::<WelcomeAccepted>()?.session.as_ref();
        let granted = reply.get::<SessionGranted>().or_else(accepted);
        if let Some(granted) = granted
            && let Ok(client) = self.client.with_token(Some(&granted.token))
        {
            self.client = client;
            self.keep(Some(Credential {
                token: granted.token.clone(),
                email: granted.me.email.raw().to_owned(),
                expires_at: granted.expires_at,
            }));
        }
    }

    /// Keeps the session for the next time, or forgets it. Where that fails, one signs in again
    /// next time, and nothing else is lost.
    fn keep(&mut self, credential: Option<Credential>) {
        let Some(credentials) = self.credentials.clone() else { return };
        let backend = self.client.endpoint().as_str().to_owned();
        self.saving.push(self.handle.spawn_blocking(move || {
            let _ = match credential {
                Some(credential) => credentials.put(&backend, credential),
                None => credentials.remove(&backend).map(|_| ()),
            };
        }));
    }

    pub(super) fn execute(&mut self, effect: Effect) {
        match effect {
            Effect::Send { id, request, hold, key } => {
                self.send(id, request, hold.as_deref(), key);
            }
            Effect::Cancel(id) => {
                if let Some(task) = self.tasks.remove(&id) {
                    task.abort();
                }
            }
            Effect::Search { id, search } => self.search(id, *search),
            Effect::Look { id, columns, text } => {
                let inbox = self.inbox.clone();
                self.handle.spawn_blocking(move || {
                    let found = Box::new(find_addresses(&columns, &text));
                    let _ = inbox.send(Letter::Msg(Msg::Looked { id, found }));
                });
            }
            Effect::Read { id, path } => {
                self.file(move || Msg::Read { id, result: files::read(&path) });
            }
            Effect::Write { id, path, bytes } => {
                self.file(move || Msg::Written { id, result: files::write(&path, &bytes) });
            }
            Effect::Remove(path) => {
                self.saving.push(self.handle.spawn_blocking(move || files::remove(&path)));
            }
            Effect::WakeAt(_)
            | Effect::Copy(_)
            | Effect::Notify(_)
            | Effect::Mouse(_)
            | Effect::Redraw
            | Effect::Suspend
            | Effect::Play(_)
            | Effect::Quit { .. } => {}
        }
    }

    fn send(&mut self, id: RequestId, request: Request, hold: Option<&Hold>, key: Option<String>) {
        self.tasks.retain(|_, task| !task.is_finished());
        self.saving.retain(|task| !task.is_finished());
        let (client, inbox) = (self.client.under(hold), self.inbox.clone());
        let keeps = request.is::<SaveDraftCall>() || request.is::<RemoveDraft>();
        if request.is::<SignOut>()
            && let Ok(nobody) = self.client.with_token(None)
        {
            self.client = nobody;
            self.keep(None);
        }
        let task = self.handle.spawn(async move {
            // Without a receiver the program is ending; nobody misses the answer.
            let tell =
                |now, result| inbox.send(Letter::Msg(Msg::Reply { id, now, result })).is_ok();
            if let Some((site, ..)) = request.asked::<StreamRoster>() {
                let mut parts = std::pin::pin!(client.roster(&site));
                while let Some(part) = parts.next().await {
                    if !tell(None, part.map(Reply::of)) {
                        return;
                    }
                }
            } else {
                let (now, result) = client.send_dated(&request, key.as_deref()).await;
                tell(now, result);
            }
        });
        if keeps {
            self.saving.push(task);
        } else {
            self.tasks.insert(id, task);
        }
    }

    /// Searches on a thread of its own; a newer search makes an older one stop.
    fn search(&mut self, id: RequestId, mut search: Search) {
        let inbox = self.inbox.clone();
        let newest = Arc::clone(&self.newest_search);
        let number = newest.fetch_add(1, Ordering::Relaxed) + 1;
        self.handle.spawn_blocking(move || {
            while newest.load(Ordering::Relaxed) == number {
                if let Progress::Done(rows) = search.step(STRIDE) {
                    let rows: Bitmap = rows;
                    let _ = inbox.send(Letter::Msg(Msg::Found { id, rows }));
                    return;
                }
            }
        });
    }

    fn file(&mut self, act: impl FnOnce() -> Msg + Send + 'static) {
        if self.hurried {
            act();
            return;
        }
        let inbox = self.inbox.clone();
        self.saving.push(self.handle.spawn_blocking(move || {
            let _ = inbox.send(Letter::Msg(act()));
        }));
    }

    /// Brings what saves answers to its end, for a while, and drops the rest.
    pub(super) fn finish(self, most: Duration) {
        for task in self.tasks.into_values() {
            task.abort();
        }
        if self.hurried {
            return;
        }
        let until = Instant::now() + most;
        let all = async {
            for task in self.saving {
                let rest = until.saturating_duration_since(Instant::now());
                let _ = tokio::time::timeout(rest, task).await;
            }
        };
        tokio::task::block_in_place(|| self.handle.block_on(all));
    }
}
