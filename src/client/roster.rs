//! The roster in blocks: a million users, usable from the first block on.
//!
//! Owns reading it off the caller's task, going on after a cut with the parts that are wanted still,
//! and keeping what was read: opening it again asks only for what has changed. Must not compute
//! anything of the users: the columns do, and what is [`Held`] folds facts.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::{Stream, StreamExt as _};
use tokio::sync::mpsc::{self, Sender};
use tokio::time::Instant;

use self::held::Held;
use super::answer::{Answer, unreachable};
use super::{Client, dice};
use crate::api::blocks::{Frame, Frames, Kind};
use crate::api::call::{ApiError, RosterPart};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::roster::{BlocksQuery, RosterHead, StreamBlocks};

mod held;

/// Parts are at least so far apart.
const APART: Duration = Duration::from_millis(50);
/// How often one roster may be cut, or have changed again, at the most.
const CUTS: u32 = 50;

type Part = Result<RosterPart, ApiError>;

/// The roster that was read last, with its site.
#[derive(Clone, Default)]
pub(super) struct Last(Arc<Mutex<Option<(String, Held)>>>);

impl Last {
    /// What is held of a site, for whoever reads it now.
    fn take(&self, site: &str) -> Held {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.take().filter(|(of, _)| of == site).map(|(_, held)| held).unwrap_or_default()
    }

    fn put(&self, site: &str, held: Held) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *last = Some((site.to_owned(), held));
    }
}

impl Client {
    /// Reads a site's roster in the background. Several parts come, each with all users so far;
    /// the last one is `complete`, or an error. Dropping the stream ends the reading.
    pub fn roster(&self, site: &str) -> impl Stream<Item = Part> + Send + use<> {
        let (sender, receiver) = mpsc::channel(1);
        let loader = Loader::new(self.clone(), site.to_owned(), sender.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = sender.closed() => {}
                () = loader.run() => {}
            }
        });
        futures_util::stream::unfold(receiver, |mut receiver| async {
            receiver.recv().await.map(|part| (part, receiver))
        })
        .fuse()
    }

    /// Reads a site's whole roster.
    ///
    /// # Errors
    /// [`ApiError`], also when the roster stays incomplete.
    pub async fn whole_roster(&self, site: &str) -> Result<RosterPart, ApiError> {
        let mut parts = std::pin::pin!(self.roster(site));
        while let Some(part) = parts.next().await {
            match part {
                Ok(part) if part.complete => return Ok(part),
                Ok(_) => {}
                Err(error) => return Err(error),
            }
        }
        Err(ApiError::Unreachable("the roster was not read to its end".into()))
    }
}

/// A roster on its way in.
struct Loader {
    client: Client,
    site: String,
    parts: Sender<Part>,
    held: Held,
    told: Option<Instant>,
}

impl Loader {
    fn new(client: Client, site: String, parts: Sender<Part>) -> Self {
        let mut held = client.last.take(&site);
        held.begin();
        Self { client, site, parts, held, told: None }
    }

    async fn run(mut self) {
        let last = self.reach_the_end().await;
        let Self { client, site, parts, held, .. } = self;
        client.last.put(&site, held);
        // When the receiver is gone, nobody misses it.
        let _ = parts.send(last).await;
    }

    /// Reads on after every cut, as long as it gets anywhere.
    async fn reach_the_end(&mut self) -> Part {
        let mut fruitless = 0;
        for _ in 0..CUTS {
            let mut taken = false;
            let cut = match self.pass(&mut taken).await {
                Ok(head) if self.held.is_whole() => return Ok(self.part(head, true)),
                Ok(_) if taken => continue,
                Ok(head) => self.cut(Some(head.count)),
                Err(cut @ ApiError::Unreachable(_)) => cut,
                Err(error) => return Err(error),
            };
            fruitless = if taken { 1 } else { fruitless + 1 };
            match self.client.retry.wait(fruitless, None, dice()) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(cut),
            }
        }
        Err(ApiError::Unreachable("the roster breaks off again and again".into()))
    }

    /// One request, for what is wanted still. `Unreachable` is a cut.
    async fn pass(&mut self, taken: &mut bool) -> Result<RosterHead, ApiError> {
        let (text, kept) = self.held.wanted();
        let request = StreamBlocks::call(self.site.clone(), BlocksQuery { text, kept }, Nothing);
        let mut answer = self.client.exchange(&request, None, &mut None, &mut false).await?;
        let mut frames = Frames::default();
        let mut begun = false;
        while let Some(chunk) = answer.chunk().await? {
            frames.push(&chunk);
            while let Some(frame) = frames.take().map_err(|error| odd(&answer, &error))? {
                if begun == (frame.kind == Kind::Manifest) {
                    return Err(answer.odd("sent the parts of a roster out of order"));
                }
                *taken |= self.take(&frame, &answer)?;
                begun = true;
                self.tell();
            }
        }
        let head = self.held.head().cloned();
        let Some(head) = head.filter(|_| begun) else { return Err(self.cut(None)) };
        if frames.is_torn() {
            return Err(self.cut(Some(head.count)));
        }
        self.held.fold().map_err(|error| odd(&answer, &error))?;
        Ok(head)
    }

    /// Takes one frame; says whether it brought the roster on.
    fn take(&mut self, frame: &Frame, answer: &Answer) -> Result<bool, ApiError> {
        if frame.kind != Kind::Manifest {
            return self.held.part(frame).map_err(|error| odd(answer, &error));
        }
        let manifest = serde_json::from_slice(&frame.bytes)
            .map_err(|error| answer.odd(&format!("began a roster with a head that {error}")))?;
        let first = self.held.head().is_none();
        self.held.manifest(manifest).map_err(|error| odd(answer, &error))?;
        Ok(first)
    }

    /// Tells how far it has come: at once, then at a steady pace, never waiting for the reader. A
    /// list that was whole is not shown in pieces.
    fn tell(&mut self) {
        let due = self.told.is_none_or(|told| told.elapsed() >= APART);
        if !due || self.held.quiet || self.held.columns().is_empty() {
            return;
        }
        if let (Some(head), Ok(place)) = (self.held.head(), self.parts.try_reserve()) {
            place.send(Ok(self.part(head.clone(), false)));
            self.told = Some(Instant::now());
        }
    }

    fn part(&self, head: RosterHead, complete: bool) -> RosterPart {
        RosterPart { head, columns: Arc::new(self.held.columns().clone()), complete }
    }

    fn cut(&self, count: Option<u64>) -> ApiError {
        let path = format!("/v1/sites/{}/roster/blocks", self.site);
        let of = count.map(|count| format!(" of {count}")).unwrap_or_default();
        let what = format!("broke off after {}{of} users", self.held.columns().len());
        unreachable(&self.client.endpoint.named(&path), &what)
    }
}

fn odd(answer: &Answer, error: &dyn std::fmt::Display) -> ApiError {
    answer.odd(&format!("sent what is no roster: {error}"))
}

#[cfg(test)]
mod tests;
