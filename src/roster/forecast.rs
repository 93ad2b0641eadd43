//! The outcome of every possible facts code, looked up instead of decided again.
//!
//! Owns three tables of 65,536 bytes, one per method, made by the one `decide`. They make the
//! consequences of a million ticks a matter of a millisecond. Must not hold a rule of its own.

use std::sync::LazyLock;

use crate::domain::facts::{Fact, Facts};
use crate::domain::linking::LinkingMethod;
use crate::domain::outcome::{Outcome, decide};

/// Set in a table's entry when an invitation was sent at some time.
pub(super) const INVITED: u8 = 1 << 4;

/// By facts code: the outcome's place in the table of SPEC section 2, and [`INVITED`].
pub(super) type Table = Box<[u8]>;

static RECEIVE_EMAIL: LazyLock<Table> = LazyLock::new(|| table(LinkingMethod::ReceiveEmail));
static VERIFY_NOW: LazyLock<Table> = LazyLock::new(|| table(LinkingMethod::VerifyNow));
static SIGN_AGREEMENT: LazyLock<Table> = LazyLock::new(|| table(LinkingMethod::SignAgreement));

/// The table of a method.
pub(super) fn of(method: LinkingMethod) -> &'static [u8] {
    match method {
        LinkingMethod::ReceiveEmail => &RECEIVE_EMAIL,
        LinkingMethod::VerifyNow => &VERIFY_NOW,
        LinkingMethod::SignAgreement => &SIGN_AGREEMENT,
    }
}

/// The place of an outcome in [`Outcome::ALL`].
pub(super) fn place(outcome: Outcome) -> usize {
    outcome as usize
}

/// The place of the outcome of these facts.
pub(super) fn look_up(table: &[u8], facts: Facts) -> usize {
    usize::from(table[usize::from(facts.code())] & !INVITED)
}

fn table(method: LinkingMethod) -> Table {
    let entry = |code: u16| {
        let facts = Facts::from_code(code);
        let invited = if facts.has(Fact::InvitedEver) { INVITED } else { 0 };
        decide(facts, method) as u8 | invited
    };
    (0..=u16::MAX).map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_say_what_decide_says() {
        for method in LinkingMethod::ALL {
            for code in 0..=u16::MAX {
                let facts = Facts::from_code(code);
                let outcome = Outcome::ALL[look_up(of(method), facts)];
                assert_eq!(outcome, decide(facts, method));
            }
        }
        for (at, outcome) in Outcome::ALL.into_iter().enumerate() {
            assert_eq!(place(outcome), at);
        }
    }
}
