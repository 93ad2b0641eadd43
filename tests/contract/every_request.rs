//! Every request there is, sent by the client and answered by its handler.

use std::collections::BTreeSet;

use hublink::api::access::{AskReset, RevokeQuery, UseReset};
use hublink::api::audit::AuditQuery;
use hublink::api::call::{
    AccountCall, CohortCall, DemoCall, DomainCall, DraftCall, FollowingCall, LicenceCall,
    OrganizationCall, PlanCall, Reply, Request, RosterCall, RunCall, SiteCall, SyncCall,
};
use hublink::api::cohort::SaveCohort;
use hublink::api::demo::{Advance, Answer, AnswerMail, PublishTxt};
use hublink::api::directory_sync::SetDirectorySync;
use hublink::api::domains::{CheckResult, NewDomain};
use hublink::api::draft::SaveDraft;
use hublink::api::following::{AutoLinkState, SetAccountLinking, SetAutoLink};
use hublink::api::import::ImportQuery;
use hublink::api::licences::{LicenceExportQuery, LicenceImportQuery, LicenceResult};
use hublink::api::organization::{EditOrganization, NewOrganization, RoleChange};
use hublink::api::page::PageQuery;
use hublink::api::person::{NewPerson, NewToken};
use hublink::api::plan::{Apply, Held, NewPlan, Plan, PlanItemsQuery, Selection};
use hublink::api::run::{Resolution, Resolve, Run, RunItemsQuery, RunsQuery, WatchQuery};
use hublink::api::session::{NewPassword, Secret, SignIn};
use hublink::api::site::{EditSite, NewSite, SetMethod, Sign};
use hublink::api::user::{EditUser, NewUser};
use hublink::client::endpoint::Endpoint;
use hublink::client::{Client, Options};
use hublink::demo::world::WorldOptions;
use hublink::demo::{self, DemoOptions};
use hublink::domain::account_linking::AccountLinking;
use hublink::domain::directory_sync::SyncStep;
use hublink::domain::linking::LinkingMethod;
use hublink::domain::organization::{DomainState, OrganizationKind};
use hublink::domain::role::Role;
use hublink::domain::run::{ItemState, RunState};

use crate::first_days;
use crate::insights;
use crate::linking;
use crate::offers;
use crate::selling;
use crate::variants::ALL;
use crate::world::{FAY, ROOT, ROSTER, SITE, World};

#[tokio::test(flavor = "multi_thread")]
async fn every_request_reaches_its_handler_and_is_read() {
    let world = World::start().await;
    accounts(&world).await;
    organizations(&world).await;
    domains(&world).await;
    sites(&world).await;
    // Before the site is linked it has none to show.
    insights::insights(&world).await;
    linking::every_request(&world).await;
    rosters(&world).await;
    cohorts(&world).await;
    inviting(&world).await;
    following(&world).await;
    drafts(&world).await;
    first_days::all(&world).await;
    offers::all(&world).await;
    selling::trials(&world).await;
    selling::orders(&world).await;
    clock(&world).await;
    // The demo's own are sent to it below.
    let demo = ["demo people", "outbox", "answer", "publish txt"];
    let wanted: BTreeSet<_> = ALL.iter().copied().filter(|name| !demo.contains(name)).collect();
    assert_eq!(world.sent(), wanted);
}

