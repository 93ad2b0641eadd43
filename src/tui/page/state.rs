//! Where the operator is on a page: the focus, the caret, the scrolling.
//!
//! Owns moving among what can have the focus, and turning keys into [`Edit`]s. The answers are
//! the draft's, not kept here; the page is made anew from them after every edit.

use crossterm::event::KeyEvent;

use super::lines::{self, DrawnLine};
use super::{Edit, Page, Stop};
use crate::domain::untrusted::Shown;
use crate::tui::widget::field::Field;
use crate::tui::widget::rows::Motion;

/// Focus, caret and scrolling of one page.
#[derive(Debug, Clone, Default)]
pub struct PageState {
    pub(super) focus: usize,
    pub(super) top: usize,
    pub(super) field: Option<(&'static str, Field)>,
    /// The operator has moved: a page that fills up later does not take the focus away.
    moved: bool,
}

impl PageState {
    /// A page just opened.
    pub fn opened(page: &Page) -> Self {
        Self { focus: start(page), ..Self::default() }
    }

    /// After every change: keeps the focus on something, in sight, with its field at hand.
    pub fn sync(&mut self, page: &Page, width: u16, height: u16) {
        let stops = page.stops();
        // A page that has been empty meanwhile is another page.
        self.moved &= !stops.is_empty();
        if !self.moved {
            self.focus = start(page);
        }
        self.focus = self.focus.min(stops.len().saturating_sub(1));
        match stops.get(self.focus) {
            Some(Stop::Field(spec)) => {
                let stale = self.field.as_ref().is_none_or(|(key, field)| {
                    *key != spec.key || field.value() != spec.value || field.kind() != spec.kind
                });
                if stale {
                    self.field = Some((spec.key, Field::with(spec.kind, &spec.value)));
                }
            }
            _ => self.field = None,
        }
        let lines = lines::lines(page, width);
        self.scroll(&lines, height);
    }

    /// Brings the focused lines into sight, moving as little as possible.
    fn scroll(&mut self, lines: &[DrawnLine], height: u16) {
        let height = usize::from(height.max(1));
        let mine = |line: &DrawnLine| line.stop == Some(self.focus);
        let first = lines.iter().position(mine).unwrap_or(0);
        let last = lines.iter().rposition(mine).unwrap_or(0);
        // What stands above the first stop belongs to it: show the page from its top.
        let first = if self.focus == 0 { 0 } else { first };
        let is_last = lines.iter().all(|line| line.stop.is_none_or(|stop| stop <= self.focus));
        let last = if is_last { lines.len().saturating_sub(1) } else { last };
        self.top = self.top.min(lines.len().saturating_sub(height));
        if last >= self.top + height {
            self.top = last + 1 - height;
        }
        let own = lines.iter().position(mine).unwrap_or(0);
        if self.top > first {
            self.top = first;
        }
        if own >= self.top + height {
            self.top = own + 1 - height;
        }
    }

    /// What has the focus.
    pub fn focused(&self, page: &Page) -> Option<Stop> {
        page.stops().into_iter().nth(self.focus)
    }

    /// Whether the focused field takes a key for itself.
    pub fn wants(&self, key: &KeyEvent) -> bool {
        self.field.as_ref().is_some_and(|(_, field)| field.wants(key))
    }

    /// Gives a key to the focused field.
    pub fn on_text(&mut self, key: &KeyEvent) -> Option<Edit> {
        self.moved = true;
        let (name, field) = self.field.as_mut()?;
        let changed = field.on_key(key);
        changed.then(|| Edit::Text { field: name, value: field.value().to_owned() })
    }

    /// Gives a paste to the focused field; an error in words when it takes none.
    pub fn on_paste(&mut self, text: &str) -> Result<Option<Edit>, &'static str> {
        let Some((name, field)) = self.field.as_mut() else { return Ok(None) };
        if field.paste(text) {
            Ok(Some(Edit::Text { field: name, value: field.value().to_owned() }))
        } else {
            Err("This one is typed by hand, so that it cannot happen by accident.")
        }
    }

    /// Moves the focus.
    pub fn go(&mut self, motion: Motion, page: &Page) {
        self.moved = true;
        let last = page.stops().len().saturating_sub(1);
        self.focus = match motion {
            Motion::Up => self.focus.saturating_sub(1),
            Motion::Down => self.focus + 1,
            Motion::First => 0,
            Motion::Last => last,
            Motion::PageUp | Motion::HalfUp => self.focus.saturating_sub(10),
            Motion::PageDown | Motion::HalfDown => self.focus + 10,
        }
        .min(last);
    }

    /// Moves the focus to the next block that can have it, round the end.
    pub fn go_next_block(&mut self, page: &Page, forward: bool) {
        self.moved = true;
        let stops = page.stops();
        let key = |stop: &Stop| match stop {
            Stop::Field(spec) => spec.key.to_owned(),
            Stop::Option(key, _) | Stop::Tick(key, _) | Stop::Row(key, _) => (*key).to_owned(),
            Stop::Value(value) => value.to_string(),
        };
        if stops.is_empty() {
            return;
        }
        let starts: Vec<usize> = (0..stops.len())
            .filter(|at| *at == 0 || key(&stops[*at]) != key(&stops[at - 1]))
            .collect();
        let block = starts.iter().rposition(|at| *at <= self.focus).unwrap_or(0);
        let count = starts.len();
        let next = if forward { (block + 1) % count } else { (block + count - 1) % count };
        self.focus = starts[next];
    }

