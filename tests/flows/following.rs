//! The short forms of what follows linking: account linking, the automatic date, licences,
//! directory sync.
//!
//! Owns a scripted backend of their own, that remembers what it was told.

use std::cell::RefCell;
use std::rc::Rc;

use hublink::api::call::{ApiError, Reply, Request};
use hublink::api::directory_sync::{
    DirectorySync, DoDirectoryStep, FailingUser, ListFailingUsers, RemedyStep,
    SetDirectorySyncCall, ShowDirectorySync, StepResult,
};
use hublink::api::draft::{SaveDraftCall, ShowDraft};
use hublink::api::endpoint::{File, Nothing};
use hublink::api::following::{
    AccountLinkingState, Announcement, AutoLink, AutoLinkState, NewcomersPlan, PlanNewcomers,
    SetAccountLinkingCall, SetAutoLinkCall, ShowAccountLinking, ShowAutoLink,
};
use hublink::api::licences::{
    ApplyLicences, ExportLicences, LicenceImport, LicenceResult, LicenceRow, ListLicenceRows,
    PreviewLicences, ShowLicenceImport,
};
use hublink::api::page::Page;
use hublink::api::plan::{ApplyPlan, PlanState};
use hublink::api::problem::code;
use hublink::api::site::ShowSite;
use hublink::domain::account_linking::AccountLinking as Setting;
use hublink::domain::automatic::{ANNOUNCED_DAYS, Waits, announced_at};
use hublink::domain::directory_sync::{Mismatch, SyncStep};
use hublink::domain::draft::Wizard as Kind;
use hublink::domain::services::Service;
use hublink::tui::app::App;
use hublink::tui::keymap::{Action, Keymap};
use hublink::tui::pilot::Pilot;
use hublink::tui::session::Session;
use hublink::tui::theme::Theme;
use hublink::tui::wizard::open;
use jiff::tz::TimeZone;

use crate::script::{problem, reads, refused};
use crate::world::{self, SITE, at};

const SIZES: [(u16, u16); 3] = [(80, 24), (40, 12), (160, 50)];

/// What the backend has.
struct World {
    linking: AccountLinkingState,
    auto: AutoLink,
    sync: DirectorySync,
    import: LicenceImport,
}

fn world() -> World {
    World {
        linking: AccountLinkingState {
            site: SITE.into(),
            organization_name: Some("Acme Robotics".into()),
            setting: Setting::Off,
            changed_at: None,
            changed_by: None,
            added: 0,
            open: 0,
            plan: None,
        },
        auto: AutoLink {
            site: "new.webex.example".into(),
            state: AutoLinkState::Off,
            on: None,
            announcements: Vec::new(),
            waits: None,
            reason: "".into(),
            decided_at: None,
            organization: None,
            users: [].into(),
        },
        sync: sync(),
        import: LicenceImport {
            id: "lic_1".into(),
            site: SITE.into(),
            read_as: "Control Hub export, UTF-8, comma".into(),
            remove: false,
            rows: 4,
            changes: 2,
            unchanged: 1,
            refused: 1,
            assigned: [("messaging".to_owned(), 2)].into(),
            removed: [].into(),
            ignored_columns: vec!["Shoe Size".into()],
            expires_at: at(world::NOW),
            applied_at: None,
        },
    }
}

fn sync() -> DirectorySync {
    let step =
        |step| RemedyStep { step, done_at: None, done_by: None, result: None, why_not: None };
    DirectorySync {
        organization: "acme".into(),
        organization_name: "Acme Robotics".into(),
        on: true,
        paused: false,
        directory: 11_800,
        failing: 2,
        absent: 1,
        differs_in_case: 1,
        noted: 0,
        steps: SyncStep::ALL.map(step).into(),
    }
}

fn waiting(state: PlanState) -> NewcomersPlan {
    NewcomersPlan {
        id: "pln_9".into(),
        state,
        selected: 40,
        emails: 38,
        expires_at: at("2026-03-02T09:42:00Z"),
        run: (state == PlanState::Applied).then(|| "run_9".to_owned()),
        applied_itself: false,
    }
}

type Shared = Rc<RefCell<World>>;

