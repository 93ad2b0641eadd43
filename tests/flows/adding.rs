//! Adding organizations and sites, and importing users, from the screen (rule L0, SPEC section 9).

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;

use bytes::Bytes;
use hublink::api::call::{ApiError, Reply, Request};
use hublink::api::import::{
    ApplyImport, ApplyImportCall, ImportApplied, ImportPreview, ImportSample, PreviewImport,
};
use hublink::api::organization::AddOrganization;
use hublink::api::problem::code;
use hublink::api::session::HeldRole;
use hublink::api::site::{AddSite, EditSiteCall, Site};
use hublink::domain::role::Role;
use hublink::tui::app::App;
use hublink::tui::browse::Home;
use hublink::tui::keymap::{Action, Keymap};
use hublink::tui::pilot::Pilot;
use hublink::tui::session::Session;
use hublink::tui::theme::Theme;
use jiff::tz::TimeZone;

use crate::places::{Places, organization};
use crate::script::{problem, reads, refused, take};
use crate::world::{SITE, at};

const SIZES: [(u16, u16); 2] = [(80, 24), (120, 40)];
const SMALL: (u16, u16) = SIZES[0];
const FILE: &str = "/home/fay/users.csv";

/// What is refused next, and what an import would do.
struct Script {
    places: Places,
    preview: ImportPreview,
    refuse: Option<ApiError>,
}

type Shared = Rc<RefCell<Script>>;

fn preview(replace: bool) -> ImportPreview {
    let sample = |id: &str, name: &str, change: &str| ImportSample {
        user_id: id.into(),
        name: name.into(),
        change: change.into(),
    };
    ImportPreview {
        id: "imp_1".to_owned(),
        site: SITE.into(),
        read_as: "Site Administration export, UTF-16LE, tab".to_owned(),
        rows: 2_412,
        new: 3,
        changed: 2,
        address_changed: 1,
        linked_address_changed: 1,
        deactivated: if replace { 1_204 } else { 0 },
        activated: 0,
        unchanged: 2_407,
        ambiguous: 0,
        not_in_file: 1_210,
        active_not_in_file: 1_204,
        new_with_known_address: 0,
        bad_addresses: 1,
        replace,
        samples: vec![sample("1003", "Bob Ray", "new")],
        linked_address_samples: vec![sample("1002", "Ann Lee", "ann@acme.example → ann@gmail.com")],
        known_address_samples: Vec::new(),
        bad_samples: vec![sample("1004", "Ian Orr", "no @ in it")],
        expires_at: at("2026-03-02T09:00:00Z"),
    }
}

/// Home of somebody with this role, and what the backend does.
fn begin(role: Role, size: (u16, u16)) -> (Shared, Pilot) {
    let places = Places::new();
    places.with(|world| {
        world.me.roles = vec![HeldRole { role, organization: None, site: None }];
        for site in &mut world.sites {
            site.my_roles = vec![role];
        }
    });
    let script = Rc::new(RefCell::new(Script { places, preview: preview(false), refuse: None }));
    let mut here = Session::new("https://hublink.example", TimeZone::UTC);
    let me = script.borrow().places.with(|world| world.me.clone());
    here.note(&Reply::of(me), 0);
    let app = App::new(here, Keymap::default(), Theme::plain(), size, Box::new(Home::default()));
    let files: BTreeMap<PathBuf, Bytes> = [(FILE.into(), "UserID\n1003\n".into())].into();
    let shared = Rc::clone(&script);
    let answer = Box::new(move |request: &Request| answer(&mut shared.borrow_mut(), request));
    let mut pilot = Pilot::with_files(app, size, answer, files);
    pilot.settle().pass(1_000);
    (script, pilot)
}

fn answer(script: &mut Script, request: &Request) -> Option<Result<Reply, ApiError>> {
    let judged = request.acts() || request.is::<PreviewImport>();
    let reply = if judged && script.refuse.is_some() {
        return script.refuse.take().map(Err);
    } else if let Some((.., new)) = &request.asked::<AddOrganization>() {
        let id = new.id.clone().unwrap_or_else(|| "brightwater".to_owned());
        let mut added = organization(&id, &new.name, 0);
        added.my_roles = vec![Role::BackendAdmin];
        script.places.with(|world| world.organizations.push(added.clone()));
        Reply::of(added)
    } else if let Some((.., new)) = &request.asked::<AddSite>() {
        let site = Site {
            url: new.url.as_str().into(),
            company: new.company.as_str().into(),
            site_admins: new.site_admins.iter().map(|one| one.as_str().into()).collect(),
            ..crate::world::site(None)
        };
        Reply::of(site)
    } else if let Some((.., edit)) = &request.asked::<EditSiteCall>() {
        assert!(edit.site_admins.is_none(), "what does not differ is not sent");
        Reply::of(crate::world::site(None))
    } else if let Some((_, query, _)) = &request.asked::<PreviewImport>() {
        let new_with_known_address = script.preview.new_with_known_address;
        script.preview = ImportPreview { new_with_known_address, ..preview(query.replace) };
        Reply::of(script.preview.clone())
    } else if let Some(((_, id), ..)) = &request.asked::<ApplyImportCall>() {
        Reply::of(ImportApplied { id: id.clone(), roster_revision: 8, users: 2_415, plan: None })
    } else {
        return script.places.answer(request);
    };
    Some(Ok(reply))
}

