//! Step two: proving domains, or signing for them.

use hublink::api::call::Request;
use hublink::api::demo::PublishTxtCall;
use hublink::api::domains::{Check, CheckResult, ListDomains};
use hublink::api::site;
use hublink::api::site::{DomainStanding, ListSiteDomains};
use hublink::domain::linking::LinkingMethod::{self, ReceiveEmail, SignAgreement, VerifyNow};
use hublink::domain::organization::DomainState;
use hublink::tui::keymap::{Action, Availability};
use hublink::tui::pilot::Pilot;

use crate::script::{Shared, down, problem, reads, refused, unreachable};
use crate::world::{self, SITE, at};

const SIZE: (u16, u16) = (80, 30);

fn open(method: LinkingMethod) -> (Shared, Pilot) {
    let world = Shared::new(Some(method));
    let mut pilot = world.pilot(SIZE);
    pilot.press(Action::Next);
    assert!(pilot.sees("● Domains"), "{}", pilot.text());
    (world, pilot)
}

fn check(result: CheckResult, seen: &[&str]) -> Check {
    Check {
        result,
        at: at("2026-03-01T12:31:00Z"),
        seen: seen.iter().map(|text| (*text).into()).collect(),
        not_before: None,
        detail: String::new().into(),
    }
}

/// To the domain that waits for its record, and looks it up.
fn look_up(world: &Shared, pilot: &mut Pilot, check: Check) {
    world.with(|world| world.look_up = Some(check));
    pilot.press(Action::Top).press(Action::Down).press(Action::Verify);
}

#[test]
fn d1_the_record_is_shown_as_given_and_copied() {
    let (_, mut pilot) = open(VerifyNow);
    pilot.press(Action::Down);
    assert!(pilot.sees("_hublink-challenge.acme-labs.example"), "{}", pilot.text());
    pilot.press(Action::NextPane).press(Action::Copy);
    pilot.press(Action::NextPane).press(Action::Copy);
    let copied: Vec<&str> = pilot.copied.iter().map(AsRef::as_ref).collect();
    let value = "hublink-domain-verification=b7Qw0zE4hN2s";
    assert_eq!(copied, ["_hublink-challenge.acme-labs.example", value]);
}

#[test]
fn d1_a_domain_is_added_and_gives_its_record() {
    let (world, mut pilot) = open(VerifyNow);
    down(&mut pilot, 5);
    assert!(reads(&pilot, "is not added to the organization yet"), "{}", pilot.text());
    let state = pilot.app().can(Action::Verify);
    assert!(matches!(state, Availability::Disabled(why) if why.contains("Add the domain first")));
    pilot.press(Action::Add);
    assert!(pilot.sees("_hublink-challenge.xn--bcher-kva.example"), "{}", pilot.text());
    assert_eq!(world.with(|world| world.org_domains.len()), 3);
}

#[test]
fn d2_not_found_says_what_was_found_and_when_it_is_of_use() {
    let (world, mut pilot) = open(VerifyNow);
    let mut missing = check(CheckResult::NotFound, &[]);
    missing.not_before = Some(at("2026-03-01T14:05:00Z"));
    look_up(&world, &mut pilot, missing.clone());
    assert!(reads(&pilot, "nothing is published under this name yet"), "{}", pilot.text());
    assert!(reads(&pilot, "14:05 UTC"), "{}", pilot.text());
    missing.seen = vec!["v=spf1 -all".into()];
    look_up(&world, &mut pilot, missing);
    assert!(reads(&pilot, "found instead: “v=spf1 -all”"), "{}", pilot.text());
}

#[test]
fn d2_the_backend_s_hint_is_shown_with_what_was_seen() {
    let (world, mut pilot) = open(VerifyNow);
    let hint = "The value stands at acme-labs.example itself; publish it at \
                _hublink-challenge.acme-labs.example.";
    for result in [CheckResult::NotFound, CheckResult::WrongToken] {
        let mut amiss = check(result, &["hublink_b7Qw"]);
        amiss.detail = hint.into();
        amiss.not_before = Some(at("2026-03-01T14:05:00Z"));
        look_up(&world, &mut pilot, amiss);
        assert!(reads(&pilot, hint), "{}", pilot.text());
        assert!(reads(&pilot, "Found: “hublink_b7Qw”"), "{}", pilot.text());
    }
}

