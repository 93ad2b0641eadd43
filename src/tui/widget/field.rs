//! A line of text that is being edited.
//!
//! Owns editing and its keys; with the key table the only place that looks inside a key event.
//! Pasted line ends become blanks, so that a paste can never submit.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tui_input::{Input, InputRequest};

use super::text;
use crate::domain::untrusted::Untrusted;
use crate::tui::theme::marks::CARET;
use crate::tui::theme::{Theme, Tone};

/// What a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// Any text.
    #[default]
    Text,
    /// Digits only, so that letters keep their meaning as keys.
    Number,
    /// Text that is not shown.
    Secret,
    /// A typed confirmation: refuses a paste.
    Confirmation,
    /// A typed number that confirms: digits only, refuses a paste.
    Count,
}

/// The longest text a field takes, in bytes.
const MOST: usize = 4_096;

/// A text field.
#[derive(Debug, Clone, Default)]
pub struct Field {
    input: Input,
    kind: Kind,
}

impl Field {
    /// An empty field.
    pub fn new(kind: Kind) -> Self {
        Self { input: Input::default(), kind }
    }

    /// A field with text; the caret at its end.
    pub fn with(kind: Kind, value: &str) -> Self {
        Self { input: Input::new(value.to_owned()), kind }
    }

    /// What it takes.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The text.
    pub fn value(&self) -> &str {
        self.input.value()
    }

    /// Empties it.
    pub fn clear(&mut self) {
        self.input.reset();
    }

    /// Whether it would take this key for itself.
    pub fn wants(&self, key: &KeyEvent) -> bool {
        self.request(key).is_some()
    }

    /// Whether the key edits text, also where there is none to edit: on a page of fields it must never
    /// move the focus to another one.
    pub fn edits(&self, key: &KeyEvent) -> bool {
        self.kind.request(key).is_some()
    }

    /// What a key means here. Where there is nothing to delete, Ctrl-u keeps its other meaning.
    fn request(&self, key: &KeyEvent) -> Option<InputRequest> {
        self.kind.request(key).filter(|request| {
            !matches!(request, InputRequest::DeleteLine) || !self.value().is_empty()
        })
    }

    /// Whether the key would put a character into the text.
    pub fn writes(&self, key: &KeyEvent) -> bool {
        matches!(self.kind.request(key), Some(InputRequest::InsertChar(_)))
    }

    /// Whether the key is a letter or a digit that belongs into a confirmation that is typed by
    /// hand, also where something else on the page has the focus.
    pub fn asks_for(&self, key: &KeyEvent) -> bool {
        let typed = matches!(self.kind, Kind::Confirmation | Kind::Count);
        let letter = matches!(key.code, KeyCode::Char(c) if c.is_alphanumeric());
        typed && letter && self.writes(key)
    }

    /// Takes a key; whether the text changed.
    pub fn on_key(&mut self, key: &KeyEvent) -> bool {
        let Some(request) = self.request(key) else { return false };
        let grows = matches!(request, InputRequest::InsertChar(_));
        if grows && self.value().len() >= MOST {
            return false;
        }
        self.input.handle(request).is_some_and(|change| change.value)
    }

    /// Whether it takes this paste; why not, in words.
    ///
    /// # Errors
    /// A confirmation is typed by hand, and a text that is too long is refused whole.
    pub fn takes(&self, pasted: &str) -> Result<(), &'static str> {
        if matches!(self.kind, Kind::Confirmation | Kind::Count) {
            return Err("This one is typed by hand, so that it cannot happen by accident.");
        }
        if pasted.trim().len() > MOST {
            return Err("The paste is too long for this field: nothing of it was taken.");
        }
        Ok(())
    }

    /// Takes a paste; whether it was taken.
    pub fn paste(&mut self, pasted: &str) -> bool {
        if self.takes(pasted).is_err() {
            return false;
        }
        let digits_only = self.kind == Kind::Number;
        for c in pasted.trim().chars() {
            if self.value().len() >= MOST {
                break;
            }
            let c = if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c };
            if !c.is_control() && (!digits_only || c.is_ascii_digit()) {
                self.input.handle(InputRequest::InsertChar(c));
            }
        }
        true
    }

    /// Draws the text in the field's cell, with the caret when it has the focus.
    pub fn view(&self, theme: &Theme, focused: bool, area: Rect, buf: &mut Buffer) {
        cell(theme, area, buf);
        let hidden;
        let value = if self.kind == Kind::Secret {
            hidden = "•".repeat(self.value().chars().count());
            hidden.as_str()
        } else {
            self.value()
        };
        view(value, focused.then(|| self.input.cursor()), theme, area, buf);
    }
}