fn pilot(kind: Kind, subject: &str, world: &Shared, size: (u16, u16)) -> Pilot {
    let mut session = Session::new("https://hublink.example", TimeZone::UTC);
    session.note(&Reply::of(world::me()), 0);
    session.exports = "/home/fay".into();
    let screen = open(kind, &subject.into()).unwrap();
    let app = App::new(session, Keymap::default(), Theme::plain(), size, screen);
    let shared = world.clone();
    let answer = move |request: &Request| Some(answer(&mut shared.borrow_mut(), request));
    let mut pilot = Pilot::new(app, size, Box::new(answer));
    pilot.settle();
    pilot
}

fn answer(world: &mut World, request: &Request) -> Result<Reply, ApiError> {
    Ok(if request.is::<ShowDraft>() {
        return Err(refused(problem(code::NOT_FOUND, 404, "There is no draft.", "")));
    } else if let Some(((wizard, subject), _, body)) = &request.asked::<SaveDraftCall>() {
        Reply::of(hublink::api::draft::Draft {
            wizard: wizard.clone(),
            subject: subject.as_str().into(),
            step: body.step.clone(),
            answers: body.answers.clone(),
            revision: body.revision + 1,
            holder: world::me().email,
            held_since: at(world::NOW),
            saved_at: at(world::NOW),
        })
    } else if request.about.route.tag == "Drafts" {
        Reply::of(Nothing)
    } else if request.is::<ShowSite>() {
        Reply::of(world::site(None))
    } else if request.about.route.path.contains("-link") {
        following(world, request)?
    } else if request.is::<ApplyPlan>() {
        world.linking.plan = Some(waiting(PlanState::Applied));
        let plan = world::plan("pln_9", &world::plan_items(), Setting::Verify.method().unwrap());
        Reply::of(world::run(&plan))
    } else if request.about.route.path.contains("/directory-sync") {
        directory(world, request)
    } else if request.about.route.tag == "Licences" {
        licences(world, request)
    } else {
        panic!("the form asked for {request:?}")
    })
}

fn following(world: &mut World, call: &Request) -> Result<Reply, ApiError> {
    if call.is::<ShowAccountLinking>() {
    } else if let Some((.., body)) = &call.asked::<SetAccountLinkingCall>() {
        world.linking.setting = body.setting;
        world.linking.changed_at = Some(at(world::NOW));
    } else if call.is::<PlanNewcomers>() {
        world.linking.plan = Some(waiting(PlanState::Ready));
    } else if call.is::<ShowAutoLink>() || call.is::<SetAutoLinkCall>() {
        return auto(world, call);
    } else {
        panic!("nothing answers {call:?}")
    }
    Ok(Reply::of(world.linking.clone()))
}

fn auto(world: &mut World, call: &Request) -> Result<Reply, ApiError> {
    if let Some((.., body)) = &call.asked::<SetAutoLinkCall>() {
        if body.on.is_some_and(|on| on.year() < 2026) {
            let mut why = problem(code::INVALID, 422, "The date must be after today.", "");
            why.field = Some("on".into());
            return Err(refused(why));
        }
        let midnight = |on: jiff::civil::Date| on.to_zoned(TimeZone::UTC).unwrap().timestamp();
        world.auto.on = body.on.map(midnight);
        world.auto.state = AutoLinkState::Planned;
        let on = world.auto.on.unwrap_or_default();
        let told = |days| Announcement { days, due_at: announced_at(on, days), sent_at: None };
        world.auto.announcements = ANNOUNCED_DAYS.map(told).into();
    }
    Ok(Reply::of(world.auto.clone()))
}

