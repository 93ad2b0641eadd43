//! What holds on the wire between this client and this server, whatever is asked.

use hublink::api::call::OrganizationCall;
use hublink::api::call::{ApiError, Reply, Request, SiteCall};
use hublink::api::organization::NewOrganization;
use hublink::api::page::PageQuery;
use hublink::domain::organization::OrganizationKind;

use crate::world::{PAT, ROOT, World};

fn new(name: &str) -> Request {
    Request::Organization(OrganizationCall::Add(NewOrganization {
        id: None,
        name: name.into(),
        kind: OrganizationKind::Customer,
        partner: None,
        country: None,
    }))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_and_body_get_the_same_answer_and_another_body_is_refused() {
    let world = World::start().await;
    let client = world.client(ROOT);
    let Reply::Organization(first) = client.send(&new("Nadir"), Some("key-1")).await.unwrap()
    else {
        panic!()
    };
    let Reply::Organization(again) = client.send(&new("Nadir"), Some("key-1")).await.unwrap()
    else {
        panic!()
    };
    assert_eq!(first, again);
    let other = client.send(&new("Apex"), Some("key-1")).await.unwrap_err();
    assert_eq!(other.code(), "idempotency_key_reused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_names_the_field_the_remedy_and_the_request() {
    let world = World::start().await;
    let ApiError::Problem(problem) = world.refused(ROOT, new("")).await else { panic!() };
    assert_eq!((problem.status, problem.code.as_str()), (422, "invalid"));
    assert_eq!(problem.field.as_deref(), Some("name"));
    assert!(!problem.remedy.is_empty() && !problem.request_id.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_may_not_see_does_not_exist() {
    let world = World::start().await;
    let show = |url: &str| Request::Site(SiteCall::Show(url.into()));
    for url in ["rd.webex.example", "none.webex.example", "../../v1/me", "a b"] {
        assert_eq!(world.refused(PAT, show(url)).await.code(), "not_found", "{url}");
    }
    let list = Request::Site(SiteCall::List(PageQuery::default()));
    assert_eq!(world.refused("", list).await.code(), "not_signed_in");
}
