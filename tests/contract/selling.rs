//! Trials and orders, sent by the client and answered by their handlers.

use hublink::api::endpoint::{Endpoint as _, Nothing};
use hublink::api::order::{
    AcceptOrder, AddOrder, DeclineOrder, FindCandidates, ListOrderCandidates, ListOrders, MapOrder,
    MapOrderCall, NewOrder, Order, OrderMatch, ShowOrder,
};
use hublink::api::organization::{AddOrganization, GrantRole, NewOrganization, RoleChange};
use hublink::api::page::{Page, PageQuery};
use hublink::api::person::{AddPerson, CreateToken, NewPerson, NewToken, TokenGranted};
use hublink::api::trial::{
    CheckTrial, CheckTrialCall, EditTrial, EditTrialCall, ExtendTrial, ExtendTrialCall, ListTrials,
    ShowTrial, StartTrial, StartTrialCall, Trial, TrialCheck,
};
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
    let ask = async |call| {
        let answer = world.ask(PAT, call).await;
        answer.take::<Trial>().unwrap()
    };
    let check = CheckTrial {
        administrator: Some("fay@acme.example".into()),
        days: Some(60),
        ..CheckTrial::default()
    };
    let check = CheckTrialCall::call("meridian".into(), Nothing, check);
    let found: TrialCheck = world.ask(PAT, check).await.take().unwrap();
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
    let started: Trial = ask(StartTrialCall::call("meridian".into(), Nothing, new)).await;
    assert_eq!((started.organization.as_str(), started.region), ("nova-labs", Some(Region::Japan)));
    let shown = ask(ShowTrial::call("nova-labs".into(), Nothing, Nothing)).await;
    assert!(shown.may_edit && shown.extension.earlier);
    let services = vec![line(Service::Messaging, 10), line(Service::Meetings, 20)];
    let edit = EditTrial { services: services.clone(), site_url: None, time_zone: None };
    assert_eq!(
        ask(EditTrialCall::call("nova-labs".into(), Nothing, edit)).await.services,
        services
    );
    let extend = |accept_earlier| {
        ExtendTrialCall::call("nova-labs".into(), Nothing, ExtendTrial { accept_earlier })
    };
    let refused = world.refused(PAT, extend(false)).await;
    assert_eq!(refused.code(), "extension_earlier");
    assert!(ask(extend(true)).await.ends_at < shown.ends_at);
    let list = ListTrials::call(Nothing, PageQuery::default(), Nothing);
    let page: Page<Trial> = world.ask(PAT, list).await.take().unwrap();
    assert_eq!(page.items.len(), 1);
}

/// Rule T3.
pub async fn orders(world: &World) {
    let zed = outsider(world).await;
    let ask = async |who: &str, call| {
        let answer = world.ask(who, call).await;
        answer.take::<Order>().unwrap()
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
        ask(ROOT, AddOrder::call(Nothing, Nothing, new)).await;
    }
    let find = FindCandidates { administrator: "new@acme.example".into() };
    let candidates = ListOrderCandidates::call("SO-1".into(), Nothing, find);
    let found: OrderMatch = world.ask(PAT, candidates).await.take().unwrap();
    assert!(found.candidates.iter().any(|one| one.organization == "acme"));
    let map = |number: &str, administrator: &str| {
        let map = MapOrder {
            administrator: administrator.into(),
            organization: None,
            new_organization: false,
            site_url: None,
            time_zone: None,
        };
        MapOrderCall::call(number.into(), Nothing, map)
    };
    let mapped: Order = ask(PAT, map("SO-1", "fay@acme.example")).await;
    assert_eq!((mapped.state, mapped.organization.as_deref()), (OrderState::Mapped, Some("acme")));
    for number in ["SO-2", "SO-3"] {
        let asked = ask(PAT, map(number, "zed@nimbus.example")).await;
        assert_eq!((asked.state, asked.organization), (OrderState::Waiting, None));
    }
    assert!(ask(&zed, ShowOrder::call("SO-2".into(), Nothing, Nothing)).await.may_answer);
    assert_eq!(
        ask(&zed, DeclineOrder::call("SO-2".into(), Nothing, Nothing)).await.state,
        OrderState::Refused
    );
    assert_eq!(
        ask(&zed, AcceptOrder::call("SO-3".into(), Nothing, Nothing)).await.state,
        OrderState::Mapped
    );
    let list = ListOrders::call(Nothing, PageQuery::default(), Nothing);
    let page: Page<Order> = world.ask(PAT, list).await.take().unwrap();
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
    world.ask(ROOT, AddOrganization::call(Nothing, Nothing, new)).await;
    let person = NewPerson { email: email(), name: "Zed".into(), backend_admin: false };
    world.ask(ROOT, AddPerson::call(Nothing, Nothing, person)).await;
    let role = RoleChange { email: email(), role: Role::FullAdmin, mail: false };
    world.ask(ROOT, GrantRole::call("nimbus".into(), Nothing, role)).await;
    let token = NewToken { person: Some(email()), note: "laptop".into(), ..NewToken::default() };
    let token = CreateToken::call(Nothing, Nothing, token);
    let granted: TokenGranted = world.ask(ROOT, token).await.take().unwrap();
    granted.secret.expose().to_owned()
}