fn applied(pilot: &Pilot) -> Option<ApplyImport> {
    pilot
        .sent
        .iter()
        .rev()
        .find_map(|request| request.asked::<ApplyImportCall>().map(|(_, said, _)| said))
}

#[test]
fn l0_an_organization_is_added_and_gets_its_first_administrator_next() {
    let (_, mut pilot) = begin(Role::BackendAdmin, SMALL);
    pilot.hit("+");
    pilot.text_in("Brightwater Labs").hit("tab").hit("tab").hit("tab").text_in("Norw").hit("tab");
    let text = crate::same_as::text(&pilot);
    assert!(text.contains("hublink org add --name 'Brightwater Labs'"), "{text}");
    pilot.press(Action::Next).pass(2_000);
    assert!(pilot.sees("Brightwater Labs › Administrators"), "{}", pilot.text());
    assert!(pilot.sees("Nobody holds a role here yet."), "{}", pilot.text());
    pilot.hit("enter");
    assert!(pilot.sees("the role is theirs at once"), "{}", pilot.text());
}

#[test]
fn l0_a_site_is_added_and_to_link_it_at_once_is_asked() {
    let (script, mut pilot) = begin(Role::BackendAdmin, SMALL);
    pilot.press(Action::NextPane).hit("+");
    pilot.text_in("not a url").press(Action::Next).pass(2_000);
    assert!(!pilot.sent.iter().any(Request::acts), "{}", pilot.text());
    pilot.press(Action::PreviousPane);
    for _ in 0.."not a url".len() {
        pilot.hit("backspace");
    }
    pilot.text_in("new.webex.example").hit("tab").text_in("New Co").hit("tab");
    pilot.text_in("fay@acme.example, kim@acme.example").hit("tab").hit("tab");
    let text = crate::same_as::text(&pilot);
    assert!(text.contains("hublink site add new.webex.example"), "{text}");
    pilot.text_in("acme").hit("tab").hit("tab").press(Action::Next);
    assert!(pilot.sees("Add it, and link it?"), "{}", pilot.text());
    pilot.hit("n");
    assert!(!pilot.sent.iter().any(Request::acts), "{}", pilot.text());
    let taken = problem(code::INVALID, 422, "There is a site with this URL.", "Choose another.");
    script.borrow_mut().refuse =
        Some(refused(hublink::api::problem::Problem { field: Some("url".to_owned()), ..taken }));
    pilot.press(Action::Next).hit("y");
    assert!(reads(&pilot, "There is a site with this URL."), "{}", pilot.text());
}

#[test]
fn l0_a_site_added_where_one_looks_at_an_organization_knows_of_it() {
    let (_, mut pilot) = begin(Role::BackendAdmin, SMALL);
    pilot.press(Action::NextPane).hit("+").text_in("new.webex.example");
    let text = crate::same_as::text(&pilot);
    assert!(text.contains("--company 'Acme Robotics'"), "{text}");
    assert!(text.contains("--organization-hint acme"), "{text}");
    assert!(text.contains("not linked"), "linking it, for good, stays a choice\n{text}");
}

#[test]
fn l10_a_site_is_changed_by_what_differs_alone() {
    let (_, mut pilot) = begin(Role::BackendAdmin, SMALL);
    take(&mut pilot, "Change the site");
    pilot.press(Action::Next).press(Action::Next).press(Action::Next).press(Action::Next);
    pilot.press(Action::Next);
    assert!(reads(&pilot, "Nothing differs from what the site has."), "{}", pilot.text());
    pilot.hit("tab").press(Action::Tick);
    assert!(crate::same_as::text(&pilot).contains("--may-link false"), "{}", pilot.text());
    pilot.press(Action::Next).pass(2_000);
    assert!(pilot.sees("is changed."), "{}", pilot.text());
}