fn directory(world: &mut World, call: &Request) -> Reply {
    let user = |number, address: &str, why, in_directory: Option<&str>| FailingUser {
        site: SITE.into(),
        number,
        user_id: format!("u{number}").as_str().into(),
        name: "Jo Park".into(),
        address: address.into(),
        why,
        in_directory: in_directory.map(Into::into),
    };
    if call.is::<ListFailingUsers>() {
        let mut items = vec![
            user(3, "jo.park@acme.example", Mismatch::DiffersInCase, Some("Jo.Park@acme.example")),
            user(4, "new.face@acme.example", Mismatch::Absent, None),
        ];
        items.truncate(usize::try_from(world.sync.failing).unwrap());
        return Reply::of(Page { items, next: None });
    } else if let Some(((_, step), ..)) = &call.asked::<DoDirectoryStep>() {
        let place = SyncStep::ALL.iter().position(|of| of.code() == step.as_str()).unwrap();
        let done = &mut world.sync.steps[place];
        done.done_at = Some(at(world::NOW));
        done.done_by = Some("fay@acme.example".into());
        match SyncStep::ALL[place] {
            SyncStep::Pause => world.sync.paused = true,
            SyncStep::Convert => {
                done.result = Some(StepResult { respelled: 1, added: 1, failing: 0 });
                (world.sync.failing, world.sync.noted) = (0, 1);
                (world.sync.absent, world.sync.differs_in_case) = (0, 0);
            }
            SyncStep::DryRun => {
                done.result = Some(StepResult { respelled: 0, added: 1, failing: 0 });
            }
            SyncStep::Resume => {
                done.result = Some(StepResult { respelled: 0, added: 1, failing: 0 });
                (world.sync.paused, world.sync.noted) = (false, 0);
            }
        }
    } else if call.is::<ShowDirectorySync>() || call.is::<SetDirectorySyncCall>() {
    } else {
        panic!("nothing answers {call:?}")
    }
    Reply::of(world.sync.clone())
}

fn licences(world: &mut World, call: &Request) -> Reply {
    let done = world.import.applied_at.is_some();
    let row = |line, address: &str, result, assign: Vec<Service>, reason: &str| LicenceRow {
        line,
        address: address.into(),
        result,
        assign,
        remove: Vec::new(),
        reason: reason.into(),
    };
    let change = if done { LicenceResult::Changed } else { LicenceResult::Change };
    if call.is::<ExportLicences>() {
        return Reply::of(File("First Name,Messaging\n".into()));
    } else if call.is::<ListLicenceRows>() {
        let why = "All 50 licences of Messaging are taken.";
        return Reply::of(Page {
            items: vec![
                row(2, "ann@acme.example", change, vec![Service::Messaging], ""),
                row(3, "bob@acme.example", change, vec![Service::Messaging], ""),
                row(4, "cid@acme.example", LicenceResult::Unchanged, vec![], ""),
                row(5, "eve@acme.example", LicenceResult::Refused, vec![], why),
            ],
            next: None,
        });
    } else if call.is::<ApplyLicences>() {
        world.import.applied_at = Some(at(world::NOW));
    } else if call.is::<PreviewLicences>() || call.is::<ShowLicenceImport>() {
    } else {
        panic!("nothing answers {call:?}")
    }
    Reply::of(world.import.clone())
}

fn begin(kind: Kind, subject: &str) -> (Shared, Pilot) {
    let world = Rc::new(RefCell::new(world()));
    let pilot = pilot(kind, subject, &world, (80, 24));
    (world, pilot)
}

#[test]
fn u7_off_says_what_it_means_and_a_change_is_saved() {
    let (world, mut pilot) = begin(Kind::AccountLinking, SITE);
    assert!(reads(&pilot, "Off · in use now"), "{}", pilot.text());
    assert!(reads(&pilot, "Users added later stay unlinked"), "{}", pilot.text());
    pilot.press(Action::Down).press(Action::Down).press(Action::Tick).press(Action::Next);
    assert_eq!(world.borrow().linking.setting, Setting::ReceiveEmail);
    assert!(reads(&pilot, "Nobody was added since."), "{}", pilot.text());
    pilot.press(Action::Next);
    assert!(pilot.ended, "{}", pilot.text());
}

#[test]
fn u7_a_plan_that_waits_is_applied_by_its_number_of_people() {
    let (world, mut pilot) = begin(Kind::AccountLinking, SITE);
    world.borrow_mut().linking.setting = Setting::ReceiveEmail;
    world.borrow_mut().linking.plan = Some(waiting(PlanState::Ready));
    world.borrow_mut().linking.added = 40;
    pilot.press(Action::Down).press(Action::Down).press(Action::Tick).press(Action::Next);
    assert!(
        reads(&pilot, "A plan of 40 users waits for your review: 38 e-mails"),
        "{}",
        pilot.text()
    );
    pilot.press(Action::Down).text_in("39").press(Action::Next);
    assert!(reads(&pilot, "The plan names 40 users."), "{}", pilot.text());
    pilot.hit("backspace").hit("backspace").text_in("40").press(Action::Next);
    assert!(reads(&pilot, "The plan of 40 users was applied: run run_9."), "{}", pilot.text());
}

