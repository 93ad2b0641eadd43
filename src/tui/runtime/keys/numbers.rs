//! The numbers within a sequence.
//!
//! Owns reading them. Must not know what they mean.

use super::codes::Held;

/// The numbers of a sequence: `;` between them, `:` between the parts of one.
pub(super) struct Numbers(Vec<Vec<Option<u32>>>);

impl Numbers {
    /// Nothing where there is anything but numbers: then it is no key.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let number = |part: &str| match part {
            "" => Some(None),
            part if part.bytes().all(|byte| byte.is_ascii_digit()) => part.parse().ok().map(Some),
            _ => None,
        };
        let numbers = |parts: &str| parts.split(':').map(number).collect::<Option<Vec<_>>>();
        text.split(';').map(numbers).collect::<Option<Vec<_>>>().map(Self)
    }

    /// The first part of number `n`.
    pub fn first(&self, n: usize) -> Option<u32> {
        self.part(n, 0)
    }

    /// A part of number `n`.
    pub fn part(&self, n: usize, part: usize) -> Option<u32> {
        self.0.get(n)?.get(part).copied().flatten()
    }

    /// All parts of number `n`.
    pub fn parts(&self, n: usize) -> impl Iterator<Item = u32> + '_ {
        self.0.get(n).into_iter().flatten().copied().flatten()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The modifiers in number `n`; nothing for a key that is let go, or pressed with one that no
    /// key of ours has.
    pub fn modifiers(&self, n: usize) -> Option<Held> {
        Held::read(self.first(n).unwrap_or(1), self.part(n, 1).unwrap_or(1))
    }
}
