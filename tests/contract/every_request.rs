//! Every request there is, sent by the client and answered by its handler.

mod accounts;
mod following;
mod inviting;
mod of_the_demo;

use std::collections::BTreeSet;

use hublink::api::call::{
    CohortCall, DemoCall, DomainCall, DraftCall, OrganizationCall, Reply, Request, RosterCall,
    SiteCall,
};
use hublink::api::cohort::SaveCohort;
use hublink::api::demo::Advance;
use hublink::api::domains::{CheckResult, NewDomain};
use hublink::api::draft::SaveDraft;
use hublink::api::import::{ApplyImport, ImportQuery};
use hublink::api::organization::{EditOrganization, NewOrganization, RoleChange};
use hublink::api::page::PageQuery;
use hublink::api::plan::Selection;
use hublink::api::site::{EditSite, NewSite, SetMethod, Sign};
use hublink::domain::linking::LinkingMethod;
use hublink::domain::organization::{DomainState, OrganizationKind};
use hublink::domain::role::Role;

use crate::variants::ALL;
use crate::world::{FAY, ROOT, ROSTER, SITE, World};
use crate::{first_days, insights, linking, offers, selling};

#[tokio::test(flavor = "multi_thread")]
async fn every_request_reaches_its_handler_and_is_read() {
    let world = World::start().await;
    accounts::accounts(&world).await;
    organizations(&world).await;
    domains(&world).await;
    sites(&world).await;
    // Before the site is linked it has none to show.
    insights::insights(&world).await;
    linking::every_request(&world).await;
    rosters(&world).await;
    cohorts(&world).await;
    inviting::inviting(&world).await;
    following::following(&world).await;
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
    let apply = RosterCall::ApplyImport(SITE.into(), preview.id, ApplyImport::default());
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
    world.note("roster blocks");
    let stream = RosterCall::Stream { site: SITE.into(), after: Some(6) };
    let Reply::File(lines) = world.ask(FAY, Request::Roster(stream)).await else { panic!() };
    assert_eq!(memchr::memchr_iter(b'\n', &lines).count(), 2, "a head and one user");
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
    let Reply::Drafts(mine) = ask(DraftCall::List(PageQuery::default())).await else { panic!() };
    assert_eq!(mine.items.len(), 1);
    assert_eq!((mine.items[0].subject.raw(), mine.items[0].step.as_str()), (SITE, "select"));
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
