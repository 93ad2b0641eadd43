//! Every page of every wizard, left without a word and come back to, over the real backend
//! (SPEC section 4, promise I14).
//!
//! Owns the table of pages. At each the wizard is dropped, as `kill -9` would, the backend is
//! started anew on its database, and the wizard opened again with no files of its own. That both
//! processes may really be killed is tried in a terminal, by tests/pty.

use std::collections::BTreeMap;
use std::path::PathBuf;

use bytes::Bytes;
use hublink::api::call::{Reply, Request};
use hublink::api::draft::{Draft, Hold, ShowDraft};
use hublink::api::endpoint::{Endpoint as _, Nothing};
use hublink::api::roster::StreamRoster;
use hublink::api::run::{ListRuns, Run, RunsQuery};
use hublink::api::session::ShowMe;
use hublink::client::Client;
use hublink::domain::draft::Wizard as Kind;
use hublink::tui::app::App;
use hublink::tui::keymap::Keymap;
use hublink::tui::pilot::{Backend, Pilot};
use hublink::tui::session::Session;
use hublink::tui::theme::Theme;
use hublink::tui::wizard;
use jiff::tz::TimeZone;
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use crate::house::House;

const FAY: &str = "dev-fay";
const GUS: &str = "dev-gus";
const NED: &str = "dev-ned";
const PAT: &str = "dev-pat";
const ROOT: &str = "dev-root";
const SITE: &str = "acme.webex.example";
const RD: &str = "rd.webex.example";
const SIZE: (u16, u16) = (80, 30);

