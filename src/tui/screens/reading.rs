//! A text to read, such as the agreement: as long as it is, at any size of the terminal.
//!
//! Owns scrolling, and for a text that must be read whether its end was seen: Enter reads on, and at
//! the end says so to the screen below, as [`Action::Yes`]. What one thinks of it is asked elsewhere.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::layout;
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen, Told};
use crate::tui::theme::Tone;
use crate::tui::widget::rows::Motion;
use crate::tui::widget::text;

/// The widest that prose reads well.
const MEASURE: u16 = 76;

/// A text.
pub struct Reading {
    title: String,
    paragraphs: Vec<String>,
    top: usize,
    /// How many lines there are and fit, as of the last message.
    lines: usize,
    height: usize,
    width: u16,
    /// Whether its end was in sight; nothing where nobody needs to know.
    ended: Option<bool>,
}

impl Reading {
    /// A text under a title.
    pub fn new(title: impl Into<String>, paragraphs: Vec<String>) -> Self {
        Self {
            title: title.into(),
            paragraphs,
            top: 0,
            lines: 0,
            height: 1,
            width: MEASURE,
            ended: None,
        }
    }

    /// A text that must be read to its end: the screen below learns that it was.
    pub fn to_its_end(title: impl Into<String>, paragraphs: Vec<String>) -> Self {
        Self { ended: Some(false), ..Self::new(title, paragraphs) }
    }

    fn wrapped(&self, width: u16) -> Vec<String> {
        let mut lines = Vec::new();
        for paragraph in &self.paragraphs {
            if !lines.is_empty() {
                lines.push(String::new());
            }
            lines.extend(text::wrap(paragraph, width.min(MEASURE)));
        }
        lines
    }
}

impl Screen for Reading {
    fn header(&self, _look: &Look<'_>) -> Header {
        let last = (self.top + self.height).min(self.lines);
        let right = format!("line {last} of {}", self.lines);
        Header { crumbs: vec![self.title.clone()], right }
    }

    fn help(&self) -> About {
        About::of(
            "reading",
            "A text to be read to its end. Page down goes on; Esc goes back, and the page below \
             says whether you have read all of it.",
        )
    }

    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::List, Scope::Screen]
    }

    fn availability(&self, action: Action) -> Availability {
        match action {
            Action::Back => Availability::Ready,
            Action::Open => Availability::shown_if(self.ended.is_some()),
            motion => Availability::shown_if(motion.motion().is_some()),
        }
    }

    fn label(&self, action: Action) -> Option<String> {
        let words = if self.ended == Some(true) { "I have read it" } else { "read on" };
        (action == Action::Open).then(|| words.to_owned())
    }

    fn on_action(&mut self, action: Action, _cx: &mut Cx<'_>) -> Flow {
        let motion = match (action, self.ended) {
            (Action::Open, Some(true)) => return Flow::PopThen(Action::Yes),
            (Action::Open, _) => Motion::PageDown,
            _ => match action.motion() {
                Some(motion) => motion,
                None => return Flow::Pop,
            },
        };
        self.top = match motion {
            Motion::Up => self.top.saturating_sub(1),
            Motion::Down => self.top + 1,
            Motion::First => 0,
            Motion::Last => self.lines,
            Motion::PageUp => self.top.saturating_sub(self.height),
            Motion::PageDown => self.top + self.height,
            Motion::HalfUp => self.top.saturating_sub(self.height / 2),
            Motion::HalfDown => self.top + self.height / 2,
        };
        Flow::Stay
    }

    fn reconcile(&mut self, cx: &mut Cx<'_>) {
        let area = layout::inset(cx.body(), 1);
        self.height = usize::from(area.height).max(1);
        self.width = area.width;
        self.lines = self.wrapped(area.width).len();
        self.top = self.top.min(self.lines.saturating_sub(self.height));
        if let Some(ended) = &mut self.ended {
            *ended |= self.top + self.height >= self.lines;
        }
    }

    /// The paragraphs that end on this page of it, each in one line: whoever hears them wraps nothing.
    fn told(&self, _here: Here<'_>) -> Option<Told> {
        let (mut end, mut above, to) = (0, Vec::new(), self.top + self.height);
        for (at, paragraph) in self.paragraphs.iter().enumerate() {
            end += text::wrap(paragraph, self.width.min(MEASURE)).len() + usize::from(at > 0);
            if (self.top == 0 || end > self.top) && (end <= to || to >= self.lines) {
                above.extend(paragraph.lines().map(str::to_owned));
            }
        }
        Some(Told { above, ..Told::default() })
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        let area = layout::inset(area, 1);
        let lines = self.wrapped(area.width);
        for (n, line) in (0u16..area.height).zip(lines.iter().skip(self.top)) {
            if let Some(row) = layout::row(area, n) {
                text::put(buf, row, line, look.ink(Tone::Text));
            }
        }
    }
}
