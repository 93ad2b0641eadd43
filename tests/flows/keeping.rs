//! What an organization's people keep in order from the screen: its domains, single users of a site,
//! the setting of directory sync (rules D1 to D3, U7, U9).

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;

use bytes::Bytes;
use hublink::api::call::{ApiError, Reply, Request};
use hublink::api::directory_sync::{DirectorySync, SetDirectorySync, SetDirectorySyncCall};
use hublink::api::domains::{
    AddDomain, ClaimDomain, ListDomains, OrgDomain, ReleaseDomain, RemoveDomain, UnverifyDomain,
    VerifyDomain,
};
use hublink::api::endpoint::{Endpoint as _, Nothing};
use hublink::api::page::Page;
use hublink::api::session::HeldRole;
use hublink::api::user::{AddUser, EditUser, EditUserCall, ShowUser};
use hublink::domain::organization::DomainState;
use hublink::domain::role::Role;
use hublink::tui::app::App;
use hublink::tui::browse::Home;
use hublink::tui::keymap::{Action, Keymap};
use hublink::tui::pilot::Pilot;
use hublink::tui::session::Session;
use hublink::tui::theme::Theme;
use jiff::tz::TimeZone;

use crate::places::Places;
use crate::script::{reads, take};
use crate::world::org_domain;

const SMALL: (u16, u16) = (80, 24);
const FILE: &str = "/home/fay/directory.txt";

struct State {
    places: Places,
    domains: Vec<OrgDomain>,
    sync: DirectorySync,
}

fn begin(size: (u16, u16)) -> Pilot {
    begin_with(size, false, false)
}

/// With directory sync on, and paused.
fn begin_with(size: (u16, u16), on: bool, paused: bool) -> Pilot {
    let places = Places::new();
    places.with(|world| {
        let role = Role::FullAdmin;
        world.me.roles = vec![HeldRole { role, organization: Some("acme".into()), site: None }];
    });
    let sync = DirectorySync {
        organization: "acme".to_owned(),
        organization_name: "Acme Robotics".into(),
        on,
        paused,
        directory: 0,
        failing: 0,
        absent: 0,
        differs_in_case: 0,
        noted: 0,
        steps: Vec::new(),
    };
    let domains = vec![
        org_domain("acme.example", DomainState::Verified),
        org_domain("acme-robotics.example", DomainState::Claimed),
        org_domain("acme-works.example", DomainState::Pending),
    ];
    let mut here = Session::new("https://hublink.example", TimeZone::UTC);
    let me = places.with(|world| world.me.clone());
    here.note(&Reply::of(me), 0);
    let app = App::new(here, Keymap::default(), Theme::plain(), size, Box::new(Home::default()));
    let files: BTreeMap<PathBuf, Bytes> =
        [(FILE.into(), "Ann@acme.example\n\nbo@acme.example\n".into())].into();
    let state = Rc::new(RefCell::new(State { places, domains, sync }));
    let answer = Box::new(move |request: &Request| answer(&mut state.borrow_mut(), request));
    let mut pilot = Pilot::with_files(app, size, answer, files);
    pilot.settle().pass(1_000);
    pilot
}

fn answer(state: &mut State, request: &Request) -> Option<Result<Reply, ApiError>> {
    let reply = if request.is::<ListDomains>() {
        Reply::of(Page { items: state.domains.clone(), next: None })
    } else if request.about.route.tag == "Domains" {
        let (name, becomes) = if let Some((.., new)) = &request.asked::<AddDomain>() {
            state.domains.push(org_domain(&new.name, DomainState::Pending));
            (new.name.clone(), DomainState::Pending)
        } else if let Some(((_, name), ..)) =
            request.asked::<VerifyDomain>().or_else(|| request.asked::<ReleaseDomain>())
        {
            (name.clone(), DomainState::Verified)
        } else if let Some(((_, name), ..)) = &request.asked::<ClaimDomain>() {
            (name.clone(), DomainState::Claimed)
        } else if let Some(((_, name), ..)) = &request.asked::<UnverifyDomain>() {
            (name.clone(), DomainState::Pending)
        } else if let Some(((_, name), ..)) = &request.asked::<RemoveDomain>() {
            let at = state.domains.iter().position(|one| one.name.raw() == name)?;
            return Some(Ok(Reply::of(state.domains.remove(at))));
        } else {
            return None;
        };
        let mine = state.domains.iter_mut().find(|one| one.name.raw() == name)?;
        mine.state = becomes;
        Reply::of(mine.clone())
    } else if let Some((.., set)) = &request.asked::<SetDirectorySyncCall>() {
        (state.sync.on, state.sync.paused) = (set.on, false);
        state.sync.directory = set.directory.as_ref().map_or(0, |all| all.len() as u64);
        Reply::of(state.sync.clone())
    } else if request.about.route.path.contains("/directory-sync") {
        Reply::of(state.sync.clone())
    } else if let Some((site, _, new)) = &request.asked::<AddUser>() {
        let other = ShowUser::call((site.clone(), new.user_id.clone()), Nothing, Nothing);
        return state.places.answer(&other);
    } else if let Some(((site, user), ..)) = &request.asked::<EditUserCall>() {
        let other = ShowUser::call((site.clone(), user.clone()), Nothing, Nothing);
        return state.places.answer(&other);
    } else {
        return state.places.answer(request);
    };
    Some(Ok(reply))
}