async fn accounts(world: &World) {
    let account = Request::Account;
    let token = SignIn::Token { token: Secret::new(FAY) };
    let Reply::Session(session) = world.ask("", account(AccountCall::SignIn(token))).await else {
        panic!("no session");
    };
    let session = session.token.expose().to_owned();
    let Reply::Me(me) = world.ask(&session, account(AccountCall::Me)).await else { panic!() };
    assert_eq!(me.email.raw(), "fay@acme.example");
    let password = || Secret::new("correct horse battery");
    let new = NewPassword { password: password(), old: None };
    world.ask(FAY, account(AccountCall::SetPassword(new))).await;
    let sign_in = SignIn::Password { email: "fay@acme.example".into(), password: password() };
    // A new password ended the sessions there were.
    let Reply::Session(session) = world.ask("", account(AccountCall::SignIn(sign_in))).await else {
        panic!("no session");
    };
    let session = session.token.expose().to_owned();

    let lee =
        NewPerson { email: "lee@acme.example".into(), name: "Lee".into(), backend_admin: false };
    world.ask(ROOT, account(AccountCall::AddPerson(lee))).await;
    let Reply::People(people) =
        world.ask(ROOT, account(AccountCall::People(PageQuery::default()))).await
    else {
        panic!()
    };
    assert!(people.items.iter().any(|person| person.email.raw() == "lee@acme.example"));
    let new = NewToken {
        person: Some("lee@acme.example".into()),
        note: "laptop".into(),
        ..NewToken::default()
    };
    let Reply::TokenGranted(granted) =
        world.ask(ROOT, account(AccountCall::CreateToken(new))).await
    else {
        panic!()
    };
    world.ask(granted.secret.expose(), account(AccountCall::Me)).await;
    world.ask(ROOT, account(AccountCall::Tokens(PageQuery::default()))).await;
    world
        .ask(
            ROOT,
            account(AccountCall::RevokeToken(granted.token.id.clone(), RevokeQuery::default())),
        )
        .await;
    let error = world.refused(granted.secret.expose(), account(AccountCall::Me)).await;
    assert_eq!(error.code(), "not_signed_in");

    access(world, &session).await;

    let Reply::Audit(page) =
        world.ask(ROOT, account(AccountCall::Audit(AuditQuery::default()))).await
    else {
        panic!()
    };
    assert!(page.items.iter().any(|entry| entry.subject.raw() == "lee@acme.example"));
    let Reply::AuditVerified(audit) = world.ask(ROOT, account(AccountCall::VerifyAudit)).await
    else {
        panic!()
    };
    assert!(audit.ok && audit.entries > 0);
    world.ask(&session, account(AccountCall::SignOut)).await;
    assert_eq!(world.refused(&session, account(AccountCall::Me)).await.code(), "not_signed_in");
}

/// One's sessions and tokens; disabling and enabling; a forgotten password (rule P5).
async fn access(world: &World, session: &str) {
    let account = Request::Account;
    let sign_in = || account(AccountCall::SignIn(SignIn::Token { token: Secret::new(FAY) }));
    world.ask("", sign_in()).await;
    world.ask("", sign_in()).await;
    let list = || account(AccountCall::Sessions(PageQuery::default()));
    let Reply::Sessions(page) = world.ask(session, list()).await else { panic!() };
    assert_eq!(page.items.iter().filter(|one| one.in_use).count(), 1);
    let other = page.items.iter().find(|one| !one.in_use).unwrap().id.clone();
    world.ask(session, account(AccountCall::EndSession(other))).await;
    world.ask(session, account(AccountCall::EndSessions)).await;
    let Reply::Sessions(page) = world.ask(session, list()).await else { panic!() };
    assert!(page.items.iter().all(|one| one.in_use), "{page:?}");
    let mine = account(AccountCall::MyTokens(PageQuery::default()));
    let Reply::Tokens(page) = world.ask(FAY, mine).await else { panic!() };
    assert!(page.items.iter().any(|one| one.in_use), "{page:?}");

    let lee = || "lee@acme.example".to_owned();
    let Reply::Person(person) = world.ask(ROOT, account(AccountCall::Disable(lee()))).await else {
        panic!()
    };
    assert!(person.disabled_at.is_some());
    world.ask(ROOT, account(AccountCall::Enable(lee()))).await;
    world.ask("", account(AccountCall::AskReset(AskReset { email: lee() }))).await;
    let code = world.reset_code(&lee()).await;
    let body = UseReset { code: Secret::new(code), password: Secret::new("another long password") };
    let use_it = || account(AccountCall::UseReset(body.clone()));
    for _ in 0..2 {
        let Reply::PasswordReset(reset) = world.ask("", use_it()).await else { panic!() };
        assert_eq!(reset.email.raw(), "lee@acme.example");
    }
}

