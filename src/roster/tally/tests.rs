//! The consequences against `decide`, user by user.

use proptest::prelude::*;

use super::super::columns::RowIn;
use super::*;
use crate::domain::facts::Facts;
use crate::domain::outcome::decide;
use crate::domain::user::UserState;

fn columns(codes: &[u16]) -> Columns {
    let mut columns = Columns::new();
    for code in codes {
        columns.push(&RowIn {
            user_id: "u",
            name: "",
            address: "",
            department: "",
            state: UserState::Unlinked,
            facts: Facts::from_code(*code),
        });
    }
    columns
}

fn methods() -> impl Strategy<Value = LinkingMethod> {
    prop::sample::select(LinkingMethod::ALL.to_vec())
}

proptest! {
    #[test]
    fn u4_the_classes_add_up_to_what_is_ticked(
        codes in proptest::collection::vec(any::<u16>(), 0..200), ticks in any::<u128>(), method in methods(),
    ) {
        let columns = columns(&codes);
        // Some ticks beyond the roster: a draft may hold ticks of rows that have not come yet.
        let ticked: Bitmap = (0..250).filter(|row| ticks >> (row % 127) & 1 == 1).collect();
        let there: Vec<Facts> =
            ticked.iter().filter_map(|row| codes.get(row as usize)).map(|code| Facts::from_code(*code)).collect();
        let tally = tally(&columns, &ticked, method);
        for outcome in Outcome::ALL {
            let want = there.iter().filter(|facts| decide(**facts, method) == outcome).count();
            prop_assert_eq!(tally.outcome(outcome), want as u64);
        }
        let classes: u64 = Class::ALL.into_iter().map(|class| tally.class(class)).sum();
        prop_assert_eq!(classes, there.len() as u64);
        prop_assert_eq!(tally.selected(), there.len() as u64);
        let again = |facts: &&Facts| {
            decide(**facts, method).class() == Class::Emailed && facts.has(Fact::InvitedEver)
        };
        prop_assert_eq!(tally.second_invitations(), there.iter().filter(again).count() as u64);
        let turned = tally.with_held_emailed();
        prop_assert_eq!(turned.class(Class::Held), 0);
        prop_assert_eq!(turned.emails(), tally.emails() + tally.class(Class::Held));
        prop_assert_eq!(turned.selected(), tally.selected());
    }

    #[test]
    fn u3_the_rest_is_who_is_neither_linked_nor_ever_invited(
        codes in proptest::collection::vec(any::<u16>(), 0..200),
    ) {
        let rest = rest(&columns(&codes));
        for (row, code) in codes.iter().enumerate() {
            let facts = Facts::from_code(*code);
            let done = [Fact::Linked, Fact::Provisional, Fact::InvitedEver];
            prop_assert_eq!(rest.contains(row as u32), !done.iter().any(|fact| facts.has(*fact)));
        }
        prop_assert!(rest.iter().all(|row| (row as usize) < codes.len()));
    }
}
