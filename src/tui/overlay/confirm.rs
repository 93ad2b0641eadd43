//! A question before something that cannot be taken back.
//!
//! The answer marked at first is No, and the key for yes is not the one that asked. The answer
//! goes to the screen below as [`Action::Yes`] or [`Action::No`].

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::domain::number::count;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::layout;
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen, Told};
use crate::tui::theme::Tone;
use crate::tui::widget::frame::frame;
use crate::tui::widget::text;

/// A question.
pub struct Confirm {
    title: String,
    /// Paragraphs; names from outside stand on a line of their own.
    lines: Vec<String>,
    yes: String,
    no: String,
    marked_yes: bool,
    /// Which part of the text is in sight, where there is not room for all of it.
    part: usize,
    /// Yes ends the program; the screen below has no part in it.
    quits: bool,
}

impl Confirm {
    /// A question; `yes` says what will be done, such as "Cancel the run".
    pub fn new(title: impl Into<String>, lines: Vec<String>, yes: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            lines,
            yes: yes.into(),
            no: "Leave it".to_owned(),
            marked_yes: false,
            part: 0,
            quits: false,
        }
    }

    /// The question before the program ends with something that is kept nowhere.
    pub fn to_quit(lines: Vec<String>) -> Self {
        let no = "Stay".to_owned();
        Self { quits: true, no, ..Self::new("End hublink?", lines, "End it") }
    }
}

/// The width of the box.
const WIDTH: u16 = 64;
/// Columns between the answers.
const BETWEEN: u16 = 3;

/// How a question stands in its room.
struct Shape {
    place: Rect,
    /// Rows of the answers: they keep off the text, and have one each where they must.
    answers: u16,
    /// A blank row before them.
    gap: u16,
    /// The text in parts for which there is room; one, where all of it has.
    parts: Vec<Vec<String>>,
}

/// Lines in parts of so many rows, without blank ones where that helps. Each but the last says how
/// many come after it.
fn in_parts(mut lines: Vec<String>, rows: usize, columns: u16) -> Vec<Vec<String>> {
    if lines.len() > rows {
        lines.retain(|line| !line.is_empty());
    }
    let mut parts = Vec::new();
    while lines.len() > rows.max(2) {
        let rest = lines.split_off(rows.max(2) - 1);
        let more = format!("… {} more; yes reads on", count(rest.len() as u64, "line"));
        lines.push(text::cut(&more, columns).into_owned());
        parts.push(std::mem::replace(&mut lines, rest));
    }
    parts.push(lines);
    parts
}

