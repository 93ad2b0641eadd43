//! What is kept of the users of a block: a code each, and a time for those who were invited.
//!
//! Owns its bytes: the number of users, the codes, the times; all little-endian.

use super::{BlockError, Cursor, pack, unpack};
use crate::domain::kept::{Bit, Kept};

/// What is kept of the users of a block, in order of number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keeps {
    rows: Vec<Kept>,
}

impl Keeps {
    /// Of these users, at most [`super::ROWS`].
    pub fn new(rows: Vec<Kept>) -> Self {
        Self { rows }
    }

    /// The users.
    pub fn rows(&self) -> &[Kept] {
        &self.rows
    }

    /// The bytes, packed.
    pub fn pack(&self) -> Vec<u8> {
        let mut raw = Vec::with_capacity(4 + 4 * self.rows.len());
        raw.extend_from_slice(&(self.rows.len() as u32).to_le_bytes());
        for row in &self.rows {
            raw.extend_from_slice(&row.bits().to_le_bytes());
        }
        for invited_at in self.rows.iter().filter_map(|row| row.invited_at()) {
            raw.extend_from_slice(&invited_at.to_le_bytes());
        }
        pack(&raw)
    }

    /// Reads [`Keeps::pack`].
    ///
    /// # Errors
    /// A [`BlockError`].
    pub fn unpack(packed: &[u8]) -> Result<Self, BlockError> {
        let raw = unpack(packed)?;
        let mut cursor = Cursor(&raw);
        let count = cursor.rows()? as usize;
        let codes = cursor.take(2 * count)?;
        let mut rows = Vec::with_capacity(count);
        for code in codes.chunks_exact(2) {
            let bits = u16::from_le_bytes([code[0], code[1]]);
            let invited = bits & Bit::Invited as u16 != 0;
            let invited_at = if invited { Some(i64::from_le_bytes(cursor.array()?)) } else { None };
            rows.push(Kept::new(bits, invited_at));
        }
        cursor.end()?;
        Ok(Self { rows })
    }
}
