//! That a run which is watched has ended, for who looks elsewhere meanwhile: a bell, or the progress that
//! terminals show beside their title (OSC 9;4). Nothing unless somebody chose it.
//!
//! Owns the bytes. Must not write them.

/// How somebody wants to hear of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Notify {
    /// Not at all.
    #[default]
    Off,
    /// A bell at the end.
    Bell,
    /// Progress while it runs, and none once it has ended.
    Progress,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Far {
    /// So many of a hundred.
    Percent(u8),
    /// It has paused: it waits for somebody.
    Waits,
    /// It has ended.
    Over,
    /// It is not watched any more.
    Away,
}

impl Far {
    /// So much of so much.
    pub fn of(done: u64, total: u64) -> Self {
        let percent = u128::from(done) * 100 / u128::from(total.max(1));
        Self::Percent(u8::try_from(percent.min(100)).unwrap_or(100))
    }
}

impl Notify {
    /// What goes to the terminal; nothing where nobody chose it.
    pub fn bytes(self, far: Far) -> Vec<u8> {
        match (self, far) {
            (Self::Bell, Far::Waits | Far::Over) => b"\x07".to_vec(),
            (Self::Off, _) | (Self::Bell, Far::Percent(_) | Far::Away) => Vec::new(),
            (Self::Progress, Far::Percent(percent)) => {
                format!("\x1b]9;4;1;{percent}\x1b\\").into_bytes()
            }
            (Self::Progress, Far::Waits) => b"\x1b]9;4;4;100\x1b\\".to_vec(),
            (Self::Progress, Far::Over | Far::Away) => b"\x1b]9;4;0;0\x1b\\".to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_11_nothing_is_sent_unless_it_was_chosen() {
        for far in [Far::of(1, 3), Far::Waits, Far::Over, Far::Away] {
            assert!(Notify::default().bytes(far).is_empty(), "{far:?}");
        }
        assert!(Notify::Bell.bytes(Far::of(1, 3)).is_empty());
        assert!(Notify::Bell.bytes(Far::Away).is_empty());
        assert_eq!(Notify::Bell.bytes(Far::Over), b"\x07");
        assert_eq!(Notify::Progress.bytes(Far::of(1, 3)), b"\x1b]9;4;1;33\x1b\\");
        assert_eq!(Notify::Progress.bytes(Far::Over), b"\x1b]9;4;0;0\x1b\\");
        assert_eq!((Far::of(0, 0), Far::of(9, 3)), (Far::Percent(0), Far::Percent(100)));
    }
}