/// A page: how one comes to it from the page before, what it then shows, and what of it must not
/// come back. A key that begins with `=` is text to type; `?` and a text: come back until it is
/// seen.
struct Page<'a>(&'a [&'static str], &'a [&'static str], &'a [&'static str]);

/// One person in front of one wizard.
struct Desk<'a> {
    house: &'a House,
    kind: Kind,
    subject: &'static str,
    token: &'static str,
}

/// Sends each request, but leaves a long poll that has nothing new in flight.
fn script(client: Client) -> Backend {
    Box::new(move |request| {
        if request.target.contains("after=") {
            return None;
        }
        let answer = async {
            if let Some((site, ..)) = request.asked::<StreamRoster>() {
                client.whole_roster(&site).await.map(Reply::of)
            } else {
                client.send(request, None).await
            }
        };
        Some(block_in_place(|| Handle::current().block_on(answer)))
    })
}

impl Desk<'_> {
    fn ask(&self, request: &Request) -> Option<Reply> {
        let client = self.house.client(self.token);
        block_in_place(|| Handle::current().block_on(client.send(request, None))).ok()
    }

    /// The wizard as it opens now.
    fn open(&self, files: BTreeMap<PathBuf, Bytes>) -> Pilot {
        let client = self.house.client(self.token);
        let mut session = Session::new(self.house.url.as_str(), TimeZone::UTC);
        let me = ShowMe::call(Nothing, Nothing, Nothing);
        session.note(&self.ask(&me).unwrap(), 0);
        session.drafts = "/drafts".into();
        session.exports = "/exports".into();
        let screen = wizard::open(self.kind, &self.subject.into()).unwrap();
        let app = App::new(session, Keymap::default(), Theme::plain(), SIZE, screen);
        let mut pilot = Pilot::with_files(app, SIZE, script(client.clone()), files);
        let asking =
            move |hold: &Hold, request: &Request| script(client.under(Some(hold)))(request);
        pilot.acts(Box::new(asking));
        pilot.settle();
        pilot.pass(3_000);
        pilot
    }

    fn draft(&self) -> Option<Draft> {
        let call = ShowDraft::call(
            (self.kind.code().to_owned(), self.subject.to_owned()),
            Nothing,
            Nothing,
        );
        self.ask(&call)?.take().ok()
    }
}

/// Presses what leads to a page.
fn go(desk: &Desk<'_>, mut pilot: Pilot, keys: &[&str]) -> Pilot {
    for key in keys {
        if let Some(text) = key.strip_prefix('=') {
            pilot.text_in(text);
        } else if let Some(wanted) = key.strip_prefix('?') {
            let mut tries = 0;
            while !pilot.sees(wanted) {
                tries += 1;
                assert!(tries < 300, "{wanted} never came\n{}", pilot.text());
                pilot = desk.open(pilot.files.clone());
                if !pilot.sees(wanted) {
                    pilot.hit("enter").pass(3_000);
                }
            }
        } else {
            pilot.hit(key);
        }
        // What is looked up as one types has its time.
        pilot.pass(1_000);
    }
    pilot.pass(2_000);
    pilot
}

fn shows(pilot: &Pilot, page: &Page<'_>, when: &str) {
    for mark in page.1 {
        assert!(pilot.sees(mark), "{when}: no {mark:?} in\n{}", pilot.text());
    }
}

async fn walk(kind: Kind, subject: &'static str, token: &'static str, pages: &[Page<'_>]) {
    let mut house = House::start().await;
    let mut files = BTreeMap::new();
    for page in pages {
        let desk = Desk { house: &house, kind, subject, token };
        let pilot = go(&desk, desk.open(files), page.0);
        shows(&pilot, page, "before");
        let before = desk.draft();
        files = pilot.files.clone();
        files.retain(|path, _| !path.starts_with("/drafts"));
        drop(pilot);
        house.restart().await;
        let desk = Desk { house: &house, kind, subject, token };
        let pilot = desk.open(files.clone());
        shows(&pilot, page, "after");
        for gone in page.2 {
            assert!(!pilot.sees(gone), "{gone:?} came back\n{}", pilot.text());
        }
        let after = desk.draft();
        let answers = |draft: &Option<Draft>| {
            draft.as_ref().map(|draft| (draft.step.clone(), draft.answers.clone()))
        };
        assert_eq!(answers(&before), answers(&after));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn issue_3_every_page_of_a_trial_is_come_back_to() {
    let customer =
        ["=Nordwind AB", "tab", "=reta", "tab", "=swe", "tab", "space", "=olga@nordwind.example"];
    let services = [
        "shift-tab",
        "enter",
        "shift-tab",
        "down",
        "space",
        "tab",
        "=10",
        "tab",
        "=5",
        "tab",
        "tab",
        "tab",
        "=nordwind.webex.example",
        "tab",
        "=stock",
        "tab",
    ];
    let pages = [
        Page(
            &customer,
            &["● Customer", "Nordwind AB", "olga@nordwind", "Retail and", "Sweden", "☑ The cus"],
            &[],
        ),
        Page(
            &services,
            &["● Services", "10", "nordwind.webex.example", "Europe/Stockholm", "◉ 60 days"],
            &[],
        ),
        Page(&["shift-tab", "shift-tab", "enter"], &["● Review", "Nordwind AB", "60 days"], &[]),
        Page(&["enter", "down", "space"], &["● Started", "◉ No, later"], &[]),
    ];
    walk(Kind::Trial, "meridian", PAT, &pages).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn issue_3_every_page_of_an_order_is_come_back_to() {
    let pages = [
        Page(&["=kit@kestrel.example"], &["● Order", "kit@kestrel.example"], &[]),
        Page(&["enter", "space"], &["● Organization", "◉ A new organization"], &[]),
        Page(&["enter"], &["● Mapped", "is mapped to Kestrel"], &[]),
    ];
    walk(Kind::Order, "SO-1", PAT, &pages).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn issue_3_every_page_of_services_setup_is_come_back_to() {
    let pages = [
        Page(&[], &["● Plan"], &[]),
        Page(&["enter", "=acmerobotics"], &["● Subdomain", "acmerobotics is free"], &[]),
        Page(&["enter"], &["● Finish", "acmerobotics"], &[]),
        Page(&["enter"], &["● Contact Center", "is set up, under acmerobotics"], &[]),
    ];
    walk(Kind::Setup, "acme", FAY, &pages).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn issue_3_every_page_of_linking_a_site_is_come_back_to() {
    let read = ["enter", "enter", "end", "enter", "space", "tab", "=rd.webex.example"];
    let pages = [
        Page(&[], &["● Site"], &[]),
        Page(&["enter", "space"], &["● Organization", "◉ Acme Robotics"], &[]),
        Page(&read, &["● Agreement", "I have read it"], &["☑ I have", "URL  rd.webex"]),
    ];
    walk(Kind::LinkSite, RD, FAY, &pages).await;
    let connect = [
        Page(&[], &["● Site"], &[]),
        Page(&["enter", "=con_secret"], &["● Connect"], &["con_secret"]),
    ];
    walk(Kind::LinkSite, "solo.webex.example", NED, &connect).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn issue_3_every_page_of_linking_users_is_come_back_to() {
    let pages = [
        Page(&["down", "space"], &["● Method", "◉ Verify domains now"], &[]),
        Page(&["enter"], &["● Domains", "acme.example"], &[]),
        Page(&["enter", "space", "space"], &["● Select", "2 ticked"], &[]),
        Page(&["enter", "=2"], &["● Plan", "pln_"], &["people  2"]),
        Page(&["=2", "enter"], &["✓ Plan"], &[]),
        Page(&["?● Results"], &["● Results"], &[]),
    ];
    walk(Kind::LinkUsers, SITE, FAY, &pages).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn issue_3_every_page_of_the_short_forms_is_come_back_to() {
    let pages = [
        Page(&["down", "space"], &["● Setting", "◉ Verify"], &[]),
        Page(&["enter"], &["● Added later"], &[]),
    ];
    walk(Kind::AccountLinking, SITE, FAY, &pages).await;
    let pages = [
        Page(&["=2026-06-01"], &["● Date", "2026-06-01"], &[]),
        Page(&["enter"], &["● Announced", "1 Jun 2026"], &[]),
    ];
    walk(Kind::AutoLink, RD, ROOT, &pages).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn issue_3_every_page_of_licences_is_come_back_to() {
    let write = ["space", "down", "down", "down", "down", "down", "enter"];
    let pages = [
        Page(&write, &["● Export", "☑ Messaging"], &[]),
        Page(&["end", "enter"], &["● Import", "/exports/hublink-licences-acme"], &[]),
        Page(&["enter", "enter"], &["● Review"], &[]),
        Page(&["enter"], &["● Results"], &[]),
    ];
    walk(Kind::Licences, SITE, FAY, &pages).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn issue_3_every_page_of_directory_sync_is_come_back_to() {
    let pages = [
        Page(&[], &["● Users"], &[]),
        Page(&["enter"], &["● Pause"], &[]),
        Page(&["enter"], &["● Convert"], &[]),
        Page(&["enter"], &["● Dry-run"], &[]),
        Page(&["enter"], &["● Resume"], &[]),
    ];
    walk(Kind::DirectorySync, "acme", FAY, &pages).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn issue_3_the_second_operator_is_told_who_holds_it_and_may_take_it_over() {
    let house = House::start().await;
    let desk = |token| Desk { house: &house, kind: Kind::Setup, subject: "acme", token };
    let mut fay = go(&desk(FAY), desk(FAY).open(BTreeMap::new()), &["enter", "=acmerobots"]);
    let mut pat = desk(PAT).open(BTreeMap::new());
    assert!(pat.sees("fay@acme.example is working on this wizard now."), "{}", pat.text());
    pat.hit("T").pass(3_000);
    assert!(pat.sees("You have this wizard now; it was fay@acme.example's."), "{}", pat.text());
    assert!(pat.sees("Subdomain: acmerobots"), "{}", pat.text());
    pat.hit("enter").pass(3_000);
    assert!(pat.sees("● Subdomain") && pat.sees("acmerobots"), "{}", pat.text());
    fay.text_in("x").pass(3_000);
    assert!(fay.sees("pat@meridian.example is working on this wizard now."), "{}", fay.text());
    assert_eq!(desk(PAT).draft().unwrap().answers["subdomain"], "acmerobots");
    fay.hit("T").pass(3_000);
    assert!(fay.sees("Subdomain: acmerobots (CHANGED; yours was: acmerobotsx)"), "{}", fay.text());
    fay.hit("enter").pass(3_000);
    assert!(fay.sees("● Subdomain") && fay.sees("acmerobots▏"), "{}", fay.text());
}

/// Another full admin of acme takes a plan over that is being reviewed; the first one presses.
#[tokio::test(flavor = "multi_thread")]
async fn section_4_after_a_take_over_the_first_page_sends_nothing() {
    let house = House::start().await;
    let desk = |token| Desk { house: &house, kind: Kind::LinkUsers, subject: SITE, token };
    let to_plan = ["enter", "enter", "space", "space", "enter", "=2"];
    let mut fay = go(&desk(FAY), desk(FAY).open(BTreeMap::new()), &to_plan);
    assert!(fay.sees("● Plan") && fay.sees("pln_"), "{}", fay.text());
    let mut other = desk(GUS).open(BTreeMap::new());
    assert!(other.sees("fay@acme.example is working on this wizard now."), "{}", other.text());
    other.hit("T").pass(3_000);
    assert!(other.sees("Selected: 2 users") && other.sees("at Select"), "{}", other.text());
    fay.hit("enter").pass(3_000);
    let told = fay.sees("What you pressed was not") && fay.sees("done, and nothing was sent.");
    assert!(told && fay.sees("gus@acme.example is working"), "{}", fay.text());
    let runs = ListRuns::call(Nothing, RunsQuery::default(), Nothing);
    let runs: hublink::api::page::Page<Run> = desk(FAY).ask(&runs).unwrap().take().unwrap();
    assert!(runs.items.is_empty(), "nothing was sent");
    other.hit("enter").pass(3_000);
    assert!(other.sees("● Select") && !other.sees("pln_"), "{}", other.text());
    other.hit("enter").pass(3_000).text_in("2").hit("enter").pass(3_000);
    assert!(other.sees("✓ Plan"), "who has it goes on\n{}", other.text());
}
