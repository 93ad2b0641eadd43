//! Every request there is, sent by the client and answered by its handler.

mod accounts;
mod following;
mod inviting;
mod of_the_demo;

use std::collections::BTreeSet;

use hublink::api::cohort::{
    Cohort, CohortUsers, ListCohorts, RemoveCohort, SaveCohort, SaveCohortCall, ShowCohort,
};
use hublink::api::demo::{Advance, AdvanceClock, Clock, ShowClock};
use hublink::api::domains::{
    AddConsumerDomain, AddDomain, CheckResult, ClaimDomain, ConsumerDomain, ListConsumerDomains,
    ListDomains, NewDomain, OrgDomain, ReleaseDomain, RemoveDomain, UnverifyDomain, VerifyDomain,
};
use hublink::api::draft::{
    Draft, ListDrafts, RemoveDraft, SaveDraft, SaveDraftCall, ShowDraft, TakeDraft, UnfinishedDraft,
};
use hublink::api::endpoint;
use hublink::api::endpoint::{Code, Endpoint as _, File, Lines, List, Nothing};
use hublink::api::import::{
    ApplyImport, ApplyImportCall, DialectName, ExportQuery, ExportRoster, ImportApplied,
    ImportPreview, ImportQuery, PreviewImport,
};
use hublink::api::organization::{
    AddOrganization, EditOrganization, EditOrganizationCall, GrantRole, ListOrganizations,
    NewOrganization, Organization, RevokeRole, RoleChange, ShowOrganization,
};
use hublink::api::page::{Page, PageQuery};
use hublink::api::plan::Selection;
use hublink::api::roster::{ListUsers, RosterLine, RosterQuery, StreamBlocks, StreamRoster, User};
use hublink::api::site::{
    AddSite, AgreementText, EditSite, EditSiteCall, ListSiteDomains, ListSites, NewSite, SetMethod,
    SetMethodCall, ShowAgreement, ShowSite, Sign, SignAgreement, Site, SiteDomain,
};
use hublink::domain::linking::LinkingMethod;
use hublink::domain::organization::{DomainState, OrganizationKind};
use hublink::domain::role::Role;

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
    assert_eq!(world.sent(), wanted());
}

/// What a client asks: every endpoint but those of browsers and of machines that watch, and the one that
/// refuses everybody (rule L6). The demo's own are sent to it below.
fn wanted() -> BTreeSet<&'static str> {
    let others = ["show_openapi", "show_docs", "healthz", "readyz", "show_metrics", "unlink_site"];
    let demo = ["list_demo_people", "list_outbox", "answer_mail", "publish_txt"];
    let ids = endpoint::all().map(|about| about.route.id);
    ids.filter(|id| !others.contains(id) && !demo.contains(id)).collect()
}

async fn organizations(world: &World) {
    let new = NewOrganization {
        id: Some("zenith".into()),
        name: "Zenith".into(),
        kind: OrganizationKind::Customer,
        partner: Some("meridian".into()),
        country: Some("DE".into()),
    };
    world.ask(ROOT, AddOrganization::call(Nothing, Nothing, new)).await;
    let list = ListOrganizations::call(Nothing, PageQuery::default(), Nothing);
    let page: Page<Organization> = world.ask(ROOT, list).await.take().unwrap();
    assert_eq!(page.items.len(), 3);
    let (email, role) = ("kim@acme.example".to_owned(), Role::ReadOnlyAdmin);
    let change = RoleChange { email, role, mail: false };
    // What a backend admin grants is held at once.
    world.ask(ROOT, GrantRole::call("acme".into(), Nothing, change.clone())).await;
    let show = || ShowOrganization::call("acme".into(), Nothing, Nothing);
    let acme: Organization = world.ask(FAY, show()).await.take().unwrap();
    assert!(acme.administrators.iter().any(|person| person.email.raw() == "kim@acme.example"));
    world
        .ask(
            FAY,
            RevokeRole::call(
                ("acme".into(), Code::new(change.role.code()), change.email),
                Nothing,
                Nothing,
            ),
        )
        .await;
    let edit = EditOrganization { auto_licence: Some(true) };
    world.ask(FAY, EditOrganizationCall::call("acme".into(), Nothing, edit)).await;
    let acme: Organization = world.ask(FAY, show()).await.take().unwrap();
    assert!(acme.auto_licence);
    assert!(acme.administrators.iter().all(|person| person.email.raw() != "kim@acme.example"));
}

