//! A list that comes in pages.
//!
//! Owns following the cursors: to the end for lists that are wanted whole, as far as one has gone
//! for those that may be long. What was there stays visible while the list is asked for again.

use super::{Load, Wait};
use crate::api::call::{ApiError, Reply, Request};
use crate::api::page::{Page, PageQuery};
use crate::tui::msg::RequestId;
use crate::tui::screen::Cx;

/// A list that comes in pages.
#[derive(Debug, Clone)]
pub struct Listing<T> {
    request: fn(PageQuery, &str) -> Request,
    /// What the list is about, such as a site; given to `request`.
    subject: String,
    /// Whether all pages are wanted at once.
    whole: bool,
    items: Vec<T>,
    /// The pages of another reading, until they can replace what is shown.
    coming: Option<Vec<T>>,
    next: Option<String>,
    page: Load<Page<T>>,
    came: bool,
}

impl<T: Clone + 'static> Listing<T> {
    /// A list of which all pages are wanted.
    pub fn whole(request: fn(PageQuery, &str) -> Request) -> Self {
        Self {
            request,
            subject: String::new(),
            whole: true,
            items: Vec::new(),
            coming: None,
            next: None,
            page: Load::default(),
            came: false,
        }
    }

    /// A list about something, of which all pages are wanted.
    pub fn whole_of(request: fn(PageQuery, &str) -> Request, subject: &str) -> Self {
        Self { subject: subject.to_owned(), ..Self::whole(request) }
    }

    /// A list about something, read as far as one goes.
    pub fn window(request: fn(PageQuery, &str) -> Request, subject: &str) -> Self {
        Self { subject: subject.to_owned(), whole: false, ..Self::whole(request) }
    }

    /// Asks for the list from its beginning.
    pub fn ask(&mut self, cx: &mut Cx<'_>) {
        self.coming = Some(Vec::new());
        self.turn(None, cx);
    }

    /// Asks for the next page when the cursor comes near the end of what there is.
    pub fn near(&mut self, at: usize, cx: &mut Cx<'_>) {
        let close = at + 100 >= self.items.len();
        if close
            && !self.page.is_waiting()
            && self.page.error().is_none()
            && let Some(next) = self.next.take()
        {
            self.turn(Some(next), cx);
        }
    }

    fn turn(&mut self, cursor: Option<String>, cx: &mut Cx<'_>) {
        let query = PageQuery { cursor, limit: Some(500) };
        self.page.ask((self.request)(query, &self.subject), cx);
    }

    /// Takes a page that is meant for this; `false` when it is somebody else's.
    pub fn take(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> bool {
        if !self.page.take(id, result) {
            return false;
        }
        let Some(page) = self.page.get().filter(|_| result.is_ok()).cloned() else { return true };
        match &mut self.coming {
            // The first reading shows what has come; a later one replaces the list when whole.
            Some(coming) => coming.extend(page.items),
            None => self.items.extend(page.items),
        }
        self.next = page.next;
        let more = self.whole && self.next.is_some();
        if (!self.came || !more)
            && let Some(coming) = &self.coming
        {
            self.items.clone_from(coming);
        }
        if more {
            let next = self.next.take();
            self.turn(next, cx);
        } else {
            self.coming = None;
            self.came = true;
        }
        true
    }

    /// What there is so far.
    pub fn items(&self) -> &[T] {
        &self.items
    }

    /// Whether nothing was ever asked.
    pub fn is_untouched(&self) -> bool {
        !self.came && self.page.is_untouched()
    }

    /// Whether there is more than what has come.
    pub fn has_more(&self) -> bool {
        self.next.is_some() || self.page.is_waiting()
    }

    /// Whether another reading of the list is under way.
    pub fn is_coming(&self) -> bool {
        self.coming.is_some()
    }

    /// Whether the list came at least once.
    pub fn has_come(&self) -> bool {
        self.came
    }

    /// What went wrong last.
    pub fn error(&self) -> Option<&ApiError> {
        self.page.error()
    }

    /// How long an answer has been awaited.
    pub fn wait(&self, now_ms: u64) -> Option<Wait> {
        self.page.wait(now_ms)
    }
}
