//! Tests of what stands in `challenge.rs`.

use super::*;

const TOKEN: &str = "hublink_aB3dE5fG";

fn amiss(published: &str) -> String {
    match value(published, TOKEN) {
        Value::Amiss(words) => words,
        other => panic!("{published}: {other:?}"),
    }
}

#[test]
fn d2_a_value_published_amiss_is_told_so() {
    assert_eq!(value(TOKEN, TOKEN), Value::Right);
    assert_eq!(value(" hublink_aB3dE5fG\n", TOKEN), Value::Right);
    for quoted in ["\"hublink_aB3dE5fG\"", "\\\"hublink_aB3dE5fG\\\"", "“hublink_aB3dE5fG”"] {
        assert!(amiss(quoted).contains("published in quotes;"), "{quoted}");
    }
    assert!(amiss("hublink_aB3 dE5fG").contains("with blanks in it"));
    assert!(amiss("hublink_aB3\u{200b}dE5fG").contains("with blanks in it"));
    assert!(amiss("hublink_ab3de5fg").contains("in another case"));
    assert!(amiss("'HUBLINK_AB3DE5FG'").contains("in quotes and in another case"));
    assert!(amiss("_hublink-challenge=hublink_aB3dE5fG").contains("among other text"));
    for other in ["", "v=spf1 -all", "hublink_aB3dE5f", "hublink_xxxxxxxx"] {
        assert_eq!(value(other, TOKEN), Value::Other, "{other}");
    }
}

#[test]
fn d2_a_record_is_looked_for_where_panels_put_it() {
    let names = |domain: &str| -> Vec<String> {
        let domain = DomainName::parse(domain).unwrap();
        elsewhere(&domain).into_iter().map(|place| place.name).collect()
    };
    assert_eq!(
        names("acme.example"),
        [
            "acme.example",
            "_hublink-challenge.acme.example.acme.example",
            "hublink-challenge.acme.example",
        ]
    );
    assert_eq!(
        names("eu.acme.co.uk"),
        [
            "eu.acme.co.uk",
            "_hublink-challenge.eu.acme.co.uk.eu.acme.co.uk",
            "_hublink-challenge.eu.acme.co.uk.acme.co.uk",
            "hublink-challenge.eu.acme.co.uk",
            "_hublink-challenge.acme.co.uk",
        ]
    );
    let eu = DomainName::parse("eu.acme.example").unwrap();
    let in_parent = &elsewhere(&eu)[2];
    assert!(in_parent.advice.contains("added acme.example once more"), "{in_parent:?}");
    assert!(in_parent.advice.contains("as _hublink-challenge.eu there"), "{in_parent:?}");
    let long = format!("{}.{}.{}.example", "a".repeat(60), "b".repeat(60), "c".repeat(60));
    assert!(names(&long).iter().all(|name| name.len() <= 253));
}
