//! A roster as blocks: what a client reads of a million users (`GET /v1/sites/{url}/roster/blocks`).
//!
//! Owns the bytes: a block has 4,096 users in two parts, their [text](Texts) and what is
//! [kept](Keeps) of them, each in columns of its own and packed with gzip; a [frame](Frame) carries
//! one part with its digest. Whoever reads takes nothing for granted: a length that does not fit is
//! an error, never a panic. Must not know where users come from.

mod frame;
mod keeps;
mod texts;

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

pub use frame::{Frame, Frames, Kind};
pub use keeps::Keeps;
pub use texts::{Field, Texts, TextsIn};

/// Users in a block.
pub const ROWS: u32 = 4_096;

/// The most bytes of an unpacked part; the backend's limits on values keep below it.
const MOST: u64 = 256 << 20;

/// The first bytes of a SHA-256 over a packed part: the same digest, the same part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 16]);

/// Why bytes are no block.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    /// It ends too early, or goes on too long.
    #[error("a block of users is not as long as it says")]
    Length,
    /// Text that is none.
    #[error("a block of users has text that is not UTF-8")]
    Text,
    /// It cannot be unpacked.
    #[error("a block of users cannot be unpacked")]
    Packing,
    /// A kind of part that there is not.
    #[error("a block of users is of a kind that is not known")]
    Kind,
}

impl Digest {
    /// Of a packed part.
    pub fn of(packed: &[u8]) -> Self {
        let mut first = [0; 16];
        first.copy_from_slice(&Sha256::digest(packed)[..16]);
        Self(first)
    }

    /// In lower-case hexadecimal.
    pub fn to_hex(self) -> String {
        use std::fmt::Write as _;
        self.0.iter().fold(String::with_capacity(32), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// Reads [`Digest::to_hex`].
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 16];
        if text.len() != 32 || !text.is_ascii() {
            return None;
        }
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
        }
        Some(Self(bytes))
    }
}

/// Packs a part: gzip, quick rather than small.
fn pack(raw: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::with_capacity(raw.len() / 3), Compression::new(3));
    // Writing into memory does not fail.
    let _ = packer.write_all(raw);
    packer.finish().unwrap_or_default()
}

fn unpack(packed: &[u8]) -> Result<Vec<u8>, BlockError> {
    let mut raw = Vec::with_capacity(4 * packed.len());
    let read = GzDecoder::new(packed).take(MOST).read_to_end(&mut raw);
    read.map_err(|_| BlockError::Packing)?;
    Ok(raw)
}

/// Bytes that are read from their beginning on.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], BlockError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(BlockError::Length)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], BlockError> {
        self.take(N)?.try_into().map_err(|_| BlockError::Length)
    }

    fn rows(&mut self) -> Result<u32, BlockError> {
        match u32::from_le_bytes(self.array()?) {
            rows if rows <= ROWS => Ok(rows),
            _ => Err(BlockError::Length),
        }
    }

    fn end(&self) -> Result<(), BlockError> {
        if self.0.is_empty() { Ok(()) } else { Err(BlockError::Length) }
    }
}

#[cfg(test)]
mod tests;
