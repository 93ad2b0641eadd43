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
        ("@acme.example", E::Local),
        ("a..b@acme.example", E::Local),
        (".a@acme.example", E::Local),
        ("a b@acme.example", E::Local),
        ("\"a\"@acme.example", E::Local),
        ("jürgen@acme.example", E::Local),
        ("a@b@acme.example", E::Local),
        ("a%b@acme.example", E::Routing),
        ("host!a@acme.example", E::Routing),
        (long.as_str(), E::Local),
        (longest.as_str(), E::TooLong),
        ("a@acme", E::Domain(DomainNameError::OneLabel)),
        ("a@[10.0.0.1]", E::Domain(DomainNameError::IpLiteral)),
        ("a@10.0.0.1", E::Domain(DomainNameError::IpLiteral)),
        ("a@co.uk", E::Domain(DomainNameError::PublicSuffix)),
        ("a@x.internal", E::Domain(DomainNameError::SpecialUse)),
        ("a@ acme.example", E::Domain(DomainNameError::Malformed)),
    ];
    for (text, want) in cases {
        assert_eq!(Address::parse(text), Err(want), "{text}");
    }
}

proptest! {
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