/// Whether something that changes anything was sent.
fn acted(pilot: &Pilot) -> bool {
    pilot.sent.iter().any(Request::acts)
}

#[test]
fn d1_a_proof_is_taken_back_after_a_question_that_counts_who_is_under_it() {
    let mut pilot = begin(SMALL);
    take(&mut pilot, "Domains");
    assert!(reads(&pilot, "acme-works.example pending: its record is not seen yet"));
    pilot.hit("enter");
    assert!(reads(&pilot, "It is verified.") && !pilot.sees("Release"), "{}", pilot.text());
    assert!(pilot.sees("hublink domain claim"), "what the row would be\n{}", pilot.text());
    pilot.press(Action::Down);
    assert!(pilot.sees("hublink domain unverify") && !pilot.sees("hublink domain claim"));
    pilot.hit("enter");
    assert!(pilot.sees("Unverify acme.example?") && !acted(&pilot), "{}", pilot.text());
    for words in ["users of 2 sites here are under it", "What is linked stays linked."] {
        assert!(pilot.sees(words), "{words}\n{}", pilot.text());
    }
    pilot.hit("n");
    assert!(!acted(&pilot), "{}", pilot.text());
    pilot.hit("enter").hit("y");
    assert!(reads(&pilot, "pending: its record is not seen yet"), "{}", pilot.text());
    assert!(pilot.sees("hublink-domain-verification=b7Qw0zE4hN2s"), "{}", pilot.text());
    assert!(!pilot.sees("Claim it"), "{}", pilot.text());
}

#[test]
fn d3_a_claim_is_made_and_released_after_a_question() {
    let mut pilot = begin(SMALL);
    take(&mut pilot, "Domains");
    pilot.press(Action::Down).hit("enter").hit("enter");
    assert!(pilot.sees("Release the claim on") && !acted(&pilot), "{}", pilot.text());
    assert!(reads(&pilot, "Other organizations may then have identities"), "{}", pilot.text());
    pilot.hit("y");
    assert!(reads(&pilot, "It is verified."), "{}", pilot.text());
    pilot.press(Action::Top).pass(2_000).hit("enter").pass(2_000);
    assert!(reads(&pilot, "verified and claimed"), "{}", pilot.text());
}

#[test]
fn d1_a_domain_is_added_and_its_record_told_next() {
    let mut pilot = begin(SMALL);
    take(&mut pilot, "Domains");
    pilot.press(Action::Bottom).hit("enter").text_in("new.example");
    let command = "hublink domain add --org acme new.example";
    assert!(crate::same_as::text(&pilot).contains(command), "{}", pilot.text());
    pilot.press(Action::Next).pass(2_000);
    assert!(pilot.sees("_hublink-challenge.new.example"), "{}", pilot.text());
}

#[test]
fn u7_a_user_is_added_and_changed_by_what_differs_alone() {
    let mut pilot = begin((100, 30));
    pilot.press(Action::Users);
    pilot.hit("E").pass(500);
    assert!(pilot.sees("› Change u-0"), "{}", pilot.text());
    for _ in 0..4 {
        pilot.hit("tab");
    }
    pilot.text_in(" East").hit("tab").press(Action::Next).pass(2_000);
    let edits = pilot
        .sent
        .iter()
        .filter_map(|request| request.asked::<EditUserCall>().map(|(.., edit)| edit));
    let edits: Vec<EditUser> = edits.collect();
    assert_eq!(edits.len(), 1, "{}", pilot.text());
    let EditUser { address, first_name, department, active, .. } = &edits[0];
    assert!(address.is_none() && first_name.is_none() && active.is_none(), "{edits:?}");
    assert!(department.as_ref().is_some_and(|name| name.ends_with(" East")), "{edits:?}");
    assert!(pilot.sees("is changed."), "{}", pilot.text());
    pilot.hit("+").text_in("u-1").hit("tab").text_in("kim@acme.example");
    let command = "--site acme.webex.example u-1 --address kim@acme.example";
    assert!(crate::same_as::text(&pilot).contains(command), "{}", pilot.text());
    for _ in 0..4 {
        pilot.hit("tab");
    }
    pilot.press(Action::Next).pass(2_000);
    let added = |request: &Request| {
        request.asked::<AddUser>().is_some_and(|(.., new)| new.user_id == "u-1")
    };
    assert!(pilot.sent.iter().any(added), "{}", pilot.text());
}