async fn organizations(world: &World) {
    let organization = Request::Organization;
    let new = NewOrganization {
        id: Some("zenith".into()),
        name: "Zenith".into(),
        kind: OrganizationKind::Customer,
        partner: Some("meridian".into()),
        country: Some("DE".into()),
    };
    world.ask(ROOT, organization(OrganizationCall::Add(new))).await;
    let list = organization(OrganizationCall::List(PageQuery::default()));
    let Reply::Organizations(page) = world.ask(ROOT, list).await else { panic!() };
    assert_eq!(page.items.len(), 3);
    let (email, role) = ("kim@acme.example".to_owned(), Role::ReadOnlyAdmin);
    let change = RoleChange { email, role, mail: false };
    // What a backend admin grants is held at once.
    world.ask(ROOT, organization(OrganizationCall::Grant("acme".into(), change.clone()))).await;
    let show = || organization(OrganizationCall::Show("acme".into()));
    let Reply::Organization(acme) = world.ask(FAY, show()).await else { panic!() };
    assert!(acme.administrators.iter().any(|person| person.email.raw() == "kim@acme.example"));
    world.ask(FAY, organization(OrganizationCall::Revoke("acme".into(), change))).await;
    let edit = EditOrganization { auto_licence: Some(true) };
    world.ask(FAY, organization(OrganizationCall::Edit("acme".into(), edit))).await;
    let Reply::Organization(acme) = world.ask(FAY, show()).await else { panic!() };
    assert!(acme.auto_licence);
    assert!(acme.administrators.iter().all(|person| person.email.raw() != "kim@acme.example"));
}

async fn domains(world: &World) {
    let ask = async |call| match world.ask(FAY, Request::Domain(call)).await {
        Reply::Domain(domain) => *domain,
        other => panic!("{other:?}"),
    };
    let (acme, name) = (|| "acme".to_owned(), || "acme.example".to_owned());
    let new = NewDomain { name: "Bücher.example".into() };
    let added = ask(DomainCall::Add(acme(), new)).await;
    assert_eq!(added.name.raw(), "xn--bcher-kva.example");
    let checked = ask(DomainCall::Verify(acme(), added.name.raw().into())).await;
    assert_eq!(checked.state, DomainState::Pending);
    assert_eq!(checked.last_check.unwrap().result, CheckResult::Failed);
    assert_eq!(ask(DomainCall::Release(acme(), name())).await.state, DomainState::Verified);
    assert_eq!(ask(DomainCall::Claim(acme(), name())).await.state, DomainState::Claimed);
    ask(DomainCall::Release(acme(), name())).await;
    assert_eq!(ask(DomainCall::Unverify(acme(), name())).await.state, DomainState::Pending);
    let list = Request::Domain(DomainCall::List(acme(), PageQuery::default()));
    let Reply::Domains(page) = world.ask(FAY, list).await else { panic!() };
    assert_eq!(page.items.len(), 2);
    let new = NewDomain { name: "Post.example".into() };
    let added = world.ask(ROOT, Request::Domain(DomainCall::AddConsumer(new))).await;
    let Reply::ConsumerDomain(added) = added else { panic!("{added:?}") };
    let list = Request::Domain(DomainCall::Consumers(PageQuery::default()));
    let Reply::ConsumerDomains(page) = world.ask(ROOT, list).await else { panic!() };
    assert_eq!(page.items, [added]);
}

