//! Linking a site: the arithmetic, the words, and what completing does to whom.

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn l7_tries_come_further_and_further_apart_and_never_end() {
    let start = at("2026-03-01T09:00:00Z");
    let waits: Vec<i64> =
        (1..9).map(|n| retry_at(start, n).duration_since(start).as_mins()).collect();
    assert_eq!(waits, [5, 30, 120, 360, 720, 1440, 1440, 1440]);
    assert_eq!(retry_at(start, 0), retry_at(start, 1));
    assert_eq!(retry_at(start, u32::MAX).duration_since(start).as_hours(), 24);
}

#[test]
fn l7_progress_grows_and_is_never_done_before_it_is() {
    let times = (at("2026-03-01T09:00:00Z"), at("2026-03-02T09:00:00Z"));
    let at_hour = |hours: i64, seen: u64| {
        progress(times, times.0 + SignedDuration::from_hours(hours), (seen, 1000))
    };
    assert_eq!(at_hour(-5, 0), 0);
    assert_eq!(at_hour(12, 0), 45);
    assert_eq!(at_hour(24, 0), 90);
    assert_eq!(at_hour(24, 1000), 99);
    assert_eq!(at_hour(900, 5000), 99);
    assert_eq!(progress((times.0, times.0), times.0, (0, 0)), 0);
}

#[test]
fn l8_links_whom_the_organization_has_and_who_confirmed_but_for_rows_1_to_7() {
    let with = |facts: &[Fact]| facts.iter().fold(Facts::default(), |f, fact| f.with(*fact, true));
    let cases: &[(&[Fact], Option<Outcome>)] = &[
        (&[], None),
        (&[Fact::Identity], Some(Outcome::LinkNow)),
        (&[Fact::Confirmed], Some(Outcome::LinkNow)),
        (&[Fact::Identity, Fact::Pending], Some(Outcome::LinkNow)),
        (&[Fact::DomainVerified], None),
        (&[Fact::AgreementCurrent], None),
        (&[Fact::Identity, Fact::Linked], Some(Outcome::AlreadyLinked)),
        (&[Fact::Identity, Fact::Inactive], Some(Outcome::BlockedInactive)),
        (&[Fact::Confirmed, Fact::BadAddress], Some(Outcome::BlockedBadAddress)),
        (&[Fact::Identity, Fact::Duplicate], Some(Outcome::BlockedDuplicateAddress)),
        (&[Fact::Confirmed, Fact::OtherOrganization], Some(Outcome::BlockedOtherOrganization)),
        (&[Fact::Identity, Fact::DirectorySync], Some(Outcome::BlockedDirectorySync)),
        (&[Fact::Identity, Fact::Declined], Some(Outcome::Declined)),
        (&[Fact::Inactive], None),
    ];
    let mut counted = Consequences::default();
    for (facts, want) in cases {
        assert_eq!(at_completion(with(facts)), *want, "{facts:?}");
        counted.count(with(facts));
    }
    let reported: u64 = counted.reported.iter().map(|row| row.users).sum();
    assert_eq!((counted.known, counted.confirmed, counted.linked), (2, 1, 3));
    assert_eq!(counted.linked + reported + counted.untouched, counted.users);
    assert!(counted.reported.is_sorted_by_key(|row| row.outcome));
}

#[test]
fn l5_the_text_tells_every_consequence_and_changes_with_each() {
    let consequences = Consequences {
        users: 2412,
        linked: 12,
        known: 9,
        confirmed: 3,
        reported: vec![Reported { outcome: Outcome::BlockedInactive, users: 4 }],
        untouched: 2396,
        notified: 2,
    };
    let terms = Terms {
        site: "acme.webex.example",
        organization: "Acme \u{202e}Robotics",
        partner: false,
        new_in: None,
        consequences: &consequences,
    };
    let text = agreement(&terms);
    for part in [
        "acme.webex.example",
        "permanent",
        "There is no unlink",
        "2,412 users",
        "12 are linked without an e-mail: 9 whom",
        "3 who have confirmed",
        "4 would be, but are not, and are reported: the site account is deactivated",
        "2,396 stay as they are",
        "All 2 full admins",
        "changes no one's privileges",
        "gives nobody a licence",
        "optional",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains('\u{202e}'), "names cannot steer the text");
    let more = Consequences { notified: 1, ..consequences.clone() };
    assert_ne!(agreement(&Terms { consequences: &more, ..terms }), text);
    assert!(!text.contains("partner"), "{text}");
    let partner = agreement(&Terms { partner: true, ..terms });
    assert!(partner.contains("a partner's own organization") && partner.contains("for good"));
    let new = agreement(&Terms { new_in: Some("Germany"), ..terms });
    assert!(new.contains("new organization in Germany") && new.contains("full admin"), "{new}");
}

#[test]
fn l1_a_code_is_read_however_it_was_copied() {
    let want = Some("abcd1234efgh5678".to_owned());
    for text in [
        "abcd-1234-efgh-5678",
        " ABCD 1234 EFGH 5678 ",
        "abcd1234efgh5678",
        "https://hub.example/connect/abcd-1234-efgh-5678",
        "https://hub.example/connect/abcd-1234-efgh-5678/",
    ] {
        assert_eq!(connect_code(text), want, "{text}");
    }
    for text in ["", "abcd", "abcd-1234-efgh-567", "abcd-1234-efgh-56789", "äbcd-1234-efgh-5678"] {
        assert_eq!(connect_code(text), None, "{text}");
    }
    assert_eq!(shown_code("abcd1234efgh5678"), "abcd-1234-efgh-5678");
}

#[test]
fn l2_full_admins_are_named_for_administrators_and_domains_alone() {
    assert!(MatchKind::Administrator.shows_full_admins());
    assert!(MatchKind::VerifiedDomain.shows_full_admins());
    assert!(!MatchKind::OrganizationName.shows_full_admins());
    assert!(!MatchKind::OrganizationId.shows_full_admins());
}

#[test]
fn codes_read_back_and_are_the_wire_s() {
    for state in LinkMailState::ALL {
        assert_eq!(LinkMailState::from_code(state.code()), Some(state));
        assert_eq!(serde_json::to_value(state).unwrap(), state.code());
    }
    for state in [LinkState::Running, LinkState::Failed, LinkState::Done] {
        assert_eq!(LinkState::from_code(state.code()), Some(state));
        assert_eq!(serde_json::to_value(state).unwrap(), state.code());
    }
    assert_eq!(serde_json::to_value(EnrollStep::AskCsm).unwrap(), EnrollStep::AskCsm.code());
    assert_eq!(serde_json::to_value(Hindrance::NoAccount).unwrap(), Hindrance::NoAccount.code());
}
