//! Parts on the wire, one after the other, each with what it is.
//!
//! Owns the head of a frame: kind, block, digest, length. A frame that is not whole yet waits for
//! more bytes.

use bytes::{Buf as _, Bytes, BytesMut};

use super::{BlockError, Digest};

/// Bytes before a frame's own.
const HEAD: usize = 1 + 4 + 16 + 4;
/// The most bytes of one frame.
const MOST: usize = 64 << 20;

/// What a frame carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A [`crate::api::roster::RosterManifest`] as JSON.
    Manifest,
    /// [`super::Texts`].
    Text,
    /// [`super::Keeps`].
    Kept,
}

/// One part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// What it carries.
    pub kind: Kind,
    /// Of which block; 0 for the manifest.
    pub block: u32,
    /// Over its bytes.
    pub digest: Digest,
    /// The bytes, as they are packed.
    pub bytes: Bytes,
}

impl Frame {
    /// A frame of these bytes, with their digest.
    pub fn of(kind: Kind, block: u32, bytes: Bytes) -> Self {
        Self { kind, block, digest: Digest::of(&bytes), bytes }
    }

    /// What stands before its bytes.
    pub fn head(&self) -> Bytes {
        let mut head = Vec::with_capacity(HEAD);
        head.push(match self.kind {
            Kind::Manifest => 0,
            Kind::Text => 1,
            Kind::Kept => 2,
        });
        head.extend_from_slice(&self.block.to_le_bytes());
        head.extend_from_slice(&self.digest.0);
        head.extend_from_slice(&(self.bytes.len() as u32).to_le_bytes());
        head.into()
    }
}

/// Frames out of bytes as they come.
#[derive(Debug, Default)]
pub struct Frames {
    rest: BytesMut,
}

impl Frames {
    /// Takes what came.
    pub fn push(&mut self, chunk: &[u8]) {
        self.rest.extend_from_slice(chunk);
    }

    /// The next whole frame.
    ///
    /// # Errors
    /// [`BlockError`] where this cannot be one.
    pub fn take(&mut self) -> Result<Option<Frame>, BlockError> {
        let Some(head) = self.rest.first_chunk::<HEAD>() else { return Ok(None) };
        let kind = match head[0] {
            0 => Kind::Manifest,
            1 => Kind::Text,
            2 => Kind::Kept,
            _ => return Err(BlockError::Kind),
        };
        let number =
            |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let (block, length) = (number(1), number(21) as usize);
        if length > MOST {
            return Err(BlockError::Length);
        }
        if self.rest.len() < HEAD + length {
            return Ok(None);
        }
        let mut digest = Digest([0; 16]);
        digest.0.copy_from_slice(&head[5..21]);
        self.rest.advance(HEAD);
        Ok(Some(Frame { kind, block, digest, bytes: self.rest.split_to(length).freeze() }))
    }

    /// Whether a frame is begun and not whole.
    pub fn is_torn(&self) -> bool {
        !self.rest.is_empty()
    }
}