async fn sites(world: &World) {
    let new = NewSite {
        url: "zenith.webex.example".into(),
        company: "Zenith".into(),
        site_admins: vec!["zoe@zenith.example".into()],
        organization: None,
        may_link: true,
        csm: String::new(),
        organization_hint: String::new(),
    };
    world.ask(ROOT, Request::Site(SiteCall::Add(new))).await;
    let edit = EditSite { csm: Some("csm@provider.example".into()), ..EditSite::default() };
    world.ask(ROOT, Request::Site(SiteCall::Edit("zenith.webex.example".into(), edit))).await;
    let list = Request::Site(SiteCall::List(PageQuery::default()));
    let Reply::Sites(page) = world.ask(FAY, list).await else { panic!() };
    let urls: Vec<&str> = page.items.iter().map(|site| site.url.raw()).collect();
    assert!(urls.contains(&SITE) && !urls.contains(&"zenith.webex.example"), "{urls:?}");
    let method = |method| Request::Site(SiteCall::SetMethod(SITE.into(), SetMethod { method }));
    world.ask(FAY, method(LinkingMethod::SignAgreement)).await;
    let text = Request::Site(SiteCall::Agreement(SITE.into()));
    let Reply::AgreementText(text) = world.ask(FAY, text).await else { panic!() };
    let (domains, text_sha256) = (vec!["acme.example".into()], text.text_sha256.clone());
    let sign = Sign { domains, text_sha256, agree: true, confirm: SITE.into() };
    let sign = Request::Site(SiteCall::Sign(SITE.into(), sign));
    let Reply::Site(signed) = world.ask(FAY, sign).await else { panic!() };
    assert_eq!(signed.agreements[0].text_sha256, text.text_sha256);
    let domains = Request::Site(SiteCall::Domains(SITE.into()));
    let Reply::SiteDomains(domains) = world.ask(FAY, domains).await else { panic!() };
    assert!(domains.iter().any(|domain| domain.name.raw() == "gmail.com"));
    world.ask(FAY, method(LinkingMethod::ReceiveEmail)).await;
    world.ask(FAY, Request::Site(SiteCall::Show(SITE.into()))).await;
}

async fn rosters(world: &World) {
    let more = format!("{ROSTER}u7,Y,Zed,New,zed,zed@acme.example,N,Sales,N\n");
    let import = RosterCall::Import(SITE.into(), ImportQuery { replace: false }, more.into());
    let Reply::ImportPreview(preview) = world.ask(FAY, Request::Roster(import)).await else {
        panic!()
    };
    assert_eq!((preview.rows, preview.new), (8, 1));
    let apply = RosterCall::ApplyImport(SITE.into(), preview.id);
    let Reply::ImportApplied(applied) = world.ask(FAY, Request::Roster(apply)).await else {
        panic!()
    };
    assert_eq!(applied.users, 8);
    let users = RosterCall::Users(SITE.into(), PageQuery { cursor: None, limit: Some(3) });
    let Reply::Users(page) = world.ask(FAY, Request::Roster(users)).await else { panic!() };
    assert!(page.items.len() == 3 && page.next.is_some());
    let export = RosterCall::Export(SITE.into(), "control_hub".into());
    let Reply::File(file) = world.ask(FAY, Request::Roster(export)).await else { panic!() };
    let text = String::from_utf8(file.to_vec()).unwrap();
    assert!(text.contains("bob@gmail.com") && text.contains("'=1+1"), "{text}");

    let part = world.client(FAY).whole_roster(SITE).await.unwrap();
    world.note("roster");
    assert_eq!((part.columns.len(), part.head.method), (8, Some(LinkingMethod::ReceiveEmail)));
    assert_eq!(part.head.revision, applied.roster_revision);
    assert_eq!(part.columns.row(7).unwrap().user_id().raw(), "u7");
}

async fn cohorts(world: &World) {
    let ask = |call| world.ask(FAY, Request::Cohort(call));
    let name = || "PoC wave 1 / Köln".to_owned();
    let selection = Selection::All {};
    let Reply::Cohort(saved) =
        ask(CohortCall::Save(SITE.into(), name(), SaveCohort { selection })).await
    else {
        panic!()
    };
    assert_eq!((saved.name.raw(), saved.users), (name().as_str(), 8));
    let Reply::CohortUsers(users) = ask(CohortCall::Show(SITE.into(), name())).await else {
        panic!()
    };
    assert_eq!(users.numbers, "0-7");
    ask(CohortCall::List(SITE.into(), PageQuery::default())).await;
    ask(CohortCall::Remove(SITE.into(), name())).await;
    let show = Request::Cohort(CohortCall::Show(SITE.into(), name()));
    assert_eq!(world.refused(FAY, show).await.code(), "not_found");
}