#[test]
fn u7_an_expired_plan_is_made_anew_here() {
    let (world, mut pilot) = begin(Kind::AccountLinking, SITE);
    world.borrow_mut().linking.setting = Setting::Verify;
    world.borrow_mut().linking.plan = Some(waiting(PlanState::Expired));
    pilot.press(Action::Down).press(Action::Tick).press(Action::Next);
    assert!(reads(&pilot, "has expired"), "{}", pilot.text());
    pilot.press(Action::Open);
    assert!(reads(&pilot, "waits for your review"), "{}", pilot.text());
}

#[test]
fn l11_the_date_is_checked_set_and_taken_away() {
    let (world, mut pilot) = begin(Kind::AutoLink, "new.webex.example");
    pilot.text_in("soon").press(Action::Next);
    assert!(reads(&pilot, "Write the date as year-month-day"), "{}", pilot.text());
    for _ in 0..4 {
        pilot.hit("backspace");
    }
    pilot.text_in("2020-01-01").press(Action::Next);
    assert!(reads(&pilot, "The date must be after today."), "{}", pilot.text());
    for _ in 0..10 {
        pilot.hit("backspace");
    }
    pilot.text_in("2026-06-01").press(Action::Next);
    assert!(reads(&pilot, "1 Jun 2026 00:00 UTC"), "{}", pilot.text());
    assert!(reads(&pilot, "30 days before to be told 2 May"), "{}", pilot.text());
    assert!(world.borrow().auto.on.is_some());
    pilot.press(Action::Next);
    assert!(pilot.ended);
}

#[test]
fn l11_why_a_site_waits_is_told() {
    let world = Rc::new(RefCell::new(world()));
    world.borrow_mut().auto.state = AutoLinkState::Waiting;
    world.borrow_mut().auto.waits = Some(Waits::WeakMatch);
    world.borrow_mut().auto.reason = "Only the name matches. Enroll Now.".into();
    let pilot = pilot(Kind::AutoLink, "new.webex.example", &world, (80, 24));
    assert!(reads(&pilot, "! Only the name matches."), "{}", pilot.text());
}

