//! Colours: code asks for a meaning, a theme gives the colour.
//!
//! Owns [`Tone`] and the reading of theme files (`themes/*.toml`). The only file that names a
//! colour. Colour repeats what words say: with `NO_COLOR` everything can still be read.

mod depth;
pub mod glyphs;
pub mod marks;
mod sgr;

use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

pub use depth::Depth;
pub use sgr::Pen;

/// What a piece of text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Ordinary text.
    Text,
    /// What the eye shall find first.
    Strong,
    /// Labels and explanations.
    Muted,
    /// Lines and what cannot be acted on.
    Faint,
    /// The focus, and what comes next.
    Accent,
    /// The focused title.
    Title,
    /// A key in the footer and in the help.
    Key,
    /// Done.
    Done,
    /// Wants attention.
    Attention,
    /// Refused.
    Refused,
    /// The place in a text where the next letter goes.
    Caret,
    /// The cell of a field, empty or not: a tint, else an underline.
    Field,
    /// The bar at the row that has the focus.
    Focus,
}

/// A theme, ready to draw with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// Its name.
    pub name: String,
    base: Style,
    styles: [Style; 13],
}

/// Why a theme was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ThemeError {
    /// Not readable.
    #[error("theme {name}: {why}")]
    Unreadable {
        /// Which theme.
        name: String,
        /// What is wrong and where.
        why: String,
    },
    /// No such theme.
    #[error("there is no theme {0}; `hublink themes` lists them all")]
    Unknown(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    background: Paint,
    text: Paint,
    muted: Paint,
    faint: Paint,
    accent: Paint,
    done: Paint,
    attention: Paint,
    refused: Paint,
    /// The ground of a field; `default` underlines it instead.
    #[serde(default)]
    field: Paint,
}

/// `#rrggbb`, or `default` for the terminal's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(try_from = "String")]
struct Paint(Option<(u8, u8, u8)>);

impl TryFrom<String> for Paint {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == "default" {
            return Ok(Self(None));
        }
        let wrong = || format!("`{text}` is no colour; write #rrggbb or default");
        let hex = text.strip_prefix('#').filter(|hex| hex.len() == 6).ok_or_else(wrong)?;
        let part = |at: usize| {
            hex.get(at..at + 2).and_then(|two| u8::from_str_radix(two, 16).ok()).ok_or_else(wrong)
        };
        Ok(Self(Some((part(0)?, part(2)?, part(4)?))))
    }
}

/// The themes compiled in: name and file.
pub const BUILT_IN: [(&str, &str); 2] = [
    ("dark", include_str!("../../themes/dark.toml")),
    ("light", include_str!("../../themes/light.toml")),
];

impl Theme {
    /// A built-in theme.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn built_in(name: &str, depth: Depth) -> Result<Self, ThemeError> {
        let (name, text) = BUILT_IN
            .into_iter()
            .find(|(known, _)| *known == name)
            .ok_or_else(|| ThemeError::Unknown(name.to_owned()))?;
        Self::parse(name, text, depth)
    }

    /// Reads a theme file.
    ///
    /// # Errors
    /// Unknown or missing keys, and what is no colour.
    pub fn parse(name: &str, text: &str, depth: Depth) -> Result<Self, ThemeError> {
        let unreadable = |why: String| ThemeError::Unreadable { name: name.to_owned(), why };
        let table: BTreeMap<String, toml::Value> =
            toml::from_str(text).map_err(|error| unreadable(error.to_string()))?;
        let file = File::deserialize(toml::Value::Table(table.into_iter().collect()))
            .map_err(|error| unreadable(error.to_string()))?;
        Ok(Self::build(name, &file, depth))
    }

    /// A theme without any colour: bold, reverse and words.
    pub fn plain() -> Self {
        let none = Paint(None);
        let file = File {
            background: none,
            text: none,
            muted: none,
            faint: none,
            accent: none,
            done: none,
            attention: none,
            refused: none,
            field: none,
        };
        Self::build("plain", &file, Depth::None)
    }

    fn build(name: &str, file: &File, depth: Depth) -> Self {
        let colour = |paint: Paint, ansi: Color| depth.colour(paint.0, ansi);
        let ground = match depth {
            // Sixteen colours are the user's own; so is the ground they stand on.
            Depth::None | Depth::Sixteen => Color::Reset,
            Depth::Many | Depth::True => colour(file.background, Color::Reset),
        };
        let text = colour(file.text, Color::Reset);
        let base = Style::new().fg(text).bg(ground);
        let fg = |paint, ansi| Style::new().fg(colour(paint, ansi));
        let accent = fg(file.accent, Color::Cyan);
        // Sixteen colours have none that is only a tint.
        let field = match (depth, file.field) {
            (Depth::Many | Depth::True, Paint(Some(_))) => {
                Style::new().bg(colour(file.field, Color::Reset))
            }
            _ => Style::new().add_modifier(Modifier::UNDERLINED),
        };
        let styles = [
            Style::new().fg(text),
            Style::new().fg(text).add_modifier(Modifier::BOLD),
            fg(file.muted, Color::Reset),
            match depth {
                // Bright black is the ground itself in some palettes.
                Depth::Sixteen => Style::new().fg(text).add_modifier(Modifier::DIM),
                _ => fg(file.faint, Color::Reset),
            },
            accent,
            accent.add_modifier(Modifier::BOLD),
            accent,
            fg(file.done, Color::Green),
            fg(file.attention, Color::Yellow),
            fg(file.refused, Color::Red),
            accent.add_modifier(Modifier::REVERSED | marks::CARET),
            field,
            accent.add_modifier(marks::FOCUS),
        ];
        // What is written over a quiet line is not quiet.
        let loud = |style: Style| style.remove_modifier(Modifier::DIM - style.add_modifier);
        Self { name: name.to_owned(), base, styles: styles.map(loud) }
    }

    /// The style of the empty screen.
    pub fn base(&self) -> Style {
        self.base
    }

    /// The style of a meaning.
    pub fn style(&self, tone: Tone) -> Style {
        self.styles[tone as usize]
    }
}

#[cfg(test)]
mod tests;