/// An answer as a word of the footer.
fn lower_first(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

impl Confirm {
    fn shape(&self, area: Rect) -> Shape {
        let width = WIDTH.min(area.width.saturating_sub(2));
        let columns = width.saturating_sub(4);
        let lines: Vec<String> =
            self.lines.iter().flat_map(|line| text::wrap(line, columns)).collect();
        let wanted = u16::try_from(lines.len()).unwrap_or(area.height);
        let answered = text::width(&self.no) + text::width(&self.yes) + BETWEEN + 2;
        let answers = if answered <= columns { 1 } else { 2 };
        let place = layout::middle(area, width, wanted.saturating_add(3 + answers));
        let over = place.height.saturating_sub(2 + answers);
        let gap = u16::from(wanted < over);
        let parts = in_parts(lines, usize::from(over - gap), columns);
        Shape { place, answers, gap, parts }
    }

    /// Whether there is more of the text than is in sight.
    fn goes_on(&self, cx: &Cx<'_>) -> bool {
        let body = layout::frame(cx.size).map(|frame| frame.body);
        body.is_some_and(|body| self.part + 1 < self.shape(body).parts.len())
    }
}

impl Screen for Confirm {
    fn asks_to_end(&self) -> bool {
        self.quits
    }

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
        vec![Scope::Confirm, Scope::Overlay]
    }

    fn availability(&self, action: Action) -> Availability {
        Availability::shown_if(matches!(
            action,
            Action::Yes | Action::No | Action::NextPane | Action::Open | Action::Back
        ))
    }

    fn label(&self, action: Action) -> Option<String> {
        let marked = if self.marked_yes { &self.yes } else { &self.no };
        (action == Action::Open).then(|| lower_first(marked))
    }

    fn acts(&self, action: Action) -> Option<String> {
        let acts = action == Action::Yes || action == Action::Open && self.marked_yes;
        acts.then(|| format!("{} {}", self.title, self.part))
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        // What will happen is on screen before it can be done: yes reads on until it was.
        let agrees = action == Action::Yes || action == Action::Open && self.marked_yes;
        if agrees && self.goes_on(cx) {
            self.part += 1;
            return Flow::Stay;
        }
        match action {
            Action::Yes if self.quits => Flow::Quit,
            Action::Open if self.quits && self.marked_yes => Flow::Quit,
            Action::No | Action::Open | Action::Back if self.quits => Flow::Pop,
            Action::Yes => Flow::PopThen(Action::Yes),
            Action::Open if self.marked_yes => Flow::PopThen(Action::Yes),
            Action::NextPane => {
                self.marked_yes = !self.marked_yes;
                Flow::Stay
            }
            _ => Flow::PopThen(Action::No),
        }
    }

    fn told(&self, _here: Here<'_>) -> Option<Told> {
        let mut told = Told::words(&self.title);
        told.above.extend(self.lines.iter().filter(|line| !line.is_empty()).cloned());
        told.above.push(format!("Say yes for: {}. Say no for: {}.", self.yes, self.no));
        Some(told)
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        let Shape { place, answers, gap, parts } = self.shape(area);
        let room = layout::inset(frame(&self.title, look.theme, place, buf), 1);
        let Some(over) = room.height.checked_sub(answers) else { return };
        let words = Rect { height: over.saturating_sub(gap), ..room };
        let part = parts.get(self.part).or(parts.last());
        for (n, line) in (0u16..).zip(part.into_iter().flatten()) {
            if let Some(row) = layout::row(words, n) {
                text::put(buf, row, line, look.ink(Tone::Text));
            }
        }
        let beside = answers == 1;
        let mut put = |x: u16, y: u16, marked: bool, words: &str| {
            let (tone, bar) = if marked { (Tone::Strong, "▌") } else { (Tone::Muted, " ") };
            let row = Rect { x, y, width: room.right().saturating_sub(x), height: 1 };
            let x = text::put(buf, row, bar, look.ink(Tone::Focus));
            let rest = Rect { x, width: room.right().saturating_sub(x), ..row };
            text::put(buf, rest, words, look.ink(tone))
        };
        let (first, last) = (room.bottom() - answers, room.bottom() - 1);
        let x = put(room.x, first, !self.marked_yes, &self.no);
        put(if beside { x + BETWEEN } else { room.x }, last, self.marked_yes, &self.yes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::companion::text_of;
    use crate::tui::keymap::Keymap;
    use crate::tui::screen::Here;
    use crate::tui::session::Session;
    use crate::tui::theme::Theme;

    fn drawn(question: &Confirm, (width, height): (u16, u16)) -> String {
        let (session, keys) = (Session::new("x", jiff::tz::TimeZone::UTC), Keymap::default());
        let theme = Theme::plain();
        let here = Here { session: &session, keys: &keys, now_ms: 0 };
        let mut buf = Buffer::empty(Rect::new(0, 0, width, height));
        question.view(&Look { theme: &theme, here }, buf.area, &mut buf);
        text_of(&buf)
    }

    #[test]
    fn answers_keep_off_the_text_however_little_room_there_is() {
        let words = "The cohort “PoC wave 1 with a rather long name of a cohort for the board” goes. \
            Its 2 users are not touched, and nobody is told.";
        let question = Confirm::new("Remove", vec![words.to_owned()], "Remove the whole cohort");
        let all = drawn(&question, (80, 22));
        assert!(all.contains("Leave it    Remove the whole cohort"), "{all}");
        // 40x10 and its like, without header and footer.
        for (width, height) in [(40, 8), (40, 7), (38, 6), (44, 8)] {
            let text = drawn(&question, (width, height));
            for answer in ["Leave it", "Remove the whole cohort"] {
                let line = text.lines().find(|line| line.contains(answer));
                let rest = |line: &str| {
                    line.replace("Leave it", "").replace("Remove the whole cohort", "")
                };
                let line = line.map(rest);
                let alone = line.is_some_and(|line| line.chars().all(|c| " │▌".contains(c)));
                assert!(alone, "{width}x{height}: {answer}\n{text}");
            }
            let whole = text.contains("nobody is") && text.contains("told.");
            assert!(whole || text.contains("yes reads on"), "{width}x{height}\n{text}");
        }
    }
}
