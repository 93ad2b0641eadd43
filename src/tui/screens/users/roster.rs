//! A roster as it comes in, and those of its users who match a filter.
//!
//! Owns the stream and the newest search. What is shown stays until the next result is there.

use crate::api::call::{ApiError, Reply, RosterPart};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::roster::{RosterQuery, StreamRoster};
use crate::domain::linking::LinkingMethod;
use crate::domain::untrusted::Untrusted;
use crate::roster::{Bitmap, Matches, Query, Search};
use crate::tui::load::{Load, Wait};
use crate::tui::msg::RequestId;
use crate::tui::screen::Cx;

/// Rosters up to this size are searched between two keys; larger ones beside them.
const AT_ONCE: u32 = 20_000;

/// A roster and a filter over it.
pub struct Roster {
    site: Untrusted,
    method: Option<LinkingMethod>,
    part: Option<RosterPart>,
    stream: Option<RequestId>,
    /// Only for its waiting and its error: a stream answers several times.
    first: Load<()>,
    query: Query,
    matches: Matches,
    search: Option<RequestId>,
}

impl Roster {
    /// The roster of a site, not asked for yet.
    pub fn new(site: &Untrusted, method: Option<LinkingMethod>) -> Self {
        Self {
            site: site.clone(),
            method,
            part: None,
            stream: None,
            first: Load::default(),
            query: Query::default(),
            matches: Matches::new(Bitmap::new()),
            search: None,
        }
    }

    /// Asks for the roster from its beginning.
    pub fn ask(&mut self, cx: &mut Cx<'_>) {
        if let Some(id) = self.stream.take() {
            cx.cancel(id);
        }
        let call =
            StreamRoster::call(self.site.raw().to_owned(), RosterQuery { after: None }, Nothing);
        self.first.ask(call, cx);
        self.stream = self.first.id();
    }

    /// Whether it was never asked for.
    pub fn is_untouched(&self) -> bool {
        self.stream.is_none() && self.part.is_none() && self.first.is_untouched()
    }

    /// Takes a part of the stream; whether it was meant for this.
    pub fn take(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> bool {
        if self.stream != Some(id) {
            return false;
        }
        self.first.take_by(id, result, |_| Some(()));
        match result.as_ref().map(Reply::get::<RosterPart>) {
            Ok(Some(part)) => {
                if part.complete {
                    self.stream = None;
                }
                self.method = part.head.method.or(self.method);
                self.part = Some(part.clone());
                self.look(cx);
            }
            Ok(None) => {}
            Err(_) => self.stream = None,
        }
        true
    }

    /// Looks for those who match another filter.
    pub fn filter(&mut self, query: Query, cx: &mut Cx<'_>) {
        self.query = query;
        self.look(cx);
    }

    fn look(&mut self, cx: &mut Cx<'_>) {
        let Some(part) = &self.part else { return };
        self.search = None;
        if self.query.is_empty() {
            self.matches = Matches::new(Bitmap::full(part.columns.len()));
            return;
        }
        let columns = part.columns.clone();
        let small = columns.len() <= AT_ONCE;
        let search = Search::new(columns, self.query.clone(), self.method, &Bitmap::new());
        if small {
            self.matches = Matches::new(search.run());
        } else {
            self.search = Some(cx.search(search));
        }
    }

    /// Takes what a search found; whether it was meant for this.
    pub fn found(&mut self, id: RequestId, rows: &Bitmap) -> bool {
        let mine = self.search == Some(id);
        if mine {
            self.search = None;
            self.matches = Matches::new(rows.clone());
        }
        mine
    }

    /// The roster so far.
    pub fn part(&self) -> Option<&RosterPart> {
        self.part.as_ref()
    }

    /// Those who match.
    pub fn matches(&self) -> &Matches {
        &self.matches
    }

    /// The method that outcomes are predicted with.
    pub fn method(&self) -> Option<LinkingMethod> {
        self.method
    }

    /// How many have come, while more are coming.
    pub fn coming(&self) -> Option<u64> {
        let part = self.part.as_ref().filter(|part| !part.complete && self.stream.is_some())?;
        Some(u64::from(part.columns.len()))
    }

    /// How long the first part has been awaited.
    pub fn wait(&self, now_ms: u64) -> Option<Wait> {
        self.first.wait(now_ms)
    }

    /// What went wrong.
    pub fn error(&self) -> Option<&ApiError> {
        self.first.error()
    }
}
