//! Where the operator is on a page: the focus, the caret, the scrolling.
//!
//! Owns moving among what can have the focus, and turning keys into [`Edit`]s. The answers are
//! the draft's, not kept here; the page is made anew from them after every edit. What has the focus
//! keeps it wherever it then stands.

use std::ops::Range;

use crossterm::event::KeyEvent;

use super::lines::{self, DrawnLine, Focus};
use super::{Block, Edit, FieldSpec, Page, Stop};
use crate::domain::untrusted::Shown;
use crate::tui::theme::Tone;
use crate::tui::widget::field::{Field, Kind};
use crate::tui::widget::rows::Motion;

/// Focus, caret and scrolling of one page.
#[derive(Debug, Clone, Default)]
pub struct PageState {
    pub(super) focus: usize,
    pub(super) top: usize,
    pub(super) field: Option<(&'static str, Field)>,
    /// Where something else has the focus: the words that the page asks for, and their place.
    asked: Option<(usize, &'static str, Field)>,
    /// Which of its matches a field that takes one of many has marked.
    picked: Option<usize>,
    /// The focused field shows what was picked: a letter begins it anew.
    anew: bool,
    /// The operator has moved: a page that fills up later does not take the focus away.
    moved: bool,
    /// The name of what has the focus, as of the last change; none while it is being moved.
    name: Option<String>,
    /// The operator scrolls past the first or the last that can have the focus.
    scrolls: bool,
    /// What the page says was refused.
    refused: Vec<String>,
    /// The page is longer than there is room for.
    pub(super) overflows: bool,
    /// What of the focused row is cut, whole.
    pub(super) whole: Option<String>,
}

impl PageState {
    /// A page just opened.
    pub fn opened(page: &Page) -> Self {
        Self { focus: start(page), refused: refused(page), ..Self::default() }
    }

    /// After every change: keeps the focus on something, in sight, with its field at hand.
    pub fn sync(&mut self, page: &Page, width: u16, height: u16) {
        let stops = page.stops();
        // A page that has been empty meanwhile is another page.
        self.moved &= !stops.is_empty();
        if !self.moved {
            self.focus = start(page);
        } else if let Some(name) = &self.name
            && let Some(at) = stops.iter().position(|stop| stop.name() == *name)
        {
            self.focus = at;
        }
        self.focus = self.focus.min(stops.len().saturating_sub(1));
        self.name = stops.get(self.focus).map(Stop::name);
        match stops.get(self.focus) {
            Some(Stop::Field(spec)) => {
                self.sync_field(spec);
            }
            Some(Stop::Pick(spec)) => {
                if self.sync_field(&spec.field) {
                    self.anew = spec.options.is_empty();
                }
                let last = spec.options.len().checked_sub(1);
                self.picked = self.picked.and_then(|at| last.map(|last| at.min(last)));
            }
            _ => self.field = None,
        }
        self.asked = asked(&stops).filter(|_| self.field.is_none());
        let mut lines = lines::lines(page, width, height, self.at());
        let leads = matches!(stops.get(self.focus), Some(Stop::Row(..)));
        if leads && page.from_top && !self.moved && !self.is_within(&lines, 0..height.into()) {
            // Where the row that leads on is out of sight at the top, the first one has the focus.
            self.focus = 0;
            self.name = stops.first().map(Stop::name);
            lines = lines::lines(page, width, height, self.at());
        }
        self.overflows = lines.len() > usize::from(height);
        self.whole = lines
            .iter()
            .find(|line| line.stop == Some(self.focus))
            .and_then(|line| line.cut(width));
        let refused = refused(page);
        let news = refused.iter().any(|words| !self.refused.contains(words));
        self.refused = refused;
        if self.scrolls {
            self.top = self.top.min(lines.len().saturating_sub(height.into()));
        } else {
            self.scroll(&lines, height);
            let from_top = page.from_top && !self.moved;
            if from_top && self.is_within(&lines, 0..usize::from(height)) {
                self.top = 0;
            }
        }
        if news {
            self.show_refusal(&lines, height);
        }
    }

    /// What was refused just now is brought into sight, and stays there until the operator moves; but
    /// never so that what has the focus, which Enter would press, goes out of it.
    fn show_refusal(&mut self, lines: &[DrawnLine], height: u16) {
        let height = usize::from(height.max(1));
        let first = lines.iter().position(|line| line.told);
        let last = lines.iter().rposition(|line| line.told);
        let (Some(first), Some(last)) = (first, last) else { return };
        let top = if last >= self.top + height { (last + 1 - height).min(first) } else { self.top };
        let top = top.min(first);
        if top != self.top && self.is_within(lines, top..top + height) {
            (self.top, self.scrolls) = (top, true);
        }
    }

    /// Whether all of what has the focus is among these lines.
    fn is_within(&self, lines: &[DrawnLine], seen: Range<usize>) -> bool {
        let mine = |(_, line): &(usize, &DrawnLine)| line.stop == Some(self.focus);
        lines.iter().enumerate().filter(mine).all(|(at, _)| seen.contains(&at))
    }

    /// The field of what has the focus; whether it just got it.
    fn sync_field(&mut self, spec: &FieldSpec) -> bool {
        let another = self.field.as_ref().is_none_or(|(key, _)| *key != spec.key);
        let stale = self
            .field
            .as_ref()
            .is_some_and(|(_, field)| field.value() != spec.value || field.kind() != spec.kind);
        if another || stale {
            self.field = Some((spec.key, Field::with(spec.kind, &spec.value)));
            self.picked = (!spec.value.is_empty()).then_some(0);
        }
        self.anew &= !another;
        another
    }

    /// What has the focus, and which of its matches is marked.
    pub(super) fn at(&self) -> Focus {
        Focus { stop: self.focus, picked: self.picked }
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
        // All of what has the focus is in sight, or as much of it as there is room for.
        let end = lines.iter().rposition(mine).unwrap_or(own);
        if end >= self.top + height {
            self.top = (end + 1 - height).min(own);
        }
    }

    /// What has the focus.
    pub fn focused(&self, page: &Page) -> Option<Stop> {
        page.stops().into_iter().nth(self.focus)
    }

    /// Whether the focused field takes a key for itself.
    pub fn wants(&self, key: &KeyEvent) -> bool {
        let asked = || self.asked.as_ref().is_some_and(|(_, _, field)| field.asks_for(key));
        self.field.as_ref().is_some_and(|(_, field)| field.edits(key)) || asked()
    }

    /// Gives a key to the focused field. What was picked is replaced by the first letter typed.
    pub fn on_text(&mut self, key: &KeyEvent) -> Option<Edit> {
        (self.moved, self.scrolls) = (true, false);
        let anew = std::mem::take(&mut self.anew);
        if self.field.is_none()
            && let Some((at, name, field)) = self.asked.take()
        {
            self.give(at);
            self.field = Some((name, field));
        }
        let (name, field) = self.field.as_mut()?;
        if anew && field.writes(key) {
            field.clear();
        }
        if !field.on_key(key) {
            return None;
        }
        self.picked = (!field.value().is_empty()).then_some(0);
        Some(Edit::Text { field: name, value: field.value().to_owned() })
    }

    /// Gives a paste to the focused field; an error in words when it takes none.
    pub fn on_paste(&mut self, text: &str) -> Result<Option<Edit>, &'static str> {
        let anew = std::mem::take(&mut self.anew);
        let Some((name, field)) = self.field.as_mut() else { return Ok(None) };
        field.takes(text)?;
        if anew {
            field.clear();
        }
        field.paste(text);
        self.picked = (!field.value().is_empty()).then_some(0);
        Ok(Some(Edit::Text { field: name, value: field.value().to_owned() }))
    }

    /// Takes the match that is marked, if there is one.
    pub fn take(&self, page: &Page) -> Option<Edit> {
        let Some(Stop::Pick(spec)) = self.focused(page) else { return None };
        let option = spec.options.into_iter().nth(self.picked?)?;
        Some(Edit::Pick { choice: spec.field.key, id: option.id })
    }

    /// Moves the mark among the matches; past either end the focus moves on.
    fn go_match(&mut self, motion: Motion, page: &Page) -> bool {
        let Some(Stop::Pick(spec)) = self.focused(page) else { return false };
        let next = match (motion, self.picked) {
            (Motion::Down, None) => Some(0),
            (Motion::Down, Some(at)) => Some(at + 1),
            (Motion::Up, Some(at)) => at.checked_sub(1),
            _ => None,
        };
        let next = next.filter(|at| *at < spec.options.len());
        self.picked = next.or(self.picked);
        next.is_some()
    }

    /// Whether there is anything to move to.
    pub fn can_go(&self, page: &Page) -> bool {
        self.overflows || !page.stops().is_empty()
    }

    /// Moves the focus; past its first and last place, the page.
    pub fn go(&mut self, motion: Motion, page: &Page) {
        if self.go_match(motion, page) {
            self.moved = true;
            return;
        }
        let last = page.stops().len().saturating_sub(1);
        let before = self.focus;
        self.focus = moved(self.focus, motion, last).min(last);
        self.scrolls = self.focus == before;
        if self.scrolls {
            self.top = moved(self.top, motion, usize::MAX / 2);
        } else {
            self.give(self.focus);
        }
    }

    /// Gives the focus to what stands there; past the last one to nothing, until the next message.
    pub fn point(&mut self, at: usize) {
        // Nobody has so many stops, and one more can be counted.
        self.give(at.min(usize::MAX / 2));
    }

    /// Gives the focus to what stands there.
    pub(super) fn give(&mut self, at: usize) {
        self.focus = at;
        self.moved = true;
        self.name = None;
        self.scrolls = false;
    }

    /// Moves the focus to the next block that can have it, round the end.
    pub fn go_next_block(&mut self, page: &Page, forward: bool) {
        let stops = page.stops();
        let key = |stop: &Stop| match stop {
            Stop::Field(spec) => spec.key.to_owned(),
            Stop::Pick(spec) => spec.field.key.to_owned(),
            Stop::Option(key, _) | Stop::Tick(key, _) | Stop::Row(key, _) => (*key).to_owned(),
            Stop::Value(value) => value.to_string(),
        };
        if stops.is_empty() {
            return;
        }
        let starts: Vec<usize> = (0..stops.len())
            .filter(|at| *at == 0 || key(&stops[*at]) != key(&stops[at - 1]))
            .collect();
        if starts.len() == 1 {
            // Of one list the next row: the key does something wherever the footer names it.
            let step = if forward { 1 } else { stops.len() - 1 };
            return self.give((self.focus + step) % stops.len());
        }
        let block = starts.iter().rposition(|at| *at <= self.focus).unwrap_or(0);
        let count = starts.len();
        let next = if forward { (block + 1) % count } else { (block + count - 1) % count };
        self.give(starts[next]);
        self.go_chosen(&stops, page);
    }

    /// Of a choice that gets the focus, to what is chosen in it.
    fn go_chosen(&mut self, stops: &[Stop], page: &Page) {
        let Some(Stop::Option(key, _)) = stops.get(self.focus) else { return };
        let chosen = page.blocks.iter().find_map(|block| match block {
            Block::Choice(choice) if choice.key == *key => choice.chosen.as_ref(),
            _ => None,
        });
        let is_chosen = |stop: &Stop| match stop {
            Stop::Option(of, option) => of == key && Some(&option.id) == chosen,
            _ => false,
        };
        self.focus = stops.iter().position(is_chosen).unwrap_or(self.focus);
    }

    /// Moves the focus to a field.
    pub fn go_field(&mut self, name: &str, page: &Page) {
        let wanted = |stop: &Stop| match stop {
            Stop::Field(spec) => spec.key == name,
            Stop::Pick(spec) => spec.field.key == name,
            Stop::Option(key, _) | Stop::Tick(key, _) | Stop::Row(key, _) => *key == name,
            Stop::Value(_) => false,
        };
        let stops = page.stops();
        if let Some(at) = stops.iter().position(wanted) {
            self.give(at);
            self.go_chosen(&stops, page);
        }
    }

    /// Whether Enter belongs to the page: below the focused field, or a tick that stands among the
    /// fields, something is still to be answered.
    pub fn advances_within(&self, page: &Page) -> bool {
        let stops = page.stops();
        let asks = |stop: &Stop| match stop {
            Stop::Field(_) | Stop::Pick(_) | Stop::Option(..) => true,
            Stop::Tick(_, row) => !row.ticked && row.disabled.is_none(),
            Stop::Row(..) | Stop::Value(_) => false,
        };
        let more = stops.iter().skip(self.focus + 1).any(asks);
        match stops.get(self.focus) {
            Some(Stop::Field(_) | Stop::Pick(_)) => more,
            Some(Stop::Tick(list, _)) => more && is_alone(list, &stops) || self.is_above_rows(page),
            _ => false,
        }
    }

    /// Whether a tick has the focus and nothing but rows stands below its list: what the page does
    /// is theirs.
    pub(super) fn is_above_rows(&self, page: &Page) -> bool {
        let stops = page.stops();
        let Some(Stop::Tick(list, _)) = stops.get(self.focus) else { return false };
        let mut below = stops.iter().skip(self.focus + 1).filter(|stop| !is_tick_of(list, stop));
        below.next().is_some_and(|stop| matches!(stop, Stop::Row(..)))
            && below.all(|stop| matches!(stop, Stop::Row(..)))
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

    /// Whether a number is being asked for: a letter beside it is a slip, no command.
    pub(super) fn counts(&self, page: &Page) -> bool {
        matches!(self.focused(page), Some(Stop::Field(spec)) if matches!(spec.kind, Kind::Count | Kind::Number))
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

/// What a page says was refused.
fn refused(page: &Page) -> Vec<String> {
    let told = page.blocks.iter().filter_map(|block| match block {
        Block::Notice { tone: Tone::Refused, text } => Some(text.clone()),
        _ => None,
    });
    told.collect()
}

/// The words that a page asks for, and their place: not before the tick above can be ticked.
fn asked(stops: &[Stop]) -> Option<(usize, &'static str, Field)> {
    let mut before = None;
    stops.iter().enumerate().find_map(|(at, stop)| {
        let early =
            matches!(before.replace(stop), Some(Stop::Tick(_, row)) if row.disabled.is_some());
        match stop {
            Stop::Field(spec)
                if matches!(spec.kind, Kind::Confirmation | Kind::Count) && !early =>
            {
                Some((at, spec.key, Field::with(spec.kind, &spec.value)))
            }
            _ => None,
        }
    })
}

/// A place moved; `last` is the last one there is.
fn moved(at: usize, motion: Motion, last: usize) -> usize {
    match motion {
        Motion::Up => at.saturating_sub(1),
        Motion::Down => at.saturating_add(1),
        Motion::First => 0,
        Motion::Last => last,
        Motion::PageUp | Motion::HalfUp => at.saturating_sub(10),
        Motion::PageDown | Motion::HalfDown => at.saturating_add(10),
    }
}

fn is_tick_of(list: &str, stop: &Stop) -> bool {
    matches!(stop, Stop::Tick(of, _) if *of == list)
}

/// A tick among the fields is as one of them; in a list of many, Enter goes on.
fn is_alone(list: &str, stops: &[Stop]) -> bool {
    stops.iter().filter(|stop| is_tick_of(list, stop)).count() == 1
}

fn can_act(stop: &Stop) -> bool {
    match stop {
        Stop::Option(_, option) => option.disabled.is_none(),
        Stop::Tick(_, row) => row.disabled.is_none(),
        Stop::Field(_) | Stop::Pick(_) | Stop::Row(..) | Stop::Value(_) => true,
    }
}

/// Where the focus is on a page on which nobody has moved yet.
fn start(page: &Page) -> usize {
    let stops = page.stops();
    let chosen = page.blocks.iter().find_map(|block| match block {
        Block::Choice(choice) => choice.chosen.as_ref(),
        _ => None,
    });
    let is_first = |stop: &Stop| match stop {
        Stop::Field(spec) => Some(spec.key) == page.first,
        Stop::Pick(spec) => Some(spec.field.key) == page.first,
        Stop::Row(list, _) | Stop::Tick(list, _) => Some(*list) == page.first,
        Stop::Option(..) | Stop::Value(_) => false,
    };
    let is_chosen =
        |stop: &Stop| matches!(stop, Stop::Option(_, option) if Some(&option.id) == chosen);
    let found = stops.iter().position(is_first).or_else(|| stops.iter().position(is_chosen));
    // A choice in which nothing can be chosen is what the page is about: it is read from its top.
    let is_option = |stop: &Stop| matches!(stop, Stop::Option(..));
    let closed = stops.first().is_some_and(is_option)
        && !stops.iter().any(|stop| is_option(stop) && can_act(stop));
    let found = found.or_else(|| closed.then_some(0));
    found.or_else(|| stops.iter().position(can_act)).unwrap_or(0)
}

#[cfg(test)]
mod tests;
