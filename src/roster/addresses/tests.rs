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
    let told: Vec<_> =
        found.by_user_id.iter().map(|e| (e.line, e.text.raw().to_owned(), e.number)).collect();
    assert_eq!(told, [(2, "ID-7".to_owned(), 5), (3, "bo".to_owned(), 2)]);
    // An accent makes another person.
    assert_eq!(rows(&find_addresses(&columns(), "jurgen@acme.example")), [4]);
    assert_eq!(rows(&find_addresses(&columns(), "jurgen")), [4]);
}

#[test]
fn section_5_words_beside_an_address_are_nobodys_id() {
    // Everything here but the address is somebody's UserID, or an address's domain.
    for list in [
        "amara, jurgen <bo@bücher.example>; BO amara2",
        "id-7,amara,bo@bücher.example,jurgen",
        "id-7\tamara\tbo@bücher.example\tjurgen",
        "no,name,email,department\nid-7,amara,bo@bücher.example,jurgen\n",
        "UserID;Email\namara;bo@bücher.example\n",
    ] {
        let found = find_addresses(&columns(), list);
        assert_eq!(rows(&found), [2], "{list}");
        assert_eq!((found.found, found.asked, found.by_user_id.len()), (1, 1, 0), "{list}");
    }
    // Without an address a line is an id as a whole, and a row by its column.
    assert!(rows(&find_addresses(&columns(), "amara jurgen")).is_empty());
    assert!(rows(&find_addresses(&columns(), "1,amara,Sales")).is_empty());
    assert_eq!(rows(&find_addresses(&columns(), "UserID,Email\namara,\n")), [0]);
    assert!(rows(&find_addresses(&columns(), "name,email\namara,\n")).is_empty());
}

#[test]
fn section_5_a_user_id_is_found_exactly_before_it_is_found_in_any_case() {
    let mut columns = columns();
    for user_id in ["x1", "X1"] {
        columns.push(&RowIn {
            user_id,
            name: "",
            address: &format!("{}@ids.example", if user_id == "x1" { "one" } else { "two" }),
            department: "",
            state: UserState::Unlinked,
            facts: Facts::default(),
        });
    }
    assert_eq!(rows(&find_addresses(&columns, "x1")), [6]);
    assert_eq!(rows(&find_addresses(&columns, "X1\nx1")), [6, 7]);
    // An id that looks like an address is one: of nobody here.
    assert!(rows(&find_addresses(&columns, "amara@ids.example")).is_empty());
}

#[test]
fn section_5_what_is_not_found_is_listed_once_with_its_line() {
    let list = "Amara Okafor <amara.okafor@acme.example>, ghost@acme.example\n\
                GHOST@acme.example\nacme.example, nobody\n\u{200b}bo@bücher.example";
    let found = find_addresses(&columns(), list);
    let missing: Vec<_> =
        found.missing.iter().map(|entry| (entry.line, entry.text.raw())).collect();
    let want =
        [(1, "ghost@acme.example"), (3, "acme.example, nobody"), (4, "\u{200b}bo@bücher.example")];
    assert_eq!(missing, want);
    let why = found.missing[2].why().unwrap_or_default();
    assert!(why.ends_with("U+200B, a zero width space"), "{why}");
    assert_eq!(found.missing[0].why(), None, "a good address of nobody");
    assert_eq!(found.words(), "1 of 4");
    assert_eq!(find_addresses(&columns(), " \n"), Found::default());
}

#[test]
fn s9_a_list_comes_in_any_encoding() {
    let wide: Vec<u8> = "\u{feff}id-7\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let text = list_text(&wide).unwrap();
    assert_eq!(rows(&find_addresses(&columns(), &text)), [5]);
    assert_eq!(list_text(b""), Ok(String::new()));
    assert!(list_text(b"PK\x03\x04").unwrap_err().contains("workbook"));
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
