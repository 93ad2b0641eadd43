//! The filter above the list, live while one types.
//!
//! Owns its text, what is wrong with it, and the background search for it: narrowed where the
//! filter was typed on, continued where the roster has grown. Must not keep rows: those are the
//! list's.

use std::sync::Arc;

use crossterm::event::KeyEvent;

use super::picks::Picks;
use crate::roster::{Bitmap, Query, QueryError, Search};
use crate::tui::msg::RequestId;
use crate::tui::screen::Cx;
use crate::tui::widget::field::{Field, Kind};

/// The filter.
#[derive(Default)]
pub(super) struct Filter {
    field: Field,
    focused: bool,
    error: Option<QueryError>,
    /// What was asked for last.
    wanted: Query,
    /// What the list shows, and for how many rows of the roster.
    shown: Query,
    covered: u32,
    under_way: Option<(RequestId, Query, u32)>,
}

impl Filter {
    pub fn field(&self) -> &Field {
        &self.field
    }

    pub fn is_focused(&self) -> bool {
        self.focused
    }

    pub fn focus(&mut self, focused: bool) {
        self.focused = focused;
    }

    pub fn error(&self) -> Option<&QueryError> {
        self.error.as_ref()
    }

    pub fn is_empty(&self) -> bool {
        self.field.value().trim().is_empty()
    }

    pub fn wants(&self, key: &KeyEvent) -> bool {
        self.focused && self.field.wants(key)
    }

    pub fn on_text(&mut self, key: &KeyEvent, picks: &mut Picks, cx: &mut Cx<'_>) {
        if self.field.on_key(key) {
            self.changed(picks, cx);
        }
    }

    pub fn paste(&mut self, text: &str, picks: &mut Picks, cx: &mut Cx<'_>) {
        if cx.paste(&mut self.field, text) {
            self.changed(picks, cx);
        }
    }

    pub fn clear(&mut self, picks: &mut Picks, cx: &mut Cx<'_>) {
        self.field = Field::new(Kind::Text);
        self.focused = false;
        self.changed(picks, cx);
    }

    /// Adds a term, such as a facet's.
    pub fn add(&mut self, term: &str, picks: &mut Picks, cx: &mut Cx<'_>) {
        let text = self.field.value().trim();
        let text = if text.is_empty() { term.to_owned() } else { format!("{text} {term}") };
        self.field = Field::with(Kind::Text, &text);
        self.changed(picks, cx);
    }

    fn changed(&mut self, picks: &mut Picks, cx: &mut Cx<'_>) {
        // What cannot be read yet is left out: the list stays of use while one goes on typing.
        let (query, error) = Query::parse_what_reads(self.field.value());
        self.error = error;
        if query != self.wanted {
            self.wanted = query;
            self.search(picks, cx);
        }
    }

    /// The roster has grown; or, when `anew`, it is another one.
    pub fn grew(&mut self, anew: bool, picks: &mut Picks, cx: &mut Cx<'_>) {
        if anew {
            self.covered = 0;
            self.forget(cx);
        }
        self.search(picks, cx);
    }

    /// Looks for the wanted rows that are not shown yet.
    fn search(&mut self, picks: &mut Picks, cx: &mut Cx<'_>) {
        let rows = picks.columns().len();
        let going_on = self.wanted == self.shown;
        if self.wanted.is_empty() {
            self.forget(cx);
            self.arrived(Query::default(), rows, Bitmap::full(rows), picks);
            return;
        }
        let same = self.under_way.as_ref().is_some_and(|(_, query, _)| *query == self.wanted);
        if same || going_on && rows == self.covered {
            return;
        }
        self.forget(cx);
        let columns = Arc::clone(picks.columns());
        let ticked = picks.selection.ticked();
        let search = Search::new(columns, self.wanted.clone(), picks.method(), ticked);
        let known = picks.matches().rows();
        // What depends on the ticks is looked for anew: they may have changed since.
        let search = if going_on {
            search.continuing(known, self.covered)
        } else if self.wanted.narrows(&self.shown) && !self.shown.uses_ticks() {
            search.narrowing(known, self.covered)
        } else {
            search
        };
        self.under_way = Some((cx.search(search), self.wanted.clone(), rows));
    }

    /// Takes the rows found, if they are what is looked for.
    pub fn found(&mut self, id: RequestId, rows: &Bitmap, picks: &mut Picks, cx: &mut Cx<'_>) {
        let Some((_, query, covered)) = self.under_way.take_if(|(mine, _, _)| *mine == id) else {
            return;
        };
        self.arrived(query, covered, rows.clone(), picks);
        self.search(picks, cx);
    }

    fn arrived(&mut self, query: Query, covered: u32, rows: Bitmap, picks: &mut Picks) {
        if query == self.shown && covered >= self.covered && self.covered > 0 {
            picks.extend(rows);
        } else {
            picks.show(rows);
        }
        self.shown = query;
        self.covered = covered;
    }

    fn forget(&mut self, cx: &mut Cx<'_>) {
        if let Some((id, _, _)) = self.under_way.take() {
            cx.cancel(id);
        }
    }
}
