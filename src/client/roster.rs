//! The roster stream: a million users, usable from the first two hundred on.
//!
//! Owns reading it line by line off the caller's task, resuming after a cut, and telling a whole
//! roster from one that broke off. Must not compute anything of the users: the columns do.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf as _, BytesMut};
use futures_util::{Stream, StreamExt as _};
use tokio::sync::mpsc::{self, Sender};
use tokio::time::Instant;

use super::answer::{Answer, unreachable};
use super::{Client, dice};
use crate::api::call::{ApiError, Request, RosterCall, RosterPart};
use crate::api::roster::{RosterHead, RosterLineRef};
use crate::roster::{Columns, RowIn};

/// The first part has at least so many users.
const FIRST: u32 = 200;
/// Parts are at least so far apart.
const APART: Duration = Duration::from_millis(50);
/// The longest line; the backend refuses longer values on import.
const LINE_BYTES: usize = 64 << 10;
/// How often one roster may be cut at the most.
const CUTS: u32 = 50;

type Part = Result<RosterPart, ApiError>;

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
    head: Option<RosterHead>,
    columns: Columns,
    told: Option<Instant>,
}

impl Loader {
    fn new(client: Client, site: String, parts: Sender<Part>) -> Self {
        Self { client, site, parts, head: None, columns: Columns::new(), told: None }
    }

    async fn run(mut self) {
        let last = self.reach_the_end().await;
        // When the receiver is gone, nobody misses it.
        let _ = self.parts.send(last).await;
    }

    /// Reads on after every cut, as long as it gets anywhere.
    async fn reach_the_end(&mut self) -> Part {
        let mut fruitless = 0;
        for _ in 0..CUTS {
            let before = self.columns.len();
            let cut = match self.pass().await {
                Ok(head) => return Ok(self.part(head, true)),
                Err(cut @ ApiError::Unreachable(_)) => cut,
                Err(error) => return Err(error),
            };
            fruitless = if self.columns.len() > before { 1 } else { fruitless + 1 };
            match self.client.retry.wait(fruitless, None, dice()) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(cut),
            }
        }
        Err(ApiError::Unreachable("the roster breaks off again and again".into()))
    }

    /// One request, from where the last one broke off. `Unreachable` is a cut.
    async fn pass(&mut self) -> Result<RosterHead, ApiError> {
        let after = self.columns.len().checked_sub(1);
        let request = Request::Roster(RosterCall::Stream { site: self.site.clone(), after });
        let wire = request.wire();
        let mut answer = self.client.exchange(&request, &wire, None, &mut None, &mut false).await?;
        let mut rest = BytesMut::new();
        let mut head = None;
        while let Some(chunk) = answer.chunk().await? {
            rest.extend_from_slice(&chunk);
            while let Some(end) = memchr::memchr(b'\n', &rest) {
                let line = rest.split_to(end);
                rest.advance(1);
                match &head {
                    None => head = Some(self.begin(&line, &answer)?),
                    Some(head) => self.push(&line, head, &answer)?,
                }
            }
            if rest.len() > LINE_BYTES {
                return Err(answer.odd("sent a line that is too long"));
            }
            if let Some(head) = &head {
                self.tell(head);
            }
        }
        let Some(head) = head else { return Err(self.cut(None)) };
        if u64::from(self.columns.len()) < head.count {
            return Err(self.cut(Some(head.count)));
        }
        Ok(head)
    }

    /// Takes the first line. Another revision than before the cut starts from the beginning.
    fn begin(&mut self, line: &[u8], answer: &Answer) -> Result<RosterHead, ApiError> {
        let new: RosterHead = serde_json::from_slice(line)
            .map_err(|error| answer.odd(&format!("began a roster with a line that {error}")))?;
        if new.count > u64::from(u32::MAX) {
            return Err(answer.odd("announces more users than any site has"));
        }
        match &self.head {
            // The facts of all users hold at the first moment or later.
            Some(head) if head.revision == new.revision => Ok(head.clone()),
            before => {
                let again = before.is_some();
                self.columns = Columns::new();
                self.head = Some(new.clone());
                if again {
                    // What this answer goes on with belongs to the new revision's later users.
                    return Err(self.cut(Some(new.count)));
                }
                Ok(new)
            }
        }
    }

    fn push(&mut self, line: &[u8], head: &RosterHead, answer: &Answer) -> Result<(), ApiError> {
        let user: RosterLineRef<'_> = serde_json::from_slice(line).map_err(|error| {
            answer.odd(&format!("sent user {} in a line that {error}", self.columns.len()))
        })?;
        if user.n != self.columns.len() || u64::from(user.n) >= head.count {
            return Err(answer.odd(&format!(
                "sent user {} where user {} of {} was due",
                user.n,
                self.columns.len(),
                head.count
            )));
        }
        self.columns.push(&RowIn {
            user_id: &user.id,
            name: &user.name,
            address: &user.mail,
            department: &user.dept,
            state: user.state,
            facts: user.facts,
        });
        Ok(())
    }

    /// Tells how far it has come: early, then at a steady pace, never waiting for the reader.
    fn tell(&mut self, head: &RosterHead) {
        let due = match self.told {
            None => self.columns.len() >= FIRST,
            Some(told) => told.elapsed() >= APART,
        };
        if due && let Ok(place) = self.parts.try_reserve() {
            place.send(Ok(self.part(head.clone(), false)));
            self.told = Some(Instant::now());
        }
    }

    fn part(&self, head: RosterHead, complete: bool) -> RosterPart {
        RosterPart { head, columns: Arc::new(self.columns.clone()), complete }
    }

    fn cut(&self, count: Option<u64>) -> ApiError {
        let path = format!("/v1/sites/{}/roster", self.site);
        let of = count.map(|count| format!(" of {count}")).unwrap_or_default();
        let what = format!("broke off after {}{of} users", self.columns.len());
        unreachable(&self.client.endpoint.named(&path), &what)
    }
}

#[cfg(test)]
mod tests;
