//! The text of the users of a block, one column after the other.
//!
//! Owns its bytes: the number of users, then for each column the length of each value (a varint),
//! then the values without anything between. What a user is compared by is mostly the address in
//! small letters, and is one sign then.

use super::{BlockError, Cursor, ROWS, pack, unpack};

/// Columns in a block.
const COLUMNS: usize = 5;
/// Stands for a key that is the address in small letters.
const SAME: &str = "=";

/// A column of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    UserId,
    Name,
    Address,
    Key,
    Department,
}

/// A text of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// `UserID`.
    UserId,
    /// The name: the display name, or first and last.
    Name,
    /// The address as spelled on the site.
    Address,
    /// The department.
    Department,
}

/// The text of the users of a block, in order of number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    rows: u32,
    columns: [Values; COLUMNS],
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Values {
    text: String,
    ends: Vec<u32>,
}

/// One user's text on the way in.
#[derive(Debug, Clone, Copy)]
pub struct TextsIn<'a> {
    /// `UserID`.
    pub user_id: &'a str,
    /// The name.
    pub name: &'a str,
    /// The address as spelled.
    pub address: &'a str,
    /// The canonical address; absent: not usable.
    pub key: Option<&'a str>,
    /// The department.
    pub department: &'a str,
}

impl Values {
    fn push(&mut self, value: &str) {
        self.text.push_str(value);
        self.ends.push(self.text.len() as u32);
    }

    fn get(&self, at: usize) -> Option<&str> {
        let begin = at.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.text.get(begin as usize..*self.ends.get(at)? as usize)
    }

    fn write(&self, raw: &mut Vec<u8>) {
        let mut begin = 0;
        for end in &self.ends {
            let mut length = end - begin;
            while length >= 0x80 {
                raw.push(length as u8 | 0x80);
                length >>= 7;
            }
            raw.push(length as u8);
            begin = *end;
        }
        raw.extend_from_slice(self.text.as_bytes());
    }

    fn read(rows: u32, cursor: &mut Cursor<'_>) -> Result<Self, BlockError> {
        let mut ends = Vec::with_capacity(rows as usize);
        let mut end = 0_u32;
        for _ in 0..rows {
            end = end.checked_add(varint(cursor)?).ok_or(BlockError::Length)?;
            ends.push(end);
        }
        let text = String::from_utf8(cursor.take(end as usize)?.to_vec());
        let text = text.map_err(|_| BlockError::Text)?;
        if ends.iter().all(|end| text.is_char_boundary(*end as usize)) {
            Ok(Self { text, ends })
        } else {
            Err(BlockError::Text)
        }
    }
}

fn varint(cursor: &mut Cursor<'_>) -> Result<u32, BlockError> {
    let mut value = 0_u32;
    for shift in [0, 7, 14, 21] {
        let [byte] = cursor.array()?;
        value |= u32::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Ok(value);
        }
    }
    Err(BlockError::Length)
}

impl Texts {
    /// How many users.
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// Appends a user, the 4,096th at most.
    pub fn push(&mut self, user: &TextsIn<'_>) {
        if self.rows == ROWS {
            return;
        }
        self.rows += 1;
        let key = user.key.map_or("", |key| {
            let same = user.address.trim().eq_ignore_ascii_case(key)
                && !key.bytes().any(|byte| byte.is_ascii_uppercase());
            if same { SAME } else { key }
        });
        let values = [user.user_id, user.name, user.address, key, user.department];
        for (column, value) in self.columns.iter_mut().zip(values) {
            column.push(value);
        }
    }

    /// A user's text; empty where there is no such user. `at` counts from the block's first.
    pub fn get(&self, at: usize, field: Field) -> &str {
        self.value(
            at,
            match field {
                Field::UserId => Column::UserId,
                Field::Name => Column::Name,
                Field::Address => Column::Address,
                Field::Department => Column::Department,
            },
        )
    }

    /// A user's canonical address; absent: not usable.
    pub fn key(&self, at: usize) -> Option<String> {
        match self.value(at, Column::Key) {
            "" => None,
            SAME => Some(self.get(at, Field::Address).trim().to_ascii_lowercase()),
            key => Some(key.to_owned()),
        }
    }

    /// The domain of a user's canonical address as it is spelled: it has no capital where it is
    /// written out, and may have some where the key is the address.
    pub fn domain(&self, at: usize) -> Option<&str> {
        let key = match self.value(at, Column::Key) {
            "" => return None,
            SAME => self.get(at, Field::Address).trim(),
            key => key,
        };
        key.rsplit_once('@').map(|(_, domain)| domain)
    }

    fn value(&self, at: usize, column: Column) -> &str {
        self.columns[column as usize].get(at).unwrap_or_default()
    }

    /// The bytes, packed.
    pub fn pack(&self) -> Vec<u8> {
        let text: usize = self.columns.iter().map(|column| column.text.len()).sum();
        let mut raw = Vec::with_capacity(4 + text + COLUMNS * self.rows as usize);
        raw.extend_from_slice(&self.rows.to_le_bytes());
        for column in &self.columns {
            column.write(&mut raw);
        }
        pack(&raw)
    }

    /// Reads [`Texts::pack`].
    ///
    /// # Errors
    /// A [`BlockError`].
    pub fn unpack(packed: &[u8]) -> Result<Self, BlockError> {
        let raw = unpack(packed)?;
        let mut cursor = Cursor(&raw);
        let mut texts = Self { rows: cursor.rows()?, ..Self::default() };
        for column in &mut texts.columns {
            *column = Values::read(texts.rows, &mut cursor)?;
        }
        cursor.end()?;
        Ok(texts)
    }
}