async fn domains(world: &World) {
    let ask = async |call| {
        let answer = world.ask(FAY, call).await;
        answer.take::<OrgDomain>().unwrap()
    };
    let (acme, name) = (|| "acme".to_owned(), || "acme.example".to_owned());
    let new = NewDomain { name: "Bücher.example".into() };
    let added = ask(AddDomain::call(acme(), Nothing, new)).await;
    assert_eq!(added.name.raw(), "xn--bcher-kva.example");
    let checked =
        ask(VerifyDomain::call((acme(), added.name.raw().into()), Nothing, Nothing)).await;
    assert_eq!(checked.state, DomainState::Pending);
    assert_eq!(checked.last_check.unwrap().result, CheckResult::Failed);
    assert_eq!(
        ask(ReleaseDomain::call((acme(), name()), Nothing, Nothing)).await.state,
        DomainState::Verified
    );
    assert_eq!(
        ask(ClaimDomain::call((acme(), name()), Nothing, Nothing)).await.state,
        DomainState::Claimed
    );
    ask(ReleaseDomain::call((acme(), name()), Nothing, Nothing)).await;
    assert_eq!(
        ask(UnverifyDomain::call((acme(), name()), Nothing, Nothing)).await.state,
        DomainState::Pending
    );
    let list = || ListDomains::call(acme(), PageQuery::default(), Nothing);
    let page: Page<OrgDomain> = world.ask(FAY, list()).await.take().unwrap();
    assert_eq!(page.items.len(), 2);
    let remove = RemoveDomain::call((acme(), added.name.raw().into()), Nothing, Nothing);
    let removed = ask(remove).await;
    assert_eq!((removed.state, &removed.name), (DomainState::Pending, &added.name));
    let page: Page<OrgDomain> = world.ask(FAY, list()).await.take().unwrap();
    assert_eq!(page.items.len(), 1);
    let new = NewDomain { name: "Post.example".into() };
    let added = world.ask(ROOT, AddConsumerDomain::call(Nothing, Nothing, new)).await;
    let added: ConsumerDomain = added.take().unwrap();
    let list = ListConsumerDomains::call(Nothing, PageQuery::default(), Nothing);
    let page: Page<ConsumerDomain> = world.ask(ROOT, list).await.take().unwrap();
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
    world.ask(ROOT, AddSite::call(Nothing, Nothing, new)).await;
    let edit = EditSite { csm: Some("csm@provider.example".into()), ..EditSite::default() };
    world.ask(ROOT, EditSiteCall::call("zenith.webex.example".into(), Nothing, edit)).await;
    let list = ListSites::call(Nothing, PageQuery::default(), Nothing);
    let page: Page<Site> = world.ask(FAY, list).await.take().unwrap();
    let urls: Vec<&str> = page.items.iter().map(|site| site.url.raw()).collect();
    assert!(urls.contains(&SITE) && !urls.contains(&"zenith.webex.example"), "{urls:?}");
    let method = |method| SetMethodCall::call(SITE.into(), Nothing, SetMethod { method });
    world.ask(FAY, method(LinkingMethod::SignAgreement)).await;
    let text = ShowAgreement::call(SITE.into(), Nothing, Nothing);
    let text: AgreementText = world.ask(FAY, text).await.take().unwrap();
    let (domains, text_sha256) = (vec!["acme.example".into()], text.text_sha256.clone());
    let sign = Sign { domains, text_sha256, agree: true, confirm: SITE.into() };
    let sign = SignAgreement::call(SITE.into(), Nothing, sign);
    let signed: Site = world.ask(FAY, sign).await.take().unwrap();
    assert_eq!(signed.agreements[0].text_sha256, text.text_sha256);
    let domains = ListSiteDomains::call(SITE.into(), Nothing, Nothing);
    let List(domains): List<SiteDomain> = world.ask(FAY, domains).await.take().unwrap();
    assert!(domains.iter().any(|domain| domain.name.raw() == "gmail.com"));
    world.ask(FAY, method(LinkingMethod::ReceiveEmail)).await;
    world.ask(FAY, ShowSite::call(SITE.into(), Nothing, Nothing)).await;
}

