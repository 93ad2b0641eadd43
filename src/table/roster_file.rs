//! What a roster file says: where it is from, its layout and its rows.
//!
//! Owns the shapes only. Text stays as it was spelled; nothing here judges an address, and a
//! password has no place to stand.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};

use super::decode::Encoding;
use super::layout::{Dialect, Field, Layout, Says};
use super::records::Delimiter;
use crate::domain::untrusted::Untrusted;

/// What a file was recognised as, for the preview of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// Whose export it is.
    pub dialect: Dialect,
    /// How its text is encoded.
    pub encoding: Encoding,
    /// What separates its fields.
    pub delimiter: Delimiter,
}

/// A roster as read from a file.
#[derive(Debug, Clone, PartialEq)]
pub struct RosterFile {
    /// What it was recognised as.
    pub source: Source,
    /// Its columns.
    pub layout: Layout,
    /// Its rows, in the file's order.
    pub rows: Vec<RosterRow>,
}

/// One site user as a file describes them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RosterRow {
    /// The physical line on which the row starts.
    pub line: u64,
    /// The `UserID`, blanks around it trimmed; in dialects without one the address, so trimmed.
    pub user_id: Untrusted,
    /// Whether the site account is active; absent where the file does not say.
    pub active: Option<bool>,
    /// First name.
    pub first_name: Untrusted,
    /// Last name.
    pub last_name: Untrusted,
    /// The name as displayed (Control Hub).
    pub display_name: Untrusted,
    /// The sign-in name (Site Administration).
    pub user_name: Untrusted,
    /// The address exactly as spelled (rule U9), usable or not.
    pub address: Untrusted,
    /// Department.
    pub department: Untrusted,
    /// `HOST`, `ADMN`, `ADMV` or `ATTND`, as it stands.
    pub host_privilege: Untrusted,
    /// The cells of the unknown columns, in the order of [`Layout::extra_headers`].
    pub extra: Extra,
    /// What only world files say.
    pub world: WorldColumns,
}

impl RosterRow {
    /// This row put over what was known: where the file has no column, that stays (SPEC section
    /// 9). The unknown columns stay the row's own.
    #[must_use]
    pub fn over(&self, says: Says, known: &Self) -> Self {
        let text = |field, said: &Untrusted, known: &Untrusted| {
            if says.has(field) { said.clone() } else { known.clone() }
        };
        Self {
            line: self.line,
            user_id: text(Field::UserId, &self.user_id, &known.user_id),
            active: self.active.or(known.active),
            first_name: text(Field::FirstName, &self.first_name, &known.first_name),
            last_name: text(Field::LastName, &self.last_name, &known.last_name),
            display_name: text(Field::DisplayName, &self.display_name, &known.display_name),
            user_name: text(Field::UserName, &self.user_name, &known.user_name),
            address: text(Field::Address, &self.address, &known.address),
            department: text(Field::Department, &self.department, &known.department),
            host_privilege: text(Field::HostPrivilege, &self.host_privilege, &known.host_privilege),
            extra: self.extra.clone(),
            world: self.world,
        }
    }
}

/// Columns that are read in world files and nowhere else (SPEC section 9).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WorldColumns {
    /// The site account is linked.
    pub linked: bool,
    /// It is linked under an agreement.
    pub provisional: bool,
    /// The person confirmed the address.
    pub confirmed: bool,
    /// The person declined.
    pub declined: bool,
    /// A mail may or may not have been sent.
    pub unknown: bool,
    /// When the last invitation was sent.
    pub invited: Option<Timestamp>,
}

/// The cells of a row's unknown columns: one text and where each ends, for there are many.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Vec<String>")]
pub struct Extra {
    text: Box<str>,
    ends: Box<[u32]>,
}

impl Extra {
    /// How many cells there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The cell of the unknown column at `index`, as it was spelled.
    pub fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |e| *e);
        self.text.get(start as usize..end)
    }

    /// The cells in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|index| self.get(index))
    }
}

impl<S: AsRef<str>> FromIterator<S> for Extra {
    fn from_iter<I: IntoIterator<Item = S>>(cells: I) -> Self {
        let (mut text, mut ends) = (String::new(), Vec::new());
        for cell in cells {
            text.push_str(cell.as_ref());
            ends.push(text.len() as u32);
        }
        Self { text: text.into(), ends: ends.into() }
    }
}

impl From<Vec<String>> for Extra {
    fn from(cells: Vec<String>) -> Self {
        cells.into_iter().collect()
    }
}

impl Serialize for Extra {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(Untrusted::from)).finish()
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} export, {}, {}", self.dialect, self.encoding, self.delimiter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_found_again() {
        let extra: Extra = ["", "é", "", "x y"].into_iter().collect();
        assert_eq!(extra.iter().collect::<Vec<_>>(), ["", "é", "", "x y"]);
        assert_eq!((extra.get(1), extra.get(4)), (Some("é"), None));
        assert!(Extra::default().is_empty());
        let json = serde_json::to_string(&extra).unwrap();
        assert_eq!(json, r#"["","é","","x y"]"#);
        assert_eq!(serde_json::from_str::<Extra>(&json).unwrap(), extra);
    }
}