#[test]
fn d2_a_wrong_token_and_a_failed_look_up_are_told_apart() {
    let (world, mut pilot) = open(VerifyNow);
    look_up(&world, &mut pilot, check(CheckResult::WrongToken, &["hublink=old"]));
    assert!(reads(&pilot, "a record with another value: “hublink=old”"), "{}", pilot.text());
    let mut failed = check(CheckResult::Failed, &[]);
    failed.detail = "SERVFAIL".into();
    look_up(&world, &mut pilot, failed);
    assert!(reads(&pilot, "the look-up failed (SERVFAIL)") && reads(&pilot, "changes nothing"));
    assert!(pilot.sees("added, record not seen yet"), "the state is what it was");
}

#[test]
fn d2_found_makes_it_verified_and_the_plan_is_made_again() {
    let world = Shared::new(Some(VerifyNow)).at_step("invite");
    let mut pilot = world.pilot(SIZE);
    pilot.press(Action::Back).press(Action::Back).press(Action::Back);
    assert!(pilot.sees("● Domains"), "{}", pilot.text());
    world.with(|world| {
        world.look_up = Some(check(CheckResult::Found, &[]));
        world.site_domains[1].standing = DomainStanding::Verified;
        world.site_domains[1].state = Some(DomainState::Verified);
    });
    // The list was loaded before: it still waits for the record.
    pilot.press(Action::Down).press(Action::Verify).pass(2_000);
    assert!(pilot.sees("acme-labs.example is verified: its 301 users"), "{}", pilot.text());
    assert!(pilot.sees("2,203 of 2,412 users"), "{}", pilot.text());
    assert!(world.saved().answers.get("plan").is_none());
}

#[test]
fn d2_the_domain_that_was_just_proven_keeps_its_place_and_its_news() {
    let world = Shared::new(Some(VerifyNow)).at_step("plan");
    let mut pilot = world.pilot(SIZE);
    pilot.press(Action::Verify);
    assert!(pilot.sees("▌ acme-labs.example"), "the unproven first\n{}", pilot.text());
    world.with(|world| {
        world.look_up = Some(check(CheckResult::Found, &[]));
        world.site_domains[1].standing = DomainStanding::Verified;
        world.site_domains[1].state = Some(DomainState::Verified);
    });
    pilot.press(Action::Verify).pass(120_000);
    assert!(pilot.sees("▌ acme-labs.example"), "{}", pilot.text());
    assert!(pilot.sees("acme-labs.example is verified: its 301 users"), "{}", pilot.text());
    let of = |name: &str| pilot.text().find(name);
    assert!(of("▌ acme-labs.example") < of("  acme.example"), "no row moved\n{}", pilot.text());
}

#[test]
fn d2_one_may_leave_and_the_page_looks_again_by_itself() {
    let (world, mut pilot) = open(VerifyNow);
    let asked = |pilot: &Pilot| {
        let lists = |request: &&Request| request.is::<ListSiteDomains>();
        pilot.sent.iter().filter(lists).count()
    };
    let before = asked(&pilot);
    world.with(|world| {
        world.site_domains[1].standing = DomainStanding::Verified;
        world.site_domains[1].state = Some(DomainState::Verified);
    });
    pilot.pass(61_000);
    assert_eq!(asked(&pilot), before + 1);
    assert!(pilot.sees("2,203 of 2,412 users"), "{}", pilot.text());
    pilot.pass(300_000);
    assert_eq!(asked(&pilot), before + 1, "nothing is awaited any more: idle");
}

#[test]
fn the_demo_publishes_the_record_and_says_that_it_is_the_demo() {
    let (_, mut pilot) = open(VerifyNow);
    let can = pilot.app().can(Action::Publish);
    assert!(matches!(can, Availability::Disabled(_)), "it is verified, and says so: {can:?}");
    pilot.press(Action::Down);
    assert!(pilot.sees("Demo: p publishes it"));
    pilot.press(Action::Publish);
    let published = pilot
        .sent
        .iter()
        .find_map(|request| request.asked::<PublishTxtCall>().map(|(.., record)| record));
    let published = published.unwrap();
    assert_eq!(published.name, "_hublink-challenge.acme-labs.example");
    assert_eq!(published.value, "hublink-domain-verification=b7Qw0zE4hN2s");
    assert!(reads(&pilot, "Demo: the record is published"), "{}", pilot.text());
}

#[test]
fn d3_what_can_never_be_added_says_why() {
    let (_, mut pilot) = open(VerifyNow);
    down(&mut pilot, 3);
    assert!(pilot.sees("gmail.com: A public mail provider's"), "{}", pilot.text());
    let state = pilot.app().can(Action::Add);
    assert!(matches!(state, Availability::Disabled(why) if why.contains("public mail provider")));
}

