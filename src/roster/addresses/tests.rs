//! What a list finds, what it does not, and what it says.

use super::*;
use crate::domain::facts::{Fact, Facts};
use crate::domain::user::UserState;
use crate::roster::RowIn;

fn columns() -> Columns {
    let mut columns = Columns::new();
    let mut add = |user_id, address, bad| {
        columns.push(&RowIn {
            user_id,
            name: "",
            address,
            department: "",
            state: UserState::Unlinked,
            facts: Facts::default().with(Fact::BadAddress, bad),
        });
    };
    add("amara", "Amara.Okafor@ACME.example", false);
    add("amara2", " amara.okafor@acme.example", false);
    add("BO", "bo@Bücher.example", false);
    add("jürgen", "Jürgen@acme.example", true);
    add("jurgen", "jurgen@acme.example", false);
    add("id-7", "", true);
    columns
}

fn rows(found: &Found) -> Vec<u32> {
    found.rows.iter().collect()
}

#[test]
fn section_5_addresses_are_found_in_any_spelling() {
    let found = find_addresses(&columns(), "AMARA.okafor@acme.EXAMPLE; bo@xn--bcher-kva.example");
    assert_eq!(rows(&found), [0, 1, 2]);
    assert_eq!((found.found, found.asked, found.several), (2, 2, 1));
    assert!(found.missing.is_empty());
}

#[test]
fn section_5_unusable_addresses_and_user_ids_are_found_too() {
    let found = find_addresses(&columns(), "jürgen@ACME.example\nID-7\nbo");
    assert_eq!(rows(&found), [2, 3, 5]);
    assert_eq!(found.words(), "3 of 3");
    // An accent makes another person.
    assert_eq!(rows(&find_addresses(&columns(), "jurgen@acme.example")), [4]);
    assert_eq!(rows(&find_addresses(&columns(), "jurgen")), [4]);
}

#[test]
fn section_5_what_is_not_found_is_listed_once_and_counted() {
    let list = "Amara Okafor <amara.okafor@acme.example>, ghost@acme.example\n\
                GHOST@acme.example, acme.example, nobody";
    let found = find_addresses(&columns(), list);
    let missing: Vec<_> = found.missing.iter().map(Untrusted::raw).collect();
    assert_eq!(missing, ["ghost@acme.example", "acme.example", "nobody"]);
    assert_eq!(found.words(), "1 of 4");
    assert_eq!(find_addresses(&columns(), " \n"), Found::default());
}

#[test]
fn section_5_a_long_list_says_how_many() {
    let mut columns = Columns::new();
    let address = |n: u32| format!("user{n}@acme.example");
    for n in 0..288 {
        columns.push(&RowIn {
            user_id: &n.to_string(),
            name: "",
            address: &address(n),
            department: "",
            state: UserState::Unlinked,
            facts: Facts::default(),
        });
    }
    let list: Vec<_> = (0..300).map(address).collect();
    let found = find_addresses(&columns, &list.join("\n"));
    assert_eq!(found.words(), "288 of 300");
    assert_eq!(found.missing.len(), 12);
    assert_eq!(found.rows, Bitmap::full(288));
}
