//! Colours: code asks for a meaning, a theme gives the colour.
//!
//! Owns [`Tone`] and the reading of theme files (`themes/*.toml`). The only file that names a
//! colour. Colour repeats what words say: with `NO_COLOR` everything can still be read.

mod depth;
pub mod glyphs;
mod light;
pub mod marks;
mod sample;
mod sgr;
mod sixteen;
mod wardrobe;

use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

pub use depth::Depth;
use light::{DARK, LIGHT};
pub use light::{READABLE, Rgb, answered, contrast, guessed, is_light};
pub use sgr::Pen;
pub use wardrobe::Wardrobe;

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
    /// What is read on the ground.
    inks: [Option<Rgb>; 7],
    /// The ground of its own, in case the terminal's will not do.
    own: Color,
    depth: Depth,
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

fn table_of(text: &str) -> Result<BTreeMap<String, toml::Value>, String> {
    toml::from_str(text).map_err(|error| error.to_string())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    background: Paint,
    /// Painted where the text cannot be read on the terminal's own; `default`: never.
    ground: Option<Paint>,
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
struct Paint(Option<Rgb>);

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

/// The themes compiled in: name and file. The first two are taken by the terminal's ground.
pub const BUILT_IN: [(&str, &str); 10] = [
    ("dark", include_str!("../../themes/dark.toml")),
    ("light", include_str!("../../themes/light.toml")),
    ("contrast-dark", include_str!("../../themes/contrast-dark.toml")),
    ("contrast-light", include_str!("../../themes/contrast-light.toml")),
    ("mono", include_str!("../../themes/mono.toml")),
    ("colour-blind", include_str!("../../themes/colour-blind.toml")),
    ("solarized-dark", include_str!("../../themes/solarized-dark.toml")),
    ("solarized-light", include_str!("../../themes/solarized-light.toml")),
    ("dusk", include_str!("../../themes/dusk.toml")),
    ("paper", include_str!("../../themes/paper.toml")),
];

/// A theme inherits from one that inherits, and so on, this often at the most.
const GENERATIONS: usize = 8;

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

    /// Reads a theme file, which may inherit from a built-in theme.
    ///
    /// # Errors
    /// Unknown or missing keys, what is no colour, and a parent that there is not.
    pub fn parse(name: &str, text: &str, depth: Depth) -> Result<Self, ThemeError> {
        Self::parse_among(name, text, depth, &|_| None)
    }

    /// Reads a theme file; `own` gives the text of the user's own of a name, before the built-in one.
    ///
    /// # Errors
    /// As [`Theme::parse`].
    pub fn parse_among(
        name: &str,
        text: &str,
        depth: Depth,
        own: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ThemeError> {
        let unreadable = |why: String| ThemeError::Unreadable { name: name.to_owned(), why };
        let mut table = table_of(text).map_err(unreadable)?;
        let mut child = name.to_owned();
        for _ in 0..GENERATIONS {
            let Some(parent) = table.remove("inherits") else {
                let file = File::deserialize(toml::Value::Table(table.into_iter().collect()))
                    .map_err(|error| unreadable(error.to_string()))?;
                return Ok(Self::build(name, &file, depth));
            };
            let Some(parent) = parent.as_str().map(str::to_owned) else {
                return Err(unreadable("inherits is the name of a theme".to_owned()));
            };
            // One's own theme of a built-in's name may inherit from that.
            let text = own(&parent).filter(|_| parent != child);
            let built_in = || BUILT_IN.into_iter().find(|(known, _)| *known == parent);
            let text = text.or_else(|| built_in().map(|(_, text)| text.to_owned()));
            let Some(text) = text else {
                return Err(unreadable(format!("it inherits from {parent}, which there is not")));
            };
            for (key, value) in table_of(&text).map_err(unreadable)? {
                table.entry(key).or_insert(value);
            }
            child = parent;
        }
        Err(unreadable("it inherits from itself".to_owned()))
    }

    /// A theme without any colour: bold, reverse and words.
    pub fn plain() -> Self {
        let none = Paint(None);
        let file = File {
            background: none,
            ground: None,
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
            Depth::None | Depth::Sixteen | Depth::Console => Color::Reset,
            Depth::Many | Depth::True => colour(file.background, Color::Reset),
        };
        let text = colour(file.text, Color::Reset);
        let base = Style::new().fg(text).bg(ground);
        let fg = |paint, ansi| Style::new().fg(colour(paint, ansi));
        let inks = [
            file.text,
            file.muted,
            file.faint,
            file.accent,
            file.done,
            file.attention,
            file.refused,
        ];
        let inks = inks.map(|Paint(rgb)| rgb);
        let said = |paint: Paint, usual| fg(paint, sixteen::of(paint.0, usual));
        let accent = said(file.accent, Color::Cyan);
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
                Depth::Sixteen if !sixteen::is_loud(&inks) => {
                    Style::new().fg(text).add_modifier(Modifier::DIM)
                }
                _ => fg(file.faint, Color::Reset),
            },
            accent,
            accent.add_modifier(Modifier::BOLD),
            accent,
            said(file.done, Color::Green),
            said(file.attention, Color::Yellow),
            said(file.refused, Color::Red),
            accent.add_modifier(Modifier::REVERSED | marks::CARET),
            field,
            accent.add_modifier(marks::FOCUS),
        ];
        // What is written over a quiet line is not quiet.
        let loud = |style: Style| style.remove_modifier(Modifier::DIM - style.add_modifier);
        let usual = if inks[0].is_some_and(is_light) { DARK } else { LIGHT };
        let own = match depth {
            Depth::None | Depth::Sixteen | Depth::Console => Color::Reset,
            _ => depth.colour(file.ground.unwrap_or(Paint(Some(usual))).0, Color::Reset),
        };
        Self { name: name.to_owned(), base, styles: styles.map(loud), inks, own, depth }
    }

    /// The theme on a terminal whose ground this is: where some text could not be read on it, the
    /// theme paints its own.
    #[must_use]
    pub fn on(self, ground: Rgb) -> Self {
        let unread = |ink: &Option<Rgb>| ink.is_some_and(|ink| contrast(ink, ground) < READABLE);
        if self.depth.is_sixteen() {
            return sixteen::on(self, is_light(ground));
        }
        if self.inks.iter().any(unread) { self.on_its_own() } else { self }
    }

    /// The theme on a terminal whose ground nobody knows: it paints its own. With sixteen colours it
    /// has none; a theme of dark words was taken by somebody who sees a light ground.
    #[must_use]
    pub fn on_its_own(mut self) -> Self {
        if self.depth.is_sixteen() && self.inks[0].is_some_and(|text| !is_light(text)) {
            return sixteen::on(self, true);
        }
        if self.base.bg == Some(Color::Reset) {
            self.base = self.base.bg(self.own);
        }
        self
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