async fn rosters(world: &World) {
    let more = format!("{ROSTER}u7,Y,Zed,New,zed,zed@acme.example,N,Sales,N\n");
    let import =
        PreviewImport::call(SITE.into(), ImportQuery { replace: false }, File(more.into()));
    let preview: ImportPreview = world.ask(FAY, import).await.take().unwrap();
    assert_eq!((preview.rows, preview.new), (8, 1));
    let apply = ApplyImportCall::call((SITE.into(), preview.id), ApplyImport::default(), Nothing);
    let applied: ImportApplied = world.ask(FAY, apply).await.take().unwrap();
    assert_eq!(applied.users, 8);
    let users = ListUsers::call(SITE.into(), PageQuery { cursor: None, limit: Some(3) }, Nothing);
    let page: Page<User> = world.ask(FAY, users).await.take().unwrap();
    assert!(page.items.len() == 3 && page.next.is_some());
    let export =
        ExportRoster::call(SITE.into(), ExportQuery { dialect: DialectName::ControlHub }, Nothing);
    let File(file): File = world.ask(FAY, export).await.take().unwrap();
    let text = String::from_utf8(file.to_vec()).unwrap();
    assert!(text.contains("bob@gmail.com") && text.contains("'=1+1"), "{text}");

    let part = world.client(FAY).whole_roster(SITE).await.unwrap();
    world.note(StreamBlocks::ROUTE.id);
    let stream = StreamRoster::call(SITE.into(), RosterQuery { after: Some(6) }, Nothing);
    let lines: Lines<RosterLine> = world.ask(FAY, stream).await.take().unwrap();
    assert_eq!(memchr::memchr_iter(b'\n', &lines.0).count(), 2, "a head and one user");
    assert_eq!((part.columns.len(), part.head.method), (8, Some(LinkingMethod::ReceiveEmail)));
    assert_eq!(part.head.revision, applied.roster_revision);
    assert_eq!(part.columns.row(7).unwrap().user_id().raw(), "u7");
}

async fn cohorts(world: &World) {
    let ask = |call| world.ask(FAY, call);
    let name = || "PoC wave 1 / Köln".to_owned();
    let selection = Selection::All {};
    let saved: Cohort =
        ask(SaveCohortCall::call((SITE.into(), name()), Nothing, SaveCohort { selection }))
            .await
            .take()
            .unwrap();
    assert_eq!((saved.name.raw(), saved.users), (name().as_str(), 8));
    let users: CohortUsers =
        ask(ShowCohort::call((SITE.into(), name()), Nothing, Nothing)).await.take().unwrap();
    assert_eq!(users.numbers, "0-7");
    ask(ListCohorts::call(SITE.into(), PageQuery::default(), Nothing)).await;
    ask(RemoveCohort::call((SITE.into(), name()), Nothing, Nothing)).await;
    let show = ShowCohort::call((SITE.into(), name()), Nothing, Nothing);
    assert_eq!(world.refused(FAY, show).await.code(), "not_found");
}

async fn drafts(world: &World) {
    let key = || ("link_users".to_owned(), SITE.to_owned());
    let ask = |call| world.ask(FAY, call);
    let (wizard, subject) = key();
    let body =
        SaveDraft { step: "select".into(), answers: serde_json::json!({"a": 1}), revision: 0 };
    let saved: Draft =
        ask(SaveDraftCall::call((wizard, subject), Nothing, body)).await.take().unwrap();
    let (wizard, subject) = key();
    let shown: Draft =
        ask(ShowDraft::call((wizard, subject), Nothing, Nothing)).await.take().unwrap();
    assert_eq!(shown, saved);
    let mine: Page<UnfinishedDraft> =
        ask(ListDrafts::call(Nothing, PageQuery::default(), Nothing)).await.take().unwrap();
    assert_eq!(mine.items.len(), 1);
    assert_eq!((mine.items[0].subject.raw(), mine.items[0].step.as_str()), (SITE, "select"));
    let (wizard, subject) = key();
    ask(TakeDraft::call((wizard, subject), Nothing, Nothing)).await;
    let (wizard, subject) = key();
    ask(RemoveDraft::call((wizard, subject), Nothing, Nothing)).await;
}

async fn clock(world: &World) {
    let before: Clock =
        world.ask(FAY, ShowClock::call(Nothing, Nothing, Nothing)).await.take().unwrap();
    assert!(before.may_advance);
    let advance = AdvanceClock::call(Nothing, Nothing, Advance { seconds: 86_400 });
    let after: Clock = world.ask(ROOT, advance).await.take().unwrap();
    assert!(after.now.duration_since(before.now).as_hours() >= 24);
}
