//! Which of the three panes has the focus.
//!
//! Owns their order, from the left.

/// The panes, from the left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Focus {
    /// Of the organizations.
    Organizations,
    /// Of the sites of the chosen organization.
    Sites,
    /// Of the users of the chosen site.
    Users,
}

impl Focus {
    pub(super) const ALL: [Self; 3] = [Self::Organizations, Self::Sites, Self::Users];

    /// The next pane, or the one before; after the last comes the first.
    pub(super) fn step(self, forward: bool) -> Self {
        let at = self as usize;
        Self::ALL[if forward { (at + 1) % 3 } else { (at + 2) % 3 }]
    }
}