#[test]
fn d1_a_pending_domain_is_removed_after_a_question() {
    let mut pilot = begin(SMALL);
    take(&mut pilot, "Domains");
    pilot.press(Action::Down).press(Action::Down).hit("enter");
    assert!(pilot.sees("Remove it"), "{}", pilot.text());
    pilot.press(Action::Down);
    assert!(pilot.sees("hublink domain remove"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(pilot.sees("Remove acme-works.example?") && !acted(&pilot), "{}", pilot.text());
    pilot.hit("y");
    assert!(pilot.sees("acme-works.example is removed."), "{}", pilot.text());
    assert!(acted(&pilot) && pilot.sees("Add a domain"), "the list again\n{}", pilot.text());
    assert!(!reads(&pilot, "acme-works.example pending"), "{}", pilot.text());
}

#[test]
fn u9_directory_sync_is_switched_with_the_addresses_of_a_file() {
    let mut pilot = begin(SMALL);
    take(&mut pilot, "Directory sync setting");
    // The field after the tick comes first, and nothing differs yet.
    pilot.press(Action::Next).press(Action::Next);
    assert!(!acted(&pilot), "{}", pilot.text());
    pilot.press(Action::PreviousPane).press(Action::Tick);
    assert!(reads(&pilot, "who is not in the directory is blocked from then on"));
    pilot.text_in(FILE);
    let command = "hublink org directory-sync set acme --on true --directory";
    assert!(crate::same_as::text(&pilot).contains(command), "{}", pilot.text());
    pilot.press(Action::Next).pass(2_000);
    let sets = pilot
        .sent
        .iter()
        .filter_map(|request| request.asked::<SetDirectorySyncCall>().map(|(.., set)| set));
    let directory = Some(vec!["Ann@acme.example".to_owned(), "bo@acme.example".to_owned()]);
    assert_eq!(sets.collect::<Vec<_>>(), [SetDirectorySync { on: true, directory }]);
    assert!(pilot.sees("Directory sync is on"), "{}", pilot.text());
}

#[test]
fn u9_the_setting_of_a_paused_sync_says_that_it_blocks_nobody() {
    let mut pilot = begin_with(SMALL, true, true);
    take(&mut pilot, "Directory sync setting");
    assert!(reads(&pilot, "Directory sync is on, but paused"), "{}", pilot.text());
    assert!(reads(&pilot, "it blocks nobody until it is resumed"), "{}", pilot.text());
    assert!(!pilot.sees("are blocked"), "{}", pilot.text());
    pilot.press(Action::Tick);
    assert!(reads(&pilot, "→ it blocks nobody, as now"), "{}", pilot.text());
    // A new directory ends the pause.
    pilot.press(Action::Tick).text_in(FILE);
    assert!(
        reads(&pilot, "→ the pause ends: who is not in the file is blocked"),
        "{}",
        pilot.text()
    );
    let mut pilot = begin_with(SMALL, true, false);
    take(&mut pilot, "Directory sync setting");
    assert!(reads(&pilot, "people who are not in it are blocked"), "{}", pilot.text());
}

#[test]
fn section_6_a_question_is_read_to_its_end_before_yes_is_its_answer() {
    let mut pilot = begin(SMALL);
    take(&mut pilot, "Domains");
    pilot.hit("enter").press(Action::Down);
    pilot.resize(40, 12).hit("enter");
    assert!(pilot.sees("Unverify acme.example?"), "{}", pilot.text());
    let mut parts = 0;
    while pilot.sees("yes reads on") {
        pilot.pass(1_100).hit("y");
        assert!(!acted(&pilot), "{}", pilot.text());
        parts += 1;
        assert!(parts < 9, "{}", pilot.text());
    }
    assert!(parts > 0, "there is more than has room\n{}", pilot.text());
    assert!(reads(&pilot, "a new record"), "{}", pilot.text());
    pilot.pass(1_100).hit("y");
    assert!(acted(&pilot), "{}", pilot.text());
}