impl Kind {
    fn takes(self, c: char) -> bool {
        match self {
            Self::Text | Self::Secret | Self::Confirmation => !c.is_control(),
            Self::Number | Self::Count => c.is_ascii_digit(),
        }
    }

    fn request(self, key: &KeyEvent) -> Option<InputRequest> {
        if key.kind == KeyEventKind::Release {
            return None;
        }
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        let word = ctrl || alt;
        let chord = key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        match key.code {
            KeyCode::Char('w') if ctrl => Some(InputRequest::DeletePrevWord),
            KeyCode::Char('u') if ctrl => Some(InputRequest::DeleteLine),
            KeyCode::Char('k') if ctrl => Some(InputRequest::DeleteTillEnd),
            KeyCode::Char('a') if ctrl => Some(InputRequest::GoToStart),
            KeyCode::Char('e') if ctrl => Some(InputRequest::GoToEnd),
            KeyCode::Char('b') if alt => Some(InputRequest::GoToPrevWord),
            KeyCode::Char('f') if alt => Some(InputRequest::GoToNextWord),
            KeyCode::Char('d') if alt => Some(InputRequest::DeleteNextWord),
            KeyCode::Char(c) if !chord && self.takes(c) => Some(InputRequest::InsertChar(c)),
            KeyCode::Backspace if word => Some(InputRequest::DeletePrevWord),
            KeyCode::Delete if word => Some(InputRequest::DeleteNextWord),
            KeyCode::Backspace => Some(InputRequest::DeletePrevChar),
            KeyCode::Delete => Some(InputRequest::DeleteNextChar),
            KeyCode::Left if word => Some(InputRequest::GoToPrevWord),
            KeyCode::Right if word => Some(InputRequest::GoToNextWord),
            KeyCode::Left => Some(InputRequest::GoToPrevChar),
            KeyCode::Right => Some(InputRequest::GoToNextChar),
            KeyCode::Home => Some(InputRequest::GoToStart),
            KeyCode::End => Some(InputRequest::GoToEnd),
            _ => None,
        }
    }
}

/// Draws the cell of a field, so that it can be seen before anything is written in it.
pub fn cell(theme: &Theme, area: Rect, buf: &mut Buffer) {
    let area = Rect { height: area.height.min(1), ..area }.intersection(buf.area);
    buf.set_style(area, theme.style(Tone::Field));
}