#[test]
fn domains_are_optional_for_mails_and_a_failure_can_be_tried_again() {
    let world = Shared::new(Some(ReceiveEmail));
    let mut pilot = world.pilot(SIZE);
    let lists = |request: &Request| request.is::<ListSiteDomains>();
    world.refuse(lists, unreachable());
    pilot.press(Action::Next);
    assert!(pilot.sees("The backend cannot be reached"), "{}", pilot.text());
    pilot.press(Action::Reload);
    assert!(reads(&pilot, "Optional: people of a verified domain"), "{}", pilot.text());
    pilot.press(Action::Next);
    assert!(!pilot.sees("● Domains"), "{}", pilot.text());
}

#[test]
fn d4_what_cannot_be_signed_for_is_listed_with_the_reason() {
    let (_, mut pilot) = open(SignAgreement);
    assert!(pilot.sees("☐ acme.example") && pilot.sees("verified already"), "{}", pilot.text());
    assert!(pilot.sees("☑ rd.acme.example") && pilot.sees("signed, verify it by 10 Apr"));
    assert!(pilot.sees("☐ gmail.com") && pilot.sees("☐ oldcorp.example"));
    assert!(pilot.sees("bücher.example"), "the Unicode form stands beside");
    pilot.press(Action::Down).press(Action::Down).press(Action::Tick);
    assert!(pilot.sees("☐ gmail.com"), "{}", pilot.text());
    assert!(pilot.sees("its users get an e-mail"), "the whole reason: {}", pilot.text());
}

/// Reads the text page by page; the words of all pages, each line once.
fn read_on(pilot: &mut Pilot) -> String {
    let mut words: Vec<String> = Vec::new();
    loop {
        for line in pilot.text().lines().skip(1) {
            let line = line.trim();
            if !line.is_empty() && !words.iter().any(|known| known == line) {
                words.push(line.to_owned());
            }
        }
        let ended = pilot.sees("enter I have read it");
        pilot.hit("enter");
        if ended {
            return words.join(" ");
        }
    }
}

#[test]
fn d4_signing_needs_the_text_read_the_tick_and_the_url_typed_by_hand() {
    let (world, mut pilot) = open(SignAgreement);
    assert!(pilot.sees("313 users of 2 domains") && pilot.sees("until 1 Jun"), "{}", pilot.text());
    pilot.press(Action::Tick);
    assert!(pilot.sees("12 users of 1 domain"), "{}", pilot.text());
    pilot.press(Action::NextPane).press(Action::NextPane).press(Action::Tick);
    assert!(pilot.sees("☐ I have read the agreement"), "not before: {}", pilot.text());
    pilot.press(Action::PreviousPane).press(Action::Open);
    let read = read_on(&mut pilot);
    for paragraph in world::agreement().text.raw().split("\n\n") {
        assert!(read.contains(paragraph), "{paragraph}\nin {read}");
    }
    assert!(pilot.sees("✓ read to its end"), "{}", pilot.text());
    assert!(pilot.sees("▌ ☐ I have read the agreement"), "the tick is next: {}", pilot.text());
    pilot.press(Action::NextPane).press(Action::NextPane).hit("enter");
    assert!(pilot.sees("✗ Tick that you agree"), "{}", pilot.text());
    pilot.press(Action::Tick).press(Action::Next);
    assert!(pilot.sees("✗ Type the site's URL in full"), "{}", pilot.text());
    pilot.paste(SITE);
    assert!(pilot.sees("This one is typed by hand"), "{}", pilot.text());
    pilot.text_in("acme.webex").hit("enter");
    assert!(pilot.sees("● Domains"), "half of it is not enough");
    pilot.text_in(".example").pass(3_000);
    let saved = world.saved().answers;
    let kept: Vec<&String> = saved.as_object().unwrap().keys().collect();
    assert_eq!(kept, ["not_signed", "held"], "neither tick nor URL");
    pilot.hit("enter");
    let signed = signed(&pilot).unwrap();
    assert_eq!(signed.domains, ["xn--bcher-kva.example"]);
    assert!(signed.agree && signed.confirm == SITE);
    assert_eq!(signed.text_sha256, world::agreement().text_sha256, "the hash of what was read");
    assert!(!pilot.sees("● Domains"), "{}", pilot.text());
}

fn signed(pilot: &Pilot) -> Option<hublink::api::site::Sign> {
    pilot
        .sent
        .iter()
        .find_map(|request| request.asked::<site::SignAgreement>().map(|(.., body)| body))
}

