//! Tests of what stands in `address.rs`.

use super::*;
use proptest::prelude::*;

#[test]
fn usable_addresses_are_folded() {
    let cases = [
        (" Amara.Okafor@ACME.example ", "amara.okafor@acme.example"),
        ("o'neil+x@acme.example", "o'neil+x@acme.example"),
        ("a@Bücher.example", "a@xn--bcher-kva.example"),
    ];
    for (text, want) in cases {
        let address = Address::parse(text).unwrap();
        assert_eq!(address.as_str(), want);
        assert_eq!(address.domain_str(), want.split_once('@').unwrap().1);
    }
}

#[test]
fn unusable_addresses_name_the_reason() {
    use AddressError as E;
    let long = format!("{}@acme.example", "a".repeat(65));
    let longest = format!("{}@{}.example", "a".repeat(64), vec!["b".repeat(60); 3].join("."));
    let cases = [
        ("", E::Empty),
        ("   ", E::Empty),
        ("amara", E::NoAt),
        ("@acme.example", E::NoLocal),
        ("a..b@acme.example", E::Dots),
        (".a@acme.example", E::Dots),
        ("a@acme..example", E::Dots),
        ("a@acme.example.", E::Dots),
        ("a b@acme.example", E::Blank),
        ("a @acme.example", E::Blank),
        ("a@ acme.example", E::Blank),
        ("a@acme .example", E::Blank),
        ("\"a\"@acme.example", E::Letter('"')),
        ("jürgen@acme.example", E::Letter('ü')),
        ("a@b@acme.example", E::SeveralAts),
        ("a@acme.example; b@acme.example", E::Several),
        ("a@acme.example,b@acme.example", E::Several),
        ("Ann Lee <a@acme.example>", E::Dressed),
        ("mailto:a@acme.example", E::Dressed),
        ("\u{200f}a@acme.example", E::Hidden('\u{200f}')),
        ("a@acme.example\u{200b}", E::Hidden('\u{200b}')),
        ("a\u{ad}b@acme.example", E::Hidden('\u{ad}')),
        ("a%b@acme.example", E::Routing),
        ("host!a@acme.example", E::Routing),
        (long.as_str(), E::LongLocal),
        (longest.as_str(), E::TooLong),
        ("a@", E::Domain(DomainNameError::Malformed)),
        ("a@acme", E::Domain(DomainNameError::OneLabel)),
        ("a@[10.0.0.1]", E::Domain(DomainNameError::IpLiteral)),
        ("a@10.0.0.1", E::Domain(DomainNameError::IpLiteral)),
        ("a@co.uk", E::Domain(DomainNameError::PublicSuffix)),
        ("a@x.internal", E::Domain(DomainNameError::SpecialUse)),
    ];
    for (text, want) in cases {
        assert_eq!(Address::parse(text), Err(want), "{text}");
    }
}

#[test]
fn s9_a_bad_address_says_why_in_words() {
    let why = |text| Address::parse(text).unwrap_err().to_string();
    assert_eq!(
        why("a@acme.example\u{200b}"),
        "there is a hidden character in the address: U+200B, a zero width space"
    );
    assert!(why("jörg@acme.example").starts_with("the part before the @ has “ö”, and may"));
    assert!(why("a\u{1f600}@acme.example").contains("“😀”"));
    assert!(why("lou@acme").contains("needs at least two labels"));
}

proptest! {
    #[test]
    fn s9_a_reason_is_safe_to_show(text in "\\PC{0,6}@?\\PC{0,6}|.{0,12}") {
        if let Err(error) = Address::parse(&text) {
            prop_assert!(!error.to_string().chars().any(char::is_control), "{error}");
        }
    }

    #[test]
    fn the_canonical_form_is_stable(text in ".*@.*|[a-zA-Z.]{1,9}@[a-zA-Z]{1,9}\\.example") {
        if let Ok(address) = Address::parse(&text) {
            prop_assert_eq!(Address::parse(address.as_str()), Ok(address.clone()));
        }
    }
}

#[test]
fn d5_an_address_stands_in_both_alphabets() {
    let shown = |text: &str| with_unicode(&Untrusted::from(text)).to_string();
    let both = "Lee@xn--bcher-kva.example (Lee@b\u{fc}cher.example)";
    assert_eq!(shown("Lee@xn--bcher-kva.example"), both);
    assert_eq!(shown(" Lee@B\u{fc}cher.example "), both);
    assert_eq!(shown("lee@acme.example"), "lee@acme.example");
    assert_eq!(shown("nobody"), "nobody");
    // Cyrillic letters that look Latin: the A-labels tell the two apart.
    assert!(shown("lee@\u{430}cme.example").starts_with("lee@xn--cme-5cd.example ("));
}