/// Draws text with a caret before its character number `caret`.
fn view(value: &str, caret: Option<usize>, theme: &Theme, area: Rect, buf: &mut Buffer) {
    // Typed and pasted text is outside text too.
    let Some(at) = caret else {
        let shown = Untrusted::new(value).shown_in(area.width.into());
        text::put(buf, area, shown.as_str(), theme.style(Tone::Text));
        return;
    };
    let split = value.char_indices().nth(at).map_or(value.len(), |(byte, _)| byte);
    let before = Untrusted::new(&value[..split]).shown();
    let rest = &value[split..];
    let (under, after) = match rest.chars().next() {
        Some(c) => rest.split_at(c.len_utf8()),
        None => ("", ""),
    };
    // Scrolled so that the caret is always in sight.
    let mut head = before.as_str();
    while text::width(head) + 2 > area.width && !head.is_empty() {
        let first = head.chars().next().map_or(1, char::len_utf8);
        head = &head[first..];
    }
    let x = text::put(buf, area, head, theme.style(Tone::Text));
    let here = Rect { x, width: area.right().saturating_sub(x), ..area };
    if under.is_empty() {
        text::put(buf, here, "▏", theme.style(Tone::Accent).add_modifier(CARET));
        return;
    }
    let x = text::put(buf, here, Untrusted::new(under).shown().as_str(), theme.style(Tone::Caret));
    let rest_area = Rect { x, width: area.right().saturating_sub(x), ..area };
    text::put(buf, rest_area, Untrusted::new(after).shown().as_str(), theme.style(Tone::Text));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(kind: Kind, keys: &str) -> Field {
        let mut field = Field::new(kind);
        for c in keys.chars() {
            field.on_key(&KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE));
        }
        field
    }

    #[test]
    fn a_number_leaves_letters_to_the_keys() {
        let field = typed(Kind::Count, "1e2");
        assert_eq!(field.value(), "12");
        assert!(!field.wants(&KeyEvent::new(KeyCode::Char('e'), KeyModifiers::NONE)));
    }

    #[test]
    fn section_6_a_shells_keys_edit_words() {
        let pressed = |presses: &[(KeyCode, KeyModifiers)]| {
            let mut field = Field::with(Kind::Text, "Acme Corp Berlin");
            for (code, modifiers) in presses {
                let key = KeyEvent::new(*code, *modifiers);
                assert!(field.wants(&key), "{key:?} leaves the field alone");
                field.on_key(&key);
            }
            field.value().to_owned()
        };
        let (ctrl, alt) = (KeyModifiers::CONTROL, KeyModifiers::ALT);
        let letter = |c| (KeyCode::Char(c), KeyModifiers::NONE);
        let back = (KeyCode::Char('b'), alt);
        assert_eq!(pressed(&[(KeyCode::Backspace, alt)]), "Acme Corp ");
        assert_eq!(pressed(&[(KeyCode::Char('w'), ctrl)]), "Acme Corp ");
        assert_eq!(pressed(&[back, letter('x')]), "Acme Corp xBerlin");
        assert_eq!(pressed(&[(KeyCode::Left, alt), letter('x')]), "Acme Corp xBerlin");
        assert_eq!(pressed(&[(KeyCode::Left, ctrl), letter('x')]), "Acme Corp xBerlin");
        assert_eq!(pressed(&[back, back, (KeyCode::Char('k'), ctrl)]), "Acme ");
        assert_eq!(pressed(&[back, back, (KeyCode::Char('d'), alt)]), "Acme Berlin");
        assert_eq!(pressed(&[(KeyCode::Char('a'), ctrl), letter('x')]), "xAcme Corp Berlin");
        let ends = [(KeyCode::Char('a'), ctrl), (KeyCode::Char('e'), ctrl), letter('x')];
        assert_eq!(pressed(&ends), "Acme Corp Berlinx");
        assert_eq!(pressed(&[(KeyCode::Char('u'), ctrl)]), "");
    }

    #[test]
    fn a_paste_never_submits_and_never_confirms() {
        let mut field = Field::new(Kind::Text);
        assert!(field.paste("a@b.example\nc@d.example\r\n"));
        assert_eq!(field.value(), "a@b.example c@d.example");
        let mut confirmation = Field::new(Kind::Confirmation);
        assert!(!confirmation.paste("acme.webex.example"));
        assert_eq!(confirmation.value(), "");
    }

    #[test]
    fn text_is_bounded() {
        let mut field = Field::new(Kind::Text);
        assert!(!field.paste(&"x".repeat(10_000)), "refused whole, never cut");
        assert_eq!(field.value(), "");
        assert!(field.paste(&"x".repeat(MOST)) && field.takes("x").is_ok());
    }
}