#[test]
fn section_9_users_are_imported_after_a_preview() {
    let (script, mut pilot) = begin(Role::FullAdmin, SMALL);
    take(&mut pilot, "Import users");
    pilot.text_in("/nowhere.csv").hit("tab").press(Action::Next).pass(2_000);
    assert!(pilot.sees("File") && applied(&pilot).is_none(), "{}", pilot.text());
    pilot.press(Action::PreviousPane);
    for _ in 0.."/nowhere.csv".len() {
        pilot.hit("backspace");
    }
    pilot.text_in(FILE).hit("tab");
    let ragged = problem(code::INVALID, 422, "Line 3 has 4 columns; the header has 7.", "Mend it.");
    script.borrow_mut().refuse = Some(refused(ragged));
    pilot.press(Action::Next).pass(2_000);
    assert!(reads(&pilot, "Line 3 has 4 columns"), "{}", pilot.text());
    pilot.press(Action::Next).pass(2_000);
    assert!(reads(&pilot, "Site Administration export, UTF-16LE, tab"), "{}", pilot.text());
    assert!(reads(&pilot, "1 linked or confirmed, with another address"), "{}", pilot.text());
    assert!(reads(&pilot, "1,210 not in the file they stay"), "{}", pilot.text());
    assert!(crate::same_as::text(&pilot).contains(" --yes"), "{}", pilot.text());
    assert_eq!(applied(&pilot), None);
    pilot.press(Action::Back);
    assert!(pilot.sees("Which file") && pilot.sees(FILE), "one page back\n{}", pilot.text());
    pilot.press(Action::Next).pass(2_000);
    assert!(reads(&pilot, "1 linked or confirmed, with another address"), "{}", pilot.text());
    pilot.press(Action::Next).pass(2_000);
    assert_eq!(applied(&pilot), Some(ApplyImport::default()));
    assert!(pilot.sees("Imported: the site has 2,415 users."), "{}", pilot.text());
    assert!(pilot.sees("ORGANIZATIONS"), "what is done is not come back to\n{}", pilot.text());
}

#[test]
fn section_6_a_page_that_only_reads_a_file_waits_for_nothing() {
    let (_, mut pilot) = begin(Role::FullAdmin, SMALL);
    take(&mut pilot, "Import users");
    pilot.text_in(FILE).touch("enter");
    assert!(!pilot.sees("in a moment"), "{}", pilot.text());
    pilot.touch("enter");
    assert!(reads(&pilot, "Site Administration export, UTF-16LE, tab"), "{}", pilot.text());
    assert!(pilot.sees("in a moment"), "what imports waits\n{}", pilot.text());
    pilot.touch("enter");
    assert_eq!(applied(&pilot), None, "{}", pilot.text());
}

#[test]
fn section_9_an_import_that_gives_an_address_to_a_second_account_is_asked_about() {
    let (script, mut pilot) = begin(Role::FullAdmin, SMALL);
    script.borrow_mut().preview.new_with_known_address = 1;
    take(&mut pilot, "Import users");
    pilot.text_in(FILE).hit("tab").press(Action::Next).pass(2_000).press(Action::Next).pass(2_000);
    assert!(pilot.sees("Import them all the same?"), "{}", pilot.text());
    assert!(pilot.sees("1 user of the file is new"), "{}", pilot.text());
    pilot.press(Action::No).pass(2_000);
    assert_eq!(applied(&pilot), None, "{}", pilot.text());
    pilot.press(Action::Next).pass(2_000).press(Action::Yes).pass(2_000);
    assert_eq!(applied(&pilot), Some(ApplyImport::default()), "{}", pilot.text());
}

#[test]
fn section_9_a_replacing_import_wants_the_number_of_those_it_deactivates() {
    let (_, mut pilot) = begin(Role::FullAdmin, SMALL);
    take(&mut pilot, "Import users");
    pilot.text_in(FILE).hit("tab").press(Action::Tick).press(Action::Next).pass(2_000);
    assert!(reads(&pilot, "deactivates the 1,204 active users who are not in the file"));
    pilot.text_in("1210").press(Action::Next).pass(2_000);
    assert_eq!(applied(&pilot), None, "that is another number\n{}", pilot.text());
    for _ in 0..4 {
        pilot.hit("backspace");
    }
    pilot.text_in("1204").press(Action::Next).pass(2_000);
    assert_eq!(applied(&pilot), Some(ApplyImport { deactivates: Some(1_204) }));
}

#[test]
fn l0_who_may_not_add_reads_who_does() {
    let (_, mut pilot) = begin(Role::ReadOnlyAdmin, SMALL);
    pilot.hit("+");
    assert!(pilot.sees("A backend admin adds organizations and sites."), "{}", pilot.text());
    pilot.press(Action::NextPane).press(Action::NextPane).hit("+");
    assert!(reads(&pilot, "full admins import its users."), "{}", pilot.text());
    pilot.press(Action::Palette).text_in("add a site");
    assert!(!pilot.sees("A meeting site and"), "{}", pilot.text());
}

#[test]
fn what_stands_on_screen() {
    for (width, height) in SIZES {
        let shot = |name: &str, pilot: &Pilot| {
            insta::assert_snapshot!(
                format!("adding_{name}_{width}x{height}"),
                crate::same_as::text(pilot)
            );
        };
        let (_, mut pilot) = begin(Role::BackendAdmin, (width, height));
        pilot.hit("+");
        shot("organization", &pilot);
        pilot.press(Action::Back).press(Action::NextPane).hit("+");
        shot("site", &pilot);
        pilot.press(Action::Back);
        take(&mut pilot, "Change the site");
        shot("change", &pilot);
        let (_, mut pilot) = begin(Role::FullAdmin, (width, height));
        take(&mut pilot, "Import users");
        shot("file", &pilot);
        pilot.text_in(FILE).hit("tab").press(Action::Tick).press(Action::Next).pass(2_000);
        shot("preview", &pilot);
    }
}
