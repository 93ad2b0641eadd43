//! The user's own keys, laid over the table.
//!
//! Owns what an override may do: give an action other keys, everywhere or in one scope. Must not
//! let two actions share a key in one scope, nor Ctrl-c be taken away.

use super::action::Action;
use super::bindings::Scope;
use super::chord::Chord;
use super::{Row, keys_words};

/// One line of the user's `[keys]` table: `tick = ["space", "x"]` or `"select.tick" = "x"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The action's name, after the scope's and a dot where only one scope is meant.
    pub name: String,
    /// Its keys; none leaves it to the palette.
    pub keys: Vec<String>,
}

/// Why the user's keys were refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeymapError {
    /// There is no such action.
    #[error("keys: there is no action `{0}`; `hublink keys` lists them all")]
    UnknownAction(String),
    /// There is no such key.
    #[error("keys: `{key}`, for `{action}`, is not a key; write it as ctrl-d, f5, space or x")]
    UnknownKey {
        /// The spelling.
        key: String,
        /// Whose.
        action: String,
    },
    /// One key, two meanings.
    #[error("keys: in {scope}, `{key}` would mean both `{first}` and `{second}`")]
    Conflict {
        /// Where.
        scope: &'static str,
        /// The key.
        key: String,
        /// One action.
        first: String,
        /// The other.
        second: String,
    },
    /// Ctrl-c is fixed.
    #[error("keys: ctrl-c always quits and cannot be bound")]
    Fixed,
}

/// Lays one override over the rows.
pub(super) fn apply(rows: &mut [Row], wanted: &Override) -> Result<(), KeymapError> {
    let (scope, name) = match wanted.name.split_once('.') {
        Some((scope, name)) => (Some(scope), name),
        None => (None, wanted.name.as_str()),
    };
    let unknown = || KeymapError::UnknownAction(wanted.name.clone());
    let action = Action::from_code(name).ok_or_else(unknown)?;
    let ctrl_c = Chord::parse("ctrl-c").ok();
    let mut chords = Vec::new();
    for key in &wanted.keys {
        let chord = Chord::parse(key)
            .map_err(|key| KeymapError::UnknownKey { key, action: wanted.name.clone() })?;
        if Some(chord) == ctrl_c {
            return Err(KeymapError::Fixed);
        }
        chords.push(chord);
    }
    if action == Action::ForceQuit {
        return Err(KeymapError::Fixed);
    }
    let mut met = false;
    for row in rows.iter_mut() {
        let binding = row.binding;
        if binding.action == action && scope.is_none_or(|scope| binding.scope.code() == scope) {
            row.chords.clone_from(&chords);
            met = true;
        }
    }
    if met { Ok(()) } else { Err(unknown()) }
}

/// Refuses two actions on one key in one scope.
pub(super) fn check(rows: &[Row]) -> Result<(), KeymapError> {
    for scope in Scope::ALL {
        let mut seen: Vec<(Chord, Action)> = Vec::new();
        for row in rows.iter().filter(|row| row.binding.scope == scope) {
            for chord in &row.chords {
                let other = seen.iter().find(|(known, _)| known == chord);
                if let Some((_, first)) = other.filter(|(_, first)| *first != row.binding.action) {
                    return Err(KeymapError::Conflict {
                        scope: scope.title(),
                        key: keys_words(&[*chord]),
                        first: first.code(),
                        second: row.binding.action.code(),
                    });
                }
                seen.push((*chord, row.binding.action));
            }
        }
    }
    Ok(())
}