async fn inviting(world: &World) {
    let run = inviting_until_all_is_open(world).await;
    order(world, RunCall::Pause(run.id.clone())).await;
    order(world, RunCall::Resume(run.id.clone())).await;
    let mut paused = order(world, RunCall::Pause(run.id.clone())).await;
    assert_eq!(paused.state, RunState::Paused);
    // Resuming may have begun with the mail that is put off; that one cannot be recalled.
    while paused.in_flight > 0 {
        paused = watched(world, &paused).await;
    }
    let over = order(world, RunCall::Cancel(run.id.clone())).await;
    assert_eq!((over.state, over.not_processed), (RunState::Cancelled, 1));
    let items = RunItemsQuery { state: Some(ItemState::Unknown), ..RunItemsQuery::default() };
    let items = Request::Run(RunCall::Items(run.id.clone(), items));
    let Reply::RunItems(page) = world.ask(FAY, items).await else { panic!() };
    assert_eq!(page.items[0].user_id.raw(), "u2");
    assert!(page.items[0].message_id.is_some());
    let resolve = Resolve { user: "u2".into(), how: Resolution::Sent };
    let resolved = order(world, RunCall::Resolve(run.id.clone(), resolve)).await;
    assert_eq!((resolved.unknown, resolved.emailed), (0, 4));
    let retry = Request::Run(RunCall::Retry(run.id.clone()));
    let Reply::Plan(plan) = world.ask(FAY, retry).await else { panic!() };
    assert_eq!(plan.selected, 1);
    world.ask(FAY, Request::Run(RunCall::List(RunsQuery::default()))).await;
    let clear = RunCall::ClearDecline("acme".into(), "dee@oldcorp.example".into());
    world.ask(FAY, Request::Run(clear)).await;
}

/// A plan, applied, until one mail is taken, one is lost and one is put off.
async fn inviting_until_all_is_open(world: &World) -> Run {
    let plan = |call| async { expect_plan(world.ask(FAY, Request::Plan(call)).await) };
    let body = NewPlan { selection: Selection::All {}, held: Held::Hold };
    let made = plan(PlanCall::Make(SITE.into(), body)).await;
    assert_eq!((made.selected, made.emails), (8, 5), "{made:?}");
    assert_eq!(plan(PlanCall::Show(made.id.clone())).await, made);
    let items = Request::Plan(PlanCall::Items(made.id.clone(), PlanItemsQuery::default()));
    let Reply::PlanItems(page) = world.ask(FAY, items).await else { panic!() };
    assert_eq!(page.items.len(), 8);
    let apply = Apply { count: Some(made.selected), digest: Some(made.digest) };
    let apply = Request::Plan(PlanCall::Apply(made.id, apply));
    let Reply::Run(mut run) = world.ask(FAY, apply).await else { panic!() };
    while run.emailed < 3 || run.unknown != 1 || run.in_flight > 0 {
        *run = watched(world, &run).await;
    }
    *run
}

/// The run once it has changed.
async fn watched(world: &World, run: &Run) -> Run {
    let query = WatchQuery { after: Some(run.revision), wait: Some(20) };
    order(world, RunCall::Watch(run.id.clone(), query)).await
}

async fn order(world: &World, call: RunCall) -> Run {
    match world.ask(FAY, Request::Run(call)).await {
        Reply::Run(run) => *run,
        other => panic!("{other:?}"),
    }
}

fn expect_plan(reply: Reply) -> Plan {
    match reply {
        Reply::Plan(plan) => *plan,
        other => panic!("{other:?}"),
    }
}

