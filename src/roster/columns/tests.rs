//! What went into the columns comes out again, whatever it was.

use proptest::prelude::*;

use super::*;

fn row<'a>(user_id: &'a str, name: &'a str, address: &'a str, department: &'a str) -> RowIn<'a> {
    RowIn {
        user_id,
        name,
        address,
        department,
        state: UserState::Unlinked,
        facts: Facts::default(),
    }
}

proptest! {
    #[test]
    fn every_spelling_comes_back(
        rows in proptest::collection::vec(("\\PC{0,9}|.{0,6}|[A-Za-z]{1,8}", "\\PC{0,8}|[a-zA-Z]{1,3}@[A-Z]{2}\\.example", "[A-C]{0,2}", any::<bool>()), 1..40),
    ) {
        let mut columns = Columns::new();
        for (name, address, department, same) in &rows {
            columns.push(&row(if *same { address } else { name }, name, address, department));
        }
        for (number, (name, address, department, same)) in rows.iter().enumerate() {
            let row = columns.row(number as u32).unwrap();
            let came = [row.name(), row.address(), row.department(), row.user_id()];
            let user_id = if *same { address } else { name };
            let went = [name, address, department, user_id].map(|text| Untrusted::from(text.as_str()));
            prop_assert_eq!(came, went);
        }
    }
}

#[test]
fn d5_domains_are_canonical_and_absent_without_a_usable_address() {
    let mut columns = Columns::new();
    columns.push(&row("1", "A", " Amara@ACME.example ", ""));
    columns.push(&row("2", "B", "b@Bücher.example", ""));
    columns.push(&row("3", "C", "nobody", ""));
    columns.push(&row("4", "D", "d@localhost", ""));
    columns.push(&RowIn {
        facts: Facts::default().with(Fact::BadAddress, true),
        ..row("5", "E", "e e@acme.example", "")
    });
    let domains: Vec<_> = (0..5).map(|n| columns.row(n).unwrap().domain()).collect();
    let want = [Some("acme.example"), Some("xn--bcher-kva.example"), None, None, None];
    assert_eq!(domains, want.map(|name| name.map(Untrusted::from)));
}

#[test]
fn a_clone_stays_as_it_was_while_loading_goes_on() {
    let mut columns = Columns::new();
    for number in 0..ROWS + 10 {
        columns.push(&row(&number.to_string(), "N", "n@acme.example", "Sales"));
    }
    let before = columns.clone();
    columns.push(&row("late", "Late", "late@other.example", "New"));
    assert!(columns.refresh(3, UserState::Linked, Facts::default().with(Fact::Linked, true)));
    assert!(!columns.refresh(columns.len(), UserState::Linked, Facts::default()));
    assert_eq!(before.len() + 1, columns.len());
    assert!(before.row(before.len()).is_none());
    assert_eq!(before.row(3).unwrap().state(), UserState::Unlinked);
    assert_eq!(columns.row(3).unwrap().state(), UserState::Linked);
    assert_eq!(columns.row(ROWS + 9).unwrap().user_id().raw(), (ROWS + 9).to_string());
    assert!(Arc::ptr_eq(&before.chunks[0], &before.clone().chunks[0]));
}