/// The text is read, and its tick has the focus.
fn read_it(pilot: &mut Pilot) {
    pilot.press(Action::PreviousPane).press(Action::PreviousPane).press(Action::PreviousPane);
    pilot.press(Action::Open);
    read_on(pilot);
}

#[test]
fn d4_other_domains_ask_for_another_tick() {
    let (_, mut pilot) = open(SignAgreement);
    read_it(&mut pilot);
    pilot.press(Action::Tick);
    assert!(pilot.sees("☑ I have read the agreement"), "{}", pilot.text());
    pilot.press(Action::NextPane);
    pilot.press(Action::Down).press(Action::Tick);
    assert!(pilot.sees("☐ I have read the agreement"), "{}", pilot.text());
}

#[test]
fn d4_a_text_that_changed_meanwhile_is_read_again() {
    let (world, mut pilot) = open(SignAgreement);
    read_it(&mut pilot);
    pilot.press(Action::Tick).text_in(SITE);
    world.refuse(
        Request::is::<site::SignAgreement>,
        refused(problem("agreement_stale", 409, "It changed.", "Read it again.")),
    );
    pilot.hit("enter");
    assert!(reads(&pilot, "The agreement has changed since you read it"), "{}", pilot.text());
    assert!(pilot.sees("☐ I have read the agreement") && !pilot.sees("✓ read"), "{}", pilot.text());
}

#[test]
fn d4_nothing_ticked_goes_on_unsigned() {
    let (_, mut pilot) = open(SignAgreement);
    pilot.press(Action::Tick);
    down(&mut pilot, 4).press(Action::Tick);
    assert!(pilot.sees("Nothing is ticked that needs signing"), "{}", pilot.text());
    pilot.press(Action::Next);
    assert!(!pilot.sees("● Domains") && signed(&pilot).is_none(), "{}", pilot.text());
}

#[test]
fn d4_one_key_ticks_and_unticks_all_domains() {
    let (_, mut pilot) = open(SignAgreement);
    assert!(pilot.sees("a untick all"), "{}", pilot.text());
    pilot.press(Action::TickAll);
    assert!(pilot.sees("Nothing is ticked that needs signing"), "{}", pilot.text());
    assert!(pilot.sees("a tick all 2"), "{}", pilot.text());
    pilot.press(Action::TickAll);
    assert!(pilot.sees("313 users of 2 domains"), "{}", pilot.text());
    pilot.press(Action::Tick).press(Action::TickAll);
    assert!(pilot.sees("313 users of 2 domains"), "some are not ticked: {}", pilot.text());
    let (_, pilot) = open(VerifyNow);
    assert_eq!(pilot.app().can(Action::TickAll), Availability::Hidden);
}

#[test]
fn d4_who_signed_before_reaches_select_with_enter_alone() {
    let world = Shared::new(Some(SignAgreement));
    world.with(|world| world.agreement.signed_before = true);
    let mut pilot = world.pilot(SIZE);
    pilot.hit("enter");
    assert!(reads(&pilot, "Which more domains do you sign for?"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(pilot.sees("● Select") && signed(&pilot).is_none(), "{}", pilot.text());
}

#[test]
fn with_the_agreement_one_may_verify_instead_and_come_back() {
    let (_, mut pilot) = open(SignAgreement);
    pilot.press(Action::Verify);
    assert!(reads(&pilot, "Optional: people of a verified domain"), "{}", pilot.text());
    pilot.press(Action::Back);
    assert!(pilot.sees("Which domains do you sign for?"), "{}", pilot.text());
}

#[test]
fn d5_records_are_found_by_exact_name_on_every_page_of_the_organization() {
    let world = Shared::new(Some(VerifyNow));
    world.with(|world| world.org_domains.remove(1));
    let mut pilot = world.pilot(SIZE);
    pilot.press(Action::Next).press(Action::Down);
    assert!(pilot.sees("acme-labs.example is not added"), "{}", pilot.text());
    world.with(|world| {
        world.org_domains.push(world::org_domain("acme-labs.example", DomainState::Pending));
    });
    pilot.press(Action::Reload);
    assert!(pilot.sees("_hublink-challenge.acme-labs.example"), "{}", pilot.text());
    let lists = pilot
        .sent
        .iter()
        .filter(|request| request.asked::<ListDomains>().is_some_and(|(org, ..)| org == "acme"));
    assert_eq!(lists.count(), 2);
}