#[test]
fn u8_enter_on_a_tick_of_the_export_goes_to_what_writes_the_file() {
    let (_, mut pilot) = begin(Kind::Licences, SITE);
    assert!(pilot.sees("enter next"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(pilot.sees("● Export") && pilot.sees("▌ Write the CSV"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(reads(&pilot, "Written to /home/fay/hublink-licences"), "{}", pilot.text());
    pilot.press(Action::Down).touch("enter").touch("enter");
    assert!(pilot.sees("● Import") && !pilot.sees("in a moment"), "{}", pilot.text());
    pilot.touch("enter");
    assert!(reads(&pilot, "2 rows change something"), "a look waits for nothing\n{}", pilot.text());
    assert!(pilot.sees("✓ Export"), "{}", pilot.text());
    let (_, mut pilot) = begin(Kind::Licences, SITE);
    pilot.hit("enter").press(Action::Down).hit("enter");
    assert!(
        pilot.sees("– Export") && pilot.sees("● Import"),
        "no file was written\n{}",
        pilot.text()
    );
}

#[test]
fn u8_the_csv_goes_out_and_comes_back_with_a_preview() {
    let (world, mut pilot) = begin(Kind::Licences, SITE);
    pilot.press(Action::Tick);
    for _ in 0..5 {
        pilot.press(Action::Down);
    }
    pilot.press(Action::Open);
    assert!(
        reads(&pilot, "Written to /home/fay/hublink-licences-acme.webex.example.csv"),
        "{}",
        pilot.text()
    );
    pilot.press(Action::Down).press(Action::Open);
    assert!(reads(&pilot, "hublink-licences-acme.webex.example.csv"), "{}", pilot.text());
    // The tick below the field is passed first.
    pilot.press(Action::Next).press(Action::Next);
    assert!(reads(&pilot, "2 rows change something"), "{}", pilot.text());
    assert!(reads(&pilot, "All 50 licences of Messaging are taken."), "{}", pilot.text());
    assert!(world.borrow().import.applied_at.is_none());
    pilot.hit("enter");
    assert!(world.borrow().import.applied_at.is_some());
    assert!(reads(&pilot, "2 rows changed"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(pilot.ended, "{}", pilot.text());
}

#[test]
fn u8_a_file_that_is_not_there_is_said_beside_the_field() {
    let (_, mut pilot) = begin(Kind::Licences, SITE);
    for _ in 0..6 {
        pilot.press(Action::Down);
    }
    pilot.press(Action::Open).press(Action::Next).press(Action::Next);
    assert!(reads(&pilot, "Write the path of the file."), "{}", pilot.text());
    pilot.text_in("nowhere.csv").press(Action::Next).press(Action::Next);
    assert!(pilot.sees("✗"), "{}", pilot.text());
}

#[test]
fn u9_the_remedy_goes_step_by_step_to_its_end() {
    let (world, mut pilot) = begin(Kind::DirectorySync, "acme");
    assert!(reads(&pilot, "directory has Jo.Park@acme.example"), "{}", pilot.text());
    assert!(reads(&pilot, "not in the directory"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(pilot.sees("Pause the sync"), "{}", pilot.text());
    pilot.hit("enter");
    assert!(world.borrow().sync.paused);
    pilot.hit("enter");
    assert!(
        reads(&pilot, "A dry-run changes nothing.") || pilot.sees("Dry-run"),
        "{}",
        pilot.text()
    );
    pilot.hit("enter");
    assert!(
        reads(&pilot, "Resuming adds 1 user to the directory; 0 would fail still."),
        "{}",
        pilot.text()
    );
    pilot.hit("enter");
    assert!(!world.borrow().sync.paused);
    assert!(reads(&pilot, "1 user added to the directory."), "{}", pilot.text());
    pilot.hit("enter");
    assert!(pilot.ended, "{}", pilot.text());
}

#[test]
fn u9_a_paused_remedy_is_taken_up_where_it_stands() {
    let world = Rc::new(RefCell::new(world()));
    world.borrow_mut().sync.paused = true;
    world.borrow_mut().sync.steps[0].done_at = Some(at(world::NOW));
    let pilot = pilot(Kind::DirectorySync, "acme", &world, (80, 24));
    assert!(pilot.sees("Convert the users"), "{}", pilot.text());
}

#[test]
fn the_forms_at_three_sizes() {
    let forms = [
        ("account_linking", Kind::AccountLinking, SITE),
        ("auto_link", Kind::AutoLink, "new.webex.example"),
        ("licences", Kind::Licences, SITE),
        ("directory_sync", Kind::DirectorySync, "acme"),
    ];
    for size in SIZES {
        for (name, kind, subject) in forms {
            let world = Rc::new(RefCell::new(world()));
            let pilot = pilot(kind, subject, &world, size);
            insta::assert_snapshot!(
                format!("{name}_{}x{}", size.0, size.1),
                crate::same_as::text(&pilot)
            );
        }
    }
}

#[test]
fn the_pages_behind_at_three_sizes() {
    for size in SIZES {
        let world = Rc::new(RefCell::new(world()));
        world.borrow_mut().linking.setting = Setting::ReceiveEmail;
        world.borrow_mut().linking.plan = Some(waiting(PlanState::Ready));
        let mut shown = pilot(Kind::AccountLinking, SITE, &world, size);
        shown.press(Action::Next);
        insta::assert_snapshot!(
            format!("newcomers_{}x{}", size.0, size.1),
            crate::same_as::text(&shown)
        );
        let mut shown = pilot(Kind::DirectorySync, "acme", &world, size);
        shown.hit("enter").hit("enter");
        insta::assert_snapshot!(
            format!("convert_{}x{}", size.0, size.1),
            crate::same_as::text(&shown)
        );
    }
}
