//! What holds on the wire between this client and this server, whatever is asked.

use hublink::api::call::{ApiError, Request};
use hublink::api::endpoint::{Endpoint as _, Nothing};
use hublink::api::organization::{AddOrganization, NewOrganization, Organization};
use hublink::api::page::PageQuery;
use hublink::api::site::{ListSites, ShowSite};
use hublink::domain::organization::OrganizationKind;

use crate::world::{PAT, ROOT, World};

fn new(name: &str) -> Request {
    AddOrganization::call(
        Nothing,
        Nothing,
        NewOrganization {
            id: None,
            name: name.into(),
            kind: OrganizationKind::Customer,
            partner: None,
            country: None,
        },
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_and_body_get_the_same_answer_and_another_body_is_refused() {
    let world = World::start().await;
    let client = world.client(ROOT);
    let first: Organization =
        client.send(&new("Nadir"), Some("key-1")).await.unwrap().take().unwrap();
    let again: Organization =
        client.send(&new("Nadir"), Some("key-1")).await.unwrap().take().unwrap();
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
    let show = |url: &str| ShowSite::call(url.into(), Nothing, Nothing);
    for url in ["rd.webex.example", "none.webex.example", "../../v1/me", "a b"] {
        assert_eq!(world.refused(PAT, show(url)).await.code(), "not_found", "{url}");
    }
    let list = ListSites::call(Nothing, PageQuery::default(), Nothing);
    assert_eq!(world.refused("", list).await.code(), "not_signed_in");
}
