//! Tests of what stands in `subdomain.rs`.

use super::*;
use proptest::prelude::*;

#[test]
fn t6_letters_and_digits_only_compared_without_case() {
    for (text, want) in [
        ("acme", "acme"),
        ("ACME42", "acme42"),
        (" Acme ", "acme"),
        ("7", "7"),
        (&"a".repeat(63), &"a".repeat(63)),
    ] {
        assert_eq!(Subdomain::parse(text).unwrap().as_str(), want);
    }
}

#[test]
fn t6_the_first_bad_character_or_the_length_is_named() {
    let character = |character, place| SubdomainError::Character { character, place };
    for (text, want) in [
        ("", SubdomainError::Empty),
        ("   ", SubdomainError::Empty),
        ("acme-robotics.x", character('-', 5)),
        ("acme robotics", character(' ', 5)),
        ("_acme", character('_', 1)),
        ("büro", character('ü', 2)),
        // A sign that lower-casing would turn into an ASCII letter.
        ("\u{212a}elvin", character('\u{212a}', 1)),
        ("ac\u{202e}me", character('\u{202e}', 3)),
        (&"a".repeat(64), SubdomainError::TooLong(64)),
        (&format!("{}.", "a".repeat(80)), character('.', 81)),
    ] {
        assert_eq!(Subdomain::parse(text).unwrap_err(), want, "{text:?}");
    }
    let said = Subdomain::parse("acme-x").unwrap_err().to_string();
    assert!(said.contains("character 5") && said.contains("\"-\""), "{said}");
    let said = Subdomain::parse("a\u{1b}").unwrap_err().to_string();
    assert!(said.contains("\"^[\""), "{said}");
    let said = Subdomain::parse(&"a".repeat(70)).unwrap_err().to_string();
    assert!(said.contains("70") && said.contains("63"), "{said}");
}

#[test]
fn t6_some_names_are_reserved() {
    assert!(RESERVED.windows(2).all(|pair| pair[0] < pair[1]), "sorted, each once");
    assert!(RESERVED.iter().all(|name| Subdomain::parse(name).unwrap().as_str() == *name));
    assert!(Subdomain::parse("WWW").unwrap().is_reserved());
    assert!(!Subdomain::parse("acme").unwrap().is_reserved());
}

proptest! {
    #[test]
    fn t6_what_is_read_is_in_its_one_form(text in "\\PC{0,70}|[a-zA-Z0-9]{1,63}") {
        if let Ok(name) = Subdomain::parse(&text) {
            prop_assert_eq!(Subdomain::parse(name.as_str()), Ok(name.clone()));
            prop_assert_eq!(
                Subdomain::parse(&name.as_str().to_ascii_uppercase()),
                Ok(name.clone())
            );
            prop_assert!((1..=LONGEST).contains(&name.as_str().len()));
        }
    }
}
