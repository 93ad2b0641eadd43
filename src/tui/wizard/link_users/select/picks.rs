//! The users in the list, and who of them is ticked.
//!
//! Owns the roster as far as it has come, the rows that match, the cursor, the range and the
//! ticks, and keeps the consequences in step with them. Must not ask for anything: what comes is
//! handed in.

use std::sync::Arc;

use super::widths::Needs;
use crate::api::call::RosterPart;
use crate::domain::linking::LinkingMethod;
use crate::roster::{Bitmap, Columns, Matches, Row, Selection, Tally, rest, tally};
use crate::tui::widget::rows::{Cursor, Motion};

/// Users and ticks.
#[derive(Default)]
pub(super) struct Picks {
    part: Option<RosterPart>,
    none: Arc<Columns>,
    method: Option<LinkingMethod>,
    pub selection: Selection,
    matches: Matches,
    pub cursor: Cursor,
    range: Option<Range>,
    tally: Tally,
    /// How wide the columns are: told when the roster comes, not at every key.
    needs: Option<Needs>,
}

/// A range under way: its rows are ticked as it grows, all as one change.
#[derive(Debug, Clone, Copy)]
struct Range {
    anchor: usize,
    /// Begun by a key of its own: every movement extends it.
    sticky: bool,
    /// It has ticked something: a change to be replaced by the next extent.
    ticked: bool,
}

impl Picks {
    /// Takes the roster as far as it has come.
    pub fn take(&mut self, part: RosterPart, method: Option<LinkingMethod>) {
        self.needs = Some(Needs::of(&part.columns));
        self.part = Some(part);
        self.method = method;
        self.count();
    }

    pub fn part(&self) -> Option<&RosterPart> {
        self.part.as_ref()
    }

    pub fn columns(&self) -> &Arc<Columns> {
        self.part.as_ref().map_or(&self.none, |part| &part.columns)
    }

    /// How wide the columns of the list are.
    pub fn needs(&self) -> Needs {
        self.needs.unwrap_or_else(|| Needs::of(&self.none))
    }

    pub fn method(&self) -> Option<LinkingMethod> {
        self.method
    }

    pub fn matches(&self) -> &Matches {
        &self.matches
    }

    /// Shows these rows; the cursor stays on its user, else on the nearest after it.
    pub fn show(&mut self, rows: Bitmap) {
        let user = self.matches.nth(self.cursor.at);
        let offset = self.cursor.at - self.cursor.top.min(self.cursor.at);
        self.matches = Matches::new(rows);
        self.range = None;
        if let Some(user) = user {
            self.cursor.at = self.matches.rank(user);
            self.cursor.top = self.cursor.at.saturating_sub(offset);
        }
    }

    /// Shows more of the same list.
    pub fn extend(&mut self, rows: Bitmap) {
        self.matches = Matches::new(rows);
    }

    /// The user under the cursor.
    pub fn focused(&self) -> Option<Row<'_>> {
        self.matches.nth(self.cursor.at).and_then(|row| self.columns().row(row))
    }

    pub fn is_ranging(&self) -> bool {
        self.range.is_some_and(|range| range.sticky)
    }

    /// The places in the range.
    pub fn in_range(&self, place: usize) -> bool {
        self.range.is_some_and(|range| {
            let (a, b) = (range.anchor, self.cursor.at);
            (a.min(b)..=a.max(b)).contains(&place)
        })
    }

    pub fn go(&mut self, motion: Motion, height: usize) {
        self.cursor.go(motion, self.matches.len(), height);
        match self.range {
            Some(range) if range.sticky => self.grow(range),
            _ => self.range = None,
        }
    }

    pub fn clamp(&mut self, height: usize) {
        self.cursor.clamp(self.matches.len(), height);
    }

    /// Begins a range, or ends it.
    pub fn range(&mut self) {
        match self.range {
            Some(range) if range.sticky => self.range = None,
            _ => self.begin(true),
        }
    }

    /// Moves and extends the range.
    pub fn range_on(&mut self, motion: Motion, height: usize) {
        if self.range.is_none() {
            self.begin(false);
        }
        self.cursor.go(motion, self.matches.len(), height);
        if let Some(range) = self.range {
            self.grow(range);
        }
    }

    /// Ends the range; says whether there was one.
    pub fn end_range(&mut self) -> bool {
        self.range.take().is_some()
    }

    fn begin(&mut self, sticky: bool) {
        self.grow(Range { anchor: self.cursor.at, sticky, ticked: false });
    }

    fn grow(&mut self, mut range: Range) {
        if range.ticked {
            self.selection.undo();
        }
        let span = self.matches.span(range.anchor, self.cursor.at);
        range.ticked = self.selection.tick(&span) > 0;
        self.range = Some(range);
        self.count();
    }

    /// Ticks or unticks the user under the cursor and moves down; ends a range instead.
    pub fn tick(&mut self, height: usize) {
        if self.range.take().is_some_and(|range| range.sticky) {
            return;
        }
        if let Some(row) = self.matches.nth(self.cursor.at) {
            self.selection.toggle(row);
            self.count();
        }
        self.cursor.go(Motion::Down, self.matches.len(), height);
    }

    /// Changes the ticks of the rows that match.
    pub fn change_matching(&mut self, change: fn(&mut Selection, &Bitmap) -> usize) {
        let matches = std::mem::take(&mut self.matches);
        self.change(|selection| change(selection, matches.rows()));
        self.matches = matches;
    }

    /// Changes the ticks; says what `change` said.
    pub fn change<T>(&mut self, change: impl FnOnce(&mut Selection) -> T) -> T {
        self.range = None;
        let said = change(&mut self.selection);
        self.count();
        said
    }

    /// Ticks exactly those not yet linked and never invited, and nobody else (rule U3).
    pub fn tick_rest(&mut self) -> Option<usize> {
        let rest = rest(self.columns());
        if rest.count() == 0 {
            return None;
        }
        self.change(|selection| selection.replace(&rest));
        Some(rest.count())
    }

    /// Takes saved ticks, without history.
    pub fn restore(&mut self, ticked: Bitmap) {
        self.selection = Selection::of(ticked);
        self.range = None;
        self.count();
    }

    /// What an invitation of the ticked would do.
    pub fn tally(&self) -> Option<&Tally> {
        self.method.is_some().then_some(&self.tally)
    }

    fn count(&mut self) {
        if let Some(method) = self.method {
            self.tally = tally(self.columns(), self.selection.ticked(), method);
        }
    }
}
