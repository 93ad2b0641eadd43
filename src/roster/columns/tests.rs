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

proptest! {
    #[test]
    fn what_is_written_over_reads_as_if_it_had_been_so_from_the_beginning(
        rows in proptest::collection::vec(("\\PC{0,9}|[A-Za-z]{1,8}", "\\PC{0,8}|[a-zA-Z]{1,3}@[A-Z]{2}\\.example", "[A-C]{0,2}"), 1..40),
        over in proptest::collection::vec(("\\PC{0,9}", "[a-z]{1,3}@(d|e)\\.example"), 0..20),
        first in 0_usize..40,
    ) {
        let mut columns = Columns::new();
        for (name, address, department) in &rows {
            columns.push(&row(address, name, address, department));
        }
        let before = columns.clone();
        let first = first.min(rows.len());
        let new: Vec<RowIn<'_>> =
            over.iter().map(|(name, address)| row(name, name, address, "New")).collect();
        columns.rewrite(first as u32, &new);
        let mut want: Vec<[&str; 4]> =
            rows.iter().map(|(name, address, dept)| [address, name, address, dept].map(String::as_str)).collect();
        let end = want.len().min(first + over.len());
        let over: Vec<[&str; 4]> =
            over.iter().map(|(name, address)| [name.as_str(), name, address, "New"]).collect();
        want.splice(first..end, over);
        prop_assert_eq!(columns.len() as usize, want.len());
        for (number, want) in want.iter().enumerate() {
            let row = columns.row(number as u32).unwrap();
            let came = [row.user_id(), row.name(), row.address(), row.department()];
            prop_assert_eq!(came, want.map(Untrusted::from));
        }
        prop_assert_eq!(before.len() as usize, rows.len());
    }
}

#[test]
fn folding_anew_copies_nothing_that_stays_as_it_is() {
    let mut columns = Columns::new();
    for number in 0..ROWS + 2 {
        let address = if number % 2 == 0 { "n@Acme.example" } else { "n@other.example" };
        columns.push(&row(&number.to_string(), "N", address, ""));
    }
    let before = columns.clone();
    columns.refold(|_, _| Some((UserState::Unlinked, Facts::default())));
    let same = |columns: &Columns, at: usize| Arc::ptr_eq(&columns.chunks[at], &before.chunks[at]);
    assert!(same(&columns, 0) && same(&columns, 1));
    columns.refold(|number, domain| {
        let linked = number >= ROWS && domain == "acme.example";
        linked.then_some((UserState::Linked, Facts::default().with(Fact::Linked, true)))
    });
    assert!(same(&columns, 0) && !same(&columns, 1));
    let state = |number| columns.row(number).unwrap().state();
    assert_eq!(
        [state(0), state(ROWS), state(ROWS + 1)],
        [UserState::Unlinked, UserState::Linked, UserState::Unlinked]
    );
    assert_eq!(before.row(ROWS).unwrap().state(), UserState::Unlinked);
}
