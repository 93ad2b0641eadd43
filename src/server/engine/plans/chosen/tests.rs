//! Whom a plan may mean.

use super::*;

#[test]
fn u3_rest_leaves_out_all_ever_invited_and_all_linked() {
    let chosen = Chosen { numbers: Numbers::full(4), rest: true };
    let plain = Facts::default();
    assert!(chosen.holds(0, plain));
    assert!(chosen.holds(0, plain.with(Fact::Declined, true)));
    for fact in [Fact::Linked, Fact::Provisional, Fact::InvitedEver] {
        assert!(!chosen.holds(0, plain.with(fact, true)), "{fact:?}");
    }
    assert!(!chosen.holds(4, plain), "joined later");
    assert!(Chosen::only(Numbers::full(4)).holds(0, plain.with(Fact::InvitedEver, true)));
}
