//! How wide the columns of the user list are, told from users all over it: they stay where they are
//! while one filters and scrolls.
//!
//! Owns who gives way. An address or a name that is longer than nearly all others is cut before
//! everybody's department is: whole it stands in the detail.

use crate::roster::Columns;
use crate::tui::widget::columns::{self, GAP, Need};
use crate::tui::widget::text;

/// So many users tell how wide the columns are.
const MEASURED: u32 = 256;
/// Of so many hundred the column has room for the addresses of all but a few.
const USUAL: usize = 97;
/// What names and departments get where there is little room.
const NAME: u16 = 16;
const DEPARTMENT: u16 = 7;

/// What the columns need; 0 leaves one out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Needs {
    name: u16,
    /// What nearly all names need.
    usual_name: u16,
    pub address: u16,
    /// What nearly all addresses need.
    pub usual: u16,
    pub department: u16,
}

impl Needs {
    /// Of these users.
    pub fn of(all: &Columns) -> Self {
        let mut needs = ["Name", "Address", "Dept"].map(text::width);
        let (mut names, mut addresses) = (vec![needs[0]], vec![needs[1]]);
        let step = usize::try_from(all.len() / MEASURED).unwrap_or(0).max(1);
        for number in (0..all.len()).step_by(step) {
            let Some(row) = all.row(number) else { continue };
            let words = [row.name(), row.address(), row.department()];
            let widths = words.map(|words| text::width(words.shown().as_str()));
            names.push(widths[0]);
            addresses.push(widths[1]);
            for (need, width) in needs.iter_mut().zip(widths) {
                *need = width.max(*need);
            }
        }
        let [usual_name, usual] = [names, addresses].map(|mut widths| {
            widths.sort_unstable();
            widths[(widths.len() - 1) * USUAL / 100]
        });
        Self { name: needs[0], usual_name, address: needs[1], usual, department: needs[2] }
    }

    fn wanted(self, gap: u16) -> u16 {
        let all = [self.name, self.address, self.department];
        all.into_iter().filter(|width| *width > 0).map(|width| width + gap).sum()
    }

    /// The widths of names, addresses and departments within `room`, and the gap between them. What
    /// does not fit: departments give way first, then names, then departments go.
    pub fn share(self, room: u16) -> ([u16; 3], u16) {
        if self.wanted(GAP) <= room + GAP {
            // What is left parts the columns further.
            let left = room + GAP - self.wanted(GAP);
            return (self.widths(), GAP + (left / 4).min(2));
        }
        let usual = Self { address: self.usual, ..self };
        for least in [usual, Self { name: self.usual_name, ..usual }] {
            if let Some(mut needs) = least.tight(room).filter(|tight| tight.gave(least) == 0) {
                needs.name += needs.left(room).min(self.name - needs.name);
                needs.address += needs.left(room).min(self.address.saturating_sub(self.usual));
                return (needs.widths(), GAP - 1);
            }
        }
        for needs in [self, usual].into_iter().filter(|needs| needs.department > 0) {
            if let Some(needs) = needs.tight(room) {
                return (needs.widths(), GAP - 1);
            }
        }
        // Without departments: names are whole, and addresses have the rest.
        let rest = room.saturating_sub(self.name + GAP).max(self.usual);
        let address = self.address.min(rest);
        let needs = [Need::new(self.name, true), Need::new(address, false)];
        let widths = columns::fit(&needs, room);
        ([widths[0], widths[1], 0], GAP)
    }

    /// With narrower gaps, and as little of names and departments given up as must be.
    fn tight(mut self, room: u16) -> Option<Self> {
        let over = |needs: Self| needs.wanted(GAP - 1).saturating_sub(most(room));
        self.department -= over(self).min(self.department.saturating_sub(DEPARTMENT));
        self.name -= over(self).min(self.name.saturating_sub(NAME));
        (over(self) == 0).then_some(self)
    }

    /// What is left with narrower gaps.
    fn left(self, room: u16) -> u16 {
        most(room).saturating_sub(self.wanted(GAP - 1))
    }

    /// How much of names and departments was given up.
    fn gave(self, whole: Self) -> u16 {
        whole.name - self.name + whole.department - self.department
    }

    fn widths(self) -> [u16; 3] {
        [self.name, self.address, self.department]
    }
}

/// Two gaps between these three, one before the outcome.
const fn most(room: u16) -> u16 {
    room + 3 - GAP + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(name: u16, address: (u16, u16), department: u16, room: u16) -> [u16; 3] {
        share_of((name, name), address, department, room)
    }

    fn share_of(name: (u16, u16), address: (u16, u16), department: u16, room: u16) -> [u16; 3] {
        let (usual_name, usual) = (name.0, address.0);
        let needs = Needs { name: name.1, usual_name, address: address.1, usual, department };
        let (widths, gap) = needs.share(room);
        let used =
            widths.into_iter().filter(|width| *width > 0).map(|width| width + gap).sum::<u16>();
        assert!(used <= room + gap + 1, "{widths:?} in {room}");
        widths
    }

    #[test]
    fn nobody_is_cut_beside_a_half_empty_column() {
        assert_eq!(share(15, (27, 27), 6, 60), [15, 27, 6]);
        assert_eq!(share(14, (28, 29), 15, 54), [14, 29, 10], "departments give way first");
        assert_eq!(share(20, (28, 28), 15, 54), [18, 28, 7], "then names");
        assert_eq!(share(13, (29, 44), 15, 54), [13, 29, 11], "one long address cuts no name");
        assert_eq!(share(13, (29, 44), 11, 54), [13, 29, 11], "nor any department");
        assert_eq!(share(20, (34, 44), 15, 54), [18, 34, 0], "departments go");
        assert_eq!(share_of((18, 26), (34, 44), 15, 72), [22, 34, 15], "one long name cuts none");
        assert_eq!(share(20, (34, 44), 0, 80), [20, 44, 0]);
    }
}
