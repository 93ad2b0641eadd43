//! Tests of what stands in `domain_name.rs`.

use super::*;

#[test]
fn d5_names_are_lower_case_a_labels() {
    let cases = [
        ("ACME.Example", "acme.example"),
        ("Bücher.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("eu.acme.example", "eu.acme.example"),
        (" acme.example ", "acme.example"),
        ("acme。example", "acme.example"),
        ("r3---sn.example", "r3---sn.example"),
    ];
    for (text, want) in cases {
        assert_eq!(DomainName::parse(text).unwrap().as_str(), want, "{text}");
    }
    let name = DomainName::parse("Bücher.example").unwrap();
    assert_eq!(name.unicode().as_deref(), Some("bücher.example"));
    assert_eq!(DomainName::parse("acme.example").unwrap().unicode(), None);
}

#[test]
fn d5_a_domain_is_understood_as_it_is_typed() {
    use DomainNameError as E;
    for text in [
        "acme.example.",
        "https://acme.example/",
        "HTTP://acme.example:443/login?a=b#c",
        "@acme.example",
        "ACME.example ",
        "\tacme.example\n",
        "fay@acme.example",
        "<fay.moss@Acme.Example>",
        "mailto:fay@acme.example",
        "\"acme.example\",",
        "acme。example。",
        "https://fay@acme.example",
    ] {
        let read = DomainName::typed(text);
        assert_eq!(read.map(String::from).as_deref(), Ok("acme.example"), "{text}");
    }
    assert_eq!(DomainName::typed("@Bücher.example.").unwrap().as_str(), "xn--bcher-kva.example");
    for (text, want) in [
        ("", E::Malformed),
        ("https://", E::Malformed),
        ("@", E::Malformed),
        ("acme..example", E::Malformed),
        ("acme.example..", E::Malformed),
        ("*.acme.example", E::Malformed),
        ("acme example", E::Malformed),
        ("acme", E::OneLabel),
        ("https://127.0.0.1/", E::IpLiteral),
        ("::1", E::IpLiteral),
        ("co.uk.", E::PublicSuffix),
        ("https://a.test", E::SpecialUse),
    ] {
        assert_eq!(DomainName::typed(text), Err(want), "{text}");
    }
}

#[test]
fn d3_refused_names() {
    use DomainNameError as E;
    let cases = [
        ("localhost", E::OneLabel),
        ("acme", E::OneLabel),
        ("db.localhost", E::SpecialUse),
        ("printer.local", E::SpecialUse),
        ("a.test", E::SpecialUse),
        ("a.invalid", E::SpecialUse),
        ("a.onion", E::SpecialUse),
        ("1.0.0.127.in-addr.arpa", E::SpecialUse),
        ("corp.internal", E::SpecialUse),
        ("co.uk", E::PublicSuffix),
        ("foo.ck", E::PublicSuffix),
        ("127.0.0.1", E::IpLiteral),
        ("[127.0.0.1]", E::IpLiteral),
        ("::1", E::IpLiteral),
        ("acme..example", E::Malformed),
        ("acme.example.", E::Malformed),
        ("-acme.example", E::Malformed),
        ("a_b.example", E::Malformed),
        ("a b.example", E::Malformed),
        ("", E::Malformed),
    ];
    for (text, want) in cases {
        assert_eq!(DomainName::parse(text), Err(want), "{text}");
    }
}

#[test]
fn d3_private_suffixes_and_example_are_ordinary() {
    for text in ["github.io", "acme.co.uk", "a.example", "www.ck", "example.com"] {
        assert!(DomainName::parse(text).is_ok(), "{text}");
    }
}

#[test]
fn d3_consumer_domains_are_never_added() {
    assert_eq!(DomainName::parse("gmail.com").unwrap().never_added(), Some(NeverAdded::Consumer));
    assert_eq!(DomainName::parse("acme.example").unwrap().never_added(), None);
}
