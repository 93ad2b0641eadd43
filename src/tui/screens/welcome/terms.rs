//! The third page: the terms of service to scroll, and the tick (rule T4).
//!
//! Owns the scrolling and the tick. The tick is never kept: another text is read anew.

use crate::api::welcome::{Terms, WelcomeAccepted, WelcomeShown};
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::Action;
use crate::tui::layout;
use crate::tui::load::Load;
use crate::tui::page::{Block, Edit, Page, TickRow, Ticks};
use crate::tui::screen::{Here, Look};
use crate::tui::theme::Tone;
use crate::tui::widget::rows::Motion;
use crate::tui::widget::text;
use crate::tui::wizard::asking;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The tick.
pub(in crate::tui::screens) const AGREE: &str = "agree";
/// The rows of the tick and of what became of it.
const BELOW: u16 = 4;

/// The page.
#[derive(Default)]
pub(in crate::tui::screens) struct TermsPage {
    /// Whether the tick is set.
    pub agreed: bool,
    top: usize,
}

/// The part of the page below the text.
pub(in crate::tui::screens) fn below(page: Rect) -> Rect {
    let height = BELOW.min(page.height);
    Rect { y: page.bottom() - height, height, ..page }
}

/// The part of the page that the text has: all but the tick, and a line between.
fn above(body: Rect) -> Rect {
    let page = layout::wizard(body, false).page;
    let height = page.height.saturating_sub(below(page).height + 1 + gap(page));
    layout::inset(Rect { height, ..page }, 1)
}

/// An empty line under how far one has read, where there is room.
fn gap(page: Rect) -> u16 {
    u16::from(page.height > 10)
}

fn lines(terms: &Terms, width: u16) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in terms.text.split("\n\n").map(str::trim).filter(|one| !one.is_empty()) {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        let one = Untrusted::new(paragraph.split_whitespace().collect::<Vec<_>>().join(" "));
        lines
            .extend(text::wrap(one.shown().as_ref(), width.saturating_sub(2).min(layout::MEASURE)));
    }
    lines
}

impl TermsPage {
    /// Takes the tick.
    pub fn edit(&mut self, edit: &Edit) {
        if let Edit::Tick { list: AGREE, on, .. } = edit {
            self.agreed = *on;
        }
    }

    /// The tick, and what became of accepting.
    pub fn page(
        &self,
        shown: &WelcomeShown,
        accepting: &Load<WelcomeAccepted>,
        here: Here<'_>,
    ) -> Page {
        let row = TickRow {
            id: AGREE.to_owned(),
            ticked: self.agreed,
            label: "I have read and accept the terms".to_owned(),
            number: None,
            end: None,
            note: String::new(),
            disabled: None,
        };
        let name = shown.organization_name.shown_in(50);
        let roles: Vec<&str> = shown.roles.iter().map(|role| role.title()).collect();
        let words = if shown.held {
            format!("For {name}, as its administrator:")
        } else {
            format!("Accepting makes you {} of {name}, and its user:", roles.join(" and "))
        };
        let mut blocks =
            vec![Block::aside(words), Block::Ticks(Ticks { key: AGREE, rows: vec![row] })];
        match accepting.error() {
            Some(error) => blocks.push(asking::failed(error, here)),
            None => blocks.push(Block::aside(asking::waiting(accepting, "Accepting", here))),
        }
        Page::new(blocks)
    }

    /// Moves the text.
    pub fn scroll(&mut self, motion: Option<Motion>, terms: Option<&Terms>, body: Rect) {
        let height = usize::from(above(body).height).max(1);
        self.top = match motion {
            Some(Motion::Up) => self.top.saturating_sub(1),
            Some(Motion::Down) => self.top + 1,
            Some(Motion::First) => 0,
            Some(Motion::Last) => usize::MAX,
            Some(Motion::PageUp) => self.top.saturating_sub(height),
            Some(Motion::PageDown) => self.top + height,
            Some(Motion::HalfUp) => self.top.saturating_sub(height / 2),
            Some(Motion::HalfDown) => self.top + height / 2,
            None => self.top,
        };
        self.clamp(terms, body);
    }

    /// Keeps the text in sight.
    pub fn clamp(&mut self, terms: Option<&Terms>, body: Rect) {
        let area = above(body);
        let all = terms.map_or(0, |terms| lines(terms, area.width).len());
        self.top = self.top.min(all.saturating_sub(area.height.into()));
    }

    /// Draws the text, and below it how far one has read.
    pub fn view(&self, terms: &Terms, look: &Look<'_>, body: Rect, buf: &mut Buffer) {
        let area = above(body);
        let lines = lines(terms, area.width);
        let last = (self.top + usize::from(area.height)).min(lines.len());
        for (n, line) in (0u16..area.height).zip(&lines[self.top.min(last)..last]) {
            if let Some(row) = layout::row(area, n) {
                text::put(buf, row, line, look.ink(Tone::Text));
            }
        }
        let page = layout::wizard(body, false).page;
        let under = Rect { y: area.bottom(), height: 1, ..layout::inset(page, 1) };
        let version = Untrusted::new(terms.version.as_str());
        let place = match lines.len() - last {
            0 => format!("end of the terms, version {}", version.shown()),
            more => {
                let key = look.here.keys.key(Action::PageDown);
                format!("↓ {more} more lines · {key} · version {}", version.shown())
            }
        };
        if page.contains(under.as_position()) {
            text::put(buf, under, &place, look.ink(Tone::Faint));
        }
    }
}
