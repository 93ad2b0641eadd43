//! Trials and orders, sent by the client and answered by their handlers.

use hublink::api::call::{AccountCall, OrderCall, OrganizationCall, Reply, Request, TrialCall};
use hublink::api::order::{FindCandidates, MapOrder, NewOrder, Order};
use hublink::api::organization::{NewOrganization, RoleChange};
use hublink::api::page::PageQuery;
use hublink::api::person::{NewPerson, NewToken};
use hublink::api::trial::{CheckTrial, EditTrial, ExtendTrial, StartTrial, Trial};
use hublink::domain::country::Region;
use hublink::domain::order::OrderState;
use hublink::domain::organization::OrganizationKind;
use hublink::domain::role::Role;
use hublink::domain::services::{Service, ServiceLine};
use hublink::domain::trial::Vertical;

use crate::world::{PAT, ROOT, World};

fn line(service: Service, quantity: u32) -> ServiceLine {
    ServiceLine { service, quantity }
}

/// Rules T1, T8.
pub async fn trials(world: &World) {
    let ask = async |call| match world.ask(PAT, Request::Trial(call)).await {
        Reply::Trial(trial) => *trial,
        other => panic!("{other:?}"),
    };
    let check = CheckTrial {
        administrator: Some("fay@acme.example".into()),
        days: Some(60),
        ..CheckTrial::default()
    };
    let check = Request::Trial(TrialCall::Check("meridian".into(), check));
    let Reply::TrialCheck(found) = world.ask(PAT, check).await else { panic!() };
    assert_eq!(found.problems.len(), 1);
    assert_eq!(found.problems[0].field, "administrator");
    let new = StartTrial {
        company: "Nova Labs".into(),
        administrator: "nia@nova.example".into(),
        vertical: Vertical::Technology,
        country: "Japan".into(),
        supported_location: true,
        services: vec![line(Service::Meetings, 50)],
        site_url: Some("nova.webex.example".into()),
        time_zone: Some("Asia/Tokyo".into()),
        days: 90,
    };
    let started: Trial = ask(TrialCall::Start("meridian".into(), new)).await;
    assert_eq!((started.organization.as_str(), started.region), ("nova-labs", Some(Region::Japan)));
    let shown = ask(TrialCall::Show("nova-labs".into())).await;
    assert!(shown.may_edit && shown.extension.earlier);
    let services = vec![line(Service::Messaging, 10), line(Service::Meetings, 20)];
    let edit = EditTrial { services: services.clone(), site_url: None, time_zone: None };
    assert_eq!(ask(TrialCall::Edit("nova-labs".into(), edit)).await.services, services);
    let extend =
        |accept_earlier| TrialCall::Extend("nova-labs".into(), ExtendTrial { accept_earlier });
    let refused = world.refused(PAT, Request::Trial(extend(false))).await;
    assert_eq!(refused.code(), "extension_earlier");
    assert!(ask(extend(true)).await.ends_at < shown.ends_at);
    let list = Request::Trial(TrialCall::List(PageQuery::default()));
    let Reply::Trials(page) = world.ask(PAT, list).await else { panic!() };
    assert_eq!(page.items.len(), 1);
}

/// Rule T3.
pub async fn orders(world: &World) {
    let zed = outsider(world).await;
    let ask = async |who: &str, call| match world.ask(who, Request::Order(call)).await {
        Reply::Order(order) => *order,
        other => panic!("{other:?}"),
    };
    for number in ["SO-1", "SO-2", "SO-3"] {
        let new = NewOrder {
            number: number.into(),
            partner: "meridian".into(),
            company: "Acme Robotics GmbH".into(),
            country: "DE".into(),
            services: vec![line(Service::Calling, 4)],
            site_url: None,
            time_zone: None,
        };
        ask(ROOT, OrderCall::Add(new)).await;
    }
    let find = FindCandidates { administrator: "new@acme.example".into() };
    let candidates = Request::Order(OrderCall::Candidates("SO-1".into(), find));
    let Reply::OrderMatch(found) = world.ask(PAT, candidates).await else { panic!() };
    assert!(found.candidates.iter().any(|one| one.organization == "acme"));
    let map = |number: &str, administrator: &str| {
        let map = MapOrder {
            administrator: administrator.into(),
            organization: None,
            new_organization: false,
            site_url: None,
            time_zone: None,
        };
        OrderCall::Map(number.into(), map)
    };
    let mapped: Order = ask(PAT, map("SO-1", "fay@acme.example")).await;
    assert_eq!((mapped.state, mapped.organization.as_deref()), (OrderState::Mapped, Some("acme")));
    for number in ["SO-2", "SO-3"] {
        let asked = ask(PAT, map(number, "zed@nimbus.example")).await;
        assert_eq!((asked.state, asked.organization), (OrderState::Waiting, None));
    }
    assert!(ask(&zed, OrderCall::Show("SO-2".into())).await.may_answer);
    assert_eq!(ask(&zed, OrderCall::Decline("SO-2".into())).await.state, OrderState::Refused);
    assert_eq!(ask(&zed, OrderCall::Accept("SO-3".into())).await.state, OrderState::Mapped);
    let list = Request::Order(OrderCall::List(PageQuery::default()));
    let Reply::Orders(page) = world.ask(PAT, list).await else { panic!() };
    assert_eq!(page.items.len(), 3);
}

/// The full admin of an organization that the partner does not manage, signed in.
async fn outsider(world: &World) -> String {
    let email = || "zed@nimbus.example".to_owned();
    let new = NewOrganization {
        id: Some("nimbus".into()),
        name: "Nimbus".into(),
        kind: OrganizationKind::Customer,
        partner: None,
        country: None,
    };
    world.ask(ROOT, Request::Organization(OrganizationCall::Add(new))).await;
    let person = NewPerson { email: email(), name: "Zed".into(), backend_admin: false };
    world.ask(ROOT, Request::Account(AccountCall::AddPerson(person))).await;
    let role = RoleChange { email: email(), role: Role::FullAdmin, mail: false };
    world.ask(ROOT, Request::Organization(OrganizationCall::Grant("nimbus".into(), role))).await;
    let token = NewToken { person: Some(email()), note: "laptop".into(), ..NewToken::default() };
    let token = Request::Account(AccountCall::CreateToken(token));
    let Reply::TokenGranted(granted) = world.ask(ROOT, token).await else { panic!() };
    granted.secret.expose().to_owned()
}