    /// Moves the focus to a field.
    pub fn go_field(&mut self, name: &str, page: &Page) {
        let wanted = |stop: &Stop| match stop {
            Stop::Field(spec) => spec.key == name,
            Stop::Option(key, _) | Stop::Tick(key, _) | Stop::Row(key, _) => *key == name,
            Stop::Value(_) => false,
        };
        if let Some(at) = page.stops().iter().position(wanted) {
            self.focus = at;
            self.moved = true;
        }
    }

    /// Whether Enter belongs to the page: a field is not the last one, or an option is not chosen.
    pub fn advances_within(&self, page: &Page) -> bool {
        let stops = page.stops();
        let more = stops[self.focus.min(stops.len())..]
            .iter()
            .skip(1)
            .any(|stop| matches!(stop, Stop::Field(_)));
        matches!(stops.get(self.focus), Some(Stop::Field(_))) && more
    }

    /// Ticks, unticks or chooses what has the focus; an error in words when that cannot be.
    pub fn tick(&self, page: &Page) -> Result<Option<Edit>, String> {
        match self.focused(page) {
            Some(Stop::Option(choice, option)) => match option.disabled {
                Some(why) => Err(why),
                None => Ok(Some(Edit::Pick { choice, id: option.id })),
            },
            Some(Stop::Tick(list, row)) => match row.disabled {
                Some(why) => Err(why),
                None => Ok(Some(Edit::Tick { list, id: row.id, on: !row.ticked })),
            },
            _ => Ok(None),
        }
    }

    /// Opens the row that has the focus.
    pub fn open(&self, page: &Page) -> Option<Edit> {
        match self.focused(page) {
            Some(Stop::Row(list, id)) => Some(Edit::Open { list, id }),
            _ => None,
        }
    }

    /// The value to copy: the focused one, or the only one there is.
    pub fn value(&self, page: &Page) -> Option<Shown> {
        if let Some(Stop::Value(value)) = self.focused(page) {
            return Some(value);
        }
        let mut values = page.stops().into_iter().filter_map(|stop| match stop {
            Stop::Value(value) => Some(value),
            _ => None,
        });
        values.next().filter(|_| values.next().is_none())
    }
}

fn can_act(stop: &Stop) -> bool {
    match stop {
        Stop::Option(_, option) => option.disabled.is_none(),
        Stop::Tick(_, row) => row.disabled.is_none(),
        Stop::Field(_) | Stop::Row(..) | Stop::Value(_) => true,
    }
}

/// Where the focus is on a page on which nobody has moved yet.
fn start(page: &Page) -> usize {
    let stops = page.stops();
    let chosen = page.blocks.iter().find_map(|block| match block {
        super::Block::Choice(choice) => choice.chosen.as_ref(),
        _ => None,
    });
    let is_first = |stop: &Stop| match stop {
        Stop::Field(spec) => Some(spec.key) == page.first,
        Stop::Row(list, _) => Some(*list) == page.first,
        Stop::Option(..) | Stop::Tick(..) | Stop::Value(_) => false,
    };
    let is_chosen =
        |stop: &Stop| matches!(stop, Stop::Option(_, option) if Some(&option.id) == chosen);
    let found = stops.iter().position(is_first).or_else(|| stops.iter().position(is_chosen));
    found.or_else(|| stops.iter().position(can_act)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::page::{Block, FieldSpec, RowSpec, Rows};
    use crate::tui::theme::Tone;
    use crate::tui::widget::field::Kind;

    fn page(filled: bool) -> Page {
        let row = RowSpec { id: "a".into(), tone: Tone::Text, cells: vec!["a".into()] };
        let field = FieldSpec {
            key: "count",
            label: String::new(),
            kind: Kind::Count,
            value: String::new(),
            hint: String::new(),
            error: None,
        };
        let rows = Rows { key: "rows", rows: vec![row], empty: String::new() };
        let blocks = vec![Block::Rows(rows), Block::Field(field)];
        Page {
            blocks: if filled { blocks } else { Vec::new() },
            first: Some("count"),
            ..Page::default()
        }
    }

    #[test]
    fn the_focus_waits_for_the_field_until_the_operator_moves() {
        let mut state = PageState::opened(&page(false));
        state.sync(&page(true), 80, 20);
        assert_eq!(state.focus, 1, "the field came after the page was opened");
        state.go(Motion::Up, &page(true));
        state.sync(&page(true), 80, 20);
        assert_eq!(state.focus, 0, "it is not taken away again");
        state.sync(&page(false), 80, 20);
        state.sync(&page(true), 80, 20);
        assert_eq!(state.focus, 1, "a page that was empty meanwhile begins anew");
    }
}
