//! The boxes over the list: facets, cohorts, a list of addresses to load, what it found.
//!
//! Owns which one is open, its keys, and what each may come to. Must not know the list below but
//! through `Picks`.

use bytes::Bytes;
use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::cohorts::Cohorts;
use super::facets::Facets;
use super::list::{self, Listed, PathBox};
use super::picks::Picks;
use crate::api::call::{ApiError, Reply};
use crate::api::site::Site;
use crate::roster::Found;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::msg::{IoError, RequestId};
use crate::tui::screen::{Cx, Look, Screen};

/// What lies over the list.
#[derive(Default)]
pub(super) enum Over {
    /// Nothing.
    #[default]
    None,
    /// Counts by domain, department, status, outcome.
    Facets(Facets),
    /// The site's cohorts.
    Cohorts(Box<Cohorts>),
    /// The path of a list to load.
    Path(PathBox),
    /// A list is being looked up.
    Looking(RequestId),
    /// What a list found and what not.
    Listed(Listed),
}

/// What a box came to.
pub(super) enum Boxed {
    /// It stays.
    Stay,
    /// It closes.
    Close,
    /// Ticks changed.
    Ticked,
    /// Ticks changed, and it closes.
    TickedAndClosed,
    /// It closes, and this is added to the filter.
    Filter(String),
    /// A question to be answered first.
    Push(Box<dyn Screen>),
}

impl Over {
    pub fn facets(picks: &Picks) -> Self {
        Self::Facets(Facets::new(picks))
    }

    pub fn cohorts(site: &Site, cx: &mut Cx<'_>) -> Self {
        Self::Cohorts(Box::new(Cohorts::new(site, cx)))
    }

    pub fn path() -> Self {
        Self::Path(PathBox::default())
    }

    /// Looks the addresses of a text up, to tick them and to show what was not found.
    pub fn looking(text: &str, picks: &Picks, cx: &mut Cx<'_>) -> Self {
        Self::Looking(cx.look(picks.columns(), text))
    }

    /// Ticks what was found, if that is what is waited for.
    pub fn on_looked(&mut self, id: RequestId, found: &Found, picks: &mut Picks) -> Boxed {
        if !matches!(self, Self::Looking(mine) if *mine == id) {
            return Boxed::Stay;
        }
        *self = Self::Listed(Listed::tick(found.clone(), picks));
        Boxed::Ticked
    }

    pub fn scopes(&self) -> &'static [Scope] {
        match self {
            Self::None => &[Scope::Select, Scope::List],
            Self::Facets(_) => &[Scope::Facets, Scope::List, Scope::Overlay],
            Self::Cohorts(cohorts) if cohorts.is_naming() => &[Scope::Overlay],
            Self::Cohorts(_) => &[Scope::Cohorts, Scope::List, Scope::Overlay],
            Self::Path(_) | Self::Looking(_) | Self::Listed(_) => &[Scope::Overlay, Scope::List],
        }
    }

    pub fn availability(&self, action: Action, picks: &Picks) -> Availability {
        match self {
            Self::None => Availability::Hidden,
            _ if action == Action::Back => Availability::Ready,
            Self::Facets(facets) => facets.availability(action),
            Self::Cohorts(cohorts) => cohorts.availability(action, picks),
            Self::Path(path) => path.availability(action),
            Self::Looking(_) => Availability::Hidden,
            Self::Listed(listed) => listed.availability(action),
        }
    }

    pub fn label(&self, action: Action) -> Option<&'static str> {
        match (self, action) {
            (Self::Cohorts(cohorts), Action::Open) if cohorts.is_naming() => Some("save"),
            (Self::Path(_), Action::Open) => Some("load"),
            (Self::Listed(_), Action::Copy) => Some("copy those not found"),
            _ => None,
        }
    }

    pub fn on_action(&mut self, action: Action, picks: &mut Picks, cx: &mut Cx<'_>) -> Boxed {
        match self {
            Self::None | Self::Looking(_) => Boxed::Stay,
            Self::Facets(facets) => facets.on_action(action, picks, cx),
            Self::Cohorts(cohorts) => cohorts.on_action(action, picks, cx),
            Self::Path(path) => path.on_action(action, cx),
            Self::Listed(listed) => listed.on_action(action, picks, cx),
        }
    }

    pub fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        picks: &mut Picks,
        cx: &mut Cx<'_>,
    ) -> Boxed {
        match self {
            Self::Cohorts(cohorts) => cohorts.on_reply(id, result, picks, cx),
            _ => Boxed::Stay,
        }
    }

    pub fn on_file(
        &mut self,
        id: RequestId,
        result: &Result<Option<Bytes>, IoError>,
        picks: &Picks,
        cx: &mut Cx<'_>,
    ) -> Boxed {
        let Self::Path(path) = self else { return Boxed::Stay };
        if let Some(text) = path.on_file(id, result) {
            *self = Self::looking(&text, picks, cx);
        }
        Boxed::Stay
    }

    /// Ticks, matches or the roster have changed.
    pub fn refresh(&mut self, picks: &Picks) {
        if let Self::Facets(facets) = self {
            facets.refresh(picks);
        }
    }

    pub fn reconcile(&mut self, picks: &Picks, cx: &mut Cx<'_>) {
        if let Self::Cohorts(cohorts) = self {
            cohorts.reconcile(picks, cx);
        }
    }

    pub fn wants(&self, key: &KeyEvent) -> bool {
        match self {
            Self::Cohorts(cohorts) => cohorts.wants(key),
            Self::Path(path) => path.wants(key),
            _ => false,
        }
    }

    pub fn on_text(&mut self, key: &KeyEvent) {
        match self {
            Self::Cohorts(cohorts) => cohorts.on_text(key),
            Self::Path(path) => path.on_text(key),
            _ => {}
        }
    }

    /// Gives pasted text to a field; false when there is none.
    pub fn paste(&mut self, text: &str) -> bool {
        match self {
            Self::Cohorts(cohorts) => cohorts.paste(text),
            Self::Path(path) => path.paste(text),
            _ => false,
        }
    }

    pub fn view(&self, picks: &Picks, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        match self {
            Self::None => {}
            Self::Facets(facets) => facets.view(picks, look, area, buf),
            Self::Cohorts(cohorts) => cohorts.view(picks, look, area, buf),
            Self::Path(path) => path.view(look, area, buf),
            Self::Looking(_) => list::looking(look, area, buf),
            Self::Listed(listed) => listed.view(look, area, buf),
        }
    }
}
