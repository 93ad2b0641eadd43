//! What goes on after linking: newcomers, licences, directory sync, each request once.

use hublink::api::directory_sync::{
    DirectorySync, DoDirectoryStep, FailingUser, ListFailingUsers, SetDirectorySync,
    SetDirectorySyncCall, ShowDirectorySync,
};
use hublink::api::endpoint::{Code, Endpoint as _, File, Nothing};
use hublink::api::following::{
    AccountLinkingState, AutoLink, AutoLinkState, PlanNewcomers, SetAccountLinking,
    SetAccountLinkingCall, SetAutoLink, SetAutoLinkCall, ShowAccountLinking, ShowAutoLink,
};
use hublink::api::licences::{
    ApplyLicences, ExportLicences, LicenceExportQuery, LicenceImport, LicenceImportQuery,
    LicenceResult, LicenceRow, ListLicenceRows, PreviewLicences, ShowLicenceImport,
};
use hublink::api::page::{Page, PageQuery};
use hublink::api::user::{AddUser, EditUser, EditUserCall, NewUser, ShowUser, UserDetail};
use hublink::domain::account_linking::AccountLinking;
use hublink::domain::directory_sync::SyncStep;

use crate::world::{FAY, ROOT, SITE, World};

pub async fn following(world: &World) {
    let ask = |who, call| world.ask(who, call);
    let set = SetAccountLinking { setting: AccountLinking::Verify };
    ask(FAY, SetAccountLinkingCall::call(SITE.into(), Nothing, set)).await;
    let new = NewUser {
        user_id: "u8".into(),
        address: "new@acme.example".into(),
        first_name: "Nia".into(),
        last_name: "New".into(),
        display_name: String::new(),
        department: String::new(),
        active: true,
    };
    let roster = |call| world.ask(FAY, call);
    let added: UserDetail = roster(AddUser::call(SITE.into(), Nothing, new)).await.take().unwrap();
    assert!(added.plan.is_some_and(|plan| plan.applied_itself));
    let edit = EditUser { department: Some("Legal".into()), ..EditUser::default() };
    roster(EditUserCall::call((SITE.into(), "u8".into()), Nothing, edit)).await;
    let user: UserDetail =
        roster(ShowUser::call((SITE.into(), "u8".into()), Nothing, Nothing)).await.take().unwrap();
    assert_eq!(user.user.department.raw(), "Legal");
    let new = NewUser {
        user_id: "u9".into(),
        address: "held@elsewhere.example".into(),
        ..serde_json::from_str(r#"{"user_id":"","address":""}"#).unwrap()
    };
    roster(AddUser::call(SITE.into(), Nothing, new)).await;
    let state: AccountLinkingState =
        ask(FAY, PlanNewcomers::call(SITE.into(), Nothing, Nothing)).await.take().unwrap();
    assert_eq!((state.added, state.setting), (2, AccountLinking::Verify));
    ask(FAY, ShowAccountLinking::call(SITE.into(), Nothing, Nothing)).await;
    let new_site = || "zenith.webex.example".to_owned();
    let on = SetAutoLink { on: Some("2026-06-01".parse().unwrap()) };
    let auto: AutoLink =
        ask(ROOT, SetAutoLinkCall::call(new_site(), Nothing, on)).await.take().unwrap();
    assert_eq!(auto.state, AutoLinkState::Planned);
    ask(ROOT, ShowAutoLink::call(new_site(), Nothing, Nothing)).await;
    licences(world).await;
    directory_sync(world).await;
}

async fn licences(world: &World) {
    let ask = |call| world.ask(FAY, call);
    let query = LicenceExportQuery { all: true, assign: Some("messaging".into()) };
    let File(csv): File =
        ask(ExportLicences::call(SITE.into(), query, Nothing)).await.take().unwrap();
    // Nobody is linked on the site yet; its administrator is a member of the organization.
    let head = String::from_utf8(csv.to_vec()).unwrap();
    assert!(head.contains("User ID/Email (Required)"), "{head}");
    let csv = format!("{}\r\n,,,fay@acme.example,,,TRUE,,,\r\n", head.trim_end()).into();
    let query = LicenceImportQuery { remove: true };
    let preview: LicenceImport =
        ask(PreviewLicences::call(SITE.into(), query, File(csv))).await.take().unwrap();
    assert!(preview.changes > 0, "{preview:?}");
    let id = || preview.id.clone();
    ask(ShowLicenceImport::call((SITE.into(), id()), Nothing, Nothing)).await;
    let done: LicenceImport =
        ask(ApplyLicences::call((SITE.into(), id()), Nothing, Nothing)).await.take().unwrap();
    assert!(done.applied_at.is_some());
    let rows: Page<LicenceRow> =
        ask(ListLicenceRows::call((SITE.into(), id()), PageQuery::default(), Nothing))
            .await
            .take()
            .unwrap();
    assert!(rows.items.iter().any(|row| row.result == LicenceResult::Changed));
}

async fn directory_sync(world: &World) {
    let ask = |call| world.ask(FAY, call);
    let acme = || "acme".to_owned();
    let set = SetDirectorySync { on: true, directory: Some(vec!["Bob@gmail.com".into()]) };
    ask(SetDirectorySyncCall::call(acme(), Nothing, set)).await;
    let users: Page<FailingUser> =
        ask(ListFailingUsers::call(acme(), PageQuery::default(), Nothing)).await.take().unwrap();
    assert!(users.items.iter().any(|user| user.in_directory.is_some()), "{users:?}");
    for step in SyncStep::ALL {
        ask(DoDirectoryStep::call((acme(), Code::new(step.code())), Nothing, Nothing)).await;
    }
    let sync: DirectorySync =
        ask(ShowDirectorySync::call(acme(), Nothing, Nothing)).await.take().unwrap();
    assert_eq!((sync.failing, sync.paused), (0, false));
}
