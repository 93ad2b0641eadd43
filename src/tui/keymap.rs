//! Keys: one table, from which footer, help, palette, README and overrides are derived.
//!
//! Owns the resolution of a key event to an [`Action`] and what each key is called. Only this
//! module and `widget::field` look inside a key event. Adding a key is one row in `bindings`.

mod action;
mod bindings;
mod chord;
mod overrides;

use crossterm::event::KeyEvent;

pub use action::{Action, Availability};
pub use bindings::{BINDINGS, Binding, Scope};
pub use chord::Chord;
pub use overrides::{KeymapError, Override};

/// The table in force: the built-in rows with the user's overrides applied.
#[derive(Debug, Clone)]
pub struct Keymap {
    rows: Vec<Row>,
    /// Keys are called by the names of their actions: nobody presses any.
    spoken: bool,
}

/// A row in force.
#[derive(Debug, Clone)]
pub struct Row {
    /// The row of the table.
    pub binding: &'static Binding,
    /// The keys now.
    pub chords: Vec<Chord>,
}

/// A row of the printed table (`hublink keys`, README).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRow {
    /// Where the keys work.
    pub scope: &'static str,
    /// The keys.
    pub keys: String,
    /// The name for overrides.
    pub action: String,
    /// What it does.
    pub help: &'static str,
}

impl Default for Keymap {
    fn default() -> Self {
        let rows = BINDINGS
            .iter()
            .map(|binding| Row {
                binding,
                chords: binding.keys.iter().filter_map(|key| Chord::parse(key).ok()).collect(),
            })
            .collect();
        Self { rows, spoken: false }
    }
}

impl Keymap {
    /// The built-in table with overrides applied.
    ///
    /// # Errors
    /// An unknown action or key, two actions on one key, or an attempt on Ctrl-c.
    pub fn with(overrides: &[Override]) -> Result<Self, KeymapError> {
        let mut map = Self::default();
        for wanted in overrides {
            overrides::apply(&mut map.rows, wanted)?;
        }
        overrides::check(&map.rows)?;
        Ok(map)
    }

    /// The same for who has the wizard told line by line: sentences name actions, not keys.
    #[must_use]
    pub fn spoken(self) -> Self {
        Self { spoken: true, ..self }
    }

    /// Whether nobody sees the screen.
    pub fn is_spoken(&self) -> bool {
        self.spoken
    }

    /// All rows.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The rows of these scopes, innermost first.
    pub fn live<'a>(&'a self, scopes: &'a [Scope]) -> impl Iterator<Item = &'a Row> {
        scopes.iter().flat_map(|scope| self.rows.iter().filter(|row| row.binding.scope == *scope))
    }

    /// The actions a key could mean in these scopes, innermost first.
    pub fn resolve(&self, key: &KeyEvent, scopes: &[Scope]) -> Vec<Action> {
        let Some(chord) = Chord::of(key) else { return Vec::new() };
        self.live(scopes)
            .filter(|row| row.chords.contains(&chord))
            .map(|row| row.binding.action)
            .collect()
    }

    /// The first key of an action in these scopes.
    pub fn chord(&self, action: Action, scopes: &[Scope]) -> Option<Chord> {
        if self.spoken {
            return None;
        }
        self.live(scopes)
            .filter(|row| row.binding.action == action)
            .find_map(|row| row.chords.first().copied())
    }

    /// The first key of an action anywhere, in words; for sentences such as "press r"; the action's name
    /// where the wizard is told line by line.
    pub fn key(&self, action: Action) -> String {
        if self.spoken {
            return action.code();
        }
        self.rows
            .iter()
            .filter(|row| row.binding.action == action)
            .find_map(|row| row.chords.first())
            .map_or_else(|| format!(":{}", action.code()), ToString::to_string)
    }

    /// The table for people: every row with its keys.
    pub fn table(&self) -> Vec<TableRow> {
        self.rows
            .iter()
            .map(|row| TableRow {
                scope: row.binding.scope.title(),
                keys: keys_words(&row.chords),
                action: row.binding.action.code(),
                help: row.binding.help,
            })
            .collect()
    }
}

/// "up, k" or "in the palette".
pub fn keys_words(chords: &[Chord]) -> String {
    if chords.is_empty() {
        return "in the palette".to_owned();
    }
    chords.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
