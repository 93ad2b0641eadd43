//! What goes on after linking: newcomers, licences, directory sync, each request once.

use hublink::api::call::{FollowingCall, LicenceCall, Reply, Request, RosterCall, SyncCall};
use hublink::api::directory_sync::SetDirectorySync;
use hublink::api::following::{AutoLinkState, SetAccountLinking, SetAutoLink};
use hublink::api::licences::{LicenceExportQuery, LicenceImportQuery, LicenceResult};
use hublink::api::page::PageQuery;
use hublink::api::user::{EditUser, NewUser};
use hublink::domain::account_linking::AccountLinking;
use hublink::domain::directory_sync::SyncStep;

use crate::world::{FAY, ROOT, SITE, World};

pub async fn following(world: &World) {
    let ask = |who, call| world.ask(who, Request::Following(call));
    let set = SetAccountLinking { setting: AccountLinking::Verify };
    ask(FAY, FollowingCall::SetAccountLinking(SITE.into(), set)).await;
    let new = NewUser {
        user_id: "u8".into(),
        address: "new@acme.example".into(),
        first_name: "Nia".into(),
        last_name: "New".into(),
        display_name: String::new(),
        department: String::new(),
        active: true,
    };
    let roster = |call| world.ask(FAY, Request::Roster(call));
    let Reply::User(added) = roster(RosterCall::AddUser(SITE.into(), new)).await else { panic!() };
    assert!(added.plan.is_some_and(|plan| plan.applied_itself));
    let edit = EditUser { department: Some("Legal".into()), ..EditUser::default() };
    roster(RosterCall::EditUser(SITE.into(), "u8".into(), edit)).await;
    let Reply::User(user) = roster(RosterCall::User(SITE.into(), "u8".into())).await else {
        panic!()
    };
    assert_eq!(user.user.department.raw(), "Legal");
    let new = NewUser {
        user_id: "u9".into(),
        address: "held@elsewhere.example".into(),
        ..serde_json::from_str(r#"{"user_id":"","address":""}"#).unwrap()
    };
    roster(RosterCall::AddUser(SITE.into(), new)).await;
    let Reply::AccountLinking(state) = ask(FAY, FollowingCall::PlanNewcomers(SITE.into())).await
    else {
        panic!()
    };
    assert_eq!((state.added, state.setting), (2, AccountLinking::Verify));
    ask(FAY, FollowingCall::AccountLinking(SITE.into())).await;
    let new_site = || "zenith.webex.example".to_owned();
    let on = SetAutoLink { on: Some("2026-06-01".parse().unwrap()) };
    let Reply::AutoLink(auto) = ask(ROOT, FollowingCall::SetAutoLink(new_site(), on)).await else {
        panic!()
    };
    assert_eq!(auto.state, AutoLinkState::Planned);
    ask(ROOT, FollowingCall::AutoLink(new_site())).await;
    licences(world).await;
    directory_sync(world).await;
}

async fn licences(world: &World) {
    let ask = |call| world.ask(FAY, Request::Licence(call));
    let query = LicenceExportQuery { all: true, assign: Some("messaging".into()) };
    let Reply::File(csv) = ask(LicenceCall::Export(SITE.into(), query)).await else { panic!() };
    // Nobody is linked on the site yet; its administrator is a member of the organization.
    let head = String::from_utf8(csv.to_vec()).unwrap();
    assert!(head.contains("User ID/Email (Required)"), "{head}");
    let csv = format!("{}\r\n,,,fay@acme.example,,,TRUE,,,\r\n", head.trim_end()).into();
    let query = LicenceImportQuery { remove: true };
    let Reply::LicenceImport(preview) = ask(LicenceCall::Import(SITE.into(), query, csv)).await
    else {
        panic!()
    };
    assert!(preview.changes > 0, "{preview:?}");
    let id = || preview.id.clone();
    ask(LicenceCall::Show(SITE.into(), id())).await;
    let Reply::LicenceImport(done) = ask(LicenceCall::Apply(SITE.into(), id())).await else {
        panic!()
    };
    assert!(done.applied_at.is_some());
    let Reply::LicenceRows(rows) =
        ask(LicenceCall::Rows(SITE.into(), id(), PageQuery::default())).await
    else {
        panic!()
    };
    assert!(rows.items.iter().any(|row| row.result == LicenceResult::Changed));
}

async fn directory_sync(world: &World) {
    let ask = |call| world.ask(FAY, Request::Sync(call));
    let acme = || "acme".to_owned();
    let set = SetDirectorySync { on: true, directory: Some(vec!["Bob@gmail.com".into()]) };
    ask(SyncCall::Set(acme(), set)).await;
    let Reply::FailingUsers(users) = ask(SyncCall::Users(acme(), PageQuery::default())).await
    else {
        panic!()
    };
    assert!(users.items.iter().any(|user| user.in_directory.is_some()), "{users:?}");
    for step in SyncStep::ALL {
        ask(SyncCall::Step(acme(), step)).await;
    }
    let Reply::DirectorySync(sync) = ask(SyncCall::Show(acme())).await else { panic!() };
    assert_eq!((sync.failing, sync.paused), (0, false));
}