async fn following(world: &World) {
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

async fn drafts(world: &World) {
    let key = || ("link_users".to_owned(), SITE.to_owned());
    let ask = |call| world.ask(FAY, Request::Draft(call));
    let (wizard, subject) = key();
    let body =
        SaveDraft { step: "select".into(), answers: serde_json::json!({"a": 1}), revision: 0 };
    let Reply::Draft(saved) = ask(DraftCall::Save(wizard, subject, body)).await else { panic!() };
    let (wizard, subject) = key();
    let Reply::Draft(shown) = ask(DraftCall::Show(wizard, subject)).await else { panic!() };
    assert_eq!(shown, saved);
    let (wizard, subject) = key();
    ask(DraftCall::Take(wizard, subject)).await;
    let (wizard, subject) = key();
    ask(DraftCall::Remove(wizard, subject)).await;
}

async fn clock(world: &World) {
    let Reply::Clock(before) = world.ask(FAY, Request::Demo(DemoCall::Clock)).await else {
        panic!()
    };
    assert!(before.may_advance);
    let advance = Request::Demo(DemoCall::Advance(Advance { seconds: 86_400 }));
    let Reply::Clock(after) = world.ask(ROOT, advance).await else { panic!() };
    assert!(after.now.duration_since(before.now).as_hours() >= 24);
}

/// The demo's own requests, on the demo itself: a record is found, a mail is answered.
#[tokio::test(flavor = "multi_thread")]
async fn the_demo_answers_its_own_requests() {
    let small = WorldOptions { users: 200, ..WorldOptions::default() };
    let demo = demo::start(DemoOptions { world: small, data: None }).await.unwrap();
    let endpoint = Endpoint::parse(&demo.url, false).unwrap();
    let options = Options { demo_key: Some(demo.key.clone()), ..Options::default() };
    let client = Client::new(endpoint, &options).unwrap();
    let Reply::DemoPeople(people) =
        client.send(&Request::Demo(DemoCall::People), None).await.unwrap()
    else {
        panic!()
    };
    assert!(people.iter().any(|person| person.token == demo.token));
    let client = client.with_token(Some(&demo.token)).unwrap();
    let ask = async |request| client.send(&request, None).await.unwrap();

    let new = NewDomain { name: "proof.example".into() };
    let Reply::Domain(added) = ask(Request::Domain(DomainCall::Add("acme".into(), new))).await
    else {
        panic!()
    };
    let publish = PublishTxt {
        name: added.challenge.record_name.raw().into(),
        value: added.challenge.record_value.raw().into(),
    };
    ask(Request::Demo(DemoCall::PublishTxt(publish))).await;
    let verify = DomainCall::Verify("acme".into(), "proof.example".into());
    let Reply::Domain(verified) = ask(Request::Domain(verify)).await else { panic!() };
    assert_eq!(verified.state, DomainState::Verified);

    let body = NewPlan { selection: Selection::All {}, held: Held::Email };
    let plan = expect_plan(ask(Request::Plan(PlanCall::Make(SITE.into(), body))).await);
    assert!(plan.emails > 0);
    let Reply::Run(mut run) = ask(Request::Plan(PlanCall::Apply(plan.id, Apply::default()))).await
    else {
        panic!()
    };
    while run.emailed == 0 {
        let query = WatchQuery { after: Some(run.revision), wait: Some(20) };
        let Reply::Run(news) = ask(Request::Run(RunCall::Watch(run.id.clone(), query))).await
        else {
            panic!()
        };
        run = news;
    }
    let Reply::Outbox(mails) = ask(Request::Demo(DemoCall::Outbox)).await else { panic!() };
    let mail = mails.iter().find(|mail| mail.link.is_some()).unwrap();
    let answer = DemoCall::Answer(mail.id, AnswerMail { answer: Answer::Confirm });
    let Reply::Outbox(mails) = ask(Request::Demo(answer)).await else { panic!() };
    let answered = mails.iter().find(|other| other.id == mail.id).unwrap();
    assert_eq!(answered.answered, Some(Answer::Confirm));
    demo.stop().await.unwrap();
}
