//! What the filter language means, and what it says when it does not understand.

use super::*;

fn terms(text: &str) -> Vec<Term> {
    Query::parse(text).unwrap().terms
}

fn word(text: &str) -> Term {
    Term { negated: false, test: Test::Word(text.into()) }
}

#[test]
fn section_5_the_examples_of_the_specification_read() {
    let text = "domain:acme.example dept:sales status:unlinked outcome:email invited:ever \
                ticked: !okafor";
    let emailed = outcome_bit(Outcome::Email) | outcome_bit(Outcome::EmailConsumer);
    let tests = [
        Test::Domain(vec!["acme.example".into()]),
        Test::Department { text: "sales".into(), whole: false },
        Test::Status(state_bit(UserState::Unlinked)),
        Test::Outcome(emailed),
        Test::Invited(Invited::Ever),
        Test::Ticked(true),
    ];
    let mut want: Vec<_> = tests.map(|test| Term { negated: false, test }).into();
    want.push(Term { negated: true, test: Test::Word("okafor".into()) });
    assert_eq!(terms(text), want);
}

#[test]
fn section_5_words_quotes_and_negation() {
    assert_eq!(terms("  Amara   OKAFÓR "), [word("amara"), word("okafor")]);
    assert_eq!(terms("\"a:b c\""), [word("a:b c")]);
    assert_eq!(terms("\"open to the end"), [word("open to the end")]);
    assert_eq!(terms("\"say \"\"hi\"\"\""), [word("say \"hi\"")]);
    assert_eq!(terms("!!x !"), [word("x")]);
    assert_eq!(terms("10:30"), [word("10:30")]);
    let north = Test::Department { text: "north sales".into(), whole: false };
    assert_eq!(terms("dept:\"North Sales\"")[0].test, north);
    let none = Test::Department { text: String::new(), whole: true };
    for text in ["dept:=", "dept:\"\"", "dept:=\"\""] {
        assert_eq!(terms(text)[0].test, none, "{text}");
    }
    assert!(Query::parse("   ").unwrap().is_empty());
}

#[test]
fn section_5_values() {
    let states = state_bit(UserState::Unlinked) | state_bit(UserState::Lapsed);
    assert_eq!(terms("STATUS:Unlinked,lapsed")[0].test, Test::Status(states));
    assert_eq!(terms("outcome:email"), terms("outcome:emailed"));
    assert_eq!(terms("outcome:=email")[0].test, Test::Outcome(outcome_bit(Outcome::Email)));
    assert_eq!(terms("outcome:link_now")[0].test, Test::Outcome(outcome_bit(Outcome::LinkNow)));
    let domains = vec!["xn--bcher-kva.example".into(), String::new()];
    assert_eq!(terms("domain:Bücher.example,none")[0].test, Test::Domain(domains));
    // A domain is understood as it is typed (rule D5).
    for typed in ["@acme.example", "https://acme.example/", "ACME.example.", "fay@acme.example"] {
        let want = Test::Domain(vec!["acme.example".into()]);
        assert_eq!(terms(&format!("domain:{typed}"))[0].test, want, "{typed}");
    }
    assert_eq!(terms("ticked:no")[0].test, Test::Ticked(false));
}

#[test]
fn errors_say_where_and_what_is_allowed() {
    let cases = [
        ("okafor dpt:sales", 7, "there is no filter dpt: use domain:, dept:, "),
        ("é status:", 9, "status: takes unlinked, invited, lapsed,"),
        ("status:unlinked,gone", 7, "status: takes unlinked"),
        ("!outcome:mail", 9, "outcome: takes emailed, linked, skipped, held, blocked, or"),
        ("outcome:=emailed", 8, "outcome: takes"),
        ("invited:", 8, "invited: takes ever, never or pending"),
        ("ticked:maybe", 7, "ticked: takes yes or no"),
        ("domain:", 7, "domain: takes a domain, whole, such as acme.example"),
        ("domain:acme", 7, "domain: acme needs at least two labels"),
        ("domain:nope", 7, "domain: nope needs at least two labels, such as acme.example"),
        ("dept:", 5, "dept: takes part of a department"),
    ];
    for (text, position, start) in cases {
        let error = Query::parse(text).unwrap_err();
        assert_eq!(error.position, position, "{text}");
        assert!(error.message.starts_with(start), "{text}: {}", error.message);
        assert!(error.message.matches("such as").count() <= 1, "{text}: {}", error.message);
    }
}

#[test]
fn what_is_still_being_written_does_not_hide_what_is_there() {
    let (query, error) = Query::parse_what_reads("lund status: dept:sales dpt:x");
    assert_eq!(query, Query::parse("lund dept:sales").unwrap());
    assert_eq!(error.unwrap().position, 12);
    assert_eq!(Query::parse_what_reads("lund").1, None);
}

#[test]
fn i12_errors_do_not_repeat_hostile_text() {
    let error = Query::parse("domain:\u{1b}[2J").unwrap_err();
    assert!(!error.message.contains('\u{1b}'), "{}", error.message);
}

#[test]
fn a_longer_filter_narrows_a_shorter_one() {
    let cases = [
        ("okafor", "oka", true),
        ("oka", "okafor", false),
        ("a b", "b", true),
        ("!oka", "!okafor", true),
        ("!okafor", "!oka", false),
        ("!okafor", "oka", false),
        ("dept:sales", "dept:sal", true),
        ("dept:=sales", "dept:sal", true),
        ("dept:sal", "dept:=sal", false),
        ("status:linked x", "status:linked", true),
        ("status:linked", "status:linked,lapsed", false),
        ("anything", "", true),
    ];
    for (new, old, want) in cases {
        let (new, old) = (Query::parse(new).unwrap(), Query::parse(old).unwrap());
        assert_eq!(new.narrows(&old), want, "{new:?} {old:?}");
    }
}

#[test]
fn what_a_filter_depends_on() {
    assert!(Query::parse("!outcome:held").unwrap().needs_method());
    assert!(Query::parse("a ticked:no").unwrap().uses_ticks());
    assert!(!Query::parse("a").unwrap().needs_method());
}

#[test]
fn quoting_reads_back() {
    for value in ["Sales", "North Sales", "a\"b\"", "\"", "", "x,y", "a:b", "=odd"] {
        let text = format!("dept:={}", quoted(value));
        let want = Test::Department { text: value.to_lowercase(), whole: true };
        assert_eq!(terms(&text), [Term { negated: false, test: want }], "{text}");
    }
}
