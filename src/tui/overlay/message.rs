//! Something to read: an error in full, a mail, a note. Copied with the copy key.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::api::call::ApiError;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::layout;
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen, Told};
use crate::tui::theme::Tone;
use crate::tui::widget::frame::frame;
use crate::tui::widget::rows::{Cursor, Motion};
use crate::tui::widget::{links, marks, text};

/// A text in a box.
pub struct Message {
    title: String,
    text: String,
    cursor: Cursor,
    /// What can be done with it, by the keys of the screen below.
    acts: Vec<(Action, Option<String>)>,
    scope: Option<Scope>,
}

impl Message {
    /// A text of our own.
    pub fn new(title: impl Into<String>, text: impl Into<String>) -> Self {
        let (title, text, cursor) = (title.into(), text.into(), Cursor::default());
        Self { title, text, cursor, acts: Vec::new(), scope: None }
    }

    /// The same, with what the screen below can do with it, by its keys and words.
    #[must_use]
    pub fn with_acts(self, scope: Scope, acts: Vec<(Action, Option<String>)>) -> Self {
        Self { acts, scope: Some(scope), ..self }
    }

    fn has(&self, action: Action) -> bool {
        self.acts.iter().any(|(one, _)| *one == action)
    }

    /// A refusal in full: what is wrong, what to do, and the id for the backend's log.
    pub fn error(error: &ApiError) -> Self {
        let text = match error {
            ApiError::Problem(problem) => format!(
                "{}\n\n{}\n\ncode {} · request {}",
                problem.detail.shown(),
                Untrusted::new(problem.remedy.as_str()).shown(),
                Untrusted::new(problem.code.as_str()).shown(),
                Untrusted::new(problem.request_id.as_str()).shown(),
            ),
            ApiError::Unreachable(_) | ApiError::Unanswered(_) | ApiError::Malformed(_) => {
                error.to_string()
            }
        };
        Self::new("What went wrong", text)
    }

    fn lines(&self, body: Rect) -> Vec<String> {
        text::wrap(&self.text, Self::width(body).saturating_sub(4))
    }

    fn width(body: Rect) -> u16 {
        body.width.saturating_sub(2).min(84)
    }
}

impl Screen for Message {
    fn is_overlay(&self) -> bool {
        true
    }

    fn header(&self, _look: &Look<'_>) -> Header {
        Header::default()
    }

    fn help(&self) -> About {
        About::default()
    }

    fn scopes(&self) -> Vec<Scope> {
        self.scope.into_iter().chain([Scope::Overlay, Scope::List]).collect()
    }

    fn availability(&self, action: Action) -> Availability {
        let known = matches!(action, Action::Back | Action::Copy) || action.motion().is_some();
        Availability::shown_if(known || self.has(action))
    }

    fn label(&self, action: Action) -> Option<String> {
        self.acts.iter().find(|(one, _)| *one == action).and_then(|(_, label)| label.clone())
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        if let Some(motion) = action.motion() {
            let body = cx.body();
            let height = usize::from(body.height.saturating_sub(2));
            let lines = self.lines(body).len();
            // The text scrolls as a whole: the cursor is the first line in sight.
            self.cursor.go(motion, lines.saturating_sub(height) + 1, 1);
            if matches!(motion, Motion::First) {
                self.cursor = Cursor::default();
            }
            return Flow::Stay;
        }
        if action == Action::Copy {
            cx.copy(Untrusted::new(self.text.as_str()).shown());
            return Flow::Stay;
        }
        if self.has(action) { Flow::PopThen(action) } else { Flow::Pop }
    }

    fn told(&self, _here: Here<'_>) -> Option<Told> {
        Some(Told::words(&format!("{}:\n{}", self.title, self.text)))
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        let lines = self.lines(area);
        let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(2);
        let place = layout::middle(area, Self::width(area), height.min(area.height));
        let room = layout::inset(frame(&self.title, look.theme, place, buf), 1);
        let first = self.cursor.at.min(lines.len());
        let shown = first..lines.len().min(first + usize::from(room.height));
        for (n, line) in (0u16..).zip(&lines[shown.clone()]) {
            let Some(row) = layout::row(room, n) else { break };
            text::put(buf, row, line, look.ink(Tone::Text));
        }
        links::mark(&self.text, room, buf);
        // On the frame's line: nothing of the text is covered.
        let marked = Rect { width: room.width + 2, ..room };
        marks::more(&shown, lines.len(), look.theme, marked, buf);
    }
}
