//! The fourteen rows, each with its boundary: what wins over it and what it wins over.

use super::*;
use crate::domain::facts::Gathered;
use LinkingMethod as M;
use jiff::Timestamp;
use proptest::prelude::*;

const METHODS: [LinkingMethod; 3] = LinkingMethod::ALL;

fn ordinary() -> Gathered {
    Gathered { active: true, usable: true, ..Gathered::default() }
}

fn now() -> Timestamp {
    "2026-03-01T09:00:00Z".parse().unwrap()
}

fn outcome(gathered: Gathered, method: LinkingMethod) -> Outcome {
    decide(gathered.at(now()), method)
}

/// Rows 1 to 11 as "set this fact": each beats all later ones, whatever the method.
#[test]
fn rows_in_order_first_match_wins() {
    let rows: [(Fact, Outcome); 11] = [
        (Fact::Linked, Outcome::AlreadyLinked),
        (Fact::Inactive, Outcome::BlockedInactive),
        (Fact::BadAddress, Outcome::BlockedBadAddress),
        (Fact::Duplicate, Outcome::BlockedDuplicateAddress),
        (Fact::OtherOrganization, Outcome::BlockedOtherOrganization),
        (Fact::DirectorySync, Outcome::BlockedDirectorySync),
        (Fact::Declined, Outcome::Declined),
        (Fact::DomainVerified, Outcome::LinkNow),
        (Fact::AgreementCurrent, Outcome::LinkProvisional),
        (Fact::Pending, Outcome::AlreadyInvited),
        (Fact::Consumer, Outcome::EmailConsumer),
    ];
    for (from, (_, want)) in rows.iter().enumerate() {
        let facts = rows[from..].iter().fold(Facts::default(), |f, (fact, _)| f.with(*fact, true));
        assert_eq!(decide(facts, LinkingMethod::SignAgreement), *want, "row {}", from + 1);
    }
}

#[test]
fn row_1_provisional_is_linked_too() {
    let facts = Facts::default().with(Fact::Provisional, true).with(Fact::Inactive, true);
    assert_eq!(decide(facts, LinkingMethod::ReceiveEmail), Outcome::AlreadyLinked);
}

#[test]
fn row_8_domain_identity_or_confirmation_whatever_the_method() {
    for method in METHODS {
        for user in [
            Gathered { domain_verified: true, ..ordinary() },
            Gathered { identity: true, ..ordinary() },
            Gathered { confirmed: true, ..ordinary() },
        ] {
            assert_eq!(outcome(Gathered { consumer: true, ..user }, method), Outcome::LinkNow);
        }
    }
}

#[test]
fn row_9_and_13_the_deadline_decides_only_under_sign_agreement() {
    let deadline =
        |text: &str| Gathered { agreement_deadline: Some(text.parse().unwrap()), ..ordinary() };
    let current = deadline("2026-03-01T09:00:01Z");
    let lapsed = deadline("2026-03-01T09:00:00Z");
    assert_eq!(outcome(current, M::SignAgreement), Outcome::LinkProvisional);
    assert_eq!(outcome(current, M::VerifyNow), Outcome::HoldUnverifiedDomain);
    assert_eq!(outcome(current, M::ReceiveEmail), Outcome::Email);
    assert_eq!(outcome(lapsed, M::SignAgreement), Outcome::HoldAgreementLapsed);
    assert_eq!(outcome(lapsed, M::VerifyNow), Outcome::HoldUnverifiedDomain);
    let elsewhere = Gathered { proven_elsewhere: true, ..current };
    assert_eq!(outcome(elsewhere, M::SignAgreement), Outcome::HoldUnverifiedDomain);
}

#[test]
fn row_10_pending_or_unknown() {
    let invited = |text: &str| Gathered { invited_at: Some(text.parse().unwrap()), ..ordinary() };
    let m = LinkingMethod::ReceiveEmail;
    assert_eq!(outcome(invited("2026-02-22T09:00:01Z"), m), Outcome::AlreadyInvited);
    assert_eq!(outcome(invited("2026-02-22T09:00:00Z"), m), Outcome::Email);
    assert_eq!(outcome(Gathered { unknown: true, ..ordinary() }, m), Outcome::AlreadyInvited);
}

#[test]
fn rows_11_12_and_14() {
    for method in METHODS {
        let consumer = Gathered { consumer: true, ..ordinary() };
        assert_eq!(outcome(consumer, method), Outcome::EmailConsumer);
    }
    assert_eq!(outcome(ordinary(), LinkingMethod::ReceiveEmail), Outcome::Email);
    assert_eq!(outcome(ordinary(), LinkingMethod::VerifyNow), Outcome::HoldUnverifiedDomain);
    assert_eq!(outcome(ordinary(), LinkingMethod::SignAgreement), Outcome::HoldUnverifiedDomain);
}

#[test]
fn held_email_changes_the_held_class_alone() {
    for outcome in Outcome::ALL {
        let turned = outcome.with_held_emailed();
        if outcome.class() == Class::Held {
            assert_eq!(turned, Outcome::Email);
        } else {
            assert_eq!(turned, outcome);
        }
    }
}

#[test]
fn codes_and_classes_read_back() {
    for outcome in Outcome::ALL {
        assert_eq!(Outcome::from_code(outcome.code()), Some(outcome));
        let json = serde_json::to_string(&outcome).unwrap();
        assert_eq!(json, format!("\"{}\"", outcome.code()));
    }
    for class in Class::ALL {
        assert_eq!(Class::from_code(class.code()), Some(class));
    }
}

/// The table once more, read from the specification as conditions in order.
fn by_the_book(f: Facts, method: LinkingMethod) -> Outcome {
    use Fact as F;
    let signed = method == LinkingMethod::SignAgreement;
    let conditions = [
        f.has(F::Linked) || f.has(F::Provisional),
        f.has(F::Inactive),
        f.has(F::BadAddress),
        f.has(F::Duplicate),
        f.has(F::OtherOrganization),
        f.has(F::DirectorySync),
        f.has(F::Declined),
        f.has(F::DomainVerified) || f.has(F::Identity) || f.has(F::Confirmed),
        signed && f.has(F::AgreementCurrent),
        f.has(F::Pending),
        f.has(F::Consumer),
        method == LinkingMethod::ReceiveEmail,
        signed && f.has(F::AgreementLapsed),
        true,
    ];
    Outcome::ALL[conditions.iter().position(|c| *c).unwrap()]
}

proptest! {
    #[test]
    fn every_user_gets_exactly_one_outcome_and_classes_add_up(
        codes in proptest::collection::vec(any::<u16>(), 0..200), m in 0usize..3,
    ) {
        let method = METHODS[m];
        let mut per_class = [0usize; 5];
        for code in &codes {
            let facts = Facts::from_code(*code);
            let outcome = decide(facts, method);
            prop_assert_eq!(outcome, by_the_book(facts, method));
            per_class[outcome.class() as usize] += 1;
        }
        prop_assert_eq!(per_class.iter().sum::<usize>(), codes.len());
    }
}
